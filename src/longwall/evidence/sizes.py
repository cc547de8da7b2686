"""The sizes of an evidence store."""

from __future__ import annotations

from dataclasses import dataclass

from longwall.evidence.relations import relation
from longwall.evidence.store import Store

__all__ = ["Counts", "counts_of"]


@dataclass(frozen=True)
class Counts:
    """The sizes of an evidence store."""

    events: int
    cases: int
    activities: int
    teams: int
    resources: int
    first_us: int
    last_us: int
    with_resource: int
    with_team: int
    with_length: int


def counts_of(store: Store) -> Counts:
    """Return the sizes of a store."""
    events = relation("events")
    asked = events.aggregate(
        first_us=events.start_us.min(),
        last_us=events.end_us.max(),
        with_resource=(events.resource >= 0).sum(),
        with_team=(events.team >= 0).sum(),
        with_length=(events.end_us > events.start_us).sum(),
    )
    sizes = [store.ask(relation(table).aggregate(n=relation(table).count()))[0][0]
             for table in ("events", "cases", "activities", "teams", "resources")]  # fmt: skip
    return Counts(*(int(value or 0) for value in (*sizes, *store.ask(asked)[0])))
