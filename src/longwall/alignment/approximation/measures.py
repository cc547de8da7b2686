"""From the sums of a mean week to indicators, as the simulation would measure them."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.approximation.jit import whole
from longwall.alignment.approximation.places import ALWAYS, HOURS, Places

__all__ = ["INDICATORS", "indicators_of_week", "pressed_table"]

INDICATORS = (
    "lead_time_h", "lead_time_p90_h", "late_share", "escaped_per_100", "rework_share", "abandoned_share", "takeover_h",
    "high_load_share", "out_of_hours_share", "handovers_per_item", "interruptions_per_h", "fatigue", "variety",
    "utilisation", "wait_h",
)  # fmt: skip
"""What the model has a view of, in the order of its numbers."""

_WINDOW_H = 0.5
"""Length of the windows in which the simulation counts high load."""
_LOADS, _RUNS = 51, 41
_LONGEST_RUN = 4.0
"""Powers of e of the correlation time over the window that the table spans, either way."""
_SPREAD_OF_WAITS = 2.0
"""Squared coefficient of variation of what an item waits at one function: most wait little, some overnight."""


@functools.cache
def pressed_table(threshold: float) -> NDArray[np.float64]:
    """Return how probably somebody is busy for a share of a window, shape (51, 41).

    Parameters
    ----------
    threshold : float
        Share of the window, 0 to 1.

    Returns
    -------
    ndarray, shape (loads, times)
        Over loads from 0 to 1 and correlation times from exp(-4) to exp(4) windows.

    Notes
    -----
    Busy and idle spells that alternate (exponential, correlation time tau) give a busy share of a window with mean u
    and variance u(1-u) 2 tau/w (1 - tau/w (1 - exp(-w/tau))); a beta distribution with these moments stands for it.
    """
    from scipy.special import betainc

    load = np.linspace(0.0, 1.0, _LOADS)[:, None]
    time = np.exp(np.linspace(-_LONGEST_RUN, _LONGEST_RUN, _RUNS))[None, :]
    inner = np.clip(load, 1e-4, 1.0 - 1e-4)
    relative = np.clip(2.0 * time * (1.0 - time * (1.0 - np.exp(-1.0 / time))), 1e-6, 1.0 - 1e-6)
    size = 1.0 / relative - 1.0
    found = np.asarray(1.0 - betainc(inner * size, (1.0 - inner) * size, threshold), dtype=np.float64)
    found[0], found[-1] = 0.0, 1.0
    return np.ascontiguousarray(found)


@whole
def _pressed(table: Any, load: float, time_h: float) -> float:
    """Return a number of `pressed_table`, linear between its entries."""
    x = min(max(load, 0.0), 1.0) * (_LOADS - 1)
    y = (math.log(max(time_h / _WINDOW_H, 1e-9)) + _LONGEST_RUN) / (2.0 * _LONGEST_RUN) * (_RUNS - 1)
    y = min(max(y, 0.0), _RUNS - 1.0)
    i, j = min(int(x), _LOADS - 2), min(int(y), _RUNS - 2)
    x, y = x - i, y - j
    below = table[i, j] * (1.0 - y) + table[i, j + 1] * y
    above = table[i + 1, j] * (1.0 - y) + table[i + 1, j + 1] * y
    pressed: float = below * (1.0 - x) + above * x
    return pressed


@whole
def _above(x: float) -> float:
    """Return the chance that a standard normal variate lies above x."""
    return 0.5 * math.erfc(x / math.sqrt(2.0))


@whole
def _quantile(mean: Any, sigma: Any, weight: Any, share: float) -> float:
    """Return a quantile of a mixture of lognormal variates, by bisection."""
    low, high = -12.0, 12.0
    total = weight.sum()
    for _ in range(40):
        middle = (low + high) / 2.0
        above = 0.0
        for c in range(len(mean)):
            above += weight[c] * _above((middle - mean[c]) / sigma[c])
        if above > (1.0 - share) * total:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2.0)


@whole
def _shares_of_post(x: Any, m: Any, o: Places, p: int) -> Any:
    """Return hours of work of a post, mean rest, and what of the rest is finished, of a task that it is at [h]."""
    total, rest, after = 0.0, 0.0, 0.0
    for f in range(o.n_function):
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            if m[o.pair_post + k] == p:
                total += x[o.work + k]
                mine = x[o.work + k] * x[o.function + 10 * f + 1] * (1.0 + x[o.function + 10 * f + 4]) / 2.0
                rest += mine
                after += mine * x[o.function + 10 * f + 9]
    if total <= 0.0:
        return 0.0, 0.0, 0.0
    return total, rest / total, after / total


@whole
def _of_people(x: Any, m: Any, o: Places, table: Any, tiring: Any, parked: Any) -> Any:
    """Return rostered, busy, pressed and tired hours and hours out of roster; add parked hours of each function."""
    rostered, working, pressed, tired, out = 0.0, 0.0, 0.0, 0.0, 0.0
    for p in range(o.n_post):
        total, rest_h, after_h = _shares_of_post(x, m, o, p)
        working += total
        if x[o.post + 2 * p + 1] < ALWAYS:
            out += total
            continue
        fatigue, away_h = 0.0, 0.0
        for hour in range(2 * HOURS):
            h = HOURS * p + hour % HOURS
            people, load = x[o.staff + h], x[o.busy + h]
            if people <= 0.0:
                fatigue *= tiring[2]
                continue
            fatigue += load * tiring[0] - (load * tiring[0] + (1.0 - load) * tiring[1]) * fatigue
            fatigue = min(max(fatigue, 0.0), 1.0)
            if hour < HOURS:
                continue
            rostered += people
            tired += people * load * fatigue
            queued = min(load, 0.98) ** (math.sqrt(2.0 * (people + 1.0)) - 1.0)
            pressed += people * _pressed(table, load, rest_h * (1.0 - load) / (1.0 - queued))
            out += x[o.ends + h] * load * after_h
            away_h += x[o.back + h] * load
        for f in range(o.n_function):
            for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
                if m[o.pair_post + k] == p and total > 0.0:
                    parked[f] += away_h * x[o.work + k] / total * (1.0 - x[o.function + 10 * f + 9])
    return rostered, working, pressed, tired, out


@whole
def _by_team(x: Any, m: Any, o: Places, by: Any, manned: Any) -> None:
    """Write which team does how much of each function, and the share of executions that meet a person."""
    teams = np.zeros((o.n_post, o.n_team))
    for k in range(o.n_member):
        teams[m[o.member_post + k], m[o.member_team + k]] = min(x[o.member + k], 1.0)
    for f in range(o.n_function):
        total = 0.0
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            total += x[o.work + k]
        manned[f] = x[o.function + 10 * f] if total > 0.0 else 0.0
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            for t in range(o.n_team):
                by[f, t] += x[o.work + k] * teams[m[o.pair_post + k], t] / total if total > 0.0 else 0.0


@whole
def _handovers(x: Any, m: Any, o: Places) -> float:
    """Return changes of team in a week, teams taken as drawn anew at each function."""
    by, manned = np.zeros((o.n_function, o.n_team)), np.zeros(o.n_function)
    _by_team(x, m, o, by, manned)
    holds, had, before = np.zeros((o.n_cell, o.n_team)), np.zeros((o.n_cell, o.n_team)), np.zeros(o.n_cell)
    changes = 0.0
    for sweep in range(2):
        # In the second sweep what comes back is known as well.
        for cell in range(o.n_cell):
            f = m[o.cell_of + cell]
            for t in range(o.n_team):
                last = had[cell, t] / before[cell] if before[cell] > 0.0 else 0.0
                holds[cell, t] = manned[f] * by[f, t] + (1.0 - manned[f]) * last
            for k in range(m[o.next_at + cell], m[o.next_at + cell + 1]):
                amount, to = x[o.through + cell] * x[o.next_p + k], m[o.next_to + k]
                before[to] += amount
                same, known = 0.0, 0.0
                for t in range(o.n_team):
                    had[to, t] += amount * holds[cell, t]
                    same += holds[cell, t] * by[m[o.cell_of + to], t]
                    known += holds[cell, t]
                if sweep == 1:
                    changes += amount * manned[m[o.cell_of + to]] * max(known - same, 0.0)
    return changes


@whole
def _kinds(x: Any, m: Any, o: Places) -> float:
    """Return the kinds of functions that a person meets in a week, tasks falling to people of a post by chance."""
    done = np.zeros(o.n_function)
    for cell in range(o.n_cell):
        done[m[o.cell_of + cell]] += x[o.asked + cell]
    kinds, heads = 0.0, 0.0
    for p in range(o.n_post):
        if x[o.post + 2 * p + 1] > ALWAYS:
            heads += x[o.post + 2 * p]
    for f in range(o.n_function):
        total = 0.0
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            total += x[o.work + k]
        for k in range(m[o.pair_at + f], m[o.pair_at + f + 1]):
            people = x[o.post + 2 * m[o.pair_post + k]]
            if total > 0.0 and people > 0.0:
                kinds += people * (1.0 - math.exp(-done[f] * x[o.work + k] / total / people))
    return kinds / heads if heads > 0.0 else np.nan


@whole
def _stays(x: Any, m: Any, o: Places, items: Any, parked: Any, mean: Any, sigma: Any, stays: Any) -> Any:
    """Write the mean stay of each class and the moments of its logarithm; return hours waited and items given up."""
    done = np.zeros(o.n_function)
    for cell in range(o.n_cell):
        done[m[o.cell_of + cell]] += x[o.through + cell]
    waiting, gone = 0.0, 0.0
    for c in range(o.n_class):
        variance, sigma[c], patience = 0.0, 1.0, x[o.cls + 4 * c + 2]
        gone += x[o.lost + c]
        for cell in range(m[o.cell_at + c], m[o.cell_at + c + 1]):
            through = x[o.through + cell]
            if items[c] <= 0.0 or through <= 0.0:
                continue
            f, fn = m[o.cell_of + cell], o.function + 10 * m[o.cell_of + cell]
            waited = (x[o.lying + cell] + x[o.chance + cell]) / through + parked[f] / done[f]
            at_work, passing, times = x[fn] * x[fn + 1], x[fn + 3], through / items[c]
            stays[c] += times * (waited + at_work + passing)
            spread = _SPREAD_OF_WAITS * waited * waited + at_work * at_work * x[fn + 4]
            variance += times * (spread + passing * passing * x[fn + 5])
            waiting += through * waited
            gone += x[o.chance + cell] / max(patience, 0.1) if patience < ALWAYS else 0.0
        if stays[c] > 0.0:
            spread = max(math.log1p(variance / (stays[c] * stays[c])), 1e-4)
            mean[c], sigma[c] = math.log(stays[c]) - spread / 2.0, math.sqrt(spread)
    return waiting, gone


@whole
def indicators_of_week(x: Any, m: Any, o: Places, table: Any, tiring: Any, found: Any) -> None:
    """Write the indicators of a week, in the order of `INDICATORS`; nan where there is nothing to measure.

    Parameters
    ----------
    x, m, o
        As `flow_through_week` leaves them.
    table : ndarray
        `pressed_table`.
    tiring : ndarray, shape (3,)
        Rates of fatigue and of recovery at work [1/h], share of fatigue left an hour later off work.
    found : ndarray, shape (indicators,)
    """
    items, parked, stays = np.zeros(o.n_class), np.zeros(o.n_function), np.zeros(o.n_class)
    mean, sigma = np.zeros(o.n_class), np.ones(o.n_class)
    for c in range(o.n_class):
        for h in range(HOURS):
            items[c] += x[o.arrivals + HOURS * c + h]
    everybody = max(items.sum(), 1e-9)
    rostered, working, pressed, tired, out = _of_people(x, m, o, table, tiring, parked)
    waiting, gone = _stays(x, m, o, items, parked, mean, sigma, stays)
    lead, late, dated, repeats, escapes = 0.0, 0.0, 0.0, 0.0, 0.0
    for c in range(o.n_class):
        lead += items[c] * stays[c]
        repeats += items[c] * x[o.cls + 4 * c + 3]
        due = x[o.cls + 4 * c + 1]
        if due < ALWAYS and stays[c] > 0.0:
            dated += items[c]
            late += items[c] * _above((math.log(max(due, 1e-3)) - mean[c]) / sigma[c])
    for v in range(o.n_escape):
        escapes += x[o.escape + v]
    takeovers, extra, breaks, executions = 0.0, 0.0, 0.0, 0.0
    for cell in range(o.n_cell):
        fn, through = o.function + 10 * m[o.cell_of + cell], x[o.through + cell]
        executions += through
        takeovers += through * x[fn + 7]
        extra += through * x[fn + 7] * x[fn + 8]
        breaks += through * x[fn + 6]
    found[:] = np.nan
    found[0], found[1] = lead / everybody, _quantile(mean, sigma, items, 0.9)
    found[2] = late / dated if dated > 0.0 else np.nan
    found[3], found[5] = 100.0 * escapes / everybody, gone / everybody
    found[4] = repeats / executions if executions > 0.0 else np.nan
    found[6] = extra / takeovers if takeovers > 0.0 else np.nan
    if rostered > 0.0:
        found[7], found[13] = pressed / rostered, working / rostered
    if working > 0.0:
        found[8], found[10], found[11] = out / working, breaks / working, tired / working
    found[9], found[12], found[14] = _handovers(x, m, o) / everybody, _kinds(x, m, o), waiting / everybody
