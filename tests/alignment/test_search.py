"""The search against a front that is known exactly, and the promises it makes about what leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from longwall.alignment import Alignment, Budget, Sample, budget_for, load_objectives, propose, search
from longwall.alignment.exploring.explore import Archive, explore
from longwall.alignment.exploring.fronts import first_rank, hypervolume
from longwall.alignment.known.stations import Stations, delayed_share
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.trials import Chosen, Trials
from longwall.alignment.uncertainty.draws import drawn
from longwall.errors import AlignmentError
from longwall.worksystem import (
    Constraint,
    Environment,
    Estimate,
    Finding,
    Intervention,
    Parameter,
    Patch,
    Suggestion,
    WorkSystem,
    apply,
)

SMALL = Budget(search=200, frozen=8, fresh=60, effect=20, draws=20, draw_replications=4)
TINY = Budget(search=120, frozen=4, fresh=20, effect=6, draws=4, draw_replications=2)
FULL = Budget(search=500, frozen=10, fresh=80, effect=20, draws=20, draw_replications=4)


def explored(stations: Stations, seed: int, budget: int) -> Archive:
    trials = Trials(stations.system, stations.interventions, stations, apply, seed=seed, threads=1)
    trials.try_all([((), 3)])
    scales = Scales(load_objectives(), trials.sample(()))
    archive = Archive(trials, scales, Ledger(stations.interventions, 52), Space(stations.interventions))
    return explore(archive, budget=budget, seed=seed)


def true_points(stations: Stations, archive: Archive) -> dict[Chosen, np.ndarray]:
    sets, means = stations.designs()
    keys = archive.trials.sample(()).keys
    losses = archive.scales.losses(Sample(keys, means), Sample(keys, np.repeat(means[:1], len(means), axis=0)))
    return {one: np.array([*loss, archive.ledger.of(one)[0]]) for one, loss in zip(sets, losses, strict=True)}


def test_known_front_is_found(stations: Stations) -> None:
    """Exact by enumeration of 4,096 designs; 35% noise per replication; at least 95% of the hypervolume."""
    archive = explored(stations, seed=1, budget=1000)
    truth = true_points(stations, archive)
    every = np.array(list(truth.values()))
    front = every[first_rank(every)]
    reference = front.min(axis=0) + 1.1 * (front.max(axis=0) - front.min(axis=0))
    found = np.array([truth[one] for one in archive.front()])
    assert hypervolume(found, reference) >= 0.95 * hypervolume(front, reference)
    random = np.array([truth[one] for one in archive.trials.tried[:12]])
    assert hypervolume(random, reference) < 0.9 * hypervolume(front, reference), "the problem tells nothing apart"


def test_delayed_share_is_erlang_c() -> None:
    """Two servers at half load: C(2, 1) = 1/3; one server: its load."""
    assert delayed_share(1.0, 2) == pytest.approx(1 / 3)
    assert delayed_share(0.7, 1) == pytest.approx(0.7)


@pytest.fixture(scope="module")
def aligned() -> Alignment:
    stations = Stations()
    return search(stations.system, stations.interventions, seed=4, simulator=stations, budget=FULL)


def test_same_seed_same_bits_for_one_thread_and_two() -> None:
    stations = Stations(crews=(4, 3), work_h=(1.0, 0.8), most_more=2)

    def found(seed: int, threads: int) -> str:
        return search(
            stations.system, stations.interventions, seed=seed, simulator=stations, budget=TINY, threads=threads
        ).model_dump_json()

    assert found(4, 1) == found(4, 2) != found(5, 1)


def test_result_is_whole(aligned: Alignment) -> None:
    names = ["today", *(design.id for design in aligned.designs)]
    assert [forecast.design for forecast in aligned.forecasts] == names
    assert [point.design for point in aligned.points] == names
    assert [effect.id for effect in aligned.differences] == names[1:]
    assert aligned.recommended == "joint" and aligned.optima.joint == "joint"
    assert {aligned.optima.technical_only, aligned.optima.social_only} <= set(names)
    assert {effect.id for effect in aligned.effects} >= set(aligned.design("joint").interventions)
    points = {point.design: point for point in aligned.points}
    limit = 1.25 * points["joint"].cost
    assert points[aligned.optima.technical_only].cost <= limit
    assert points[aligned.optima.technical_only].technical.value <= points["joint"].technical.value
    assert points[aligned.optima.social_only].social.value <= points["joint"].social.value
    assert aligned.verdicts[0].verdict == "recommended" and aligned.verdicts[0].share >= 0.9
    assert Alignment.model_validate_json(aligned.model_dump_json()) == aligned


def test_every_recommendation_has_a_verdict_and_every_weighting_its_optima(aligned: Alignment) -> None:
    """The three optima and each step of the joint design on its own; the first weighting is the one searched by."""
    optima = {*aligned.optima.model_dump().values()} - {"today"}
    assert {one.design for one in aligned.verdicts if one.of == "design"} == optima
    assert aligned.verdicts[0].design == "joint" and aligned.verdicts[0].ranges and aligned.verdicts[0].draws == 20
    steps = [one for one in aligned.verdicts if one.of == "step"]
    assert {one.design for one in steps} == set(aligned.design("joint").interventions)
    for one in aligned.verdicts:
        assert (one.verdict == "recommended") == (one.share >= 0.9)
        assert one.draws == 20 or one.draws * (1 - one.share) > 2, "left off before nine in ten were out of reach"
    tools = [one for one in steps if one.design.startswith("tool")]
    assert all(one.technical for one in tools) and not any(one.social == "skill_reserve" for one in tools)
    assert [one.weighting for one in aligned.weighed] == ["stated", "equal", "worst-first"]
    assert aligned.weighed[0].optima == aligned.optima and aligned.weighed[0].price == aligned.price
    points = {point.design: point for point in aligned.points}
    for name, loss in aligned.weighed[0].technical.items():
        assert loss == points[name].technical
    for under in aligned.weighed:
        assert set(under.technical) == set(under.social) == {"today", *under.optima.model_dump().values()}
        best = under.optima.technical_only
        assert under.technical[best].value <= min(loss.value for loss in under.technical.values()) + 1e-12
    assert [one.design for one in aligned.letters] == [point.design for point in aligned.points]
    first = min(points.values(), key=lambda point: point.technical.value)
    assert "a" in next(one for one in aligned.letters if one.design == first.design).technical
    assert aligned.unmoved == () and aligned.held == ()


def test_what_leaves_is_fresh_and_true(aligned: Alignment) -> None:
    """No optimiser's curse: over all confirmed designs the fresh losses miss the exact ones by noise only."""
    stations = Stations()
    archive = explored(stations, seed=4, budget=64)
    exact = true_points(stations, archive)
    scale = aligned.scales
    misses = []
    for design, point in zip(aligned.designs, aligned.points[1:], strict=True):
        lead = exact[design.interventions][0] * archive.scales.by_indicator["lead_time_h"] / scale["lead_time_h"]
        misses.append(point.technical.value - lead)
        half = (point.technical.high - point.technical.low) / 2
        assert abs(point.technical.value - lead) <= 3 * half
    assert abs(np.mean(misses)) < 0.05


