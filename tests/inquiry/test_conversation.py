"""The questions in a terminal: lines in, answers out; what does not fit is said, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import InquiryError
from longwall.inquiry import QUESTIONS, Answers, Conversation, question_named, questions, suggested
from longwall.inquiry.answers import plain_hours
from longwall.inquiry.cells import line_of, plain_of

ASKED = {one.id: one for one in questions("order")}


def talk(*lines: str, answers: Answers | None = None, **options: Any) -> tuple[Conversation, list[str]]:
    """Say lines one after the other."""
    held = Conversation(answers or Answers(), **options)
    return held, [held.hear(line) for line in lines]


def test_a_desk_is_told_line_by_line() -> None:
    held, said = talk(
        "desk", "call", "Take the call; agent; 6 min", "Solve it; agent, lead; 25; 60", "",
        "agent; 3; mon-fri 8-16", "lead; 1; 20 hours", "", "120",
        "Sent away; Take the call; 9; Solve it", "", "Sent away; lead; no; yes", "", "none",
    )  # fmt: skip
    assert not any(said)
    assert held.place == "takeover" and held.item == "call"
    answers = held.answers
    assert answers.steps is not None and [one.minutes for one in answers.steps] == [6, 25]
    assert answers.people is not None and answers.people[1].hours == "mon-fri 09:00-13:00"
    assert answers.volume is not None and answers.volume.usual == 120
    assert answers.repairs is not None and not answers.repairs[0].told
    assert answers.machines == () and answers.takeover is None


def test_an_empty_line_leaves_it_open_and_yes_makes_the_suggestion_an_answer() -> None:
    held, said = talk("shop", "", "", "yes")
    assert said == [""] * 4 and held.place == "volume"
    assert held.answers.steps is None
    assert held.answers.people == suggested("shop").people


def test_a_line_of_a_suggestion_can_be_written_anew_taken_out_and_added() -> None:
    held, _ = talk("shop", "", "2: Pick and pack; packer; 30", "- 4", "+ Gift wrapping; packer; 5; 10", "")
    assert held.answers.steps is not None
    names = [one.step for one in held.answers.steps]
    assert "Answer questions" not in names and names[-1] == "Gift wrapping"
    assert held.answers.steps[1].minutes == 30


def test_what_does_not_fit_is_said_and_can_be_mended() -> None:
    held, said = talk("desk", "", "Take it", "Solve it", "", "", "", "Lost; Solve; 3; customer", "")
    assert "use 'Solve it'" in said[-1] and held.place == "troubles" and held.answers.troubles is None
    assert held.hear("1: Lost; Solve it; 3; customer") == "" and held.hear("") == ""
    assert held.answers.troubles is not None and held.place == "repairs"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Pick; packer; many", "expected a number at 'Minutes of work each', such as 12, found 'many'"),
        ("; packer", "expected 'Step', found nothing; for example: Pick and pack"),
        ("a; b; 1; 2; 3", "expected at most 4 parts"),
        ("a; b; -3", "more than 0"),
        ("a; b; 3; 140", "100 or less"),
        ("9: a", "expected the number of a line"),
    ],
)
def test_a_line_that_cannot_be_read_is_asked_again(line: str, words: str) -> None:
    held, said = talk("shop", "", line)
    assert words in said[-1] and held.place == "steps" and held.answers.steps is None


def test_back_stop_and_the_end_of_the_lines_lose_nothing() -> None:
    held, _ = talk("shop", "", "Pick; packer", "", "back")
    assert held.place == "steps" and "1: Pick; packer; 100" in held.prompt().replace("packer; ; 100", "packer; 100")
    held, _ = talk("shop", "", "Pick; packer")
    assert held.leave() == "" and held.over
    assert held.answers.steps is not None and held.answers.steps[0].step == "Pick"
    held, _ = talk("shop", "", "Pick; packer", "stop")
    assert held.over


def test_it_goes_on_where_it_stopped_and_asks_again_what_no_longer_fits() -> None:
    held, _ = talk("shop", "", "Pick; packer; 5", "", "", "90", "Wrong; Pick; 2", "")
    again = Conversation(held.answers)
    assert again.place == "people"
    other = held.answers.model_copy(update={"steps": suggested("shop").steps, "people": suggested("shop").people})
    assert Conversation(other).place == "troubles"  # 'Pick' is no step any more


def test_kinds_and_questions_get_a_suggestion() -> None:
    assert "did you mean 'shop'" in talk("shp")[1][0]
    assert question_named("4") == "troubles" == question_named("troubles")
    with pytest.raises(InquiryError, match="use 'troubles'"):
        question_named("trouble")
    held, _ = talk("120; 200", place="volume", only=True, answers=Answers(kind="shop"))
    assert held.over and held.answers.volume is not None and held.answers.volume.busy == 200


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab;:+-0123 ,.?\tyesnoä", max_size=20), max_size=25))
def test_no_line_breaks_a_conversation(lines: list[str]) -> None:
    """Fails when a line raises, or when something is kept that no file could hold."""
    held, _ = talk("shop", "", *lines)
    held.leave()
    assert Answers.model_validate(held.answers.model_dump(mode="json")) == held.answers


@pytest.mark.parametrize("kind", ["shop", "desk", "other"])
def test_a_line_reads_back_as_it_was_written(kind: Any) -> None:
    for name in QUESTIONS:
        value = suggested(kind).value(name)
        for piece in () if value is None else value if isinstance(value, tuple) else (value,):
            again = plain_of(line_of(piece, ASKED[name]), ASKED[name])
            assert type(piece).model_validate(again) == piece


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("mon-fri 9-17", "mon-fri 09:00-17:00"),
        ("Monday to Friday 9:00 to 17:30, Sat 10-14", "mon-fri 09:00-17:30, sat 10:00-14:00"),
        ("32 hours", "mon-fri 09:00-15:24"),
        ("7.5h", "mon-fri 09:00-10:30"),
        ("always", "always"),
    ],
)
def test_hours_as_people_write_them(text: str, hours: str) -> None:
    assert plain_hours(text) == hours


@pytest.mark.parametrize("text", ["", "9-17", "sometimes", "mon-fri 9-9", "90 hours", "mon 25-26"])
def test_hours_that_name_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        plain_hours(text)


@pytest.mark.parametrize(("cell", "number"), [("1,5", 1.5), ("1,500", 1500), ("12 min", 12), ("1 h", 60), ("2.5", 2.5)])
def test_numbers_as_people_write_them(cell: str, number: float) -> None:
    assert plain_of(f"a; b; {cell}", ASKED["steps"])["minutes"] == pytest.approx(number)
