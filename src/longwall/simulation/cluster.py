"""A Dask cluster as the place where chunks are computed: workers are vetted, and may die without a result being lost.

Needs the extra ``longwall[cluster]``; nothing else of Longwall imports it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from longwall.errors import Fault, MissingPart, SimulationError
from longwall.simulation.experiment import Replicated
from longwall.simulation.fingerprint import Fingerprint, fingerprint
from longwall.simulation.many import Chunk, simulate_chunk

__all__ = ["Answer", "Cluster", "on_worker"]

_CONNECT_S = 5.0
_FIRST_WORKER_S = 20.0
_LOOK_S = 2.0
"""How often one looks whether workers are still there while waiting for a result."""
_GIVE_UP_S = 60.0
"""How long a cluster may be without a worker that may work: a killed one is replaced within seconds."""
_MOST_DEATHS = 3
"""Times that a chunk is begun again after the cluster gave it up because worker after worker died on it."""
_CHUNK_S = 0.6
"""Work sent to a worker at once: half a second and more, beside which sending it costs little."""


@dataclass(frozen=True)
class Answer:
    """What a worker returns: what it is, and the replications, share by share; None where it was refused."""

    worker: str
    found: Fingerprint
    results: list[list[Replicated]] | None


def on_worker(chunk: Chunk, wanted: Fingerprint | None) -> Answer:
    """Simulate a chunk on a worker, unless another fingerprint is wanted; None: any will do."""
    from distributed import get_worker

    refused = wanted is not None and fingerprint() != wanted
    return Answer(str(get_worker().address), fingerprint(), None if refused else simulate_chunk(chunk))


@dataclass
class _Sent:
    """A chunk under way, the workers it may run on (None: all), and how often it was given up."""

    chunk: Chunk
    future: Any
    allowed: frozenset[str] | None
    deaths: int = 0


class Cluster:
    """The workers of a Dask cluster that are like this process, or all of them.

    Parameters
    ----------
    address : str
        Of the scheduler.
    allow_different : bool
        Take workers with another fingerprint as well.

    Raises
    ------
    MissingPart
        If ``longwall[cluster]`` is not installed (LW-XX-002).
    SimulationError
        If the scheduler does not answer within seconds (LW-SI-034), or no worker may be used (LW-SI-035).
    """

    chunk_s = _CHUNK_S

    def __init__(self, address: str, *, allow_different: bool = False) -> None:
        self.cautions: tuple[str, ...] = ()
        self._address, self._any = address, allow_different
        self._good: frozenset[str] = frozenset()
        self._bad: dict[str, str] = {}
        self._client = _connected(address)
        try:
            self._client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
            self._vet()
        except TimeoutError:
            self._client.close()
            raise _unlike(address, f"no worker within {_FIRST_WORKER_S:g} s", f"start some: dask worker {address}"
                          ) from None  # fmt: skip
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def room(self) -> int:
        """Return how many chunks may be under way: enough that no worker waits for the next."""
        threads = self._threads()
        return 4 + 2 * sum(threads[worker] for worker in threads if self._any or worker in self._good)

    def submit(self, chunk: Chunk) -> _Sent:
        """Send a chunk."""
        sent = _Sent(chunk, None, None)
        self._send(sent)
        return sent

    def result(self, ticket: _Sent) -> list[list[Replicated]]:
        """Return what a chunk gave, however many workers died meanwhile.

        Raises
        ------
        SimulationError
            LW-SI-036: if the scheduler is gone, no worker came back, or a chunk ended every worker that took it.
        """
        from distributed import CancelledError, KilledWorker

        without_since = None
        while True:
            try:
                answer = ticket.future.result(timeout=_LOOK_S)
            except TimeoutError:
                usable = self._look(ticket)
                without_since = None if usable else without_since or time.monotonic()
                if without_since is not None and time.monotonic() - without_since > _GIVE_UP_S:
                    raise _lost(self._address, f"no worker for {_GIVE_UP_S:g} s", "start workers, then run again"
                                ) from None  # fmt: skip
                continue
            except KilledWorker as error:
                ticket.deaths += 1
                if ticket.deaths > _MOST_DEATHS:
                    raise _lost(self._address, "workers that die again and again on the same piece of work",
                                "give workers more memory, and look at their logs") from error  # fmt: skip
                self._send(ticket)
                continue
            except (CancelledError, OSError) as error:
                raise _lost(self._address, "a scheduler that is gone", "start the cluster again, then run again"
                            ) from error  # fmt: skip
            self._note(answer.worker, answer.found)
            if answer.results is not None:
                found: list[list[Replicated]] = answer.results
                return found
            self._send(ticket)

    def _send(self, sent: _Sent) -> None:
        """Send a chunk to any worker, or, where some may not be used, to those that may."""
        sent.allowed = self._good if self._bad and not self._any else None
        sent.future = self._client.submit(
            on_worker,
            sent.chunk,
            None if self._any else fingerprint(),
            pure=False,
            workers=sorted(sent.allowed) if sent.allowed else None,
        )

    def _threads(self) -> dict[str, int]:
        """Return the threads of each worker that is there."""
        try:
            return dict(self._client.nthreads())
        except OSError as error:
            raise _lost(self._address, "a scheduler that is gone", "start the cluster again, then run again"
                        ) from error  # fmt: skip

    def _look(self, sent: _Sent) -> bool:
        """Tell whether a worker is there that may do a chunk; send it again where those it was meant for are gone."""
        there = set(self._threads())
        if sent.allowed is None:
            return bool(there)
        if there & sent.allowed:
            return True
        new = there - self._good - self._bad.keys()
        if new:
            self._ask(sorted(new))
        self._good &= there
        if self._good:
            sent.future.cancel()
            self._send(sent)
        return bool(self._good)

    def _vet(self) -> None:
        """Ask all workers what they are; refuse if none may be used."""
        self._ask(None)
        if not self._good:
            told = "; ".join(f"{worker}: {apart}" for worker, apart in sorted(self._bad.items()))
            raise _unlike(self._address, told, "install on the workers what is installed here, or allow workers that "
                          "differ (`--allow-different`), with other bits perhaps")  # fmt: skip

    def _ask(self, workers: list[str] | None) -> None:
        """Ask workers what they are and note it."""
        for worker, found in self._client.run(fingerprint, workers=workers, on_error="return").items():
            self._note(worker, found)

    def _note(self, worker: str, found: Any) -> None:
        """Note whether a worker is like this process; `found` is its fingerprint, or why it has none."""
        known = isinstance(found, Fingerprint)
        apart = fingerprint().apart(found) if known else f"{type(found).__name__}: {found}"
        if apart:
            self._bad[worker] = apart
        if not apart or (known and self._any):
            self._good |= {worker}
        else:
            self._good -= {worker}
        if self._any and self._bad:
            told = "; ".join(sorted(set(self._bad.values())))
            self.cautions = (f"computed on workers that are not like this process, so that bits may differ: {told}",)


def _connected(address: str) -> Any:
    """Return a client of a scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingPart(
            Fault("LW-XX-002", f"cluster {address}", "the package `distributed`", "that it is not installed",
                  "pip install 'longwall[cluster]'")
        ) from error  # fmt: skip
    client: Any = Client.__new__(Client)
    try:
        client.__init__(address, timeout=_CONNECT_S, set_as_default=False)
    except BaseException as error:
        # The garbage collector would close it while another client starts, and wait for ever for a lock that one holds.
        client.close()
        if not isinstance(error, OSError | ValueError | TypeError):
            raise
        raise SimulationError(
            Fault("LW-SI-034", f"cluster {address}", "the address of the scheduler of a Dask cluster that runs",
                  f"no answer within {_CONNECT_S:g} s ({type(error).__name__})",
                  "look at the address, such as tcp://10.0.0.5:8786, and whether `dask scheduler` runs there")
        ) from error  # fmt: skip
    return client


def _unlike(address: str, found: str, do: str) -> SimulationError:
    """Return the error of a cluster without a worker that may be used."""
    return SimulationError(Fault("LW-SI-035", f"cluster {address}", "a worker like this process", found, do))


def _lost(address: str, found: str, do: str) -> SimulationError:
    """Return the error of a cluster that cannot go on."""
    return SimulationError(Fault("LW-SI-036", f"cluster {address}", "a cluster that goes on", found, do))
