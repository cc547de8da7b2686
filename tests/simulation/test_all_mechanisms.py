"""Every mechanism on at once: identities, the same bits, growing pools."""

from __future__ import annotations

import copy
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import everything
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.simulation import Scenario, run
from longwall.simulation.experiment import play, prepare
from longwall.worksystem import WorkSystem

_PATH = Path(__file__).with_name("everything.py")


def scenario(data: dict[str, Any], **more: Any) -> Scenario:
    course = {"weeks": 5, "warm_up_weeks": 1, "replications": 2, "begins": "2024-01-08"} | more
    return Scenario(system=WorkSystem.model_validate(data), **course)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(0, 10**9), st.integers(0, 2**62))
def test_identities_hold_whatever_is_on(number: int, seed: int) -> None:
    # Items that came are those that left or are there; presence is what the stays of items cover.
    # Fails when a branch counts as an item that came or left.
    runs = run(scenario(everything.system_of(number), seed=seed), threads=1)
    assert (runs.balance[:, 0] == 0).all()
    assert np.abs(runs.balance[:, 1]).max() <= 1e-9


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(0, 10**9))
def test_no_row_is_lost(number: int) -> None:
    # Every row of items, tasks and people is free or in use by exactly one. Fails when the task of a branch is kept.
    s = scenario(everything.system_of(number))
    state = play(prepare(s), s, 0)
    item, task, worker = state.item, state.task, state.worker
    used = item.phase != 0
    assert used.sum() == state.clk.items[0]
    reads = (task.blocking == 0) & (task.state > 0)
    assert used.sum() + reads.sum() == state.clk.tasks[0]
    assert (task.state == 1).sum() == state.q_len.sum()
    piles = 0
    for p in range(len(worker)):
        t = int(worker.parked[p]) - 1
        while t >= 0:
            assert task.state[t] == 3
            piles += 1
            t = int(task.qn[t]) if task.qn[t] >= 0 else -1
    assert piles == (task.state == 3).sum()
    branches = np.bincount(item.parent[used & (item.parent >= 0)], minlength=len(item))
    assert (branches[used] == item.pending[used]).all()
    busy = worker.busy == 1
    assert len(set(worker.task[busy])) == busy.sum()
    assert (task.state[worker.task[busy]] == 2).all()


def test_same_bits_compiled_or_not() -> None:
    # Fails when an index is signed in one and unsigned in the other.
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(_PATH)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=300,
    )
    assert done.stdout.split() == [everything.short_digest(k) for k in range(3)]


@pytest.mark.parametrize("number", range(3))
def test_same_bits_for_any_order_of_rows_and_number_of_threads(number: int) -> None:
    # Caught when functions were numbered in the order of the file.
    data = everything.system_of(number)
    shuffled = copy.deepcopy(data)
    dice = random.Random(number)
    work, social = shuffled["work"], shuffled["social"]
    rows = [shuffled["technical"]["components"], shuffled["variances"], *work.values(), *social.values()]
    rows += [role["shifts"] for role in social["roles"]]
    rows += [fn["uses"] for fn in work["functions"] if "uses" in fn]
    for each in rows:
        dice.shuffle(each)
    assert shuffled != data
    digest = everything.digest(data, replications=4)
    assert everything.digest(shuffled, threads=2, replications=4) == digest


@pytest.mark.parametrize("number", range(3))
def test_logging_changes_no_bit(number: int) -> None:
    s = scenario(everything.system_of(number), weeks=3)
    compiled = prepare(s)
    plain = play(compiled, s, 0)
    rows = []
    logged = play(compiled, s, 0, 64, lambda state: (rows.append(int(state.clk.log_n[0])), state.clk.log_n.fill(0)))
    assert sum(rows) > 200
    for name in ("out_cls", "out_fn", "out_role", "out_comp", "hist", "gain", "bond", "worker"):
        assert getattr(plain, name).tobytes() == getattr(logged, name).tobytes(), name


def test_pools_grow_with_surges_of_thousands() -> None:
    # Everything on, and now and then 2,000 calls at once. Fails when a pool is too small for one instant.
    for number in (1,):
        data = everything.system_of(number)
        call = next(d for d in data["work"]["demand"] if d["id"] == "call")
        call["surges"] = [{"source": "net", "items": 2000, "merges": 0.5, "within_h": 1}]
        call["patience_h"] = {"shape": "exponential", "mean_h": 10}
        data["technical"]["components"][0]["time_between_failures_h"] = 400
        runs = run(scenario(data, weeks=26), threads=2)
        assert (runs.balance[:, 0] == 0).all()
        assert np.abs(runs.balance[:, 1]).max() <= 1e-9
        assert runs.column("backlog").min() > 1000
