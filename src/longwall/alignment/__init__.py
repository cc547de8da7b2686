"""What would be better for both sides together, and what does looking at one side alone lose?

From findings to candidate interventions, from candidates to designs that lower technical loss, social loss and cost
together, with fresh figures and a verdict on how sure they are. No order of change, no measurement of what came of it.
"""

from longwall.alignment.budget import Budget, budget_for
from longwall.alignment.chances import Chance, Held
from longwall.alignment.costs import CostTable, load_costs
from longwall.alignment.decision_states import DecisionState, Judgement
from longwall.alignment.decisions.draft import draft_decisions
from longwall.alignment.decisions.file import decisions_text, read_decisions
from longwall.alignment.decisions.judgement import moved_nothing
from longwall.alignment.decisions.merge import Joined, joined
from longwall.alignment.decisions.reach import check_moved, check_reach
from longwall.alignment.decisions.stated import FAMILIES, DesignSpace, NotOffered, StatedChoice, StatedDecision
from longwall.alignment.judging.weightings import WEIGHTINGS
from longwall.alignment.kept import TrialStore
from longwall.alignment.levers.interventions import propose, unanswered
from longwall.alignment.objectives import Objectives, load_objectives
from longwall.alignment.objectives_file import ObjectivesFile, read_objectives
from longwall.alignment.results import (
    Alignment,
    Change,
    Effect,
    Letters,
    Merged,
    Optima,
    Point,
    Price,
    Range,
    Rejected,
    Spent,
    Verdict,
    Weighed,
)
from longwall.alignment.search import search
from longwall.alignment.strain.growth import Growth, growth
from longwall.alignment.strain.shocks import Shocks, under_shocks
from longwall.alignment.trials import Key, Sample, Simulator
from longwall.alignment.uncertainty.knowledge import SHARES_OF_SET, at_share, unidentified
from longwall.alignment.uncertainty.possible import possible_systems
from longwall.alignment.uncertainty.what_if import WhatIf, levels_of, what_if

__all__ = [
    "FAMILIES",
    "SHARES_OF_SET",
    "WEIGHTINGS",
    "Alignment",
    "Budget",
    "Chance",
    "Change",
    "CostTable",
    "DecisionState",
    "DesignSpace",
    "Effect",
    "Growth",
    "Held",
    "Joined",
    "Judgement",
    "Key",
    "Letters",
    "Merged",
    "NotOffered",
    "Objectives",
    "ObjectivesFile",
    "Optima",
    "Point",
    "Price",
    "Range",
    "Rejected",
    "Sample",
    "Shocks",
    "Simulator",
    "Spent",
    "StatedChoice",
    "StatedDecision",
    "TrialStore",
    "Verdict",
    "Weighed",
    "WhatIf",
    "at_share",
    "budget_for",
    "check_moved",
    "check_reach",
    "decisions_text",
    "draft_decisions",
    "growth",
    "joined",
    "levels_of",
    "load_costs",
    "load_objectives",
    "moved_nothing",
    "possible_systems",
    "propose",
    "read_decisions",
    "read_objectives",
    "search",
    "unanswered",
    "under_shocks",
    "unidentified",
    "what_if",
]
