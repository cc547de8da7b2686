"""Variances: the matrix with the key set, the control table, and how tightly the system is coupled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.variances import distance_figure, matrix_figure, weight_of
from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text, number
from longwall.report.sections.judgement import judgement_part, levers_table, means_table, prevalence_table
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, listed, sentence, term
from longwall.worksystem import Estimate, Footing

if TYPE_CHECKING:
    from longwall.assessment import Assessment, ControlRow, VarianceMatrix, VarianceRow

__all__ = ["variances_section"]

_MOST_CONTROLS = 25
_SHORT = 34


def variances_section(material: Material, draw: Draw) -> Section:
    """Return the section on variances."""
    title = "Variances"
    assessment = material.assessment
    if assessment is None:
        return Section("variances", title, absent("The variance matrix", material.missing_of("assess")), made=False)
    command = material.command("assess")
    parts: list[Content] = [
        lead(
            "A ",
            term("variance"),
            " is what goes otherwise than wanted. Where does it arise, who sees it, who controls it?",
        )
    ]
    matrix = assessment.matrix
    if matrix is not None and matrix.variances:
        parts += [draw(matrix_figure(material, matrix, command=command)), _matrix(matrix), levers_table(matrix)]
        parts.append(_matrix_notes(matrix))
    else:
        parts.append(element("p", "No variance was found in the traces or written into the model."))
    parts += [judgement_part(material, assessment, draw, command=command), prevalence_table(assessment.detectors)]
    controls, others = _controls_of(assessment)
    figure = distance_figure(material, controls, command=command)
    if controls:
        parts += [
            element("h3", "Control table"),
            element("p", "The ", term("distance of control"), " is counted in steps of the flow."),
            draw(figure) if figure is not None else None,
            _controls(material, controls),
            means_table(material, controls),
            more(f"The same for the model’s variances ({len(others)})", _controls(material, others))
            if others
            else None,
        ]
    told = [*assessment.cautions, *(f"withheld: {text}" for text in assessment.withheld)]
    if told:
        parts.append(more(f"Cautions and what was withheld ({len(told)})", bullets([sentence(text) for text in told])))
    return Section("variances", title, join(parts))


def _controls_of(assessment: Assessment) -> tuple[list[ControlRow], list[ControlRow]]:
    """Control rows as the log shows them, and as the model has them; those of the model lead where there is no log."""
    in_log = [row for row in assessment.controls if row.source == "log"]
    in_model = [row for row in assessment.controls if row.source != "log"]
    return (in_log, in_model) if in_log else (in_model, [])


def _loss(row: VarianceRow, column: str, footing: Footing) -> Content:
    """One column of the loss that starts with a variance."""
    value, low, high = (getattr(loss, column) for loss in (row.own_loss, row.own_loss_low, row.own_loss_high))
    if value is None:
        return "without end"
    ends = [value, *(end for end in (low, high) if end is not None)]
    return number(Estimate(value=value, low=min(ends), high=max(ends), footing=footing))


def _matrix(matrix: VarianceMatrix) -> Markup:
    """Rates, control and losses of every variance, technical left, social right."""
    rows: list[tuple[Content, ...]] = []
    for place, row in enumerate(sorted(matrix.variances, key=lambda r: (*(-loss for loss in weight_of(r)), r.id)), 1):
        rate = "without end" if row.rate_per_week is None else amount_text(row.rate_per_week)
        rows.append(
            (
                f"{place}. {shortened(row.name or row.id, 90)}",
                rate,
                amount_text(row.uncontrolled, "share"),
                _loss(row, "technical", matrix.footing),
                _loss(row, "social", matrix.footing),
                {"core": "■ core", "borderline": "□ borderline", "out": "–"}[row.membership.best],
                amount_text(max(row.membership.technical, row.membership.social), "share"),
            )
        )
    table = Table(
        f"Variances per week ({matrix.footing}): occurrences, share uncontrolled, loss that starts with each "
        f"(technical: {matrix.severity_unit}), key set and share of draws in it",
        ("Variance", "Per week#", "Uncontrolled#", "Technical loss#", "Social loss#", "Key set", "Of draws#"),
        rows,
    )
    return more(f"All variances with rates and losses ({len(rows)})", table_of(table, class_="dense"))


def _matrix_notes(matrix: VarianceMatrix) -> Content:
    """Where the matrix comes from and how far it goes."""
    source = "learned from traces" if matrix.source == "log" else "as people judged it in the model"
    words = [
        f"The matrix is {source} ({matrix.footing}); the ",
        term("key variance", "key set"),
        f" was found again in each of {count_text(matrix.draws)} draws over its uncertainty. ",
        "“Follows” is not “causes”: a hidden cause that strikes both can look the same.",
    ]
    if matrix.frailty_variance is not None:
        words.append(
            f" Cases differ in how prone they are: variance of the difficulty {matrix.frailty_variance:.2f}, set apart."
        )
    if matrix.runaway:
        loops = "; ".join(listed(list(group)) for group in matrix.runaway)
        words.append(f" Some feed each other without end as judged: {loops}.")
    return [element("p", words), bullets([sentence(text) for text in matrix.cautions])]


def _or_dash(estimate: Estimate | None, unit: str | None = None) -> Content:
    """A number, in the unit that the head of its column says."""
    if estimate is None:
        return "–"
    return number(estimate if unit is None else estimate.model_copy(update={"unit": unit}))


def _controls(material: Material, controls: list[ControlRow]) -> Content:
    """The control table."""
    ordered = sorted(
        controls, key=lambda row: (-(row.hours_to_controlled.value if row.hours_to_controlled else 0.0), row.variance)
    )
    rows: list[tuple[Content, ...]] = [
        (
            shortened(row.name or row.variance, 70),
            shortened(material.label(row.origin), _SHORT),
            listed([shortened(material.label(name, "function"), _SHORT) for name in row.seen_at], most=2) or "nowhere",
            listed([shortened(material.label(name, "function"), _SHORT) for name in row.controlled_at], most=2)
            or "nowhere",
            listed([shortened(material.label(name, "role"), _SHORT) for name in row.controlled_by], most=2)
            or ("–" if row.source == "log" else "nobody"),
            _or_dash(row.hops_to_controlled, ""),
            _or_dash(row.hours_to_controlled),
            _or_dash(row.exported, "share"),
            listed(list(row.lacks)) or "–",
        )
        for row in ordered
    ]
    heads = (
        "Variance",
        "Arises at",
        "Seen at",
        "Controlled at",
        "By",
        "Steps#",
        "Time#",
        "Escapes#",
        "What is missing",
    )
    caption = "Where each variance arises, is seen, is controlled; steps and time to control; share that escapes"
    shown = table_of(Table(caption, heads, rows[:_MOST_CONTROLS]), class_="dense")
    rest = rows[_MOST_CONTROLS:]
    return [
        shown,
        more(f"{len(rest)} more rows", table_of(Table(caption, heads, rest), class_="dense")) if rest else None,
    ]
