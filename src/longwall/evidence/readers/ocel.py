"""OCEL 2 (JSON, XML, SQLite), parsed by r4pm and seen from one type of object."""

from __future__ import annotations

import polars as pl

from longwall.errors import EvidenceError, Fault, suggestion
from longwall.evidence.probe import Probe, blocks
from longwall.evidence.readers.parquet import neutral
from longwall.evidence.readers.xes import guarded
from longwall.evidence.source import Source
from longwall.evidence.store import Store, literal
from longwall.evidence.tables import CASE_PREFIX

__all__ = ["load"]

_ENDINGS = {"ocel-json": ".json", "ocel-xml": ".xml", "ocel-sqlite": ".sqlite"}


def load(probe: Probe, store: Store, *, object_type: str | None) -> Source:
    """Load an OCEL 2 file, see `longwall.evidence.readers.load`.

    Events that touch several objects of the chosen type are repeated, one for each; the caution says how many.
    """
    import r4pm

    path = store.path.parent / f"source{_ENDINGS[probe.kind]}"
    with path.open("wb") as out:
        for block in blocks(probe.path, probe.compressed):
            out.write(block)
    frames = guarded(probe, r4pm.df.import_ocel, str(path))
    events, relations, objects = frames["events"], frames["relations"], frames["objects"]
    if events.height == 0 or relations.height == 0:
        raise EvidenceError(
            Fault("LW-EV-011", str(probe.path), "events that touch objects", "none", "widen the period of the export")
        )
    store.load_frame("events", events.select(sorted(events.columns)))
    store.load_frame("relations", relations.select(sorted(relations.columns)))
    store.load_frame("ocel_objects", objects.select(sorted(objects.columns)))
    store.load_frame("ocel_links", frames["o2o"].cast(pl.String))
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
    extra = [f"e.{_quoted(name)}" for name in sorted(events.columns) if not name.startswith("ocel:")]
    extra += [f"a.{_quoted(name)} AS {_quoted(CASE_PREFIX + name)}"
              for name in sorted(objects.columns) if not name.startswith("ocel:")]  # fmt: skip
    store.run(
        'CREATE TABLE flat AS SELECT r."ocel:oid" AS "case:concept:name", e."ocel:activity" AS "concept:name", '
        f'e."ocel:timestamp" AS "time:timestamp"{"".join(", " + column for column in extra)} '
        f'FROM (SELECT DISTINCT "ocel:eid", "ocel:oid" FROM relations WHERE "ocel:type" = {literal(chosen)}) r '
        'JOIN events e USING ("ocel:eid") LEFT JOIN (SELECT * FROM ocel_objects WHERE "ocel:type" = '
        f'{literal(chosen)}) a ON a."ocel:oid" = r."ocel:oid" '
        'ORDER BY e."ocel:timestamp", e."ocel:eid", r."ocel:oid"'
    )
    source = neutral(probe, store, "flat", utc=True)
    repeated = (
        source.rows
        - store.row(f'SELECT count(DISTINCT "ocel:eid") FROM relations WHERE "ocel:type" = {literal(chosen)}')[0]
    )
    others = tuple(name for name in types if name != chosen)
    cautions = [
        *source.cautions,
        f"The log is seen from objects of type {chosen}; other types: {', '.join(others) or 'none'}.",
    ]
    if repeated:
        cautions.append(
            f"{repeated} events touch several objects of that type and stand once for each (convergence): counts of "
            "events and of work are too high by them."
        )
    cautions += _divergence(store, chosen)
    _keep_objects(store, chosen)
    for table in ("events", "relations", "ocel_objects", "ocel_links", "flat"):
        store.run(f"DROP TABLE {table}")
    return Source(
        probe, store, source.columns, source.rows, cautions=tuple(cautions), object_types=types, object_type=chosen
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _divergence(store: Store, chosen: str) -> list[str]:
    """Say where one item repeats a step for different objects of another type, so that its order misleads."""
    found = store.rows(
        'SELECT other, count(DISTINCT item) FROM (SELECT i."ocel:oid" AS item, i."ocel:activity" AS step, '
        'o."ocel:type" AS other FROM relations i JOIN relations o USING ("ocel:eid") WHERE '
        f'i."ocel:type" = {literal(chosen)} AND o."ocel:type" <> {literal(chosen)} GROUP BY ALL '
        'HAVING count(DISTINCT "ocel:eid") > 1 AND count(DISTINCT o."ocel:oid") > 1) GROUP BY 1 ORDER BY 2 DESC, 1'
    )
    return [
        f"{count} items repeat a step for different objects of type {other} (divergence): that is no rework."
        for other, count in found
    ]


def _keep_objects(store: Store, chosen: str) -> None:
    """Put what is not the item into the tables of `longwall.evidence.objects`."""
    item = literal(chosen)
    store.run(
        f'CREATE TABLE objects AS SELECT DISTINCT "ocel:oid" AS id, "ocel:type" AS type FROM ocel_objects WHERE '
        f'"ocel:type" <> {item} ORDER BY 1, 2'
    )
    store.run(
        'CREATE TABLE object_links AS SELECT DISTINCT l."ocel:oid" AS source, s."ocel:type" AS source_type, '
        'l."ocel:oid_2" AS target, t."ocel:type" AS target_type, l."ocel:qualifier" AS qualifier FROM ocel_links l '
        'JOIN ocel_objects s ON s."ocel:oid" = l."ocel:oid" JOIN ocel_objects t ON t."ocel:oid" = l."ocel:oid_2"'
    )
    store.run(
        'CREATE TABLE event_objects AS SELECT DISTINCT "ocel:eid" AS event, "ocel:activity" AS activity, '
        'epoch_us("ocel:timestamp"::TIMESTAMP) AS time_us, "ocel:oid" AS object, "ocel:type" AS type, '
        f'"ocel:qualifier" AS qualifier FROM relations WHERE "ocel:type" <> {item}'
    )
