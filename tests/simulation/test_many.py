"""Many scenarios: the bits of each alone, in order, whatever the threads or workers, also if a worker is killed."""

from __future__ import annotations

import gc
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clustered
import numpy as np
import pytest

from longwall.errors import MissingPart, SimulationError
from longwall.simulation import Scenario, compile_system, run, run_many
from longwall.simulation import many as many_module

_PATH = Path(__file__).with_name("clustered.py")
SWEEP = clustered.sweep(weeks=4)


@pytest.fixture(scope="module")
def alone() -> list[str]:
    return clustered.digests(run(scenario, threads=1) for scenario in SWEEP)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_same_bits_as_one_by_one(threads: int, alone: list[str]) -> None:
    # Caught when the shares of a scenario were put together in the order in which they came back.
    assert clustered.digests(run_many(iter(SWEEP), threads=threads)) == alone


@pytest.mark.parametrize("chunk_s", [1e-9, 0.02, 0.1, 1e9])
def test_chunks_hold_every_replication_once_and_in_order(chunk_s: float) -> None:
    shares = [share for chunk in many_module._chunks(SWEEP, chunk_s) for share in chunk]
    assert [share.scenario.design for share in shares if share.first == 0] == [each.design for each in SWEEP]
    for scenario in SWEEP:
        of = [share for share in shares if share.scenario is scenario]
        assert [k for share in of for k in range(share.first, share.end)] == list(range(scenario.replications))
    sizes = [sum(share.end - share.first for share in chunk) for chunk in many_module._chunks(SWEEP, chunk_s)]
    assert max(sizes) == 1 if chunk_s < 1e-6 else len(sizes) == 1 if chunk_s > 1 else max(sizes) > 1


def test_a_system_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = many_module.prepare
    monkeypatch.setattr(many_module, "prepare", lambda scenario: (asked.append(scenario.design), real(scenario))[1])
    monkeypatch.setattr(many_module, "_prepared", many_module._Prepared())
    scenarios = [Scenario(system=SWEEP[0].system, weeks=1, warm_up_weeks=0, replications=2, seed=k) for k in range(40)]
    assert len(list(run_many(scenarios, threads=4))) == 40
    assert len(asked) == 1


def test_memory_is_bounded_by_what_is_under_way() -> None:
    made = 0

    def scenarios() -> Iterator[Scenario]:
        nonlocal made
        for k in range(4000):
            made += 1
            yield Scenario(system=SWEEP[1].system, weeks=1, warm_up_weeks=0, replications=2, seed=k)

    runs = run_many(scenarios(), threads=2)
    for _ in range(3):
        next(runs)
    assert made < 500
    runs.close()
    assert made < 500


def test_a_scenario_that_cannot_be_simulated_is_named() -> None:
    wrong = SWEEP[2].model_copy(update={"begins": "2024-01-02"})
    with pytest.raises(SimulationError, match=r"scenarios\.1 \(d2\)  scenario\.begins"):
        list(run_many([SWEEP[1], wrong], threads=1))


def test_progress_rises_to_one_where_the_number_is_known() -> None:
    told: list[float] = []
    list(run_many(SWEEP, threads=2, progress=lambda share, _: told.append(share)))
    assert told == sorted(told)
    assert told[-1] == 1.0
    told.clear()
    list(run_many(iter(SWEEP[:2]), threads=2, progress=lambda share, _: told.append(share)))
    assert set(told) == {0.0}


def test_the_estimate_orders_work_as_time_does() -> None:
    short, long = SWEEP[1], SWEEP[1].model_copy(update={"weeks": 200})
    compiled = compile_system(short.system)
    assert many_module._estimate_s(compiled, long) > 10 * many_module._estimate_s(compiled, short)


# Over a cluster


@pytest.fixture(scope="module")
def on_cluster() -> dict[str, Any]:
    """What came of the sweep on a cluster of processes, once for all tests."""
    done = subprocess.run([sys.executable, str(_PATH)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_a_killed_worker_costs_time_not_results(on_cluster: dict[str, Any]) -> None:
    # The worker is ended with SIGKILL after a tenth of the work. Caught when results came in the order of arrival.
    assert "killed" in on_cluster["done"]
    assert on_cluster["killed"] == {"digests": on_cluster["alone"], "cautions": [[]] * len(SWEEP)}


def test_a_worker_that_differs_is_refused(on_cluster: dict[str, Any]) -> None:
    assert on_cluster["unlike"] == {"digests": on_cluster["alone"], "cautions": [[]] * len(SWEEP)}
    [fault] = on_cluster["all-unlike"]["faults"]
    assert fault["code"] == "LW-SI-035"
    assert "numba 0.1.0 instead of" in fault["found"]


def test_a_worker_that_differs_is_said_where_it_is_allowed(on_cluster: dict[str, Any]) -> None:
    assert on_cluster["allowed"]["digests"] == on_cluster["alone"]
    for cautions in on_cluster["allowed"]["cautions"]:
        assert len(cautions) == 1
        assert "numba 0.1.0 instead of" in cautions[0]


def test_a_scheduler_that_is_gone_is_said(on_cluster: dict[str, Any]) -> None:
    assert "closed" in on_cluster["done"]
    [fault] = on_cluster["gone"]["faults"]
    assert fault["code"] == "LW-SI-036"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "tcp://", "x://y:1"])
def test_no_cluster_there_is_said_within_seconds(address: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    begin = time.monotonic()
    with pytest.raises(SimulationError, match="LW-SI-034"):
        next(run_many(SWEEP, cluster=address.format(port=port)))
    assert time.monotonic() - begin < 15


def test_a_client_that_found_no_cluster_is_closed_and_not_left_to_the_garbage_collector() -> None:
    """Caught when it was closed while the next one started, and both waited for the same lock for ever."""
    from distributed import Client

    gc.disable()
    try:
        for address in ("tcp://", "x://y:1"):
            with pytest.raises(SimulationError, match="LW-SI-034"):
                next(run_many(SWEEP, cluster=address))
        left = [one for one in gc.get_objects() if type(one) is Client]
        assert [one.status for one in left if one.status != "closed"] == []
    finally:
        gc.enable()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPart, match=r"longwall\[cluster\]"):
        next(run_many(SWEEP, cluster="tcp://127.0.0.1:1"))


def test_importing_longwall_imports_no_dask() -> None:
    code = "import sys, longwall.simulation, longwall.study, longwall.cli.commands; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    loaded = set(done.stdout.split())
    assert "longwall.simulation.many" in loaded
    assert not {"dask", "distributed", "longwall.simulation.cluster"} & loaded
    assert np.__name__ in loaded
