"""How good is a search? Problems whose front is known exactly.

For benchmarks and tests; they wear the dress of a work system.
"""

from longwall.alignment.known.problems import MistakenStations, front_of_sums, six_stations, three_stations
from longwall.alignment.known.stations import Stations, delayed_share

__all__ = [
    "MistakenStations",
    "Stations",
    "delayed_share",
    "front_of_sums",
    "six_stations",
    "three_stations",
]
