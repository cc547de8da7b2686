"""From an order of tasks to start weeks: serial schedule generation, and a walk among orders that improves them.

Each task of a list is put at the first week at which it fits (Kelley 1963; Kolisch 1996). For an objective that only
falls when tasks end earlier, some list gives a best schedule where work has no pause (Sprecher, Kolisch and Drexl
1995). With pauses a task may have to wait for another to fit into it, which no list says; what that loses is small.
"""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.implementation.arrays import Arrays, Ints
from longwall.streams import key_of, word

__all__ = ["anneal", "decode", "improve"]

_HOT, _COLD = 1e-3, 1e-5
"""Shares of the first objective that a walk among all places accepts to lose, first and last."""
_WINDOW, _ADVANCE, _AHEAD = 60, 15, 30
"""Places of a window, those from one to the next, and those behind it that count; tried on planted orders."""
_WARM, _COOLED = 1e-4, 1e-2
"""Share that the last walk accepts to lose at first, and what is left of such a share at the end of a walk."""
_KEPT = 12
"""Places of a list between two that are kept."""
_PATIENCE = 4.0
"""A list is given up where it lost so many times what may be lost: what follows rarely wins that back."""


def decode(arrays: Arrays, order: Ints) -> Ints | None:
    """Return the start week of each task when the tasks are put one by one, in `order`, where they first fit.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Each task once, after its predecessors.

    Returns
    -------
    ndarray of int64, shape (n,), or None
        None where a task fits nowhere before the horizon.
    """
    start = np.zeros(len(order), np.int64)
    used = np.zeros((len(arrays.frozen), len(arrays.capacity)), np.int64)
    begun, full = np.zeros(len(arrays.release_week), np.int64), np.zeros(len(arrays.capacity), np.int64)
    fits = _put(order, 0, len(order), *_parts(arrays), start, used, begun, full)  # type: ignore[call-arg]
    return start if fits else None


def improve(arrays: Arrays, order: Ints, *, seed: int, steps: int, window_steps: int, hot: float = _HOT) -> Ints:
    """Return the best order met on three kinds of walk: among all places, window after window, and all places, cold.

    A walk among all places judges an early shift by what it does to all that comes later, which is mostly chance, since
    the later weeks are put anew each time. A walk in a window counts its few dozen places and some behind it, which
    show what a shift leaves them; windows go from the head of the list to its end and overlap.

    Parameters
    ----------
    steps : int
        Schedules that are tried in each of the two walks among all places.
    window_steps : int
        Schedules that are tried in each window.
    hot : float
        Share of a window's objective that a walk in it accepts to lose at first.

    References
    ----------
    Sethi and Sorger (1991), A theory of rolling horizon decision making, Annals of Operations Research 29, 387-416.
    """
    many = len(order)
    now = anneal(arrays, order, seed=seed, steps=steps)
    met = [order, now]
    for number, first in enumerate(range(0, max(1, many - _WINDOW + _ADVANCE), _ADVANCE), 1):
        last = min(many, first + _WINDOW)
        part = (first, last, min(many, last + _AHEAD))
        walked = anneal(arrays, now, seed=seed, steps=window_steps, part=part, number=number, heat=(hot, hot * _COOLED))
        # What suits a window may leave no room for what comes later.
        now = now if decode(arrays, walked) is None else walked
    met.append(now)
    met.append(anneal(arrays, now, seed=seed, steps=steps, number=many, heat=(_WARM, _WARM * _COOLED)))
    return min(met, key=lambda one: _worth(arrays, one))


def _worth(arrays: Arrays, order: Ints) -> tuple[float, int]:
    """The objective of a list, and the last end."""
    start = decode(arrays, order)
    if start is None:
        return (np.inf, 0)
    return float((arrays.weight * (start + arrays.weeks)).sum()), int((start + arrays.weeks).max())


