"""Which indicators a decision can move: nothing is refused that the simulator moves, and what moves nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.alignment import (
    DecisionState,
    DesignSpace,
    StatedChoice,
    StatedDecision,
    check_moved,
    check_reach,
    load_objectives,
)
from longwall.alignment.decisions.reach import reached, states
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Decision
from longwall.alignment.trials import Trials
from longwall.errors import AlignmentError
from longwall.worksystem import Patch, WorkSystem, apply, patched

OBJECTIVES = load_objectives()
EVERY = [term.indicator for term in (*OBJECTIVES.technical, *OBJECTIVES.social)]

FEW = {
    "name": "Another desk",
    "work.functions.triage.note": "new",
    "social.links": [{"source": "agent", "target": "expert"}],
    "social.roles.agent.cost_per_h": 90,
    "variances.misroute.severity": {"technical": 3},
    "work.demand.ticket.due_h": 12,
}


@pytest.mark.parametrize("path", list(FEW))
def test_the_table_names_only_what_the_simulator_does_not_read(desk: WorkSystem, path: str) -> None:
    """Planted change at each kind of place of the table; what moves under the same luck must be named there."""
    simulator = Simulated(3, 1, like=desk)
    patch = Patch(path=path, value=FEW[path])
    today = simulator.sample(desk, seed=3, replications=2)
    then = simulator.sample(patched(desk, [patch]), seed=3, replications=2)
    moved = {
        key.id
        for place, key in enumerate(today.keys)
        if key.scope == "organisation" and key.id in EVERY
        and not np.array_equal(today.values[:, place], then.values[:, place], equal_nan=True)
    }  # fmt: skip
    can = set(reached([patch], EVERY))
    assert moved <= can < set(EVERY)
    assert (path != "work.demand.ticket.due_h") or moved == {"late_share"}


def test_a_design_that_shows_another_indicator_stands_in_the_same_columns(desk: WorkSystem) -> None:
    """A role's cost brings a cost per item, which would shift every column behind it."""
    costly = patched(desk, [Patch(path="social.roles.agent.cost_per_h", value=90)])
    own, alike = Simulated(3, 1), Simulated(3, 1, like=desk)
    today = own.sample(desk, seed=3, replications=2)
    assert own.sample(costly, seed=3, replications=2).keys != today.keys, "nothing is planted"
    confirmed, _ = alike.confirm(costly, design="d", seed=3, replications=2)
    for sample in (alike.sample(costly, seed=3, replications=2), confirmed):
        assert sample.keys == today.keys
        np.testing.assert_array_equal(sample.values, today.values)


def test_a_drill_moves_nothing_where_skill_is_not_followed_and_something_where_it_is(desk: WorkSystem) -> None:
    """The same patch under the same luck, with and without `person_state`; the table says so."""
    patch = Patch(path="work.functions.reset.drills_per_year", value=52)
    for followed in (False, True):
        system = desk.model_copy(update={"person_state": followed})
        simulator = Simulated(3, 1, like=system)
        today = simulator.sample(system, seed=3, replications=2)
        then = simulator.sample(patched(system, [patch]), seed=3, replications=2)
        same = np.array_equal(today.values, then.values, equal_nan=True)
        assert same is not followed
        assert bool(reached([patch], EVERY, person_state=followed)) is followed


def test_any_other_place_may_move_everything() -> None:
    assert reached([Patch(path="social.roles.agent.shifts.0.people", value=3)], EVERY) == tuple(EVERY)


def space_of(*paths: str) -> DesignSpace:
    choices = tuple(
        StatedChoice(id=f"c{n}", title="t", patches=(Patch(path=path, value=1),)) for n, path in enumerate(paths)
    )
    return DesignSpace(decisions=(StatedDecision(id="d", question="q?", choices=choices),))


def test_a_column_that_nothing_reaches_is_an_error_and_a_single_indicator_a_caution() -> None:
    with pytest.raises(AlignmentError) as caught:
        check_reach(space_of("name", "social.links"), OBJECTIVES, "decisions.yaml")
    assert [fault.code for fault in caught.value.faults] == ["LW-AL-043", "LW-AL-043"]
    assert "staffing" in caught.value.faults[0].do
    with pytest.raises(AlignmentError) as caught:
        check_reach(space_of("work.demand.ticket.due_h"), OBJECTIVES, "decisions.yaml")
    assert len(caught.value.faults) == 1 and "(social)" in caught.value.faults[0].expected
    assert check_reach(space_of("social.roles.agent.shifts.0.people"), OBJECTIVES, "decisions.yaml") == ()


def test_what_was_simulated_tells_exactly_what_each_decision_moved(desk: WorkSystem) -> None:
    """One decision adds people, one changes nothing that the simulator reads: only the first moves anything."""
    stated = [
        StatedDecision(id=name, question="q?", choices=(StatedChoice(id=f"{name}-1", title="t", patches=(patch,)),))
        for name, patch in (
            ("people", Patch(path="social.roles.agent.shifts.0.people", value=8)),
            ("words", Patch(path="work.functions.triage.note", value="n")),
            ("untried", Patch(path="work.functions.solve.note", value="n")),
        )
    ]
    changes = [choice.intervention for one in stated for choice in one.choices]
    trials = Trials(desk, changes, Simulated(3, 1, like=desk), apply, seed=1, threads=1)
    trials.try_all([((), 1), (("people-1",), 1), (("words-1",), 1), (("people-1", "words-1"), 1)])
    told = {one.id: one for one in states(stated, [one.short for one in stated], trials, EVERY)}
    assert "lead_time_h" in told["people"].moves and told["people"].tried == 1
    assert told["words"].moves == () and told["words"].tried == 1
    assert told["untried"].tried == 0
    check_moved([told["people"], told["words"]], OBJECTIVES, "x")
    check_moved([told["words"], told["untried"]], OBJECTIVES, "x")  # what was not tried proves nothing
    with pytest.raises(AlignmentError, match="LW-AL-043"):
        check_moved([told["words"]], OBJECTIVES, "x")
    named = states((), [Decision("people-1", ("people-1",))], trials, EVERY)
    assert named == (
        DecisionState(
            id="people-1", question="t?", choices=("people-1",), tried=1, moves=told["people"].moves
        ),
    )  # fmt: skip
