"""The specification of stations whose every design is known in closed form; what it refuses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from longwall.alignment import Sample, load_objectives
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


def test_candidates_that_constraints_refuse_are_none() -> None:
    paths = tuple(patch.path for change in CHANGES for patch in change.patches)
    rule = {"id": "stays", "source": "Act 1", "why": "so", "fixed": paths}
    system = STATIONS.system.model_copy(update={"environment": Environment.model_validate({"constraints": [rule]})})
    with pytest.raises(AlignmentError, match="LW-AL-060"):
        specify(system, CHANGES, [], simulator=STATIONS, effort=EFFORT)
