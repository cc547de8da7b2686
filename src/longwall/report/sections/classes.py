"""Classification and gaps: coupling and interaction, what outages do, levels of automation, who lacks what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall import assessment
from longwall.assessment.control.gaps_result import ASPECTS, CONDITIONS
from longwall.report.figures.classes import classes_figure
from longwall.report.markup import Content, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import number
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term

if TYPE_CHECKING:
    from longwall.assessment import Classification, Controller, Index, Level, VarianceGaps

__all__ = ["classes_section"]

_SHORT = 34
_RISKS = 3


def classes_section(material: Material, draw: Draw) -> Section:
    """Return the section on classification and gaps."""
    title = "Classification and gaps"
    if material.assessment is None:
        return Section("classes", title, absent("The classification", material.missing_of("assess")), made=False)
    found, gaps = material.assessment.classification, material.assessment.gaps
    cuts = dict(assessment.load_thresholds())
    figure = classes_figure(found, cuts, command=f"longwall show {material.folder} classification")
    parts: list[Content] = [
        lead(
            "How tightly do the steps hang together, how foreseeable is their interaction, and who could control what?"
        ),
        draw(figure) if figure is not None else None,
        _dominant(found),
        _index("Coupling", found.coupling),
        _index("Interaction", found.interaction),
        _checklist(found),
        _outages(material, found),
        _automation(material, found),
        _gaps(material, gaps),
        bullets([sentence(text) for text in found.cautions]),
    ]
    return Section("classes", title, join(parts))


def _dominant(found: Classification) -> Content:
    """What most harm starts with, and what it runs through."""
    if found.profile is None:
        return None
    first = found.profile.dominant
    others = listed([f"{share:.0%} of the {column}" for column, share in first.others.items()])
    text = f" carries {first.share:.0%} of the technical loss in the model"
    text += f", {others}; the next {found.profile.next_share:.0%}." if others else "."
    risks = [
        [
            element("b", risk.kind),
            f": {risk.share:.0%} of the technical loss runs through it; {assessment.RISKS[risk.kind]}",
        ]
        for risk in found.profile.risks[:_RISKS]
    ]
    return [element("p", "“", shortened(first.name, 90), "”", text), bullets(risks)]


def _index(name: str, index: Index) -> Content:
    """One index with its parts."""
    rows: list[tuple[Content, ...]] = [
        (
            sentence(part.means).rstrip("."),
            "not known" if part.value is None else f"{part.value:.2f}",
            part.raw or "–",
            part.source if part.stated is None else f"{part.source}; the model says {part.stated:.2f}",
        )
        for part in index.parts
    ]
    where = (
        f" ({index.value:.2f} on a scale from 0 to 1, {index.low:.2f} to {index.high:.2f}; {index.margin:.2f} from the "
        "next label)"
    )
    table = Table(f"Parts of {name.lower()}, 0 to 1", ("Part", "Value#", "Measure", "From"), rows)
    return [
        element("p", element("b", f"{name}: {index.label}"), where),
        more(f"What {name.lower()} is made of", table_of(table, class_="dense")),
    ]


def _checklist(found: Classification) -> Content:
    """What people answered, beside the indices."""
    if not found.checklist:
        return element(
            "p", "Nobody answered the checklist yet: ", element("code", "longwall checklist"), " writes its questions."
        )
    rows: list[tuple[Content, ...]] = [
        (
            rating.axis,
            "–" if rating.value is None else f"{rating.value:.2f}",
            rating.label,
            f"{rating.computed:.2f}",
            rating.computed_label,
            "they disagree" if rating.disagrees else "–" if rating.value is None else "the same",
            listed([f"{one.low:.2f} to {one.high:.2f}" for one in rating.ratings]),
        )
        for rating in found.checklist
    ]
    heads = ("Axis", "People#", "Label", "Computed#", "Label", "Beside each other", "If open questions were answered")
    return table_of(Table("What people say, beside the indices", heads, rows))


def _outages(material: Material, found: Classification) -> Content:
    """What an hour without each thing does."""
    struck = found.perturbation
    if struck is None:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            material.label(effect.target, effect.kind),
            effect.kind,
            f"{effect.exposed:.0f}",
            number(effect.reach.model_copy(update={"unit": ""})),
            "–" if effect.half_h is None else f"{effect.half_h:.1f} h",
            f"{effect.functions_share:.0%}",
            f"{effect.aside_share:.0%}",
        )
        for effect in sorted(struck.effects, key=lambda one: (-one.reach.value, one.target))
    ]
    table = Table(
        f"{struck.outage_h:g} hour without it, simulated {struck.strikes} times, followed for {struck.follow_h:g} h: "
        f"{material.items} there, how many feel it per one there, when half of them did, functions that feel it",
        ("Out", "Kind", "There#", "Reach#", "Half after#", "Of all functions#", "Of those aside#"),
        rows,
    )
    felt = sum(effect.felt for effect in struck.effects)
    words = f"An hour without it: {felt} of {counted(struck.targets, 'component or team', 'components and teams')}"
    return more(f"{words} are felt beyond chance", table_of(table, class_="dense"))


def _automation(material: Material, found: Classification) -> Content:
    """Stages and levels of automation: as stated, and the set that the log leaves possible."""
    if not found.automation:
        return None
    rows: list[tuple[Content, ...]] = []
    for entry in found.automation:
        agree = {True: "agrees", False: "does not agree", None: "cannot be told"}[entry.agree]
        rows.append(
            (
                material.label(entry.function, "function"),
                entry.stage or "–",
                "–" if entry.stated is None else str(entry.stated),
                ", ".join(str(level) for level in entry.possible) or "–",
                "–"
                if entry.machine_share is None
                else number(entry.machine_share.model_copy(update={"unit": "share"})),
                agree,
            )
        )
    table = Table(
        "Stage and level of automation: as stated in the model, as the log leaves possible (7 to 10 cannot be told "
        "apart), share of executions by a machine",
        ("Function", "Stage", "Stated#", "Possible", "By machine#", "Model and log"),
        rows,
    )
    return more(f"Levels of automation ({counted(len(rows), 'function')})", table_of(table, class_="dense"))


def _gaps(material: Material, gaps: tuple[VarianceGaps, ...]) -> Content:
    """Need less have, for those who control today, and for everybody who could."""
    if not gaps:
        return None
    technical = [one for one in gaps if one.direction == "technical"]
    social = [one for one in gaps if one.direction == "social"]
    first = [(one, who) for one in technical for who in (one.today or one.controllers[:1])]
    rest = [(one, who) for one in technical for who in one.controllers if (one, who) not in first]
    asked = sum(len(who.ask) for _, who in first)
    return [
        element("h3", "Who lacks what"),
        element(
            "p",
            "Each gap is what control of a ",
            term("key variance"),
            " needs, less what those who are to control it have, from 0 (nothing is missing) to 1. ",
            f"“?” is not known: {counted(asked, 'thing')} to ask. ",
            f"The four conditions: {listed(list(CONDITIONS.values()))}.",
        ),
        _table(material, "People and machines that are to control each key variance", first) if first else None,
        more(f"Others who could ({len(rest)})", _table(material, "Others who could control it", rest))
        if rest
        else None,
        _table(
            material,
            "The other direction: who, or what, absorbs absence, surges, and what a machine cannot tell",
            [(one, who) for one in social for who in one.controllers[:2]],
        )
        if social
        else None,
    ]


def _table(material: Material, caption: str, pairs: list[tuple[VarianceGaps, Controller]]) -> Content:
    """One row per variance and candidate."""
    rows: list[tuple[Content, ...]] = []
    for one, who in pairs:
        by_aspect = {gap.aspect: gap.gap for gap in who.gaps}
        rows.append(
            (
                shortened(one.name, _SHORT),
                shortened(material.label(who.id, "role" if who.kind == "role" else "component"), _SHORT),
                _between(who.capacity_low, who.capacity_high),
                who.bottleneck or "–",
                *(_level(by_aspect.get(aspect)) for aspect in ASPECTS),
                listed([name for name, met in who.conditions.items() if met is False]) or "–",
                listed([suggestion.kind.replace("_", " ") for suggestion in who.suggests]) or "–",
            )
        )
    heads = ("Variance", "Who", "Capacity#", "Bottleneck", *(f"{aspect.capitalize()}#" for aspect in ASPECTS),
             "Conditions not met", "Would help")  # fmt: skip
    return table_of(Table(caption, heads, rows), class_="dense")


def _level(level: Level | None) -> str:
    """A gap in two digits, an interval, or a question mark."""
    if level is None:
        return "–"
    return _between(level.low, level.high) if level.known else "?"


def _between(low: float, high: float) -> str:
    """One number, or both ends where they differ."""
    first, last = f"{low:.2f}", f"{high:.2f}"
    return first if first == last else f"{first}–{last}"
