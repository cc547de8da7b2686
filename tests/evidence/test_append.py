"""A further file adds what is new and nothing twice; the log is the same in whatever order its files come."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from longwall.errors import EvidenceError, LongwallError
from longwall.evidence import Log, ValueHistory, append, ingest, observed, pseudonym, read_log
from longwall.evidence import merge as merging
from longwall.evidence.labels import NameFilter
from longwall.evidence.schema import open_store

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"
HEADER = "case,activity,resource,team,priority,effort_count,start,end"
BASE = np.datetime64("2024-01-01T00:00")
Row = tuple[Any, ...]


def as_csv(rows: list[Row]) -> str:
    lines = [f"K{c},{a},{r},{t},{p},{e},{BASE + s},{BASE + s + d}" for c, a, r, t, p, e, s, d in rows]
    return "\n".join([HEADER, *lines]) + "\n"


def random_rows(dice: random.Random, cases: int) -> list[Row]:
    """Rows in the order of time; the events of even cases share their times, those of odd cases never."""
    rows: list[Row] = []
    times = dice.sample(range(100, 100 * cases), 6 * cases)
    for time in times:
        case = dice.randrange(cases)
        start, length = (time, 0) if case % 2 else (dice.randrange(3), dice.choice([0, 7]))
        rows.append((case, dice.choice("ABCD"), dice.choice(["", "Ann", "Bob", "Cy"]), dice.choice(["", "N", "D"]),
                     dice.choice(["", "low", "high", "1"]), dice.choice(["", *range(9)]), start, length))  # fmt: skip
    once = {(row[0], row[1], row[2], row[6], row[7]): row for row in rows}  # what is an event twice is not tested here
    return sorted(once.values(), key=lambda row: row[6])


def parts_of(rows: list[Row], dice: random.Random, number: int) -> list[list[Row]]:
    """Overlapping parts that hold every row together, each in the order of the whole."""
    parts: list[list[Row]] = [[] for _ in range(number)]
    for row in rows:
        for part in dice.sample(parts, dice.randint(1, number)):
            part.append(row)
    return parts


def same(one: Log, other: Log) -> None:
    """Every array and every label is the same."""
    for item in fields(Log):
        a, b = getattr(one, item.name), getattr(other, item.name)
        if item.name == "row":
            continue
        if item.name == "case_attributes":
            assert list(a) == list(b)
            for name in a:
                assert (a[name].kind, a[name].labels, a[name].role) == (b[name].kind, b[name].labels, b[name].role)
                assert np.array_equal(a[name].codes, b[name].codes)
                assert np.array_equal(a[name].values, b[name].values, equal_nan=True)
        elif item.name == "histories":
            assert [values_in(one) for one in a] == [values_in(one) for one in b]
        elif isinstance(a, np.ndarray):
            assert np.array_equal(a, b), item.name
        else:
            assert a == b, item.name


def values_in(history: ValueHistory) -> list[tuple[Any, ...]]:
    """What an attribute was, and when, case by case."""
    labels = [history.labels[code] for code in history.codes]
    return [(history.name, history.role), *zip(history.case.tolist(), history.at_h.tolist(), labels, strict=True)]


def told(log: Log) -> dict[str, tuple[list[tuple[Any, ...]], list[Any]]]:
    """Events and attributes of each case by label; events that share their times are put in order."""
    found: dict[str, tuple[list[tuple[Any, ...]], list[Any]]] = {}
    for c, (a, b) in enumerate(itertools.pairwise(log.offsets.tolist())):
        events = [(log.end_h[n], log.start_h[n], log.activities[log.activity[n]], log.resource[n] >= 0,
                   log.teams[log.team[n]] if log.team[n] >= 0 else None) for n in range(a, b)]  # fmt: skip
        assert [event[:2] for event in events] == sorted(event[:2] for event in events)
        kept = [item.labels[item.codes[c]] if item.codes.size and item.codes[c] >= 0
                else [None if math.isnan(value) else value for value in item.values[c:].tolist()[:1]]
                for item in log.case_attributes.values()]  # fmt: skip
        odd = int(log.case_labels[c].removeprefix("K")) % 2
        found[log.case_labels[c]] = (sorted(events, key=str), kept if odd else [])
    return found


MAPPING = {"case": "case", "activity": "activity", "resource": "resource", "team": "team", "start": "start",
           "end": "end", "priority": "priority", "keep": ["effort_count"]}  # fmt: skip


def joined(stores: list[Path], folder: Path) -> Log:
    """The log of stores of one file each, joined one after the other."""
    whole, *rest = stores
    for number, store in enumerate(rest):
        target = folder / f"{'-'.join(path.stem for path in stores)} {number}.duckdb"
        target.unlink(missing_ok=True)
        merging.merge(whole, store, target, NameFilter([], KEY))
        whole = target
    return read_log(whole)


@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@example(seed=18852, cases=40)  # a case of which no value of an attribute is known
@given(seed=st.integers(0, 10**6), cases=st.just(400))
def test_parts_in_any_order_are_the_whole(seed: int, cases: int, tmp_path: Path) -> None:
    """Caught when a copy was taken for new, when the later file won an event, and when ties followed the order."""
    dice = random.Random(seed)
    rows = random_rows(dice, cases)
    stores = []
    for name, part in zip("wabc", [rows, *parts_of(rows, dice, 3)], strict=True):
        (tmp_path / "part.csv").write_text(as_csv(part))
        stores.append(tmp_path / f"{name}.duckdb")
        ingest(tmp_path / "part.csv", stores[-1], key=KEY, mapping=MAPPING)
    at_once, forth = read_log(stores[0]), joined(stores[1:], tmp_path)
    same(forth, joined(stores[:0:-1], tmp_path))
    assert told(forth) == told(at_once)
    assert at_once.histories, "no priority changes, so nothing is shown of its history"
    odd_cases = [{c for c, label in enumerate(log.case_labels) if int(label[1:]) % 2} for log in (at_once, forth)]
    known = [
        [(log.case_labels[c], at, v) for c, at, v in values_in(log.histories[0])[1:] if c in odd]
        for log, odd in zip((at_once, forth), odd_cases, strict=True)
    ]
    assert sorted(known[0]) == sorted(known[1])
    odd = [label for label in at_once.case_labels if int(label[1:]) % 2]
    assert odd == [label for label in forth.case_labels if label in odd]


SMALL = """case,activity,resource,time
1,Open,Ann,2024-01-01 08:00
2,Open,Bob,2024-01-01 09:00
1,Work,Ann,2024-01-02 08:00
1,Work,Ann,2024-01-02 08:00
"""
LATER = """case,activity,resource,time
2,Open,Bob,2024-01-01 09:00
1,Work,Ann,2024-01-02 08:00
2,Check,Cy,2024-01-03 09:00
1,Close,Bob,2024-01-03 10:00
3,Open,Ann,2024-01-01 07:00
"""


def codes(store: Path, table: str, column: str) -> dict[str, int]:
    with open_store(store) as opened:
        return dict(opened.rows(f"SELECT {column}, {table_code(table)} FROM {table}"))


def table_code(table: str) -> str:
    return "case_code" if table == "cases" else "code"


def test_only_what_is_new_is_added_and_codes_stay(write: Put, tmp_path: Path) -> None:
    """Fails when a thing done twice in one file is taken for a copy, or one told by two files for two things."""
    store = tmp_path / "evidence.duckdb"
    first = write(SMALL, "first.csv")
    assert append(first, store, key=KEY).events == 4
    kept = {table: codes(store, table, column) for table, column in
            (("activities", "label"), ("resources", "pseudonym"), ("cases", "label"))}  # fmt: skip
    record = append(write(LATER, "later.csv"), store, key=KEY)
    assert (record.rows, record.events, record.cases) == (9, 7, 3)
    assert [(file.name, file.rows, file.accepted) for file in record.files] == [
        ("first.csv", 4, 4),
        ("later.csv", 5, 3),
    ]
    for table, before in kept.items():
        now = codes(store, table, "pseudonym" if table == "resources" else "label")
        assert {label: now[label] for label in before} == before
    log = read_log(store)
    assert log.case_labels == ("3", "1", "2")  # by first event, whatever their numbers in the store
    ways = [[log.activities[code] for code in log.activity[a:b]] for a, b in
            zip(log.offsets[:-1], log.offsets[1:], strict=True)]  # fmt: skip
    assert ways == [["Open"], ["Open", "Work", "Work", "Close"], ["Open", "Check"]]


def test_the_same_file_twice_changes_nothing(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    append(write(SMALL, "first.csv"), store, key=KEY)
    record = append(write(LATER, "later.csv"), store, key=KEY)
    before = store.read_bytes()
    said: list[str] = []
    for name, text in (("first.csv", SMALL), ("another name.csv", LATER)):
        assert append(write(text, name), store, key=KEY, progress=lambda share, text: said.append(text)) == record
    assert store.read_bytes() == before and said == ["nothing new"] * 2


def test_the_same_rows_in_other_bytes_add_no_event(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    append(write(LATER, "first.csv"), store, key=KEY)
    log = read_log(store)
    record = append(write(LATER.replace(":00\n", ":00:00\n"), "again.csv"), store, key=KEY)
    assert record.files[-1].accepted == 0
    same(read_log(store), log)


def test_one_further_item_is_enough(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    append(write(SMALL, "first.csv"), store, key=KEY)
    line = "case,activity,resource,time\n7,Open,Ann,2024-02-01 08:00\n"
    assert append(write(line, "line.csv"), store, key=KEY).cases == 3


def test_labels_among_numbers_turn_numbers_into_labels(write: Put, tmp_path: Path) -> None:
    header = "case,activity,amount,time\n"
    numbers = header + "".join(f"{n},A,{n}.5,2024-01-01 08:{n:02d}\n" for n in range(30))
    words = header + "40,A,unknown size,2024-02-01 08:00\n41,A,3.5,2024-02-01 09:00\n"
    store = tmp_path / "evidence.duckdb"
    told = {"keep": ["amount"]}
    append(write(numbers, "numbers.csv"), store, key=KEY, mapping=told)
    assert read_log(store).case_attributes["amount"].kind == "number"
    append(write(words, "words.csv"), store, key=KEY)
    found = read_log(store).case_attributes["amount"]
    assert found.kind == "label" and found.codes.max() == 30 and found.labels[3] == "3.5"
    assert found.labels[found.codes[-2]] == "unknown size" and found.codes[-1] == 3


def test_a_name_of_a_later_file_is_taken_out_of_earlier_labels(write: Put, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    append(write(SMALL.replace("Work", "Ask Kim Passa"), "first.csv"), store, key=KEY)
    assert "Ask Kim Passa" in read_log(store).activities
    append(write(LATER.replace("Cy", "Kim Passa"), "later.csv"), store, key=KEY)
    assert read_log(store).activities.count("Ask " + pseudonym(KEY, "Kim Passa")) == 1
    assert not any("Kim" in label for label in read_log(store).activities)


def test_a_name_of_an_earlier_file_is_taken_out_of_later_labels(write: Put, tmp_path: Path) -> None:
    """Caught when names of earlier files, known by their pseudonyms alone, stayed in labels; coded values stay."""
    head = "case,activity,resource,time\n"
    first = head + "1,Open,Kim Passa,2024-01-01 08:00\n2,Open,Step 3,2024-01-01 09:00\n"
    second = head + "".join(f"Kim Passa {n},Step {n},Bob,2024-02-0{n} 08:00\n" for n in range(1, 6))
    second += '7,"Ask Kim Passa, again",Bob,2024-02-07 08:00\n'
    parts, logs = [write(first, "first.csv"), write(second, "second.csv")], []
    for order in (parts, parts[::-1]):
        store = tmp_path / f"{order[0].stem}.duckdb"
        for part in order:
            append(part, store, key=KEY)
        assert b"Passa" not in store.read_bytes()
        logs.append(read_log(store))
    same(*logs)
    assert {f"Ask {pseudonym(KEY, 'Kim Passa')}, again", "Step 3"} < set(logs[0].activities)


HISTORY = "number,field,old,new,user,time\n"


@pytest.mark.parametrize(("begin", "order"), [(0, 1), (1, 1), (1, -1)], ids=["whole", "later without", "first without"])
def test_a_history_without_the_beginning_of_its_items_is_doubted(
    begin: int, order: int, write: Put, tmp_path: Path
) -> None:
    """Caught when nothing compared the first steps of an item that two files hold."""
    states = ["New", "Open", "Held", "Open", "Closed"]
    rows = [f"1,state,{a},{b},Ann,2024-01-0{n} 08:00\n" for n, (a, b) in enumerate(itertools.pairwise(states), 1)]
    other = "2,state,New,Open,Bob,2024-01-01 09:00\n"
    told = {"shape": "history", "case": "number", "field": "field", "old_value": "old", "new_value": "new",
            "time": "time", "resource": "user"}  # fmt: skip
    parts = [write("".join([HISTORY, *own, other]), name)
             for own, name in ((rows[:3], "first.csv"), (rows[begin:], "second.csv"))]  # fmt: skip
    for part in parts[::order]:
        record = append(part, tmp_path / "evidence.duckdb", key=KEY, mapping=told)
    assert len([text for text in record.cautions if "from their beginning" in text]) == begin


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("LW-EV-161", {"mapping": {"timezone": "Europe/Rome"}}),
        ("LW-EV-162", {"key": b"another key, also long"}),
        ("LW-EV-032", {}),
    ],
)
def test_what_does_not_fit_is_refused_and_the_store_stays(
    code: str, change: dict[str, Any], write: Put, tmp_path: Path
) -> None:
    store = tmp_path / "study" / "evidence.duckdb"
    append(write(SMALL, "first.csv"), store, key=KEY)
    before = store.read_bytes()
    text = LATER if change else LATER.replace("resource", "owner")
    with pytest.raises(EvidenceError, match=code) as caught:
        append(write(text, "later.csv"), store, **({"key": KEY} | change))
    assert all((fault.where, fault.expected, fault.found, fault.do) for fault in caught.value.faults)
    assert store.read_bytes() == before and [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


@pytest.mark.parametrize("place", ["_events", "_attributes"])
def test_a_failed_append_leaves_the_old_store(
    place: str, write: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "study" / "evidence.duckdb"
    append(write(SMALL, "first.csv"), store, key=KEY)
    before = store.read_bytes()

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(merging, place, full)
    with pytest.raises((LongwallError, OSError)):
        append(write(LATER, "later.csv"), store, key=KEY)
    assert store.read_bytes() == before and [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


def test_tables_of_other_modules_are_carried_over(write: Put, tmp_path: Path) -> None:
    from longwall.evidence.store import Store

    store = tmp_path / "evidence.duckdb"
    append(write(SMALL, "first.csv"), store, key=KEY)
    with Store(store) as opened:
        opened.run("CREATE TABLE IF NOT EXISTS alerts (id VARCHAR PRIMARY KEY, fired_us BIGINT)")
        opened.run("INSERT INTO alerts VALUES ('a', 1), ('b', 2)")
    append(write(LATER, "later.csv"), store, key=KEY)
    with Store(store) as opened:
        assert opened.rows("SELECT * FROM alerts ORDER BY id") == [("a", 1), ("b", 2)]
        opened.run("INSERT OR REPLACE INTO alerts VALUES ('b', 3)")
        assert opened.rows("SELECT fired_us FROM alerts ORDER BY id") == [(1,), (3,)]
    assert observed(store).events == 7
