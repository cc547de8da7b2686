"""Where a person is mentioned in files beside the store, and the same files without them.

Text (also compressed by gzip) is searched line by line, Parquet column by column; of anything else only the bytes are
searched, and a file that holds the person there cannot be rewritten.
"""

from __future__ import annotations

import contextlib
import gzip
import html
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Literal, cast
from urllib.parse import quote

import polars as pl

from longwall.errors import EvidenceError, Fault, StorageError
from longwall.evidence.forgotten import SOMEONE, Forgotten
from longwall.evidence.labels import NameFilter
from longwall.provenance import replacing

__all__ = ["Kind", "Mentions"]

Kind = Literal["text", "gzip", "parquet", "other"]

_HEAD = 65_536


class Mentions:
    """Finds one person in texts and files, by pseudonym and by name.

    Parameters
    ----------
    hidden : str
        The pseudonym.
    names : iterable of str
        Names as sources write them; empty where only the pseudonym is known.
    key : bytes
        The user's key.
    """

    def __init__(self, hidden: str, names: Iterable[str], key: bytes) -> None:
        self.names = tuple(dict.fromkeys(names))
        own = Forgotten((), key)
        own.marks = frozenset(own.mark(own.shown(name)) for name in self.names)
        self._words = NameFilter(self.names, key, own)
        spelled = [form for name in self.names if self._words.finds(name) for form in _written(name)]
        self._exact = (hidden, *dict.fromkeys(sorted(spelled, key=len, reverse=True)))
        self._signs = tuple(dict.fromkeys(word.casefold() for name in self.names for word in _first_words(name)))

    def without(self, text: str) -> str:
        """Return a text in which ``someone`` stands for the person; the text itself where they are not in it."""
        for form in self._exact:
            if form in text:
                text = text.replace(form, SOMEONE)
        folded = text.casefold()
        if any(sign in folded for sign in self._signs):
            text = self._words.replaced([text])[0]
        return text

    def mentioned(self, path: Path) -> bool:
        """Return whether a file holds the person.

        Raises
        ------
        StorageError
            LW-EV-181: the file cannot be read.
        """
        try:
            return any(before != after for before, after in self._pieces(path))
        except (OSError, EOFError, pl.exceptions.PolarsError) as error:
            raise StorageError(
                Fault("LW-EV-181", str(path), "a file that can be read and searched", type(error).__name__,
                      "repair it, or take it out of the folder of the study")
            ) from None  # fmt: skip

    def check_rewritable(self, paths: Iterable[Path]) -> None:
        """Refuse files that hold the person and cannot be rewritten.

        Raises
        ------
        EvidenceError
            LW-EV-182: one fault for each such file.
        """
        faults = [
            Fault("LW-EV-182", str(path), "text, gzip or Parquet, from which a person can be removed",
                  "another kind of file that holds the person", "take it out of the folder of the study, or delete it")
            for path in paths if kind_of(path) == "other"
        ]  # fmt: skip
        if faults:
            raise EvidenceError(*faults)

    def rewritten(self, path: Path) -> None:
        """Write a file anew without the person, whole or not at all.

        Raises
        ------
        EvidenceError
            LW-EV-182: the file is of a kind that cannot be rewritten.
        StorageError
            The disk refuses.
        """
        self.check_rewritable([path])
        kind = kind_of(path)
        with replacing(path) as part:
            if kind == "parquet":
                frame = pl.read_parquet(path)
                changed = [self._column(frame[name]) for name, of in frame.schema.items() if of == pl.String]
                frame.with_columns(changed).rename(self.without).write_parquet(part)
            else:
                self._copy(path, kind, part)

    def _copy(self, path: Path, kind: Kind, part: Path) -> None:
        """Write a text file anew, line by line."""
        coding = _coding(path, kind)
        with contextlib.ExitStack() as stack:
            source = stack.enter_context(_opened(path, kind))
            out: IO[bytes] = stack.enter_context(part.open("wb"))
            if kind == "gzip":
                out = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=out, mode="wb", mtime=0)))
            for line in source:
                text = self.without(line.decode(coding, "surrogateescape"))
                out.write(text.encode(coding, "surrogateescape"))

    def _column(self, column: pl.Series) -> pl.Series:
        """A column of text without the person."""
        known = column.unique().drop_nulls().to_list()
        return column.replace({value: self.without(value) for value in known})

    def _pieces(self, path: Path) -> Iterator[tuple[str, str]]:
        """The texts of a file, each as it is and without the person."""
        kind = kind_of(path)
        if kind == "parquet":
            frame = pl.read_parquet(path)
            for name, of in frame.schema.items():
                yield name, self.without(name)
                if of == pl.String:
                    for value in frame[name].unique().drop_nulls():
                        yield value, self.without(value)
        elif kind == "other":
            content = path.read_bytes().decode("utf-8", "surrogateescape")
            for form in (*self._exact, *self.names):
                yield "", form if form in content else ""
        else:
            coding = _coding(path, kind)
            with _opened(path, kind) as source:
                for line in source:
                    text = line.decode(coding, "surrogateescape")
                    yield text, self.without(text)


def kind_of(path: Path) -> Kind:
    """Tell from its first bytes what a file is."""
    with path.open("rb") as source:
        head = source.read(_HEAD)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    return "other" if b"\x00" in head else "text"


def _opened(path: Path, kind: Kind) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if kind == "gzip" else path.open("rb")


def _coding(path: Path, kind: Kind) -> str:
    """UTF-8, or the encoding of older tools where the file is not."""
    with _opened(path, kind) as source:
        try:
            for line in source:
                line.decode("utf-8")
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _written(name: str) -> list[str]:
    """How a name is written in JSON, in HTML and in addresses."""
    return [name, json.dumps(name)[1:-1], html.escape(name), quote(name), quote(name.replace(" ", "+"), safe="+")]


def _first_words(name: str) -> list[str]:
    """Pieces of which one stands wherever the name does."""
    return [piece for piece in name.replace(",", " ").replace("@", " ").split() if piece]
