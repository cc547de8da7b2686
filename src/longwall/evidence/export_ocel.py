"""Write a log as OCEL 2.0: its items and the objects beside them, with all links; no person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from longwall.evidence.objects import Links, is_person

__all__ = ["write_ocel"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Plain = dict[str, Any]


def write_ocel(frame: pl.DataFrame, path: Path, links: Links | None, *, xml: bool) -> None:
    """Write a frame of events, and the objects beside its items, as OCEL 2.0.

    Parameters
    ----------
    frame : polars.DataFrame
        As `longwall.evidence.as_frame` gives it. Teams and starts become attributes of the events, resources are not
        written.
    path : pathlib.Path
    links : Links or None
        The objects beside the items; None writes the items alone.
    xml : bool
        XML instead of JSON.
    """
    plain = _plain(frame, links)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    if not xml:
        path.write_text(text, encoding="utf-8")
        return
    import r4pm

    between, out = path.with_name(path.name + ".json"), path.with_name(path.name + ".xml")
    try:
        between.write_text(text, encoding="utf-8")
        r4pm.df.export_ocel(r4pm.df.import_ocel(str(between)), str(out))
        out.replace(path)
    finally:
        between.unlink(missing_ok=True)
        out.unlink(missing_ok=True)


def _plain(frame: pl.DataFrame, links: Links | None) -> Plain:
    """The log as the plain data of the standard."""
    own = links.item_type if links else "item"
    attributes = frame.columns[6:]
    known: dict[tuple[str, str], Plain] = {}
    for row in frame.unique("case", keep="first", maintain_order=True).iter_rows(named=True):
        values = [{"name": name, "time": _iso(EPOCH), "value": _text(row[name])} for name in attributes
                  if row[name] is not None]  # fmt: skip
        known[row["case"], own] = {"id": row["case"], "type": own, "attributes": values, "relationships": []}
    events = []
    for number, row in enumerate(frame.iter_rows(named=True)):
        values = [{"name": name, "value": _text(row[name])} for name in ("team", "start") if row[name] is not None]
        events.append({
            "id": f"e{number}", "type": row["activity"], "time": _iso(row["end"]), "attributes": values,
            "relationships": [{"objectId": row["case"], "qualifier": "item"}],
        })  # fmt: skip
    if links:
        _add_objects(known, links)
        _add_touched(events, links)
    objects = list(known.values())
    event_attributes = [{"name": "team", "type": "string"}, {"name": "start", "type": "string"}]
    return {
        "objectTypes": [{"name": kind, "attributes": [{"name": name, "type": "string"} for name in attributes]
                         if kind == own else []} for kind in _once(item["type"] for item in objects)],
        "eventTypes": [{"name": kind, "attributes": event_attributes} for kind in _once(e["type"] for e in events)],
        "objects": objects,
        "events": events,
    }  # fmt: skip


def _add_objects(known: dict[tuple[str, str], Plain], links: Links) -> None:
    """Add the objects beside the items and all links between those that are written."""
    for name, kind in links.objects.iter_rows():
        if not is_person(kind):
            known.setdefault((name, kind), {"id": name, "type": kind, "attributes": [], "relationships": []})
    for source, source_type, target, target_type, qualifier in links.links.iter_rows():
        if (source, source_type) in known and (target, target_type) in known:
            known[source, source_type]["relationships"].append({"objectId": target, "qualifier": qualifier})


def _add_touched(events: list[Plain], links: Links) -> None:
    """Add the other objects that events touch; an event is known by its step and time."""
    touched: dict[tuple[str, str], list[Plain]] = {}
    for _, activity, time_us, name, kind, qualifier in links.events.iter_rows():
        if not is_person(kind):
            at = _iso(EPOCH + timedelta(microseconds=time_us))
            touched.setdefault((activity, at), []).append({"objectId": name, "qualifier": qualifier or ""})
    for event in events:
        event["relationships"] += touched.get((event["type"], event["time"]), [])


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(value: Any) -> str:
    return _iso(value) if isinstance(value, datetime) else str(value)
