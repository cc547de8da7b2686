"""Scenario files: the same value and the same bits as in Python and on the command line; faults by line, at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT, longwall

from longwall import templates
from longwall.cli import main
from longwall.errors import LongwallError
from longwall.simulation import (
    Course,
    OpenItem,
    Scenario,
    ScenarioFile,
    ScheduledChange,
    is_scenario,
    read_scenario,
    read_scenarios,
    simulate,
    write_scenario,
)
from longwall.worksystem import (
    DemandClass,
    Distribution,
    Forecast,
    Function,
    Parameter,
    Patch,
    Role,
    Route,
    Shift,
    Social,
    Team,
    WorkDesign,
    WorkSystem,
    patched,
    read_system,
    write_system,
)

DESK = templates.read("service-desk")
CREW = "social.roles.desk-agent.shifts.0.people"
MORE = patched(DESK, [Patch(path=CREW, value=8)])


FEWER = Patch(path="social.roles.r.shifts.0.people", value=1)
Spoken = tuple[int, str, str]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Spoken]:
    """Run the command in this process, which has everything loaded; exit code, stdout and stderr."""

    def run(*arguments: str) -> Spoken:
        monkeypatch.setattr(sys, "argv", ["longwall", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return run


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(LongwallError) as caught:
        read_scenario(path)
    return [(fault.code, fault.where.removeprefix(f"{path}:")) for fault in caught.value.faults]


@st.composite
def courses(draw: Any) -> dict[str, Any]:
    return {
        "design": draw(st.sampled_from(["today", "more", "d-3.b"])),
        "weeks": draw(st.integers(1, 5200)),
        "warm_up_weeks": draw(st.integers(0, 5200)),
        "replications": draw(st.integers(2, 10**6)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "begins": draw(st.sampled_from(["", "2024-01-01", "2026-11-23"])),
        "changes": draw(st.sampled_from([(), (ScheduledChange(week=2, patches=(FEWER,)),)])),
        "open_items": draw(st.sampled_from([(), (OpenItem(demand="item", function="work", age_h=2.5),)])),
        "replay_h": draw(st.sampled_from([{}, {"item": (0.5, 1.0, 7.25)}])),
    }


SMALL = WorkSystem(
    id="small",
    social=Social(teams=(Team(id="t"),), roles=(Role(id="r", team="t", shifts=(Shift(people=1, hours="always"),)),)),
    work=WorkDesign(
        demand=(DemandClass(id="item", per_week=Parameter(value=10)),),
        functions=(Function(id="work", work_h=Distribution(mean_h=0.5), roles=("r",)),),
        routes=(Route(source="start", target="work"), Route(source="work", target="end")),
    ),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(courses(), st.integers(1, 40))
def test_a_scenario_survives_its_file(tmp_path: Path, course: dict[str, Any], people: int) -> None:
    # Caught when the writer left the seed out.
    patch = Patch(path="social.roles.r.shifts.0.people", value=people)
    scenario = Scenario(system=patched(SMALL, [patch]), **course)
    path = tmp_path / "one.yaml"
    held = write_scenario(path, scenario)
    assert read_scenario(path) == scenario
    assert write_scenario(path, read_scenario(path)) == held
    assert is_scenario(path)
    assert not is_scenario(tmp_path / "one.worksystem.yaml")


def test_the_file_has_every_field_of_a_scenario() -> None:
    assert Course.model_fields.keys() == Scenario.model_fields.keys() - {"system"}
    assert Course.model_fields.keys() < ScenarioFile.model_fields.keys()


def test_same_bits_from_python_file_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Spoken]
) -> None:
    scenario = Scenario(system=MORE, design="more", weeks=2, warm_up_weeks=1, replications=3, seed=5)
    by_python = simulate(scenario)
    write_system(tmp_path / "desk.yaml", DESK)
    write_scenario(tmp_path / "by-path.yaml", scenario, system=tmp_path / "desk.yaml")
    write_scenario(tmp_path / "by-template.yaml", scenario, template="service-desk")
    plain = Scenario(system=DESK, design="more", weeks=9, warm_up_weeks=1, replications=2)
    write_scenario(tmp_path / "set.yaml", plain, template="service-desk")
    for name in ("by-path", "by-template"):
        assert simulate(read_scenario(tmp_path / f"{name}.yaml")) == by_python
    done = longwall("simulate", "by-path.yaml", "by-template.yaml", "--out", "out", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    more = ("--weeks", "2", "--replications", "3", "--seed", "5", "--set", f"{CREW}=8", "--threads", "1")
    monkeypatch.chdir(tmp_path)
    code, _, err = command("simulate", "set.yaml", *more, "--out", "out")
    assert code == 0, err
    for name in ("by-path", "by-template", "set"):
        text = (tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8")
        assert Forecast.model_validate(json.loads(text)) == by_python, name
    answer = json.loads(done.stdout)
    assert [one["name"] for one in answer["scenarios"]] == ["by-path", "by-template"]
    shown = {one["id"]: one["estimate"] for one in answer["scenarios"][0]["indicators"]}
    late = by_python.of("late_share")
    assert late is not None
    assert shown["late_share"] == late.estimate.model_dump(mode="json")


def test_the_file_of_the_docs_is_a_scenario(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "simulate-many.md").read_text(encoding="utf-8")
    path = tmp_path / "evening.yaml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0])
    scenario = read_scenario(path)
    assert scenario.system == MORE
    assert [change.week for change in scenario.changes] == [6]


def test_a_system_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario(system=DESK)
    paths = [tmp_path / f"{name}.yaml" for name in "ab"]
    for path in paths:
        write_scenario(path, scenario, system=tmp_path / "desk.yaml")
    asked: list[Path] = []
    counted = "longwall.simulation.scenariofile.read_system"
    monkeypatch.setattr(counted, lambda path: (asked.append(path), read_system(path))[1])
    assert read_scenarios(paths) == (scenario, scenario)
    assert len(asked) == 1


def test_interventions_come_before_patches(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        "interventions:\n  - id: crew\n    title: More\n    kind: social\n    lever: staff\n"
        f"    patches:\n      - {{path: {CREW}, value: 9}}\n"
    )
    path = tmp_path / "one.yaml"
    path.write_text("template: service-desk\ninterventions: more.yaml\n")
    assert read_scenario(path).system == patched(DESK, [Patch(path=CREW, value=9)])
    path.write_text(f"template: service-desk\ninterventions: more.yaml\npatches:\n  - {{path: {CREW}, value: 8}}\n")
    assert read_scenario(path).system == MORE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("weeks: 3\n", [("LW-SI-030", "1  system")]),
        ("template: service-desk\nweeks: 3\nsystem: x.yaml\n", [("LW-SI-030", "1  template")]),
        ("id: desk\nwork: {}\n", [("LW-SI-030", "1  system")]),
        ("weeks: 3\nsystem: nowhere.yaml\n", [("LW-SI-031", "2  system")]),
        ("template: servicedesk\n", [("LW-WS-027", "1  template")]),
        ("template: service-desk\nwekes: 3\nseed: -1\n", [("LW-WS-005", "2  wekes"), ("LW-WS-008", "3  seed")]),
        ("template: service-desk\nbegins: 2024-01-02\n", [("LW-SI-009", "2  begins")]),
        ("template: service-desk\npatches:\n  - {path: social.roles.desk-agnet.authority, value: []}\n"
         "  - {path: work.nothing, value: 1}\n",
         [("LW-WS-023", "3  patches.0  social.roles.desk-agnet.authority"),
          ("LW-WS-023", "4  patches.1  work.nothing")]),
        ("template: service-desk\nchanges:\n  - week: 3\n    patches:\n      - {path: work.nothing, value: 1}\n",
         [("LW-WS-023", "5  changes.0.patches.0  work.nothing")]),
        (f"template: service-desk\npatches:\n  - {{path: {CREW}, value: -3}}\n",
         [("LW-WS-008", f"2  {CREW}")]),
    ],
)  # fmt: skip
def test_faults_have_their_lines(tmp_path: Path, text: str, wanted: list[tuple[str, str]]) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(text)
    assert faults(path) == wanted


def test_faults_of_all_files_come_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Spoken]
) -> None:
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text("template: service-desk\nwekes: 3\n")
    (tmp_path / "c.yaml").write_text("weeks: 3\n")
    monkeypatch.chdir(tmp_path)
    code, out, _ = command("simulate", "a.yaml", "b.yaml", "c.yaml", "--json")
    assert code == 2
    found = [(fault["where"], fault["code"]) for fault in json.loads(out)["faults"]]
    assert found == [
        ("a.yaml:2  wekes", "LW-WS-005"), ("b.yaml:2  wekes", "LW-WS-005"), ("c.yaml:1  system", "LW-SI-030"),
    ]  # fmt: skip


def test_the_command_takes_folders_and_says_what_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Spoken]
) -> None:
    scenario = Scenario(system=SMALL, weeks=1, warm_up_weeks=0, replications=2)
    for k in range(5):
        write_scenario(tmp_path / f"s{k}.yaml", scenario.model_copy(update={"seed": k}), system=tmp_path / "desk.yaml")
    monkeypatch.chdir(tmp_path)
    code, out, err = command("simulate", ".")
    assert code == 0, err
    assert [f"s{k}" in out for k in range(5)] == [True] * 5
    assert "left out, no scenario: desk.yaml" in out
    code, out, _ = command("simulate", "s[0]*.yaml")
    assert code == 0
    assert "technical" in out
    assert "social" in out
    assert "s1" not in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere.yaml"], "LW-SI-033"),
        (["one.yaml", "--set", "social"], "LW-SI-032"),
        (["one.yaml", "--set", "social.rols=3"], "LW-WS-023"),
        (["one.yaml", "--again"], "--again"),
        (["one.yaml", "--weeks", "0"], "--weeks"),
        (["one.yaml", "--cluster", "tcp://127.0.0.1:9"], "LW-SI-034"),
        (["a-study", "--weeks", "3"], "study.yaml"),
        (["a-study", "one.yaml"], "one study"),
    ],
)
def test_the_command_refuses_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Spoken], arguments: list[str], code: str
) -> None:
    write_scenario(tmp_path / "one.yaml", Scenario(system=DESK), template="service-desk")
    (tmp_path / "a-study").mkdir()
    (tmp_path / "a-study" / "study.yaml").write_text("id: a-study\n")
    monkeypatch.chdir(tmp_path)
    left, _, err = command("simulate", *arguments)
    assert left == 2
    assert code in err
    assert "Traceback" not in err
