"""Range queries: a real Prometheus with known samples, and servers that do everything wrong."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from longwall.errors import EvidenceError
from longwall.evidence import Patience, RangeQuery, ingest_query, read_indicators, signal_records
from longwall.evidence.prometheus import query_range

KEY = b"a key for tests, long enough"
BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
HOURS = 48
QUICK = Patience(answer_s=1.0, tries=3, wait_s=0.01)


def level(hour: int, job: str) -> float:
    """What was measured at each full hour."""
    return hour * (1.0 if job == "db" else 0.25) + 7


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that holds two days of samples, one an hour; it scrapes nothing."""
    assert shutil.which("prometheus"), "`scripts/install-for-tests.sh` installs it"
    folder = tmp_path_factory.mktemp("prometheus")
    lines = ["# HELP queue_length Items that wait.", "# TYPE queue_length gauge"]
    for job in ("db", "web"):
        for hour in range(HOURS):
            at = int((BEGIN + timedelta(hours=hour)).timestamp())
            lines.append(f'queue_length{{job="{job}",user="Kim Passa"}} {level(hour, job)} {at}')
    (folder / "samples.txt").write_text("\n".join([*lines, "# EOF", ""]))
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1h}\nscrape_configs: []\n")
    made = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=60)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=error",
             "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"],
            cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert server.poll() is None, (folder / "log").read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/-/ready", timeout=1):
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def asked(address: str, **changes: Any) -> RangeQuery:
    whole = RangeQuery(address, "sum by (job) (queue_length)", BEGIN, BEGIN + timedelta(hours=HOURS - 1), 3600)
    return replace(whole, **changes)


