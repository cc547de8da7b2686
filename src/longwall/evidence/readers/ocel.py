"""OCEL 2 (JSON, XML, SQLite), parsed by r4pm and seen from one type of object."""

from __future__ import annotations

import shutil

from longwall.errors import EvidenceError, Fault, suggestion
from longwall.evidence.probe import Probe
from longwall.evidence.readers.parquet import neutral
from longwall.evidence.readers.xes import guarded
from longwall.evidence.source import Source
from longwall.evidence.store import Store, literal

__all__ = ["load"]

_ENDINGS = {"ocel-json": ".json", "ocel-xml": ".xml", "ocel-sqlite": ".sqlite"}


def load(probe: Probe, store: Store, *, object_type: str | None) -> Source:
    """Load an OCEL 2 file, see `longwall.evidence.readers.load`.

    Events that touch several objects of the chosen type are repeated, one for each; the caution says how many.
    """
    import r4pm

    path = store.path.parent / f"source{_ENDINGS[probe.kind]}"
    shutil.copyfile(probe.path, path)
    frames = guarded(probe, r4pm.df.import_ocel, str(path))
    events, relations, objects = frames["events"], frames["relations"], frames["objects"]
    if events.height == 0 or relations.height == 0:
        raise EvidenceError(
            Fault("LW-EV-011", str(probe.path), "events that touch objects", "none", "widen the period of the export")
        )
    store.load_frame("events", events.select(sorted(events.columns)))
    store.load_frame("relations", relations.select(sorted(relations.columns)))
    store.load_frame("objects", objects.select(sorted(objects.columns)))
    ranked = store.rows(
        'SELECT "ocel:type", count(*) AS n, count(DISTINCT "ocel:oid") AS o FROM relations GROUP BY 1 '
        "ORDER BY (n > o) DESC, n * 1.0 / o DESC, 1"
    )
    types = tuple(str(name) for name, *_ in ranked)
    chosen = object_type or types[0]
    if chosen not in types:
        close = suggestion(chosen, types)
        raise EvidenceError(
            Fault("LW-EV-031", "study.yaml: mapping.object_type", f"one of {', '.join(types)}", f"'{chosen}'",
                  f"use '{close}'" if close else "name one of these types")
        )  # fmt: skip
    extra = ", ".join(
        '"' + name.replace('"', '""') + '"' for name in sorted(events.columns) if not name.startswith("ocel:")
    )
    store.run(
        'CREATE TABLE flat AS SELECT r."ocel:oid" AS "case:concept:name", e."ocel:activity" AS "concept:name", '
        f'e."ocel:timestamp" AS "time:timestamp"{", " + extra if extra else ""} '
        f'FROM (SELECT DISTINCT "ocel:eid", "ocel:oid" FROM relations WHERE "ocel:type" = {literal(chosen)}) r '
        'JOIN events e USING ("ocel:eid") ORDER BY e."ocel:timestamp", "ocel:eid", r."ocel:oid"'
    )
    source = neutral(probe, store, "flat", utc=True)
    repeated = (
        source.rows
        - store.row(f'SELECT count(DISTINCT "ocel:eid") FROM relations WHERE "ocel:type" = {literal(chosen)}')[0]
    )
    for table in ("events", "relations", "objects", "flat"):
        store.run(f"DROP TABLE {table}")
    cautions = [
        *source.cautions,
        f"The log is seen from objects of type {chosen}; other types: {', '.join(types[1:]) or 'none'}.",
    ]
    if repeated:
        cautions.append(f"{repeated} events touch several objects of that type and stand once for each (divergence).")
    return Source(
        probe, store, source.columns, source.rows, cautions=tuple(cautions), object_types=types, object_type=chosen
    )
