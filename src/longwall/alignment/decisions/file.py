"""``decisions.yaml``: written with comments for people, read back with the line of every fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from longwall.alignment.decisions.conflict import smallest_conflict
from longwall.alignment.decisions.stated import FAMILIES, TODAY, DesignSpace, StatedChoice, StatedDecision
from longwall.errors import AlignmentError, Fault, LongwallError, WorkSystemError, suggestion
from longwall.worksystem import Problem, WorkSystem, apply
from longwall.worksystem.emit import block_lines, entry_lines, plain
from longwall.worksystem.places import Step
from longwall.worksystem.yamlfile import parse_piece
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["decisions_text", "read_decisions"]

_HEAD = """\
# What there is to decide about this work system, and between what. Drafted by `longwall decide`; yours to change.
#
#   delete a choice              take its lines out; it is not drafted again
#   add a choice of your own     an id, a title, and patches: what it changes in worksystem.yaml
#   settle a decision            fixed: ID OF A CHOICE, and because: WHY
#   leave something as it is     fixed: today, and because: WHY
#
# Today's way is always a choice; it is never listed. `longwall align` searches what is left open here. Costs, lead
# times and what a change does are assumed until it is tried: put in your own figures. Run `longwall decide` again after
# new findings: what you wrote stays.
"""
_JUDGED = """\
# Answers to findings that no simulation carries. Decide them by judgement, and write down what you decided
# (decided: ...). Where `ways` names choices, settle their decision above (fixed: ...) and every design holds it.
"""
_REFUSED = """\
# Changes that a constraint of the environment refuses as things stand; no design holds them.
"""


def decisions_text(space: DesignSpace) -> str:
    """Return the text of ``decisions.yaml`` with comments; equal spaces give equal text."""
    data = plain(space)
    lines = [_HEAD.rstrip(), ""]
    if space.drafted_from:
        lines += [f"drafted_from: {space.drafted_from}", ""]
    lines.append("decisions:" if space.decisions else "decisions: []")
    family = ""
    for decision, entry in zip(space.decisions, data.get("decisions", ()), strict=True):
        if decision.family != family:
            family = decision.family
            lines += ["", f"  # --- {FAMILIES[family]} ---"]
        lines += ["", *_entry(entry)]
    for key, comment in (("not_offered", _REFUSED), ("by_judgement", _JUDGED), ("cautions", "")):
        if key in data:
            first, *rest = entry_lines(key, data[key], 0)
            lines += ["", *comment.rstrip().splitlines(), first, *rest]
    return "\n".join(lines) + "\n"


def _entry(entry: dict[str, object]) -> list[str]:
    """Return one decision as lines of the list."""
    first, *rest = block_lines([entry], 2)
    return [f"  {first}", *rest]


def read_decisions(path: Path, system: WorkSystem, findings: Collection[str]) -> DesignSpace:
    """Return the design space of a file, checked against the work system and the findings.

    Parameters
    ----------
    findings : collection of str
        Ids of the findings there are, by which `answers` are checked.

    Raises
    ------
    WorkSystemError
        LW-WS-001 and on: what is no YAML, or does not fit its place, by line.
    AlignmentError
        LW-AL-006: an id twice. LW-AL-007: choices that require each other in a circle. LW-AL-041: nothing to decide.
        LW-AL-042: settled decisions and constraints that cannot be had together, the smallest set of them. LW-AL-044: a
        patch that does not fit the work system. LW-AL-045: an id of a role, finding, constraint or choice that is not
        there. Every fault, by line.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "other bytes"
        raise WorkSystemError(
            Fault("LW-WS-001", str(path), "a file of text in UTF-8", found, "look at the path and save it as UTF-8")
        ) from error
    space = parse_piece(text, DesignSpace, str(path))
    problems = [
        *_twice(space),
        *_nothing(space),
        *_unknown(space, system, findings),
        *_circles(space),
        *_unfit(space, system),
    ]
    if not problems:
        problems += _clashing(space, system)
    if problems:
        document = parse_text(text, str(path))
        found_at = sorted(
            ((document.line_of(one.path), one.fault(partial(_where, document))) for one in problems),
            key=lambda pair: (pair[0], pair[1]),
        )
        raise AlignmentError(*(fault for _, fault in found_at))
    return space


def _where(document: Document, steps: Sequence[Step]) -> str:
    return document.where(steps)


def _twice(space: DesignSpace) -> Iterator[Problem]:
    """Choices of the same id in two decisions, or one called like today's way."""
    seen: dict[str, str] = {}
    for decision in space.decisions:
        for choice in decision.choices:
            place = ("decisions", decision.id, "choices", choice.id, "id")
            if choice.id == TODAY:
                yield Problem(
                    place, "LW-AL-006", f"another id than {TODAY!r}, which is today's way", TODAY, "rename it"
                )
            elif choice.id in seen:
                yield Problem(place, "LW-AL-006", "ids of choices that occur once in the whole file",
                              f"{choice.id!r}, as in {seen[choice.id]!r}", "rename one of them")  # fmt: skip
            seen.setdefault(choice.id, decision.id)


def _nothing(space: DesignSpace) -> Iterator[Problem]:
    """A file in which no choice is left."""
    if not any(decision.offered for decision in space.decisions):
        found = "none" if not space.decisions else f"{len(space.decisions)} decisions without one"
        yield Problem(("decisions",), "LW-AL-041", "at least one decision with a choice beside today's way", found,
                      "add a choice of your own, or delete the file and run `longwall decide` again")  # fmt: skip


