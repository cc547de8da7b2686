"""Two identities on every run, over small random systems: what came is accounted for, and presence adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.simulation import Scenario, run, simulate_log
from longwall.worksystem import WorkSystem

BEGINS = 1_704_067_200_000_000
HOUR = 3_600_000_000
HOURS = ["always", "mon-fri 08:00-16:00", "sat 22:00-06:00, sun 12:00-13:00", "mon-sun 20:00-08:00"]


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda x: round(x, 6))


@st.composite
def work_of(draw: Any, most: float) -> dict[str, Any]:
    shape = draw(st.sampled_from(["exponential", "fixed", "lognormal"]))
    return {"shape": shape, "mean_h": draw(numbers(0.0, most)), "cv": draw(numbers(0.1, 3.0))}


@st.composite
def networks(draw: Any, impatient: bool = True) -> dict[str, Any]:
    """Items come in, pass one to four functions with loops, and go; each way in and out is a function of its own."""
    roles = [f"r{k}" for k in range(draw(st.integers(1, 3)))]
    names = [f"f{k}" for k in range(draw(st.integers(1, 4)))]
    functions: list[dict[str, Any]] = [{"id": "come"}, {"id": "go"}]
    routes: list[dict[str, Any]] = [{"source": "start", "target": "come"}, {"source": "go", "target": "end"}]
    for k, name in enumerate(names):
        able = draw(st.lists(st.sampled_from(roles), min_size=1, unique=True))
        functions.append({"id": name, "work_h": draw(work_of(2.0)), "roles": able,
                          "rule": draw(st.sampled_from(["longest_idle", "most_skilled", "least_loaded"]))})  # fmt: skip
        if draw(st.booleans()):
            functions[-1]["delay_h"] = draw(work_of(30.0))
        onward = [*names[k + 1 :], "go"]
        back = draw(st.sampled_from([0.0, 0.1, 0.5]))
        target = draw(st.sampled_from(names[: k + 1]))
        ahead = draw(st.lists(st.sampled_from(onward), min_size=1, max_size=2, unique=True))
        if back:
            routes.append({"source": name, "target": target, "probability": back})
        routes += [{"source": name, "target": t, "probability": (1 - back) / len(ahead)} for t in ahead]
    routes.append({"source": "come", "target": names[0]})
    demand = []
    for k in range(draw(st.integers(1, 3))):
        kind: dict[str, Any] = {"id": f"d{k}", "per_week": draw(numbers(1, 150)), "priority": draw(st.integers(0, 2))}
        kind["batch"] = draw(st.integers(1, 6))
        if impatient and draw(st.booleans()):
            kind["patience_h"] = draw(work_of(10.0))
        demand.append(kind)
    crews = [
        {"id": r, "team": "t", "shifts": [{"people": draw(st.integers(1, 4)), "hours": draw(st.sampled_from(HOURS))}]}
        for r in roles
    ]
    return {
        "id": "network", "person_state": draw(st.booleans()),
        "social": {"teams": [{"id": "t"}], "roles": crews},
        "work": {"demand": demand, "functions": functions, "routes": routes},
    }  # fmt: skip


@st.composite
def desks(draw: Any) -> dict[str, Any]:
    """A network with what desks have beside: interruptions, ends of shifts, on-call, surges, reopening, forks."""
    data = draw(networks())
    some = st.booleans()
    work, names = data["work"], [fn["id"] for fn in data["work"]["functions"][2:]]
    data["technical"] = {"components": [
        {"id": "net", "time_between_failures_h": draw(numbers(2, 200)), "repair_h": draw(work_of(10.0))}
    ]}  # fmt: skip
    for fn in work["functions"][2:]:
        fn["when_interrupted"] = draw(st.sampled_from(["finish", "park"]))
        fn["at_shift_end"] = draw(st.sampled_from(["finish", "park", "hand_over"]))
        fn["resume_h"], fn["setup_h"] = draw(work_of(0.5)), draw(work_of(0.5))
        fn["uses"] = ["net"] if draw(some) else []
        fn["waits_for"] = draw(st.sampled_from(["", "customer", "supplier"])) if "delay_h" in fn else ""
    for kind in work["demand"]:
        kind |= {"interrupts": draw(some), "due_h": draw(numbers(0.5, 40)), "clock": draw(st.sampled_from(HOURS))}
        if draw(some):
            kind |= {"escalates_after_h": draw(numbers(0.1, 20)), "escalates_to": draw(st.integers(0, 2))}
        if draw(some):
            target = draw(st.sampled_from(names))
            kind["reopens"] = {"probability": draw(numbers(0, 0.6)), "delay_h": draw(work_of(60.0)), "target": target}
        if draw(some):
            kind["while_down"] = {"net": draw(numbers(0, 4))}
    first, *others = [kind["id"] for kind in work["demand"]]
    source = draw(st.sampled_from(["net", *others]))
    if draw(some):
        surge = {"source": source, "items": draw(numbers(1, 20)), "within_h": draw(numbers(0.01, 10))}
        work["demand"][0]["surges"] = [surge | {"merges": draw(numbers(0, 1))}]
    if len(names) > 1 and draw(some):
        branches = draw(st.lists(st.sampled_from(names), min_size=2, unique=True))
        fork = {"id": "both", "after": "come", "branches": branches, "join": "go"}
        work["forks"] = [fork if draw(some) else fork | {"demand": first}]
    for role in data["social"]["roles"]:
        role["absence"] = draw(st.sampled_from([0.0, 0.2]))
        if draw(some):
            role["shifts"].append({"people": 1, "hours": "mon-sun 18:00-08:00", "on_call": True, "calls_up_to": 1,
                                   "response_h": draw(work_of(1.0))})  # fmt: skip
        if data["person_state"]:
            role |= {"leaving_per_year": draw(numbers(0, 20)), "replacement_h": draw(work_of(200.0))}
    return data


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@SETTINGS
@given(st.one_of(networks(), desks()), st.integers(0, 2**62), st.integers(0, 2))
def test_what_came_is_accounted_for(data: dict[str, Any], seed: int, warm_up: int) -> None:
    # Caught when presence before the weeks that count was added to the overlaps.
    system = WorkSystem.model_validate(data)
    runs = run(Scenario(system=system, weeks=2, warm_up_weeks=warm_up, replications=2, seed=seed), threads=1)
    assert (runs.balance[:, 0] == 0).all()
    assert np.abs(runs.balance[:, 1]).max() <= 1e-9


@SETTINGS
@given(networks(impatient=False), st.integers(0, 2**62))
def test_presence_is_what_the_log_shows(data: dict[str, Any], seed: int) -> None:
    # A third way of counting: from the first to the last row of each item. Caught when the time up to a change was
    # counted with the number after it.
    weeks, system = 3, WorkSystem.model_validate(data)
    scenario = Scenario(system=system, weeks=weeks, warm_up_weeks=0, replications=2, seed=seed, begins="2024-01-01")
    runs = run(scenario, threads=1)
    log = simulate_log(scenario)
    hours = (pl.col("end").to_physical() - BEGINS) / HOUR
    came, went = (log.filter(pl.col("activity") == name).select("case", hours) for name in ("come", "go"))
    both = came.join(went, on="case", how="left", suffix="_go")
    stays = both["end_go"].fill_null(168.0 * weeks) - both["end"]
    assert len(came) == came["case"].n_unique()
    assert runs.column("throughput_per_week")[0] * weeks == len(went)
    assert abs(runs.column("backlog")[0] * 168 * weeks - stays.sum()) <= 1e-8 * max(len(both), 1) * 168
