"""What a report is made of: the results of the steps, each of them optional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from longwall.evidence import Observed, SocialLevel, Survey, social_levels
from longwall.report.choice import Choice
from longwall.report.markup import clean
from longwall.worksystem import Forecast, Response, WorkSystem

if TYPE_CHECKING:
    from longwall.alignment import Alignment, Growth, Shocks
    from longwall.alignment.automation import Opportunities
    from longwall.alignment.fit import FitChange, FitProfile
    from longwall.alignment.practices import Advice
    from longwall.alignment.specification import Specification
    from longwall.assessment import Assessment, Forces, StepState, Tensions
    from longwall.discovery import HoldOut, Networks
    from longwall.implementation import Along, Plan
    from longwall.implementation.roles import Reskilling
    from longwall.inquiry import Summary, Voices
    from longwall.learning import Outcome

__all__ = ["PURPOSE", "Material", "Missing"]

PURPOSE = "design of work; never assessment, discipline or selection of individuals"
"""Heads every report (people.md, rule 1)."""

_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Missing:
    """A step that has no result yet.

    Parameters
    ----------
    step : str
        Its name, such as ``"discover"``.
    command : str
        What makes it.
    why : str
        Why it could not be made, where that is known.
    """

    step: str
    command: str
    why: str = ""


@dataclass(frozen=True)
class Material:
    """Everything a report may show; what is None was not made, and the page says so.

    Parameters
    ----------
    name : str
        What is studied.
    folder : str
        How the study's folder is named in commands; never an absolute path.
    question : str
        What the study was asked.
    purpose : str
        What the results may be used for.
    consultation : str
        Who was informed and when; empty: "not recorded".
    note : str
        Said on page one, for example that the log is simulated.
    item, items : str
        What passes through the system, singular and plural: case, ticket, order.
    observed : mapping, optional
        What the evidence counted, as plain data of `Observed`.
    arrivals : sequence of 168 floats, or empty
        Mean arrivals in each hour of the week as counted, Monday 00:00 on local clocks first.
    system : WorkSystem, optional
        The joint model as discovered, or as people wrote it.
    labels : mapping of str to str
        Id of the model to the label as it stands in the log.
    provenance : mapping of str to str
        Path in the model to a line that says from what it was estimated.
    cautions : tuple of str
        Of the discovery.
    networks : Networks, optional
        The organisation on paper beside the one in the log.
    today : Forecast, optional
        The system as it is.
    steps : tuple of StepState
        The eight steps of the assessment, with what people wrote into them; empty before any.
    forces : Forces, optional
        Today's system under market, technology and social trends, where they were asked for.
    specification : Specification, optional
        What of the recommended design must be fixed, where it was asked for.
    tensions : Tensions, optional
        Trade-offs of today's system, where they were asked for.
    automation : Opportunities, optional
        What could be given to machines, where it was asked for.
    reskilling : Reskilling, optional
        What becomes of each role in a design, where it was asked for.
    shocks : Shocks, optional
        Today and the three optima under a surge, with people gone and a machine out, where they were asked for.
    growth : Growth, optional
        The same at several times the volume, where it was asked for.
    advice : Advice, optional
        The practices that the findings call for.
    along : Along, optional
        Forecasts along the order of the plan, where they were asked for.
    fit : FitProfile, optional
        How people and technology fit each other.
    fit_before, fit_changes : FitProfile, optional, and tuple of FitChange
        The last profile that was kept of another model or other evidence, and what changed since.
    responses : tuple of Response
        What people concerned answer to findings.
    stamps : mapping of str to mapping
        Step to the hashes of what it was computed from.
    missing : tuple of Missing
        Steps without a result, the next one first.
    outcomes : tuple of Outcome
        Forecasts that came due, held against what happened.
    told : Summary, optional
        What people answered to the twelve questions, and what follows from it.
    survey : Survey, optional
        What groups of five or more answered.
    voices : Voices, optional
        Who has a stake and was heard, what is believed, what people expected.
    """

    name: str
    folder: str = "STUDY"
    question: str = ""
    purpose: str = PURPOSE
    consultation: str = ""
    note: str = ""
    item: str = "item"
    items: str = "items"
    seed: int = 0
    stamps: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    observed: Mapping[str, Any] | None = None
    arrivals: Sequence[float] = ()
    system: WorkSystem | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    provenance: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    cautions: tuple[str, ...] = ()
    networks: Networks | None = None
    today: Forecast | None = None
    assessment: Assessment | None = None
    forces: Forces | None = None
    specification: Specification | None = None
    tensions: Tensions | None = None
    alignment: Alignment | None = None
    shocks: Shocks | None = None
    growth: Growth | None = None
    advice: Advice | None = None
    fit: FitProfile | None = None
    fit_before: FitProfile | None = None
    fit_changes: tuple[FitChange, ...] = ()
    plan: Plan | None = None
    automation: Opportunities | None = None
    reskilling: Reskilling | None = None
    along: Along | None = None
    hold_out: HoldOut | None = None
    steps: tuple[StepState, ...] = ()
    responses: tuple[Response, ...] = ()
    missing: tuple[Missing, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    told: Summary | None = None
    survey: Survey | None = None
    voices: Voices | None = None

    @cached_property
    def seen(self) -> Observed | None:
        """What the evidence counted; whatever else the study noted beside it is left aside."""
        if self.observed is None:
            return None
        known = {field.name for field in fields(Observed)}
        return Observed.from_dict({name: value for name, value in self.observed.items() if name in known})

    @cached_property
    def levels(self) -> tuple[SocialLevel, ...]:
        """Social indicators as a survey observed them; empty without one."""
        return () if self.survey is None else social_levels(self.survey)

    @cached_property
    def choice(self) -> Choice | None:
        """The recommended design beside the one-sided ones, where there was a search."""
        return Choice(self.alignment) if self.alignment is not None else None

    def command(self, step: str) -> str:
        """Return the command that makes one step of this study again."""
        return f"longwall {step} {self.folder}"

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """Names in the model by kind of thing and id."""
        if self.system is None:
            return {}
        groups: dict[str, tuple[Any, ...]] = {
            "function": self.system.work.functions,
            "role": self.system.social.roles,
            "team": self.system.social.teams,
            "component": self.system.technical.components,
            "demand": self.system.work.demand,
            "variance": self.system.variances,
        }
        return {kind: {entry.id: entry.name for entry in group if entry.name} for kind, group in groups.items()}

    def label(self, identity: str, kind: str = "") -> str:
        """Return what people call something: its name in the model, else its label in the log, else its id.

        Parameters
        ----------
        kind : str
            ``function``, ``role``, ``team``, ``component``, ``demand`` or ``variance``, where an id may be two of them.
        """
        for names in (self._names.get(kind, {}), *self._names.values()):
            if identity in names:
                return clean(names[identity])
        return clean(self.labels.get(identity) or identity)

    def missing_of(self, step: str) -> Missing:
        """Return why a step has no result, and the command that makes one."""
        for known in self.missing:
            if known.step == step:
                return known
        return Missing(step, self.command(step))
