"""What becomes of each role: tasks lost, kept, gained, skills that fall idle or must grow, drills, burdens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.roles import roles_figure
from longwall.report.markup import Content, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import number, plain
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term

if TYPE_CHECKING:
    from longwall.implementation.roles import Drill, DrillPlan, Reskilling, RoleChange, TaskChange

__all__ = ["roles_section"]

_TITLE = "What becomes of each role"


def roles_section(material: Material, draw: Draw) -> Section:
    """Return the section on roles."""
    found = material.reskilling
    if found is None:
        return Section("roles", _TITLE, absent("What becomes of each role", material.missing_of("reskill")), made=False)
    figure = roles_figure(material, found, command=material.command("reskill"))
    design = "today's system" if found.design == "today" else f"the design “{found.design}”"
    parts: list[Content] = [
        lead(f"Of {design}: roles, never persons. {_said(found)}"),
        _burdens(material, found),
        draw(figure) if figure is not None else None,
        _tasks(material, found),
        _skills(material, found),
        _drills(material, found),
        bullets([sentence(text) for text in found.cautions]),
    ]
    return Section("roles", _TITLE, join(parts))


def _said(found: Reskilling) -> str:
    """The section in a sentence."""
    lost = sum(len(role.tasks_that_are("lost")) for role in found.roles)
    gained = sum(len(role.tasks_that_are("gained")) for role in found.roles)
    idle = sum(len(role.idle) for role in found.roles)
    grow = sum(len(role.grow) for role in found.roles)
    tasks = f"{counted(lost, 'task') if lost else 'no task'} lost, {gained or 'none'} gained"
    skills = f"{counted(idle, 'skill') if idle else 'no skill'} fall{'s' if idle < 2 else ''} idle, {grow or 'none'} "
    skills += "must grow"
    drills = [one for one in found.plan.drills if one.per_year > 0]
    practise = f"{counted(len(drills), 'function')} to practise by hand" if drills else "no drill is needed"
    return f"{tasks}; {skills}; {practise}."


def _burdens(material: Material, found: Reskilling) -> Content:
    """Hazardous and degrading work, what is taken off people first."""
    rows: list[tuple[Content, ...]] = [
        (
            material.label(one.function, "function"),
            one.burden,
            number(plain(one.today)),
            number(plain(one.then)),
            "yes" if one.mechanised else "no",
        )
        for one in found.burdens
    ]
    if not rows:
        return None
    heads = ("Work", "Called", "h a week by people today#", "Then#", "Lighter")
    caption = "Work that people called hazardous or degrading; looking at a machine is left out"
    return join(element("h3", "Hazardous and degrading work first"), table_of(Table(caption, heads, rows)))


def _tasks(material: Material, found: Reskilling) -> Content:
    """Every task of every role."""
    rows: list[tuple[Content, ...]] = []
    for role in found.roles:
        for becomes in ("lost", "gained", "kept"):
            tasks = role.tasks_that_are(becomes)
            rows += [_task(material, role, task) for task in tasks]
    heads = ("Role", "People#", "Task", "In", "Becomes", "Today#", "Then#", "Change#")
    table = Table("Hours a week of each task, with 95% intervals, at standard skill", heads, rows)
    return more(f"Tasks of each role ({counted(len(rows), 'task')})", table_of(table, class_="dense"))


def _task(material: Material, role: RoleChange, task: TaskChange) -> tuple[Content, ...]:
    """One task as a row."""
    return (
        material.label(role.role, "role"),
        str(role.people_then),
        task.what,
        material.label(task.function, "function"),
        task.becomes,
        number(plain(task.today), marked=False),
        number(plain(task.then), marked=False),
        number(plain(task.change), signed=True),
    )


def _skills(material: Material, found: Reskilling) -> Content:
    """Skills that fall idle, and those that must grow."""
    said: list[Content] = []
    for role in found.roles:
        name = material.label(role.role, "role")
        for idle in role.idle:
            then = "never" if idle.gap_then_days is None else f"every {idle.gap_then_days:.3g} days"
            now = "never" if idle.gap_today_days is None else f"every {idle.gap_today_days:.3g} days"
            named = listed([material.label(function, "function") for function in idle.functions])
            kept = join("; of what practice gained, ", number(idle.kept), " is left after such a gap")
            said.append(
                join(f"{name}, {named or idle.skill}: falls idle; practised {now} today, {then} then", kept, ".")
            )
        for grow in role.grow:
            task = material.label(grow.function, "function")
            level = f", {grow.level.value:g} of standard speed at first" if grow.level is not None else ""
            time: Content = "the work gives no practice, so it must be trained"
            if grow.weeks is not None:
                time = join("about ", number(grow.weeks), " weeks of this work until standard")
            rests = f". Rests on {'; '.join(grow.rests_on)}."
            said.append(join(f"{name}, {task}: must grow{level}; ", time, rests))
    list_ = bullets(said) or element("p", "No skill falls idle, and none must grow.")
    return join(element("h3", "Skills"), list_)


def _drills(material: Material, found: Reskilling) -> Content:
    """The drill plan."""
    plan = found.plan
    if not plan.drills:
        return join(element("h3", "Practice by hand"), element("p", sentence("; ".join(plan.cautions))))
    rows = [_drill(material, one) for one in plan.drills]
    heads = ("Function", "Today#", "Drills a year#", "Takeover succeeds#", "Without drills#", "Hours a year#")
    table = Table(
        f"The fewest drills a year; {plan.replications} fresh replications of {plan.weeks} weeks", heads, rows
    )
    return join(
        element("h3", "Practice by hand"),
        element("p", _reserve(material, plan)),
        table_of(table, class_="dense"),
        bullets([sentence(text) for text in plan.cautions]),
    )


def _reserve(material: Material, plan: DrillPlan) -> Content:
    """What the drills keep up, and what they take."""
    reserve = term("skill reserve")
    floor = f"{plan.floor:.0%} or more in the worst week, with 95% confidence"
    if not any(one.per_year for one in plan.drills):
        return join("Without any drill the ", reserve, f" stays at {floor}: the work itself is practice enough.")
    takes = join(" They take ", number(plain(plan.hours_per_year)), " hours a year in all.")
    short = [material.label(one.function, "function") for one in plan.drills if not one.reached]
    if not short:
        return join("With these drills the ", reserve, f" stays at {floor}.", takes)
    rest = " Elsewhere they do." if len(short) < len(plan.drills) else ""
    return join(
        "No number of drills that was tried keeps the ", reserve, f" of {listed(short, most=4)} at {floor}: leave more "
        f"of the work to people, or prepare for being slower.{rest}", takes,
    )  # fmt: skip


def _drill(material: Material, one: Drill) -> tuple[Content, ...]:
    """One drill as a row."""
    also = [material.label(function, "function") for function in one.also_serves]
    name = material.label(one.function, "function") + (f", also {listed(also)}" if also else "")
    return (
        name,
        f"{one.per_year_today:g}",
        str(one.per_year) if one.reached else f"{one.per_year}, not enough",
        number(one.reserve),
        number(one.reserve_without),
        number(plain(one.hours_per_year)),
    )
