"""In which order is a design carried out, at what cost, by whom, and how is each step held to account?

Increments that are piloted, observed and expanded, with start weeks under precedence, money, people's load of change
and freezes. It measures nothing and designs nothing.
"""

from longwall.implementation.along import Along, Look, along_order
from longwall.implementation.boards import BoardWeek, board, board_csv, load_by_week, most_in_progress, practice_by_week
from longwall.implementation.calendars import plan_ics
from longwall.implementation.drafting import draft_terms
from longwall.implementation.drilled import Programme, programme_of
from longwall.implementation.plans import (
    Bottleneck,
    Expectation,
    Freeze,
    Increment,
    Phase,
    Plan,
    Precedence,
    Release,
)
from longwall.implementation.precedence import precedences
from longwall.implementation.sequence import plan_by, sequence
from longwall.implementation.tables import Bar, bars, plan_csv
from longwall.implementation.terms import Before, PlanTerms, read_terms
from longwall.implementation.waiting import MOST_WITH_BOTTLENECK

__all__ = [
    "MOST_WITH_BOTTLENECK",
    "Along",
    "Bar",
    "Before",
    "BoardWeek",
    "Bottleneck",
    "Expectation",
    "Freeze",
    "Increment",
    "Look",
    "Phase",
    "Plan",
    "PlanTerms",
    "Precedence",
    "Programme",
    "Release",
    "along_order",
    "bars",
    "board",
    "board_csv",
    "draft_terms",
    "load_by_week",
    "most_in_progress",
    "plan_by",
    "plan_csv",
    "plan_ics",
    "practice_by_week",
    "precedences",
    "programme_of",
    "read_terms",
    "sequence",
]
