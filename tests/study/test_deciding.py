"""Deciding on the command line: the file, what it shows, what is wrong in it; and what a search makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import longwall
from tests.implementation.conftest import aligned, change

from longwall import alignment
from longwall.alignment import Budget, DesignSpace
from longwall.alignment.automation import opportunities
from longwall.alignment.objectives import Ledger
from longwall.provenance import Stamp
from longwall.report.markup import Markup
from longwall.report.sections import designs_section
from longwall.study import Study, StudyFile, material_of, show
from longwall.study.aligning import ALIGN
from longwall.study.assessing import ASSESS
from longwall.study.results import save
from longwall.study.simulating import system_of
from longwall.study.step import run_step
from longwall.worksystem.yamlfile import read_piece

DESK = """
id: desk
technical:
  components: [{id: bot, name: Bot, kind: automation, coverage: 0.9}]
social:
  teams: [{id: t}]
  roles: [{id: agent, name: Agent, team: t, shifts: [{people: 3, hours: always}]}]
work:
  demand: [{id: item, per_week: 450, due_h: 4}]
  functions:
    - {id: solve, name: Solve, roles: [agent], work_h: 1}
    - {id: close, name: Close, roles: [agent], work_h: 0.1, allocation: {level: 8, component: bot}}
  routes:
    - {source: start, target: solve}
    - {source: solve, target: close}
    - {source: close, target: end}
"""
TINY = Budget(search=40, frozen=3, fresh=6, effect=4, draws=2, draw_replications=2)
OWN = """\
decisions:
  - id: people
    question: How many?
    choices:
      - {id: more, title: One more, patches: [{path: social.roles.agent.shifts.0.people, value: 4}], cost: COST}
  - id: drills
    question: How often?
    choices:
      - {id: often, title: Practise often, patches: [{path: work.functions.close.drills_per_year, value: 12}]}
