"""From a solved net to the variance matrix that people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.matrix.algebra import Net, Solution, solve
from longwall.assessment.matrix.pooling import PooledCell
from longwall.assessment.matrix.robustness import membership
from longwall.assessment.results import Edge, Loss, Membership3, VarianceMatrix, VarianceRow
from longwall.assessment.thresholds import Thresholds
from longwall.stats import rank_correlation
from longwall.worksystem import Estimate, Footing, Severity, WorkSystem

__all__ = ["judged_edges", "tabulate"]

_POINT = 0.01


def tabulate(
    net: Net,
    ids: Sequence[str],
    names: Sequence[str],
    edges: tuple[Edge, ...],
    *,
    source: Literal["judgement", "log"],
    severity_unit: str,
    footing: Footing,
    cuts: Thresholds,
    draws: int,
    seed: int,
    levers: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    control: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    frailty_variance: float | None = None,
    cautions: tuple[str, ...] = (),
) -> VarianceMatrix:
    """Return the matrix of a net.

    Parameters
    ----------
    levers : pair of ndarray, shape (n, 3), optional
        Detection and control levers where the net is net of control (learned), so that its own would be zero.
    control : pair of ndarray, shape (n,), optional
        P(detected) and P(controlled | detected) as observed, for the same case.
    """
    solved = solve(net)
    found = membership(net, draws=draws, seed=seed, key_share=cuts["key_share"])
    grades = [found.grade(k, cuts["core_membership"], cuts["out_membership"]) for k in range(3)]
    detect, act = levers if levers is not None else (solved.detection_lever, solved.control_lever)
    seen, done = control if control is not None else (net.detected.value, net.controlled.value)
    marks = np.bincount(net.source, minlength=net.size) + (net.severity > 0).sum(axis=1)
    rows = tuple(
        VarianceRow(
            id=ids[k],
            name=names[k],
            severity=Severity(
                technical=float(net.severity[k, 0]),
                social=float(net.severity[k, 1]),
                regulatory=float(net.severity[k, 2]),
            ),
            rate_per_week=_finite(solved.rate[k]),
            own_per_week=float(net.own.value[k]),
            detected=float(seen[k]),
            controlled=float(done[k]),
            uncontrolled=float(1 - seen[k] * done[k]),
            one=_loss(solved.one[k]),
            own_loss=_loss(solved.own_loss[k]),
            own_loss_low=_loss(np.minimum(found.low[k], solved.own_loss[k])),
            own_loss_high=_loss(np.maximum(found.high[k], solved.own_loss[k])),
            detection_lever=_loss(detect[k] * _POINT),
            control_lever=_loss(act[k] * _POINT),
            marks=int(marks[k]),
            membership=Membership3(
                technical=float(found.share[k, 0]),
                social=float(found.share[k, 1]),
                regulatory=float(found.share[k, 2]),
                technical_key=grades[0][k],
                social_key=grades[1][k],
                regulatory_key=grades[2][k],
            ),
        )
        for k in range(net.size)
    )
    ranks = [rank_correlation(marks, solved.own_loss[:, k]) if net.severity[:, k].any() else None for k in range(3)]
    return VarianceMatrix(
        source=source,
        variances=rows,
        edges=edges,
        total=_loss(_total(solved)),
        severity_unit=severity_unit,
        runaway=tuple(tuple(ids[k] for k in members) for members in solved.runaway),
        rank_correlation=Loss(technical=ranks[0], social=ranks[1], regulatory=ranks[2]),
        draws=found.draws,
        runaway_draws=found.runaway,
        frailty_variance=frailty_variance,
        footing=footing,
        cautions=(*cautions, *_warnings(net, ids, solved, found.runaway)),
    )


def judged_edges(system: WorkSystem, cells: Sequence[PooledCell] = ()) -> tuple[Edge, ...]:
    """Return the edges that people wrote into a model, with how many experts spoke of each, and how far apart."""
    of_experts = {(cell.cause, cell.effect): cell for cell in cells}
    known = {variance.id for variance in system.variances}
    return tuple(
        Edge(
            source=variance.id,
            target=other,
            probability=Estimate(
                value=p.value,
                low=p.value if p.low is None else p.low,
                high=p.value if p.high is None else p.high,
                footing=p.footing,
            ),
            experts=len(cell.said) if (cell := of_experts.get((variance.id, other))) else 0,
            disagreement=cell.disagreement if cell else None,
        )
        for variance in system.variances
        for other, p in variance.induces.items()
        if other in known
    )


def _warnings(net: Net, ids: Sequence[str], solved: Solution, runaway: float) -> tuple[str, ...]:
    """Say what of the matrix should not be taken at its face."""
    said = []
    for members in solved.runaway:
        named = ", ".join(ids[k] for k in members)
        said.append(f"{named}: these feed each other without end at the stated numbers; what they touch is not summed")
    if runaway and not solved.runaway:
        said.append(f"in {runaway:.0%} of the draws some variances feed each other without end")
    if negative := [ids[k] for k in range(net.size) if net.own.value[k] < 0]:
        said.append(f"{', '.join(negative)}: the learned edges explain more occurrences than there are")
    return tuple(said)


def _total(solved: Solution) -> NDArray[np.float64]:
    """Sum of own losses per column; infinite where one of them is."""
    return np.asarray(solved.own_loss.sum(axis=0), dtype=np.float64)


def _finite(value: float) -> float | None:
    """Return None for infinity: JSON has none."""
    return float(value) if np.isfinite(value) else None


def _loss(row: NDArray[np.float64]) -> Loss:
    """Three columns."""
    return Loss(technical=_finite(row[0]), social=_finite(row[1]), regulatory=_finite(row[2]))
