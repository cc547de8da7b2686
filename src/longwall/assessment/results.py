"""What an assessment says: variance matrix, control table, classification and findings as plain values."""

from __future__ import annotations

from typing import Literal

from longwall.assessment.boundaries.evidence_counts import Counts
from longwall.assessment.boundaries.result import Boundaries
from longwall.assessment.classes.checklist import AxisRating
from longwall.assessment.classes.perturbation import Perturbation
from longwall.assessment.classes.profile import Profile
from longwall.assessment.control.gaps_result import VarianceGaps
from longwall.assessment.control.prevalence import DetectorRow, Fate
from longwall.assessment.drivers.rows import DriverRow
from longwall.assessment.environment.constraints import ConstraintState
from longwall.assessment.matrix.judgement_result import CellComparison, Elicited
from longwall.worksystem import Estimate, Finding, Footing, Id, Piece, Severity

__all__ = [
    "Assessment",
    "AutomationLevel",
    "Classification",
    "ControlRow",
    "Edge",
    "Index",
    "IndexPart",
    "Loss",
    "Membership3",
    "OriginShare",
    "PartSource",
    "VarianceMatrix",
    "VarianceRow",
]

Key = Literal["core", "borderline", "out"]


class Membership3(Piece):
    """Belonging to the key set of each column: share of draws, and the grade it gives.

    Parameters
    ----------
    technical, social, regulatory : float
        Share of the robustness draws in which the variance is in the key set of that column, in [0, 1].
    technical_key, social_key, regulatory_key : str
        ``core`` (at least 90% of the draws), ``borderline``, or ``out`` (fewer than 10%).
    """

    technical: float
    social: float
    regulatory: float
    technical_key: Key
    social_key: Key
    regulatory_key: Key

    @property
    def best(self) -> Key:
        """The firmest grade over the columns."""
        keys = (self.technical_key, self.social_key, self.regulatory_key)
        return "core" if "core" in keys else "borderline" if "borderline" in keys else "out"


class Loss(Piece):
    """One quantity in the three columns that are never added up; None where a runaway set makes it infinite."""

    technical: float | None = 0.0
    social: float | None = 0.0
    regulatory: float | None = 0.0


class Edge(Piece):
    """One variance that leads to another.

    Parameters
    ----------
    probability : Estimate
        Judged: probability that an uncontrolled occurrence of `source` induces `target`. Learned: expected occurrences
        of `target` that follow an occurrence of `source` directly, control as it is.
    support : int
        Occurrences of the source in the log; 0 for judged ones.
    grade : str
        ``judged``; ``directed``: what follows exceeds what came before, significantly; ``associated``: it does not, the
        direction is not shown.
    explained_away_by : float, optional
        Rate ratio that a hidden, delayed cause would need with both to explain the claim away (E-value).
    naive, cross_check : float, optional
        Learned: the naive lift that is being corrected, and the Mantel-Haenszel difference within class and step, both
        in occurrences per occurrence.
    agrees : bool, optional
        Whether the interval of the cross-check holds the probability, or lies above nothing as well.
    experts : int
        How many said something of it; 0 where it stands in the model or was learned.
    disagreement : float, optional
        Between experts: largest less smallest strength.
    """

    source: Id
    target: Id
    probability: Estimate
    support: int = 0
    grade: Literal["judged", "directed", "associated"] = "judged"
    explained_away_by: float | None = None
    naive: float | None = None
    cross_check: float | None = None
    agrees: bool | None = None
    experts: int = 0
    disagreement: float | None = None


class VarianceRow(Piece):
    """One variance in the matrix, per week.

    Parameters
    ----------
    rate_per_week : float, optional
        Occurrences, own and induced; None where a runaway set makes it infinite.
    own_per_week : float
        Occurrences that no other variance leads to; negative where the learned edges explain more than there is.
    detected, controlled, uncontrolled : float
        P(detected in time), P(controlled | detected), 1 - detected * controlled.
    one : Loss
        Loss from one uncontrolled occurrence, downstream included.
    own_loss, own_loss_low, own_loss_high : Loss
        Expected loss per week that starts with it, and 95% of the robustness draws.
    detection_lever, control_lever : Loss
        Loss per week saved per 0.01 by which detection, or control, gets better; None: not determinable.
    marks : int
        The classical count: variances it leads to, and columns in which it does harm.
    """

    id: Id
    name: str
    severity: Severity
    rate_per_week: float | None
    own_per_week: float
    detected: float
    controlled: float
    uncontrolled: float
    one: Loss
    own_loss: Loss
    own_loss_low: Loss
    own_loss_high: Loss
    detection_lever: Loss
    control_lever: Loss
    marks: int
    membership: Membership3


