"""Changes at the begin of a week: nothing else moves, and what changes is as if it had always been so, from then on."""

from __future__ import annotations

import busy
import numpy as np
import pytest

from longwall.errors import SimulationError
from longwall.simulation import Scenario, ScheduledChange, run, simulate_log
from longwall.worksystem import Distribution, Parameter, Patch, WorkSystem

BUSY = WorkSystem.model_validate(busy.SYSTEM)


def change(week: int, **values: object) -> ScheduledChange:
    patches = tuple(Patch(path=path.replace("__", "."), value=value) for path, value in values.items())  # type: ignore[arg-type]
    return ScheduledChange(week=week, patches=patches)


def test_a_change_of_nothing_changes_no_bit() -> None:
    # Caught when the next shift was planned from the beginning of time instead of from the change.
    system = BUSY.model_copy(
        update={
            "work": BUSY.work.model_copy(
                update={
                    "functions": tuple(
                        f.model_copy(update={"drills_per_year": Parameter(value=0)}) for f in BUSY.work.functions
                    )
                }
            )
        }
    )
    system = WorkSystem.model_validate(system.model_dump())
    plain = run(Scenario(system=system, weeks=5, warm_up_weeks=1, replications=2))
    same = change(2, **{"social.roles.agent.shifts.0.people": 3})
    changed = run(Scenario(system=system, weeks=5, warm_up_weeks=1, replications=2, changes=(same,)))
    assert np.array_equal(plain.series, changed.series, equal_nan=True)
    assert np.abs(changed.balance).max() < 1e-9


def test_before_a_change_all_is_as_without_it() -> None:
    more = change(
        3,
        **{
            "social.roles.agent.shifts.0.people": 6,
            "work.functions.solve.allocation.level": 1,
            "work.demand.incident.per_week": 150,
            "technical.components.bot.reliability": 0.99,
        },
    )
    plain = run(Scenario(system=BUSY, weeks=6, warm_up_weeks=1, replications=2))
    changed = run(Scenario(system=BUSY, weeks=6, warm_up_weeks=1, replications=2, changes=(more,)))
    key = [(w.id, w.scope) for w in plain.indicators]
    rows = [k for k, w in enumerate(changed.indicators) if (w.id, w.scope) in key]
    old = [key.index((changed.indicators[k].id, changed.indicators[k].scope)) for k in rows]
    before, after = changed.series[:, rows], plain.series[:, old]
    assert np.array_equal(before[:, :, :3], after[:, :, :3], equal_nan=True)
    assert not np.array_equal(before[:, :, 3:], after[:, :, 3:], equal_nan=True)
    assert np.abs(changed.balance).max() < 1e-9


def test_people_and_rates_follow_a_change(station) -> None:
    # Fails when the rows of people beyond those of the first phase were never put on shift.
    system = station(10.0, Distribution(shape="fixed", mean_h=0.5), 10)
    twice = change(4, **{"work.demand.item.per_week": 3360, "social.roles.server.shifts.0.people": 20})
    runs = run(Scenario(system=system, weeks=8, warm_up_weeks=1, replications=20, changes=(twice,)))
    rate = runs.series[:, [w.id for w in runs.indicators].index("throughput_per_week")]
    assert rate[:, :4].mean() == pytest.approx(1680, rel=0.01)
    assert rate[:, 4:].mean() == pytest.approx(3360, rel=0.01)
    use = runs.series[:, [w.id for w in runs.indicators].index("utilisation")]
    assert use[:, :4].mean() == pytest.approx(0.5, rel=0.01)
    assert use[:, 4:].mean() == pytest.approx(0.5, rel=0.01), "twice the people for twice the work"


def test_fewer_people_leave_nothing_undone(station) -> None:
    system = station(2.0, Distribution(shape="fixed", mean_h=0.5), 6)
    fewer = change(2, **{"social.roles.server.shifts.0.people": 2})
    scenario = Scenario(system=system, weeks=4, warm_up_weeks=0, changes=(fewer,), begins="2024-01-01", replications=2)
    log = simulate_log(scenario)
    late = log.filter(log["start"] >= log["start"].min().replace(month=1, day=15))
    assert late["resource"].n_unique() == 2
    assert log["resource"].n_unique() == 6
    assert np.abs(run(scenario).balance).max() < 1e-9


def test_pieces_may_not_come_or_go(station) -> None:
    system = station(1.0, Distribution(mean_h=0.5), 2)
    role = {"id": "other", "team": system.social.teams[0].id, "shifts": [{"people": 1}]}
    added = ScheduledChange(week=1, patches=(Patch(path="social.roles", op="add", value=role),))
    with pytest.raises(SimulationError, match="LW-SI-018"):
        run(Scenario(system=system, weeks=2, changes=(added,)))
