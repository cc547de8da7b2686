"""From a log to a work system: every part found, joined, checked, and calibrated against the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from longwall.discovery.bounds import Bounds
from longwall.discovery.calendars import presence_of
from longwall.discovery.calibration import Calibration, calibrate
from longwall.discovery.demand import arrivals_of, classes_of
from longwall.discovery.dependence import dependence_of
from longwall.discovery.detectors import Detector, load_detectors
from longwall.discovery.dispersion import Dispersion
from longwall.discovery.durations import durations_of
from longwall.discovery.flow import flow_of, functions_of
from longwall.discovery.footings import lines_of
from longwall.discovery.given import GivenTeams
from longwall.discovery.labels import id_of, ids_of
from longwall.discovery.multitasking import attention_share, multitasking_of
from longwall.discovery.open_work import open_work
from longwall.discovery.parallel import parallel_parts
from longwall.discovery.parts import Parts
from longwall.discovery.preferences import staying_of
from longwall.discovery.resources import resource_kinds
from longwall.discovery.social_layer import (
    assumptions_of,
    cautions_of,
    executions_per_week,
    holidays_of,
    links_of,
    staffed,
    with_authority,
)
from longwall.discovery.staffing import (
    machines_of,
    performers_of,
    team_pieces,
)
from longwall.discovery.teams import Groups, groups_of
from longwall.discovery.threads import enabled_traces, threads_of
from longwall.discovery.tiers import tiers_of
from longwall.discovery.traces import traces_of
from longwall.discovery.variance_events import detect
from longwall.discovery.variance_model import claims_of, variances_of
from longwall.discovery.waiting import waiting_of
from longwall.discovery.work_layer import (
    class_ids,
    default_indicators,
    demand_of,
    forks_of,
    functions_layer,
    gateways_layer,
    routes_of,
)
from longwall.errors import DiscoveryError, Fault
from longwall.simulation import OpenItem
from longwall.worksystem import (
    Piece,
    Social,
    Technical,
    WorkDesign,
    WorkSystem,
)

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Discovered", "discover"]

_LEAST_CASES = 10


class Discovered(Piece):
    """A work system that would have produced the log, and from what each part of it stems.

    Parameters
    ----------
    system : WorkSystem
        Sound and simulatable.
    provenance : mapping of str to str
        Path in the model to a line: from what, interval, footing.
    cautions : tuple of str
        What was assumed, lowered, joined or left out, in sentences.
    labels : mapping of str to str
        Id to the label in the log.
    machine_like : tuple of str
        Each machine-like performer: component id and what it does.
    memory : int
        Functions before the current one that the next step depends on.
    log_loss : mapping of str to float
        Held-out log loss per transition [nats] of each candidate flow.
    open_items : tuple of OpenItem
        Items open when the log was cut, with their age then; from them a simulation can start.
    keeps : str
        ``all``, or ``finished`` where the log holds finished items only.
    calibration : tuple of Calibration
        Per function, hours from the end of the previous one to its end: counted beside simulated.
    dispersion : Dispersion, optional
        Spread of weekly arrivals and lead times: the log beside the model.
    bounds : Bounds, optional
        What a log of ends only allows of work and use; None where starts are logged.
    """

    system: WorkSystem
    provenance: dict[str, str]
    cautions: tuple[str, ...]
    labels: dict[str, str]
    machine_like: tuple[str, ...] = ()
    memory: int = 0
    log_loss: dict[str, float] = {}
    open_items: tuple[OpenItem, ...] = ()
    keeps: str = "all"
    calibration: tuple[Calibration, ...] = ()
    dispersion: Dispersion | None = None
    bounds: Bounds | None = None


def discover(
    log: Log,
    *,
    name: str,
    seed: int,
    overrides: Mapping[str, Any] | None = None,
    detectors: tuple[Detector, ...] | None = None,
    country: str = "",
    organisation: GivenTeams | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Discovered:
    """Return the work system behind a log.

    Parameters
    ----------
    log : Log
        As from `longwall.evidence.read_log`.
    name : str
        Of the work system.
    seed : int
        Deals the folds of the flow and the simulations of the calibration; the same seed gives the same model.
    overrides : mapping, optional
        ``rounds``: rounds of calibration with the simulator (default 4; 0 leaves waits as counted).
    detectors : tuple of Detector, optional
        None: those that come with Longwall.
    country : str
        ISO 3166 code of the country whose holidays the people keep; empty: tested against the log, and claimed only
        where the log says so.
    organisation : GivenTeams, optional
        Teams and roles as the organisation gives them; they win over those found in the log where they name a team for
        at least half of the people.
    progress : callable, optional

    Returns
    -------
    Discovered

    Raises
    ------
    DiscoveryError
        LW-DI-001: too few cases for a model. LW-DI-002: all cases begin at one moment. LW-DI-003: an unknown override.
        LW-DI-021: an unknown country. LW-DI-022: the organisation is that of another log.
    """
    say = progress or (lambda share, text: None)
    settings = _settings(overrides)
    _enough(log)
    _of_this_log(log, organisation)
    say(0.02, "reading the traces")
    parts = _parts(log, seed, detectors, say, country, organisation)
    say(0.55, "putting the model together")
    system, lines, cautions, labels = _system(parts, name)
    if organisation is not None and not parts.groups.organised:
        cautions.append("The organisation names a team for fewer than half of the people in the log; it was not used.")
    say(0.6, "calibrating waits with the simulator")
    system, rows, spread, more = calibrate(
        system,
        parts.durations.gap_h,
        parts.traces,
        parts.functions.of_event,
        parts.parallel,
        seed=seed,
        rounds=settings["rounds"],
        progress=lambda share: say(0.6 + 0.4 * share, "calibrating waits with the simulator"),
    )
    lines |= {
        f"work.functions.{row.function}.delay_h": (
            f"{_mean_h(system, row.function)}: wait that the model's own queues do not make, {row.executions} waits; "
            f"fitted by simulation so that the hours between events match{_parts_of_wait(parts, system, row.function)}"
        )
        for row in rows
    }
    ids = tuple(function.id for function in system.work.functions)
    present = {held.id for held in system.work.demand}
    classes = [held if held in present else "" for held in class_ids(parts.classes)]
    together = dependence_of(log, parts.traces, parts.functions.of_event, seed=seed)
    if together is not None and together.matters:
        more = [*more, together.sentence()]
    left = open_work(log, parts.traces, parts.functions, parts.classes, parts.flow, ids, classes, seed=seed)
    lines["boundary"] = f"{left.sentence}; counted"
    cautions.append(f"{left.sentence[0].upper()}{left.sentence[1:]}.")
    say(1.0, "done")
    machine_like = tuple(
        f"{component.id}: {component.name}"
        for component in system.technical.components
        if component.kind == "automation"
    )
    return Discovered(
        system=system,
        provenance=lines_of(system, lines),
        cautions=(*cautions, *more),
        labels=labels,
        machine_like=machine_like,
        memory=parts.flow.memory,
        log_loss=parts.flow.log_loss,
        open_items=left.items,
        keeps=left.keeps,
        calibration=rows,
        dispersion=spread,
        bounds=parts.durations.bounds,
    )


def _mean_h(system: WorkSystem, function: str) -> str:
    """Mean delay of a function with its interval."""
    delay = system.functions[function].delay_h
    if delay is None:
        return "0 h"
    span = "" if delay.low_h is None or delay.high_h is None else f" ({delay.low_h:.3g} to {delay.high_h:.3g})"
    return f"{delay.mean_h:.3g} h{span}"


def _parts_of_wait(parts: Parts, system: WorkSystem, function: str) -> str:
    """How the waiting before a function divides, for the end of a line."""
    place = [held.id for held in system.work.functions].index(function)
    said = parts.waiting.sentence(place)
    return f"; {said}; counted" if said else ""


def _settings(overrides: Mapping[str, Any] | None) -> dict[str, int]:
    """Overrides, checked and completed."""
    found = {"rounds": 4}
    for key, value in (overrides or {}).items():
        if key not in found or not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise DiscoveryError(
                Fault(
                    "LW-DI-003",
                    f"overrides.{key}",
                    f"one of {', '.join(found)}, a whole number not below 0",
                    repr(value),
                    "correct or remove it",
                )
            )
        found[key] = value
    return found


def _enough(log: Log) -> None:
    """Refuse what no model can be made of."""
    cases = log.offsets.size - 1
    if cases < _LEAST_CASES:
        raise DiscoveryError(
            Fault(
                "LW-DI-001",
                "the log",
                f"at least {_LEAST_CASES} items",
                f"{cases}",
                "bring a longer period, or start from a template",
            )
        )
    if float(np.ptp(log.start_h[log.offsets[:-1]])) <= 0:
        raise DiscoveryError(
            Fault(
                "LW-DI-002",
                "the log",
                "items that begin at different times",
                "one moment for all",
                "map the column that holds the time of each event",
            )
        )


def _of_this_log(log: Log, organisation: GivenTeams | None) -> None:
    """Refuse an organisation whose arrays are not those of the resources of the log."""
    if organisation is None:
        return
    sizes = {organisation.team_of.size} | ({organisation.role_of.size} if organisation.role_of.size else set())
    ends = [
        (int(codes.max(initial=-1)), len(names))
        for codes, names in ((organisation.team_of, organisation.teams), (organisation.role_of, organisation.roles))
    ]
    if sizes != {log.n_resources} or any(last >= size for last, size in ends):
        raise DiscoveryError(
            Fault(
                "LW-DI-022",
                "organisation",
                f"a team of the list, or -1, for each of {log.n_resources} resources",
                f"{organisation.team_of.size} entries, the highest {ends[0][0]} of {ends[0][1]} teams",
                "read the organisation from the store that the log is from",
            )
        )


def _parts(
    log: Log,
    seed: int,
    detectors: tuple[Detector, ...] | None,
    say: Callable[[float, str], None],
    country: str = "",
    organisation: GivenTeams | None = None,
) -> Parts:
    """Find every part."""
    detectors = load_detectors() if detectors is None else detectors
    traces = traces_of(log)
    kinds = resource_kinds(log, traces)
    say(0.08, "finding teams and roles")
    groups = groups_of(log, kinds, organisation)
    if not groups.n_roles:
        groups = _nobody(log, groups)
    tiers = tiers_of(log, groups, seed=seed)
    presence = presence_of(log, groups)
    say(0.15, "counting demand")
    classes = classes_of(log, traces, seed=seed)
    arrivals = arrivals_of(log, traces, classes, country=country)
    functions = functions_of(log)
    say(0.2, "looking for variances")
    events = detect(log, detectors, classes=classes, traces=traces)
    claims = claims_of(log, traces, functions, events, {d.id: d.rule for d in detectors})
    say(0.35, "finding the flow")
    parallel = parallel_parts(log, traces, functions, seed=seed)
    threads = threads_of(log, traces, functions, parallel)
    flow = flow_of(log, traces, functions, classes, seed=seed, dropped=claims.dropped, threads=threads)
    say(0.45, "measuring work and waiting")
    enabled = enabled_traces(log, traces, functions, parallel)
    waiting = waiting_of(log, enabled, functions, kinds, groups, presence, seed=seed)
    attention, spans = attention_share(log, kinds, groups, presence)
    durations = durations_of(log, enabled, functions, kinds, groups, presence, waiting, attention)
    performers = performers_of(log, traces, functions, groups)
    machines = machines_of(log, functions, kinds, durations.work, durations.machine_h)
    return Parts(
        log,
        traces,
        kinds,
        groups,
        multitasking_of(groups, spans),
        tiers,
        presence,
        classes,
        arrivals,
        functions,
        events,
        claims,
        parallel,
        flow,
        durations,
        waiting,
        performers,
        staying_of(log, enabled, functions, kinds, groups),
        machines,
        detectors,
    )


def _nobody(log: Log, groups: Groups) -> Groups:
    """One role for a log that names no people."""
    teams = groups.team_names or ("Staff",)
    return Groups(
        teams,
        groups.given,
        ("Staff",),
        (0,),
        groups.role_of,
        groups.team_of_event,
        np.full(log.case.size, -1, dtype=np.int64),
    )


def _system(parts: Parts, name: str) -> tuple[WorkSystem, dict[str, str], list[str], dict[str, str]]:
    """Put the parts together; return the model, its provenance, cautions and labels."""
    lines: dict[str, str] = {}
    cautions: list[str] = []
    taken = [component.id for component in parts.machines.components]
    every = ids_of((*parts.functions.names, *parts.flow.gateways), taken=taken)
    ids = every[: len(parts.functions.names)]
    labels = dict(zip(ids, parts.functions.names, strict=True))
    teams, team_labels = team_pieces(parts.groups, parts.tiers)
    lines |= parts.tiers.lines(tuple(team_labels))
    if parts.groups.organised:
        lines["social.teams"] = "as the organisation gives them, then as the log names them; counted"
    per_week = executions_per_week(parts)
    work, roles, role_lines = staffed(parts, tuple(team_labels), per_week, cautions)
    lines |= role_lines
    lines |= {f"social.roles.{roles[role].id}": f"{held.sentence()}; counted" for role, held in parts.several.items()}
    demand = demand_of(parts, lines, cautions)
    functions = functions_layer(parts, ids, roles, work, lines)
    variances = variances_of(
        parts.functions,
        ids,
        parts.events,
        {d.id: d.name for d in parts.detectors},
        {d.id: d.rule for d in parts.detectors},
        parts.claims,
    )
    roles = with_authority(roles, variances, functions)
    labels |= team_labels | {role.id: role.name for role in roles} | {d.id: d.name for d in demand}
    labels |= {variance.id: variance.name for variance in variances}
    for variance in variances:
        lines[f"variances.{variance.id}.probability"] = variance.probability.source + "; counted"
    system = WorkSystem(
        id=id_of(name),
        name=name,
        boundary="what the log shows; telephone, mail and work outside the tool are not in it",
        technical=Technical(components=parts.machines.components),
        social=Social(teams=teams, roles=roles, links=links_of(parts, tuple(team_labels)), holidays=holidays_of(parts)),
        work=WorkDesign(
            demand=demand,
            functions=(*functions, *gateways_layer(parts, every)),
            routes=routes_of(parts, every, demand, lines),
            forks=forks_of(parts, every, lines),
        ),
        variances=variances,
        indicators=default_indicators(),
        assumptions=assumptions_of(parts),
    )
    cautions += cautions_of(parts)
    return system, lines, cautions, labels
