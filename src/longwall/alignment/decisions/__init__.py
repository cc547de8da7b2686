"""What is there to decide, in plain words, and who decides?

The candidates as decisions in a file that people read, cut down, add to and fix. No search.
"""

from longwall.alignment.decisions.draft import draft_decisions
from longwall.alignment.decisions.file import decisions_text, read_decisions
from longwall.alignment.decisions.judgement import moved_nothing, not_followed
from longwall.alignment.decisions.merge import Joined, joined
from longwall.alignment.decisions.reach import check_moved, check_reach, reached, states
from longwall.alignment.decisions.stated import FAMILIES, DesignSpace, NotOffered, StatedChoice, StatedDecision

__all__ = [
    "FAMILIES",
    "DesignSpace",
    "Joined",
    "NotOffered",
    "StatedChoice",
    "StatedDecision",
    "check_moved",
    "check_reach",
    "decisions_text",
    "draft_decisions",
    "joined",
    "moved_nothing",
    "not_followed",
    "reached",
    "read_decisions",
    "states",
]
