"""What each decision does, with the noise taken out: main effects and pairs of decisions that the data bear out.

The surrogate of a specification must say zero where nothing is: over hundreds of designs the best of many slight errors
would look like a front that nobody can reach. So a term enters only where chance does not explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from longwall.alignment.specification.problem import Genes
from longwall.stats import benjamini_hochberg

__all__ = ["Effects", "Evidence", "Terms", "noise_of"]

_LEVEL = 0.05
"""Share of false ones that is accepted among main effects (Benjamini and Hochberg)."""
_PAIRS_LEVEL = 0.01
"""Chance that any pair at all is false (Bonferroni): pairs are many, and a false one bends the front."""
_ROUNDS = 4
_MET = 4
"""Designs that must have met each combination of two levels before what they do together is judged."""
_SIDES = 3


class Terms:
    """Columns of main effects and pairs for decisions with levels; each column sums to zero over the levels.

    Parameters
    ----------
    sizes : ndarray of int, shape (decisions,)
    """

    def __init__(self, sizes: Genes) -> None:
        self.sizes = sizes
        self.codes = [_contrasts(int(size)) for size in sizes]
        widths = [int(size) - 1 for size in sizes]
        self.groups: list[tuple[int, ...]] = [(place,) for place, width in enumerate(widths) if width]
        self.mains = len(self.groups)
        self.groups += list(combinations([place for (place,) in self.groups], 2))
        ends = np.cumsum([int(np.prod([widths[place] for place in group])) for group in self.groups]).astype(int)
        begins = np.concatenate([np.zeros(1, dtype=int), ends[:-1]]) if len(ends) else ends
        self.columns = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
        self.width = int(ends[-1]) if len(ends) else 0

    def of(self, genes: Genes, groups: list[int] | None = None) -> NDArray[np.float64]:
        """Return the columns of designs, shape (n, width); of some groups only, in their order."""
        found = []
        for index in range(len(self.groups)) if groups is None else groups:
            group = self.groups[index]
            part = self.codes[group[0]][genes[:, group[0]]]
            if len(group) == 2:
                other = self.codes[group[1]][genes[:, group[1]]]
                part = (part[:, :, None] * other[:, None, :]).reshape(len(genes), -1)
            found.append(part)
        return np.concatenate(found, axis=1) if found else np.zeros((len(genes), 0))


def _contrasts(size: int) -> NDArray[np.float64]:
    """Return Helmert contrasts of levels, each with mean square 1 over the levels, shape (size, size - 1)."""
    found = np.zeros((size, max(0, size - 1)))
    for column in range(size - 1):
        found[: column + 1, column] = 1.0
        found[column + 1, column] = -(column + 1.0)
        found[:, column] *= np.sqrt(size / ((column + 1.0) * (column + 2.0)))
    return found


def noise_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation of one replication on each side, what designs meet together taken off.

    Parameters
    ----------
    values : ndarray, shape (n, replications, 3)
        Of one batch; n and replications >= 2.
    """
    designs, replications, _ = values.shape
    left = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean(axis=(0, 1))
    found: NDArray[np.float64] = np.sqrt((left**2).sum(axis=(0, 1)) / ((designs - 1) * (replications - 1)))
    return found


