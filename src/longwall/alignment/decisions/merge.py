"""A new draft of the decisions joined with what a person made of the last one; the person's word stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from longwall.alignment.decision_states import Judgement
from longwall.alignment.decisions.stated import DesignSpace, StatedChoice, StatedDecision

__all__ = ["Joined", "joined"]

_Entry = TypeVar("_Entry", StatedChoice, StatedDecision, Judgement)


@dataclass(frozen=True)
class Joined:
    """A design space with both sides in it.

    Parameters
    ----------
    added, gone, yours : tuple of Id
        Decisions and choices that are new in the draft; that nobody had touched and the draft has no more; that a
        person added, changed or took out.
    """

    space: DesignSpace
    added: tuple[str, ...]
    gone: tuple[str, ...]
    yours: tuple[str, ...]


@dataclass
class _Book:
    """Who changed what."""

    added: list[str]
    gone: list[str]
    yours: list[str]


def joined(last: DesignSpace, yours: DesignSpace, draft: DesignSpace) -> Joined:
    """Return the person's space brought up to a new draft.

    What the person took out stays out, what they added or changed stays, field by field; what they left alone follows
    the draft. A decision that the draft has no more goes where nobody touched it.

    Parameters
    ----------
    last : DesignSpace
        The draft that the person began with; an empty one where it is not known, so that everything counts as theirs.
    yours, draft : DesignSpace
        The person's file, and the draft of now.
    """
    book = _Book([], [], [])
    drafted = {one.id: one for one in draft.decisions}
    before = {one.id: one for one in last.decisions}
    decisions: list[StatedDecision] = []
    for mine in _entries(last.decisions, yours.decisions, draft.decisions, book):
        new, old = drafted.get(mine.id), before.get(mine.id)
        if new is None or old is None:
            decisions.append(mine)
            continue
        choices = _entries(old.choices, mine.choices, new.choices, book)
        newest = {one.id: one for one in new.choices}
        earlier = {one.id: one for one in old.choices}
        brought = tuple(_brought(earlier.get(one.id), one, newest.get(one.id)) for one in choices)
        decisions.append(_brought(old, mine, new).model_copy(update={"choices": brought}))
    space = draft.model_copy(update={"decisions": tuple(decisions), "by_judgement": _judged(yours, draft)})
    return Joined(space, tuple(book.added), tuple(book.gone), tuple(book.yours))


def _entries(
    last: Sequence[_Entry], yours: Sequence[_Entry], draft: Sequence[_Entry], book: _Book
) -> list[_Entry]:  # fmt: skip
    """Return the entries that stay, in the person's order, those that are new behind them."""
    before, now, mine = ({one.id: one for one in side} for side in (last, draft, yours))
    kept: list[_Entry] = []
    for one in yours:
        touched = before.get(one.id) != one
        if one.id not in now and not touched:
            book.gone.append(one.id)
            continue
        if touched:
            book.yours.append(one.id)
        kept.append(one)
    book.yours += [name for name in before if name not in mine]
    new: list[_Entry] = [one for one in draft if one.id not in mine and one.id not in before]
    book.added += [one.id for one in new]
    return kept + new


def _brought(old: _Entry | None, mine: _Entry, new: _Entry | None) -> _Entry:
    """Return the person's entry with the fields that they left alone as the draft has them."""
    if old is None or new is None:
        return mine
    fields = {
        name: getattr(new if getattr(mine, name) == getattr(old, name) else mine, name)
        for name in type(mine).model_fields
        if name != "choices"
    }
    return mine.model_copy(update=fields)


def _judged(yours: DesignSpace, draft: DesignSpace) -> tuple[Judgement, ...]:
    """Return the draft's entries with what people decided, and those that they decided and the draft has no more."""
    decided = {one.id: one for one in yours.by_judgement if one.decided}
    found = [
        one.model_copy(update={"decided": decided[one.id].decided}) if one.id in decided else one
        for one in draft.by_judgement
    ]
    names = {one.id for one in draft.by_judgement}
    return (*found, *(one for name, one in decided.items() if name not in names))
