"""Work in progress at the end of the log: which items are open, at which function, how old; and how the log was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall import streams
from longwall.discovery.demand import Classes
from longwall.discovery.extraction import keeps_finished_only, keeps_whole_cases
from longwall.discovery.flow import Flow, Functions
from longwall.discovery.traces import Traces
from longwall.simulation import OpenItem

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["OpenWork", "open_work"]

_MOST_OPEN = 20_000


@dataclass(frozen=True)
class OpenWork:
    """What was open when the log was cut.

    Parameters
    ----------
    keeps : str
        ``all`` where the log holds every event before its cut, ``finished`` where it holds finished items only.
    items : tuple of OpenItem
        Ages are those at the last event of the log. Empty where the log keeps finished items only.
    sentence : str
        How the log was cut and what was open, for readers.
    """

    keeps: str
    items: tuple[OpenItem, ...]
    sentence: str


def open_work(
    log: Log,
    traces: Traces,
    functions: Functions,
    classes: Classes,
    flow: Flow,
    function_ids: Sequence[str],
    class_ids: Sequence[str],
    *,
    seed: int,
) -> OpenWork:
    """Return the items that were open when the log was cut.

    Parameters
    ----------
    function_ids : sequence of str
        Ids of the functions and gateways, by code.
    class_ids : sequence of str
        Ids of the demand classes, by code; empty for a class that is not in the model.
    seed : int
        Draws which items were open, each with its own chance, and what comes next for them.

    Notes
    -----
    An item is open with the chance that its case had not ended (`ended_cases`). What it is about to begin is drawn from
    the routes after its last function, those to the end left out. At a fork it stands in the first branch.
    """
    finished = keeps_whole_cases(log) or keeps_finished_only(log)
    likely = float((1.0 - traces.ended).sum())
    if finished:
        return OpenWork("finished", (), "the log keeps finished items only: what was open when it was cut is not in it")
    rng = streams.generator(seed, "open work")
    luck = rng.random((traces.n_cases, 2))
    cases = np.flatnonzero(luck[:, 0] < 1.0 - traces.ended)[:_MOST_OPEN]
    steps = {(step.source, step.demand): step for step in flow.steps if not step.after}
    forks = {fork.head: fork.branches[0] for fork in flow.forks}
    end = len(function_ids)
    items = []
    for case in cases:
        group = int(classes.of_case[case])
        last = int(functions.of_event[traces.last[case]])
        following = forks.get(last, -1)
        step = steps.get((last, group), steps.get((last, -1)))
        if following < 0 and step is not None:
            following = _next(step.targets, step.probability, end, float(luck[case, 1]))
        if following < 0 or not class_ids[group]:
            continue
        items.append(
            OpenItem(
                demand=class_ids[group],
                function=function_ids[following],
                after=function_ids[last],
                age_h=float(max(traces.edge_h - traces.arrival_h[case], 0.0)),
            )
        )
    sentence = (
        f"the log holds every event up to its cut, {log.moment(traces.edge_h):%Y-%m-%d %H:%M} UTC; {len(items)} items "
        f"are taken as open then ({likely:.0f} expected), with their ages"
    )
    return OpenWork("all", tuple(items), sentence)


def _next(targets: tuple[int, ...], probability: tuple[float, ...], end: int, luck: float) -> int:
    """What comes next, the end left out; -1 where only the end does."""
    going = [(target, share) for target, share in zip(targets, probability, strict=True) if target < end and share > 0]
    if not going:
        return -1
    shares: NDArray[np.float64] = np.cumsum([share for _, share in going])
    return going[min(int(np.searchsorted(shares, luck * shares[-1])), len(going) - 1)][0]