class Evidence:
    """Sums over all that was measured; each batch is compared within itself, as its designs share their luck.

    Parameters
    ----------
    sizes : ndarray of int, shape (decisions,)

    Notes
    -----
    Fisher's randomised blocks: the mean of a batch is taken off, so what is common to its luck falls out.
    """

    def __init__(self, sizes: Genes) -> None:
        self.terms = Terms(sizes)
        width = self.terms.width
        self.gram, self.cross = np.zeros((width, width)), np.zeros((_SIDES, width))
        self.squares, self.freedom = np.zeros(_SIDES), 0
        self._sum, self._weight, self._columns = np.zeros(_SIDES), 0.0, np.zeros(width)
        self._pairs: list[int] = []
        self._cells = [
            np.zeros((int(sizes[one]), int(sizes[other])), dtype=np.int64)
            for one, other in self.terms.groups[self.terms.mains :]
        ]
        self._seen = [np.zeros(int(size), dtype=np.bool_) for size in sizes]

    def add(self, genes: Genes, values: NDArray[np.float64]) -> None:
        """Add one batch: designs, shape (n, decisions), and their values, shape (n, replications, 3)."""
        means = values.mean(axis=1)
        columns = self.terms.of(genes)
        weight = float(values.shape[1])
        self._sum += means.sum(axis=0) * weight
        self._columns += weight * columns.sum(axis=0)
        self._weight += weight * len(genes)
        means = means - means.mean(axis=0)
        columns = columns - columns.mean(axis=0)
        _add_products(self.gram, columns, weight)
        self.cross += weight * np.einsum("ni,ns->si", columns, means)
        self.squares += weight * (means**2).sum(axis=0)
        self.freedom += len(genes) - 1
        for place, seen in enumerate(self._seen):
            seen[genes[:, place]] = True
        for index, (one, other) in enumerate(self.terms.groups[self.terms.mains :]):
            np.add.at(self._cells[index], (genes[:, one], genes[:, other]), 1)

    def telling(self, genes: Genes, count: int) -> Genes:
        """Return the designs that teach most about the main effects, shape (count, decisions), drawn one by one.

        The next is always that of which the least is known (Wynn 1970, "The sequential generation of D-optimum
        experimental designs", Annals of Mathematical Statistics 41): where levels exclude each other, random designs
        would hardly hold some.
        """
        groups = list(range(self.terms.mains))
        columns, width = self.terms.of(genes, groups), sum(len(self.terms.columns[group]) for group in groups)
        inverse, _ = _solved(self.gram[:width, :width] + np.eye(width), self.cross[0, :width])
        taken: list[int] = []
        along = np.einsum("ni,ij->nj", columns, inverse)
        unknown = np.einsum("ni,ni->n", along, columns)
        for _ in range(min(count, len(genes))):
            row = int(np.argmax(unknown))
            taken.append(row)
            shared = np.einsum("ni,i->n", along, columns[row])
            scale = 1.0 + shared[row]
            along = along - shared[:, None] * along[row][None, :] / scale
            unknown = np.einsum("ni,ni->n", along, columns)
            unknown[taken] = -np.inf
        return genes[taken]

    def judged(self) -> list[int]:
        """Return the pairs whose combinations of levels were met often enough to be judged, those never met aside."""
        return [
            self.terms.mains + index
            for index, cells in enumerate(self._cells)
            if cells[cells > 0].min(initial=_MET) >= _MET
        ]

    def fit(self, *, every: bool = False) -> Effects:
        """Return the effects that chance does not explain, side by side.

        Parameters
        ----------
        every : bool
            Keep every main effect, as least squares have it, so that what is too slight to show alone counts in sums;
            levels that were never measured then have next to boundless errors.
        """
        sides = _fitted(self, every=every)
        self._pairs = [group for group in sides[0].groups if group >= self.terms.mains]
        mean, columns = self._sum / self._weight, self._columns / self._weight
        level = [mean[s] - float((columns[one.columns] * one.weights).sum()) for s, one in enumerate(sides)]
        return Effects(self.terms, sides, np.array(level))

    def width(self) -> int:
        """Return how many numbers the effects take up: levels that were measured, and the pairs last found."""
        mains = sum(int(seen.sum()) - 1 for seen in self._seen if seen.any())
        return mains + sum(len(self.terms.columns[group]) for group in self._pairs)

    def errors(self) -> NDArray[np.float64]:
        """Return the standard error of the widest contrast of each decision on each side, shape (decisions, 3).

        Of all main effects together, with what neither they nor the pairs of the last fit explain as noise, between
        levels that were measured at all; infinite where designs are too few.
        """
        groups = list(range(self.terms.mains))
        found = np.zeros((len(self.terms.sizes), _SIDES))
        whole = [_least_squares(self, [*groups, *self._pairs], side) for side in range(_SIDES)]
        if self.freedom <= len(whole[0].columns):
            return np.full_like(found, np.inf)
        inverse, spread = _least_squares(self, groups, 0).inverse, np.sqrt([fit.variance for fit in whole])
        for index in range(self.terms.mains):
            place, columns = self.terms.groups[index][0], self.terms.columns[index]
            code = self.terms.codes[place][self._seen[place]]
            gaps = (code[:, None] - code[None]).reshape(-1, code.shape[1])
            widest = np.einsum("ni,ij,nj->n", gaps, inverse[np.ix_(columns, columns)], gaps).max()
            found[place] = spread * np.sqrt(float(widest))
        return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _add_products(gram: NDArray[np.float64], columns: NDArray[np.float64], weight: float) -> None:
    """Add the products of columns to a symmetric matrix; written out, as the threads of BLAS decide last bits."""
    rows, width = columns.shape
    for i in range(width):
        for row in range(rows):
            one = weight * columns[row, i]
            for j in range(i + 1):
                gram[i, j] += one * columns[row, j]
        for j in range(i):
            gram[j, i] = gram[i, j]


