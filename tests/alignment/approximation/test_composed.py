"""The cheap model of work systems: closed forms, fluids worked out on paper, and sums of changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall import templates
from longwall.alignment.approximation import INDICATORS, Composed, delayed_share
from longwall.alignment.approximation.measures import pressed_table
from longwall.alignment.simulated import Simulated
from longwall.worksystem import Intervention, Patch, WorkSystem, apply


def desk(people: int, per_week: float, work_h: float, hours: str = "always", **demand: Any) -> WorkSystem:
    return WorkSystem.model_validate(
        {
            "id": "desk",
            "social": {
                "teams": [{"id": "one"}],
                "roles": [{"id": "agent", "team": "one", "shifts": [{"people": people, "hours": hours}]}],
            },
            "work": {
                "demand": [{"id": "item", "per_week": per_week, **demand}],
                "functions": [{"id": "solve", "roles": ["agent"], "work_h": work_h}],
                "routes": [{"source": "start", "target": "solve"}, {"source": "solve", "target": "end"}],
            },
        }
    )


def model_of(system: WorkSystem, changes: tuple[Intervention, ...] = ()) -> Composed:
    parts = {change.id: apply(system, [change]) for change in changes}
    found = Simulated(2, like=system).approximation(system, parts)
    assert found is not None
    return found


def means(model: Composed, *design: str) -> dict[str, float]:
    return dict(zip((key.id for key in model.keys), model.means([design])[0], strict=True))


def change(name: str, *patches: tuple[str, Any]) -> Intervention:
    return Intervention(
        id=name, title=name, kind="social", lever="staff", patches=tuple(Patch(path=p, value=v) for p, v in patches)
    )


@pytest.mark.parametrize(("people", "load"), [(1, 0.6), (3, 0.7), (8, 0.8)])
def test_a_desk_that_never_closes_waits_as_erlang_says(people: int, load: float) -> None:
    """Fails when people are not pooled, or load, chance and hours of the week are mixed up: each is a factor of two."""
    found = means(model_of(desk(people, 168.0 * people * load / 0.5, 0.5)))
    erlang_h = delayed_share(people * load, people) * 0.5 / (people * (1.0 - load))
    assert found["wait_h"] == pytest.approx(erlang_h, rel=0.2)
    assert found["utilisation"] == pytest.approx(load, rel=1e-6)
    assert found["lead_time_h"] == pytest.approx(found["wait_h"] + 0.5, rel=1e-6)
    assert found["out_of_hours_share"] == 0.0


def test_what_comes_at_night_lies_until_somebody_is_there() -> None:
    """Ten items in the first hour of Monday, one person from eight: 8 x 10 + 9 + 8 + ... + 1 hours, by ten items."""
    system = desk(1, 10.0, 1.0, "mon 08:00-18:00", profile=[1.0] + [0.0] * 167)
    found = means(model_of(system))
    assert 12.5 <= found["wait_h"] <= 12.5 + 2.0
    assert found["utilisation"] == pytest.approx(1.0, rel=1e-6)


def test_whoever_waits_too_long_gives_up() -> None:
    patient = means(model_of(desk(1, 10.0, 1.0, "mon 08:00-18:00", profile=[1.0] + [0.0] * 167)))
    hasty = means(
        model_of(desk(1, 10.0, 1.0, "mon 08:00-18:00", profile=[1.0] + [0.0] * 167, patience_h={"mean_h": 4.0}))
    )
    assert patient["abandoned_share"] == 0.0
    # Eight hours until anybody comes: exp(-2) of the items are still there.
    assert 1.0 - np.exp(-2.0) <= hasty["abandoned_share"] <= 1.0
    assert hasty["wait_h"] < patient["wait_h"]


WORKDAYS = ([0.0] * 8 + [1.0] * 8 + [0.0] * 8) * 5 + [0.0] * 48
TWO = {
    "id": "two",
    "social": {
        "teams": [{"id": "front"}, {"id": "back"}],
        "roles": [
            {"id": "agent", "team": "front", "shifts": [{"people": 4, "hours": "mon-fri 08:00-16:00"}]},
            {"id": "expert", "team": "back", "shifts": [{"people": 3, "hours": "mon-fri 09:00-17:00"}]},
        ],
    },
    "work": {
        "demand": [
            {
                "id": "plain",
                "per_week": 120,
                "priority": 3,
                "due_h": 24,
                "profile": [0.0] * 8 + [1.0] * 8 + [0.0] * 152,
            },
            {"id": "urgent", "per_week": 12, "priority": 0},
        ],
        "functions": [
            {"id": "take", "roles": ["agent"], "work_h": 0.3},
            {"id": "solve", "roles": ["expert"], "work_h": {"shape": "lognormal", "mean_h": 0.5, "cv": 0.8}},
            {"id": "answer", "delay_h": 4.0},
        ],
        "routes": [
            {"source": "start", "target": "take"},
            {"source": "take", "target": "solve"},
            {"source": "solve", "target": "answer", "probability": 0.8},
            {"source": "solve", "target": "take", "probability": 0.2},
            {"source": "answer", "target": "end"},
        ],
    },
}
CHANGES = (
    change("more", ("social.roles.expert.shifts.0.people", 4)),
    change("both", ("work.functions.solve.roles", ["agent", "expert"])),
    change("quick", ("work.functions.take.work_h.mean_h", 0.2)),
    change("park", ("work.functions.solve.at_shift_end", "park")),
    change("first", ("work.demand.urgent.priority", 5)),
)


def test_each_way_from_team_to_team_is_a_handover() -> None:
    """Every item goes from the front to the back, and a fifth of what was solved back again: 1.25 there, 0.25 back."""
    found = means(model_of(WorkSystem.model_validate(TWO)))
    assert found["handovers_per_item"] == pytest.approx(1.5, rel=0.03)
    assert found["variety"] == pytest.approx(1.0, abs=0.01)
    assert found["rework_share"] == pytest.approx(0.5 / 3.5, rel=0.02)


@given(st.sets(st.sampled_from([each.id for each in CHANGES])))
@settings(max_examples=12, deadline=None)
def test_a_design_is_the_model_of_the_system_that_it_makes(chosen: set[str]) -> None:
    """Fails when a change is left out, added twice or to the wrong number."""
    system = WorkSystem.model_validate(TWO)
    design = tuple(each.id for each in CHANGES if each.id in chosen)
    whole = apply(system, [each for each in CHANGES if each.id in chosen])
    composed, direct = means(model_of(system, CHANGES), *design), means(model_of(whole))
    for name in INDICATORS:
        if name in composed and name in direct:
            assert composed[name] == pytest.approx(direct[name], rel=1e-6, abs=1e-9, nan_ok=True), name


@given(people=st.integers(1, 12), per_week=st.floats(5.0, 400.0))
@settings(max_examples=20, deadline=None)
def test_one_more_person_never_makes_anybody_wait_longer(people: int, per_week: float) -> None:
    less, more = (means(model_of(desk(n, per_week, 0.7, "mon-fri 08:00-16:00"))) for n in (people, people + 1))
    assert more["wait_h"] <= less["wait_h"] * (1.0 + 1e-9) + 1e-9
    assert more["utilisation"] <= less["utilisation"] + 1e-9


def test_high_load_is_a_chance_between_never_and_the_load_itself() -> None:
    table = pressed_table(0.85)
    assert table.min() >= 0.0 and table.max() <= 1.0
    assert (np.diff(table, axis=0) >= -1e-9).all()
    # Spells far longer than the window: somebody is pressed as often as busy.
    np.testing.assert_allclose(table[:, -1], np.linspace(0.0, 1.0, len(table)), atol=0.05)


@pytest.mark.parametrize("name", templates.names())
def test_every_template_has_a_cheap_model(name: str) -> None:
    system = templates.read(name)
    found = means(model_of(system))
    assert all(np.isfinite(found[name]) and found[name] >= 0.0 for name in ("lead_time_h", "high_load_share"))
    assert found["utilisation"] < 1.5


def test_what_cannot_be_pictured_has_no_model() -> None:
    nobody = desk(1, 10.0, 1.0).model_copy(update={"social": WorkSystem(id="none").social})
    assert Simulated(2).approximation(nobody, {}) is None
    alone = desk(2, 10.0, 1.0)
    broken = alone.model_copy(update={"work": alone.work.model_copy(update={"routes": ()})})
    model = Simulated(2).approximation(alone, {"broken": broken})
    assert model is not None
    np.testing.assert_array_equal(model.means([()]), model.means([("broken",)]))
