"""Governance misalignment: is a declared rule kept in practice?

Rules come from people: a procedure, a separation of duties in the model, an approval that is there to be given or
refused. What a rule itself allows is no breach, nor is a step that was recorded a moment too late.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.approvals import PERFORMERS, Check, checks
from longwall.assessment.drivers.procedure import Rule, separations_of
from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.view import View
from longwall.errors import suggestion
from longwall.evidence.disclosure import coarse_count
from longwall.stats import share_interval
from longwall.units import duration_text, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

__all__ = ["governance"]

_MIN_GROUP = 5
_SECONDS = 3600.0
_SAYS = {
    "before": "'{second}' only after '{first}'",
    "followed_by": "'{first}' is followed by '{second}'",
    "never": "'{first}' never",
    "separate": "'{first}' and '{second}' by different performers",
}
_BROKEN = "items in which the rule is broken, of those it applies to"


def governance(view: View, procedure: Iterable[Rule] = ()) -> Drivers:
    """Return measures and findings about rules that practice does not keep, one place per rule and per approval.

    Parameters
    ----------
    view : View
    procedure : iterable of Rule
        From `load_procedure`; the separations of duties of the model are measured beside them.
    """
    rules, duties = list(procedure), separations_of(view.system)
    found = Drivers()
    for rule in rules:
        found += _kept(view, rule)
    for rule in duties:
        # The finding about a constraint of the model stands among the constraints; here is its measure.
        found += Drivers(_kept(view, rule).rows)
    if not rules and not duties:
        place = Place("governance_misalignment", view.thresholds)
        place.unknown(
            "rule_broken_share", _BROKEN, "rule_broken_share",
            "no procedure was declared: write its rules into procedure.yaml of the study",
        )  # fmt: skip
        found += place.with_finding(None)
    for check in checks(view):
        found += _stamped(view, check)
    return found


def _kept(view: View, rule: Rule) -> Drivers:
    """One rule against the log."""
    names = (rule.first, rule.second)
    codes = [_code(view, name) for name in names]
    where = tuple(view.functions[code] for code in codes if code is not None)
    says = _SAYS[rule.rule].format(first=rule.first, second=rule.second)
    if rule.rule == "never" and rule.second:
        says = f"'{rule.first}' and '{rule.second}' not in one item"
    place = Place("governance_misalignment", view.thresholds, where, f"{rule.id}: {says}")
    missing = [name for name, code in zip(names, codes, strict=True) if name and code is None]
    if missing and rule.rule != "never":
        near = suggestion(missing[0], [*view.log.activities, *view.functions])
        hint = f"; is it '{near}'?" if near else ""
        return _cannot(place, f"the log has no step '{missing[0]}'{hint}")
    applies, broken, why = _breaches(view, rule, codes)
    applies &= ~_excepted(view, rule)
    broken &= applies
    n, count = int(applies.sum()), int(broken.sum())
    if why:
        return _cannot(place, why, n)
    if n < view.thresholds["least_cases"]:
        return _cannot(place, f"it applies to {n} items; needs about {int(view.thresholds['least_cases'])}", n)
    place.measured(
        "rule_broken_share", _BROKEN, (count / n, *share_interval(count, n)), "share of items", "rule_broken_share",
        cases=n,
    )  # fmt: skip
    return place.with_finding(_broken(view, place, rule, says, count, n) if place.claimed else None)


def _cannot(place: Place, why: str, cases: int = 0) -> Drivers:
    """The row of a rule of which the log cannot tell."""
    place.unknown("rule_broken_share", _BROKEN, "rule_broken_share", why, cases=cases)
    return place.with_finding(None)


def _code(view: View, name: str) -> int | None:
    """Activity of a label or of the id of a function."""
    if name in view.log.activities:
        return view.log.activities.index(name)
    return view.functions.index(name) if name in view.functions else None


def _excepted(view: View, rule: Rule) -> NDArray[np.bool_]:
    """Items for which the rule says that it does not hold, shape (n_cases,)."""
    out = np.zeros(view.n_cases, dtype=bool)
    for name, labels in rule.allowed.items():
        held = view.log.case_attributes.get(name) or view.log.attribute(name)
        if held is not None and held.kind == "label":
            out |= np.isin(held.codes, [code for code, label in enumerate(held.labels) if label in labels])
    return out


def _breaches(view: View, rule: Rule, codes: list[int | None]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], str]:
    """Items a rule applies to, those in which it is broken, and why nothing can be said where that is so."""
    log = view.log
    first, second = (np.flatnonzero(log.activity == (-1 if code is None else code)) for code in codes)
    has_first, has_second = (_cases(view, rows) for rows in (first, second))
    slack_h = view.thresholds["same_record_s"] / _SECONDS
    if rule.rule == "never":
        return np.ones(view.n_cases, dtype=bool), has_first & has_second if rule.second else has_first, ""
    if rule.rule == "before":
        earliest, begun = _per_case(view, first, np.minimum), _per_case(view, second, np.minimum)
        return has_second, has_second & ~(earliest <= begun + slack_h), ""
    if rule.rule == "followed_by":
        begun, latest = _per_case(view, first, np.minimum), _per_case(view, second, np.maximum)
        broken = has_first & ~(latest >= begun - slack_h)
        if rule.within_h is None:
            return has_first & view.traces.finished, broken, ""
        # The first answer counts, and open items count once their time is over.
        rows = second[log.end_h[second] >= begun[log.case[second]] - slack_h]
        answer = _per_case(view, rows, np.minimum)
        due = begun + rule.within_h
        return has_first & ((due <= view.traces.edge_h) | view.traces.finished), has_first & ~(answer <= due), ""
    if "resources" not in log.capabilities:
        return has_first, has_second, "the log does not say who did a step"
    rows = np.r_[first, second]
    rows = rows[(log.resource[rows] >= 0) & ~view.performers.machine[rows]]
    people = np.unique(log.resource[rows]).size
    both = _cases(view, rows[log.activity[rows] == codes[0]]) & _cases(view, rows[log.activity[rows] == codes[1]])
    pair = log.case[rows].astype(np.int64) * max(log.n_resources, 1) + log.resource[rows]
    same = np.intersect1d(pair[log.activity[rows] == codes[0]], pair[log.activity[rows] == codes[1]])
    broken = np.zeros(view.n_cases, dtype=bool)
    broken[same // max(log.n_resources, 1)] = True
    return (
        both,
        broken,
        "" if people >= _MIN_GROUP else "fewer than five people do these steps: nothing is said of them",
    )


def _cases(view: View, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros(view.n_cases, dtype=bool)
    found[view.log.case[rows]] = True
    return found


def _per_case(view: View, rows: NDArray[np.int64], pick: np.ufunc) -> NDArray[np.float64]:
    """Earliest or latest end of some rows in each case; NaN where there is none."""
    start = np.inf if pick is np.minimum else -np.inf
    found = np.full(view.n_cases, start)
    pick.at(found, view.log.case[rows], view.log.end_h[rows])
    return np.where(np.isfinite(found), found, np.nan)


def _broken(view: View, place: Place, rule: Rule, says: str, count: int, n: int) -> Finding:
    """Word the finding about a rule that is not kept."""
    low, high = share_interval(count, n)
    per_week = n / view.weeks
    source = f" ({rule.source})" if rule.source else ""
    return finding(
        "governance",
        place.where,
        f"The rule {says}{source} is broken in {share_text(count / n)} of {number_text(n)} items it applies to "
        f"({share_text(low)} to {share_text(high)}).",
        estimate(count / view.weeks, low * per_week, high * per_week, "items per week", "counted"),
        "items in which the rule and practice disagree",
        principle="rules that can be kept, and that serve what they are for",
        evidence=(EvidenceRows(query="rule_broken", arguments={"rule": rule.id}, cases=count),),
        suggests=(
            Suggestion(kind="change_level", targets=place.where, why="let the tool make the right order the easy one"),
            Suggestion(kind="change_rule", targets=place.where, why="ask those who do the work why; change the rule or "
                       "write down the exception"),
        ),
        cautions=("a breach in the log may be a wise exception, or work recorded elsewhere: ask before judging",),
        name=rule.id,
    )  # fmt: skip


def _stamped(view: View, check: Check) -> Drivers:
    """Whether an approval always passes, in seconds."""
    cuts, label = view.thresholds, view.log.activities[check.activity]
    place = Place("governance_misalignment", cuts, (view.functions[check.activity],), f"approval at '{label}'")
    limit_h, n = cuts["least_reading_s"] / _SECONDS, check.rows.size
    if not check.shown:
        place.unknown("stamped_share", f"decided within {duration_text(limit_h)}", "stamped_share", PERFORMERS)
        return place.with_finding(None)
    if not check.started:
        # What follows within seconds and has no time of its own is as well a status that the tool sets.
        place.unknown(
            "stamped_share", f"decided within {duration_text(limit_h)}", "stamped_share",
            "the log has no starts of this step; needs them", cases=n,
        )  # fmt: skip
        return place.with_finding(None)
    quick, passed = int((check.took_h <= limit_h).sum()), int((~check.changed).sum())
    place.measured(
        "stamped_share", f"decided within {duration_text(limit_h)}", (quick / n, *share_interval(quick, n)),
        "share of approvals", "stamped_share", cases=n, half_grid=check.half_grid,
    )  # fmt: skip
    place.measured(
        "always_passed_share", "passed", (passed / n, *share_interval(passed, n)), "share of approvals",
        "always_passed_share", cases=n, half_grid=check.half_grid,
    )  # fmt: skip
    if not place.claimed:
        return place.with_finding(None)
    fast, sure = place.rows[0].value, place.rows[1].value
    assert fast is not None and sure is not None
    said = coarse_count(n)
    per_week = said / view.weeks
    made = finding(
        "governance",
        place.where,
        f"The approval at '{label}' decides nothing: {share_text(sure.value)} of about {number_text(said)} pass, "
        f"{share_text(fast.value)} ({share_text(fast.low)} to {share_text(fast.high)}) within "
        f"{duration_text(limit_h)}.",
        estimate(fast.value * per_week, fast.low * per_week, fast.high * per_week, "items per week", "counted"),
        "approvals that take people's time and change nothing",
        principle="control where the variance arises",
        evidence=(EvidenceRows(query="fast_passes", arguments={"activity": label}, cases=said),),
        suggests=(
            Suggestion(kind="change_level", targets=place.where, why="leave the approval to a rule in the tool, and "
                       "people the cases that need judgement"),
            Suggestion(kind="change_rule", targets=place.where, why="drop the approval, or say what it is to find"),
        ),
        cautions=("people may look at the item before the approval is recorded: ask those who give it",),
        name=f"approval-{place.where[0]}",
    )  # fmt: skip
    return place.with_finding(made)
