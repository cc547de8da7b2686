"""Traces with planted effects, made by a plain loop over steps that shares nothing with the product's simulator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = 10
LONGEST = 60


@dataclass
class World:
    case: np.ndarray
    step: np.ndarray
    kind: np.ndarray
    case_steps: np.ndarray
    stratum: np.ndarray
    p: np.ndarray
    landed: np.ndarray  # p times the share of effects that fell before the end of the case


def planted_effects(luck: np.random.Generator, edges: int = 12) -> np.ndarray:
    p = np.zeros((KINDS, KINDS))
    pairs = [(i, j) for i in range(KINDS) for j in range(KINDS) if i < j]
    for k in luck.choice(len(pairs), edges, replace=False):
        p[pairs[k]] = luck.uniform(0.1, 0.4)
    return p


def traces(
    seed: int,
    cases: int,
    p: np.ndarray | None = None,
    *,
    frailty: float = 0.5,
    surge: float = 1.0,
    lengths: str = "by class",
    shock: tuple[int, int, float] | None = None,
    delays: str = "short",
) -> World:
    """Cases with class, priority, position, length and shared difficulty all at work.

    surge: factor on all rates for a fifth of the cases. shock: (i, j, rate): a hidden event hits i now and j three
    steps on. delays: short, half geometric and half a spread around three; long, half even over six steps and half with
    a tail far beyond them.
    """
    luck = np.random.default_rng([seed, cases])
    p = np.zeros((KINDS, KINDS)) if p is None else p
    klass, priority = luck.integers(0, 3, cases), luck.integers(0, 2, cases)
    mean = np.array([10, 15, 22])[klass] if lengths == "by class" else np.full(cases, 15)
    steps = np.clip(luck.poisson(mean) if lengths == "by class" else 3 + luck.geometric(1 / 12, cases), 3, LONGEST)
    prone = luck.gamma(1 / frailty, frailty, cases) if frailty > 0 else np.ones(cases)
    prone = prone * np.where(luck.random(cases) < 0.2, surge, 1.0)
    rate = luck.uniform(0.008, 0.03, (3, 2, KINDS))
    slope = luck.uniform(-0.5, 1.0, KINDS)
    pending = np.zeros((cases, LONGEST + 30, KINDS))
    found = []
    landed, sources = np.zeros((KINDS, KINDS)), np.zeros(KINDS)
    lags = luck.integers(0, 2, (KINDS, KINDS))
    for t in range(LONGEST):
        alive = steps > t
        hazard = rate[klass, priority] * (1 + slope * min(t, 20) / 20) * prone[:, None]
        occurs = (luck.random((cases, KINDS)) < hazard) | (pending[:, t] > 0)
        occurs &= alive[:, None]
        if shock is not None:
            i, j, chance = shock
            hit = alive & (luck.random(cases) < chance)
            occurs[hit, i] = True
            pending[hit, t + 3, j] = 1
        where, what = np.nonzero(occurs)
        found.append(np.stack([where, np.full(where.size, t), what], axis=1))
        sources += np.bincount(what, minlength=KINDS)
        for j in range(KINDS):
            chance = p[what, j]
            go = luck.random(where.size) < chance
            if delays == "short":
                delay = np.where(lags[what, j] == 0, luck.geometric(0.6, where.size), luck.integers(2, 5, where.size))
            else:
                delay = np.where(lags[what, j] == 0, luck.integers(1, 7, where.size), luck.geometric(0.25, where.size))
            at = t + np.minimum(delay, 25)
            pending[where[go], at[go], j] = 1
            landed[:, j] += np.bincount(what[go & (at < steps[where])], minlength=KINDS)
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    return World(rows[:, 0], rows[:, 1], rows[:, 2], steps.astype(np.int64), (klass * 2 + priority).astype(np.int64), p,
                 landed / np.maximum(sources, 1)[:, None])  # fmt: skip
