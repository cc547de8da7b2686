"""The environment: what restricts a redesign and whether today keeps to it; forces, and today under each of them."""

from __future__ import annotations

from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import count_text, number
from longwall.report.sections.section import Draw, Section, lead
from longwall.report.words import absent, counted, layer_mark, listed, sentence

__all__ = ["environment_section"]


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
    parts: list[Content] = [lead(layer_mark("environment", said)), _constraints(material)]
    return Section("environment", title, join(parts))


def _constraints(material: Material) -> Content:
    """The constraints: what each says, whether the model and the log keep to it, how many designs it refused."""
    assessed, aligned = material.assessment, material.alignment
    states = assessed.constraints if assessed is not None else ()
    if not states:
        return None
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
                join(state.id, element("div", f"{state.kind}: {state.source}", class_="note")),
                join(sentence(state.says), element("div", sentence(state.why), class_="note")),
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
