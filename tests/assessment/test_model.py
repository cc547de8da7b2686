from __future__ import annotations

import numpy as np
import pytest

from longwall import templates
from longwall.assessment import assess, flow_of, human_work_h, load_thresholds, offered_load
from longwall.assessment.control.in_model import controls_in_model
from longwall.assessment.load import full_roles
from longwall.assessment.matrix.judged import able_share, judged_net
from longwall.simulation import compile_system
from longwall.worksystem import Estimate, Forecast, IndicatorForecast, WorkSystem

SMALL = {
    "id": "small",
    "technical": {
        "components": [{"id": "bot", "kind": "automation", "coverage": 0.9, "reliability": 0.8, "transparency": 0.25}]
    },
    "social": {
        "teams": [{"id": "front"}, {"id": "back", "organisation": "supplier"}],
        "roles": [
            {
                "id": "clerk",
                "team": "front",
                "shifts": [{"people": 6, "hours": "mon-fri 08:00-16:00"}],
                "authority": ["wrong"],
            },
            {"id": "expert", "team": "back", "shifts": [{"people": 2, "hours": "mon-fri 08:00-16:00"}]},
        ],
    },
    "work": {
        "demand": [{"id": "item", "per_week": 100, "due_h": 24}],
        "functions": [
            {"id": "take", "work_h": 0.5, "roles": ["clerk"]},
            {"id": "decide", "work_h": 0.25, "roles": ["expert"]},
            {"id": "act", "work_h": 1.0, "roles": ["expert"], "allocation": {"level": 7, "component": "bot"}},
            {"id": "check", "work_h": 0.1, "roles": ["clerk"]},
        ],
        "routes": [
            {"source": "start", "target": "take"},
            {"source": "take", "target": "decide"},
            {"source": "decide", "target": "act", "probability": 0.8},
            {"source": "decide", "target": "take", "probability": 0.2},
            {"source": "act", "target": "check"},
            {"source": "check", "target": "end"},
        ],
    },
    "variances": [
        {
            "id": "wrong", "origin": "take", "probability": 0.1, "severity": {"technical": 2, "social": 1},
            "induces": {"slip": 0.5},
            "detections": [{"function": "check", "probability": 0.5}],
            "control": {
                "function": "decide",
                "role": "clerk",
                "how": "rework",
                "probability": 0.8,
                "needs_authority": True,
                "needs_information": True,
            },
        },
        {"id": "slip", "origin": "act", "probability": 1.0, "by_machine": True, "severity": {"technical": 1}},
        {"id": "crash", "origin": "bot", "probability": 0.01, "severity": {"regulatory": 1}},
    ],
}  # fmt: skip


def small(**changes: object) -> WorkSystem:
    return WorkSystem.model_validate({**SMALL, **changes})


def test_visits_of_a_loop_are_the_geometric_series() -> None:
    flow = flow_of(small())
    assert flow.executions["take"] == pytest.approx(100 / 0.8, rel=1e-6)
    assert flow.executions["act"] == pytest.approx(100, rel=1e-6)
    assert flow.entry == {"take"}
    assert flow.path("take", "check") == ("take", "decide", "act", "check")
    assert flow.hops[flow.functions.index("check"), flow.functions.index("take")] == np.inf
    assert flow.reach[flow.functions.index("take"), flow.functions.index("check")] == pytest.approx(1, abs=1e-6)
    assert flow.reach[flow.functions.index("act"), flow.functions.index("take")] == 0


def test_routes_with_memory_and_of_a_class_win() -> None:
    work = {
        "demand": [{"id": "a", "per_week": 10}, {"id": "b", "per_week": 10}],
        "functions": [{"id": "x"}, {"id": "y"}, {"id": "z"}],
        "routes": [
            {"source": "start", "target": "x"},
            {"source": "x", "target": "y"},
            {"source": "y", "target": "x", "probability": 1.0},
            {"source": "x", "target": "z", "after": ["y"]},
            {"source": "z", "target": "end"},
            {"source": "x", "target": "end", "demand": "b"},
        ],
    }
    flow = flow_of(WorkSystem.model_validate({"id": "m", "work": work}))
    # a: x y x z; b: x.
    assert flow.executions == pytest.approx({"x": 30, "y": 10, "z": 10}, rel=1e-6)
    assert flow.visits["b"].tolist() == pytest.approx([1, 0, 0])


