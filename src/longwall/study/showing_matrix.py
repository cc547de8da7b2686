"""Show the variance matrix: judgement beside traces, the key set, and the control table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.assessment import Assessment, ControlRow, Edge, VarianceMatrix
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate

__all__ = [
    "CELL_COLUMNS",
    "CONTROL_COLUMNS",
    "KEY_COLUMNS",
    "MEANS_COLUMNS",
    "cell_rows",
    "control_rows",
    "key_rows",
    "means_rows",
]

Rows = tuple[Sequence[Sequence[Any]], Sequence[str]]

CELL_COLUMNS = ("cause", "effect", "judged", "by", "apart", "in the traces", "grade", "verdict", "naive",
                "cross-check", "explained away by", "cases needed")  # fmt: skip
KEY_COLUMNS = ("variance", "a week", "uncontrolled", "technical loss", "social loss", "regulatory loss", "key set",
               "of draws", "marks", "better detection saves", "better control saves")  # fmt: skip
CONTROL_COLUMNS = ("variance", "from", "arises at", "seen at", "controlled at", "by", "steps", "time", "boundaries",
                   "exported", "lacks", "in the log")  # fmt: skip
MEANS_COLUMNS = ("variance", "from", "tasks", "information", "its source", "authority", "skill", "time available",
                 "time needed", "tools", "feedback")  # fmt: skip


def cell_rows(result: Mapping[str, Any]) -> Rows:
    """Return rows and notes of the matrix, cell by cell: what people judge and what the traces show."""
    assessed = Assessment.model_validate(result)
    said = {} if assessed.elicited is None else {(cell.cause, cell.effect): cell for cell in assessed.elicited.cells}
    edges = _edges(assessed.matrix, "log")
    rows: list[tuple[str, ...]] = []
    for one in assessed.comparison:
        edge, cell = edges.get((one.cause, one.effect)), said.pop((one.cause, one.effect), None)
        rows.append((
            one.cause, one.effect, _range(one.judged),
            "" if cell is None else "; ".join(f"{s.expert} {s.strength:g}" for s in cell.said),
            "" if cell is None else _apart(cell.disagreement, cell.contested),
            _range(one.learned), one.grade, one.verdict, *_checks(edge),
            f"about {one.needed_cases:,}" if one.needed_cases else "",
        ))  # fmt: skip
    of_model = assessed.judged or (
        assessed.matrix if assessed.matrix and assessed.matrix.source == "judgement" else None
    )
    for pair, edge in _edges(of_model, "judgement").items():
        cell = said.pop(pair, None)
        who = "the model" if cell is None else "; ".join(f"{s.expert} {s.strength:g}" for s in cell.said)
        apart = "" if cell is None else _apart(cell.disagreement, cell.contested)
        rows.append((*pair, _range(edge.probability), who, apart, "", "", "", *_checks(None), ""))
    for pair, cell in said.items():
        who = "; ".join(f"{s.expert} {s.strength:g}" for s in cell.said)
        apart = _apart(cell.disagreement, cell.contested)
        rows.append((*pair, _range(cell.strength), who, apart, "", "", "", *_checks(None), ""))
    return rows, _cell_notes(assessed)


def _cell_notes(assessed: Assessment) -> list[str]:
    """What the table rests on."""
    notes = ["occurrences of the effect that follow one of the cause: \"follows\", never \"causes\"; people judge what "
             "follows one that nobody controls, and their range begins where control spares all of it"]  # fmt: skip
    if assessed.elicited is None:
        notes.append("nobody was asked: one file a group in `inquiry/matrix/`")
    else:
        notes.append(f"judged: {assessed.elicited.pooling}")
        notes += [f"on the view of {view.expert} ({view.cells} cells, {view.contested} contested) the key set is: "
                  f"{', '.join(view.key) or 'not to be had'}" for view in assessed.elicited.views]  # fmt: skip
        notes += [
            f"experts spoke of {kind}, which the log shows fewer than five times" for kind in assessed.elicited.unseen
        ]
    if assessed.matrix is not None:
        notes += [*assessed.matrix.cautions]
        if assessed.matrix.frailty_variance is not None:
            notes.append(f"variance of how prone cases are (frailty): {assessed.matrix.frailty_variance:.2f}")
    return notes


def key_rows(result: Mapping[str, Any]) -> Rows:
    """Return rows and notes of the variances with their rates, losses, membership in the key set and levers."""
    assessed = Assessment.model_validate(result)
    matrix = assessed.matrix
    if matrix is None:
        return [], ["no variance in the model, and none in the log"]
    rows = []
    for row in sorted(matrix.variances, key=lambda one: (-_endless(one.own_loss.technical), one.id)):
        membership = row.membership
        rows.append((
            row.name or row.id, _plain(row.rate_per_week), share_text(row.uncontrolled),
            *(_loss(row.own_loss, row.own_loss_low, row.own_loss_high, name) for name in _COLUMNS),
            membership.best, share_text(max(membership.technical, membership.social, membership.regulatory)), row.marks,
            _lever(row.detection_lever.technical), _lever(row.control_lever.technical),
        ))  # fmt: skip
    notes = [
        f"source: {matrix.source}; loss a week ({matrix.severity_unit}) that starts with each, with 95% of "
        f"{matrix.draws} draws; saved a week by each 0.01 of better detection or control (technical)",
        "key set: core in at least 90% of the draws, borderline in 10% to 90%; marks: the classical count",
    ]
    ranked = matrix.rank_correlation.technical
    if ranked is not None:
        notes.append(f"rank correlation of loss and classical count: {ranked:.2f}")
    return rows, [*notes, *matrix.cautions]


def control_rows(result: Mapping[str, Any]) -> Rows:
    """Return rows and notes of where each variance arises, is seen and is controlled, by whom, and how far apart."""
    rows = [
        (
            row.name or row.variance, row.source, _origins(row), ", ".join(row.seen_at), ", ".join(row.controlled_at),
            ", ".join(row.controlled_by), _number(row.hops_to_controlled), _time(row.hours_to_controlled),
            _boundaries(row), _share(row.exported), ", ".join(row.lacks), row.occurrences,
        )
        for row in Assessment.model_validate(result).controls
    ]  # fmt: skip
    notes = [
        "steps and time from where it arises to where it is controlled; boundaries: teams / organisations / "
        "machine and people",
        "exported: leaves the system uncontrolled; what nobody reveals leaves no trace in a log",
        "`longwall show STUDY controls`: with which tasks, information, authority, skill, time, tools and feedback",
    ]
    return rows, notes


def means_rows(result: Mapping[str, Any]) -> Rows:
    """Return rows and notes of what each variance is controlled with."""
    rows = [
        (
            row.name or row.variance, row.source, ", ".join(row.tasks), row.information,
            ", ".join(row.information_source), row.authority, row.skill, _time(row.available_h), _time(row.needed_h),
            ", ".join(row.tools), row.feedback,
        )
        for row in Assessment.model_validate(result).controls
    ]  # fmt: skip
    notes = ["skill: of the role in the function of control, as the model has it; in the log time needed is elapsed "
             "time from where it is seen to where it is controlled"]  # fmt: skip
    return rows, notes


_COLUMNS = ("technical", "social", "regulatory")


def _edges(matrix: VarianceMatrix | None, source: str) -> dict[tuple[str, str], Edge]:
    """Edges of a matrix by their ends."""
    if matrix is None or matrix.source != source:
        return {}
    return {(edge.source, edge.target): edge for edge in matrix.edges}


def _checks(edge: Edge | None) -> tuple[str, str, str]:
    """Naive lift, cross-check and what would explain it away."""
    if edge is None:
        return "", "", ""
    mark = {True: "", False: ", not seen", None: ""}[edge.agrees]
    return (
        "" if edge.naive is None else f"{edge.naive:.2f}",
        "" if edge.cross_check is None else f"{edge.cross_check:.2f}{mark}",
        "" if edge.explained_away_by is None else f"{edge.explained_away_by:.1f}",
    )


def _apart(disagreement: float, contested: bool) -> str:
    """How far experts are apart."""
    return f"{disagreement:g}{', CONTESTED' if contested else ''}"


def _range(estimate: Estimate | None) -> str:
    """A number with its range."""
    return "" if estimate is None else f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _loss(value: Any, low: Any, high: Any, column: str) -> str:
    """One column of a loss with its range."""
    loss, *ends = (getattr(one, column) for one in (value, low, high))
    if loss is None:
        return "without end"
    return "" if not loss and not any(ends) else f"{_plain(loss)} ({_plain(ends[0])} to {_plain(ends[1])})"


def _plain(value: float | None) -> str:
    """Three digits."""
    return "without end" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _lever(value: float | None) -> str:
    """What a point of detection or control saves."""
    return "not determinable" if value is None else _plain(value)


def _endless(value: float | None) -> float:
    """What has no end comes first."""
    return float("inf") if value is None else value


def _origins(row: ControlRow) -> str:
    """Where it arises, with the share of each place where there are several."""
    if len(row.origins) < 2:
        return row.origin
    return ", ".join(f"{one.place} {share_text(one.share)}" for one in row.origins[:3])


def _boundaries(row: ControlRow) -> str:
    """Boundaries crossed; empty where unknown."""
    found = (row.teams_crossed, row.organisations_crossed, row.machine_human_crossed)
    return (
        "" if all(one is None for one in found) else " / ".join("?" if one is None else f"{one:.2g}" for one in found)
    )


def _time(estimate: Estimate | None) -> str:
    return "" if estimate is None else duration_text(estimate.value)


def _share(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{share_text(estimate.value)} ({share_text(estimate.low)} to {share_text(estimate.high)})"


def _number(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{estimate.value:.2g}"
