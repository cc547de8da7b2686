"""Plan: increments in their order, what each is expected to change, when to look, when to drop it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from longwall.report.figures.board import board_figure, load_figure
from longwall.report.figures.timeline import timeline_figure
from longwall.report.indicators import name_of
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, mark, money_text, number
from longwall.report.sections.answers import disputes_under
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, layer_mark, listed, sentence

if TYPE_CHECKING:
    from longwall.implementation import Expectation, Increment, Plan

__all__ = ["plan_section"]

_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def plan_section(material: Material, draw: Draw) -> Section:
    """Return the section on the plan."""
    title = "Plan"
    plan = material.plan
    if plan is None:
        return Section("plan", title, absent("The plan", material.missing_of("plan")), made=False)
    if not plan.increments:
        return Section("plan", title, lead("Nothing to do: no design beats today beyond noise."))
    command = material.command("plan")
    figures = (
        timeline_figure(material, plan, command=command),
        board_figure(plan, command=command),
        load_figure(material, plan, command=command),
    )
    currency = material.system.currency if material.system is not None else ""
    parts: list[Content] = [
        lead(
            f"{counted(len(plan.increments), 'step')}, done after {counted(plan.finish_week, 'week')}. What changes "
            "how people work is piloted, observed and only then expanded; talk to those affected first."
        ),
        *(draw(figure) for figure in figures if figure is not None),
        _held_up(material, plan),
        _increments(material, plan, currency),
        element("h3", "What each step is expected to change by itself"),
        element(
            "p",
            "When the week to look has come, the figures are held against these. A step that changes less than its "
            "limit, the weak end of the interval, is dropped or questioned.",
        ),
        _expectations(material, plan),
        _along(material),
        _order(plan, currency),
    ]
    if plan.cautions:
        parts.append(
            more(f"Cautions of the plan ({len(plan.cautions)})", bullets([sentence(c) for c in plan.cautions]))
        )
    return Section("plan", title, join(parts))


def _condition(material: Material, increment: Increment) -> Content:
    """What comes before its first week; who loses posts, and what would strengthen them instead."""
    if not increment.loses:
        return element("div", sentence(increment.condition), class_="muted") if increment.condition else None
    steps = material.alignment.interventions if material.alignment is not None else ()
    instead = next((step.title for step in steps if step.id == increment.instead), increment.instead)
    who = listed([material.label(role, "role") for role in increment.loses])
    posts = counted(increment.people_removed, "post")
    return element(
        "div",
        sentence(f"{increment.condition}: {who} lose {posts}. Instead, what strengthens them: {instead}"),
        class_="muted",
    )


def _source(increment: Increment) -> Content:
    """The file that a step came from, and the practice that goes on for good."""
    if not increment.source:
        return None
    parts: list[Content] = ["From ", element("code", increment.source), ", beside the design"]
    if increment.practice is not None:
        parts += [". From then on ", number(increment.practice), " of practice a week, all together"]
    return element("div", join(*parts, "."), class_="muted")


def _waits(material: Material, plan: Plan, increment: Increment) -> str:
    """What a step waits for, its steps by number."""
    if not increment.waits_for:
        return "–" if increment.start_week == 0 else "nothing"
    known = {one.id: f"step {number}" for number, one in enumerate(plan.increments, 1)}
    known |= {role: material.label(role, "role") for one in plan.increments for role in one.concerns}
    return _ID.sub(lambda found: known.get(found[0], found[0]), increment.waits_for)


def _held_up(material: Material, plan: Plan) -> Content:
    """The bottleneck of the plan."""
    held = plan.bottleneck
    if held is None:
        return None
    words = " ".join(
        material.label(word, "role") if word in plan.people_load else word for word in held.what.split(" ")
    )
    earlier = counted(round(held.benefit_earlier), "week") if held.benefit_earlier >= 1 else "less than a week"
    return element("p", sentence(f"The plan is held up most by {words}: without it benefits come {earlier} earlier"))


def _along(material: Material) -> Content:
    """What the figures should show at each look with everything in place by then; asked for, or the command."""
    found = material.along
    title = element("h3", "What the figures should show at each look")
    if found is None:
        asked = element("code", f"{material.command('plan')} --along")
        return [
            title,
            element(
                "p", "Each forecast above is of one step alone. Along the order, with what is done before: ", asked
            ),
        ]
    rows: list[tuple[Content, ...]] = []
    place = {one.id: number for number, one in enumerate(material.plan.increments, 1)} if material.plan else {}
    for look in found.looks:
        adds = {(one.indicator, one.scope): one for one in look.adds}
        others = [str(place.get(name, name)) for name in look.together if name != look.increment]
        name = f"{place.get(look.increment, look.increment)}"
        with_ = f"{name}, with {listed(others)}" if others else name
        if not look.expected:
            rows.append((str(look.week), with_, "nothing beyond noise", "–", "–", "–", "–"))
        for one in look.expected:
            more = adds.get((one.indicator, one.scope))
            rows.append(
                (
                    str(look.week), with_, name_of(one.indicator, one.name), layer_mark(one.column),
                    amount_text(one.today, one.change.unit), number(one.change, signed=True),
                    "–" if more is None else number(more.change, signed=True),
                )
            )  # fmt: skip
    heads = ("Look in week#", "Step", "Indicator", "Side", "Today#", "All together#", "This one adds#")
    caption = f"Expected at each look with what is done by then, with 95% intervals; {found.replications} replications"
    return [title, table_of(Table(caption, heads, rows), class_="dense")]


def _money(increment: Increment, currency: str) -> Content:
    """What a step costs once; money is assumed until somebody paid it."""
    if increment.cost is None:
        return "not known"
    text = money_text(increment.cost, currency)
    if increment.cost_low is not None and increment.cost_high is not None and increment.cost_low < increment.cost_high:
        interval = f"({money_text(increment.cost_low, currency)}–{money_text(increment.cost_high, currency)})"
        return join(text, " ", element("span", interval, class_="interval"), "\u00a0", mark("assumed"))
    return join(text, "\u00a0", mark("assumed"))


def _increments(material: Material, plan: Plan, currency: str) -> Markup:
    """The steps with their weeks, owner and cost."""
    rows: list[tuple[Content, ...]] = []
    steps = material.alignment.interventions if material.alignment is not None else ()
    answered = {step.id: step.answers for step in steps}
    for place, increment in enumerate(plan.increments, 1):
        running = increment.running_cost_per_week
        rows.append(
            (
                join(
                    f"{place}. {sentence(increment.title)}",
                    _condition(material, increment),
                    _source(increment),
                    disputes_under(material, answered.get(increment.id, ())),
                ),
                layer_mark(increment.kind),
                material.label(increment.owner, "role") if increment.owner else "to be named",
                f"{increment.start_week} to {increment.end_week}",
                _waits(material, plan, increment),
                _money(increment, currency),
                "–" if not running else join(money_text(running, currency), "\u00a0", mark("assumed")),
                f"{increment.effort_weeks:.2g}",
                str(increment.look_week),
                "yes" if increment.reversible else "no",
            )
        )
    heads = (
        "Step",
        "Layer",
        "Owner",
        "Weeks",
        "Waits for",
        "Cost#",
        "Per week#",
        "Person-weeks#",
        "Look in week#",
        "Reversible",
    )
    total = f"{money_text(plan.total_cost, currency)} in all, assumed"
    return table_of(Table(f"Steps in weeks from the start of the plan; {total}", heads, rows), class_="dense")


def _expectations(material: Material, plan: Plan) -> Markup:
    """Expected changes of each step, with the limit at which it is dropped."""
    rows: list[tuple[Content, ...]] = []
    for place, increment in enumerate(plan.increments, 1):
        title = f"{place}. {sentence(increment.title)}"
        if not increment.expected:
            rows.append((title, "–", "–", "–", "–", sentence(increment.drop_if)))
        for number_of, entry in enumerate(increment.expected):
            kind, _, identity = entry.scope.partition(":")
            where = f" ({material.label(identity, kind)})" if identity else ""
            unit = entry.change.unit
            rows.append(
                (
                    title if number_of == 0 else element("span", f"{place}.", class_="muted"),
                    name_of(entry.indicator, entry.name) + where,
                    layer_mark(entry.column),
                    amount_text(entry.today, unit),
                    number(entry.change, signed=True),
                    _drop_if(entry),
                )
            )
    heads = ("Step", "Indicator", "Side", "Today#", "Expected change#", "When to drop it")
    return table_of(Table("Expected change of each step on its own, with 95% intervals", heads, rows), class_="dense")


def _drop_if(entry: Expectation) -> str:
    """Less than the weak end of what was expected; said as a change, since beside the level it often cannot be seen."""
    least = amount_text(abs(entry.drop_at - entry.today), entry.change.unit)
    return f"if it {'falls' if entry.change.value < 0 else 'rises'} by less than {least}"


def _order(plan: Plan, currency: str) -> Content:
    """Why the steps stand in this order."""
    titles = {increment.id: increment.title for increment in plan.increments}
    rows = [
        f"“{titles.get(one.before, one.before)}” before “{titles.get(one.after, one.after)}”: {one.reason}"
        + (" (overridden)" if one.overridden else "")
        for one in plan.precedences
    ]
    budget = listed([f"{money_text(release.amount, currency)} from week {release.week}" for release in plan.budget])
    best = "proved best" if plan.gap <= 0 else f"at most {amount_text(plan.gap, 'share')} from the best"
    return [
        element("h3", "Why in this order"),
        bullets([sentence(text) for text in rows]) or element("p", "No step has to wait for another."),
        element("p", f"The order is {best} under the limits given" + (f"; money: {budget}." if budget else ".")),
    ]
