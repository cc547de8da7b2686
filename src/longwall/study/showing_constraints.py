"""Show: constraints with their state today, and every design that they refused, as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall.assessment import ConstraintState, states_of
from longwall.units import share_text
from longwall.worksystem import WorkSystem

__all__ = ["CONSTRAINT_COLUMNS", "REFUSED_COLUMNS", "constraint_rows", "refused_rows"]

CONSTRAINT_COLUMNS = ("constraint", "control", "kind", "asks", "in the model", "in the log", "refused", "source")
REFUSED_COLUMNS = ("design", "constraints", "why")

Rows = tuple[list[tuple[Any, ...]], list[str]]


def constraint_rows(
    system: WorkSystem, assessed: Mapping[str, Any] | None, aligned: Mapping[str, Any] | None
) -> Rows:  # fmt: skip
    """Return every constraint with what breaks it in the model, in the log, and how many designs it refused.

    Parameters
    ----------
    assessed, aligned : mapping, optional
        Results of the steps, as plain data; without them the model alone is held against the constraints.
    """
    told = {one["id"]: ConstraintState.model_validate(one) for one in (assessed or {}).get("constraints", ())}
    refused: dict[str, set[tuple[str, ...]]] = {}
    for one in (aligned or {}).get("rejected", ()):
        refused.setdefault(one["constraint"], set()).add(tuple(one["interventions"]))
    rows = []
    for state in states_of(system):
        seen = told.get(state.id, state)
        share = "" if seen.in_log is None else f"{share_text(seen.in_log.value)}: "
        rows.append(
            (state.id, state.control, state.kind, state.says, "; ".join(state.broken) or "kept",
             f"{share}{seen.log_says}", len(refused.get(state.id, ())) if aligned is not None else "", state.source)
        )  # fmt: skip
    notes = [] if rows else ["none written; see `longwall constraints STUDY --from FILE`, or write your own"]
    clash = (assessed or {}).get("conflicting", ())
    if clash:
        notes.append(f"no design can keep these together: {', '.join(clash)}")
    return rows, notes


def refused_rows(aligned: Mapping[str, Any]) -> Rows:
    """Return every refused design with all constraints that refuse it."""
    titles = {one["id"]: one["title"] for one in aligned["interventions"]}
    designs: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for one in aligned["rejected"]:
        designs.setdefault(tuple(one["interventions"]), []).append(one)
    rows = [
        ("; ".join(titles.get(name, name) for name in changes),
         ", ".join(dict.fromkeys(one["constraint"] for one in entries)), "; ".join(one["why"] for one in entries))
        for changes, entries in designs.items()
    ]  # fmt: skip
    notes = ["refused before simulation; what today breaks already refuses nothing unless it gets worse"]
    if aligned.get("conflict"):
        notes.append(f"smallest set of constraints that refuses every candidate: {', '.join(aligned['conflict'])}")
    return rows, notes if rows else ["no design was refused"]
