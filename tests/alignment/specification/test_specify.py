"""The specification of stations whose every design is known in closed form; what it refuses."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from longwall.alignment import Sample, StatedChoice, StatedDecision, TrialStore, load_objectives
from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.known.stations import Stations
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.space import Space
from longwall.alignment.specification import Effort, Specification, specify
from longwall.alignment.specification.distance import from_front, worth_having
from longwall.errors import AlignmentError
from longwall.worksystem import Environment

STATIONS = Stations(most_more=2, noise=0.1)
EFFORT = Effort(most=600, replications=2, batch=16, look=2)
CHANGES = STATIONS.interventions


def specified(effort: Effort = EFFORT, threads: int = 1) -> Specification:
    return specify(
        STATIONS.system, CHANGES, ["tool.s0", "tool.s1"], simulator=STATIONS, threads=threads, seed=1, effort=effort
    )


@pytest.fixture(scope="module")
def found() -> Specification:
    return specified()


def test_every_completion_of_the_stations_stays_near_their_exact_front(found: Specification) -> None:
    """Exact by closed forms for all 216 designs; at least 95% of the completions, and not of all designs."""
    space = Space(CHANGES)
    sets, means = STATIONS.designs()
    keys = STATIONS.sample(STATIONS.system, seed=0, replications=1).keys
    scales = Scales(load_objectives(), Sample(keys, means[:1]))
    ledger = Ledger(CHANGES, 52)
    truth = {
        frozenset(one): np.array([*level, ledger.of(one)[0]])
        for one, level in zip(sets, scales.level(Sample(keys, means)), strict=True)
    }
    every = np.array(list(truth.values()))
    front = every[first_rank(every)]
    units = np.array(found.ranges)
    front = front[worth_having(front, units, found.epsilon)]
    fixed = {one.id: one.level for one in found.of("fix")}
    inside, outside = [], []
    for genes in product(*(range(int(size)) for size in space.sizes)):
        chosen = space.design(genes)
        far = from_front(truth[frozenset(chosen)][None, :], front, units)[0]
        taken = {one.id: next((name for name in one.choices if name in chosen), None) for one in space.decisions}
        kept = all(taken[name] == level for name, level in fixed.items())
        (inside if kept else outside).append(far <= 1.3 * found.epsilon)
    assert fixed and len(fixed) < 6
    assert np.mean(inside) >= 0.95
    assert np.mean(outside) < 0.5, "the problem tells nothing apart"


def test_the_result_says_what_moves_and_how_sure_it_is(found: Specification) -> None:
    assert {one.kind for one in found.decisions} >= {"fix", "slides"}
    tool = next(one for one in found.decisions if one.id == "tool.s1")
    other = next(choice for choice in tool.choices if choice.intervention != tool.level)
    sign = 1.0 if tool.level else -1.0
    assert sign * other.technical.value > 0.0 and sign * other.cost < 0.0, "without the tool slower and cheaper"
    assert found.inside.value >= 0.95 and found.inside.footing == "assumed"
    assert found.statement and all(one.statement for one in found.decisions)
    assert Specification.model_validate(found.model_dump(mode="json")) == found


def test_threads_change_no_bit() -> None:
    little = Effort(most=64, replications=2, batch=8, look=2, attempts=1)
    assert specified(little, threads=2) == specified(little)


def test_bad_input_is_refused_with_what_to_do() -> None:
    """No candidate, candidates that constraints refuse, one decision only, an epsilon outside (0, 1)."""

    def code(*args: object, **more: object) -> str:
        with pytest.raises(AlignmentError) as refused:
            specify(STATIONS.system, *args, simulator=STATIONS, effort=EFFORT, **more)  # type: ignore[arg-type]
        return refused.value.faults[0].code

    assert code([], []) == "LW-AL-060"
    assert code(CHANGES[:1], []) == "LW-AL-061"
    for epsilon in (0.0, -0.1, 1.0, float("nan")):
        assert code(CHANGES, [], epsilon=epsilon) == "LW-AL-062"


def stated(fixed: str | None, because: str = "") -> tuple[StatedDecision, ...]:
    """The decision on the tool of the first station, settled or not."""
    tool = next(change for change in CHANGES if change.id == "tool.s0")
    choice = StatedChoice.model_validate(tool.model_dump())
    return (StatedDecision(id="tools", question="A tool at s0?", fixed=fixed, because=because, choices=(choice,)),)


LITTLE = Effort(most=96, replications=2, batch=8, look=2, attempts=1)


def with_stated(fixed: str | None, because: str = "", **more: Any) -> Specification:
    return specify(
        STATIONS.system, CHANGES, ["tool.s1"], decisions=stated(fixed, because), simulator=STATIONS, threads=1, seed=1,
        effort=LITTLE, **more,
    )  # fmt: skip


def test_what_people_settled_is_theirs_and_not_found() -> None:
    """Settled on a choice: every completion has it, and it is told apart; fails if it is asked about all the same."""
    open_, held = with_stated(None), with_stated("tool.s0", "the vendor is chosen")
    assert "tools" in {one.id for one in open_.decisions} and not open_.settled
    assert next(one for one in open_.decisions if one.id == "tools").question == "A tool at s0?"
    assert "tools" not in {one.id for one in held.decisions}
    assert "tool.s0" not in {choice.intervention for one in held.decisions for choice in one.choices}
    assert [(one.id, one.level) for one in held.settled] == [("tools", "tool.s0")]
    assert "Settled by you" in held.settled[0].statement and "the vendor is chosen" in held.settled[0].statement
    assert "1 more was settled by you" in held.statement


def test_what_is_left_as_it_is_needs_no_candidate() -> None:
    """`today`: the file offers no choice of it, so none is among the candidates."""
    left = [change for change in CHANGES if change.id != "tool.s0"]
    found = specify(
        STATIONS.system, left, [], decisions=stated("today"), simulator=STATIONS, threads=1, seed=1, effort=LITTLE
    )
    assert found.settled[0].level is None and "left as it is" in found.settled[0].statement
    assert "tools" not in {one.id for one in found.decisions}


def test_levels_that_are_refused_are_no_completions() -> None:
    """A constraint refuses one tool: no decision offers it, and the result says so."""
    tool = next(change for change in CHANGES if change.id == "tool.s0")
    rule = {"id": "stays", "source": "Act 1", "why": "so", "fixed": [patch.path for patch in tool.patches]}
    system = STATIONS.system.model_copy(update={"environment": Environment.model_validate({"constraints": [rule]})})
    found = specify(system, CHANGES, [], simulator=STATIONS, threads=1, seed=1, effort=LITTLE)
    assert tool.title in found.refused
    assert "tool.s0" not in {choice.intervention for one in found.decisions for choice in one.choices}


class _Counting(Stations):
    asked = 0

    def sample(self, system: Any, *, seed: int, replications: int) -> Sample:
        self.asked += 1
        return super().sample(system, seed=seed, replications=replications)


def test_stopped_and_begun_again_it_asks_nothing_twice(tmp_path: Path) -> None:
    """The second time every replication comes from disk, with the same bits."""
    one, other = _Counting(most_more=2, noise=0.1), _Counting(most_more=2, noise=0.1)
    results = [
        specify(one.system, CHANGES, [], simulator=each, threads=1, seed=1, effort=LITTLE, keep=TrialStore(tmp_path))
        for each in (one, other)
    ]
    assert one.asked > 10 and other.asked == 0 and results[0] == results[1]


def test_candidates_that_constraints_refuse_are_none() -> None:
    paths = tuple(patch.path for change in CHANGES for patch in change.patches)
    rule = {"id": "stays", "source": "Act 1", "why": "so", "fixed": paths}
    system = STATIONS.system.model_copy(update={"environment": Environment.model_validate({"constraints": [rule]})})
    with pytest.raises(AlignmentError, match="LW-AL-060"):
        specify(system, CHANGES, [], simulator=STATIONS, effort=EFFORT)
