"""Findings about variances: controlled far from their origin, uncontrolled; and what the log cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.assessment.results import ControlRow, VarianceMatrix, VarianceRow
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text, times_text
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate, EvidenceRows, Finding, Suggestion, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["far_from_origin", "not_observed", "uncontrolled"]

_OF_TIME = ("late", "stall")
"""Deviations of time itself: a share of items always has them, and they lie where they are seen."""

_SOME = 0.1
_VISIBLE = 0.0005

_CANNOT = {
    "order": "in which order things happened within a case",
    "handover": "who hands work to whom",
    "rework": "what is done again",
    "start_times": "how much of the time is work and how much is waiting",
    "teams": "what passes between teams",
    "resources": "who or what does a step: people, a machine, one person or many",
    "reopen": "what comes back after it was closed",
    "work_time": "how long the work itself takes",
}


def far_from_origin(
    system: WorkSystem, matrix: VarianceMatrix, controls: tuple[ControlRow, ...], cuts: Thresholds
) -> list[Finding]:
    """Find key variances that are seen or controlled far from where they arise."""
    rows = {row.variance: row for row in controls if row.source == matrix.source}
    found = []
    for variance in matrix.variances:
        row = rows.get(variance.id)
        if row is None or variance.membership.best == "out" or variance.id in _OF_TIME:
            continue
        hops, hours, crossed = row.hops_to_controlled, row.hours_to_controlled, row.teams_crossed
        seen = row.hops_to_seen
        far = (
            (hops is not None and hops.value >= cuts["far_hops"])
            or (seen is not None and seen.value >= cuts["far_hops"])
            or (hours is not None and hours.value >= cuts["far_hours"])
        )
        if not far or not _matters(variance, matrix, cuts):
            continue
        ways = []
        if seen is not None:
            ways.append(f"seen {_steps(seen)} after it arises")
        if hops is not None:
            ways.append(f"controlled {_steps(hops)} after")
        if hours is not None and hours.value > 0:
            ways.append(f"{duration_text(hours.value)} later")
        if crossed is not None and crossed >= _SOME:
            ways.append(f"across {number_text(crossed)} team {'boundary' if crossed == 1 else 'boundaries'}")
        what = "" if matrix.source == "judgement" else f" ({times_text(row.occurrences, 'occurrence', 'occurrences')})"
        found.append(
            finding(
                "far_control",
                _where(system, row),
                f"'{variance.name}'{what} is {', '.join(ways)}; {_loss_text(variance, matrix)}.",
                _loss(variance, matrix),
                "loss that starts with this variance",
                principle="variance control at source",
                evidence=_rows(row),
                suggests=(
                    Suggestion(
                        kind="control_at_source", targets=_named(system, row), why="see and repair it where it arises"
                    ),
                    Suggestion(
                        kind="alert_threshold", targets=_named(system, row), why="see it earlier, at the cost of alerts"
                    ),
                ),
                cautions=_doubt(variance),
                name=variance.id,
            )
        )
    return found


def uncontrolled(
    system: WorkSystem, matrix: VarianceMatrix, controls: tuple[ControlRow, ...], cuts: Thresholds
) -> list[Finding]:
    """Find variances of which a large share leaves uncontrolled, or that nobody can control."""
    found = []
    for row in controls:
        if row.source != matrix.source or row.exported is None:
            continue
        variance = matrix.of(row.variance)
        if variance is None or variance.id in _OF_TIME or row.exported.value < cuts["escaped_share"]:
            continue
        if row.source == "log" and row.exported.value * row.occurrences < cuts["escaped_count"]:
            continue
        if row.source == "judgement" and (variance.rate_per_week or 0) <= 0 and variance.rate_per_week is not None:
            continue
        missing = [word for word in row.lacks if word != "boundary"]
        lacking = f"; lacking: {', '.join(missing)}" if missing else ""
        if not _matters(variance, matrix, cuts):
            continue
        suggests = [
            Suggestion(kind="control_at_source", targets=_named(system, row), why="a check where it arises"),
        ]
        if "authority" in missing:
            suggests.insert(
                0,
                Suggestion(
                    kind="give_authority",
                    targets=(*_named(system, row), *row.controlled_by),
                    why="authority to act on it",
                ),
            )
        if "information" in missing:
            suggests.insert(
                0,
                Suggestion(
                    kind="inform",
                    targets=(*_named(system, row), *row.controlled_by),
                    why="the information that control needs",
                ),
            )
        if _escaping(variance, row, matrix).value <= 0:
            continue
        found.append(
            finding(
                "uncontrolled",
                _where(system, row),
                f"{_leaving(row)} uncontrolled{lacking}; {_loss_text(variance, matrix)}.",
                _escaping(variance, row, matrix),
                "loss per week through occurrences that leave uncontrolled",
                principle="information, authority and means where the variance arises",
                layer="social" if missing else "work",
                evidence=_rows(row),
                suggests=tuple(suggests),
                cautions=(
                    *_doubt(variance),
                    *(("what nobody reveals leaves no trace in a log",) if row.source == "log" else ()),
                ),
                name=row.variance,
            )
        )
    return found


def not_observed(view: View, events: VarianceEvents | None) -> list[Finding]:
    """Say what the log cannot tell: one finding, last."""
    missing = sorted(set(_CANNOT) - view.log.capabilities)
    silent = [one.kind for one in events.prevalence if one.withheld] if events is not None else []
    always = "telephone calls, work outside the tool, morale"
    told = "; ".join(_CANNOT[name] for name in missing)
    text = f"The log does not show {told}; nor {always}." if told else f"The log does not show {always}."
    if silent:
        text += f" Not judged: {', '.join(silent)}; the table of detectors says why."
    return [
        finding(
            "not_observed",
            (),
            text,
            Estimate.counted(float(len(missing)), "questions"),
            "questions that the log leaves open",
            principle="information flow",
            layer="environment",
            suggests=(Suggestion(kind="record", why="export what is missing, or ask three of those who do the work"),),
        )
    ]


def _matters(variance: VarianceRow, matrix: VarianceMatrix, cuts: Thresholds) -> bool:
    """Whether any column's loss through the variance is more than a trifle."""
    for name in ("technical", "social", "regulatory"):
        total, own = getattr(matrix.total, name), getattr(variance.own_loss, name)
        if own is None or (total and own >= cuts["least_loss_share"] * total):
            return True
    return False


