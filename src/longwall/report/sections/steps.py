"""The eight steps of the assessment: what stands there, what is missing, what that costs, who signed it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import mark
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence

if TYPE_CHECKING:
    from longwall.assessment import StepState

__all__ = ["steps_section"]

_ROWS = 40


def steps_section(material: Material) -> Section:
    """Return the section on the eight steps."""
    title = "The eight steps"
    if not material.steps:
        return Section("steps", title, absent("The assessment", material.missing_of("assess")), made=False)
    settled = [one for one in material.steps if one.settled]
    older = [one for one in material.steps if one.older]
    said = f"{len(settled)} of {counted(len(material.steps), 'step')} signed off as they stand."
    if older:
        said += f" Of {listed([f'the {one.title.lower()}' for one in older])} an older state is signed off: look again."
    open_ones = [one for one in material.steps if not one.settled]
    parts: list[Content] = [
        lead(
            "From the boundary to the order of change, each step with what was made, what is missing and what that "
            f"costs the next. {said}"
        ),
        table_of(
            Table(
                "The eight steps, adapted from the Tavistock line of socio-technical analysis",
                ("Step", "What stands there", "Still missing#", "Signed off"),
                [_row(one) for one in material.steps],
            )
        ),
        element("p", "Next: ", element("code", f"{material.command('assess')} --step {open_ones[0].step}"), ".")
        if open_ones
        else None,
        _costs(material),
        [_step(material, one) for one in material.steps],
    ]
    return Section("steps", title, join(parts))


def _costs(material: Material) -> Content:
    """What incomplete earlier steps cost later ones, all of it."""
    told = [join(element("b", state.title), f": {text}.") for state in material.steps for text in state.costs]
    if not told:
        return None
    return [element("p", "What is missing in one step costs the next:"), bullets(told)]


def _row(state: StepState) -> tuple[Content, ...]:
    """One step in the table of all."""
    value: Content = "nothing yet"
    if state.artefact is not None:
        footing = state.artefact.footing
        value = join(f"{state.artefact.value} ", mark(footing)) if footing is not None else state.artefact.value
    return (f"{state.number}. {state.title}", value, str(len(state.missing)), _signed(state))


def _signed(state: StepState) -> str:
    """Who signed a step off, and whether it has changed since."""
    if state.signed is None:
        return "no"
    return f"{state.signed.by}, {state.signed.on}" + (": an older state" if state.older else "")


def _step(material: Material, state: StepState) -> Markup:
    """One step in full, on demand."""
    artefact = state.artefact
    table: Content = None
    if artefact is not None and artefact.rows:
        rows = [list(row) for row in artefact.rows]
        caption = f"{state.title}: {counted(len(rows), 'row')}"
        table = table_of(Table(caption, artefact.columns, rows[:_ROWS]), class_="dense")
        if len(rows) > _ROWS:
            where = element("code", f"longwall show {material.folder} step-{state.step}")
            table = [table, element("p", f"{len(rows) - _ROWS} more: ", where)]
    groups: list[tuple[str, Content]] = [
        ("Not there yet", bullets([f"{need.what}: {need.how}" for need in state.needs if not need.there])),
        ("In evidence", _texts(state.found)),
        ("By judgement", _texts(state.judged)),
        ("They disagree", _texts(state.disagree)),
        ("Missing", _texts(state.missing)),
        ("What earlier steps cost it", _texts(state.costs)),
        ("Notes", _texts(state.notes)),
        ("Compliant, and not sound", bullets([_unsound(material, *one) for one in _standing(state)])),
        ("Signed off", _said(state)),
    ]
    return more(
        f"{state.number}. {state.title}: {state.asks}",
        element("dl", [join(element("dt", name), element("dd", value)) for name, value in groups if value]),
        table,
    )


def _texts(texts: tuple[str, ...]) -> Markup | None:
    """Sentences as a list."""
    return bullets([sentence(text) for text in texts])


def _standing(state: StepState) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Function, constraints and findings of what is compliant and not sound."""
    return [(one.function, one.constraints, one.findings) for one in state.unsound]


def _unsound(material: Material, function: str, constraints: tuple[str, ...], findings: tuple[str, ...]) -> Content:
    """Say that every constraint holds and that findings stand all the same."""
    links: list[Content] = []
    for name in findings:
        links += [", " if links else None, element("a", name, href=f"#finding-{name}")]
    held = f"{material.label(function, 'function')}: {listed(list(constraints))} hold, and yet stands "
    return join(held, *links, ".")


def _said(state: StepState) -> Content:
    """The sign-off in words."""
    if state.signed is None:
        return "By nobody."
    note = f" “{state.signed.note}”" if state.signed.note else ""
    older = " The step has changed since: it is of an older state." if state.older else ""
    return f"By {state.signed.by} on {state.signed.on}.{note}{older}"
