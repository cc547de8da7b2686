"""Systems that cannot run: every fault by id, all in one pass."""

from __future__ import annotations

import copy
from typing import Any

import busy
import pytest

from longwall.errors import SimulationError
from longwall.simulation import PRIORS, compile_system
from longwall.simulation.priors import effective
from longwall.worksystem import WorkSystem


def faults(change: Any) -> dict[str, list[str]]:
    """The faults of the busy desk after a change: codes, and where."""
    data = copy.deepcopy(busy.SYSTEM)
    change(data)
    with pytest.raises(SimulationError) as caught:
        compile_system(WorkSystem.model_validate(data))
    found: dict[str, list[str]] = {}
    for fault in caught.value.faults:
        found.setdefault(fault.code, []).append(fault.where)
    return found


def test_routes_that_do_not_sum_to_one() -> None:
    found = faults(lambda d: d["work"]["routes"][1].update(probability=0.3))
    assert found == {"LW-SI-001": ["work.routes from triage (every class)"]}


def test_within_a_millionth_they_do() -> None:
    data = copy.deepcopy(busy.SYSTEM)
    data["work"]["routes"][1]["probability"] = 0.4 + 9e-7
    compile_system(WorkSystem.model_validate(data))


def test_a_function_nobody_may_do() -> None:
    found = faults(lambda d: d["work"]["functions"][1].update(roles=[]))
    assert "work.functions.solve.roles" in found["LW-SI-002"]


def test_an_item_that_can_never_leave() -> None:
    def change(data: dict[str, Any]) -> None:
        data["work"]["routes"][4:6] = []
        data["work"]["routes"][3].update(probability=1.0)

    found = faults(change)
    assert set(found) == {"LW-SI-003"}
    assert any("work.functions.await" in where for where in found["LW-SI-003"])


def test_a_level_without_a_machine() -> None:
    found = faults(lambda d: d["work"]["functions"][0].update(allocation={"level": 4}))
    assert found == {"LW-SI-004": ["work.functions.triage.allocation.component"]}


def test_nobody_has_hours() -> None:
    found = faults(lambda d: d["social"]["roles"][1].update(shifts=[]))
    assert found["LW-SI-005"] == ["work.functions.solve.roles"]


def test_ids_that_do_not_exist() -> None:
    def change(data: dict[str, Any]) -> None:
        data["social"]["roles"][0]["team"] = "nowhere"
        data["work"]["functions"][0]["roles"] = ["analist"]
        data["variances"][0]["origin"] = "nothing"
        data["work"]["routes"][0]["target"] = "triagee"

    found = faults(change)["LW-SI-006"]
    assert {"social.roles.agent.team", "work.functions.triage.roles", "variances.wrong.origin"} <= set(found)
    assert "work.routes.start->triagee" in found


def test_items_come_where_no_route_leads_on() -> None:
    found = faults(lambda d: d["work"]["routes"].pop(6))
    assert set(found) == {"LW-SI-007"}


def test_numbers_outside_their_range() -> None:
    def change(data: dict[str, Any]) -> None:
        data["work"]["demand"][0]["per_week"] = -1
        data["technical"]["components"][1]["reliability"] = 1.5
        data["variances"][1]["probability"] = 2
        data["state_parameters"] = {"speed_floor": 7}

    assert sorted(faults(change)["LW-SI-008"]) == [
        "state_parameters.speed_floor", "technical.components.bot.reliability", "variances.late.probability",
        "work.demand.incident.per_week",
    ]  # fmt: skip


def test_nothing_arrives() -> None:
    assert "LW-SI-010" in faults(lambda d: d["work"].update(demand=[]))


def test_a_parameter_with_no_such_name_gets_a_suggestion() -> None:
    data = copy.deepcopy(busy.SYSTEM)
    data["state_parameters"] = {"fatigue_rise": 3}
    with pytest.raises(SimulationError, match="use 'fatigue_rise_h'"):
        compile_system(WorkSystem.model_validate(data))


def test_components_that_depend_on_themselves() -> None:
    found = faults(lambda d: d["technical"]["components"][0].update(depends_on=["bot"]))
    assert found == {"LW-SI-012": ["technical.components.bot.depends_on"]}


def test_the_same_id_twice() -> None:
    found = faults(lambda d: d["work"]["functions"].append(dict(d["work"]["functions"][3])))
    assert "work.functions.await" in found["LW-SI-013"]


def test_all_faults_in_one_pass() -> None:
    def change(data: dict[str, Any]) -> None:
        data["work"]["routes"][1].update(probability=0.3)
        data["social"]["roles"][1].update(shifts=[])
        data["work"]["functions"][0].update(allocation={"level": 4})

    assert set(faults(change)) == {"LW-SI-001", "LW-SI-004", "LW-SI-005"}


def test_every_prior_says_where_it_comes_from() -> None:
    for name, prior in PRIORS.items():
        assert prior.least <= prior.value <= prior.most, name
        assert prior.source and prior.unit, name
    overridden = effective(WorkSystem(id="x", state_parameters={"speed_floor": {"value": 0.4, "footing": "fitted"}}))
    assert overridden["speed_floor"].value == 0.4
    assert overridden["speed_floor"].footing == "fitted"
    assert overridden["high_load"].value == 0.85
