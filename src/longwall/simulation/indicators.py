"""From counters to indicators: two columns, per organisation, team, role, function and demand class.

Every indicator is a quotient of weekly sums, so that a series, a mean over weeks and a mean over replications all come
from the same counters. Measures of performers are given for groups of five or more only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from longwall.simulation.compile import Compiled
from longwall.simulation.kernel import State, layout
from longwall.units import HOURS_PER_WEEK, HOURS_PER_YEAR
from longwall.worksystem import Column

__all__ = ["LEAST_GROUP", "Counters", "Indicated", "indicated", "known_indicators", "measure", "shown_groups"]

LEAST_GROUP = 5
"""People in the smallest group whose performance is shown."""

ORGANISATION = "organisation"
Rows = Iterator[tuple["Indicated", NDArray[np.float64], NDArray[np.float64]]]


@dataclass(frozen=True)
class Indicated:
    """What a number of a run means.

    Parameters
    ----------
    id, scope : str
        Such as ``late_share`` of ``demand:incident``.
    """

    id: str
    name: str
    unit: str
    column: Column
    better: Literal["lower", "higher"]
    scope: str


_WORDS: dict[str, tuple[str, str, Column, Literal["lower", "higher"]]] = {
    "throughput_per_week": ("completed", "per week", "technical", "higher"),
    "lead_time_h": ("lead time, mean", "h", "technical", "lower"),
    "lead_time_p90_h": ("lead time, 90% quantile", "h", "technical", "lower"),
    "lead_time_p50_h": ("lead time, median", "h", "technical", "lower"),
    "lead_time_p99_h": ("lead time, 99% quantile", "h", "technical", "lower"),
    "late_share": ("past due", "share of completed items", "technical", "lower"),
    "wait_h": ("waiting in queues", "h per item", "technical", "lower"),
    "wait_begun_h": ("waiting of tasks that were begun", "h per task", "technical", "lower"),
    "first_response_h": ("first response", "h", "technical", "lower"),
    "escaped_per_100": ("escaped variances", "per 100 completed items", "technical", "lower"),
    "harm_technical_per_100": ("technical harm escaped", "per 100 completed items", "technical", "lower"),
    "harm_social_per_100": ("social harm escaped", "per 100 completed items", "technical", "lower"),
    "harm_regulatory_per_100": ("regulatory harm escaped", "per 100 completed items", "technical", "lower"),
    "rework_share": ("repeated work", "share of executions", "technical", "lower"),
    "abandoned_share": ("abandoned", "share of items that left", "technical", "lower"),
    "backlog": ("open items, mean", "items", "technical", "lower"),
    "machine_availability": ("availability of machines", "share of time", "technical", "higher"),
    "takeover_h": ("takeover from a machine", "extra h each", "technical", "lower"),
    "cost_per_week": ("cost of hours", "per week", "technical", "lower"),
    "high_load_share": ("hours at high load", "share of rostered hours", "social", "lower"),
    "utilisation": ("busy", "share of rostered hours", "social", "lower"),
    "out_of_hours_share": ("work outside the roster", "share of busy hours", "social", "lower"),
    "handovers_per_item": ("team changes", "per item", "social", "lower"),
    "interruptions_per_h": ("reviews, reads, repairs and takeovers", "per busy hour", "social", "lower"),
    "fatigue": ("fatigue at work", "0 to 1", "social", "lower"),
    "merged_share": ("merged into another", "share of items that left", "technical", "higher"),
    "reopened_share": ("opened again", "share of completed items", "technical", "lower"),
    "customer_effort": ("times the customer is needed again", "per item", "technical", "lower"),
    "safety_events_per_week": ("safety events", "per week", "technical", "lower"),
    "caught_share": ("events that were caught", "share of events", "technical", "higher"),
    "false_alert_share": ("false alerts", "share of alerts", "technical", "lower"),
    "alerts_per_week": ("alerts", "per week", "technical", "lower"),
    "engaged_share": ("alerts that somebody engaged with", "share of alerts looked at", "social", "higher"),
    "alerts_per_h": ("alerts looked at", "per rostered hour", "social", "lower"),
    "calls_per_week": ("calls to people on call", "per week", "social", "lower"),
    "autonomy": ("variances controlled where they were seen", "share of controls", "social", "higher"),
    "engagement": ("engagement", "0 to 1", "social", "higher"),
    "leavers_per_year": ("people who leave", "per year", "social", "lower"),
    "skill_reserve": ("expected success of a takeover", "probability", "social", "higher"),
    "by_hand_share": ("by hand where there is a machine", "share of executions", "social", "higher"),
    "variety": ("kinds of functions", "per person and week", "social", "higher"),
}


_QUANTILES = {"lead_time_p90_h": 0.9, "lead_time_p50_h": 0.5, "lead_time_p99_h": 0.99}


def _as(name: str, scope: str) -> Indicated:
    """Return an indicator in a scope."""
    words, unit, column, better = _WORDS[name]
    return Indicated(name, words, unit, column, better, scope)


def known_indicators() -> tuple[Indicated, ...]:
    """Return every indicator of the organisation that some system can show, in alphabetical order."""
    return tuple(_as(name, ORGANISATION) for name in sorted(_WORDS))


def shown_groups(heads: dict[str, int], least: int = LEAST_GROUP) -> set[str]:
    """Return the groups of one whole that may be shown without giving away a group smaller than `least`.

    A group is shown if it has `least` people or more, and what is left of the whole when all shown groups are taken
    away is nothing or at least `least`; otherwise the smallest shown group is held back as well.
    """
    shown = {name for name, people in heads.items() if people >= least}
    total = sum(heads.values())
    while shown:
        left = total - sum(heads[name] for name in shown)
        if left == 0 or left >= least:
            return shown
        shown.remove(min(shown, key=lambda name: (heads[name], name)))
    return shown


def _items(scope: str, cls: Any, compiled: Compiled, chosen: NDArray[np.int64], beside: Any = 0) -> Rows:
    """Yield the indicators of items of some classes.

    `cls` has shape (weeks, classes); `beside` are escapes beside items, by week.
    """

    def total(column: str) -> NDArray[np.float64]:
        return np.asarray(cls[column][:, chosen].sum(axis=1), dtype=np.float64)

    week = np.ones(len(cls))
    completed, left = total("completed"), total("left")
    yield _as("throughput_per_week", scope), completed, week
    yield _as("lead_time_h", scope), total("lead"), completed
    if np.isfinite(compiled.model.cls.due_h[chosen]).any():
        yield _as("late_share", scope), total("late"), total("dated")
    yield _as("wait_h", scope), total("wait"), left
    yield _as("first_response_h", scope), total("first"), total("first_n")
    yield _as("rework_share", scope), total("repeats"), total("executions")
    yield _as("abandoned_share", scope), total("abandoned"), left
    yield _as("backlog", scope), total("area"), HOURS_PER_WEEK * week
    yield _as("handovers_per_item", scope), total("handovers"), left
    classes = compiled.model.cls[chosen]
    if (compiled.model.surge.merges > 0).any():
        yield _as("merged_share", scope), total("merged"), left
    if (classes.reopen > 0).any():
        yield _as("reopened_share", scope), total("reopened"), completed
    if (classes.reopen > 0).any() or (compiled.model.fn.customer == 1).any():
        yield _as("customer_effort", scope), total("efforts"), left
    if (classes.alert >= 0).any():
        yield _as("caught_share", scope), total("caught"), total("events")
        yield _as("false_alert_share", scope), total("false_alerts"), total("alerts")
        yield _as("alerts_per_week", scope), total("alerts"), week
        if compiled.model.fn.triage.any():
            yield _as("engaged_share", scope), total("engaged"), total("judged")
    if compiled.system.variances:
        escaped = total("escaped") + beside
        if scope == ORGANISATION:
            for part in ("technical", "social", "regulatory"):
                yield _as(f"harm_{part}_per_100", scope), 100.0 * total(f"harm_{part}"), completed
        yield _as("escaped_per_100", scope), 100.0 * escaped, completed
        if any(v.safety for v in compiled.system.variances):
            yield _as("safety_events_per_week", scope), total("safety"), week


def _function(scope: str, fn: Any, k: int, down: NDArray[np.float64] | None, compiled: Compiled) -> Rows:
    """Yield the indicators of one function; `fn` has shape (weeks, functions)."""
    week = np.ones(len(fn))

    def of(column: str) -> NDArray[np.float64]:
        return np.asarray(fn[column][:, k], dtype=np.float64)

    executions = of("executions")
    yield _as("throughput_per_week", scope), executions, week
    yield _as("wait_h", scope), of("wait"), of("waits")
    yield _as("wait_begun_h", scope), of("wait") - of("lost_wait"), of("waits") - of("lost")
    yield _as("abandoned_share", scope), of("lost"), of("waits")
    yield _as("rework_share", scope), of("repeats"), executions
    if compiled.system.variances:
        yield _as("escaped_per_100", scope), 100.0 * of("escaped"), executions
    if down is not None:
        yield _as("machine_availability", scope), HOURS_PER_WEEK - down, HOURS_PER_WEEK * week
        yield _as("takeover_h", scope), of("takeover"), of("takeovers")
        yield _as("by_hand_share", scope), of("hand"), executions
        if compiled.system.person_state and compiled.model.fn.pool[k] >= 0:
            yield _as("skill_reserve", scope), of("reserve"), week


def _performers(scope: str, role: Any, compiled: Compiled, chosen: NDArray[np.int64]) -> Rows:
    """Yield the indicators of the members of some roles; `role` has shape (weeks, roles)."""

    def total(column: str) -> NDArray[np.float64]:
        return np.asarray(role[column][:, chosen].sum(axis=1), dtype=np.float64)

    week = np.ones(len(role))
    rostered = total("rostered")
    busy, out = total("busy"), total("out")
    yield _as("high_load_share", scope), total("high"), rostered
    yield _as("utilisation", scope), busy - out, rostered
    yield _as("out_of_hours_share", scope), out, busy
    yield _as("interruptions_per_h", scope), total("interrupts"), busy
    if compiled.system.person_state:
        yield _as("fatigue", scope), total("fatigue"), busy
    yield _as("variety", scope), total("kinds"), float(compiled.crew.heads[chosen].sum()) * week
    if compiled.model.fn.triage.any():
        yield _as("alerts_per_h", scope), total("alerts"), rostered
    if any(post.call and post.role in chosen for post in compiled.posts):
        yield _as("calls_per_week", scope), total("calls"), week
    if compiled.system.person_state:
        people = total("people")
        yield _as("engagement", scope), people - total("strain"), people
        if (compiled.model.role.leaving[: len(compiled.roles)][chosen] > 0).any():
            yield _as("leavers_per_year", scope), total("leavers"), week * HOURS_PER_WEEK / HOURS_PER_YEAR


def _machines(compiled: Compiled, fn: Any, comp: Any) -> Rows:
    """Yield the indicators of all functions with a machine together."""
    rows = np.flatnonzero(compiled.machine_of >= 0)
    if not len(rows):
        return
    week = np.ones(len(fn))
    used = np.unique(compiled.machine_of[rows])
    down = comp["down"][:, used].sum(axis=1)
    hours = HOURS_PER_WEEK * len(used) * week

    def total(column: str) -> NDArray[np.float64]:
        return np.asarray(fn[column][:, rows].sum(axis=1), dtype=np.float64)

    yield _as("machine_availability", ORGANISATION), hours - down, hours
    yield _as("takeover_h", ORGANISATION), total("takeover"), total("takeovers")
    yield _as("by_hand_share", ORGANISATION), total("hand"), total("executions")
    manned = rows[compiled.model.fn.pool[rows] >= 0]
    if compiled.system.person_state and len(manned):
        yield _as("skill_reserve", ORGANISATION), fn["reserve"][:, manned].mean(axis=1), week


def _cost(compiled: Compiled, role: Any) -> Rows:
    """Yield the cost of rostered hours and overtime, where any role has a price."""
    week = np.ones(len(role))
    paid = sum((p.cost_per_week.value for p in compiled.system.social.practices if p.cost_per_week), 0.0)
    price = np.array([0.0 if r.cost_per_h is None else r.cost_per_h.value for r in compiled.roles])
    if price.any():
        yield _as("cost_per_week", ORGANISATION), (role["rostered"] + role["out"]) @ price + paid, week


def _rows(compiled: Compiled, cls: Any, fn: Any, role: Any, comp: Any) -> Rows:
    """Yield every indicator with its numerator and denominator by week."""
    classes = np.arange(len(compiled.demand))
    roles = np.arange(len(compiled.roles))
    yield from _items(ORGANISATION, cls, compiled, classes, comp["escaped"].sum(axis=1))
    yield from _machines(compiled, fn, comp)
    if len(compiled.model.person):
        yield from _performers(ORGANISATION, role, compiled, roles)
        if any(v.control is not None for v in compiled.system.variances):
            controls = np.asarray(fn["controls"].sum(axis=1), dtype=np.float64)
            yield _as("autonomy", ORGANISATION), np.asarray(fn["own_controls"].sum(axis=1), dtype=np.float64), controls
        yield from _cost(compiled, role)
    for c, demand in enumerate(compiled.demand):
        yield from _items(f"demand:{demand.id}", cls, compiled, classes[c : c + 1])
    for k, function in enumerate(compiled.functions):
        machine = int(compiled.machine_of[k])
        down = None if machine < 0 else np.asarray(comp["down"][:, machine], dtype=np.float64)
        yield from _function(f"function:{function.id}", fn, k, down, compiled)
    team_of = [compiled.teams.index(r.team) for r in compiled.roles]
    heads = dict.fromkeys(compiled.teams, 0)
    for r, k in zip(compiled.roles, team_of, strict=True):
        heads[compiled.teams[k]] += r.head_count
    for team in sorted(shown_groups(heads)):
        members = roles[[compiled.teams[k] == team for k in team_of]]
        yield from _performers(f"team:{team}", role, compiled, members)
        of_team = {compiled.roles[k].id: compiled.roles[k].head_count for k in members}
        for k in members:
            if compiled.roles[k].id in shown_groups(of_team):
                yield from _performers(f"role:{compiled.roles[k].id}", role, compiled, roles[k : k + 1])


def _quantile_h(hist: NDArray[np.int64], share: float) -> float:
    """Return a quantile of lead time from counts by logarithmic bins, linear within a bin; NaN without any."""
    total = hist.sum()
    if total == 0:
        return float("nan")
    wanted = share * total
    reached = np.cumsum(hist)
    k = int(np.searchsorted(reached, wanted))
    inside = (wanted - (reached[k] - hist[k])) / hist[k]
    edges = np.expm1(np.array([k, k + 1]) / layout.HIST_PER_E) / 3600.0
    return float(edges[0] + inside * (edges[1] - edges[0]))


def _quantile_rows(compiled: Compiled) -> list[tuple[Indicated, list[int], float]]:
    """Return which share and which classes each quantile of lead time is over."""
    classes = list(range(len(compiled.demand)))
    scopes = [(ORGANISATION, classes)]
    if len(classes) > 1:
        scopes += [(f"demand:{compiled.demand[c].id}", [c]) for c in classes]
    return [(_as(name, scope), of, share) for name, share in _QUANTILES.items() for scope, of in scopes]


def indicated(compiled: Compiled) -> tuple[Indicated, ...]:
    """Return what each number of a run means, in the order of `measure`."""
    empty = [
        np.zeros((1, len(compiled.demand)), layout.ACC_CLASS),
        np.zeros((1, len(compiled.functions)), layout.ACC_FUNCTION),
        np.zeros((1, len(compiled.roles)), layout.ACC_ROLE),
        np.zeros((1, len(compiled.components)), layout.ACC_COMPONENT),
    ]
    return (*(row for row, _, _ in _rows(compiled, *empty)), *(row for row, _, _ in _quantile_rows(compiled)))


@dataclass(frozen=True)
class Counters:
    """What one finished replication has counted, by week, and how often which lead time occurred.

    Parameters
    ----------
    cls, fn, role, comp : ndarray, shape (weeks with the warm-up, rows)
        Columns as in `kernel.layout`.
    hist : ndarray, shape (classes, bins)
    """

    cls: Any
    fn: Any
    role: Any
    comp: Any
    hist: NDArray[np.int64]

    @classmethod
    def of(cls, state: State) -> Counters:
        """Return the counters of a state, without the rest of it."""
        return cls(state.out_cls, state.out_fn, state.out_role, state.out_comp, state.hist)


def measure(
    compiled: Compiled, runs: Sequence[Counters], warm_up_weeks: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the indicators of finished replications: values, and series by week after the warm-up.

    All replications are measured in one pass, their weeks laid end to end; the bits of each are those it has alone.

    Returns
    -------
    values : ndarray, shape (replications, indicators)
        NaN where there was nothing to measure.
    series : ndarray, shape (replications, indicators, weeks)
    """

    def joined(name: str) -> Any:
        return np.concatenate([getattr(run, name).view(np.ndarray)[warm_up_weeks:] for run in runs])

    tables = [joined("cls"), joined("fn"), _folded(compiled, joined("role")), joined("comp")]
    parts = [(top, bottom) for _, top, bottom in _rows(compiled, *tables)]
    shape = len(parts), len(runs), -1
    top = np.array([t for t, _ in parts]).reshape(shape)
    bottom = np.array([b for _, b in parts]).reshape(shape)
    series = _quotient(top, bottom).swapaxes(0, 1)
    values = _quotient(top.sum(axis=2), bottom.sum(axis=2)).T
    rows = _quantile_rows(compiled)
    quantiles = np.array([[_quantile_h(r.hist[of].sum(axis=0), share) for _, of, share in rows] for r in runs])
    nothing = np.full((len(runs), len(rows), series.shape[2]), np.nan)
    return np.concatenate([values, quantiles], axis=1), np.concatenate([series, nothing], axis=1)


def _folded(compiled: Compiled, role: Any) -> Any:
    """Return the counters of roles, those of their members who are on call added; shape (weeks, roles)."""
    if len(compiled.posts) == len(compiled.roles):
        return role
    folded = role[:, : len(compiled.roles)].copy()
    for k, post in enumerate(compiled.posts[len(compiled.roles) :], start=len(compiled.roles)):
        for name in role.dtype.names:
            folded[name][:, post.role] += role[name][:, k]
    return folded


def _quotient(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return top over bottom; NaN where there was nothing to measure."""
    quotient = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom > 0)
    return quotient
