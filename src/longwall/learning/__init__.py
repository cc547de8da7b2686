"""Did it do what was forecast, and which assumption broke?

Forecasts and plans are kept as promises with their dates; what happened is held against them, and each miss says
whether a practice is to be adjusted or an assumption to be questioned. No redesign, and nothing about persons.
"""

from longwall.learning.lessons import Observation, compare, hit
from longwall.learning.promises import Promise, Record, due, record, recorded, records

__all__ = ["Observation", "Promise", "Record", "compare", "due", "hit", "record", "recorded", "records"]
