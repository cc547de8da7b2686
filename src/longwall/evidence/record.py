"""The record of a store: what is counted in it, its quality, facts and doubts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from longwall.evidence.facts import facts
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.observed import Observed, files_of, store_observed
from longwall.evidence.quality import capabilities, gaps, quality
from longwall.evidence.schema import SCHEMA_VERSION
from longwall.evidence.shapes import time_columns
from longwall.evidence.sizes import Counts, counts_of
from longwall.evidence.source import Source
from longwall.evidence.store import Store
from longwall.provenance import hash_of_value

__all__ = ["reasons_of", "record_of"]


def record_of(
    path: Path, source: Source, guessed: MappingGuess, cautions: tuple[str, ...], before: Observed | None = None
) -> Observed:
    """Count quality and facts in a new store, write the record into it and return it.

    Parameters
    ----------
    path : pathlib.Path
        The store.
    source : Source
        The last file that went in, still staged.
    guessed : MappingGuess
        How it was read.
    cautions : tuple of str
        Doubts of its reading.
    before : Observed or None
        The record of the store to which the file was added.
    """
    mapping = Mapping.from_dict(before.mapping) if before else guessed.mapping
    known = before.cautions if before else ()
    with Store(path, spill=path.parent / "spill2") as store:
        counts = counts_of(store)
        labels = [str(label) for (label,) in store.rows("SELECT label FROM activities ORDER BY place")]
        able = capabilities(mapping, counts, labels)
        files = files_of(store)
        record = Observed(
            source=files[-1].name,
            source_hash=files[0].hash if len(files) == 1 else hash_of_value([file.hash for file in files]),
            mapping=mapping.as_dict(),
            reasons=before.reasons if before else dict(guessed.reasons),
            alternatives=before.alternatives if before else dict(guessed.alternatives),
            rows=sum(file.rows for file in files),
            events=counts.events,
            cases=counts.cases,
            activities=counts.activities,
            teams=counts.teams,
            resources=counts.resources,
            first=_iso(counts.first_us),
            last=_iso(counts.last_us),
            rejected_rows=sum(file.rejected for file in files),
            rejects=reasons_of(store, "rejects", "(source, row)"),
            quality=quality(store, counts, mapping),
            starts_logged="start_times" in able,
            capabilities=able,
            cannot_show=gaps(able),
            facts=facts(store, counts, able, mapping.timezone or "UTC"),
            cautions=tuple(dict.fromkeys([*known, *cautions, *guessed.doubts, *_doubts(source, counts, mapping)])),
            schema=SCHEMA_VERSION,
            files=files,
        )
        store_observed(store, record)
        store.run("CHECKPOINT")
    return record


def _doubts(source: Source, counts: Counts, mapping: Mapping) -> list[str]:
    """What a reader of the log should know about its times and steps."""
    doubts = []
    if counts.activities == 1:
        doubts.append("Every event is of one activity: the log shows when items moved and nothing of their way.")
    if mapping.timezone is None and _any_naive(source, mapping):
        doubts.append("Times carry no offset and were read as UTC; set mapping.timezone in study.yaml for local hours.")
    return doubts


def reasons_of(store: Store, table: str, row: str) -> dict[str, int]:
    """Return the number of rejected rows by reason and column.

    Parameters
    ----------
    store : Store
    table, row : str
        Table of rejects, and the SQL that tells its rows apart.
    """
    found = store.rows(
        f"SELECT column_name, reason, count(DISTINCT {row}) AS n FROM {table} GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )
    return {f"{why} in '{column}'" if column else str(why): int(count) for column, why, count in found}


def _any_naive(source: Source, mapping: Mapping) -> bool:
    """Whether a mapped time column holds times without an offset."""
    for column in time_columns(source, mapping):
        if column.kind == "time":
            return True
        if column.kind == "text":
            (naive,) = source.store.row(
                f"SELECT count(*) FROM (SELECT {column.sql} AS t FROM raw WHERE {column.sql} IS NOT NULL LIMIT 1000) "
                "WHERE NOT regexp_matches(trim(t), '([Zz]|[+-]\\d{2}:?(\\d{2})?|UTC|GMT)$') OR NOT "
                "regexp_matches(t, ':')"
            )
            if naive:
                return True
    return False


def _iso(us: int) -> str:
    """Microseconds since 1970 as ISO time in UTC."""
    return datetime.fromtimestamp(us / 1e6, tz=UTC).isoformat(timespec="seconds")
