"""How sure is a number? Intervals for shares, means and ends not followed, the bootstrap over groups, many tests.

Arrays in, numbers out; no word of any domain, and no opinion on what is being compared.
"""

from longwall.stats.bootstrap import bootstrap_interval, ratio_interval
from longwall.stats.competing import Incidence, cumulative_incidence
from longwall.stats.intervals import mean_interval, share_interval
from longwall.stats.multiplicity import benjamini_hochberg

__all__ = [
    "Incidence",
    "benjamini_hochberg",
    "bootstrap_interval",
    "cumulative_incidence",
    "mean_interval",
    "ratio_interval",
    "share_interval",
]
