"""Variances at the boundary of the team in which they arise: controlled inside it, or exported; and who spans it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.boundaries.in_model import chain_of, heads_of, shares_of
from longwall.assessment.boundaries.result import Exported, Spanner
from longwall.assessment.flow import Flow
from longwall.assessment.matrix.judged import judged_net, origin_functions
from longwall.assessment.results import ControlRow
from longwall.assessment.statement import estimate
from longwall.assessment.view import View
from longwall.simulation import items_per_week
from longwall.stats import share_interval
from longwall.worksystem import Estimate, Footing, Variance, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents

__all__ = ["exported_in_log", "exported_in_model", "spanning"]

Kind = Literal["internal", "crosses a team", "crosses an organisation", "leaves the system", "unknown"]

_HALF = 0.5


def exported_in_model(
    system: WorkSystem, flow: Flow, controls: tuple[ControlRow, ...], range_factor: float
) -> tuple[Exported, ...]:
    """Return what becomes of each variance of a model at the boundary of its team, in the order of the model.

    What is not detected and controlled leaves. What is controlled by another team has crossed; where several teams do
    the function of origin, or control it, they count by head-count.

    Parameters
    ----------
    controls : tuple of ControlRow
        The control table; its rows of the model give the share that leaves.
    """
    names, shares = shares_of(system, "team")
    place = {name: row for row, name in enumerate(system.functions)}
    net = judged_net(system, flow, range_factor)
    rows = {row.variance: row for row in controls if row.source == "judgement"}
    found = []
    for k, variance in enumerate(system.variances):
        row = rows.get(variance.id)
        leaves = row.exported if row is not None else None
        born = _mixed(shares, [place[f] for f in origin_functions(system, variance.origin)])
        held = _controlling_teams(system, variance, names, shares, place)
        if leaves is None or born is None:
            found.append(_unknown(variance, leaves))
            continue
        away = 1.0 if held is None else 1.0 - float(born @ held)
        ends = [
            1 - x + away * x
            for x in (
                float(part[k])
                for part in (
                    net.detected.value * net.controlled.value,
                    net.detected.high * net.controlled.high,
                    net.detected.low * net.controlled.low,
                )
            )
        ]
        found.append(
            Exported(
                variance=variance.id,
                name=variance.name or variance.id,
                source="judgement",
                origin=variance.origin,
                teams=tuple(name for name, part in zip(names, born, strict=True) if part > 0),
                kind=_kind(ends[0], leaves.value, _other_organisation(system, names, born, held)),
                crosses=estimate(ends[0], ends[1], ends[2], "share", leaves.footing),
                leaves=leaves,
            )
        )
    return tuple(found)


def _unknown(variance: Variance, leaves: Estimate | None) -> Exported:
    """A variance that arises where no team works."""
    return Exported(
        variance=variance.id, name=variance.name or variance.id, source="judgement", origin=variance.origin,
        kind="leaves the system" if leaves is not None and leaves.value > _HALF else "unknown", leaves=leaves,
    )  # fmt: skip


def _mixed(shares: NDArray[np.float64], rows: list[int]) -> NDArray[np.float64] | None:
    """Teams of some functions, as shares that sum to one; None where nobody of a team does them."""
    mixed = shares[rows].sum(axis=0) if rows else np.zeros(shares.shape[1])
    total = float(mixed.sum())
    return np.asarray(mixed / total) if total > 0 else None


def _controlling_teams(
    system: WorkSystem, variance: Variance, names: tuple[str, ...], shares: NDArray[np.float64], place: dict[str, int]
) -> NDArray[np.float64] | None:
    """Teams of those who control a variance, as shares; None where no person does."""
    control = variance.control
    if control is None:
        return None
    if control.role in system.roles and system.roles[control.role].team in names:
        return np.array([float(name == system.roles[control.role].team) for name in names])
    return _mixed(shares, [place[control.function]] if control.function in place else [])


def _other_organisation(
    system: WorkSystem, names: tuple[str, ...], born: NDArray[np.float64], held: NDArray[np.float64] | None
) -> bool:
    """Whether most of what another team controls is controlled in another organisation."""
    if held is None:
        return False
    of = [system.teams[name].organisation for name in names]
    same = np.array([[float(a == b) for b in of] for a in of])
    return float(born @ same @ held) < _HALF


def _kind(crosses: float, leaves: float, other: bool) -> Kind:
    """Where most of the occurrences get to."""
    if leaves > _HALF:
        return "leaves the system"
    if crosses > _HALF:
        return "crosses an organisation" if other else "crosses a team"
    return "internal"


def exported_in_log(view: View, events: VarianceEvents) -> tuple[Exported, ...]:
    """Return what became of each kind of variance event at the boundary of the team in which it arose, as counted.

    Occurrences whose team of origin the log does not show are left out; so are those whose follow-up is too short.
    """
    team = np.append(view.team, -1)
    found = []
    for code, kind in enumerate(events.kinds):
        mine = np.flatnonzero((events.kind == code) & ~events.censored)
        known = mine[team[events.origin[mine]] >= 0] if mine.size else mine
        if not known.size:
            continue
        born, held = team[events.origin[known]], team[events.controlled[known]]
        escaped = events.escaped[known]
        away = escaped | ((held >= 0) & (held != born))
        crosses, leaves = _share(int(away.sum()), known.size), _share(int(escaped.sum()), known.size)
        counts = np.bincount(born, minlength=len(view.team_ids))
        order = [int(place) for place in np.argsort(-counts, kind="stable")[:3] if counts[place] >= 0.1 * known.size]
        organisations = {view.system.teams[t].organisation for t in view.team_ids if t in view.system.teams}
        found.append(
            Exported(
                variance=kind,
                name=kind,
                source="log",
                origin=view.functions[int(np.bincount(view.log.activity[events.origin[known]]).argmax())],
                teams=tuple(view.team_ids[place] for place in order),
                kind=_kind(crosses.value, leaves.value, len(organisations) > 1 and _abroad(view, born, held)),
                crosses=crosses,
                leaves=leaves,
                occurrences=int(known.size),
            )
        )
    return tuple(found)


def _abroad(view: View, born: NDArray[np.int64], held: NDArray[np.int64]) -> bool:
    """Whether most of what another team controls is controlled in another organisation."""
    of = [view.system.teams[t].organisation if t in view.system.teams else t for t in view.team_ids]
    moved = (held >= 0) & (held != born)
    other = np.array([of[a] != of[b] for a, b in zip(born[moved].tolist(), held[moved].tolist(), strict=True)])
    return bool(other.size and other.mean() > _HALF)


def _share(count: int, total: int) -> Estimate:
    """A share as counted."""
    return estimate(count / total, *share_interval(count, total), "share", "counted")


def spanning(system: WorkSystem, flow: Flow) -> tuple[Spanner, ...]:
    """Return roles at which team crossings lie or links leave the team, most crossings first; then components.

    A component spans where those who use it, or work in functions that it performs, are of two teams or more.
    """
    return (*_roles(system, flow), *_components(system))


def _roles(system: WorkSystem, flow: Flow) -> tuple[Spanner, ...]:
    """Boundary-spanning roles."""
    names, shares = shares_of(system, "team")
    items = items_per_week(system)
    passed = np.zeros((len(flow.functions), len(flow.functions)))
    for demand in system.work.demand:
        passed += items[demand.id] * chain_of(flow.class_moves[demand.id], flow.visits[demand.id], shares).passed
    does = _does(system, shares)
    at_start, at_end = shares.T @ passed, passed @ shares  # team by function; function by team
    weekly = {}
    for key, part in does.items():
        with_team = part @ at_end + at_start @ part
        with_team[names.index(system.roles[key].team)] = 0.0
        weekly[key] = with_team
    total = sum(float(each.sum()) for each in weekly.values()) / 2
    links = _links(system)
    assumed = any(route.probability.footing == "assumed" for route in system.work.routes)
    footing: Footing = "assumed" if assumed else "fitted"
    found = []
    for role in system.social.roles:
        met = weekly.get(role.id, np.zeros(len(names)))
        reaches = {name for name, count in zip(names, met, strict=True) if count > 1e-9}
        linked = links.get(role.id, set())
        if not reaches | linked:
            continue
        value = float(met.sum()) / total if total else 0.0
        organisations = {system.teams[team].organisation for team in reaches | linked}
        found.append(
            Spanner(
                id=role.id,
                kind="role",
                team=role.team,
                reaches=tuple(sorted(reaches | linked)),
                share=estimate(value, value, value, "share", footing),
                linked=tuple(sorted(linked)),
                outside=tuple(sorted(organisations - {system.teams[role.team].organisation})),
            )
        )
    return tuple(sorted(found, key=lambda one: (-(one.share.value if one.share else 0.0), one.id)))


def _does(system: WorkSystem, shares: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Share of the tasks of each function at which an item meets a member of each role."""
    found: dict[str, NDArray[np.float64]] = {}
    for row, function in enumerate(system.work.functions):
        for role, part in heads_of(system, function).items():
            own = found.setdefault(role, np.zeros(shares.shape[0]))
            own[row] = part * shares[row].sum()
    return found


