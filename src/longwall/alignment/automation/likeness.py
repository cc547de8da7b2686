"""How rule-like is a step? What came next in cases that were held out, told by a small rule from what was known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.automation.results import Likeness
from longwall.alignment.automation.tree import Tree, grown
from longwall.discovery.traces import Traces, traces_of
from longwall.streams import generator
from longwall.worksystem import Estimate, WorkSystem

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["likeness_in_log", "likeness_in_routes", "likeness_of_labels"]

_HELD_OUT = 0.3
_LEAST_ROWS = 100
_MOST_ROWS = 20_000
_MOST_CODES = 12
_BINS = 8
_DRAWS = 200
_SURE_BITS = 0.25
"""Bits of uncertainty below which a step counts as nearly settled anyway; about one in 25 goes another way (M)."""
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Known:
    """What is known when a step ends: codes of each feature, their names, and whether they have an order."""

    codes: Ints
    names: tuple[str, ...]
    ordered: tuple[bool, ...]


def likeness_in_log(log: Log, labels: Mapping[str, str], *, seed: int = 0) -> dict[str, Likeness]:
    """Return how determined the next step is after each activity, given the item and its history.

    Parameters
    ----------
    labels : mapping of str to Id
        Label of an activity to the function of the model.
    seed : int
        For the rows drawn where there are more than 20,000, and for intervals.

    Returns
    -------
    mapping of Id to Likeness
        Functions with fewer than 100 executions, or without cases to hold out, are left out.

    Notes
    -----
    Cases that had ended are divided by their arrival: a small tree is fitted to the first 70% and judged on the rest.
    Known are the two steps before, how often this step was done before, the position, the hours since the arrival and
    the attributes of the item whose value did not change in the log. An attribute that is written only at the end would
    tell the outcome; the log cannot show that.
    """
    traces = traces_of(log)
    finished = np.flatnonzero(traces.finished)
    order = finished[np.argsort(traces.arrival_h[finished], kind="stable")]
    held = np.zeros(traces.n_cases, dtype=bool)
    held[order[math.ceil((1.0 - _HELD_OUT) * order.size) :]] = True
    usable = traces.finished[log.case]
    known = _known(log, traces)
    following = np.where(traces.next >= 0, log.activity[traces.next], len(log.activities)).astype(np.int64)
    found = {}
    for code, label in enumerate(log.activities):
        rows = np.flatnonzero((log.activity == code) & usable)
        if label not in labels or rows.size < _LEAST_ROWS:
            continue
        one = likeness_of_labels(
            known.codes[rows], following[rows], log.case[rows].astype(np.int64), held[log.case[rows]],
            names=known.names, ordered=known.ordered, seed=seed,
        )  # fmt: skip
        if one is not None:
            found[labels[label]] = one
    return found


def likeness_of_labels(
    codes: Ints, labels: Ints, case: Ints, held: NDArray[np.bool_], *, names: tuple[str, ...] = (),
    ordered: tuple[bool, ...] = (), seed: int = 0,
) -> Likeness | None:  # fmt: skip
    """Return how determined labels are by coded features, on cases held out; None where either part is too small.

    Parameters
    ----------
    codes : ndarray of int64, shape (n, n_features)
        Codes from 0.
    labels, case : ndarray of int64, shape (n,)
    held : ndarray of bool, shape (n,)
        Rows to judge on; whole cases.

    Notes
    -----
    With H the mean bits by which the rule is surprised on what was held out, and M those of the shares alone, the value
    is 1 - H / max(M, 0.25): 1 where the rule settles all, 0 where it knows no more than the shares, below 0 never. Its
    interval is a bootstrap over cases.
    """
    train, test = np.flatnonzero(~held), np.flatnonzero(held)
    if train.size < _LEAST_ROWS / 2 or test.size < _LEAST_ROWS / 5:
        return None
    luck = generator(seed, "rule-likeness")
    if train.size > _MOST_ROWS:
        train = np.sort(luck.choice(train, _MOST_ROWS, replace=False))
    kinds, places = np.unique(labels, return_inverse=True)
    tree = grown(codes[train], places[train], kinds.size, ordered or (False,) * codes.shape[1])
    chance = tree.of(codes[test])
    truth = places[test]
    base = np.bincount(places[train], minlength=kinds.size) + 0.5
    surprise = -np.log2(chance[np.arange(test.size), truth])
    alone = -np.log2((base / base.sum())[truth])
    hit = (chance.argmax(axis=1) == truth).astype(np.float64)
    _, group = np.unique(case[test], return_inverse=True)
    sums = np.stack([np.bincount(group, weights=w) for w in (surprise, alone, hit, np.ones(test.size))])
    drawn = luck.multinomial(sums.shape[1], np.full(sums.shape[1], 1.0 / sums.shape[1]), size=_DRAWS) @ sums.T
    value, right = _measured(sums.sum(axis=1)[None])
    values, rights = _measured(np.asarray(drawn, dtype=np.float64))
    return Likeness(
        value=_estimate(value[0], values, ""),
        right=_estimate(right[0], rights, "share"),
        rows=int(test.size),
        leaves=len(tree.leaves),
        rests_on=_used(tree, names),
    )


def likeness_in_routes(system: WorkSystem) -> dict[str, Likeness]:
    """Return the same from the routes of a model, where there is no log: what they say, assumed as they are.

    Known are the demand class and the steps that the routes remember; classes count by what their routes say, equally.
    """
    found = {}
    for function in system.work.functions:
        groups: dict[tuple[str, tuple[str, ...], str], dict[str, float]] = {}
        for route in system.work.routes:
            if route.source == function.id:
                key = (route.demand or "", route.after, route.outcome)
                groups.setdefault(key, {})[route.target] = route.probability.value
        if not groups:
            continue
        targets = sorted({target for shares in groups.values() for target in shares})
        shares = np.array([[one.get(target, 0.0) for target in targets] for one in groups.values()])
        inner, outer = float(_entropy(shares).mean()), float(_entropy(shares.mean(axis=0)[None])[0])
        value = max(0.0, 1.0 - inner / max(outer, _SURE_BITS))
        right = float(shares.max(axis=1).mean())
        found[function.id] = Likeness(
            value=Estimate(value=value, low=0.0, high=1.0, footing="assumed"),
            right=Estimate(value=right, low=0.0, high=1.0, unit="share", footing="assumed"),
            rows=0, leaves=len(groups), rests_on=("demand class and steps before, as the routes say",),
        )  # fmt: skip
    return found


def _entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the bits of each row of shares."""
    logs = np.log2(shares, out=np.zeros(shares.shape), where=shares > 0)
    return np.asarray(-(shares * logs).sum(axis=1))


