"""The reading side: questions to a store as Ibis expressions, said once for every engine.

A question is built on tables without an engine and compiled when it is asked (`Store.ask`). Ibis takes a moment to
load, so only what asks questions loads it: an ingest, never a command that only shows or computes. What about half of
the engines cannot say (median, quantile) is asked as counts per hour or day and finished in NumPy; what has an order
says it.
"""

from __future__ import annotations

import functools
from typing import Any

from longwall.evidence.schema import TABLES

__all__ = ["relation"]


@functools.cache
def relation(table: str) -> Any:
    """Return a table of the evidence store as an Ibis expression, bound to no engine.

    Parameters
    ----------
    table : str
        A key of `longwall.evidence.schema.TABLES`.
    """
    import ibis

    return ibis.table(dict(TABLES[table]), name=table)
