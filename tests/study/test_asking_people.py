"""The two faces of the questions: a terminal, and the form in a real browser, by keyboard."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.report.test_browser import browser, opened

from longwall import study
from longwall.cli.asking import ask_people
from longwall.inquiry import Answers, form_html

__all__ = ["browser"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Hold the conversation of `longwall ask` with lines on the standard input; returns what it printed."""

    def run(folder: Path, said: str, question: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        ask_people(folder, answers=None, form=False, question=question, seed=None, as_json=False)
        return capsys.readouterr().out

    return run


def test_a_terminal_is_left_in_the_middle_and_goes_on(asked: Callable[..., str], tmp_path: Path) -> None:
    first = asked(tmp_path / "desk", "desk\n\nTake it; agent; 5\nSolve it; agnt; 20\n")
    assert "1 of 12  Which steps does one request pass" in first and "The map" in first
    again = asked(tmp_path / "desk", "agent; 2\n\n90\nstop\n")
    assert "1 of 12" not in again and "2 of 12" in again
    answers = study.answers_of(study.Study.open(tmp_path / "desk"))
    assert answers is not None and answers.volume is not None and answers.volume.usual == 90
    assert "left open: 4, 5, 6, 7, 8, 9, 10, 11, 12" in again and "if 'agent' is meant, write it so" in again
    one = asked(tmp_path / "desk", "Solve it; 1\n\n", "takeover")
    assert "7 of 12" in one and "8 of 12" not in one and "One person only can do “Solve it”" in one


def test_nothing_is_made_where_nobody_answers(asked: Callable[..., str], tmp_path: Path) -> None:
    assert "Nothing was answered yet" in asked(tmp_path / "none", "") and not (tmp_path / "none").exists()


def form(folder: Path, answers: Answers | None = None) -> Path:
    path = folder / "form.html"
    path.write_text(form_html("Corner <bikes>", answers, command="longwall ask bikes --answers answers.json"), "utf-8")
    return path


def test_the_form_is_filled_by_keyboard_and_its_file_is_read(browser: Any, tmp_path: Path) -> None:
    page, requests, said = opened(browser, form(tmp_path).as_uri(), accept_downloads=True)
    page.locator("#kind").focus()
    page.keyboard.type("a desk")
    page.keyboard.press("Tab")
    page.keyboard.type("call")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the file; what was typed has changed the questions
    assert page.evaluate("document.activeElement.id") == "add-steps"
    assert "one call pass" in page.locator("#question-steps legend").inner_text()
    page.keyboard.press("Enter")
    for cell in ("Take it", "agent", "5,5"):
        page.keyboard.type(cell)
        page.keyboard.press("Tab")
    page.locator("#add-volume").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("many")
    page.locator("#save").focus()
    page.keyboard.press("Enter")
    assert "1 place needs a correction" in page.locator("#said").inner_text()
    field = page.locator("#volume-0-usual")
    assert page.evaluate("document.activeElement.id") == "volume-0-usual"
    assert field.get_attribute("aria-invalid") == "true" and field.get_attribute("aria-describedby")
    field.fill("90")
    page.keyboard.press("Tab")
    page.locator("#save").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    file = tmp_path / "answers.json"
    download.value.save_as(file)
    assert json.loads(file.read_text()) == {
        "kind": "desk", "item": "call", "volume": {"usual": 90},
        "steps": [{"step": "Take it", "who": "agent", "minutes": 5.5}],
    }  # fmt: skip
    concluded = study.answer_file(tmp_path / "desk", file)
    assert concluded.summary.items == "calls" and concluded.summary.map[0].per_week == 90
    assert said == [] and all(url.startswith(("file:", "blob:")) for url in requests)
    page.reload()
    assert page.locator("#volume-0-usual").input_value() == "90"  # nothing is lost before it is saved
    page.context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_the_form_shows_what_was_answered_at_any_width(browser: Any, tmp_path: Path, width: int) -> None:
    answers = Answers.model_validate(
        {"kind": "shop", "volume": {"usual": 12}, "machines": [], "tired": [{"what": "</script><b>x"}]}
    )
    page, _, said = opened(browser, form(tmp_path, answers).as_uri(), viewport={"width": width, "height": 900})
    assert page.locator("#volume-0-usual").input_value() == "12"
    assert page.locator("#tired-0-what").input_value() == "</script><b>x"
    assert page.locator("#state-machines").inner_text() == "Answered: there is none."
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = page.evaluate("[...document.querySelectorAll('input,select')].filter(f => !f.labels.length).length")
    assert unnamed == 0 and said == []
    page.context.close()
