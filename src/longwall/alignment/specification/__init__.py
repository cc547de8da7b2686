"""What must be fixed in a design, and what can be left to those who do the work?

The least set of decisions found that keeps whatever is chosen for the rest near the front, tested with completions
simulated for that; the rest is the team's own. No design is chosen here, and no order of change.
"""

from longwall.alignment.specification.eliminate import settle
from longwall.alignment.specification.problem import Effort, Problem
from longwall.alignment.specification.results import Choice, SettledByPeople, Specification, Specified
from longwall.alignment.specification.settled import Settled, Step
from longwall.alignment.specification.specify import effort_for, specify

__all__ = [
    "Choice",
    "Effort",
    "Problem",
    "Settled",
    "SettledByPeople",
    "Specification",
    "Specified",
    "Step",
    "effort_for",
    "settle",
    "specify",
]
