"""Tables of the plan: its increments, its board week by week, and its forecasts along the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall import implementation
from longwall.errors import Fault, StudyError
from longwall.study.cells import span
from longwall.study.folder import Study
from longwall.study.planning import along_of
from longwall.study.showing_designs import disputed

__all__ = ["ALONG_COLUMNS", "BOARD_COLUMNS", "PLAN_COLUMNS", "along_rows", "board_rows", "plan_rows"]

PLAN_COLUMNS = ("from week", "to week", "increment", "owner", "cost", "waits for", "look in week", "drop if",
                "condition", "rests on what is disputed")  # fmt: skip
BOARD_COLUMNS = ("from week", "to do", "pilot", "observe", "expand", "done", "in progress")
ALONG_COLUMNS = ("look in week", "increment", "with", "column", "indicator", "today", "all together", "this one adds")

Rows = tuple[Sequence[Sequence[Any]], Sequence[str]]


def plan_rows(study: Study, result: Mapping[str, Any]) -> Rows:
    """Return a row for each increment, and what holds the plan up; `result` is that of `plan`."""
    plan = implementation.Plan.model_validate(result)
    disputes = disputed(study)
    rows = [
        (one.start_week, one.end_week, one.title, one.owner or "to be named",
         "" if one.cost is None else f"{one.cost:,.0f}", one.waits_for, one.look_week, one.drop_if,
         _condition(one, plan), "; ".join(disputes.get(one.id, ())))
        for one in plan.increments
    ]  # fmt: skip
    return rows, [*_notes(plan), *plan.cautions]


def _condition(one: implementation.Increment, plan: implementation.Plan) -> str:
    """What comes before the first week; who loses posts, and what would strengthen them instead."""
    if not one.loses:
        return one.condition
    titles = {other.id: other.title for other in plan.increments}
    instead = titles.get(one.instead, one.instead)
    return f"{one.condition}; {', '.join(one.loses)} lose {one.people_removed}; instead: {instead}"


def _notes(plan: implementation.Plan) -> list[str]:
    """How good the order is, how much is in progress at once, what holds it up."""
    if not plan.increments:
        return []
    best = "proved best" if plan.gap <= 0 else f"at most {plan.gap:.1%} from the best"
    most, week = implementation.most_in_progress(plan)
    held, many = plan.bottleneck, len(plan.increments) > implementation.MOST_WITH_BOTTLENECK
    sources = sorted({one.source for one in plan.increments if one.source})
    return [
        *(_from(source, plan) for source in sources),
        f"the order is {best} under its terms; at most {most} in progress at once, first in week {week}",
        "nothing holds it up" if held is None and not any(one.waits_for for one in plan.increments)
        else "what holds it up most is not looked for in so many increments" if held is None and many
        else "no limit of money, people or weeks holds it up" if held is None
        else f"held up most by {held.what}: without it benefits come {held.benefit_earlier:.1f} weeks earlier",
    ]  # fmt: skip


def _from(source: str, plan: implementation.Plan) -> str:
    """Which increments come from a file beside the design, and the practice that goes on once they are expanded."""
    names = [one.id for one in plan.increments if one.source == source]
    hours = implementation.practice_by_week(plan)
    goes_on = f"; {hours[-1]:.1f} hours of practice a week go on from then (assumed)" if hours else ""
    return f"from {source}, beside the design: {', '.join(names)}{goes_on}"


def board_rows(result: Mapping[str, Any]) -> Rows:
    """Return the board from each week in which something moves; `result` is that of `plan`."""
    plan = implementation.Plan.model_validate(result)
    rows: list[tuple[Any, ...]] = []
    for week in implementation.board(plan):
        columns = (week.to_do, week.pilot, week.observe, week.expand, week.done)
        cells = tuple(", ".join(column) for column in columns)
        if not rows or rows[-1][1:-1] != cells:
            rows.append((week.week, *cells, week.in_progress))
    return rows, _notes(plan)


def along_rows(study: Study) -> Rows:
    """Return each look with what all together change against today, and what the increment adds to those before it.

    Raises
    ------
    StudyError
        LW-ST-004 where the plan as it is now was not forecast along its order.
    """
    found = along_of(study)
    if found is None:
        raise StudyError(
            Fault("LW-ST-004", str(study.path), "forecasts along the order of the plan as it is now", "none yet",
                  f"run `longwall plan {study.path} --along`")
        )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for look in found.looks:
        adds = {(one.indicator, one.scope): one for one in look.adds}
        alone = [other for other in look.together if other != look.increment]
        for one in look.expected:
            more = adds.get((one.indicator, one.scope))
            rows.append(
                (look.week, look.increment, ", ".join(alone), one.column, one.name or one.indicator,
                 f"{one.today:.4g}", span(one.change.model_dump()),
                 "nothing beyond noise" if more is None else span(more.change.model_dump()))
            )  # fmt: skip
        if not look.expected:
            rows.append((look.week, look.increment, ", ".join(alone), "", "nothing beyond noise", "", "", ""))
    return rows, [f"{found.weeks} weeks, {found.replications} replications under the same luck", *found.cautions]
