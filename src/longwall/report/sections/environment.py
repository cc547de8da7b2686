"""The environment: what restricts a redesign and whether today keeps to it; forces, and today under each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import count_text, number
from longwall.report.sections.section import Draw, Section, bullets, lead
from longwall.report.words import absent, counted, listed, sentence
from longwall.worksystem import Column

if TYPE_CHECKING:
    from longwall.assessment import ForceEffect

__all__ = ["environment_section"]

_SHOWN = 3
_FIRST = ("lead_time_h", "late_share", "escaped_per_100", "high_load_share", "out_of_hours_share", "engagement",
          "fatigue", "leavers_per_year")  # fmt: skip


def environment_section(material: Material, draw: Draw) -> Section:
    """Return the section on constraints and forces."""
    title = "What the environment asks"
    system = material.system
    if system is None:
        return Section("environment", title, absent("The environment", material.missing_of("discover")), made=False)
    number_of = len(system.environment.constraints)
    if number_of:
        said = (
            f"{counted(number_of, 'constraint')}: each refuses the designs that break it, and is named where it does."
        )
    else:
        said = (
            "No constraint is written down, so nothing refuses a design: laws, contracts and house rules belong under "
            "environment.constraints in worksystem.yaml."
        )
    parts: list[Content] = [
        lead(said),
        _constraints(material),
        element("h3", "Forces"),
        _forces(material),
    ]
    return Section("environment", title, join(parts))


def _forces(material: Material) -> Content:
    """Today under each force: outcomes in two columns, what moves beyond noise."""
    found = material.forces
    if found is None:
        return absent("What forces do", material.missing_of("forces"))
    rows: list[tuple[Content, ...]] = []
    for effect in found.effects:
        force = effect.force
        evidence = join(f"{force.source} [{force.tag}]") if force.source else "none: a scenario to think with"
        rows.append(
            (
                join(force.name, element("div", f"{force.kind}: {effect.does}")),
                _moved(effect, "technical"),
                _moved(effect, "social"),
                evidence,
            )
        )
    table = Table(
        f"Today under each force: change of what moves beyond noise, {found.weeks} weeks, {found.replications} "
        "replications under the luck of today; intervals run over the range of the force",
        ("Force", "Technical", "Social", "Evidence"), rows,
    )  # fmt: skip
    cautions = [f"{effect.force.name}: {text}" for effect in found.effects for text in effect.cautions]
    return join(
        element("p", "A force is a scenario to test the system against, not a forecast."),
        table_of(table),
        bullets([sentence(text) for text in (*cautions, *found.cautions)]),
    )


def _moved(effect: ForceEffect, column: Column) -> Content:
    """The outcomes of one side that move, those that matter most first; the rest is counted."""
    moved = [outcome for outcome in effect.outcomes if outcome.column == column and outcome.better is not None]
    moved.sort(key=lambda one: _FIRST.index(one.indicator) if one.indicator in _FIRST else len(_FIRST))
    if not moved:
        return "nothing beyond noise"
    lines = [
        element("div", f"{one.name}, ", "better" if one.better else "worse", ": ", number(one.change))
        for one in moved[:_SHOWN]
    ]
    rest = len(moved) - len(lines)
    return join(lines, element("div", f"and {rest} more") if rest else None)


def _constraints(material: Material) -> Content:
    """The constraints: what each says, whether the model and the log keep to it, how many designs it refused."""
    assessed, aligned = material.assessment, material.alignment
    states = assessed.constraints if assessed is not None else ()
    if not states:
        some = material.system is not None and material.system.environment.constraints
        return absent("Whether today keeps to them", material.missing_of("assess")) if some else None
    refused: dict[str, set[tuple[str, ...]]] = {}
    for entry in aligned.rejected if aligned is not None else ():
        refused.setdefault(entry.constraint, set()).add(entry.interventions)
    rows: list[tuple[Content, ...]] = []
    for state in states:
        today: Content = "kept" if not state.broken else sentence("; ".join(state.broken))
        if state.in_log is not None:
            in_log: Content = join(number(state.in_log), f": {state.log_says}")
        else:
            in_log = state.log_says or "–"
        count = count_text(len(refused.get(state.id, ()))) if aligned is not None else "–"
        rows.append(
            (
                join(state.id, element("div", f"{state.kind}: {state.source}")),
                join(sentence(state.says), element("div", sentence(state.why))),
                today,
                in_log,
                count,
            )
        )
    clash = assessed.conflicting if assessed is not None else ()
    return join(
        _clash(clash),
        table_of(
            Table("Constraints: what each asks, and whether today keeps to it",
                  ("Constraint", "Asks", "In the model", "In the log", "Designs refused#"), rows)
        ),
    )  # fmt: skip


def _clash(clash: tuple[str, ...]) -> Markup | None:
    """Constraints that no design can keep together."""
    if not clash:
        return None
    return element("p", f"No design can keep these together: {listed(list(clash))}. One of them has to give.")
