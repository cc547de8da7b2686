"""Levers on what waits, on boundaries, on rules and detectors: what they change, and where they change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.alignment.conftest import DESK

from longwall.alignment.costs import load_costs
from longwall.alignment.flow import flow_of
from longwall.alignment.levers.bench import Bench, Order
from longwall.alignment.levers.boundaries import clear_owner, drop_step, join_teams, keep_person, shift_handover
from longwall.alignment.levers.machines import change_level, hand_back
from longwall.alignment.levers.seen import seen
from longwall.alignment.levers.service import buffer, detector_threshold, escalation, fallback, interruptions
from longwall.alignment.simulated import Simulated
from longwall.worksystem import Intervention, WorkSystem, apply


def rich() -> WorkSystem:
    """The desk with a second class, alerts, a machine room that fails, work that waits for the machine."""
    data = WorkSystem.model_validate(DESK).model_dump(mode="json")
    data["technical"]["components"][0]["depends_on"] = ["room"]
    data["technical"]["components"].append(
        {"id": "room", "time_between_failures_h": 40, "repair_h": 6, "kind": "infrastructure"}
    )
    data["work"]["functions"][2]["in_outage"] = "wait"
    data["work"]["functions"][1] |= {"when_interrupted": "park", "roles": ["expert", "agent"]}
    data["work"]["demand"] += [
        {"id": "call", "per_week": 20, "priority": 0, "interrupts": True},
        {
            "id": "alarm",
            "priority": 1,
            "alerts": {
                "variance": "misroute", "events_per_week": 5, "noise_per_week": 50, "d_prime": 2, "threshold": 1.5,
            },
        },
    ]  # fmt: skip
    data["work"]["demand"][0] |= {"priority": 2, "per_week": 200}
    return WorkSystem.model_validate(data)


def on(system: WorkSystem) -> Bench:
    return Bench(system, flow_of(system), load_costs())


def moved(system: WorkSystem, change: Intervention) -> set[str]:
    """Indicators of the organisation that a change moves under the same luck."""
    simulator = Simulated(4, 1)
    today = simulator.sample(system, seed=7, replications=2)
    then = simulator.sample(apply(system, [change]), seed=7, replications=2)
    return {
        key.id
        for place, key in enumerate(today.keys)
        if key.scope == "organisation"
        and not np.array_equal(today.values[:, place], then.values[:, place], equal_nan=True)
    }


LEVERS = {
    "escalation": (lambda bench: escalation(bench, Order(("ticket",))), {"escalate.ticket.75", "escalate.ticket.50"}),
    "interruptions": (lambda bench: interruptions(bench, Order(("call",))), {"calm.call"}),
    "buffer": (lambda bench: buffer(bench, Order(("bot",))), {"buffer.bot.1", "buffer.bot.4"}),
    "fallback": (lambda bench: fallback(bench, Order(("reset",))), {"fallback.reset"}),
    "detector": (lambda bench: detector_threshold(bench, Order(())),
                 {"threshold.alarm.surer", "threshold.alarm.sooner"}),
    "keep": (lambda bench: keep_person(bench, Order(("solve",))), {"keep.solve"}),
    "handover": (lambda bench: shift_handover(bench, Order(("triage",))),
                 {"handover.triage.park", "handover.triage.hand_over"}),
    "owner": (lambda bench: clear_owner(bench, Order(("triage",))), {"owner.triage"}),
    "join": (lambda bench: join_teams(bench, Order(("front", "back"))), {"join.front.back"}),
}  # fmt: skip


@pytest.mark.parametrize("name", list(LEVERS))
def test_a_lever_drafts_what_the_simulator_carries(name: str) -> None:
    """Each draft moves some indicator under the same luck; fails for a lever that only changes words."""
    system = rich()
    lever, expected = LEVERS[name]
    drafts = lever(on(system))
    assert {draft.id for draft in drafts} == expected
    for draft in drafts:
        assert draft.cost is not None and draft.cost.value > 0 and draft.owner in system.roles
        assert draft.title and draft.lead_time_weeks > 0
    assert moved(system, drafts[-1]), drafts[-1].id


def test_where_there_is_nothing_to_change_nothing_is_drafted(desk: WorkSystem) -> None:
    bench = on(desk)
    assert escalation(bench, Order(())) == [], "one class waits behind nothing"
    assert interruptions(bench, Order(())) == []
    assert buffer(bench, Order(("bot",))) == []
    assert keep_person(bench, Order(("triage",))) == [], "one team does it"
    assert fallback(bench, Order(("reset",))) == [], "the work goes on by hand today"
    assert detector_threshold(bench, Order(())) == []
    assert clear_owner(bench, Order(("reset",))) == [], "nothing comes back from there"
    assert join_teams(bench, Order(("front",))) == []
    assert shift_handover(bench, Order(("solve",)))[0].id == "handover.solve.park", "one shift cannot hand over"


def test_joined_teams_are_one_team_that_shares_the_work(desk: WorkSystem) -> None:
    change = join_teams(on(desk), Order(("front", "back")))[0]
    then = apply(desk, [change])
    assert {role.team for role in then.social.roles} == {"front"}
    assert set(then.functions["solve"].roles) == set(then.functions["triage"].roles) == {"agent", "expert"}
    assert then.roles["agent"].skills["solve"].value == then.roles["expert"].skills["triage"].value < 1
    assert "handovers_per_item" in moved(desk, change)


def test_a_step_left_out_leads_its_items_to_where_it_led(desk: WorkSystem) -> None:
    """Triage leads .4 to solve and .6 to reset, and solve leads .2 back: without it both begin at once."""
    change = drop_step(on(desk), Order(("triage",)))[0]
    then = apply(desk, [change])
    shares = {(route.source, route.target): route.probability.value for route in then.work.routes}
    assert shares["start", "solve"] == pytest.approx(0.4) and shares["start", "reset"] == pytest.approx(0.6)
    assert shares["solve", "solve"] == pytest.approx(0.08) and shares["solve", "reset"] == pytest.approx(0.12)
    assert not any(target == "triage" for _, target in shares)
    assert flow_of(then).visits["triage"] == 0
    total = flow_of(desk).visits
    assert flow_of(then).visits["reset"] == pytest.approx(total["reset"])
    assert flow_of(then).visits["solve"] == pytest.approx(total["solve"])


def test_a_step_on_which_forks_or_memory_hang_is_not_left_out(desk: WorkSystem) -> None:
    data = desk.model_dump(mode="json")
    data["work"]["routes"][3]["after"] = ["triage"]
    data["work"]["routes"][4]["after"] = ["triage"]
    data["work"]["routes"] += [{"source": "solve", "target": "end", "probability": 1.0}]
    assert drop_step(on(WorkSystem.model_validate(data)), Order(("triage",))) == []
    assert drop_step(on(desk), Order(("triage", "solve"))) == [], "which of the two, nobody said"


def test_an_owner_leaves_a_share_of_what_goes_to_and_fro(desk: WorkSystem) -> None:
    change = clear_owner(on(desk), Order(("triage",)))[0]
    left = load_costs().effect("clear_owner", "share_of_cause_left").value
    then = apply(desk, [change])
    assert then.variances[0].probability.value == pytest.approx(0.15 * left)
    shares = {(route.source, route.target): route.probability.value for route in then.work.routes}
    assert sum(share for (source, _), share in shares.items() if source == "triage") == pytest.approx(1.0)
    assert shares["triage", "solve"] == pytest.approx(0.4 * left)


def test_the_system_itself_asks_where_its_parts_give_reason() -> None:
    orders = {(kind, order.targets) for order, kind in seen(on(rich()))}
    assert {
        ("escalate", ()), ("interrupt", ("call",)), ("buffer", ("bot",)), ("fallback", ("reset",)),
        ("alert_threshold", ("alarm",)), ("keep_person", ("solve",)), ("shift_handover", ("triage",)),
        ("drill", ("reset",)), ("hand_back", ("reset",)),
    } <= orders  # fmt: skip
    assert all(order.why and not order.answers for order, _ in seen(on(rich())))


def test_a_machine_is_let_act_first_only_where_all_seven_safeguards_are_stated(desk: WorkSystem) -> None:
    """From level 5 up to 7, and from 9 nowhere up; what gives people more say asks for nothing."""
    data = desk.model_dump(mode="json")
    data["work"]["functions"][2]["allocation"]["level"] = 5
    seven = ("reversible", "confidence_gate", "dry_run", "rate_limit", "stop_switch", "audit", "scope")
    for stated, ids in ((seven[:0], []), (seven[:6], []), (seven, ["level.reset.7"])):
        data["technical"]["components"][0]["safeguards"] = dict.fromkeys(stated, True)
        bench = on(WorkSystem.model_validate(data))
        drafts = [one.id for one in change_level(bench, Order(("reset",)))]
        plain = [name for name in drafts if not name.endswith(("release", "strengthen"))]
        assert plain == ["level.reset.4", *ids]
        assert [one.id for one in hand_back(bench, Order(("reset",)))] == ["level.reset.4"]
    asked = {(kind, order.targets) for order, kind in seen(on(desk))}
    assert ("hand_back", ("reset",)) in asked and not any(kind == "change_level" for kind, _ in asked)
