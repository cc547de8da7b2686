"""The table of detectors on a study's own log: measured prevalence, with the user's own definitions."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.test_agreements import TICKETS

from longwall import study
from longwall.errors import LongwallError
from longwall.study import Study

MINE = """
- id: any-reopen
  name: Opened again
  rule: reopen
  means: It goes on after closing.
- id: noise
  name: Closed as noise
  rule: false_alarm
  means: A code says so.
  parameters: {attribute: [no such column]}
"""


def test_detectors_show_what_they_find_and_an_edit_shows_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGWALL_KEY", "a key for tests, long enough")
    (tmp_path / "tickets.csv").write_text(TICKETS)
    opened, _ = study.run(tmp_path / "tickets.csv", out=tmp_path / "desk", until="ingest")
    shipped = study.show(opened, "detectors")
    assert [row[0].split(":")[0] for row in shipped.rows][-4:] == [
        "priority_change", "recurrence", "false_alarm", "failed_change"]  # fmt: skip
    assert all(" to " in row[4] for row in shipped.rows), "a prevalence without its interval"
    assert "closure code" in shipped.rows[-2][-1]
    opened.detectors.write_text(MINE, encoding="utf-8")
    own = study.show(Study.open(opened.path), "detectors")
    assert [row[0] for row in own.rows] == ["any-reopen: Opened again", "noise: Closed as noise"]
    assert "detectors.yaml" in own.notes[0]
    opened.detectors.write_text(MINE.replace("reopen", "reopne"), encoding="utf-8")
    with pytest.raises(LongwallError, match="LW-DI-014"):
        study.show(Study.open(opened.path), "detectors")
