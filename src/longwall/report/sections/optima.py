"""The three optima looked at closely: what hangs on weights, what can be told apart, what must hold, how sure it is."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from longwall.report.choice import Choice
from longwall.report.figures.designs import marked
from longwall.report.indicators import name_of
from longwall.report.markup import Content, Markup, Table, element, table_of
from longwall.report.numbers import amount_text, estimate_text, money_text, number
from longwall.report.sections.section import more
from longwall.report.words import counted, listed, sentence
from longwall.worksystem import Estimate

if TYPE_CHECKING:
    from longwall.alignment import Letters, Weighed

__all__ = ["apart_part", "chances_part", "short_text", "verdicts_part", "weightings_part"]

_WEIGHTINGS = {
    "stated": "as stated in the objectives",
    "equal": "every indicator the same",
    "worst-first": "the one that fares worst most",
}
_SLIGHT = 0.01
"""A price up to a hundredth of today's level is hardly anything."""
_ROLES = (("joint", "joint"), ("technical_only", "technical only"), ("social_only", "social only"))


def weightings_part(choice: Choice) -> Content:
    """Return optima and price under each weighting of the same designs."""
    found = choice.alignment.weighed
    if len(found) < 2 or not choice.options:
        return None
    rows: list[tuple[Content, ...]] = []
    for under in found:
        optima = [_named(choice, getattr(under.optima, role)) for role, _ in _ROLES]
        lost = (under.price.technical_only, under.price.social_only)
        rows.append(
            (_WEIGHTINGS.get(under.weighting, under.weighting), *optima, *(number(_share(one)) for one in lost))
        )
    table = Table(
        "The optima and the price of one-sidedness under three weightings of the same designs, from fresh runs",
        ("Indicators weigh", "Joint", "Technical only", "Social only", "Technical alone gives up socially#",
         "Social alone gives up technically#"),
        rows,
    )  # fmt: skip
    return [element("h3", "What hangs on the weights"), element("p", _hangs(choice, found)), table_of(table)]


def _hangs(choice: Choice, found: tuple[Weighed, ...]) -> str:
    """Whether the answer changes with the weights."""
    joint = {under.optima.joint for under in found}
    if len(joint) == 1:
        words = "The joint design is the same under all three weightings"
    else:
        each = " or ".join(f"“{name}”" for name in sorted(_named(choice, one) for one in joint))
        words = f"Which design is the joint one hangs on the weights: {each}"
    lost = [
        under
        for under in found
        if any(one.low > 0.0 and one.value > _SLIGHT for one in (under.price.technical_only, under.price.social_only))
    ]
    if not lost:
        return f"{words}. Looking at one side alone costs hardly anything under any of them, and that is a result."
    if len(lost) == len(found):
        return f"{words}. Looking at one side alone costs something under all three."
    said = listed([_WEIGHTINGS.get(under.weighting, under.weighting) for under in lost])
    return f"{words}. Looking at one side alone costs something only where indicators weigh: {said}."


def _named(choice: Choice, design: str) -> str:
    """What a design is called in these tables: what it stands for, else its id."""
    what = marked(choice, design)
    return design if what == "other" else what


def _share(estimate: Estimate) -> Estimate:
    return estimate.model_copy(update={"unit": "share"})


def apart_part(choice: Choice, currency: str) -> Content:
    """Return every confirmed design with the letters that say from which others it can be told apart."""
    letters = {one.design: one for one in choice.alignment.letters}
    points = [point for point in choice.alignment.points if point.design in letters]
    if len(points) < 3:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            _named(choice, point.design),
            number(_share(point.technical), signed=True),
            letters[point.design].technical,
            number(_share(point.social), signed=True),
            letters[point.design].social,
            money_text(point.cost, currency),
        )
        for point in points
    ]
    pairs = list(combinations(letters.values(), 2))
    told = sum(_apart(one, other) for one, other in pairs)
    table = Table(
        "Designs with change against today; those that share a letter on a side cannot be told apart there (all pairs "
        "tested together, at 5%)",
        ("Design", "Technical#", "Letters", "Social#", "Letters", "Cost#"), rows,
    )  # fmt: skip
    merged = len(choice.alignment.merged)
    return more(
        f"What can be told apart ({told} of {counted(len(pairs), 'pair')} on at least one side)",
        element("p", f"{counted(merged, 'further design')} could not be told apart from a cheaper one and "
                f"{'is' if merged == 1 else 'are'} merged into it.") if merged else None,
        table_of(table, class_="dense"),
    )  # fmt: skip


