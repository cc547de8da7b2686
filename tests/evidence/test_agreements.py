"""Calendars and the clocks of agreed times, worked out by hand and against a minute-by-minute count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from longwall.discovery.agreed import agreed_h
from longwall.discovery.traces import before, traces_of
from longwall.evidence import Agreement, Calendar, Log, agreement_clock, ingest, open_time, read_log
from longwall.worksystem import week_spans_h

KEY = b"a key for tests, long enough"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OFFICE = Calendar(id="office", hours="mon-fri 08:00-18:00")


def us(text: str, zone: str = "UTC") -> int:
    moment = datetime.fromisoformat(text)
    return (moment.replace(tzinfo=moment.tzinfo or ZoneInfo(zone)) - EPOCH) // timedelta(microseconds=1)


def open_h(calendar: Calendar | None, begin: str, end: str, zone: str = "Europe/Berlin") -> float:
    first, last = us(begin, zone), us(end, zone)
    span = open_time(calendar, zone, first, last)
    return float(span.between_us(np.array([first]), np.array([last]))[0]) / 3.6e9


# Berlin: clocks forward on 29 March 2026 at 02:00, back on 25 October 2026 at 03:00; 6 April is Easter Monday.
OPEN = [
    (OFFICE, "2026-03-02T09:00", "2026-03-02T09:30", 0.5),
    (OFFICE, "2026-03-02T17:00", "2026-03-03T09:00", 2.0),
    (OFFICE, "2026-03-06T17:00", "2026-03-09T09:00", 2.0),
    (OFFICE, "2026-03-27T17:00", "2026-03-30T09:00", 2.0),
    (OFFICE, "2026-03-02T00:00", "2026-03-09T00:00", 50.0),
    (None, "2026-03-28T12:00", "2026-03-29T12:00", 23.0),
    (None, "2026-10-24T12:00", "2026-10-25T12:00", 25.0),
    (Calendar(id="a", hours="always"), "2026-03-28T12:00", "2026-03-29T12:00", 23.0),
    (Calendar(id="a", hours="sun 01:00-04:00"), "2026-03-29T00:00", "2026-03-30T00:00", 2.0),
    (Calendar(id="a", hours="sun 02:00-03:00"), "2026-03-29T00:00", "2026-03-30T00:00", 0.0),
    (Calendar(id="a", hours="sun 02:30-03:30"), "2026-03-29T00:00", "2026-03-30T00:00", 0.5),
    (Calendar(id="a", hours="sun 02:00-03:00"), "2026-10-25T00:00", "2026-10-26T00:00", 2.0),
    (Calendar(id="a", hours="sun 00:00-02:30"), "2026-10-25T00:00", "2026-10-26T00:00", 3.0),
    (Calendar(id="a", hours="sat-sun 22:00-06:00"), "2026-03-28T12:00", "2026-03-30T12:00", 15.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", holidays="DE"), "2026-04-06T00:00", "2026-04-07T10:00", 2.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", holidays="DE", opened=("2026-04-06",)), "2026-04-06T00:00",
     "2026-04-07T10:00", 12.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", holidays="DE-BY"), "2026-06-04T00:00", "2026-06-05T00:00", 0.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", holidays="DE"), "2026-06-04T00:00", "2026-06-05T00:00", 10.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", closed=("2026-03-03",)), "2026-03-02T17:00", "2026-03-04T09:00",
     2.0),
    (Calendar(id="a", hours="mon-fri 08:00-18:00", timezone="Asia/Kolkata"), "2026-03-02T04:30", "2026-03-02T10:00",
     5.5),
    (Calendar(id="a", hours="tue 22:00-06:00", closed=("2026-03-04",)), "2026-03-03T00:00", "2026-03-05T00:00", 2.0),
]  # fmt: skip


@pytest.mark.parametrize(("calendar", "begin", "end", "hours"), OPEN)
def test_open_hours_worked_out_by_hand(calendar: Calendar | None, begin: str, end: str, hours: float) -> None:
    assert open_h(calendar, begin, end) == hours


HOURS = ("mon-fri 08:00-18:00", "sat-sun 22:00-06:00, wed 12:15-12:45", "sun 02:30-03:30", "always")


@settings(max_examples=40, deadline=None, database=None)
@given(
    hours=st.sampled_from(HOURS),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    day=st.sampled_from(["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-03", "2026-10-24", "2026-11-01"]),
    begin=st.integers(0, 3000),
    length=st.integers(0, 2500),
)
def test_open_time_is_that_of_a_minute_by_minute_look_at_the_clock(
    hours: str, zone: str, day: str, begin: int, length: int
) -> None:
    """Caught when changes of the clocks are not seen; one zone moves by half an hour."""
    calendar = Calendar(id="a", hours=hours, closed=("2026-03-30",))
    first = us(f"{day}T00:00+00:00") + begin * 60_000_000
    last = first + length * 60_000_000
    span = open_time(calendar, zone, first, last)
    spans = week_spans_h(hours)
    looked = 0
    for minute in range(length):
        local = (EPOCH + timedelta(microseconds=first + minute * 60_000_000)).astimezone(ZoneInfo(zone))
        at = local.weekday() * 24 + local.hour + local.minute / 60
        looked += local.date().isoformat() != "2026-03-30" and any(low <= at < high for low, high in spans)
    assert span.between_us(np.array([first]), np.array([last]))[0] == looked * 60_000_000
    reached = span.reached_us(span.counted_us(np.array([first])) + looked * 60_000_000)
    assert looked == 0 or (reached[0] <= last and span.between_us(np.array([first]), reached)[0] == looked * 60_000_000)


TICKETS = """case,activity,time,priority,kind,resource
1,Open,2026-03-02 09:00,P1,Bug,Bo Ek
1,Awaiting User Info,2026-03-02 10:00,P1,Bug,Bo Ek
1,In Progress,2026-03-02 17:00,P1,Bug,Bo Ek
1,Closed,2026-03-03 08:30,P1,Bug,kim.passa@example.org
2,Open,2026-03-06 17:30,P1,Bug,Bo Ek
2,Closed,2026-03-09 10:00,P1,Bug,kim.passa@example.org
3,Open,2026-03-02 09:00,P2,Bug,Bo Ek
3,Closed,2026-03-02 21:00,P2,Bug,kim.passa@example.org
4,Open,2026-03-04 09:00,P3,Wish,Bo Ek
4,Awaiting User Info,2026-03-04 09:15,P3,Wish,Bo Ek
4,In Progress,2026-03-09 08:00,P3,Wish,Bo Ek
"""
FOUR = Agreement(id="p1", within_h=4, priority=("p1",), calendar="office")


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Log]:
    folder = tmp_path_factory.mktemp("tickets")
    (folder / "log.csv").write_text(TICKETS)
    mapping = {"case": "case", "activity": ["activity"], "time": "time", "priority": "priority", "category": "kind",
               "timezone": "Europe/Berlin"}  # fmt: skip
    ingest(folder / "log.csv", folder / "evidence.duckdb", key=KEY, mapping=mapping)
    log = read_log(folder / "evidence.duckdb")
    return lambda *agreements: replace(log, agreements=agreements, calendars=(OFFICE,))


def by_item(log: Log, values: np.ndarray) -> dict[str, Any]:
    return dict(zip(log.case_labels, values.tolist(), strict=True))


def test_the_clock_pauses_and_keeps_business_hours(tickets: Callable[..., Log]) -> None:
    """Item 1: 9 to 10, 17 to 18, then half an hour; 10 to 17 with the user. Item 2: Friday half an hour, Monday 2."""
    log = tickets(FOUR)
    clock = agreement_clock(log)
    assert clock is not None
    assert by_item(log, clock.elapsed_h)["1"] == 2.5 and by_item(log, clock.elapsed_h)["2"] == 2.5
    assert by_item(log, clock.paused_h)["1"] == 7.0 and by_item(log, clock.paused_h)["2"] == 0.0
    assert by_item(log, clock.which) == {"1": 0, "2": 0, "3": -1, "4": -1}
    assert not clock.late.any() and np.isnan(clock.due_h).all()
    deadline = by_item(log, clock.deadline_h)
    assert log.moment(deadline["1"]) == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert log.moment(deadline["2"]) == datetime(2026, 3, 9, 10, 30, tzinfo=UTC)


def test_a_pause_puts_off_the_moment_at_which_time_is_up(tickets: Callable[..., Log]) -> None:
    log = tickets(FOUR.model_copy(update={"within_h": 1.5}))
    clock = agreement_clock(log)
    assert clock is not None and by_item(log, clock.late) == {"1": True, "2": True, "3": False, "4": False}
    due = by_item(log, clock.due_h)
    assert log.moment(due["1"]) == datetime(2026, 3, 2, 16, 30, tzinfo=UTC), "an hour before the pause, half after it"
    assert log.moment(due["2"]) == datetime(2026, 3, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "elapsed"),
    [
        ({}, 2.5),
        ({"pauses": False}, 9.5),
        ({"calendar": ""}, 16.5),
        ({"calendar": "", "pauses": False}, 23.5),
        ({"pauses_in": ("In Progress",)}, 8.0),
        ({"pauses_in": ("In Progress", "Awaiting User Info")}, 1.0),
        ({"ends_with": ("In Progress",)}, 1.0),
        ({"measures": "response"}, 1.0),
    ],
)
def test_each_rule_of_the_clock(change: dict[str, Any], elapsed: float, tickets: Callable[..., Log]) -> None:
    agreement = FOUR.model_copy(update=change)
    log = tickets(agreement)
    clock = agreement_clock(log, measures=agreement.measures)
    assert clock is not None and by_item(log, clock.elapsed_h)["1"] == elapsed


def test_the_first_agreement_that_fits_holds(tickets: Callable[..., Log]) -> None:
    rest = Agreement(id="rest", within_h="2 d", calendar="")
    wish = Agreement(id="wish", within_h=40, category=("Wish",), calendar="office")
    log = tickets(FOUR, wish, rest)
    clock = agreement_clock(log)
    assert clock is not None
    assert by_item(log, clock.which) == {"1": 0, "2": 0, "3": 2, "4": 1}
    assert by_item(log, clock.agreed_h) == {"1": 4.0, "2": 4.0, "3": 48.0, "4": 40.0}
    assert agreement_clock(log, measures="response") is None
    other = tickets(Agreement(id="no", within_h=1, priority=("P9",)))
    clock = agreement_clock(other)
    assert clock is not None and (clock.which == -1).all() and not clock.late.any()


def test_the_clock_of_an_open_item_runs_to_the_edge_unless_it_is_paused(tickets: Callable[..., Log]) -> None:
    log = before(tickets(Agreement(id="all", within_h=40, calendar="office")), 7 * 24.0)
    clock = agreement_clock(log, edge_h=7 * 24.0, finished=np.zeros(log.n_cases, dtype=np.bool_))
    assert clock is not None and not clock.stopped.any()
    assert by_item(log, clock.elapsed_h) == {"1": 41.5 + 0.5, "2": 0.5, "3": 49.0, "4": 0.25}
    assert by_item(log, clock.paused_h)["4"] == pytest.approx(9 - 0.25 + 20)


def test_lateness_is_judged_by_the_agreement(tickets: Callable[..., Log]) -> None:
    log = tickets(FOUR)
    traces = traces_of(log)
    agreed = by_item(log, agreed_h(log, traces))
    assert agreed["1"] == 4.0 and agreed["2"] == pytest.approx(66.0) and np.isnan(agreed["3"])


EDGES = st.lists(st.integers(0, 6 * 24 * 60), min_size=2, max_size=9, unique=True).map(sorted)


@settings(max_examples=40, deadline=None, database=None)
@given(edges=EDGES, within=st.integers(1, 2000))
def test_the_clock_is_that_of_a_minute_by_minute_count(edges: list[int], within: int) -> None:
    """States alternate between work and waiting; open hours on weekdays; clocks go forward in the middle."""
    base = us("2026-03-26T00:00", "Europe/Berlin")
    hours = (np.array(edges, dtype=np.float64)) / 60
    n = len(edges)
    log = Log(
        case=np.zeros(n, dtype=np.int32), activity=(np.arange(n) % 2).astype(np.int32),
        resource=np.full(n, -1, dtype=np.int32), team=np.full(n, -1, dtype=np.int32), start_h=hours, end_h=hours,
        row=np.arange(n), offsets=np.array([0, n]), case_labels=("1",), activities=("Work", "On hold"), teams=(),
        n_resources=0, resource_team=np.zeros(0, dtype=np.int32), case_attributes={},
        origin=EPOCH + timedelta(microseconds=base), timezone="Europe/Berlin", starts_logged=False,
        capabilities=frozenset(), agreements=(Agreement(id="a", within_h=within / 60, calendar="office"),),
        calendars=(OFFICE,),
    )  # fmt: skip
    clock = agreement_clock(log)
    assert clock is not None
    counted = paused = 0
    due = None
    for minute in range(edges[0], edges[-1]):
        local = (EPOCH + timedelta(microseconds=base + minute * 60_000_000)).astimezone(ZoneInfo("Europe/Berlin"))
        if local.weekday() < 5 and 8 <= local.hour < 18:
            held = (int(np.searchsorted(edges, minute, side="right")) - 1) % 2 == 1
            paused, counted = paused + held, counted + (not held)
            if counted == within and due is None:
                due = minute + 1
    assert (clock.elapsed_h[0], clock.paused_h[0]) == (counted / 60, paused / 60)
    assert clock.late[0] == (counted > within)
    assert due is None if np.isnan(clock.due_h[0]) else clock.due_h[0] * 60 == pytest.approx(due, abs=1e-6)


def test_pauses_that_overlap_count_once(tickets: Callable[..., Log]) -> None:
    """Caught when stretches that overlap are summed: on hold from 0 to 5 and, inside that, from 1 to 2."""
    nobody = np.full(3, -1, dtype=np.int32)
    log = replace(
        tickets(Agreement(id="a", within_h=1)), case=np.zeros(3, dtype=np.int32), resource=nobody, team=nobody,
        activity=np.array([1, 1, 0], dtype=np.int32), start_h=np.array([1.0, 0, 5]), end_h=np.array([2.0, 3, 7]),
        row=np.arange(3), offsets=np.array([0, 3]), case_labels=("1",), activities=("Work", "On hold"),
        case_attributes={},
    )  # fmt: skip
    clock = agreement_clock(log)
    assert clock is not None and (clock.elapsed_h[0], clock.paused_h[0], clock.due_h[0]) == (2.0, 5.0, 6.0)


@pytest.mark.parametrize(
    ("of", "values", "says"),
    [
        (Calendar, {"hours": "mon 8-18"}, "expected hours"),
        (Calendar, {"holidays": "XX"}, "expected a country"),
        (Calendar, {"holidays": "DE-XX"}, "expected a subdivision"),
        (Calendar, {"closed": ["24.12.2026"]}, "expected dates"),
        (Calendar, {"timezone": "Mars"}, "expected an IANA time zone"),
        (Agreement, {"within_h": 0}, "expected more than 0 hours"),
        (Agreement, {"within_h": "soon"}, "expected a duration"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_was_expected(
    of: type[Calendar] | type[Agreement], values: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        of.model_validate({"id": "a", **values})
