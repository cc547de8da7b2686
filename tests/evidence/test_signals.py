"""One battery for every reader of alerts, organisation and indicators."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.evidence.exports import EXPORTS, tickets

from longwall.errors import LongwallError
from longwall.evidence import (
    add_forgotten,
    drop_signals,
    forget,
    has_log,
    ingest,
    ingest_alerts,
    ingest_indicators,
    ingest_organisation,
    ingest_survey,
    knows_person,
    pseudonym,
    pseudonyms_of,
    read_alerts,
    read_indicators,
    read_log,
    read_organisation,
    recognise,
    signal_records,
)
from longwall.evidence.alert_sources import alerts_in
from longwall.evidence.json_text import documents
from longwall.evidence.probe import probe

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"
READERS: dict[str, Callable[..., Any]] = {
    "alerts": ingest_alerts,
    "organisation": ingest_organisation,
    "indicators": ingest_indicators,
    "survey": ingest_survey,
}


def fired(day: int, hour: int, minute: int = 0) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:00Z"


def alertmanager(number: int, *, resolved: bool = False, **labels: str) -> dict[str, Any]:
    return {
        "status": "resolved" if resolved else "firing",
        "labels": {
            "alertname": f"Disk{number % 3}",
            "severity": "page",
            "job": "db",
            "responder": "Kim Passa",
            **labels,
        },
        "annotations": {"summary": "a secret of Kim Passa"},
        "startsAt": fired(1 + number % 20, number % 24),
        "endsAt": fired(1 + number % 20, 23, 59) if resolved else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.org/graph",
        "fingerprint": f"{number % 3:016x}",
    }


PAYLOAD = {"receiver": "desk", "status": "firing", "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0,
           "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://a.example.org",
           "alerts": [alertmanager(n) for n in range(30)]}  # fmt: skip
API = [{**alertmanager(n), "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        "updatedAt": fired(21, 1), "receivers": [{"name": "desk"}]} for n in range(30)]  # fmt: skip
ALERT_CSV = "alert_id,alertname,fired_at,acked_at,resolved_at,actioned,disposition,responder,team\n" + "".join(
    f"A{n},Disk{n % 3} of Kim Passa,{fired(1 + n % 20, 8)},{fired(1 + n % 20, 8, 5)},{fired(1 + n % 20, 9)},"
    f"{'yes' if n % 2 else 'no'},{('True positive', 'benign', 'FP', 'duplicate')[n % 4]},Kim Passa,Network\n"
    for n in range(30)
)
CATALOG = """apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: network
  title: Network
spec: {type: team, parent: operations, children: [], profile: {displayName: Network}}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: kpassa}
spec: {profile: {displayName: Kim Passa, email: kim.passa@example.org}, memberOf: [network]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: billing, title: Billing}
spec: {type: service, lifecycle: production, owner: network, system: money, dependsOn: ['resource:ledger'],
       providesApis: [pay]}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: ledger}
