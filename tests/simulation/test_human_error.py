"""SPAR-H and HEART against the published tables and formulas, worked out by hand."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import SimulationError
from longwall.simulation import dependent_probability, error_faults, error_probability
from longwall.simulation.human_error_tables import HEART_CONDITIONS, HEART_TASKS, SPAR_H_FACTORS, SPAR_H_NOMINAL
from longwall.worksystem import HumanError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "mechanisms.md"
KINDS = st.sampled_from(["diagnosis", "action"])


@st.composite
def spar_h(draw: st.DrawFn) -> HumanError:
    kind = draw(KINDS)
    chosen = draw(st.sets(st.sampled_from(sorted(SPAR_H_FACTORS[kind]))))
    factors = {name: draw(st.sampled_from(sorted(SPAR_H_FACTORS[kind][name]))) for name in sorted(chosen)}
    return HumanError(kind=kind, factors=factors)


@st.composite
def heart(draw: st.DrawFn) -> HumanError:
    names = draw(st.sets(st.sampled_from(sorted(HEART_CONDITIONS)), max_size=8))
    conditions = {name: draw(st.floats(0, 1)) for name in sorted(names)}
    return HumanError(method="heart", task=draw(st.sampled_from(sorted(HEART_TASKS))), conditions=conditions)


def negative(error: HumanError) -> int:
    return sum(SPAR_H_FACTORS[error.kind][name][level].value > 1 for name, level in error.factors.items())


def test_spar_h_worked_by_hand() -> None:
    # Two negative factors: extra time 0.1, high stress 2, poor procedures 5, on a diagnosis of 0.01.
    factors = {"available_time": "extra", "stress": "high", "procedures": "poor"}
    assert error_probability(HumanError(kind="diagnosis", factors=factors)) == pytest.approx(0.01 * 0.1 * 2 * 5)
    # Three: an action of 0.001 with high stress 2, high complexity 5, incomplete procedures 20: x = 200,
    # 0.001 * 200 / (0.001 * 199 + 1) = 0.2 / 1.199. Caught when the adjustment began at the fourth factor (0.2).
    factors = {"stress": "high", "complexity": "high", "procedures": "incomplete"}
    assert error_probability(HumanError(kind="action", factors=factors)) == pytest.approx(0.2 / 1.199)
    # A positive factor beside three negative ones belongs to the product: x = 100.
    factors |= {"experience": "high"}
    assert error_probability(HumanError(kind="action", factors=factors)) == pytest.approx(0.1 / 1.099)


def test_spar_h_at_its_ends() -> None:
    assert error_probability(HumanError(kind="diagnosis")) == 0.01
    assert error_probability(HumanError()) == 0.001
    for factors in ({"available_time": "inadequate"}, {"fitness": "unfit", "available_time": "fifty_times"}):
        assert error_probability(HumanError(factors=factors)) == 1.0
    # 0.01 * 50 * 50 = 25, with two negative factors no adjustment: cut at one.
    blind = HumanError(kind="diagnosis", factors={"procedures": "none", "ergonomics": "missing"})
    assert error_probability(blind) == 1.0


def test_heart_worked_by_hand() -> None:
    # F 0.003; inexperience 3 at 0.4: 1.8; opposite technique 6 at 1: 6; low morale 1.2 at 0.6: 1.12.
    conditions = {"inexperience": 0.4, "technique_unlearning": 1.0, "low_morale": 0.6}
    error = HumanError(method="heart", task="F", conditions=conditions)
    # Caught when the proportion multiplied the whole of the effect instead of what exceeds one.
    assert error_probability(error) == pytest.approx(0.003 * 1.8 * 6 * 1.12)
    assert error_probability(HumanError(method="heart", task="A", conditions={"unfamiliarity": 1.0})) == 1.0
    for letter, task in HEART_TASKS.items():
        assert error_probability(HumanError(method="heart", task=letter)) == task.value
        assert 0 < task.low < task.value < task.high < 1


@settings(derandomize=True)
@given(st.one_of(spar_h(), heart()))
def test_a_probability_whatever_the_conditions(error: HumanError) -> None:
    assert 0.0 <= error_probability(error) <= 1.0


@settings(derandomize=True, max_examples=150)
@given(spar_h(), st.data())
def test_spar_h_rises_with_every_multiplier(error: HumanError, data: st.DataObject) -> None:
    # With the number of negative factors on one side of three; across it the published formula can fall.
    known = SPAR_H_FACTORS[error.kind]
    name = data.draw(st.sampled_from(sorted(known)))
    levels = sorted(known[name], key=lambda level: known[name][level].value)
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(levels) - 1)] * 2)))
    less, more = (
        error.model_copy(update={"factors": {**error.factors, name: levels[k]}}) for k in (low, high)
    )  # fmt: skip
    if (negative(less) >= 3) == (negative(more) >= 3):
        assert error_probability(less) <= error_probability(more) * (1 + 1e-12)


def test_where_the_third_negative_factor_lowers_the_published_value() -> None:
    # As the page of mechanisms says: 20 * 2, 20 * 2 * 2, 20 * 5, 20 * 5 * 2 on a diagnosis.
    two = {"procedures": "incomplete", "stress": "high"}
    worse = two | {"stress": "extreme"}
    values = [
        error_probability(HumanError(kind="diagnosis", factors=factors))
        for factors in (two, two | {"complexity": "moderate"}, worse, worse | {"complexity": "moderate"})
    ]
    assert values == pytest.approx([0.4, 0.8 / 1.79, 1.0, 2 / 2.99])


@settings(derandomize=True)
@given(heart(), st.sampled_from(sorted(HEART_CONDITIONS)), st.floats(0, 1), st.floats(0, 1))
def test_heart_rises_with_every_proportion(error: HumanError, name: str, one: float, other: float) -> None:
    low, high = (
        error_probability(error.model_copy(update={"conditions": {**error.conditions, name: share}}))
        for share in sorted((one, other))
    )
    assert low <= high * (1 + 1e-12)


@settings(derandomize=True)
@given(st.one_of(spar_h(), heart()))
def test_order_of_conditions_changes_no_bit(error: HumanError) -> None:
    # Caught when the product was taken in the order of the file.
    turned = error.model_copy(
        update={name: dict(reversed(getattr(error, name).items())) for name in ("factors", "conditions")}
    )
    assert error_probability(turned) == error_probability(error)


@settings(derandomize=True)
@given(st.floats(0, 1))
def test_dependence(p: float) -> None:
    degrees = ["zero", "low", "moderate", "high", "complete"]
    values = [dependent_probability(p, degree) for degree in degrees]
    assert values == pytest.approx([p, (1 + 19 * p) / 20, (1 + 6 * p) / 7, (1 + p) / 2, 1.0])
    assert all(0 <= low <= high * (1 + 1e-12) <= 1 + 1e-12 for low, high in itertools.pairwise(values))


def test_dependence_refuses_what_is_none() -> None:
    with pytest.raises(SimulationError) as caught:
        dependent_probability(math.nan, "middling")
    assert [fault.code for fault in caught.value.faults] == ["LW-SI-008", "LW-SI-040"]


def test_every_fault_in_one_pass_with_a_suggestion() -> None:
    wrong = HumanError(
        kind="diagnosis", task="E", conditions={"time_shortage": 0.5},
        factors={"complexty": "high", "stress": "hihg", "experience": "low", "complexity": "obvious"},
    )  # fmt: skip
    faults = error_faults(wrong, "variances.slip.error")
    assert [(f.code, f.where.removeprefix("variances.slip.error.")) for f in faults] == [
        ("LW-SI-040", "factors.complexty"),
        ("LW-SI-040", "factors.stress"),
        ("LW-SI-041", "task"),
        ("LW-SI-041", "conditions"),
    ]
    assert "'complexity'" in faults[0].do
    assert "'high'" in faults[1].do
    with pytest.raises(SimulationError, match="LW-SI-041"):
        error_probability(wrong)
    # What only a diagnosis has is no level of an action.
    [fault] = error_faults(HumanError(factors={"complexity": "obvious"}), "e")
    assert fault.expected == "a level of complexity for action"


def test_faults_of_heart() -> None:
    wrong = HumanError(
        method="heart", task="e", factors={"stress": "high"}, conditions={"time_shortge": 1.2, "low_morale": -0.1}
    )
    faults = error_faults(wrong, "e")
    assert [(f.code, f.where) for f in faults] == [
        ("LW-SI-040", "e.task"),
        ("LW-SI-040", "e.conditions.time_shortge"),
        ("LW-SI-008", "e.conditions.time_shortge"),
        ("LW-SI-008", "e.conditions.low_morale"),
        ("LW-SI-041", "e.factors"),
    ]
    assert "'E'" in faults[0].do
    assert "'time_shortage'" in faults[1].do
    assert error_faults(HumanError(method="heart"), "e")[0].found == "none"
    assert error_faults(HumanError(), "e") == []


def test_the_page_shows_the_tables_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Human error")[2]
    row = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| ")}
    for position, kind in ((1, "diagnosis"), (2, "action")):
        for name, levels in SPAR_H_FACTORS[kind].items():
            cells = row[name].strip("| ").split(" | ")
            cell = cells[1] if cells[position] == "the same" else cells[position]
            said = {} if cell == "" else {m[0]: m[1] for m in re.findall(r"(\w+):? ([\w.]+)", cell)}
            wanted = {k: "certain" if v.value == math.inf else f"{v.value:g}" for k, v in levels.items()}
            assert {"nominal": "1", **said} == wanted, (kind, name)
    for letter, task in HEART_TASKS.items():
        cells = row[letter].strip("| ").split(" | ")
        assert [float(cells[1]), float(cells[2]), float(cells[3])] == [task.value, task.low, task.high]
        assert cells[4] == task.words
    listed = re.search(r"at most: (.*?)\.\n\n", text, re.DOTALL)
    assert listed
    said_most: dict[str, float] = {}
    for group in listed[1].replace("\n", " ").split("; "):
        names, _, value = group.rpartition(" ")
        said_most |= dict.fromkeys(names.split(", "), float(value))
    assert said_most == {name: condition.most for name, condition in HEART_CONDITIONS.items()}
    assert {kind: nominal.value for kind, nominal in SPAR_H_NOMINAL.items()} == {"diagnosis": 0.01, "action": 0.001}
