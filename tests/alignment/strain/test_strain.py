"""Shocks and growth on systems whose loads are worked out on paper."""

from __future__ import annotations

import pytest

from longwall.alignment import growth, under_shocks
from longwall.alignment.strain.growth import breaks_at, grown
from longwall.alignment.strain.shocks import shocks_of
from longwall.errors import AlignmentError
from longwall.simulation import expected_loads
from longwall.worksystem import WorkSystem, patched


def row_of(people: int, capacity: int = 0) -> WorkSystem:
    """420 items a week of one hour each; of those that the machine takes, it does four an hour."""
    return WorkSystem.model_validate(
        {
            "id": "row",
            "technical": {"components": [{"id": "bot", "kind": "automation", "speed": 4, "capacity": capacity}]},
            "social": {
                "teams": [{"id": "t"}],
                "roles": [
                    {"id": "agent", "team": "t", "absence": 0.1, "shifts": [{"people": people, "hours": "always"}]}
                ],
            },
            "work": {
                "demand": [{"id": "item", "per_week": 420}],
                "functions": [
                    {"id": "solve", "roles": ["agent"], "work_h": 1},
                    {"id": "file", "roles": ["agent"], "work_h": 1, "allocation": {"level": 10, "component": "bot"}},
                ],
                "routes": [
                    {"source": "start", "target": "solve"},
                    {"source": "solve", "target": "file"},
                    {"source": "file", "target": "end"},
                ],
            },
        }
    )  # fmt: skip


def test_loads_on_paper() -> None:
    """420 h of work against 4 people x 168 h less a tenth; 420 quarters of an hour against 168 h of one machine."""
    loads = expected_loads(row_of(4, capacity=1))
    assert loads == {("agent",): pytest.approx(420 / (4 * 168 * 0.9)), ("bot",): pytest.approx(105 / 168)}
    assert expected_loads(row_of(4)) == {("agent",): pytest.approx(420 / (4 * 168 * 0.9))}


def test_where_it_breaks_on_paper() -> None:
    assert breaks_at(row_of(4), people=False) == (pytest.approx(4 * 168 * 0.9 / 420, rel=2e-3), ("agent",))
    assert breaks_at(row_of(4), people=True) == (None, ())
    assert breaks_at(row_of(4, capacity=1), people=True) == (pytest.approx(1.6, rel=2e-3), ("bot",))
    assert breaks_at(row_of(2), people=False) == (pytest.approx(2 * 168 * 0.9 / 420, rel=2e-3), ("agent",))


def test_people_grow_by_whole_heads() -> None:
    assert [shift.people for shift in grown(row_of(3), 2.5, people=True).roles["agent"].shifts] == [8]
    assert [shift.people for shift in grown(row_of(3), 10, people=True).roles["agent"].shifts] == [30]
    assert grown(row_of(3), 2.5, people=False).roles["agent"].head_count == 3


def test_what_breaks_is_not_simulated_and_large_crews_wait_less() -> None:
    found = growth({"today": row_of(4), "more": row_of(9)}, seed=1, factors=(1, 2, 5), threads=1)
    cases = {(case.design, case.factor, case.people): case for case in found.cases}
    assert len(cases) == 2 * 5
    for (_, _, people), case in cases.items():
        assert case.breaks == (case.load >= 1.0) == (case.lead_time_h is None)
        assert people == "as today" or not case.breaks
    assert cases["today", 2.0, "as today"].breaks and not cases["more", 2.0, "as today"].breaks
    alone, many = cases["today", 1.0, "as today"], cases["today", 5.0, "in proportion"]
    assert alone.lead_time_h is not None and many.lead_time_h is not None
    assert many.lead_time_h.high < alone.lead_time_h.low, "pooling: twenty people wait less than four at the same load"
    again = growth({"today": row_of(4), "more": row_of(9)}, seed=1, factors=(1, 2, 5), threads=2)
    assert again == found


@pytest.mark.parametrize("factor", [0.0, -1.0, 2000.0])
def test_a_volume_that_makes_no_sense_is_refused(factor: float) -> None:
    with pytest.raises(AlignmentError, match="LW-AL-058"):
        growth({"today": row_of(4)}, seed=1, factors=(1.0, factor))


def test_shocks_strike_where_it_hurts(desk: WorkSystem) -> None:
    """Agents are eight; experts three, and busier once two of them are gone; the bot is the only machine."""
    plans, cannot = shocks_of(desk)
    assert [plan.id for plan in plans] == ["calm", "surge", "leave-expert", "leave-agent", "outage"] and cannot == ()
    by = {plan.id: plan for plan in plans}
    for name, left in (("expert", 1), ("agent", 6)):
        [change] = by[f"leave-{name}"].changes(desk)
        assert patched(desk, change.patches).roles[name].head_count == left
    up, down = by["surge"].changes(desk)
    more = patched(desk, up.patches)
    assert more.demand["ticket"].per_week.value == pytest.approx(1.5 * 260)
    assert patched(more, down.patches) == desk
    two = desk.model_copy(
        update={"social": desk.social.model_copy(update={"roles": (desk.social.roles[0].model_copy(
            update={"shifts": tuple(shift.model_copy(update={"people": 1}) for shift in desk.social.roles[0].shifts)}
        ), *desk.social.roles[1:])})}
    )  # fmt: skip
    [change] = {plan.id: plan for plan in shocks_of(two)[0]}["leave-agent"].changes(two)
    assert patched(two, change.patches).roles["agent"].head_count == 1, "the shift of who leaves is gone"


def test_designs_meet_the_same_shocks(desk: WorkSystem) -> None:
    experts = desk.roles["expert"]
    more = desk.model_copy(
        update={"social": desk.social.model_copy(update={"roles": (desk.roles["agent"], experts.model_copy(
            update={"shifts": (experts.shifts[0].model_copy(update={"people": 6}),)}
        ))})}
    )  # fmt: skip
    found = under_shocks({"today": desk, "more": more}, seed=3, replications=6, threads=1)
    cells = {(shock.id, cell.design): cell for shock in found.shocks for cell in shock.cells}
    calm = cells["calm", "today"]
    assert calm.technical is not None and calm.technical.value == calm.technical.low == 0.0
    for shock in found.shocks:
        gain = cells[shock.id, "today"].technical_gain
        assert gain is not None and gain.low == gain.high == 0.0
    surge, left = cells["surge", "today"], cells["leave-expert", "more"]
    assert surge.technical is not None and surge.technical.low > 0.0, "half as much again makes things worse"
    assert left.technical_gain is not None and left.technical_gain.high < 0.0, "four experts left beat one"
    assert under_shocks({"today": desk, "more": more}, seed=3, replications=6, threads=2) == found


def test_a_place_without_machines_or_second_people_says_what_cannot_be_tested() -> None:
    alone = row_of(1)
    bare = alone.work.functions[1].model_copy(update={"allocation": alone.work.functions[0].allocation})
    work = alone.work.model_copy(update={"functions": (alone.work.functions[0], bare)})
    plans, cannot = shocks_of(alone.model_copy(update={"work": work}))
    assert [plan.id for plan in plans] == ["calm", "surge"] and len(cannot) == 2
