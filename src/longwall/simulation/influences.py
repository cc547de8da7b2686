"""What a sensitivity analysis says: influences and shares of variance of parameters, by indicator, in two columns."""

from __future__ import annotations

from dataclasses import dataclass

from longwall.simulation.indicators import Indicated

__all__ = ["Influence", "OutcomeInfluence", "OutcomeShares", "Screening", "Sensitivity", "VarianceShare"]


@dataclass(frozen=True)
class Influence:
    """What moving one parameter across its whole range does to one indicator.

    Parameters
    ----------
    path : str
    effect : float
        Mean, with its sign, in the unit of the indicator.
    size, size_low, size_high : float
        Mean of the absolute effects with its 95% interval, in the unit of the indicator.
    spread : float
        Standard deviation of the effects; against `size`, it tells how much depends on where the others stand.
    """

    path: str
    effect: float
    size: float
    size_low: float
    size_high: float
    spread: float


@dataclass(frozen=True)
class VarianceShare:
    """Which share of one indicator's variance goes back to one parameter, with 95% intervals.

    Parameters
    ----------
    first, first_low, first_high : float
        The parameter alone.
    total, total_low, total_high : float
        The parameter alone and together with others.
    """

    path: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class OutcomeInfluence:
    """The influences on one indicator, greatest first."""

    indicator: Indicated
    influences: tuple[Influence, ...]


@dataclass(frozen=True)
class OutcomeShares:
    """The shares in the variance of one indicator, greatest total first.

    Parameters
    ----------
    luck : float
        Share of the variance that is luck of the replications, from 0 to 1; NaN where it cannot be told.
    """

    indicator: Indicated
    shares: tuple[VarianceShare, ...]
    luck: float


@dataclass(frozen=True)
class Screening:
    """The influence of every parameter, by column; the columns are never added up.

    Parameters
    ----------
    technical, social : tuple of OutcomeInfluence
    kept : tuple of str
        Paths that matter to at least one indicator of either column, in the order of the question.
    scenarios : int
        Scenarios that were simulated.
    cautions : tuple of str
    """

    technical: tuple[OutcomeInfluence, ...]
    social: tuple[OutcomeInfluence, ...]
    kept: tuple[str, ...]
    scenarios: int
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Sensitivity:
    """The shares of variance of the parameters that the screening kept, by column; the columns are never added up.

    Parameters
    ----------
    screening : Screening
        Of all parameters.
    technical, social : tuple of OutcomeShares
        Empty where the screening kept nothing.
    scenarios : int
        Scenarios that were simulated after the screening.
    cautions : tuple of str
    """

    screening: Screening
    technical: tuple[OutcomeShares, ...]
    social: tuple[OutcomeShares, ...]
    scenarios: int
    cautions: tuple[str, ...]
