"""Parallel parts: planted forks are found with their branches and put into the model; loops and choices are not."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from longwall.discovery import discover
from longwall.discovery.flow import functions_of
from longwall.discovery.parallel import parallel_parts
from longwall.discovery.threads import enabled_by
from longwall.discovery.traces import traces_of
from longwall.evidence import Log
from longwall.simulation import Scenario, simulate_log
from longwall.worksystem import WorkSystem
from longwall.worksystem.checks import check_system

from .conftest import Row, build

ROLES = ("clerk", "tester", "writer")


def system(*, fork: bool, optional: float = 1.0) -> WorkSystem:
    """Open; then test, then report, beside write (left out at times); then close. Plenty of people."""
    functions = [
        {"id": name, "work_h": {"mean_h": hours, "shape": "lognormal", "cv": 0.5}, "roles": [role]}
        for name, hours, role in (
            ("open", 0.2, "clerk"), ("test", 1.0, "tester"), ("report", 0.5, "tester"), ("write", 1.5, "writer"),
            ("close", 0.3, "clerk"),
        )
    ]  # fmt: skip
    routes = [("start", "open", 1.0), ("test", "report", 1.0), ("close", "end", 1.0)]
    forks = []
    if fork:
        forks = [{"id": "both", "after": "open", "branches": ["test", "maybe"], "join": "close"}]
        functions.append({"id": "maybe"})
        routes += [("maybe", "write", optional), ("report", "close", 1.0), ("write", "close", 1.0)]
        if optional < 1.0:
            routes.append(("maybe", "close", 1.0 - optional))
    else:
        # One after the other, in either order at random: starts show that they never overlap.
        routes += [("open", "test", 0.5), ("open", "write", 0.5), ("report", "close", 1.0), ("write", "close", 1.0)]
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "social": {
                "teams": [{"id": "all"}],
                "roles": [
                    {"id": r, "team": "all", "shifts": [{"people": 9, "hours": "mon-fri 08:00-18:00"}]} for r in ROLES
                ],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 180, "profile": {"mon-fri": [0] * 8 + [1] * 5 + [0] * 11}}],
                "functions": functions,
                "routes": [{"source": s, "target": t, "probability": p} for s, t, p in routes],
                "forks": forks,
            },
        }
    )


def log_of(model: WorkSystem, *, starts: bool = True, weeks: int = 4) -> Log:
    """A log that a system leaves behind."""
    frame = simulate_log(
        Scenario(system=model, weeks=weeks, warm_up_weeks=1, replications=2, seed=5, begins="2024-01-01")
    )
    hour = pl.col("start", "end").dt.epoch("us") / 3.6e9
    table = frame.with_columns(hour).select("case", "activity", "resource", "team", "start", "end")
    base = datetime(2024, 1, 1, tzinfo=UTC).timestamp() / 3600
    rows: list[Row] = [(c, a, r, t, (s if starts else e) - base, e - base) for c, a, r, t, s, e in table.iter_rows()]
    return build(rows, starts=starts)


def lead_h(log: Log) -> np.ndarray:
    return np.asarray(log.departure_h - log.arrival_h)


@pytest.fixture(scope="module")
def forked() -> Log:
    return log_of(system(fork=True))


@pytest.mark.parametrize("starts", [True, False])
def test_a_planted_fork_is_found_and_keeps_lead_times(starts: bool) -> None:
    log = log_of(system(fork=True), starts=starts)
    found = discover(log, name="Desk", seed=0, overrides={"rounds": 2})
    assert not check_system(found.system)
    (fork,) = found.system.work.forks
    assert (fork.after, set(fork.branches), fork.join) == ("open", {"test", "write"}, "close")
    assert "work.forks.parallel-1" in found.provenance
    again = log_of(found.system, starts=starts)
    # Fails when the branches follow one another: 0.2 + 1.5 + 1.5 + 0.3 h and more queues, not 0.2 + 1.8 + 0.3 h.
    assert np.median(lead_h(again)) == pytest.approx(np.median(lead_h(log)), rel=0.2)


def test_a_branch_that_is_left_out_at_times_gets_a_gateway() -> None:
    log = log_of(system(fork=True, optional=0.9))
    found = discover(log, name="Desk", seed=0, overrides={"rounds": 0}).system
    assert not check_system(found)
    (fork,) = found.work.forks
    (gate,) = [name for name in fork.branches if name != "test"]
    into = {route.target: route.probability for route in found.work.routes if route.source == gate}
    assert set(into) == {"write", "close"}
    # Binomial, 700 items: four standard errors are .045.
    assert into["write"].value == pytest.approx(0.9, abs=0.045)
    assert into["write"].low is not None
    # Nobody does anything in the gateway, so it leaves no event.
    assert set(log_of(found).activities) == {"open", "test", "report", "write", "close"}


def test_a_choice_and_a_loop_are_no_fork() -> None:
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for case in range(400):
        at, path = 3.0 * case, ["open"]
        path += ["ask", "answer"] * int(rng.integers(1, 4)) if rng.random() < 0.5 else ["answer", "ask"]
        for place, step in enumerate([*path, "close"]):
            rows.append((case, step, "p", None, at + place, at + place + 0.5))
    for starts in (True, False):
        log = build(rows, starts=starts)
        assert not parallel_parts(log, traces_of(log), functions_of(log), seed=0)
    log = log_of(system(fork=False))
    assert not discover(log, name="Desk", seed=0, overrides={"rounds": 0}).system.work.forks


def test_steps_that_never_overlap_are_not_parallel_where_starts_are_logged() -> None:
    """Either order, each once, but one person does both, one after the other."""
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    for case in range(300):
        path = ["open", *rng.permutation(["count", "weigh"]).tolist(), "close"]
        rows += [
            (case, step, "p", None, 5.0 * case + place, 5.0 * case + place + 0.9) for place, step in enumerate(path)
        ]
    log = build(rows)
    assert not parallel_parts(log, traces_of(log), functions_of(log), seed=0)


def test_what_enables_an_event_is_the_step_before_in_its_branch(forked: Log) -> None:
    functions, traces = functions_of(forked), traces_of(forked)
    parts = parallel_parts(forked, traces, functions, seed=0)
    names = np.array(functions.names)
    ready = enabled_by(forked.case.astype(np.int64), functions.of_event, len(names), parts)
    before = {
        step: set(names[functions.of_event[ready[rows]]])
        for step in ("test", "report", "write", "close")
        for rows in [np.flatnonzero(names[functions.of_event] == step)]
    }
    assert before == {"test": {"open"}, "report": {"test"}, "write": {"open"}, "close": {"report", "write"}}
    # No step begins before what let it begin had ended, which is what a fork is for.
    some = ready >= 0
    assert (forked.start_h[some] >= forked.end_h[ready[some]] - 1e-6).all()


def test_relabelling_cases_changes_no_part(forked: Log) -> None:
    one = parallel_parts(forked, traces_of(forked), functions_of(forked), seed=0)
    two = parallel_parts(forked, traces_of(forked), functions_of(forked), seed=99)
    assert one == two  # everything is counted below 20,000 cases, whatever the seed
