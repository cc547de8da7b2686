from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.evidence import (
    Log,
    Observed,
    active_work,
    directly_follows,
    durations,
    handovers,
    ingest,
    read_log,
    transition_counts,
    variants,
)
from longwall.evidence import store as port

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]
KEY = b"a key for tests, long enough"

SMALL = """case,activity,resource,team,start,end
1,A,Ann,N,2024-01-01 08:00,2024-01-01 09:00
1,B,Bob,D,2024-01-01 10:00,2024-01-01 12:00
1,A,,N,2024-01-01 12:00,2024-01-01 12:00
1,C,Ann,,2024-01-02 08:00,2024-01-02 09:00
2,A,Ann,N,2024-01-01 08:30,2024-01-01 09:00
2,B,Bob,D,2024-01-01 09:00,2024-01-01 10:00
3,A,Cy,N,2024-01-05 08:00,2024-01-05 09:00
3,B,Bob,D,2024-01-08 08:00,2024-01-08 09:00
"""


def test_counts_worked_out_on_paper(write: Put, read: Read) -> None:
    _, log = read(write(SMALL))
    flow = directly_follows(log)
    assert log.activities == ("A", "B", "C")
    assert flow.counts.tolist() == [[0, 3, 1], [1, 0, 0], [0, 0, 0]]
    assert flow.starts.tolist() == [3, 0, 0] and flow.ends.tolist() == [0, 2, 1]
    passed = handovers(log)
    assert passed.teams.tolist() == [[0, 3], [1, 0]]
    # case 1: Ann, Bob, (nobody), Ann; case 2: Ann, Bob; case 3: Cy, Bob; codes by first appearance in time
    assert passed.internal_resources.tolist() == [[0, 2, 0], [1, 0, 0], [0, 1, 0]]
    ways = variants(log)
    assert (
        ways.steps == ((0, 1), (0, 1, 0, 2)) and ways.counts.tolist() == [2, 1] and ways.of_case.tolist() == [1, 0, 0]
    )
    work = active_work(log, 0.5)
    at = dict(zip(work.at_h.tolist(), zip(work.open_items.tolist(), work.in_work.tolist(), strict=True), strict=True))
    assert at[8.0] == (1, 1) and at[8.5] == (2, 2) and at[9.0] == (2, 1) and at[9.5] == (2, 1) and at[10.0] == (1, 1)
    assert at[12.0] == (1, 0) and at[33.0] == (0, 0)
    with pytest.raises(ValueError, match="positive"):
        active_work(log, 0.0)


def test_elapsed_business_and_hold_are_apart(write: Put, read: Read) -> None:
    rows = """1,Open,2024-03-29 16:00
1,Awaiting user info,2024-03-29 17:00
1,Work in progress,2024-04-02 09:00
1,Closed,2024-04-02 11:00
2,Open,2024-03-25 09:00
2,Closed,2024-03-26 10:00
"""
    _, log = read(write("case,activity,time\n" + rows), mapping={"timezone": "Europe/Berlin"})
    office = np.zeros(168)
    for day in range(5):
        office[day * 24 + 9 : day * 24 + 17] = 1.0
    table = durations(log, office)
    first = log.case_labels.index("1")
    # Friday 16:00 to Tuesday 11:00 with the night in which clocks go forward: 91 h less 1 on the calendar
    assert table.cases.elapsed_h[first] == pytest.approx(90)
    assert table.cases.business_h[first] == pytest.approx(1 + 8 + 2)
    assert table.cases.on_hold_h[first] == pytest.approx(87)
    waiting = log.activities.index("Awaiting user info")
    assert list(table.hold_states) == [waiting] and "answer" in table.hold_states[waiting]
    assert table.activities.elapsed_h[waiting] == pytest.approx(87)
    assert table.activities.business_h[waiting] == pytest.approx(8)
    plain = durations(log)
    assert np.array_equal(plain.cases.business_h, plain.cases.elapsed_h)
    with pytest.raises(ValueError, match="168"):
        durations(log, np.ones(24))


def test_a_log_without_hold_states_says_so(write: Put, read: Read) -> None:
    _, log = read(write(SMALL))
    assert np.isnan(durations(log).cases.on_hold_h).all() and not durations(log).hold_states


