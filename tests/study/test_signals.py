"""Alerts, organisation, indicators and agreed times in a study: recognised, named, read, shown, dropped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.evidence.test_agreements import TICKETS
from tests.evidence.test_prometheus import BEGIN, HOURS, Stand, stand, turn
from tests.evidence.test_signals import SOURCES

from longwall import evidence, study
from longwall.errors import LongwallError, StudyError
from longwall.study import Source, Study, StudyFile
from longwall.study.results import load
from longwall.study.retaining import LEDGER
from longwall.study.simulating import levels_today

__all__ = ["stand"]

KEY = "a key for tests, long enough"


@pytest.fixture(scope="module", autouse=True)
def key() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LONGWALL_KEY", KEY)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of a log to which alerts, staff, a catalog and indicators were brought."""
    folder = tmp_path_factory.mktemp("signals")
    (folder / "tickets.csv").write_text(TICKETS)
    opened, _ = study.run(folder / "tickets.csv", out=folder / "desk", until="ingest")
    for name in ("a table of alerts", "a table of staff", "a catalog", "a long table"):
        _, file, content = SOURCES[name]
        (folder / file).write_bytes(content)
        outcomes = study.ingest_file(Study.open(opened.path), folder / file)
        assert (outcomes[0].step, outcomes[0].state) == ("signals", "made")
    return opened.path


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Study:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "desk")
    return Study.open(tmp_path / "desk")


def test_a_file_is_named_with_its_kind_and_its_columns(desk: Study) -> None:
    assert [source.kind for source in desk.file.evidence] == [
        "log", "alerts", "organisation", "organisation", "indicators"]  # fmt: skip
    alerts, staff, catalog, _ = desk.signals
    assert alerts.mapping["fired"] == "fired_at" and staff.mapping["account"] == ["email"] and catalog.mapping == {}
    assert desk.logs[0].mapping["case"] == "case"
    result = load(desk, "signals")
    assert result is not None and [one["kind"] for one in result["sources"]] == [
        "organisation", "organisation", "alerts", "indicators"]  # fmt: skip
    assert "Passa" not in json.dumps(result)


def test_everything_again_changes_nothing(desk: Study) -> None:
    before = desk.store.read_bytes(), desk.config.read_bytes(), desk.result("signals").read_bytes()
    outcomes = study.ingest_file(desk)
    assert {one.step: one.state for one in outcomes} == dict.fromkeys(("ingest", "signals", "report"), "up to date")
    study.ingest_file(desk, Path(desk.signals[0].file))
    again = study.ingest_file(desk, again=True)
    assert again[0].state == again[1].state == "made"
    assert (desk.config.read_bytes(), desk.result("signals").read_bytes()) == before[1:]
    kept = [evidence.signal_records(path) for path in (desk.store, Path(desk.path / "evidence.duckdb"))]
    assert kept[0] == kept[1] and len(kept[0]) == 4


def test_a_source_that_is_named_no_more_leaves_the_store(desk: Study) -> None:
    sources = tuple(source for source in desk.file.evidence if source.kind in ("log", "organisation"))
    study.ingest_file(desk.with_file(desk.file.model_copy(update={"evidence": sources})))
    assert {record.kind for record in evidence.signal_records(desk.store)} == {"organisation"}
    with pytest.raises(StudyError, match="LW-ST-023"):
        study.show(desk, "alerts")


def test_a_kind_that_a_person_corrects_holds(desk: Study, tmp_path: Path) -> None:
    table = tmp_path / "odd.csv"
    table.write_text("raised,what\n2026-03-02T08:00Z,Disk\n2026-03-03T08:00Z,Disk\n")
    source = Source(file=str(table), kind="alerts", mapping={"fired": "raised", "name": "what"})
    desk = desk.with_file(desk.file.model_copy(update={"evidence": (*desk.logs, source)}))
    study.ingest_file(desk)
    assert evidence.read_alerts(desk.store).names == ("Disk",)
    study.ingest_file(Study.open(desk.path), table, again=True)
    assert Study.open(desk.path).signals == (source,)


def test_a_bad_file_leaves_the_study_as_it_was(desk: Study, tmp_path: Path) -> None:
    before = desk.store.read_bytes(), desk.config.read_bytes()
    bad = tmp_path / "alerts.json"
    bad.write_bytes(SOURCES["a webhook payload"][2][:-20])
    with pytest.raises(LongwallError, match="LW-EV-133"):
        study.ingest_file(desk, bad)
    assert (desk.store.read_bytes(), desk.config.read_bytes()) == before


def test_tables_show_items_and_hours_of_five_or_more_only(desk: Study) -> None:
    shown = {what: study.show(desk, what) for what in ("alerts", "organisation", "components", "measurements")}
    assert shown["alerts"].rows[0][:2] == ("all", 30)
    assert sum(row[1] for row in shown["alerts"].rows[1:]) == 30
    teams = {row[0]: row for row in shown["organisation"].rows}
    assert teams["Desktop"][2:4] == (6, "25.0") and teams["Network"][2] == 7 and teams["operations"][3] == ""
    assert [row[2] for row in shown["components"].rows] == ["Network", "one person"]
    assert [row[0] for row in shown["measurements"].rows][-1] == "uptime"
    text = json.dumps([table.rows for table in shown.values()])
    assert "Passa" not in text and "person-" not in text
    assert all(len(row) == len(table.columns) for table in shown.values() for row in table.rows)


AGREED = """
calendars:
  - {id: office, hours: "mon-fri 08:00-18:00", holidays: DE, closed: [2026-12-24], timezone: Europe/Berlin}
agreements:
  - {id: urgent, within_h: 2, priority: P1, calendar: office}
  - {id: rest, within_h: 2 d}
  - {id: never, within_h: 1, priority: P9}
"""


