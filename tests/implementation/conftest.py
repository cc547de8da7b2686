"""Alignments made by hand: a design whose interventions and effects are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from longwall.alignment import Alignment, Change, Effect, Optima, Price, Spent
from longwall.worksystem import Design, Estimate, Intervention, Parameter

Make = Callable[[Sequence[Intervention]], Alignment]


def change(
    name: str, kind: str = "social", *, cost: float | None = 1000.0, weeks: float = 2.0, **more: object
) -> Intervention:
    return Intervention.model_validate(
        {
            "id": name, "title": f"Do {name}", "kind": kind, "lever": "x", "patches": (),
            "cost": None if cost is None else Parameter(value=cost), "lead_time_weeks": weeks, "concerns": ("desk",),
            **more,
        }
    )  # fmt: skip


def aligned(changes: Sequence[Intervention], gains: Sequence[float] | None = None) -> Alignment:
    zero = Estimate(value=0.0, low=0.0, high=0.0, footing="assumed")
    effects = tuple(
        Effect(
            id=one.id,
            differences=(
                Change(
                    indicator="lead_time_h", column="technical", today=10.0, then=10.0 - gain,
                    change=Estimate(value=-gain, low=-gain - 0.5, high=-gain + 0.5, footing="fitted"), better=True,
                ),
            ),
        )
        for one, gain in zip(changes, gains or [1.0] * len(changes), strict=True)
    )  # fmt: skip
    return Alignment(
        base="d", base_hash="h", seed=0, weeks=13, recommended="joint" if changes else "today",
        optima=Optima(joint="joint", technical_only="joint", social_only="joint"),
        designs=(Design(id="joint", name="j", base="d", base_hash="h", interventions=tuple(c.id for c in changes)),)
        if changes
        else (),
        interventions=tuple(changes), forecasts=(), differences=(), effects=effects, points=(), front=(),
        price=Price(technical_only=zero, social_only=zero, epsilon=0.05, statement=""), verdicts=(), merged=(),
        rejected=(), scales={"lead_time_h": 10.0},
        spent=Spent(
            designs=0, search_replications=0, fresh_replications=0, robustness_replications=0, simulated_events=0
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def made() -> tuple[Callable[..., Intervention], Callable[..., Alignment]]:
    """Makers of interventions and of alignments."""
    return change, aligned
