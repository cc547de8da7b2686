"""Complacency: is work passed on at a check without being looked at?

Fast approval alone is no sign of it: easy items take less time. What tells is that fast passes are followed by more
faults found later than slow ones, among items that are alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.approvals import PERFORMERS, Check, checks
from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.statement import estimate, finding, number_text
from longwall.assessment.view import View
from longwall.evidence.disclosure import coarse, coarse_count, outward
from longwall.stats import share_interval, stratified_ratio
from longwall.units import duration_text, share_text
from longwall.worksystem import EvidenceRows, Finding, Suggestion

__all__ = ["complacency"]

_LEAST_EACH = 30
_LEAST_CHANGED = 20
_LEAST_FAULTS = 20
_SECONDS = 3600.0


def complacency(view: View) -> Drivers:
    """Return measures and findings about checks that pass work on unread, one place per checking step."""
    found = Drivers()
    for check in checks(view):
        found += _of(view, check)
    if not found.rows:
        place = Place("complacency", view.thresholds)
        least = int(view.thresholds["least_checks"])
        place.unknown(
            "fast_pass_share",
            "passes quicker than reading takes",
            "fast_pass_share",
            f"no step of the log is a check by people on work of others; needs about {least} passes of one",
        )
        found = place.with_finding(None)
    return found


def _of(view: View, check: Check) -> Drivers:
    """Measures of one checking step."""
    cuts, label = view.thresholds, view.log.activities[check.activity]
    place = Place("complacency", cuts, (view.functions[check.activity],), f"'{label}'")
    if not check.shown:
        place.unknown("fast_pass_share", "passes quicker than reading takes", "fast_pass_share", PERFORMERS)
        return place.with_finding(None)
    passed = ~check.changed
    limit_h, footing_words = _reading_h(view, check)
    fast = passed & (check.took_h <= limit_h)
    n_fast, n_passed = int(fast.sum()), int(passed.sum())
    place.measured(
        "fast_pass_share",
        f"passes within {duration_text(limit_h)} ({footing_words})",
        (n_fast / n_passed, *share_interval(n_fast, n_passed)) if n_passed else (np.nan, np.nan, np.nan),
        "share of passes",
        "fast_pass_share",
        cases=n_passed,
        half_grid=check.half_grid,
    )
    _missed(view, check, place, fast, passed & ~fast)
    n = check.rows.size
    place.measured(
        "accepted_unchanged_share",
        "passed on without change",
        (n_passed / n, *share_interval(n_passed, n)),
        "share of checks",
        "accepted_unchanged_share",
        required=False,
        cases=int(n),
        half_grid=check.half_grid,
    )
    _after_faultless_runs(view, check, place)
    made = _finding(view, check, place, fast, limit_h) if place.claimed else None
    return place.with_finding(made)


def _reading_h(view: View, check: Check) -> tuple[float, str]:
    """Longest time that is too short for reading, and where it comes from."""
    cuts = view.thresholds
    floor_h = cuts["least_reading_s"] / _SECONDS
    function = view.system.functions.get(view.functions[check.activity])
    if function is not None:
        stated = function.allocation.review_h or function.work_h
        if stated.footing == "assumed" and stated.mean_h > 0:
            return max(floor_h, cuts["fast_reading"] * stated.mean_h), "against the time stated in the model"
    if check.changed.sum() >= _LEAST_CHANGED:
        read_h = float(np.median(check.took_h[check.changed]))
        return max(floor_h, cuts["fast_reading"] * read_h), "against those in which a fault was found"
    return floor_h, "the least that reading takes"


def _missed(view: View, check: Check, place: Place, fast: NDArray[np.bool_], slow: NDArray[np.bool_]) -> None:
    """Faults that others found later, after fast passes: against slow ones, or against faults caught."""
    if fast.sum() >= _LEAST_EACH and slow.sum() >= _LEAST_EACH:
        either = fast | slow
        rows = check.rows[either]
        if check.missed[either].sum() >= _LEAST_FAULTS / 2:
            place.measured(
                "missed_after_fast_pass",
                "faults found later after a fast pass, over those after a slow one, among alike items",
                stratified_ratio(
                    view.stratum[view.log.case[rows]], fast[either], check.missed[either], np.arange(rows.size)
                ),
                "times as many",
                "missed_after_fast_pass",
                nothing=1.0,
                cases=int(either.sum()),
                half_grid=check.half_grid,
            )
            return
    n, n_fast, n_slow = check.rows.size, int(fast.sum()), int(slow.sum())
    missed, faults = int(check.missed[fast].sum()), int((check.missed & fast).sum() + check.changed.sum())
    if n_fast < _LEAST_EACH or n_slow >= _LEAST_EACH or faults < _LEAST_FAULTS:
        if n_fast < _LEAST_EACH:
            why, needs = f"{n_fast} passes were that fast", n * _LEAST_EACH / n_fast if n_fast else 0.0
        else:
            seen = int(check.missed[fast | slow].sum()) if n_slow >= _LEAST_EACH else faults
            why, needs = f"{seen} faults are known", n * _LEAST_FAULTS / max(seen, 1)
        place.unknown(
            "missed_after_fast_pass",
            "faults found later after a fast pass",
            "missed_after_fast_pass",
            f"{why}; needs about {_rounded(max(needs, 1.2 * n))} checks" if needs else why,
            cases=int(n),
        )
        return
    place.measured(
        "missed_share",
        "faults that passed the check, of all that were found here or later; there are no slow passes to compare with",
        (missed / faults, *share_interval(missed, faults)),
        "share of faults",
        "missed_share",
        cases=faults,
        half_grid=check.half_grid,
    )


def _rounded(needs: float) -> str:
    """A number of cases, up to full hundreds."""
    return number_text(float(np.ceil(needs / 100) * 100))


def _after_faultless_runs(view: View, check: Check, place: Place) -> None:
    """Whether misses are more common after long runs without a fault; runs per performer, pooled over all."""
    means = "faults found later after a long run without a fault, over those after a short one, all performers pooled"
    who = check.who
    order = np.lexsort((np.arange(who.size), who))
    start = np.r_[True, who[order][1:] != who[order][:-1]]
    start[1:] |= check.changed[order][:-1]
    begin = np.maximum.accumulate(np.where(start, np.arange(who.size), 0))
    run = np.empty(who.size, dtype=np.int64)
    run[order] = np.arange(who.size) - begin
    passed = ~check.changed
    if check.missed.sum() < _LEAST_FAULTS:
        place.unknown(
            "missed_after_long_run",
            means,
            "missed_after_long_run",
            f"{int(check.missed.sum())} faults were found later; needs about {_LEAST_FAULTS}",
            required=False,
            cases=int(check.rows.size),
        )
        return
    long = run > np.median(run[passed])
    place.measured(
        "missed_after_long_run",
        means,
        stratified_ratio(
            view.stratum[view.log.case[check.rows[passed]]],
            long[passed],
            check.missed[passed],
            np.arange(int(passed.sum())),
        ),
        "times as many",
        "missed_after_long_run",
        nothing=1.0,
        required=False,
        cases=int(passed.sum()),
        half_grid=check.half_grid,
    )


def _finding(view: View, check: Check, place: Place, fast: NDArray[np.bool_], limit_h: float) -> Finding:
    """Word the finding about one checking step."""
    label, where = view.log.activities[check.activity], place.where
    missed, n_fast = int(check.missed[fast].sum()), int(fast.sum())
    low, high = share_interval(missed, n_fast)
    per_week = n_fast / view.weeks
    share, row = place.rows[0].value, place.rows[1]
    assert share is not None and row.value is not None
    half = check.half_grid
    per = [missed / view.weeks, low * per_week, high * per_week]
    if half:
        per = [coarse(per[0], half), *outward(per[1], per[2], half)]
    told = (
        f"{row.value.value:.1f} times as often ({row.value.low:.1f} to {row.value.high:.1f}) as after slower passes of "
        "items like them"
        if row.measure == "missed_after_fast_pass"
        else f"which is {share_text(row.value.value)} of all faults that came to it"
    )
    cautions = ["items may differ in ways that the log does not show: ask those who check what a pass stands for"]
    if not check.started:
        cautions.append(
            "the log has no starts of this step: passes may be quicker still than the time since the step before"
        )
    return finding(
        "complacency",
        where,
        f"{share_text(share.value)} of the passes at '{label}' come within {duration_text(limit_h)}; a fault was found "
        f"later after about {number_text(coarse_count(missed))} of them, {told}.",
        estimate(per[0], per[1], per[2], "items per week", "counted"),
        "items that pass the check unread and come back",
        principle="division of work between people and machines",
        layer="social",
        evidence=(EvidenceRows(query="fast_passes", arguments={"activity": label}, cases=coarse_count(n_fast)),),
        suggests=(
            Suggestion(
                kind="change_level",
                targets=where,
                why="let a machine pass what it can judge; bring people what needs a decision, with its reason",
            ),
            Suggestion(kind="control_at_source", targets=where, why="find the fault at the step at which it arises"),
            Suggestion(
                kind="known_faults", targets=where, why="known faults among the items, announced, so that looking pays"
            ),
        ),
        cautions=tuple(cautions),
    )
