"""What a study tells discovery besides the log: the organisation and the country, and that a change is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from longwall import study
from longwall.errors import DiscoveryError
from longwall.study import Study
from longwall.study.discovering import DISCOVER
from longwall.study.step import is_current, run_step
from longwall.worksystem.yamlfile import read_system


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people whom the log puts in no team, and a table that puts them in two."""
    folder = tmp_path_factory.mktemp("given")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LONGWALL_KEY", "a key for tests, long enough")
        rows = ["case,activity,resource,start,end"]
        for case in range(60):
            day = f"2024-{1 + case // 28:02d}-{1 + case % 28:02d}"
            rows.append(f"{case},look,p{case % 12}@x.example,{day}T08:00:00Z,{day}T08:30:00Z")
            rows.append(f"{case},solve,p{(case * 5 + 1) % 12}@x.example,{day}T10:00:00Z,{day}T10:30:00Z")
        (folder / "log.csv").write_text("\n".join(rows) + "\n")
        staff = ["name,email,department,job title"]
        staff += [f"P {k},p{k}@x.example,{'Front' if k % 2 else 'Back'},Clerk" for k in range(12)]
        (folder / "staff.csv").write_text("\n".join(staff) + "\n")
        opened, _ = study.run(folder / "log.csv", out=folder / "desk", until="ingest")
        study.ingest_file(Study.open(opened.path), folder / "staff.csv")
    return opened.path


def test_teams_are_those_of_the_organisation_and_holidays_those_of_the_country(desk: Path) -> None:
    opened = Study.open(desk)
    opened.with_file(opened.file.model_copy(update={"country": "NL"}))
    assert run_step(Study.open(desk), DISCOVER).state == "made"
    system = read_system(desk / "worksystem.yaml")
    assert {team.name for team in system.social.teams} == {"Front", "Back"}
    assert "2024-12-25" in system.social.holidays
    assert is_current(Study.open(desk), DISCOVER)
    assert not is_current(opened, DISCOVER), "another country is another input"


def test_an_unknown_country_is_said_and_nothing_is_written(desk: Path) -> None:
    opened = Study.open(desk)
    opened = opened.with_file(opened.file.model_copy(update={"country": "Holland"}))
    before = opened.system.read_bytes() if opened.system.is_file() else b""
    with pytest.raises(DiscoveryError, match="LW-DI-021"):
        run_step(opened, DISCOVER)
    assert (opened.system.read_bytes() if opened.system.is_file() else b"") == before
