"""The plan in the report: figures say what the plan says, who loses is named, forecasts along the order are offered."""

from __future__ import annotations

import dataclasses

import pytest

from longwall.implementation import Along, Bottleneck, Freeze, Look
from longwall.report.figures.board import _said, board_figure, load_figure
from longwall.report.figures.drawing import Figure, drawn
from longwall.report.figures.timeline import timeline_figure
from longwall.report.markup import Markup
from longwall.report.sections import plan_section


def _body(material) -> str:
    return str(plan_section(material, lambda figure: Markup(figure.name)).body)


def test_figures_hold_every_step_and_are_drawn_alike_twice(whole) -> None:
    plan = whole.plan.model_copy(update={"freezes": (Freeze(first_week=1, last_week=2),)})
    figures = [
        timeline_figure(whole, plan, command="x"), board_figure(plan, command="x"),
        load_figure(whole, plan, command="x"),
    ]  # fmt: skip
    for figure in figures:
        assert isinstance(figure, Figure) and drawn(figure) == drawn(figure) and "<svg" in drawn(figure)
    board = figures[1]
    assert board is not None
    for row in board.table.rows:
        numbers = sorted(int(n) for cell in row[1:6] for n in str(cell).replace("–", "").split(",") if n.strip())
        assert numbers == list(range(1, len(plan.increments) + 1))
    assert figures[0] is not None and "Grey: frozen weeks" in figures[0].key
    assert board_figure(plan.model_copy(update={"increments": ()}), command="x") is None


def test_who_loses_and_what_strengthens_them_stand_beside_the_step(whole) -> None:
    first, *rest = whole.plan.increments
    cut = first.model_copy(
        update={
            "people_removed": 2, "loses": (whole.system.social.roles[0].id,), "instead": rest[0].id,
            "condition": "after talking to those affected",
        }
    )  # fmt: skip
    plan = whole.plan.model_copy(
        update={
            "increments": (cut, *rest),
            "bottleneck": Bottleneck(what="the money", finish_earlier_weeks=3, benefit_earlier=2.4),
        }
    )
    body = _body(dataclasses.replace(whole, plan=plan))
    assert "lose 2 posts" in body and "Instead, what strengthens them" in body
    assert "held up most by the money: without it benefits come 2 weeks earlier" in body


def test_forecasts_along_the_order_are_offered_or_shown(whole) -> None:
    assert "--along" in _body(whole)
    expecting = next(one for one in whole.plan.increments if one.expected)
    look = Look(
        increment=expecting.id, week=expecting.look_week, together=(expecting.id,), expected=expecting.expected,
        adds=expecting.expected[:1],
    )  # fmt: skip
    along = Along(design="joint", base_hash="h", seed=0, weeks=13, replications=30, looks=(look,))
    body = _body(dataclasses.replace(whole, along=along))
    assert "This one adds" in body and "of one step alone" not in body


@pytest.mark.parametrize(
    ("steps", "text"),
    [([], ""), ([3], "3"), ([1, 2, 3, 4, 6], "1–4, 6"), ([2, 1, 4, 6, 8], "5 steps"), ([1, 3], "1, 3")],
)
def test_a_cell_of_the_board_names_spans_and_counts_what_is_long(steps: list[int], text: str) -> None:
    assert _said(steps) == text
