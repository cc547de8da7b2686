"""Who works with whom: handover and working-together networks of teams and roles, formal beside actual.

Person-level arrays stay inside; what comes out names teams and roles and counts people in groups of five or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.congruence import congruence, depending_functions, needed_coordination, together
from longwall.discovery.labels import id_of, ids_of
from longwall.discovery.networks_claims import claims_of, of_five, tenths
from longwall.discovery.networks_formal import Formal, elsewhere_of, thin_steps
from longwall.discovery.networks_graph import betweenness, communities, links, modularity, reciprocity
from longwall.discovery.networks_null import BLOCK, MOST_ROWS, Events, events_of
from longwall.discovery.networks_result import Group, GroupPair, Network, Networks
from longwall.discovery.resources import PERSON, resource_kinds
from longwall.discovery.teams import groups_of
from longwall.discovery.traces import traces_of
from longwall.errors import DiscoveryError, Fault
from longwall.evidence import MIN_GROUP, publishable_groups, transition_counts
from longwall.evidence.disclosure import coarse_count

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["networks"]

_MOST_MEMBERS = 3000
_LEAST_PERMUTATIONS, _MOST_PERMUTATIONS = 19, 99_999
_DAY_H = 24.0
_THIN_DAYS = 90
_OWN_SHARE = 0.05


@dataclass(frozen=True)
class _Teams:
    """Teams of the log with those on paper after them; the team of each event and of each resource."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    of_event: NDArray[np.int64]
    home: NDArray[np.int64]
    seen: NDArray[np.int64] | None
    in_log: int
    given: bool
    known: bool

    def position(self) -> dict[str, int]:
        """Position of each team by the id of its name."""
        return {id_of(name): place for place, name in enumerate(self.names)}


def networks(log: Log, *, seed: int, formal: Formal | None = None, permutations: int = 999) -> Networks:
    """Return the networks of a log, the formal organisation beside them, and what chance does not explain.

    Parameters
    ----------
    log : Log
        As from `longwall.evidence.read_log`.
    seed : int
        Of the permutations; the same seed gives the same bits.
    formal : Formal, optional
        The organisation on paper; where the log names no teams, its memberships take their place.
    permutations : int
        19 to 99,999. With 999 and at most 48 tests a single claim can hold after the correction.

    Returns
    -------
    Networks

    Raises
    ------
    DiscoveryError
        LW-DI-080: a number of permutations out of range. LW-DI-081: memberships that do not fit the log.
    """
    if not _LEAST_PERMUTATIONS <= permutations <= _MOST_PERMUTATIONS:
        raise DiscoveryError(
            Fault("LW-DI-080", "permutations", f"{_LEAST_PERMUTATIONS} to {_MOST_PERMUTATIONS}", str(permutations),
                  "leave it out: 999 is enough")
        )  # fmt: skip
    paper = (formal or Formal()).checked(log.n_resources)
    kinds = resource_kinds(log, traces_of(log))
    groups = groups_of(log, kinds)
    teams = _teams_of(log, groups.team_names, groups.team_of_event, groups.given, paper)
    person = kinds.kind == PERSON
    n = len(teams.names)
    passed = transition_counts(teams.of_event.astype(np.int32), log.case, n)
    home = np.where(person, teams.home, -1)
    everyone = events_of(log, home, n, seed=seed, most=log.n_events)
    events = everyone if everyone.case.size <= MOST_ROWS else events_of(log, home, n, seed=seed)
    depends = depending_functions(log)
    claims, tests = claims_of(events, depends, teams.names, teams.ids, permutations=permutations, seed=seed)
    whole, blocks = _congruence_of(everyone, depends, n)
    elsewhere = elsewhere_of(log, home, teams.ids, teams.seen) if teams.known else ()
    known_h = float(log.end_h.max() - log.start_h.min()) if log.n_events else 0.0
    return Networks(
        teams=_team_network(log, teams, paper, passed, everyone, depends, blocks),
        roles=_role_network(log, groups.role_names, groups.role_of_event, groups.people_seen(), groups.role_team),
        claims=claims,
        thin=thin_steps(log, teams.of_event, person, teams.ids, _THIN_DAYS),
        thin_days=min(_THIN_DAYS, int(np.ceil(known_h / _DAY_H))),
        elsewhere=elsewhere,
        congruence=whole,
        tests=tests,
        permutations=permutations if tests else 0,
        events=_coarse(int(events.case.size)) if tests else 0,
        cautions=tuple(_cautions(teams, paper, everyone, events, tests)),
        provenance=_provenance(events, permutations, tests),
    )


