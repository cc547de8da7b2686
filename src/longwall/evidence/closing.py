"""The states after which an item is finished: named so, and seen to be so."""

from __future__ import annotations

from longwall.evidence.mapping import Mapping
from longwall.evidence.store import Store, literal
from longwall.evidence.tables import closing_rules

__all__ = ["closing_states"]

LEAST_SHARE = 0.5


def closing_states(staging: Store, mapping: Mapping) -> tuple[str, ...]:
    """Return the states of a ticket log after which an item is finished, in order of first appearance.

    A state counts where its name says so (``data/terminal.csv``) and at least half of its visits are the last of their
    item or are followed by another such state, so that ``Resolved`` counts beside ``Closed``, and a ``Done`` that items
    merely pass does not. What leaves such a state is a reopening.

    Parameters
    ----------
    staging : Store
        With table ``ev``.
    mapping : Mapping
        Only states of tickets are judged: shapes ``history`` and ``updates``, and entries of a known tool.

    Returns
    -------
    tuple of str
        Empty where the mapping tells its own, or the log has no states.
    """
    if mapping.terminal or not (mapping.shape in ("history", "updates") or mapping.vocabulary):
        return ()
    labels = [str(label) for (label,) in staging.rows("SELECT activity FROM ev GROUP BY 1 ORDER BY min(end_us), 1")]
    named = [label for label in labels if any(pattern.search(label) for pattern, _ in closing_rules())]
    if not named:
        return ()
    listed = ", ".join(literal(label) for label in named)
    shares = dict(staging.rows(
        "SELECT activity, avg((following IS NULL)::INTEGER) FROM (SELECT activity, lead(CASE WHEN activity NOT IN "
        f"({listed}) THEN 1 END) OVER (PARTITION BY case_label ORDER BY end_us, start_us, row, place) AS following "
        f"FROM ev) WHERE activity IN ({listed}) GROUP BY activity"
    ))  # fmt: skip
    return tuple(label for label in named if shares[label] >= LEAST_SHARE)
