"""The checklist: what people may write, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.assessment import Answers, blank_checklist, questions, rate, read_checklist
from longwall.errors import AssessmentError

NAMES = sorted(questions()["interaction"])


def written(folder: Path, text: str) -> Path:
    path = folder / "checklist.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_empty_form_asks_everything_and_answers_nothing(tmp_path: Path) -> None:
    form = blank_checklist()
    for axis in ("coupling", "interaction"):
        for name, asked in questions()[axis].items():
            assert f"{name}:" in form and asked in form
    assert read_checklist(written(tmp_path, form)) == ()
    assert read_checklist(written(tmp_path, "")) == ()


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0, 1)))
def test_open_questions_are_an_interval_and_never_a_number(given_answers: dict[str, float]) -> None:
    rating = rate(Answers(interaction=given_answers), "interaction")
    assert (rating.value is None) == (not given_answers)
    assert rating.high - rating.low == pytest.approx((len(NAMES) - len(given_answers)) / len(NAMES))
    if rating.value is not None:
        # The mean of the answers lies where filling the rest with zeros and ones can bring it.
        assert rating.low - 1e-12 <= rating.value <= rating.high + 1e-12


def test_several_people_answer(tmp_path: Path) -> None:
    text = "- who: day shift\n  coupling: {urgent: 1, ordered: }\n- who: night shift\n  interaction: {near: 0.25}\n"
    day, night = read_checklist(written(tmp_path, text))
    assert (day.who, day.coupling) == ("day shift", {"urgent": 1.0})
    assert rate(night, "interaction").value == 0.25
    assert rate(night, "coupling").value is None


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{", "LW-AS-050", "repair"),
        ("coupling: {urgent: 1}\n", "LW-AS-050", "- who:"),
        ("- 3\n", "LW-AS-050", "who, coupling"),
        ("- coupling: 1\n", "LW-AS-050", "name the questions"),
        ("- coupling: {urgnt: 1}\n", "LW-AS-051", "'urgent'"),
        ("- cuopling: {urgent: 1}\n", "LW-AS-051", "'coupling'"),
        ("- coupling: {urgent: 2}\n", "LW-AS-052", "0 to 1"),
        ("- coupling: {urgent: yes}\n", "LW-AS-052", "0 to 1"),
        ("- coupling: {urgent: .nan}\n", "LW-AS-052", "0 to 1"),
    ],
)
def test_bad_answers_are_refused_by_name(tmp_path: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(AssessmentError) as caught:
        read_checklist(written(tmp_path, text))
    assert [fault.code for fault in caught.value.faults] == [code]
    assert said in str(caught.value)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(AssessmentError) as caught:
        read_checklist(written(tmp_path, "- coupling: {urgent: 3, odd: 1}\n- interaction: {near: no}\n"))
    assert len(caught.value.faults) == 3