def test_a_real_server_answers_what_it_was_given(prometheus: str, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    record = ingest_query(asked(prometheus), store, indicator="queue", unit="items", key=KEY)
    assert (record.kept, record.first, record.last) == (
        2 * HOURS, "2026-03-02T00:00:00+00:00", "2026-03-03T23:00:00+00:00")  # fmt: skip
    measured = read_indicators(store)
    assert [(one.indicator, one.group, one.unit) for one in measured.series] == [
        ("queue", "job=db", "items"), ("queue", "job=web", "items")]  # fmt: skip
    assert measured.origin == BEGIN
    for number, job in enumerate(("db", "web")):
        at, value = measured.values(number)
        np.testing.assert_array_equal(at, np.arange(HOURS))
        np.testing.assert_array_equal(value, [level(hour, job) for hour in range(HOURS)])
    before = store.read_bytes()
    assert ingest_query(asked(prometheus), store, indicator="queue", unit="items", key=KEY) == record
    assert store.read_bytes() == before, "the same answer changes nothing"


def test_a_long_range_is_asked_in_pieces_and_nothing_is_twice(prometheus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caught when a piece begins where the one before ends, or a step later."""
    whole = query_range(asked(prometheus))
    monkeypatch.setattr("longwall.evidence.prometheus._MOST_STEPS", 7)
    pieces = query_range(asked(prometheus))
    assert sorted((s.labels["job"], s.time_us) for s in pieces) == sorted((s.labels["job"], s.time_us) for s in whole)
    assert len(pieces) == 2 * HOURS


def test_a_range_of_more_than_eleven_thousand_steps_is_answered(prometheus: str) -> None:
    """The server refuses more than 11,000 samples of a series at once."""
    fine = query_range(asked(prometheus, query="max_over_time(queue_length{job='db'}[1h])", step_s=12))
    assert len(fine) > 11_000 and len({s.time_us for s in fine}) == len(fine)


def test_series_of_single_persons_are_not_taken(prometheus: str, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="LW-EV-149"):
        ingest_query(asked(prometheus, query="queue_length"), tmp_path / "evidence.duckdb", key=KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_query_is_refused_in_the_servers_words(prometheus: str, tmp_path: Path) -> None:
    for query, code in (("sum by (", "LW-EV-145"), ("nothing_like_it", "LW-EV-147")):
        with pytest.raises(EvidenceError, match=code) as caught:
            ingest_query(asked(prometheus, query=query), tmp_path / "evidence.duckdb", key=KEY)
        assert ("parse error" in str(caught.value)) == (code == "LW-EV-145")
    assert list(tmp_path.iterdir()) == []


SERIES = {"metric": {"__name__": "up"}, "values": [[BEGIN.timestamp() + 3600 * n, str(n)] for n in range(HOURS)]}
GOOD = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [SERIES]}}).encode()


class Stand(BaseHTTPRequestHandler):
    """Answers as the test says: (status, headers, body, how) for each request in turn; the last one for all further."""

    turns: ClassVar[list[tuple[int, dict[str, str], bytes, str]]] = []
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.path)
        status, headers, body, how = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        if how == "hang":
            time.sleep(2.0)
            return
        if how == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            size = 4 if how == "drip" else max(1, len(body))
            for place in range(0, len(body), size):
                self.wfile.write(body[place : place + size])
                if how == "drip":
                    time.sleep(0.3)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def stand() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def turn(
    status: int = 200, body: bytes = GOOD, how: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes, str]:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body, how


HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
WRONG: dict[str, tuple[tuple[int, dict[str, str], bytes, str], str, int]] = {
    "an error of the server": (turn(500, b"oops"), "LW-EV-141", 3),
    "a gateway without a server": (turn(503, HTML, Content_Type="text/html"), "LW-EV-141", 3),
    "asked too often": (turn(429, b""), "LW-EV-141", 3),
    "a sign-in page": (turn(200, HTML, Content_Type="text/html"), "LW-EV-142", 1),
    "a page that says it is JSON": (turn(200, HTML), "LW-EV-142", 1),
    "a text": (turn(200, b"all is well", Content_Type="text/plain"), "LW-EV-142", 1),
    "fewer bytes than said": (turn(200, GOOD[:500], Content_Length=str(len(GOOD))), "LW-EV-143", 3),
    "JSON cut short": (turn(200, GOOD[:500]), "LW-EV-143", 3),
    "too large": (turn(200, b" " * (2 << 20) + GOOD), "LW-EV-143", 1),
    "a redirect": (turn(302, b"", Location="http://elsewhere.example.org/"), "LW-EV-144", 1),
    "a redirect to itself": (turn(301, b"", Location="/api/v1/query_range"), "LW-EV-144", 1),
    "sign in": (turn(401, b""), "LW-EV-145", 1),
    "not there": (turn(404, HTML), "LW-EV-145", 1),
    "a refusal": (turn(400, b'{"status": "error", "errorType": "bad_data", "error": "x"}'), "LW-EV-145", 1),
    "an answer of a vector": (turn(200, b'{"data": {"resultType": "vector", "result": []}}'), "LW-EV-146", 1),
    "values that are none": (turn(200, GOOD.replace(b'"1"', b'"one"')), "LW-EV-146", 1),
    "a list": (turn(200, b"[]"), "LW-EV-146", 1),
    "nothing": (turn(200, b'{"data": {"resultType": "matrix", "result": []}}'), "LW-EV-147", 1),
    "no answer": (turn(how="hang"), "LW-EV-140", 2),
    "an answer in drops": (turn(how="drip"), "LW-EV-140", 2),
    "a connection that breaks": (turn(how="drop"), "LW-EV-140", 3),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_server_that_does_wrong_gets_a_code_and_writes_nothing(name: str, stand: str, tmp_path: Path) -> None:
    answer, code, tries = WRONG[name]
    Stand.turns, Stand.seen = [answer], []
    slow = code == "LW-EV-140" and tries == 2
    patience = Patience(answer_s=0.4 if slow else 5.0, tries=tries if slow else 3, wait_s=0.01, most_bytes=1 << 20)
    store = tmp_path / "evidence.duckdb"
    begin = time.monotonic()
    with pytest.raises(EvidenceError) as caught:
        ingest_query(asked(f"http://kim:secret@{stand.removeprefix('http://')}"), store, key=KEY, patience=patience)
    assert time.monotonic() - begin < 10
    fault = caught.value.faults[0]
    assert fault.code == code and all((fault.where, fault.expected, fault.found, fault.do))
    assert "secret" not in str(caught.value)
    assert len(Stand.seen) == tries, "only what may pass by itself is tried again"
    assert list(tmp_path.iterdir()) == []


def test_what_passes_by_itself_is_waited_for(stand: str, tmp_path: Path) -> None:
    Stand.turns, Stand.seen = [turn(502, b""), turn(200, GOOD[:99]), turn()], []
    record = ingest_query(asked(stand), tmp_path / "evidence.duckdb", key=KEY, patience=QUICK)
    assert record.kept == HOURS and len(Stand.seen) == 3


def test_a_refusal_leaves_the_last_answer_in_the_store(stand: str, tmp_path: Path) -> None:
    store = tmp_path / "evidence.duckdb"
    Stand.turns = [turn()]
    first = ingest_query(asked(stand), store, key=KEY, patience=QUICK)
    before = store.read_bytes()
    Stand.turns = [turn(500, b"")]
    with pytest.raises(EvidenceError, match="LW-EV-141"):
        ingest_query(asked(stand), store, key=KEY, patience=QUICK)
    assert store.read_bytes() == before
    Stand.turns = [turn(200, GOOD.replace(b'"7"', b'"NaN"'))]
    second = ingest_query(asked(stand), store, key=KEY, patience=QUICK)
    assert second.kept == HOURS - 1 and first.source_id == second.source_id
    assert signal_records(store) == (second,), "a new answer to the same query takes the place of the last"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example.org", "prometheus:9090", "http://"])
def test_only_addresses_of_servers_are_asked(url: str, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="LW-EV-148"):
        ingest_query(asked(url), tmp_path / "evidence.duckdb", key=KEY)
    with pytest.raises(EvidenceError, match="LW-EV-148"):
        ingest_query(asked("http://a.example.org", step_s=0), tmp_path / "evidence.duckdb", key=KEY)


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(EvidenceError, match="LW-EV-140"):
        ingest_query(asked(address), tmp_path / "evidence.duckdb", key=KEY, patience=QUICK)