def test_technical_optimum_gives_up_practice(aligned: Alignment) -> None:
    """Tools lower the wait and take away practice: the technical optimum holds more of them than the social one."""

    def tools(name: str) -> int:
        design = aligned.design(name)
        return sum(one.startswith("tool") for one in design.interventions) if design else 0

    assert tools(aligned.optima.technical_only) > tools(aligned.optima.social_only)
    assert aligned.price.technical_only.value > 0.0


def only(stations: Stations, *names: str) -> list[Intervention]:
    return [change for change in stations.interventions if change.id in names]


def test_when_nothing_helps_today_is_the_result(stations: Stations) -> None:
    """Changes that change nothing but cost money."""
    idle = [
        Intervention(id=f"idle.{place}", title="nothing", kind="work", lever="none", cost=Parameter(value=10.0),
                     patches=(Patch(path="name", value=f"other {place}"),))
        for place in range(3)
    ]  # fmt: skip
    found = search(stations.system, idle, seed=2, simulator=stations, budget=SMALL)
    assert found.recommended == "today" and found.optima.joint == found.optima.technical_only == "today"
    assert found.verdicts == () and found.designs == ()
    assert all(one.into == "today" for one in found.merged)


def test_no_candidates_gives_today(stations: Stations) -> None:
    found = search(stations.system, (), seed=2, simulator=stations, budget=SMALL)
    assert found.recommended == "today" and "no candidate" in found.cautions[0]


