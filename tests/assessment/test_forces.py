"""Forces: what each does to a system, what the system does under it, and that no evidence is made up."""

from __future__ import annotations

import pytest

from longwall.alignment.known.stations import delayed_share
from longwall.assessment import forces_of, known_forces, under, under_forces
from longwall.worksystem import Force, Parameter, WorkSystem, check_system

ROLES = [
    {"id": "agent", "team": "t", "shifts": [{"people": 5, "hours": "always"}]},
    {"id": "clerk", "team": "t", "shifts": [{"people": 2, "hours": "always"}]},
]
DESK = {
    "id": "desk",
    "social": {"teams": [{"id": "t"}], "roles": ROLES},
    "work": {
        "demand": [{"id": "item", "per_week": 420.0}, {"id": "other", "per_week": 42.0}],
        "functions": [{"id": "solve", "roles": ["agent"], "work_h": 1.0}, {"id": "file", "roles": ["clerk"]}],
        "routes": [{"source": "start", "target": "solve", "demand": "item"}, {"source": "solve", "target": "end"},
                   {"source": "start", "target": "file", "demand": "other"}, {"source": "file", "target": "end"}],
    },
    "environment": {"forces": [{"id": "demand-up", "name": "Ours", "demand_factor": 1.4, "demand": ["item"]}]},
}  # fmt: skip
SYSTEM = WorkSystem.model_validate(DESK)


def test_what_ships_is_sound_and_blank_stays_blank() -> None:
    for force in known_forces():
        assert bool(force.source) == bool(force.tag), "a figure with a source has a tag, and one without has none"
        factors = (force.demand_factor, force.people_factor, force.work_factor)
        assert any(factor.value != 1.0 or factor.low is not None for factor in factors)
        assert all(0.3 < factor.value < 3 for factor in factors)
    assert {force.kind for force in known_forces()} == {"market", "technology", "social"}


def test_a_force_of_ones_own_takes_the_place_of_the_one_that_ships() -> None:
    names = [force.name for force in forces_of(SYSTEM)]
    assert names[0] == "Ours" and len(names) == len(known_forces())


def test_a_force_reaches_what_it_names() -> None:
    force = Force(id="f", name="f", demand=("item",), roles=("clerk",), functions=("file",))
    found = under(SYSTEM, force, demand=1.5, people=0.5, work=2.0)
    assert check_system(found) == ()
    assert [demand.per_week.value for demand in found.work.demand] == [630.0, 42.0]
    assert [role.head_count * (1 - role.absence.value) for role in found.social.roles] == [5.0, 1.0]
    assert found.functions["solve"] == SYSTEM.functions["solve"]
    assert under(SYSTEM, force, demand=1.0, people=1.0, work=1.0) is SYSTEM


def test_more_demand_waits_as_erlang_says_and_nothing_else_moves() -> None:
    """2.5 and 3.5 erlang on five people; a force that does nothing changes no bit, as luck is common."""
    nothing = Force(id="nothing", name="Nothing", demand_factor=Parameter(value=1.0))
    more = Force(id="more", name="More", demand_factor=Parameter(value=1.4, low=1.2), demand=("item",))
    found = under_forces([SYSTEM], (nothing, more), seed=4, weeks=30, warm_up_weeks=1, replications=8)
    still, moved = ({one.indicator: one for one in effect.outcomes} for effect in found.effects)
    assert all(one.change.value == one.change.low == one.change.high == 0.0 for one in still.values())
    share = {"today": 420 / 462, "then": 588 / 630}
    exact = {name: delayed_share(a, 5) / (5 - a) * share[name] for name, a in (("today", 2.5), ("then", 3.5))}
    wait = moved["wait_h"]
    for name, level in (("today", wait.today), ("then", wait.then)):
        spread = level.high - level.low
        assert level.low - 0.5 * spread < exact[name] < level.high + 0.5 * spread and spread < 0.3 * exact[name]
    assert wait.better is False and moved["throughput_per_week"].better is True
    least = delayed_share(3.0, 5) / 2 * (504 / 546) - exact["today"]
    assert wait.change.low < least < wait.change.value, "the interval runs over the range of the force"
    assert found.effects[1].does == "items × 1.4 (1.2 to 1.4) in item"


@pytest.mark.parametrize("place", ["demand", "roles", "functions"])
def test_an_unknown_id_has_its_line_and_a_suggestion(place: str) -> None:
    from longwall.errors import WorkSystemError
    from longwall.worksystem.yamlfile import dump_piece, parse_system

    wrong = {"demand": "itm", "roles": "agnt", "functions": "slve"}[place]
    text = dump_piece(SYSTEM).replace("demand: [item]", f"{place}: [{wrong}]")
    with pytest.raises(WorkSystemError, match=rf"worksystem.yaml:\d+ .*{place}.*\n.*'{wrong}'\ndo: use"):
        parse_system(text)
