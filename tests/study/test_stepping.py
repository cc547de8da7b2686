"""The eight steps of a study: written into, signed off, taken back, killed between, marked when the model changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from tests.conftest import longwall

from longwall import evidence, study
from longwall.cli.assessing import Words, refuse_without_step
from longwall.errors import LongwallError, StudyError
from longwall.study import Study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study from a template, assessed; copied for each test."""
    opened = study.new_from_template(tmp_path_factory.mktemp("steps") / "desk", "service-desk")
    study.assessed_if_possible(opened)
    return opened.path


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Study:
    return Study.open(Path(shutil.copytree(made, tmp_path / "desk")))


def state(opened: Study, step: str):
    return next(one for one in study.steps_of_study(opened) if one.step == step)


def code(caught: pytest.ExceptionInfo[StudyError]) -> str:
    return caught.value.faults[0].code


def test_words_stand_in_a_text_file_that_people_edit(desk: Study) -> None:
    study.write_into(desk, "boundary", notes=("in spring",), out_of_scope=("telephone",), in_scope=("desk",))
    study.write_into(desk, "boundary", notes=("in spring",), in_scope=("telephone",))
    words = study.steps_written(desk).boundary
    assert words.notes == ("in spring",)
    assert words.in_scope == ("desk", "telephone") and words.out_of_scope == ()
    text = desk.assessment.read_text()
    desk.assessment.write_text("# ours\n" + text)
    study.sign_off(desk, "boundary", "desk lead", on="2026-11-02")
    assert desk.assessment.read_text().startswith("# ours\n")
    assert "2026-11-02" in desk.assessment.read_text() and "2026" not in (desk.result("assess")).read_text()


def test_signed_off_changed_marked_signed_again_taken_back(desk: Study) -> None:
    assert state(desk, "social").state == "not signed off"
    assert study.sign_off(desk, "social", "works council", note="agreed", on="2026-11-02").settled
    text = desk.system.read_text()
    desk.system.write_text(text.replace("authority: [access-decision, escalation-decision]", "authority: []"))
    study.assessed_if_possible(desk)
    after = state(desk, "social")
    assert after.older and after.signed.by == "works council" and "older" in after.state
    assert any(text.startswith("with an older social scan signed off") for text in state(desk, "gaps").costs)
    desk.system.write_text(text)
    study.assessed_if_possible(desk)
    assert state(desk, "social").settled  # the same state as then
    assert study.withdraw(desk, "social").signed is None
    with pytest.raises(StudyError) as caught:
        study.withdraw(desk, "social")
    assert code(caught) == "LW-ST-065"


def test_people_write_before_the_machine_does(tmp_path: Path) -> None:
    opened = study.new_from_template(tmp_path / "desk", "service-desk")
    study.write_into(opened, "social", additions=("night porters",))
    before = state(opened, "social")
    assert before.judged == ("added by people: night porters",)
    assert state(opened, "redesign").artefact is None
    with pytest.raises(StudyError) as caught:
        study.sign_off(opened, "redesign", "desk lead")
    assert code(caught) == "LW-ST-063"
    study.assessed_if_possible(opened)
    assert state(opened, "social").artefact.rows[-1][0] == "night porters"


def test_an_assessment_of_an_older_model_is_not_passed_off_as_new(desk: Study) -> None:
    desk.system.write_text(desk.system.read_text().replace("name: Enterprise service desk", "name: Another desk"))
    assert state(desk, "variances").artefact is None
    assert not [need for need in state(desk, "variances").needs if need.what == "an assessment" and need.there]


def test_an_assessment_of_another_version_is_made_again(desk: Study) -> None:
    """Fails where a field that is not known any more ends in a traceback."""
    path = desk.result("assess")
    whole = json.loads(path.read_text())
    whole["result"]["field-of-old"] = 1
    path.write_text(json.dumps(whole))
    assert state(desk, "variances").artefact is None
    study.assessed_if_possible(desk)
    assert state(desk, "variances").artefact is not None


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda s: study.step_named("bondary"), "LW-ST-060"),
        (lambda s: study.step_named("9"), "LW-ST-060"),
        (lambda s: study.write_into(s, "social", in_scope=("x",)), "LW-ST-062"),
        (lambda s: study.sign_off(s, "social", "  "), "LW-ST-064"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_written(desk: Study, call, expected: str) -> None:
    with pytest.raises(StudyError) as caught:
        call(desk)
    assert code(caught) == expected
    assert not desk.assessment.exists()


def test_a_file_with_faults_names_them_by_line(desk: Study) -> None:
    desk.assessment.write_text("boundery: {}\nsequence:\n  order: [{first: a}]\n")
    with pytest.raises(LongwallError) as caught:
        study.check(desk.path)
    said = str(caught.value)
    assert "boundery" in said and "boundary" in said and "then" in said


def test_a_person_of_the_log_does_not_sign_and_is_named_nowhere(tmp_path: Path) -> None:
    rows = ["case,activity,resource,start,end"]
    for k in range(60):
        day = f"2025-03-{k % 27 + 1:02d}"
        rows.append(f"c{k},take,Kim Passa,{day}T08:00:00,{day}T08:10:00")
        rows.append(f"c{k},mend,Person {k % 6},{day}T09:00:00,{day}T10:00:00")
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n")
    opened = study.new_from_template(tmp_path / "s", "service-desk")
    evidence.ingest(tmp_path / "log.csv", opened.store, key=evidence.load_key())
    for call in (
        lambda: study.sign_off(opened, "boundary", "Kim Passa"),
        lambda: study.sign_off(opened, "boundary", "lead", note="as Kim Passa says"),
        lambda: study.write_into(opened, "social", notes=("ask Kim Passa",)),
    ):
        with pytest.raises(StudyError) as caught:
            call()
        assert code(caught) == "LW-ST-061" and "Kim" not in str(caught.value)
    assert not opened.assessment.exists()


def test_the_command_shows_signs_and_resumes(desk: Study) -> None:
    """Another process goes on where one ended, as if the machine had been switched off between them."""
    words = ("--step", "1", "--out-of-scope", "telephone", "--sign-off", "desk lead", "--note", "agreed")
    done = longwall("assess", str(desk.path), *words, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["step"]
    assert told["step"] == "boundary" and told["state"] == "signed off" and told["artefact"]["rows"]
    shown = study.show(desk, "steps")
    assert len(shown.rows) == 8 and str(shown.rows[0][-1]).startswith("signed off: desk lead")
    assert any("--step technical" in note for note in shown.notes)


def test_a_killed_command_leaves_the_words_as_they_were(desk: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all: the process dies as the file is moved into place."""
    study.sign_off(desk, "social", "works council", on="2026-11-02")
    before = desk.assessment.read_bytes()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", dies)
    with pytest.raises(KeyboardInterrupt):
        study.withdraw(desk, "social")
    assert desk.assessment.read_bytes() == before
    monkeypatch.undo()
    assert study.withdraw(desk, "social").signed is None


def test_words_without_a_step_are_refused() -> None:
    with pytest.raises(typer.BadParameter, match="--sign-off"):
        refuse_without_step(Words("desk lead", False, None, [], [], []))
