"""The plan as a calendar, read back by a reader written from RFC 5545 alone; the board beside the phases."""

from __future__ import annotations

import csv
import datetime
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from longwall.implementation import Freeze, board, board_csv, load_by_week, most_in_progress, plan_ics, sequence

_VALUE = re.compile(r"^(?:[^\\;,]|\\[\\;,nN])*$")


def read_calendar(text: str) -> list[dict[str, str]]:
    """Events as mappings of property to value; refuses whatever RFC 5545 does not allow."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    physical = text[:-2].split("\r\n")
    assert all(len(line.encode()) <= 75 for line in physical)
    lines: list[str] = []
    for line in physical:
        if line.startswith(" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    events: list[dict[str, str]] = []
    head: dict[str, str] = {}
    inside = False
    for line in lines[1:-1]:
        name, value = re.fullmatch(r"([A-Z-]+(?:;[A-Z-]+=[A-Z-]+)*):(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
        assert all(sign >= " " for sign in value)
        if (name, value) == ("BEGIN", "VEVENT"):
            assert not inside
            inside = True
            events.append({})
        elif (name, value) == ("END", "VEVENT"):
            assert inside
            inside = False
        else:
            place = events[-1] if inside else head
            assert name not in place
            place[name] = value
    assert not inside and head["VERSION"] == "2.0" and head["PRODID"]
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "SUMMARY"} <= event.keys()
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        assert event["DTEND;VALUE=DATE"] > event["DTSTART;VALUE=DATE"]
        for key in ("SUMMARY", "DESCRIPTION"):
            assert _VALUE.match(event[key])
            event[key] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], event[key])
    assert len({event["UID"] for event in events}) == len(events)
    return events


def test_each_phase_each_look_and_each_freeze_is_an_event(made) -> None:
    change, aligned = made
    plan = sequence(
        aligned([change("a"), change("tool", "technical", concerns=("other",))]),
        freezes=[Freeze(first_week=1, last_week=2, why="year end; no change")],
    )
    text = plan_ics(plan, "2026-03-02", name="desk")
    events = read_calendar(text)
    assert text == plan_ics(plan, "2026-03-02", name="desk")
    assert len(events) == 5 + 2 + 1
    look = next(event for event in events if event["SUMMARY"].startswith("Look: 1. Do "))
    first = plan.increments[0]
    day = datetime.date(2026, 3, 2) + datetime.timedelta(weeks=first.look_week)
    assert look["DTSTART;VALUE=DATE"] == f"{day:%Y%m%d}" and "on its own" in look["DESCRIPTION"]
    assert next(event for event in events if event["SUMMARY"] == "Freeze")["DESCRIPTION"] == "year end; no change"
    moved = read_calendar(plan_ics(plan, "2026-04-06", name="desk"))
    assert {event["UID"] for event in moved} == {event["UID"] for event in events}
    assert {event["UID"] for event in read_calendar(plan_ics(plan, "2026-03-02", name="shop"))}.isdisjoint(
        event["UID"] for event in events
    )


@given(title=st.text(max_size=120))
def test_any_title_comes_back(title: str, made) -> None:
    """Fails when a line is cut inside a sign, or a comma or line break is not escaped."""
    change, aligned = made
    plan = sequence(aligned([change("a")])) if not _PLAN else _PLAN[0]
    _PLAN[:] = [plan]
    named = plan.model_copy(update={"increments": (plan.increments[0].model_copy(update={"title": title}),)})
    kept = "".join(
        s for s in title.replace("\r\n", "\n").replace("\r", "\n") if (s >= " " and s != "\x7f") or s == "\n"
    )
    assert read_calendar(plan_ics(named, "2026-03-02"))[0]["SUMMARY"] == f"Pilot: 1. {kept}"


_PLAN: list = []


def test_the_board_holds_each_increment_once_a_week_and_all_effort(made) -> None:
    change, aligned = made
    changes = [
        change("a", effort_weeks=3.0), change("b", effort_weeks=2.0, concerns=("desk", "other")), change("c"),
        change("tool", "technical"),
    ]  # fmt: skip
    plan = sequence(aligned(changes), changes_at_once=1)
    weeks = board(plan)
    ids = sorted(one.id for one in plan.increments)
    assert [week.week for week in weeks] == list(range(plan.finish_week + 1))
    for week in weeks:
        columns = [week.to_do, week.pilot, week.observe, week.expand, week.done]
        assert sorted(name for column in columns for name in column) == ids
        assert week.in_progress == len(ids) - len(week.to_do) - len(week.done)
    assert sorted(weeks[-1].done) == ids and weeks[0].done == ()
    loads = load_by_week(plan)
    assert abs(sum(map(sum, loads.values())) - 5.0) < 1e-6 and set(loads) == {"desk", "other"}
    most, first = most_in_progress(plan)
    assert most == max(week.in_progress for week in weeks) and weeks[first].in_progress == most
    rows = list(csv.DictReader(io.StringIO(board_csv(plan))))
    assert [row["pilot"].split() for row in rows] == [list(week.pilot) for week in weeks]
    assert abs(sum(float(row["load_desk"]) for row in rows) - sum(loads["desk"])) < 1e-6
