"""What would a design be worth by closed forms alone?

Approximations to start a search from, not forecasts: what a design is worth, the simulation says.
"""

from longwall.alignment.approximation.queues import delayed_share, erlang_a, wait_h

__all__ = [
    "delayed_share",
    "erlang_a",
    "wait_h",
]
