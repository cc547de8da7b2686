"""What would happen? A work system to a forecast: people, machines, variances, and two columns of outcomes.

It knows nothing of logs, finds nothing wrong and proposes nothing; a forecast is an experiment with a model, with an
interval on every number and the list of assumptions it rests on.
"""

from longwall.simulation.beginning import OpenItem
from longwall.simulation.compile import compile_system
from longwall.simulation.eventlog import simulate_log
from longwall.simulation.experiment import (
    Course,
    IndicatorDifference,
    Runs,
    Scenario,
    ScheduledChange,
    default_threads,
    difference,
    run,
    simulate,
)
from longwall.simulation.human_error import dependent_probability, error_faults, error_probability
from longwall.simulation.indicators import Indicated
from longwall.simulation.load import cautions, warm_up_weeks
from longwall.simulation.priors import PRIORS, Prior
from longwall.simulation.warming import is_warm, warm

__all__ = [
    "PRIORS",
    "Course",
    "Indicated",
    "IndicatorDifference",
    "OpenItem",
    "Prior",
    "Runs",
    "Scenario",
    "ScheduledChange",
    "cautions",
    "compile_system",
    "default_threads",
    "dependent_probability",
    "difference",
    "error_faults",
    "error_probability",
    "is_warm",
    "run",
    "simulate",
    "simulate_log",
    "warm",
    "warm_up_weeks",
]
