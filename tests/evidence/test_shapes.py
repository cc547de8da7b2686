"""Ticket exports are recognised by their shape; the shapes agree where they can."""

# ruff: noqa: E501  rows of exports stand as they are
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from longwall.errors import EvidenceError
from longwall.evidence import Log, Observed

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]


def steps(log: Log) -> list[list[tuple[str, str | None, float]]]:
    """Activity, team and hours since the case began, by case."""
    found: list[list[tuple[str, str | None, float]]] = []
    for a, b in zip(log.offsets[:-1], log.offsets[1:], strict=True):
        found.append([(log.activities[log.activity[n]], None if log.team[n] < 0 else log.teams[log.team[n]],
                       round(float(log.end_h[n] - log.start_h[a]), 4)) for n in range(a, b)])  # fmt: skip
    return found


UPDATES = """number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,\
sys_created_by,sys_updated_by,sys_updated_at,category,priority,assignment_group,assigned_to,resolved_at,closed_at
INC1,New,true,0,0,0,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 1,29/2/2016 01:23,Cat 1,3 - Moderate,?,?,29/2/2016 11:29,5/3/2016 12:00
INC1,Active,true,0,0,1,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 2,29/2/2016 02:23,Cat 1,3 - Moderate,Group 56,?,29/2/2016 11:29,5/3/2016 12:00
INC1,Active,true,0,0,2,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 2,29/2/2016 03:23,Cat 1,3 - Moderate,Group 56,?,29/2/2016 11:29,5/3/2016 12:00
INC1,Active,true,1,0,3,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 2,29/2/2016 04:23,Cat 1,3 - Moderate,Group 70,Resolver 1,29/2/2016 11:29,5/3/2016 12:00
INC1,Active,true,1,0,4,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 2,29/2/2016 05:23,Cat 1,3 - Moderate,Group 70,Resolver 2,29/2/2016 11:29,5/3/2016 12:00
INC1,Resolved,true,1,0,5,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 3,29/2/2016 11:23,Cat 1,3 - Moderate,Group 70,Resolver 2,29/2/2016 11:29,5/3/2016 12:00
INC1,Closed,false,1,0,6,true,Caller 1,Opened 1,29/2/2016 01:16,Created 1,Updated 4,5/3/2016 12:00,Cat 1,3 - Moderate,Group 70,Resolver 2,29/2/2016 11:29,5/3/2016 12:00
INC2,New,true,0,0,0,true,Caller 2,Opened 1,29/2/2016 02:16,Created 1,Updated 1,29/2/2016 02:26,Cat 2,2 - High,Group 56,?,?,?
INC2,Active,true,0,0,1,false,Caller 2,Opened 1,29/2/2016 02:16,Created 1,Updated 1,29/2/2016 03:26,Cat 2,2 - High,Group 56,Resolver 1,?,?
"""


def test_updates_keep_only_what_changed(write: Put, read: Read) -> None:
    record, log = read(write(UPDATES))
    assert record.mapping["shape"] == "updates"
    assert (record.mapping["status"], record.mapping["time"]) == ("incident_state", "sys_updated_at")
    assert (record.mapping["team"], record.mapping["resource"]) == ("assignment_group", "assigned_to")
    assert steps(log) == [
        [("New", None, 0.0), ("Active", "Group 56", 1.0), ("Reassigned", "Group 70", 3.0), ("Assigned", "Group 70", 4.0),
         ("Resolved", "Group 70", 10.0), ("Closed", "Group 70", 130.6167)],
        [("New", "Group 56", 0.0), ("Active", "Group 56", 1.0)],
    ]  # fmt: skip
    assert {item.key: item.count for item in record.quality}["left_out"] == 1
    assert log.attribute("priority") is not None
    assert {"order", "handover", "rework", "reopen"} <= set(record.capabilities) and not record.starts_logged


HISTORY = """Issue key,Created,Author,Field,From string,To string,Changed at
K-1,2024-03-04 09:00,Ann,status,Open,In Progress,2024-03-04 10:00
K-1,2024-03-04 09:00,Ann,comment,,,2024-03-04 10:30
K-1,2024-03-04 09:00,Bob,assignment group,Desk,Network,2024-03-04 11:00
K-1,2024-03-04 09:00,Cy,status,In Progress,Done,2024-03-04 15:00
K-2,2024-03-05 09:00,Ann,status,Open,Done,2024-03-05 10:00
K-2,2024-03-05 09:00,Ann,status,Done,In Progress,2024-03-06 10:00
"""


def test_history_turns_changes_into_events_and_carries_the_team(write: Put, read: Read) -> None:
    record, log = read(write(HISTORY))
    assert record.mapping["shape"] == "history"
    assert steps(log) == [
        [("Open", None, 0.0), ("In Progress", "Desk", 1.0), ("Reassigned", "Network", 2.0), ("Done", "Network", 6.0)],
        [("Open", None, 0.0), ("Done", None, 1.0), ("In Progress", None, 25.0)],
    ]
    assert log.n_resources == 3


