"""From logs to work systems: planted truths are found again, real logs give sound systems, nobody can be told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from longwall import simulation, templates
from longwall.discovery import Discovered, discover
from longwall.discovery.assemble import _enough
from longwall.discovery.calendars import shifts_of
from longwall.discovery.demand import classes_of
from longwall.discovery.flow import flow_of, functions_of
from longwall.discovery.labels import ids_of
from longwall.discovery.teams import pooled_groups
from longwall.discovery.traces import traces_of
from longwall.errors import DiscoveryError
from longwall.evidence import Log, ingest, read_log
from longwall.worksystem import Shift, people_by_hour
from longwall.worksystem.checks import check_system
from longwall.worksystem.patches import apply
from longwall.worksystem.yamlfile import read_interventions

from .conftest import FILES, Row, build, steps
from .test_footings import assert_founded

WEEKS = 8


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Discovered:
    """What is found in a log that the service desk with its two planted faults would leave behind."""
    faulty = apply(templates.read("service-desk"), read_interventions(templates.path("planted-faults")))
    scenario = simulation.Scenario(system=faulty, weeks=WEEKS, replications=2, seed=3, begins="2025-01-06")
    folder = tmp_path_factory.mktemp("planted")
    simulation.simulate_log(scenario).write_csv(folder / "log.csv")
    ingest(folder / "log.csv", folder / "log.duckdb", key=b"a key for tests, long enough")
    return discover(read_log(folder / "log.duckdb"), name="Planted", seed=0, overrides={"rounds": 0})


def test_planted_demand_people_and_work_are_found(planted: Discovered) -> None:
    truth = templates.read("service-desk")
    system = planted.system
    assert not check_system(system)
    # 2,118 a week; the standard error of eight Poisson weeks is 16, and rounding by priority loses nobody.
    assert sum(d.per_week.value for d in system.work.demand) == pytest.approx(2118, rel=0.03)
    people = {team.id: 0 for team in truth.social.teams}
    for role in truth.social.roles:
        people[role.team] += role.head_count
    found = {role.team: role.head_count for role in system.social.roles}
    for team, count in people.items():
        assert abs(found[team] - count) <= 1, team
    for function in ("register", "triage", "resolve-first-line", "repair-desktop", "solve-application", "close"):
        assert system.functions[function].work_h.mean_h == pytest.approx(
            truth.functions[function].work_h.mean_h, rel=0.12
        )
        assert system.functions[function].work_h.footing == "counted"
    hours = sum(shift.people * shift.hours_per_week for role in system.social.roles for shift in role.shifts)
    true = sum(shift.people * shift.hours_per_week for role in truth.social.roles for shift in role.shifts)
    assert hours == pytest.approx(true, rel=0.25)


def test_planted_faults_are_found(planted: Discovered) -> None:
    system = planted.system
    bounce = next(v for v in system.variances if v.kind == "bounce" and v.origin == "diagnose-network")
    # Network sends three of four to Desktop, Desktop sends three of four back, less what routes with memory keep.
    assert 0.2 <= bounce.probability.value <= 0.4
    assert bounce.control is not None
    assert bounce.control.function == "diagnose-network"
    assert {d.function for d in bounce.detections} == {"diagnose-desktop"}
    recover = system.functions["recover-account"]
    assert recover.allocation.level >= 7
    component = system.components[recover.allocation.component or ""]
    assert component.kind == "automation"
    assert component.coverage.value >= 0.9
    assert len(planted.machine_like) == 1


def test_planted_routes_are_found(planted: Discovered) -> None:
    routes = planted.system.work.routes
    first = [r for r in routes if r.source == "start"]
    assert [(r.target, r.probability.value) for r in first] == [("register", 1.0)]
    ends = [r for r in routes if r.source == "close" and r.target == "end" and not r.after and r.demand is None]
    assert not ends or ends[0].probability.value > 0.95
    again = next(v for v in planted.system.variances if v.kind == "rework" and v.origin == "triage")
    assert again.probability.value == pytest.approx(0.06, abs=0.012)  # customers who are not satisfied


@pytest.mark.parametrize(
    "name",
    [
        name if name in ("helpdesk", "loan_application", "receipt") else pytest.param(name, marks=pytest.mark.long)
        for name in FILES
        if name != "bpic2012"
    ],
)
def test_real_logs_give_sound_systems_that_run(real_log: Callable[[str], Log], name: str) -> None:
    found = discover(real_log(name), name=name, seed=0, overrides={"rounds": 1})
    assert not check_system(found.system)
    assert found.calibration
    assert_founded(found)
    assert all(
        path.split(".")[0] in ("boundary", "social", "technical", "variances", "work") for path in found.provenance
    )
    footings = {function.work_h.footing for function in found.system.work.functions}
    assert ("counted" in footings) == real_log(name).starts_logged or footings == {"assumed"}
    again = Discovered.model_validate(json.loads(found.model_dump_json()))
    assert again == found


def test_the_same_seed_gives_the_same_model(real_log: Callable[[str], Log]) -> None:
    log = real_log("loan_application")
    one, two = (discover(log, name="Loan", seed=0, overrides={"rounds": 1}) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()


def random_log(seed: int, people: int, cases: int = 150) -> list[Row]:
    """Office cases; person k needs k tenths of an hour more than the others, as an attacker would look for."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for case in range(cases):
        at = 168.0 * (case // 15) + 24.0 * rng.integers(5) + 8 + 7 * rng.random()
        for place, step in enumerate(("Open", "Check", "Close")):
            person = int(rng.integers(people))
            begin = at + 1.5 * place
            rows.append((case, step, f"p{person}", None, begin, begin + 0.2 + 0.1 * person))
    return rows


def test_relabelling_people_and_rows_changes_nothing() -> None:
    rows = random_log(1, 12)
    renamed = [(f"{c:04d}", a, f"x{(int(p[1:]) * 5 + 3) % 12:02d}", t, s, e) for c, a, p, t, s, e in reversed(rows)]
    one = discover(build(rows), name="A", seed=0, overrides={"rounds": 0})
    two = discover(build(renamed), name="A", seed=0, overrides={"rounds": 0})
    assert one.system.social == two.system.social
    assert one.system.work.demand == two.system.work.demand
    assert {f.id: f.work_h for f in one.system.work.functions} == {f.id: f.work_h for f in two.system.work.functions}


def test_no_speed_or_hours_of_fewer_than_five() -> None:
    """Two people alone do a step, very slowly: their speed shows nowhere, not even as a difference."""
    rows = random_log(2, 12)
    slow = [
        (c, "Audit", f"s{c % 2}", None, 168.0 * (c // 15) + 100.0, 168.0 * (c // 15) + 107.0) for c in range(0, 150, 5)
    ]
    found = discover(build(rows + slow), name="A", seed=0, overrides={"rounds": 0})
    audit = found.system.functions["audit"].work_h
    assert audit.mean_h < 6.0  # theirs is 7 h
    sharing = [f for f in found.system.work.functions if f.work_h == audit or f.work_h.mean_h == audit.mean_h]
    assert len(sharing) >= 2
    text = found.model_dump_json()
    assert "p11" not in text
    assert '"s0"' not in text


def test_a_team_of_four_shows_heads_but_no_speed() -> None:
    found = discover(build(random_log(3, 4)), name="Four", seed=0, overrides={"rounds": 0})
    assert found.system.people <= 4
    for function in found.system.work.functions:
        assert function.work_h.footing == "assumed"
    for role in found.system.social.roles:
        assert {shift.hours for shift in role.shifts} <= {
            "mon-fri 08:00-17:00",
            "mon-fri 08:00-16:00",
            "mon-wed 08:00-17:00",
        }


def test_pools_hold_five_and_keep_what_is_large_enough() -> None:
    sets = [frozenset({1}), frozenset({2, 3}), frozenset(range(10, 20)), frozenset({4, 5, 6})]
    pool = pooled_groups(sets)
    for number in set(pool):
        assert len(frozenset().union(*(s for s, p in zip(sets, pool, strict=True) if p == number))) >= 5
    assert pooled_groups([frozenset({1, 2}), frozenset({2, 3})]) == [-1, -1]


def test_shifts_add_up_to_presence() -> None:
    truth = (Shift(people=6, hours="mon-fri 07:00-15:00"), Shift(people=4, hours="mon-fri 10:00-18:00"))
    present = people_by_hour(truth)
    found = shifts_of(present, 10)
    assert sum(shift.people for shift in found) == 10
    assert np.abs(people_by_hour(found) - present).sum() <= 0.1 * present.sum()


def test_memory_is_taken_only_where_it_earns_its_keep() -> None:
    rng = np.random.default_rng(1)
    chain = [
        steps(n, "A" if rng.random() < 0.5 else "B", "X", "C" if rng.random() < 0.5 else "D", at=10.0 * n)
        for n in range(1500)
    ]
    log = build([row for rows in chain for row in rows])
    traces = traces_of(log)
    assert flow_of(log, traces, functions_of(log), classes_of(log, traces), seed=0).memory == 0
    tied = [steps(n, *("AXC" if rng.random() < 0.5 else "BXD"), at=10.0 * n) for n in range(400)]
    log = build([row for rows in tied for row in rows])
    traces = traces_of(log)
    flow = flow_of(log, traces, functions_of(log), classes_of(log, traces), seed=0)
    assert flow.memory == 1
    for step in flow.steps:
        assert sum(step.probability) == pytest.approx(1.0, abs=1e-12)
        assert all(low <= p <= high for low, p, high in zip(step.low, step.probability, step.high, strict=True))


def test_the_edge_of_the_log_does_not_end_cases() -> None:
    """Every case takes A, then B ten days later; the log stops, and the last ten cases have only A."""
    rows = [row for n in range(100) for row in steps(n, "A", "B", at=24.0 * n, gap=240.0) if row[5] <= 24.0 * 100]
    log = build(rows)
    traces = traces_of(log)
    assert traces.finished.sum() == pytest.approx(91, abs=2)
    flow = flow_of(log, traces, functions_of(log), classes_of(log, traces), seed=0)
    after_a = next(step for step in flow.steps if step.source == 0)
    assert dict(zip(after_a.targets, after_a.probability, strict=True))[1] > 0.97


def test_eighty_functions_at_most() -> None:
    rows = [row for n in range(300) for row in steps(n, "A", f"rare {n % 120}", "C", at=5.0 * n)]
    functions = functions_of(build(rows))
    assert len(functions.names) == 80
    assert len(functions.folded) == 122 - 79


def test_a_log_without_people() -> None:
    rows = [(c, a, None, t, s, e) for c, a, _, t, s, e in random_log(4, 6)]
    found = discover(build(rows), name="Nobody", seed=0, overrides={"rounds": 1})
    assert not check_system(found.system)
    assert any("names no people" in caution for caution in found.cautions)


def test_too_thin_evidence_is_refused() -> None:
    with pytest.raises(DiscoveryError) as caught:
        discover(build(steps(1, "A", "B")), name="One", seed=0)
    assert caught.value.faults[0].code == "LW-DI-001"
    with pytest.raises(DiscoveryError) as caught:
        _enough(build([row for n in range(20) for row in steps(n, "A", "B", at=5.0)]))
    assert caught.value.faults[0].code == "LW-DI-002"
    with pytest.raises(DiscoveryError) as caught:
        discover(build(random_log(1, 6)), name="A", seed=0, overrides={"roundz": 1})
    assert caught.value.faults[0].code == "LW-DI-003"


def test_ids() -> None:
    found = ids_of(["Start", "start", "Größe", "  ", "A/B", "A B", "x" * 200])
    assert len(set(found)) == len(found)
    assert found[:4] == ("start-2", "start-3", "groe", "unnamed") or found[2].startswith("gr")
    assert max(len(name) for name in found) <= 80


def test_nothing_of_the_machine_is_in_the_package() -> None:
    for path in (Path(__file__).resolve().parents[2] / "src" / "longwall" / "discovery").glob("*.py"):
        assert "print(" not in path.read_text(encoding="utf-8")