def anneal(
    arrays: Arrays, order: Ints, *, seed: int, steps: int, part: tuple[int, int, int] | None = None, number: int = 0,
    heat: tuple[float, float] = (_HOT, _COLD),
) -> Ints:  # fmt: skip
    """Return the best order met on a walk from `order`: simulated annealing, tasks shifted within the list.

    A task that is shifted draws along what must stay before or behind it. Fewer weeks in all decide among equal
    sums of weight times end.

    Parameters
    ----------
    steps : int
        Schedules that are tried; the walk counts them, so that the same seed gives the same bits.
    part : tuple of (first, last, end), optional
        Places among which tasks are shifted, `last` not included, and how many places count; default: all.
    number : int
        Of the walk, for luck of its own.
    heat : tuple of (hot, cold)
        Shares of the first objective that a walk accepts to lose, first and last.

    References
    ----------
    Bouleimen and Lecocq (2003), A new efficient simulated annealing algorithm for the resource-constrained project
    scheduling problem, European Journal of Operational Research 149, 268-281 (activity lists and shifts).
    """
    first, last, end = part or (0, len(order), len(order))
    state = np.array([key_of(seed, "order of change", *([number] if number else []))], np.uint64)
    best = order.copy()
    start = decode(arrays, order)
    if start is None or last - first < 2:
        return best
    # No order worth having needs twice the weeks of the first; shorter tables are copied faster.
    short = replace(arrays, frozen=arrays.frozen[: 2 * int((start + arrays.weeks).max())])
    _walk(  # type: ignore[call-arg]
        best, arrays.weight, *_parts(short), arrays.after_of, arrays.after, state, steps, first, last, end, *heat
    )
    return best


