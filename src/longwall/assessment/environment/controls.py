"""Which controls bear on who does what: a small table that ships, and profiles resolved against catalogs.

A control is a fact of its source; what it constrains in a work system is Longwall's reading of it, in Longwall's own
words, and becomes a rule only where people bind it to functions and roles of their model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Literal

from ruamel.yaml import YAML

from longwall.assessment.environment.oscal import Import, OscalDocument
from longwall.errors import AssessmentError, Fault
from longwall.worksystem import Piece, WorkSystem

__all__ = ["Baseline", "KnownControl", "Selected", "Selection", "known_controls", "proposed", "resolve_controls"]


class Baseline(Piece):
    """A file that the table was derived from."""

    id: str
    file: str
    title: str
    version: str
    sha256: str


class KnownControl(Piece):
    """A control or practice with what it constrains in a work system.

    Parameters
    ----------
    baselines : tuple of str
        Ids of the baselines that hold it.
    asks : str
        What it asks, in Longwall's own words.
    reading : str
        ``text``: the control itself says so; ``practice``: as it is often applied.
    binds : mapping of str to str
        Fields of a constraint, and what is put into each.
    words, after : tuple of str
        Stems in names of functions that may be meant: of those it speaks of, and of what comes after them.
    """

    id: str
    title: str
    baselines: tuple[str, ...] = ()
    asks: str
    reading: Literal["text", "practice"]
    binds: dict[str, str]
    words: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Selected(Piece):
    """One control that the given files select.

    Parameters
    ----------
    title : str
        Empty where no given catalog has it and the table does not know it: kept as an id.
    profiles : tuple of str
        Titles of the profiles that select it; empty where only catalogs were given.
    set_to : tuple of str
        Values that a profile sets for its parameters, such as how often.
    known : KnownControl, optional
        What it constrains in a work system; None: nothing that Longwall knows.
    """

    id: str
    title: str
    profiles: tuple[str, ...] = ()
    set_to: tuple[str, ...] = ()
    known: KnownControl | None = None


class Selection(Piece):
    """What the files select.

    Parameters
    ----------
    sources : tuple of str
        Title, version and hash of each file.
    without_text : tuple of str
        Ids that a profile selects and no given catalog has.
    """

    controls: tuple[Selected, ...]
    sources: tuple[str, ...]
    without_text: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def known_controls() -> tuple[dict[str, KnownControl], tuple[Baseline, ...]]:
    """Return the table of controls and practices by id, and the files that it was derived from."""
    controls: dict[str, KnownControl] = {}
    sources: list[Baseline] = []
    for name in ("controls.yaml", "practices.yaml"):
        loaded = YAML(typ="safe").load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
        sources += [Baseline.model_validate(entry) for entry in loaded["sources"]]
        for entry in loaded["controls"]:
            controls[entry["id"]] = KnownControl.model_validate(entry)
    return controls, tuple(sources)


def resolve_controls(documents: Sequence[OscalDocument]) -> Selection:
    """Return the controls that profiles select, or all those of the catalogs where no profile is given.

    Parameters
    ----------
    documents : sequence of OscalDocument
        Profiles and catalogs. An import is taken from the document that it names; where that was not given, from all
        given catalogs together, and the selection says so.

    Raises
    ------
    AssessmentError
        LW-AS-083 where profiles import each other in a circle.
    """
    catalogs = [document for document in documents if document.kind == "catalog"]
    profiles = [document for document in documents if document.kind == "profile"]
    resolving = _Resolving(documents)
    chosen: dict[str, list[OscalDocument]] = {}
    for profile in profiles:
        for name in resolving.ids_of(profile, ()):
            chosen.setdefault(name, []).append(profile)
    if not profiles:
        chosen = {name: [] for catalog in catalogs for name in catalog.titles}
    titles = {name: title for catalog in reversed(catalogs) for name, title in catalog.titles.items()}
    table, _ = known_controls()
    said = {profile.sha256: _set_by(profile) for profile in profiles}
    without = tuple(name for name in chosen if catalogs and name not in titles)
    cautions = list(resolving.cautions)
    if without:
        cautions.append(f"no given catalog has {', '.join(without)}: kept as ids, without title and text")
    return Selection(
        controls=tuple(
            Selected(
                id=name, title=titles.get(name) or (table[name].title if name in table else ""),
                profiles=tuple(dict.fromkeys(profile.title or profile.name for profile in selecting)),
                set_to=tuple(
                    dict.fromkeys(value for profile in selecting for value in said[profile.sha256].get(name, ()))
                ),
                known=_same(table.get(name), titles.get(name, "")),
            )
            for name, selecting in chosen.items()
        ),
        sources=tuple(
            f"{one.title or one.name}, {one.version or 'no version'}, {one.sha256[:12]}" for one in documents
        ),
        without_text=without, cautions=tuple(cautions),
    )  # fmt: skip


def _same(known: KnownControl | None, title: str) -> KnownControl | None:
    """The row of the table for a control, unless another catalogue uses the same id for something else."""
    return known if known is None or not title or title.casefold() == known.title.casefold() else None


class _Resolving:
    """Resolves imports, with what is missing on the way."""

    def __init__(self, documents: Sequence[OscalDocument]) -> None:
        self.documents = documents
        self.catalogs = [document for document in documents if document.kind == "catalog"]
        self.cautions: dict[str, None] = {}

    def ids_of(self, document: OscalDocument, path: tuple[str, ...]) -> list[str]:
        """Return the ids that a document selects, each once, in its order."""
        if document.kind == "catalog":
            return list(document.titles)
        if document.sha256 in path:
            raise AssessmentError(
                Fault("LW-AS-083", document.name, "profiles that do not import each other in a circle",
                      f"{document.title or document.name}, which comes back to itself", "leave one of them out")
            )  # fmt: skip
        found: dict[str, None] = {}
        for one in document.imports:
            found.update(dict.fromkeys(self._taken(document, one, (*path, document.sha256))))
        return list(found)

    def _taken(self, document: OscalDocument, one: Import, path: tuple[str, ...]) -> Iterator[str]:
        """Yield what one import takes."""
        sources = [other for other in self.documents if other is not document and _is_named(other, one)]
        if not sources:
            sources = list(self.catalogs)
            name = PurePosixPath(one.names[-1]).name or one.names[0]
            rest = "its ids are held against the catalogs given" if sources else "its ids are kept without titles"
            self.cautions[f"{document.title or document.name} imports {name}, which was not given: {rest}"] = None
        known = [name for source in sources for name in self.ids_of(source, path)]
        above = {name: over for source in self.catalogs for name, over in source.above.items()}
        if not sources and (one.everything or one.patterns):
            self.cautions[
                f"{document.title or document.name} selects from a catalog that was not given by more than ids: give it"
            ] = None
        named = list(one.ids) if not one.everything else known
        named += [name for name in known if any(fnmatchcase(name, pattern) for pattern in one.patterns)]
        named += [name for name in known if _under(name, above) & one.children]
        gone = set(one.left_out)
        for name in named:
            if name not in gone and not any(fnmatchcase(name, pattern) for pattern in one.patterns_left_out):
                yield name


def _is_named(document: OscalDocument, one: Import) -> bool:
    """Whether an import names this document: by its file, or by its own identifier."""
    stems = {PurePosixPath(name.partition("#")[0]).stem.lower() for name in one.names} - {""}
    return PurePosixPath(document.name).stem.lower() in stems or f"#{document.uuid}" in one.names


def _under(name: str, above: Mapping[str, str]) -> set[str]:
    """Everything that a control stands under."""
    found: set[str] = set()
    while name in above and above[name] not in found:
        name = above[name]
        found.add(name)
    return found


def _set_by(profile: OscalDocument) -> dict[str, list[str]]:
    """Values that a profile sets, by control; parameters carry its id, with zeros before single digits."""
    found: dict[str, list[str]] = {}
    for parameter, value in profile.parameters.items():
        found.setdefault(_control_of(parameter), []).append(value)
    return found


def _control_of(parameter: str) -> str:
    """The control of a parameter: ``cp-04_odp.01`` is of cp-4, ``ac-06.07_odp.02`` of ac-6.7."""
    return re.sub(r"(?<=[-.])0+(?=\d)", "", parameter.partition("_")[0])


def proposed(system: WorkSystem, known: KnownControl) -> dict[str, tuple[str, ...]]:
    """Return functions whose names point to what a control speaks of: ``words``, and ``after`` for what comes later.

    Names only; whether they are meant is for people to say.
    """

    def named(stems: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            function.id
            for function in system.work.functions
            if any(stem in f"{function.id} {function.name}".lower() for stem in stems)
        )

    return {"words": named(known.words), "after": named(known.after)}