def test_history_without_status_changes_is_refused(write: Put, read: Read) -> None:
    path = write(HISTORY.replace(",status,", ",summary,"))
    with pytest.raises(EvidenceError, match="LW-EV-019"):
        read(path)


SNAPSHOT = (
    "number,opened_at,resolved_at,closed_at,assignment_group,assigned_to,reassignment_count,reopen_count,priority\n"
    + "".join(
        f"INC{n},2024-03-{1 + n % 20:02d} 09:{n % 60:02d},2024-03-{2 + n % 20:02d} "
        f"10:00,{'' if n % 4 else '2024-03-25 10:00'},"
        f"Group {n % 3},P{n % 7},{n % 5},{n % 2},{n % 4}\n"
        for n in range(60)
    )
)


def test_snapshot_is_read_through_its_times_and_says_what_it_cannot_show(write: Put, read: Read) -> None:
    record, log = read(write(SNAPSHOT))
    assert record.mapping["shape"] == "snapshot"
    assert record.events == 60 + 60 + 15 and log.activities == ("Opened", "Resolved", "Closed")
    opened = log.activity == log.activities.index("Opened")
    assert (log.resource[opened] == -1).all() and (log.resource[~opened] >= 0).all()
    counter = log.case_attributes["reassignment_count"]
    assert counter.kind == "number" and np.nansum(counter.values) == 120
    lacking = {gap.capability for gap in record.cannot_show}
    assert {"order", "handover", "rework", "start_times", "work_time"} <= lacking
    assert "reopen" in record.capabilities and all(gap.ask_for for gap in record.cannot_show)


def test_snapshot_without_a_reopen_counter_cannot_show_reopens(write: Put, read: Read) -> None:
    record, _ = read(write(SNAPSHOT.replace("reopen_count", "watchers")))
    assert "reopen" not in record.capabilities


def test_substates_in_the_lifecycle_become_part_of_the_activity(write: Put, read: Read) -> None:
    rows = "".join(f"{n // 3},{['Queued', 'Accepted', 'Done'][n % 3]},{['Waits', 'In Progress', 'Closed'][n % 3]},"
                   f"2024-01-{1 + n // 24:02d} {n % 24:02d}:00\n" for n in range(60))  # fmt: skip
    _, log = read(write("case:concept:name,concept:name,lifecycle:transition,time:timestamp\n" + rows))
    assert log.activities == ("Queued/Waits", "Accepted/In Progress", "Done/Closed")


LIFECYCLE = """case,activity,lifecycle,resource,time
1,Work,schedule,,2024-01-01 08:00
1,Work,start,Ann,2024-01-01 09:00
1,Work,complete,Ann,2024-01-01 10:00
1,Work,complete,Ann,2024-01-01 11:00
1,Work,start,Bob,2024-01-01 12:00
1,Work,complete,,2024-01-01 13:30
1,Note,complete,Bob,2024-01-01 13:30
2,Work,start,Ann,2024-01-02 09:00
2,Work,start,Ann,2024-01-02 10:00
2,Work,complete,Ann,2024-01-02 10:30
2,Work,start,Ann,2024-01-02 11:00
"""


def test_starts_and_completions_are_joined(write: Put, read: Read) -> None:
    record, log = read(write(LIFECYCLE))
    work_h = np.round(log.end_h - log.start_h, 4).tolist()
    assert work_h == [1.0, 0.0, 1.5, 0.0, 0.5]
    assert log.resource[2] == log.resource[3] and log.n_resources == 2  # who began is known where who completed is not
    found = {item.key: item.count for item in record.quality}
    assert (found["left_out"], found["unfinished"], found["unpaired"]) == (1, 2, 1)


def test_time_that_work_stands_still_is_no_work(write: Put, read: Read) -> None:
    rows = [("schedule", 8), ("start", 9), ("suspend", 10), ("resume", 13), ("suspend", 14), ("suspend", 15), ("resume", 16),
            ("complete", 18)]  # fmt: skip
    text = "case,activity,lifecycle,resource,time\n" + "".join(
        f"{case},Work,{step},Ann,2024-01-{14 + case} {hour:02d}:00\n" for case in (1, 2) for step, hour in rows
    )
    text += "3,Work,resume,Bo,2024-01-17 09:00\n3,Work,complete,Bo,2024-01-17 11:00\n"
    text += (
        "4,Work,start,Bo,2024-01-18 09:00\n4,Work,suspend,Bo,2024-01-18 10:00\n4,Work,complete,Bo,2024-01-18 17:00\n"
    )
    record, log = read(write(text))
    assert np.round(log.end_h - log.start_h, 6).tolist() == [4.0, 4.0, 2.0, 1.0]
    assert log.moment(log.end_h[0]).hour == 18
    found = {item.key: item.count for item in record.quality}
    assert (found["suspended"], found["left_out"], "unfinished" in found) == (3, 2, False)


