"""Forecasts along the order: equal to the arithmetic of a simulator whose effects, and their interaction, are known."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.alignment import Key, Sample
from longwall.implementation import along_order, sequence
from longwall.learning import recorded
from longwall.streams import generator
from longwall.worksystem import Estimate, Forecast, IndicatorForecast, Patch, WorkSystem
from longwall.worksystem.yamlfile import parse_system

SYSTEM = parse_system(
    """
id: d
social:
  teams: [{id: t}]
  roles: [{id: desk, team: t, shifts: [{people: 1, hours: always}]}]
work:
  demand: [{id: item, per_week: 9}]
  functions: [{id: solve, roles: [desk], work_h: 1}]
  routes: [{source: start, target: solve}, {source: solve, target: end}]
"""
)


class Adds:
    """A simulator in which the first person saves 3 h, arrivals at 8 save 2 h, and both together 1 h less."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        people = system.social.roles[0].head_count > 1
        fewer = system.work.demand[0].per_week.value < 9
        luck = generator(seed, "luck").normal(0, 0.3, replications)
        own = generator(seed, "own", int(people), int(fewer)).normal(0, 0.01, replications)
        values = 20.0 - 3.0 * people - 2.0 * fewer + 1.0 * (people and fewer) + luck + own
        return Sample((Key("lead_time_h", unit="h"),), values[:, None])

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        self.calls.append((design, seed))
        sample = self.sample(system, seed=seed, replications=replications)
        estimate = Estimate(value=20.0, low=19.0, high=21.0, unit="h", footing="fitted")
        forecast = Forecast(
            id=design, system_hash="h", design=design, seed=seed, begins="", weeks=1, replications=replications,
            indicators=(
                IndicatorForecast(
                    id="lead_time_h", name="Lead time", column="technical", better="lower", estimate=estimate
                ),
            ),
        )  # fmt: skip
        return sample, forecast


def test_each_look_holds_what_is_done_by_then_and_what_this_one_adds(made) -> None:
    change, aligned = made
    more = change("more", patches=(Patch(path="social.roles.desk.shifts.0.people", value=2),))
    fewer = change("fewer", patches=(Patch(path="work.demand.item.per_week", value=8),))
    alignment = aligned([more, fewer], gains=[3.0, 2.0])
    plan = sequence(alignment, given=[("more", "fewer")])
    simulator = Adds()
    found = along_order(plan, SYSTEM, alignment.chosen("joint"), simulator, seed=4, replications=40)
    assert found == along_order(plan, SYSTEM, alignment.chosen("joint"), Adds(), seed=4, replications=40, threads=2)
    assert [look.increment for look in found.looks] == ["more", "fewer"]
    assert [look.together for look in found.looks] == [("more",), ("more", "fewer")]
    first, second = found.looks
    assert first.expected[0].change.value == pytest.approx(-3.0, abs=0.02) == first.adds[0].change.value
    assert second.expected[0].change.value == pytest.approx(-4.0, abs=0.02)
    # Alone it would save 2 h: fails when what it adds is taken against today.
    assert second.adds[0].change.value == pytest.approx(-1.0, abs=0.02)
    assert second.adds[0].today == pytest.approx(17.0, abs=0.3) and second.expected[0].change.footing == "fitted"
    assert len(simulator.calls) == 3 and len({seed for _, seed in simulator.calls}) == 1
    promise = recorded(found, begins="2026-03-02").promises[1]
    assert promise.rests_on == ("interventions.more", "interventions.fewer") and promise.increment == "fewer"
    assert promise.expected.value == pytest.approx(16.0, abs=0.3)
    assert np.isclose(promise.expected.high - promise.expected.low,
                      second.expected[0].change.high - second.expected[0].change.low)  # fmt: skip
