from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from longwall.assessment import Rule, drivers_of, load_procedure, load_thresholds, procedure_of
from longwall.assessment.view import View
from longwall.errors import AssessmentError
from longwall.worksystem import Constraint, Environment, Function, WorkDesign, WorkSystem

CUTS = load_thresholds()
RULES = """
- id: eyes
  rule: separate
  first: make
  second: approve
  why: nobody approves what they made
  source: policy 4
  except: {category: [standing]}
- {id: answered, rule: followed_by, first: make, second: approve, within_h: 24}
"""


def codes(text: str) -> list[str]:
    with pytest.raises(AssessmentError) as caught:
        procedure_of(text)
    assert all(fault.do and fault.expected and fault.found for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


def test_rules_are_read_with_their_exceptions() -> None:
    eyes, answered = procedure_of(RULES)
    assert eyes == Rule("eyes", "separate", "make", "approve", "nobody approves what they made", "policy 4",
                        allowed={"category": ("standing",)})  # fmt: skip
    assert answered.within_h == 24
    assert procedure_of("") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {id: a", ["LW-AS-070"]),
        ("id: a", ["LW-AS-071"]),
        ("- a", ["LW-AS-071"]),
        ("- {id: a, rule: never, first: x, colour: red}", ["LW-AS-072"]),
        ("- {id: a, rule: seperate, first: x, second: y}", ["LW-AS-072"]),
        ("- {id: A B, rule: never, first: x}", ["LW-AS-073"]),
        ("- {id: a, rule: before, first: x}", ["LW-AS-073"]),
        ("- {id: a, rule: followed_by, first: x, second: y, within_h: -1}", ["LW-AS-073"]),
        ("- {id: a, rule: never, first: x, except: [b]}", ["LW-AS-073"]),
        ("- {id: a, rule: never, first: x}\n- {id: a, rule: never, first: y}", ["LW-AS-074"]),
        (
            "- {id: a, rule: nevr, first: 3}\n- b\n- {rule: never}",
            ["LW-AS-072", "LW-AS-073", "LW-AS-071", "LW-AS-073", "LW-AS-073"],
        ),
    ],
)
def test_every_fault_is_told_in_one_pass(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssessmentError, match="LW-AS-070"):
        load_procedure(tmp_path / "none.yaml")


def made(handmade: ModuleType, cases: int, same: int, people: int, late: int = 0) -> object:
    """`same` of the items are approved by whoever made them, `late` after two days instead of two hours."""
    desk = handmade.Desk(10, 0)
    for k in range(cases):
        case, t = desk.case("standing" if k % 10 == 0 else "single"), desk.office_h()
        maker = f"p{k % people}"
        t = desk.do(case, "make", maker, "office", t, t + 0.5)
        t += 48 if k < late else 2
        approver = maker if k < same else f"p{(k + 1) % people}"
        t = desk.do(case, "approve", approver, "office", t, t + 0.2)
        desk.do(case, "file", f"p{k % people}", "office", t, t + 1)
    return desk.log()


def rows(log: object, system: WorkSystem, text: str = "") -> dict[str, object]:
    view = View(log, system, CUTS)  # type: ignore[arg-type]
    found = drivers_of(view, CUTS, procedure=procedure_of(text), only="governance_misalignment")
    return {row.of.split(":")[0]: row for row in found.rows if row.measure == "rule_broken_share"}


def test_breaches_are_counted_without_what_the_rule_allows(handmade: ModuleType) -> None:
    log = made(handmade, 300, 100, 8, late=60)
    found = rows(log, WorkSystem(id="x"), RULES)
    # Of the first 100 items ten are standing; of all 300, thirty.
    assert found["eyes"].value.value == pytest.approx(90 / 270)  # type: ignore[attr-defined]
    assert found["answered"].value.value == pytest.approx(60 / 300)  # type: ignore[attr-defined]
    everything = RULES.replace("  except: {category: [standing]}\n", "")
    assert rows(log, WorkSystem(id="x"), everything)["eyes"].value.value == pytest.approx(1 / 3)  # type: ignore[attr-defined]


def test_separations_of_the_model_are_held_against_the_log(handmade: ModuleType) -> None:
    system = WorkSystem(
        id="x",
        work=WorkDesign(functions=(Function(id="make"), Function(id="approve"))),
        environment=Environment(
            constraints=(Constraint(id="eyes", source="policy", why="w", separates=("make", "approve")),)
        ),
    )
    assert rows(made(handmade, 300, 30, 8), system)["eyes"].value.value == pytest.approx(0.1)  # type: ignore[attr-defined]


def test_nothing_is_said_of_fewer_than_five_people(handmade: ModuleType) -> None:
    row = rows(made(handmade, 300, 100, 4), WorkSystem(id="x"), RULES)["eyes"]
    assert row.value is None and "five" in row.needs  # type: ignore[attr-defined]


def test_a_step_that_the_log_does_not_have_is_named_with_a_near_one(handmade: ModuleType) -> None:
    row = rows(made(handmade, 60, 0, 8), WorkSystem(id="x"), RULES.replace("second: approve", "second: aprove"))["eyes"]
    assert row.value is None and "'aprove'" in row.needs and "'approve'" in row.needs  # type: ignore[attr-defined]
