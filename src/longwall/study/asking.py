"""Ask what if: a stated change of the study's work system, answered with everything that is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from longwall import alignment, simulation
from longwall.alignment.simulated import Simulated
from longwall.errors import Fault, StudyError
from longwall.study.experimenting import patch_of
from longwall.study.folder import Study
from longwall.study.shown import Shown
from longwall.study.simulating import levels_today, needs_system, system_of
from longwall.study.step import Progress, silent
from longwall.worksystem import Patch, WorkSystem, patched, value_at

__all__ = ["ask", "asked_table", "change_of"]

_FACTOR = re.compile(r"^\s*\*\s*(\d+(?:\.\d+)?)\s*$")


def change_of(settings: Sequence[str]) -> Callable[[WorkSystem], WorkSystem]:
    """Return the change that settings stand for, as a function of a work system.

    Parameters
    ----------
    settings : sequence of str
        Each ``path=value`` with the value as in YAML, or ``path=*1.3`` for a multiple of what is there.

    Raises
    ------
    SimulationError
        If a setting has no path or value (LW-SI-032).
    """
    steps: list[tuple[str, float | None, Patch | None]] = []
    for setting in settings:
        path, _, value = setting.partition("=")
        factor = _FACTOR.match(value)
        steps.append((path.strip(), float(factor[1]), None) if factor else (path.strip(), None, patch_of(setting)))

    def change(system: WorkSystem) -> WorkSystem:
        for path, factor, patch in steps:
            system = patched(system, [patch if patch is not None else _multiple(system, path, factor or 0.0)])
        return system

    return change


def ask(study: Study, settings: Sequence[str], progress: Progress = silent) -> tuple[alignment.WhatIf, ...]:
    """Return what a change of today's work system would do to each indicator of the organisation.

    Parameters
    ----------
    settings : sequence of str
        As `change_of` takes them.

    Returns
    -------
    tuple of WhatIf
        With 90% intervals; see `longwall.alignment.uncertainty.what_if`.

    Raises
    ------
    StudyError
        LW-ST-004: there is no work system yet. LW-ST-041: what is to be multiplied is no number.
    LongwallError
        If a change cannot be applied, or too few draws can be simulated.
    """
    reason = needs_system(study)
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "a work system", "none", reason))
    system, change = system_of(study), change_of(settings)
    change(system)
    return alignment.what_if(
        system,
        change,
        simulator=Simulated(study.file.weeks, simulation.warm_up_weeks(system)),
        seed=study.file.seed,
        observed=levels_today(study),
        threads=simulation.default_threads(),
        progress=lambda share: progress(share, "simulating what the log leaves open"),
    )


def asked_table(found: Sequence[alignment.WhatIf]) -> Shown:
    """Return the answers as a table, technical first."""
    rows = [
        (one.column, one.name or one.indicator, f"{one.today:.4g}", f"{one.change.value:+.3g}",
         f"{one.change.low:+.3g} to {one.change.high:+.3g}", one.change.unit, one.answer)
        for one in sorted(found, key=lambda one: one.column != "technical")
    ]  # fmt: skip
    notes = ["intervals of 90%: sampling, what the log leaves open, and what the model itself gets wrong"]
    if any(one.ends for one in found):
        notes.append(
            "the log has no starts: each interval runs over the whole set of what it allows; not identified: the "
            "answer depends on how much of the time was work"
        )
    columns = ("column", "indicator", "today", "change", "interval", "unit", "answer")
    return Shown("What if", columns, rows, notes)


def _multiple(system: WorkSystem, path: str, factor: float) -> Patch:
    """Return the patch that multiplies what stands at a path; an interval does not survive that."""
    now: Any = value_at(system, path)
    if isinstance(now, dict):
        scaled: Any = {
            key: _times(value, factor) if key in ("value", "mean_h", "quantiles_h") else value
            for key, value in now.items()
            if key not in ("low", "high", "low_h", "high_h")
        }
    else:
        scaled = _times(now, factor)
    if scaled is None or (isinstance(scaled, dict) and not {"value", "mean_h", "quantiles_h"} & scaled.keys()):
        raise StudyError(
            Fault("LW-ST-041", f"--set {path}", "a number to multiply", repr(now) if now is not None else "nothing",
                  "name a number of the work system, or give the new value itself")
        )  # fmt: skip
    return Patch(path=path, value=scaled)


def _times(value: Any, factor: float) -> Any:
    """Multiply a number or a list of numbers; whole numbers stay whole."""
    if isinstance(value, list):
        return [_times(entry, factor) for entry in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    product = value * factor
    return int(product) if isinstance(value, int) and product.is_integer() else product
