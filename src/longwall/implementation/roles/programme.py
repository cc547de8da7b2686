"""Drills as changes that a design or a plan can take up, with cost, effort and lead time."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment import CostTable
from longwall.implementation.roles.results import Drill
from longwall.implementation.roles.tasks import rostered_h
from longwall.worksystem import Intervention, Patch, WorkSystem

__all__ = ["drill_interventions"]

_WEEKS_PER_YEAR = 52.0
_USUAL_WEEK_H = 40.0


def drill_interventions(system: WorkSystem, drills: Sequence[Drill], costs: CostTable) -> tuple[Intervention, ...]:
    """Return the drills that are more than the system has, each as one intervention of the lever ``drill``.

    Parameters
    ----------
    system : WorkSystem
        To which they are applied.
    """
    return tuple(
        _intervention(system, one, costs) for one in drills if one.reached and one.per_year > one.per_year_today
    )


def _intervention(system: WorkSystem, drill: Drill, costs: CostTable) -> Intervention:
    """Draft one programme of drills."""
    role = system.roles[drill.roles[0]]
    week_h = rostered_h(role) / role.head_count if role.head_count else _USUAL_WEEK_H
    more = drill.per_year - drill.per_year_today
    hours = costs.rule("drill").hours_per_drill.value * drill.people * more / _WEEKS_PER_YEAR
    return Intervention(
        id=f"drill.{drill.function}.{drill.per_year}",
        title=f"Practise {drill.name or drill.function} by hand {drill.per_year} times a year",
        kind="social",
        lever="drill",
        patches=(Patch(op="set", path=f"work.functions.{drill.function}.drills_per_year", value=drill.per_year),),
        why=f"a takeover succeeds with {drill.reserve.value:.2f} in the worst week, without drills with "
        f"{drill.reserve_without.value:.2f}",
        cost=costs.once("drill", heads=drill.people, role=role),
        running_cost_per_week=costs.running(
            "drill", hours, role=role, what=f"{drill.people} people x {more:g} drills a year"
        ),
        lead_time_weeks=costs.rule("drill").lead_time_weeks.value,
        effort_weeks=costs.effort_weeks("drill", drill.people, week_h),
        concerns=drill.roles,
    )
