"""Designs under strain: a surge, people gone, a machine out; and at several times the volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.choice import Choice
from longwall.report.figures.designs import marked
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, estimate_text, number
from longwall.report.sections.section import Section, bullets, lead
from longwall.report.words import absent, counted, layer_mark, listed, sentence
from longwall.worksystem import Column, Estimate

if TYPE_CHECKING:
    from longwall.alignment import Growth, Shocks
    from longwall.alignment.strain.growth import GrowthCase, Limit
    from longwall.alignment.strain.shocks import ShockCell

__all__ = ["strain_section"]


def strain_section(material: Material) -> Section:
    """Return the section on shocks and growth."""
    title = "When something happens, and if it grows"
    choice = material.choice
    if choice is None:
        return Section("strain", title, absent("The designs", material.missing_of("align")), made=False)
    made = material.shocks is not None or material.growth is not None
    parts: list[Content] = [
        lead("The designs were found in ordinary weeks. This is what becomes of today and the three optima in others."),
        element("h3", "Under shocks"),
        _shocks(choice, material.shocks) if material.shocks is not None
        else absent("The shocks", material.missing_of("shocks")),
        element("h3", "If it grows"),
        _growth(material, choice, material.growth) if material.growth is not None
        else absent("Growth", material.missing_of("growth")),
    ]  # fmt: skip
    return Section("strain", title, join(parts), made=made)


def _heads(choice: Choice, designs: tuple[str, ...]) -> list[str]:
    """What each column is called."""
    return ["today" if name == "today" else marked(choice, name) for name in designs]


def _shocks(choice: Choice, found: Shocks) -> Content:
    """Shocks down, designs across, technical and social in each cell."""
    rows: list[tuple[Content, ...]] = [
        (
            join(element("b", shock.name), element("div", sentence(shock.does), class_="muted")),
            *(_cell(cell) for cell in shock.cells),
        )
        for shock in found.shocks
    ]
    table = Table(
        f"Change against today in calm weeks, {found.weeks} weeks from the shock on, {found.replications} fresh runs "
        "under common luck; “better” and “worse”: against today under the same shock, beyond noise",
        ("Shock", *_heads(choice, found.designs)), rows,
    )  # fmt: skip
    return [
        element("p", _holds(choice, found)),
        table_of(table),
        bullets([sentence(text) for text in found.cautions]),
    ]


def _cell(cell: ShockCell) -> Content:
    """One design under one shock."""
    if cell.technical is None or cell.social is None:
        return sentence(f"cannot be simulated: {cell.why_not}")
    lines = [
        element("div", layer_mark("technical", _signed(cell.technical)), _beside(cell.technical_gain)),
        element("div", layer_mark("social", _signed(cell.social)), _beside(cell.social_gain)),
    ]
    late = [one for one in cell.levels if one.indicator in ("late_share", "high_load_share")]
    lines += [element("div", f"{one.name} ", number(one.level, marked=False), class_="muted") for one in late]
    return join(lines)


def _signed(loss: Estimate) -> str:
    value, span = estimate_text(loss.model_copy(update={"unit": "share"}), signed=True)
    return f"{value} ({span})" if span else value


def _beside(gain: Estimate | None) -> str:
    """Whether a design fares better than today under the same shock."""
    if gain is None or gain.low <= 0.0 <= gain.high:
        return ""
    return ", better" if gain.value < 0 else ", worse"


def _holds(choice: Choice, found: Shocks) -> str:
    """In how many shocks the recommended design still helps, side by side."""
    name = choice.alignment.recommended
    struck = [shock for shock in found.shocks if shock.id != "calm"]
    cells = [cell for shock in struck for cell in shock.cells if cell.design == name]
    if name == "today" or not cells:
        return f"Nothing beats today; this is what {counted(len(struck), 'shock')} do to it."
    sides: tuple[tuple[Column, list[Estimate | None]], ...] = (
        ("technical", [cell.technical_gain for cell in cells]), ("social", [cell.social_gain for cell in cells]),
    )  # fmt: skip
    counts = [
        (column, sum(gain is not None and gain.high < 0.0 for gain in gains),
         sum(gain is not None and gain.low > 0.0 for gain in gains))
        for column, gains in sides
    ]  # fmt: skip
    if all(better == len(cells) for _, better, _ in counts):
        every = "Under the shock" if len(struck) == 1 else f"Under each of the {len(struck)} shocks"
        return f"{every} the joint design stays better than today, on both sides."
    words = [
        f"on the {column} side better than today in {better or 'none'}" + (f" and worse in {worse}" if worse else "")
        for column, better, worse in counts
    ]
    return f"Of {counted(len(struck), 'shock')} the joint design is {listed(words)}."


def _growth(material: Material, choice: Choice, found: Growth) -> Content:
    """Volumes down, designs across; where each breaks first."""
    names = dict(zip(found.designs, _heads(choice, found.designs), strict=True))
    limits = [
        _limit_text(material, people, [limit for limit in found.limits if limit.people == people], names)
        for people in dict.fromkeys(limit.people for limit in found.limits)
    ]
    cases = {(case.factor, case.people, case.design): case for case in found.cases}
    lines = dict.fromkeys((case.factor, case.people) for case in found.cases)
    rows: list[tuple[Content, ...]] = [
        (
            f"{factor:g} times" if factor != 1.0 else "today’s volume",
            people,
            *(_case(material, cases[factor, people, name]) for name in found.designs),
        )
        for factor, people in lines
    ]
    table = Table("Late items, time at high load and the highest expected load at several times the volume",
                  ("Volume", "People", *names.values()), rows)  # fmt: skip
    return [bullets([*limits]), table_of(table), bullets([sentence(text) for text in found.cautions])]


def _limit_text(material: Material, people: str, each: list[Limit], names: dict[str, str]) -> str:
    """At which volume each design breaks, and in whose hands; designs that break alike are named together."""
    reach: dict[str, list[str]] = {}
    for limit in each:
        if limit.factor is not None:
            reach.setdefault(f"{limit.factor:.1f} times today’s volume ({_where(material, limit.at)})", []).append(
                names[limit.design]
            )
    if not reach:
        return f"With people {people} nothing breaks up to a thousand times today’s volume."
    said = listed([f"{listed(designs)} at {at}" for at, designs in reach.items()])
    rest = len(each) - sum(len(designs) for designs in reach.values())
    text = f"With people {people} a queue grows without end for {said}"
    return text + (f"; for {counted(rest, 'design')} not up to a thousand times." if rest else ".")


def _where(material: Material, at: tuple[str, ...]) -> str:
    return listed([material.label(name) for name in at], most=3)


def _case(material: Material, case: GrowthCase) -> Markup | str:
    """One design at one volume."""
    load = amount_text(case.load, "share")
    if case.why_not:
        return sentence(f"cannot be simulated: {case.why_not}")
    if case.breaks:
        return join(element("b", "breaks"), element("div", f"{load} of the hours of {_where(material, case.at)}"))
    shown = (("late", case.late), ("at high load", case.high_load))
    lines = [element("div", f"{word} ", number(one)) for word, one in shown if one is not None]
    return join(lines, element("div", f"highest load {load}", class_="muted"))