def test_agreed_times_of_study_yaml_reach_the_log(desk: Study) -> None:
    desk.config.write_text(desk.config.read_text() + AGREED)
    opened = Study.open(desk.path)
    table = study.show(opened, "agreements")
    assert [(row[0], row[4], row[5]) for row in table.rows] == [("urgent", 2, "100%"), ("rest", 2, "0.0%")]
    assert "never" in table.notes[0]
    with pytest.raises(StudyError, match="LW-ST-024"):
        study.show(desk, "agreements")
    desk.config.write_text(desk.config.read_text().replace("calendar: office", "calendar: offce"))
    with pytest.raises(LongwallError, match="expected the id of a calendar"):
        Study.open(desk.path)


def test_a_server_is_asked_over_the_time_of_the_log_and_again_only_when_told(desk: Study, stand: str) -> None:
    Stand.turns, Stand.seen = [turn()], []
    source = Source(url=stand, query="up", indicator="level", unit="items", step="30 min")
    study.ingest_file(desk.with_file(desk.file.model_copy(update={"evidence": (*desk.logs, source)})))
    asked = Study.open(desk.path)
    assert asked.signals[0].kind == "indicators" and len(Stand.seen) == 1
    span = evidence.log_span(desk.store)
    assert span is not None and "step=1800" in Stand.seen[0]
    assert f"start={span[0].timestamp():.3f}" in Stand.seen[0] and "query=up" in Stand.seen[0]
    measured = evidence.read_indicators(desk.store)
    assert (measured.series[0].indicator, measured.series[0].unit) == ("level", "items")
    assert measured.origin == evidence.read_log(desk.store).origin
    np.testing.assert_array_equal(measured.value, np.arange(HOURS))
    study.ingest_file(asked)
    assert len(Stand.seen) == 1
    study.ingest_file(asked, again=True)
    assert len(Stand.seen) == 2


def test_a_study_without_a_log_holds_signals_and_says_what_is_missing(tmp_path: Path, stand: str) -> None:
    opened = Study.create(tmp_path / "desk", StudyFile(id="desk"))
    _, file, content = SOURCES["a table of alerts"]
    (tmp_path / file).write_bytes(content)
    study.ingest_file(opened, tmp_path / file)
    assert study.show(Study.open(opened.path), "alerts").rows[0][1] == 30
    for needing_a_log in (
        lambda: study.run_one(Study.open(opened.path), "discover"),
        lambda: study.run_one(Study.open(opened.path), "networks"),
        lambda: study.export_log(opened, tmp_path / "log.csv"),
    ):
        with pytest.raises(StudyError, match="LW-ST-004"):
            needing_a_log()
    assert levels_today(opened) == {}
    Stand.turns = [turn()]
    for source, code in (
        (Source(url=stand, query="up"), "LW-ST-021"),
        (Source(url=stand, query="up", since="soon", until="2026-03-04"), "LW-ST-022"),
    ):
        named = Study.open(opened.path)
        with pytest.raises(StudyError, match=code):
            study.ingest_file(named.with_file(named.file.model_copy(update={"evidence": (source,)})))
    source = Source(url=stand, query="up", since=BEGIN.isoformat(), until="2026-03-04")
    named = Study.open(opened.path)
    study.ingest_file(named.with_file(named.file.model_copy(update={"evidence": (source,)})))
    assert evidence.read_indicators(named.store).value.size == HOURS
    with pytest.raises(StudyError, match="LW-ST-020"):
        study.run(tmp_path / file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{kind: alerts}", "expected either `file` or `url`"),
        ("{file: a.csv, url: 'http://a.example.org', query: up}", "expected either `file` or `url`"),
        ("{url: 'http://a.example.org'}", "expected a `query`"),
        ("{url: 'http://a.example.org', query: up, kind: log}", "expected kind `indicators`"),
        ("{url: 'http://a.example.org', query: up, step: 0 s}", "expected a duration above zero"),
    ],
)
def test_a_source_that_is_none_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(f"id: desk\nevidence:\n  - {text}\n")
    with pytest.raises(LongwallError, match=r"study\.yaml") as caught:
        Study.open(tmp_path)
    assert expected.removeprefix("expected ") in str(caught.value)


def test_somebody_is_forgotten_under_a_name_that_only_the_staff_list_has(desk: Study) -> None:
    """The log writes an address, the staff list that address beside the name."""
    assert evidence.read_log(desk.store).n_resources == 2
    study.forget(desk, "Kim Passa")
    assert evidence.read_log(desk.store).n_resources == 1
    given = evidence.read_organisation(desk.store)
    assert given is not None and given.n_people == 12
    assert (evidence.read_alerts(desk.store).responder == -1).all()


def test_alerts_go_when_their_months_are_over_and_are_not_read_again(desk: Study) -> None:
    # Fails when only the events of logs are deleted, or when an ingest reads the alerts again.
    alerts = next(record for record in evidence.signal_records(desk.store) if record.kind == "alerts")
    ledger = json.loads((desk.path / LEDGER).read_text())
    for one in ledger["files"]:
        one["read"] = "2020-01-31" if one["hash"] == alerts.source_id else one["read"]
    (desk.path / LEDGER).write_text(json.dumps(ledger))
    [gone] = study.retain(desk)
    assert (gone.events, gone.name) == (alerts.kept, alerts.source)
    kinds = ["organisation", "organisation", "indicators"]
    assert [record.kind for record in evidence.signal_records(desk.store)] == kinds
    assert evidence.has_log(desk.store) and evidence.read_organisation(desk.store) is not None
    study.ingest_file(desk, again=True)
    assert [record.kind for record in evidence.signal_records(desk.store)] == kinds
