"""Quality of items and performers: cut off by the edge of the record, ids of several numbers, speed of machines."""

from __future__ import annotations

from typing import Any

import numpy as np

from longwall.evidence.finding import examples_of, finding
from longwall.evidence.observed import QualityFinding
from longwall.evidence.relations import relation
from longwall.evidence.sizes import Counts
from longwall.evidence.store import Store

__all__ = ["MACHINE_EVENTS_PER_HOUR", "of_items"]

MACHINE_EVENTS_PER_HOUR = 1000
USUAL_END = 0.02
"""A step at which at least this share of the items ends is a usual end."""
_SECOND_US = 1_000_000
_HOUR_US = 3600 * _SECOND_US
_DAY_US = 24 * _HOUR_US


def of_items(store: Store, counts: Counts) -> list[QualityFinding]:
    """Return the findings on items and on performers as a whole.

    Parameters
    ----------
    store : Store
    counts : Counts
    """
    return [*_edges(store, counts), *_ids(store, counts), *_fast(store, counts), *_regular(store, counts)]


def _last_events() -> Any:
    """The last event of each item."""
    events = relation("events")
    return events.semi_join(events.group_by("case_code").aggregate(place=events.place.max()), "place")


def _edges(store: Store, counts: Counts) -> list[QualityFinding]:
    """Items that may have been cut by the edge of the record: still moving shortly before it ends."""
    last = _last_events()
    ends = store.ask(last.group_by("activity").aggregate(n=last.count()))
    usual = [int(code) for code, n in ends if n >= USUAL_END * counts.cases]
    found = []
    cut = last.filter(last.end_us > counts.last_us - _usual_gap_us(store))
    cut = cut.filter(~cut.activity.isin(usual)) if usual else cut
    near = last.filter(last.end_us > counts.last_us - 7 * _DAY_US)
    for key, items in (("cut_off", cut), ("near_edge", near)):
        ((count,),) = store.ask(items.aggregate(n=items.count()))
        found += finding(key, int(count), counts.cases, examples_of(store, items) if count else ())
    return found


def _usual_gap_us(store: Store) -> int:
    """The time that nine in ten steps follow within, to the hour above."""
    events = relation("events")
    gap = events.end_us - events.end_us.lag().over(group_by="case_code", order_by="place")
    hours = events.select(hour=gap // _HOUR_US)
    hours = hours.filter(hours.hour.notnull())
    rows = np.array(store.ask(hours.group_by("hour").aggregate(n=hours.count()).order_by("hour")), dtype=np.int64)
    if not rows.size:
        return 0
    place = int(np.searchsorted(np.cumsum(rows[:, 1]), 0.9 * rows[:, 1].sum()))
    return int(rows[place, 0] + 1) * _HOUR_US


def _ids(store: Store, counts: Counts) -> list[QualityFinding]:
    """Ids of items that hold several numbers."""
    cases, events = relation("cases"), relation("events")
    several = cases.filter(cases.label.re_search(r"\d[^\d]+\d"))
    ((count,),) = store.ask(several.aggregate(n=several.count()))
    first = events.group_by("case_code").aggregate(place=events.place.min()).semi_join(several, "case_code")
    rows = examples_of(store, events.semi_join(first, "place")) if count else ()
    return finding("ids_with_several_numbers", int(count), counts.cases, rows)


def _fast(store: Store, counts: Counts) -> list[QualityFinding]:
    """Performers that do a thousand things within one hour, as machines and shared accounts do."""
    if counts.with_resource < MACHINE_EVENTS_PER_HOUR:
        return []
    events = relation("events")
    named = events.filter(events.resource >= 0)
    named = named.mutate(hour=named.end_us // _HOUR_US)
    hours = named.group_by(["resource", "hour"]).aggregate(n=named.count(), place=named.place.min())
    hours = hours.filter(hours.n >= MACHINE_EVENTS_PER_HOUR)
    ((count,),) = store.ask(hours.aggregate(n=hours.resource.nunique()))
    rows = examples_of(store, events.semi_join(hours, "place")) if count else ()
    return finding("machine_speed", int(count), counts.resources, rows)


def _regular(store: Store, counts: Counts) -> list[QualityFinding]:
    """Steps that mostly happen at one second of the day, apart from midnight."""
    events = relation("events")
    timed = events.filter(events.end_us % _DAY_US != 0)
    timed = timed.mutate(second=timed.end_us % _DAY_US // _SECOND_US)
    times = timed.group_by(["activity", "second"]).aggregate(k=timed.count())
    steps = times.group_by("activity").aggregate(top=times.k.max(), n=times.k.sum())
    steps = steps.filter((steps.n >= 50) & (steps.top >= 0.5 * steps.n))
    found = store.ask(steps.select("activity", "n").order_by("activity"))
    rows = examples_of(store, timed.filter(timed.activity.isin([int(code) for code, _ in found]))) if found else ()
    return finding("machine_times", sum(int(n) for _, n in found), counts.events, rows)
