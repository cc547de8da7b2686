"""The variance matrix that a log shows: rates and harm as counted, edges as learned from the traces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.matrix.algebra import Net, Range, solve
from longwall.assessment.matrix.propagation import Learned, Occurrences, learn
from longwall.assessment.results import Edge
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.worksystem import Estimate

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["LearnedNet", "learned_net"]

Floats = NDArray[np.float64]

_LEAST = 5
_ALL_CONTROLLED = 0.95


@dataclass(frozen=True)
class LearnedNet:
    """A net whose edges are net of control, with what was observed of control beside it.

    Parameters
    ----------
    rate : ndarray, shape (n_kinds,)
        Occurrences per week, as counted.
    kinds : tuple of str
        The kinds that occurred.
    detected, controlled : ndarray, shape (n_kinds,)
        Share seen before the item left, and share controlled of those seen; an upper bound: what nobody reveals leaves
        no trace.
    levers : pair of ndarray, shape (n_kinds, 3)
        Of detection and control; control is taken to spare what follows and not the harm already done.
    """

    net: Net
    rate: Floats
    kinds: tuple[str, ...]
    edges: tuple[Edge, ...]
    detected: Floats
    controlled: Floats
    levers: tuple[Floats, Floats]
    learned: Learned
    cautions: tuple[str, ...]


def learned_net(view: View, events: VarianceEvents, cuts: Thresholds) -> LearnedNet | None:
    """Return the net that the variance events of a log show, or None where there are none.

    Observed rates ``r`` are own and induced together, so own rates are ``q = (I - L^T) r`` with L the learned edges.
    """
    kept = np.array([k for k in range(len(events.kinds)) if (events.kind == k).sum() >= _LEAST], dtype=np.int64)
    if not kept.size:
        return None
    number = np.full(len(events.kinds), -1)
    number[kept] = np.arange(kept.size)
    rows = np.flatnonzero(number[events.kind] >= 0)
    kind = number[events.kind[rows]]
    n = kept.size
    learned = learn(
        _occurrences(view, events, rows, kind, n),
        floor=cuts["edge_floor"],
        level=cuts["edge_level"],
        least_support=int(cuts["edge_support"]),
    )
    learned = _worth_acting_on(learned, events, rows, kind, view.weeks, cuts["edge_floor_h_per_week"])
    source, target = np.nonzero(learned.claimed)
    p = learned.p[source, target]
    low = np.clip(learned.low[source, target], 0.0, p)
    high = np.maximum(learned.high[source, target], p)
    count = np.bincount(kind, minlength=n).astype(np.float64)
    rate = count / view.weeks
    leak = np.zeros((n, n))
    leak[source, target] = p
    own = rate - leak.T @ rate
    half = 1.96 * np.sqrt(count) / view.weeks
    harm = np.bincount(kind, weights=events.harm_h[rows], minlength=n) / count
    severity = np.zeros((n, 3))
    severity[:, 0] = harm
    net = Net(
        source=source,
        target=target,
        p=Range(p, low, high),
        own=Range(own, own - half, own + half),
        detected=Range.exact(np.zeros(n)),
        controlled=Range.exact(np.zeros(n)),
        severity=severity,
        harm_stays=np.ones(n, dtype=bool),
    )
    in_time = np.asarray(~events.escaped[rows] & (events.seen[rows] >= 0))
    repaired = in_time & (events.controlled[rows] >= 0)
    detected = np.bincount(kind, weights=in_time, minlength=n) / count
    controlled = np.bincount(kind, weights=repaired, minlength=n) / np.maximum(detected * count, 1.0)
    kinds = tuple(events.kinds[k] for k in kept)
    return LearnedNet(
        net=net,
        rate=rate,
        kinds=kinds,
        edges=_edges(learned, kinds, source, target),
        detected=detected,
        controlled=controlled,
        levers=_levers(net, leak, detected, controlled),
        learned=learned,
        cautions=_cautions(learned, kinds),
    )


def _occurrences(
    view: View, events: VarianceEvents, rows: NDArray[np.int64], kind: NDArray[np.int64], n: int
) -> Occurrences:
    """Put occurrences on the clock of steps: where they arose, else where they were seen, else at the end."""
    first = view.log.offsets[:-1].astype(np.int64)
    case = events.case[rows].astype(np.int64)
    at = np.where(events.origin[rows] >= 0, events.origin[rows], events.seen[rows])
    at = np.where(at >= 0, at, view.traces.last[case])
    steps = np.diff(view.log.offsets).astype(np.int64)
    return Occurrences(
        case=case,
        step=np.clip(at - first[case], 0, steps[case] - 1),
        kind=kind,
        case_steps=steps,
        stratum=view.stratum,
        n_kinds=n,
    )


def _worth_acting_on(
    learned: Learned,
    events: VarianceEvents,
    rows: NDArray[np.int64],
    kind: NDArray[np.int64],
    weeks: float,
    floor_h: float,
) -> Learned:
    """Drop claims over which fewer hours pass in a week than anyone would act on; harm nobody measured stays."""
    n = learned.support.size
    harm = np.bincount(kind, weights=events.harm_h[rows], minlength=n) / np.maximum(learned.support, 1)
    with np.errstate(invalid="ignore"):
        passing_h = (learned.support / weeks)[:, None] * learned.p * harm[None, :]
        kept = learned.claimed & ((passing_h >= floor_h) | (harm == 0)[None, :])
    return replace(learned, claimed=kept, directed=learned.directed & kept)


def _levers(net: Net, leak: Floats, detected: Floats, controlled: Floats) -> tuple[Floats, Floats]:
    """Loss per week that a point of detection or control saves: p = L / u, and u falls by c or by d."""
    solved = solve(net)
    # Where nearly all is controlled, what an uncontrolled one would lead to was not seen.
    u = np.where(detected * controlled > _ALL_CONTROLLED, np.nan, 1 - detected * controlled)
    after = leak @ np.where(np.isfinite(solved.one), solved.one, 0.0)
    rate = np.where(np.isfinite(solved.rate), solved.rate, 0.0)
    spared = rate[:, None] * after / u[:, None]
    return controlled[:, None] * spared, detected[:, None] * spared


def _edges(
    learned: Learned, kinds: tuple[str, ...], source: NDArray[np.intp], target: NDArray[np.intp]
) -> tuple[Edge, ...]:
    """The claimed pairs, strongest first."""
    found = [
        Edge(
            source=kinds[i],
            target=kinds[j],
            probability=Estimate(
                value=float(learned.p[i, j]),
                low=float(learned.low[i, j]),
                high=float(learned.high[i, j]),
                footing="fitted",
            ),
            support=int(learned.support[i]),
            grade="directed" if learned.directed[i, j] else "associated",
            explained_away_by=float(learned.explained_away_by[i, j]),
            naive=_number(learned.lift.naive[i, j]),
            cross_check=_number(learned.lift.stratified[i, j]),
            agrees=_agrees(learned, int(i), int(j)),
        )
        for i, j in zip(source, target, strict=True)
    ]
    return tuple(sorted(found, key=lambda edge: (-edge.probability.value, edge.source, edge.target)))


def _agrees(learned: Learned, i: int, j: int) -> bool | None:
    """Whether Mantel-Haenszel sees the edge too: its interval lies above nothing, or meets that of the model."""
    low, high = learned.lift.low[i, j], learned.lift.high[i, j]
    if not np.isfinite(low):
        return None
    return bool(low > 0 or (low <= learned.high[i, j] and high >= learned.low[i, j]))


def _number(value: float) -> float | None:
    """None for what is not determinable."""
    return float(value) if np.isfinite(value) else None


def _cautions(learned: Learned, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Say what the learned edges cannot mean."""
    said = [
        "an edge says what follows, net of the control as it is; a hidden cause that hits the first and later the "
        "second looks the same, and effects within one step or after the end of a case are not seen",
    ]
    if learned.claimed.any():
        said.append("two detectors can see the same rows: an edge between such kinds may only say how they are defined")
    if learned.claimed.any() and not learned.directed[learned.claimed].all():
        said.append(
            "edges graded 'associated': what follows does not exceed what came before, so no direction is shown"
        )
    thin = [
        f"{kinds[k]} (about {learned.needed_cases[k]:,.0f} cases)" for k in np.flatnonzero(learned.needed_cases > 0)
    ]
    if contradicted := [
        f"{kinds[i]} to {kinds[j]}"
        for i, j in zip(*np.nonzero(learned.claimed), strict=True)
        if _agrees(learned, int(i), int(j)) is False
    ]:
        said.append(f"the cross-check within class and step does not see: {', '.join(contradicted)}")
    if thin:
        said.append(f"not determinable, needs more cases: {', '.join(thin)}")
    return tuple(said)
