"""Which work system would have produced this log? How well does it forecast weeks it has not seen?

This package turns the arrays of a log into a work system: functions and their order, demand, teams and roles with their
hours, work and waiting, machine-like performers, variance events. It makes no diagnosis, and nothing per person leaves
its arrays.
"""

from __future__ import annotations

from longwall.discovery.assemble import Discovered, discover
from longwall.discovery.bounds import Bounds, RoleBounds, WorkBounds
from longwall.discovery.calibration import Calibration
from longwall.discovery.detectors import Detector, load_detectors
from longwall.discovery.dispersion import Dispersion
from longwall.discovery.distances import DISTANCES, Trace, distances
from longwall.discovery.donors import Drawn, Situation
from longwall.discovery.extraction import keeps_finished_only, keeps_whole_cases
from longwall.discovery.footings import numbers_of
from longwall.discovery.forecast import Choice, Forecaster, choose, last_period_again
from longwall.discovery.given import GivenTeams
from longwall.discovery.hold_out import (
    Held,
    HeldDistance,
    HoldOut,
    hold_out,
    indicators_of,
    split_by_end,
    split_by_start,
)
from longwall.discovery.log_forecast import LogForecast, forecast_log
from longwall.discovery.networks import networks
from longwall.discovery.networks_formal import Formal
from longwall.discovery.networks_result import (
    Claim,
    Elsewhere,
    Group,
    GroupPair,
    Network,
    Networks,
    ThinStep,
)
from longwall.discovery.variance_events import Prevalence, VarianceEvents, detect

__all__ = [
    "DISTANCES",
    "Bounds",
    "Calibration",
    "Choice",
    "Claim",
    "Detector",
    "Discovered",
    "Dispersion",
    "Drawn",
    "Elsewhere",
    "Forecaster",
    "Formal",
    "GivenTeams",
    "Group",
    "GroupPair",
    "Held",
    "HeldDistance",
    "HoldOut",
    "LogForecast",
    "Network",
    "Networks",
    "Prevalence",
    "RoleBounds",
    "Situation",
    "ThinStep",
    "Trace",
    "VarianceEvents",
    "WorkBounds",
    "choose",
    "detect",
    "discover",
    "distances",
    "forecast_log",
    "hold_out",
    "indicators_of",
    "keeps_finished_only",
    "keeps_whole_cases",
    "last_period_again",
    "load_detectors",
    "networks",
    "numbers_of",
    "split_by_end",
    "split_by_start",
]