def _apart(one: Letters, other: Letters) -> bool:
    return not set(one.technical) & set(other.technical) or not set(one.social) & set(other.social)


def chances_part(choice: Choice) -> Content:
    """Return each design with the share of periods in which it keeps what must hold."""
    held = choice.alignment.held
    if not held:
        return None
    failing = list(dict.fromkeys(one.design for one in held if one.verdict != "holds" and one.design != "today"))
    every = {one.design for one in held if one.design != "today"}
    said = f"{len(every) - len(failing)} of {counted(len(every), 'design')} are shown to hold what must hold"
    if failing:
        said += f"; not recommended for that reason: {listed([_named(choice, name) for name in failing], most=6)}"
    near = short_text(choice)
    rows: list[tuple[Content, ...]] = [
        (_named(choice, one.design), one.chance, number(one.share), amount_text(one.asked, "share"), one.verdict)
        for one in held
    ]
    table = Table(
        "Share of periods in which each constraint is kept, from fresh runs; each end is a one-sided 95% bound, "
        "widened for the designs compared",
        ("Design", "Must hold", "Kept in#", "Asked#", "Verdict"), rows,
    )  # fmt: skip
    return [
        element("h3", "What must hold on most days"),
        element("p", sentence(near)) if near else None,
        element("p", sentence(said)),
        table_of(table),
    ]


def short_text(choice: Choice) -> str:
    """Say which design comes nearest where none holds what must hold, and how near; empty where one does."""
    near = choice.alignment.nearest
    if near is None:
        return ""
    short = [one for one in choice.alignment.held if one.design == near and one.verdict != "holds"]
    today = {one.chance: one.share for one in choice.alignment.held if one.design == "today"}
    words = []
    for one in short:
        kept, span = estimate_text(one.share.model_copy(update={"unit": "share"}))
        now = amount_text(today[one.chance].value, "share")
        words.append(
            f"“{one.chance}” in {kept} ({span}) where {amount_text(one.asked, 'share')} is asked (today {now})"
        )
    can = listed([f"{amount_text(math.floor(100 * one.share.low) / 100, 'share')} for “{one.chance}”" for one in short])
    return (
        f"No design that was found holds what must hold. Nearest comes {_named(choice, near)}, which keeps "
        f"{listed(words)}; it would hold what asks for {can}. Ask for less, or open more decisions"
    )


def verdicts_part(choice: Choice) -> Markup | None:
    """Return how sure the optima are, and each step of the recommended design on its own."""
    verdicts = choice.alignment.verdicts
    if len(verdicts) < 2:
        return None
    titles = {step.id: step.title for step in choice.alignment.interventions}
    sure = sum(one.verdict == "recommended" for one in verdicts)
    rows: list[tuple[Content, ...]] = [
        (
            titles.get(one.design, one.design) if one.of == "step" else _named(choice, one.design),
            "step on its own" if one.of == "step" else "design",
            f"{amount_text(one.share, 'share')} of {one.draws}" if one.draws else "moves nothing",
            name_of(one.technical) if one.technical else "–",
            name_of(one.social) if one.social else "–",
            one.verdict,
        )
        for one in verdicts
    ]
    table = Table(
        "Draws over everything assumed in which the main improvement of each side keeps its sign; 90% are needed for a "
        "recommendation",
        ("What", "Of", "Keeps its sign in#", "Technical", "Social", "Verdict"), rows,
    )  # fmt: skip
    return more(f"How sure each recommendation is ({sure} of {len(verdicts)} reach nine in ten)", table_of(table))
