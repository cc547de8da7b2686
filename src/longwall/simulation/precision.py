"""How many replications? As many as a stated half-width needs, in fixed blocks, in the order of their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from longwall.errors import Fault, SimulationError
from longwall.simulation.experiment import IndicatorDifference, Progress, Runs, difference, interval
from longwall.simulation.growing import Growing, extend
from longwall.simulation.named import positions_of
from longwall.simulation.scenario import Scenario
from longwall.worksystem import Piece

__all__ = ["Attained", "DifferenceUntil", "Precision", "RunUntil", "difference_until", "run_until", "same_luck"]


class Precision(Piece):
    """How narrow the 95% interval of one indicator is to be: absolute or relative, one of the two.

    Parameters
    ----------
    indicator, scope : str
        Such as ``late_share`` of ``demand:incident``.
    half_width : float, optional
        Half the length of the interval, in the unit of the indicator, > 0.
    relative : float, optional
        The same as a share of the mean, > 0; of a difference: as a share of the mean of the base.
    """

    indicator: str
    scope: str = "organisation"
    half_width: float | None = Field(default=None, gt=0.0)
    relative: float | None = Field(default=None, gt=0.0)

    @model_validator(mode="after")
    def _one(self) -> Precision:
        if (self.half_width is None) == (self.relative is None):
            raise ValueError("expected either half_width or relative, found both or none")
        return self

    def wanted(self, mean: float) -> float:
        """Return the half-width that is asked for, in the unit of the indicator, given the mean it relates to."""
        return self.half_width if self.half_width is not None else (self.relative or 0.0) * abs(mean)


@dataclass(frozen=True)
class Attained:
    """What was asked of one indicator, and what came out.

    Parameters
    ----------
    precision : Precision
    mean, half_width, wanted : float
        In the unit of the indicator; NaN where fewer than two replications had something to measure.
    met : bool
    """

    precision: Precision
    mean: float
    half_width: float
    wanted: float
    met: bool


@dataclass(frozen=True)
class RunUntil:
    """As many replications as were needed.

    Parameters
    ----------
    runs : Runs
        Bit for bit those of `run` with ``runs.scenario.replications``.
    attained : tuple of Attained
        In the order in which they were asked for.
    met : bool
        False: the most replications were not enough.
    cautions : tuple of str
    """

    runs: Runs
    attained: tuple[Attained, ...]
    met: bool
    cautions: tuple[str, ...]

    @property
    def replications(self) -> int:
        """Replications that were needed."""
        return self.runs.scenario.replications


@dataclass(frozen=True)
class DifferenceUntil:
    """As many pairs of replications as a difference needed.

    Parameters
    ----------
    base, other : Runs
        The same number of replications of each.
    attained : tuple of Attained
        Means are other less base.
    met : bool
        False: the most replications were not enough.
    cautions : tuple of str
    """

    base: Runs
    other: Runs
    attained: tuple[Attained, ...]
    met: bool
    cautions: tuple[str, ...]

    @property
    def replications(self) -> int:
        """Pairs that were needed."""
        return self.base.scenario.replications

    @property
    def differences(self) -> tuple[IndicatorDifference, ...]:
        """Every indicator that both have, in both columns, paired under the same luck."""
        return difference(self.base, self.other)


def run_until(
    scenario: Scenario,
    precision: Precision | Sequence[Precision],
    *,
    block: int = 10,
    most: int = 1000,
    threads: int | None = None,
    progress: Progress | None = None,
) -> RunUntil:
    """Return replications of a scenario until every named indicator has its half-width, or there are `most`.

    Parameters
    ----------
    scenario : Scenario
        Its own number of replications is not used.
    precision : Precision or sequence of Precision
        All of them must be met.
    block : int
        Replications between two looks, >= 2; the first look comes after the first block.
    most : int
        Replications at which to stop in any case, >= `block`.
    threads : int, optional
        Changes no bit, and not when it stops.

    Raises
    ------
    SimulationError
        LW-SI-020: an indicator that is not simulated. LW-SI-022: nothing asked, or blocks that make no sense. Also if
        the system cannot be simulated.

    Notes
    -----
    Looking again and again makes an interval cover a little less than 95%: a sample that happens to vary little stops
    early. With ten replications or more before the first look the loss is small (Law 2015, section 9.4.1). Each
    interval is of its own; several together cover less.

    References
    ----------
    Chow and Robbins 1965, "On the asymptotic theory of fixed-width sequential confidence intervals for the mean",
    Annals of Mathematical Statistics 36. Law 2015, "Simulation modeling and analysis", 5th edition.
    """
    wanted = _asked(precision, block, most)
    growing = Growing(scenario)
    places = positions_of(growing.indicators, [(p.indicator, p.scope) for p in wanted])
    attained: tuple[Attained, ...] = ()
    for n in _looks(block, most):
        extend([growing], [n], threads=threads)
        samples = [growing.column(k) for k in places]
        attained = tuple(_attained(p, x, x) for p, x in zip(wanted, samples, strict=True))
        _tell(progress, attained, n, most)
        if all(a.met for a in attained):
            break
    return RunUntil(growing.runs(), attained, all(a.met for a in attained), _cautions(attained, len(growing)))


def difference_until(
    base: Scenario,
    other: Scenario,
    precision: Precision | Sequence[Precision],
    *,
    block: int = 10,
    most: int = 1000,
    threads: int | None = None,
    progress: Progress | None = None,
) -> DifferenceUntil:
    """Return pairs of replications until the difference of every named indicator has its half-width, or `most`.

    Parameters
    ----------
    base, other : Scenario
        With the same seed and length; their own numbers of replications are not used.
    precision : Precision or sequence of Precision
        A relative one is a share of the mean of the base, because a difference may be zero.
    block, most, threads
        As for `run_until`.

    Raises
    ------
    SimulationError
        As `run_until`; LW-SI-023: if seed or length differ, so that there are no pairs.
    """
    wanted = _asked(precision, block, most)
    same_luck([base, other])
    pair = (Growing(base), Growing(other))
    places = [positions_of(each.indicators, [(p.indicator, p.scope) for p in wanted]) for each in pair]
    attained: tuple[Attained, ...] = ()
    for n in _looks(block, most):
        extend(pair, [n, n], threads=threads)
        samples = [(pair[0].column(k), pair[1].column(j)) for k, j in zip(*places, strict=True)]
        attained = tuple(_attained(p, y - x, x) for p, (x, y) in zip(wanted, samples, strict=True))
        _tell(progress, attained, n, most)
        if all(a.met for a in attained):
            break
    met = all(a.met for a in attained)
    return DifferenceUntil(pair[0].runs(), pair[1].runs(), attained, met, _cautions(attained, len(pair[0])))


def same_luck(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios that do not meet the same luck.

    Raises
    ------
    SimulationError
        LW-SI-023: if seed, weeks or warm-up differ.
    """
    apart = [key for key in ("seed", "weeks", "warm_up_weeks") if len({getattr(each, key) for each in scenarios}) > 1]
    if apart:
        raise SimulationError(
            Fault("LW-SI-023", "scenarios", "the same seed, weeks and warm-up in each", f"different {', '.join(apart)}",
                  "give all scenarios the same settings")
        )  # fmt: skip