def constrained(system: WorkSystem, constraint: Constraint) -> WorkSystem:
    return system.model_copy(update={"environment": Environment(constraints=(constraint,))})


def test_what_the_environment_forbids_is_never_simulated_and_says_why(stations: Stations) -> None:
    rule = Constraint(id="law", source="Act 7", why="a person decides", functions=("s0",), highest_level=4)
    system = constrained(stations.system, rule)
    found = search(
        system, only(stations, "tool.s0", "staff.s0.1", "staff.s0.2"), seed=1, simulator=stations, budget=SMALL
    )
    assert all("tool.s0" not in design.interventions for design in found.designs)
    assert [(one.interventions, one.constraint) for one in found.rejected] == [(("tool.s0",), "law")]
    assert "Act 7" in found.rejected[0].why and "at most 4" in found.rejected[0].why
    free = search(stations.system, only(stations, "tool.s0", "staff.s0.1"), seed=1, simulator=stations, budget=SMALL)
    assert any("tool.s0" in design.interventions for design in free.designs), "the constraint is not what kept it out"


def test_fixed_paths_stay(stations: Stations) -> None:
    rule = Constraint(id="roster", source="works council", why="agreed until June", fixed=("social.roles.crew-s0",))
    found = search(
        constrained(stations.system, rule), only(stations, "staff.s0.1", "tool.s0"), seed=1, simulator=stations,
        budget=SMALL,
    )  # fmt: skip
    assert [(one.interventions, one.constraint) for one in found.rejected] == [(("staff.s0.1",), "roster")]


def removal(stations: Stations) -> list[Intervention]:
    """A tool at station 1 that gives one post up, and its sibling that keeps it."""
    tool = next(change for change in stations.interventions if change.id == "tool.s1")
    kept = tool.model_copy(update={"id": "tool.s1.strengthen"})
    gone = tool.model_copy(
        update={
            "id": "tool.s1.release", "people_removed": 1, "strengthening": kept.id,
            "patches": (*tool.patches, Patch(path="social.roles.crew-s1.shifts.0.people", value=stations.crews[1] - 1)),
            "running_cost_per_week": Parameter(value=-5.0),
        }
    )  # fmt: skip
    return [gone, kept]


def test_a_design_that_gives_people_up_is_shown_with_its_sibling_and_never_recommended(stations: Stations) -> None:
    more = only(stations, "staff.s0.1", "staff.s2.1")
    found = search(stations.system, [*removal(stations), *more], seed=3, simulator=stations, budget=SMALL)
    sets = [set(design.interventions) for design in found.designs]
    removing = [one for one in sets if "tool.s1.release" in one]
    assert removing, "the removal is cheap and fast: it belongs on the front"
    for one in removing:
        assert (one - {"tool.s1.release"}) | {"tool.s1.strengthen"} in sets
    for name in (found.recommended,):
        design = found.design(name)
        assert design is None or "tool.s1.release" not in design.interventions
    with pytest.raises(AlignmentError, match="LW-AL-003"):
        search(stations.system, removal(stations)[:1], seed=3, simulator=stations, budget=SMALL)


def test_a_removal_whose_sibling_is_forbidden_is_not_shown(stations: Stations) -> None:
    """With one more person at the first station the sibling would pass what the rule allows; the removal would not."""
    more = only(stations, "staff.s0.1", "staff.s0.2")
    gone, kept = removal(stations)
    kept = kept.model_copy(
        update={"patches": (*kept.patches, Patch(path="work.functions.s2.allocation.level", value=7))}
    )
    rule = Constraint(id="law", source="Act 7", why="a person decides", functions=("s2",), highest_level=6)
    found = search(
        constrained(stations.system, rule), [gone, kept, *more], seed=3, simulator=stations, budget=SMALL, threads=1
    )
    assert all("tool.s1.release" not in design.interventions for design in found.designs)


