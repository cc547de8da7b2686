"""Invented tickets, written as the tools that people use would export them: each in the shapes that exist for it.

The same tickets stand in every export, so what comes out can be compared. Nothing in them was ever observed.
"""

# ruff: noqa: E501  rows of exports stand as they are
from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["EXPORTS", "Change", "Ticket", "tickets"]

START = datetime(2024, 3, 18, 8, 0, tzinfo=UTC)
PEOPLE = ("Ann Archer", "Bo Baker", "Cy Carter", "Di Dyer", "Ed Ely", "Flo Fox")
TEAMS = ("Desk", "Network", "Platform")
Cells = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change of one field."""

    at: datetime
    by: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Ticket:
    """A ticket with its history; the status goes New, In Progress, (On Hold), Resolved, (In Progress, Resolved), Closed."""

    number: int
    opened: datetime
    priority: int
    team: str
    changes: tuple[Change, ...]

    def when(self, *states: str) -> datetime | None:
        """The last time it came into one of these states."""
        found = [change.at for change in self.changes if change.field == "status" and change.after in states]
        return found[-1] if found else None

    def state(self, field: str, at: datetime | None = None) -> str:
        """What a field holds, at some time or at the end."""
        known = [change for change in self.changes if change.field == field and (at is None or change.at <= at)]
        return known[-1].after if known else {"status": "New", "team": self.team}.get(field, "")


def tickets(n: int = 40) -> list[Ticket]:
    """Return n tickets; every fourth waits for the customer, every fifth comes back, the last two are open."""
    found = []
    for k in range(n):
        opened = START + timedelta(hours=7 * k + k % 3, minutes=13 * k % 60)
        at, rows, state = opened, [], "New"
        team, owner = TEAMS[k % 2], ""

        def step(field: str, before: str, after: str, hours: float, by: str, rows: list[Change] = rows) -> None:
            nonlocal at
            at += timedelta(hours=hours)
            rows.append(Change(at, by, field, before, after))

        first = PEOPLE[k % 6]
        step("assignee", owner, first, 0.5, first)
        plan = ["In Progress"] + ["On Hold", "In Progress"] * (k % 4 == 0) + ["Resolved"]
        plan += ["In Progress", "Resolved"] * (k % 5 == 0) + ["Closed"]
        for number, following in enumerate(plan[: 1 if k >= n - 2 else None]):
            if number == 1 and k % 3 == 0:
                step("team", team, TEAMS[2], 1.0, first)
            step("status", state, following, 1.0 + k % 5, PEOPLE[(k + number) % 6])
            state = following
        found.append(Ticket(1000 + k, opened, 1 + k % 4, team, tuple(rows)))
    return found


def _csv(rows: list[Cells], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _z(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def _all_changes(made: list[Ticket]) -> Iterator[tuple[Ticket, Change]]:
    yield from ((ticket, change) for ticket in made for change in ticket.changes)


CODES = {"New": 1, "In Progress": 2, "On Hold": 3, "Resolved": 6, "Closed": 7}


def servicenow_incidents(made: list[Ticket]) -> bytes:
    """The incident table with raw and display columns side by side."""
    return _csv([{
        "number": f"INC{t.number:07d}", "sys_id": f"{t.number:032x}", "short_description": f"=cmd|{t.number}",
        "state": CODES[t.state("status")], "dv_state": t.state("status"), "opened_at": _plain(t.opened),
        "sys_created_on": _plain(t.opened), "sys_updated_on": _plain(t.changes[-1].at),
        "assignment_group": f"{TEAMS.index(t.state('team')):032x}", "dv_assignment_group": t.state("team"),
        "assigned_to": f"{PEOPLE.index(t.state('assignee')):032x}", "dv_assigned_to": t.state("assignee"),
        "caller_id": "Zoe Zimmer", "priority": f"{t.priority} - P{t.priority}", "category": ["Network", "Mail"][t.number % 2],
        "reassignment_count": sum(c.field == "team" for c in t.changes), "reopen_count": int(t.number % 5 == 0),
        "calendar_duration": 3600 * t.priority, "resolved_at": _plain(t.when("Resolved")),
        "closed_at": _plain(t.when("Closed")), "problem_id": f"PRB{t.number // 7:07d}" if t.number % 3 == 0 else "",
        "caused_by": f"CHG{t.number // 9:07d}" if t.number % 8 == 0 else "", "rfc": "", "parent_incident": "",
    } for t in made])  # fmt: skip


def servicenow_incidents_json(made: list[Ticket]) -> bytes:
    """The same from the table API, with display values."""

    def both(value: Any, shown: Any) -> Cells:
        return {"value": str(value), "display_value": str(shown)}

    return _json({"result": [{
        "number": both(f"INC{t.number:07d}", f"INC{t.number:07d}"),
        "state": both(CODES[t.state("status")], t.state("status")), "opened_at": both(_plain(t.opened), _plain(t.opened)),
        "assignment_group": {**both("0" * 32, t.state("team")), "link": "https://example.org/api/now/table/sys_user_group"},
        "assigned_to": both("1" * 32, t.state("assignee")), "priority": both(t.priority, f"{t.priority} - P{t.priority}"),
        "resolved_at": both(_plain(t.when("Resolved")), _plain(t.when("Resolved"))),
        "closed_at": both(_plain(t.when("Closed")), _plain(t.when("Closed"))),
        "problem_id": both("", f"PRB{t.number // 7:07d}" if t.number % 3 == 0 else ""),
    } for t in made]})  # fmt: skip


def servicenow_audit(made: list[Ticket]) -> bytes:
    """sys_audit: one row per changed field, states as numbers."""
    names = {"status": "incident_state", "team": "assignment_group", "assignee": "assigned_to"}
    return _csv([{
        "tablename": "incident", "documentkey": f"{t.number:032x}", "fieldname": names[c.field], "user": c.by,
        "oldvalue": CODES.get(c.before, c.before), "newvalue": CODES.get(c.after, c.after), "sys_created_on": _plain(c.at),
        "sys_updated_on": _plain(c.at), "reason": "",
    } for t, c in _all_changes(made)])  # fmt: skip


def servicenow_metric(made: list[Ticket]) -> bytes:
    """incident_metric: one row per value that a field held for a while."""
    names = {"status": "Incident State Duration", "team": "Assignment Group", "assignee": "Assigned to Duration"}
    return _csv([{
        "inc_number": f"INC{t.number:07d}", "inc_opened_at": _plain(t.opened), "mi_definition": names[c.field],
        "mi_value": c.after, "mi_start": _plain(c.at), "mi_end": _plain(c.at + timedelta(hours=1)),
        "mi_duration": 3600, "mi_calculation_complete": "true",
    } for t, c in _all_changes(made)])  # fmt: skip


def servicenow_updates(made: list[Ticket]) -> bytes:
    """The form of the public incident event log: one row per save, day first, ? for what is missing."""

    def day(at: datetime | None) -> str:
        return "?" if at is None else f"{at.day}/{at.month}/{at.year} {at:%H:%M}"

    rows = []
    for t in made:
        for number, at in enumerate([t.opened, *(c.at for c in t.changes)]):
            rows.append({
                "number": f"INC{t.number:07d}", "incident_state": t.state("status", at), "active": "true",
                "reassignment_count": 0, "reopen_count": 0, "sys_mod_count": number, "made_sla": "true",
                "caller_id": f"Caller {t.number}", "opened_by": "Opened by 8", "opened_at": day(t.opened),
                "sys_created_by": "Created by 2", "sys_created_at": day(t.opened), "sys_updated_by": "Updated by 3",
                "sys_updated_at": day(at), "category": f"Category {t.number % 4}", "priority": f"{t.priority} - Moderate",
                "assignment_group": t.state("team", at), "assigned_to": t.state("assignee", at) or "?",
                "problem_id": "?", "rfc": "?", "vendor": "?", "caused_by": "?", "resolved_at": day(t.when("Resolved")),
                "closed_at": day(t.when("Closed")),
            })  # fmt: skip
    return _csv(rows)


def jira_csv(made: list[Ticket]) -> bytes:
    """An issue export: repeated column names, times as one locale writes them."""

    def shown(at: datetime | None) -> str:
        return "" if at is None else f"{at:%d/%b/%y} {at:%I:%M %p}".replace(" 0", " ")

    head = ["Summary", "Issue key", "Issue id", "Issue Type", "Status", "Priority", "Resolution", "Assignee", "Reporter",
            "Created", "Updated", "Resolved", "Sprint", "Sprint", "Comment", "Comment", "Outward issue link (Blocks)",
            "Custom field (Story Points)"]  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for t in made:
        writer.writerow([
            "-2+3", f"DESK-{t.number}", t.number, ["Incident", "Request"][t.number % 2], t.state("status"),
            ["High", "Low"][t.priority % 2], "Done", t.state("assignee"), "Zoe Zimmer", shown(t.opened),
            shown(t.changes[-1].at), shown(t.when("Resolved")), "Sprint 1", "Sprint 2",
            f"{shown(t.opened)};ann;a \"quoted\", long\nstory", "", f"DESK-{t.number + 1}" if t.number % 6 == 0 else "", 3,
        ])  # fmt: skip
    return out.getvalue().encode()


def jira_json(made: list[Ticket]) -> bytes:
    """A page of the search API with the changelog expanded."""

    def at(moment: datetime | None) -> str | None:
        return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def user(name: str) -> Cells:
        return {
            "accountId": name.lower().replace(" ", ""),
            "displayName": name,
            "active": True,
            "self": "https://x/user",
        }

    names = {"status": "status", "team": "Assignment group", "assignee": "assignee"}
    return _json({"expand": "schema,names", "startAt": 0, "maxResults": 50, "total": len(made), "issues": [{
        "expand": "changelog", "id": str(t.number), "self": "https://example.org/rest/api/2/issue", "key": f"DESK-{t.number}",
        "fields": {
            "summary": "text", "issuetype": {"name": "Incident", "id": "1"}, "priority": {"name": f"P{t.priority}"},
            "status": {"name": t.state("status"), "id": "3", "statusCategory": {"key": "done"}}, "created": at(t.opened),
            "updated": at(t.changes[-1].at), "resolutiondate": at(t.when("Resolved")), "labels": ["a", "b"],
            "assignee": user(t.state("assignee")), "reporter": user("Zoe Zimmer"), "description": "long " * 300,
            "issuelinks": [{"id": "9", "type": {"name": "Blocks"}, "outwardIssue": {"id": "1", "key": f"DESK-{t.number + 1}"}}]
            * (t.number % 6 == 0),
        },
        "changelog": {"startAt": 0, "total": len(t.changes), "histories": [
            {"id": str(n), "author": user(c.by), "created": at(c.at), "items": [
                {"field": names[c.field], "fieldtype": "jira", "from": "1", "fromString": c.before or None, "to": "2",
                 "toString": c.after}, {"field": "Rank", "from": "", "to": "", "toString": "higher"}]}
            for n, c in enumerate(t.changes)]},
    } for t in made]})  # fmt: skip


def jira_history(made: list[Ticket]) -> bytes:
    """A history export as add-ons write it."""
    names = {"status": "Status", "team": "Assignment group", "assignee": "Assignee"}
    return _csv([{
        "Issue Key": f"DESK-{t.number}", "Created": _plain(t.opened), "Author": c.by, "Date of change": _plain(c.at),
        "Field": names[c.field], "Old value": c.before, "New value": c.after,
    } for t, c in _all_changes(made)], ";")  # fmt: skip


def _github_events(t: Ticket) -> list[Cells]:
    kinds = {"Resolved": "labeled", "Closed": "closed", "On Hold": "labeled", "In Progress": "unlabeled"}
    found: list[Cells] = []
    closed = False
    for n, c in enumerate(t.changes):
        kind = "assigned" if c.field == "assignee" else "milestoned" if c.field == "team" else kinds[c.after]
        if kind == "unlabeled" and closed:
            kind = "reopened"
        kind = "closed" if c.after == "Resolved" else kind
        closed = kind == "closed"
        found.append({"id": 7 * t.number + n, "node_id": "x", "url": "https://api.example.org/e", "event": kind,
                      "actor": {"login": c.by, "id": 5, "url": "https://api.example.org/u"}, "created_at": _z(c.at),
                      "assignee": {"login": c.by} if kind == "assigned" else None})  # fmt: skip
    found.append(
        {"event": "committed", "sha": "f" * 40, "message": "fix", "author": {"name": "Ann Archer", "date": "x"}}
    )
    found.append({"event": "subscribed", "actor": {"login": "Ann Archer"}, "created_at": _z(t.changes[0].at)})
    return found


def _github_issue(t: Ticket) -> Cells:
    closed = t.when("Closed")
    return {
        "url": "https://api.example.org/i", "id": 10**9 + t.number, "number": t.number, "title": "text",
        "user": {"login": "Zoe Zimmer", "id": 3, "type": "User"}, "labels": [{"id": 1, "name": "bug"}],
        "state": "closed" if closed else "open", "state_reason": "completed" if closed else None,
        "assignee": {"login": t.state("assignee"), "id": 4}, "assignees": [{"login": t.state("assignee"), "id": 4}],
        "milestone": None, "comments": 2, "created_at": _z(t.opened), "updated_at": _z(t.changes[-1].at),
        "closed_at": _z(closed), "body": "<!DOCTYPE html> long " * 100,
    }  # fmt: skip


def github_issues(made: list[Ticket]) -> bytes:
    """The list of issues, without events."""
    return _json([_github_issue(t) for t in made])


def github_pages(made: list[Ticket]) -> bytes:
    """The same as pages one after another."""
    half = len(made) // 2
    return github_issues(made[:half]) + b"\n" + github_issues(made[half:])


def github_timeline(made: list[Ticket]) -> bytes:
    """Issues a line with their timelines."""
    return b"\n".join(_json({**_github_issue(t), "timeline": _github_events(t)}) for t in made)


def github_events(made: list[Ticket]) -> bytes:
    """The events of a repository, each with its issue."""
    return _json([{**event, "issue": _github_issue(t)} for t in made for event in _github_events(t) if "id" in event])


def github_graphql(made: list[Ticket]) -> bytes:
    """A GraphQL answer with timeline items."""
    return _json({"data": {"repository": {"issues": {"totalCount": len(made), "nodes": [{
        "number": t.number, "title": "text", "createdAt": _z(t.opened), "closedAt": _z(t.when("Closed")), "state": "CLOSED",
        "author": {"login": "Zoe Zimmer"}, "labels": {"nodes": [{"name": "bug"}]},
        "timelineItems": {"nodes": [
            {"__typename": f"{event['event'].title()}Event", "createdAt": event["created_at"], "actor": event["actor"]}
            for event in _github_events(t) if "id" in event]},
    } for t in made]}}}})  # fmt: skip


def github_csv(made: list[Ticket]) -> bytes:
    """Issues as a small tool writes them."""
    return _csv([{"number": t.number, "title": "text", "state": "closed", "user": "Zoe Zimmer", "labels": "bug;ui",
                  "assignees": t.state("assignee"), "created_at": _z(t.opened), "closed_at": _z(t.when("Closed"))}
                 for t in made])  # fmt: skip


def pagerduty_csv(made: list[Ticket]) -> bytes:
    """The incident report."""
    rows = []
    for t in made:
        resolved = t.when("Resolved")
        rows.append({
            "id": f"P{t.number:06d}", "incident_number": t.number, "description": "text", "service_name": f"Service {t.number % 3}",
            "escalation_policy_name": t.state("team"), "created_on": _z(t.opened), "resolved_on": _z(resolved) or "",
            "seconds_to_first_ack": int((t.changes[1].at - t.opened).total_seconds()),
            "seconds_to_resolve": int((resolved - t.opened).total_seconds()) if resolved else "",
            "auto_resolved": "false", "escalation_count": t.number % 3, "num_interruptions": 1, "urgency": ["high", "low"][t.number % 2],
            "assigned_to_user_names": t.state("assignee"), "resolved_by_user_name": t.state("assignee"),
        })  # fmt: skip
    return _csv(rows)


def pagerduty_incidents(made: list[Ticket]) -> bytes:
    """A page of the incidents API."""
    return _json({"incidents": [{
        "id": f"P{t.number:06d}", "type": "incident", "summary": "[#1] text", "incident_number": t.number, "title": "text",
        "created_at": _z(t.opened), "updated_at": _z(t.changes[-1].at), "resolved_at": _z(t.when("Resolved")),
        "status": "resolved", "incident_key": f"key-{t.number}", "urgency": "high",
        "service": {"id": "S1", "type": "service_reference", "summary": "Web"}, "priority": {"summary": f"P{t.priority}"},
        "assignments": [{"at": _z(t.opened), "assignee": {"id": "U1", "summary": t.state("assignee"), "type": "user_reference"}}],
        "teams": [{"id": "T1", "type": "team_reference", "summary": t.state("team")}],
    } for t in made], "limit": 100, "offset": 0, "more": False})  # fmt: skip


def pagerduty_log(made: list[Ticket]) -> bytes:
    """Log entries of the account."""
    kinds = {"In Progress": "acknowledge", "On Hold": "snooze", "Resolved": "resolve", "Closed": "annotate"}
    entries = []
    for t in made:
        rows = [(t.opened, "trigger", "Web"), *(
            (c.at, {"assignee": "assign", "team": "escalate"}.get(c.field) or kinds[c.after], c.by) for c in t.changes)]  # fmt: skip
        for n, (at, kind, who) in enumerate(rows):
            agent = {"id": "U1", "type": "service_reference" if kind == "trigger" else "user_reference", "summary": who}
            entries.append({
                "id": f"R{t.number}{n}", "type": f"{kind}_log_entry", "summary": "text", "created_at": _z(at), "agent": agent,
                "channel": {"type": "web_trigger"}, "service": {"id": "S1", "summary": "Web"},
                "incident": {"id": f"P{t.number:06d}", "type": "incident_reference", "summary": f"[#{t.number}] text"},
                "teams": [{"id": "T1", "summary": t.state("team", at)}],
            })  # fmt: skip
    return _json({"log_entries": entries, "limit": 100, "more": False})


def zendesk_audits(made: list[Ticket]) -> bytes:
    """Audits of tickets: a change may change several fields."""
    names = {"status": "status", "team": "group_id", "assignee": "assignee_id"}
    return _json({"audits": [{
        "id": 10 * t.number + n, "ticket_id": t.number, "created_at": _z(c.at), "author_id": PEOPLE.index(c.by),
        "events": [{"id": 1, "type": "Change", "field_name": names[c.field], "value": c.after, "previous_value": c.before},
                   {"id": 2, "type": "Notification", "subject": "text"}],
    } for t in made for n, c in enumerate(t.changes)], "count": 1})  # fmt: skip


def freshservice_csv(made: list[Ticket]) -> bytes:
    """A ticket export."""
    return _csv([{
        "Ticket ID": t.number, "Subject": "text", "Status": t.state("status"), "Priority": "High", "Source": "Portal",
        "Type": "Incident", "Requester Name": "Zoe Zimmer", "Requester Email": "zoe@example.org", "Agent": t.state("assignee"),
        "Group": t.state("team"), "Created Time": _plain(t.opened), "Due by Time": _plain(t.opened + timedelta(days=2)),
        "Resolved Time": _plain(t.when("Resolved")), "Closed Time": _plain(t.when("Closed")),
        "Last Updated Time": _plain(t.changes[-1].at), "First Response Time (in Hrs)": "00:30:00",
    } for t in made])  # fmt: skip


def bpic14_activity(made: list[Ticket]) -> bytes:
    """The form of a public log of incident activities: semicolons, day first, dashes."""
    return _csv([{
        "Incident ID": f"IM{t.number:07d}", "DateStamp": c.at.strftime("%d-%m-%Y %H:%M:%S"),
        "IncidentActivity_Number": f"001A{t.number}{n}", "IncidentActivity_Type":
        c.after if c.field == "status" else "Reassignment" if c.field == "team" else "Assignment",
        "Assignment Group": t.state("team", c.at), "KM number": "KM1", "Interaction ID": f"SD{t.number // 2:07d}",
    } for t in made for n, c in enumerate(t.changes)], ";")  # fmt: skip


def bpic14_incidents(made: list[Ticket]) -> bytes:
    """The form of a public incident table: one row per incident, related records beside it."""

    def day(at: datetime | None) -> str:
        return "" if at is None else f"{at.day}/{at.month:02d}/{at.year} {at:%H:%M}"

    return _csv([{
        "CI Name (aff)": f"SUB{t.number % 5}", "CI Type (aff)": "subapplication", "Incident ID": f"IM{t.number:07d}",
        "Status": "Closed", "Impact": 4, "Urgency": 4, "Priority": t.priority, "Category": "incident", "KM number": "KM1",
        "# Reassignments": 1, "Open Time": day(t.opened), "Reopen Time": "", "Resolved Time": day(t.when("Resolved")),
        "Close Time": day(t.when("Closed")), "Handle Time (Hours)": "3,87", "Closure Code": "Other",
        "Related Interaction": f"SD{t.number:07d}", "Related Change": "",
    } for t in made], ";")  # fmt: skip


def bpic13_incidents(made: list[Ticket]) -> bytes:
    """The form of a public log of service requests: status and sub status, no case named as such."""
    return _csv([{
        "SR Number": f"1-{t.number}5", "Change Date+Time": c.at.strftime("%Y-%m-%dT%H:%M:%S+01:00"),
        "Status": {"In Progress": "Accepted", "Resolved": "Completed", "Closed": "Completed"}.get(c.after, "Queued"),
        "Sub Status": {"On Hold": "Wait - User", "Resolved": "Resolved", "Closed": "Closed"}.get(c.after, "In Progress"),
        "Involved ST Function Div": "V3_2", "Involved Org line 3": "Org line C", "Involved ST": t.state("team", c.at),
        "SR Latest Impact": "Medium", "Product": f"PROD{t.number % 4}", "Country": "Sweden", "Owner Country": "Sweden",
        "Owner First Name": c.by.split()[0],
    } for t in made for c in t.changes if c.field == "status"])  # fmt: skip


EXPORTS: dict[str, tuple[str, Callable[[list[Ticket]], bytes], str]] = {
    "servicenow snapshot": ("incident.csv", servicenow_incidents, "snapshot"),
    "servicenow snapshot as JSON": ("incident.json", servicenow_incidents_json, "snapshot"),
    "servicenow history": ("sys_audit.csv", servicenow_audit, "history"),
    "servicenow metrics": ("incident_metric.csv", servicenow_metric, "history"),
    "servicenow updates": ("incident_event_log.csv", servicenow_updates, "updates"),
    "jira snapshot": ("jira.csv", jira_csv, "snapshot"),
    "jira changelog": ("jira.json", jira_json, "history"),
    "jira history": ("history.csv", jira_history, "history"),
    "github snapshot": ("issues.json", github_issues, "snapshot"),
    "github snapshot in pages": ("pages.json", github_pages, "snapshot"),
    "github timeline": ("timeline.jsonl", github_timeline, "events"),
    "github events": ("events.json", github_events, "events"),
    "github graphql": ("graphql.json", github_graphql, "events"),
    "github snapshot as CSV": ("issues.csv", github_csv, "snapshot"),
    "pagerduty snapshot": ("incidents.csv", pagerduty_csv, "snapshot"),
    "pagerduty snapshot as JSON": ("incidents.json", pagerduty_incidents, "snapshot"),
    "pagerduty log entries": ("log_entries.json", pagerduty_log, "events"),
    "zendesk audits": ("audits.json", zendesk_audits, "history"),
    "freshservice snapshot": ("tickets.csv", freshservice_csv, "snapshot"),
    "incident activities": ("detail_activity.csv", bpic14_activity, "events"),
    "incident table": ("detail_incident.csv", bpic14_incidents, "snapshot"),
    "service requests": ("requests.csv", bpic13_incidents, "events"),
}
