"""A small desk with a machine, made by hand, and stations whose front is known."""

from __future__ import annotations

import pytest

from longwall.alignment.known.stations import Stations
from longwall.worksystem import WorkSystem

DESK = {
    "id": "desk",
    "technical": {
        "components": [{"id": "bot", "kind": "automation", "speed": 10, "coverage": 0.9, "reliability": 0.95}]
    },
    "social": {
        "teams": [{"id": "front"}, {"id": "back"}],
        "roles": [
            {
                "id": "agent",
                "team": "front",
                "shifts": [
                    {"people": 6, "hours": "mon-fri 08:00-16:00"},
                    {"people": 2, "hours": "mon-fri 14:00-22:00"},
                ],
            },
            {"id": "expert", "team": "back", "shifts": [{"people": 3, "hours": "mon-fri 09:00-17:00"}]},
        ],
    },
    "work": {
        "demand": [{"id": "ticket", "per_week": 260, "due_h": 24, "profile": [0.0] * 8 + [1.0] * 8 + [0.0] * 152}],
        "functions": [
            {"id": "triage", "roles": ["agent"], "work_h": 0.5},
            {"id": "solve", "roles": ["expert"], "work_h": 0.8},
            {
                "id": "reset", "roles": ["agent"], "work_h": 0.6,
                "allocation": {"level": 9, "component": "bot"},
            },
        ],
        "routes": [
            {"source": "start", "target": "triage"},
            {"source": "triage", "target": "solve", "probability": 0.4},
            {"source": "triage", "target": "reset", "probability": 0.6},
            {"source": "solve", "target": "triage", "probability": 0.2},
            {"source": "solve", "target": "end", "probability": 0.8},
            {"source": "reset", "target": "end"},
        ],
    },
    "variances": [
        {
            "id": "misroute", "kind": "misroute", "origin": "triage", "probability": 0.15,
            "detections": [{"function": "solve", "probability": 0.6}],
            "control": {"function": "triage", "role": "expert", "needs_authority": True, "needs_information": True},
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def desk() -> WorkSystem:
    """Two teams, a machine that acts before a person reads, work that comes back."""
    return WorkSystem.model_validate(DESK)


@pytest.fixture(scope="session")
def stations() -> Stations:
    """Three stations, 4,096 designs."""
    return Stations()