"""


def desk_in(folder: Path) -> Study:
    made = Study.create(folder / "desk", StudyFile(id="desk", weeks=1, replications=3))
    made.system.write_text(DESK, encoding="utf-8")
    run_step(made, ASSESS)
    return made


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return desk_in(tmp_path_factory.mktemp("deciding"))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, desk: Study) -> None:
    """A search of a few replications; every test begins without a file of decisions."""
    whole = alignment.search
    monkeypatch.setattr(alignment, "search", lambda *a, **k: whole(*a, **(k | {"budget": TINY, "threads": 1})))
    for file in (desk.decisions, desk.drafted_decisions, desk.objectives):
        file.unlink(missing_ok=True)


def test_decide_writes_and_show_tells_it(desk: Study) -> None:
    done = longwall("decide", str(desk.path), "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and Path(answer["file"]) == desk.decisions and desk.decisions.is_file()
    assert "staffing.agent" in answer["decisions"] and answer["added"] == answer["decisions"]
    shown = json.loads(longwall("show", str(desk.path), "decisions", "--json").stdout)
    rows = {row[0]: dict(zip(shown["columns"], row, strict=True)) for row in shown["rows"]}
    assert list(rows) == answer["decisions"] and rows["staffing.agent"]["owner"] == "Agent"
    # The model does not follow skill: its drills are left as they are, and listed to judge with what they cost.
    assert rows["drills.close"]["state"].startswith("left as it is: this model does not follow")
    assert answer["by_judgement"] == ["judge.drills.close"]
    (said,) = [note for note in shown["notes"] if note.startswith("by judgement, drill")]
    assert "EUR" in said and "drill.close.4" in said
    text = desk.decisions.read_text(encoding="utf-8")
    desk.decisions.write_text(text.replace("\n    fixed: today", "\n    fixed: drill.close.12"), encoding="utf-8")
    again = longwall("decide", str(desk.path))
    assert again.returncode == 0 and "yours, kept: drills.close" in again.stdout
    assert "fixed: drill.close.12" in desk.decisions.read_text(encoding="utf-8")
    notes = show(desk, "decisions").notes
    assert any("Decided: Practise Close by hand every month" in note for note in notes)


def test_before_there_are_findings_it_says_what_comes_first(tmp_path: Path) -> None:
    made = Study.create(tmp_path / "bare", StudyFile(id="bare"))
    done = longwall("decide", str(made.path))
    assert done.returncode == 2 and "LW-ST-004" in done.stderr and "Traceback" not in done.stderr
    assert not made.decisions.exists()


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("decisions: []\n", "LW-AL-041", "none"),
        (
            OWN.replace("question: How many?", "question: How many?\n    fixed: more")
            .replace("question: How often?", "question: How often?\n    fixed: often")
            .replace("work.functions.close.drills_per_year, value: 12", "social.roles.agent.shifts.0.people, value: 9"),
            "LW-AL-042", "people (more), drills (often)",
        ),
        (OWN.replace("social.roles.agent.shifts.0.people, value: 4", "work.functions.close.note, value: n"),
         "LW-AL-043", "nothing that any decision changes reaches them"),
        (OWN.replace("title: One more,", "title: One more, requires: [often],")
            .replace("title: Practise often,", "title: Practise often, requires: [more],"),
         "LW-AL-007", "more -> often -> more"),
    ],
    ids=["empty", "contradictory", "moves-nothing", "circle"],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_said_with_its_line_and_changes_nothing(
    desk: Study, text: str, code: str, found: str
) -> None:
    """A drill of a model that does not follow skill reaches no indicator, so it saves no column."""
    desk.decisions.write_text(text.replace("COST", "900"), encoding="utf-8")
    before = sorted(file.name for file in (desk.path / "results").iterdir())
    done = longwall("align", str(desk.path), "--json")
    fault = json.loads(done.stdout)["faults"][0]
    assert done.returncode == 2 and fault["code"] == code and found in fault["found"], fault
    assert fault["do"] and "decisions.yaml" in fault["where"] and "Traceback" not in done.stderr
    assert sorted(file.name for file in (desk.path / "results").iterdir() if file.name != "align-trials") == before


def test_a_cost_that_nobody_knows_is_named_wherever_the_result_is_shown(desk: Study) -> None:
    """One choice with a cost and one without: the median stands for it, and everybody is told."""
    people = "social.roles.agent.shifts.0.people, value: 4"
    text = OWN.replace("work.functions.close.drills_per_year, value: 12", people.replace("4", "5"))
    desk.decisions.write_text(text.replace("COST", "900"), encoding="utf-8")
    assert run_step(desk, ALIGN).state == "made"
    said = "no cost is stated for often; the median of the other costs stands for it"
    assert said in show(desk, "designs").notes
    page = designs_section(material_of(desk), lambda figure: Markup()).body
    assert "No cost is stated for often; the median of the other costs stands for it." in page
    changes = [
        choice.intervention for one in read_piece(desk.decisions, DesignSpace).decisions for choice in one.choices
    ]
    bare = [one.model_copy(update={"cost": None}) for one in changes]
    assert Ledger(bare, 52.0).cautions == (
        "no cost is stated for more, often; 1 each, in relative units, stands for it",
    )


def test_a_budget_that_nothing_fits_and_an_order_that_runs_in_a_circle(desk: Study) -> None:
    changes = [change("more"), change("talk", cost=400.0)]
    save(desk, "align", Stamp("align", {}, 0), aligned(changes).model_dump(mode="json"))
    for text, code, found in (
        ("budget: [{week: 0, amount: 100}]\n", "LW-PL-009", "100"),
        ("before:\n  - {first: more, then: talk, why: a}\n  - {first: talk, then: more, why: b}\n",
         "LW-PL-002", "more -> talk"),
    ):  # fmt: skip
        desk.terms.parent.mkdir(exist_ok=True)
        desk.terms.write_text(text, encoding="utf-8")
        done = longwall("plan", str(desk.path), "--json")
        fault = json.loads(done.stdout)["faults"][0]
        assert done.returncode == 2 and fault["code"] == code and found in fault["found"], fault
        assert "Traceback" not in done.stderr and not (desk.path / "plans" / "plan.yaml").exists()
    desk.terms.unlink()


def test_opportunities_become_choices_when_asked_for(desk: Study) -> None:
    done = longwall("decide", str(desk.path), "--automation", "--json")
    fault = json.loads(done.stdout)["faults"][0]
    assert done.returncode == 2 and fault["code"] == "LW-ST-004" and "longwall automate" in fault["do"]
    found = opportunities(system_of(desk), functions=1, weeks=2, replications=2, threads=1)
    save(desk, "automate", Stamp("automate", {}, 0), found.model_dump(mode="json"))
    done = longwall("decide", str(desk.path), "--automation", "--json")
    answer = json.loads(done.stdout)
    drafted = desk.decisions.read_text(encoding="utf-8")
    named = [one.id for one in found.opportunities if f"id: automate.{one.id}\n" in drafted]
    assert done.returncode == 0 and named and "allocation.solve" in answer["decisions"]
    assert "found by `longwall automate` from the model: technical" in " ".join(drafted.split())
    assert longwall("check", str(desk.path)).returncode == 0
    longwall("decide", str(desk.path))
    assert desk.decisions.read_text(encoding="utf-8") == drafted, "a later draft keeps to it"
    assert run_step(desk, ALIGN, again=True).state == "made"
    assert any("no cost is stated for automate.solve" in note for note in show(desk, "designs").notes)
