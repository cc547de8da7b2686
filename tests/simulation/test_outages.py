"""Outages: with a line of machines and people whose delays can be worked out on paper."""

from __future__ import annotations

import numpy as np
import pytest

from longwall import templates
from longwall.errors import SimulationError
from longwall.simulation import outages
from longwall.worksystem import WorkSystem

LINE = {
    "id": "line",
    "technical": {"components": [{"id": "power"}, {"id": "tool", "depends_on": ["power"]}, {"id": "idle"}]},
    "social": {
        "teams": [{"id": "one"}, {"id": "two"}],
        "roles": [
            {"id": "a", "team": "one", "shifts": [{"people": 1, "hours": "always"}]},
            {"id": "b", "team": "two", "shifts": [{"people": 1, "hours": "always"}]},
        ],
    },
    "work": {
        "demand": [{"id": "item", "per_week": 84}],
        "functions": [
            {"id": "first", "work_h": {"shape": "fixed", "mean_h": 0.05}, "roles": ["a"], "uses": ["tool"]},
            {"id": "second", "work_h": {"shape": "fixed", "mean_h": 0.05}, "roles": ["b"]},
            {"id": "either", "work_h": {"shape": "fixed", "mean_h": 0.05}, "roles": ["a", "b"]},
        ],
        "routes": [
            {"source": "start", "target": "first"},
            {"source": "first", "target": "second"},
            {"source": "second", "target": "either"},
            {"source": "either", "target": "end"},
        ],
    },
}  # fmt: skip


def line(**changes: object) -> WorkSystem:
    return WorkSystem.model_validate({**LINE, **changes})


def test_what_rests_on_what() -> None:
    assert outages.targets_of(line()) == {
        ("component", "power"): {"first"},
        ("component", "tool"): {"first"},
        ("component", "idle"): frozenset(),
        ("team", "one"): {"first"},
        ("team", "two"): {"second"},
    }


def test_nobody_begins_what_rests_on_it_and_all_that_came_go_on_when_it_is_back() -> None:
    struck = {branch.target: branch for branch in outages.branches(line(), outage_h=2.0, replications=1, seed=3)}
    assert sorted(struck) == ["one", "power", "tool", "two"]
    for branch in struck.values():
        row = 1 if branch.target == "two" else 0
        begins = branch.struck.begin_h[branch.struck.function == row]
        # What was running when it struck runs on or is cut short; nothing else begins while it is out.
        inside = (begins > branch.at_h + 1e-6) & (begins < branch.at_h + 2.0 - 1e-6)
        assert not inside.any(), branch.target
        calm = branch.calm.begin_h[branch.calm.function == row]
        assert ((calm > branch.at_h) & (calm < branch.at_h + 2.0)).any()
        # Nobody is lost: after three days every item of the calm branch has been here.
        late = branch.until_h - 24
        assert set(branch.calm.item[branch.calm.end_h < late]) <= set(branch.struck.item)


def test_an_outage_of_no_length_changes_nothing() -> None:
    """The two branches see the same luck: without a common stream the ends would differ."""
    for branch in outages.branches(line(), outage_h=1e-9, replications=2, seed=1):
        calm, struck = np.sort(branch.calm.end_h), np.sort(branch.struck.end_h)
        assert calm.size == struck.size
        assert np.abs(calm - struck).max() < 1e-6


def test_same_seed_same_branches() -> None:
    one, two = (list(outages.branches(line(), replications=1, seed=5)) for _ in range(2))
    assert [branch.at_h for branch in one] == [branch.at_h for branch in two]
    assert all(np.array_equal(a.struck.end_h, b.struck.end_h) for a, b in zip(one, two, strict=True))
    other = list(outages.branches(line(), replications=1, seed=6))
    assert [branch.at_h for branch in one] != [branch.at_h for branch in other]


def test_functions_are_counted_in_the_order_of_the_system() -> None:
    system = templates.read("service-desk")
    branch = next(iter(outages.branches(system, replications=1, seed=0)))
    names = list(system.functions)
    share = np.bincount(branch.calm.function, minlength=len(names)) / branch.calm.item.size
    # Every ticket is registered; few need access.
    assert share[names.index("register")] > 3 * share[names.index("approve-access")] > 0


def test_a_system_that_cannot_be_simulated_is_refused_by_its_own_paths() -> None:
    work = {**LINE["work"], "routes": [{"source": "start", "target": "nowhere"}]}  # type: ignore[dict-item]
    with pytest.raises(SimulationError, match="nowhere"):
        list(outages.branches(line(work=work), replications=1))
