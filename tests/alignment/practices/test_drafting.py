"""A practice in the model: no effect moves nothing, an effect has the sign and the size of its prior."""

from __future__ import annotations

import pytest

from longwall import simulation
from longwall.alignment import load_costs, propose
from longwall.alignment.practices import INTENSITIES, LEVER, drafts, shipped
from longwall.alignment.space import Space
from longwall.alignment.uncertainty.draws import assumed_paths
from longwall.simulation import PRIORS, Scenario
from longwall.worksystem import Estimate, Finding, Intervention, Practice, WorkSystem, apply

BOUNCE = Finding(
    id="bounce-front-back", kind="bounce", footing="counted", where=("front", "back"), severity=Estimate.counted(4.0),
    statement="6,900 items (11%) go back and forth between Front and Back.",
)  # fmt: skip


def made(desk: WorkSystem) -> list[Intervention]:
    return drafts(desk, [BOUNCE], load_costs())


def busy(system: WorkSystem, *, seed: int = 2) -> dict[str, float]:
    scenario = Scenario(system=system, weeks=10, warm_up_weeks=1, replications=12, seed=seed)
    forecast = simulation.simulate(scenario)
    return {one.id: one.estimate.value for one in forecast.indicators if one.scope == "organisation"}


def with_practice(desk: WorkSystem, **effects: float) -> WorkSystem:
    practice = Practice.model_validate({"id": "planted", **effects})
    return desk.model_copy(update={"social": desk.social.model_copy(update={"practices": (practice,)})})


@pytest.fixture(scope="module")
def today(desk: WorkSystem) -> dict[str, float]:
    return busy(desk)


def test_a_practice_without_effect_moves_nothing(desk: WorkSystem, today: dict[str, float]) -> None:
    assert busy(with_practice(desk, ability=0.0, motivation=0.0, opportunity=0.0)) == today


@pytest.mark.parametrize("dimension", ["ability", "motivation", "opportunity"])
def test_an_effect_has_the_sign_and_size_of_its_prior(
    desk: WorkSystem, today: dict[str, float], dimension: str
) -> None:
    """Pace is 1 + spread x effect, so busy hours are divided by it; a percentage instead of standard deviations, or a
    sign turned, is five times or the wrong way off.
    """
    effect = 1.0
    pace = 1 + PRIORS["performance_spread"].value * effect
    changed = busy(with_practice(desk, **{dimension: effect}))
    assert changed["utilisation"] / today["utilisation"] == pytest.approx(1 / pace, rel=0.02)


def test_a_whole_bundle_at_the_prior_saves_three_percent_of_busy_time(
    desk: WorkSystem, today: dict[str, float]
) -> None:
    bundle = shipped().prior.bundle.value
    pace = 1 + PRIORS["performance_spread"].value * bundle
    changed = busy(with_practice(desk, **dict.fromkeys(("ability", "motivation", "opportunity"), bundle / 3)))
    assert changed["utilisation"] / today["utilisation"] == pytest.approx(1 / pace, rel=0.01)
    assert changed["utilisation"] < today["utilisation"]


def test_drafts_are_candidates_of_a_search_three_intensities_one_decision(desk: WorkSystem) -> None:
    found = propose(desk, [BOUNCE], practices=made(desk))
    mine = [one for one in found if one.lever == LEVER]
    assert {one.id.split(".")[1] for one in mine} == {"cross-training", "shared-triage"}
    space = Space(mine)
    assert sorted(len(one.choices) for one in space.decisions) == [3, 3]
    both = space.settle(["practice.cross-training.low", "practice.shared-triage.high"])
    assert len(both) == 2, "two practices are added to the same list and go together"
    system = apply(desk, [space.interventions[name] for name in both])
    assert {practice.id for practice in system.social.practices} == {"cross-training", "shared-triage"}


def test_dose_moves_effect_and_running_cost_together(desk: WorkSystem) -> None:
    by_level = {one.id.rpartition(".")[2]: one for one in made(desk) if "shared-triage" in one.id}
    effects, costs = {}, {}
    for level, one in by_level.items():
        (practice,) = apply(desk, [one]).social.practices
        effects[level] = practice.ability.value + practice.motivation.value + practice.opportunity.value
        costs[level] = one.running_cost_per_week.value
        assert one.answers == ("bounce-front-back",) and one.why.startswith("6,900 items")
        assert practice.begins_week == 0 and one.lead_time_weeks > 0 and one.people_removed == 0
    for level, dose in INTENSITIES.items():
        assert effects[level] == pytest.approx(dose * effects["normal"])
        assert costs[level] == pytest.approx(dose * costs["normal"], rel=1e-3)


def test_what_a_practice_does_is_drawn_wherever_a_recommendation_is_doubted(desk: WorkSystem) -> None:
    paths = assumed_paths(apply(desk, made(desk)[:1]))
    assert any(path.startswith("social.practices.") and path.endswith("ability") for path in paths)


def test_costs_are_their_arithmetic(desk: WorkSystem) -> None:
    """Shared triage: 24 h of preparation at 45 once; 11 people, 0.4 h a week each at 45."""
    one = next(draft for draft in made(desk) if draft.id == "practice.shared-triage.normal")
    assert one.cost.value == 24 * 45
    assert one.running_cost_per_week.value == pytest.approx(11 * 0.4 * 45)
    assert one.cost.low < one.cost.value < one.cost.high and "45 per h" in one.cost.source
