"""What follows what: functions, and where an item goes next, with a memory that earns its keep on cases held out.

Counts are of transitions in cases; an item ends with the probability that its case had ended when the log was
extracted. The memory is the number of earlier functions (0, 1, 2) that the next step depends on, beside the current
one; longer histories lean on shorter ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from longwall import streams
from longwall.discovery.demand import Classes
from longwall.discovery.threads import ForkAt, Threads, threads_of
from longwall.discovery.traces import Traces

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Flow", "Functions", "Step", "flow_of", "functions_of", "wilson"]

_MOST_FUNCTIONS = 80
_LEAST_CONTEXT = 30
_LEAST_PROBABILITY = 0.002
_FOLDS = 5
_STRENGTHS = (1.0, 4.0, 16.0)
_GAIN_PER_STEP = 0.002


@dataclass(frozen=True)
class Functions:
    """Activities as functions.

    Parameters
    ----------
    names : tuple of str
        Labels of the log, in the log's order; the last may be the joint one.
    of_event : ndarray of int64, shape (n_events,)
    folded : tuple of str
        Rare activities joined to "Other work".
    """

    names: tuple[str, ...]
    of_event: NDArray[np.int64]
    folded: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """Where items go after one source with one history.

    Parameters
    ----------
    source : int
        Function; -1 for the start.
    demand : int
        Class; -1 for all.
    after : tuple of int
        Functions right before the source, oldest first.
    targets : tuple of int
        Functions; the number of functions stands for the end.
    probability, low, high : tuple of float
        Sum of `probability` is one; 95% intervals.
    count : float
        Transitions seen.
    """

    source: int
    demand: int
    after: tuple[int, ...]
    targets: tuple[int, ...]
    probability: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    count: float


@dataclass(frozen=True)
class Flow:
    """Routes of all functions.

    Parameters
    ----------
    steps : tuple of Step
    memory : int
        0, 1 or 2.
    by_class : bool
        Whether routes of some functions depend on the demand class.
    log_loss : mapping of str to float
        Held-out log loss per transition [nats] of each candidate, such as ``"memory 1"``.
    gateways : tuple of str
        Names of what stands for forks and joins that are no function; their codes follow those of the functions, and
        the end comes after them.
    forks : tuple of ForkAt
    """

    steps: tuple[Step, ...]
    memory: int
    by_class: bool
    log_loss: dict[str, float]
    gateways: tuple[str, ...] = ()
    forks: tuple[ForkAt, ...] = ()


def functions_of(log: Log) -> Functions:
    """Return the functions of a log; beyond eighty, the rarest activities are joined."""
    counts = np.bincount(log.activity, minlength=len(log.activities))
    if counts.size <= _MOST_FUNCTIONS:
        return Functions(log.activities, log.activity.astype(np.int64), ())
    order = sorted(range(counts.size), key=lambda code: (-counts[code], log.activities[code]))
    kept = sorted(order[: _MOST_FUNCTIONS - 1])
    renumber = np.full(counts.size, len(kept), dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    folded = tuple(log.activities[code] for code in sorted(order[_MOST_FUNCTIONS - 1 :]))
    return Functions((*(log.activities[code] for code in kept), "Other work"), renumber[log.activity], folded)


def flow_of(
    log: Log,
    traces: Traces,
    functions: Functions,
    classes: Classes,
    *,
    seed: int,
    dropped: NDArray[np.bool_] | None = None,
    threads: Threads | None = None,
) -> Flow:
    """Return the routes between functions.

    Parameters
    ----------
    threads : Threads, optional
        What each event followed where items go on in several branches at once; none: one event after the other.
    seed : int
        Deals the cases into five folds.
    dropped : ndarray of bool, shape (n_events,), optional
        Events that were reached because a variance sent the item back; the transition into them is left out, since the
        variance causes it.

    Notes
    -----
    A longer memory, and routes per class, are taken when they lower the held-out log loss by more than .002 nats per
    transition. A history or a class gets routes of its own where it differs at the 1% level (likelihood ratio) and was
    seen thirty times; P(next | history) = (count + s P(next | shorter history)) / (total + s), with s chosen with the
    memory.
    """
    if threads is None:
        threads = threads_of(log, traces, functions, ())
    n = len(functions.names) + len(threads.gateways)
    rows = _transitions(traces, threads, dropped, n)
    group = streams.generator(seed, "flow folds").integers(_FOLDS, size=traces.n_cases)[rows.case]
    losses: dict[tuple[int, bool, float], float] = {}
    for by_class in (False, True) if len(classes.names) > 1 else (False,):
        for memory in (0, 1, 2):
            for strength in _STRENGTHS:
                losses[memory, by_class, strength] = _log_loss(rows, classes, n, memory, by_class, strength, group)
    memory, by_class = 0, False
    best = {key: min(losses[(*key, s)] for s in _STRENGTHS) for key in {(m, b) for m, b, _ in losses}}
    for candidate in ((1, False), (2, False), (0, True), (1, True), (2, True)):
        if candidate in best and best[candidate] < best[memory, by_class] - _GAIN_PER_STEP:
            memory, by_class = candidate
    strength = min(_STRENGTHS, key=lambda s: losses[memory, by_class, s])
    steps = _steps(rows, classes, n, memory, by_class, strength)
    named = {f"memory {m}{', per class' if b else ''}": value for (m, b), value in sorted(best.items())}
    heads = {fork.head for fork in threads.forks}
    kept = tuple(step for step in _ending(steps, n) if step.source not in heads)
    return Flow(kept, memory, any(step.demand >= 0 for step in kept), named, threads.gateways, threads.forks)


def wilson(successes: float, total: float) -> tuple[float, float]:
    """Return the 95% score interval of a share.

    References
    ----------
    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.
    """
    if total <= 0:
        return 0.0, 1.0
    z = 1.959963984540054
    share = successes / total
    centre = share + z * z / (2 * total)
    half = z * float(np.sqrt(max(share * (1 - share), 0.0) / total + z * z / (4 * total * total)))
    scale = 1 + z * z / total
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


@dataclass(frozen=True)
class _Rows:
    """Transitions: case, current function + 1 (0 for the start), the two before it, next (n for the end), weight."""

    case: NDArray[np.int64]
    now: NDArray[np.int64]
    before: NDArray[np.int64]
    earlier: NDArray[np.int64]
    next: NDArray[np.int64]
    weight: NDArray[np.float64]


def _transitions(traces: Traces, threads: Threads, dropped: NDArray[np.bool_] | None, n: int) -> _Rows:
    """One row per transition, the end weighted by how probably the case had ended."""
    code, before = threads.code + 1, threads.previous
    one = np.where(before >= 0, code[before], 0)
    two = np.where(one > 0, one[np.maximum(before, 0)], 0)
    three = np.where(two > 0, two[np.maximum(before, 0)], 0)
    kept = threads.weight > 0
    if dropped is not None:
        kept[: dropped.size] &= ~dropped
    last = threads.last
    row, to, weight = threads.more
    row, to, weight = row[row >= 0], to[row >= 0], weight[row >= 0]
    return _Rows(
        case=np.concatenate([threads.case[kept], np.arange(traces.n_cases), threads.case[row]]).astype(np.int64),
        now=np.concatenate([one[kept], code[last], code[row]]),
        before=np.concatenate([two[kept], one[last], one[row]]),
        earlier=np.concatenate([three[kept], two[last], two[row]]),
        next=np.concatenate([threads.code[kept], np.full(traces.n_cases, n), to]),
        weight=np.concatenate([threads.weight[kept], traces.ended, weight]),
    )


def _keys(rows: _Rows, classes: Classes, n: int, memory: int, by_class: bool) -> list[NDArray[np.int64]]:
    """Context keys from the coarsest to the finest."""
    width = n + 1
    keys = [rows.now]
    if by_class:
        keys.append(rows.now + width * (classes.of_case[rows.case] + 1))
    base = keys[-1]
    span = width * (len(classes.names) + 1)
    if memory >= 1:
        keys.append(base + span * (rows.before + 1))
    if memory >= 2:
        keys.append(base + span * ((rows.before + 1) + (width + 1) * (rows.earlier + 1)))
    return keys


def _log_loss(
    rows: _Rows, classes: Classes, n: int, memory: int, by_class: bool, strength: float, fold: NDArray[np.int64]
) -> float:
    """Held-out log loss per transition, every fold predicted from the others."""
    keys = _keys(rows, classes, n, memory, by_class)
    dense = [np.unique(key, return_inverse=True)[1] for key in keys]
    loss = 0.0
    totals = [_tables(key, rows.next, rows.weight, n) for key in dense]
    for number in range(_FOLDS):
        test = fold == number
        chance = np.full(int(test.sum()), 1.0 / (n + 1))
        for key, (pairs, sums) in zip(dense, totals, strict=True):
            held_pairs, held_sums = _tables(key[test], rows.next[test], rows.weight[test], n, pairs.size, sums.size)
            both = key[test] * (n + 1) + rows.next[test]
            seen = (pairs - held_pairs)[both]
            total = (sums - held_sums)[key[test]]
            chance = (seen + strength * chance) / (total + strength)
        loss -= float((rows.weight[test] * np.log(np.maximum(chance, 1e-12))).sum())
    return loss / float(rows.weight.sum())


def _tables(
    key: NDArray[np.int64],
    following: NDArray[np.int64],
    weight: NDArray[np.float64],
    n: int,
    pairs: int = 0,
    sums: int = 0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts of (context, next), flat, and of contexts."""
    contexts = int(key.max(initial=-1)) + 1
    table = _sums(key * (n + 1) + following, weight, max(pairs, contexts * (n + 1)))
    return table, _sums(key, weight, max(sums, contexts))


