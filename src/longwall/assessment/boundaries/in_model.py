"""Crossings that a model expects: a chain of functions, each done by a team, an organisation, a machine or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.boundaries.result import BOUNDARIES, Boundary, Crossings, Passage
from longwall.assessment.flow import Flow
from longwall.assessment.statement import estimate
from longwall.simulation import items_per_week
from longwall.worksystem import Footing, Function, Parameter, Route, WorkSystem

__all__ = [
    "MACHINE_ACTS",
    "Chain",
    "chain_of",
    "crossings_in_model",
    "half_width",
    "heads_of",
    "passages_in_model",
    "shares_of",
]

Floats = NDArray[np.float64]

MACHINE_ACTS = 5
"""From this level of automation on the machine carries a task out."""

_APPROVES = 5
_LEAKY = 1e-9
_HALF_WIDTHS = 1.96


@dataclass(frozen=True)
class Chain:
    """Crossings of one demand class, per item.

    Parameters
    ----------
    crossings : float
        Expected changes of category between tasks that follow each other, tasks of nobody passed over.
    least, most : float
        The same where those who could be the same, are; and at the ends of who does what several categories share: each
        of those functions done by one of them alone, one function at a time, and the differences added up.
    passed : ndarray, shape (n_functions, n_functions)
        Expected direct passages from a task at the row to the next task of somebody at the column.
    slope : ndarray, shape (n_functions, n_functions)
        Derivative of `crossings` by the probability to go from row to column.
    """

    crossings: float
    least: float
    most: float
    passed: Floats
    slope: Floats


def chain_of(moves: Floats, visits: Floats, shares: Floats) -> Chain:
    """Return the crossings of a chain of functions.

    Parameters
    ----------
    moves : ndarray, shape (n_functions, n_functions)
        Expected moves from row to column per item.
    visits : ndarray, shape (n_functions,)
        Expected executions per item.
    shares : ndarray, shape (n_functions, n_categories)
        Probability that a task at the function is done by the category; rows sum to at most one, the rest is nobody.

    Notes
    -----
    With R = (I - P Z)^-1 P, where P are the probabilities to move and Z the shares of nobody, R a is who meets the item
    next. Categories of different tasks are taken as independent, and shared by head-count: who is idle takes more.
    """
    n = visits.size
    step = moves / np.maximum(visits, 1e-300)[:, None] * (1 - _LEAKY)
    someone = shares.sum(axis=1)
    nobody = np.clip(1 - someone, 0.0, 1.0)
    onward = np.linalg.solve(np.eye(n) - step * nobody[None, :], step) if n else step
    both = np.outer(someone, someone) - shares @ shares.T
    met = onward @ shares
    matched = np.minimum(shares, someone[:, None] * met).sum(axis=1)
    least = float(visits @ (someone * met.sum(axis=1) - matched))
    total = float(visits @ (onward * both).sum(axis=1))
    fewer, more = _alone(visits[:, None] * onward, shares)
    return Chain(
        crossings=total,
        least=max(0.0, min(least, total + fewer)),
        most=total + more,
        passed=visits[:, None] * onward,
        slope=_slope(step, visits, shares, someone, nobody, onward, both),
    )


def _alone(passed: Floats, shares: Floats) -> tuple[float, float]:
    """How many crossings fewer, and more, there are where one category does alone what several share."""
    met = (passed + passed.T) @ shares
    someone = shares.sum(axis=1)
    usual = (shares * met).sum(axis=1)
    # Of a function that follows itself the square of the change counts, too.
    square = someone[:, None] ** 2 - 2 * someone[:, None] * shares + (shares**2).sum(axis=1)[:, None]
    change = usual[:, None] - someone[:, None] * met - np.diag(passed)[:, None] * square
    change = np.where(shares > 0, change, 0.0)
    return float(np.minimum(change.min(axis=1), 0).sum()), float(np.maximum(change.max(axis=1), 0).sum())


def _slope(
    step: Floats, visits: Floats, shares: Floats, someone: Floats, nobody: Floats, onward: Floats, both: Floats
) -> Floats:
    """Derivative of the crossings by each probability to move; see `Chain`."""
    n, k = shares.shape
    if not n:
        return np.zeros((0, 0))
    # What is still to come after a function that somebody did, averaged over who did it.
    ahead = np.linalg.solve(np.eye(n) - someone[:, None] * onward, (onward * both).sum(axis=1))
    # What is still to come after a function, by who met the item last; the last column: nobody yet.
    later = np.empty((n, k + 1))
    later[:, :k] = onward @ (someone[:, None] - shares + ahead[:, None])
    later[:, k] = onward @ ahead
    last = np.linalg.solve(np.eye(n) - nobody[:, None] * step.T, visits[:, None] * shares)
    last = np.column_stack([last, np.maximum(visits - last.sum(axis=1), 0.0)])
    known = last[:, :k].sum(axis=1)
    # sum over t of last[i, t] * (someone[j] - shares[j, t] + ahead[j] + nobody[j] * later[j, t])
    return np.asarray(
        np.outer(known, someone) - last[:, :k] @ shares.T + np.outer(last.sum(axis=1), ahead)
        + (last @ later.T) * nobody[None, :]
    )  # fmt: skip


def shares_of(system: WorkSystem, boundary: Boundary) -> tuple[tuple[str, ...], Floats]:
    """Return the categories on both sides of a boundary and who does each function.

    Returns
    -------
    tuple of str
        Teams, organisations, or ``("machine", "people")``.
    ndarray, shape (n_functions, n_categories)
        Roles share a function by head-count. From level 6 on people meet only what the machine does not cover.
    """
    if boundary == "machine":
        return ("machine", "people"), np.array([_sides(system, f) for f in system.work.functions]).reshape(-1, 2)
    of_team = {team.id: team.id if boundary == "team" else team.organisation for team in system.social.teams}
    names = tuple(dict.fromkeys(of_team.values()))
    shares = np.zeros((len(system.work.functions), len(names)))
    for row, function in enumerate(system.work.functions):
        for role, part in heads_of(system, function).items():
            shares[row, names.index(of_team[system.roles[role].team])] += part * _by_people(system, function)
    return names, shares


def heads_of(system: WorkSystem, function: Function) -> dict[str, float]:
    """Return the share of each role in the head-count of those who may do a function; equal where nobody is counted."""
    roles = [name for name in function.roles if name in system.roles and system.roles[name].team in system.teams]
    heads = {name: float(system.roles[name].head_count) for name in roles}
    total = sum(heads.values())
    return {name: (head / total if total else 1 / len(roles)) for name, head in heads.items()}


def _by_people(system: WorkSystem, function: Function) -> float:
    """Share of the tasks of a function at which an item meets a person."""
    component = system.components.get(function.allocation.component or "")
    if function.allocation.level <= _APPROVES or component is None:
        return 1.0
    return 1.0 - component.coverage.value


def _sides(system: WorkSystem, function: Function) -> tuple[float, float]:
    """Shares of the tasks that a machine, and that people carry out."""
    component = system.components.get(function.allocation.component or "")
    machine = component.coverage.value if component and function.allocation.level >= MACHINE_ACTS else 0.0
    return machine, 1.0 - machine if function.roles else 0.0


def crossings_in_model(system: WorkSystem, flow: Flow, range_factor: float) -> tuple[Crossings, ...]:
    """Return the expected crossings per item, for all items and by demand class; a boundary with one side is left out.

    The interval holds the stated ranges of the routes, and who of those that share a function may do it.

    Parameters
    ----------
    range_factor : float
        Probabilities without a range get one on the odds, from a share of 1 / factor to factor.
    """
    items = items_per_week(system)
    total = sum(items.values())
    footing: Footing = "assumed" if any(r.probability.footing == "assumed" for r in system.work.routes) else "fitted"
    found = []
    for boundary in BOUNDARIES:
        shares = shares_of(system, boundary)[1]
        if (shares.sum(axis=0) > 0).sum() < 2 or not total:
            continue
        rows = []
        for demand in system.work.demand:
            chain = chain_of(flow.class_moves[demand.id], flow.visits[demand.id], shares)
            half = _HALF_WIDTHS * _spread(system, flow, demand.id, chain.slope, range_factor)
            rows.append((demand.id, items[demand.id] / total, chain, half))
        # Routes are shared by classes, so what is not known of them adds up.
        ends = np.array([(c.crossings, max(0.0, c.least - half), c.most + half) for _, _, c, half in rows])
        weights = np.array([weight for _, weight, _, _ in rows])
        found.append(_crossings(boundary, "", weights @ ends, footing))
        if len(rows) > 1:
            found += [_crossings(boundary, rows[k][0], ends[k], footing) for k in range(len(rows))]
    return tuple(found)


def _crossings(boundary: Boundary, demand: str, mean: Floats, footing: Footing) -> Crossings:
    """One row of the table."""
    value, low, high = (float(end) for end in mean)
    return Crossings(
        boundary=boundary, source="model", demand=demand, mean=estimate(value, low, high, "per item", footing)
    )


def _spread(system: WorkSystem, flow: Flow, demand: str, slope: Floats, factor: float) -> float:
    """Standard deviation of the crossings by the ranges of the routes.

    The routes of a function sum to one: their errors are those of a Dirichlet distribution, of which each range tells
    the weight, so that the variance is the sum of (gain - mean gain)^2 se^2 / (1 - p).
    """
    place = {name: k for k, name in enumerate(flow.functions)}
    visits, moves = flow.visits[demand], flow.class_moves[demand]
    by_source: dict[str, list[Route]] = {}
    for route in system.work.routes:
        if route.source in place and route.demand in (None, demand):
            by_source.setdefault(route.source, []).append(route)
    variance = 0.0
    for source, routes in by_source.items():
        i = place[source]
        own = [route for route in routes if route.demand == demand] or routes
        if visits[i] <= 0 or len({route.target for route in own}) < 2:
            continue
        usual, ends = float((moves[i] / visits[i]) @ slope[i]), 1 - float(moves[i].sum() / visits[i])
        errors: dict[str, float] = {}
        for route in own:
            errors[route.target] = max(errors.get(route.target, 0.0), half_width(route.probability, factor))
        for target, half in errors.items():
            if half <= 0:
                continue
            gain = slope[i, place[target]] if target in place else 0.0
            rest = 1 - (moves[i, place[target]] / visits[i] if target in place else ends)
            variance += ((gain - usual) * half / _HALF_WIDTHS) ** 2 / max(rest, half)
    return float(np.sqrt(variance))


def half_width(parameter: Parameter, factor: float) -> float:
    """Half the width of the range of a probability; assumed ones without a range get it on the odds."""
    low, value, high = parameter.low, parameter.value, parameter.high
    if low is None and high is None and parameter.footing == "assumed" and 0 < value < 1:
        odds = value / (1 - value)
        low, high = odds / factor / (1 + odds / factor), odds * factor / (1 + odds * factor)
    return ((value if high is None else high) - (value if low is None else low)) / 2


def passages_in_model(system: WorkSystem, flow: Flow) -> tuple[Passage, ...]:
    """Return the items that are expected to pass from team to team in a week, most first.

    The interval holds the stated range of the demand alone.
    """
    names, shares = shares_of(system, "team")
    items = items_per_week(system)
    weekly = np.zeros((len(names), len(names)))
    for demand in system.work.demand:
        chain = chain_of(flow.class_moves[demand.id], flow.visits[demand.id], shares)
        weekly += items[demand.id] * (shares.T @ chain.passed @ shares)
    on_paper, linked = any(link.formal for link in system.social.links), _linked(system)
    footings = {route.probability.footing for route in system.work.routes}
    footings |= {demand.per_week.footing for demand in system.work.demand}
    footing: Footing = "assumed" if "assumed" in footings else "fitted"
    wide = _wide(system)
    pairs = [(a, b) for a in range(len(names)) for b in range(len(names)) if a != b and weekly[a, b] > _LEAKY]
    pairs.sort(key=lambda pair: (-weekly[pair], pair))
    return tuple(
        Passage(
            source=names[a],
            target=names[b],
            per_week=estimate(
                float(weekly[a, b]), float(weekly[a, b] * wide[0]), float(weekly[a, b] * wide[1]), "per week", footing
            ),
            on_paper=frozenset((names[a], names[b])) in linked if on_paper else None,
        )
        for a, b in pairs
    )


def _linked(system: WorkSystem) -> set[frozenset[str]]:
    """Pairs of teams between which a formal link stands, of theirs or of roles of theirs."""
    team = {**{key: key for key in system.teams}, **{role.id: role.team for role in system.social.roles}}
    return {
        frozenset((team[link.source], team[link.target]))
        for link in system.social.links
        if link.formal and link.source in team and link.target in team
    }


def _wide(system: WorkSystem) -> tuple[float, float]:
    """Relative range of the demand as a whole: classes err together."""
    value = sum(demand.per_week.value for demand in system.work.demand)
    ends: Mapping[str, float] = {
        end: sum(
            demand.per_week.value if getattr(demand.per_week, end) is None else getattr(demand.per_week, end)
            for demand in system.work.demand
        )
        for end in ("low", "high")
    }
    return (ends["low"] / value, ends["high"] / value) if value > 0 else (1.0, 1.0)
