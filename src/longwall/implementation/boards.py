"""The plan as a board: which increments are to do, piloted, observed, expanded and done, week by week; who is busy."""

from __future__ import annotations

import csv
import io

from longwall.implementation.plans import Increment, Plan
from longwall.worksystem import Id, Piece

__all__ = ["BoardWeek", "board", "board_csv", "load_by_week", "most_in_progress", "practice_by_week"]

_COLUMN = {"introduce": "pilot", "pilot": "pilot", "observe": "observe", "expand": "expand"}


class BoardWeek(Piece):
    """Increments by column at the start of a week, in the order of the plan.

    Parameters
    ----------
    pilot : tuple of Id
        Piloted, or introduced where the change is technical.
    """

    week: int
    to_do: tuple[Id, ...]
    pilot: tuple[Id, ...]
    observe: tuple[Id, ...]
    expand: tuple[Id, ...]
    done: tuple[Id, ...]

    @property
    def in_progress(self) -> int:
        """How many are begun and not done."""
        return len(self.pilot) + len(self.observe) + len(self.expand)


def board(plan: Plan) -> tuple[BoardWeek, ...]:
    """Return the board of every week from the start to the week in which all is done; empty for an empty plan."""
    if not plan.increments:
        return ()
    found = []
    for week in range(plan.finish_week + 1):
        columns: dict[str, list[str]] = {"to_do": [], "pilot": [], "observe": [], "expand": [], "done": []}
        for one in plan.increments:
            columns[_column(one, week)].append(one.id)
        found.append(BoardWeek.model_validate({"week": week, **columns}))
    return tuple(found)


def most_in_progress(plan: Plan) -> tuple[int, int]:
    """Return how many increments are in progress at most, and the first week in which they are; zeros for none."""
    weeks = board(plan)
    most = max((week.in_progress for week in weeks), default=0)
    return most, next((week.week for week in weeks if week.in_progress == most), 0)


def load_by_week(plan: Plan) -> dict[str, tuple[float, ...]]:
    """Return the person-weeks that each role spends on change in each week, roles by id.

    The effort of an increment is spread evenly over the roles it concerns and the weeks in which people work on it.
    """
    found = {role: [0.0] * plan.finish_week for one in plan.increments for role in one.concerns}
    for one in plan.increments:
        worked = [phase for phase in one.phases if phase.name != "observe"]
        share = one.effort_weeks / max(1, len(one.concerns)) / sum(phase.weeks for phase in worked)
        for role in one.concerns:
            for phase in worked:
                for week in range(phase.start_week, phase.start_week + phase.weeks):
                    found[role][week] += share
    return {role: tuple(round(load, 6) for load in found[role]) for role in sorted(found)}


def practice_by_week(plan: Plan) -> tuple[float, ...]:
    """Return the hours of practice by hand that the drills of a plan ask for in each week, once they are expanded.

    A pilot is part of the effort of its increment. Empty where the plan has no drills; the work goes on after its end.
    """
    drills = [(one.end_week, one.practice.value) for one in plan.increments if one.practice is not None]
    if not drills:
        return ()
    return tuple(
        round(sum(hours for end, hours in drills if end <= week), 6) for week in range(plan.finish_week + 1)
    )  # fmt: skip


def board_csv(plan: Plan) -> str:
    """Return the board as CSV: a row per week, ids of a column joined by spaces, then the person-weeks of each role.

    A plan with drills has one column more: the hours of practice that go on from week to week.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    loads, practice = load_by_week(plan), practice_by_week(plan)
    rows.writerow(["week", "to_do", "pilot", "observe", "expand", "done", "in_progress", *(f"load_{r}" for r in loads),
                   *(["practice_h"] if practice else [])])  # fmt: skip
    for week in board(plan):
        columns = (week.to_do, week.pilot, week.observe, week.expand, week.done)
        last = week.week >= plan.finish_week
        rows.writerow(
            [week.week, *(" ".join(column) for column in columns), week.in_progress,
             *(0 if last else load[week.week] for load in loads.values()), *practice[week.week : week.week + 1]]
        )  # fmt: skip
    return out.getvalue()


def _column(one: Increment, week: int) -> str:
    """Where an increment stands in a week."""
    for phase in one.phases:
        if phase.start_week <= week < phase.start_week + phase.weeks:
            return _COLUMN[phase.name]
    return "to_do" if week < one.start_week else "done"
