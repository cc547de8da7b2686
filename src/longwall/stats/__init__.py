"""How sure is a number? Intervals for shares and means, the bootstrap over groups, many tests at once.

Arrays in, numbers out; no word of any domain, and no opinion on what is being compared.
"""

from longwall.stats.bootstrap import bootstrap_interval, ratio_interval
from longwall.stats.intervals import mean_interval, share_interval
from longwall.stats.multiplicity import benjamini_hochberg

__all__ = ["benjamini_hochberg", "bootstrap_interval", "mean_interval", "ratio_interval", "share_interval"]
