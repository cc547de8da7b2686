"""Crossings as a log counts them: per item and demand class, and what a step waits for when it crosses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.boundaries.result import BOUNDARIES, Boundary, Crossings
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding
from longwall.assessment.view import View
from longwall.stats import mean_interval, share_interval
from longwall.units import duration_text, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

__all__ = ["Price", "crossing_waits", "crossings_in_log", "demand_of_case", "price_of", "sides_of"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_MOST = 2
"""Items with more crossings than this are counted together."""
_LEAST_ROWS = 10
_NAMES = {"team": "team", "organisation": "organisation", "machine": "machine and people"}


@dataclass(frozen=True)
class Price:
    """How much longer a step waits when it crosses a boundary than the same step does when it does not.

    Parameters
    ----------
    per_crossing_h, low_h, high_h : float
        Mean difference [elapsed h] with its 95% interval, which allows for dependence within items.
    crossings, cases : int
        That had others to be compared with, over all steps.
    """

    per_crossing_h: float
    low_h: float
    high_h: float
    crossings: int
    cases: int


def sides_of(view: View, boundary: Boundary) -> Ints:
    """Return on which side of a boundary each event lies, shape (n_events,); -1 where it is not known.

    Organisations are those of the model's teams; machines are told from people by how they work.
    """
    if boundary == "team":
        return view.team
    if boundary == "machine":
        if "resources" not in view.log.capabilities:
            return np.full(view.log.case.size, -1, dtype=np.int64)
        return np.where(view.log.resource >= 0, view.performers.machine.astype(np.int64), -1)
    teams = [view.system.teams.get(key) for key in view.team_ids]
    names = list(dict.fromkeys(team.organisation for team in teams if team is not None))
    code = np.array([-1 if team is None else names.index(team.organisation) for team in teams] + [-1], dtype=np.int64)
    return code[view.team]


def crossings_in_log(view: View) -> tuple[Crossings, ...]:
    """Return the crossings per finished item, for all items and by demand class; a boundary with one side is left out.

    Events whose side is not known are passed over: from team to customer to the same team is no crossing.
    """
    finished = view.traces.finished
    classes = demand_of_case(view)
    found = []
    for boundary in BOUNDARIES:
        side = sides_of(view, boundary)
        if np.unique(side[side >= 0]).size < 2 or not finished.any():
            continue
        rows, crossed = _steps(view, side)
        times = np.bincount(view.log.case[rows], weights=crossed, minlength=view.n_cases).astype(np.float64)
        told = np.bincount(view.log.case[side >= 0], minlength=view.n_cases) > 0
        chosen = finished & told
        found += _counted(boundary, "", times[chosen])
        for key, members in classes.items():
            found += _counted(boundary, key, times[chosen & members])
    return tuple(found)


def demand_of_case(view: View) -> dict[str, Bools]:
    """Return the items of each demand class of the model, by the attribute of the log that names most of them."""
    best: dict[str, Bools] = {}
    held = 0
    for name in sorted(view.log.case_attributes):
        attribute = view.log.case_attributes[name]
        if attribute.kind != "label":
            continue
        codes = {view.class_ids[label]: k for k, label in enumerate(attribute.labels) if label in view.class_ids}
        masks = {key: np.asarray(attribute.codes == code) for key, code in codes.items()}
        size = sum(int(mask.sum()) for mask in masks.values())
        if size > held:
            best, held = masks, size
    return {key: best[key] for key in view.system.demand if key in best} if len(best) > 1 else {}


def _steps(view: View, side: Ints) -> tuple[Ints, Bools]:
    """Events that follow another of a known side in their case, and whether they cross."""
    known = np.flatnonzero(side >= 0)
    case = view.log.case[known]
    follows = np.flatnonzero(np.diff(case) == 0) + 1
    return known[follows], side[known[follows]] != side[known[follows - 1]]


def _counted(boundary: Boundary, demand: str, times: Floats) -> list[Crossings]:
    """One row of the table, or nothing where there are fewer than two items."""
    n = times.size
    if n < 2:
        return []
    value, low, high = mean_interval(times)
    shares = []
    for k in range(_MOST + 2):
        count = int((times == k).sum() if k <= _MOST else (times > _MOST).sum())
        shares.append(estimate(count / n, *share_interval(count, n), "share", "counted"))
    mean = estimate(value, max(0.0, low), high, "per item", "counted")
    return [Crossings(boundary=boundary, source="log", demand=demand, items=n, mean=mean, shares=tuple(shares))]


def price_of(view: View, side: Ints) -> tuple[Price, Ints, Bools] | None:
    """Return how much longer steps wait that cross, against the same steps that do not.

    Only steps that come right after another of a known side count; steps of one function are compared with each other.

    Returns
    -------
    Price, ndarray of int, ndarray of bool, or None
        The price; the rows that were compared, and which of them cross. None where nothing can be compared.
    """
    log = view.log
    rows, crossed = _steps(view, side)
    direct = side[view.traces.previous[rows]] >= 0
    rows, crossed = rows[direct], crossed[direct]
    wait_h = np.maximum(log.start_h[rows] - log.end_h[view.traces.previous[rows]], 0.0)
    if not log.starts_logged:
        wait_h = np.maximum(view.traces.gap_h[rows], 0.0)
    step, size = log.activity[rows], len(log.activities)
    n1 = np.bincount(step, weights=crossed, minlength=size)
    n0 = np.bincount(step, weights=~crossed, minlength=size)
    usable = (n1 >= _LEAST_ROWS) & (n0 >= _LEAST_ROWS)
    kept = usable[step]
    rows, crossed, wait_h, step = rows[kept], crossed[kept], wait_h[kept], step[kept]
    total = float(n1[usable].sum())
    if not total:
        return None
    mean1 = np.bincount(step, weights=wait_h * crossed, minlength=size) / np.maximum(n1, 1)
    mean0 = np.bincount(step, weights=wait_h * ~crossed, minlength=size) / np.maximum(n0, 1)
    gap = float(n1[usable] @ (mean1 - mean0)[usable]) / total
    # Each row's part in the error: of a crossing one its own, of another one as far as it stands for crossing ones.
    part = np.where(crossed, wait_h - mean1[step], -(wait_h - mean0[step]) * n1[step] / np.maximum(n0[step], 1)) / total
    by_case = np.bincount(log.case[rows], weights=part, minlength=view.n_cases)
    cases = np.unique(log.case[rows]).size
    half = 1.96 * float(np.sqrt(cases / max(cases - 1, 1) * (by_case @ by_case)))
    return Price(gap, gap - half, gap + half, int(total), cases), rows, crossed


def crossing_waits(view: View) -> list[Finding]:
    """Find boundaries at which steps that cross wait longer than the same steps that do not."""
    found = []
    elapsed_h = float(view.duration_h.sum())
    for boundary in BOUNDARIES:
        side = sides_of(view, boundary)
        if np.unique(side[side >= 0]).size < 2:
            continue
        priced = price_of(view, side)
        if priced is None:
            continue
        price, rows, crossed = priced
        share = price.per_crossing_h * price.crossings / max(elapsed_h, 1e-12)
        if (
            price.crossings < view.thresholds["least_cases"]
            or price.low_h <= 0
            or share < view.thresholds["crossing_share"]
        ):
            continue
        found.append(_worded(view, boundary, price, rows[crossed], share))
    return found


def _worded(view: View, boundary: Boundary, price: Price, rows: Ints, share: float) -> Finding:
    """Word the finding about one kind of boundary."""
    where, names = _most_crossed(view, boundary, rows)
    weekly = price.crossings / view.weeks
    what = "wait" if view.log.starts_logged else "come"
    line = "the line between machines and people" if boundary == "machine" else f"a boundary between {boundary}s"
    ends = f"{duration_text(max(price.low_h, 0))} to {duration_text(price.high_h)}"
    statement = (
        f"Steps that cross {line} {what} {duration_text(price.per_crossing_h)} longer than the same steps that do not "
        f"({ends}): {price.crossings:,} crossings hold {share_text(share)} of all elapsed time"
        + (f", most often from {names[0]} to {names[1]}." if names else ".")
    )
    return finding(
        "crossing",
        where,
        statement,
        estimate(price.per_crossing_h * weekly, price.low_h * weekly, price.high_h * weekly, HOURS_PER_WEEK_UNIT,
                 "counted"),
        "elapsed hours before steps that cross beyond those before the same steps that do not",
        principle="boundaries between teams follow the work",
        layer="work",
        evidence=(
            EvidenceRows(query="crossings", arguments={"boundary": _NAMES[boundary]}, cases=price.cases,
                         events=price.crossings),
        ),
        suggests=_suggested(boundary, where),
        cautions=("steps of one function are compared; what crosses may be harder in ways the log does not show",),
        name=boundary,
    )  # fmt: skip


def _suggested(boundary: Boundary, where: tuple[str, ...]) -> tuple[Suggestion, ...]:
    """Changes that would lower the number of crossings, or what one costs."""
    if boundary == "machine":
        return (Suggestion(kind="change_level", targets=where, why="a division of work that hands over less often"),)
    return (
        Suggestion(kind="cross_train", targets=where, why="so that a team can finish what it has begun"),
        Suggestion(kind="shared_triage", targets=where, why="decide once, together, who takes an item"),
    )


def _most_crossed(view: View, boundary: Boundary, rows: Ints) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids and names of the teams, or of the function after the line, at which most crossings lie."""
    if boundary == "machine":
        code = int(np.bincount(view.log.activity[rows]).argmax())
        return (view.functions[code],), ()
    teams = len(view.team_ids)
    pair = view.team[view.traces.previous[rows]] * teams + view.team[rows]
    first, then = divmod(int(np.bincount(pair).argmax()), teams)
    return (view.team_ids[first], view.team_ids[then]), (view.team_name(first), view.team_name(then))
