"""Findings about work that passes between teams: back and forth, wrongly routed at intake, waiting for a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text, weekly
from longwall.assessment.view import View
from longwall.stats import ratio_interval, share_interval
from longwall.units import duration_text, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["bouncing", "misrouted", "waiting_by_team"]


def bouncing(view: View) -> list[Finding]:
    """Find pairs of teams between which cases go back and forth.

    A case bounces where team g hands to h, h hands back to g, and g then repeats a step that the case had seen before:
    nothing new came of the detour. What passes through somebody outside the teams, such as the customer, is no
    bounce. What more than half of a class does the same number of times is its design.
    """
    stays = view.stays
    if len(view.team_ids) < 2 or stays.case.size < 3:
        return []
    back = np.flatnonzero(
        (stays.case[2:] == stays.case[:-2])
        & (stays.case[1:-1] == stays.case[:-2])
        & (stays.team[2:] == stays.team[:-2])
        & (view.earlier[stays.first[2:]] >= 0)
        & (stays.first[1:-1] == stays.last[:-2] + 1)
        & (stays.first[2:] == stays.last[1:-1] + 1)
    )
    one, other = stays.team[back], stays.team[back + 1]
    teams = len(view.team_ids)
    pair = np.minimum(one, other) * teams + np.maximum(one, other)
    found = []
    for code in np.unique(pair):
        cases = stays.case[back[pair == code]]
        times = np.bincount(cases, minlength=view.n_cases)
        chosen = (times > 0) & ~view.by_design(times)
        made = _bounce(view, int(code) // teams, int(code) % teams, chosen, int(times[chosen].sum()))
        if made is not None:
            found.append(made)
    return found


def _bounce(view: View, one: int, other: int, chosen: NDArray[np.bool_], returns: int) -> Finding | None:
    """Word the finding about one pair of teams, or None where it is below the thresholds."""
    cases = int(chosen.sum())
    share = cases / view.n_cases
    if cases < view.thresholds["least_cases"] or share < view.thresholds["bounce_share"]:
        return None
    excess = view.excess(chosen)
    if excess is None or excess.low_h <= 0:
        return None
    held = float(view.duration_h[chosen].sum()) / max(float(view.duration_h.sum()), 1e-12)
    names = sorted(((view.team_name(one), view.team_ids[one]), (view.team_name(other), view.team_ids[other])))
    where = (names[0][1], names[1][1])
    statement = (
        f"{number_text(cases)} cases ({share_text(share)}) go back and forth between {names[0][0]} and {names[1][0]}; "
        f"they hold {share_text(held)} of all elapsed time and take {duration_text(excess.per_case_h)} longer than "
        f"cases like them ({duration_text(excess.low_h)} to {duration_text(excess.high_h)})."
    )
    per_week = cases / view.weeks
    return finding(
        "bounce",
        where,
        statement,
        weekly(excess.per_case_h, excess.low_h, excess.high_h, per_week),
        "elapsed hours of cases that go back and forth beyond those of cases like them",
        principle="boundaries between teams follow the work",
        layer="work",
        evidence=(
            EvidenceRows(
                query="bounces", arguments={"team": names[0][0], "other": names[1][0]}, cases=cases, events=returns
            ),
        ),
        suggests=(
            Suggestion(kind="shared_triage", targets=where, why="decide once, together, who takes a case"),
            Suggestion(kind="cross_train", targets=where, why="so that either team can finish what it has begun"),
            Suggestion(kind="control_at_source", targets=where, why="catch a wrong category where it is given"),
        ),
        cautions=_comparison(view),
    )


def misrouted(view: View, events: VarianceEvents | None) -> list[Finding]:
    """Find cases whose first team hands them on without work of its own, by the team that took them in."""
    stays = view.stays
    if events is None or "misroute" not in events.kinds or len(view.team_ids) < 2 or not stays.case.size:
        return []
    chosen = np.zeros(view.n_cases, dtype=bool)
    chosen[events.case[events.of("misroute")]] = True
    number = np.bincount(stays.case, minlength=view.n_cases)
    begins = np.searchsorted(stays.case, np.arange(view.n_cases))
    found = []
    first_team = np.full(view.n_cases, -1, dtype=np.int64)
    some = number > 0
    first_team[some] = stays.team[begins[some]]
    for team in np.unique(first_team[chosen]):
        cases = chosen & (first_team == team)
        count, total = int(cases.sum()), int((first_team == team).sum())
        if count < view.thresholds["least_cases"] or count < view.thresholds["bounce_share"] * view.n_cases:
            continue
        excess = view.excess(cases)
        if excess is None or excess.low_h <= 0:
            continue
        low, high = share_interval(count, total)
        per_week = count / view.weeks
        key = view.team_ids[int(team)]
        found.append(
            finding(
                "misroute",
                (key,),
                f"{share_text(count / total)} ({share_text(low)} to {share_text(high)}) of the cases that first go to "
                f"{view.team_name(int(team))} are handed on without work of its own; they take "
                f"{duration_text(excess.per_case_h)} longer than cases like them.",
                weekly(excess.per_case_h, excess.low_h, excess.high_h, per_week),
                "elapsed hours of cases routed wrongly at intake beyond those of cases like them",
                principle="variance control at source",
                evidence=(EvidenceRows(query="misroutes", arguments={"team": view.team_name(int(team))}, cases=count),),
                suggests=(
                    Suggestion(kind="control_at_source", targets=(key,), why="check the category before handing on"),
                    Suggestion(kind="shared_triage", targets=(key,), why="the receiving teams know what is theirs"),
                ),
                cautions=_comparison(view),
            )
        )
    return found


def waiting_by_team(view: View) -> list[Finding]:
    """Find teams before whose steps items wait for more than the team's share of the steps."""
    log, traces = view.log, view.traces
    follows = (traces.previous >= 0) & (view.team >= 0)
    total = float(view.duration_h.sum())
    if len(view.team_ids) < 2 or not follows.any() or total <= 0:
        return []
    before = traces.gap_h
    if log.starts_logged:
        before = np.where(follows, log.start_h - log.end_h[np.maximum(traces.previous, 0)], 0.0)
    gap_h = np.maximum(before, 0.0)
    hours = np.bincount(view.team[follows], weights=gap_h[follows], minlength=len(view.team_ids))
    steps = np.bincount(view.team[view.team >= 0], minlength=len(view.team_ids))
    found = []
    for team in np.flatnonzero(
        (hours >= view.thresholds["waiting_share"] * total)
        & (hours / total >= view.thresholds["waiting_over_steps"] * steps / steps.sum())
    ):
        mine = follows & (view.team == team)
        per_case = np.bincount(log.case[mine], weights=gap_h[mine], minlength=view.n_cases)
        _, low, high = ratio_interval(per_case, np.full(view.n_cases, view.weeks / view.n_cases))
        name, key = view.team_name(int(team)), view.team_ids[int(team)]
        what = "waiting for" if log.starts_logged else "before the next record of"
        found.append(
            finding(
                "waiting",
                (key,),
                f"{share_text(hours[team] / total)} of all elapsed time passes {what} {name}, which does "
                f"{share_text(steps[team] / steps.sum())} of the steps.",
                estimate(float(hours[team]) / view.weeks, max(0.0, low), high, HOURS_PER_WEEK_UNIT, "counted"),
                "elapsed hours of items before steps of the team",
                principle="multifunctionality",
                layer="social",
                evidence=(
                    EvidenceRows(
                        query="gaps_before_team",
                        arguments={"team": name},
                        cases=int((per_case > 0).sum()),
                        events=int(mine.sum()),
                    ),
                ),
                suggests=(
                    Suggestion(kind="staff", targets=(key,), why="more people in the hours in which work arrives"),
                    Suggestion(kind="cross_train", targets=(key,), why="so that others can take over its steps"),
                ),
                cautions=()
                if log.starts_logged
                else ("the log has no start times: waiting, work and waiting for others cannot be told apart",),
            )
        )
    return found


def _comparison(view: View) -> tuple[str, ...]:
    """Say what cases were compared with."""
    cells = int(view.stratum.max(initial=0)) + 1
    if cells < 2:
        return ("compared with all other finished cases: the log has no attribute that tells classes apart",)
    return (f"compared within {cells} classes; other differences between cases may be part of the excess",)
