"""What a person edited and what discovery finds, joined in ``worksystem.yaml``; conflicts stay until they are decided.

Discovery keeps what it last wrote in ``.discovered.yaml``. From that, the person's file and what is found now, a
three-way merge makes the new file. ``conflicts.yaml`` lists what both changed differently.
"""

from __future__ import annotations

from collections.abc import Sequence

from longwall.errors import Fault, StudyError, suggestion
from longwall.provenance import hash_of_file
from longwall.study.folder import Study
from longwall.study.results import load
from longwall.worksystem import Conflict, Piece, WorkSystem, differences, merge, still_open, value_at, with_value
from longwall.worksystem.yamlfile import read_piece, read_system, write_piece, write_system

__all__ = ["Conflicts", "conflicts_of", "drafted_by_answers", "edited_by_people", "merged_into", "resolve", "theirs"]


class Conflicts(Piece):
    """What ``conflicts.yaml`` holds."""

    conflicts: tuple[Conflict, ...] = ()


def theirs(study: Study) -> WorkSystem | None:
    """Return the work system as it stands in the file, or None where there is no file.

    Raises
    ------
    WorkSystemError
        With every fault of the file, before anything else is done.
    """
    return read_system(study.system) if study.system.is_file() else None


def edited_by_people(study: Study) -> bool:
    """Tell whether ``worksystem.yaml`` differs, if only by a comment, from what discovery last wrote."""
    if not study.system.is_file():
        return False
    if study.discovered.is_file():
        return study.system.read_bytes() != study.discovered.read_bytes()
    known = load(study, "discover")
    return known is None or known.get("written") != hash_of_file(study.system)


def drafted_by_answers(study: Study) -> bool:
    """Tell whether ``worksystem.yaml`` stands as answers drafted it, untouched by people and by discovery."""
    known = study.system.is_file() and study.drafted.is_file()
    return known and study.system.read_bytes() == study.drafted.read_bytes()


def merged_into(study: Study, found: WorkSystem) -> tuple[str, ...]:
    """Merge what discovery found into the study's work system; return cautions.

    Parameters
    ----------
    found : WorkSystem
        As discovered now.

    Notes
    -----
    Where nobody knows what discovery had written before (a template, a file from elsewhere, a copy without its
    ``.discovered.yaml``), the person's file stays as it is, and every difference is a conflict.

    Raises
    ------
    WorkSystemError
        If the person's file has faults; nothing is written then.
    """
    yours = theirs(study)
    if yours is None:
        _write(study, found, found, ())
        return ()
    base = _base(study, yours)
    if base is None:
        new = tuple(
            Conflict(path=change.path, yours=value_at(yours, change.path), found=value_at(found, change.path),
                     why="discovery did not write this file")
            for change in differences(yours, found)
        )  # fmt: skip
        _write(study, yours, found, new)
        return (
            "worksystem.yaml was not written by discovery and is left as it is; see `longwall show STUDY conflicts`",
        )
    merged = merge(base, yours, found)
    new = merged.conflicts
    known = {conflict.path for conflict in new}
    kept = tuple(
        conflict.model_copy(update={"found": value_at(found, conflict.path)})
        for conflict in _listed(study)
        if conflict.path not in known
    )
    _write(study, merged.system, found, still_open((*kept, *new), merged.system))
    if yours in (base, merged.system) or not merged.moved:
        return ()
    return (f"worksystem.yaml was edited by people; their values stay, {len(merged.moved)} that they left alone moved",)


def conflicts_of(study: Study) -> tuple[Conflict, ...]:
    """Return the conflicts that are still to be decided; a value that was edited since is decided."""
    listed = _listed(study)
    return still_open(listed, read_system(study.system)) if listed and study.system.is_file() else ()


def resolve(study: Study, path: str, *, accept: bool) -> Conflict:
    """Decide a conflict: accept what discovery found, or keep the person's value.

    Returns
    -------
    Conflict
        The one that was decided.

    Raises
    ------
    StudyError
        If there is no such conflict (LW-ST-040).
    WorkSystemError
        If the value that was found does not fit the rest of the file; nothing is written then.
    """
    listed = conflicts_of(study)
    chosen = next((conflict for conflict in listed if conflict.path == path), None)
    if chosen is None:
        near = suggestion(path, [conflict.path for conflict in listed])
        raise StudyError(
            Fault("LW-ST-040", str(study.path), "the path of a conflict", repr(path),
                  f"use {near!r}" if near else "`longwall show STUDY conflicts` lists them")
        )  # fmt: skip
    if accept:
        write_system(study.system, with_value(read_system(study.system), path, chosen.found))
    _write_conflicts(study, [conflict for conflict in listed if conflict is not chosen])
    return chosen


def _base(study: Study, yours: WorkSystem) -> WorkSystem | None:
    """Return what discovery wrote last, or None where nobody knows."""
    if study.discovered.is_file():
        return read_piece(study.discovered, WorkSystem)
    return yours if drafted_by_answers(study) or not edited_by_people(study) else None


def _listed(study: Study) -> tuple[Conflict, ...]:
    return read_piece(study.conflicts, Conflicts).conflicts if study.conflicts.is_file() else ()


def _write(study: Study, system: WorkSystem, found: WorkSystem, conflicts: Sequence[Conflict]) -> None:
    """Write the file, then what it came from: killed in between, the next merge comes to the same."""
    write_system(study.system, system)
    _write_conflicts(study, conflicts)
    write_piece(study.discovered, found)


def _write_conflicts(study: Study, conflicts: Sequence[Conflict]) -> None:
    """Write the list of conflicts; an empty one is no file."""
    if conflicts:
        write_piece(study.conflicts, Conflicts(conflicts=tuple(conflicts)))
    else:
        study.conflicts.unlink(missing_ok=True)
