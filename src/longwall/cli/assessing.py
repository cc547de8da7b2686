"""``longwall assess --step``: one of the eight steps shown, written into, signed off."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from longwall.cli.rooms import study
from longwall.cli.show import answer, bars, table

__all__ = [
    "AddOption",
    "InOption",
    "NoteOption",
    "OutOption",
    "SignOffOption",
    "StepOption",
    "WithdrawOption",
    "Words",
    "one_step",
    "refuse_without_step",
]

StepOption = Annotated[str | None, typer.Option("--step", metavar="NAME", help="one step, by name or number 1 to 8")]
SignOffOption = Annotated[
    str | None, typer.Option("--sign-off", metavar="ROLE", help="sign the step off as it is now; a role or a group")
]
WithdrawOption = Annotated[bool, typer.Option("--withdraw", help="take the sign-off of the step back")]
NoteOption = Annotated[
    str | None, typer.Option("--note", metavar="TEXT", help="a note to the step, or to its sign-off")
]
AddOption = Annotated[
    list[str] | None, typer.Option("--add", metavar="TEXT", help="something that belongs to the step; may be repeated")
]
InOption = Annotated[
    list[str] | None, typer.Option("--in-scope", metavar="ID", help="inside the boundary; may be repeated")
]
OutOption = Annotated[
    list[str] | None, typer.Option("--out-of-scope", metavar="ID", help="outside the boundary; may be repeated")
]


@dataclass(frozen=True)
class Words:
    """What people say with the command."""

    sign_off: str | None
    withdraw: bool
    note: str | None
    add: list[str]
    in_scope: list[str]
    out_of_scope: list[str]


def refuse_without_step(words: Words) -> None:
    """Refuse words that belong to a step where none is named."""
    said = [f"--{field.name.replace('_', '-')}" for field in fields(words) if getattr(words, field.name)]
    if said:
        raise typer.BadParameter(f"{', '.join(said)}: say with --step to which step it belongs")


def one_step(folder: Path, name: str, words: Words, *, seed: int | None, again: bool, as_json: bool) -> None:
    """Write into one step what was said, sign it off or take that back, and show it."""
    if words.withdraw and words.sign_off is not None:
        raise typer.BadParameter("say one of --sign-off, --withdraw")
    step = study.step_named(name)
    with bars() as bar:
        opened = study.Study.open(folder, seed=seed)
        study.assessed_if_possible(opened, again=again, bar=bar)
    notes = (words.note,) if words.note is not None and words.sign_off is None else ()
    if notes or words.add or words.in_scope or words.out_of_scope:
        study.write_into(
            opened, step, notes=notes, additions=tuple(words.add), in_scope=tuple(words.in_scope),
            out_of_scope=tuple(words.out_of_scope),
        )  # fmt: skip
    if words.sign_off is not None:
        study.sign_off(opened, step, words.sign_off, note=words.note or "")
    if words.withdraw:
        study.withdraw(opened, step)
    study.renew_report(opened)
    state = next(one for one in study.steps_of_study(opened) if one.step == step)
    shown = study.show(opened, f"step-{step}")
    result: dict[str, Any] = {
        "study": str(opened.path),
        "step": {**state.model_dump(mode="json"), "number": state.number, "title": state.title, "state": state.state},
    }
    answer(result, lambda: table(shown.title, shown.columns, shown.rows, shown.notes), as_json=as_json)
