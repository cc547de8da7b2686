"""Parameters of a work system that vary: paths and ranges in, the work system at any point of them out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.errors import Fault, SimulationError
from longwall.simulation.priors import PRIORS
from longwall.worksystem import Distribution, Parameter, Patch, Piece, Problem, WorkSystem, patched
from longwall.worksystem.lookup import place_of

__all__ = ["Axis", "Varied", "axes_of", "system_at"]

_PRIOR = "state_parameters."


class Varied(Piece):
    """One parameter of a work system and the range in which it varies, every value as likely.

    Parameters
    ----------
    path : str
        As in a patch: ``work.demand.incident.per_week``, ``technical.components.bot.reliability``,
        ``social.roles.analyst.shifts.0.people``. A distribution varies by its mean and keeps its shape; a count takes
        whole numbers; ``state_parameters.NAME`` need not be set yet.
    low, high : float, optional
        In the unit of the parameter; default: the interval that the model itself gives for it.
    """

    path: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Axis:
    """A parameter with its range and what stands at its path.

    Parameters
    ----------
    path : str
    low, high : float
        low < high, in the unit of the parameter.
    now : any
        Plain data at the path; none where nothing is set yet.
    kind : str
        ``distribution``, ``parameter``, ``whole`` (a count), ``number``, or ``prior`` (not set yet).
    """

    path: str
    low: float
    high: float
    now: Any
    kind: str

    def patch(self, share: float) -> Patch:
        """Return the patch that puts the parameter at a share of its range, from 0 to 1."""
        if self.kind == "whole":
            steps = int(self.high) - int(self.low) + 1
            return Patch(path=self.path, value=int(self.low) + min(int(share * steps), steps - 1))
        value = self.low + share * (self.high - self.low)
        if self.kind == "prior":
            return Patch(op="add", path=self.path, value=value)
        if self.kind == "parameter" and isinstance(self.now, dict):
            return Patch(path=self.path, value={**self.now, "value": value, "low": None, "high": None})
        if self.kind == "distribution" and isinstance(self.now, dict) and self.now["mean_h"] > 0.0:
            scaled = Distribution.model_validate(self.now).times(value / self.now["mean_h"])
            return Patch(path=self.path, value=scaled.model_dump(mode="json"))
        return Patch(path=self.path, value=value)


def axes_of(system: WorkSystem, varied: Sequence[Varied]) -> tuple[Axis, ...]:
    """Return the parameters that vary, each checked at both ends of its range.

    Raises
    ------
    SimulationError
        LW-SI-025: no parameter, one twice, a path that leads to no number, or a range that is empty or not known; all
        at once.
    WorkSystemError
        If an end of a range makes the work system unsound.
    """
    faults: list[Fault] = []
    axes = []
    data = system.model_dump(mode="json")
    paths = [each.path for each in varied]
    if not paths:
        faults.append(Fault("LW-SI-025", "varied", "at least one parameter", "none", "name a path and a range"))
    for twice in sorted({path for path in paths if paths.count(path) > 1}):
        faults.append(Fault("LW-SI-025", twice, "a parameter once", "it twice", "remove one"))
    for each in varied:
        axis = _axis(data, each)
        if isinstance(axis, Fault):
            faults.append(axis)
        else:
            axes.append(axis)
    if faults:
        raise SimulationError(*faults)
    for axis in axes:
        for share in (0.0, 1.0):
            patched(system, [axis.patch(share)])
    return tuple(axes)


def system_at(system: WorkSystem, axes: Sequence[Axis], point: NDArray[np.float64]) -> WorkSystem:
    """Return the work system at a point, shape (axes,), of shares of the ranges, each from 0 to 1."""
    return patched(system, [axis.patch(float(share)) for axis, share in zip(axes, point, strict=True)])


def _axis(data: dict[str, Any], varied: Varied) -> Axis | Fault:
    """Return what stands at a path and its range, or why it cannot vary."""
    place = place_of(WorkSystem, data, varied.path)
    now: Any = None
    if isinstance(place, Problem):
        name = varied.path.removeprefix(_PRIOR)
        if not varied.path.startswith(_PRIOR) or name not in PRIORS:
            return Fault("LW-SI-025", varied.path, place.expected, place.found, place.do)
        kind = "prior"
    else:
        now = data
        for step in place.steps:
            now = now[step]
        kind = _kind(place.shape.of, now)
    if not kind:
        return Fault("LW-SI-025", varied.path, "the path of a number", type(now).__name__, "name a number in it")
    suffix = "_h" if kind == "distribution" else ""
    own = now if isinstance(now, dict) else {}
    low = own.get(f"low{suffix}") if varied.low is None else varied.low
    high = own.get(f"high{suffix}") if varied.high is None else varied.high
    if low is None or high is None:
        return Fault("LW-SI-025", varied.path, "a range", "none, and none in the model", "give low and high")
    if kind == "whole":
        low, high = math.ceil(low), math.floor(high)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return Fault("LW-SI-025", varied.path, "low < high", f"{low:g} and {high:g}", "correct the range")
    return Axis(varied.path, float(low), float(high), now, kind)


def _kind(of: Any, now: Any) -> str:
    """Return what kind of number stands at a place, or nothing."""
    if of is Parameter:
        return "parameter"
    if of is Distribution:
        return "distribution"
    if isinstance(now, bool) or not isinstance(now, int | float):
        return ""
    return "whole" if isinstance(now, int) else "number"
