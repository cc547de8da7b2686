"""Where people's judgement and the traces differ: cell by cell, over kinds, net of the control as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from longwall.assessment.matrix.algebra import Net, solve
from longwall.assessment.matrix.judgement_result import CellComparison, Verdict
from longwall.assessment.matrix.learned import LearnedNet
from longwall.assessment.matrix.pooling import PooledCell
from longwall.assessment.statement import estimate
from longwall.worksystem import WorkSystem

__all__ = ["compared"]


def compared(
    learned: LearnedNet, cells: Sequence[PooledCell], system: WorkSystem, judged: Net | None
) -> tuple[CellComparison, ...]:
    """Return every cell that people or the traces speak of, those that differ first.

    Parameters
    ----------
    cells : sequence of PooledCell
        What experts say; those over kinds are compared as they are.
    judged : Net, optional
        Of the model, in the order of its variances: brought to kinds, each variance by its rate, where no expert spoke
        of the kinds themselves.

    Notes
    -----
    People judge what follows an occurrence that nobody controls; traces show what follows with the control as it is.
    How far that control spares what follows is not known (an item that waits goes on, and is late all the same), so the
    judged range reaches from the strength with all that is controlled taken off up to the strength as stated.
    """
    place = {kind: k for k, kind in enumerate(learned.kinds)}
    of_kinds = _of_model(system, judged)
    uncontrolled = 1 - learned.detected * learned.controlled
    models = {variance.id for variance in system.variances}
    for cell in cells:
        if cell.cause in models and cell.effect in models:
            continue
        u = float(uncontrolled[place[cell.cause]]) if cell.cause in place else 1.0
        p = cell.strength
        of_kinds[cell.cause, cell.effect] = (p.value, p.low * u, p.high)
    said = {(edge.source, edge.target): edge.grade for edge in learned.edges}
    found = [_cell(learned, place, pair, of_kinds.get(pair), said.get(pair, "")) for pair in sorted({*of_kinds, *said})]
    order = ("not spoken of", "more than seen", "less than seen", "agree", "cannot tell", "not seen in the log")
    return tuple(sorted(found, key=lambda one: (order.index(one.verdict), one.cause, one.effect)))


def _of_model(system: WorkSystem, net: Net | None) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Edges of the model brought to kinds: value, low with the control taken off, and high."""
    found: dict[tuple[str, str], tuple[float, float, float]] = {}
    if net is None:
        return found
    kinds = [variance.kind or variance.id for variance in system.variances]
    rate = np.where(np.isfinite(r := solve(net).rate), r, 0.0)
    u = net.uncontrolled
    for a, b, value, low, high in zip(net.source, net.target, net.p.value, net.p.low, net.p.high, strict=True):
        of_kind = rate[[k for k, kind in enumerate(kinds) if kind == kinds[a]]].sum()
        share = float(rate[a] / of_kind) if of_kind > 0 else 0.0
        before = found.get((kinds[a], kinds[b]), (0.0, 0.0, 0.0))
        found[kinds[a], kinds[b]] = (
            before[0] + share * value,
            before[1] + share * u[a] * low,
            before[2] + share * high,
        )
    return found


def _cell(
    learned: LearnedNet,
    place: Mapping[str, int],
    pair: tuple[str, str],
    judged: tuple[float, float, float] | None,
    grade: str,
) -> CellComparison:
    """One cell with its verdict."""
    told = None if judged is None else estimate(*judged, "", "assumed")
    if pair[0] not in place or pair[1] not in place or pair[0] == pair[1]:
        return CellComparison(cause=pair[0], effect=pair[1], judged=told, learned=None, grade="",
                              verdict="not seen in the log")  # fmt: skip
    i, j = place[pair[0]], place[pair[1]]
    p, low, high = (float(table[i, j]) for table in (learned.learned.p, learned.learned.low, learned.learned.high))
    needed = float(learned.learned.needed[i, j])
    seen = estimate(p, low, high, "", "fitted") if np.isfinite(p) else None
    verdict: Verdict
    if seen is None:
        verdict = "cannot tell"
    elif told is None:
        verdict = "not spoken of"
    elif told.low > seen.high:
        verdict = "more than seen"
    elif told.high < seen.low:
        verdict = "less than seen"
    elif needed > 0 and not grade and told.value > 0:
        verdict = "cannot tell"
    else:
        verdict = "agree"
    open_still = verdict == "cannot tell" and np.isfinite(needed)
    return CellComparison(cause=pair[0], effect=pair[1], judged=told, learned=seen, grade=grade, verdict=verdict,
                          needed_cases=round(needed) if open_still else 0)  # fmt: skip
