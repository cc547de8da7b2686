"""Role ambiguity: is it clear whose work a step is?

Several teams at one step are no sign of it: they may share by class, by hour, in turn, or by line of support. What
tells is that nothing known decides who does it, and that items are passed between those teams, both ways, without
any work.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.statement import estimate, finding, number_text, weekly
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.units import duration_text, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

__all__ = ["role_ambiguity"]

_PASSING = re.compile(
    r"assign|transfer|rout(e|ing)|forward|queue|hand(ed|ing)?[ -]?(over|off|on)|pass(ed)? on|escalat|redirect|dispatch"
    r"|take in charge|toewijz",
    re.IGNORECASE,
)
"""Words of labels that name the passing of an item and no work on it."""
_LEAST_TEAM_SHARE = 0.1
_BLOCKS_OF_DAY = 4
_HOURS = 24.0
_MOST_CELLS = 500


def role_ambiguity(view: View) -> Drivers:
    """Return measures and findings about steps that several teams do without a rule, one place per set of teams."""
    place = Place("role_ambiguity", view.thresholds)
    if len(view.team_ids) < 2 or not view.stays.case.size:
        place.unknown("interchangeable_share", _MEANS["interchangeable_share"], "interchangeable_share",
                      "the log does not say which team did a step")  # fmt: skip
        return place.with_finding(None)
    passing = np.array([bool(_PASSING.search(label)) for label in view.log.activities])
    steps = _shared_steps(view, passing)
    if not steps:
        place.unknown(
            "interchangeable_share", _MEANS["interchangeable_share"], "interchangeable_share",
            f"no step with {int(view.thresholds['least_executions'])} executions is done by several teams",
        )  # fmt: skip
        return place.with_finding(None)
    idle = _passes(view, passing) if passing.any() else None
    found = Drivers()
    for teams, codes in steps.items():
        found += _of(view, teams, codes, idle)
    return found


_MEANS = {
    "interchangeable_share": "executions by another team than class and hour of the week would say",
    "idle_pass_share": "items passed between these teams without work, as far as both ways are equally common",
    "idle_pass_excess_h": "hours that such items take beyond items like them",
}


def _shared_steps(view: View, passing: NDArray[np.bool_]) -> dict[tuple[int, ...], list[int]]:
    """Steps by the set of teams of which each does at least a tenth."""
    log = view.log
    steps: dict[tuple[int, ...], list[int]] = {}
    for code in range(len(log.activities)):
        rows = (log.activity == code) & (view.team >= 0)
        total = int(rows.sum())
        if passing[code] or total < view.thresholds["least_executions"]:
            continue
        counts = np.bincount(view.team[rows], minlength=len(view.team_ids))
        teams = tuple(int(team) for team in np.flatnonzero(counts >= _LEAST_TEAM_SHARE * total))
        if len(teams) > 1:
            steps.setdefault(teams, []).append(code)
    return steps


def _of(view: View, teams: tuple[int, ...], codes: list[int], idle: tuple[NDArray[np.int64], ...] | None) -> Drivers:
    """Measures of one set of teams and the steps they share."""
    labels = [f"'{view.log.activities[code]}'" for code in codes[:3]]
    named = ", ".join(labels) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
    where = tuple(view.functions[code] for code in codes)
    place = Place("role_ambiguity", view.thresholds, where, f"{named}: {_teams_text(view, teams)}")
    rows = np.flatnonzero(np.isin(view.log.activity, codes) & np.isin(view.team, teams))
    other, total = _unexplained(view, rows)
    place.measured(
        "interchangeable_share", _MEANS["interchangeable_share"],
        (other / total, *share_interval(other, total)) if total else (np.nan, np.nan, np.nan),
        "share of executions", "interchangeable_share", cases=total,
    )  # fmt: skip
    if idle is None:
        place.unknown(
            "idle_pass_share", _MEANS["idle_pass_share"], "idle_pass_share",
            "the log records no passing of items apart from work on them", cases=total,
        )  # fmt: skip
        return place.with_finding(None)
    case, source, target = idle
    mine = np.isin(source, teams) & np.isin(target, teams)
    flow = np.zeros((len(view.team_ids),) * 2)
    np.add.at(flow, (source[mine], target[mine]), 1.0)
    both_ways = 2 * np.triu(np.minimum(flow, flow.T)).sum() / max(flow.sum(), 1.0)
    chosen = np.zeros(view.n_cases, dtype=bool)
    chosen[case[mine]] = True
    reached = np.zeros(view.n_cases, dtype=bool)
    reached[view.log.case[rows]] = True
    count, of = int((chosen & reached).sum()), int(reached.sum())
    low, high = share_interval(count, of)
    place.measured(
        "idle_pass_share", _MEANS["idle_pass_share"], (both_ways * count / of, both_ways * low, both_ways * high),
        "share of items", "idle_pass_share", cases=of,
    )  # fmt: skip
    excess = view.excess(chosen) if count else None
    if excess is not None:
        place.measured(
            "idle_pass_excess_h", _MEANS["idle_pass_excess_h"], (excess.per_case_h, excess.low_h, excess.high_h),
            "h per item", "idle_pass_excess_h", nothing=0.0, required=False, cases=excess.cases,
        )  # fmt: skip
    return place.with_finding(_finding(view, place, teams, named, count, of) if place.claimed else None)


def _unexplained(view: View, rows: NDArray[np.int64]) -> tuple[int, int]:
    """Executions by another team than most others of their class and time of the week, of how many.

    Each execution is held against the others of its cell, so that small cells do not explain themselves.
    """
    local = view.log.local_week_hour(view.log.start_h[rows])
    block = (local % _HOURS // (_HOURS / _BLOCKS_OF_DAY)).astype(np.int64) + _BLOCKS_OF_DAY * (local >= 5 * _HOURS)
    stratum = view.stratum[view.log.case[rows]]
    cell = stratum * 2 * _BLOCKS_OF_DAY + block
    cell = np.unique(cell * len(view.log.activities) + view.log.activity[rows], return_inverse=True)[1]
    counts = np.zeros((int(cell.max(initial=0)) + 1, len(view.team_ids)), dtype=np.int64)
    np.add.at(counts, (cell, view.team[rows]), 1)
    others = counts[cell]
    others[np.arange(rows.size), view.team[rows]] -= 1
    judged = others.sum(axis=1) > 0
    agrees = others[np.arange(rows.size), view.team[rows]] == others.max(axis=1)
    return int((judged & ~agrees).sum()), int(judged.sum())


def _passes(view: View, passing: NDArray[np.bool_]) -> tuple[NDArray[np.int64], ...]:
    """Passes from a team that did no work to another one: case, team that passes on, team that takes over.

    Where more than half of a class has them, they are its design. What a team does first in a case and only takes it in
    is no pass between teams that share the step.
    """
    stays = view.stays
    working = np.r_[0, np.cumsum(~passing[view.log.activity])]
    worked = working[stays.last + 1] - working[stays.first]
    on = np.flatnonzero((stays.case[1:] == stays.case[:-1]) & (worked[:-1] == 0))
    times = np.bincount(stays.case[on], minlength=view.n_cases)
    usual = view.by_design(times, same_count=False)
    on = on[~usual[stays.case[on]]]
    return stays.case[on], stays.team[on], stays.team[on + 1]


def _teams_text(view: View, teams: tuple[int, ...]) -> str:
    """Teams in words, at most four."""
    names = [view.team_name(team) for team in teams]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _finding(view: View, place: Place, teams: tuple[int, ...], named: str, count: int, of: int) -> Finding:
    """Word the finding about one set of teams."""
    unclear, idle = place.rows[0].value, place.rows[1].value
    excess = next((row for row in place.rows if row.measure == "idle_pass_excess_h"), None)
    assert unclear is not None and idle is not None
    keys = tuple(view.team_ids[team] for team in teams)
    per_week = count / view.weeks
    text = (
        f"It is not clear whose {named} is: {_teams_text(view, teams)} all do it, in {share_text(unclear.value)} of "
        f"the cases not the team that class and time would say; {number_text(count)} of {number_text(of)} items are "
        "passed between them, in both directions, before anybody works on them"
    )
    severity, means = (
        estimate(
            per_week,
            idle.low * of / view.weeks,
            max(per_week, idle.high * of / view.weeks),
            "items per week",
            "counted",
        ),
        "items passed between these teams without work",
    )
    if excess is not None and excess.value is not None and excess.value.low > 0:
        text += f"; these take {duration_text(excess.value.value)} longer than items like them"
        severity = weekly(excess.value.value, excess.value.low, excess.value.high, per_week)
        means = "elapsed hours of items passed without work beyond those of items like them"
    return finding(
        "role_ambiguity",
        (*keys, *place.where)[:8],
        text + ".",
        severity,
        means,
        principle="boundaries between teams follow the work",
        layer="social",
        evidence=(
            EvidenceRows(query="idle_passes", arguments={"teams": _teams_text(view, teams)}, cases=count, events=count),
        ),
        suggests=(
            Suggestion(kind="shared_triage", targets=keys, why="decide once, together, whose an item is"),
            Suggestion(kind="clear_owner", targets=place.where, why="name one team that owns the step, per class"),
            Suggestion(kind="cross_train", targets=keys, why="so that whoever has an item can finish it"),
        ),
        cautions=("what decides whose an item is may be known to people and not stand in the log: ask them",),
        name="-".join(keys[:4]),
    )
