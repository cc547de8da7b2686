"""Tables of what becomes of each role, of skills, and of drills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall.implementation.roles import Reskilling
from longwall.study.cells import span
from longwall.worksystem import Estimate

__all__ = ["DRILL_COLUMNS", "ROLE_COLUMNS", "SKILL_COLUMNS", "drill_rows", "role_rows", "skill_rows"]

ROLE_COLUMNS = ("role", "people", "becomes", "task", "in", "h a week today", "then", "change", "footing")
SKILL_COLUMNS = ("role", "skill", "what", "practised today", "then", "kept, or level at first", "learnt in", "rests on")
DRILL_COLUMNS = ("function", "skill", "also serves", "drills a year today", "plan", "reached", "takeover succeeds",
                 "without drills", "extra h of a takeover", "h a year")  # fmt: skip
_HALF_LIVES = "half-lives of Tatel and Ackerman 2025 (R)"
_Rows = tuple[list[tuple[Any, ...]], list[str]]


def role_rows(result: Mapping[str, Any]) -> _Rows:
    """Return every task of every role, lost ones first, and what burdens people named."""
    found = Reskilling.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    for role in found.roles:
        people = f"{role.people_today}" + (f" to {role.people_then}" if role.people_then != role.people_today else "")
        for becomes in ("lost", "gained", "kept"):
            for task in role.tasks_that_are(becomes):
                rows.append(
                    (role.role, people, becomes, task.what, task.function, _text(task.today), _text(task.then),
                     _text(task.change), task.today.footing)
                )  # fmt: skip
        rows.append((role.role, people, "in all", "", "", _text(role.hours_today), _text(role.hours_then), "",
                     role.hours_today.footing))  # fmt: skip
    notes = [f"design {found.design}: {found.weeks} weeks, {found.replications} replications under common luck"]
    notes += [
        f"{one.burden}: {one.name or one.function}, {_text(one.today)} h a week by people today, {_text(one.then)} then"
        + ("" if one.mechanised else "; no lighter")
        for one in found.burdens
    ]
    return rows, [*notes, *found.cautions]


def skill_rows(result: Mapping[str, Any]) -> _Rows:
    """Return the skills that fall idle and those that must grow, by role."""
    found = Reskilling.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    for role in found.roles:
        for idle in role.idle:
            rows.append((role.role, idle.skill, "falls idle", _every(idle.gap_today_days), _every(idle.gap_then_days),
                         f"{_text(idle.kept)} of the gain kept", "", _HALF_LIVES))  # fmt: skip
        for grow in role.grow:
            level = "below standard" if grow.level is None else f"{grow.level.value:g}"
            weeks = "training only" if grow.weeks is None else f"{_text(grow.weeks)} weeks"
            rows.append((role.role, grow.skill, "must grow", "", "", level, weeks, "; ".join(grow.rests_on)))
    notes = [] if rows else ["no skill falls idle and none must grow"]
    return rows, [f"design {found.design}", *notes]


def drill_rows(result: Mapping[str, Any]) -> _Rows:
    """Return the drill plan."""
    found = Reskilling.model_validate(result)
    plan = found.plan
    rows = [
        (one.function, one.skill, ", ".join(one.also_serves), f"{one.per_year_today:g}", one.per_year,
         "yes" if one.reached else "no", _text(one.reserve), _text(one.reserve_without),
         _text(one.takeover_h) if one.takeover_h is not None else "", _text(one.hours_per_year))
        for one in plan.drills
    ]  # fmt: skip
    notes = [
        f"design {found.design}: the fewest drills with which a takeover succeeds with {plan.floor:g} or more in the "
        f"worst of {plan.weeks} weeks; {plan.tried} plans tried, figures from {plan.replications} fresh replications",
        f"practice in all: {_text(plan.hours_per_year)} (assumed)",
        *plan.cautions,
    ]
    return rows, notes


def _text(estimate: Estimate) -> str:
    """A number with its interval."""
    return span(estimate.model_dump(mode="json"))


def _every(days: float | None) -> str:
    """How often a mean member practises."""
    return "never" if days is None else f"every {days:.3g} days"
