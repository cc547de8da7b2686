"""Groups judge the matrix of a study: files beside the traces, never with the name of a person of the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.evidence.test_agreements import TICKETS

from longwall import study
from longwall.errors import LongwallError
from longwall.study import Study
from longwall.study.eliciting import experts_of, opinions_hash
from longwall.worksystem import WorkSystem

SAID = "expert: first line\nleads_to:\n  rework: {late: .9}\n  stall: {late: none}\n"
AGAINST = "expert: second line\nconfidence: .5\nleads_to:\n  rework: {late: none}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("LONGWALL_KEY", "a key for tests, long enough")
    (tmp_path / "tickets.csv").write_text(TICKETS)
    opened, _ = study.run(tmp_path / "tickets.csv", out=tmp_path / "desk", until="ingest")
    (opened.path / "inquiry" / "matrix").mkdir(parents=True)
    return Study.open(opened.path)


def test_opinions_are_read_with_the_study_and_stand_beside_the_traces(desk: Study) -> None:
    assert (experts_of(desk, WorkSystem(id="none")), opinions_hash(desk)) == ((), {})
    folder = desk.path / "inquiry" / "matrix"
    (folder / "a.yaml").write_text(SAID, encoding="utf-8")
    (folder / "b.yaml").write_text(AGAINST, encoding="utf-8")
    (desk.system).write_text("id: desk\n", encoding="utf-8")
    assert [one.name for one in experts_of(desk, WorkSystem(id="none"))] == ["first line", "second line"]
    study.run_one(desk, "assess")
    shown = study.show(desk, "matrix")
    cells = {tuple(row[:2]): row for row in shown.rows}
    assert cells["rework", "late"][3:5] == ("first line 0.9; second line 0", "0.9, CONTESTED")
    assert sum("on the view of" in note for note in shown.notes) == 2
    assert any("linear opinion pool" in note for note in shown.notes)
    for table in ("key-set", "variances", "controls"):
        made = study.show(desk, table)
        assert all(len(row) == len(made.columns) for row in made.rows)
    before = opinions_hash(desk)
    (folder / "b.yaml").write_text(AGAINST.replace("none", ".1"), encoding="utf-8")
    assert opinions_hash(desk) != before, "a changed opinion would leave a stale result"


def test_a_name_of_the_log_is_refused(desk: Study) -> None:
    name = "Bo Ek"
    assert name in TICKETS
    path = desk.path / "inquiry" / "matrix" / "a.yaml"
    path.write_text(SAID.replace("first line", name), encoding="utf-8")
    with pytest.raises(LongwallError, match="LW-AS-039") as caught:
        experts_of(desk, WorkSystem(id="none"))
    assert name not in str(caught.value)


def test_the_check_of_a_study_reads_opinions_too(desk: Study) -> None:
    path = desk.path / "inquiry" / "matrix" / "a.yaml"
    path.write_text(SAID, encoding="utf-8")
    assert "inquiry/matrix/a.yaml" in study.check(desk.path)
    path.write_text(SAID.replace("rework", "rewrok"), encoding="utf-8")
    with pytest.raises(LongwallError, match=r"LW-AS-034.*a\.yaml:3"):
        study.check(desk.path)
