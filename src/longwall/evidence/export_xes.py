"""Write a log as XES 2.0 (IEEE 1849): traces of events in order, the same bytes every time.

A piece of work with a length is written as a start and a complete that share their ``concept:instance``; a log without
starts is written as completions only. Attributes of an item stand at its trace.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import polars as pl

__all__ = ["write_xes"]

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="2.0" xes.features="">\n'
    '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>\n'
    '<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>\n'
    '<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>\n'
    '<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>\n'
    '<classifier name="Activity" keys="concept:name"/>\n'
)


def write_xes(frame: pl.DataFrame, path: Path, *, compressed: bool) -> None:
    """Write a frame of events as XES.

    Parameters
    ----------
    frame : polars.DataFrame
        As `longwall.evidence.as_frame` gives it: case, activity, resource, team, start, end, then attributes of the
        item. Resources are written where the frame names them (members of a simulated role).
    path : pathlib.Path
    compressed : bool
        Whether to write gzip.
    """
    with path.open("wb") as raw:
        if not compressed:
            raw.writelines(part.encode() for part in _parts(frame))
            return
        with gzip.GzipFile("", fileobj=raw, mode="wb", mtime=0) as out:
            for part in _parts(frame):
                out.write(part.encode())


def _parts(frame: pl.DataFrame) -> Iterator[str]:
    """Yield the text of the log, a trace at a time."""
    yield _HEAD
    paired = bool((frame["end"] > frame["start"]).any())
    attributes = frame.columns[6:]
    number = 0
    for (case,), rows in frame.group_by(["case"], maintain_order=True):
        first = rows.row(0, named=True)
        trace = [_tag("concept:name", str(case))]
        trace += [_tag(name.removeprefix("case:"), first[name]) for name in attributes if first[name] is not None]
        events: list[tuple[datetime, int, str]] = []
        for row in rows.iter_rows(named=True):
            events += _events(row, number, paired)
            number += 1
        body = "\n".join(text for *_, text in sorted(events, key=lambda event: event[0]))
        yield f"<trace>\n{''.join(trace)}\n{body}\n</trace>\n"
    yield "</log>\n"


def _events(row: dict[str, Any], number: int, paired: bool) -> Iterator[tuple[datetime, int, str]]:
    """The one or two events of a piece of work, with their times."""
    shared = [_tag("concept:name", row["activity"])]
    shared += [_tag(f"org:{key}", row[name]) for key, name in (("resource", "resource"), ("group", "team"))
               if row[name] is not None]  # fmt: skip
    steps = [("start", "start"), ("complete", "end")] if paired else [("complete", "end")]
    for transition, name in steps:
        extra = [_tag("concept:instance", str(number))] if paired else []
        parts = [*shared, *extra, _tag("lifecycle:transition", transition), _tag("time:timestamp", row[name])]
        yield row[name], number, f"<event>{''.join(parts)}</event>"


def _tag(key: str, value: Any) -> str:
    """One attribute of XES."""
    name = quoteattr(_FORBIDDEN.sub("\ufffd", key))
    if isinstance(value, datetime):
        return f'<date key={name} value="{value.isoformat(timespec="microseconds")}"/>'
    if isinstance(value, float):
        return f'<float key={name} value="{value!r}"/>'
    return f"<string key={name} value={quoteattr(_FORBIDDEN.sub(chr(0xFFFD), str(value)))}/>"
