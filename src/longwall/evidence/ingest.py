"""From files to an evidence store: read one, add one, or bring a store up to date with a list; whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.encode import KEY_CHECK
from longwall.evidence.forgotten import forgotten_of
from longwall.evidence.mapping import Mapping
from longwall.evidence.merge import Joined, merge
from longwall.evidence.observed import FileSeen, Observed, files_of, observed_from
from longwall.evidence.people_names import people_of_log
from longwall.evidence.piece import Piece, Progress, as_mapping, hash_of_mapping, read_piece, silent
from longwall.evidence.privacy import load_key, pseudonym
from longwall.evidence.probe import Limits
from longwall.evidence.record import record_of
from longwall.evidence.schema import open_store
from longwall.evidence.signal_store import carry_signals, has_log
from longwall.evidence.store import staging_folder
from longwall.provenance import hash_of_file, replacing

__all__ = ["append", "gather", "ingest"]

Told = Mapping | AnyMapping[str, Any] | None


def ingest(
    path: Path,
    store_path: Path,
    *,
    mapping: Told = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Observed:
    """Read a log into an evidence store; what the store held before is replaced.

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
    how = _How(key if key is not None else load_key(), max_rejects, progress or silent, limits)
    return _add([(Path(path), mapping)], Path(store_path), how)


