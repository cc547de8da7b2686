"""JSON of a probed file: one document, or several one after the other (one a line, as collectors write them)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe, blocks

__all__ = ["documents"]


def documents(found: Probe) -> Iterator[Any]:
    """Yield the JSON documents of a file.

    Raises
    ------
    EvidenceError
        LW-EV-133: not JSON, or JSON that ends too early; says where, never what stands there.
    """
    text = b"".join(blocks(found.path, found.compressed)).decode(found.encoding or "utf-8", errors="replace")
    text = text.lstrip("\ufeff")
    decoder = json.JSONDecoder(parse_constant=_no_number)
    place = _next(text, 0)
    while place < len(text):
        try:
            document, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            at = getattr(error, "pos", place)
            line = text.count("\n", 0, at) + 1
            raise EvidenceError(
                Fault("LW-EV-133", f"{found.path}, line {line}", "JSON", "text that is not, or that ends too early",
                      "export or download it again; the file is cut short or was edited")
            ) from None  # fmt: skip
        yield document
        place = _next(text, place)


def _next(text: str, place: int) -> int:
    """Place of the next document: blanks and commas between two are skipped."""
    while place < len(text) and text[place] in " \t\r\n,\x1e":
        place += 1
    return place


def _no_number(name: str) -> float:
    """Refuse what JSON does not know."""
    raise ValueError(name)