def _unknown(space: DesignSpace, system: WorkSystem, findings: Collection[str]) -> Iterator[Problem]:
    """Ids that name nothing."""
    roles = system.roles
    rules = [constraint.id for constraint in system.environment.constraints]
    every = [choice.id for decision in space.decisions for choice in decision.offered]
    for decision in space.decisions:
        at: tuple[Step, ...] = ("decisions", decision.id)
        own = [choice.id for choice in decision.choices]
        if decision.fixed is not None and decision.fixed not in (TODAY, *own):
            yield _id((*at, "fixed"), decision.fixed, [TODAY, *own], "today, or the id of a choice of this decision")
        if decision.constraint is not None and decision.constraint not in rules:
            yield _id((*at, "constraint"), decision.constraint, rules, "the id of a constraint in environment")
        for choice in decision.choices:
            for key, named, known, what in (
                ("owner", (choice.owner,) if choice.owner else (), roles, "the id of a role in social.roles"),
                ("concerns", choice.concerns, roles, "the id of a role in social.roles"),
                ("answers", choice.answers, findings, "the id of a finding"),
                ("mends", choice.mends, rules, "the id of a constraint in environment"),
                ("requires", choice.requires, every, "the id of a choice that is not left out"),
            ):
                for name in named:
                    if name not in known:
                        yield _id((*at, "choices", choice.id, key), name, known, what)
            if choice.people_removed > 0 and choice.strengthening not in every:
                yield Problem((*at, "choices", choice.id), "LW-AL-003",
                              "a sibling that keeps and strengthens the people, among the choices",
                              choice.strengthening or "none",
                              "add the sibling and name it (strengthening: ...), or take this choice out")  # fmt: skip


def _circles(space: DesignSpace) -> Iterator[Problem]:
    """Choices that require each other in a circle, each circle once, at its first choice in the file."""
    needs = {choice.id: choice.requires for decision in space.decisions for choice in decision.choices}
    told: set[str] = set()
    for decision in space.decisions:
        for choice in decision.choices:
            circle = _circle(choice.id, needs) if choice.id not in told else ()
            told |= set(circle)
            if circle:
                yield Problem(("decisions", decision.id, "choices", choice.id, "requires"), "LW-AL-007",
                              "requirements without a circle", " -> ".join(circle), "drop one of them")  # fmt: skip


def _circle(name: str, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return a shortest way along requirements from a choice back to itself; empty where there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    while ways:
        longer = [(*way, needed) for way in ways for needed in needs.get(way[-1], ())]
        back = next((way for way in longer if way[-1] == name), None)
        if back is not None:
            return back
        ways = [way for way in longer if way[-1] not in seen]
        seen |= {way[-1] for way in ways}
    return ()


def _id(path: tuple[Step, ...], wrong: str, known: Collection[str], what: str) -> Problem:
    """Return the problem of an id that names nothing."""
    near = suggestion(wrong, known)
    listed = ", ".join(sorted(known)[:8]) or "none"
    return Problem(path, "LW-AL-045", what, repr(wrong), f"use {near!r}" if near else f"use one of: {listed}")


def _clashing(space: DesignSpace, system: WorkSystem) -> list[Problem]:
    """What is settled and cannot be had together."""
    clash = smallest_conflict(space, system)
    if not clash:
        return []
    settled = next(decision for decision in space.decisions if decision.id in clash)
    named = ", ".join(
        f"{decision.id} ({decision.state})" for decision in space.decisions if decision.id in clash
    )  # fmt: skip
    rules = [constraint for constraint in system.environment.constraints if constraint.id in clash]
    said = "".join(f", constraint {constraint.id} ({constraint.source})" for constraint in rules)
    return [
        Problem(("decisions", settled.id, "fixed"), "LW-AL-042", "settled decisions that one design can hold together",
                f"a contradiction, whose smallest set is {named}{said}",
                "open one of them (take `fixed` out); without any one of them the others can be had")
    ]  # fmt: skip


def _unfit(space: DesignSpace, system: WorkSystem) -> Iterator[Problem]:
    """Choices whose patches cannot be applied to the work system."""
    for decision in space.decisions:
        for choice in decision.choices:
            yield from _patches(decision, choice, system)


def _patches(decision: StatedDecision, choice: StatedChoice, system: WorkSystem) -> Iterator[Problem]:
    """The patches of one choice that do not fit, each at its own line; what makes the whole unsound, at the choice."""
    try:
        apply(system, [choice.intervention])
    except LongwallError as error:
        for fault in error.faults:
            at: tuple[Step, ...] = ("decisions", decision.id, "choices", choice.id)
            label, _, path = fault.where.partition("  ")
            prefix = f"{choice.id}.patches."
            if path and label.startswith(prefix):
                at = (*at, "patches", int(label.removeprefix(prefix)), "path")
                yield Problem(at, "LW-AL-044", fault.expected, f"{fault.found} ({fault.code})", fault.do)
            else:
                found = f"{fault.found} at {fault.where} ({fault.code})"
                yield Problem(at, "LW-AL-044", f"a sound work system after it: {fault.expected}", found, fault.do)
