"""What would a design be worth by closed forms and flows alone?

Approximations to start a search from, not forecasts: what a design is worth, the simulation says.
"""

from longwall.alignment.approximation.composed import Composed
from longwall.alignment.approximation.measures import INDICATORS
from longwall.alignment.approximation.picture import Picture, picture_of
from longwall.alignment.approximation.queues import delayed_share, erlang_a, wait_h
from longwall.alignment.approximation.warming import warm

__all__ = [
    "INDICATORS",
    "Composed",
    "Picture",
    "delayed_share",
    "erlang_a",
    "picture_of",
    "wait_h",
    "warm",
]
