"""Asking a study what if: settings become changes of any draw, and faults are said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import longwall
from tests.worksystem.conftest import DESK

from longwall import study
from longwall.errors import LongwallError
from longwall.study.asking import change_of
from longwall.worksystem import parse_system, value_at

BASE = parse_system(DESK)


@pytest.mark.parametrize(
    ("setting", "path", "expected"),
    [
        (
            "work.demand.incident.per_week=*1.5",
            "work.demand.incident.per_week",
            {"value": 300, "source": "counted by hand"},
        ),
        ("work.demand.request.per_week=*0.5", "work.demand.request.per_week", 40),
        ("work.functions.triage.work_h=*3", "work.functions.triage.work_h", 0.5),
        ("social.roles.agent.shifts.0.people=*0.5", "social.roles.agent.shifts.0.people", 3),
        ("social.roles.agent.shifts.0.people=9", "social.roles.agent.shifts.0.people", 9),
    ],
)  # fmt: skip
def test_settings_change_what_they_name(setting: str, path: str, expected: object) -> None:
    changed = change_of([setting])(BASE)
    assert value_at(changed, path) == expected
    doubled = change_of(["work.demand.request.per_week=120"])(BASE)
    assert value_at(change_of([setting])(doubled), "work.demand.incident.per_week") == value_at(
        changed, "work.demand.incident.per_week"
    )


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("work.demand.incident.id=*2", "LW-ST-041"),
        ("work.nothing=*2", "LW-ST-041"),
        ("social.roles.agent.shifts.0.people=*0.3", "LW-WS"),
        ("people", "LW-SI-032"),
    ],
)
def test_settings_that_say_nothing_are_refused(setting: str, code: str) -> None:
    with pytest.raises(LongwallError, match=code):
        change_of([setting])(BASE)


def test_the_command_answers_and_writes_nothing(tmp_path: Path) -> None:
    made = study.Study.create(tmp_path / "desk", study.StudyFile(id="desk", weeks=1))
    made.system.write_text(DESK)
    before = {path.name: path.read_bytes() for path in made.path.iterdir()}
    done = longwall("simulate", str(made.path), "--set", "work.demand.request.per_week=*1.2", "--json")
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert {"rises", "falls", "no clear change", "not identified"} >= {one["answer"] for one in answers}
    assert all(one["level"] == 0.9 for one in answers)
    assert {path.name: path.read_bytes() for path in made.path.iterdir()} == before
    refused = longwall("simulate", str(made.path), "--set", "people", "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["faults"][0]["code"] == "LW-SI-032"
