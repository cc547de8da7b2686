"""Routes: the shares of each fork sum to one, and whatever comes in can leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from longwall.worksystem.places import Step, entry_name
from longwall.worksystem.problems import Problem
from longwall.worksystem.references import END, START
from longwall.worksystem.system import WorkSystem

__all__ = ["dead_ends", "unbalanced_forks"]

_TOLERANCE = 1e-6
"""As the simulator: what is missing from one would be lost items."""

_Fork = tuple[str, str | None, tuple[str, ...], str]


def unbalanced_forks(system: WorkSystem) -> Iterator[Problem]:
    """Yield a problem for each (source, demand class, after, outcome) whose routes do not sum to one."""
    sums: dict[_Fork, float] = defaultdict(float)
    first: dict[_Fork, str] = {}
    for route in system.work.routes:
        fork: _Fork = (route.source, route.demand, route.after, route.outcome)
        sums[fork] += route.probability.value
        first.setdefault(fork, str(entry_name(route)))
    for fork, total in sums.items():
        if abs(total - 1) > _TOLERANCE:
            source, demand, after, outcome = fork
            what = (
                f"routes from {source}"
                + (f" of {demand}" if demand else "")
                + (f" after {'/'.join(after)}" if after else "")
                + (f" where {outcome}" if outcome else "")
            )
            yield Problem(("work", "routes", first[fork]), "LW-WS-016", f"{what} whose probabilities sum to 1",
                          f"a sum of {total:.4g}", "correct them, or add the route that is missing")  # fmt: skip


def dead_ends(system: WorkSystem) -> Iterator[Problem]:
    """Yield a problem for each function that an item reaches and can never leave, and each class that cannot start.

    Routes with memory count as open whenever they exist, so a way out that memory closes is not noticed.
    """
    stuck: dict[str, list[str]] = {}
    for demand in system.work.demand:
        edges = _edges(system, demand.id)
        reached = _closure(edges, START)
        if len(reached) == 1:
            yield Problem(("work", "demand", demand.id), "LW-WS-018", f"a route from start for {demand.id}", "none",
                          "add a route whose source is start")  # fmt: skip
            continue
        backward: dict[str, set[str]] = defaultdict(set)
        for source, targets in edges.items():
            for target in targets:
                backward[target].add(source)
        leaving = _closure(backward, END)
        for function in system.functions:
            if function in reached and function not in leaving:
                stuck.setdefault(function, []).append(demand.id)
    everyone = len(system.work.demand)
    for function, classes in stuck.items():
        who = "items" if len(classes) == everyone else f"items of {', '.join(classes)}"
        path: tuple[Step, ...] = ("work", "functions", function)
        yield Problem(path, "LW-WS-018", f"a way from {function} to end for {who}", "none",
                      "add a route that leads on, or to end")  # fmt: skip


def _edges(system: WorkSystem, demand: str) -> dict[str, set[str]]:
    """Successors of each function for one demand class: its own routes where it has some, else the common ones.

    A target that does not exist is a fault of its own, and here a way out.
    """
    known = {*system.functions, END}
    own: dict[str, set[str]] = defaultdict(set)
    common: dict[str, set[str]] = defaultdict(set)
    for route in system.work.routes:
        if route.probability.value > 0 and route.demand in (None, demand):
            target = route.target if route.target in known else END
            (common if route.demand is None else own)[route.source].add(target)
    edges = {**common, **own}
    for fork in system.work.forks:
        if fork.demand in (None, demand):
            edges[fork.after] = {target if target in known else END for target in fork.branches}
            # The end of a branch is where the branches meet; what comes after the join is no branch.
            inside = {source: targets for source, targets in edges.items() if source != fork.join}
            for function in _closure(inside, fork.after) - {fork.join}:
                if function != END and END in edges.get(function, set()):
                    edges[function] = (edges[function] - {END}) | {fork.join if fork.join in known else END}
    return edges


def _closure(edges: dict[str, set[str]], begin: str) -> set[str]:
    """Everything that can be reached from a node, the node included."""
    seen, waiting = {begin}, [begin]
    while waiting:
        following: Iterable[str] = edges.get(waiting.pop(), ())
        for node in following:
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen
