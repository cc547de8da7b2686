"""A small organisation with every mechanism on, from a few numbers, so that two processes can be compared."""

from __future__ import annotations

import hashlib
import random
import sys
from typing import Any

from longwall.simulation import Scenario, run
from longwall.simulation.experiment import play, prepare
from longwall.worksystem import WorkSystem


def system_of(number: int, load: float = 1.0) -> dict[str, Any]:
    """Return a work system that draws on all mechanisms together; which values they have follows from the number."""
    dice = random.Random(number)
    one, share = dice.choice, dice.random
    shapes = [0.5, {"shape": "exponential", "mean_h": 0.7}, {"shape": "lognormal", "mean_h": 0.5, "cv": 1.5}]
    ends, breaks = ["finish", "park", "hand_over"], ["finish", "park"]

    def function(name: str, *roles: str, **more: Any) -> dict[str, Any]:
        return {
            "id": name,
            "roles": list(roles),
            "work_h": one(shapes),
            "at_shift_end": one(ends),
            "when_interrupted": one(breaks),
            "in_outage": one(["by_hand", "wait"]),
            "rule": one(["longest_idle", "most_skilled", "least_loaded", "same_person"]),
            **more,
        }

    hours = [
        "mon-fri 08:00-16:30",
        "always",
        "mon-sun 22:00-06:00",
        "mon-fri 08:00-12:00, mon-fri 13:00-17:15",
        "fri 20:00-24:00, sat-mon 00:00-10:00",
    ]
    shifts = [{"people": dice.randint(1, 4), "hours": one(hours), "on_holidays": share() < 0.5} for _ in range(2)]
    call = {"people": 2, "hours": one(hours), "on_call": True, "calls_up_to": one([0, 1, 3]), "response_h": 0.5}
    role = {
        "absence": share() * 0.5,
        "leaving_per_year": share() * 5,
        "replacement_h": one([0.0, 30.0, 300.0]),
        "resources": share(),
    }
    technical = [
        {"id": "net", "kind": "infrastructure", "time_between_failures_h": 40, "repair_h": 4},
        {
            "id": "bot",
            "kind": "automation",
            "speed": 5,
            "reliability": 0.8,
            "coverage": 0.8,
            "capacity": dice.randint(0, 2),
            "depends_on": ["net"],
            "buffer_h": share(),
            "time_between_failures_h": 50,
            "repair_h": 3,
        },
        {
            "id": "tool",
            "kind": "application",
            "time_between_failures_h": 30,
            "repair_h": {"shape": "exponential", "mean_h": 5},
        },
    ]
    demand = [
        {
            "id": "alarm",
            "per_week": one([0, 5]),
            "priority": one([0, 2]),
            "interrupts": True,
            "reopens": {"probability": share() * 0.5, "delay_h": 10, "target": "look"},
            "alerts": {
                "variance": "unseen",
                "events_per_week": 10,
                "benign_per_week": 5,
                "noise_per_week": 30,
                "d_prime": 2,
                "threshold": 1,
                "repeats": one([0, 2]),
            },
            "batch": one([1, 2]),
        },
        {
            "id": "call",
            "per_week": 60,
            "priority": 1,
            "interrupts": share() < 0.5,
            "patience_h": one(shapes),
            "due_h": 4,
            "clock": one(["always", "mon-fri 09:00-17:00"]),
            "escalates_after_h": 3,
            "escalates_to": 0,
            "surges": [{"source": "net", "items": 1 + 20 * share(), "merges": share()}],
            "while_down": {"tool": one([0, 3])},
        },
        {
            "id": "order",
            "per_week": 40,
            "priority": 2,
            "batch": dice.randint(1, 3),
            "growth_per_year": 2.0,
            "on_holidays": 0.2,
            "due_h": 20,
            "clock": "mon-fri 08:00-17:00",
            "escalates_after_h": 10,
            "escalates_to": 1,
            "surges": [{"source": "call", "items": 1.5, "merges": share(), "within_h": 2}],
            "reopens": {"probability": 0.3, "delay_h": one(shapes), "target": "split"},
        },
    ]
    for each in demand:
        each["per_week"] *= load
    functions = [
        function("look", "agent", "expert", triage=True, setup_h=0.1),
        function("split", "agent", resume_h=0.2, uses=["tool"]),
        function("left", "agent", "expert", allocation={"level": dice.randint(1, 9), "component": "bot"}),
        function("right", "expert", uses=["tool", "net"], allocation={"level": dice.randint(1, 9), "component": "bot"}),
        function("deep", "expert", skill="right", setup_h=0.05),
        {"id": "ask", "delay_h": one(shapes), "waits_for": one(["customer", "supplier", ""])},
        function("meet", "agent"),
        function("close", "agent", "expert"),
    ]
    routes = [
        {"source": "start", "target": "look", "demand": "alarm"},
        {"source": "start", "target": "split"},
        {"source": "look", "target": "split", "outcome": "confirmed"},
        {"source": "look", "target": one(["end", "close"]), "outcome": "dismissed"},
        {"source": "look", "target": "close"},
        {"source": "split", "target": "close"},
        {"source": "left", "target": "ask", "probability": 0.5},
        {"source": "left", "target": "meet", "probability": 0.5},
        {"source": "ask", "target": "meet"},
        {"source": "right", "target": "deep", "probability": 0.6},
        {"source": "right", "target": "meet", "probability": 0.4},
        {"source": "deep", "target": one(["end", "meet"])},
        {"source": "meet", "target": "close", "probability": 0.9},
        {"source": "meet", "target": "split", "probability": 0.1},
        {"source": "close", "target": "end"},
    ]
    forks = [
        {"id": "both", "after": "split", "branches": ["left", "right"], "join": "meet"},
        {"id": "inner", "after": "right", "branches": ["deep", "ask"], "join": "meet", "demand": "order"},
    ]
    variances = [
        {
            "id": "wrong",
            "origin": one(["left", "deep"]),
            "probability": 0.4,
            "by_machine": share() < 0.5,
            "induces": {"late": 0.5},
            "detections": [{"function": "meet", "probability": 0.8}],
            "safety": True,
            "control": {
                "function": one(["deep", "close"]),
                "how": one(["rework", "escalate", "repair"]),
                "work_h": 0.2,
                "within_h": 9,
            },
        },
        {
            "id": "late",
            "origin": "ask",
            "probability": 0.1,
            "detections": [{"function": "close", "probability": 0.5}],
            "control": {"function": "close", "how": one(["rework", "escalate", "repair"]), "work_h": 0.1},
        },
        {"id": "slip", "origin": "close", "error": {"method": "spar_h", "kind": "action"}},
        {"id": "leak", "origin": "net", "probability": 0.05},
        {"id": "unseen", "origin": "look", "probability": 0.0},
    ]
    return {
        "id": "everything",
        "person_state": share() < 0.7,
        "technical": {"components": technical},
        "social": {
            "teams": [{"id": "front"}, {"id": "back"}],
            "holidays": ["2024-01-01", "2024-01-10", "2024-01-13"],
            "roles": [
                {"id": "agent", "team": "front", "shifts": shifts, **role},
                {"id": "expert", "team": "back", "shifts": [{"people": 2, "hours": one(hours)}, call]},
            ],
            "practices": [{"id": "training", "ability": 0.5, "motivation": 0.2, "begins_week": 1}],
        },
        "work": {"demand": demand, "functions": functions, "routes": routes, "forks": forks},
        "variances": variances,
        "state_parameters": {"strain_leaving": {"value": 3.0}, "amo_form": {"value": dice.randint(0, 2)}},
    }


def digest(data: dict[str, Any], weeks: int = 2, threads: int = 1, replications: int = 2) -> str:
    """Return the bits of a short run in one line."""
    scenario = Scenario(
        system=WorkSystem.model_validate(data),
        weeks=weeks,
        warm_up_weeks=1,
        replications=replications,
        begins="2024-01-08",
    )
    runs = run(scenario, threads=threads)
    content = runs.values.tobytes() + runs.series.tobytes() + runs.events.tobytes() + runs.balance.tobytes()
    return hashlib.blake2b(content).hexdigest()


def short_digest(number: int) -> str:
    """Return the bits of two weeks of one replication under little load, which are simulated in seconds uncompiled."""
    scenario = Scenario(
        system=WorkSystem.model_validate(system_of(number, 0.15)), weeks=2, warm_up_weeks=0, begins="2024-01-08"
    )
    state = play(prepare(scenario), scenario, 0)
    tables = (state.out_cls, state.out_fn, state.out_role, state.out_comp, state.hist, state.gain, state.bond)
    return hashlib.blake2b(b"".join(table.tobytes() for table in tables)).hexdigest()


if __name__ == "__main__":
    for number in range(3):
        sys.stdout.write(short_digest(number) + "\n")