class VarianceMatrix(Piece):
    """Which variance leads to which, what that costs, and which few carry most of it.

    Parameters
    ----------
    source : str
        ``judgement``: what people wrote into the model; ``log``: learned from traces.
    total : Loss
        Loss per week over all variances, per column.
    severity_unit : str
        What the technical column counts.
    runaway : tuple of tuple of Id
        Sets of variances that feed each other without end.
    rank_correlation : Loss
        Spearman's correlation of own loss and the classical count; None where one of them does not rank.
    runaway_draws : float
        Share of the robustness draws in which some set ran away.
    frailty_variance : float, optional
        Learned: how much cases differ in how prone they are to any variance.
    """

    source: Literal["judgement", "log"]
    variances: tuple[VarianceRow, ...]
    edges: tuple[Edge, ...]
    total: Loss
    severity_unit: str
    runaway: tuple[tuple[Id, ...], ...]
    rank_correlation: Loss
    draws: int
    runaway_draws: float
    frailty_variance: float | None = None
    footing: Footing
    cautions: tuple[str, ...] = ()

    def of(self, variance: str) -> VarianceRow | None:
        """Return one variance, or None."""
        return next((row for row in self.variances if row.id == variance), None)


class OriginShare(Piece):
    """A place where a kind of variance arises, and the share of its occurrences; ties count in equal parts."""

    place: Id
    share: float


class ControlRow(Piece):
    """Where a variance arises, is seen and is controlled, by whom, and what they lack.

    Parameters
    ----------
    origin : Id
        Function or component, or ``unknown``; the most frequent one.
    origins : tuple of OriginShare
        In the log: every place with at least one in twenty occurrences, most frequent first.
    seen_at, controlled_at : tuple of Id
        Functions.
    controlled_by : tuple of Id
        Roles, or the component of a machine; in the log also teams that no role of the model stands for.
    tasks : tuple of str
        What control consists of.
    information_source : tuple of str
        Where those who control it learn of it: functions, components, roles or teams that tell them.
    skill : str
        Of the controlling roles in the function of control, as the model has it.
    tools : tuple of Id
        Components with which it is controlled.
    feedback : str
        How those at whose place it arises learn of it; ``none`` where they do not.
    how : str
        ``rework``, ``repair``, ``escalate``, or empty where nothing controls it.
    information, authority : str
        ``present``, ``lacking``, ``in part``, ``not needed`` or ``unknown``.
    available_h, needed_h : Estimate, optional
        Time until the most urgent class is due, and working time of control; in the log the time left to the agreed
        one when it is seen, and elapsed time from there to control.
    hops_to_seen, hops_to_controlled : Estimate, optional
        Steps from origin, over routes in the model (it is seen first, then sent to where control happens), or as
        counted in the log.
    hours_to_seen, hours_to_controlled : Estimate, optional
        Elapsed hours, as counted in the log.
    teams_crossed, organisations_crossed, machine_human_crossed : int, optional
        Boundaries between origin and control.
    exported : Estimate, optional
        Share of occurrences that leave uncontrolled.
    fate : Fate, optional
        As counted in the log, with those that were not followed to their end.
    lacks : tuple of str
        Which of the four conditions of control are not met: boundary, means, information, authority.
    occurrences : int
        In the log.
    """

    variance: Id
    name: str
    source: Literal["judgement", "log"]
    origin: str
    origins: tuple[OriginShare, ...] = ()
    seen_at: tuple[Id, ...] = ()
    controlled_at: tuple[Id, ...] = ()
    controlled_by: tuple[Id, ...] = ()
    how: str = ""
    tasks: tuple[str, ...] = ()
    information: str = "unknown"
    information_source: tuple[str, ...] = ()
    authority: str = "unknown"
    skill: str = "unknown"
    tools: tuple[Id, ...] = ()
    feedback: str = "unknown"
    available_h: Estimate | None = None
    needed_h: Estimate | None = None
    hops_to_seen: Estimate | None = None
    hops_to_controlled: Estimate | None = None
    hours_to_seen: Estimate | None = None
    hours_to_controlled: Estimate | None = None
    teams_crossed: float | None = None
    organisations_crossed: float | None = None
    machine_human_crossed: float | None = None
    exported: Estimate | None = None
    fate: Fate | None = None
    lacks: tuple[str, ...] = ()
    occurrences: int = 0


