"""What would happen? A work system to a forecast: people, machines, variances, and two columns of outcomes.

It knows nothing of logs, finds nothing wrong and proposes nothing; a forecast is an experiment with a model, with an
interval on every number and the list of assumptions it rests on.
"""

from longwall.simulation.batches import BatchMeans, batch_means
from longwall.simulation.beginning import OpenItem
from longwall.simulation.compile import compile_system
from longwall.simulation.days import late_by_day
from longwall.simulation.eventlog import simulate_log
from longwall.simulation.experiment import IndicatorDifference, Runs, default_threads, difference, run, simulate
from longwall.simulation.human_error import dependent_probability, error_faults, error_probability
from longwall.simulation.indicators import Indicated, known_indicators
from longwall.simulation.indices import ElementaryEffects, SobolIndices, elementary_effects, sobol_indices
from longwall.simulation.influences import (
    Influence,
    OutcomeInfluence,
    OutcomeShares,
    Screening,
    Sensitivity,
    VarianceShare,
)
from longwall.simulation.kn import Kept, kim_nelson
from longwall.simulation.load import cautions, expected_loads, items_per_week, outcome_shares, warm_up_weeks
from longwall.simulation.many import run_many
from longwall.simulation.named import series_of
from longwall.simulation.ocba import budget_allocation
from longwall.simulation.precision import (
    Attained,
    DifferenceUntil,
    Precision,
    RunUntil,
    difference_until,
    run_until,
)
from longwall.simulation.priors import PRIORS, Prior
from longwall.simulation.refinement import refine
from longwall.simulation.scenario import Course, Scenario, ScheduledChange
from longwall.simulation.scenariofile import ScenarioFile, is_scenario, read_scenario, read_scenarios, write_scenario
from longwall.simulation.selection import Selection, select_best, select_within_budget
from longwall.simulation.sensitivity import screen, sensitivity_of
from longwall.simulation.striking import Outage
from longwall.simulation.variation import Varied
from longwall.simulation.warming import is_warm, warm
from longwall.simulation.warmup import Truncation, WarmUp, truncation, warm_up

__all__ = [
    "PRIORS",
    "Attained",
    "BatchMeans",
    "Course",
    "DifferenceUntil",
    "ElementaryEffects",
    "Indicated",
    "IndicatorDifference",
    "Influence",
    "Kept",
    "OpenItem",
    "Outage",
    "OutcomeInfluence",
    "OutcomeShares",
    "Precision",
    "Prior",
    "RunUntil",
    "Runs",
    "Scenario",
    "ScenarioFile",
    "ScheduledChange",
    "Screening",
    "Selection",
    "Sensitivity",
    "SobolIndices",
    "Truncation",
    "VarianceShare",
    "Varied",
    "WarmUp",
    "batch_means",
    "budget_allocation",
    "cautions",
    "compile_system",
    "default_threads",
    "dependent_probability",
    "difference",
    "difference_until",
    "elementary_effects",
    "error_faults",
    "error_probability",
    "expected_loads",
    "is_scenario",
    "is_warm",
    "items_per_week",
    "kim_nelson",
    "known_indicators",
    "late_by_day",
    "outcome_shares",
    "read_scenario",
    "read_scenarios",
    "refine",
    "run",
    "run_many",
    "run_until",
    "screen",
    "select_best",
    "select_within_budget",
    "sensitivity_of",
    "series_of",
    "simulate",
    "simulate_log",
    "sobol_indices",
    "truncation",
    "warm",
    "warm_up",
    "warm_up_weeks",
    "write_scenario",
]
