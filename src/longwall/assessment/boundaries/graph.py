"""The socio-technical graph of a work system: functions, roles, teams, components, variances, and what links them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from longwall.assessment.boundaries.evidence_counts import Counts
from longwall.assessment.boundaries.result import Boundaries
from longwall.assessment.flow import Flow, flow_of
from longwall.worksystem import Footing, Id, Layer, Piece, WorkSystem

__all__ = ["Graph", "GraphLink", "GraphNode", "LinkKind", "NodeKind", "graph_of"]

NodeKind = Literal["function", "role", "team", "component", "variance"]

LinkKind = Literal[
    "does", "belongs to", "goes to", "hands over", "informs", "depends", "arises", "seen", "controls", "leads to"
]

_LAYERS: dict[NodeKind, Layer] = {
    "function": "work", "role": "social", "team": "social", "component": "technical", "variance": "work",
}  # fmt: skip
_LEAST_PER_WEEK = 1e-9


class GraphNode(Piece):
    """One thing of the graph.

    Parameters
    ----------
    key : str
        Kind and id, such as ``role:desk-agent``: an id may be a function and a variance.
    counted : int, optional
        How often the log shows it; None where it does not.
    """

    key: str
    kind: NodeKind
    id: Id
    name: str
    layer: Layer
    counted: int | None = None


class GraphLink(Piece):
    """One link of the graph.

    Parameters
    ----------
    source, target : str
        Keys of nodes.
    kind : str
        ``does``: a role or a component does a function; ``belongs to``: a role to a team; ``goes to``: items from
        function to function; ``hands over``: items from team to team, or as written; ``informs``: what is said between
        roles and teams, and of which variance a role is told; ``depends``: a function or component needs a component;
        ``arises``, ``seen``: a variance at a function or component; ``controls``: a role or function, a variance;
        ``leads to``: one variance to another.
    expected_per_week : float, optional
        By the model.
    counted : int, optional
        In the log.
    formal : bool, optional
        Of links that stand in the model between roles and teams.
    """

    source: str
    target: str
    kind: LinkKind
    expected_per_week: float | None = None
    footing: Footing | None = None
    counted: int | None = None
    formal: bool | None = None


class Graph(Piece):
    """Nodes and links; no person is in it."""

    name: str
    nodes: tuple[GraphNode, ...]
    links: tuple[GraphLink, ...]


def graph_of(system: WorkSystem, *, boundaries: Boundaries | None = None, counts: Counts | None = None) -> Graph:
    """Return the socio-technical graph of a work system, with counts from evidence where there are any.

    Parameters
    ----------
    boundaries : Boundaries, optional
        Gives what is expected to pass between teams.
    counts : Counts, optional
        Of the log. What a team does is counted only where `counts_of` lets it be said; a role gets the count of its
        team where it alone of the team does a function.

    Returns
    -------
    Graph
        Nodes by kind in the order of the model, links by kind; the same input gives the same graph.
    """
    counts = counts or Counts()
    flow = flow_of(system)
    nodes = tuple(_nodes(system, counts))
    known = {node.key for node in nodes}
    links: dict[tuple[str, str, str], GraphLink] = {}
    for link in (
        *_work(system, flow, counts),
        *_social(system, boundaries or Boundaries(), counts),
        *_technical(system),
        *_variances(system),
    ):
        key = (link.source, link.target, link.kind)
        if link.source in known and link.target in known:
            links[key] = _joined(links[key], link) if key in links else link
    return Graph(name=system.name or system.id, nodes=nodes, links=tuple(links.values()))


def _joined(one: GraphLink, other: GraphLink) -> GraphLink:
    """Two mentions of one link: what either says."""
    said = {k: v for k, v in other.model_dump().items() if v is not None}
    return GraphLink.model_validate({**said, **{k: v for k, v in one.model_dump().items() if v is not None}})


def _nodes(system: WorkSystem, counts: Counts) -> Iterator[GraphNode]:
    """Everything that the graph links."""
    groups: dict[NodeKind, tuple[tuple[str, str], ...]] = {
        "function": tuple((f.id, f.name) for f in system.work.functions),
        "role": tuple((r.id, r.name) for r in system.social.roles),
        "team": tuple((t.id, t.name) for t in system.social.teams),
        "component": tuple((c.id, c.name) for c in system.technical.components),
        "variance": tuple((v.id, v.name) for v in system.variances),
    }
    for kind, pairs in groups.items():
        for key, name in pairs:
            counted = counts.functions.get(key) if kind == "function" else None
            yield GraphNode(key=f"{kind}:{key}", kind=kind, id=key, name=name or key, layer=_LAYERS[kind],
                            counted=counted)  # fmt: skip


def _work(system: WorkSystem, flow: Flow, counts: Counts) -> Iterator[GraphLink]:
    """Who does what, and where items go."""
    done = {(move.source, move.target): move.count for move in counts.does}
    for function in system.work.functions:
        teams = [system.roles[name].team for name in function.roles if name in system.roles]
        for name in function.roles:
            team = system.roles[name].team if name in system.roles else ""
            counted = done.get((team, function.id)) if teams.count(team) == 1 else None
            yield GraphLink(source=f"role:{name}", target=f"function:{function.id}", kind="does", counted=counted)
        if function.allocation.component:
            yield GraphLink(source=f"component:{function.allocation.component}", target=f"function:{function.id}",
                            kind="does")  # fmt: skip
    moved = {(move.source, move.target): move.count for move in counts.moves}
    footings: dict[tuple[str, str], Footing] = {}
    for route in system.work.routes:
        footings[route.source, route.target] = route.probability.footing
    weekly = {name: flow.executions[name] for name in flow.functions}
    for i, source in enumerate(flow.functions):
        for j, target in enumerate(flow.functions):
            expected = weekly[source] * float(flow.moves[i, j])
            counted = moved.get((source, target))
            if expected > _LEAST_PER_WEEK or counted:
                yield GraphLink(
                    source=f"function:{source}", target=f"function:{target}", kind="goes to",
                    expected_per_week=expected if expected > _LEAST_PER_WEEK else None,
                    footing=footings.get((source, target), "assumed") if expected > _LEAST_PER_WEEK else None,
                    counted=counted,
                )  # fmt: skip


def _social(system: WorkSystem, boundaries: Boundaries, counts: Counts) -> Iterator[GraphLink]:
    """Who belongs where, hands over to whom, tells whom."""
    for role in system.social.roles:
        yield GraphLink(source=f"role:{role.id}", target=f"team:{role.team}", kind="belongs to")
    for passage in boundaries.passages:
        yield GraphLink(
            source=f"team:{passage.source}", target=f"team:{passage.target}", kind="hands over",
            expected_per_week=passage.per_week.value, footing=passage.per_week.footing,
        )  # fmt: skip
    for move in counts.handovers:
        yield GraphLink(source=f"team:{move.source}", target=f"team:{move.target}", kind="hands over",
                        counted=move.count)  # fmt: skip
    for link in system.social.links:
        ends = []
        for name in (link.source, link.target):
            # An id may be a team and a role, as in models from a log: a handover is then one of teams.
            team = name in system.teams and (link.kind == "hands_over" or name not in system.roles)
            ends.append(f"{'team' if team else 'role'}:{name}")
        kind: LinkKind = "hands over" if link.kind == "hands_over" else "informs"
        yield GraphLink(source=ends[0], target=ends[1], kind=kind, formal=link.formal)


def _technical(system: WorkSystem) -> Iterator[GraphLink]:
    """What needs which component."""
    for component in system.technical.components:
        for name in component.depends_on:
            yield GraphLink(source=f"component:{component.id}", target=f"component:{name}", kind="depends")
    for function in system.work.functions:
        for name in function.uses:
            yield GraphLink(source=f"function:{function.id}", target=f"component:{name}", kind="depends")


def _variances(system: WorkSystem) -> Iterator[GraphLink]:
    """Where variances arise, are seen, are controlled, lead to; who is told of them."""
    for variance in system.variances:
        here = f"variance:{variance.id}"
        origin = "function" if variance.origin in system.functions else "component"
        yield GraphLink(source=here, target=f"{origin}:{variance.origin}", kind="arises")
        for detection in variance.detections:
            yield GraphLink(source=here, target=f"function:{detection.function}", kind="seen")
        control = variance.control
        if control is not None:
            by = f"role:{control.role}" if control.role else f"function:{control.function}"
            yield GraphLink(source=by, target=here, kind="controls")
        for other in variance.induces:
            yield GraphLink(source=here, target=f"variance:{other}", kind="leads to")
    for role in system.social.roles:
        for name in role.informed_of:
            yield GraphLink(source=f"variance:{name}", target=f"role:{role.id}", kind="informs")
