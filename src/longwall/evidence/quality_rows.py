"""Quality of rows: what is missing, doubled, spelled in several ways, begun and not completed, or out of order."""

from __future__ import annotations

from typing import Any

from longwall.evidence.finding import examples_of, finding
from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import QualityFinding
from longwall.evidence.relations import relation
from longwall.evidence.sizes import Counts
from longwall.evidence.store import Store

__all__ = ["of_rows"]


def of_rows(store: Store, counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Return the findings on single rows.

    Parameters
    ----------
    store : Store
    counts : Counts
    mapping : Mapping
    """
    found = [*_missing(store, counts, mapping), *_duplicates(store, counts), *_spellings(store, counts)]
    found += _tallied(store, counts)
    if mapping.shape != "snapshot":
        found += _out_of_order(store, counts)
    return found


def _missing(store: Store, counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Events without a resource or a team, where a column was mapped."""
    events, found = relation("events"), []
    present = {"resource": (mapping.resource, counts.with_resource), "team": (mapping.team, counts.with_team)}
    for name, (column, named) in present.items():
        if column and named < counts.events:
            rows = examples_of(store, events.filter(events[name] < 0))
            found += finding(f"missing_{name}", counts.events - named, counts.events, rows)
    return found


def _duplicates(store: Store, counts: Counts) -> list[QualityFinding]:
    """Events that repeat another one in everything."""
    events = relation("events")
    same = ["case_code", "activity", "resource", "team", "start_us", "end_us"]
    groups = events.group_by(same).aggregate(n=events.count(), place=events.place.max())
    groups = groups.filter(groups.n > 1)
    ((copies,),) = store.ask(groups.aggregate(copies=(groups.n - 1).sum()))
    rows = examples_of(store, events.semi_join(groups, "place")) if copies else ()
    return finding("duplicates", int(copies or 0), counts.events, rows)


def _spellings(store: Store, counts: Counts) -> list[QualityFinding]:
    """Events whose step or team differs from a more frequent one by case, blanks and marks only."""
    events = relation("events")
    rare: dict[str, list[int]] = {}
    for column, table in (("activity", "activities"), ("team", "teams")):
        times = dict(store.ask(events.group_by(column).aggregate(n=events.count())))
        words: dict[str, list[int]] = {}
        for code, label in store.ask(relation(table).select("code", "label").order_by("code")):
            plain = "".join(letter for letter in str(label).casefold() if letter.isalnum())
            words.setdefault(plain or str(label), []).append(int(code))
        for codes in words.values():
            usual = max(codes, key=lambda code: (times.get(code, 0), -code))
            rare.setdefault(column, []).extend(code for code in codes if code != usual)
    tests = [events[column].isin(codes) for column, codes in rare.items() if codes]
    if not tests:
        return []
    odd = events.filter(tests[0] if len(tests) == 1 else tests[0] | tests[1])
    return finding("label_spellings", _count(store, odd), counts.events, examples_of(store, odd))


def _tallied(store: Store, counts: Counts) -> list[QualityFinding]:
    """What only the rows of the files showed while they were read."""
    tallies, sources = relation("tallies"), relation("sources")
    ((rows,),) = store.ask(sources.aggregate(rows=sources.rows.sum()))
    totals = {"name_spellings": counts.with_resource, "unfinished": counts.events, "unpaired": counts.events,
              "suspended": counts.events, "future": counts.events, "left_out": int(rows),
              "offset_changes": int(rows)}  # fmt: skip
    seen: dict[str, tuple[int, list[str]]] = {}
    asked = tallies.order_by("source", "name").select("source", "name", "count", "examples")
    several = len(store.ask(sources.select("number"))) > 1
    for source, name, count, examples in store.ask(asked):
        known, places = seen.setdefault(str(name), (0, []))
        listed = [f"{int(source) + 1}:{row}" if several else row for row in str(examples).split()]
        seen[str(name)] = (known + int(count), places + listed)
    return [
        one
        for name, total in totals.items()
        if name in seen
        for one in finding(name, seen[name][0], total + (seen[name][0] if name == "unfinished" else 0),
                           tuple(seen[name][1]))
    ]  # fmt: skip


def _out_of_order(store: Store, counts: Counts) -> list[QualityFinding]:
    """Events that stand later in their file than in time."""
    import ibis

    events = relation("events")
    before = events.row.lag().over(group_by=["case_code", "source"], order_by="place")
    back = events.mutate(back=ibis.coalesce(events.row < before, False)).filter(lambda table: table.back)
    count = _count(store, back)
    return finding("out_of_order", count, counts.events, examples_of(store, back) if count else ())


def _count(store: Store, events: Any) -> int:
    """Number of rows of a question."""
    return int(store.ask(events.aggregate(n=events.count()))[0][0])
