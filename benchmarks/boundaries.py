"""What a crossing costs, planted against none, on logs made outside the simulator; and crossings against the simulator.

Cases differ in difficulty, which all their steps share; teams and steps follow each other at random. With nothing
planted a step waits as long after a change of team as without one. Run: ``python benchmarks/boundaries.py``.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import numpy as np

from longwall.assessment import flow_of, load_thresholds
from longwall.assessment.boundaries.in_log import crossing_waits, price_of, sides_of
from longwall.assessment.boundaries.in_model import crossings_in_model
from longwall.assessment.view import View
from longwall.evidence import Log
from longwall.simulation import Scenario, simulate
from longwall.stats import share_interval
from longwall.templates import read
from longwall.worksystem import Estimate, WorkSystem

LOGS, CASES, FIRST_SEED = 100, 400, 5000
TEAMS = ("a", "b", "c")
PEOPLE = 7


def made(seed: int, effect_h: float) -> Log:
    """A log of three teams in which a step after a change of team waits `effect_h` longer."""
    luck = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, int, float, float]] = []
    for case in range(CASES):
        t, hard, before = float(luck.uniform(0, 12 * 168)), luck.lognormal(0, 0.7), -1
        for _ in range(luck.integers(2, 7)):
            team, step = int(luck.choice(3, p=[0.6, 0.3, 0.1])), int(luck.integers(3))
            start = t + hard * luck.lognormal(0, 1.2) * 2 + (effect_h if before not in (-1, team) else 0.0)
            t = start + luck.exponential(0.5)
            rows.append((case, step, team * PEOPLE + int(luck.integers(PEOPLE)), team, start, t))
            before = team
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    case = columns[0].astype(np.int32)
    return Log(
        case=case, activity=columns[1].astype(np.int32), resource=columns[2].astype(np.int32),
        team=columns[3].astype(np.int32), start_h=columns[4], end_h=columns[5], row=np.arange(1, case.size + 1),
        offsets=np.searchsorted(case, np.arange(CASES + 1)).astype(np.int64),
        case_labels=tuple(f"T{k}" for k in range(CASES)), activities=("x", "y", "z"), teams=TEAMS,
        n_resources=3 * PEOPLE, resource_team=np.repeat(np.arange(3, dtype=np.int32), PEOPLE), case_attributes={},
        origin=datetime(2024, 1, 1, tzinfo=UTC), timezone="UTC", starts_logged=True,
        capabilities=frozenset({"order", "handover", "rework", "start_times", "teams", "resources", "work_time"}),
    )  # fmt: skip


def told(effect_h: float) -> tuple[int, int]:
    """In how many logs a finding stands, and in how many the interval of the price holds the truth."""
    found = held = 0
    for seed in range(FIRST_SEED, FIRST_SEED + LOGS):
        view = View(made(seed, effect_h), WorkSystem(id="x"), load_thresholds())
        found += any(finding.id == "crossing-team" for finding in crossing_waits(view))
        priced = price_of(view, sides_of(view, "team"))
        held += priced is not None and priced[0].low_h <= effect_h <= priced[0].high_h
    return found, held


def simulated(*, shared: bool) -> tuple[Estimate, Estimate]:
    """Team changes per item as the chain expects them, and in the simulator; variances and machine taken out.

    Parameters
    ----------
    shared : bool
        Whether two teams may recover accounts, as in the template; else the desk alone.
    """
    system = read("service-desk")
    functions = tuple(
        one.model_copy(
            update={
                "allocation": one.allocation.model_copy(update={"level": 1, "component": None}),
                "roles": one.roles if shared else one.roles[:1],
            }
        )
        for one in system.work.functions
    )
    plain = system.model_copy(
        update={
            "variances": (), "person_state": False, "technical": system.technical.model_copy(update={"components": ()}),
            "work": system.work.model_copy(update={"functions": functions}),
        }
    )  # fmt: skip
    forecast = simulate(Scenario(system=plain, weeks=8, replications=6, seed=FIRST_SEED))
    one = next(i for i in forecast.indicators if i.id == "handovers_per_item" and i.scope == "organisation")
    factor = load_thresholds()["stated_range_factor"]
    expected = next(c for c in crossings_in_model(plain, flow_of(plain), factor) if c.boundary == "team")
    return expected.mean, one.estimate


def main() -> int:
    """Print one JSON object per figure, a table on stderr; 1 where a bar is missed."""
    lines = []
    none, held = told(0.0)
    some, also = told(3.0)
    for name, count, bar, below in (
        ("crossing_found_where_nothing_is_planted", none, 0.05, True),
        ("crossing_found_where_3_h_are_planted", some, 0.8, False),
        ("price_interval_holds_the_truth", held + also, 0.9, False),
    ):
        total = 2 * LOGS if name.startswith("price") else LOGS
        low, high = share_interval(count, total)
        value = count / total
        lines.append({"name": name, "value": value, "low": low, "high": high, "bar": bar,
                      "holds": value <= bar if below else value >= bar})  # fmt: skip
    expected, got = simulated(shared=False)
    ratio = expected.value / got.value
    lines.append({"name": "team_changes_expected_over_simulated", "value": ratio, "low": expected.value / got.high,
                  "high": expected.value / got.low, "bar": 0.02, "holds": abs(ratio - 1) <= 0.02})  # fmt: skip
    expected, got = simulated(shared=True)
    inside = expected.low <= got.value <= expected.high
    lines.append({"name": "shared_function_simulated_inside_interval", "value": got.value, "low": expected.low,
                  "high": expected.high, "bar": expected.high, "holds": inside})  # fmt: skip
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stderr.write(f"{line['name']:<45} {line['value']:.3f} ({line['low']:.3f} to {line['high']:.3f})"
                         f"  bar {line['bar']}  {'holds' if line['holds'] else 'MISSED'}\n")  # fmt: skip
    return 0 if all(line["holds"] for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
