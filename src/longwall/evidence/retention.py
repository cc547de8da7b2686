"""Delete the raw events of files whose time is over; what was computed from them stays outside the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from longwall.evidence.facts import facts
from longwall.evidence.mapping import Mapping
from longwall.evidence.merge import renew_places
from longwall.evidence.observed import files_of, observed_from, store_observed
from longwall.evidence.quality import quality
from longwall.evidence.record import reasons_of
from longwall.evidence.schema import carry_over, open_store
from longwall.evidence.signal_store import signal_records
from longwall.evidence.sizes import counts_of
from longwall.evidence.store import Store, literal, staging_folder
from longwall.evidence.value_history import HISTORY_TABLE
from longwall.provenance import hash_of_value, replacing

__all__ = ["drop_files"]


def drop_files(store_path: Path, hashes: Collection[str]) -> int:
    """Delete the events of some files from a store, and all that only they showed.

    The store is written anew, so that nothing lingers in freed blocks; where no event is left, the log goes with all
    that belongs to it, and the store itself where nothing else stands in it.

    Parameters
    ----------
    store_path : pathlib.Path
    hashes : collection of str
        Of the files, as `longwall.evidence.observed` lists them; unknown ones are passed over.

    Returns
    -------
    int
        Events that were deleted.

    Raises
    ------
    StorageError, EvidenceError
        If the store is not there or cannot be read or written.
    """
    store_path = Path(store_path)
    with open_store(store_path) as store:
        numbers = [int(n) for n, own in store.rows("SELECT number, hash FROM sources") if str(own) in hashes]
        if not numbers:
            return 0
        listed = ", ".join(map(str, numbers))
        gone, total = store.row(f"SELECT count(*) FILTER (WHERE source IN ({listed})), count(*) FROM events")
    if gone == total and not signal_records(store_path):
        store_path.unlink()
        return int(gone)
    with staging_folder(store_path) as folder:
        path = folder / "evidence.duckdb"
        with Store(path, spill=folder / "spill") as new:
            new.run(f"ATTACH {literal(str(store_path))} AS old (READ_ONLY)")
            if gone == total:
                carry_over(new, "old")  # alerts and the like stay; the log is gone
            else:
                _copy(new, listed)
                _record(new)
            new.run("DETACH old")
            new.run("CHECKPOINT")
        with replacing(store_path) as part:
            path.replace(part)
    return int(gone)


def _copy(new: Store, listed: str) -> None:
    """Copy what is kept, so that what goes never enters the new file; then close the gaps in the order of time."""
    kept = {
        "events": f"source NOT IN ({listed})",
        "sources": f"number NOT IN ({listed})",
        "rejects": f"source NOT IN ({listed})",
        "tallies": f"source NOT IN ({listed})",
        "cases": "case_code IN (SELECT case_code FROM events)",
        "case_values": "case_code IN (SELECT case_code FROM events)",
        "attribute_labels": "EXISTS (SELECT 1 FROM case_values v WHERE v.number = t.number AND v.code = t.code)",
        HISTORY_TABLE: f"source NOT IN ({listed}) AND case_code IN (SELECT case_code FROM events)",
        "activities": "code IN (SELECT activity FROM events)",
        "teams": "code IN (SELECT team FROM events)",
        "resources": "code IN (SELECT resource FROM events)",
    }
    made = dict(new.rows("SELECT table_name, sql FROM duckdb_tables() WHERE database_name = 'old' AND NOT temporary"))
    for table in [*(name for name in kept if name in made), *sorted(set(made) - set(kept))]:
        new.run(str(made[table]))
        new.run(f'INSERT INTO "{table}" SELECT * FROM old."{table}" t WHERE {kept.get(table, "true")} ORDER BY rowid')
    for table in ("events", "cases"):
        new.run(
            f"UPDATE {table} SET place = p.fresh FROM (SELECT place AS was, row_number() OVER (ORDER BY place) - 1 AS "
            f"fresh FROM {table}) p WHERE {table}.place = p.was"
        )
    for table in ("activities", "teams", "resources"):
        renew_places(new, table)


def _record(store: Store) -> None:
    """Count again what the record of the store says."""
    before, counts, files = observed_from(store), counts_of(store), files_of(store)
    mapping = Mapping.from_dict(before.mapping)
    store_observed(
        store,
        replace(
            before,
            source=files[-1].name,
            source_hash=files[0].hash if len(files) == 1 else hash_of_value([file.hash for file in files]),
            rows=sum(file.rows for file in files),
            rejected_rows=sum(file.rejected for file in files),
            rejects=reasons_of(store, "rejects", "(source, row)"),
            events=counts.events,
            cases=counts.cases,
            activities=counts.activities,
            teams=counts.teams,
            resources=counts.resources,
            first=_iso(counts.first_us),
            last=_iso(counts.last_us),
            quality=quality(store, counts, mapping),
            facts=facts(store, counts, before.capabilities, mapping.timezone or "UTC"),
            files=files,
        ),
    )


def _iso(us: int) -> str:
    """Microseconds since 1970 as ISO time in UTC."""
    return datetime.fromtimestamp(us / 1e6, tz=UTC).isoformat(timespec="seconds")
