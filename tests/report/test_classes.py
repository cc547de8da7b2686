"""The chart of coupling and interaction, and the tables of gaps, from a computed assessment."""

from __future__ import annotations

import pytest

from longwall import templates
from longwall.assessment import Answers, assess, load_thresholds
from longwall.report.figures.classes import classes_figure
from longwall.report.figures.drawing import drawn
from longwall.worksystem import WorkSystem

CUTS = dict(load_thresholds())


@pytest.fixture(scope="module")
def figure():
    answers = [Answers(coupling={"urgent": 1}, interaction={"near": 0.25})]
    found = assess(templates.read("fedramp-cloud"), answers=answers).classification
    made = classes_figure(found, CUTS, command="longwall show desk classification")
    assert made is not None
    return made


def test_it_stands_among_the_seven_with_its_margins_and_what_people_say(figure):
    assert "medium (0.37" in figure.sentence and "from the next label" in figure.sentence
    # People rate it tight; of interaction they say the same.
    assert "say otherwise on coupling." in figure.sentence
    names = [row[0] for row in figure.table.rows]
    assert names[:2] == ["this work system", "as people answered"]
    assert len(names) == 9 and "trading-platform" in names


def test_every_reference_is_named_once_and_inside_the_square(figure):
    svg = drawn(figure)
    for name in ("cloud-operations", "service-desk", "ot-it-convergence"):
        assert svg.count(f">{name}<") == 1


def test_what_cannot_be_determined_is_not_drawn():
    nothing = assess(WorkSystem(id="nothing")).classification
    assert classes_figure(nothing, CUTS, command="x") is None
