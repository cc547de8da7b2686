"""Does it hold in every system that the same knowledge allows?

Draws over what is assumed and what a log leaves open; designs and single changes held against them.
"""

from longwall.alignment.uncertainty.draws import assumed_paths, drawn
from longwall.alignment.uncertainty.knowledge import SHARES_OF_SET, at_share, redrawn, unidentified
from longwall.alignment.uncertainty.possible import possible_systems
from longwall.alignment.uncertainty.robustness import Subject, verdicts, watched
from longwall.alignment.uncertainty.what_if import WhatIf, levels_of, what_if

__all__ = [
    "SHARES_OF_SET",
    "Subject",
    "WhatIf",
    "assumed_paths",
    "at_share",
    "drawn",
    "levels_of",
    "possible_systems",
    "redrawn",
    "unidentified",
    "verdicts",
    "watched",
    "what_if",
]
