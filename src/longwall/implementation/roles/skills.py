"""Which skills of a role fall idle in a design, which must grow, and how long the work takes to teach them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.skill import skill_kept
from longwall.assessment.thresholds import load_thresholds
from longwall.evidence.privacy import MIN_GROUP
from longwall.implementation.roles.results import GrowingSkill, IdleSkill, TaskChange
from longwall.implementation.roles.tasks import Work, estimated
from longwall.simulation.priors import effective
from longwall.worksystem import Estimate, Parameter, Role, WorkSystem

__all__ = ["growing_skills", "idle_skills", "tasks_to_learn"]

_WEEK_DAYS = 7.0
_YEAR_DAYS = 365.25
_NEARLY = 0.95
_SATURATING = 1


def idle_skills(role: Role, then: WorkSystem, before: Work, after: Work) -> tuple[IdleSkill, ...]:
    """Return the skills that a role practises more rarely than today, and too rarely to keep.

    Too rarely is the gap of practice at which the assessment speaks of skills that are lost (``practice_gap_days``).

    Parameters
    ----------
    role : Role
        As it is today.
    then : WorkSystem
        The design.
    """
    limit = load_thresholds()["practice_gap_days"]
    found = []
    for (owner, skill), tasks in before.practice.items():
        heads_then = then.roles[role.id].head_count if role.id in then.roles else 0
        if owner != role.id or tasks.mean() <= 0.0 or role.head_count == 0:
            continue
        now = _gap_days(tasks, role.head_count)
        later = _gap_days(after.practice.get((role.id, skill), np.zeros(1)), heads_then)
        if now is None or (later is not None and (later <= limit or later <= now)):
            continue
        kept, low, high = skill_kept(_YEAR_DAYS if later is None else later)
        found.append(
            IdleSkill(
                skill=skill,
                functions=tuple(f.id for f in then.work.functions if (f.skill or f.id) == skill),
                gap_today_days=now,
                gap_then_days=later,
                kept=Estimate(value=kept, low=low, high=high, unit="share of the gain", footing="assumed"),
            )
        )
    return tuple(found)


def growing_skills(
    then: WorkSystem, role: Role, tasks: tuple[TaskChange, ...], after: Work
) -> tuple[GrowingSkill, ...]:
    """Return the skills below standard that a role needs for the tasks it gains, and how long the work teaches them.

    Parameters
    ----------
    then : WorkSystem
        The design, whose learning curve counts.
    role : Role
        As the design has it.
    tasks : tuple of TaskChange
        Of this role.
    """
    priors = effective(then)
    found: dict[str, GrowingSkill] = {}
    for task in tasks:
        function = then.functions.get(task.function)
        if task.becomes != "gained" or function is None:
            continue
        skill = function.skill or function.id
        level = role.skills.get(skill)
        if level is None or level.value >= 1.0 or skill in found:
            continue
        practice = after.practice.get((role.id, skill), np.zeros(1)) / max(role.head_count, 1)
        ends = sorted(tasks_to_learn(end, priors) for end in _ends(level))
        found[skill] = GrowingSkill(
            skill=skill,
            function=function.id,
            level=level if role.head_count >= MIN_GROUP else None,
            tasks=tasks_to_learn(level.value, priors),
            weeks=_weeks(tasks_to_learn(level.value, priors), ends, practice),
            rests_on=_rests_on(priors),
        )
    return tuple(found.values())


def tasks_to_learn(level: float, priors: dict[str, Parameter]) -> float:
    """Return the tasks by hand from a first skill to the standard, by the learning curve of the simulator.

    Parameters
    ----------
    level : float
        Speed at first, 1 is standard, > 0.
    priors : mapping of str to Parameter
        Parameters of people in force.

    Notes
    -----
    Wright's curve (also with forgetting): speed is m^b with m the tasks done over those of a standard person, R, and b
    = -log2 of the learning rate; a first speed v stands for R v^(1/b) tasks done. Saturating curve: each task closes
    the same share of the gap; 95% of the gain counts as there.

    References
    ----------
    Wright 1936, "Factors affecting the cost of airplanes", Journal of the Aeronautical Sciences 3.
    """
    value = {name: parameter.value for name, parameter in priors.items()}
    if round(value["learning_form"]) == _SATURATING:
        floor, ceiling = value["gain_floor"], value["gain_ceiling"]
        gain = min(max((level - floor) / (ceiling - floor), 0.0), 1.0) if ceiling > floor else 1.0
        if gain >= _NEARLY or value["practice_gain"] <= 0.0:
            return 0.0 if gain >= _NEARLY else math.inf
        return math.log((1.0 - _NEARLY) / (1.0 - gain)) / math.log1p(-min(value["practice_gain"], 1.0 - 1e-12))
    exponent = -math.log2(value["learning_rate"])
    reference = value["reference_tasks"]
    done = reference * level ** (1.0 / exponent) if exponent > 0.0 else reference
    return max(0.0, reference - max(done, 1.0))


def _weeks(tasks: float, ends: list[float], practice: NDArray[np.float64]) -> Estimate | None:
    """Return the weeks of work that so many tasks take a member; none where the work gives no practice."""
    rate = estimated(practice, "", "assumed") if practice.size > 1 else None
    if rate is None or rate.low <= 0.0 or not all(map(math.isfinite, (tasks, *ends))):
        return None
    return Estimate(
        value=tasks / rate.value, low=ends[0] / rate.high, high=ends[-1] / rate.low, unit="weeks", footing="assumed"
    )


def _gap_days(tasks_per_week: NDArray[np.float64], heads: int) -> float | None:
    """Return the days between two times that a mean member practises; none: never."""
    mean = float(tasks_per_week.mean())
    return _WEEK_DAYS * heads / mean if mean > 0.0 and heads > 0 else None


def _ends(level: Parameter) -> tuple[float, float, float]:
    """Return a skill with its range, kept between almost nothing and the standard."""
    ends = (
        level.value,
        level.value if level.low is None else level.low,
        level.value if level.high is None else level.high,
    )
    low, value, high = sorted(min(max(end, 1e-3), 1.0) for end in ends)
    return value, low, high


def _rests_on(priors: dict[str, Parameter]) -> tuple[str, ...]:
    """Name the parameters of the learning curve with value, tag and source."""
    saturating = round(priors["learning_form"].value) == _SATURATING
    names = ("practice_gain", "gain_floor", "gain_ceiling") if saturating else ("learning_rate", "reference_tasks")
    return tuple(f"{name} {priors[name].value:g} ({priors[name].tag}: {priors[name].source})" for name in names)
