"""In which order is a design carried out, at what cost, by whom, and how is each step held to account?

Increments that are piloted, observed and expanded, with start weeks under precedence, money, people's load of change
and freezes. It measures nothing and designs nothing.
"""

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

__all__ = [
    "Bar",
    "Before",
    "Bottleneck",
    "Expectation",
    "Freeze",
    "Increment",
    "Phase",
    "Plan",
    "PlanTerms",
    "Precedence",
    "Release",
    "bars",
    "plan_by",
    "plan_csv",
    "precedences",
    "read_terms",
    "sequence",
]
