"""Calibration of complacency: how its two constants follow from two published figures, and what is held out.

    python benchmarks/complacency.py

One simulated person checks a machine while other work fills the time. The machine's reliability is even (87.5%) or
alternates from block to block (87.5%, 56.25%), as in Parasuraman, Molloy and Singh (1993), who saw 33% and 82% of its
failures detected; when checking was the only task the difference vanished. Detection is P * exp(-k * load * (1 - v));
the simulation gives load and v, and P and k follow from the two figures. The figures of a single failure early and
late in a session (75% and 42%) are held out. Prints one JSON object a line.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import numpy as np

from longwall.simulation import PRIORS, Scenario, ScheduledChange
from longwall.simulation.experiment import play, prepare
from longwall.worksystem import Patch, WorkSystem

EVEN, VARIABLE, EARLY, LATE = 0.327, 0.816, 0.75, 0.42
PER_WEEK = 16
HIGH, LOW = 0.875, 0.5625
MINUTES = 30.0


def monitor(alone: bool = False, **state: float) -> WorkSystem:
    """One person, a machine whose work is reviewed, and other work without end."""
    priors = {
        "accept_slope": 100.0, "trust_initial": 0.0, "trust_up": 0.0, "vigilance_floor": 1.0, "fatigue_blindness": 0.0,
        "prevalence_slope": 0.0, "prevalence_intercept": -20.0, "transparency_weight": 0.0, "false_rejection": 0.0,
    } | state  # fmt: skip
    demand: list[dict[str, Any]] = [{"id": "watched", "per_week": PER_WEEK, "priority": 0}]
    functions: list[dict[str, Any]] = [
        {"id": "watch", "work_h": {"shape": "fixed", "mean_h": 0.02}, "roles": ["operator"],
         "allocation": {"level": 5, "component": "machine", "review_h": {"shape": "fixed", "mean_h": 0.02}}},
        {"id": "other", "work_h": {"shape": "fixed", "mean_h": 0.5}, "roles": ["operator"]},
    ]  # fmt: skip
    routes = [
        {"source": "start", "target": "watch", "demand": "watched"}, {"source": "watch", "target": "end"},
        {"source": "start", "target": "other", "demand": "filler"}, {"source": "other", "target": "end"},
    ]  # fmt: skip
    if alone:
        functions, routes = functions[:1], routes[:2]
    else:
        demand.append({"id": "filler", "per_week": 340, "priority": 5})
    return WorkSystem.model_validate(
        {
            "id": "monitor",
            "person_state": True,
            "state_parameters": priors,
            "technical": {"components": [{"id": "machine", "kind": "automation", "speed": 1000, "reliability": HIGH}]},
            "social": {
                "teams": [{"id": "team"}],
                "roles": [{"id": "operator", "team": "team", "shifts": [{"people": 1, "hours": "always"}]}],
            },
            "work": {"demand": demand, "functions": functions, "routes": routes},
            "variances": [{"id": "failure", "origin": "watch", "probability": 1.0, "by_machine": True}],
        }
    )


def detected(system: WorkSystem, variable: bool, weeks: int = 160, replications: int = 12) -> tuple[float, float]:
    """Return the share of the machine's failures that was detected, and its standard error."""
    hours = np.arange(PER_WEEK * weeks) * 168.0 / PER_WEEK + 5.0
    changes = tuple(
        ScheduledChange(
            week=week,
            patches=(Patch(path="technical.components.machine.reliability", value=LOW if week % 2 else HIGH),),
        )
        for week in range(1, weeks)
    )
    scenario = Scenario(
        system=system, weeks=weeks, warm_up_weeks=0, replications=replications, changes=changes if variable else (),
        replay_h={"watched": tuple(hours.tolist())},
    )  # fmt: skip
    compiled = prepare(scenario)
    f = [fn.id for fn in compiled.functions].index("watch")
    missed, wrong = [], []
    for replication in range(replications):
        state = play(compiled, scenario, replication)
        fn = state.out_fn[3 * weeks // 8 :, f]
        rate = [(LOW if variable and week % 2 else HIGH) for week in range(3 * weeks // 8, weeks)]
        missed.append(float(fn.escaped.sum()))
        wrong.append(float(sum((1 - r) * n for r, n in zip(rate, fn.executions, strict=True))))
    each = 1.0 - np.array(missed) / np.array(wrong)
    return float(each.mean()), float(each.std(ddof=1) / math.sqrt(replications))


def say(name: str, value: float, error: float, target: float | None) -> None:
    figure = {"name": name, "value": round(value, 4), "low": round(value - 1.96 * error, 4),
              "high": round(value + 1.96 * error, 4), "published": target}  # fmt: skip
    print(json.dumps(figure), flush=True)
    told = "" if target is None else f"  published {target:.3f}, misfit {value - target:+.3f}"
    print(f"{name:28s} {value:8.4f}{told}", file=sys.stderr, flush=True)


def fit() -> tuple[float, float]:
    """Return P and k by the two equations of the two figures, solved by bisection on k with the simulated means."""

    def ratio(k: float) -> tuple[float, float]:
        even, _ = detected(monitor(complacency=k), False)
        variable, _ = detected(monitor(complacency=k), True)
        return even, variable

    low, high = 0.05, 6.0
    for _ in range(12):
        k = (low + high) / 2
        even, variable = ratio(k)
        low, high = (k, high) if even / variable > EVEN / VARIABLE else (low, k)
    even, variable = ratio(k)
    return VARIABLE / variable, k


def main() -> int:
    top, k = fit()
    say("most_detected", top, 0.0, None)
    say("complacency", k, 0.0, None)
    print(f"    in use: complacency {PRIORS['complacency'].value:g}", file=sys.stderr)
    share = math.log(1.0 / top - 1.0) if top < 1.0 else -20.0
    state = {"complacency": k, "prevalence_intercept": share}
    for name, variable, target in (("even_failures", False, EVEN), ("varying_failures", True, VARIABLE)):
        say(name, *detected(monitor(**state), variable), target)
    for name, variable in (("alone_even", False), ("alone_varying", True)):
        say(name, *detected(monitor(alone=True, **state), variable), None)
    load_h = PRIORS["complacency_load_h"].value
    for name, minutes, target in (("first_ten_minutes", 5.0, EARLY), ("last_ten_minutes", MINUTES - 5.0, LATE)):
        load = 1.0 - math.exp(-minutes / 60.0 / load_h)
        say(name, top * math.exp(-k * load), 0.0, target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
