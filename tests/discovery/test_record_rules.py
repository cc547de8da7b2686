"""Kinds of variance that the record of an item shows, on logs small enough to count on paper, with look-alikes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from longwall.discovery import VarianceEvents, detect, load_detectors
from longwall.evidence import DISPOSITIONS, CaseAttribute, Log, ValueHistory, ingest, read_log

from .conftest import Row, build, steps

DAY = 24.0


def only(log: Log, kind: str, **more: Any) -> VarianceEvents:
    return detect(log, tuple(d for d in load_detectors() if d.id == kind), **more)


def with_labels(log: Log, **columns: tuple[str, dict[str, str]]) -> Log:
    """A log with attributes: name of the attribute, its role and the label of each case."""
    held = {}
    for name, (role, of_case) in columns.items():
        labels = tuple(dict.fromkeys(of_case.values()))
        codes = np.array([labels.index(of_case[c]) if c in of_case else -1 for c in log.case_labels], dtype=np.int32)
        held[name.replace("_", " ")] = CaseAttribute(name.replace("_", " "), role, "label", codes, labels, np.zeros(0))
    return replace(log, case_attributes={**log.case_attributes, **held})


def plain(count: int, *path: str, first: int = 1000) -> list[Row]:
    return [row for n in range(count) for row in steps(first + n, *path, at=24.0 * n)]


def test_a_recurrence_is_the_same_thing_and_category_within_thirty_days_of_closing() -> None:
    rows = [row for case, day in ((1, 0), (2, 20), (3, 90), (4, 100), (5, 100.01)) for row in
            steps(case, "Open", "Work", "Closed", at=day * DAY)]  # fmt: skip
    log = build(rows + plain(60, "Open", "Work", "Closed"))
    thing = {"1": "mail", "2": "mail", "3": "mail", "4": "mail", "5": "mail"}
    kind = {"1": "outage", "2": "outage", "3": "outage", "4": "slow", "5": "outage"}
    log = with_labels(log, configuration_item=("keep", thing), category=("category", kind))
    found = only(log, "recurrence")
    # 1 comes back as 2 after 20 days; 3 as 5 after ten; not 2 as 3 (70 days), not 3 as 4 (another category).
    assert [log.case_labels[case] for case in found.case] == ["1", "3"]
    assert [log.activities[log.activity[row]] for row in found.origin] == ["Work", "Work"]
    assert found.escaped.all() and (found.seen < 0).all()
    assert found.harm_h.tolist() == [2.0, 2.0]


def test_a_recurrence_needs_the_thing_and_the_category() -> None:
    log = build(plain(30, "Open", "Closed"))
    assert "which thing" in only(log, "recurrence").prevalence[0].withheld
    log = with_labels(log, asset=("keep", {"1000": "a"}))
    assert "no category" in only(log, "recurrence").prevalence[0].withheld


def test_a_false_alarm_is_told_by_the_closure_code_or_by_the_alert() -> None:
    log = build(plain(40, "Open", "Look", "Closed"))
    codes = {"1003": "False positive", "1007": "Fixed", "1009": "No fault found", "1011": "Falsely labelled disk"}
    coded = with_labels(log, closure_code=("keep", codes))
    found = only(coded, "false_alarm")
    assert [log.case_labels[case] for case in found.case] == ["1003", "1009"]
    assert (found.controlled == found.seen).all() and not found.escaped.any()
    assert "closure code" in only(log, "false_alarm").prevalence[0].withheld
    false, true = DISPOSITIONS.index("false"), DISPOSITIONS.index("true")
    alerts = SimpleNamespace(
        n_alerts=4, case=np.array([5, 6, -1, 6]), disposition=np.array([false, false, false, true])
    )
    by_alert = only(log, "false_alarm", alerts=alerts)
    assert by_alert.case.tolist() == [5]  # item 6 had a true alert beside the false one


def test_a_failed_change_is_a_change_that_is_coded_so_or_taken_back() -> None:
    rows = plain(40, "Plan", "Install", "Closed") + steps(1, "Plan", "Install", "Roll back", "Closed", at=50.0)
    log = build(rows)
    kinds = {str(1000 + n): "Change" if n < 20 else "Incident" for n in range(40)}
    codes = {"1002": "Unsuccessful", "1003": "Successful", "1030": "Failed"}
    found = only(with_labels(log, category=("category", kinds), closure_code=("keep", codes)), "failed_change")
    assert sorted(log.case_labels[case] for case in found.case) == ["1", "1002"]  # 1030 is no change
    back = only(log, "failed_change")
    assert [log.activities[log.activity[row]] for row in (*back.origin, *back.seen)] == ["Install", "Roll back"]
    assert back.harm_h.tolist() == [2.0]


def test_a_priority_change_arose_where_it_was_set_and_is_seen_where_it_changes() -> None:
    log = build(plain(40, "Open", "Work", "Closed"))
    history = ValueHistory("priority", "priority", np.array([3, 3, 3, 8, 8]),
                           np.array([72.0, 73.0, 74.0, 192.0, 193.5]),
                           np.array([0, 1, 0, 1, 0], dtype=np.int32), ("3", "1"))  # fmt: skip
    found = only(replace(log, histories=(history,)), "priority_change")
    assert found.case.tolist() == [3, 3, 8]
    assert [log.activities[log.activity[row]] for row in found.origin] == ["Open", "Work", "Open"]
    assert found.harm_h.tolist() == [1.0, 1.0, 1.5]
    assert (found.controlled >= 0).tolist() == [False, True, True]  # the first did not hold
    assert "no history" in only(log, "priority_change").prevalence[0].withheld


@pytest.mark.parametrize("shape", ["events", "history"])
def test_priorities_are_followed_from_the_file_to_the_log(shape: str, tmp_path: Path) -> None:
    when = "2024-01-{day:02d} {hour:02d}:00"
    rows, mapping = [], {"case": "case", "time": "time", "priority": "priority", "activity": "activity"}
    if shape == "events":
        rows.append("case,activity,priority,time")
        for c in range(20):
            rows += [f"{c},{a},{p},{when.format(day=1 + c, hour=h)}"
                     for a, p, h in (("Open", 3, 8), ("Work", 1 if c == 4 else 3, 9), ("Closed", "", 11))]  # fmt: skip
    else:
        mapping = {"shape": "history", "case": "case", "field": "field", "old_value": "old", "new_value": "new",
                   "time": "time"}  # fmt: skip
        rows.append("case,field,old,new,time")
        for c in range(20):
            rows.append(f"{c},status,,Open,{when.format(day=1 + c, hour=8)}")
            if c == 4:
                rows.append(f"{c},priority,3,1,{when.format(day=1 + c, hour=9)}")
            rows.append(f"{c},status,Open,Closed,{when.format(day=1 + c, hour=11)}")
    (tmp_path / "log.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ingest(tmp_path / "log.csv", tmp_path / "store.duckdb", key=b"a key for tests, long enough", mapping=mapping)
    (history,) = read_log(tmp_path / "store.duckdb").histories
    assert history.case.tolist() == [4, 4]
    assert [history.labels[code] for code in history.codes] == ["3", "1"]
    assert np.diff(history.at_h).tolist() == [1.0]


def test_a_recorded_cause_is_the_origin_and_a_team_is_a_distribution() -> None:
    rows = [row for n in range(60) for row in steps(n, "A@x", "B@y", "C@y", "D@z", at=50.0 * n, gap=1.0 + n / 100)]
    log = build(rows)
    found = only(log, "late")
    late = [log.case_labels[case] for case in found.case]
    causes = {late[0]: "b", late[1]: "Y", late[2]: "the weather"}
    told = only(with_labels(log, root_cause=("keep", causes)), "late")
    events, weights = told.origins(np.array([0]))
    assert ([log.activities[log.activity[row]] for row in events], weights.tolist()) == (["B"], [1.0])
    events, weights = told.origins(np.array([1]))
    assert sorted(log.activities[log.activity[row]] for row in events) == ["B", "C"]
    assert weights.tolist() == [0.5, 0.5]
    assert told.origin[2] == found.origin[2]  # a cause that names no step changes nothing


def test_equal_delays_tie() -> None:
    rows = [row for n in range(100) for row in steps(n, "A", "B", "C", at=50.0 * n, gap=2.0 if n < 5 else 1.0)]
    log = build(rows)
    found = only(log, "late")
    # Half of the excess lies before B and half before C: neither is the origin alone.
    events, weights = found.origins(np.arange(found.case.size))
    shares = np.bincount(log.activity[events], weights=weights) / found.case.size
    assert found.case.size == 5
    assert shares.tolist() == [0.0, 0.5, 0.5]
