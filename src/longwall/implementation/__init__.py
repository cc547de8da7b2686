"""In which order is a design carried out, at what cost, by whom, and how is each step held to account?

Increments that are piloted, observed and expanded, with start weeks under precedence, money, people's load of change
and freezes. It measures nothing and designs nothing.
"""

from longwall.implementation.plans import Expectation, Freeze, Increment, Phase, Plan, Precedence, Release
from longwall.implementation.precedence import precedences
from longwall.implementation.sequence import sequence
from longwall.implementation.tables import Bar, bars, plan_csv

__all__ = [
    "Bar",
    "Expectation",
    "Freeze",
    "Increment",
    "Phase",
    "Plan",
    "Precedence",
    "Release",
    "bars",
    "plan_csv",
    "precedences",
    "sequence",
]
