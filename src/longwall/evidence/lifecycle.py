"""Join the steps of a piece of work: start and complete to one event, what stood still in between taken out.

A completion takes the latest start of the same piece of work since the completion before it; a work-item id tells
overlapping pieces apart. Between ``suspend`` and ``resume`` (or the completion) nobody works: the start of the event is
moved later by that time, so that its length is the time worked and the moment of completion stays. Work that is resumed
and has no start begins with the first resumption. ``schedule``, ``assign`` and the like are no work.
"""

from __future__ import annotations

from longwall.evidence.source import Source
from longwall.evidence.store import literal
from longwall.evidence.tables import transitions

__all__ = ["join_steps"]

_SAME = "PARTITION BY case_label, activity, instance"
_ORDER = "ORDER BY at_us, (means = 'complete'), row"
_BEFORE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"


def join_steps(source: Source, kept: str) -> tuple[int, int, int, int]:
    """Make table ``ev`` of table ``good`` in the staging store.

    Parameters
    ----------
    source : Source
    kept : str
        The columns of attributes, each after a comma.

    Returns
    -------
    tuple of int
        Starts without a completion, completions without a logged start, rows that are no work, and pieces of work that
        were suspended.
    """
    store = source.store
    meaning = " ".join(f"WHEN {literal(name)} THEN {literal(means)}" for name, means in transitions().items())
    store.run(
        f"CREATE OR REPLACE TABLE steps AS SELECT *, CASE lifecycle {meaning} ELSE 'other' END AS means, "
        "coalesce(end_us, start_us) AS at_us FROM good"
    )
    store.run(
        f"CREATE OR REPLACE TABLE paired AS SELECT *, coalesce(sum((means = 'complete')::INTEGER) OVER ({_SAME} "
        f"{_ORDER} {_BEFORE}), 0) AS piece FROM steps WHERE means <> 'other'"
    )
    piece = f"({_SAME}, piece {_ORDER} {_BEFORE})"
    begun = "last_value(CASE WHEN means = 'start' THEN {0} END IGNORE NULLS) OVER " + piece
    store.run(
        f"CREATE OR REPLACE TABLE pairs AS SELECT *, {begun.format('at_us')} AS begun_us, {begun.format('resource')} "
        "AS begun_by, 0::BIGINT AS still_us FROM paired"
    )
    if store.row("SELECT count(*) FROM steps WHERE means IN ('suspend', 'resume')")[0]:
        _stand_still(source, piece)
    store.run(
        "CREATE OR REPLACE TABLE ev AS SELECT row, 0 AS place, case_label, activity, coalesce(resource, begun_by) AS "
        f"resource, team, least(coalesce(begun_us, at_us) + still_us, at_us) AS start_us, at_us AS end_us{kept} "
        "FROM pairs WHERE means = 'complete'"
    )
    starts, joined, unpaired, other, suspended = store.row(
        "SELECT count(*) FILTER (WHERE means = 'start'), count(*) FILTER (WHERE means = 'complete' AND begun_us "
        "IS NOT NULL), "
        "count(*) FILTER (WHERE means = 'complete' AND begun_us IS NULL AND activity IN (SELECT activity FROM steps "
        "WHERE means = 'start')), (SELECT count(*) FROM steps WHERE means = 'other'), "
        "count(*) FILTER (WHERE means = 'complete' AND still_us > 0) FROM pairs"
    )
    for table in ("steps", "paired", "pairs"):
        store.run(f"DROP TABLE {table}")
    return max(0, int(starts - joined)), int(unpaired), int(other), int(suspended)


def _stand_still(source: Source, piece: str) -> None:
    """Find the time each piece of work stood still, and begin work without a start at its first resumption."""
    ahead = piece.replace(_BEFORE, "")
    source.store.run(
        "CREATE OR REPLACE TABLE pairs AS SELECT * EXCLUDE (still_us, stood_us, resumed_us) REPLACE (CASE WHEN means = "
        "'complete' THEN coalesce(begun_us, resumed_us) ELSE begun_us END AS begun_us), CASE WHEN means = 'complete' "
        f"THEN coalesce(sum(stood_us) OVER {piece}, 0)::BIGINT ELSE 0 END AS still_us FROM (SELECT *, "
        "CASE WHEN means = 'suspend' AND coalesce(begun_us, resumed_us) IS NOT NULL THEN lead(at_us) OVER "
        f"{ahead} - at_us END AS stood_us FROM (SELECT *, min(CASE WHEN means = 'resume' THEN at_us END) OVER {piece} "
        "AS resumed_us FROM pairs))"
    )
