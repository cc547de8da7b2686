"""The two aggregates that a search lowers, each within its own column, and what a design costs; all editable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from longwall.alignment.chances import Chance
from longwall.alignment.costs import read_shipped
from longwall.alignment.trials import Sample
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Column, Id, Intervention, Parameter, Piece

__all__ = ["SHIPPED", "Ledger", "Objectives", "Scales", "Term", "load_objectives"]

SHIPPED = Path(__file__).parent / "data" / "objectives.yaml"
"""The objectives that ship."""


class Term(Piece):
    """One indicator of an aggregate.

    Parameters
    ----------
    weight : float
        Within its column, > 0.
    least : float
        Smallest scale, in the indicator's unit, > 0.
    """

    indicator: Id
    weight: float = Field(gt=0)
    least: float = Field(gt=0)
    why: str = ""


class Objectives(Piece):
    """What counts as better on each side; see ``data/objectives.yaml`` for each entry's meaning.

    Parameters
    ----------
    chances : tuple of Chance
        What must hold in a stated share of days, weeks or runs; a design that does not is never recommended.
    """

    technical: tuple[Term, ...]
    social: tuple[Term, ...]
    horizon_weeks: Parameter
    epsilon: Parameter
    near_joint: Parameter
    comparable_cost: Parameter
    negligible: Parameter
    chances: tuple[Chance, ...] = ()


class Scales:
    """Objectives made ready for one system: today's values as scales, absent indicators left out.

    Parameters
    ----------
    objectives : Objectives
    today : Sample
        Replications of today from which the scales come; fixed afterwards, so that all figures share them.
    known : mapping of str to float, optional
        Scales by indicator that were found before, such as those of the search whose figures these are to be held
        against; they go before what `today` gives.

    Raises
    ------
    AlignmentError
        LW-AL-004 where a column has none of its indicators.
    """

    def __init__(
        self, objectives: Objectives, today: Sample, *, known: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.objectives = objectives
        self._known = known
        self.missing: tuple[str, ...] = ()
        self.by_indicator: dict[str, float] = {}
        shown = ~np.isnan(today.values)
        counts = shown.sum(axis=0)
        self._typical = np.where(shown, today.values, 0.0).sum(axis=0) / np.maximum(counts, 1)
        self._rows: dict[Column, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        self._weights: dict[Column, NDArray[np.float64]] = {}
        columns: tuple[tuple[Column, tuple[Term, ...]], ...] = (
            ("technical", objectives.technical),
            ("social", objectives.social),
        )
        faults: list[Fault] = []
        for column, terms in columns:
            rows, weights = self._column(column, terms, today)
            self._rows[column] = rows, weights
            if not rows.size:
                faults.append(
                    Fault("LW-AL-004", f"objectives.{column}", "at least one indicator that is simulated",
                          ", ".join(term.indicator for term in terms) or "none", "name indicators of this column")
                )  # fmt: skip
        if faults:
            raise AlignmentError(*faults)

    def _column(
        self, column: Column, terms: Sequence[Term], today: Sample
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the rows of one column's indicators and their signed weights over their scales."""
        position = {key.id: index for index, key in enumerate(today.keys) if key.scope == "organisation"}
        rows: list[int] = []
        factors: list[float] = []
        weights: list[float] = []
        for term in terms:
            row = position.get(term.indicator)
            values = today.values[:, row] if row is not None else np.array([np.nan])
            if row is None or np.isnan(values).all():
                self.missing = (*self.missing, term.indicator)
                continue
            scale = self._known.get(term.indicator) or max(abs(float(np.nanmean(values))), term.least)
            self.by_indicator[term.indicator] = scale
            sign = 1.0 if today.keys[row].better == "lower" else -1.0
            rows.append(row)
            factors.append(sign * term.weight / scale)
            weights.append(term.weight)
        total = sum(weights) or 1.0
        self._weights[column] = np.array(weights) / total
        return np.array(rows, dtype=np.intp), np.array(factors) / total

    def level(self, sample: Sample) -> NDArray[np.float64]:
        """Return technical and social level of each replication, shape (replications, 2); losses are its differences.

        An indicator that a replication does not show (no such item) counts as today's mean.
        """
        values = np.where(np.isnan(sample.values), self._typical, sample.values)
        return np.stack([(values[:, rows] * factors).sum(axis=1) for rows, factors in self._rows.values()], axis=1)

    def relative(self, design: Sample, today: Sample, column: Column) -> NDArray[np.float64]:
        """Return the relative change of each counted indicator against today under the same luck, shape (n, counted).

        In units of its scale; positive is worse. What a replication does not show counts as today's mean.
        """
        rows, factors = self._rows[column]
        then, now = (
            np.where(np.isnan(sample.values), self._typical, sample.values)[: len(design.values), rows]
            for sample in (design, today)
        )
        weights = self.weights(column)
        changes: NDArray[np.float64] = (then - now) * (factors / np.where(weights > 0, weights, 1.0))
        return changes

    def weights(self, column: Column) -> NDArray[np.float64]:
        """Return the stated weights of the counted indicators of a column, shape (counted,); they sum to one."""
        return self._weights[column]

    def aspects(self, sample: Sample) -> NDArray[np.float64]:
        """Return what counts against and for each side in each replication, shape (replications, 4).

        Technical against, technical for, social against, social for, none below zero where no indicator is; the level
        of a side is what counts against it less what counts for it.
        """
        values = np.where(np.isnan(sample.values), self._typical, sample.values)
        return np.stack(
            [
                (values[:, rows] * np.maximum(sign * factors, 0.0)).sum(axis=1)
                for rows, factors in self._rows.values()
                for sign in (1.0, -1.0)
            ],
            axis=1,
        )

    def losses(self, design: Sample, today: Sample) -> NDArray[np.float64]:
        """Return technical and social loss of each replication against today's under the same luck, shape (n, 2)."""
        return self.level(design) - self.level(today)[: len(design.values)]

    def indicators(self, column: Column) -> tuple[int, ...]:
        """Return the positions of the indicators that count in a column."""
        return tuple(int(row) for row in self._rows[column][0])

    @property
    def slight(self) -> dict[str, float]:
        """Changes that decide nothing, by indicator and in its unit: what is negligible of its scale."""
        return {name: self.objectives.negligible.value * scale for name, scale in self.by_indicator.items()}

    def contributions(self, design: Sample, today: Sample, column: Column) -> NDArray[np.float64]:
        """Return what each counted indicator adds to a column's mean loss, in the order of `indicators`."""
        rows, factors = self._rows[column]
        change = design.values[:, rows] - today.values[: len(design.values), rows]
        mean: NDArray[np.float64] = np.nan_to_num(change, nan=0.0).mean(axis=0) * factors
        return mean