@dataclass(frozen=True)
class _Side:
    """Selected terms of one side: groups, their columns in the whole, weights, and a root of their covariance."""

    groups: list[int]
    columns: NDArray[np.intp]
    weights: NDArray[np.float64]
    root: NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """The surrogate: level plus selected main effects and pairs, on each side.

    Parameters
    ----------
    terms : Terms
    sides : tuple of three _Side
        All with the same terms.
    level : ndarray, shape (3,)
    """

    terms: Terms
    sides: tuple[_Side, ...]
    level: NDArray[np.float64]

    @cached_property
    def active(self) -> list[int]:
        """Return the decisions that occur in a selected term of any side, in order."""
        return sorted({place for side in self.sides for group in side.groups for place in self.terms.groups[group]})

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return pairs of decisions that act together on any side, in order."""
        found = {self.terms.groups[group] for side in self.sides for group in side.groups}
        return sorted((group[0], group[1]) for group in found if len(group) == 2)

    def points(self, genes: Genes) -> NDArray[np.float64]:
        """Return the expected values of designs, shape (n, 3)."""
        columns = self.terms.of(genes, self.sides[0].groups)
        return np.column_stack(
            [
                level + np.einsum("ni,i->n", columns, side.weights)
                for level, side in zip(self.level, self.sides, strict=True)
            ]
        )

    def drawn(self, genes: Genes, normal: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return values under draws of the coefficients, shape (draws, n, 3).

        Parameters
        ----------
        normal : list of three ndarray, shape (draws, terms of the side)
            As from `noise`; the same for all designs that are compared.
        """
        columns = self.terms.of(genes, self.sides[0].groups)
        found = [
            level + np.einsum("ni,di->dn", columns, side.weights + normal[place])
            for place, (level, side) in enumerate(zip(self.level, self.sides, strict=True))
        ]
        return np.stack(found, axis=2)

    def gaps(self, genes: Genes) -> NDArray[np.float64]:
        """Return the standard error of the difference of each two designs on each side, shape (3, n, n)."""
        columns = self.terms.of(genes, self.sides[0].groups)
        found = np.zeros((_SIDES, len(genes), len(genes)))
        for place, side in enumerate(self.sides):
            spread = np.einsum("ni,ij->nj", columns, side.root)
            shared = np.einsum("ni,mi->nm", spread, spread)
            own = np.diag(shared)
            found[place] = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2.0 * shared, 0.0))
        return found

    def noise(self, draws: int, rng: np.random.Generator) -> list[NDArray[np.float64]]:
        """Return errors of the coefficients of each side as their covariance has them."""
        return [rng.standard_normal((draws, len(side.weights))) @ side.root.T for side in self.sides]


def _fitted(known: Evidence, *, every: bool) -> tuple[_Side, ...]:
    """Return the three sides with the same terms: main effects and pairs that chance does not explain on some side.

    What shows on one side is kept on all, else a decision whose cost is known exactly and whose benefit is not would
    look like waste. The main effects of a pair that is kept are kept too.
    """
    terms = known.terms
    alone = list(range(terms.mains))
    pairs: list[int] = []
    judged = known.judged()
    for _ in range(_ROUNDS):
        fits = [_least_squares(known, [*alone, *pairs], side) for side in range(_SIDES)]
        others = [group for group in judged if group not in pairs]
        least = np.min([_scores(known, others, fit, side) for side, fit in enumerate(fits)], axis=0)
        fresh = [group for group, p in zip(others, least, strict=True) if p * len(others) * _SIDES <= _PAIRS_LEVEL]
        if not fresh:
            break
        pairs += fresh
    groups = [*alone, *pairs]
    fits = [_least_squares(known, groups, side) for side in range(_SIDES)]
    chances = np.minimum(1.0, _SIDES * np.min([_chances(known, groups, fit) for fit in fits], axis=0))
    asked = len(terms.groups) - terms.mains
    kept = [pair for pair, p in zip(pairs, chances[len(alone) :], strict=True) if p * asked <= _PAIRS_LEVEL]
    inside = {place for pair in kept for place in terms.groups[pair]}
    adjusted = benjamini_hochberg(chances[: len(alone)])
    mains = [
        one for one, p in zip(alone, adjusted, strict=True) if every or p <= _LEVEL or terms.groups[one][0] in inside
    ]
    groups = [*mains, *kept]
    fits = [_least_squares(known, groups, side) for side in range(_SIDES)]
    believed = np.ones(len(fits[0].weights)) if every else _believed(terms, groups, fits)
    return tuple(_Side(groups, fit.columns, fit.weights * believed, _root(fit.covariance)) for fit in fits)