def _asked(precision: Precision | Sequence[Precision], block: int, most: int) -> tuple[Precision, ...]:
    """Return what is asked as a tuple, or say why it makes no sense."""
    wanted = (precision,) if isinstance(precision, Precision) else tuple(precision)
    faults = []
    if not wanted:
        faults.append(Fault("LW-SI-022", "precision", "at least one half-width", "none", "name an indicator"))
    if not 2 <= block <= most:
        faults.append(
            Fault("LW-SI-022", "block, most", "2 <= block <= most", f"block {block}, most {most}", "correct them")
        )
    if faults:
        raise SimulationError(*faults)
    return wanted


def _looks(block: int, most: int) -> list[int]:
    """Return after how many replications to look: multiples of the block, and the most."""
    return [*range(block, most, block), most]


def _attained(precision: Precision, sample: NDArray[np.float64], scale: NDArray[np.float64]) -> Attained:
    """Return what a sample attains; a relative half-width relates to the mean of `scale`."""
    mean, low, high = interval(sample)
    half = (high - low) / 2.0
    wanted = precision.wanted(mean if scale is sample else interval(scale)[0])
    return Attained(precision, mean, half, wanted, met=math.isfinite(half) and half <= wanted)


def _tell(progress: Progress | None, attained: Sequence[Attained], n: int, most: int) -> None:
    """Say how far it is: the share of the most replications, and all where everything is met."""
    if progress is not None:
        progress(1.0 if all(a.met for a in attained) else n / most, f"simulating until precise, {n} replications")


def _cautions(attained: Sequence[Attained], n: int) -> tuple[str, ...]:
    """Return a sentence for each half-width that was not met."""
    return tuple(
        f"{a.precision.indicator} of {a.precision.scope}: after {n} replications the half-width is {a.half_width:.3g}, "
        f"{a.wanted:.3g} was asked for"
        for a in attained
        if not a.met
    )