spec: {type: database, owner: 'user:kpassa'}
"""
STAFF = "person,email,team,role,hours\n" + "".join(
    f"Person {chr(65 + n)}lm,p{n}@example.org,{'Network' if n % 2 else 'Desktop'},Analyst,{20 + n}\n" for n in range(12)
) + "Kim Passa,kim.passa@example.org,Network,Lead of Kim Passa,38.5\n"  # fmt: skip
LONG = "time,indicator,value,group,unit\n" + "".join(
    f"2026-03-{1 + n // 2:02d},{'uptime' if n % 2 else 'satisfaction of Kim Passa'},{0.9 + n / 1000},desk,1\n"
    for n in range(40)
)
SAVED = {"status": "success", "data": {"resultType": "matrix", "result": [
    {"metric": {"__name__": "up", "job": "db", "user": "Kim Passa"}, "values": [[1772323200, "1"]]},
    {"metric": {"__name__": "up", "job": "db"},
     "values": [[1772323200 + 3600 * n, "1"] for n in range(24)]}]}}  # fmt: skip

SURVEY = "group,item,n,mean,spread,wave,scale low,scale high\n" + "".join(
    f"{group},{item},{n},{mean},0.8,{wave},1,5\n"
    for wave in ("2026Q1", "2026Q2") for group, n in (("All", 24), ("Desk", 13), ("Network", 11))
    for item, mean in (("engagement", 3.6), ("I know what is mine to do and what is not.", 4.1))
)  # fmt: skip
SOURCES: dict[str, tuple[str, str, bytes]] = {
    "a webhook payload": ("alerts", "alerts.json", json.dumps(PAYLOAD).encode()),
    "an answer of the alerts API": ("alerts", "alerts.json", json.dumps(API).encode()),
    "a table of alerts": ("alerts", "alerts.csv", ALERT_CSV.encode()),
    "a table of alerts, zipped": ("alerts", "alerts.csv.gz", gzip.compress(ALERT_CSV.encode(), mtime=0)),
    "a catalog": ("organisation", "catalog-info.yaml", CATALOG.encode()),
    "a table of staff": ("organisation", "staff.csv", STAFF.encode()),
    "a table of staff, semicolons": ("organisation", "staff.txt", STAFF.replace(",", ";").encode("utf-16")),
    "a long table": ("indicators", "indicators.csv", LONG.encode()),
    "a saved answer": ("indicators", "up.json", json.dumps(SAVED).encode()),
    "a survey": ("survey", "survey.csv", SURVEY.encode()),
    "a survey, commas in numbers": ("survey", "survey.txt", SURVEY.replace(",", ";").replace(".", ",").encode()),
}
LOG = "case,activity,resource,team,time\n" + "".join(
    f"{n // 4},Step {n % 4},{('p3@example.org', 'Kim Passa')[n % 2]},network,2026-03-{1 + n // 24:02d} {n % 24}:00\n"
    for n in range(240)
)


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a log, made once."""
    folder = tmp_path_factory.mktemp("logged")
    (folder / "log.csv").write_text(LOG)
    ingest(folder / "log.csv", folder / "evidence.duckdb", key=KEY)
    return folder / "evidence.duckdb"


