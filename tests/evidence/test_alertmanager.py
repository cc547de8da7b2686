"""A real Alertmanager: what it lists and what it sends are the alerts that were given to it."""

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
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from longwall.evidence import ingest_alerts, read_alerts, recognise

KEY = b"a key for tests, long enough"
NAMES = ("DiskFull", "MailDown", "DiskFull")
HOSTS = ("db-1", "mx-1", "db-2")


class Receiver(BaseHTTPRequestHandler):
    """Keeps the payloads that are sent to it."""

    payloads: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.payloads.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that sends to `Receiver`."""
    assert shutil.which("prometheus-alertmanager"), "`scripts/install-for-tests.sh` installs it"
    folder = tmp_path_factory.mktemp("alertmanager")
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    (folder / "config.yml").write_text(
        "route: {receiver: here, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}\n"
        f"receivers: [{{name: here, webhook_configs: [{{url: 'http://127.0.0.1:{receiver.server_address[1]}/'}}]}}]\n"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["prometheus-alertmanager", "--config.file=config.yml", "--storage.path=data", "--log.level=error",
             f"--web.listen-address={address}", "--cluster.listen-address="],
            cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        for _ in range(600):
            assert server.poll() is None, (folder / "log").read_text()
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{address}/-/ready", timeout=1):
                break
            time.sleep(0.1)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        receiver.shutdown()
        receiver.server_close()


def post(address: str, alerts: list[dict[str, Any]]) -> None:
    asked = urllib.request.Request(
        f"{address}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=5):
        pass


def seen(status: str) -> bool:
    """Whether a payload with an alert of this status has come."""
    sent = [alert for payload in Receiver.payloads for alert in json.loads(payload)["alerts"]]
    return any(alert["status"] == status for alert in sent)


def test_what_is_listed_and_what_is_sent_are_the_alerts_that_were_given(alertmanager: str, tmp_path: Path) -> None:
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    given = [
        {"labels": {"alertname": name, "instance": host, "severity": "page", "team": "Network"},
         "annotations": {"summary": "Kim Passa knows"}, "startsAt": (begin + timedelta(minutes=n)).isoformat()}
        for n, (name, host) in enumerate(zip(NAMES, HOSTS, strict=True))
    ]  # fmt: skip
    post(alertmanager, given)
    for _ in range(300):
        if seen("firing"):
            break
        time.sleep(0.1)
    with urllib.request.urlopen(f"{alertmanager}/api/v2/alerts", timeout=5) as answer:
        (tmp_path / "listed.json").write_bytes(answer.read())
    ended = (begin + timedelta(minutes=45)).isoformat()
    post(alertmanager, [given[1] | {"endsAt": ended}])
    for _ in range(300):
        if seen("resolved"):
            break
        time.sleep(0.1)
    store = tmp_path / "evidence.duckdb"
    assert recognise(tmp_path / "listed.json") == "alerts"
    assert ingest_alerts(tmp_path / "listed.json", store, key=KEY).kept == len(given)
    (tmp_path / "sent.ndjson").write_bytes(b"\n".join(Receiver.payloads))
    assert recognise(tmp_path / "sent.ndjson") == "alerts"
    ingest_alerts(tmp_path / "sent.ndjson", store, key=KEY)
    alerts = read_alerts(store)
    assert alerts.n_alerts == len(given), "listed and sent, each is one"
    assert [alerts.names[code] for code in alerts.name] == list(NAMES)
    assert (alerts.notices >= 2).all() and alerts.severities == ("page",) and alerts.teams == ("Network",)
    np.testing.assert_allclose(np.diff(alerts.fired_h), 1 / 60, atol=1e-9)
    assert np.isnan(alerts.resolved_h).tolist() == [True, False, True]
    assert alerts.resolved_h[1] - alerts.fired_h[0] == pytest.approx(0.75, abs=1e-9)
    assert b"Passa" not in store.read_bytes() and len(set(alerts.fingerprint.tolist())) == len(given)
