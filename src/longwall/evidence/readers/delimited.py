"""Delimited text (CSV and its kin), streamed: the file is never in memory whole."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from longwall.errors import EvidenceError, Fault
from longwall.evidence.probe import Probe, blocks
from longwall.evidence.source import Column, Source
from longwall.evidence.store import Store, literal

__all__ = ["load"]

_DATA = re.compile(
    r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T].*)?$"
)  # no column is named a date
_MARKED = re.compile(r"'\s*[=+\-@]")  # the apostrophe that keeps a spreadsheet from running a formula
_REASONS = {
    "TOO MANY COLUMNS": "more cells than the header",
    "MISSING COLUMNS": "fewer cells than the header",
    "UNQUOTED VALUE": "a quotation mark out of place",
    "LINE SIZE OVER MAXIMUM": "a line longer than 4 MiB",
    "INVALID ENCODING": "letters that are not in the file's encoding",
}


def load(probe: Probe, store: Store, *, delimiter: str | None, encoding: str | None) -> Source:
    """Load delimited text; malformed lines go to ``reject``, see `longwall.evidence.readers.load`."""
    encoding = encoding or probe.encoding
    delimiter = delimiter or _delimiter(probe)
    names = _header(probe, delimiter)
    path = _as_utf8(probe, encoding, store.path.parent) if encoding not in ("utf-8", "utf-8-sig") else probe.path
    columns = tuple(Column(name, f"c{number}", "text") for number, name in enumerate(names))
    typed = ", ".join(f"'{column.sql}': 'VARCHAR'" for column in columns)
    gzip = "gzip" if probe.compressed and path is probe.path else "none"
    store.run(
        f"CREATE TABLE raw AS SELECT * FROM read_csv({literal(str(path))}, auto_detect=false, columns={{{typed}}}, "
        f"delim={literal(delimiter)}, quote='\"', escape='\"', header=true, nullstr='', compression='{gzip}', "
        "max_line_size=4194304, ignore_errors=true, store_rejects=true, strict_mode=true)"
    )
    rejected = _keep_rejects(store)
    (rows,) = store.row("SELECT count(*) FROM raw")
    if rows == 0 and rejected == 0:
        raise EvidenceError(
            Fault("LW-EV-011", str(probe.path), "rows below the header", "a header and nothing else",
                  "widen the period or the filter of the export")
        )  # fmt: skip
    cautions = list(probe.cautions)
    if encoding == "cp1252":
        cautions.append("The file is not UTF-8; it was read as Windows-1252. Look at names with accents.")
    return Source(probe, store, columns, int(rows), delimiter, encoding, tuple(cautions), rejected=rejected)


def _keep_rejects(store: Store) -> int:
    """Keep of each malformed line its number and the reason, never its text; return how many lines."""
    store.run("CREATE TABLE reject (row_number BIGINT, column_name VARCHAR, reason VARCHAR)")
    cases = " ".join(f"WHEN {literal(kind)} THEN {literal(reason)}" for kind, reason in _REASONS.items())
    store.run(
        "INSERT INTO reject SELECT line - 1, '', any_value(why) FROM (SELECT line, CASE error_type::VARCHAR "
        f"{cases} ELSE 'a line that cannot be taken apart' END AS why FROM reject_errors ORDER BY line, column_idx) "
        "GROUP BY line"
    )
    (count,) = store.row("SELECT count(*) FROM reject")
    return int(count)


def _delimiter(probe: Probe) -> str:
    """Choose the delimiter that gives the most lines as many cells as the header, over the whole file."""
    if not probe.separators:
        raise EvidenceError(
            Fault("LW-EV-012", str(probe.path), "a header with several columns, split by comma, semicolon, tab or bar",
                  "one column", "export with a header, or set mapping.delimiter in study.yaml")
        )  # fmt: skip
    return max(probe.separators, key=lambda mark: (round(probe.separators[mark], 3), probe.first_line.count(mark)))


def _header(probe: Probe, delimiter: str) -> list[str]:
    """Return the column names: unnamed ones get a number, doubled ones a suffix."""
    try:
        cells = next(csv.reader([probe.first_line], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {number}"
        name = name[1:] if _MARKED.match(name) else name
        while name in names:
            name += " (again)"
        names.append(name)
    data = sum(bool(_DATA.match(name)) for name in names)
    if len(names) < 2 or data or any(not _printable(name) for name in names):
        raise EvidenceError(
            Fault("LW-EV-010", str(probe.path), f"a header with column names split by {delimiter!r}",
                  "a first line that is none", "export with a header line, or set mapping.delimiter in study.yaml")
        )  # fmt: skip
    return names


def _printable(name: str) -> bool:
    """Whether a header cell is text of a sane length."""
    return len(name) <= 300 and all(letter.isprintable() or letter == "\t" for letter in name)


def _as_utf8(probe: Probe, encoding: str, folder: Path) -> Path:
    """Write the text again as UTF-8 into the staging folder, block by block."""
    target = folder / "source.csv"
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict" if encoding.startswith("utf") else "replace")
        with target.open("w", encoding="utf-8", newline="") as out:
            for block in blocks(probe.path, probe.compressed):
                out.write(decoder.decode(block))
            out.write(decoder.decode(b"", True))
    except (UnicodeError, LookupError):
        raise EvidenceError(
            Fault("LW-EV-013", str(probe.path), f"text in {encoding}", "bytes that are not",
                  "set mapping.encoding in study.yaml, for instance utf-8 or cp1252")
        ) from None  # fmt: skip
    return target
