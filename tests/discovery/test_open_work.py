"""Work in progress at the end of the log, and simulations that start from it."""

from __future__ import annotations

import numpy as np

from longwall.discovery import discover
from longwall.evidence import Log
from longwall.simulation import Scenario, run

from .conftest import Row, build


def cut(*, finished_only: bool) -> Log:
    """Two items a working hour, A then B ten days later; cut off after 30 weeks."""
    edge = 168.0 * 30
    rows: list[Row] = []
    rng = np.random.default_rng(1)
    for case in range(1500):
        at = float(np.sort(rng.uniform(0, edge, 1))[0])
        both = [(case, "A", f"p{case % 7}", None, at, at), (case, "B", f"q{case % 7}", None, at + 240.0, at + 240.0)]
        rows += both if at + 240.0 <= edge else [] if finished_only else both[:1]
    return build(rows, starts=False)


def test_open_items_stand_where_they_are_with_their_age() -> None:
    found = discover(cut(finished_only=False), name="Cut", seed=0, overrides={"rounds": 0})
    # Ten days of 1,500 items in 210 days: 71 open.
    assert abs(len(found.open_items) - 71) <= 25
    assert found.keeps == "all"
    assert {(item.function, item.after) for item in found.open_items} == {("b", "a")}
    ages = np.array([item.age_h for item in found.open_items])
    assert (ages >= 0).all()
    assert ages.max() <= 245.0
    assert "71" in found.provenance["boundary"] or "open then" in found.provenance["boundary"]
    scenario = Scenario(
        system=found.system, weeks=4, warm_up_weeks=0, replications=2, seed=1, open_items=found.open_items
    )
    warm = run(scenario).column("throughput_per_week")
    cold = run(scenario.model_copy(update={"open_items": ()})).column("throughput_per_week")
    # Fails when the simulation starts empty: those that were open are completed, too.
    assert warm.mean() > cold.mean() + 0.6 * len(found.open_items) / 4


def test_a_log_of_finished_items_claims_no_open_ones() -> None:
    found = discover(cut(finished_only=True), name="Cut", seed=0, overrides={"rounds": 0})
    assert found.keeps == "finished"
    assert found.open_items == ()
    assert "finished items only" in found.provenance["boundary"]