def _leaving(row: ControlRow) -> str:
    """Say how many leave."""
    assert row.exported is not None
    if row.source == "log" and row.exported.value == 1:
        return f"All {times_text(row.occurrences, 'occurrence', 'occurrences')} of '{row.name}' leave"
    if not row.controlled_by and row.exported.value == 1:
        return f"Nobody controls '{row.name}': all leave"
    low, high = share_text(row.exported.low), share_text(row.exported.high)
    span = f" ({low} to {high})" if low != high else ""
    return f"{share_text(row.exported.value)}{span} of '{row.name}' leave"


def _steps(estimate: Estimate) -> str:
    """Say a number of steps with its interval."""
    if f"{estimate.low:.2g}" == f"{estimate.high:.2g}":
        return f"{estimate.value:.2g} {'step' if f'{estimate.value:.2g}' == '1' else 'steps'}"
    return f"{estimate.value:.2g} steps ({estimate.low:.2g} to {estimate.high:.2g})"


def _named(system: WorkSystem, row: ControlRow) -> tuple[str, ...]:
    """The variances of the model that a row speaks of: its own, those of its kind; else where it arises."""
    ids = [variance.id for variance in system.variances if row.variance in (variance.id, variance.kind)]
    return tuple(ids) or tuple(name for name in (row.origin,) if name != "unknown") or (row.variance,)


def _where(system: WorkSystem, row: ControlRow) -> tuple[str, ...]:
    """What a finding about a row concerns."""
    places = (row.origin, *row.seen_at[:1], *row.controlled_at[:1])
    return tuple(dict.fromkeys((*_named(system, row), *(name for name in places if name != "unknown"))))


def _loss(variance: VarianceRow, matrix: VarianceMatrix) -> Estimate:
    """Own loss, with its interval, in the first column in which there is one."""
    unit = HOURS_PER_WEEK_UNIT if matrix.source == "log" else "severity per week"
    for name in ("technical", "social", "regulatory"):
        value, low, high = (
            getattr(loss, name) for loss in (variance.own_loss, variance.own_loss_low, variance.own_loss_high)
        )
        if value:
            bounds = [max(0.0, x if x is not None else value) for x in (value, low, high)]
            return estimate(bounds[0], bounds[1], bounds[2], unit, matrix.footing)
    return estimate(0.0, 0.0, 0.0, unit, matrix.footing)


def _escaping(variance: VarianceRow, row: ControlRow, matrix: VarianceMatrix) -> Estimate:
    """Rate times share that escapes times harm, in the first column in which there is any."""
    harm = next(
        (x for x in (variance.severity.technical, variance.severity.social, variance.severity.regulatory) if x), 0.0
    )
    rate = variance.rate_per_week or 0.0
    share = row.exported
    assert share is not None
    unit = HOURS_PER_WEEK_UNIT if matrix.source == "log" else "severity per week"
    return estimate(rate * share.value * harm, rate * share.low * harm, rate * share.high * harm, unit, matrix.footing)


def _loss_text(variance: VarianceRow, matrix: VarianceMatrix) -> str:
    """Say which share of the loss starts with it, per column that has any."""
    said = []
    for name in ("technical", "social", "regulatory"):
        total, own = getattr(matrix.total, name), getattr(variance.own_loss, name)
        if own is None:
            said.append(f"its {name} loss feeds on itself without end")
        elif total and own >= _VISIBLE * total:
            said.append(f"{share_text(max(0.0, own) / total)} of the {name} loss")
    return (
        " and ".join(said) + (" starts with it" if said and "without" not in said[0] else "")
        if said
        else "no harm is stated"
    )


def _doubt(variance: VarianceRow) -> tuple[str, ...]:
    """Say where membership in the key set is not firm."""
    if variance.membership.best == "borderline":
        return ("in the key set in some of the robustness draws only",)
    return ()


def _rows(row: ControlRow) -> tuple[EvidenceRows, ...]:
    """Evidence behind a control row."""
    if row.source != "log":
        return ()
    return (EvidenceRows(query="variance_events", arguments={"kind": row.variance}, events=row.occurrences),)
