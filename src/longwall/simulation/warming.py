"""Compiling the kernel ahead of its first use; it takes half a minute once and is kept on disk."""

from __future__ import annotations

from longwall.simulation.experiment import run
from longwall.simulation.kernel.loop import is_compiled
from longwall.simulation.scenario import Scenario
from longwall.worksystem import (
    DemandClass,
    Distribution,
    Function,
    Parameter,
    Role,
    Route,
    Shift,
    Social,
    Team,
    WorkDesign,
    WorkSystem,
)

__all__ = ["is_warm", "warm"]


def is_warm() -> bool:
    """Return whether the kernel stands compiled on disk, so that the first answer comes within a second or so."""
    return bool(is_compiled())


def warm() -> None:
    """Compile the kernel and keep it on disk; does nothing that takes long where this was done before."""
    system = WorkSystem(
        id="warm-up",
        social=Social(teams=(Team(id="team"),), roles=(Role(id="role", team="team", shifts=(Shift(people=1),)),)),
        work=WorkDesign(
            demand=(DemandClass(id="item", per_week=Parameter(value=10)),),
            functions=(Function(id="work", work_h=Distribution(mean_h=0.5), roles=("role",)),),
            routes=(Route(source="start", target="work"), Route(source="work", target="end")),
        ),
    )
    run(Scenario(system=system, weeks=1, warm_up_weeks=0, replications=2), threads=1)