def test_judgement_becomes_a_net() -> None:
    system = small()
    net = judged_net(system, flow_of(system), 2.0)
    # wrong: 125 tasks times .1; slip: 100 x coverage .9 x error .2; crash: per hour, 168 a week.
    assert net.own.value.tolist() == pytest.approx([12.5, 18, 1.68], rel=1e-6)
    assert net.detected.value.tolist() == pytest.approx([0.5, 0, 0], abs=1e-6)
    # The clerk has the authority and not the information.
    assert able_share(system, system.variances[0]) == 0
    assert net.controlled.value.tolist() == [0, 0, 0]
    clerk, expert = SMALL["social"]["roles"]  # type: ignore[index,call-overload]
    social = {**SMALL["social"], "roles": [{**clerk, "informed_of": ["wrong"]}, expert]}  # type: ignore[dict-item]
    informed = small(social=social)
    assert judged_net(informed, flow_of(informed), 2.0).controlled.value[0] == 0.8
    # Assumed numbers without a range get one: a factor of two on the odds.
    odds = (0.1 / 0.9) * np.array([0.5, 2])
    assert [net.own.low[0], net.own.high[0]] == pytest.approx((odds / (1 + odds) * 125).tolist(), rel=1e-6)


def test_control_table_says_where_and_what_is_lacking() -> None:
    system = small()
    wrong, slip, crash = controls_in_model(system, flow_of(system), 2.0)
    assert (wrong.origin, wrong.seen_at, wrong.controlled_at, wrong.controlled_by) == (
        "take",
        ("check",),
        ("decide",),
        ("clerk",),
    )
    assert wrong.hops_to_seen is not None and wrong.hops_to_seen.value == 3
    # Seen after three steps, then sent back to where control happens.
    assert wrong.hops_to_controlled is not None and wrong.hops_to_controlled.value == 4
    # front, back, back, front, back
    assert (wrong.teams_crossed, wrong.organisations_crossed) == (3, 3)
    # person, person, machine, person, person
    assert wrong.machine_human_crossed == 2
    assert (wrong.authority, wrong.information) == ("present", "lacking")
    assert wrong.lacks == ("boundary", "means", "information")
    assert wrong.exported is not None and wrong.exported.value == 1
    assert wrong.available_h is not None and wrong.available_h.value == 24
    assert slip.controlled_by == () and slip.lacks == ("boundary", "means")
    assert crash.origin == "bot"


def test_work_of_people_by_level() -> None:
    system = small()
    act = system.functions["act"]
    # Level 7: a fifth to read what the bot covers, by hand the rest.
    assert human_work_h(system, act) == pytest.approx(0.9 * 0.2 + 0.1)
    by_hand = act.model_copy(update={"allocation": act.allocation.model_copy(update={"level": 1})})
    assert human_work_h(system, by_hand) == 1.0
    alone = act.model_copy(update={"allocation": act.allocation.model_copy(update={"level": 10})})
    assert human_work_h(system, alone) == pytest.approx(0.1)


def test_offered_load_is_visits_times_work() -> None:
    system = small()
    load = offered_load(system, flow_of(system))
    clerk, expert = (load.offered_h[load.roles.index(role)].sum() for role in ("clerk", "expert"))
    assert clerk == pytest.approx(125 * 0.5 + 100 * 0.1, rel=1e-6)
    assert expert == pytest.approx(125 * 0.25 + 100 * 0.28, rel=1e-6)
    assert load.people.sum(axis=1).tolist() == [240, 80]


def test_hours_in_which_more_arrives_than_can_be_done() -> None:
    profile = [0.0] * 168
    profile[8:12] = [1.0] * 4  # all of it on Monday morning
    demand = [
        {"id": "item", "per_week": {"value": 100, "low": 90, "high": 110, "footing": "fitted"}, "profile": profile}
    ]
    functions = [{**f, "work_h": {"mean_h": f["work_h"], "footing": "fitted"}} for f in SMALL["work"]["functions"]]  # type: ignore[index,call-overload]  # fmt: skip
    system = small(work={**SMALL["work"], "demand": demand, "functions": functions})  # type: ignore[dict-item]
    found = [f for f in assess(system).findings if f.kind == "overload"]
    assert [f.id for f in found] == ["overload-clerk"]
    assert found[0].footing == "fitted"
    # 62.5 hours of taking in four hours of six people, and a little checking.
    checks = 10 / 40
    assert found[0].severity.value == pytest.approx(62.5 + 4 * checks - 24, rel=1e-3)
    assert found[0].severity.low < found[0].severity.value < found[0].severity.high
    assert found[0].statement.startswith("Mondays 8 to 12, work that arrives for clerk exceeds")


