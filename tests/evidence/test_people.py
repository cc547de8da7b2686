"""Names are planted wherever they can stand; none may come out anywhere."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.errors import EvidenceError
from longwall.evidence import (
    MIN_GROUP,
    Log,
    Observed,
    as_frame,
    forget,
    ingest,
    load_key,
    names_person,
    observed,
    pseudonym,
    publishable_groups,
    read_log,
    write_log,
)
from longwall.evidence.labels import NameFilter

KEY = b"a key for tests, long enough"
NAMES = ["Wilhelmina Plantagenet", "Ottokar Q. Unsinn", "zebedee.quux@example.org", "Kallisto-Maria Šedá", "Xanthippe",
         "Rejected Roderick"]  # fmt: skip
TRACES = ["wilhelmina", "plantagenet", "ottokar", "unsinn", "zebedee", "quux", "kallisto", "šedá", "xanthippe",
          "roderick",           "secret complaint"]  # fmt: skip


def planted() -> str:
    lines = ["ticket,activity,agent,team,opened_by,comment,product,time"]
    for n in range(300):
        who = NAMES[n % 4]
        step = ["Register", "Ask Wilhelmina Plantagenet", "Review (Unsinn, Ottokar Q.)", "Mail to Zebedee Quux"][n % 4]
        lines.append(
            f'T{n // 4} {NAMES[3] if n < 4 else ""},"{step}","{who}",Team '
            f"{'Xanthippe' if n % 3 == 0 else 'B'},Xanthippe,"
            f'"secret complaint of {who}",Box of Xanthippe,2024-01-{1 + n // 24:02d} {n % 24:02d}:00'
        )
    lines.append("T99,Solve,Rejected Roderick,Team B,Xanthippe,secret complaint,Box,Rejected Roderick was late")
    return "\n".join(lines)


def everything_in(store: Path) -> str:
    """All cells of all tables, and all bytes of the file."""
    with duckdb.connect(str(store), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        cells = [repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables]
    return " ".join(cells) + store.read_bytes().decode("latin-1")


def assert_no_name(text: str) -> None:
    found = [trace for trace in TRACES if trace in text.casefold()]
    assert not found, found


def test_no_planted_name_comes_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "export of Xanthippe.csv"
    path.write_text(planted())
    store = tmp_path / "study" / "evidence.duckdb"
    record = ingest(path, store, key=KEY)
    assert record.rejected_rows == 1
    log = read_log(store)
    assert_no_name(everything_in(store))
    assert_no_name(json.dumps(record.as_dict(), ensure_ascii=False) + repr(record))
    assert_no_name(repr(log) + repr(as_frame(log)))
    for name in ("out.csv", "out.parquet"):
        write_log(log, tmp_path / name)
        assert_no_name((tmp_path / name).read_bytes().decode("latin-1"))
    assert_no_name("".join(capfd.readouterr()))
    assert log.activities[1] == "Ask " + pseudonym(KEY, "Wilhelmina Plantagenet")
    assert sorted(item.name for item in store.parent.iterdir()) == ["evidence.duckdb"]


def test_the_test_would_see_a_name(tmp_path: Path) -> None:
    """A fault is planted: a comment column mapped on purpose must be found by the search above."""
    path = tmp_path / "log.csv"
    path.write_text(planted())
    store = tmp_path / "evidence.duckdb"
    ingest(path, store, key=KEY, mapping={"keep": ["comment"]})
    with pytest.raises(AssertionError):
        assert_no_name(everything_in(store))


@pytest.mark.parametrize("max_rejects", [0.0, 0.01])
def test_errors_hold_no_name(tmp_path: Path, max_rejects: float) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "\n".join(planted().splitlines()[:1] + planted().splitlines()[-30:]).replace("2024-", "2024 of Xanthippe-")
    )
    with pytest.raises(EvidenceError) as caught:
        ingest(path, tmp_path / "evidence.duckdb", key=KEY, max_rejects=max_rejects, mapping={"time": "time"})
    assert_no_name(str(caught.value) + repr(caught.value) + repr(caught.value.__cause__))


def test_a_file_without_header_is_refused_without_quoting_it(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("\n".join(planted().splitlines()[1:20]))
    with pytest.raises(EvidenceError, match="LW-EV-010") as caught:
        ingest(path, tmp_path / "evidence.duckdb", key=KEY)
    assert_no_name(str(caught.value))


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".evidence-staging-999999999-x"
    left.mkdir()
    (left / "staging.duckdb").write_text("Xanthippe")
    path = tmp_path / "log.csv"
    path.write_text(planted())
    ingest(path, tmp_path / "evidence.duckdb", key=KEY)
    assert not left.exists()


def test_forget_removes_one_person(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(planted())
    store = tmp_path / "evidence.duckdb"
    ingest(path, store, key=KEY)
    before, record = read_log(store), observed(store)
    hidden = pseudonym(KEY, NAMES[0])
    assert hidden in everything_in(store)
    assert forget(store, NAMES[0], KEY) == 75
    after = read_log(store)
    assert hidden not in everything_in(store)
    assert after.n_events == before.n_events and after.n_resources == before.n_resources - 1
    assert (after.resource == -1).sum() == (before.resource == -1).sum() + 75
    assert after.resource.max() == after.n_resources - 1
    assert observed(store).resources == record.resources - 1
    content = store.read_bytes()
    with pytest.raises(EvidenceError, match="LW-EV-052"):
        forget(store, NAMES[0], KEY)
    assert store.read_bytes() == content


def test_key_is_made_once_outside_the_study_for_the_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LONGWALL_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("sys.platform", "linux")
    key = load_key()
    path = tmp_path / "config" / "longwall" / "key"
    assert len(key) >= 32 and load_key() == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setenv("LONGWALL_KEY", "short")
    with pytest.raises(EvidenceError, match="LW-EV-050") as caught:
        load_key()
    assert "'short'" not in str(caught.value)
    monkeypatch.setenv("LONGWALL_KEY", "a key of the environment")
    assert load_key() == os.environ["LONGWALL_KEY"].encode()


def test_pseudonyms_depend_on_the_key_and_on_nothing_else() -> None:
    assert pseudonym(KEY, "Ann  Example ") == pseudonym(KEY, "Ann Example") != pseudonym(KEY, "Ann Exampel")
    assert pseudonym(KEY, "Ann Example") != pseudonym(b"another key, long enough", "Ann Example")
    assert pseudonym(b"x" * 300, "Ann") != pseudonym(b"x" * 301, "Ann")


@pytest.mark.parametrize(
    ("label", "clean"),
    [
        ("Ask Kim Passa now", "Ask {kim} now"),
        ("passa, kim", "{kim}"),
        ("Kim", "Kim"),  # a first name alone could be anybody
        ("kimpassa", "{kim}"),
        ("Design loan offer", "Design loan offer"),
        ("System restart", "System restart"),
        ("Value 1", "Value 1"),
        ("Step 112", "Step 112"),
        ("Visit Zoë O’Neil", "Visit {zoe}"),
    ],
)
def test_names_in_labels(label: str, clean: str) -> None:
    people = NameFilter(["Kim Passa", "Loan Officer-000003", "System", "Value 1", "112", "Zoë O’Neil"], KEY)
    wanted = clean.format(kim=pseudonym(KEY, "Kim Passa"), zoe=pseudonym(KEY, "Zoë O’Neil"))
    assert people.replaced([label, "Value 2", "Value 3", "Value 4"])[0] == wanted


def test_a_coded_name_in_a_column_that_is_not_coded_is_replaced() -> None:
    people = NameFilter(["ID4932"], KEY)
    assert people.replaced(["Work of ID4932", "Turning", "Milling"])[0] == "Work of " + pseudonym(KEY, "ID4932")


@given(
    sizes=st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 12), max_size=8),
    above=st.sampled_from(["", "one", "two"]),
)
def test_no_group_under_five_is_shown_nor_can_be_subtracted(sizes: dict[str, int], above: str) -> None:
    parent = {} if not above else {group: f"unit {len(group) if above == 'two' else 0}" for group in sizes}
    published = publishable_groups(sizes, parent)
    members = [group for groups in published.shown.values() for group in groups]
    assert sorted(members + list(published.withheld)) == sorted(sizes)  # type: ignore[type-var]
    assert all(sum(sizes[str(group)] for group in groups) >= MIN_GROUP for groups in published.shown.values())
    hidden = [sizes[str(group)] for group in published.withheld if sizes[str(group)]]
    if published.shown and hidden:
        assert sum(hidden) >= MIN_GROUP and len(hidden) >= 2


def test_reading_gives_numbers_without_names(read: Callable[..., tuple[Observed, Log]], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(planted())
    _, log = read(path)
    assert log.n_resources == 4 and set(log.resource.tolist()) == {0, 1, 2, 3}
    assert not any("pseudonym" in name for name in vars(log))


def test_an_answer_that_names_somebody_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(planted())
    store = tmp_path / "evidence.duckdb"
    ingest(path, store, key=KEY)
    for text in ("asked Ottokar Q. Unsinn today", "(Wilhelmina Plantagenet)", pseudonym(KEY, NAMES[0])):
        assert names_person(store, text, KEY), text
    for text in ("", "the desk lead", "Ottokar", "wrong category at intake"):
        assert not names_person(store, text, KEY), text
