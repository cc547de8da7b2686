"""The control table: every column of it, from the model and from the log."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from longwall.assessment import ControlRow, assess
from longwall.discovery import detect
from longwall.worksystem import WorkSystem


def model(**control: Any) -> WorkSystem:
    return WorkSystem.model_validate({
        "id": "desk",
        "technical": {"components": [{"id": "console"}, {"id": "sorter", "kind": "automation"}]},
        "social": {
            "teams": [{"id": "front"}, {"id": "back", "organisation": "supplier"}],
            "roles": [
                {"id": "clerk", "team": "front", "shifts": [{"people": 6}]},
                {"id": "expert", "team": "back", "shifts": [{"people": 6}], "skills": {"repair": 0.7}},
            ],
            "links": [{"source": "back", "target": "front", "kind": "informs", "channel": "weekly call"}],
        },
        "work": {
            "demand": [{"id": "d", "per_week": 100, "due_h": 8}],
            "functions": [
                {"id": "take", "work_h": 0.5, "roles": ["clerk"], "allocation": {"level": 2, "component": "sorter"}},
                {"id": "repair", "work_h": 1.5, "roles": ["expert"], "uses": ["console"]},
            ],
            "routes": [{"source": "start", "target": "take"}, {"source": "take", "target": "repair"},
                       {"source": "repair", "target": "end"}],
        },
        "variances": [{
            "id": "wrong", "origin": "take", "probability": 0.1,
            "detections": [{"function": "repair", "probability": 0.8}],
            "control": {"function": "repair", "how": "repair", **control},
        }],
    })  # fmt: skip


def row_of(system: WorkSystem) -> ControlRow:
    (row,) = assess(system).controls
    return row


def test_a_row_of_the_model_has_every_column() -> None:
    row = row_of(model(needs_authority=True))
    assert (row.origin, row.seen_at, row.controlled_at, row.controlled_by) == (
        "take", ("repair",), ("repair",), ("expert",))  # fmt: skip
    assert row.tasks == ("repair at repair",)
    assert row.information_source == ("repair",)
    assert (row.information, row.authority, row.skill) == ("not needed", "lacking", "0.7 of standard")
    assert row.tools == ("console",)
    assert row.feedback == "a link of communication"
    assert row.available_h is not None and row.available_h.value == 8
    assert row.needed_h is not None and row.needed_h.value == 1.5
    assert (row.teams_crossed, row.organisations_crossed, row.machine_human_crossed) == (1, 1, 0)


@pytest.mark.parametrize(
    ("control", "feedback"),
    [({"how": "rework", "function": "take"}, "the item comes back"), ({"role": "clerk"}, "the same role")],
)
def test_feedback_reaches_those_at_whose_place_it_arises(control: dict[str, str], feedback: str) -> None:
    assert row_of(model(**control)).feedback == feedback


def test_skill_counted_for_a_role_of_four_is_withheld() -> None:
    plain = model().model_dump(mode="json")
    expert = plain["social"]["roles"][1]
    expert["skills"] = {"repair": {"value": 0.7, "footing": "fitted"}}
    assert row_of(WorkSystem.model_validate(plain)).skill == "0.7 of standard"
    expert["shifts"][0]["people"] = 4
    assert row_of(WorkSystem.model_validate(plain)).skill.startswith("withheld")


def test_a_row_of_the_log_says_by_which_team_how_far_and_what_comes_back(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    rows = {row.variance: row for row in assess(WorkSystem(id="w"), log=log, events=detect(log)).controls}
    bounce = rows["bounce"]
    assert set(bounce.controlled_by) == {"network", "desktop"}
    assert sum(one.share for one in bounce.origins) == pytest.approx(1.0, abs=0.1)
    assert bounce.origin == bounce.origins[0].place
    assert bounce.feedback == "the item comes back to the team in 100%"  # a bounce is an item that comes back
    assert bounce.needed_h is not None and bounce.needed_h.value > 0
    assert bounce.fate is not None and bounce.exported == bounce.fate.escaped
    whole = bounce.fate.controlled.value + bounce.fate.escaped.value + bounce.fate.neither.value
    assert whole == pytest.approx(1.0)