def _parts(arrays: Arrays) -> tuple[Ints | NDArray[np.bool_], ...]:
    """What the compiled functions take, in their order."""
    asked = np.where(arrays.demand > 0, arrays.demand, np.iinfo(np.int64).max // 4)
    least = asked.min(axis=0) if len(arrays.weeks) else arrays.capacity
    return (
        arrays.weeks, arrays.cost, arrays.span_of, arrays.offset, arrays.length, arrays.demand, least,
        arrays.capacity, arrays.before_of, arrays.before, arrays.lag, arrays.release_week, arrays.released,
        arrays.frozen,
    )  # fmt: skip


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _put(  # type: ignore[no-untyped-def]
    order, first, last, weeks, cost, span_of, offset, length, demand, least, capacity, before_of, before, lag,
    release_week, released, frozen, start, used, begun, full,
):  # fmt: skip
    """Put the tasks at places `first` to `last` of the list; `start`, `used`, `begun`, `full` go on from what they are.

    `full[r]` is the first week in which resource r has room for anything; False where a task does not fit.
    """
    horizon, resources = len(frozen), len(capacity)
    for place in range(first, last):
        j = order[place]
        at = np.int64(0)
        for i in range(before_of[j], before_of[j + 1]):
            at = max(at, start[before[i]] + lag[i])
        for k in range(len(release_week)):
            if begun[k] + cost[j] > released[k]:
                at = max(at, release_week[k])
        for r in range(resources):
            if demand[j, r] > 0:
                at = max(at, full[r] - offset[span_of[j]])
        while True:
            if at + weeks[j] > horizon:
                return False
            clash = np.int64(-1)
            for s in range(span_of[j], span_of[j + 1]):
                for week in range(at + offset[s] + length[s] - 1, at + offset[s] - 1, -1):
                    fits = not frozen[week]
                    if fits:
                        for r in range(resources):
                            if demand[j, r] > 0 and used[week, r] + demand[j, r] > capacity[r]:
                                fits = False
                                break
                    if not fits:
                        clash = week + 1 - offset[s]
                        break
                if clash >= 0:
                    break
            if clash < 0:
                break
            at = clash
        start[j] = at
        for r in range(resources):
            if demand[j, r] > 0:
                for s in range(span_of[j], span_of[j + 1]):
                    for week in range(at + offset[s], at + offset[s] + length[s]):
                        used[week, r] += demand[j, r]
                while full[r] < horizon and used[full[r], r] + least[r] > capacity[r]:
                    full[r] += 1
        for k in range(len(release_week)):
            if at < release_week[k]:
                begun[k] += cost[j]
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _shift(tried, order, at, to, way, links_of, links, drawn):  # type: ignore[no-untyped-def]
    """Shift a task from place `at` to `to`; what must stay before it (way -1) or behind it (way 1) is drawn along."""
    drawn[:] = False
    drawn[order[at]] = True
    many = 0
    for i in range(at, to + way, way):
        j = order[i]
        if drawn[j]:
            many += 1
            for k in range(links_of[j], links_of[j + 1]):
                drawn[links[k]] = True
    # Going from `at` to `to`: first the others, then those that move, each in its order as met.
    other, moved = at, to - way * (many - 1)
    for i in range(at, to + way, way):
        if drawn[order[i]]:
            tried[moved] = order[i]
            moved += way
        else:
            tried[other] = order[i]
            other += way


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _value(order, many, start, weeks, weight):  # type: ignore[no-untyped-def]
    """Sum of weight times end of the first so many of a list; the last end as a fraction below one."""
    total, last = 0.0, 0
    for place in range(many):
        j = order[place]
        total += weight[j] * (start[j] + weeks[j])
        last = max(last, start[j] + weeks[j])
    return total + last / 1e6


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _walk(  # type: ignore[no-untyped-def]
    best, weight, weeks, cost, span_of, offset, length, demand, least, capacity, before_of, before, lag, release_week,
    released, frozen, after_of, after, state, steps, low_end, high_end, upto_place, hot_share, cold_share,
):  # fmt: skip
    """Walk among lists; `best` begins as the first list and ends as the best one met.

    Tasks at places `low_end` to `high_end` are shifted among these; what stands at `upto_place` or behind it is not
    put, and does not count. What the head of a list puts is kept at every `_KEPT`-th place, so that only what comes
    after a shift is put again.
    """
    n, horizon, resources, width = upto_place, len(frozen), len(capacity), high_end - low_end
    marks = n // _KEPT + 1
    start, order, tried = np.zeros(len(best), np.int64), best.copy(), best.copy()
    now_start = np.zeros(len(best), np.int64)
    drawn = np.zeros(len(best), np.bool_)
    used = np.zeros((marks + 1, horizon, resources), np.int64)
    begun = np.zeros((marks + 1, len(release_week)), np.int64)
    full = np.zeros((marks + 1, resources), np.int64)
    new_used, new_begun, new_full = used.copy(), begun.copy(), full.copy()
    value = least_value = hot = cold = 0.0
    for step in range(steps):
        if step == 0:
            mark, settled, chance = np.int64(0), np.int64(n), 0.0
        else:
            at = low_end + np.int64(word(state) % np.uint64(width))
            # Near places more often than far ones: the reach is even by logarithm between one place and all of them.
            reach = np.int64(np.exp(np.float64(word(state) >> np.uint64(11)) * 2.0**-53 * np.log(np.float64(width))))
            low = low_end if at - low_end < reach else at - reach
            high = high_end - 1 if at + reach > high_end - 1 else at + reach
            to = low + np.int64(word(state) % np.uint64(high - low + 1))
            chance = np.float64(word(state) >> np.uint64(11)) * 2.0**-53
            if to == at:
                continue
            tried[:] = order
            if to < at:
                _shift(tried, order, at, to, -1, before_of, before, drawn)
            else:
                _shift(tried, order, at, to, 1, after_of, after, drawn)
            mark, settled = min(at, to) // _KEPT, max(at, to)
        start[:] = now_start
        new_used[mark] = used[mark]
        new_begun[mark] = begun[mark]
        new_full[mark] = full[mark]
        warmth = hot * (cold / hot) ** (step / steps) if step else 0.0
        may_lose = -warmth * np.log(chance + 1e-12)
        fits, same, lost, upto = True, True, 0.0, marks
        for part in range(mark, marks):
            last = min(n, (part + 1) * _KEPT)
            into = part + 1
            new_used[into] = new_used[part]
            new_begun[into] = new_begun[part]
            new_full[into] = new_full[part]
            fits = _put(
                tried, part * _KEPT, last, weeks, cost, span_of, offset, length, demand, least, capacity, before_of,
                before, lag, release_week, released, frozen, start, new_used[into], new_begun[into], new_full[into],
            )  # fmt: skip
            if not fits:
                break
            for i in range(part * _KEPT, last):
                j = tried[i]
                lost += weight[j] * (start[j] - now_start[j])
                same = same and start[j] == now_start[j]
            if last > settled and lost > _PATIENCE * may_lose:
                fits = False
                break
            if last > settled and same:
                upto = into  # what follows is put as it was
                break
        if not fits:
            if step == 0:
                return
            continue
        now = _value(order, n, start, weeks, weight)
        if step == 0:
            value = least_value = now
            hot, cold = hot_share * value, cold_share * value
        if step == 0 or now - value <= may_lose:
            order[:] = tried
            now_start[:] = start
            for part in range(mark + 1, upto + 1):
                used[part] = new_used[part]
                begun[part] = new_begun[part]
                full[part] = new_full[part]
            value = now
            if now < least_value:
                least_value = now
                best[:] = order
