"""Fit: a profile in groups, each entry with its number or the question to ask, and what changed since before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Table, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import number
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.words import absent, counted, sentence, term

if TYPE_CHECKING:
    from longwall.alignment.fit import FitChange, FitEntry, FitGroup

__all__ = ["fit_section"]


def fit_section(material: Material) -> Section:
    """Return the section on socio-technical fit."""
    title = "Fit"
    profile = material.fit
    if profile is None:
        return Section("fit", title, absent("The profile of fit", material.missing_of("assess")), made=False)
    from longwall.alignment.fit import GROUPS

    asked = profile.unobserved
    changes: dict[tuple[str, str], FitChange] = {(one.group, one.id): one for one in material.fit_changes}
    beyond = [one for one in material.fit_changes if one.shift in ("better", "worse")]
    told = len(profile.entries) - len(asked)
    questions = bullets([join(one.name, ": ", f"“{one.ask}”") for one in asked])
    parts: list[Content] = [
        lead(
            "How well people and technology ", term("fit"), f" each other, in {len(GROUPS)} groups never added "
            f"up. {counted(told, 'entry', 'entries')} of {len(profile.entries)} can be told; of the others the page "
            "says what to ask.",
        ),
        _changed(material, len(beyond)),
        [_group(group, name, profile.of(group), changes) for group, name in GROUPS.items()],
        more(f"What to ask ({len(asked)})", questions) if asked else None,
        bullets([sentence(text) for text in profile.cautions]),
    ]  # fmt: skip
    return Section("fit", title, join(parts))


def _changed(material: Material, beyond: int) -> Content:
    """How much of it changed beyond noise since the profile before; nothing where there is none."""
    if material.fit_before is None:
        return None
    window = material.fit_before.window or "no evidence"
    number_of = len(material.fit_changes)
    return lead(
        f"Since the profile before ({window}), {beyond} of {counted(number_of, 'entry', 'entries')} in both changed "
        f"beyond noise; about {number_of / 20:.1f} would look so by luck alone."
    )


def _group(
    group: FitGroup, name: str, entries: tuple[FitEntry, ...], changes: dict[tuple[str, str], FitChange]
) -> Content:
    """One group as a table."""
    rows: list[tuple[Content, ...]] = []
    for one in entries:
        value: Content = "not observed: ask" if one.estimate is None else number(one.estimate)
        source = ", ".join(part for part in (one.source, one.scale, one.note) if part) or "–"
        change = changes.get((group, one.id))
        row = (one.name, value, f"{one.better} is better", source)
        rows.append((*row, _change(change)) if changes else row)
    heads = ("Entry", "Value#", "Read as", "From")
    return table_of(Table(name, (*heads, "Since before") if changes else heads, rows), class_="dense")


def _change(change: FitChange | None) -> Content:
    if change is None:
        return "–"
    if change.shift == "unchanged":
        return change.shift
    if change.difference is None:
        return f"{change.shift}: {change.why}"
    return join(f"{change.shift}: ", number(change.difference, signed=True, marked=False))
