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
def networks(draw: Any, impatient: bool = True) -> WorkSystem:
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
    return WorkSystem.model_validate(
        {
            "id": "network", "person_state": draw(st.booleans()),
            "social": {"teams": [{"id": "t"}], "roles": crews},
            "work": {"demand": demand, "functions": functions, "routes": routes},
        }
    )  # fmt: skip


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@SETTINGS
@given(networks(), st.integers(0, 2**62), st.integers(0, 2))
def test_what_came_is_accounted_for(system: WorkSystem, seed: int, warm_up: int) -> None:
    # Caught when presence before the weeks that count was added to the overlaps.
    runs = run(Scenario(system=system, weeks=2, warm_up_weeks=warm_up, replications=2, seed=seed), threads=1)
    assert (runs.balance[:, 0] == 0).all()
    assert np.abs(runs.balance[:, 1]).max() <= 1e-9


@SETTINGS
@given(networks(impatient=False), st.integers(0, 2**62))
def test_presence_is_what_the_log_shows(system: WorkSystem, seed: int) -> None:
    # A third way of counting: from the first to the last row of each item. Caught when the time up to a change was
    # counted with the number after it.
    weeks = 3
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
