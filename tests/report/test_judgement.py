"""Judgement beside traces in the report: both numbers, who contradicts whom, what is key on each view."""

from __future__ import annotations

import dataclasses

from longwall import assessment as ass
from longwall.report.figures.judgement import judgement_figure
from longwall.report.markup import element
from longwall.report.sections.variances import variances_section

from .conftest import assumed, fitted

SAID = (
    ass.Said(expert="first line", strength=0.9, confidence=0.5, why="<b>waits</b> twice"),
    ass.Said(expert="network", strength=0.0, confidence=1.0),
)


def judged(whole, asked=True):  # type: ignore[no-untyped-def]
    cell = ass.PooledCell(cause="bounce", effect="late", strength=assumed(0.3, 0, 1), said=SAID, disagreement=0.9,
                          contested=True)  # fmt: skip
    comparison = (
        ass.CellComparison(cause="rework", effect="late", judged=None, learned=fitted(0.2), grade="directed",
                           verdict="not spoken of"),
        ass.CellComparison(cause="bounce", effect="late", judged=assumed(0.3, 0.1, 1), learned=fitted(0.02),
                           grade="", verdict="more than seen"),
        ass.CellComparison(cause="stall", effect="late", judged=assumed(0.1, 0.05, 0.2), learned=None, grade="",
                           verdict="cannot tell", needed_cases=4200),
    )  # fmt: skip
    elicited = ass.Elicited(
        pooling="a mean", cells=(cell,),
        views=(ass.ExpertView(expert="first line", cells=1, contested=1, key=("bounce",)),
               ass.ExpertView(expert="network", cells=1, contested=1, key=("late",))),
    )  # fmt: skip
    update = {"elicited": elicited if asked else None, "comparison": comparison if asked else comparison[:1]}
    return dataclasses.replace(whole, assessment=whole.assessment.model_copy(update=update))


def test_cells_stand_with_both_numbers_and_the_contested_one_is_marked(whole):
    material = judged(whole)
    figure = judgement_figure(material, material.assessment, command="longwall assess x")
    assert figure is not None
    assert figure.sentence == (
        "Of 3 cells that people or the traces speak of: people judge 1 stronger than the traces allow, nobody spoke of "
        "1, the log cannot tell 1; in 1 cell groups contradict each other."
    )
    rows = {row[:2]: row for row in figure.table.rows}
    assert rows["bounce", "late"][3:5] == ("first line: 0.9; network: 0", "0.9 contested")
    assert rows["stall", "late"][-1] == "about 4,200"
    assert "! bounce" in str(figure.chart.to_dict())


def test_the_page_names_both_sides_and_what_is_key_for_each(whole):
    def page_of(material):
        return str(variances_section(material, lambda figure: element("p", figure.sentence)).body)

    page = page_of(judged(whole))
    assert "first line says 0.9 (&lt;b&gt;waits&lt;/b&gt; twice), network says 0" in page
    assert "Key set on the view of each group (2)" in page
    without = page_of(judged(whole, asked=False))
    assert "No group was asked which variance leads to which." in without
    assert "Key set on the view of each group" not in without
