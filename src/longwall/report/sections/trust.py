"""How sure: the hold-out beside repeating the past, and the assumptions on which the recommendation rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.held import closer, held_figure, judged, unit_of
from longwall.report.markup import Content, Markup, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, estimate_of, number
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import counted, sentence, term
from longwall.worksystem import WorkSystem, numbers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from longwall.discovery import HoldOut
    from longwall.learning import Outcome

__all__ = ["miss_text", "trust_section"]

_DISTANCES = {
    "ngd": "order of steps (n-gram distance, share)",
    "aed": "events over time (absolute, hours)",
    "ced": "events over the hours of the week (hours)",
    "red": "events since the start of their case (hours)",
    "ctd": "lead times (hours)",
}
_FIRST = ("late_share", "lead_time_h", "lead_time_p90_h", "open_cases")
_MOST = 60


def miss_text(hold_out: HoldOut) -> str:
    """Return the miss of the forecast on unseen weeks beside that of repeating the past, in one sentence or two."""
    known = {held.id: held for held in hold_out.indicators}
    held = next((known[name] for name in _FIRST if name in known), None)
    if held is None:
        return f"No weeks were held out: {hold_out.withheld}." if hold_out.withheld else ""
    unit = unit_of(held)
    ours, control = (_miss(value, unit) for value in (held.miss, held.control_miss))
    name = held.name[:1].lower() + held.name[1:]
    weeks = f"{hold_out.weeks:.0f}" if hold_out.weeks >= 2 else f"{hold_out.weeks:.1f}"
    return (
        f"On {weeks} unseen weeks we missed “{name}” by {ours}; repeating the past, by {control}. "
        f"We were closer on {closer(hold_out)} of {counted(len(judged(hold_out)), 'indicator')}."
    )


def _miss(value: float, unit: str) -> str:
    """A distance; of shares in points."""
    return f"{100 * value:.1f} points" if unit == "share" else amount_text(value, unit)


def _distances(hold_out: HoldOut) -> Markup | None:
    """The five distances, ours and the control's."""
    if not hold_out.distances:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            _DISTANCES.get(entry.id.lower(), entry.id),
            f"{entry.ours:.3g} ± {entry.ours_sd:.2g}",
            f"{entry.control:.3g} ± {entry.control_sd:.2g}",
            "closer" if entry.ours < entry.control else "farther" if entry.ours > 1.1 * entry.control else "alike",
        )
        for entry in hold_out.distances
    ]
    caption = (
        f"Distance of the whole log to what happened, lower is better: mean ± deviation over {hold_out.draws} draws"
    )
    return table_of(Table(caption, ("Distance", "Ours#", "The past again#", "Ours is"), rows))


def _hold_out(material: Material, hold_out: HoldOut, draw: Draw) -> Content:
    """What the hold-out showed."""
    if hold_out.withheld:
        return element("p", f"No weeks were held out: {sentence(hold_out.withheld)}")
    figure = held_figure(hold_out, command=material.command("discover"))
    return [
        element(
            "p",
            f"The last {hold_out.weeks:.1f} weeks ({counted(hold_out.cases, material.item, material.items)}) were "
            f"hidden and forecast from the {counted(hold_out.known_cases, material.item, material.items)} before. The ",
            term("control"),
            f" is the last period again. Chosen on earlier weeks: {hold_out.setting}.",
        ),
        draw(figure) if figure is not None else None,
        _distances(hold_out),
    ]


def _held(outcomes: Sequence[Outcome]) -> Content:
    """Forecasts that came due, beside the control and with the hits of their intervals."""
    rows: list[tuple[Content, ...]] = []
    for one in outcomes:
        closer_on = sum(entry.ours < entry.control for entry in one.distances)
        rows.append(
            (
                f"{one.begins[:10]} to {one.until[:10]}",
                "logs" if one.kind == "log" else "indicators",
                "; ".join(f"{entry.id} {entry.ours:.3g} ({entry.control:.3g})" for entry in one.distances) or "–",
                f"{closer_on} of {len(one.distances)}" if one.distances else "–",
                f"{one.hits} of {one.judged}" if one.judged else "–",
            )
        )
    caption = "Forecasts that came due: distance of ours (of the last period again), lower is better"
    head = ("Period", "Forecast of", "Distances", "Closer than the past", "Inside the interval")
    missed = [lesson.statement for one in outcomes for lesson in one.lessons if lesson.loop != "none"]
    return [
        element("h3", "Forecasts held against what happened"),
        table_of(Table(caption, head, rows)),
        more(f"Missed ({len(missed)})", bullets(missed)) if missed else None,
    ]


def _assumed(system: WorkSystem) -> Content:
    """Assumed values of the model that somebody stated a source for, or a range."""
    every = [(number.path, number.value) for number in numbers_in(system) if number.value.footing == "assumed"]
    stated = [
        (path, value) for path, value in every if value.source or estimate_of(value).low < estimate_of(value).high
    ]
    rows: list[tuple[Content, ...]] = [
        (element("code", path), number(estimate_of(value)), value.source or "a range somebody stated")
        for path, value in stated[:_MOST]
    ]
    words = element(
        "p",
        f"{counted(len(every), 'value')} of the model are assumed, {len(stated)} of them with a source or a range; the "
        "others are defaults. All stand in the methods.",
    )
    if not rows:
        return words
    rest = f", {_MOST} shown" if len(stated) > _MOST else ""
    table = Table("Assumed values with a source or a range", ("Parameter", "Value#", "From"), rows)
    return [words, more(f"Assumed values ({len(stated)}{rest})", table_of(table, class_="dense"))]


def trust_section(material: Material, draw: Draw) -> Section:
    """Return the section on how far to trust the rest."""
    title = "How sure"
    parts: list[Content] = []
    hold_out = material.hold_out
    if hold_out is not None:
        parts += [lead(miss_text(hold_out)), _hold_out(material, hold_out, draw)]
    elif material.system is not None or material.outcomes:
        words = "No weeks were held out, so how well this model forecasts is not known."
        parts.append(lead(words, " ", element("code", material.command("discover")), " does it where there is a log."))
    else:
        following = element("code", material.missing_of("discover").command)
        return Section(
            "trust",
            title,
            element("p", "Nothing to test yet. Next: ", following, ".", class_="absent-part"),
            made=False,
        )
    if material.outcomes:
        parts.append(_held(material.outcomes))
    choice = material.choice
    verdict = choice.verdict if choice is not None else None
    if choice is not None and verdict is not None:
        parts += [
            element("h3", "Does the recommendation hold?"),
            element("p", choice.verdict_text),
            more(f"Drawn were {counted(len(verdict.rests_on), 'assumed value')}",
                 bullets([element("code", path) for path in verdict.rests_on])) if verdict.rests_on else None,
        ]  # fmt: skip
    if material.system is not None:
        parts += [element("h3", "Assumptions"), _assumed(material.system)]
        stated = [
            f"{sentence(entry.statement)} ({entry.status}{', ' + entry.source if entry.source else ''})"
            for entry in material.system.assumptions
        ]
        parts.append(bullets(stated))
    return Section("trust", title, join(parts))