def test_automation_without_anybody_behind_it() -> None:
    functions = [f if f["id"] != "act" else {**f, "roles": []} for f in SMALL["work"]["functions"]]  # type: ignore[index,call-overload]
    orphan = small(work={**SMALL["work"], "functions": functions})  # type: ignore[dict-item]
    assert [f.where for f in assess(orphan).findings if f.kind == "automation_mismatch"] == [("act",)]
    assert not [f for f in assess(small()).findings if f.kind == "automation_mismatch"]


def test_automation_that_leaves_no_practice_and_drills_that_bring_it_back() -> None:
    def kinds(coverage: float, drills: float) -> list[str]:
        bot = {**SMALL["technical"]["components"][0], "coverage": coverage}  # type: ignore[index,call-overload]
        functions = [
            f if f["id"] != "act" else {**f, "drills_per_year": drills, "allocation": {"level": 10, "component": "bot"}}
            for f in SMALL["work"]["functions"]  # type: ignore[index,call-overload]
        ]
        system = small(technical={"components": [bot]}, work={**SMALL["work"], "functions": functions})  # type: ignore[dict-item]
        return [f.kind for f in assess(system).findings if f.kind == "atrophy"]

    assert kinds(1.0, 0) == ["atrophy"]
    assert kinds(1.0, 26) == []  # every fortnight
    assert kinds(1.0, 4) == ["atrophy"]  # once in three months
    assert kinds(0.9, 0) == []  # ten by hand a week among two


def test_runaway_judgement_is_named_and_does_not_crash() -> None:
    variances = [
        {"id": "one", "origin": "take", "probability": 0.1, "induces": {"two": 1.0}},
        {"id": "two", "origin": "act", "probability": 0.1, "induces": {"one": 1.0}},
    ]
    result = assess(small(variances=variances))
    assert result.matrix is not None
    assert result.matrix.runaway == (("one", "two"),)
    assert result.matrix.total.technical is None
    assert any("without end" in caution for caution in result.matrix.cautions)
    assert result.model_dump_json()


def test_empty_model_is_assessed_without_an_opinion() -> None:
    result = assess(WorkSystem(id="nothing"))
    assert result.findings == ()
    assert result.matrix is None
    assert result.classification.coupling.label == "not determinable"


def test_shipped_thresholds_have_reason_and_source() -> None:
    cuts = load_thresholds()
    assert all(entry.reason and entry.source for entry in cuts.reasons.values())
    assert 0 < cuts["coupling_low"] < cuts["coupling_high"] < 1


def test_executions_agree_with_those_of_the_simulator() -> None:
    """A second implementation: what the simulator compiles from the same routes."""
    system = templates.read("service-desk")
    compiled = compile_system(system)
    flow = flow_of(system)
    weekly = np.array([demand.per_week.value for demand in compiled.demand]) @ compiled.flow.visits
    ours = [flow.executions[function.id] for function in compiled.functions]
    assert ours == pytest.approx(weekly.tolist(), rel=1e-6)


def test_busy_roles_are_named_but_not_where_a_log_makes_them_a_few_real_people() -> None:
    def busy(role: str) -> IndicatorForecast:
        return IndicatorForecast(
            id="utilisation", name="", column="social", scope=f"role:{role}", better="lower",
            estimate=Estimate(value=0.95, low=0.9, high=1.0, footing="fitted"),
        )  # fmt: skip

    system = small()
    forecast = Forecast(
        id="today", design="today", system_hash=system.hash, weeks=13, replications=3, seed=0,
        indicators=(busy("clerk"), busy("expert")),
    )  # fmt: skip
    imagined = assess(system, forecast=forecast)
    assert [f.where for f in imagined.findings if f.kind == "high_load"] == [("clerk",), ("expert",)]
    by_id = {f.id: f for f in imagined.findings}
    # Six people at 40 hours, a tenth of the time above 85%.
    assert by_id["high_load-clerk"].severity.value == pytest.approx(0.1 * 240)
    found, withheld = full_roles(system, forecast, load_thresholds(), observed=True)
    assert [f.where for f in found] == [("clerk",)]
    assert withheld == ["load of expert: fewer than 5 people"]
