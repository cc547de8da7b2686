"""`longwall ask`: the twelve questions in a terminal, the form, and what follows from the answers in plain words."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer

from longwall.cli.rooms import inquiry, study
from longwall.cli.show import answer, bars, table

__all__ = ["ask_people"]

_MOST_RISKS = 8


def ask_people(
    folder: Path, *, answers: Path | None, form: bool, question: str, seed: int | None, as_json: bool
) -> None:
    """Ask, or take a file of answers, or write the form; then show map, risks and three first steps."""
    if sum((answers is not None, form, bool(question))) > 1:
        raise typer.BadParameter("say one of --answers, --form, --question")
    if form:
        path = study.write_form(study.opened_or_made(folder, seed=seed))
        text = f"open {path} in a browser; it saves answers.json\nthen: longwall ask {folder} --answers answers.json"
        answer({"form": str(path)}, text, as_json=as_json)
        return
    if answers is not None:
        with bars() as bar:
            concluded = study.answer_file(folder, answers, seed=seed, bar=bar)
    else:
        if not as_json and not _talk(folder, question, seed):
            return
        with bars() as bar:
            concluded = study.conclude(study.Study.open(folder, seed=seed), bar=bar)
    answer(_plain(concluded), lambda: _show(concluded), as_json=as_json)


def _talk(folder: Path, question: str, seed: int | None) -> bool:
    """Hold the conversation; tell whether there are answers to conclude from."""
    place = inquiry.question_named(question) if question else ""
    known = (folder / "study.yaml").is_file()
    before = study.answers_of(study.Study.open(folder)) if known else None
    conversation = inquiry.Conversation(before or inquiry.Answers(), place, only=bool(place))
    opened = None
    said_before = ""
    if conversation.over:
        _say("All twelve are answered; `--question N` changes one, `--form` shows them all.", "")
    else:
        _say(_WELCOME)
    while not conversation.over:
        prompt = conversation.prompt()
        if prompt != said_before:
            _say("", prompt)
            said_before = prompt
        line = _line()
        kept = conversation.answers
        said = conversation.leave() if line is None else conversation.hear(line)
        if said:
            _say(f"  {said}")
        if conversation.answers != kept:
            opened = opened or study.opened_or_made(folder, seed=seed)
            study.keep_answers(opened, conversation.answers)
    if any(conversation.answers.value(key) is not None for key in inquiry.QUESTIONS):
        return True
    _say("", "Nothing was answered yet; the same command goes on where you stopped.")
    return False


_WELCOME = (
    "Twelve questions about the work, about ten minutes. Any may be left open with an empty line; `?` explains, `stop` "
    "keeps what there is and leaves.\nAnswers are kept as text in the study and stand in its report, for whoever gets "
    "that. Name kinds of work, never people."
)


def _line() -> str | None:
    """One line from whoever answers; None where there are no more."""
    if sys.stdin.isatty():
        sys.stdout.write("> ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def _plain(concluded: study.Concluded) -> dict[str, Any]:
    """The answer as plain data."""
    return {
        "study": str(concluded.study.path),
        "worksystem": concluded.drafted.state,
        "cautions": list(concluded.drafted.cautions),
        "report": str(concluded.study.report / "index.html"),
        **json.loads(concluded.summary.model_dump_json()),
        "open": list(concluded.summary.open),
    }


def _show(concluded: study.Concluded) -> None:
    """Map, risks and steps for people."""
    summary, folder = concluded.summary, concluded.study.path
    if summary.map:
        rows = [
            (place, one.step, ", ".join(one.who), one.work + ("" if one.answered else " (assumed)"),
             f"{one.per_week:,.0f}", "; ".join(one.troubles))
            for place, one in enumerate(summary.map, 1)
        ]  # fmt: skip
        columns = ("", "step", "who (people)", "work for one", f"{summary.items} a week", "goes wrong here")
        table("The map", columns, rows)
    if summary.risks:
        shown = [
            (place, one.title, "\n".join((one.text, *one.answers)))
            for place, one in enumerate(summary.risks[:_MOST_RISKS], 1)
        ]
        rest = len(summary.risks) - len(shown)
        notes = ["They rest on what people answered and what a template lends; nothing of it was counted."]
        if rest > 0:
            notes.append(f"{rest} more: longwall show {folder} findings")
        _say()
        table("The risks", ("", "risk", "what is known"), shown, notes)
    _say(*_steps(summary))
    _say("", *(f"mind: {caution}" for caution in concluded.drafted.cautions))
    if summary.open:
        listed = ", ".join(str(number) for number in summary.open)
        _say(f"left open: {listed}; the template stands in. `longwall ask {folder}` goes on there")
    _say(f"is it so? the ids stand in: longwall show {folder} findings")
    _say(
        f"answer one: longwall respond {folder} FINDING --dispute --why ...",
        f"page: {concluded.study.report / 'index.html'}",
    )


def _steps(summary: inquiry.Summary) -> list[str]:
    """First steps in lines."""
    if not summary.steps:
        return ["", "No first step yet: say what goes wrong (question 4) and who can put it right (question 5)."]
    lines = ["", "Three first steps" if len(summary.steps) == 3 else "First steps"]
    for place, step in enumerate(summary.steps, 1):
        who = step.who_decides or "whoever leads the place"
        lines += [f"{place}. {step.do}", f"   Why: {step.why}", f"   Decides: {who}, with those who do the work.",
                  f"   Takes: {step.effort}. Look: {step.look}."]  # fmt: skip
        lines += [f"   Must not change: {text}." for text in step.minds]
        lines += [f"   Rests on what is disputed. {text}" for text in step.disputes]
    if summary.fixed:
        lines.append(f"Whatever is done, this must not change: {'; '.join(summary.fixed)}.")
    return lines


def _say(*lines: str) -> None:
    """Print lines for people; none: an empty one."""
    sys.stdout.write("\n".join(lines) + "\n")
