"""What if: known signs are found, sets are carried whole, and what does not depend on luck has no interval."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.alignment import WhatIf, at_share, levels_of, possible_systems, unidentified, what_if
from longwall.alignment.simulated import Simulated
from longwall.alignment.trials import Key, Sample
from longwall.alignment.uncertainty.knowledge import redrawn
from longwall.alignment.uncertainty.robustness import Subject, verdicts
from longwall.errors import AlignmentError, SimulationError
from longwall.worksystem import Distribution, Forecast, Parameter, WorkSystem


def desk(work: object = 0.5, people: int = 4, per_week: float = 200) -> WorkSystem:
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "social": {
                "teams": [{"id": "team"}],
                "roles": [{"id": "agent", "team": "team", "shifts": [{"people": people, "hours": "always"}]}],
            },
            "work": {
                "demand": [{"id": "item", "per_week": {
                    "value": per_week, "low": 0.95 * per_week, "high": 1.05 * per_week, "footing": "counted"}}],
                "functions": [{"id": "serve", "work_h": work, "roles": ["agent"]}],
                "routes": [{"source": "start", "target": "serve"}, {"source": "serve", "target": "end"}],
            },
        }
    )  # fmt: skip


def more(system: WorkSystem) -> WorkSystem:
    [demand] = system.work.demand
    demand = demand.model_copy(update={"per_week": Parameter(value=1.3 * demand.per_week.value)})
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": (demand,)})})


def of(found: tuple[WhatIf, ...], indicator: str) -> WhatIf:
    return next(one for one in found if one.indicator == indicator)


class Known:
    """A simulator whose indicator is a known function of the mean work and the demand."""

    def __init__(self, level: object) -> None:
        self.level = level

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        value = self.level(system.work.functions[0].work_h.mean_h, system.work.demand[0].per_week.value)  # type: ignore[operator]
        return Sample((Key("backlog", name="Open items"),), np.full((replications, 1), float(value)))

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        raise AssertionError("no figure for people is made here, so none is confirmed")


BOUNDED = {"mean_h": 0.5, "low_h": 0.1, "high_h": 0.9, "footing": "assumed"}


def test_more_items_at_a_real_desk_make_longer_queues() -> None:
    found = what_if(desk(work=2.0), more, simulator=Simulated(3, 1), seed=1, draws=6, replications=4)
    backlog = of(found, "backlog")
    assert backlog.answer == "rises"
    assert 0 < backlog.change.low < backlog.change.value < backlog.change.high
    assert "rises" in backlog.statement
    assert backlog.ends == ()


def test_nothing_changed_is_no_change_with_no_interval() -> None:
    """Fails when the two systems of a draw meet different luck."""
    found = what_if(desk(), lambda system: system, simulator=Simulated(1, 0), seed=1, draws=3, replications=2)
    assert all(one.change.low == one.change.high == 0 for one in found)
    assert {one.answer for one in found} == {"no clear change"}


def test_the_sign_that_depends_on_the_work_is_not_identified() -> None:
    # More items help below half an hour of work and harm above it.
    simulator = Known(lambda work, demand: 100 + (work - 0.5) * demand)
    found = of(what_if(desk(BOUNDED), more, simulator=simulator, seed=0, draws=4, replications=2), "backlog")
    assert found.answer == "not identified"
    assert "not identified" in found.statement
    assert [end.share for end in found.ends] == [0.0, 0.5, 1.0]
    assert found.change.low < 0 < found.change.high
    assert found.change.low <= min(end.change.low for end in found.ends)


def test_the_same_sign_everywhere_in_the_set_is_an_answer_over_the_whole_set() -> None:
    simulator = Known(lambda work, demand: work * demand)
    found = of(what_if(desk(BOUNDED), more, simulator=simulator, seed=0, draws=4, replications=2), "backlog")
    assert found.answer == "rises"
    narrow, wide = found.ends[0].change.value, found.ends[-1].change.value
    assert wide > 5 * narrow
    assert found.change.low < narrow < wide < found.change.high


def test_draws_that_disagree_with_the_log_count_less() -> None:
    simulator = Known(lambda work, demand: np.exp((demand - 200) / 5))
    ask = {"simulator": simulator, "seed": 3, "draws": 40, "replications": 2}
    free = of(what_if(desk(), more, **ask), "backlog")  # type: ignore[arg-type]
    held = of(what_if(desk(), more, **ask, observed={"backlog": 1.0}), "backlog")  # type: ignore[arg-type]
    assert held.agreeing < 0.7 * free.agreeing
    assert held.today == 1.0


def test_bounded_work_goes_no_further_than_the_people_suffice() -> None:
    system = desk({**BOUNDED, "high_h": 50.0})
    assert unidentified(system) == ("serve",)
    assert unidentified(desk({"mean_h": 1, "footing": "counted", "low_h": 0.9, "high_h": 1.1})) == ()
    top = at_share(system, 1.0).functions["serve"].work_h.mean_h
    assert top == pytest.approx(0.9 * 4 * 168 / 200, rel=0.02)
    assert at_share(system, 0.0).functions["serve"].work_h.mean_h == pytest.approx(0.1)


class Load(Known):
    """A simulator whose indicator is the load of the people."""

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        load = system.work.functions[0].work_h.mean_h / system.roles["agent"].head_count
        return Sample((Key("utilisation"),), np.full((replications, 1), load))


def test_the_work_of_a_log_without_starts_is_not_made_by_the_people_of_a_design() -> None:
    """Caught when more people in a design were taken to show that there had been more work: their load fell nowhere."""
    open_work = {**BOUNDED, "high_h": 50.0}
    today, design = desk(open_work), desk(open_work, people=8)
    (found,), _ = verdicts(
        [Subject("more-people", "design", design, ((0, -1.0), None))],
        today,
        simulator=Load(None),
        seed=0,
        draws=1,
        replications=2,
        threads=1,
    )
    assert found.not_identified == ()


class Lead(Known):
    """A simulator whose lead time is twenty times the work and the outside wait."""

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        [function] = system.work.functions
        wait = 0.0 if function.delay_h is None else function.delay_h.mean_h
        return Sample((Key("lead_time_h"),), np.full((replications, 1), 20 * function.work_h.mean_h + wait))


def test_work_and_outside_waits_share_the_lead_time_of_the_log() -> None:
    [function] = desk(BOUNDED).work.functions
    function = function.model_copy(update={"delay_h": Distribution(mean_h=4.0)})
    system = desk(BOUNDED)
    system = system.model_copy(update={"work": system.work.model_copy(update={"functions": (function,)})})
    ask = {"simulator": Lead(None), "seed": 0}
    found = possible_systems(system, **ask, observed={"lead_time_h": 10.0})  # type: ignore[arg-type]
    for place in found:
        [one] = place.work.functions
        wait = one.delay_h.mean_h if one.delay_h is not None else 0.0
        assert 20 * one.work_h.mean_h + wait == pytest.approx(10.0, rel=0.12)
    works = [place.work.functions[0].work_h.mean_h for place in found]
    assert works[0] == pytest.approx(0.1)
    assert works[-1] == pytest.approx(0.55, abs=0.03)  # 20 x 0.55 is a tenth above the lead time
    free = possible_systems(system, **ask, observed={})  # type: ignore[arg-type]
    assert [place.work.functions[0].work_h.mean_h for place in free] == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_draws_are_keyed_and_cover_the_intervals() -> None:
    system = desk({"mean_h": 1, "footing": "counted", "low_h": 0.9, "high_h": 1.1})
    assert redrawn(system, seed=1, draw=0) == system
    assert redrawn(system, seed=1, draw=5) == redrawn(system, seed=1, draw=5)
    rates = [redrawn(system, seed=1, draw=draw).work.demand[0].per_week.value for draw in range(1, 200)]
    assert np.mean(rates) == pytest.approx(200, abs=1.5)
    assert np.std(rates) == pytest.approx(10 / 1.96, rel=0.2)


def test_a_model_that_cannot_be_simulated_says_why() -> None:
    class Broken(Known):
        def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
            from longwall.errors import Fault

            raise SimulationError(Fault("LW-SI-001", "here", "something", "nothing", "mend it"))

    with pytest.raises(AlignmentError, match="LW-AL-030"):
        what_if(desk(), more, simulator=Broken(None), seed=0, draws=4, replications=2)


def test_levels_of_a_log_follow_littles_law() -> None:
    from tests.discovery.conftest import build

    rows = [(case, "Do", "p", "t", 2.0 * case, 2.0 * case + 5.0) for case in range(1000)]
    found = levels_of(build(rows))
    assert found["lead_time_h"] == pytest.approx(5.0)
    assert found["backlog"] == pytest.approx(2.5, rel=0.01)
    assert levels_of(build(rows[:20])) == {}
