"""Every design tried, what was measured of it, and what that teaches about the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.exploring.fronts import by_rank, first_rank
from longwall.alignment.exploring.measured import Measurements
from longwall.alignment.exploring.surrogate import Form, Surrogate
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.trials import Approximating, Approximation, Chosen, Sample, Trials
from longwall.errors import LongwallError
from longwall.worksystem import WorkSystem

__all__ = ["Archive", "Models"]

Models = dict[int, Surrogate]
"""What is taken to be known of each aspect, by its place among the four."""

_LEARN_FROM = 800
"""Most designs that the surrogate learns from, those on the first fronts before others."""
_FORM_AGAIN = 1.25
"""The form of the surrogate is chosen anew when there are so many times more designs."""
_PRIOR = 8.0
"""Replications that the spread of all designs counts for in the spread of each."""
_FACTOR = 20.0
"""Most by which a cheap model is believed to change an indicator: where today has almost none, it says anything."""


class Archive:
    """Every design tried, with its mean losses and cost.

    What counts against and for each side (`Scales.aspects`) is learnt by itself, with noise as a factor; a side's level
    is the difference of its two aspects.

    Parameters
    ----------
    trials : Trials
        With today tried.
    scales : Scales
    ledger : Ledger
    space : Space
    cheap : bool
        Whether the simulator's own cheap model is used, where it has one.
    """

    def __init__(self, trials: Trials, scales: Scales, ledger: Ledger, space: Space, *, cheap: bool = True) -> None:
        self.trials, self.scales, self.ledger, self.space = trials, scales, ledger, space
        self._measurements = Measurements(trials, scales)
        self._forms: dict[int, Form] = {}
        self._formed_at = 0
        self._learnt: Models = {}
        self._learnt_at = -1
        self._approximation = self._approximated() if cheap else None
        self._cheap: dict[Chosen, NDArray[np.float64]] = {}
        self._cheap_scale: NDArray[np.float64] | None = None
        self._cheap_steps: NDArray[np.float64] | None = None
        self._prices = self._choice_costs()
        self._genes: dict[Chosen, NDArray[np.int64]] = {}
        self._designed: dict[bytes, Chosen] = {}
        self._cheap_today = self._approximation.means([()])[0] if self._approximation is not None else np.zeros(0)

    def _approximated(self) -> Approximation | None:
        """Return the simulator's cheap model, from today and each intervention with what it requires."""
        simulator = self.trials.simulator
        if not isinstance(simulator, Approximating):
            return None
        parts: dict[str, WorkSystem] = {}
        for name in self.space.interventions:
            try:
                parts[name] = self.trials.system_of((name,))
            except LongwallError:
                continue
        return simulator.approximation(self.trials.today, parts)

    @property
    def has_cheap_model(self) -> bool:
        """Whether there is a cheap model to learn the residual of."""
        return self._approximation is not None

    def points(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return technical loss, social loss and cost of tried designs as measured, shape (n, 3)."""
        return self._points(
            self.costs(self.genes(designs)), np.exp([found.mean for found in self._measurements.of(designs)])
        )

    def _points(self, costs: NDArray[np.float64], amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return losses against today and cost from the amounts of the aspects."""
        today = self._measurements.aspects(()).mean(axis=0)
        more = np.where(today > 0, amounts - today, 0.0)
        return np.column_stack([more[:, 0] - more[:, 1], more[:, 2] - more[:, 3], costs])

    def cheap(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return logarithms of the aspects as the cheap model has them, so scaled that today is as measured.

        Returns
        -------
        ndarray, shape (n, 4), or (n, 0) where there is no cheap model.
        """
        if self._approximation is None:
            return np.zeros((len(designs), 0))
        new = [design for design in dict.fromkeys(designs) if design not in self._cheap]
        if new:
            sample = self.trials.sample(())
            if self._cheap_scale is None:
                # Once: were it to follow today's later replications, the model would move while the search learns it.
                shown = ~np.isnan(sample.values)
                self._cheap_scale = np.where(shown, sample.values, 0.0).sum(axis=0) / np.maximum(shown.sum(axis=0), 1)
            rows = {key: row for row, key in enumerate(self._approximation.keys)}
            values = np.full((len(new), len(sample.keys)), np.nan)
            means = self._approximation.means(new)
            for row, key in enumerate(sample.keys):
                if key in rows and self._cheap_today[rows[key]] > 0 and np.isfinite(self._cheap_today[rows[key]]):
                    factor = np.clip(means[:, rows[key]] / self._cheap_today[rows[key]], 1.0 / _FACTOR, _FACTOR)
                    values[:, row] = self._cheap_scale[row] * factor
            aspects = self.scales.aspects(Sample(sample.keys, values))
            floor = self._measurements.floor()
            self._cheap.update(zip(new, np.log(np.clip(aspects, floor, 1e9)), strict=True))
        return np.array([self._cheap[design] for design in designs])

    def nearly_cheap(self, genes: NDArray[np.int64], anchors: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return about what the cheap model says, at the cost of a look-up: for a walk over thousands of designs.

        What it says of the nearest anchor, and for each choice that differs what it says of that choice alone against
        today; in logarithms, so changes multiply.

        Parameters
        ----------
        genes, anchors : ndarray of int, shape (n, decisions), (m, decisions)

        Returns
        -------
        ndarray, shape (n, 4)
        """
        if self._cheap_steps is None:
            self._cheap_steps = self._steps_alone()
        columns = np.arange(genes.shape[1])
        apart = np.stack([(genes != anchor).sum(axis=1) for anchor in anchors])
        nearest = apart.argmin(axis=0)
        known = self.cheap([self.designed(anchor) for anchor in anchors])
        steps = self._cheap_steps[columns, genes].sum(axis=1)
        before = self._cheap_steps[columns, anchors].sum(axis=1)
        found: NDArray[np.float64] = known[nearest] + steps - before[nearest]
        return found

    def _steps_alone(self) -> NDArray[np.float64]:
        """Return what the cheap model says of each choice alone against none, shape (decisions, most choices, 4)."""
        found = np.zeros((len(self.space.sizes), int(self.space.sizes.max(initial=1)), 4))
        none = np.zeros((1, len(self.space.sizes)), dtype=np.int64)
        alone = self.space.neighbours(none)
        places = (alone > 0).argmax(axis=1)
        said = self.cheap([self.designed(row) for row in (*none, *alone)])
        found[places, alone[np.arange(len(alone)), places]] = said[1:] - said[0]
        return found

    def surrogates(self) -> Models:
        """Return what the tried designs teach about each aspect that today has."""
        if self._learnt_at != self.trials.spent:
            designs = list(self.trials.tried)
            if len(designs) > _LEARN_FROM:
                known = self.foreseen(self.genes(designs), self._learnt) if self._learnt else self.points(designs)
                designs = [designs[place] for place in by_rank(known, _LEARN_FROM)]
            again = len(designs) >= _FORM_AGAIN * self._formed_at
            measured = self._measurements.of(designs)
            counts = np.array([found.count for found in measured])[:, None]
            means = np.array([found.mean for found in measured])
            inside = np.array([found.variance for found in measured])
            pooled = np.average(inside, axis=0, weights=counts[:, 0] - 1)
            own = (counts * inside + _PRIOR * pooled) / (counts + _PRIOR)
            genes, cheap = self.genes(designs), self.cheap(designs)
            self._learnt = {
                int(aspect): Surrogate(
                    genes, self.space.sizes, _first(cheap, int(aspect)), means[:, aspect],
                    own[:, aspect] / counts[:, 0], None if again else self._forms.get(int(aspect)),
                )
                for aspect in np.flatnonzero(self._measurements.aspects(()).mean(axis=0) > 0)
            }  # fmt: skip
            self._forms = {aspect: model.form for aspect, model in self._learnt.items()}
            self._formed_at = len(designs) if again else self._formed_at
            self._learnt_at = self.trials.spent
        return self._learnt

    def foreseen(
        self, genes: NDArray[np.int64], models: Models, anchors: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Return points of designs as some models have them, shape (n, 3).

        Parameters
        ----------
        genes : ndarray of int, shape (n, decisions)
            Choices that go together (`settled`).
        models : mapping of int to Surrogate
            By aspect: those of `surrogates`, or draws of them.
        anchors : ndarray of int, shape (m, decisions), optional
            Where the cheap model is asked; elsewhere about what it would say (`nearly_cheap`). Default: everywhere.
        """
        if not self.has_cheap_model:
            cheap = np.zeros((0, 0))
        elif anchors is None:
            cheap = self.cheap([self.designed(each) for each in genes])
        else:
            cheap = self.nearly_cheap(genes, anchors)
        amounts = np.zeros((len(genes), 4))
        for aspect, model in models.items():
            amounts[:, aspect] = model.predict(genes, _first(cheap, aspect))
        return self._points(self.costs(genes), amounts)

    def expected(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return points as the surrogate expects them, for tried and untried designs, shape (n, 3)."""
        return self.foreseen(self.genes(designs), self.surrogates())

    def costs(self, genes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the costs of designs, shape (n,)."""
        if self.space.free:
            each: NDArray[np.float64] = self._prices[np.arange(genes.shape[1]), genes].sum(axis=1)
            return each
        return np.array([self.ledger.of(self.designed(row))[0] for row in genes])

    def _choice_costs(self) -> NDArray[np.float64]:
        """Return what each choice of each decision costs, shape (decisions, most choices); leaving it costs nothing."""
        found = np.zeros((len(self.space.sizes), int(self.space.sizes.max(initial=1))))
        for place, decision in enumerate(self.space.decisions):
            for gene, name in enumerate(decision.choices, start=1):
                found[place, gene] = self.ledger.of((name,))[0]
        return found

    def doubt(self, designs: Sequence[Chosen]) -> NDArray[np.float64]:
        """Return the standard deviation of the expected technical and social loss of designs, shape (n, 2)."""
        genes, cheap = self.genes(designs), self.cheap(designs)
        variance = np.zeros((len(designs), 4))
        for aspect, model in self.surrogates().items():
            variance[:, aspect] = model.spread(genes, _first(cheap, aspect)) ** 2
        both: NDArray[np.float64] = np.sqrt(np.column_stack([variance[:, :2].sum(axis=1), variance[:, 2:].sum(axis=1)]))
        return both

    def genes(self, designs: Sequence[Chosen]) -> NDArray[np.int64]:
        """Return the choices of designs, shape (n, decisions)."""
        for design in designs:
            if design not in self._genes:
                self._genes[design] = self.space.genes(design)
        return np.array([self._genes[design] for design in designs]).reshape(len(designs), len(self.space.sizes))

    def designed(self, genes: NDArray[np.int64]) -> Chosen:
        """Return the design of one choice per decision."""
        key = genes.tobytes()
        if key not in self._designed:
            self._designed[key] = self.space.design([int(gene) for gene in genes])
        return self._designed[key]

    def settled(self, genes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return choices that go together: of each row what the space makes of it, shape (n, decisions)."""
        return genes if self.space.free else self.genes([self.designed(each) for each in genes])

    def front(self) -> list[Chosen]:
        """Return the first rank of all designs tried, today included, with noise taken out by the surrogate."""
        designs = list(self.trials.tried)
        return [design for design, kept in zip(designs, first_rank(self.expected(designs)), strict=True) if kept]


def _first(cheap: NDArray[np.float64], aspect: int) -> NDArray[np.float64]:
    """Return what the cheap model says with one aspect first."""
    if not cheap.size:
        return cheap
    order = [aspect, *(other for other in range(cheap.shape[1]) if other != aspect)]
    return np.ascontiguousarray(cheap[:, order])
