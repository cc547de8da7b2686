"""Claims about what passes between teams: only what the null does not explain, after correction for many tests."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.networks_null import PER_PAIR, Between, Events, between_teams, fits, null_of
from longwall.discovery.networks_result import Claim
from longwall.evidence import publishable_groups
from longwall.evidence.disclosure import coarse_count
from longwall.stats import benjamini_hochberg
from longwall.units import share_text

__all__ = ["LEVEL", "claims_of", "of_five", "one_figure", "pairs_to_test", "tenths"]

LEVEL = 0.05
"""Largest p-value of a claim, after Benjamini and Hochberg."""

_MOST_PAIRS = 8
_LEAST_HANDOVERS = 50
_LEAST_CROSSINGS = 50
_LEAST_RETURNS = 30
_LEAST_FACTOR = 1.2
_LEAST_RETURN_FACTOR = 1.5
_LEAST_SHARE = 0.1


def pairs_to_test(events: Events) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of teams that are tested: at least one of the two has five people; the heaviest first.

    At most eight, so that a single claim can hold after the correction; chosen by what passes between teams, which the
    null leaves as it is.

    Returns
    -------
    ndarray of int64, shape (n_pairs,), twice
        The first of the two is the lower number.
    """
    team, n = events.team, events.begins.size - 1
    inside = events.case[1:] == events.case[:-1]
    key = team[:-1][inside] * n + team[1:][inside]
    passed = np.bincount(key, minlength=n * n).reshape(n, n)
    both = np.triu(passed + passed.T, 1)
    named = of_five(events.people)
    order = np.argsort(-both, axis=None, kind="stable")
    chosen = [divmod(int(at), both.shape[0]) for at in order[: 4 * _MOST_PAIRS]]
    chosen = [
        (a, b)
        for a, b in chosen
        if both[a, b] >= _LEAST_HANDOVERS and (named[a] or named[b]) and fits(events, a, b)
    ][:_MOST_PAIRS]  # fmt: skip
    table = np.array(chosen, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def claims_of(
    events: Events,
    depends: NDArray[np.bool_],
    names: tuple[str, ...],
    ids: tuple[str, ...],
    *,
    permutations: int,
    seed: int,
) -> tuple[tuple[Claim, ...], int]:
    """Return the claims, and how many tests were made together.

    A claim needs an adjusted p-value of at most 5%, and must differ from chance by a fifth or more. What is said of the
    people of a team is tested for teams of five or more only.
    """
    one, other = pairs_to_test(events)
    if not one.size:
        return (), 0
    between = between_teams(events, one, other, depends)
    null = null_of(events, between, permutations=permutations, seed=seed)
    p = np.where(_allowed(events, between), null.p, np.nan)
    tested = np.isfinite(p)
    adjusted = np.full(p.shape, np.nan)
    adjusted[tested] = benjamini_hochberg(p[tested])
    crossings = np.bincount(between.cross_pair, minlength=one.size)
    returns = np.bincount(between.back_test, minlength=2 * one.size)
    needed = np.array([between.needed[a:b].sum() for a, b in zip(between.starts[:-1], between.starts[1:], strict=True)])
    found = []
    for pair, test in np.argwhere(tested & (adjusted <= LEVEL)):
        x, y = int(one[pair]), int(other[pair])
        of = (
            events.people[x], events.people[y], events.people[x] * events.people[y], returns[2 * pair],
            returns[2 * pair + 1], needed[pair],
        )[test]  # fmt: skip
        swap = test in (1, 4)
        claim = _worded(
            int(test), (y, x) if swap else (x, y), names, ids, float(null.observed[pair, test]),
            float(null.expected[pair, test]), int(of), float(p[pair, test]), float(adjusted[pair, test]),
        )  # fmt: skip
        if claim is not None:
            found.append((-int(crossings[pair]), int(test), claim))
    return tuple(claim for _, _, claim in sorted(found, key=lambda entry: entry[:2])), int(tested.sum())


def _allowed(events: Events, between: Between) -> NDArray[np.bool_]:
    """Which tests may be made: by the size of the teams and the number of items, never by who did what."""
    one, other, named = between.one, between.other, of_five(events.people)
    allowed = np.zeros((one.size, PER_PAIR), dtype=np.bool_)
    enough = np.bincount(between.back_test, minlength=2 * one.size).reshape(-1, 2) >= _LEAST_RETURNS
    many = np.bincount(between.cross_pair, minlength=one.size) >= _LEAST_CROSSINGS
    allowed[:, 0], allowed[:, 1] = named[one] & many, named[other] & many
    allowed[:, 2] = allowed[:, 5] = named[one] & named[other] & many
    allowed[:, 3], allowed[:, 4] = named[one] & enough[:, 0], named[other] & enough[:, 1]
    return allowed


def _worded(
    test: int, teams: tuple[int, int], names: tuple[str, ...], ids: tuple[str, ...], observed: float, expected: float,
    of: int, p: float, adjusted: float,
) -> Claim | None:  # fmt: skip
    """Word a claim, so coarsely that two reports tell of nobody; None where it is too close to chance."""
    x, y = names[teams[0]], names[teams[1]]
    kind: Literal["carriers", "fixed-pairs", "returns", "unmet"]
    unit: Literal["people", "pairs of people", "share"]
    told, chance = observed, expected
    if test in (3, 4, 5):
        told, chance, unit = tenths(observed / of), tenths(expected / of), "share"
        kind = "unmet" if test == 5 else "returns"
        if kind == "returns" and (
            observed < _LEAST_RETURN_FACTOR * expected or observed - expected < _LEAST_SHARE * of
        ):
            return None
        if kind == "unmet" and (observed * _LEAST_FACTOR > expected or expected - observed < _LEAST_SHARE * of):
            return None
        text = (
            f"Of the pairs of people of {x} and {y} whose steps depend on each other, about {share_text(told)} ever "
            f"handed over to each other; at random it would be about {share_text(chance)}."
            if kind == "unmet"
            else f"What {y} gives back to {x} comes to the person who had given it in about {share_text(told)} of the "
            f"returns; at random it would be about {share_text(chance)}."
        )
    else:
        kind, unit = ("fixed-pairs", "pairs of people") if test == 2 else ("carriers", "people")
        if observed * _LEAST_FACTOR > expected:
            return None
        chance = float(round(expected))
        if test == 2:
            told, chance = one_figure(round(observed)), one_figure(round(expected))
        text = (
            f"Half of the items that pass between {x} and {y} go through {told:,.0f} of {of:,} {unit}"
            f"{f' of {x}' if test != 2 else ''}; at random it would be {chance:,.0f}."
        )
    return Claim(
        kind=kind, where=(ids[teams[0]], ids[teams[1]]), statement=text, observed=told, expected=chance, unit=unit,
        of=None if unit == "share" else of, p=round(p, 3), adjusted=round(adjusted, 3),
    )  # fmt: skip


def of_five(people: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return of which teams something may be said about their people: those of five or more.

    Parameters
    ----------
    people : ndarray of int64, shape (n_teams,)
    """
    shown = publishable_groups({team: int(n) for team, n in enumerate(people)}, total_shown=False).shown
    named = np.zeros(people.size, dtype=np.bool_)
    named[[int(str(team)) for team in shown]] = True
    return named


def tenths(share: float) -> float:
    """Return a share to the next tenth."""
    return round(float(share), 1)


def one_figure(count: int) -> int:
    """Return a count with one figure; below ten as it is."""
    return count if count < 10 else coarse_count(count)
