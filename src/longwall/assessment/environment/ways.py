"""Can an item come to a function without another one? Ways through the routes of a model."""

from __future__ import annotations

from collections.abc import Mapping

from longwall.worksystem import Fork, WorkSystem

__all__ = ["avoiding"]

_START, _END = "start", "end"

_Ways = Mapping[str, frozenset[str]]


def avoiding(system: WorkSystem, passed: str, target: str) -> tuple[str, ...]:
    """Return the demand classes of which an item can come to `target` without having been at `passed`.

    Parameters
    ----------
    passed : Id
        A function.
    target : Id
        A function, or ``end``.

    Notes
    -----
    A way follows routes with a probability above zero; the memory of routes is left aside, so that a way may be named
    that memory excludes. A join is reached once every branch has come to it, so an item passes all of its branches.
    Reopened items have been through the work before and begin no new way.
    """
    found = []
    for demand in system.demand:
        ways, forks = _ways(system, demand), _forks(system, demand)
        guarded = {
            fork.after: fork.join
            for fork in forks
            if any(not _reached(ways, branch, passed) & {fork.join, _END} for branch in fork.branches)
        }
        if _comes_to(ways, guarded, target, passed):
            found.append(demand)
    return tuple(found)


def _comes_to(ways: _Ways, guarded: Mapping[str, str], target: str, without: str) -> bool:
    """Whether an item comes to the target without a function; an item that forked waits at a join for every branch.

    Parameters
    ----------
    guarded : mapping of Id to Id
        For each fork one of whose branches leads through that function: where it begins, and the join that then waits.
    """
    seen: set[tuple[str, frozenset[str]]] = {(_START, frozenset())}
    open_ = list(seen)
    while open_:
        here, waits = open_.pop()
        if here in guarded:
            waits = waits | {guarded[here]}
        for there in ways.get(here, ()):
            if there == target and there not in waits:
                return True
            state = (there, waits)
            if there != without and there not in waits and state not in seen:
                seen.add(state)
                open_.append(state)
    return False


def _ways(system: WorkSystem, demand: str) -> dict[str, frozenset[str]]:
    """Where items of a class can go from each function, and from the start."""
    own: dict[str, set[str]] = {}
    common: dict[str, set[str]] = {}
    for route in system.work.routes:
        if route.demand in (None, demand):
            side = common if route.demand is None else own
            side.setdefault(route.source, set())
            if route.probability.value > 0:
                side[route.source].add(route.target)
    ways = {here: frozenset(targets) for here, targets in (common | own).items()}
    for fork in _forks(system, demand):
        ways[fork.after] = frozenset(fork.branches)
        for inner in frozenset().union(*(_reached(ways, branch, fork.join) for branch in fork.branches)):
            if _END in ways.get(inner, ()):
                ways[inner] = ways[inner] - {_END} | {fork.join}
    return ways


def _forks(system: WorkSystem, demand: str) -> list[Fork]:
    return [fork for fork in system.work.forks if fork.demand in (None, demand)]


def _reached(ways: _Ways, start: str, without: str) -> frozenset[str]:
    """What can be reached from a place, itself included, without entering another one."""
    if start == without:
        return frozenset()
    seen, open_ = {start}, [start]
    while open_:
        for there in ways.get(open_.pop(), ()):
            if there not in seen and there != without:
                seen.add(there)
                open_.append(there)
    return frozenset(seen)
