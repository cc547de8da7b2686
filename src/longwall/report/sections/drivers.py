"""Drivers: what wears the system out, each measure against its threshold, also where it cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, number
from longwall.report.sections.section import Section, lead, more
from longwall.report.words import absent, counted, listed, sentence

if TYPE_CHECKING:
    from longwall.assessment import DriverRow

__all__ = ["drivers_section"]

_SHOWN = 12
_SHORT = 60


def drivers_section(material: Material) -> Section:
    """Return the section on drivers."""
    from longwall.assessment import DRIVERS

    title = "Drivers"
    assessment = material.assessment
    if assessment is None:
        return Section("drivers", title, absent("The drivers", material.missing_of("assess")), made=False)
    by_driver = {driver: [row for row in assessment.drivers if row.driver == driver] for driver in DRIVERS}
    at_work = [_name(driver) + _assumed(rows) for driver, rows in by_driver.items() if _claims(rows)]
    parts: list[Content] = [
        lead(
            "What wears a work system out: each driver with its measures, their intervals and thresholds. ",
            f"At work here: {listed(at_work, most=7)}." if at_work else "None was found at work here.",
        ),
        element(
            "p",
            "A driver is claimed where every required measure lies beyond its threshold and its interval leaves no "
            "doubt. Measures speak of steps and teams, never of a person; those of performers are judged as they are, "
            "shown for five people and more, and rounded so far that no two reports tell about one of them.",
        ),
        [_driver(_name(driver), DRIVERS[driver], rows) for driver, rows in by_driver.items() if rows],
    ]
    return Section("drivers", title, join(parts))


def _name(driver: str) -> str:
    return driver.replace("_", " ")


def _places(rows: list[DriverRow]) -> list[list[DriverRow]]:
    """Rows by place, those that make a claim first, then the nearest to one."""
    places: dict[tuple[tuple[str, ...], str], list[DriverRow]] = {}
    for row in rows:
        places.setdefault((row.where, row.of), []).append(row)
    return sorted(places.values(), key=_far)


def _far(place: list[DriverRow]) -> float:
    """How far a place is from a claim; places that cannot be judged come last."""
    if not _told(place):
        return 99.0
    return -min(-50.0 if row.margin is None else row.margin for row in place if row.required)


def _told(place: list[DriverRow]) -> bool:
    """Whether it can be said if the place makes a claim: one measure that speaks against it is enough."""
    speak = [row.beyond for row in place if row.required]
    return False in speak or (bool(speak) and None not in speak)


def _assumed(rows: list[DriverRow]) -> str:
    """Says of a driver that no log shows what it rests on."""
    claiming = [place for place in _places(rows) if _far(place) <= 0]
    seen = any(row.value is not None and row.value.footing != "assumed" for place in claiming for row in place)
    return "" if seen else " (judged, not observed)"


def _claims(rows: list[DriverRow]) -> bool:
    return any(_far(place) <= 0 for place in _places(rows))


def _driver(name: str, asks: str, rows: list[DriverRow]) -> Markup:
    """One driver: its places, each measure a line."""
    places = _places(rows)
    lines = [line for place in places for line in _lines(place)]
    found = sum(_far(place) <= 0 for place in places)
    judged = sum(_far(place) < 99.0 for place in places)
    verdict = f"Found at {counted(found, 'place')}." if found else "Not found." if judged else "Not determinable."
    table = Table(
        f"{name.capitalize()}: each measure, its 95% interval and its threshold",
        ("Where", "Measure", "Value#", "Threshold#", "Speaks for it"),
        lines[:_SHOWN],
    )
    rest = Table(table.caption, table.columns, lines[_SHOWN:])
    return join(
        element("h3", name.capitalize()),
        element("p", f"{asks} ", element("b", verdict)),
        table_of(table, class_="dense"),
        more(f"{len(rest.rows)} more measures", table_of(rest, class_="dense")) if rest.rows else None,
    )


def _lines(place: list[DriverRow]) -> list[tuple[Content, ...]]:
    """The measures of one place."""
    return [
        (
            shortened(row.of or "the whole log", _SHORT) if not place_index else "",
            join(sentence(row.means).rstrip("."), "" if row.required else " (beside)"),
            number(row.value) if row.value is not None else "–",
            f"{'≤' if row.at_most else '≥'} {amount_text(row.threshold, row.value.unit if row.value else '')}",
            {True: "■ yes", False: "– no", None: f"not determinable: {row.needs}"}[row.beyond],
        )
        for place_index, row in enumerate(place)
    ]
