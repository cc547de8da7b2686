"""What bad input gets: four parts, a code, and a store that is as it was."""

from __future__ import annotations

import errno
import gzip
import os
import random
import shutil
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evidence.exports import EXPORTS, tickets

from longwall.errors import EvidenceError, LongwallError, StorageError
from longwall.evidence import Limits, Log, Observed, ingest, observed, read_log
from longwall.evidence.store import Store

Put = Callable[..., Path]
Read = Callable[..., tuple[Observed, Log]]
KEY = b"a key for tests, long enough"
GOOD = "case,activity,resource,time\n" + "".join(
    f"{n // 4},Step {n % 4},P{n % 3},2024-01-{1 + n // 24:02d} {n % 24:02d}:00\n" for n in range(240)
)
XES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">'
    + "".join(
        f'<trace><string key="concept:name" value="{c}"/><event><string key="concept:name" value="A"/>'
        f'<date key="time:timestamp" value="2024-01-{c + 1:02d}T09:00:00Z"/></event><event>'
        '<string key="concept:name" value="B"/><string key="org:resource" value="Ann"/>'
        f'<date key="time:timestamp" value="2024-01-{c + 1:02d}T10:00:00Z"/></event></trace>'
        for c in range(20)
    )
    + "</log>\n"
)


def bomb() -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = b"case,activity,time\n1,a,2024-01-01\n"
    return (
        deflater.compress(head)
        + b"".join(deflater.compress(b"1,a,2024-01-01\n" * 70_000) for _ in range(120))
        + deflater.flush()
    )


