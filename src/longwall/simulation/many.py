"""Many scenarios in one call: their replications spread over threads or a cluster, results in order, memory bounded.

Replications are independent and keyed, so how they are shared out decides nothing: each scenario's result is the same
bits as from `run`, on one thread, on many, or on workers that come and go.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol

from longwall.errors import LongwallError
from longwall.provenance import hash_of_value
from longwall.simulation.compile import Compiled
from longwall.simulation.demand import arrivals_per_week
from longwall.simulation.experiment import (
    Progress,
    Replicated,
    Runs,
    assembled,
    default_threads,
    measured,
    played,
    prepare,
)
from longwall.simulation.scenario import Scenario

__all__ = ["Chunk", "Share", "run_many", "simulate_chunk"]

_EVENT_S = 0.4e-6
"""Processor time of an event; with `_REPLICATION_S` it only decides how work is shared out, never a result."""
_REPLICATION_S = 2e-3
"""Processor time that a replication takes besides its events: making its state, measuring its indicators."""
_LOCAL_CHUNK_S = 0.05
"""Work handed to a thread at once: much more than handing it over costs, little enough that all finish together."""
_KEPT = 32
"""Prepared scenarios that are kept, so that neighbours with the same system prepare it once."""


@dataclass(frozen=True)
class Share:
    """Replications `first` to `end` (exclusive) of one scenario."""

    scenario: Scenario
    first: int
    end: int


Chunk = tuple[Share, ...]
"""Shares that one thread or worker computes in a row."""


class Pool(Protocol):
    """Where chunks are computed."""

    chunk_s: float
    cautions: tuple[str, ...]

    def room(self) -> int:
        """Return how many chunks may be under way at once."""

    def submit(self, chunk: Chunk) -> Any:
        """Begin a chunk and return a ticket for it."""

    def result(self, ticket: Any) -> list[list[Replicated]]:
        """Return the replications of a chunk, share by share."""


class _Prepared:
    """The last few prepared scenarios, by what decides their tables."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Compiled] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, scenario: Scenario) -> Compiled:
        """Return the tables of a scenario; they are made once, also where several threads ask."""
        course = scenario.model_dump(mode="json", exclude={"system", "design", "seed", "replications"})
        key = hash_of_value([scenario.system.hash, course])
        with self._lock:
            compiled = self._kept.get(key)
            if compiled is None:
                compiled = prepare(scenario)
                self._kept[key] = compiled
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return compiled


_prepared = _Prepared()


def simulate_chunk(chunk: Chunk) -> list[list[Replicated]]:
    """Return the replications of a chunk, share by share; runs on any thread or worker.

    Raises
    ------
    SimulationError
        If a scenario cannot be simulated.
    """
    found = []
    for share in chunk:
        compiled = _prepared.of(share.scenario)
        plays = [played(compiled, share.scenario, k) for k in range(share.first, share.end)]
        found.append(measured(compiled, share.scenario, plays))
    return found


def run_many(
    scenarios: Iterable[Scenario],
    *,
    threads: int | None = None,
    cluster: str | None = None,
    allow_different: bool = False,
    progress: Progress | None = None,
) -> Iterator[Runs]:
    """Yield the runs of each scenario, in order, as soon as it and those before it are done.

    Use it for hundreds or thousands of scenarios, for example a sweep. Only the scenarios that are under way are held:
    scenarios may be made by a generator, and what is not kept by the caller is let go. Closing the iterator stops the
    work.

    Parameters
    ----------
    scenarios : iterable of Scenario
        Neighbours that share a work system share its preparation.
    threads : int, optional
        Of this process; default: `default_threads`. Not used with a cluster.
    cluster : str, optional
        Address of the scheduler of a Dask cluster, such as ``tcp://10.0.0.5:8786``; needs the extra
        ``longwall[cluster]`` here and Longwall on each worker.
    allow_different : bool
        Take workers with other versions, C library, processor features or sources as well, too; the bits may differ
        then, and each of the runs says so in `cautions`. Otherwise such workers are left out.
    progress : callable, optional
        Told the share that is done; it stays 0 where the number of scenarios is not known ahead.

    Yields
    ------
    Runs
        The same bits as `run` gives for the scenario alone.

    Raises
    ------
    SimulationError
        If a scenario cannot be simulated, its place in the row named; if the cluster cannot be reached (LW-SI-034), has
        no worker like this process (LW-SI-035), or is lost (LW-SI-036).
    WorkSystemError
        If a scheduled change of a scenario cannot be made, its place in the row named.
    MissingPart
        If a cluster is asked for and ``longwall[cluster]`` is not installed.
    """
    with contextlib.ExitStack() as stack:
        if cluster is None:
            pool: Pool = stack.enter_context(_Threads(threads or default_threads()))
        else:
            from longwall.simulation.cluster import Cluster

            pool = stack.enter_context(Cluster(cluster, allow_different=allow_different))
        yield from _runs(pool, scenarios, _Told(progress, scenarios))


