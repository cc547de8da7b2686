"""Records of a JSON file, one after another: the file is never in memory whole.

What counts as a record:

- an object of a list at the top, or an object on a line of its own;
- where such an object has no id of its own it is a *page* (``{"issues": [...], "total": 812}``), and the objects of
  the lists in it are the records; lists may lie up to five objects deep (``data.repository.issues.nodes``);
- lists of lists and several values one after another (pages that were put together) are read through.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe, blocks
from longwall.evidence.tables import plain_name, role_names

__all__ = ["records"]

MAX_DEPTH = 5
WHOLE_PAGE = 16 << 20  # letters up to which an object is read in one go; longer ones are read key by key
MAX_RECORD = 256 << 20

Record = dict[str, Any]
Path = tuple[str, ...]


def records(probe: Probe) -> Iterator[tuple[Path, Record]]:
    """Yield every record of a JSON file with the keys that lead to it.

    Parameters
    ----------
    probe : Probe
        Of kind ``json``.

    Raises
    ------
    EvidenceError
        LW-EV-013 text that is not UTF-8; LW-EV-100 text that is not JSON, or breaks off.
    """
    text = _Text(probe)
    try:
        while mark := text.peek():
            if mark == "[":
                yield from _elements(text, ())
            elif mark == "{":
                yield from _object(text, ())
            elif mark == "\x1e":  # record separator of JSON text sequences
                text.at += 1
            else:
                text.refuse()
    except RecursionError:
        text.refuse()


class _Text:
    """A window on the text that moves forward."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.buffer = ""
        self.at = 0
        self._blocks = blocks(probe.path, probe.compressed)
        encoding = probe.encoding if probe.encoding in ("utf-16", "utf-8-sig") else "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._json = json.JSONDecoder()
        self._ended = False

    def refuse(self) -> NoReturn:
        raise EvidenceError(
            Fault("LW-EV-100", str(self.probe.path), "JSON: a list of objects, an object a line, or pages of them",
                  "text that is not JSON, or breaks off", "export or download it again and compare its size")
        ) from None  # fmt: skip

    def more(self, letters: int = 1) -> bool:
        """Append at least some letters to the window; False at the end of the file."""
        parts = [self.buffer[self.at :]]
        self.at = 0
        wanted = letters
        while wanted > 0 and not self._ended:
            block = next(self._blocks, None)
            try:
                part = self._decoder.decode(block or b"", final=block is None)
            except UnicodeError:
                raise EvidenceError(
                    Fault("LW-EV-013", str(self.probe.path), "JSON in UTF-8", "other bytes", "save it as UTF-8")
                ) from None
            self._ended = block is None
            wanted -= len(part)
            parts.append(part)
        self.buffer = "".join(parts)
        return wanted < letters

    def peek(self) -> str:
        """Return the next letter that is not white space, or nothing at the end."""
        while True:
            while self.at < len(self.buffer):
                letter = self.buffer[self.at]
                if letter not in " \t\r\n":
                    return letter
                self.at += 1
            if not self.more():
                return ""

    def take(self, letter: str) -> None:
        if self.peek() != letter:
            self.refuse()
        self.at += 1

    def value(self, most: int = MAX_RECORD) -> Any:
        """Return the next value, or `_Long` where it is longer than allowed."""
        self.peek()
        while True:
            try:
                found, end = self._json.raw_decode(self.buffer, self.at)
            except (ValueError, StopIteration):
                seen = len(self.buffer) - self.at
                if seen > most and not self._ended:
                    return _LONG
                if self.more(max(1, seen)):
                    continue
                self.refuse()
            if end == len(self.buffer) and isinstance(found, int | float) and self.more():
                continue  # a number at the edge of the window may go on
            self.at = end
            return found


_LONG = object()


def _elements(text: _Text, path: Path) -> Iterator[tuple[Path, Record]]:
    """Records of a list; lists in it are read through."""
    text.take("[")
    while (mark := text.peek()) != "]":
        if mark == "{":
            yield from _object(text, path)
        elif mark == "[":
            yield from _elements(text, path)
        elif not mark:
            text.refuse()
        else:
            text.value()
        if text.peek() != "]":
            text.take(",")
    text.at += 1


def _object(text: _Text, path: Path) -> Iterator[tuple[Path, Record]]:
    """The record that an object is, or the records of the page that it is."""
    found = text.value(WHOLE_PAGE)
    if found is _LONG:
        yield from _long_page(text, path)
    elif _is_record(found) or not (pages := list(_within(found, path))):
        if not _is_empty_page(found):
            yield path, found
    else:
        yield from pages


def _long_page(text: _Text, path: Path) -> Iterator[tuple[Path, Record]]:
    """Records of an object too long to read at once."""
    text.take("{")
    while text.peek() != "}":
        key = text.value()
        if not isinstance(key, str):
            text.refuse()
        text.take(":")
        mark = text.peek()
        if mark == "[":
            yield from _elements(text, (*path, key))
        elif mark == "{" and len(path) < MAX_DEPTH:
            if (inner := text.value(WHOLE_PAGE)) is _LONG:
                yield from _long_page(text, (*path, key))
            else:
                yield from _within(inner, (*path, key))
        else:
            text.value()
        if text.peek() != "}":
            text.take(",")
    text.at += 1


def _is_record(found: Record) -> bool:
    """Whether an object has an id of its own."""
    ids = role_names()["case"]
    return any(plain_name(key) in ids and isinstance(value, str | int) for key, value in found.items())


def _is_empty_page(found: Record) -> bool:
    """Whether an object is a page without records: no id, no time, and a list with nothing in it."""
    times = role_names()["time"]
    return [] in found.values() and not _is_record(found) and not any(plain_name(key) in times for key in found)


def _within(found: Record, path: Path) -> Iterator[tuple[Path, Record]]:
    """Objects in the lists of a page."""
    for key, value in found.items():
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield (*path, key), item
        elif isinstance(value, dict) and len(path) < MAX_DEPTH:
            yield from _within(value, (*path, key))
