"""A finding on the quality of the data: how often, where, what it harms, what to do; never a value of a person."""

from __future__ import annotations

from typing import Any

from longwall.evidence.observed import QualityFinding
from longwall.evidence.store import Store
from longwall.evidence.tables import quality_texts
from longwall.units import share_text

__all__ = ["EXAMPLES", "examples_of", "finding"]

EXAMPLES = 5
"""Rows that are named as examples, at most."""


def finding(key: str, count: int, total: int, rows: tuple[str, ...] = ()) -> list[QualityFinding]:
    """Return one finding, or none where there is nothing to say.

    Parameters
    ----------
    key : str
        A key of ``data/quality.csv``.
    count, total : int
        How many, of how many.
    rows : tuple of str
        Example rows, as `examples_of` gives them.
    """
    if not count:
        return []
    told = quality_texts()[key]
    share = count / total if total else 0.0
    said = told["text"].format(n=f"{count:,}", of=f"{total:,}", share=share_text(share))
    serious = bool(told["serious_from"]) and share > float(told["serious_from"])
    return [QualityFinding(key, said, int(count), share, serious, told["harms"], told["do"], rows[:EXAMPLES])]


def examples_of(store: Store, events: Any) -> tuple[str, ...]:
    """Return the rows of the first few events of a question, as ``row`` or ``file:row`` where there are several files.

    Parameters
    ----------
    store : Store
    events : ibis.expr.types.Table
        With the columns ``place``, ``source`` and ``row`` of ``events``.
    """
    found = store.ask(events.select("place", "source", "row").order_by("place").limit(EXAMPLES))
    (files,) = store.row("SELECT count(*) FROM sources")
    return tuple(f"{row}" if files == 1 else f"{source + 1}:{row}" for _, source, row in found)