@pytest.mark.parametrize(
    ("label", "held"),
    [("Accepted/Wait", True), ("Wait", True), ("Awaiting Vendor", True), ("On Hold", True), ("Pending", True),
     ("Waiting for customer", True), ("Accepted/Assigned", False), ("Queued/Awaiting Assignment", False),
     ("Closed", False),
     ("T07-3 Draft intern advice hold for aspect 3", False), ("Work in progress", False), ("Need more info", True)],
)  # fmt: skip
def test_states_on_hold(label: str, held: bool) -> None:
    from longwall.evidence import hold_states

    assert bool(hold_states((label,))) == held


@given(data=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 4)), max_size=60))
def test_transitions_agree_with_counting_by_hand(data: list[tuple[int, int]]) -> None:
    data.sort(key=lambda item: item[0])
    case = np.array([c for c, _ in data], dtype=np.int32)
    code = np.array([a for _, a in data], dtype=np.int32)
    wanted: Counter[tuple[int, int]] = Counter()
    last: dict[int, int] = {}
    for c, a in data:
        if a >= 0:
            if c in last:
                wanted[last[c], a] += 1
            last[c] = a
    got = transition_counts(code, case, 5)
    assert {(i, j): int(got[i, j]) for i, j in zip(*got.nonzero(), strict=True)} == dict(wanted)


def events() -> st.SearchStrategy[list[tuple[int, str, str, int, int]]]:
    event = st.tuples(st.integers(0, 6), st.sampled_from("ABCD"), st.sampled_from(["", "Ann", "Bob", "Cy"]),
                      st.integers(0, 500), st.integers(0, 90))  # fmt: skip
    return st.lists(event, min_size=2, max_size=40, unique=True).filter(lambda rows: len({row[0] for row in rows}) > 1)


def as_csv(rows: list[tuple[int, str, str, int, int]]) -> str:
    base = np.datetime64("2024-01-01T00:00")
    lines = [f"K{c},{a},{r},{base + s * 60},{base + s * 60 + d}" for c, a, r, s, d in rows]
    return "\n".join(["case,activity,resource,start,end", *lines]) + "\n"


def view(log: Log) -> dict[str, Any]:
    """What must not depend on names or the order of rows."""
    return {
        "case": log.case.tolist(), "activity": [log.activities[code] for code in log.activity],
        "start": log.start_h.tolist(), "end": log.end_h.tolist(), "labels": log.case_labels,
        "arrivals": log.arrival_h.tolist(), "variants": sorted(variants(log).counts.tolist()),
        "flow": int(directly_follows(log).counts.sum()),
    }  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(rows=events())
def test_conservation_and_relabelling(rows: list[tuple[int, str, str, int, int]], tmp_path: Path) -> None:
    path, store = tmp_path / "log.csv", tmp_path / "evidence.duckdb"
    path.write_text(as_csv(rows))
    ingest(path, store, key=KEY)
    log = read_log(store)
    cases = len({row[0] for row in rows})
    assert log.n_events == len(rows) and log.n_cases == cases
    assert directly_follows(log).counts.sum() == len(rows) - cases
    assert variants(log).counts.sum() == cases
    assert (log.resource == -1).sum() == sum(not row[2] for row in rows)
    renamed = {"Ann": "Zoe Z", "Bob": "Abe A", "Cy": "Mia M", "": ""}
    path.write_text(as_csv([(c, a, renamed[r], s, d) for c, a, r, s, d in rows]))
    ingest(path, store, key=b"another key, long enough")
    again = read_log(store)
    assert view(again) == view(log) and np.array_equal(again.resource, log.resource)


def test_threads_and_runs_give_the_same_arrays(write: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.Generator(np.random.Philox(key=[1, 2]))
    rows = [(int(c), "ABCDEFG"[a], ["", "Ann", "Bob"][r], int(s), 0)
            for c, a, r, s in zip(rng.integers(0, 4000, 30_000), rng.integers(0, 7, 30_000), rng.integers(0, 3, 30_000),
                                  rng.integers(0, 900, 30_000), strict=True)]  # fmt: skip
    path = write(as_csv(rows))
    logs = []
    for threads in (1, 3):
        monkeypatch.setattr(port, "THREADS", threads)
        monkeypatch.setattr(
            port.Store.__init__, "__kwdefaults__", port.Store.__init__.__kwdefaults__ | {"threads": threads}
        )
        ingest(path, tmp_path / "evidence.duckdb", key=KEY)
        logs.append(read_log(tmp_path / "evidence.duckdb"))
    for log in logs[1:]:
        for name in ("case", "activity", "resource", "team", "start_h", "end_h", "row", "offsets", "resource_team"):
            assert np.array_equal(getattr(log, name), getattr(logs[0], name)), name
        assert (log.activities, log.case_labels) == (logs[0].activities, logs[0].case_labels)
