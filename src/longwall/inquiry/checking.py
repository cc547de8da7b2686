"""Do the answers fit each other? Every fault in one pass, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from longwall.errors import suggestion
from longwall.inquiry.answers import Answers
from longwall.inquiry.naming import AFTERWARDS, names_in
from longwall.worksystem import Problem

__all__ = ["doubts_in", "faults_in"]


def faults_in(answers: Answers, suggested: Answers) -> tuple[Problem, ...]:
    """Return everything in the answers that contradicts something else in them; none means that they fit.

    Parameters
    ----------
    answers : Answers
    suggested : Answers
        What the template says, where a question was not answered.

    Notes
    -----
    LW-IN-001: a step that is not there. LW-IN-002: a trouble that is not there. LW-IN-003: a name twice. LW-IN-004:
    more goes wrong than passes. LW-IN-005: noticed before it arises. LW-IN-006: a busy week with less work. LW-IN-007:
    a first step that not every piece passes. LW-IN-008: more leave than there are, or less work than none.
    """
    return tuple(_found(answers, suggested))


def doubts_in(answers: Answers) -> tuple[str, ...]:
    """Return in words what had to be assumed because two answers leave it open."""
    if answers.steps is None or answers.people is None:
        return ()
    counted = {one.role.casefold(): one.role for one in answers.people}
    machines = {one.machine.casefold() for one in answers.machines or ()}
    said = []
    for step in answers.steps:
        for name in names_in(step.who):
            if name.casefold() in counted or name.casefold() in machines:
                continue
            near = suggestion(name.casefold(), counted)
            said.append(
                f"{name!r} does {step.step!r} and is not among the people counted: how many do it is assumed"
                + (f"; if {counted[near]!r} is meant, write it so" if near else "")
            )
    return tuple(dict.fromkeys(said))


def _found(answers: Answers, suggested: Answers) -> Iterator[Problem]:
    steps = answers.steps if answers.steps is not None else suggested.steps or ()
    troubles = answers.troubles if answers.troubles is not None else suggested.troubles or ()
    order = {one.step.casefold(): place for place, one in reversed(list(enumerate(steps)))}
    names, whats = [one.step for one in steps], [one.what for one in troubles]
    yield from _twice("steps", names if answers.steps is not None else ())
    yield from _twice("troubles", whats if answers.troubles is not None else ())
    yield from _twice("machines", [one.step for one in answers.machines or ()])
    yield from _twice("takeover", [one.step for one in answers.takeover or ()])
    if answers.steps and answers.steps[0].of_100 < 100:
        found = f"{answers.steps[0].of_100:g}"
        yield Problem(("steps", 0, "of_100"), "LW-IN-007", "100 of 100 at the first step", found,
                      "begin with a step that every piece passes")  # fmt: skip
    for question in ("troubles", "machines", "takeover", "fixed"):
        for place, one in enumerate(answers.value(question) or ()):
            if one.step and one.step.casefold() not in order:
                yield _unknown((question, place, "step"), "LW-IN-001", one.step, names, "a step")
    for place, one in enumerate(answers.repairs or ()):
        if one.trouble.casefold() not in {what.casefold() for what in whats}:
            yield _unknown(("repairs", place, "trouble"), "LW-IN-002", one.trouble, whats, "a trouble")
    for question, key in (("tired", "about"), ("complaints", "about"), ("measured", "against")):
        known = {name.casefold() for name in (*names, *whats)}
        for place, one in enumerate(answers.value(question) or ()):
            if (text := getattr(one, key)) and text.casefold() not in known:
                yield _unknown((question, place, key), "LW-IN-001", text, [*whats, *names], "a step or a trouble")
    yield from _troubles(answers, order, {one.step.casefold(): one.of_100 for one in steps}, names)
    yield from _sizes(answers)


def _twice(question: str, names: Sequence[str]) -> Iterator[Problem]:
    """The same name in two lines."""
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(name.casefold(), place)
        if first != place:
            found = f"{name!r} in lines {first + 1} and {place + 1}"
            yield Problem((question, place), "LW-IN-003", "each name once", found,
                          "give one of them another name, or join them")  # fmt: skip


def _unknown(path: tuple[str | int, ...], code: str, wrong: str, known: Sequence[str], what: str) -> Problem:
    """A name that nothing has, with the closest that something has."""
    folded = {name.casefold(): name for name in known}
    near = suggestion(wrong.casefold(), folded)
    listed = ", ".join(repr(name) for name in known[:12]) or "none yet"
    return Problem(path, code, f"{what} that was named: {listed}", repr(wrong),
                   f"use {folded[near]!r}" if near else f"name one of these, or add {what}")  # fmt: skip


def _troubles(
    answers: Answers, order: dict[str, int], share: dict[str, float], names: Sequence[str]
) -> Iterator[Problem]:
    """Where troubles arise and are noticed, and how many there can be."""
    for place, one in enumerate(answers.troubles or ()):
        at = order.get(one.step.casefold())
        if at is None:
            continue
        if one.of_100 > share[one.step.casefold()] + 1e-9:
            most = f"at most the {share[one.step.casefold()]:g} of 100 that pass {one.step!r}"
            yield Problem(("troubles", place, "of_100"), "LW-IN-004", most, f"{one.of_100:g}",
                          "count both of 100 pieces of all the work")  # fmt: skip
        seen = one.noticed.casefold()
        if seen in AFTERWARDS:
            continue
        if seen not in order:
            yield _unknown(("troubles", place, "noticed"), "LW-IN-001", one.noticed, [*AFTERWARDS, *names],
                           "customer, nobody, or a step")  # fmt: skip
        elif order[seen] < at:
            after = f"{one.step!r} or a step after it"
            yield Problem(("troubles", place, "noticed"), "LW-IN-005", after, repr(one.noticed),
                          "say where it is noticed once it is there, or where it really arises")  # fmt: skip


def _sizes(answers: Answers) -> Iterator[Problem]:
    """Numbers that cannot be together."""
    volume = answers.volume
    if volume is not None and volume.busy is not None and volume.busy < volume.usual:
        yield Problem(("volume", "busy"), "LW-IN-006", f"{volume.usual:g} or more in a busy week", f"{volume.busy:g}",
                      "swap the two numbers if they stand the wrong way round")  # fmt: skip
    people = sum(one.people for one in answers.people or ())
    for place, one in enumerate(answers.coming or ()):
        most = 100.0 if one.kind == "less_work" else float(people) if one.kind == "people_leave" and people else None
        if most is not None and one.size is not None and one.size > most:
            what = "percent" if one.kind == "less_work" else "people"
            yield Problem(
                ("coming", place, "size"), "LW-IN-008", f"at most {most:g} {what}", f"{one.size:g}", "correct it"
            )