def _runs(pool: Pool, scenarios: Iterable[Scenario], told: _Told) -> Iterator[Runs]:
    """Yield the runs of each scenario, put together from its shares."""
    results: list[Replicated] = []
    for chunk, parts in _in_order(pool, _chunks(scenarios, pool.chunk_s)):
        for share, part in zip(chunk, parts, strict=True):
            results += part
            told.more(len(part))
            if share.end == share.scenario.replications:
                runs = assembled(_prepared.of(share.scenario), share.scenario, results)
                results = []
                told.another()
                yield replace(runs, cautions=(*runs.cautions, *pool.cautions))


def _in_order(pool: Pool, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, list[list[Replicated]]]]:
    """Yield chunks with their results in order, with so many under way that nobody waits."""
    waiting: deque[tuple[Chunk, Any]] = deque()
    for chunk in chunks:
        waiting.append((chunk, pool.submit(chunk)))
        while len(waiting) >= pool.room():
            first, ticket = waiting.popleft()
            yield first, pool.result(ticket)
    while waiting:
        first, ticket = waiting.popleft()
        yield first, pool.result(ticket)


def _chunks(scenarios: Iterable[Scenario], chunk_s: float) -> Iterator[Chunk]:
    """Yield work in chunks of about `chunk_s` seconds, several scenarios in one where they are small."""
    chunk: list[Share] = []
    work_s = 0.0
    for place, scenario in enumerate(scenarios):
        each_s = _estimate_s(_prepared_at(place, scenario), scenario)
        first = 0
        while first < scenario.replications:
            wanted = max(1, math.ceil((chunk_s - work_s) / each_s))
            end = min(scenario.replications, first + wanted)
            chunk.append(Share(scenario, first, end))
            work_s += (end - first) * each_s
            first = end
            if work_s >= chunk_s:
                yield tuple(chunk)
                chunk, work_s = [], 0.0
    if chunk:
        yield tuple(chunk)


def _prepared_at(place: int, scenario: Scenario) -> Compiled:
    """Return the tables of a scenario; faults name its place in the row."""
    try:
        return _prepared.of(scenario)
    except LongwallError as error:
        where = f"scenarios.{place} ({scenario.design})"
        raise type(error)(*(replace(fault, where=f"{where}  {fault.where}") for fault in error.faults)) from error


def _estimate_s(compiled: Compiled, scenario: Scenario) -> float:
    """Return about how long one replication takes [s]; from arrivals and visits, so it is the same everywhere."""
    arrivals = arrivals_per_week(compiled.system, compiled.demand)
    per_week = float(arrivals @ (1.0 + compiled.flow.visits.sum(axis=1)))
    weeks = scenario.weeks + scenario.warm_up_weeks
    return _REPLICATION_S + _EVENT_S * weeks * per_week


class _Threads:
    """The threads of this process."""

    chunk_s = _LOCAL_CHUNK_S
    cautions: tuple[str, ...] = ()

    def __init__(self, threads: int) -> None:
        self._threads = max(1, threads)
        self._pool = ThreadPoolExecutor(self._threads, "longwall")

    def __enter__(self) -> _Threads:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def room(self) -> int:
        """Return how many chunks may be under way: enough that threads never wait for the slowest."""
        return 8 * self._threads

    def submit(self, chunk: Chunk) -> Future[list[list[Replicated]]]:
        """Begin a chunk."""
        return self._pool.submit(simulate_chunk, chunk)

    def result(self, ticket: Future[list[list[Replicated]]]) -> list[list[Replicated]]:
        """Return what a chunk gave."""
        return ticket.result()


class _Told:
    """Progress over all replications of all scenarios."""

    def __init__(self, progress: Progress | None, scenarios: Iterable[Scenario]) -> None:
        self._progress = progress
        known = scenarios if isinstance(scenarios, Sequence) else ()
        self._all, self._scenarios = sum(each.replications for each in known), len(known)
        self._replications = self._finished = 0

    def more(self, replications: int) -> None:
        """Tell that more replications are done."""
        self._replications += replications
        if self._progress is not None:
            of = f" of {self._scenarios}" if self._scenarios else ""
            share = self._replications / self._all if self._all else 0.0
            self._progress(share, f"simulating, scenario {self._finished + 1}{of}")

    def another(self) -> None:
        """Count a scenario as finished."""
        self._finished += 1
