"""What is assumed about people and machines where nothing was measured: each value with unit, range, tag and source.

A work system overrides any of them by name in `state_parameters`. None of them is a fact about anybody's site.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from longwall.errors import Fault, suggestion
from longwall.worksystem import Parameter, Tag, WorkSystem

__all__ = ["PRIORS", "Prior", "effective", "fault_of_names"]


@dataclass(frozen=True)
class Prior:
    """One assumed parameter.

    Parameters
    ----------
    value : float
        Default, in `unit`.
    least, most : float
        Outside of these the value makes no sense and is refused.
    tag : str
        R read in the source, K known literature, C computed, M modelling choice.
    state : bool
        True: used only while the state of persons is simulated.
    """

    value: float
    least: float
    most: float
    unit: str
    tag: Tag
    source: str
    state: bool = False


_M = "modelling choice"
_ALERTS = "Wolfe et al. 2005, misses 7% at prevalence 50% and 30% at 1%; log-odds fit"
_ONNASCH = "modelling choice; direction from Onnasch et al. 2014, doi 10.1177/0018720813501549"
_ZHANG = "Zhang et al. 2019, 129 studies: mean and SD of takeover time go together; range is a modelling choice"
_TATEL = "Tatel and Ackerman 2025, doi 10.1037/bul0000481, half of the acquired gain is lost in 11 months (mixed tasks)"
_SEE = "modelling choice; direction from See et al. 1995; onset within 20 to 35 min, Mackworth 1948"
_MORAY = "modelling choice; trust against self-confidence, Lee and Moray 1994"
_ASYMMETRY = "modelling choice; loss of trust 3 to 10 times its gain"
_STAGES = "modelling choice; stages of Parasuraman, Sheridan and Wickens 2000"

_FORMS = "Wright 1936; saturating form as in Jaber; learn-forget curve of Jaber and Bonney 1996"
_JABER = "modelling choice, half a year; form from Jaber and Bonney 1996"
_LEE = "Lee and Moray 1992, from memory and unverified; scaled so that faultless work leads to 1; size of a fault is M"
_COMPLACENT = "calibration to detection of 82% and 33%, Parasuraman, Molloy and Singh 1993; form is a modelling choice"
_SPAR_FIT = "SPAR-H, fitness degraded, NUREG/CR-6883; between nominal and it in proportion to fatigue (M)"
_SPAR_NEW = "SPAR-H, experience low (action), NUREG/CR-6883; between nominal and it in proportion to lost gain (M)"
_JDR = "modelling choice; demands against resources, direction from Lee and Ashforth 1996, Aronsson et al. 2017"
_LOAD = "performance falls above about 70% busy, Cummings; as a limit of strain a modelling choice"
_LEAVING = "r = .33 with turnover, Swider and Zimmerman 2010: about 0.6 per SD, SD of strain taken as 0.2"
_ANCKER = "Ancker et al. 2017, acceptance x 0.70 per further reminder, x 0.90 per 5 points of repeats; on log-odds is M"
_BOROWITZ = "Borowitz et al. 2008, 31% of on-call nights had a surprise"
_MARK = "modelling choice; that it costs time: Mark et al. 2008"
_AMO = "modelling choice; evidence on how they join is mixed, Siemsen et al. 2008, Van Iddekinge et al. 2018"

PRIORS: dict[str, Prior] = {
    "fatigue_rise_h": Prior(10.0, 0.01, 1e6, "h", "M", "modelling choice: time constant of fatigue at work", True),
    "fatigue_recovery_h": Prior(4.0, 0.01, 1e6, "h", "M", "modelling choice: time constant of recovery off work", True),
    "fatigue_slowdown": Prior(0.1, 0.0, 1.0, "share of speed at full fatigue", "M", _M, True),
    "fatigue_blindness": Prior(0.2, 0.0, 1.0, "share of detection at full fatigue", "M", _M, True),
    "speed_floor": Prior(0.3, 0.01, 1.0, "of standard speed", "M", "modelling choice: nobody is slower", True),
    "learning_form": Prior(0.0, 0.0, 2.0, "0 Wright, 1 saturating, 2 learn-forget", "M", _FORMS, True),
    "first_task_h": Prior(1.0, 1e-6, 1e6, "h for the first task of a novice", "M", "learn-forget form only", True),
    "forgetting_break_h": Prior(4400.0, 1e-3, 1e9, "h of a break after which all is forgotten", "M", _JABER, True),
    "learning_rate": Prior(
        0.9, 0.5, 1.0, "time per doubling of experience", "K", "Wright 1936; 0.80 to 0.90 usual", True
    ),
    "reference_tasks": Prior(500.0, 2.0, 1e9, "tasks of a standard person", "M", _M, True),
    "practice_gain": Prior(0.02, 0.0, 1.0, "share of what is missing, per task", "M", "saturating form only", True),
    "gain_floor": Prior(0.5, 0.01, 10.0, "speed without any gain", "M", "saturating form only", True),
    "gain_ceiling": Prior(1.0, 0.01, 10.0, "speed at full gain", "M", "saturating form only", True),
    "gain_initial": Prior(1.0, 0.0, 1.0, "share of full gain at the start", "M", _M, True),
    "skill_half_life_months": Prior(11.0, 0.01, 1e6, "months without practice", "R", _TATEL, True),
    "drill_tasks": Prior(10.0, 0.0, 1e6, "tasks by hand that one drill is worth", "M", _M, True),
    "accept_unchecked": Prior(0.3, 0.0, 1.0, "probability", "M", "modelling choice; used without person state"),
    "accept_slope": Prior(4.0, 0.0, 100.0, "log-odds per unit of trust over confidence", "M", _MORAY, True),
    "trust_initial": Prior(0.5, 0.0, 1.0, "trust", "M", _M, True),
    "trust_up": Prior(0.02, 0.0, 1.0, "share of what is missing, per success seen", "M", _ASYMMETRY, True),
    "trust_down": Prior(0.1, 0.0, 1.0, "share of what is there, per failure seen", "M", _ASYMMETRY, True),
    "trust_form": Prior(0.0, 0.0, 1.0, "0 asymmetric, 1 Lee and Moray 1992", "M", _LEE, True),
    "trust_keep": Prior(0.57, 0.0, 1.0, "weight of trust before", "K", _LEE, True),
    "trust_right": Prior(0.062, 0.0, 10.0, "weight of performance", "K", _LEE, True),
    "trust_right_before": Prior(0.21, 0.0, 1.0, "share of performance before taken off", "K", _LEE, True),
    "trust_fault": Prior(0.74, 0.0, 10.0, "weight of a fault", "K", _LEE, True),
    "trust_fault_before": Prior(0.4, 0.0, 1.0, "share of a fault before given back", "K", _LEE, True),
    "trust_fault_size": Prior(0.03, 0.0, 1.0, "size of one fault", "M", _LEE, True),
    "complacency": Prior(1.24, 0.0, 100.0, "log of detection lost at full load, even failures", "C", _COMPLACENT, True),
    "complacency_load_h": Prior(0.5, 0.001, 1e6, "h over which other work counts as load", "M", _COMPLACENT, True),
    "complacency_block": Prior(16.0, 2.0, 1e6, "outcomes in a block", "M", _COMPLACENT, True),
    "complacency_excess": Prior(3.0, 0.0, 1e6, "v per excess of variance", "M", _COMPLACENT, True),
    "complacency_weight": Prior(0.05, 0.001, 1.0, "weight of the newest block", "M", _COMPLACENT, True),
    "error_fatigue": Prior(5.0, 1.0, 1000.0, "factor on errors at full fatigue", "K", _SPAR_FIT, True),
    "error_novice": Prior(3.0, 1.0, 1000.0, "factor on errors without any gain", "K", _SPAR_NEW, True),
    "control_novice": Prior(0.5, 0.0, 1.0, "share of the chance of control that needs no skill", "M", _M, True),
    "strain_rise": Prior(0.5, 0.0, 100.0, "per week and share of load above what is sustainable", "M", _JDR, True),
    "strain_rest": Prior(0.05, 0.0, 100.0, "share of strain lost in a week, at average resources", "M", _JDR, True),
    "strain_pace": Prior(0.1, 0.0, 1.0, "share of speed lost at full strain", "M", _JDR, True),
    "sustainable_load": Prior(0.7, 0.0, 2.0, "busy share that can be kept up", "K", _LOAD, True),
    "sustainable_resources": Prior(0.3, 0.0, 2.0, "more of it per unit of job resources", "M", _JDR, True),
    "strain_leaving": Prior(3.0, 0.0, 100.0, "log-hazard of leaving per unit of strain", "C", _LEAVING, True),
    "strain_usual": Prior(0.2, 0.0, 1.0, "strain at which the usual number leave", "M", _JDR, True),
    "newcomer_gain": Prior(0.3, 0.0, 1.0, "share of full gain of a successor", "M", _M, True),
    "vacancy_h": Prior(1440.0, 0.0, 1e6, "h until a post is filled, mean", "M", _M, True),
    "alert_memory": Prior(0.02, 0.0, 1.0, "weight of the newest alert in what alerts are worth", "M", _ANCKER, True),
    "vigilance_floor": Prior(0.8, 0.0, 1.0, "share of detection after a long watch", "M", _SEE, True),
    "vigilance_h": Prior(0.25, 0.001, 1e6, "h", "M", _SEE, True),
    "vigilance_break_h": Prior(0.15, 0.0, 1e6, "h without a task that ends a watch", "M", _SEE, True),
    "prevalence_intercept": Prior(-2.59, -20.0, 20.0, "log-odds of a miss", "C", _ALERTS),
    "prevalence_slope": Prior(-0.38, -20.0, 20.0, "log-odds of a miss per log-odds of prevalence", "C", _ALERTS),
    "transparency_weight": Prior(0.2, 0.0, 1.0, "share of detection lost at no transparency", "M", _M),
    "false_rejection": Prior(0.05, 0.0, 1.0, "probability", "M", "modelling choice: a check refuses what was right"),
    "review_share": Prior(0.2, 0.0, 10.0, "of the mean work by hand", "M", "modelling choice"),
    "glance_share": Prior(0.1, 0.0, 1.0, "of a review, when accepted unchecked", "M", _M),
    "takeover_share": Prior(0.25, 0.0, 100.0, "of the mean work by hand", "M", _M),
    "takeover_cv": Prior(0.5, 0.0, 10.0, "coefficient of variation", "M", _ZHANG),
    "takeover_per_stage": Prior(0.25, 0.0, 100.0, "longer per stage handed to the machine", "M", _ONNASCH),
    "takeover_novice": Prior(0.4, 0.0, 1.0, "chance that a takeover succeeds without any gain", "M", _M),
    "takeover_skilled": Prior(0.98, 0.0, 1.0, "chance that a takeover succeeds at full gain", "M", _M),
    "takeover_least_gain": Prior(0.05, 0.001, 1.0, "gain below which takeover grows no longer", "M", _M),
    "list_saving": Prior(0.3, 0.0, 1.0, "share of search saved by a list (level 2)", "M", _M),
    "narrow_saving": Prior(0.6, 0.0, 1.0, "share of search saved by a narrowed list (level 3)", "M", _M),
    "act_share": Prior(0.3, 0.0, 1.0, "share of the work by hand that is acting", "M", _STAGES),
    "detector_hit": Prior(0.8, 0.0, 1.0, "chance that the machine's own detector picks what is wrong", "M", _M),
    "detector_false": Prior(0.05, 0.0, 1.0, "chance that it picks what is right", "M", _M),
    "review_deadline_h": Prior(4.0, 0.0, 1e6, "h until silence means go, where level 6 names no deadline", "M", _M),
    "read_shelf_life_h": Prior(24.0, 0.0, 1e6, "h until an unread task is dropped", "M", _M),
    "alert_extra": Prior(math.log(0.70), -10.0, 0.0, "log-odds of engaging per further alert that waits", "R", _ANCKER),
    "alert_repeat": Prior(math.log(0.90), -10.0, 0.0, "log-odds of engaging per 5% of repeats", "R", _ANCKER),
    "alert_salience": Prior(0.0, -20.0, 20.0, "log-odds of engaging", "M", _M),
    "triage_hit": Prior(0.95, 0.0, 1.0, "chance that a real alert is confirmed when looked at", "M", _M),
    "triage_false": Prior(0.02, 0.0, 1.0, "chance that another is confirmed", "M", _M),
    "repeat_gap_h": Prior(0.5, 0.0, 1e6, "h between repeats of an alert, mean", "M", _M),
    "handover_loss": Prior(0.31, 0.0, 1.0, "chance that a handover loses what is needed", "R", _BOROWITZ),
    "handover_again": Prior(0.2, 0.0, 10.0, "of the task, done again after such a handover", "M", _M),
    "resume_h": Prior(0.1, 0.0, 1e6, "h of getting back into a task that was put aside", "M", _MARK),
    "amo_form": Prior(0.0, 0.0, 2.0, "0 additive, 1 geometric, 2 bottleneck", "M", _AMO),
    "performance_spread": Prior(0.15, 0.0, 2.0, "of speed per standardised effect of practices", "M", _AMO),
    "resources_effect": Prior(0.1, 0.0, 2.0, "of job resources per effect on motivation, opportunity", "M", _AMO),
    "control_attempts": Prior(3.0, 1.0, 100.0, "tries to control one variance", "M", _M),
    "high_load": Prior(0.85, 0.0, 1.0, "busy share of a rostered half-hour", "M", "definition of high load"),
}


def effective(system: WorkSystem) -> dict[str, Parameter]:
    """Return every prior by name, with what the work system overrides put in its place."""
    values = {
        name: Parameter(value=prior.value, unit=prior.unit, footing="assumed", tag=prior.tag, source=prior.source)
        for name, prior in PRIORS.items()
    }
    values.update({name: value for name, value in system.state_parameters.items() if name in PRIORS})
    return values


def fault_of_names(system: WorkSystem) -> list[Fault]:
    """Return a fault for every override that has no such name or makes no sense."""
    faults = []
    for name, parameter in sorted(system.state_parameters.items()):
        where = f"state_parameters.{name}"
        if name not in PRIORS:
            close = suggestion(name, PRIORS)
            do = f"use {close!r}" if close else "see the list on the mechanisms page"
            faults.append(Fault("LW-SI-011", where, "the name of a registered parameter", repr(name), do))
        elif not PRIORS[name].least <= parameter.value <= PRIORS[name].most:
            prior = PRIORS[name]
            expected = f"a value from {prior.least:g} to {prior.most:g} ({prior.unit})"
            faults.append(Fault("LW-SI-008", where, expected, f"{parameter.value:g}", "correct the value"))
    return faults
