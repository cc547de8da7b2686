"""Boundaries: crossings per item, who spans them, what leaves them, and what supports what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.figures.boundaries import crossings_figure
from longwall.report.markup import Content, Table, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import number
from longwall.report.sections.section import Draw, Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term
from longwall.worksystem import Estimate

if TYPE_CHECKING:
    from longwall.assessment import Boundaries, Exported, Support

__all__ = ["boundaries_section"]

_SHOWN = 12
_SHORT = 40


def boundaries_section(material: Material, draw: Draw) -> Section:
    """Return the section on boundaries and congruence."""
    title = "Boundaries"
    if material.assessment is None:
        return Section("boundaries", title, absent("The boundaries", material.missing_of("assess")), made=False)
    found = material.assessment.boundaries
    command = f"longwall show {material.folder} boundaries"
    figure = crossings_figure(material, found, command=command)
    away = [one for one in found.exported if one.kind not in ("internal", "unknown")]
    short = [one for one in found.support if one.bottleneck]
    parts: list[Content] = [
        lead(
            "Every boundary that work crosses must be managed: between teams, between organisations, between machines "
            f"and people. {counted(len(away), 'variance')} of {len(found.exported)} ",
            "leave the team in which they arise before anybody controls them." if away else "leave their team.",
        ),
        draw(figure) if figure is not None else None,
        _spanning(material, found),
        _exported(material, found.exported),
        _support(material, found.support, short),
        bullets([sentence(text) for text in found.cautions]),
    ]
    return Section("boundaries", title, join(parts))


def _or_dash(estimate: Estimate | None) -> Content:
    """A number, or a dash."""
    return "–" if estimate is None else number(estimate)


def _spanning(material: Material, found: Boundaries) -> Content:
    """Roles and components through which teams meet."""
    if not found.spanning:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            material.label(one.id, one.kind),
            one.kind,
            listed([material.label(team, "team") for team in one.reaches], most=4),
            _or_dash(one.share),
            listed([material.label(team, "team") for team in one.linked], most=4) or "–",
        )
        for one in found.spanning
    ]
    return table_of(
        Table(
            "Who and what spans the boundaries of teams: share of the expected crossings with the role at one end (a "
            "crossing has two), links that leave the team",
            ("Who or what", "Kind", "Reaches", "Share#", "Linked to"),
            rows,
        )
    )


def _exported(material: Material, exported: tuple[Exported, ...]) -> Content:
    """What becomes of variances at the boundary of their team."""
    if not exported:
        return None
    order = ("leaves the system", "crosses an organisation", "crosses a team", "internal", "unknown")
    ranked = sorted(exported, key=lambda one: (one.source != "log", order.index(one.kind), one.variance))
    rows: list[tuple[Content, ...]] = [
        (
            shortened(one.name, 60),
            "log" if one.source == "log" else "judgement",
            listed([material.label(team, "team") for team in one.teams], most=2) or "–",
            one.kind,
            _or_dash(one.crosses),
            _or_dash(one.leaves),
        )
        for one in ranked
    ]
    caption = "Exported variances: share that leaves the team of origin before it is controlled, and the whole system"
    heads = ("Variance", "From", "Arises in", "Gets to", "Leaves its team#", "Leaves the system#")
    rest = rows[_SHOWN:]
    return [
        table_of(Table(caption, heads, rows[:_SHOWN]), class_="dense"),
        more(f"{len(rest)} more", table_of(Table(caption, heads, rest), class_="dense")) if rest else None,
    ]


def _support(material: Material, support: tuple[Support, ...], short: list[Support]) -> Content:
    """What supports what, as profiles."""
    if not support:
        return None
    rows: list[tuple[Content, ...]] = [
        (
            shortened(material.label(one.function, "function"), _SHORT),
            material.label(one.by, "role" if one.direction == "social" else "component"),
            one.bottleneck or "–",
            "; ".join(f"{d.what}: {d.why}" for d in one.demands if d.gap) or "–",
            listed(list(one.unknown)) or "–",
        )
        for one in sorted(support, key=lambda one: one.bottleneck == "")
    ]
    table = Table(
        "What each function demands of its roles and of its machine: what falls short most, and what nobody has stated",
        ("Function", "Who is to give", "Bottleneck", "What falls short", "Not stated"),
        rows,
    )
    unknown = {what for one in support for what in one.unknown}
    return [
        more(
            f"Support congruence: {counted(len(short), 'profile')} of {len(support)} with a bottleneck"
            + (f"; nobody has stated {listed(sorted(unknown))} everywhere" if unknown else ""),
            join("A profile is never one number. ", term("support congruence"), "."),
            table_of(table, class_="dense"),
        )
    ]