@pytest.fixture
def store(logged: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    (tmp_path / "study").mkdir()
    shutil.copyfile(logged, tmp_path / "study" / "evidence.duckdb")
    return tmp_path / "study" / "evidence.duckdb"


def dump(store: Path) -> list[Any]:
    """Every row of every table."""
    with duckdb.connect(str(store), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return [(name, connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names]


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_recognised_read_and_the_same_again_changes_nothing(name: str, store: Path, write: Put) -> None:
    kind, file, content = SOURCES[name]
    path = write(content, file)
    assert recognise(path) == kind
    record = READERS[kind](path, store, key=KEY)
    assert (record.kind, record.rejects, record.source) == (kind, {}, file)
    assert record.kept >= 1 and signal_records(store) == (record,)
    assert bool(record.cautions) == (kind == "indicators"), "values of single persons are left out"
    again = store.read_bytes()
    assert READERS[kind](path, store, key=KEY) == record
    assert store.read_bytes() == again, "the same file again changes nothing"
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]
    assert b"Passa" not in again and b"secret" not in again


def test_a_new_log_keeps_the_signals_and_a_source_can_be_dropped(store: Path, write: Put) -> None:
    log = dict(dump(store))
    for kind, file, content in (SOURCES["a webhook payload"], SOURCES["a catalog"], SOURCES["a saved answer"]):
        READERS[kind](write(content, file), store, key=KEY)
    rows, records = dict(dump(store)), signal_records(store)
    assert all(rows[table] == known for table, known in log.items()), "the log is as it was"
    ingest(write(LOG, "log.csv"), store, key=KEY)
    assert dict(dump(store)) == rows and len(read_log(store).case_labels) == 60
    assert drop_signals(store, [records[1].source_id]) == 2
    assert signal_records(store) == records[1:2] and has_log(store)
    assert drop_signals(store, []) == 1 and signal_records(store) == ()


def test_a_store_without_a_log_holds_the_same(store: Path, tmp_path: Path, write: Put) -> None:
    for kind, file, content in (SOURCES["a webhook payload"], SOURCES["a catalog"]):
        READERS[kind](write(content, file), tmp_path / "alone.duckdb", key=KEY)
        READERS[kind](write(content, file), store, key=KEY)
    both = dict(dump(store))
    assert all(both[table] == rows for table, rows in dump(tmp_path / "alone.duckdb"))
    assert not has_log(tmp_path / "alone.duckdb") and not has_log(tmp_path / "nothing.duckdb")


def test_a_store_is_looked_into_again_once_it_is_another(
    tmp_path: Path, write: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when what a file held is kept by its name alone, or when every question opens it."""
    place = tmp_path / "alone.duckdb"
    kind, file, content = SOURCES["a webhook payload"]
    READERS[kind](write(content, file), place, key=KEY)
    assert not has_log(place)
    ingest(write(LOG, "log.csv"), place, key=KEY)
    assert has_log(place) and signal_records(place)
    monkeypatch.setattr("longwall.evidence.store.duckdb.connect", None)
    assert has_log(place)
    place.write_bytes(place.read_bytes())
    with pytest.raises(TypeError):
        has_log(place)


def test_every_shape_of_alertmanagers_json_holds_the_same_alerts(write: Put) -> None:
    groups = [{"labels": {}, "receiver": {"name": "desk"}, "alerts": API}]
    lines = "\n".join([json.dumps(PAYLOAD)] * 2)
    for name, text, times in (("groups.json", json.dumps(groups), 1), ("old.json", json.dumps({"data": API}), 1),
                              ("alerts.ndjson", lines, 2)):  # fmt: skip
        path = write(text, name)
        assert recognise(path) == "alerts"
        found = [one for document in documents(probe(path)) for one in alerts_in(document)]
        expected = PAYLOAD["alerts"] * times if times == 2 else API
        assert found == expected


HTML = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
BAD: dict[str, tuple[str, str, bytes, dict[str, Any], str]] = {
    "an empty file": ("alerts", "a.csv", b"", {}, "LW-EV-003"),
    "a web page": ("alerts", "a.json", HTML, {}, "LW-EV-009"),
    "JSON cut short": ("alerts", "a.json", json.dumps(PAYLOAD).encode()[:-40], {}, "LW-EV-133"),
    "JSON with NaN": ("alerts", "a.json", b'{"alerts": [NaN]}', {}, "LW-EV-133"),
    "deep JSON": ("alerts", "a.json", b"[" * 100_000, {}, "LW-EV-133"),
    "JSON without alerts": ("alerts", "a.json", b'{"alerts": []}', {}, "LW-EV-134"),
    "alerts without times": ("alerts", "a.json", json.dumps([API[0] | {"startsAt": "soon"}]).encode(), {}, "LW-EV-022"),
    "a table without firing": ("alerts", "a.csv", b"alertname,team\nDisk,Net\n", {}, "LW-EV-131"),
    "an unknown field": ("alerts", "a.csv", ALERT_CSV.encode(), {"respnder": "responder"}, "LW-EV-130"),
    "a column that is not there": ("alerts", "a.csv", ALERT_CSV.encode(), {"fired": "fired"}, "LW-EV-132"),
    "an unknown zone": ("alerts", "a.csv", ALERT_CSV.encode(), {"timezone": "Mars/Base"}, "LW-EV-130"),
    "bad times": ("alerts", "a.csv", ALERT_CSV.replace("T08:00", "Tnoon").encode(), {}, "LW-EV-022"),
    "resolved before fired": ("alerts", "a.csv", ALERT_CSV.replace("T09", "T01").encode(), {}, "LW-EV-022"),
    "two readings of dates": ("alerts", "a.csv", b"name,fired_at,team\nDisk,3/4/2026,N\nDisk,4/5/2026,N\n", {},
                              "LW-EV-020"),
    "broken YAML": ("organisation", "c.yaml", b"apiVersion: backstage.io/v1alpha1\nkind: [", {}, "LW-EV-136"),
    "YAML without entities": ("organisation", "c.yaml", b"apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: "
                              b"{name: a}\n", {}, "LW-EV-136"),
    "a tag that builds objects": ("organisation", "c.yaml", b"apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: "
                                  b"!!python/object/apply:os.system ['true']\n", {}, "LW-EV-136"),
    "staff without teams": ("organisation", "s.csv", b"person,role\nKim Passa,Lead\n", {}, "LW-EV-131"),
    "hours beyond a week": ("organisation", "s.csv", STAFF.replace("38.5", "385").encode(), {}, "LW-EV-022"),
    "values that are words": ("indicators", "i.csv", LONG.replace(",0.9", ",good").encode(), {}, "LW-EV-022"),
    "values without end": ("indicators", "i.csv", LONG.replace(",0.9", ",inf").encode(), {}, "LW-EV-022"),
    "an answer that refuses": ("indicators", "i.json", b'{"status": "error", "errorType": "a", "error": "x"}', {},
                               "LW-EV-145"),
    "another answer": ("indicators", "i.json", b'{"data": {"resultType": "vector", "result": []}}', {}, "LW-EV-146"),
    "a survey of small groups": ("survey", "s.csv", b"group,item,n,mean\nDesk,engagement,4,3\n", {}, "LW-EV-192"),
    "a survey of an unknown indicator": ("survey", "s.csv", SURVEY.encode(), {"items": {"engagement": "engagment"}},
                                         "LW-EV-191"),
    "a survey outside its scale": ("survey", "s.csv", SURVEY.replace(",3.6,", ",5.6,").encode(), {}, "LW-EV-022"),
    "a survey with half people": ("survey", "s.csv", SURVEY.replace(",13,", ",13.5,").encode(), {}, "LW-EV-022"),
    "a survey wider than its scale": ("survey", "s.csv", SURVEY.replace(",0.8,", ",2.8,").encode(), {}, "LW-EV-022"),
    "a survey on no scale": ("survey", "s.csv", SURVEY.encode(), {"scale": "5-1"}, "LW-EV-130"),
    "a survey said twice": ("survey", "s.csv", (SURVEY + SURVEY.partition("\n")[2]).encode(), {}, "LW-EV-022"),
    "an answer without samples": ("indicators", "i.json", b'{"data": {"resultType": "matrix", "result": []}}', {},
                                  "LW-EV-147"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_source_gets_its_code_and_leaves_the_store_alone(name: str, store: Path, write: Put) -> None:
    kind, file, content, mapping, code = BAD[name]
    before = store.read_bytes()
    with pytest.raises(LongwallError) as caught:
        READERS[kind](write(content, file), store, key=KEY, mapping=mapping)
    for fault in caught.value.faults:
        assert fault.code == code and all((fault.where, fault.expected, fault.found, fault.do))
        assert "Passa" not in str(fault)
    assert store.read_bytes() == before
    assert [item.name for item in store.parent.iterdir()] == ["evidence.duckdb"]


def test_few_bad_rows_are_named_by_number_column_and_reason(tmp_path: Path, write: Put) -> None:
    lines = ALERT_CSV.splitlines()
    lines[3] = lines[3].replace("T08:00", "Tnoon")
    lines[5] += ",more"
    lines[7] = lines[7].replace("T09:00", "T01:00")
    store = tmp_path / "evidence.duckdb"
    record = ingest_alerts(write("\n".join(lines), "a.csv"), store, key=KEY, max_rejects=0.2)
    assert (record.rows, record.kept) == (30, 27)
    assert sorted(dict(dump(store))["signal_rejects"]) == [
        (0, 3, "fired_at", "a time that cannot be read"),
        (0, 5, "", "more cells than the header"),
        (0, 7, "resolved_at", "an end before its start"),
    ]


def test_a_formula_in_a_cell_is_text(tmp_path: Path, write: Put) -> None:
    cell = '=cmd|" /C calc"!A0'
    text = ALERT_CSV.replace("Disk1 of Kim Passa", '"' + cell.replace('"', '""') + '"')
    store = tmp_path / "evidence.duckdb"
    ingest_alerts(write(text, "a.csv"), store, key=KEY)
    assert {row[4] for row in dict(dump(store))["alerts"]} >= {cell}


def test_the_mapping_can_be_told_and_an_edit_reads_the_file_again(tmp_path: Path, write: Put) -> None:
    store = tmp_path / "evidence.duckdb"
    path = write(LONG, "i.csv")
    first = ingest_indicators(path, store, key=KEY)
    second = ingest_indicators(path, store, key=KEY, mapping={"timezone": "Asia/Tokyo"})
    assert first.first == "2026-03-01T00:00:00+00:00" and second.first == "2026-02-28T15:00:00+00:00"
    assert signal_records(store) == (second,), "the same file read otherwise takes the place of the first reading"


def test_parquet_is_read_like_csv(tmp_path: Path, write: Put) -> None:
    frame = pl.read_csv(write(LONG, "i.csv"), try_parse_dates=True)
    frame.write_parquet(tmp_path / "i.parquet")
    assert recognise(tmp_path / "i.parquet") == "indicators"
    ingest_indicators(tmp_path / "i.parquet", tmp_path / "one.duckdb", key=KEY)
    ingest_indicators(tmp_path / "i.csv", tmp_path / "other.duckdb", key=KEY)
    assert dict(dump(tmp_path / "one.duckdb"))["indicators"] == dict(dump(tmp_path / "other.duckdb"))["indicators"]


def test_logs_are_logs() -> None:
    here = Path(__file__).parent
    assert recognise(here / "nothing.csv") == "log" and recognise(here) == "log"


@pytest.mark.parametrize(
    "header",
    [
        "case,activity,resource,team,start,end",
        "number,state,sys_updated_on,assignment_group,assigned_to,opened_at,resolved_at",
        "issue_key,field,from,to,created,author",
        "incident_number,title,urgency,created_on,resolved_on,service,team,assigned_to",
        "ticket,person,team,role,date",
    ],
)
def test_headers_of_ticket_tools_are_logs(header: str, write: Put) -> None:
    assert recognise(write(header + "\n" + ",".join("x" * (header.count(",") + 1)) + "\n")) == "log"


def test_exports_of_ticket_tools_are_logs(write: Put) -> None:
    made = tickets()
    kinds = {name: recognise(write(content(made), file)) for name, (file, content, _) in EXPORTS.items()}
    assert len(kinds) > 10 and set(kinds.values()) == {"log"}, kinds


def test_forgetting_takes_a_person_out_of_every_signal_and_keeps_them_out(tmp_path: Path, write: Put) -> None:
    """Under each name that the organisation knows; a store without a log forgets as well."""
    store = tmp_path / "evidence.duckdb"
    names = ("a webhook payload", "a catalog", "a table of staff")
    for name in names:
        kind, file, content = SOURCES[name]
        READERS[kind](write(content, file), store, key=KEY)
    hidden = pseudonym(KEY, "Kim Passa")
    own, used = pseudonyms_of(store, pseudonym(KEY, "kim.passa@example.org"))
    assert {hidden, pseudonym(KEY, "kpassa"), pseudonym(KEY, "Passa, Kim")} < set(own)
    assert set(used) == {hidden, pseudonym(KEY, "kim.passa@example.org")}
    for one in used:
        if knows_person(store, one, KEY):
            forget(store, one, KEY)
    for one in own:
        add_forgotten(store, one, KEY)
    left = str(dump(store))
    assert not any(one in left for one in own)
    alerts, given = read_alerts(store), read_organisation(store)
    assert alerts.n_alerts == 30 and (alerts.responder == -1).all()
    assert given is not None and given.n_people == 12 and "a person" not in str(given.roles)
    drop_signals(store, [])
    for name in (*names, "a long table"):
        kind, file, content = SOURCES[name]
        READERS[kind](write(content, file), store, key=KEY)
    left = str(dump(store))
    assert not any(one in left for one in own) and "Passa" not in left
    again = read_organisation(store)
    assert again is not None and again.n_people == 12 and (read_alerts(store).responder == -1).all()
    assert len(read_indicators(store).series) == 1, "values of somebody who was removed are left out"


def _damaged(content: bytes, seed: int) -> bytes:
    """Cut, flip, repeat and insert bytes."""
    dice = random.Random(seed)
    data = bytearray(content)
    for _ in range(dice.randint(1, 5)):
        place = dice.randrange(len(data) + 1)
        kind = dice.randrange(4)
        if kind == 0:
            del data[place:]
        elif kind == 1 and data:
            data[place % len(data)] = dice.randrange(256)
        elif kind == 2:
            data[place:place] = data[place : place + dice.randrange(300)]
        else:
            data[place:place] = dice.choice(
                [b'"', b"\n", b",", b"{", b"]", b": ", b"&a ", b"*a ", b"\xff", b"\0", b"- "]
            )
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize(
    "name", ["a webhook payload", "a table of alerts", "a catalog", "a table of staff", "a saved answer"]
)
def test_damaged_bytes_never_give_a_traceback(name: str, tmp_path: Path) -> None:
    kind, file, content = SOURCES[name]
    store = tmp_path / "evidence.duckdb"

    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(seed=st.integers(0, 10**9))
    @example(seed=0)
    def attack(seed: int) -> None:
        path = tmp_path / file
        path.write_bytes(_damaged(content, seed))
        before = store.read_bytes() if store.exists() else b""
        recognise(path)
        try:
            READERS[kind](path, store, key=KEY, max_rejects=0.5)
        except LongwallError as error:
            assert error.faults
            assert (store.read_bytes() if store.exists() else b"") == before
        assert not list(tmp_path.glob(".evidence-*"))

    attack()
