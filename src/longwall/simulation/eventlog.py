"""A simulated event log in the schema of the evidence: it can be ingested again like any other log."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from longwall.errors import Fault, SimulationError
from longwall.simulation.compile import Compiled
from longwall.simulation.experiment import play, prepare
from longwall.simulation.kernel import State
from longwall.simulation.scenario import Scenario
from longwall.units import HOURS_PER_WEEK

if TYPE_CHECKING:
    import polars

__all__ = ["simulate_log"]

RING = 65_536
MICROSECONDS_PER_HOUR = 3_600_000_000


def simulate_log(scenario: Scenario, *, replication: int = 0) -> polars.DataFrame:
    """Return the steps of one replication as an event log.

    One row per step: ``case``, ``activity`` (id of the function), ``resource``, ``team``, ``start`` and ``end`` (UTC,
    microseconds), ``demand``, ``priority``; sorted by end, start and case. People appear under labels such as
    ``analyst-07``, which belong to simulated members of a role; machines under the id of their component. Cases with a
    step in the warm-up are left out, and so are gateways: where items fork or join without work, delay, roles and
    machine. Writing the log changes nothing else.

    Raises
    ------
    SimulationError
        LW-SI-009 if the scenario has no `begins`; any fault of the system.
    """
    import polars as pl

    if not scenario.begins:
        raise SimulationError(
            Fault("LW-SI-009", "scenario.begins", "the ISO date of a Monday", "none", "give a date such as 2024-01-01")
        )
    compiled = prepare(scenario)
    parts: list[Any] = []

    def drain(state: State) -> None:
        n = int(state.clk.log_n[0])
        parts.append(np.array(state.log[:n]))
        state.clk.log_n[0] = 0

    play(compiled, scenario, replication, RING, drain)
    rows = np.concatenate(parts)
    first_h = HOURS_PER_WEEK * scenario.warm_up_weeks
    rows = rows[~np.isin(_cases(rows), _cases(rows[rows["t_start"] < first_h]))]
    gateways = _gateways(compiled)
    if gateways:
        rows = rows[~np.array([function.id in gateways for function in compiled.functions])[rows["fn"]]]
    return _frame(pl, compiled, rows, scenario, first_h)


def _gateways(compiled: Compiled) -> set[str]:
    """Return the ids of functions in which nobody does anything and that only route at a fork."""
    forks = compiled.system.work.forks
    routing = {name for fork in forks for name in (fork.after, *fork.branches, fork.join)}
    idle = {
        function.id
        for function in compiled.functions
        if function.work_h.mean_h == 0 and function.delay_h is None and not function.roles
    }
    return {name for name in routing & idle if compiled.system.functions[name].allocation.component is None}


def _cases(rows: Any) -> Any:
    """Return one number per case."""
    return rows["cls"] * (1 << 40) + rows["ordinal"]


def _frame(pl: Any, compiled: Compiled, rows: Any, scenario: Scenario, first_h: float) -> polars.DataFrame:
    """Return log rows as a frame."""
    origin = datetime.datetime.fromisoformat(scenario.begins).replace(tzinfo=datetime.UTC)
    zero = int(origin.timestamp()) * 1_000_000
    labels = _labels(compiled)
    teams = [compiled.teams[team] for team in compiled.model.person.team]
    demand = [d.id for d in compiled.demand]

    def instants(hours: Any) -> Any:
        micro = np.rint((hours - first_h) * MICROSECONDS_PER_HOUR).astype(np.int64)
        return pl.Series(micro + zero).cast(pl.Datetime("us", "UTC"))

    def resource(person: int, comp: int) -> str | None:
        return labels[person] if person >= 0 else compiled.components[comp].id if comp >= 0 else None

    frame = pl.DataFrame(
        {
            "case": [_case(demand[c], int(k)) for c, k in zip(rows["cls"], rows["ordinal"], strict=True)],
            "activity": [compiled.functions[f].id for f in rows["fn"]],
            "resource": [resource(p, c) for p, c in zip(rows["person"], rows["comp"], strict=True)],
            "team": [teams[p] if p >= 0 else None for p in rows["person"]],
            "start": instants(rows["t_start"]),
            "end": instants(rows["t_end"]),
            "demand": [demand[c] for c in rows["cls"]],
            "priority": pl.Series([compiled.demand[c].priority for c in rows["cls"]], dtype=pl.Int64),
        },
        schema_overrides={"resource": pl.String, "team": pl.String, "case": pl.String, "activity": pl.String},
    )
    frame = frame.sort("end", "start", "case", "activity", maintain_order=True)
    return cast("polars.DataFrame", frame)


def _case(demand: str, ordinal: int) -> str:
    """Return the name of a case: by its number, those of a surge and those open at the beginning apart."""
    for bit, letter in ((39, "s"), (38, "o")):
        if ordinal >= 1 << bit:
            return f"{demand}-{letter}{ordinal - (1 << bit):06d}"
    return f"{demand}-{ordinal:06d}"


def _labels(compiled: Compiled) -> list[str]:
    """Return the label of each simulated person: role and number within it."""
    seen: dict[int, int] = {}
    labels = []
    for r in compiled.model.person.role:
        seen[int(r)] = seen.get(int(r), 0) + 1
        role = compiled.roles[compiled.posts[int(r)].role]
        labels.append(f"{role.id}-{seen[int(r)]:0{max(2, len(str(role.head_count)))}d}")
    return labels
