"""Exports of ticket tools are recognised by their columns, without a mapping, in each of the shapes they have."""

# ruff: noqa: E501  rows of exports stand as they are
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.evidence.exports import EXPORTS, Ticket, tickets

from longwall.evidence import Log, Observed, hold_states

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]
MADE = tickets(12)
Steps = Counter[tuple[datetime, str]]


def came_out(log: Log) -> list[Steps]:
    """The events of each item as times and activities, items in order of their first event."""
    return [Counter((log.moment(log.end_h[n]).replace(microsecond=0), log.activities[log.activity[n]])
                    for n in range(a, b)) for a, b in zip(log.offsets[:-1], log.offsets[1:], strict=True)]  # fmt: skip


def told(ticket: Ticket, opened: str | None, *, whole_minutes: bool = False) -> Steps:
    """What a full history tells of a ticket."""
    names = {"team": "Reassigned", "assignee": "Assigned"}
    found = [(change.at, names.get(change.field, change.after)) for change in ticket.changes]
    found += [(ticket.opened, opened)] if opened else []
    return Counter((at.replace(second=0) if whole_minutes else at, name) for at, name in found)


def read_export(name: str, write: Put, read: Read) -> tuple[Observed, Log]:
    file, make, shape = EXPORTS[name]
    record, log = read(write(make(MADE), file))
    assert record.mapping["shape"] == shape
    assert (record.rejected_rows, log.n_cases) == (0, len(MADE)), record.rejects
    return record, log