class Ledger:
    """What designs cost over the horizon; an unknown cost counts as the median of the known ones, and is named.

    Parameters
    ----------
    interventions : sequence of Intervention
    horizon_weeks : float
        Weeks of running cost that count, >= 0.
    """

    def __init__(self, interventions: Sequence[Intervention], horizon_weeks: float) -> None:
        self.unknown = tuple(change.id for change in interventions if change.cost is None)
        self._costs: dict[str, tuple[float, float, float]] = {}
        for change in interventions:
            once, weekly = change.cost, change.running_cost_per_week
            if once is not None:
                ends = [
                    _end(once, end) + (_end(weekly, end) * horizon_weeks if weekly is not None else 0.0)
                    for end in ("value", "low", "high")
                ]
                self._costs[change.id] = (ends[0], min(ends), max(ends))
        typical = float(np.median([cost[0] for cost in self._costs.values()])) if self._costs else 1.0
        for name in self.unknown:
            self._costs[name] = (typical, typical, typical)

    def of(self, chosen: Sequence[str]) -> tuple[float, float, float]:
        """Return the cost of a set of interventions with its assumed range, in the currency of the study."""
        costs = [self._costs[name] for name in chosen]
        return sum(cost[0] for cost in costs), sum(cost[1] for cost in costs), sum(cost[2] for cost in costs)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Say which costs are not known and what stands for them."""
        if not self.unknown:
            return ()
        known = len(self._costs) - len(self.unknown)
        what = "the median of the other costs" if known else "1 each, in relative units,"
        return (f"no cost is stated for {', '.join(self.unknown)}; {what} stands for it",)


def load_objectives() -> Objectives:
    """Return the objectives shipped with Longwall; `read_objectives` reads a file of one's own.

    Raises
    ------
    AlignmentError
        LW-AL-001 where the file is wrong.
    """
    return read_shipped(SHIPPED, Objectives)


def _end(parameter: Parameter, end: Literal["value", "low", "high"]) -> float:
    found: float | None = getattr(parameter, end)
    return parameter.value if found is None else found
