"""The contract that every practice keeps, whoever wrote it: what is wrong with it, by line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from longwall.alignment.practices.entries import Costs, PracticeEntry, Trap
from longwall.alignment.practices.signs import KINDS, TRAITS
from longwall.errors import Fault, suggestion
from longwall.evidence import own_items
from longwall.simulation import known_indicators
from longwall.worksystem import Parameter
from longwall.worksystem.yamltext import Document

__all__ = ["faults_in"]

_Step = str | int
_READ = ("R", "C")


def faults_in(
    document: Document, practices: Sequence[PracticeEntry], traps: Sequence[Trap], before: Sequence[PracticeEntry]
) -> list[Fault]:
    """Return everything that is wrong with the practices of a file, in the order of its lines.

    Parameters
    ----------
    before : sequence of PracticeEntry
        What the file adds to.

    Returns
    -------
    list of Fault
        LW-AL-063: it acts through nothing. LW-AL-064: an id is taken. LW-AL-065: a sign, trait, indicator or question
        that there is none of. LW-AL-066: a coefficient or evidence without its source. LW-AL-067: complements or
        conflicts that cannot be. LW-AL-068: a cost or time below zero.
    """
    known = {entry.id for entry in (*before, *practices)}
    taken = {entry.id: entry for entry in before}
    found: list[tuple[tuple[_Step, ...], Fault]] = []
    seen: set[str] = set()
    for number, entry in enumerate(practices):
        place: tuple[_Step, ...] = ("practices", number)
        for steps, code, expected, what, do in (
            *_ids(entry, seen, taken), *_through(entry), *_names(entry), *_sources(entry),
            *_fellows(entry, known, (*before, *practices)), *_amounts(entry),
        ):  # fmt: skip
            full = (*place, *steps)
            found.append((full, Fault(code, document.where(full), expected, what, do)))
        seen.add(entry.id)
    for number, trap in enumerate(traps):
        for at, sign in enumerate(trap.signs):
            if sign not in KINDS:
                full = ("traps", number, "signs", at)
                found.append((full, Fault("LW-AL-065", document.where(full), *_none_of(sign, KINDS, "sign"))))
    return [fault for _, fault in sorted(found, key=lambda one: document.line_of(one[0]))]


_Said = tuple[tuple[_Step, ...], str, str, str, str]


def _ids(entry: PracticeEntry, seen: set[str], taken: dict[str, PracticeEntry]) -> Iterator[_Said]:
    if entry.id in seen:
        yield ("id",), "LW-AL-064", "an id of its own", f"{entry.id!r} again", "rename one of them"
    elif entry.id in taken and not entry.replaces:
        do = "rename it, or write `replaces: true` to put it in the place of the other"
        yield ("id",), "LW-AL-064", "an id that the catalogue does not have", repr(entry.id), do
    elif entry.replaces and entry.id not in taken:
        near = suggestion(entry.id, taken)
        yield (
            ("replaces",),
            "LW-AL-064",
            "the id of a practice that is there",
            repr(entry.id),
            (f"use {near!r}" if near else "leave `replaces` out"),
        )


def _through(entry: PracticeEntry) -> Iterator[_Said]:
    if not entry.through:
        do = "say through what it acts, such as `through: {ability: 1.0}`"
        yield ("through",), "LW-AL-063", "ability, motivation or opportunity", "none of them", do
        return
    for dimension, share in entry.through.items():
        if not 0 < share <= 1:
            yield ("through", dimension), "LW-AL-063", "a share above 0, at most 1", f"{share:g}", "correct it"
    total = sum(entry.through.values())
    if not math.isclose(total, 1.0, abs_tol=1e-6):
        yield ("through",), "LW-AL-063", "shares that are 1 together", f"{total:g}", "correct them"
    elif entry.bundle not in entry.through:
        yield ("through",), "LW-AL-063", f"a share for {entry.bundle}, for which it is", "none", "add it, or its bundle"


def _names(entry: PracticeEntry) -> Iterator[_Said]:
    for number, match in enumerate(entry.answers):
        if match.sign not in KINDS:
            yield ("answers", number, "sign"), "LW-AL-065", *_none_of(match.sign, KINDS, "sign")
        for name in ("when", "unless"):
            for at, trait in enumerate(getattr(match, name)):
                if trait not in TRAITS:
                    yield ("answers", number, name, at), "LW-AL-065", *_none_of(trait, tuple(TRAITS), "trait")
    if not any(match.first for match in entry.answers):
        do = "let one of them be `first`, or leave the practice out"
        yield ("answers",), "LW-AL-065", "a sign that it answers by itself", "signs with which it only helps", do
    indicators = tuple(one.id for one in known_indicators())
    if entry.look.indicator and entry.look.indicator not in indicators:
        found = _none_of(entry.look.indicator, indicators, "indicator")
        yield ("look", "indicator"), "LW-AL-065", *found
    questions = tuple(item[0] for item in own_items())
    if entry.look.question and entry.look.question not in questions:
        yield ("look", "question"), "LW-AL-065", *_none_of(entry.look.question, questions, "question")


def _none_of(word: str, known: Sequence[str], what: str) -> tuple[str, str, str]:
    near = suggestion(word, known)
    listed = ", ".join(known) if len(known) <= 16 else f"{', '.join(known[:8])} or another {what} of the reference"
    return (
        f"one of {listed}",
        repr(word),
        f"use {near!r}" if near else f"see the reference of practices for each {what}",
    )


def _sources(entry: PracticeEntry) -> Iterator[_Said]:
    for number, paper in enumerate(entry.evidence):
        if not paper.source.strip() or not paper.says.strip():
            do = "say what is known and where it stands"
            yield ("evidence", number), "LW-AL-066", "what it says and its source", "an empty text", do
    effect = entry.effect
    if effect is not None:
        if effect.tag not in _READ or not effect.source.strip():
            do = "leave `effect` empty: then it has its part of a bundle; or name what you have read"
            found = f"tag {effect.tag}, source {effect.source!r}"
            yield (
                ("effect",),
                "LW-AL-066",
                "a coefficient that was read or computed (tag R or C), with its source",
                found,
                do,
            )
        if effect.low is None or effect.high is None:
            yield ("effect",), "LW-AL-066", "its 95% interval: low and high", "none", "add what the source states"


def _fellows(entry: PracticeEntry, known: set[str], everybody: Sequence[PracticeEntry]) -> Iterator[_Said]:
    against = {conflict.practice for conflict in entry.conflicts}
    others = {other.id: other for other in everybody if other.id != entry.id}
    named: list[tuple[tuple[_Step, ...], str]] = [
        (("complements", at), name) for at, name in enumerate(entry.complements)
    ]
    named += [(("conflicts", at, "practice"), conflict.practice) for at, conflict in enumerate(entry.conflicts)]
    for place, name in named:
        if name == entry.id:
            yield place, "LW-AL-067", "another practice", "itself", "remove it"
        elif name not in known:
            near = suggestion(name, known)
            do = f"use {near!r}" if near else "add that practice, or remove the line"
            yield place, "LW-AL-067", "the id of a practice", repr(name), do
    for at, name in enumerate(entry.complements):
        told = others.get(name)
        if name in against or (told is not None and any(c.practice == entry.id for c in told.conflicts)):
            do = "keep one of the two"
            yield ("complements", at), "LW-AL-067", "one that it does not conflict with", repr(name), do


def _amounts(entry: PracticeEntry) -> Iterator[_Said]:
    named: list[tuple[tuple[_Step, ...], Parameter | None]] = [
        (("weeks_to_effect",), entry.weeks_to_effect), (("lead_time_weeks",), entry.lead_time_weeks)
    ]  # fmt: skip
    named += [(("costs", name), getattr(entry.costs, name)) for name in Costs.model_fields]
    for place, amount in named:
        if amount is None:
            continue
        least = amount.value if amount.low is None else amount.low
        if least < 0:
            yield place, "LW-AL-068", "0 or more", f"{least:g}", "correct it"
