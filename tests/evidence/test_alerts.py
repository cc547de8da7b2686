"""Alerts: identity over several payloads, counts in closed form, responders as the people of the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.evidence import (
    DISPOSITIONS,
    Alerts,
    alert_counts,
    ingest,
    ingest_alerts,
    ingest_organisation,
    read_alerts,
    responder_load,
)

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"


def alert(mark: str, start: str, end: str | None = None, **labels: str) -> dict[str, Any]:
    return {"status": "resolved" if end else "firing", "labels": {"alertname": f"Alert {mark}", **labels},
            "startsAt": start, "endsAt": end or "0001-01-01T00:00:00Z", "fingerprint": mark}  # fmt: skip


def test_a_firing_sent_again_until_it_is_resolved_is_one_alert(tmp_path: Path, write: Put) -> None:
    store = tmp_path / "evidence.duckdb"
    first, again = "2026-03-02T08:00:00.123456789Z", "2026-03-02T11:00:00+02:00"
    payloads = [
        {"alerts": [alert("a", first), alert("b", first)]},
        {"alerts": [alert("a", first)]},
        {"alerts": [alert("a", first, "2026-03-02T08:30:00.123456Z"), alert("a", again)]},
    ]
    for number, payload in enumerate(payloads):
        ingest_alerts(write(json.dumps(payload), f"{number}.json"), store, key=KEY)
    alerts = read_alerts(store)
    assert alerts.names == ("Alert a", "Alert b") or alerts.names == ("Alert b", "Alert a")
    by_name = {alerts.names[alerts.name[n]] + f" {alerts.fired_h[n]:.2f}": n for n in range(alerts.n_alerts)}
    assert sorted(by_name) == ["Alert a 8.00", "Alert a 9.00", "Alert b 8.00"]
    resolved = alerts.resolved_h - alerts.fired_h
    assert resolved[by_name["Alert a 8.00"]] == pytest.approx(0.5, abs=1e-9)
    assert np.isnan(resolved[by_name["Alert a 9.00"]]) and np.isnan(resolved[by_name["Alert b 8.00"]])
    assert [int(alerts.notices[by_name[name]]) for name in sorted(by_name)] == [3, 1, 1]
    assert alerts.repeats()[by_name["Alert a 9.00"]] and alerts.repeats().sum() == 1
    assert not alerts.repeats(0.5).any()


def test_the_order_of_the_files_does_not_matter_for_times(tmp_path: Path, write: Put) -> None:
    start = "2026-03-02T08:00:00Z"
    files = [{"alerts": [alert("a", start)]}, {"alerts": [alert("a", start, "2026-03-02T09:00:00Z")]}]
    found = []
    for order in ((0, 1), (1, 0)):
        store = tmp_path / f"{order[0]}.duckdb"
        for number in order:
            ingest_alerts(write(json.dumps(files[number]), f"{number}.json"), store, key=KEY)
        alerts = read_alerts(store)
        found.append((alerts.fired_h.tolist(), alerts.resolved_h.tolist(), alerts.notices.tolist()))
    assert found[0] == found[1] == ([8.0], [9.0], [2])


HEADER = "alert_id,alertname,fired_at,acked_at,resolved_at,actioned,disposition,responder,team,incident\n"


def test_counts_of_a_week_worked_out_by_hand(tmp_path: Path, write: Put) -> None:
    rows = [
        "1,Disk,2026-03-02T03:00Z,2026-03-02T03:10Z,2026-03-02T04:00Z,yes,TruePositive,Ann Lee,Net,",
        "2,Disk,2026-03-02T13:00Z,2026-03-02T13:30Z,2026-03-02T15:00Z,no,FP,Ann Lee,Net,",
        "3,Disk,2026-03-04T03:30Z,,,no,benign positive,Bo Ek,Net,",
        "4,Mail,2026-03-09T03:00Z,2026-03-09T03:20Z,2026-03-09T03:40Z,,duplicate,,Desk,",
    ]
    store = tmp_path / "evidence.duckdb"
    ingest_alerts(write(HEADER + "\n".join(rows), "a.csv"), store, key=KEY)
    alerts = read_alerts(store)
    counts = alert_counts(alerts)
    assert counts.labels == ("all", "Disk", "Mail")
    assert counts.alerts.tolist() == [4, 3, 1] and counts.repeats.tolist() == [1, 1, 0]
    np.testing.assert_allclose(counts.actioned_share, [1 / 3, 1 / 3, np.nan])
    assert counts.dispositions.tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 0]]
    np.testing.assert_allclose(counts.acknowledge_h, [1 / 3, 1 / 3, 1 / 3])
    np.testing.assert_allclose(counts.resolve_h, [1.0, 1.5, 2 / 3])
    assert counts.weeks == 1.0
    assert {hour: n for hour, n in enumerate(counts.per_hour) if n} == {3: 2.0, 13: 1.0, 51: 1.0}
    assert DISPOSITIONS == ("true", "benign", "false", "duplicate")


def test_hours_of_the_week_are_those_of_the_clocks_on_the_wall(tmp_path: Path, write: Put) -> None:
    """Caught when the hour is that of the origin's offset: the clocks of Berlin go forward on 29 March 2026."""
    store = tmp_path / "evidence.duckdb"
    log = "case,activity,time\n1,A,2026-03-23 08:00\n1,B,2026-03-23 09:00\n2,A,2026-04-01 08:00\n"
    ingest(write(log), store, key=KEY, mapping={"timezone": "Europe/Berlin"})
    table = HEADER + "1,Disk,2026-03-23 09:30,,,,,,N,2\n2,Disk,2026-03-30 09:30,,,,,,N,7\n"
    ingest_alerts(write(table, "a.csv"), store, key=KEY, mapping={"timezone": "Europe/Berlin"})
    alerts = read_alerts(store)
    assert alerts.fired_h.tolist() == [9.5, 168 + 9.5 - 1]
    assert np.flatnonzero(alert_counts(alerts).per_hour).tolist() == [9]
    assert alerts.case.tolist() == [1, -1], "the incident that came of it is an item of the log"


