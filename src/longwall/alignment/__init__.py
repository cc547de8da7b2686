"""What would be better for both sides together, and what does looking at one side alone lose?

From findings to candidate interventions, from candidates to designs that lower technical loss, social loss and cost
together, with fresh figures and a verdict on how sure they are. No order of change, no measurement of what came of it.
"""

from longwall.alignment.budget import Budget, budget_for
from longwall.alignment.costs import CostTable, load_costs
from longwall.alignment.interventions import propose, unanswered
from longwall.alignment.objectives import Objectives, load_objectives
from longwall.alignment.results import (
    Alignment,
    Change,
    Effect,
    Merged,
    Optima,
    Point,
    Price,
    Range,
    Rejected,
    Spent,
    Verdict,
)
from longwall.alignment.search import search
from longwall.alignment.trials import Key, Sample, Simulator

__all__ = [
    "Alignment",
    "Budget",
    "Change",
    "CostTable",
    "Effect",
    "Key",
    "Merged",
    "Objectives",
    "Optima",
    "Point",
    "Price",
    "Range",
    "Rejected",
    "Sample",
    "Simulator",
    "Spent",
    "Verdict",
    "budget_for",
    "load_costs",
    "load_objectives",
    "propose",
    "search",
    "unanswered",
]