BAD: dict[str, tuple[str, Any, str]] = {
    "empty": ("log.csv", b"", "LW-EV-003"),
    "only blanks": ("log.csv", b"\n \n\n", "LW-EV-003"),
    "empty gzip": ("log.csv.gz", gzip.compress(b""), "LW-EV-003"),
    "truncated gzip": ("log.csv.gz", gzip.compress(GOOD.encode())[:-20], "LW-EV-005"),
    "gzip with a wrong checksum": ("log.csv.gz", gzip.compress(GOOD.encode())[:-8] + b"12345678", "LW-EV-005"),
    "decompression bomb": ("log.csv.gz", bomb(), "LW-EV-006"),
    "header only": ("log.csv", b"case,activity,time\n", "LW-EV-011"),
    "no case column": (
        "log.csv",
        b"activity,resource,time\nA,Ann,2024-01-01\nB,Ann,2024-01-02\nA,Bob,2024-01-02\n",
        "LW-EV-015",
    ),
    "no time column": ("log.csv", b"case,activity\n1,A\n1,B\n2,A\n", "LW-EV-016"),
    "no activity column": ("log.csv", b"case,time\n1,2024-01-01\n1,2024-01-02\n2,2024-01-02\n", "LW-EV-017"),
    "one column": ("log.csv", b"hello\nworld\n", "LW-EV-012"),
    "one case": ("log.csv", b"case,activity,time\n1,A,2024-01-01\n1,B,2024-01-02\n1,C,2024-01-03\n", "LW-EV-024"),
    "binary": ("log.csv", bytes(range(256)) * 50, "LW-EV-008"),
    "binary xes": ("log.xes", b"<log>" + bytes(range(256)) * 50, "LW-EV-008"),
    "workbook": ("log.csv", b"PK\x03\x04" + b"x" * 500, "LW-EV-009"),
    "sign-in page": ("log.csv", b"<!DOCTYPE html><html><body>Please sign in</body></html>", "LW-EV-009"),
    "entity": ("log.xes", XES.replace("<log", '<!DOCTYPE log [<!ENTITY a "b">]><log', 1).encode(), "LW-EV-007"),
    "external entity": (
        "log.xes",
        XES.replace("<log", '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log', 1).encode(),
        "LW-EV-007",
    ),
    "late entity": ("log.xes", XES.replace("</log>", '<!-- --><!ENTITY a "b"></log>').encode(), "LW-EV-007"),
    "utf-16 xes": ("log.xes", XES.encode("utf-16"), "LW-EV-008"),
    "xes cut short": ("log.xes", XES[: len(XES) // 2].encode(), "LW-EV-014"),
    "xes without events": ("log.xes", b'<?xml version="1.0"?><log xes.version="1.0"></log>', "LW-EV-011"),
    "damaged parquet": ("log.parquet", b"PAR1" + b"x" * 300 + b"PAR1", "LW-EV-043"),
    "json that is no log": ("log.json", b'{"a": 1}', "LW-EV-101"),
    "json cut short": ("log.json", b'[{"id": 1, "event": "a", "at": "2024-01-01"}, {"id": 1, "ev', "LW-EV-100"),
    "json without records": ("log.json", b'{"issues": [], "total": 0}', "LW-EV-011"),
    "json lines with a bad line": ("log.jsonl", b'{"id": 1, "b": 2}\nnothing\n', "LW-EV-100"),
    "deep json": ("log.json", b"[" * 200_000, "LW-EV-100"),
    "bad rows": ("log.csv", GOOD.replace("2024-01-02", "tomorrow").encode(), "LW-EV-022"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The store of a good log."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "good.csv").write_text(GOOD)
    ingest(folder / "good.csv", folder / "evidence.duckdb", key=KEY)
    return (folder / "evidence.duckdb").read_bytes()


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gets_its_code_and_leaves_the_store_alone(name: str, good: bytes, tmp_path: Path, write: Put) -> None:
    store, before = tmp_path / "study" / "evidence.duckdb", good
    store.parent.mkdir()
    store.write_bytes(good)
    file, content, code = BAD[name]
    with pytest.raises(LongwallError) as caught:
        ingest(write(content, file), store, key=KEY)
    fault = caught.value.faults[0]
    assert fault.code == code
    assert all((fault.where, fault.expected, fault.found, fault.do))
    assert store.read_bytes() == before
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


def test_not_a_file(tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    for path, code in (
        (tmp_path, "LW-EV-002"),
        (tmp_path / "nothing.csv", "LW-EV-001"),
        (Path("/dev/null"), "LW-EV-002"),
    ):
        with pytest.raises(EvidenceError, match=code):
            ingest(path, store, key=KEY)
    with pytest.raises(StorageError, match="LW-EV-040"):
        read_log(store)
    store.write_bytes(b"not a database" * 100)
    with pytest.raises(LongwallError, match="LW-EV-04"):
        observed(store)


def test_one_activity_is_read_with_a_caution(write: Put, read: Read) -> None:
    record, log = read(write("case,activity,time\n1,A,2024-01-01\n1,A,2024-01-02\n2,A,2024-01-03\n"))
    assert log.activities == ("A",) and any("one activity" in caution for caution in record.cautions)


def test_wrong_ending_is_read_by_content_with_a_caution(write: Put, read: Read) -> None:
    for content, name in (
        (XES.encode(), "log.csv"),
        (gzip.compress(GOOD.encode()), "log.csv"),
        (GOOD.encode(), "log.xes"),
    ):
        record, _ = read(write(content, name))
        assert record.events in (40, 240)
    record, _ = read(write(XES, "log.csv"))
    assert any("holds xes" in caution for caution in record.cautions)


def test_few_bad_rows_go_to_the_rejects_with_row_column_and_reason(write: Put, read: Read, tmp_path: Path) -> None:
    import duckdb

    lines = (GOOD * 1).splitlines()
    lines[3] = "0,,P1,2024-01-01 02:00"
    lines[10] = "2,Step 1,P1"
    lines[11] = "2,Step 1,P1,yesterday"
    lines[20] = "5,Step 1,P1,2024-01-01 02:00,more"
    lines[30] = "7,Step 1,P1,1899-01-01 02:00"
    record, log = read(write("\n".join(lines)), max_rejects=0.05)
    assert (record.rows, record.rejected_rows, log.n_events) == (240, 5, 235)
    with duckdb.connect(str(tmp_path / "evidence.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT row, column_name, reason FROM rejects ORDER BY row").fetchall()
    assert found == [
        (3, "activity", "no value"),
        (10, "", "fewer cells than the header"),
        (11, "time", "a time that cannot be read"),
        (20, "", "more cells than the header"),
        (30, "time", "a year outside 1980 to 2100"),
    ]
    assert sum(record.rejects.values()) == 5


def test_a_big_legitimate_file_is_let_through_by_an_option(write: Put, read: Read) -> None:
    path = write(bomb(), "log.csv.gz")
    with pytest.raises(EvidenceError, match="LW-EV-006"):
        read(path)
    with pytest.raises(EvidenceError, match="LW-EV-006"):
        read(path, limits=Limits(max_ratio=2000, max_bytes=1 << 20))


def test_several_gzip_members_are_one_file(write: Put, read: Read) -> None:
    half = len(GOOD) // 2
    record, _ = read(write(gzip.compress(GOOD[:half].encode()) + gzip.compress(GOOD[half:].encode()), "log.csv.gz"))
    assert record.events == 240


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_no_permission(write: Put, tmp_path: Path) -> None:
    """Root may write anywhere, so a folder that is a file and a path below /proc stand in for a refusal."""
    path = write(GOOD)
    blocked = write("in the way", "blocked")
    for store in (blocked / "evidence.duckdb", Path("/proc/longwall/evidence.duckdb")):
        with pytest.raises(StorageError):
            ingest(path, store, key=KEY)
    if os.geteuid() != 0:
        path.chmod(0)
        with pytest.raises(StorageError, match="LW-EV-040"):
            ingest(path, tmp_path / "evidence.duckdb", key=KEY)


@pytest.mark.parametrize("moment", ["staging", "replacing", "engine"])
def test_no_space_left(moment: str, write: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    from longwall.evidence import store as port

    store = tmp_path / "study" / "evidence.duckdb"
    path = write(GOOD)
    ingest(path, store, key=KEY)
    before = store.read_bytes()

    def full(*args: object, **kwargs: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    def full_engine(*args: object, **kwargs: object) -> Any:
        raise duckdb.IOException('IO Error: Could not write file "secret": No space left on device')

    if moment == "staging":
        monkeypatch.setattr(port.tempfile, "mkdtemp", full)
    elif moment == "replacing":
        monkeypatch.setattr("longwall.provenance.os.fsync", full)
    else:
        original = port.Store.run

        def run(self: Any, sql: str, parameters: Any = ()) -> None:
            if sql.startswith("INSERT INTO out.cases"):
                with self._translated():
                    full_engine()
            original(self, sql, parameters)

        monkeypatch.setattr(port.Store, "run", run)
    with pytest.raises(StorageError, match="no space left"):
        ingest(path, store, key=KEY)
    monkeypatch.undo()
    assert store.read_bytes() == before
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_disk_that_really_refuses(write: Put, tmp_path: Path) -> None:
    """A file-size limit of the system stops the write in the middle, in a process of its own."""
    store = tmp_path / "study" / "evidence.duckdb"
    path = write(GOOD)
    ingest(path, store, key=KEY)
    before = store.read_bytes()
    script = f"""
        import resource, signal
        from pathlib import Path
        from longwall.errors import LongwallError
        from longwall.evidence import ingest
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            ingest(Path({str(path)!r}), Path({str(store)!r}), key={KEY!r})
        except LongwallError as error:
            print(error.faults[0].code)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip().startswith(("LW-EV-04", "LW-IO")), done.stderr[-2000:]
    assert store.read_bytes() == before
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


def _damaged(content: bytes, seed: int) -> bytes:
    """Cut, flip, repeat and insert bytes."""
    dice = random.Random(seed)
    data = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(data) + 1)
        kind = dice.randrange(5)
        if kind == 0:
            del data[place:]
        elif kind == 1 and data:
            data[place % len(data)] = dice.randrange(256)
        elif kind == 2:
            data[place:place] = data[place : place + dice.randrange(400)]
        elif kind == 3:
            data[place:place] = bytes(dice.choice([b'"', b"\n", b",", b"<", b">", b"&", b"\xff", b"\0", b"=1+1"]))
        else:
            del data[place : place + dice.randrange(60)]
        data = data or bytearray(b"x")
    return bytes(data)


SOURCES = {
    "log.csv": GOOD[:3000].encode(),
    "log.csv.gz": gzip.compress(GOOD[:3000].encode()),
    "log.xes": XES[:3000].encode() + b"</log>",
    "log.xes.gz": gzip.compress(XES.encode()),
    "jira.json": EXPORTS["jira changelog"][1](tickets(6)),
    "timeline.jsonl.gz": gzip.compress(EXPORTS["github timeline"][1](tickets(6))),
    "log_entries.json": EXPORTS["pagerduty log entries"][1](tickets(6)),
    "audit.csv": EXPORTS["servicenow history"][1](tickets(6)),
}


@pytest.mark.parametrize("name", [*SOURCES, "log.json", "log.parquet"])
def test_damaged_bytes_never_give_a_traceback(name: str, tmp_path: Path) -> None:
    from tests.evidence.test_shapes import OCEL

    if name == "log.parquet":
        import polars as pl

        pl.DataFrame({"case": [1, 1, 2] * 40, "activity": ["A", "B", "C"] * 40,
                      "time": ["2024-01-01", "2024-01-02", "2024-01-03"] * 40},
                     ).write_parquet(tmp_path / "whole")  # fmt: skip
        whole = (tmp_path / "whole").read_bytes()
    else:
        whole = OCEL.encode() if name == "log.json" else SOURCES[name]
    store = tmp_path / "evidence.duckdb"

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(seed=st.integers(0, 10**9))
    def attack(seed: int) -> None:
        path = tmp_path / name
        path.write_bytes(_damaged(whole, seed))
        before = store.read_bytes() if store.exists() else b""
        try:
            ingest(path, store, key=KEY, max_rejects=0.5)
        except LongwallError as error:
            assert error.faults
            assert (store.read_bytes() if store.exists() else b"") == before
        else:
            assert read_log(store).n_events > 0
        assert not list(tmp_path.glob(".evidence-*"))

    attack()


def test_a_killed_ingest_leaves_the_old_store(write: Put, tmp_path: Path) -> None:
    import signal
    import time

    store = tmp_path / "study" / "evidence.duckdb"
    path = write(GOOD * 1)
    ingest(path, store, key=KEY)
    before = store.read_bytes()
    script = (
        "import sys, time; from pathlib import Path; from longwall.evidence import ingest\n"
        "def slow(share, text):\n    print(text, flush=True)\n    time.sleep(30 if share >= 0.9 else 0)\n"
        f"ingest(Path({str(path)!r}), Path({str(store)!r}), key={KEY!r}, progress=slow)"
    )
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if "quality" in line:
            break
    time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert store.read_bytes() == before and read_log(store).n_events == 240
    ingest(path, store, key=KEY)
    assert not list(store.parent.glob(".evidence-staging*"))
    shutil.rmtree(store.parent)


def test_ctrl_c_inside_a_query_is_an_interruption_and_no_mistake_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine polls for signals while it works, and says so in these words. It sees a signal at no fixed time, so it
    is stood in for; `test_interrupted_it_says_so_and_keeps_what_was_finished` sends one.
    Caught when "Query interrupted" went through as an error.
    """

    class Engine:
        def __init__(self, words: str) -> None:
            self.words = words

        def execute(self, *_: object) -> None:
            raise RuntimeError(self.words)

    with Store(tmp_path / "s.duckdb") as store, monkeypatch.context() as patch:
        patch.setattr(store, "_connection", Engine("Query interrupted"))
        with pytest.raises(KeyboardInterrupt):
            store.rows("SELECT 1")
        patch.setattr(store, "_connection", Engine("something else"))
        with pytest.raises(RuntimeError, match="something else"):
            store.rows("SELECT 1")
