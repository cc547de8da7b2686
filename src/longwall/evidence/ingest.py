"""From a file to an evidence store: read, map, reject, pseudonymise, encode, record; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from contextlib import suppress as suppress_error
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.dates import DateOrder, judge_order
from longwall.evidence.encode import SCHEMA_VERSION, write_store
from longwall.evidence.facts import facts
from longwall.evidence.forgotten import forgotten_of, suppress
from longwall.evidence.guess import guess
from longwall.evidence.labels import NameFilter
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.observed import Observed, store_observed
from longwall.evidence.privacy import load_key
from longwall.evidence.probe import Limits, Probe, probe
from longwall.evidence.quality import capabilities, counts_of, gaps, quality
from longwall.evidence.readers import load
from longwall.evidence.shapes import Tally, attributes_of, make_events, time_columns
from longwall.evidence.source import Source, filled
from longwall.evidence.store import Store, staging_folder
from longwall.evidence.tables import plain_name, role_names
from longwall.provenance import replacing

__all__ = ["Progress", "guess_mapping", "ingest", "names_in"]

Progress = Callable[[float, str], None]
MAX_NAMES = 200_000
SMALL_BYTES = 128 << 20  # below this, nothing unmapped touches the disk on the way in


def guess_mapping(
    path: Path, *, told: Mapping | AnyMapping[str, Any] | None = None, limits: Limits | None = None
) -> MappingGuess:
    """Guess what the columns of a file mean, judged over the whole file.

    Parameters
    ----------
    path : pathlib.Path
    told : Mapping, mapping or None
        Fields the user set; they are kept.
    limits : Limits or None

    Returns
    -------
    MappingGuess

    Raises
    ------
    EvidenceError, StorageError
        If the file cannot be read, or no column can play a needed role.
    """
    path = Path(path)
    wanted = _as_mapping(told)
    found = probe(path, limits)
    with _staged(found, path, wanted) as source:
        guessed = guess(source, wanted)
        order = judge_order(source, time_columns(source, guessed.mapping), guessed.mapping.day_first, 0.01)
        return _with_order(guessed, order)


def ingest(
    path: Path,
    store_path: Path,
    *,
    mapping: Mapping | AnyMapping[str, Any] | None = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Observed:
    """Read a log into an evidence store.

    Parameters
    ----------
    path : pathlib.Path
        XES, OCEL 2, CSV or Parquet, plain or (XES, CSV) gzip.
    store_path : pathlib.Path
        The store to write; replaced in one step at the end, so that a failure leaves the old one as it was.
    mapping : Mapping, mapping or None
        Fields that are set win; the others are guessed.
    key : bytes or None
        For pseudonyms; None takes the user's (`load_key`).
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].
    progress : callable or None
        Called with the share done, in [0, 1], and what is being done.
    limits : Limits or None
        What a compressed file may grow to.

    Returns
    -------
    Observed

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-032, as the errors page lists them.
    StorageError
        LW-EV-040 to LW-EV-044 and LW-IO: the disk refuses.
    """
    path, store_path = Path(path), Path(store_path)
    say = progress or (lambda share, text: None)
    key = key if key is not None else load_key()
    wanted = _as_mapping(mapping)
    say(0.0, "looking at the file")
    forgotten = forgotten_of(store_path, key)
    found = probe(path, limits)
    say(0.15, "reading the rows")
    with _staged(found, store_path, wanted) as source:
        say(0.45, "recognising the columns")
        guessed = guess(source, wanted)
        order = judge_order(source, time_columns(source, guessed.mapping), guessed.mapping.day_first, max_rejects)
        guessed = _with_order(guessed, order)
        say(0.55, "making events")
        tally = make_events(source, guessed.mapping, order)
        _check_rejects(source, tally, max_rejects)
        suppress(source.store, forgotten)
        say(0.7, "sorting and encoding")
        # Built in the staging folder, so that what the engine writes beside its file goes with it if the disk refuses.
        new = source.store.path.parent / "evidence.duckdb"
        people = NameFilter(_people(source, guessed.mapping), key, forgotten)
        write_store(source.store, new, attributes_of(source, guessed.mapping), key, people)
        say(0.9, "looking at the quality")
        record = _record(new, source, guessed, tally, (*source.cautions, *order.cautions), people)
        with replacing(store_path) as part:
            new.replace(part)
    say(1.0, "done")
    return record


def names_in(path: Path, beside: Path, *, mapping: Mapping | AnyMapping[str, Any] | None = None) -> frozenset[str]:
    """Return the names of the people in a source, for removing one; they go no further than the caller.

    Parameters
    ----------
    path : pathlib.Path
        As for `ingest`.
    beside : pathlib.Path
        The store beside which the source is staged.
    mapping : Mapping, mapping or None
        As for `ingest`.

    Raises
    ------
    EvidenceError, StorageError
        If the file cannot be read.
    """
    wanted = _as_mapping(mapping)
    with _staged(probe(Path(path), None), Path(beside), wanted) as source:
        with suppress_error(EvidenceError):  # no log, such as a list of the staff: its columns tell by their names
            wanted = guess(source, wanted).mapping
        return frozenset(_people(source, wanted))


def _as_mapping(mapping: Mapping | AnyMapping[str, Any] | None) -> Mapping:
    if mapping is None:
        return Mapping()
    return mapping if isinstance(mapping, Mapping) else Mapping.from_dict(mapping)


@contextmanager
def _staged(found: Probe, beside: Path, wanted: Mapping) -> Iterator[Source]:
    """Load a probed file into a private staging store that is gone afterwards."""
    small = found.expanded_bytes < (SMALL_BYTES >> 3 if found.kind == "parquet" else SMALL_BYTES)
    with (
        staging_folder(beside) as folder,
        Store(folder / "staging.duckdb", spill=folder / "spill", about=found.path, in_memory=small) as staging,
    ):
        yield load(found, staging, delimiter=wanted.delimiter, encoding=wanted.encoding, object_type=wanted.object_type)


def _with_order(guessed: MappingGuess, order: DateOrder) -> MappingGuess:
    """Put the judged order of day and month into a guess."""
    mapping = guessed.mapping.model_copy(update={"day_first": order.day_first})
    reasons = dict(guessed.reasons) | {"day_first": order.reason}
    return MappingGuess(mapping, reasons, guessed.alternatives, guessed.doubts, guessed.columns)


def _check_rejects(source: Source, tally: Tally, max_rejects: float) -> None:
    """Refuse a file with too many bad rows, or with no event left."""
    reasons = _reasons(source.store, "reject", "row_number")
    listed = "; ".join(f"{count:,} × {why}" for why, count in reasons.items()) or "none"
    if tally.rejected_rows > max_rejects * tally.rows:
        raise EvidenceError(
            Fault("LW-EV-022", str(source.path), f"at most {max_rejects:.1%} bad rows",
                  f"{tally.rejected_rows:,} of {tally.rows:,} ({listed})",
                  "correct the mapping in study.yaml or the export, or allow more with --max-rejects")
        )  # fmt: skip
    if tally.events == 0:
        raise EvidenceError(
            Fault("LW-EV-023", str(source.path), "rows that become events", f"no event (rejected rows: {listed})",
                  "look at the mapping in study.yaml")
        )  # fmt: skip
    (cases,) = source.store.row("SELECT count(*) FROM (SELECT DISTINCT case_label FROM ev LIMIT 2)")
    if cases < 2:
        raise EvidenceError(
            Fault("LW-EV-024", str(source.path), "two items or more", "one item",
                  "export more items, or look whether mapping.case in study.yaml is the right column")
        )  # fmt: skip


def _reasons(store: Store, table: str, row: str) -> dict[str, int]:
    """Rejected rows by reason and column."""
    found = store.rows(
        f"SELECT column_name, reason, count(DISTINCT {row}) AS n FROM {table} GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )
    return {f"{why} in '{column}'" if column else str(why): int(count) for column, why, count in found}


def _record(
    part: Path, source: Source, guessed: MappingGuess, tally: Tally, cautions: tuple[str, ...], people: NameFilter
) -> Observed:
    """Count quality and facts in the new store, write the record into it, return it."""
    mapping = guessed.mapping
    with Store(part, spill=source.store.path.parent / "spill2") as store:
        counts = counts_of(store)
        labels = [str(label) for (label,) in store.rows("SELECT label FROM activities ORDER BY code")]
        able = capabilities(mapping, counts, labels)
        doubts = list(guessed.doubts)
        if counts.activities == 1:
            doubts.append("Every event is of one activity: the log shows when items moved and nothing of their way.")
        if mapping.timezone is None and _any_naive(source, mapping):
            doubts.append(
                "Times carry no offset and were read as UTC; set mapping.timezone in study.yaml for local hours."
            )
        record = Observed(
            source=people.replaced([source.path.name])[0],
            source_hash=source.probe.hash,
            mapping=mapping.as_dict(),
            reasons=dict(guessed.reasons),
            alternatives=dict(guessed.alternatives),
            rows=tally.rows,
            events=counts.events,
            cases=counts.cases,
            activities=counts.activities,
            teams=counts.teams,
            resources=counts.resources,
            first=_iso(counts.first_us),
            last=_iso(counts.last_us),
            rejected_rows=tally.rejected_rows,
            rejects=_reasons(store, "rejects", "row"),
            quality=quality(store, counts, tally, mapping),
            starts_logged="start_times" in able,
            capabilities=able,
            cannot_show=gaps(able),
            facts=facts(store, counts, able, mapping.timezone or "UTC"),
            cautions=(*cautions, *doubts),
            schema=SCHEMA_VERSION,
        )
        store_observed(store, record)
        store.run("CHECKPOINT")
    return record


def _people(source: Source, mapping: Mapping) -> set[str]:
    """Collect the names of all people in the source, also from columns and rows that are not stored."""
    known = role_names()["person"].keys() | role_names()["resource"].keys()
    told = set(mapping.columns()) - {mapping.resource}
    names: set[str] = set()
    for column in source.columns:
        personal = column.name == mapping.resource or (plain_name(column.name) in known and column.name not in told)
        if personal and column.kind == "text":
            text = filled(column, mapping.missing)
            found = source.store.rows(f"SELECT DISTINCT {text} AS v FROM raw WHERE v IS NOT NULL LIMIT {MAX_NAMES}")
            names.update(str(name) for (name,) in found)
    return names


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
