"""Discovery never overwrites what a person edited: over several runs, with comments, until each conflict is decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import longwall
from tests.worksystem.conftest import DESK

from longwall import study
from longwall.errors import StudyError, WorkSystemError
from longwall.study.merging import merged_into
from longwall.worksystem import Patch, WorkSystem, parse_system, patched

BASE = parse_system(DESK)
WORK = "work.functions.triage.work_h"


def changed(path: str, value: object, base: WorkSystem = BASE) -> WorkSystem:
    return patched(base, [Patch(path=path, value=value)])


@pytest.fixture
def opened(tmp_path: Path) -> study.Study:
    made = study.Study.create(tmp_path / "desk", study.StudyFile(id="desk"))
    assert merged_into(made, BASE) == ()
    return made


def edit(made: study.Study, old: str, new: str) -> None:
    text = made.system.read_text()
    assert old in text
    made.system.write_text(text.replace(old, new, 1))


def test_edits_and_their_comments_stay_and_the_rest_moves(opened: study.Study) -> None:
    edit(opened, "work_h: 0.16666666666666666", "work_h: 0.5   # stopwatch, 40 tickets")
    cautions = merged_into(opened, changed("work.demand.request.per_week", 95))
    assert len(cautions) == 1
    text = opened.system.read_text()
    assert "work_h: 0.5   # stopwatch, 40 tickets" in text
    assert parse_system(text).demand["request"].per_week.value == 95
    assert study.conflicts_of(opened) == ()
    assert not opened.conflicts.exists()


def test_a_conflict_stays_over_runs_until_it_is_kept(opened: study.Study) -> None:
    edit(opened, "work_h: 0.16666666666666666", "work_h: 0.5")
    for hours in (0.2, 0.2, 0.25):
        merged_into(opened, changed(WORK, hours))
        [conflict] = study.conflicts_of(opened)
        assert (conflict.path, conflict.yours, conflict.found) == (WORK, 0.5, hours)
    study.resolve(opened, WORK, accept=False)
    merged_into(opened, changed(WORK, 0.25))
    assert study.conflicts_of(opened) == ()
    assert parse_system(opened.system.read_text()).functions["triage"].work_h.mean_h == 0.5


def test_accepting_and_editing_decide_a_conflict(opened: study.Study) -> None:
    edit(opened, "work_h: 0.16666666666666666", "work_h: 0.5")
    merged_into(opened, changed(WORK, 0.2))
    study.resolve(opened, WORK, accept=True)
    assert parse_system(opened.system.read_text()) == changed(WORK, 0.2)
    assert study.conflicts_of(opened) == ()
    edit(opened, "work_h: 0.2", "work_h: 0.6")
    merged_into(opened, changed(WORK, 0.3))
    assert len(study.conflicts_of(opened)) == 1
    edit(opened, "work_h: 0.6", "work_h: 0.4")
    assert study.conflicts_of(opened) == ()


def test_a_path_without_a_conflict_is_refused(opened: study.Study) -> None:
    with pytest.raises(StudyError, match="LW-ST-040"):
        study.resolve(opened, "work.demand", accept=True)


def test_without_a_record_the_file_stays_and_every_difference_is_listed(opened: study.Study) -> None:
    before = opened.system.read_bytes()
    opened.discovered.unlink()
    [caution] = merged_into(opened, changed(WORK, 0.2))
    assert "not written by discovery" in caution
    assert opened.system.read_bytes() == before
    assert [conflict.path for conflict in study.conflicts_of(opened)] == [WORK]


def test_a_file_with_faults_is_not_touched(opened: study.Study) -> None:
    edit(opened, "roles:", "rolls:")
    before = {path.name: path.read_bytes() for path in opened.path.iterdir()}
    with pytest.raises(WorkSystemError):
        merged_into(opened, changed(WORK, 0.2))
    assert {path.name: path.read_bytes() for path in opened.path.iterdir()} == before


def test_killed_after_the_file_was_written_the_next_run_comes_to_the_same(opened: study.Study) -> None:
    edit(opened, "work_h: 0.16666666666666666", "work_h: 0.5")
    old = opened.discovered.read_bytes()
    found = changed("work.demand.request.per_week", 95)
    merged_into(opened, found)
    text = opened.system.read_text()
    opened.discovered.write_bytes(old)
    merged_into(opened, found)
    assert opened.system.read_text() == text
    assert study.conflicts_of(opened) == ()


def test_conflicts_are_shown_and_decided_on_the_command_line(opened: study.Study) -> None:
    edit(opened, "work_h: 0.16666666666666666", "work_h: 0.5")
    merged_into(opened, changed(WORK, 0.2))
    shown = longwall("show", str(opened.path), "conflicts", "--json")
    [row] = json.loads(shown.stdout)["rows"]
    assert row[:4] == [WORK, "0.16666666666666666", "0.5", "0.2"]
    done = longwall("resolve", str(opened.path), WORK, "--accept", "--json")
    assert json.loads(done.stdout)["left"] == 0
    assert longwall("resolve", str(opened.path), WORK).returncode == 2