def _teams_of(log: Log, names: tuple[str, ...], of_event: NDArray[np.int64], given: bool, paper: Formal) -> _Teams:
    """Join the teams of the log and those on paper.

    People belong to their team on paper, where that is known; else to the one under whose name the log shows them most.
    """
    on_paper = bool(paper.team_of.size)
    if not given and on_paper:
        names = paper.teams
        of_event = np.where(log.resource >= 0, paper.team_of[np.maximum(log.resource, 0)], -1)
    known = {id_of(name) for name in names}
    whole = (*names, *(name for name in dict.fromkeys(paper.teams) if id_of(name) not in known))
    usual = _usual_team(log, of_event, len(whole))
    home = usual
    if on_paper:
        place = {id_of(name): number for number, name in enumerate(whole)}
        to = np.array([place[id_of(name)] for name in paper.teams], dtype=np.int64)
        home = np.where(paper.team_of >= 0, to[np.maximum(paper.team_of, 0)], usual)
    seen = usual if given and on_paper else None
    return _Teams(whole, ids_of(whole), of_event, home, seen, len(names), given, given or on_paper)


def _usual_team(log: Log, of_event: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The team under whose name the log shows each resource most often; -1 where it shows none."""
    rows = np.flatnonzero((log.resource >= 0) & (of_event >= 0))
    counts = np.zeros((log.n_resources, n), dtype=np.int64)
    np.add.at(counts, (log.resource[rows], of_event[rows]), 1)
    if not counts.size:
        return np.full(log.n_resources, -1, dtype=np.int64)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), -1)


def _team_network(
    log: Log, teams: _Teams, paper: Formal, passed: NDArray[np.int64], events: Events, depends: NDArray[np.bool_],
    blocks: NDArray[np.float64] | None,
) -> Network:  # fmt: skip
    """Teams as nodes, and every pair that hands over, works together, is linked on paper or depends on each other."""
    position = teams.position()
    rows = np.flatnonzero(teams.of_event >= 0)
    joint = together(log.case[rows].astype(np.int64), teams.of_event[rows], len(teams.names))
    on_paper = paper.pairs(paper.links, position)
    needed = _needed_by_teams(log, teams, depends) | paper.pairs(paper.depends, position)
    named = {id_of(name) for name in paper.teams}
    on = tuple(
        "paper" if place >= teams.in_log else "both" if id_of(name) in named else "log"
        for place, name in enumerate(teams.names)
    )
    shown = of_five(events.people)
    return _network(
        teams.ids, teams.names, passed, joint, events.people, on=on, linked=on_paper if paper.links else None,
        needed=needed, blocks=blocks, shown=shown, rounded=not teams.given,
    )  # fmt: skip


def _role_network(
    log: Log, names: tuple[str, ...], of_event: NDArray[np.int64], people: NDArray[np.int64], team: tuple[int, ...]
) -> Network | None:
    """Roles as nodes, where teams have several; a team with a role of fewer than five is left out."""
    keep = np.zeros(len(names), dtype=np.bool_)
    for number in set(team):
        own = {role: int(people[role]) for role in range(len(names)) if team[role] == number}
        for role in publishable_groups(own).shown:
            keep[int(str(role))] = True
    if len(set(team)) == len(names) or keep.sum() < 2:
        return None
    known = of_event >= 0
    kept = np.where(known & keep[np.maximum(of_event, 0)], of_event, -1)
    passed = transition_counts(kept.astype(np.int32), log.case, len(names))
    rows = np.flatnonzero(kept >= 0)
    joint = together(log.case[rows].astype(np.int64), kept[rows], len(names))
    at = np.flatnonzero(keep)
    ids = ids_of(names)
    return _network(
        tuple(ids[role] for role in at), tuple(names[role] for role in at), passed[np.ix_(at, at)],
        joint[np.ix_(at, at)], people[at], shown=np.ones(at.size, dtype=np.bool_),
    )  # fmt: skip


def _network(
    ids: tuple[str, ...], names: tuple[str, ...], passed: NDArray[np.int64], joint: NDArray[np.int64],
    people: NDArray[np.int64], *, shown: NDArray[np.bool_], on: tuple[str, ...] = (),
    linked: NDArray[np.bool_] | None = None, needed: NDArray[np.bool_] | None = None,
    blocks: NDArray[np.float64] | None = None, rounded: bool = True,
) -> Network:  # fmt: skip
    """Put nodes and pairs together."""
    n = len(ids)
    say = _coarse if rounded else int
    edges = links(passed)
    between, community = betweenness(edges), communities(np.where(edges | edges.T, passed, 0))
    off = passed.copy()
    np.fill_diagonal(off, 0)
    nodes = tuple(
        Group.model_validate(
            {
                "id": ids[k], "name": names[k], "people": int(people[k]), "hands_on": say(int(off[k].sum())),
                "takes_over": say(int(off[:, k].sum())), "community": int(community[k]), "on": on[k] if on else "log",
                "betweenness": round(float(between[k]), 4) if shown[k] else None,
            }
        )
        for k in range(n)
    )  # fmt: skip
    pairs = []
    for a in range(n):
        for b in range(a + 1, n):
            paper = None if linked is None else bool(linked[a, b])
            depend = needed is not None and bool(needed[a, b])
            if not (off[a, b] or off[b, a] or joint[a, b] or paper or depend):
                continue
            met = float("nan") if blocks is None or not (shown[a] and shown[b]) else float(blocks[a, b])
            pairs.append(
                GroupPair(
                    one=ids[a], other=ids[b], forth=say(int(off[a, b])), back=say(int(off[b, a])),
                    joint_cases=say(int(joint[a, b])),
                    in_log=bool(edges[a, b] or edges[b, a]), on_paper=paper, needed=depend,
                    met_share=tenths(met) if np.isfinite(met) else None,
                )
            )  # fmt: skip
    pairs.sort(key=lambda pair: (-(pair.forth + pair.back), -pair.joint_cases, pair.one, pair.other))
    weights = (off + off.T).astype(np.float64)
    return Network(
        groups=nodes, pairs=tuple(pairs), reciprocity=round(reciprocity(passed), 2),
        modularity=round(modularity(weights, community), 2), rounded=rounded,
    )  # fmt: skip


def _needed_by_teams(log: Log, teams: _Teams, depends: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Coordination requirements of teams: each is assigned the functions of which it does 5% or more."""
    rows = np.flatnonzero(teams.of_event >= 0)
    counts = np.zeros((len(teams.names), len(log.activities)), dtype=np.int64)
    np.add.at(counts, (teams.of_event[rows], log.activity[rows]), 1)
    return needed_coordination((counts > 0) & (counts >= _OWN_SHARE * counts.sum(axis=0)), depends)


def _congruence_of(
    events: Events, depends: NDArray[np.bool_], n_teams: int
) -> tuple[float | None, NDArray[np.float64] | None]:
    """Congruence over all people, and per pair of teams (NaN where nothing is needed); None where not countable."""
    size = int(events.begins[-1])
    if not MIN_GROUP <= size <= _MOST_MEMBERS:
        return None, None
    did = np.zeros((size, depends.shape[0]), dtype=np.bool_)
    did[events.member, events.function] = True
    needed = needed_coordination(did, depends)
    actual = together(events.case, events.member, size) > 0
    edge = np.zeros((size, n_teams))
    edge[np.arange(size), np.repeat(np.arange(n_teams), events.people)] = 1.0
    wanted, met = (edge.T @ matrix @ edge for matrix in (needed, needed & actual))
    shares = np.where(wanted > 0, met / np.maximum(wanted, 1), np.nan)
    return (tenths(congruence(needed, actual)) if needed.any() else None), shares


def _coarse(count: int) -> int:
    """A number of events by people, with one figure; none stays none."""
    return coarse_count(count) if count else 0


def _cautions(teams: _Teams, paper: Formal, everyone: Events, events: Events, tests: int) -> list[str]:
    """What a reader must know."""
    out = []
    if not teams.given:
        out.append(
            "The log names no teams: those of the organisation are shown."
            if paper.team_of.size
            else "The log names no teams: those shown were found by what people do."
        )
    if not teams.given:
        out.append("What passes between these teams is told with one figure, since it would tell who did what.")
    if not paper.links:
        out.append(
            "No links on paper are known; add them under social.links, or bring a catalogue of the organisation."
        )
    if not everyone.case.size:
        out.append("The log names no people of known teams: what passes between people could not be looked at.")
    elif not tests:
        out.append("Too little passes between teams of five or more to test anything; nothing is claimed.")
    elif events.sampled:
        out.append(f"The tests use whole cases drawn at random: about {_coarse(events.case.size):,} events.")
    if int(everyone.begins[-1]) > _MOST_MEMBERS:
        out.append(f"More than {_MOST_MEMBERS:,} people: congruence was not counted.")
    if (everyone.people[everyone.people > 0] < MIN_GROUP).any():
        out.append(f"Nothing is said of the people of teams with fewer than {MIN_GROUP}.")
    return out


def _provenance(events: Events, permutations: int, tests: int) -> dict[str, str]:
    """From what each part stems."""
    return {
        "claims": f"{tests} tests over about {_coarse(events.case.size):,} events, {permutations} permutations within "
        f"function, team, hour of the week and {BLOCK} events next to each other in time; Benjamini and Hochberg at 5%",
        "congruence": "functions of which one follows the other (5% or more), people who worked on one case; counted",
        "teams": "handovers within cases, events without a team passed over; counted",
        "thin": f"people at work in the last {_THIN_DAYS} days in the teams that do the function; counted",
    }
