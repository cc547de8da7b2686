"""Remove one person from an evidence store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.observed import observed_from, store_observed
from longwall.evidence.privacy import pseudonym
from longwall.evidence.store import Store, literal, staging_folder
from longwall.provenance import replacing

__all__ = ["forget"]


def forget(store_path: Path, person: str, key: bytes) -> int:
    """Remove a person: events stay, who did them becomes missing, and the pseudonym is gone from every label.

    The store is written anew, so that nothing of the person lingers in freed blocks. Results must be computed again.

    Parameters
    ----------
    store_path : pathlib.Path
    person : str
        The name as in the source, or the pseudonym.
    key : bytes
        The key of the ingest.

    Returns
    -------
    int
        Events that named the person.

    Raises
    ------
    EvidenceError
        LW-EV-052: the store knows no such person.
    """
    store_path = Path(store_path)
    hidden = person if person.startswith("person-") else pseudonym(key, person)
    with staging_folder(store_path) as folder:
        new_path = folder / "evidence.duckdb"
        with Store(store_path, read_only=True) as old:
            known = old.rows("SELECT code FROM resources WHERE pseudonym = ?", [hidden])
            if not known:
                raise EvidenceError(
                    Fault("LW-EV-052", str(store_path), "a person this store knows", "nobody under this name and key",
                          "write the name as the source does, and use the key of the ingest (LONGWALL_KEY)")
                )  # fmt: skip
        with Store(new_path) as new:
            new.run(f"ATTACH {literal(str(store_path))} AS old (READ_ONLY)")
            named = _copy(new, hidden, int(known[0][0]))
            new.run("DETACH old")
            record = observed_from(new)
            store_observed(new, replace(record, resources=record.resources - 1))
            new.run("CHECKPOINT")
        with replacing(store_path) as part:
            new_path.replace(part)
    return named


def _copy(new: Store, hidden: str, code: int) -> int:
    """Copy every table without the person; codes of the others close the gap."""
    shown = literal(hidden)
    labels = {
        "activities": ("label",),
        "teams": ("label",),
        "cases": ("label",),
        "attribute_labels": ("label",),
        "meta": ("value",),
    }
    tables = new.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' ORDER BY 1")
    for (table,) in tables:
        if table == "events":
            closed = f"WHEN resource = {code} THEN -1 WHEN resource > {code} THEN resource - 1 ELSE resource"
            change = f"REPLACE (CASE {closed} END "
            new.run(f"CREATE TABLE events AS SELECT * {change}AS resource) FROM old.events ORDER BY rowid")
        elif table == "resources":
            new.run(
                f"CREATE TABLE resources AS SELECT * REPLACE (CASE WHEN code > {code} THEN code - 1 ELSE code "
                "END AS code) "
                f"FROM old.resources WHERE code <> {code} ORDER BY code"
            )
        else:
            swaps = ", ".join(f"replace({name}, {shown}, 'a person') AS {name}" for name in labels.get(table, ()))
            new.run(
                f"CREATE TABLE {table} AS SELECT * {f'REPLACE ({swaps})' if swaps else ''} FROM old.{table} "
                "ORDER BY rowid"
            )
    (named,) = new.row(f"SELECT count(*) FROM old.events WHERE resource = {code}")
    return int(named)
