"""The whole assessment: what is misaligned in a work system, by judgement, by evidence, or by both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from longwall.assessment.boundaries.boundaries import boundaries_of, boundary_findings
from longwall.assessment.boundaries.evidence_counts import Counts, counts_of
from longwall.assessment.classes.checklist import Answers
from longwall.assessment.classes.classification import classify
from longwall.assessment.classes.perturbation import perturb
from longwall.assessment.classes.risks import profile_of
from longwall.assessment.control.gaps import gaps_of
from longwall.assessment.control.gaps_log import levels_in_log
from longwall.assessment.control.gaps_result import Aspect, Level
from longwall.assessment.control.in_log import controls_in_log
from longwall.assessment.control.in_model import controls_in_model
from longwall.assessment.control.prevalence import detector_rows
from longwall.assessment.control.trouble import far_from_origin, not_observed, uncontrolled
from longwall.assessment.drivers.drivers import drivers_of
from longwall.assessment.drivers.judged import drivers_in_model
from longwall.assessment.drivers.procedure import Rule
from longwall.assessment.drivers.takeover_model import takeover_in_model
from longwall.assessment.environment.conflict import contradiction
from longwall.assessment.environment.constraints import broken_today, states_of
from longwall.assessment.environment.constraints_in_log import broken_in_log, counted_in_log
from longwall.assessment.flow import flow_of
from longwall.assessment.handovers import bouncing, misrouted, waiting_by_team
from longwall.assessment.load import full_roles, overload
from longwall.assessment.matrix.algebra import Net
from longwall.assessment.matrix.disagreement import compared
from longwall.assessment.matrix.elicited import elicited_of, with_opinions
from longwall.assessment.matrix.judged import judged_net
from longwall.assessment.matrix.learned import LearnedNet, learned_net
from longwall.assessment.matrix.opinions import Expert
from longwall.assessment.matrix.pooling import PooledCell, pooled
from longwall.assessment.matrix.tabulate import judged_edges, tabulate
from longwall.assessment.repetition import late, rework_loops, single_points
from longwall.assessment.results import Assessment, ControlRow, VarianceMatrix
from longwall.assessment.statement import in_order
from longwall.assessment.thresholds import Thresholds, load_thresholds
from longwall.assessment.view import View
from longwall.worksystem import Finding, Footing, Forecast, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery.variance_events import VarianceEvents
    from longwall.evidence import Alerts, Log

__all__ = ["assess"]

_DRAWS = 500


def assess(
    system: WorkSystem,
    *,
    log: Log | None = None,
    events: VarianceEvents | None = None,
    forecast: Forecast | None = None,
    alerts: Alerts | None = None,
    procedure: Iterable[Rule] = (),
    labels: Mapping[str, str] | None = None,
    answers: Sequence[Answers] = (),
    experts: Sequence[Expert] = (),
    seed: int = 0,
    thresholds: Thresholds | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Assessment:
    """Return what is misaligned in a work system.

    With the model alone everything rests on people's judgement; with a log and its variance events, on what was
    counted; with a forecast, on the load that was simulated. What is missing is left out and said.

    Parameters
    ----------
    system : WorkSystem
    log : Log, optional
        Arrays of an event log; holds no name of anybody.
    events : VarianceEvents, optional
        Of the same log; needed for the learned variance matrix.
    forecast : Forecast, optional
        Of today's design.
    alerts : Alerts, optional
        From `longwall.evidence.read_alerts`; for alert fatigue and the loop it feeds.
    procedure : iterable of Rule
        From `load_procedure`: rules that people say hold, held against the log.
    labels : mapping of id to str, optional
        The label in the log for each id of the model.
    answers : sequence of Answers
        What people answered to the checklist of coupling and interaction.
    experts : sequence of Expert
        What groups say of which variance leads to which, from `read_experts`.
    seed : int
        >= 0; the same seed gives the same assessment, bit for bit.
    thresholds : Thresholds, optional
        From `load_thresholds`; none: those that ship with Longwall.
    progress : callable, optional
        Told the share done in [0, 1] and what is being done.

    Returns
    -------
    Assessment
        Findings in the order in which they are read.
    """
    cuts = load_thresholds() if thresholds is None else thresholds
    say = progress if progress is not None else _silent
    say(0.0, "following items through the model")
    flow = flow_of(system)
    say(0.05, "preparing the log")
    view = View(log, system, cuts, labels) if log is not None and log.case.size else None
    say(0.15, "solving the variance matrix of the model")
    cells = pooled(experts, cuts["contradiction_gap"])
    opinions = with_opinions(system, cells)
    judged_as = judged_net(opinions, flow, cuts["stated_range_factor"]) if system.variances else None
    judged = _judged(opinions, judged_as, cells, cuts, seed)
    controls = controls_in_model(system, flow, cuts["stated_range_factor"])
    findings: list[Finding] = []
    learned: VarianceMatrix | None = None
    found: LearnedNet | None = None
    if view is not None:
        say(0.25, "learning which variance leads to which")
        if events is not None:
            found = learned_net(view, events, cuts)
            learned = None if found is None else _learned(found, cuts, seed)
            controls += controls_in_log(view, events)
        say(0.6, "looking for what goes back and forth, waits and recurs")
        findings += _from_log(view, events)
    drivers = drivers_of(view, cuts, alerts=alerts, procedure=procedure, seed=seed)
    drivers += drivers_in_model(
        system, flow, cuts, judged=judged, forecast=forecast, in_log=view is not None, alerts=alerts is not None
    )
    findings += drivers.findings
    matrix = learned if learned is not None else judged
    elicited, elicited_matrix = elicited_of(
        experts, cuts, system=system, judged=judged_as, learned=found, draws=_DRAWS, seed=seed
    )
    say(0.85, "comparing load, automation and control")
    if matrix is not None:
        findings += far_from_origin(system, matrix, controls, cuts)
        findings += uncontrolled(system, matrix, controls, cuts)
    findings += overload(system, flow, cuts, seed)
    spoken = _spoken_of(view)
    findings += takeover_in_model(system, flow, cuts, spoken)
    rules = states_of(system) if view is None else counted_in_log(view, states_of(system))
    findings += broken_today(system) + ([] if view is None else broken_in_log(view, rules))
    boundaries = boundaries_of(system, flow, view, events, controls, cuts)
    findings += boundary_findings(system, boundaries, view, cuts)
    full, withheld = full_roles(system, forecast, cuts, observed=view is not None) if forecast else ([], [])
    say(0.95, "classifying")
    classification = classify(
        system,
        flow,
        cuts,
        view,
        *perturb(system, flow, seed),
        profile=profile_of(system, flow, judged),
        answers=answers,
    )
    say(1.0, "assessed")
    return Assessment(
        system_hash=system.hash,
        seed=seed,
        findings=in_order([*findings, *full]),
        matrix=matrix,
        judged=judged if learned is not None else None,
        controls=_named(controls, matrix),
        boundaries=boundaries,
        counts=counts_of(view) if view is not None else Counts(),
        classification=classification,
        gaps=gaps_of(
            system,
            flow,
            judged,
            _seen(system, view, events, controls),
            controls,
            least_people=cuts["least_group"] if view is not None else 0.0,
        ),
        constraints=rules,
        conflicting=contradiction(system),
        detectors=() if view is None or events is None else detector_rows(view.log, events, view.traces),
        drivers=drivers.rows,
        elicited=elicited,
        elicited_matrix=elicited_matrix,
        comparison=() if found is None else compared(found, elicited.cells if elicited else (), opinions, judged_as),
        cautions=_cautions(system, view, learned),
        withheld=tuple(withheld),
    )


def _seen(
    system: WorkSystem, view: View | None, events: VarianceEvents | None, controls: tuple[ControlRow, ...]
) -> dict[str, dict[Aspect, Level]]:
    """What the log shows of those who control the variances of the model."""
    return {} if view is None or events is None else levels_in_log(system, view, events, controls)


def _judged(
    system: WorkSystem, net: Net | None, cells: tuple[PooledCell, ...], cuts: Thresholds, seed: int
) -> VarianceMatrix | None:
    """The matrix of the model, or None where it names no variance."""
    if net is None:
        return None
    numbers = [variance.probability for variance in system.variances]
    numbers += [p for variance in system.variances for p in variance.induces.values()]
    footing: Footing = "assumed" if any(number.footing == "assumed" for number in numbers) else "fitted"
    return tabulate(
        net,
        [variance.id for variance in system.variances],
        [variance.name or variance.id for variance in system.variances],
        judged_edges(system, cells),
        source="judgement",
        severity_unit="severity as stated",
        footing=footing,
        cuts=cuts,
        draws=_DRAWS,
        seed=seed,
    )


def _learned(found: LearnedNet, cuts: Thresholds, seed: int) -> VarianceMatrix:
    """The matrix that the log shows."""
    return tabulate(
        found.net,
        found.kinds,
        found.kinds,
        found.edges,
        source="log",
        severity_unit="elapsed hours",
        footing="counted" if not found.edges else "fitted",
        cuts=cuts,
        draws=_DRAWS,
        seed=seed,
        levers=found.levers,
        control=(found.detected, found.controlled),
        frailty_variance=found.learned.frailty_variance,
        cautions=found.cautions,
    )


def _from_log(view: View, events: VarianceEvents | None) -> list[Finding]:
    """Every finding that the log alone gives."""
    return [
        *bouncing(view),
        *misrouted(view, events),
        *waiting_by_team(view),
        *rework_loops(view),
        *late(view),
        *single_points(view),
        *not_observed(view, events),
    ]


def _spoken_of(view: View | None) -> frozenset[str]:
    """Functions whose performers the log shows: the model alone says nothing of their practice."""
    if view is None or "resources" not in view.log.capabilities:
        return frozenset()
    return frozenset(view.functions)


def _named(controls: tuple[ControlRow, ...], matrix: VarianceMatrix | None) -> tuple[ControlRow, ...]:
    """Rows of the matrix in force first."""
    source = matrix.source if matrix is not None else "judgement"
    return tuple(sorted(controls, key=lambda row: row.source != source))


def _cautions(system: WorkSystem, view: View | None, learned: VarianceMatrix | None) -> tuple[str, ...]:
    """Say what the assessment rests on."""
    said = []
    if view is None:
        said.append("no log: everything here rests on what people wrote into the model")
    elif learned is None:
        said.append("no variance events: the variance matrix rests on what people wrote into the model")
    if not system.variances and learned is None:
        said.append("the model names no variance: there is no variance matrix")
    if view is not None:
        said.append("the social side was not observed: ask those who do the work")
    return tuple(said)


def _silent(share: float, text: str) -> None:
    """Tell nobody."""
