"""The plan as a calendar for other programs: a phase is an event of whole days, and so is each look at the figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from longwall.implementation.plans import Increment, Plan
from longwall.provenance import hash_of_value

__all__ = ["plan_ics"]

_OCTETS = 75
"""Longest line without its end (RFC 5545, 3.1)."""
_DOMAIN = "longwall"
_DOES = {"introduce": "Introduce", "pilot": "Pilot", "observe": "Observe", "expand": "Expand"}


def plan_ics(plan: Plan, begins: str, *, name: str = "") -> str:
    """Return the plan as iCalendar: one event a phase, one a look, one a freeze.

    Ids of events hold from one plan to the next as long as increment and phase are the same, so that a calendar that
    reads the file again moves its events. The time stamp is the first day of the plan, not that of a clock: the same
    plan gives the same file.

    Parameters
    ----------
    begins : str
        ISO date of the Monday on which week 0 begins.
    name : str
        Of the study, so that events of two studies stay apart.

    References
    ----------
    RFC 5545, Internet Calendaring and Scheduling Core Object Specification (iCalendar).
    """
    first = datetime.date.fromisoformat(begins)
    stamp = f"{first:%Y%m%d}T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Longwall//Plan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{_text(f'Plan {name or plan.design}')}"]  # fmt: skip
    for place, one in enumerate(plan.increments, 1):
        for phase in one.phases:
            title = f"{_DOES[phase.name]}: {place}. {one.title}"
            lines += _event(
                first, stamp, name, (one.id, phase.name), phase.start_week, phase.weeks, title, _phase_text(one)
            )
        look = f"Look: {place}. {one.title}"
        lines += _event(first, stamp, name, (one.id, "look"), one.look_week, 0, look, _look_text(one))
    for freeze in plan.freezes:
        weeks = freeze.last_week + 1 - freeze.first_week
        key = ("freeze", str(freeze.first_week), str(freeze.last_week))
        lines += _event(first, stamp, name, key, freeze.first_week, weeks, "Freeze", freeze.why or "no change begins")
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(
    first: datetime.date, stamp: str, study: str, name: tuple[str, ...], week: int, weeks: int, title: str, text: str
) -> list[str]:
    """The lines of one event; no weeks: the first day of the week only."""
    begin = first + datetime.timedelta(weeks=week)
    end = begin + (datetime.timedelta(weeks=weeks) if weeks else datetime.timedelta(days=1))
    return [
        "BEGIN:VEVENT",
        f"UID:{hash_of_value([study, *name])}@{_DOMAIN}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{begin:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end:%Y%m%d}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(text)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _phase_text(one: Increment) -> str:
    """What somebody must know who sees the event."""
    said = [f"Owner: {one.owner or 'to be named'}", f"Order: {one.why}"]
    if one.source:
        said.append(f"From {one.source}")
    if one.practice is not None:
        said.append(f"From then on: {one.practice.value:.3g} hours of practice a week (assumed)")
    if one.condition:
        said.insert(0, f"Begin {one.condition}")
    return "\n".join(said)


def _look_text(one: Increment) -> str:
    """What the figures are held against."""
    expected = [
        f"{entry.name or entry.indicator}: today {entry.today:.4g}, expected change {entry.change.value:+.3g} "
        f"({entry.change.low:+.3g} to {entry.change.high:+.3g}), on its own"
        for entry in one.expected
    ]
    return "\n".join([*expected, one.drop_if[:1].upper() + one.drop_if[1:]])


def _text(text: str) -> str:
    """Escape a text (RFC 5545, 3.3.11); other control signs are left out."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in escaped if sign >= " " and sign != "\x7f")


def _folded(line: str) -> Iterator[str]:
    """Cut a line into parts of at most 75 octets, each after the first with a space before it, never inside a sign."""
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part += sign
        size += octets
    yield part
