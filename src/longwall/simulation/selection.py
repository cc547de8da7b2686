"""Which of several scenarios is best in one indicator? Sequentially with a guarantee, or with a fixed budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.experiment import Runs
from longwall.simulation.growing import Growing, extend
from longwall.simulation.kn import kim_nelson
from longwall.simulation.named import Named, position_of
from longwall.simulation.ocba import budget_allocation, correct_selection
from longwall.simulation.precision import same_luck
from longwall.simulation.scenario import Scenario
from longwall.streams import key_of

__all__ = ["Selection", "select_best", "select_within_budget"]


@dataclass(frozen=True)
class Selection:
    """The scenario that is best in one indicator, and what that rests on.

    It answers for this indicator only; hold the other column of `runs` beside it before deciding anything.

    Parameters
    ----------
    best : int
        Position of the scenario that was selected; undecided: the one with the best mean so far.
    candidates : tuple of int
        Positions of those that could not be told from the best; `best` alone where it was decided.
    probability : float
        KN: that the best was selected, promised beforehand. OCBA: the same, estimated from the sample.
    indifference : float
        The smallest difference that matters, in the unit of the indicator; 0 for OCBA.
    runs : tuple of Runs
        Of every scenario, with its own number of replications, both columns.
    method : str
        ``KN``: common luck; ``OCBA``: independent luck.
    cautions : tuple of str
    """

    best: int
    candidates: tuple[int, ...]
    probability: float
    indifference: float
    runs: tuple[Runs, ...]
    method: Literal["KN", "OCBA"]
    cautions: tuple[str, ...]

    @property
    def replications(self) -> tuple[int, ...]:
        """Replications of each scenario."""
        return tuple(runs.scenario.replications for runs in self.runs)


def select_best(
    scenarios: Sequence[Scenario],
    indicator: Named,
    *,
    indifference: float,
    probability: float = 0.95,
    first: int = 20,
    most: int = 1000,
    better: Literal["lower", "higher"] | None = None,
    threads: int | None = None,
) -> Selection:
    """Return the best of several scenarios under the same luck, with a promised probability (KN).

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least two, with the same seed and length; their own numbers of replications are not used.
    indicator : str or (str, str)
        Means over replications are compared; these are close to normal for long enough scenarios.
    indifference : float
        The smallest difference that matters, in the unit of the indicator, > 0. The smaller, the longer it takes.
    probability : float
        Between 1 / number of scenarios and 1.
    first : int
        Replications of each before any is dropped, >= 2; ten or more.
    most : int
        Replications of one scenario at which to stop undecided, >= `first`.
    better : str, optional
        Default: what the indicator itself says.
    threads : int, optional
        Changes no bit.

    Raises
    ------
    SimulationError
        LW-SI-020: an indicator that is not simulated, or has nothing to measure in a replication. LW-SI-023: different
        seeds or lengths. LW-SI-024: numbers that make no sense.

    References
    ----------
    Kim and Nelson 2001, "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11.
    """
    faults = _too_few(scenarios)
    if not indifference > 0.0:
        faults.append(_fault("indifference", "more than 0", f"{indifference:g}"))
    if scenarios and not 1.0 / len(scenarios) < probability < 1.0:
        faults.append(_fault("probability", f"between {1.0 / len(scenarios):.3g} and 1", f"{probability:g}"))
    if not 2 <= first <= most:
        faults.append(_fault("first, most", "2 <= first <= most", f"first {first}, most {most}"))
    if faults:
        raise SimulationError(*faults)
    same_luck(scenarios)
    growing = [Growing(each) for each in scenarios]
    sign, places = _direction(growing, indicator, better)

    def observe(systems: Sequence[int], start: int, end: int) -> NDArray[np.float64]:
        extend([growing[i] for i in systems], [end] * len(systems), threads=threads)
        return sign * np.array([_measured(growing[i], places[i], start, end, indicator) for i in systems])

    kept = kim_nelson(
        observe, len(growing), indifference=indifference, probability=probability, first=first, most=most, block=8
    )
    cautions: tuple[str, ...] = ()
    if not kept.decided:
        cautions = (f"{len(kept.survivors)} scenarios could not be told apart with {most} replications each",)
    runs = tuple(each.runs(int(n)) for each, n in zip(growing, kept.used, strict=True))
    return Selection(kept.best, kept.survivors, probability, indifference, runs, "KN", cautions)


def select_within_budget(
    scenarios: Sequence[Scenario],
    indicator: Named,
    *,
    budget: int,
    first: int = 10,
    step: int | None = None,
    better: Literal["lower", "higher"] | None = None,
    threads: int | None = None,
) -> Selection:
    """Return the scenario with the best mean when a budget of replications is spent where it tells most (OCBA).

    Each scenario gets luck of its own: a seed made of its seed and its position. So the runs do not pair; use
    `select_best` where differences under the same luck are wanted.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least two.
    indicator : str or (str, str)
    budget : int
        Replications of all scenarios together, >= `first` times their number.
    first : int
        Replications of each before the first allocation, >= 2; Chen et al. advise 5 to 20.
    step : int, optional
        Replications between two allocations, >= 1; default: twice the number of scenarios.
    better : str, optional
        Default: what the indicator itself says.
    threads : int, optional
        Changes no bit.

    Raises
    ------
    SimulationError
        As `select_best`.

    References
    ----------
    Chen, Lin, Yücesan and Chick 2000, "Simulation budget allocation for further enhancing the efficiency of ordinal
    optimization", Discrete Event Dynamic Systems 10.
    """
    faults = _too_few(scenarios)
    if first < 2 or budget < first * len(scenarios):
        expected = f"first of 2 or more, budget of first times {len(scenarios)} or more"
        faults.append(_fault("first, budget", expected, f"first {first}, budget {budget}"))
    if step is not None and step < 1:
        faults.append(_fault("step", "1 or more", f"{step}"))
    if faults:
        raise SimulationError(*faults)
    growing = [
        Growing(each.model_copy(update={"seed": key_of("ocba", each.seed, position) >> 1}))
        for position, each in enumerate(scenarios)
    ]
    sign, places = _direction(growing, indicator, better)

    def sample(counts: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        extend(growing, [int(n) for n in counts], threads=threads)
        return [sign * _measured(each, k, 0, len(each), indicator) for each, k in zip(growing, places, strict=True)]

    best, seen = budget_allocation(
        sample, len(growing), budget=budget, first=first, step=2 * len(growing) if step is None else step
    )
    chance = correct_selection(
        np.array([x.mean() for x in seen]),
        np.array([x.std(ddof=1) for x in seen]),
        np.array([len(x) for x in seen], dtype=np.int64),
    )
    cautions = () if chance >= 0.9 else (f"the best was found with a probability of about {chance:.0%} only",)
    return Selection(best, (best,), chance, 0.0, tuple(each.runs() for each in growing), "OCBA", cautions)


def _direction(
    growing: Sequence[Growing], indicator: Named, better: Literal["lower", "higher"] | None
) -> tuple[float, list[int]]:
    """Return the sign that makes more better, and where the indicator stands in each scenario."""
    places = [position_of(each.indicators, indicator) for each in growing]
    wanted = better or growing[0].indicators[places[0]].better
    return (1.0 if wanted == "higher" else -1.0), places


def _measured(growing: Growing, place: int, start: int, end: int, indicator: Named) -> NDArray[np.float64]:
    """Return an indicator by replication, or say that one of them had nothing to measure."""
    values = growing.column(place, start, end)
    if not np.isfinite(values).all():
        raise SimulationError(
            Fault("LW-SI-020", "indicator", "a number in every replication", f"none in some of {indicator}",
                  "simulate more weeks, or take another indicator")
        )  # fmt: skip
    return values


def _too_few(scenarios: Sequence[Scenario]) -> list[Fault]:
    """Return a fault where there is nothing to choose from."""
    return [] if len(scenarios) >= 2 else [_fault("scenarios", "at least two", f"{len(scenarios)}")]


def _fault(where: str, expected: str, found: str) -> Fault:
    """Return the fault of a number that makes no sense."""
    return Fault("LW-SI-024", where, expected, found, "correct it")