PartSource = Literal["model", "log", "simulation"]
"""Where a part of an index comes from."""


class IndexPart(Piece):
    """One component of an index, in [0, 1], with what it measures; None where nothing says.

    Parameters
    ----------
    source : str
        ``model``: structure and stated numbers; ``log``: counted; ``simulation``: from striking it with small outages.
    raw : str
        The measure before it was scaled, with its unit; empty where it is the value itself.
    stated : float, optional
        What the model says, where the log took its place.
    """

    name: str
    value: float | None
    means: str
    source: PartSource = "model"
    raw: str = ""
    stated: float | None = None


class Index(Piece):
    """An index in [0, 1]: mean of the parts that could be had, label by fixed cuts, margin to the nearest cut.

    Parameters
    ----------
    low, high : float
        95% interval of the mean, the parts taken as a sample of the traits that could have been chosen (Student).
    """

    value: float
    low: float = 0.0
    high: float = 1.0
    label: str
    margin: float
    parts: tuple[IndexPart, ...]


class AutomationLevel(Piece):
    """Stage and level of automation of one function, as stated, and the set of levels that the log leaves possible."""

    function: Id
    stage: str = ""
    stated: int | None
    possible: tuple[int, ...] = ()
    machine_share: Estimate | None = None
    approved_share: Estimate | None = None
    agree: bool | None = None


class Classification(Piece):
    """Coupling, interaction and automation of a work system.

    Parameters
    ----------
    perturbation : Perturbation, optional
        What small outages do in the simulation; none where it was not struck.
    profile : Profile, optional
        What dominates by people's judgement; none where the model names no variance with technical harm.
    checklist : tuple of AxisRating
        What people answered, beside the indices; empty where nobody did.
    """

    coupling: Index
    interaction: Index
    automation: tuple[AutomationLevel, ...]
    perturbation: Perturbation | None = None
    profile: Profile | None = None
    checklist: tuple[AxisRating, ...] = ()
    cautions: tuple[str, ...] = ()


class Assessment(Piece):
    """What is misaligned.

    Parameters
    ----------
    matrix : VarianceMatrix, optional
        Learned from traces where a log and its variance events are there, else from judgement; None without variances.
    judged : VarianceMatrix, optional
        The matrix of the model, where `matrix` is the learned one.
    controls : tuple of ControlRow
        One per variance and source.
    constraints : tuple of ConstraintState
        What the environment forbids or requires, and whether today keeps to it.
    conflicting : tuple of Id
        Constraints that contradict each other, the smallest set; empty: they can be kept together.
    boundaries : Boundaries
        Crossings, those who span them, what leaves them, what supports what.
    detectors : tuple of DetectorRow
        How common each kind of variance is in the log, and what becomes of it.
    counts : Counts
        How often the log shows what stands in the model; empty without a log.
    drivers : tuple of DriverRow
        What wears the system out: each measure of each driver against its threshold, also where it cannot be had.
    elicited : Elicited, optional
        What experts judged; None where nobody was asked.
    elicited_matrix : VarianceMatrix, optional
        The pooled strengths of experts over the kinds of the log, with its rates, harm and control.
    comparison : tuple of CellComparison
        Judgement and traces, cell by cell, those that differ first.
    gaps : tuple of VarianceGaps
        Who lacks what to control each key variance, and who could absorb what the social system brings.
    withheld : tuple of str
        What was left out because groups are too small or the log cannot show it.
    """

    system_hash: str
    seed: int
    findings: tuple[Finding, ...]
    matrix: VarianceMatrix | None = None
    judged: VarianceMatrix | None = None
    controls: tuple[ControlRow, ...] = ()
    boundaries: Boundaries = Boundaries()
    detectors: tuple[DetectorRow, ...] = ()
    counts: Counts = Counts()
    elicited: Elicited | None = None
    elicited_matrix: VarianceMatrix | None = None
    comparison: tuple[CellComparison, ...] = ()
    classification: Classification
    gaps: tuple[VarianceGaps, ...] = ()
    constraints: tuple[ConstraintState, ...] = ()
    conflicting: tuple[Id, ...] = ()
    drivers: tuple[DriverRow, ...] = ()
    cautions: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
