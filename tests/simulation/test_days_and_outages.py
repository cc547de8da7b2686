"""Days read at midnight add up to the weeks, and an outage that is planned lasts as long as it says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.alignment.conftest import DESK

from longwall.errors import SimulationError
from longwall.simulation import Outage, Scenario, ScheduledChange, late_by_day, run
from longwall.worksystem import Patch, WorkSystem

SYSTEM = WorkSystem.model_validate(DESK)
COURSE = Scenario(system=SYSTEM, weeks=3, warm_up_weeks=1, replications=3, seed=5)


def test_days_lie_between_best_and_worst_and_average_to_the_run() -> None:
    """Also across a change of phase: the share of a week is a weighted mean of the shares of its days."""
    changed = COURSE.model_copy(
        update={"changes": (ScheduledChange(week=1, patches=(Patch(path="work.demand.ticket.per_week", value=330),)),)}
    )
    for course in (COURSE, changed):
        days, runs = late_by_day(course, threads=1), run(course, threads=1)
        k = [what.id for what in runs.indicators].index("late_share")
        assert days.shape == (3, 21)
        weekly = days.reshape(3, 3, 7)
        assert (np.nanmin(weekly, axis=2) <= runs.series[:, k] + 1e-12).all()
        assert (np.nanmax(weekly, axis=2) >= runs.series[:, k] - 1e-12).all()
    assert np.isnan(days[:, 5::7]).all(), "nobody works on Saturday, so nothing is completed by people or checked"


def test_a_planned_outage_takes_just_its_hours_and_pairs_with_the_calm_run() -> None:
    out = COURSE.model_copy(update={"outages": (Outage(component="bot", at_h=40.0, hours=24.0),)})
    calm, struck = run(COURSE, threads=1), run(out, threads=1)
    lost = calm.column("machine_availability") - struck.column("machine_availability")
    assert lost == pytest.approx([24.0 / (3 * 168)] * 3)
    assert (struck.column("by_hand_share") > calm.column("by_hand_share")).all()
    assert struck.balance == pytest.approx(0.0, abs=1e-9)
    later = run(out.model_copy(update={"outages": (Outage(component="bot", at_h=3 * 168.0, hours=24.0),)}), threads=1)
    assert later.values == pytest.approx(calm.values, nan_ok=True), "an outage after the end changes nothing"


def test_slack_does_not_soften_an_outage_of_its_own() -> None:
    bot = SYSTEM.technical.components[0].model_validate({**DESK["technical"]["components"][0], "buffer_h": 6})
    slack = SYSTEM.model_copy(update={"technical": SYSTEM.technical.model_copy(update={"components": (bot,)})})
    course = COURSE.model_copy(update={"system": slack})
    out = course.model_copy(update={"outages": (Outage(component="bot", at_h=40.0, hours=24.0),)})
    lost = run(course, threads=1).column("machine_availability") - run(out, threads=1).column("machine_availability")
    assert lost == pytest.approx([24.0 / (3 * 168)] * 3)


def test_an_outage_of_what_is_not_there_is_refused() -> None:
    wrong = COURSE.model_copy(update={"outages": (Outage(component="bott", at_h=0, hours=1),)})
    with pytest.raises(SimulationError, match="LW-SI-016") as caught:
        run(wrong, threads=1)
    assert caught.value.faults[0].do == "use 'bot'"
    with pytest.raises(SimulationError, match="LW-SI-016"):
        late_by_day(COURSE, scope="demand:none")