def _links(system: WorkSystem) -> dict[str, set[str]]:
    """Other teams to which a link of a role, not of its team as a whole, stands."""
    team = {**{key: key for key in system.teams}, **{role.id: role.team for role in system.social.roles}}
    found: dict[str, set[str]] = {}
    for link in system.social.links:
        for one, other in ((link.source, link.target), (link.target, link.source)):
            if one in system.roles and other in team and team[other] != team[one]:
                found.setdefault(one, set()).add(team[other])
    return found


def _components(system: WorkSystem) -> tuple[Spanner, ...]:
    """Boundary-spanning components."""
    teams: dict[str, set[str]] = {}
    for function in system.work.functions:
        by = {system.roles[name].team for name in function.roles if name in system.roles}
        for component in (*function.uses, *((function.allocation.component,) if function.allocation.component else ())):
            teams.setdefault(component, set()).update(by)
    found = []
    for component in system.technical.components:
        met = teams.get(component.id, set())
        if len(met) < 2:
            continue
        organisations = {system.teams[team].organisation for team in met if team in system.teams}
        found.append(
            Spanner(
                id=component.id,
                kind="component",
                reaches=tuple(sorted(met)),
                outside=tuple(sorted(organisations)) if len(organisations) > 1 else (),
            )
        )
    return tuple(found)
