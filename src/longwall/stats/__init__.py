"""How sure is a number? Shares, means, ends not followed, ratios in strata, the bootstrap, series, ranks, many tests.

Arrays in, numbers out; no word of any domain, and no opinion on what is being compared.
"""

from longwall.stats.bootstrap import bootstrap_interval, ratio_interval
from longwall.stats.competing import Incidence, cumulative_incidence
from longwall.stats.intervals import mean_interval, share_interval
from longwall.stats.multiplicity import benjamini_hochberg, holm
from longwall.stats.ranks import average_ranks, rank_correlation
from longwall.stats.serial import around_average, newey_west
from longwall.stats.stratified import stratified_ratio

__all__ = [
    "Incidence",
    "around_average",
    "average_ranks",
    "benjamini_hochberg",
    "bootstrap_interval",
    "cumulative_incidence",
    "holm",
    "mean_interval",
    "newey_west",
    "rank_correlation",
    "ratio_interval",
    "share_interval",
    "stratified_ratio",
]