def _believed(terms: Terms, groups: list[int], fits: list[_Fit]) -> NDArray[np.float64]:
    """Return by how much each weight is believed: what was selected looks larger than it is (James and Stein 1961)."""
    found, at = np.ones(len(fits[0].weights)), 0
    for group in groups:
        part = slice(at, at + len(terms.columns[group]))
        at = part.stop
        square = sum(fit.square(part) for fit in fits)
        found[part] = max(0.0, 1.0 - _SIDES * (part.stop - part.start) / max(square, 1e-300))
    return found


@dataclass(frozen=True)
class _Fit:
    """Least squares of one side: inverse of the normal matrix, weights, their columns, variance of one replication."""

    inverse: NDArray[np.float64]
    weights: NDArray[np.float64]
    columns: NDArray[np.intp]
    variance: float

    @property
    def covariance(self) -> NDArray[np.float64]:
        return self.inverse * self.variance

    def square(self, part: slice) -> float:
        """Return Wald's chi-square of some weights being zero."""
        values, vectors = np.linalg.eigh(self.inverse[part, part])
        along = np.einsum("ij,i->j", vectors, self.weights[part]) ** 2 / np.maximum(values, 1e-300)
        return float(along.sum()) / max(self.variance, 1e-300)


def _chances(known: Evidence, groups: list[int], fit: _Fit) -> NDArray[np.float64]:
    """Return the p-value of each group of weights being zero (F test)."""
    found, at = [], 0
    freedom = max(1, known.freedom - len(fit.columns))
    for group in groups:
        part = slice(at, at + len(known.terms.columns[group]))
        at = part.stop
        width = part.stop - part.start
        found.append(float(fdtrc(width, freedom, fit.square(part) / width)))
    return np.array(found)


def _least_squares(known: Evidence, groups: list[int], side: int) -> _Fit:
    """Return the fit of some groups to one side."""
    parts = [known.terms.columns[group] for group in groups]
    columns = np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
    inverse, weights = _solved(known.gram[np.ix_(columns, columns)], known.cross[side, columns])
    left = max(float(known.squares[side] - (known.cross[side, columns] * weights).sum()), 0.0)
    least = 1e-10 * float(known.squares[side]) / max(1, known.freedom)
    return _Fit(inverse, weights, columns, max(left / max(1, known.freedom - len(columns)), least))


def _solved(
    gram: NDArray[np.float64], cross: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Return the inverse of a normal matrix, with a trace of a ridge for what was never measured, and the solution."""
    if not len(gram):
        return gram, cross
    ridge = max(1e-9 * float(np.trace(gram)) / len(gram), 1e-9)
    inverse = np.asarray(np.linalg.inv(gram + np.eye(len(gram)) * ridge), dtype=np.float64)
    weights: NDArray[np.float64] = np.einsum("ij,j...->i...", inverse, cross)
    return inverse, weights


def _scores(known: Evidence, others: list[int], fit: _Fit, side: int) -> NDArray[np.float64]:
    """Return the p-value of each further group by what the fit leaves over (score tests)."""
    terms, gram, columns = known.terms, known.gram, fit.columns
    left = known.cross[side] - np.einsum("ij,j->i", gram[:, columns], fit.weights)
    explained = np.einsum("ij,jk->ik", fit.inverse, gram[columns])
    p_values = np.ones(len(others))
    widths = np.array([len(terms.columns[group]) for group in others])
    for width in np.unique(widths):
        at = np.flatnonzero(widths == width)
        own = np.array([terms.columns[others[place]] for place in at])
        plain = gram[own[:, :, None], own[:, None, :]]
        down, over = gram[columns][:, own], explained[:, own]
        schur = plain - np.einsum("jgi,jgk->gik", down, over)
        ridge = 1e-6 * np.maximum(np.einsum("gii->g", plain), 1e-12)
        score = left[own]
        along = np.linalg.solve(schur + ridge[:, None, None] * np.eye(int(width)), score[:, :, None])[:, :, 0]
        squares = np.maximum((score * along).sum(axis=1), 0.0) / max(fit.variance, 1e-300)
        p_values[at] = fdtrc(width, max(1, known.freedom - len(columns) - int(width)), squares / width)
    return p_values


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a root of a covariance, shape (n, n)."""
    if not len(covariance):
        return covariance
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    root: NDArray[np.float64] = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
