"""A plan as rows: a table for spreadsheets, bars for a time line."""

from __future__ import annotations

import csv
import io

from longwall.implementation.plans import Plan
from longwall.worksystem import Piece

__all__ = ["Bar", "bars", "plan_csv"]


class Bar(Piece):
    """One bar of a time line: a phase of an increment, in weeks from the start of the plan."""

    increment: str
    title: str
    phase: str
    start_week: int
    end_week: int
    owner: str
    after: tuple[str, ...]


def bars(plan: Plan) -> tuple[Bar, ...]:
    """Return a bar per phase, in the order of the plan."""
    return tuple(
        Bar(
            increment=one.id, title=one.title, phase=phase.name, start_week=phase.start_week,
            end_week=phase.start_week + phase.weeks, owner=one.owner, after=one.after,
        )
        for one in plan.increments
        for phase in one.phases
    )  # fmt: skip


def plan_csv(plan: Plan) -> str:
    """Return the plan as CSV, a row per increment, with what is expected first and when to look."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(
        ["id", "title", "kind", "owner", "start_week", "look_week", "end_week", "cost", "running_cost_per_week",
         "effort_weeks", "reversible", "after", "indicator", "today", "change", "change_low", "change_high", "drop_if"]
    )  # fmt: skip
    for one in plan.increments:
        first = one.expected[0] if one.expected else None
        forecast = (
            ["", "", "", "", ""]
            if first is None
            else [first.indicator, first.today, first.change.value, first.change.low, first.change.high]
        )
        costs = ["" if cost is None else cost for cost in (one.cost, one.running_cost_per_week)]
        rows.writerow(
            [one.id, _plain(one.title), one.kind, one.owner, one.start_week, one.look_week, one.end_week, *costs,
             one.effort_weeks, "yes" if one.reversible else "no", " ".join(one.after), *forecast, one.drop_if]
        )  # fmt: skip
    return out.getvalue()


def _plain(text: str) -> str:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text
