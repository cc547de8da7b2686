"""A coarse answer at once, and better ones while one waits: each with its number of replications and its intervals."""

from __future__ import annotations

import time
from collections.abc import Iterator

from longwall.errors import Fault, SimulationError
from longwall.simulation.experiment import Runs, default_threads
from longwall.simulation.growing import Growing, extend
from longwall.simulation.scenario import Scenario

__all__ = ["refine"]


def refine(
    scenario: Scenario,
    *,
    first: int = 8,
    most: int | None = None,
    first_within_s: float = 1.0,
    within_s: float | None = None,
    threads: int | None = None,
) -> Iterator[Runs]:
    """Yield runs of a scenario, from a coarse one to the full one, doubling the replications each time.

    For a screen on which somebody moves a slider: show each result as it comes, and drop the iterator when the question
    changes; nothing runs on.

    Parameters
    ----------
    scenario : Scenario
    first : int
        Replications of the first result, >= 2.
    most : int, optional
        Replications of the last result, >= `first`; default: those of the scenario.
    first_within_s : float
        Seconds after which the first result comes with as many replications as there are by then, two at least.
    within_s : float, optional
        Seconds after which the last result comes with as many replications as there are by then; default: no limit.
    threads : int, optional
        Default: `default_threads`; changes no bit.

    Yields
    ------
    Runs
        Bit for bit those of `run` with as many replications as ``runs.scenario.replications`` says. The clock decides
        how many that are, and nothing else.

    Raises
    ------
    SimulationError
        LW-SI-022: if the numbers make no sense; raised at the call, before the first result. Also if the system cannot
        be simulated.

    Notes
    -----
    The kernel must be compiled already (`warm`), or the first result waits for that. A limit is looked at between
    replications, one per thread at a time, so it is exceeded by up to one of them.
    """
    last = scenario.replications if most is None else most
    first = min(first, last) if most is None else first
    if not 2 <= first <= last:
        raise SimulationError(
            Fault("LW-SI-022", "first, most", "2 <= first <= most", f"first {first}, most {last}", "correct them")
        )
    return _refined(Growing(scenario), first, last, first_within_s, within_s, max(1, threads or default_threads()))


def _refined(
    growing: Growing, first: int, last: int, first_within_s: float, within_s: float | None, threads: int
) -> Iterator[Runs]:
    """Yield the results; the time begins with the first request."""
    began = time.monotonic()
    ends = None if within_s is None else began + within_s
    soon = began + first_within_s if ends is None else min(began + first_within_s, ends)
    _grow(growing, first, soon, threads)
    yield growing.runs()
    while len(growing) < last and not _over(ends):
        before = len(growing)
        _grow(growing, min(2 * before, last), ends, threads)
        if len(growing) > before:
            yield growing.runs()


def _grow(growing: Growing, upto: int, until: float | None, threads: int) -> None:
    """Add replications up to a number, or, from the second on, until the clock says so."""
    while len(growing) < upto and (len(growing) < 2 or not _over(until)):
        wave = upto if until is None else min(upto, max(2, len(growing) + threads))
        extend([growing], [wave], threads=threads)


def _over(until: float | None) -> bool:
    """Tell whether a moment has passed."""
    return until is not None and time.monotonic() >= until