def _measured(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return likeness and share that is right from sums over cases, shape (n, 4)."""
    surprise, alone, hit, rows = sums.T
    floor = np.maximum(alone / rows, _SURE_BITS)
    return np.clip(1.0 - (surprise / rows) / floor, 0.0, 1.0), hit / rows


def _estimate(value: float, draws: NDArray[np.float64], unit: str) -> Estimate:
    """Return a value with the 2.5% and 97.5% quantiles of its draws."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(
        value=float(value), low=min(float(low), float(value)), high=max(float(high), float(value)), unit=unit,
        footing="fitted",
    )  # fmt: skip


def _used(tree: Tree, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the features that the rule asks, in order of first use."""
    asked = dict.fromkeys(test[0] for leaf in tree.leaves for test in leaf.tests)
    return tuple(names[feature] for feature in asked if feature < len(names))


def _known(log: Log, traces: Traces) -> _Known:
    """Return what is known at the end of each event, coded."""
    activity = log.activity.astype(np.int64)
    before = np.where(traces.previous >= 0, activity[traces.previous] + 1, 0)
    earlier = np.where(traces.previous >= 0, before[traces.previous], 0)
    hours = log.end_h - traces.arrival_h[log.case]
    columns = [
        ("the step before", _common(before), False),
        ("the step before that", _common(earlier), False),
        ("times done before", np.minimum(_repeats(log), _BINS), True),
        ("position in the case", np.minimum(traces.position, 2 * _BINS), True),
        ("hours since arrival", _binned(hours), True),
    ]
    changing = {one.name for one in log.histories}
    for name in sorted(log.case_attributes):
        attribute = log.case_attributes[name]
        if name in changing:
            continue
        if attribute.kind == "label":
            columns.append((name, _common(attribute.codes.astype(np.int64) + 1)[log.case], False))
        elif attribute.kind == "number":
            columns.append((name, _binned(attribute.values)[log.case], True))
    return _Known(
        np.stack([codes for _, codes, _ in columns], axis=1), tuple(name for name, _, _ in columns),
        tuple(ordered for _, _, ordered in columns),
    )  # fmt: skip


def _common(codes: Ints) -> Ints:
    """Return codes of the most common values from 1, all others 0."""
    values, counts = np.unique(codes, return_counts=True)
    kept = values[np.lexsort((values, -counts))][:_MOST_CODES]
    place = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.int64)
    place[kept] = np.arange(1, kept.size + 1)
    return np.asarray(place[codes])


def _binned(values: NDArray[np.float64]) -> Ints:
    """Return in which eighth of the values each lies, from 1; 0 where it is missing."""
    there = np.isfinite(values)
    if not there.any():
        return np.zeros(values.size, dtype=np.int64)
    limits = np.unique(np.quantile(values[there], np.arange(1, _BINS) / _BINS))
    return np.where(there, 1 + np.searchsorted(limits, np.where(there, values, 0.0), side="right"), 0).astype(np.int64)


def _repeats(log: Log) -> Ints:
    """Return how often the activity was done before in the same case."""
    order = np.lexsort((np.arange(log.case.size), log.activity, log.case))
    case, activity = log.case[order], log.activity[order]
    new = np.r_[True, (np.diff(case) != 0) | (np.diff(activity) != 0)] if case.size else np.zeros(0, dtype=bool)
    first = np.maximum.accumulate(np.where(new, np.arange(case.size), 0))
    times = np.zeros(case.size, dtype=np.int64)
    times[order] = np.arange(case.size) - first
    return times
