"""What could be given to machines, and what would that do to both sides?

Functions that look like routine, found in evidence; each level of each simulated in routine and with the machine out
for a day, in two columns; the seven things that must be there before a machine acts alone; the alternative that keeps
and strengthens the people; choices for `decisions.yaml`. It recommends nothing and gives no post up.
"""

from longwall.alignment.automation.candidates import candidates
from longwall.alignment.automation.drafting import automation_drafts, not_yet
from longwall.alignment.automation.gate import ACTS_ALONE, SAFEGUARDS, gate_of, safeguards_first
from longwall.alignment.automation.likeness import likeness_in_log, likeness_in_routes, likeness_of_labels
from longwall.alignment.automation.opportunities import AUGMENTS, opportunities
from longwall.alignment.automation.results import (
    Candidate,
    Gate,
    Indication,
    Likeness,
    Opportunities,
    Opportunity,
)

__all__ = [
    "ACTS_ALONE",
    "AUGMENTS",
    "SAFEGUARDS",
    "Candidate",
    "Gate",
    "Indication",
    "Likeness",
    "Opportunities",
    "Opportunity",
    "automation_drafts",
    "candidates",
    "gate_of",
    "likeness_in_log",
    "likeness_in_routes",
    "likeness_of_labels",
    "not_yet",
    "opportunities",
    "safeguards_first",
]
