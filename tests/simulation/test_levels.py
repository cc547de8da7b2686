"""The ten levels: which steps each becomes, and what follows from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from longwall.simulation import Scenario, compile_system, run
from longwall.simulation.allocation import KINDS
from longwall.simulation.experiment import play
from longwall.worksystem import (
    Allocation,
    Component,
    Detection,
    Distribution,
    Function,
    Parameter,
    Route,
    Severity,
    Variance,
    WorkSystem,
)

P = Parameter
FIXED = Distribution(shape="fixed", mean_h=1.0)
BOT = Component(id="bot", kind="automation", speed=P(value=10.0), reliability=P(value=0.9))


def at_level(system: Any, arrivals: Any, role: Any, level: int, bot: Component = BOT, **more: Any) -> WorkSystem:
    allocation = Allocation(level=level, component="bot", **more.pop("allocation", {}))
    function = Function(id="serve", work_h=FIXED, roles=more.pop("roles", ("server",)), allocation=allocation)
    routes = [Route(source="start", target="serve"), Route(source="serve", target="end")]
    people = [role("server", more.pop("people", 8))]
    return system([arrivals("item", more.pop("per_h", 2.0))], [function], routes, people, (bot,), **more)


def path(wanted: WorkSystem, choice: str = "ok") -> list[str]:
    """The kinds of steps along one branch, from the first."""
    model = compile_system(wanted).model
    row, kinds = int(model.fn.first[0]), []
    while row >= 0:
        kinds.append(KINDS[int(model.step.kind[row])])
        row = int(model.step[choice][row])
    return kinds


TABLE = {
    1: ["by hand"],
    2: ["machine", "by hand"],
    3: ["machine", "by hand"],
    4: ["machine", "review", "by hand"],
    5: ["machine", "review", "machine"],
    6: ["machine", "review", "machine"],
    7: ["machine"],
    8: ["machine"],
    9: ["machine"],
    10: ["machine"],
}


@pytest.mark.parametrize("level", range(1, 11))
def test_each_level_becomes_the_steps_of_the_table(system, arrivals, role, level: int) -> None:
    wanted = at_level(system, arrivals, role, level)
    assert path(wanted) == TABLE[level]
    model = compile_system(wanted).model
    first = model.step[int(model.fn.first[0])]
    reads = {7: (1.0, 1.0), 8: (0.1, 0.1), 9: (0.05, 0.8)}.get(level)
    if reads:
        assert (first.read_right, first.read_wrong) == reads
        assert KINDS[int(model.step.kind[first.read])] == "read"
    else:
        assert first.read == (-1 if level > 1 else first.read)
    if level > 1:
        assert KINDS[int(model.step.kind[first.out])] == "by hand"
        assert model.step.byhand[first.out] == 1
    reviews = model.step[model.step.kind == 1]
    assert len(reviews) == (1 if level in (4, 5, 6) else 0)
    for review in reviews:
        assert np.isfinite(review.limit_h) == (level == 6)
        assert KINDS[int(model.step.kind[review.no])] == "by hand"


def test_levels_two_and_three_shorten_the_search(system, arrivals, role) -> None:
    sure = BOT.model_copy(update={"reliability": P(value=1.0), "speed": P(value=1e6)})
    busy = [run(Scenario(system=at_level(system, arrivals, role, k, sure), weeks=40)).column("utilisation").mean()
            for k in (1, 2, 3)]  # fmt: skip
    # 2 an hour of 1 h each on 8 people; search 30% of it, of which a list saves 30% and a narrowed one 60%.
    assert busy == pytest.approx([0.25, 0.25 * (1 - 0.3 * 0.3), 0.25 * (1 - 0.3 * 0.6)], rel=0.01)


def test_level_ten_never_uses_a_person_while_the_machine_is_up(system, arrivals, role) -> None:
    runs = run(Scenario(system=at_level(system, arrivals, role, 10), weeks=20, replications=4))
    assert runs.column("utilisation").max() == 0.0
    assert runs.column("by_hand_share").max() == 0.0
    assert np.allclose(runs.column("lead_time_h"), 0.1)


def test_an_outage_sends_work_by_hand(system, arrivals, role) -> None:
    frail = BOT.model_copy(
        update={"time_between_failures_h": P(value=50.0), "repair_h": Distribution(mean_h=10.0), "speed": P(value=1e3)}
    )
    runs = run(Scenario(system=at_level(system, arrivals, role, 10, frail), weeks=200, replications=20))
    up = runs.column("machine_availability")
    assert up.mean() == pytest.approx(50 / 60, rel=0.02)
    # Arrivals see time averages, so the share by hand is the share of time out of service.
    assert np.allclose(runs.column("by_hand_share"), 1 - up, atol=0.01)
    assert runs.column("takeover_h").min() > 0.0


def test_what_is_not_covered_goes_by_hand(system, arrivals, role) -> None:
    half = BOT.model_copy(update={"coverage": P(value=0.6)})
    runs = run(Scenario(system=at_level(system, arrivals, role, 7, half), weeks=100))
    assert runs.column("by_hand_share").mean() == pytest.approx(0.4, abs=0.01)


def test_a_machine_nobody_can_replace_keeps_its_work_through_an_outage(system, arrivals, role) -> None:
    frail = BOT.model_copy(update={"time_between_failures_h": P(value=50.0), "repair_h": Distribution(mean_h=10.0)})
    runs = run(Scenario(system=at_level(system, arrivals, role, 10, frail, roles=()), weeks=60, replications=4))
    assert runs.column("lead_time_h").min() > 0.5
    assert (runs.balance[:, 0] == 0).all()


def test_silence_means_go_at_level_six(system, arrivals, role) -> None:
    # Nobody is there at night; at level 5 items wait for the morning, at level 6 for the deadline.
    deadline = {"allocation": {"review_deadline_h": P(value=0.5)}}
    night = {"people": 3, "per_h": 0.5}
    five, six = (
        run(
            Scenario(system=_by_day(at_level(system, arrivals, role, k, **deadline, **night)), weeks=30, replications=5)
        )
        for k in (5, 6)
    )
    assert five.column("lead_time_p90_h").min() > 5.0
    assert six.column("lead_time_p90_h").max() < 3.0


def _by_day(wanted: WorkSystem) -> WorkSystem:
    [server] = wanted.social.roles
    shift = server.shifts[0].model_copy(update={"hours": "mon-sun 08:00-16:00"})
    social = wanted.social.model_copy(update={"roles": (server.model_copy(update={"shifts": (shift,)}),)})
    return wanted.model_copy(update={"social": social})


def escapes(system: Any, arrivals: Any, role: Any, level: int, **priors: float) -> float:
    wrong = Variance(
        id="wrong", origin="serve", probability=P(value=1.0), by_machine=True, severity=Severity(technical=2.0)
    )
    wanted = at_level(
        system, arrivals, role, level, variances=(wrong,),
        state_parameters={name: P(value=value) for name, value in priors.items()},
    )  # fmt: skip
    return float(run(Scenario(system=wanted, weeks=60, replications=10)).column("escaped_per_100").mean())


def test_a_catch_has_probability_one_less_q_times_d(system, arrivals, role) -> None:
    # Detection by the prevalence fit at 10% wrong: a miss of 14.7%; opacity 0.5 takes a tenth of it.
    detect = (1 - 0.1473) * (1 - 0.2 * 0.5)
    for level in (4, 5):
        assert escapes(system, arrivals, role, level, accept_unchecked=0.3) == pytest.approx(
            10 * (1 - 0.7 * detect), rel=0.04
        )
        assert escapes(system, arrivals, role, level, accept_unchecked=1.0) == pytest.approx(10, rel=0.04)
    assert escapes(system, arrivals, role, 10) == pytest.approx(10, rel=0.04)
    assert escapes(system, arrivals, role, 1) == 0.0


def test_shared_queue_of_a_limited_machine(system, arrivals, role) -> None:
    slow = BOT.model_copy(update={"speed": P(value=1.0), "capacity": 1})
    runs = run(Scenario(system=at_level(system, arrivals, role, 10, slow, per_h=0.5), weeks=1500, replications=10))
    # M/D/1 at load a half.
    assert runs.column("wait_h").mean() == pytest.approx(0.5, rel=0.03)


def test_dependence_and_slack(system, arrivals, role) -> None:
    net = Component(id="net", time_between_failures_h=P(value=40.0), repair_h=Distribution(shape="fixed", mean_h=2.0))
    for slack, up in ((0.0, 40 / 42), (1.0, 41 / 42), (3.0, 1.0)):
        bot = BOT.model_copy(update={"depends_on": ("net",), "buffer_h": P(value=slack)})
        wanted = at_level(system, arrivals, role, 10, bot)
        both = wanted.technical.model_copy(update={"components": (bot, net)})
        wanted = wanted.model_copy(update={"technical": both})
        runs = run(Scenario(system=wanted, weeks=300, replications=8))
        assert runs.column("machine_availability").mean() == pytest.approx(up, abs=0.003)


def test_a_variance_of_a_component_rides_on_the_items_it_touches(system, arrivals, role) -> None:
    leak = Variance(id="leak", origin="bot", probability=P(value=0.05))
    wanted = at_level(system, arrivals, role, 10, variances=(leak,))
    runs = run(Scenario(system=wanted, weeks=200, replications=8))
    assert runs.column("escaped_per_100").mean() == pytest.approx(100 * 0.05 / 2.0, rel=0.05)


def test_read_tasks_catch_what_is_still_here(system, arrivals, role) -> None:
    wrong = Variance(id="wrong", origin="serve", probability=P(value=1.0), by_machine=True)
    later = Function(id="later", work_h=Distribution(shape="fixed", mean_h=0.0), delay_h=Distribution(mean_h=24.0))
    base = at_level(system, arrivals, role, 7, variances=(wrong,), state_parameters={"accept_unchecked": P(value=0.0)})
    routes = (
        Route(source="start", target="serve"), Route(source="serve", target="later"),
        Route(source="later", target="end"),
    )  # fmt: skip
    work = base.work.model_copy(update={"functions": (*base.work.functions, later), "routes": routes})
    kept = run(Scenario(system=base.model_copy(update={"work": work}), weeks=60, replications=10))
    gone = run(Scenario(system=base, weeks=60, replications=10))
    assert gone.column("escaped_per_100").mean() == pytest.approx(10, rel=0.05)
    assert kept.column("escaped_per_100").mean() < 4.0


def test_nothing_leaks_with_everything_on(system, arrivals, role) -> None:
    seen = Variance(
        id="seen",
        origin="serve",
        probability=P(value=0.3),
        detections=(Detection(function="serve", probability=P(value=0.5)),),
    )
    for level in range(2, 11):
        frail = BOT.model_copy(
            update={"time_between_failures_h": P(value=20.0), "repair_h": Distribution(mean_h=5.0), "capacity": 2,
                    "coverage": P(value=0.8)}
        )  # fmt: skip
        wanted = at_level(system, arrivals, role, level, frail, variances=(seen,), person_state=True)
        scenario = Scenario(system=wanted, weeks=10, warm_up_weeks=2, replications=2)
        runs = run(scenario)
        assert (runs.balance[:, 0] == 0).all()
        assert np.abs(runs.balance[:, 1]).max() < 1e-9
        state = play(compile_system(wanted), scenario, 0)
        assert int(state.clk.items[0]) == int(state.clk.present[0])
