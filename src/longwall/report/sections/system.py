"""The work system as discovered: the map, then functions, roles, demand and components with their numbers."""

from __future__ import annotations

from longwall.report.figures.map import map_figure, passage_of
from longwall.report.figures.week import arrivals_figure
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, estimate_of, number
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import LEVELS, absent, counted, layer_mark, listed, sentence, term
from longwall.simulation import items_per_week
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import DemandClass, Estimate, WorkSystem

__all__ = ["system_section"]


def _functions(material: Material, system: WorkSystem) -> Markup:
    """Functions in flow order with work content, who does them and how they are divided."""
    flow = passage_of(system)
    rows: list[tuple[Content, ...]] = []
    for identity in flow.order:
        function = system.functions[identity]
        level = function.allocation.level
        machine = function.allocation.component
        rows.append(
            (
                material.label(identity, "function"),
                f"{flow.visits[identity]:.2f}",
                number(estimate_of(function.work_h)) if function.work_h.mean_h > 0 else "none",
                number(estimate_of(function.delay_h)) if function.delay_h is not None else "–",
                listed([material.label(role, "role") for role in function.roles], most=3) or "–",
                f"{level}: {LEVELS[level - 1]}" + (f" ({material.label(machine, 'component')})" if machine else ""),
            )
        )
    return table_of(
        Table(
            f"Functions in flow order: visits per {material.item}, working time by hand, delay before work begins, who "
            "may do them, level of automation",
            ("Function", "Visits#", "Work#", "Delay#", "Roles", "Level of automation"),
            rows,
        )
    )


def _roles(material: Material, system: WorkSystem) -> Markup:
    """Roles as groups: head-count and rostered hours, never a person."""
    rows: list[tuple[Content, ...]] = []
    for role in system.social.roles:
        able = [function for function in system.work.functions if role.id in function.roles]
        hours = sum(shift.people * shift.hours_per_week for shift in role.shifts)
        rows.append(
            (
                material.label(role.id, "role"),
                material.label(role.team, "team"),
                str(role.head_count),
                amount_text(round(hours)),
                listed([shift.hours for shift in role.shifts], most=2) or "–",
                str(len(able)),
            )
        )
    return table_of(
        Table(
            "Roles: people, rostered hours per week of all of them, functions they may do",
            ("Role", "Team", "People#", "Hours#", "Rostered", "Functions#"),
            rows,
        )
    )


def _arriving(demand: DemandClass, items: float) -> Markup:
    """Items per week: as stated, or as they follow from a detector or from the events that bring them."""
    if demand.per_week.value > 0 or items == 0:
        return number(estimate_of(demand.per_week.model_copy(update={"unit": ""})))
    return number(Estimate(value=items, low=items, high=items, footing="assumed"))


def _demand(material: Material, system: WorkSystem) -> Markup:
    """Kinds of work that arrive."""
    items = items_per_week(system)
    rows: list[tuple[Content, ...]] = [
        (
            material.label(demand.id, "demand"),
            _arriving(demand, items[demand.id]),
            str(demand.priority),
            number(estimate_of(demand.due_h.model_copy(update={"unit": "h"})))
            if demand.due_h is not None
            else "none set",
            number(estimate_of(demand.patience_h)) if demand.patience_h is not None else "waits",
        )
        for demand in system.work.demand
    ]
    return table_of(
        Table("Demand: arrivals per week, priority (0 first), due time, patience",
              ("Class", "Per week#", "Priority#", "Due after#", "Patience#"), rows)
    )  # fmt: skip


def _components(material: Material, system: WorkSystem) -> Markup | None:
    """Components with what decides how far they can be leaned on."""
    if not system.technical.components:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            material.label(part.id, "component"),
            part.kind,
            number(estimate_of(part.reliability.model_copy(update={"unit": "share"}))),
            number(estimate_of(part.coverage.model_copy(update={"unit": "share"}))),
            number(estimate_of(part.time_between_failures_h.model_copy(update={"unit": "h"})))
            if part.time_between_failures_h is not None
            else "not known",
            number(estimate_of(part.repair_h)) if part.repair_h is not None else "not known",
        )
        for part in system.technical.components
    ]
    return table_of(
        Table(
            "Components: share that they do rightly, share of tasks they can take, time between failures, repair",
            ("Component", "Kind", "Reliability#", "Coverage#", "Between failures#", "Repair#"),
            rows,
        )
    )


def _arrivals(system: WorkSystem) -> list[float]:
    """Expected arrivals in each hour of the week, all demand classes together, shape (168,)."""
    total = [0.0] * HOURS_PER_WEEK
    items = items_per_week(system)
    for demand in system.work.demand:
        weights = demand.profile or (1.0,) * HOURS_PER_WEEK
        whole = sum(weights)
        for hour, weight in enumerate(weights):
            total[hour] += items[demand.id] * weight / whole
    return total


def system_section(material: Material, draw: Draw) -> Section:
    """Return the section on the work system."""
    title = "The work system"
    system = material.system
    if system is None:
        return Section("system", title, absent("The work system", material.missing_of("discover")), made=False)
    parts: list[Content] = [
        lead(
            "The joint model: ",
            layer_mark("social", counted(system.people, "person", "people")),
            f" in {counted(len(system.social.roles), 'role')}, ",
            layer_mark("technical", counted(len(system.technical.components), "component")),
            ", ",
            layer_mark("work", counted(len(system.work.functions), "function")),
            ", ",
            layer_mark("environment", counted(len(system.environment.constraints), "constraint")),
            ".",
        ),
    ]
    if system.purpose:
        parts.append(element("p", "Purpose: ", sentence(system.purpose)))
    parts.append(draw(map_figure(material, system)))
    if not material.arrivals and sum(_arrivals(system)) > 0:
        weekly = _arrivals(system)
        parts.append(
            draw(arrivals_figure(weekly, item=material.items, zone="local", command=material.command("discover")))
        )
    parts += [
        element("p", "The ", term("level of automation"), " says who does what in a function; it is not a score."),
        _functions(material, system),
        _roles(material, system),
        _demand(material, system),
        _components(material, system),
    ]
    if material.cautions:
        parts.append(
            more(
                f"Cautions of the discovery ({len(material.cautions)})",
                bullets([sentence(c) for c in material.cautions]),
            )
        )
    return Section("system", title, join(parts))