def test_a_side_that_nothing_moves_is_said(stations: Stations) -> None:
    """Tools and people move both sides of the stations; with the load alone, tools move no social indicator."""
    own = load_objectives()
    own = own.model_copy(update={"social": tuple(term for term in own.social if term.indicator == "skill_reserve")})
    found = search(
        stations.system, only(stations, "staff.s0.2", "staff.s1.2"), seed=1, simulator=Stations(noise=0.02),
        budget=SMALL, objectives=own, threads=1,
    )  # fmt: skip
    assert found.unmoved == ("skill_reserve",)
    assert any("no design moves the social side" in text for text in found.cautions)
    assert found.price.technical_only.value == pytest.approx(0.0, abs=0.01)


def test_unknown_costs_are_named(stations: Stations) -> None:
    changes: Sequence[Intervention] = [
        change.model_copy(update={"cost": None}) if change.id == "tool.s0" else change
        for change in only(stations, "tool.s0", "staff.s0.1", "staff.s1.1")
    ]
    found = search(stations.system, changes, seed=3, simulator=stations, budget=SMALL)
    assert any("tool.s0" in caution for caution in found.cautions)


@pytest.mark.long
def test_longwalls_own_simulator_gives_the_same_bits_for_one_thread_and_two(desk: WorkSystem) -> None:
    """The whole way on a desk whose experts are short of time: real replications, draws over assumptions."""
    small = Budget(search=80, frozen=3, fresh=8, effect=4, draws=3, draw_replications=2)
    asked = Finding(
        id="f", kind="overload", statement="experts", severity=Estimate.counted(1.0), footing="counted",
        suggests=(Suggestion(kind="staff", targets=("expert",)),),
    )  # fmt: skip
    candidates = propose(desk, (asked,))
    one, two = (search(desk, candidates, seed=7, weeks=3, budget=small, threads=threads) for threads in (1, 2))
    assert one.model_dump_json() == two.model_dump_json()
    assert one.forecasts[0].design == "today" and one.forecasts[0].of("lead_time_h") is not None
    assert {change.indicator for effect in one.differences for change in effect.differences} >= {"lead_time_h"}


def test_budget_counts_replications_and_never_seconds(desk: WorkSystem) -> None:
    assert budget_for(desk, 13) == budget_for(desk, 13)
    small, large = budget_for(desk, 13, events=5e6), budget_for(desk, 13, events=5e8)
    assert small.search < large.search and small.fresh < large.fresh <= 200


def test_draws_share_what_is_shared_and_stay_in_their_ranges(desk: WorkSystem) -> None:
    bot = desk.technical.components[0]
    ranged = bot.model_copy(update={"reliability": Parameter(value=0.9, low=0.85, high=0.92)})
    counted = ranged.model_copy(update={"coverage": Parameter(value=0.9, footing="counted")})
    system = desk.model_copy(update={"technical": desk.technical.model_copy(update={"components": (counted,)})})
    other = system.model_copy(update={"name": "design", "variances": ()})
    values = []
    for draw in range(40):
        now, then = drawn(system, seed=1, draw=draw), drawn(other, seed=1, draw=draw)
        assert now.components["bot"] == then.components["bot"]
        assert now.work == then.work and now.components["bot"].coverage.value == 0.9
        assert 0.85 <= now.components["bot"].reliability.value <= 0.92
        out = [route.probability.value for route in now.work.routes if route.source == "triage"]
        assert sum(out) == pytest.approx(1.0)
        assert now.work.demand[0].due_h == system.work.demand[0].due_h, "a promise is not uncertain"
        values.append(now.work.demand[0].per_week.value)
    assert 0.7 * 260 <= min(values) < 0.8 * 260 and 1.2 * 260 < max(values) <= 1.3 * 260
