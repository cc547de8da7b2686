"""Chance constraints: what must hold in a stated share of days, weeks or runs, judged from fresh replications.

A target that holds on average may fail every Monday. So a share of simulated periods is asked for, with a one-sided
interval that allows for the days of one run being alike.
"""

from __future__ import annotations

import math
from typing import Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.special import ndtri

from longwall.worksystem import Estimate, Id, Piece, WorkSystem

__all__ = ["Chance", "Held", "Per", "Periodic", "held", "share_of_periods"]

Per = Literal["day", "week", "run"]


class Chance(Piece):
    """An indicator that must keep to a limit in at least a stated share of periods.

    Parameters
    ----------
    indicator : Id
        By day only ``late_share``: late among the items with a due time that were completed that day.
    scope : str
        ``organisation``, or such as ``demand:incident``.
    per : str
        ``day``, ``week``, or ``run`` (the whole horizon).
    at_most, at_least : float, optional
        The limit, in the indicator's unit; one of the two.
    probability : float
        Share of periods in which the limit must be kept, in (0, 1).
    """

    id: Id
    indicator: Id = "late_share"
    scope: str = "organisation"
    per: Per = "day"
    at_most: float | None = None
    at_least: float | None = None
    probability: float = Field(default=0.95, gt=0, lt=1)
    why: str = ""

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            found = "neither" if self.at_most is None else "both"
            raise ValueError(f"expected either `at_most` or `at_least`, found {found}")
        if self.per == "day" and self.indicator != "late_share":
            raise ValueError(f"expected `late_share` by day (other indicators by week or run), found {self.indicator}")
        return self

    @property
    def words(self) -> str:
        """The constraint in words."""
        bound = f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"
        of = "" if self.scope == "organisation" else f" of {self.scope.removeprefix('demand:')}"
        return f"{self.indicator}{of} {bound} in {self.probability:.0%} of {self.per}s"

    def kept(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return 1 where a period keeps to the limit, 0 where it does not, nan where it shows nothing."""
        low = -np.inf if self.at_least is None else self.at_least
        high = np.inf if self.at_most is None else self.at_most
        good = (values >= low) & (values <= high)
        return np.where(np.isnan(values), np.nan, good.astype(np.float64))


class Held(Piece):
    """Whether one design holds one chance constraint, from fresh replications.

    Parameters
    ----------
    share : Estimate
        Of the periods in which the limit is kept; each end is a one-sided bound, widened for the designs compared.
    verdict : str
        ``holds``: the lower bound reaches what is asked; ``fails``: the upper one does not; else ``not shown``.
    """

    design: Id
    chance: Id
    share: Estimate
    asked: float
    verdict: Literal["holds", "fails", "not shown"]
    statement: str


@runtime_checkable
class Periodic(Protocol):
    """A simulator that shows indicators by period."""

    def periods(
        self, system: WorkSystem, *, indicator: str, scope: str, per: Per, seed: int, replications: int
    ) -> NDArray[np.float64]:
        """Return an indicator by period, shape (replications, periods), under the luck of `Simulator.confirm`."""
        ...


def share_of_periods(kept: NDArray[np.float64], *, level: float = 0.95) -> tuple[float, float, float]:
    """Return the share of periods that keep to a limit, with a one-sided lower and a one-sided upper bound.

    Parameters
    ----------
    kept : ndarray, shape (replications, periods)
        1, 0, or nan where a period shows nothing.
    level : float
        Of each bound, in (0, 1).

    Raises
    ------
    ValueError
        If no period shows anything.

    Notes
    -----
    Wilson's score with the effective number of periods: p (1 - p) over the variance of p between replications, at most
    the number of periods. Where every period keeps to the limit, or none, nothing tells how alike the periods of one
    run are, and the bound is the exact one of the runs: (1 - level)^(1 / runs), or one minus that.

    References
    ----------
    Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24 (effective sample size); Wilson 1927, JASA 22; Clopper
    and Pearson 1934, Biometrika 26.
    """
    shown = ~np.isnan(kept)
    counts, good = shown.sum(axis=1), np.where(shown, kept, 0.0).sum(axis=1)
    total = int(counts.sum())
    if total == 0:
        raise ValueError("no period shows anything")
    share, runs = float(good.sum()) / total, int((counts > 0).sum())
    spread = float(((good - share * counts) ** 2).sum()) * runs / max(runs - 1, 1) / total**2
    free = share * (1.0 - share)
    if free == 0.0:
        bound = (1.0 - level) ** (1.0 / runs)
        return (1.0, bound, 1.0) if share == 1.0 else (0.0, 0.0, 1.0 - bound)
    size = float(total) if spread == 0.0 else min(free / spread, float(total))
    z = float(ndtri(level))
    scale = 1.0 + z * z / size
    centre = (share + z * z / (2.0 * size)) / scale
    half = z * math.sqrt(free / size + z * z / (4.0 * size * size)) / scale
    return share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)


def held(chance: Chance, design: str, values: NDArray[np.float64], *, compared: int) -> Held:
    """Return whether a design holds a chance constraint.

    Parameters
    ----------
    values : ndarray, shape (replications, periods)
    compared : int
        Designs among which one is chosen, > 0; bounds are widened for it (Bonferroni).
    """
    kept = chance.kept(values)
    if np.isnan(kept).all():
        share, low, high = 0.0, 0.0, 1.0
    else:
        share, low, high = share_of_periods(kept, level=1.0 - 0.05 / compared)
    verdict: Literal["holds", "fails", "not shown"] = "not shown"
    if low >= chance.probability:
        verdict = "holds"
    elif high < chance.probability:
        verdict = "fails"
    what = {"holds": "holds", "fails": "fails", "not shown": "is not shown to hold"}[verdict]
    said = f"{chance.id} {what}: kept in {share:.1%} of {chance.per}s ({low:.1%} to {high:.1%}), {chance.words} asked"
    return Held(
        design=design, chance=chance.id, asked=chance.probability, verdict=verdict, statement=said,
        share=Estimate(value=share, low=low, high=high, unit=f"share of {chance.per}s", footing="assumed"),
    )  # fmt: skip
