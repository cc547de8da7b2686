"""A first pass over the bytes of a source: what it is, whether it is whole, and whether it is safe to read.

One streaming pass finds the format by content (never by the name alone), the encoding over the whole file, damage of
the compression, decompression bombs, document type declarations in XML, and how often each delimiter separates a line.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from longwall.errors import EvidenceError, Fault, StorageError

__all__ = ["Limits", "Probe", "blocks", "probe"]

BLOCK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
_JSON = re.compile(rb"""\A(\{\s*["}]|\[\s*[\[{\]])""")
_MARKS = (b"'=", b"'+", b"'-", b"'@", b"' ", b"'\t", b"'\0")
_OCEL_KEYS = (b'"objectTypes"', b'"eventTypes"')
_FORBIDDEN_XML = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a compressed source may grow to.

    Parameters
    ----------
    max_ratio : float
        Expanded over compressed size; 250 leaves room for the most repetitive real log seen (40).
    max_bytes : int
        Expanded size [bytes] of a delimited text.
    max_tree_bytes : int
        Expanded size [bytes] of XES or OCEL, which are read into memory whole.
    """

    max_ratio: float = 250.0
    max_bytes: int = 200 << 30
    max_tree_bytes: int = 4 << 30


@dataclass(frozen=True)
class Probe:
    """What the first pass found.

    Parameters
    ----------
    path : pathlib.Path
    kind : {"xes", "ocel-json", "ocel-xml", "ocel-sqlite", "parquet", "json", "delimited"}
    compressed : bool
        Whether the bytes are gzip.
    hash : str
        BLAKE2b of the bytes as they lie on the disk, 32 hex digits.
    expanded_bytes : int
    encoding : str
        ``utf-8``, ``utf-8-sig``, ``utf-16`` or ``cp1252``; empty for binary formats.
    first_line : str
        Header of a delimited text.
    separators : mapping of str to float
        Delimiter to the share of lines that hold as many of it as the header does.
    head, tail : bytes
        The first and the last bytes of XES and OCEL.
    marked : bool
        Whether some text may carry the apostrophe that keeps a spreadsheet from running it as a formula.
    cautions : tuple of str
    """

    path: Path
    kind: str
    compressed: bool
    hash: str
    expanded_bytes: int
    encoding: str
    first_line: str
    separators: dict[str, float]
    cautions: tuple[str, ...]
    head: bytes = b""
    tail: bytes = b""
    marked: bool = False


def blocks(
    path: Path, compressed: bool, limits: Limits | None = None, digest: hashlib.blake2b | None = None
) -> Iterator[bytes]:
    """Yield the expanded bytes of a file in blocks of bounded size.

    Raises
    ------
    EvidenceError
        LW-EV-005 a damaged or truncated gzip, LW-EV-006 more expanded bytes than the limits allow.
    """
    inflater = zlib.decompressobj(wbits=31) if compressed else None
    read = grown = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            read += len(block)
            if digest is not None:
                digest.update(block)
            if inflater is None:
                yield block
                continue
            while True:
                try:
                    if inflater.eof:  # another member of the same gzip file, or padding
                        block = block.lstrip(b"\0")
                        if not block:
                            break
                        inflater = zlib.decompressobj(wbits=31)
                    out = inflater.decompress(block, BLOCK)
                except zlib.error:
                    raise _damaged(path) from None
                block = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
                grown += len(out)
                if limits is not None:
                    _check_growth(path, grown, read, limits)
                if out:
                    yield out
                if not block and len(out) < BLOCK:
                    break
    if inflater is not None and not inflater.eof:
        raise _damaged(path)


def probe(path: Path, limits: Limits | None = None) -> Probe:
    """Judge a source by its bytes.

    Parameters
    ----------
    path : pathlib.Path
    limits : Limits or None
        What a compressed file may grow to; None takes the defaults.

    Returns
    -------
    Probe

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-009: not a file, empty, damaged, a bomb, an unsafe declaration, an unknown format.
    StorageError
        LW-EV-040: no permission.
    """
    limits = limits or Limits()
    _check_is_file(path)
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
        return _scan(path, head, limits)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(
            Fault("LW-EV-040", str(path), "a file that may be read", os.strerror(error.errno or errno.EIO),
                  "change its permissions, or copy it to where you may read it")
        ) from error  # fmt: skip


def _scan(path: Path, head: bytes, limits: Limits) -> Probe:
    """Go through the whole file once."""
    compressed = head[:2] == b"\x1f\x8b"
    digest = hashlib.blake2b(digest_size=16)
    stream = blocks(path, compressed, limits, digest)
    first = b""
    for block in stream:  # enough bytes to tell the format
        first += block
        if len(first) >= 64:
            break
    if not first.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise EvidenceError(
            Fault("LW-EV-003", str(path), "a log with events", "an empty file", "export it again and look at its size")
        )
    kind = _kind(path, first)
    tree = kind in ("xes", "ocel-xml")
    text = _TextJudge(path, tree, kind == "delimited", _OCEL_KEYS if kind == "json" else ())
    size = 0
    for block in _chain(first, stream):
        size += len(block)
        if compressed and tree and size > limits.max_tree_bytes:
            raise _too_large(path, size, limits.max_tree_bytes)
        if kind in ("parquet", "ocel-sqlite"):
            continue
        text.feed(block)
    encoding = "" if kind in ("parquet", "ocel-sqlite") else text.finish()
    if kind == "json" and text.found == set(_OCEL_KEYS):
        kind = "ocel-json"
        if size > limits.max_tree_bytes:
            raise _too_large(path, size, limits.max_tree_bytes)
    return Probe(
        path, kind, compressed, digest.hexdigest(), size, encoding, text.first_line(encoding),
        text.separators(encoding), _name_cautions(path, kind), text.head[:400], text.tail, text.marked,
    )  # fmt: skip


class _TextJudge:
    """Judges a text block by block: encoding, delimiters, forbidden declarations."""

    def __init__(self, path: Path, tree: bool, delimited: bool, words: tuple[bytes, ...] = ()) -> None:
        self.path, self.tree, self.delimited, self.words = path, tree, delimited, words
        self.found: set[bytes] = set()
        self.marked = False
        self.last = b""
        self.utf8 = True
        self.wide = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.tail = b""
        self.head = b""
        self.counts: dict[str, dict[int, int]] = {mark: {} for mark in DELIMITERS}
        self.rest = b""
        self.lines = 0
        self.marks: list[str] | None = None

    def feed(self, block: bytes) -> None:
        if not self.head:
            self.wide = "utf-16" if block[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        if len(self.head) < 1 << 20:
            self.head += block[: 1 << 20]
        if b"\0" in block and not self.wide:
            raise EvidenceError(
                Fault("LW-EV-008", str(self.path), "a log as text, XES, OCEL or Parquet", "binary data",
                      "export it as CSV, XES or Parquet")
            )  # fmt: skip
        if self.tree:
            seam = self.tail[-16:] + block[:16]
            if (b"<!" in block and _FORBIDDEN_XML.search(block)) or _FORBIDDEN_XML.search(seam):
                raise EvidenceError(
                    Fault("LW-EV-007", str(self.path), "a log without document type or entity declarations",
                          "a declaration (<!DOCTYPE or <!ENTITY)", "remove the declaration; a log needs none")
                )  # fmt: skip
        if self.words and len(self.found) < len(self.words):
            self.found.update(word for word in self.words if word in block or word in self.tail[-20:] + block[:20])
        if self.tree or self.words:
            self.tail = (self.tail + block[-400:])[-400:]
        if self.utf8 and not self.wide and not (block.isascii() and not self.decoder.getstate()[0]):
            try:
                self.decoder.decode(block)
            except UnicodeDecodeError:
                self.utf8 = False
        if self.delimited:
            self.marked = self.marked or any(mark in self.last + block[:1] or mark in block for mark in _MARKS)
            self.last = block[-1:]
            if not self.wide:
                self._count(block)

    def finish(self) -> str:
        if self.wide:
            if self.tree:
                raise EvidenceError(
                    Fault("LW-EV-008", str(self.path), "XES or OCEL in UTF-8", "UTF-16", "save it as UTF-8")
                )
            return self.wide
        if self.utf8:
            try:
                self.decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.utf8 = False
        if self.utf8:
            return "utf-8-sig" if self.head.startswith(codecs.BOM_UTF8) else "utf-8"
        return "cp1252"

    def first_line(self, encoding: str) -> str:
        if not self.delimited:
            return ""
        text = self.head.decode(encoding or "utf-8", errors="replace").lstrip("\ufeff")
        line: list[str] = []
        quoted = False
        for letter in text:
            if letter == '"':
                quoted = not quoted
            if letter in "\r\n" and not quoted:
                if "".join(line).strip():
                    break
                line = []
                continue
            line.append(letter)
        return "".join(line)

    def separators(self, encoding: str) -> dict[str, float]:
        """Share of lines with as many of a delimiter as the header line has, over the whole file."""
        header = self.first_line(encoding)
        shares: dict[str, float] = {}
        for mark in DELIMITERS:
            wanted = _outside_quotes(header, mark)
            if wanted:
                found = self.counts[mark]
                shares[mark] = found.get(wanted, 0) / max(1, sum(found.values())) if self.lines else 1.0
        return shares

    def _count(self, block: bytes) -> None:
        """Count the delimiters of every whole line outside quotes; vectorised, as the file can be large."""
        joined = self.rest + block
        cut = joined.rfind(b"\n") + 1
        if cut == 0:
            self.rest = joined if len(joined) < 1 << 24 else b""
            return
        data = np.frombuffer(joined[:cut], dtype=np.uint8)
        quoted = None
        if b'"' in joined:
            quoted = (np.cumsum(data == ord('"'), dtype=np.int32) & 1).astype(bool)
            if quoted[-1]:  # the last line goes on in the next block
                closing = np.flatnonzero((data == ord("\n")) & ~quoted)
                cut = int(closing[-1]) + 1 if closing.size else 0
                if cut == 0:
                    self.rest = joined if len(joined) < 1 << 24 else b""
                    return
                data, quoted = data[:cut], quoted[:cut]
        self.rest = joined[cut:]
        ends = _places(data, "\n", quoted)
        filled = np.diff(ends, prepend=-1) > 2
        self.lines += int(filled.sum())
        for mark in self._marks():
            line_of = np.searchsorted(ends, _places(data, mark, quoted))
            per_line = np.bincount(line_of, minlength=len(ends))[filled]
            for count, times in enumerate(np.bincount(per_line).tolist()):
                if times:
                    self.counts[mark][count] = self.counts[mark].get(count, 0) + times

    def _marks(self) -> list[str]:
        """Delimiters that stand in the first block; another one cannot split the header."""
        if self.marks is None:
            self.marks = [mark for mark in DELIMITERS if mark.encode() in self.head]
        return self.marks


def _places(data: NDArray[np.uint8], mark: str, quoted: NDArray[np.bool_] | None) -> NDArray[np.intp]:
    """Where a letter stands outside quotes."""
    found = np.flatnonzero(data == ord(mark))
    return found if quoted is None else found[~quoted[found]]


def _outside_quotes(line: str, mark: str) -> int:
    """Count a delimiter in a line outside double quotes."""
    return sum(part.count(mark) for part in line.split('"')[::2])


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _kind(path: Path, first: bytes) -> str:
    """Tell the format from the first bytes."""
    if first.startswith(b"PAR1"):
        return "parquet"
    if first.startswith(b"SQLite format 3"):
        return "ocel-sqlite"
    if first.startswith(b"PK\x03\x04"):
        raise EvidenceError(
            Fault("LW-EV-009", str(path), "CSV, Parquet, XES or OCEL", "a zip archive or an Excel workbook",
                  "unpack it, or save the sheet as CSV (UTF-8)")
        )  # fmt: skip
    body = first.removeprefix(codecs.BOM_UTF8).lstrip()
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        body = first.replace(b"\0", b"")[2:].lstrip()
    if body.startswith(b"<"):
        start = body[:4096].lower()
        if b"<html" in start or b"<!doctype html" in start:
            raise EvidenceError(
                Fault("LW-EV-009", str(path), "CSV, Parquet, XES or OCEL", "a web page",
                      "download the export itself; you may have saved a sign-in page")
            )  # fmt: skip
        return (
            "ocel-xml" if b"<object-types" in start or path.name.lower().endswith((".xmlocel", ".ocel.xml")) else "xes"
        )
    named = path.name.lower().removesuffix(".gz").endswith((".json", ".jsonl", ".ndjson", ".jsonocel"))
    if _JSON.match(body[:4096]) or (named and body.startswith((b"{", b"["))):
        return "json"
    return "delimited"


def _name_cautions(path: Path, kind: str) -> tuple[str, ...]:
    """Say where the name promises another format than the bytes hold."""
    name = path.name.lower().removesuffix(".gz")
    expected = {"xes": (".xes",), "parquet": (".parquet", ".pq"), "delimited": (".csv", ".tsv", ".txt"),
                "json": (".json", ".jsonl", ".ndjson"), "ocel-json": (".json", ".jsonocel"),
                "ocel-xml": (".xml", ".xmlocel"),
                "ocel-sqlite": (".sqlite", ".db", ".ocel")}[kind]  # fmt: skip
    if name.endswith(expected):
        return ()
    return (f"The file is named {path.suffix or 'without an ending'} but holds {kind}; it was read as {kind}.",)


def _check_is_file(path: Path) -> None:
    """Refuse what is not a readable file."""
    if path.is_dir():
        raise EvidenceError(
            Fault(
                "LW-EV-002", str(path), "a file", "a folder", "name the file in it: .csv, .parquet, .xes, .xes.gz, OCEL"
            )
        )
    if not path.exists():
        raise EvidenceError(
            Fault("LW-EV-001", str(path), "a file", "nothing there", "look at the spelling of the path")
        )
    if not path.is_file():
        raise EvidenceError(Fault("LW-EV-002", str(path), "a file", "a device or a pipe", "save it to a file first"))
    if path.stat().st_size == 0:
        raise EvidenceError(
            Fault("LW-EV-003", str(path), "a log with events", "an empty file", "export it again and look at its size")
        )


def _damaged(path: Path) -> EvidenceError:
    return EvidenceError(
        Fault("LW-EV-005", str(path), "a whole gzip file", "one that is damaged or ends too early",
              "copy or download it again and compare its size")
    )  # fmt: skip


def _check_growth(path: Path, grown: int, read: int, limits: Limits) -> None:
    """Stop a bomb while it grows; small files may have any ratio."""
    if grown > limits.max_bytes:
        raise _too_large(path, grown, limits.max_bytes)
    if grown > 64 << 20 and grown > limits.max_ratio * read:
        raise EvidenceError(
            Fault("LW-EV-006", str(path), f"a file that grows at most {limits.max_ratio:g} times when unpacked",
                  f"{grown / read:.0f} times after {grown >> 20} MiB", "if you trust it, unpack it yourself first")
        )  # fmt: skip


def _too_large(path: Path, grown: int, limit: int) -> EvidenceError:
    return EvidenceError(
        Fault("LW-EV-006", str(path), f"at most {limit >> 20} MiB when unpacked", f"more than {grown >> 20} MiB",
              "if you trust it, unpack it yourself first, or convert it to Parquet")
    )  # fmt: skip
