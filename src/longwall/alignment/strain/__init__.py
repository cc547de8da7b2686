"""What becomes of a design when things go wrong, or grow?

The chosen designs under shocks, and at twice, five and ten times the volume.
"""

from longwall.alignment.strain.growth import Growth, GrowthCase, breaks_at, grown, growth
from longwall.alignment.strain.shocks import ShockCell, Shocks, shocks_of, under_shocks

__all__ = [
    "Growth",
    "GrowthCase",
    "ShockCell",
    "Shocks",
    "breaks_at",
    "grown",
    "growth",
    "shocks_of",
    "under_shocks",
]
