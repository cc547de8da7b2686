"""A sweep on a real Dask cluster of processes, one of which dies or is unlike the rest; prints what came of it.

python clustered.py plain | killed | unlike | allowed | all-unlike | gone
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import busy

from longwall.errors import LongwallError
from longwall.simulation import Runs, Scenario, run, run_many
from longwall.worksystem import WorkSystem


def sweep(weeks: int = 20) -> list[Scenario]:
    """Several systems, some far larger than a chunk and some far smaller."""
    plain = WorkSystem.model_validate(busy.SYSTEM)
    still = plain.model_copy(update={"person_state": False})
    return [
        Scenario(system=(plain, still)[k % 2], design=f"d{k}", weeks=weeks if k % 3 == 0 else 2, warm_up_weeks=1,
                 replications=40 if k % 3 == 0 else 3, seed=k)
        for k in range(7)
    ]  # fmt: skip


def digests(found: Iterable[Runs]) -> list[str]:
    return [
        hashlib.blake2b(
            runs.values.tobytes() + runs.series.tobytes() + runs.events.tobytes() + runs.balance.tobytes()
        ).hexdigest()
        for runs in found
    ]


def be_another() -> None:
    """Let a worker say that it has another Numba."""
    from longwall.simulation import cluster, fingerprint

    other = replace(fingerprint.fingerprint(), numba="0.1.0")
    cluster.fingerprint = fingerprint.fingerprint = lambda: other  # type: ignore[assignment]


def on(address: str, progress: Any = None, **more: Any) -> dict[str, Any]:
    """Run the sweep on a cluster; what came of it, or why nothing did."""
    try:
        found = list(run_many(sweep(), cluster=address, progress=progress, **more))
    except LongwallError as error:
        return {"faults": [vars(fault) for fault in error.faults]}
    return {"digests": digests(found), "cautions": [list(runs.cautions) for runs in found]}


def main() -> None:
    from distributed import Client, LocalCluster

    done: list[str] = []
    said: dict[str, Any] = {}
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:
        address = str(local.scheduler_address)
        with Client(address, set_as_default=False) as client:
            pids = client.run(os.getpid)

            def kill(share: float, _: str) -> None:
                if share > 0.1 and "killed" not in done:
                    done.append("killed")
                    os.kill(pids[min(pids)], signal.SIGKILL)

            def close(share: float, _: str) -> None:
                if share > 0.1 and "closed" not in done:
                    done.append("closed")
                    local.sync(local.scheduler.close)

            said["killed"] = on(address, kill)
            client.wait_for_workers(2, timeout=60)
            workers = sorted(client.nthreads())
            client.run(be_another, workers=workers[:1])
            said["unlike"], said["allowed"] = on(address), on(address, allow_different=True)
            client.run(be_another, workers=workers[1:])
            said["all-unlike"] = on(address)
            left = client.run(os.getpid)
        said["gone"] = on(address, close, allow_different=True)
        said |= {"done": done, "alone": digests(run(scenario) for scenario in sweep())}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        # Without its scheduler the cluster takes half a minute to close in order.
        for pid in left.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os._exit(0)


if __name__ == "__main__":
    main()
