"""The matrix as experts judge it: into the model, over the rates of the log, and beside what the traces show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from longwall.assessment.matrix.algebra import Net, Range, key_set, solve
from longwall.assessment.matrix.judgement_result import Elicited, ExpertView
from longwall.assessment.matrix.learned import LearnedNet
from longwall.assessment.matrix.opinions import Expert
from longwall.assessment.matrix.pooling import POOLING, PooledCell, pooled
from longwall.assessment.matrix.tabulate import tabulate
from longwall.assessment.results import Edge, VarianceMatrix
from longwall.assessment.thresholds import Thresholds
from longwall.worksystem import Parameter, WorkSystem

__all__ = ["elicited_of", "with_opinions"]

_Cells = Mapping[tuple[str, str], PooledCell]


def with_opinions(system: WorkSystem, cells: Sequence[PooledCell]) -> WorkSystem:
    """Return a model whose variances lead to each other as the experts say, where they spoke of them."""
    known = {variance.id for variance in system.variances}
    said: dict[str, dict[str, Parameter]] = {}
    for cell in cells:
        if cell.cause in known and cell.effect in known:
            p = cell.strength
            source = f"judged by {', '.join(one.expert for one in cell.said)}"
            said.setdefault(cell.cause, {})[cell.effect] = Parameter(
                value=p.value, low=p.low, high=p.high, tag="M", source=source
            )
    if not said:
        return system
    variances = tuple(
        variance.model_copy(update={"induces": {**variance.induces, **said.get(variance.id, {})}})
        for variance in system.variances
    )
    return system.model_copy(update={"variances": variances})


def elicited_of(
    experts: Sequence[Expert],
    cuts: Thresholds,
    *,
    system: WorkSystem,
    judged: Net | None,
    learned: LearnedNet | None,
    draws: int,
    seed: int,
) -> tuple[Elicited | None, VarianceMatrix | None]:
    """Return what experts judged, or None where nobody was asked; and the matrix of it over kinds.

    Parameters
    ----------
    judged : Net, optional
        Of the model with the pooled opinions, in the order of its variances.
    learned : LearnedNet, optional
        What the log shows: kinds, their rates, harm and control.

    Returns
    -------
    Elicited, optional
    VarianceMatrix, optional
        The pooled strengths with rates, harm and control as the log counts them; None without a log, or where nobody
        spoke of kinds.
    """
    if not experts:
        return None, None
    cells = pooled(experts, cuts["contradiction_gap"])
    ids = tuple(variance.id for variance in system.variances)
    by_pair = {(cell.cause, cell.effect): cell for cell in cells}
    kinds = learned.kinds if learned is not None else ()
    named = {name for cell in cells for name in (cell.cause, cell.effect) if name not in ids}
    net = None if learned is None else _over_log(learned, by_pair)
    matrix = None
    if net is not None and learned is not None and net.source.size:
        matrix = tabulate(
            net, kinds, kinds, _edges(kinds, net, by_pair), source="judgement", severity_unit="elapsed hours",
            footing="assumed", cuts=cuts, draws=draws, seed=seed, control=(learned.detected, learned.controlled),
        )  # fmt: skip
    views = tuple(_view(expert, by_pair, [(ids, judged), (kinds, net)], cuts["key_share"]) for expert in experts)
    unseen = tuple(sorted(named - set(kinds))) if learned is not None else ()
    return Elicited(pooling=POOLING, cells=cells, views=views, unseen=unseen), matrix


def _over_log(learned: LearnedNet, cells: _Cells) -> Net:
    """The net of the pooled strengths, with rates, harm and control of the log."""
    place = {kind: k for k, kind in enumerate(learned.kinds)}
    pairs = [pair for pair in cells if pair[0] in place and pair[1] in place and cells[pair].strength.value > 0]
    source = np.array([place[a] for a, _ in pairs], dtype=np.intp)
    target = np.array([place[b] for _, b in pairs], dtype=np.intp)
    strengths = [cells[pair].strength for pair in pairs]
    p = Range(*(np.array([getattr(s, name) for s in strengths]) for name in ("value", "low", "high")))
    rate = learned.rate
    u = 1 - learned.detected * learned.controlled
    own = rate.copy()
    np.subtract.at(own, target, rate[source] * u[source] * p.value)
    half = learned.net.own.high - learned.net.own.value
    return replace(
        learned.net,
        source=source,
        target=target,
        p=p,
        own=Range(own, own - half, own + half),
        detected=Range.exact(learned.detected),
        controlled=Range.exact(learned.controlled),
    )


def _edges(ids: Sequence[str], net: Net, cells: _Cells) -> tuple[Edge, ...]:
    """The pooled cells as edges."""
    pairs = [(ids[int(a)], ids[int(b)]) for a, b in zip(net.source, net.target, strict=True)]
    return tuple(
        Edge(source=a, target=b, probability=cells[a, b].strength, experts=len(cells[a, b].said),
             disagreement=cells[a, b].disagreement)
        for a, b in pairs
    )  # fmt: skip


def _view(expert: Expert, cells: _Cells, nets: Sequence[tuple[Sequence[str], Net | None]], share: float) -> ExpertView:
    """The key set where one group's strengths stand in its cells; of the first net that it speaks of."""
    own = {(one.cause, one.effect): one.strength for one in expert.opinions}
    contested = sum(cells[pair].contested for pair in own)
    for ids, net in nets:
        if net is None or not any(a in ids and b in ids for a, b in own):
            continue
        pairs = [(ids[int(a)], ids[int(b)]) for a, b in zip(net.source, net.target, strict=True)]
        values = np.array([own.get(pair, net.p.value[k]) for k, pair in enumerate(pairs)])
        key = key_set(solve(replace(net, p=Range.exact(values))).own_loss[:, 0], share)
        return ExpertView(
            expert=expert.name,
            cells=len(own),
            contested=contested,
            key=tuple(ids[int(k)] for k in np.flatnonzero(key)),
        )
    return ExpertView(expert=expert.name, cells=len(own), contested=contested)
