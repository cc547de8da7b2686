"""What could be given to machines: candidates, levels in two columns, what is left for people, the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.automation import automation_figure
from longwall.report.indicators import name_of
from longwall.report.markup import Content, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import number, plain
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import LEVELS, absent, counted, listed, sentence

if TYPE_CHECKING:
    from longwall.alignment.automation import Opportunities, Opportunity
    from longwall.worksystem import Estimate

__all__ = ["automation_section"]

_TITLE = "What could be given to machines"


def automation_section(material: Material, draw: Draw) -> Section:
    """Return the section on automation."""
    found = material.automation
    if found is None:
        what = "What could be given to machines"
        return Section("automation", _TITLE, absent(what, material.missing_of("automate")), made=False)
    figure = automation_figure(material, found, command=material.command("automate"))
    simulated = len({one.function for one in found.opportunities})
    parts: list[Content] = [
        lead(
            f"{counted(len(found.candidates), 'function')} that people do, {simulated} of them simulated at every "
            "level that is allowed. Beside each machine that acts stands one that helps a person who decides; nothing "
            "here gives a post up."
        ),
        element("h3", "Where it looks like routine"),
        _candidates(material, found),
        element("h3", "What each level would do"),
        draw(figure) if figure is not None else None,
        _levels(material, found),
        _effects(material, found),
        _gate(material, found),
        bullets([sentence(text) for text in found.cautions]),
    ]
    return Section("automation", _TITLE, join(parts))


def _candidates(material: Material, found: Opportunities) -> Content:
    """The functions that people do, what is a burden first."""
    rows: list[tuple[Content, ...]] = []
    for one in found.candidates:
        rule: Content = "not known"
        asks = "–"
        if one.likeness is not None:
            rule = number(one.likeness.value)
            asks = listed(one.likeness.rests_on, most=3) or "nothing"
        rows.append(
            (
                join(material.label(one.function, "function"), f" ({one.burden})" if one.burden else None),
                number(one.per_week),
                number(plain(one.hours)),
                f"{one.work_cv:.2g}",
                rule,
                asks,
                number(plain(one.routine_h)),
            )
        )
    heads = ("Function", "A week#", "Hours#", "Spread of work#", "Rule-like#", "The rule asks", "Routine hours#")
    caption = (
        "Rule-like: what a small rule knows of the next step in cases it has not seen; 0 no more than the shares, "
        "1 all. Routine hours: hours times rule-like times steadiness, an order to look in"
    )
    return table_of(Table(caption, heads, rows), class_="dense")


def _levels(material: Material, found: Opportunities) -> Content:
    """Every level that nothing beats, with its alternative beside it; the others on demand."""
    best = [one for one in found.opportunities if one.pareto]
    beside = {one.beside for one in best}
    shown = [one for one in found.opportunities if one.pareto or one.id in beside]
    rest = [one for one in found.opportunities if one not in shown]
    caption = (
        "Levels that no other beats on both sides, and beside them the level at which a machine helps and people decide"
    )
    parts: list[Content] = [_table(material, found, shown, caption)]
    if rest:
        parts.append(more(f"The other levels ({len(rest)})", _table(material, found, rest, "The other levels")))
    if found.refused:
        parts.append(more(f"Forbidden by constraints ({len(found.refused)})", bullets(list(found.refused))))
    return parts


def _table(material: Material, found: Opportunities, chosen: list[Opportunity], caption: str) -> Content:
    """Levels as rows."""
    rows: list[tuple[Content, ...]] = [
        (
            material.label(one.function, "function"),
            f"{one.level}: {LEVELS[one.level - 1]}",
            number(_as_share(one.technical), signed=True),
            str(one.technical_rank),
            number(_as_share(one.social), signed=True),
            str(one.social_rank),
            _offered(found, one),
            sentence(one.remains),
        )
        for one in chosen
    ]
    heads = ("Function", "Level", "Technical#", "Rank#", "Social#", "Rank#", "Offered", "Left for people")
    return table_of(Table(caption, heads, rows), class_="dense")


def _as_share(estimate: Estimate) -> Estimate:
    """A relative change, shown in percent."""
    return estimate.model_copy(update={"unit": "share"})


def _offered(found: Opportunities, one: Opportunity) -> str:
    """Whether and how a level is offered, and what stands beside it."""
    words = {
        "augments": "yes: a person decides",
        "unless stopped": "unless somebody stops it",
        "acts alone": "yes: all seven safeguards are stated",
        "not yet": "not to act alone",
        "withheld": "no: frees posts, and no level keeps and strengthens the people",
    }[one.offered]
    if one.gate is not None and not one.gate.holds:
        open_ = [f"{len(one.gate.missing)} of 7 missing"] if one.gate.missing else []
        open_ += [f"{len(one.gate.unknown)} of 7 nobody has said"] if one.gate.unknown else []
        words += f" ({', '.join(open_)})"
    other = found.of(one.beside) if one.beside is not None else None
    posts = f"; frees {counted(one.frees_posts, 'post')}" if one.frees_posts else ""
    return words + (f"; beside it level {other.level}" if other is not None else "") + posts


def _effects(material: Material, found: Opportunities) -> Content:
    """Single indicators of the levels that nothing beats."""
    rows: list[tuple[Content, ...]] = []
    for one in found.opportunities:
        if not one.pareto:
            continue
        for part in sorted(one.indications, key=lambda part: (part.column != "technical", part.when)):
            if part.better is None or part.change is None:
                continue
            rows.append(
                (
                    f"{material.label(one.function, 'function')}, level {one.level}",
                    name_of(part.indicator, part.name),
                    part.column,
                    part.when,
                    number(part.change, signed=True),
                    "better" if part.better else "worse",
                )
            )
    if not rows:
        return None
    heads = ("Level", "Indicator", "Side", "When", "Change#", "")
    table = Table("Changes beyond noise of the levels that nothing beats, with 95% intervals", heads, rows)
    return more(f"Single indicators ({len(rows)})", table_of(table, class_="dense"))


def _gate(material: Material, found: Opportunities) -> Content:
    """What people have said of the seven safeguards."""
    said: dict[str, Content] = {}
    for one in found.opportunities:
        if one.gate is None or one.machine in said:
            continue
        parts = [
            f"{word}: {listed([name.replace('_', ' ') for name in names])}"
            for word, names in (("there", one.gate.met), ("missing", one.gate.missing), ("ask", one.gate.unknown))
            if names
        ]
        name = material.label(one.machine, "component")
        name = f"a machine for {material.label(one.function, 'function')}" if name.startswith("new-machine") else name
        said[one.machine] = sentence(f"{name}: {'; '.join(parts)}")
    if not said:
        return None
    text = (
        "From level 7 on a machine acts before a person looks. Seven things must be there; people say whether they are."
    )
    return join(element("h3", "Before a machine acts alone"), element("p", text), bullets(list(said.values())))