def test_work_item_ids_pair_overlapping_work(write: Put, read: Read) -> None:
    rows = """1,Work,start,a,2024-01-01 09:00
1,Work,start,b,2024-01-01 10:00
1,Work,complete,a,2024-01-01 11:00
1,Work,complete,b,2024-01-01 15:00
2,Work,start,c,2024-01-02 09:00
2,Work,complete,c,2024-01-02 10:00
"""
    _, log = read(write("case,activity,lifecycle,concept:instance,time\n" + rows))
    assert np.round(log.end_h - log.start_h, 4).tolist() == [2.0, 5.0, 1.0]


def test_xes_agrees_with_csv(write: Put, read: Read) -> None:
    events = [
        ("c1", "A", "2024-01-01T09:00:00+01:00"),
        ("c1", "B", "2024-01-01T10:30:00+01:00"),
        ("c2", "A", "2024-01-02T09:00:00+01:00"),
    ]
    traces = "".join(
        f'<trace><string key="concept:name" value="{case}"/>' + "".join(
            f'<event><string key="concept:name" value="{a}"/><date key="time:timestamp" value="{t}"/></event>'
            for c, a, t in events if c == case) + "</trace>" for case in ("c1", "c2")
    )  # fmt: skip
    _, one = read(write(f'<?xml version="1.0" encoding="UTF-8"?><log xes.version="1.0">{traces}</log>', "log.xes"))
    _, two = read(write("case,activity,time\n" + "".join(",".join(event) + "\n" for event in events)))
    assert steps(one) == steps(two) and one.origin == two.origin
    assert np.array_equal(one.end_h, two.end_h)


OCEL = """{"objectTypes":[{"name":"incident","attributes":[]},{"name":"change","attributes":[]}],
"eventTypes":[{"name":"open","attributes":[]},{"name":"close","attributes":[]}],
"objects":[{"id":"i1","type":"incident"},{"id":"i2","type":"incident"},{"id":"c1","type":"change"}],
"events":[
{"id":"e1","type":"open","time":"2024-01-01T09:00:00Z","relationships":[{"objectId":"i1","qualifier":"x"}]},
{"id":"e2","type":"open","time":"2024-01-01T10:00:00Z","relationships":[{"objectId":"i2","qualifier":"x"},{"objectId":"c1","qualifier":"x"}]},
{"id":"e3","type":"close","time":"2024-01-01T12:00:00Z","relationships":[{"objectId":"i1","qualifier":"x"},{"objectId":"i2","qualifier":"x"}]}
]}"""


def test_ocel_is_seen_from_one_type_of_object(write: Put, read: Read) -> None:
    record, log = read(write(OCEL, "log.json"), mapping={"object_type": "incident"})
    assert steps(log) == [[("open", None, 0.0), ("close", None, 3.0)], [("open", None, 0.0), ("close", None, 2.0)]]
    assert any("1 events touch several objects" in caution for caution in record.cautions)
    with pytest.raises(EvidenceError, match="LW-EV-031") as caught:
        read(write(OCEL, "log.json"), mapping={"object_type": "incidents"})
    assert "use 'incident'" in str(caught.value)


@pytest.mark.parametrize("name", ["log.xml", "log.sqlite", "other.json"])
def test_every_form_of_ocel_gives_the_same_log(name: str, write: Put, read: Read, tmp_path: Path) -> None:
    import r4pm

    source = write(OCEL, "log.json")
    r4pm.df.export_ocel(r4pm.df.import_ocel(str(source)), str(tmp_path / name))
    _, one = read(source, mapping={"object_type": "incident"})
    _, two = read(tmp_path / name, mapping={"object_type": "incident"})
    assert steps(one) == steps(two) and one.case_labels == two.case_labels


def test_parquet_keeps_its_types(tmp_path: Path, read: Read) -> None:
    import polars as pl

    frame = pl.DataFrame({
        "case": [1, 1, 2, 3], "activity": ["A", "B", "A", "A"],
        "start": pl.Series(["2024-01-01T09:00", "2024-01-01T10:00", "2024-01-02T09:00", "2024-01-03T09:00"]).str.to_datetime(),
        "end": pl.Series(["2024-01-01T09:30", "2024-01-01T11:00", "2024-01-02T09:00", "2024-01-03T09:00"]).str.to_datetime(),
        "amount": [1.5, 1.5, 2.5, None],
    })  # fmt: skip
    frame.write_parquet(tmp_path / "log.parquet")
    _, log = read(tmp_path / "log.parquet", mapping={"timezone": "Europe/Berlin"})
    assert log.case_labels == ("1", "2", "3") and (log.end_h - log.start_h).tolist() == [0.5, 1.0, 0.0, 0.0]
    assert log.local_week_hour(log.start_h).tolist() == [9.0, 10.0, 33.0, 57.0]
    amount = log.case_attributes["amount"]
    assert amount.values[0] == 1.5 and amount.values[1] == 2.5 and np.isnan(amount.values[2])