def append(
    path: Path,
    store_path: Path,
    *,
    mapping: Told = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Observed:
    """Add a further file of the same tool to an evidence store.

    Items that go on are joined, events that the store holds already are not added again, and a file that was read
    before changes nothing. The log does not depend on the order in which files are added.

    Parameters
    ----------
    path, key, max_rejects, progress, limits
        As for `ingest`.
    store_path : pathlib.Path
        The store; made where there is none, else replaced in one step at the end.
    mapping : Mapping, mapping or None
        Fields that are set win; the others are as for the log so far.

    Returns
    -------
    Observed
        Of the whole log; its last file says how many events were new.

    Raises
    ------
    EvidenceError
        As `ingest`; LW-EV-161: the file is read in another way than the store; LW-EV-162: another key.
    StorageError
        LW-EV-040 to LW-EV-044 and LW-IO: the disk refuses.

    Notes
    -----
    A history, saves of tickets, and pairs of start and completion become events item by item: such a file must hold its
    items from their beginning, not only what was new since the last export; a caution counts the items that it, or an
    earlier file, does not hold so.

    Names of people are taken out of labels across files, in either order: of the people of earlier files the spelling
    that those files used, of those of the new file every usual spelling.
    """
    path, store_path = Path(path), Path(store_path)
    how = _How(key if key is not None else load_key(), max_rejects, progress or silent, limits)
    before = _held(store_path)
    if before is not None and path.is_file() and hash_of_file(path) in {file.hash for file in before.files}:
        how.say(1.0, "nothing new")
        return before
    return _add([(path, mapping)], store_path, how, before)


def gather(
    files: Sequence[tuple[Path, Told]],
    store_path: Path,
    *,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    progress: Progress | None = None,
    again: bool = False,
) -> Observed:
    """Bring a store up to date with a list of files of one tool.

    Files that the store holds already are not read again. Where a file that it holds has changed, is no longer listed,
    or is to be read otherwise, all are read anew; the log is the same either way. A file that was read and is no longer
    there is known by its name.

    Parameters
    ----------
    files : sequence of tuple of pathlib.Path and mapping
        At least one; fields of the mapping that are set win, the others are guessed for the first file and are as for
        the first for the others.
    store_path, key, max_rejects, progress
        As for `ingest`.
    again : bool
        Read all files anew.

    Returns
    -------
    Observed

    Raises
    ------
    EvidenceError, StorageError
        As `append`.
    """
    how = _How(key if key is not None else load_key(), max_rejects, progress or silent, None)
    before = None if again or _holds_forgotten(store_path, how.key) else _held(store_path)
    known = [] if before is None else [file for file in before.files if file.kind == "log"]
    missing = []
    for path, told in files:
        held = next((file for file in known if _is(file, path, told)), None)
        if held is None:
            missing.append((path, told))
        else:
            known.remove(held)
    if before is None or known:
        return _add(files, store_path, how)
    if not missing:
        how.say(1.0, "nothing new")
        return before
    return _add(missing, store_path, how, before)


def _holds_forgotten(store_path: Path, key: bytes) -> bool:
    """Whether a store names a person who has been put on the list of those who were removed."""
    gone = forgotten_of(store_path, key)
    if not gone.marks or not has_log(store_path):
        return False
    with open_store(store_path) as store:
        return any(gone.knows(str(hidden)) for (hidden,) in store.rows("SELECT pseudonym FROM resources"))


def _is(file: FileSeen, path: Path, told: Told) -> bool:
    """Whether a file that a store holds is this one, to be read in the same way."""
    same = file.hash == hash_of_file(path) if path.is_file() else file.name == path.name
    return same and file.mapping in ("", hash_of_mapping(told))


@dataclass(frozen=True)
class _How:
    """What holds for all files of one call."""

    key: bytes
    max_rejects: float
    say: Progress
    limits: Limits | None


def _held(store_path: Path) -> Observed | None:
    """Return the record of a store, None where there is no log yet."""
    if not has_log(store_path):
        return None
    with open_store(store_path) as store:
        return replace(observed_from(store), files=files_of(store))


def _add(files: Sequence[tuple[Path, Told]], store_path: Path, how: _How, before: Observed | None = None) -> Observed:
    """Add files to a store, or make one of them where there is no record of a store before."""
    fresh = before is None
    if not fresh:
        _check_key(store_path, how.key)
    with staging_folder(store_path) as folder:
        current = store_path
        for number, (path, told) in enumerate(files):

            def say(share: float, text: str, done: int = number) -> None:
                how.say(min((done + share) / len(files), 0.99), text)

            wanted = as_mapping(told) if before is None else _told_by(before, as_mapping(told))
            known = people_of_log(current) if before is not None else frozenset()
            with read_piece(path, store_path, wanted, mark=hash_of_mapping(told), key=how.key, known=known,
                            max_rejects=how.max_rejects, say=say, limits=how.limits) as piece:  # fmt: skip
                target, cautions = folder / f"{number}.duckdb", piece.cautions
                if before is None:
                    piece.store.replace(target)
                else:
                    _check_alike(piece, before)
                    say(0.8, "joining it to what is known")
                    cautions += _torn(piece, merge(current, piece.store, target, piece.people))
                say(0.9, "looking at the quality")
                before = record_of(target, piece.source, piece.guessed, cautions, before)
            current = target
        if before is None or before.cases < 2:
            raise EvidenceError(
                Fault("LW-EV-024", str(files[0][0]), "two items or more", "one item",
                      "export more items, or look whether mapping.case in study.yaml is the right column")
            )  # fmt: skip
        if fresh:
            carry_signals(store_path, current)
        with replacing(store_path) as part:
            current.replace(part)
    how.say(1.0, "done")
    return before


def _torn(piece: Piece, joined: Joined) -> tuple[str, ...]:
    """Say which items a file made of changes, saves or pairs tears apart; rows that are events are whole in any piece.

    The seam shows where an item's first step is another one in the file than in what was known before.
    """
    mapping = piece.guessed.mapping
    if not joined.torn or not (mapping.shape in ("history", "updates") or mapping.lifecycle):
        return ()
    return (f"{joined.torn:,} items stand in several files, and one of these does not hold them from their beginning: "
            "their steps at the seam may be wrong. Export items whole.",)  # fmt: skip


def _told_by(record: Observed, told: Mapping) -> Mapping:
    """Return the mapping for the next file of a log: nothing is guessed but how times and text are written."""
    known = Mapping.from_dict(record.mapping)
    open_ = {"delimiter", "encoding"} | ({"day_first"} if known.day_first is None else set())
    return told.over(Mapping.model_validate(known.model_dump(exclude=open_)))


def _check_key(store_path: Path, key: bytes) -> None:
    """Refuse to add with another key: the same person would become two."""
    with open_store(store_path) as store:
        found = store.rows("SELECT value FROM meta WHERE name = 'key'")
    if found and found[0][0] != pseudonym(key, KEY_CHECK):
        raise EvidenceError(
            Fault("LW-EV-162", str(store_path), "the key with which the log so far was read", "another key",
                  "use that key (LONGWALL_KEY, or the key in your configuration folder), or read all files again "
                  "with --replace")
        )  # fmt: skip


def _check_alike(piece: Piece, before: Observed) -> None:
    """Refuse to join what was read in different ways."""
    faults = []
    for name, otherwise in (("shape", "events"), ("timezone", "UTC")):
        ours = before.mapping.get(name) or otherwise
        theirs = piece.guessed.mapping.as_dict().get(name) or otherwise
        if ours != theirs:
            faults.append(
                Fault("LW-EV-161", f"{piece.source.path}, mapping.{name}", f"{ours}, as the log so far", str(theirs),
                      "export it as before; or read it instead of the log so far with --replace; or make a study of "
                      "its own")
            )  # fmt: skip
    if faults:
        raise EvidenceError(*faults)
