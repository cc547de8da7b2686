"""Security controls from OSCAL files in JSON: catalogs and profiles, read with every doubt and never with a traceback.

Only what a work system needs is taken: ids, titles, which profile selects which control, values set for its
parameters. Text of controls is not kept.

References
----------
NIST, Open Security Controls Assessment Language, Catalog and Profile Models 1.0 to 1.1
(https://pages.nist.gov/OSCAL).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from longwall.errors import AssessmentError, Fault

__all__ = ["Import", "OscalDocument", "read_oscal", "shown_text"]

_LARGEST_BYTES = 128 * 1024 * 1024
_LONGEST = 300
_DEEPEST = 40
"""Groups in groups and controls in controls; catalogs in use have three."""


@dataclass(frozen=True)
class Import:
    """What a profile takes from one catalog or other profile.

    Parameters
    ----------
    names : tuple of str
        What the source is called: its reference, and the files that the reference leads to.
    everything : bool
        Whether all its controls are taken.
    ids, patterns, left_out, patterns_left_out : tuple of str
        Controls named, and by pattern; taken and left out again.
    children : frozenset of str
        Of those named, the ones whose enhancements are taken as well.
    """

    names: tuple[str, ...]
    everything: bool
    ids: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    patterns_left_out: tuple[str, ...] = ()
    children: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OscalDocument:
    """One catalog or profile.

    Parameters
    ----------
    name : str
        Of its file.
    sha256 : str
        Of its bytes.
    titles : mapping of str to str
        Catalog: title of each control by id, enhancements included, in the order of the file.
    above : mapping of str to str
        Catalog: for an enhancement the control that it stands under.
    imports : tuple of Import
        Profile: what it selects.
    parameters : mapping of str to str
        Profile: values set, by the id of the parameter.
    """

    name: str
    kind: Literal["catalog", "profile"]
    uuid: str
    title: str
    version: str
    sha256: str
    titles: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def read_oscal(path: Path) -> OscalDocument:
    """Return a catalog or profile from its JSON file.

    Raises
    ------
    AssessmentError
        LW-AS-080 if the file cannot be read as JSON, LW-AS-081 if it is no catalog and no profile, LW-AS-082 for parts
        that are not as OSCAL has them; every such part of the file is named.
    """
    raw, loaded = _loaded(path)
    kind: Literal["catalog", "profile"] | None = next(
        (known for known in ("catalog", "profile") if isinstance(loaded, dict) and isinstance(loaded.get(known), dict)),
        None,
    )
    if kind is None:
        found = ", ".join(map(repr, list(loaded)[:3])) if isinstance(loaded, dict) and loaded else "something else"
        raise AssessmentError(
            Fault("LW-AS-081", str(path), "an OSCAL catalog or profile in JSON", shown_text(found),
                  "give a catalog or a baseline profile; other OSCAL models hold no selection of controls")
        )  # fmt: skip
    body: dict[str, Any] = loaded[kind]
    reading = _Reading(str(path))
    about = reading.mapping(body, "metadata", kind)
    common: dict[str, Any] = {
        "name": path.name, "kind": kind, "uuid": shown_text(body.get("uuid", "")),
        "title": shown_text(about.get("title", "")), "version": shown_text(about.get("version", "")),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }  # fmt: skip
    if kind == "catalog":
        titles, above = reading.controls(body)
        document = OscalDocument(**common, titles=titles, above=above)
    else:
        document = OscalDocument(**common, imports=reading.imports(body), parameters=reading.parameters(body))
    if reading.faults:
        raise AssessmentError(*reading.faults)
    return document


def shown_text(value: Any) -> str:
    """Return a text of a file as it may be shown: printable, on one line, at most 300 letters; empty for no text."""
    if not isinstance(value, str):
        return ""
    kept = "".join(letter if letter.isprintable() else " " for letter in value)
    return " ".join(kept.split())[:_LONGEST]


def _loaded(path: Path) -> tuple[bytes, Any]:
    """Read the bytes and parse them."""

    def fault(found: str, do: str) -> AssessmentError:
        return AssessmentError(Fault("LW-AS-080", str(path), "a JSON file of OSCAL", found, do))

    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise fault("more than 128 MiB", "give one catalog or profile")
        raw = path.read_bytes()
    except OSError as error:
        raise fault((error.strerror or "nothing").lower(), "look at the path and its permissions") from error
    if raw.lstrip()[:1] == b"<":
        raise fault("XML", "give the JSON form of the same document; publishers offer both")
    try:
        return raw, json.loads(raw)
    except RecursionError as error:
        raise fault("more levels inside each other than any catalog has", "get the file again") from error
    except ValueError as error:
        raise fault(shown_text(str(error)) or "something else", "get the file again: it is damaged") from error


class _Reading:
    """Walks one document and collects what is not as it should be."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[Fault] = []

    def wrong(self, place: str, expected: str, found: Any) -> None:
        """Note a part that is not as OSCAL has it."""
        said = shown_text(repr(found)[:80]) if not isinstance(found, dict | list) else type(found).__name__
        self.faults.append(
            Fault("LW-AS-082", f"{self.where} {place}", expected, said, "get the file again, or repair this part")
        )

    def mapping(self, holder: Mapping[str, Any], key: str, place: str) -> dict[str, Any]:
        """Return a mapping; an empty one where it is missing or something else."""
        value = holder.get(key, {})
        if not isinstance(value, dict):
            self.wrong(f"{place}.{key}", "a mapping", value)
            return {}
        return value

    def entries(self, holder: Mapping[str, Any], key: str, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the mappings of a list with their places; it may be missing."""
        value = holder.get(key, [])
        if not isinstance(value, list):
            self.wrong(f"{place}.{key}", "a list", value)
            return
        for position, entry in enumerate(value):
            here = f"{place}.{key}.{position}"
            if isinstance(entry, dict):
                yield here, entry
            else:
                self.wrong(here, "a mapping", entry)

    def texts(self, holder: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        """Return the ids of a list; it may be missing."""
        value = holder.get(key, [])
        if not isinstance(value, list):
            self.wrong(f"{place}.{key}", "a list of ids", value)
            return ()
        for position, entry in enumerate(value):
            if not isinstance(entry, str):
                self.wrong(f"{place}.{key}.{position}", "an id", entry)
        return tuple(shown_text(entry) for entry in value if isinstance(entry, str))

    def controls(self, body: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the titles of all controls of a catalog, and what each enhancement stands under."""
        titles: dict[str, str] = {}
        above: dict[str, str] = {}
        open_: list[tuple[str, Mapping[str, Any], str, int, bool]] = [("catalog", body, "", 0, False)]
        while open_:
            place, holder, over, depth, control = open_.pop()
            if depth > _DEEPEST:
                self.wrong(place, f"at most {_DEEPEST} levels of groups and controls", "more")
                continue
            if control:
                name = shown_text(holder.get("id"))
                if not name or name in titles:
                    self.wrong(f"{place}.id", "the id of a control, each once", holder.get("id"))
                    continue
                titles[name] = shown_text(holder.get("title", ""))
                if over:
                    above[name] = over
                over = name
            inside = [(here, one, over, depth + 1, True) for here, one in self.entries(holder, "controls", place)]
            inside += [(here, one, over, depth + 1, False) for here, one in self.entries(holder, "groups", place)]
            open_ += reversed(inside)
        if not titles and not self.faults:
            self.wrong("catalog", "at least one control", "none")
        return titles, above

    def imports(self, body: Mapping[str, Any]) -> tuple[Import, ...]:
        """Return what a profile takes from where."""
        resources = {}
        matter = self.mapping(body, "back-matter", "profile")
        for here, entry in self.entries(matter, "resources", "profile.back-matter"):
            links = tuple(shown_text(link.get("href", "")) for _, link in self.entries(entry, "rlinks", here))
            resources[f"#{entry.get('uuid', '')}"] = tuple(link for link in links if link)
        found = []
        for here, entry in self.entries(body, "imports", "profile"):
            href = entry.get("href")
            if not isinstance(href, str):
                self.wrong(f"{here}.href", "what is imported", href)
                continue
            taken = self._selected(entry, "include-controls", here)
            gone = self._selected(entry, "exclude-controls", here)
            found.append(
                Import(
                    (shown_text(href), *resources.get(href, ())), "include-all" in entry or not any(taken[:2]),
                    taken[0], taken[1], gone[0], gone[1], taken[2],
                )
            )  # fmt: skip
        if not found and not self.faults:
            self.wrong("profile.imports", "at least one import", "none")
        return tuple(found)

    def _selected(
        self, entry: Mapping[str, Any], key: str, place: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
        """Return ids, patterns, and the ids whose enhancements go with them."""
        ids: list[str] = []
        patterns: list[str] = []
        children: set[str] = set()
        for here, chosen in self.entries(entry, key, place):
            named = self.texts(chosen, "with-ids", here)
            ids += named
            if chosen.get("with-child-controls") == "yes":
                children.update(named)
            for there, match in self.entries(chosen, "matching", here):
                pattern = match.get("pattern")
                if isinstance(pattern, str):
                    patterns.append(shown_text(pattern))
                else:
                    self.wrong(f"{there}.pattern", "a pattern", pattern)
        return tuple(ids), tuple(patterns), frozenset(children)

    def parameters(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Return the values that a profile sets, or what it asks of them, in words."""
        said: dict[str, str] = {}
        modify = self.mapping(body, "modify", "profile")
        for here, entry in self.entries(modify, "set-parameters", "profile.modify"):
            words = [shown_text(one.get("description", "")) for _, one in self.entries(entry, "constraints", here)]
            words += self.texts(entry, "values", here)
            kept = [word for word in words if word]
            if kept and isinstance(entry.get("param-id"), str):
                said[shown_text(entry["param-id"])] = "; ".join(kept)
        return said