HISTORIES = {
    "servicenow history": None, "servicenow metrics": "Opened", "servicenow updates": "New", "jira changelog": "New",
    "jira history": "New", "zendesk audits": None,
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_every_history_tells_the_same(name: str, write: Put, read: Read) -> None:
    record, log = read_export(name, write, read)
    by_minute = name == "servicenow updates"
    assert came_out(log) == [told(ticket, HISTORIES[name], whole_minutes=by_minute) for ticket in MADE]
    assert {"order", "handover", "hold", "reopen"} <= set(record.capabilities)
    assert log.terminal == ("Resolved", "Closed")
    assert [log.activities[code] for code in hold_states(log.activities)] == ["On Hold"]
    going = np.append(log.case[1:] == log.case[:-1], False)
    closed = np.isin(log.activity, [log.activities.index(state) for state in log.terminal])
    reopened = set(log.case[np.flatnonzero(going & closed & ~np.append(closed[1:], True))])
    assert len(reopened) == sum(ticket.number % 5 == 0 and ticket.when("Closed") is not None for ticket in MADE)


SNAPSHOTS = {
    "servicenow snapshot": ("Opened", "Resolved", "Closed"), "servicenow snapshot as JSON": ("Opened", "Resolved", "Closed"),
    "jira snapshot": ("Opened", "Resolved"), "github snapshot": ("Opened", "Closed"),
    "github snapshot in pages": ("Opened", "Closed"), "github snapshot as CSV": ("Opened", "Closed"),
    "pagerduty snapshot": ("Opened", "Acknowledged", "Resolved"), "pagerduty snapshot as JSON": ("Opened", "Resolved"),
    "freshservice snapshot": ("Opened", "Resolved", "Closed"), "incident table": ("Opened", "Resolved", "Closed"),
}  # fmt: skip


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_every_snapshot_tells_its_times(name: str, write: Put, read: Read) -> None:
    _, log = read_export(name, write, read)
    minutes = name in ("jira snapshot", "incident table")
    expected = []
    for ticket in MADE:
        when = {"Opened": ticket.opened, "Acknowledged": ticket.changes[1].at, "Resolved": ticket.when("Resolved"),
                "Closed": ticket.when("Closed")}  # fmt: skip
        expected.append(Counter((at.replace(second=0) if minutes else at, label) for label in SNAPSHOTS[name]
                                if (at := when[label]) is not None))  # fmt: skip
    assert came_out(log) == expected
    if name != "incident table":
        assert log.n_resources == len({ticket.state("assignee") for ticket in MADE})


def test_the_shown_column_is_taken_and_not_the_coded_one(write: Put, read: Read) -> None:
    record, log = read_export("servicenow snapshot", write, read)
    assert (record.mapping["team"], record.mapping["status"]) == ("dv_assignment_group", "dv_state")
    assert set(log.teams) == {ticket.state("team") for ticket in MADE}


@pytest.mark.parametrize("name", ["github timeline", "github events", "github graphql"])
def test_entries_of_github_become_events(name: str, write: Put, read: Read) -> None:
    record, log = read_export(name, write, read)
    counts = Counter(log.activities[code] for code in log.activity)
    states = [[c.after for c in ticket.changes if c.field == "status"] for ticket in MADE]
    assert counts["Opened"] == len(MADE)
    assert counts["Closed"] == sum(state.count("Resolved") + state.count("Closed") for state in states)
    assert counts["Reopened"] == sum(
        ticket.number % 5 == 0 and "Closed" in s for ticket, s in zip(MADE, states, strict=True)
    )
    assert not counts.keys() & {"Subscribed", "Committed", "committed", "subscribed"}
    assert record.mapping["terminal"] == ["Closed"] and log.n_resources == 6
    left = {item.key: item.count for item in record.quality}.get("left_out", 0)
    assert left == {"github timeline": 2 * len(MADE)}.get(name, left)


def test_entries_of_pagerduty_become_events(write: Put, read: Read) -> None:
    record, log = read_export("pagerduty log entries", write, read)
    assert log.activities[:3] == ("Triggered", "Assigned", "Acknowledged")
    assert {"Escalated", "Resolved", "On hold: snoozed"} < set(log.activities)
    assert "hold" in record.capabilities and record.mapping["terminal"] == ["Resolved"]


def test_states_with_sub_states_and_activities(write: Put, read: Read) -> None:
    _, log = read_export("service requests", write, read)
    assert set(log.activities) == {
        "Accepted/In Progress",
        "Queued/Wait - User",
        "Completed/Resolved",
        "Completed/Closed",
    }
    _, log = read_export("incident activities", write, read)
    assert {"Assignment", "Reassignment", "Closed"} < set(log.activities) and set(log.teams) <= {
        "Desk",
        "Network",
        "Platform",
    }


def test_localised_months_and_halves_of_the_day(write: Put, read: Read) -> None:
    text = "Issue key,Status,Created,Resolved\n" + "".join(
        f"D-{n},Done,{n + 1}/{month}/24 {hour},{n + 2}/{month}/24 1:30 PM\n"
        for n, (month, hour) in enumerate([("Mär", "3:05 PM"), ("März", "3:05 PM"), ("mars", "3:05 PM"), ("mar", "3:05 PM")])
    )  # fmt: skip
    _, log = read(write(text))
    opened = [log.moment(hours) for hours in log.end_h[log.activity == log.activities.index("Opened")]]
    assert opened == [datetime(2024, 3, 1, 15, 5, tzinfo=UTC) + timedelta(days=n) for n in range(4)]


def test_an_item_without_a_change_keeps_its_opening(write: Put, read: Read) -> None:
    text = """{"key": "A-1", "fields": {"created": "2024-03-01T09:00:00Z"}, "changelog": {"histories": []}}
{"key": "A-2", "fields": {"created": "2024-03-02T09:00:00Z"}, "changelog": {"histories": [{"created":
 "2024-03-02T10:00:00Z", "author": {"displayName": "Ann"}, "items": [{"field": "status", "fromString": "Open",
 "toString": "Done"}]}]}}
{"key": "A-3", "fields": {"created": "2024-03-03T09:00:00Z"}}"""
    _, log = read(write(text, "log.jsonl"))
    assert log.case_labels == ("A-1", "A-2", "A-3")
    assert [log.activities[code] for code in log.activity] == ["Opened", "Open", "Done", "Opened"]
