"""One file on the way in: read, map, reject, pseudonymise, encode, into a store of its own beside the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from contextlib import suppress as suppress_error
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.closing import closing_states
from longwall.evidence.dates import DateOrder, judge_order
from longwall.evidence.encode import FileRead, write_store
from longwall.evidence.forgotten import forgotten_of, suppress
from longwall.evidence.guess import guess
from longwall.evidence.labels import NameFilter
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.objects import stage_links, write_links
from longwall.evidence.probe import Limits, Probe, probe
from longwall.evidence.readers import load
from longwall.evidence.record import reasons_of
from longwall.evidence.shapes import Tally, attributes_of, make_events, time_columns
from longwall.evidence.source import Source, filled
from longwall.evidence.store import Store, staging_folder
from longwall.evidence.tables import CASE_PREFIX, rank_of
from longwall.evidence.tallies import tallies_of
from longwall.provenance import hash_of_value

__all__ = ["Piece", "Progress", "as_mapping", "guess_mapping", "hash_of_mapping", "names_in", "read_piece", "silent"]

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
    wanted = as_mapping(told)
    found = probe(path, limits)
    with _staged(found, path, wanted) as source:
        guessed = guess(source, wanted)
        order = judge_order(source, time_columns(source, guessed.mapping), guessed.mapping.day_first, 0.01)
        return _with_order(guessed, order)


def silent(share: float, text: str) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Piece:
    """A file as an evidence store of its own, on the way in.

    Parameters
    ----------
    store : pathlib.Path
        In the staging folder; gone when the block that reads it ends.
    source : Source
        The staged rows.
    guessed : MappingGuess
        How they were read.
    cautions : tuple of str
        Doubts of the reading.
    people : NameFilter
        Knows the people of the file.
    """

    store: Path
    source: Source
    guessed: MappingGuess
    cautions: tuple[str, ...]
    people: NameFilter


@contextmanager
def read_piece(
    path: Path,
    beside: Path,
    wanted: Mapping,
    *,
    mark: str,
    key: bytes,
    max_rejects: float,
    known: frozenset[str] = frozenset(),
    say: Progress = silent,
    limits: Limits | None = None,
) -> Iterator[Piece]:
    """Read one file into a store in the staging folder, which is gone afterwards with all that the engine wrote.

    Parameters
    ----------
    path : pathlib.Path
    beside : pathlib.Path
        The store for which it is read.
    wanted : Mapping
        Fields that are set win; the others are guessed.
    mark : str
        Says how the user wanted it read, for table ``sources``.
    key : bytes
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].
    known : frozenset of str
        Pseudonyms of the people of the files before it, whose names are taken out of its labels, too.
    say : callable
    limits : Limits or None
    """
    say(0.0, "looking at the file")
    forgotten = forgotten_of(beside, key)
    found = probe(path, limits)
    say(0.15, "reading the rows")
    with _staged(found, beside, wanted) as source:
        say(0.45, "recognising the columns")
        guessed = guess(source, wanted)
        order = judge_order(source, time_columns(source, guessed.mapping), guessed.mapping.day_first, max_rejects)
        guessed = _with_order(guessed, order)
        say(0.55, "making events")
        tally = make_events(source, guessed.mapping, order)
        _check_rejects(source, tally, max_rejects)
        guessed = _with_terminal(source, guessed)
        suppress(source.store, forgotten)
        say(0.7, "sorting and encoding")
        store = source.store.path.parent / "evidence.duckdb"
        people = NameFilter(_people(source, guessed.mapping), key, forgotten)
        everybody = people.knowing(known)
        file = FileRead(
            everybody.replaced([path.name])[0], found.hash, found.kind, mark,
            tally.rows, tally.rejected_rows, tallies_of(source, guessed.mapping, tally),
        )  # fmt: skip
        write_store(source.store, store, attributes_of(source, guessed.mapping), key, everybody, file)
        stage_links(source, guessed.mapping)
        write_links(source.store, store, key, everybody, gone=forgotten.knows)
        yield Piece(store, source, guessed, (*source.cautions, *order.cautions), people)


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
    wanted = as_mapping(mapping)
    with _staged(probe(Path(path), None), Path(beside), wanted) as source:
        with suppress_error(EvidenceError):  # no log, such as a list of the staff: its columns tell by their names
            wanted = guess(source, wanted).mapping
        return frozenset(_people(source, wanted))


def as_mapping(mapping: Mapping | AnyMapping[str, Any] | None) -> Mapping:
    """Return what was told of a mapping as one."""
    if mapping is None:
        return Mapping()
    return mapping if isinstance(mapping, Mapping) else Mapping.from_dict(mapping)


def hash_of_mapping(mapping: Mapping | AnyMapping[str, Any] | None) -> str:
    """Return a hash of what was told of a mapping."""
    return hash_of_value(as_mapping(mapping).model_dump(mode="json", exclude_unset=True))


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


def _with_terminal(source: Source, guessed: MappingGuess) -> MappingGuess:
    """Put the states after which items are finished into a guess that names none."""
    found = closing_states(source.store, guessed.mapping)
    if not found:
        return guessed
    reasons = dict(guessed.reasons) | {"terminal": "named as an end, and items rarely go on from there"}
    return replace(guessed, mapping=guessed.mapping.model_copy(update={"terminal": found}), reasons=reasons)


def _check_rejects(source: Source, tally: Tally, max_rejects: float) -> None:
    """Refuse a file with too many bad rows, or with no event left."""
    reasons = reasons_of(source.store, "reject", "row_number")
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


def _people(source: Source, mapping: Mapping) -> set[str]:
    """Collect the names of all people in the source, also from columns and rows that are not stored."""
    told = set(mapping.columns()) - {mapping.resource}
    names: set[str] = set()
    for column in source.columns:
        bare = column.name.removeprefix(CASE_PREFIX)
        named = rank_of(bare, "person") is not None or rank_of(bare, "resource") is not None
        personal = column.name == mapping.resource or (named and column.name not in told)
        if personal and column.kind == "text":
            text = filled(column, mapping.missing)
            found = source.store.rows(f"SELECT DISTINCT {text} AS v FROM raw WHERE v IS NOT NULL LIMIT {MAX_NAMES}")
            names.update(str(name) for (name,) in found)
    return names
