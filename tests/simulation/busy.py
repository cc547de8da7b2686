"""A small service desk with everything on: printed as one line of bits, so that two processes can be compared."""

from __future__ import annotations

import hashlib
import sys
from typing import Any

from longwall.simulation import Scenario, run
from longwall.worksystem import WorkSystem

SYSTEM: dict[str, Any] = {
    "id": "busy",
    "person_state": True,
    "technical": {
        "components": [
            {"id": "net", "kind": "infrastructure", "time_between_failures_h": 60, "repair_h": 3},
            {"id": "bot", "kind": "automation", "speed": 20, "reliability": 0.9, "coverage": 0.8, "capacity": 2,
             "depends_on": ["net"], "buffer_h": 1, "time_between_failures_h": 80, "repair_h": 2},
        ]
    },
    "social": {
        "teams": [{"id": "front"}, {"id": "back"}],
        "roles": [
            {"id": "agent", "team": "front", "authority": ["wrong"],
             "shifts": [{"people": 3, "hours": "mon-sun 06:00-14:00"}, {"people": 4, "hours": "mon-sun 14:00-22:00"}]},
            {"id": "expert", "team": "back", "skills": {"solve": 1.3}, "shifts": [{"people": 2, "hours": "always"}]},
        ],
    },
    "work": {
        "demand": [
            {"id": "incident", "per_week": 220, "priority": 0, "due_h": 8, "patience_h": 5},
            {"id": "request", "per_week": 160, "priority": 2, "batch": 3, "due_h": 24},
        ],
        "functions": [
            {"id": "triage", "work_h": {"shape": "lognormal", "mean_h": 0.2, "cv": 1.2}, "roles": ["agent", "expert"],
             "rule": "least_loaded", "allocation": {"level": 3, "component": "bot"}},
            {"id": "solve", "work_h": {"shape": "empirical", "quantiles_h": [0.1, 0.3, 0.6, 2.0]}, "roles": ["expert"],
             "allocation": {"level": 8, "component": "bot", "audit_rate": 0.3}, "drills_per_year": 50},
            {"id": "fix", "work_h": 0.5, "roles": ["agent"], "rule": "most_skilled",
             "allocation": {"level": 6, "component": "bot", "review_deadline_h": 0.5}},
            {"id": "await", "delay_h": 2},
        ],
        "routes": [
            {"source": "start", "target": "triage"},
            {"source": "triage", "target": "solve", "probability": 0.4},
            {"source": "triage", "target": "fix", "probability": 0.6},
            {"source": "solve", "target": "await", "probability": 0.3},
            {"source": "solve", "target": "end", "probability": 0.7},
            {"source": "solve", "target": "end", "after": ["fix"]},
            {"source": "await", "target": "solve"},
            {"source": "fix", "target": "solve", "probability": 0.1},
            {"source": "fix", "target": "end", "probability": 0.9},
            {"source": "fix", "target": "end", "demand": "request"},
        ],
    },
    "variances": [
        {"id": "wrong", "origin": "fix", "probability": 0.6, "by_machine": True, "induces": {"late": 0.5},
         "detections": [{"function": "solve", "probability": 0.8}],
         "control": {"function": "fix", "how": "rework", "role": "agent", "needs_authority": True}},
        {"id": "late", "origin": "triage", "probability": 0.05,
         "detections": [{"function": "solve", "probability": 0.5}, {"function": "fix", "probability": 0.5}],
         "control": {"function": "solve", "how": "escalate", "probability": 0.7}},
        {"id": "slip", "origin": "solve", "probability": 0.2, "detections": [{"function": "solve", "probability": 0.6}],
         "control": {"function": "solve", "how": "repair", "work_h": 0.1}},
        {"id": "leak", "origin": "net", "probability": 0.02},
    ],
}  # fmt: skip


def digest(system: WorkSystem, weeks: int = 3, threads: int = 1, replications: int = 2) -> str:
    runs = run(Scenario(system=system, weeks=weeks, warm_up_weeks=1, replications=replications), threads=threads)
    content = runs.values.tobytes() + runs.series.tobytes() + runs.events.tobytes() + runs.balance.tobytes()
    return hashlib.blake2b(content).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(digest(WorkSystem.model_validate(SYSTEM), weeks=1) + "\n")
