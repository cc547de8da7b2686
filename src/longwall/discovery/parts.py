"""Everything that was found in a log, before it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from longwall.discovery.calendars import Presence
from longwall.discovery.demand import Arrivals, Classes
from longwall.discovery.detectors import Detector
from longwall.discovery.durations import Durations
from longwall.discovery.flow import Flow, Functions
from longwall.discovery.multitasking import SeveralAtOnce
from longwall.discovery.parallel import Part
from longwall.discovery.preferences import Staying
from longwall.discovery.resources import ResourceKinds
from longwall.discovery.staffing import Machines, Performers
from longwall.discovery.teams import Groups
from longwall.discovery.tiers import Tiers
from longwall.discovery.traces import Traces
from longwall.discovery.variance_events import VarianceEvents
from longwall.discovery.variance_model import Claims
from longwall.discovery.waiting import Waiting

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Parts"]


@dataclass(frozen=True)
class Parts:
    """Everything that was found in the log."""

    log: Log
    traces: Traces
    kinds: ResourceKinds
    groups: Groups
    several: dict[int, SeveralAtOnce]
    tiers: Tiers
    presence: Presence
    classes: Classes
    arrivals: Arrivals
    functions: Functions
    events: VarianceEvents
    claims: Claims
    parallel: tuple[Part, ...]
    flow: Flow
    durations: Durations
    waiting: Waiting
    performers: Performers
    staying: Staying
    machines: Machines
    detectors: tuple[Detector, ...]
