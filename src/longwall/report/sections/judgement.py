"""What people judge of the matrix beside what the traces show, and how common each kind of variance is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.judgement import judgement_figure
from longwall.report.markup import Content, Markup, Table, element, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text, number
from longwall.report.sections.section import Draw, bullets, more
from longwall.report.words import listed, sentence

if TYPE_CHECKING:
    from longwall.assessment import Assessment, ControlRow, DetectorRow, Elicited, VarianceMatrix

__all__ = ["judgement_part", "levers_table", "means_table", "prevalence_table"]

_NONE = "\u2013"


def judgement_part(material: Material, assessment: Assessment, draw: Draw, *, command: str) -> Content:
    """Return judgement beside traces, and the groups that contradict each other; a hint where nobody was asked."""
    if assessment.elicited is None and not assessment.comparison:
        return None
    figure = judgement_figure(material, assessment, command=command)
    parts: list[Content] = [element("h3", "What people judge, and what the traces show")]
    if figure is not None:
        parts.append(draw(figure))
    if assessment.elicited is None:
        parts.append(
            element(
                "p",
                "No group was asked which variance leads to which. The how-to \u201cJudge the variance matrix\u201d "
                "says how: one file for each group, before they see the traces.",
            )
        )
    else:
        parts += _of_groups(assessment.elicited)
    return parts


def _of_groups(elicited: Elicited) -> list[Content]:
    """How opinions were pooled, who contradicts whom, what is key on each view."""
    parts: list[Content] = [element("p", f"Pooled by {elicited.pooling}.")]
    contested = [
        f"{cell.cause} to {cell.effect}: "
        + ", ".join(f"{one.expert} says {one.strength:g}{f' ({one.why})' if one.why else ''}" for one in cell.said)
        for cell in elicited.contested
    ]
    if contested:
        parts += [
            element("p", "Groups contradict each other; the pooled number of these cells is nobody\u2019s:"),
            bullets(contested),
        ]
    rows: list[tuple[Content, ...]] = [
        (view.expert, count_text(view.cells), count_text(view.contested), listed(list(view.key)) or "cannot be told")
        for view in elicited.views
    ]
    table = Table(
        "Key set (technical) where each group\u2019s own strengths stand",
        ("Group", "Cells#", "Contested#", "Key set"),
        rows,
    )
    parts.append(more(f"Key set on the view of each group ({len(rows)})", table_of(table)))
    if elicited.unseen:
        parts.append(
            element("p", f"Groups spoke of {listed(list(elicited.unseen))}, which the log shows fewer than five times.")
        )
    return parts


def prevalence_table(rows: tuple[DetectorRow, ...]) -> Markup | None:
    """Return every detector with its measured prevalence, closed until opened; None without a log."""
    if not rows:
        return None
    body: list[tuple[Content, ...]] = []
    for row in rows:
        fate = row.fate
        body.append(
            (
                f"{row.name} ({row.kind})",
                shortened(row.means, 110),
                count_text(row.occurrences),
                number(row.share),
                _NONE if fate is None else number(fate.controlled),
                _NONE if fate is None else number(fate.escaped),
                _NONE if fate is None else count_text(fate.censored),
                row.withheld or _NONE,
            )
        )
    heads = (
        "Kind",
        "What counts",
        "Occurrences#",
        "Of items#",
        "Controlled#",
        "Escaped#",
        "Not followed#",
        "Not judged because",
    )
    caption = "How common each kind is, and what becomes of it as far as it was followed (cumulative incidence)"
    table = Table(caption, heads, body)
    return more(f"How common each kind is, and what counts as one ({len(body)})", table_of(table, class_="dense"))


def levers_table(matrix: VarianceMatrix) -> Markup:
    """Return the classical count beside the loss, and where better detection or control saves most."""
    rows: list[tuple[Content, ...]] = []
    ordered = sorted(matrix.variances, key=lambda row: (-_lever(row.control_lever.technical), row.id))
    for row in ordered:
        rows.append(
            (
                shortened(row.name or row.id, 90),
                count_text(row.marks),
                *(
                    "cannot be told" if value is None else amount_text(value)
                    for value in (
                        row.detection_lever.technical,
                        row.control_lever.technical,
                        row.detection_lever.social,
                        row.control_lever.social,
                    )
                ),
            )
        )
    ranked = matrix.rank_correlation.technical
    beside = "" if ranked is None else f"; rank correlation of loss and marks: {ranked:.2f}"
    caption = f"Loss a week saved by each 0.01 of better detection or control; marks: the classical count{beside}"
    heads = (
        "Variance",
        "Marks#",
        "Detection, technical#",
        "Control, technical#",
        "Detection, social#",
        "Control, social#",
    )
    return more(
        f"Where a better detection or control saves most ({len(rows)})",
        table_of(Table(caption, heads, rows), class_="dense"),
    )


def means_table(material: Material, controls: list[ControlRow]) -> Markup | None:
    """Return with what each variance is controlled; None where nothing is known of any."""
    if not controls:
        return None
    rows: list[tuple[Content, ...]] = []
    for row in controls:
        told = [material.label(name) for name in row.information_source]
        rows.append(
            (
                shortened(row.name or row.variance, 60),
                listed([shortened(task, 40) for task in row.tasks], most=2) or _NONE,
                row.information,
                listed([shortened(name, 34) for name in told], most=2) or _NONE,
                row.authority,
                row.skill,
                _NONE if row.available_h is None else number(row.available_h),
                _NONE if row.needed_h is None else number(row.needed_h),
                listed([material.label(name) for name in row.tools], most=2) or _NONE,
                row.feedback,
                " / ".join(
                    "?" if one is None else f"{one:.1f}"
                    for one in (row.teams_crossed, row.organisations_crossed, row.machine_human_crossed)
                ),
            )
        )
    heads = (
        "Variance",
        "Tasks",
        "Information",
        "Its source",
        "Authority",
        "Skill",
        "Time available#",
        "Time needed#",
        "Tools",
        "Feedback",
        "Boundaries#",
    )
    caption = sentence(
        "what each is controlled with; boundaries up to control: teams / organisations / machine and people"
    )
    return more(f"With what each is controlled ({len(rows)})", table_of(Table(caption, heads, rows), class_="dense"))


def _lever(value: float | None) -> float:
    """What cannot be told comes last."""
    return -1.0 if value is None else value