def _sums(key: NDArray[np.int64], weight: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Sum of the weights of each key."""
    return np.bincount(key, weights=weight, minlength=length).astype(np.float64)


def _steps(rows: _Rows, classes: Classes, n: int, memory: int, by_class: bool, strength: float) -> list[Step]:
    """Routes of every source; classes and histories only where they differ for sure."""
    steps: list[Step] = []
    for source in np.unique(rows.now):
        at = np.flatnonzero((rows.now == source) & (rows.weight > 0))
        if not at.size:
            continue
        counts = _sums(rows.next[at], rows.weight[at], n + 1)
        share = counts / counts.sum()
        groups = [(-1, at, share, counts)]
        if by_class:
            own = classes.of_case[rows.case[at]]
            table = np.zeros((len(classes.names), n + 1))
            np.add.at(table, (own, rows.next[at]), rows.weight[at])
            if _differ(table):
                groups = []
                for label in range(len(classes.names)):
                    total = table[label].sum()
                    groups.append(
                        (label, at[own == label], (table[label] + strength * share) / (total + strength), table[label])
                    )
        for label, members, base, seen in groups:
            steps.append(_step(int(source) - 1, label, (), base, seen, strength if label >= 0 else 0.0))
            if memory and source > 0:
                steps.extend(_histories(rows, members, n, memory, strength, base, int(source) - 1, label))
    return steps


def _histories(
    rows: _Rows,
    at: NDArray[np.int64],
    n: int,
    memory: int,
    strength: float,
    base: NDArray[np.float64],
    source: int,
    label: int,
) -> list[Step]:
    """Routes after one and two earlier functions, where they differ from the shorter history."""
    found: list[Step] = []
    for before in np.unique(rows.before[at]):
        if before == 0:
            continue
        one = at[rows.before[at] == before]
        counts = _sums(rows.next[one], rows.weight[one], n + 1)
        share = (counts + strength * base) / (counts.sum() + strength)
        rest = _sums(rows.next[at], rows.weight[at], n + 1) - counts
        if counts.sum() >= _LEAST_CONTEXT and _differ(np.stack([counts, np.maximum(rest, 0.0)])):
            found.append(_step(source, label, (int(before) - 1,), share, counts, strength))
        else:
            share = base
        if memory < 2:
            continue
        for earlier in np.unique(rows.earlier[one]):
            if earlier == 0:
                continue
            two = one[rows.earlier[one] == earlier]
            deep = _sums(rows.next[two], rows.weight[two], n + 1)
            if deep.sum() >= _LEAST_CONTEXT and _differ(np.stack([deep, np.maximum(counts - deep, 0.0)])):
                mixed = (deep + strength * share) / (deep.sum() + strength)
                found.append(_step(source, label, (int(earlier) - 1, int(before) - 1), mixed, deep, strength))
    return found


def _differ(table: NDArray[np.float64]) -> bool:
    """Whether rows of counts differ, by a likelihood ratio test at the 1% level."""
    table = table[table.sum(axis=1) > 0]
    columns = table.sum(axis=0) > 0
    if table.shape[0] < 2 or columns.sum() < 2:
        return False
    table = table[:, columns]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 2.0 * np.where(table > 0, table * np.log(table / expected), 0.0).sum()
    return bool(chdtrc((table.shape[0] - 1) * (table.shape[1] - 1), ratio) < 0.01)


def _step(
    source: int,
    demand: int,
    after: tuple[int, ...],
    share: NDArray[np.float64],
    counts: NDArray[np.float64],
    strength: float,
) -> Step:
    """One step with the rarest targets left out and intervals beside; `strength` counts were lent by others."""
    kept = np.flatnonzero(share >= min(_LEAST_PROBABILITY, share.max()))
    probability = share[kept] / share[kept].sum()
    total = float(counts.sum())
    known = total + strength
    ends = [wilson(float(p) * known, known) for p in probability]
    return Step(
        source=source,
        demand=demand,
        after=after,
        targets=tuple(int(target) for target in kept),
        probability=tuple(float(p) for p in probability),
        low=tuple(min(low, float(p)) for (low, _), p in zip(ends, probability, strict=True)),
        high=tuple(max(high, float(p)) for (_, high), p in zip(ends, probability, strict=True)),
        count=total,
    )


def _ending(steps: list[Step], n: int) -> tuple[Step, ...]:
    """Give every function that can be reached routes, and a way to the end."""
    by_source: dict[int, list[Step]] = {}
    for step in steps:
        by_source.setdefault(step.source, []).append(step)
    ends = {n}
    while True:
        more = {s for s, own in by_source.items() if s not in ends and all(ends & set(step.targets) for step in own)}
        if not more:
            break
        ends |= more
    out: list[Step] = []
    for step in steps:
        if step.source in ends or step.source < 0 or n in step.targets:
            out.append(step)
            continue
        # Nobody was seen to leave from here: one item in (count + 2) is taken to end, the rule of succession.
        leave = 1.0 / (step.count + 2.0)
        _, high = wilson(0.0, max(step.count, 1.0))
        out.append(
            Step(
                step.source,
                step.demand,
                step.after,
                (*step.targets, n),
                (*(p * (1 - leave) for p in step.probability), leave),
                (*(low * (1 - leave) for low in step.low), 0.0),
                (*step.high, max(high, leave)),
                step.count,
            )
        )
    reached = {target for step in out for target in step.targets if target < n}
    for function in sorted(reached - set(by_source)):
        out.append(Step(function, -1, (), (n,), (1.0,), (0.0,), (1.0,), 0.0))
    return tuple(out)
