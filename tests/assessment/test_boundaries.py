"""Crossings against closed forms, brute force and the simulator; exported variances, spanning roles, support."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall import templates
from longwall.assessment import Boundaries, assess, flow_of, load_thresholds
from longwall.assessment.boundaries.in_log import crossings_in_log, price_of, sides_of
from longwall.assessment.boundaries.in_model import chain_of, shares_of
from longwall.assessment.boundaries.support import support_of
from longwall.assessment.view import View
from longwall.discovery import detect
from longwall.simulation import Scenario, simulate
from longwall.worksystem import (
    Allocation,
    Component,
    DemandClass,
    Distribution,
    Estimate,
    Function,
    Link,
    Parameter,
    Practice,
    Role,
    Route,
    Shift,
    Social,
    Team,
    Technical,
    WorkDesign,
    WorkSystem,
)


def work(mean_h: float = 0.2) -> Distribution:
    return Distribution(shape="exponential", mean_h=mean_h)


def two_teams(*, again: float = 0.25, links: tuple[Link, ...] = ()) -> WorkSystem:
    """Take (a), repair (b), close (a); a share of what is closed goes to repair again."""
    return WorkSystem(
        id="shop",
        social=Social(
            teams=(Team(id="front"), Team(id="back", organisation="supplier")),
            roles=(
                Role(id="clerk", team="front", shifts=(Shift(people=6, hours="always"),)),
                Role(id="smith", team="back", shifts=(Shift(people=6, hours="always"),)),
            ),
            links=links,
        ),
        work=WorkDesign(
            demand=(DemandClass(id="order", per_week=Parameter(value=100.0, footing="fitted")),),
            functions=(
                Function(id="take", work_h=work(), roles=("clerk",)),
                Function(id="repair", work_h=work(), roles=("smith",)),
                Function(id="close", work_h=work(), roles=("clerk",)),
            ),
            routes=(
                Route(source="start", target="take"),
                Route(source="take", target="repair"),
                Route(source="repair", target="close"),
                Route(source="close", target="repair", probability=fitted(again)),
                Route(source="close", target="end", probability=fitted(1 - again)),
            ),
        ),
    )


def fitted(value: float) -> Parameter:
    return Parameter(value=value, low=value, high=value, footing="fitted")


def mean(boundaries: Boundaries, boundary: str, source: str, demand: str = "") -> Estimate:
    found = boundaries.mean(boundary, source, demand)  # type: ignore[arg-type]
    assert found is not None, (boundary, source, demand)
    return found


@pytest.fixture(scope="module")
def service_desk() -> Boundaries:
    """Boundaries of the template, by judgement."""
    return assess(templates.read("service-desk")).boundaries


# Closed forms in a model.


@pytest.mark.parametrize("again", [0.0, 0.25, 0.6])
def test_expected_crossings_are_those_of_a_geometric_loop(again: float) -> None:
    """2 / (1 - p): each round goes over and back. Fails where the entry, or the end, counts as a crossing."""
    found = assess(two_teams(again=again)).boundaries
    for boundary in ("team", "organisation"):
        assert mean(found, boundary, "model").value == pytest.approx(2 / (1 - again), rel=1e-6)
    assert found.mean("machine", "model") is None


def test_what_nobody_does_is_passed_over() -> None:
    """Front, the customer, front again: no crossing. Fails where the wait for the customer counts as another team."""
    system = two_teams(again=0.0)
    waiting = Function(id="repair", delay_h=work(5.0))
    functions = (system.work.functions[0], waiting, system.work.functions[2])
    system = system.model_copy(update={"work": system.work.model_copy(update={"functions": functions})})
    names, shares = shares_of(system, "team")
    chain = chain_of(flow_of(system).class_moves["order"], flow_of(system).visits["order"], shares)
    assert names == ("front", "back")
    assert chain.crossings == pytest.approx(0.0, abs=1e-9)


def test_a_machine_crosses_as_far_as_it_covers() -> None:
    """People, machine at coverage c, people: 2c. The share it does not cover goes by hand."""
    system = two_teams(again=0.0)
    machine = system.work.functions[1].model_copy(update={"allocation": Allocation(level=7, component="robot")})
    system = system.model_copy(
        update={
            "technical": Technical(components=(Component(id="robot", kind="automation", coverage=fitted(0.7)),)),
            "work": system.work.model_copy(
                update={"functions": (system.work.functions[0], machine, system.work.functions[2])}
            ),
        }
    )
    found = assess(system).boundaries
    assert mean(found, "machine", "model").value == pytest.approx(1.4, rel=1e-6)
    # Between teams, only what goes by hand meets somebody of the other team.
    assert mean(found, "team", "model").value == pytest.approx(0.6, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_chain_is_a_walk_counted_one_by_one(seed: int) -> None:
    """Against walks by hand: expectation and derivative. Fails where tasks of nobody break the walk."""
    luck = np.random.default_rng(seed)
    n, k = 4, 3
    step = 0.9 * luck.dirichlet(np.ones(n + 1), n)[:, :n]
    shares = luck.dirichlet(np.ones(k + 1), n)[:, :k]
    entry = luck.dirichlet(np.ones(n))

    def chain(p: np.ndarray) -> tuple[float, np.ndarray]:
        visits = np.linalg.solve(np.eye(n) - p.T, entry)
        found = chain_of(visits[:, None] * p, visits, shares)
        return found.crossings, found.slope

    value, slope = chain(step)
    # Brute force: probability of every state (function, who met the item last), moved on until nothing is left.
    total, held = 0.0, np.zeros((n, k + 1))
    held[:, k] = entry
    for _ in range(150):
        after = np.zeros_like(held)
        for j in range(n):
            nobody = 1 - shares[j].sum()
            for t in range(k + 1):
                after[j, t] += held[j, t] * nobody
                for s in range(k):
                    after[j, s] += held[j, t] * shares[j, s]
                    total += held[j, t] * shares[j, s] * (t not in (s, k))
        held = step.T @ after
    assert value == pytest.approx(total, rel=1e-5)
    i, j = luck.integers(n, size=2)
    bumped = step.copy()
    bumped[i, j] += 1e-6
    assert slope[i, j] == pytest.approx((chain(bumped)[0] - value) / 1e-6, rel=2e-3, abs=1e-5)


def test_least_crossings_keep_an_item_with_those_who_have_it() -> None:
    """Two functions shared half and half: 0.5 where chance decides, 0 where the same team goes on."""
    shares = np.array([[0.5, 0.5], [0.5, 0.5]])
    moves = np.array([[0.0, 1.0], [0.0, 0.0]])
    chain = chain_of(moves, np.ones(2), shares)
    assert chain.crossings == pytest.approx(0.5)
    assert chain.least == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_ends_of_a_shared_function_are_those_of_each_doing_it_alone(seed: int) -> None:
    """Against the chain itself. Fails where a function that follows itself is taken as two."""
    luck = np.random.default_rng(seed)
    step = 0.8 * luck.dirichlet(np.ones(4), 3)[:, :3]
    shares = np.eye(2)[luck.integers(2, size=3)]
    shares[1] = [0.3, 0.7]
    visits = np.linalg.solve(np.eye(3) - step.T, np.ones(3) / 3)
    chain = chain_of(visits[:, None] * step, visits, shares)
    alone = []
    for row in np.eye(2):
        other = shares.copy()
        other[1] = row
        alone.append(chain_of(visits[:, None] * step, visits, other).crossings)
    assert chain.most == pytest.approx(max(*alone, chain.crossings), abs=1e-6)
    assert chain.least <= min(*alone, chain.crossings) + 1e-6


def test_the_simulator_counts_the_crossings_that_the_chain_expects() -> None:
    """A second implementation: team changes per item in the simulator. Fails where classes are weighed wrongly."""
    system = two_teams(again=0.3)
    forecast = simulate(Scenario(system=system, weeks=30, replications=4, seed=3))
    counted = next(i for i in forecast.indicators if i.id == "handovers_per_item" and i.scope == "organisation")
    expected = mean(assess(system).boundaries, "team", "model").value
    assert counted.estimate.value == pytest.approx(expected, rel=0.05)


def test_ranges_of_routes_give_the_interval() -> None:
    """d/dp of 2 / (1 - p) is 2 / (1 - p)^2. Fails where the route to the end is not taken to give way."""
    system = two_teams()
    wide = {
        "repair": Parameter(value=0.25, low=0.2, high=0.3, footing="fitted"),
        "end": Parameter(value=0.75, low=0.7, high=0.8, footing="fitted"),
    }
    routes = tuple(
        r.model_copy(update={"probability": wide[r.target] if r.source == "close" else fitted(1.0)})
        for r in system.work.routes
    )
    ranged = system.model_copy(update={"work": system.work.model_copy(update={"routes": routes})})
    estimate = mean(assess(ranged).boundaries, "team", "model")
    assert estimate.high - estimate.value == pytest.approx(2 / (1 - 0.25) ** 2 * 0.05, rel=1e-3)
    assert estimate.footing == "fitted"


# Closed forms in a log.


def desk_of(handmade: ModuleType, ways: list[str], *, wait_h: float = 1.0, over_h: float = 0.0) -> View:
    """A log in which each case passes the teams named by letters; ``.`` is nobody; crossing waits longer."""
    desk = handmade.Desk(4, 0)
    for number, way in enumerate(ways):
        case, t, before = desk.case("all"), 2.0 * number, ""
        for letter in way:
            if letter == ".":
                t = desk.do(case, "customer", "", "", t + 1, t + 1)
                continue
            t += wait_h + (over_h if before and letter != before else 0.0)
            t = desk.do(case, "work", f"{letter}{number % 7}", letter, t, t + 0.5)
            before = letter
    return View(desk.log(), WorkSystem(id="x"), load_thresholds())


def test_crossings_of_a_log_are_counted_per_item(handmade: ModuleType) -> None:
    """Fails where the customer between two stays of one team counts, or cases run into each other."""
    ways = ["aaa", "aba", "ab", "a.a", "a.b", "abab", "b"]
    view = desk_of(handmade, [*ways, *["...."] * 9])  # what meets nobody keeps the edge of the log away
    (found,) = crossings_in_log(view)
    assert found.boundary == "team" and found.items == 7
    assert found.mean.value == pytest.approx((0 + 2 + 1 + 0 + 1 + 3 + 0) / 7)
    assert [round(share.value * 7) for share in found.shares] == [3, 2, 1, 1]
    assert all(share.low <= share.value <= share.high and share.footing == "counted" for share in found.shares)


def test_classes_of_demand_are_told_apart_by_their_label(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    demand = tuple(DemandClass(id=f"c-{k}", per_week=Parameter(value=1.0)) for k in ("network", "desktop", "other"))
    system = WorkSystem(id="x", work=WorkDesign(demand=demand))
    labels = {f"c-{k}": k for k in ("network", "desktop", "other")}
    found = {c.demand: c for c in crossings_in_log(View(log, system, load_thresholds(), labels))}
    assert set(found) == {"", "c-network", "c-desktop", "c-other"}
    assert found["c-other"].mean.value == 0.0
    assert found["c-desktop"].mean.value == pytest.approx(2.0)  # there and back to close
    assert sum(found[k].items for k in found if k) == found[""].items


def test_the_price_of_a_crossing_is_what_was_planted_and_nothing_is_found_where_nothing_was(
    handmade: ModuleType,
) -> None:
    """Fails where steps of different functions are compared, or waits before the first step count."""
    luck = np.random.default_rng(1)
    ways = ["".join(luck.choice(["a", "b"], size=4)) for _ in range(200)]
    planted = desk_of(handmade, ways, over_h=3.0)
    priced = price_of(planted, sides_of(planted, "team"))
    assert priced is not None
    assert priced[0].per_crossing_h == pytest.approx(3.0, abs=1e-9)
    result = assess(WorkSystem(id="x"), log=planted.log)
    (finding,) = [f for f in result.findings if f.kind == "crossing"]
    hours = 3.0 * priced[0].crossings / planted.weeks
    assert finding.severity.value == pytest.approx(hours) and finding.footing == "counted"
    null = desk_of(handmade, ways)
    assert not [f for f in assess(WorkSystem(id="x"), log=null.log).findings if f.kind == "crossing"]


def test_multi_team_work_by_design_is_no_finding(handmade: ModuleType) -> None:
    """The look-alike: three teams in turn, and no step waits longer for it."""
    for seed in range(4):
        log = handmade.multi_team_desk(seed, repeats_label=True)
        assert not [f for f in assess(WorkSystem(id="x"), log=log).findings if f.kind == "crossing"]


# Exported variances, spanning, paper, support.


def test_a_variance_controlled_in_its_team_is_internal_and_elsewhere_it_is_exported(service_desk: Boundaries) -> None:
    system = templates.read("service-desk")
    found = {one.variance: one for one in service_desk.exported}
    diagnosis = found["wrong-diagnosis"]
    assert diagnosis.kind == "internal" and diagnosis.crosses == diagnosis.leaves
    assert found["late-answer"].kind == "leaves the system"
    moved = system.model_copy(
        update={
            "variances": tuple(
                v.model_copy(update={"control": v.control.model_copy(update={"role": "network-engineer",
                                                                              "needs_authority": False})})
                if v.id == "wrong-diagnosis" and v.control else v
                for v in system.variances
            )
        }
    )  # fmt: skip
    there = next(one for one in assess(moved).boundaries.exported if one.variance == "wrong-diagnosis")
    assert there.kind == "crosses a team"
    assert there.crosses is not None and there.crosses.value == pytest.approx(1.0)


def test_an_event_that_another_team_repairs_is_exported(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    exported = assess(WorkSystem(id="x"), log=log, events=detect(log)).boundaries.exported
    bounce = next(one for one in exported if one.variance == "bounce")
    assert bounce.source == "log" and bounce.occurrences > 100
    assert bounce.crosses is not None and bounce.crosses.low <= bounce.crosses.value <= bounce.crosses.high


def test_every_crossing_has_two_ends(service_desk: Boundaries) -> None:
    """Fails where a shared function, or the own team, is counted as another."""
    roles = [one for one in service_desk.spanning if one.kind == "role"]
    assert sum(one.share.value for one in roles if one.share) == pytest.approx(2.0)
    assert roles[0].id == "desk-agent" and set(roles[0].reaches) == {"applications", "desktop", "network"}


def test_a_component_of_two_teams_spans_them(service_desk: Boundaries) -> None:
    found = [one for one in service_desk.spanning if one.kind == "component"]
    assert [(one.id, one.reaches) for one in found] == [("recovery-bot", ("applications", "desk"))]


def test_a_passage_without_a_link_is_a_finding_only_where_links_are_written_down() -> None:
    link = Link(source="front", target="clerk")
    for links, expected in (((), 0), ((link,), 1), ((Link(source="smith", target="clerk"),), 0)):
        result = assess(two_teams(links=links))
        unlinked = [f for f in result.findings if f.kind == "unlinked"]
        assert len(unlinked) == expected, links
    (finding,) = [f for f in assess(two_teams(links=(link,))).findings if f.kind == "unlinked"]
    assert finding.severity.value == pytest.approx(2 / 0.75 * 100)


def test_support_is_a_profile_with_its_bottleneck_and_what_nobody_stated_is_no_gap(service_desk: Boundaries) -> None:
    system = templates.read("service-desk")
    found = {(one.function, one.by): one for one in service_desk.support}
    recover = found["recover-account", "application-analyst"]
    assert recover.bottleneck == "skill"  # 0.8 of the standard, drilled four times a year
    assert "incentive" in recover.unknown  # the model names no practice
    assert found["register", "desk-agent"].bottleneck == "" and found["register", "desk-agent"].unknown == ("skill",)
    machine = found["recover-account", "recovery-bot"]
    assert machine.direction == "technical" and machine.bottleneck == "transparency"
    pay = Practice(id="pay", roles=("desk-agent",), motivation=Parameter(value=0.2))
    paid = system.model_copy(update={"social": system.social.model_copy(update={"practices": (pay,)})})
    found = {(one.function, one.by): one for one in support_of(paid)}
    demands = {d.what: d for d in found["recover-account", "application-analyst"].demands}
    assert demands["incentive"].have == 0.0 and demands["incentive"].gap == 1.0
    assert found["recover-account", "desk-agent"].bottleneck == ""


def test_lacking_authority_is_the_bottleneck() -> None:
    system = templates.read("service-desk")
    roles = tuple(r.model_copy(update={"authority": ()}) if r.id == "desktop-technician" else r
                  for r in system.social.roles)  # fmt: skip
    weak = system.model_copy(update={"social": system.social.model_copy(update={"roles": roles})})
    found = {(one.function, one.by): one for one in support_of(weak)}
    assert found["diagnose-desktop", "desktop-technician"].bottleneck == "authority"


def test_one_organisation_and_no_links_are_said() -> None:
    system = two_teams()
    teams = (Team(id="front"), Team(id="back"))
    alone = system.model_copy(update={"social": system.social.model_copy(update={"teams": teams})})
    found = assess(alone).boundaries
    assert found.mean("organisation", "model") is None
    assert any("one organisation" in caution for caution in found.cautions)
    assert any("no formal link" in caution for caution in found.cautions)
