"""How well do people and technology fit each other, on which sides, and is it changing?

A profile in four groups, with support congruence and psychological alignment, each entry with its number or with the
question to ask. It is never added up to one number, says nothing of persons, and names no cause.
"""

from longwall.alignment.fit.change import changes_between
from longwall.alignment.fit.profile import fit_of
from longwall.alignment.fit.result import GROUPS, FitChange, FitEntry, FitGroup, FitProfile, Shift
from longwall.alignment.fit.stated import from_assessment, support_entry

__all__ = [
    "GROUPS",
    "FitChange",
    "FitEntry",
    "FitGroup",
    "FitProfile",
    "Shift",
    "changes_between",
    "fit_of",
    "from_assessment",
    "support_entry",
]