def test_responders_have_the_numbers_of_the_log(tmp_path: Path, write: Put) -> None:
    """Also under another name of the same person, where the organisation knows both."""
    store = tmp_path / "evidence.duckdb"
    log = "case,activity,resource,time\n" + "".join(
        f"{n},A,{who},2026-03-02 0{n}:00\n" for n, who in enumerate(["Bo Ek", "Ann Lee", "Cy Dow"])
    )
    ingest(write(log), store, key=KEY)
    rows = [f"{n},Disk,2026-03-02T0{n}:00Z,,,,,{who},Net," for n, who in enumerate(
        ["ann.lee@example.org", "Bo Ek", "Somebody Else", "Ann Lee"])]  # fmt: skip
    ingest_alerts(write(HEADER + "\n".join(rows), "a.csv"), store, key=KEY)
    assert read_alerts(store).responder.tolist() == [3, 0, 4, 1]
    ingest_organisation(write("person,email,team\nAnn Lee,ann.lee@example.org,Net\n", "s.csv"), store, key=KEY)
    alerts = read_alerts(store)
    assert alerts.responder.tolist()[::3] == [1, 1] and alerts.responder[1] == 0 and alerts.responder[2] >= 3


def made(team: list[int], responder: list[int]) -> Alerts:
    """Alerts of some teams and responders, one an hour."""
    n = len(team)
    nothing, no = np.full(n, np.nan), np.full(n, -1, dtype=np.int32)
    return Alerts(
        fired_h=np.arange(n, dtype=np.float64), acknowledged_h=nothing, resolved_h=nothing, name=no, severity=no,
        service=no, team=np.array(team, dtype=np.int32), actioned=no.astype(np.int8), disposition=no.astype(np.int8),
        responder=np.array(responder, dtype=np.int32), case=no.astype(np.int64), fingerprint=np.arange(n),
        notices=np.ones(n, dtype=np.int64), names=(), severities=(), services=(), teams=("A", "B", "C"),
        n_responders=40, origin=__import__("datetime").datetime(2026, 3, 2, tzinfo=__import__("datetime").UTC),
        timezone="UTC",
    )  # fmt: skip


def test_load_is_shown_for_five_responders_or_more() -> None:
    alerts = made([0] * 6 + [1] * 12, [1, 2, 3, 4, 5, 5, *([6, 7, 8, 9, 10, 11] * 2)])
    load = responder_load(alerts)
    assert load.groups == ("A", "B") and load.people.tolist() == [5, 6] and load.reason == ""
    np.testing.assert_allclose(load.per_person_week, [6 / 5, 2.0])
    small = responder_load(made([0] * 4 + [1] * 12, [1, 2, 3, 4, *([6, 7, 8, 9, 10, 11] * 2)]))
    assert small.groups == () and "5 people or more" in small.reason, "one small team could be had by subtraction"


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=1, max_size=60))
def test_nobody_stands_alone_in_a_load(pairs: list[tuple[int, int]]) -> None:
    load = responder_load(made([team for team, _ in pairs], [who for _, who in pairs]))
    assert all(people >= 5 for people in load.people)
    sizes = {team: len({who for t, who in pairs if t == team}) for team in range(3)}
    left_out = [n for team, n in sizes.items() if n and "ABC"[team] not in load.groups]
    assert not left_out or not load.groups or (sum(left_out) >= 5 and len(left_out) > 1)
