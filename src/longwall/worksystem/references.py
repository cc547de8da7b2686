"""Ids: each one names something, each something has one, and chains that must end do end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from longwall.worksystem.demand import DemandClass
from longwall.worksystem.places import Step, entry_name
from longwall.worksystem.problems import Problem, unknown_id
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Distribution, Parameter, Piece
from longwall.worksystem.variances import Variance

__all__ = ["Ids", "cycles", "dangling", "duplicates", "ids_of"]

START, END = "start", "end"
_LISTS: Mapping[str, tuple[str, ...]] = {
    "components": ("technical", "components"),
    "teams": ("social", "teams"),
    "roles": ("social", "roles"),
    "demand": ("work", "demand"),
    "functions": ("work", "functions"),
    "decisions": ("work", "decisions"),
    "variances": ("variances",),
}


@dataclass(frozen=True)
class Ids:
    """Every id that a model defines, by kind."""

    components: frozenset[str]
    teams: frozenset[str]
    roles: frozenset[str]
    demand: frozenset[str]
    functions: frozenset[str]
    decisions: frozenset[str]
    variances: frozenset[str]
    skills: frozenset[str]


def ids_of(system: WorkSystem, written: Any = None) -> Ids:
    """Return the ids of a model, and with them those that its file defines in entries with faults of their own.

    Parameters
    ----------
    written : any, optional
        The plain data of the whole file.
    """
    found: dict[str, frozenset[str]] = {}
    for kind, place in _LISTS.items():
        entries = [entry.id for entry in _at(system, place)] + [
            entry["id"] for entry in _at(written, place) if isinstance(entry, dict) and isinstance(entry.get("id"), str)
        ]
        found[kind] = frozenset(entries)
    skills = [function.skill for function in system.work.functions if function.skill]
    return Ids(**found, skills=found["functions"] | frozenset(skills))


def duplicates(value: Any, path: tuple[Step, ...] = ()) -> Iterator[Problem]:
    """Yield a problem for each entry of a list whose name an earlier entry has.

    Parameters
    ----------
    value : Piece or plain data
    """
    if isinstance(value, Piece):
        for key, entry in vars(value).items():
            if entry and isinstance(entry, tuple | Piece) and not isinstance(entry, Parameter | Distribution):
                yield from duplicates(entry, (*path, key))
    elif isinstance(value, dict):
        for key, entry in value.items():
            if isinstance(entry, dict | list | Piece):
                yield from duplicates(entry, (*path, key))
    elif isinstance(value, tuple | list):
        seen: dict[str, int] = {}
        for position, entry in enumerate(value):
            if not isinstance(entry, Piece | dict):
                continue
            name = entry_name(entry)
            if name is not None and name in seen:
                found = f"{name!r} again, in entries {seen[name] + 1} and {position + 1}"
                yield Problem((*path, position), "LW-WS-011", "each id once in a list", found,
                              "rename one of the two, or remove it")  # fmt: skip
            elif name is not None:
                seen[name] = position
            yield from duplicates(entry, (*path, position))


def dangling(system: WorkSystem, ids: Ids) -> Iterator[Problem]:
    """Yield a problem for each id that names nothing."""
    yield from _dangling_parts(system, ids)
    yield from _dangling_work(system, ids)
    for variance in system.variances:
        yield from _dangling_variance(variance, ids)
    yield from _dangling_environment(system, ids)


def cycles(system: WorkSystem) -> Iterator[Problem]:
    """Yield a problem for each chain of dependencies, and of reports, that comes back to itself."""
    depends = {component.id: list(component.depends_on) for component in system.technical.components}
    for cycle in _cycles(depends):
        yield Problem(("technical", "components", cycle[0], "depends_on"), "LW-WS-012",
                      "components that depend on each other without a cycle", " -> ".join(cycle),
                      "remove one of these dependencies")  # fmt: skip
    reports: dict[str, list[str]] = {}
    names: dict[tuple[str, str], str] = {}
    for link in system.social.links:
        if link.kind == "reports_to":
            reports.setdefault(link.source, []).append(link.target)
            names[link.source, link.target] = str(entry_name(link))
    for cycle in _cycles(reports):
        yield Problem(("social", "links", names[cycle[0], cycle[1]]), "LW-WS-012",
                      "reporting lines without a cycle", " -> ".join(cycle), "remove one of these links")  # fmt: skip


def _dangling_parts(system: WorkSystem, ids: Ids) -> Iterator[Problem]:
    """Ids in components, roles and links."""
    for component in system.technical.components:
        path: tuple[Step, ...] = ("technical", "components", component.id, "depends_on")
        yield from _each(path, component.depends_on, ids.components, "a component in technical.components")
    may = ids.variances | ids.decisions
    for role in system.social.roles:
        path = ("social", "roles", role.id)
        yield from _one((*path, "team"), role.team, ids.teams, "a team in social.teams")
        yield from _each(
            (*path, "authority"), role.authority, may, "a variance or decision in variances, work.decisions"
        )
        yield from _each((*path, "informed_of"), role.informed_of, ids.variances, "a variance in variances")
        yield from _each((*path, "hears_of"), role.hears_of, ids.variances, "a variance in variances")
        yield from _each((*path, "tools"), role.tools, ids.components, "a component in technical.components")
        for skill in role.skills:
            yield from _one((*path, "skills", skill), skill, ids.skills, "a function or skill in work.functions")
    for practice in system.social.practices:
        path = ("social", "practices", practice.id, "roles")
        yield from _each(path, practice.roles, ids.roles, "a role in social.roles")
    for link in system.social.links:
        path = ("social", "links", str(entry_name(link)))
        for end in ("source", "target"):
            named = getattr(link, end)
            yield from _one((*path, end), named, ids.roles | ids.teams, "a role or team in social.roles, social.teams")


def _dangling_work(system: WorkSystem, ids: Ids) -> Iterator[Problem]:
    """Ids in functions, routes and decisions."""
    for function in system.work.functions:
        path: tuple[Step, ...] = ("work", "functions", function.id)
        yield from _each((*path, "roles"), function.roles, ids.roles, "a role in social.roles")
        component = function.allocation.component
        if component is not None:
            place = (*path, "allocation", "component")
            yield from _one(place, component, ids.components, "a component in technical.components")
        yield from _each((*path, "uses"), function.uses, ids.components, "a component in technical.components")
    what = "a function in work.functions"
    for demand in system.work.demand:
        yield from _dangling_demand(demand, ids)
    for fork in system.work.forks:
        path = ("work", "forks", fork.id)
        yield from _one((*path, "after"), fork.after, ids.functions, what)
        yield from _each((*path, "branches"), fork.branches, ids.functions, what)
        yield from _one((*path, "join"), fork.join, ids.functions, what)
        if fork.demand is not None:
            yield from _one((*path, "demand"), fork.demand, ids.demand, "a demand class in work.demand")
    for route in system.work.routes:
        path = ("work", "routes", str(entry_name(route)))
        yield from _one((*path, "source"), route.source, ids.functions | {START}, f"{what}, or start")
        yield from _one((*path, "target"), route.target, ids.functions | {END}, f"{what}, or end")
        yield from _each((*path, "after"), route.after, ids.functions, what)
        if route.demand is not None:
            yield from _one((*path, "demand"), route.demand, ids.demand, "a demand class in work.demand")
    for decision in system.work.decisions:
        path = ("work", "decisions", decision.id)
        yield from _each((*path, "roles"), decision.roles, ids.roles, "a role in social.roles")
        yield from _each((*path, "functions"), decision.functions, ids.functions, what)


def _dangling_demand(demand: DemandClass, ids: Ids) -> Iterator[Problem]:
    """Ids in one demand class."""
    path: tuple[Step, ...] = ("work", "demand", demand.id)
    for component in demand.while_down:
        place = (*path, "while_down", component)
        yield from _one(place, component, ids.components, "a component in technical.components")
    for position, surge in enumerate(demand.surges):
        known = (ids.components | ids.demand) - {demand.id}
        what = "a component in technical.components, or another demand class in work.demand"
        yield from _one((*path, "surges", position, "source"), surge.source, known, what)
    if demand.alerts is not None:
        named = demand.alerts.variance
        yield from _one((*path, "alerts", "variance"), named, ids.variances, "a variance in variances")
    if demand.reopens is not None:
        named = demand.reopens.target
        yield from _one((*path, "reopens", "target"), named, ids.functions, "a function in work.functions")


def _dangling_variance(variance: Variance, ids: Ids) -> Iterator[Problem]:
    """Ids in one variance."""
    path: tuple[Step, ...] = ("variances", variance.id)
    origins = ids.functions | ids.components
    what = "a function in work.functions"
    yield from _one((*path, "origin"), variance.origin, origins, f"{what}, or a component in technical.components")
    for induced in variance.induces:
        yield from _one((*path, "induces", induced), induced, ids.variances, "a variance in variances")
    for detection in variance.detections:
        place = (*path, "detections", detection.function, "function")
        yield from _one(place, detection.function, ids.functions, what)
    control = variance.control
    if control is not None:
        yield from _one((*path, "control", "function"), control.function, ids.functions, what)
        if control.role is not None:
            yield from _one((*path, "control", "role"), control.role, ids.roles, "a role in social.roles")
        if control.skill:
            yield from _one(
                (*path, "control", "skill"), control.skill, ids.skills, "a function or skill in work.functions"
            )
        yield from _each(
            (*path, "control", "tools"), control.tools, ids.components, "a component in technical.components"
        )


def _dangling_environment(system: WorkSystem, ids: Ids) -> Iterator[Problem]:
    """Ids in constraints and forces."""
    function, role = "a function in work.functions", "a role in social.roles"
    for constraint in system.environment.constraints:
        path: tuple[Step, ...] = ("environment", "constraints", constraint.id)
        for key in ("functions", "separates", "passes"):
            yield from _each((*path, key), getattr(constraint, key), ids.functions, function)
        yield from _each((*path, "forbids_roles"), constraint.forbids_roles, ids.roles, role)
        if constraint.requires_role is not None:
            yield from _one((*path, "requires_role"), constraint.requires_role, ids.roles, role)
    for force in system.environment.forces:
        path = ("environment", "forces", force.id)
        yield from _each((*path, "demand"), force.demand, ids.demand, "a demand class in work.demand")
        yield from _each((*path, "roles"), force.roles, ids.roles, role)
        yield from _each((*path, "functions"), force.functions, ids.functions, function)


def _one(path: tuple[Step, ...], named: str, known: Collection[str], what: str) -> Iterator[Problem]:
    """Check a single id."""
    if named not in known:
        yield unknown_id(path, named, known, what)


def _each(path: tuple[Step, ...], named: Sequence[str], known: Collection[str], what: str) -> Iterator[Problem]:
    """Check each id of a list."""
    for position, name in enumerate(named):
        yield from _one((*path, position), name, known, what)


def _cycles(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield one closed walk for each edge that closes a cycle in a depth-first search, first node repeated."""
    done: set[str] = set()
    for root in edges:
        stack: list[tuple[str, Iterator[str]]] = [] if root in done else [(root, iter(edges[root]))]
        on_path = [] if root in done else [root]
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                on_path.pop()
                done.add(node)
            elif following in on_path:
                yield [*on_path[on_path.index(following) :], following]
            elif following not in done:
                stack.append((following, iter(edges.get(following, ()))))
                on_path.append(following)


def _at(value: Any, place: Sequence[str]) -> Sequence[Any]:
    """The list at a place of a model or of plain data; empty where there is none."""
    for key in place:
        value = value.get(key) if isinstance(value, dict) else getattr(value, key, None)
    return value if isinstance(value, list | tuple) else ()
