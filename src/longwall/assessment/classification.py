"""How tightly coupled, how complex, how automated? Indices from the structure, with every part shown.

No validated formula for Perrow's two axes exists; these are proposals whose parts can be argued about one by one. The
labels come from fixed cuts, and the margin says how near the next one is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from longwall.assessment.flow import Flow
from longwall.assessment.results import AutomationLevel, Classification, Index, IndexPart
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.worksystem import Estimate, WorkSystem

__all__ = ["classify"]

_MACHINE_ACTS = 5
_SILENT = 7
_ONE_WAY = 0.95
_APPROVED = 0.95
_COMMON = 3
_LEADS = 0.8


def classify(system: WorkSystem, flow: Flow, cuts: Thresholds, view: View | None = None) -> Classification:
    """Return coupling, interaction and automation levels of a work system.

    Parameters
    ----------
    view : View, optional
        Of the log; adds what was exercised and which levels the log leaves possible.
    """
    graph = _Graph(system, flow)
    tight = _index(
        _coupling(system, flow, graph),
        ((cuts["coupling_low"], "loose"), (cuts["coupling_high"], "medium"), (np.inf, "tight")),
    )
    complex_ = _index(
        _interaction(system, flow, graph, view), ((cuts["interaction_cut"], "linear"), (np.inf, "complex"))
    )
    unknown = [part.name for index in (tight, complex_) for part in index.parts if part.value is None]
    cautions: tuple[str, ...] = (
        "no validated formula for coupling and interaction exists: read the parts, not only the label",
    )
    if unknown:
        cautions += (f"not in the model, so left out of the mean: {', '.join(unknown)}",)
    return Classification(
        coupling=tight, interaction=complex_, automation=_automation(system, cuts, view), cautions=cautions
    )


class _Graph:
    """Functions and components as one graph: routes between functions, components below what rests on them."""

    def __init__(self, system: WorkSystem, flow: Flow) -> None:
        self.functions, self.components = list(flow.functions), list(system.components)
        self.n = len(self.functions) + len(self.components)
        place = {name: k for k, name in enumerate((*self.functions, *self.components))}
        edges: list[tuple[int, int, bool]] = []
        for a, b in zip(*np.nonzero(flow.moves), strict=True):
            target = system.functions[self.functions[b]]
            # An item waits for a person; a machine takes it at once.
            edges.append((int(a), int(b), target.allocation.level >= _SILENT and target.delay_h is None))
        for component in system.technical.components:
            for below in component.depends_on:
                if below in place:
                    edges.append((place[below], place[component.id], component.buffer_h is None))
        for function in system.work.functions:
            if function.allocation.component in place:
                # Up to the level at which a person acts, the work goes on by hand when the machine is out.
                must = function.allocation.level >= _MACHINE_ACTS
                edges.append((place[function.allocation.component], place[function.id], must))
            # Without what it uses, nobody can begin it.
            edges += [(place[used], place[function.id], True) for used in function.uses if used in place]
        self.edges = edges
        self.adjacent = self._matrix([(a, b) for a, b, _ in edges])
        self.synchronous = self._matrix([(a, b) for a, b, at_once in edges if at_once])

    def _matrix(self, pairs: Sequence[tuple[int, int]]) -> csr_array:
        rows, columns = [a for a, _ in pairs], [b for _, b in pairs]
        matrix = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(self.n, self.n))
        matrix.sum_duplicates()
        return matrix

    def visible(self, matrix: csr_array) -> NDArray[np.bool_]:
        """Which node can feel which, in any number of steps, itself left out."""
        seen = np.eye(self.n, dtype=bool)
        while True:
            grown = seen | ((seen.astype(np.float64) @ matrix) > 0)
            if (grown == seen).all():
                break
            seen = grown
        np.fill_diagonal(seen, False)
        return seen


def _coupling(system: WorkSystem, flow: Flow, graph: _Graph) -> list[IndexPart]:
    """Parts of the coupling index."""
    pairs = graph.n * (graph.n - 1)
    used = [k for k, name in enumerate(flow.functions) if flow.executions.get(name, 0) > 0]
    ways_on = [k for k in used if flow.moves[k].any()]
    one_way = [k for k in ways_on if flow.moves[k].max() >= _ONE_WAY * flow.moves[k].sum()]
    return [
        _part(
            "synchronous edges",
            sum(at_once for *_, at_once in graph.edges) / len(graph.edges) if graph.edges else None,
            "share of links that pass a disturbance on at once: no queue, no buffer, no way by hand",
        ),
        _part("lack of slack", _tightness(system, flow), "work content over the time until due, at most 1"),
        _part(
            "propagation cost",
            float(graph.visible(graph.synchronous).sum()) / pairs if pairs else None,
            "share of pairs in which one node feels the other through links without buffer",
        ),
        _part("no substitute", _cut_share(flow, used), "share of functions whose loss cuts every way to an end"),
        _part(
            "fixed sequence",
            len(one_way) / len(ways_on) if ways_on else None,
            "share of functions with one allowed next step",
        ),
    ]


def _tightness(system: WorkSystem, flow: Flow) -> float | None:
    """Work content of an item over its due time, mean over classes that are due."""
    work = np.array([system.functions[name].work_h.mean_h for name in flow.functions])
    shares = [
        min(1.0, float(flow.visits[demand.id] @ work) / demand.due_h.value)
        for demand in system.work.demand
        if demand.due_h is not None and demand.due_h.value > 0
    ]
    return float(np.mean(shares)) if shares else None


def _cut_share(flow: Flow, used: list[int]) -> float | None:
    """Share of used functions that every item must pass."""
    if not used:
        return None
    counts = [flow.visits[demand] for demand in flow.visits]
    entry = np.array([flow.functions.index(name) for name in flow.entry], dtype=int)
    if not entry.size or not counts:
        return None
    # Passed for sure from every entry: nobody gets around it.
    sure = [k for k in used if flow.reach[entry, k].min() >= 1 - 1e-6]
    return len(sure) / len(used)


def _interaction(system: WorkSystem, flow: Flow, graph: _Graph, view: View | None) -> list[IndexPart]:
    """Parts of the interaction index."""
    count, labels = connected_components(graph.adjacent, directed=True, connection="strong")
    sizes = np.bincount(labels, minlength=count)
    cyclic = (sizes[labels] > 1) | (graph.adjacent.diagonal() > 0) if graph.n else np.zeros(0, dtype=bool)
    back = float(np.tril(flow.moves * np.array([flow.executions[f] for f in flow.functions])[:, None]).sum())
    total = float((flow.moves * np.array([flow.executions[f] for f in flow.functions])[:, None]).sum())
    felt = np.asarray(graph.adjacent.astype(bool).sum(axis=1)).ravel()
    first = len(graph.functions)
    sees = [component.transparency.value for component in system.technical.components if component.kind == "automation"]
    return [
        _part(
            "nodes in cycles", float(cyclic.mean()) if graph.n else None, "share of nodes that feed back on themselves"
        ),
        _part(
            "feedback flow",
            back / total if total > 0 else None,
            "share of moves that go back in the order of the model",
        ),
        _part(
            "common mode",
            float((felt[first:] >= _COMMON).mean()) if graph.components else None,
            f"share of components on which {_COMMON} and more others rest",
        ),
        _part("hidden state", 1 - float(np.mean(sees)) if sees else None, "1 - transparency of the automations"),
        _part("cross-boundary moves", _crossing_share(system, flow), "share of moves that change the team"),
        _part("unfamiliar paths", _unfamiliar(flow, view), "share of routes that the log never shows"),
    ]


def _crossing_share(system: WorkSystem, flow: Flow) -> float | None:
    """Share of moves between functions of different teams."""
    teams = []
    for name in flow.functions:
        roles = system.functions[name].roles
        teams.append(system.roles[roles[0]].team if roles and roles[0] in system.roles else "")
    weight = crossed = 0.0
    for a, b in zip(*np.nonzero(flow.moves), strict=True):
        if teams[a] and teams[b]:
            flux = flow.executions[flow.functions[a]] * flow.moves[a, b]
            weight += flux
            crossed += flux * (teams[a] != teams[b])
    return crossed / weight if weight > 0 and len(set(teams) - {""}) > 1 else None


def _unfamiliar(flow: Flow, view: View | None) -> float | None:
    """Share of routes of the model that no case of the log took."""
    if view is None:
        return None
    previous = view.traces.previous
    rows = np.flatnonzero(previous >= 0)
    ids = view.functions
    taken = {(ids[a], ids[b]) for a, b in np.unique(
        np.stack([view.log.activity[previous[rows]], view.log.activity[rows]], axis=1), axis=0)}  # fmt: skip
    routes = [(flow.functions[a], flow.functions[b]) for a, b in zip(*np.nonzero(flow.moves), strict=True)]
    known = [pair for pair in routes if set(pair) <= set(ids)]
    return sum(pair not in taken for pair in known) / len(known) if known else None


def _automation(system: WorkSystem, cuts: Thresholds, view: View | None) -> tuple[AutomationLevel, ...]:
    """Levels per function: stated, and possible by the log."""
    codes = {key: code for code, key in enumerate(view.functions)} if view is not None else {}
    found = []
    for function in system.work.functions:
        stated = function.allocation.level
        if view is None or function.id not in codes or "resources" not in view.log.capabilities:
            found.append(AutomationLevel(function=function.id, stated=stated))
            continue
        possible, machine, approved = _possible(view, codes[function.id], cuts)
        agree = stated in possible if possible else None
        found.append(
            AutomationLevel(
                function=function.id,
                stated=stated,
                possible=possible,
                machine_share=machine,
                approved_share=approved,
                agree=agree,
            )
        )
    return tuple(found)


def _possible(view: View, code: int, cuts: Thresholds) -> tuple[tuple[int, ...], Estimate | None, Estimate | None]:
    """The set of levels that the performers of one activity leave possible.

    People do it: 1 to 4, the machine's help does not show. A machine does it, right after a step of a person that leads
    here and hardly anywhere else, in at least 95%: that step is an approval, so 5. In no more than 5%: 6 at least; 7 to
    10 cannot be told apart. In between: any from 5 on.
    """
    rows = np.flatnonzero((view.log.activity == code) & (view.log.resource >= 0))
    machine = view.performers.machine[rows]
    if rows.size < cuts["least_cases"]:
        return (), None, None
    low, high = share_interval(int(machine.sum()), rows.size)
    share = Estimate(value=float(machine.mean()), low=low, high=high, footing="counted")
    if machine.mean() < 0.5:
        return (1, 2, 3, 4), share, None
    done = rows[machine]
    before = view.traces.previous[done]
    who = np.where(before >= 0, view.log.resource[np.maximum(before, 0)], -1)
    person = (who >= 0) & ~view.performers.machine[np.maximum(before, 0)] & _leads_here(view, code)[before]
    low, high = share_interval(int(person.sum()), done.size)
    approved = Estimate(value=float(person.mean()), low=low, high=high, footing="counted")
    if person.mean() >= _APPROVED:
        return (5,), share, approved
    return ((6, 7, 8, 9, 10) if person.mean() <= 1 - _APPROVED else (5, 6, 7, 8, 9, 10)), share, approved


def _leads_here(view: View, code: int) -> NDArray[np.bool_]:
    """Whether each event is of an activity that is followed by this one in four of five cases."""
    log, following = view.log, view.traces.next
    count = np.bincount(log.activity, minlength=len(log.activities))
    here = (following >= 0) & (log.activity[np.maximum(following, 0)] == code)
    leads = np.bincount(log.activity[here], minlength=len(log.activities)) >= _LEADS * np.maximum(count, 1)
    return np.asarray(leads[log.activity])


def _index(parts: list[IndexPart], cuts: Sequence[tuple[float, str]]) -> Index:
    """Mean of the parts that could be had, with label and distance to the nearest cut."""
    known = [part.value for part in parts if part.value is not None]
    value = float(np.mean(known)) if known else 0.0
    label = next(name for cut, name in cuts if value < cut)
    margin = min(abs(value - cut) for cut, _ in cuts if np.isfinite(cut))
    return Index(value=value, label=label if known else "not determinable", margin=margin, parts=tuple(parts))


def _part(name: str, value: float | None, means: str) -> IndexPart:
    """One part, kept within its range."""
    return IndexPart(name=name, value=None if value is None else float(min(max(value, 0.0), 1.0)), means=means)
