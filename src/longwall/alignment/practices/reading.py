"""The catalogue that ships, what plug-ins add, and the practices of a user, read and checked as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from longwall.alignment.practices.checks import faults_in
from longwall.alignment.practices.entries import Catalogue, UserPractices
from longwall.errors import AlignmentError, Fault, LongwallError, WorkSystemError
from longwall.worksystem import Piece
from longwall.worksystem.wording import faults_of
from longwall.worksystem.yamltext import Document, parse_text

__all__ = ["GROUP", "catalogue_of", "plugged_in", "practices_of", "shipped"]

GROUP = "longwall.practices"
"""Group of entry points; each names a function without arguments that returns the text of a YAML file."""

_Held = TypeVar("_Held", bound=Piece)
_FILE = Path(__file__).with_name("catalogue.yaml")


@cache
def shipped() -> Catalogue:
    """Return the catalogue that comes with Longwall.

    Raises
    ------
    AlignmentError
        LW-AL-063 to LW-AL-068, every fault of the file.
    """
    document = parse_text(_FILE.read_text(encoding="utf-8"), _FILE.name)
    catalogue = _valid(document, Catalogue)
    _refuse(faults_in(document, catalogue.practices, catalogue.traps, ()))
    return catalogue


def practices_of(path: Path, base: Catalogue | None = None) -> UserPractices:
    """Return what a file of practices holds, checked against the catalogue that it adds to.

    Raises
    ------
    AlignmentError
        LW-AL-063 to LW-AL-068: every fault of the file, by line.
    WorkSystemError
        Where the file cannot be read, or a key or value is none.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = (getattr(error, "strerror", None) or "bytes that are no UTF-8").lower()
        raise WorkSystemError(
            Fault("LW-WS-001", str(path), "a file of text in UTF-8", found, "look at the path, save it as UTF-8")
        ) from None
    return _read(text, str(path), base if base is not None else catalogue_of())


def catalogue_of(path: Path | None = None, *, plugins: Iterable[EntryPoint] | None = None) -> Catalogue:
    """Return the catalogue that ships with what plug-ins and a file of the user add to it.

    Parameters
    ----------
    path : Path, optional
        ``practices.yaml`` of a study; a file that is not there adds nothing.
    plugins : iterable of EntryPoint, optional
        Default: those installed, by name.

    Raises
    ------
    AlignmentError
        LW-AL-063 to LW-AL-069.
    WorkSystemError
        As `practices_of`.
    """
    found = shipped()
    for name, text in plugged_in(plugins):
        found = _merged(found, _read(text, f"plug-in {name}", found))
    if path is not None and path.is_file():
        found = _merged(found, practices_of(path, found))
    return found


def plugged_in(plugins: Iterable[EntryPoint] | None = None) -> Iterator[tuple[str, str]]:
    """Yield name and YAML text of each installed plug-in, by name.

    Raises
    ------
    AlignmentError
        LW-AL-069: one cannot be loaded, or gives no text.
    """
    known: Sequence[EntryPoint] = tuple(entry_points(group=GROUP) if plugins is None else plugins)
    for plugin in sorted(known, key=lambda one: one.name):
        try:
            made: Callable[[], object] = plugin.load()
            text = made()
        except LongwallError:
            raise
        except Exception as error:  # whatever a plug-in does wrong is said as its fault
            raise _bad_plugin(plugin, f"{type(error).__name__}: {str(error)[:80]}") from error
        if not isinstance(text, str):
            raise _bad_plugin(plugin, type(text).__name__)
        yield plugin.name, text


def _bad_plugin(plugin: EntryPoint, found: str) -> AlignmentError:
    return AlignmentError(
        Fault("LW-AL-069", f"{GROUP}: {plugin.name} = {plugin.value}",
              "a function without arguments that returns the text of a YAML file", found,
              "update or remove the package that brings it")
    )  # fmt: skip


def _read(text: str, name: str, base: Catalogue) -> UserPractices:
    """Return the practices of a text, checked; an empty text holds none."""
    document = parse_text(text, name)
    if document.data is None and not document.faults:
        return UserPractices()
    held = _valid(document, UserPractices)
    faults = faults_in(document, held.practices, held.traps, base.practices)
    if held.context and held.context not in base.prior.contexts:
        known = ", ".join(base.prior.contexts)
        faults.append(Fault("LW-AL-065", document.where(("context",)), f"one of {known}", repr(held.context),
                            "choose one, or leave it out: then the overall prior holds"))  # fmt: skip
    _refuse(faults)
    return held


def _valid(document: Document, of: type[_Held]) -> _Held:
    """Return a document as its type, every fault with its line."""
    if document.faults:
        raise WorkSystemError(*(fault for _, fault in document.faults))
    if not isinstance(document.data, dict):
        raise WorkSystemError(
            Fault("LW-WS-007", f"{document.name}:1", "the key `practices:` with a list", type(document.data).__name__,
                  "begin the file with `practices:`")
        )  # fmt: skip
    try:
        return of.model_validate(document.data)
    except ValidationError as error:
        raise WorkSystemError(*(fault for _, fault in faults_of(error, of, document.where))) from error


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise AlignmentError(*faults)


def _merged(base: Catalogue, held: UserPractices) -> Catalogue:
    """Return a catalogue with more entries; those that replace one stand in its place."""
    new = {entry.id: entry for entry in held.practices}
    kept = tuple(new.pop(entry.id, entry) for entry in base.practices)
    traps = {trap.id: trap for trap in (*base.traps, *held.traps)}
    return base.model_copy(update={"practices": (*kept, *new.values()), "traps": tuple(traps.values())})
