"""What a file holds: a log, alerts, the organisation, indicators or a survey; told by content, not by name alone."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Literal

import polars as pl

from longwall.errors import LongwallError
from longwall.evidence.probe import DELIMITERS, blocks
from longwall.evidence.signal_layout import AlertLayout, IndicatorLayout, StaffLayout, SurveyLayout, signal_columns
from longwall.evidence.tables import plain_name, role_names

__all__ = ["SignalKind", "is_catalog", "recognise"]

SignalKind = Literal["log", "alerts", "organisation", "indicators", "survey"]

_HEAD_BYTES = 1 << 16
# Possessive: what a line begins with is passed once, however long it is.
_ENTITY = re.compile(r"^[ \t]*+(?:-[ \t]*+)?apiVersion:[ \t]*+[\"']?backstage\.io/", re.MULTILINE)
_ALERT_ROLES = ("acknowledged", "resolved", "disposition", "actioned", "responder", "fingerprint", "name")


def recognise(path: Path) -> SignalKind:
    """Return what a file holds; what cannot be told is taken for a log, whose reader says what is wrong.

    Parameters
    ----------
    path : pathlib.Path
        Only the first 64 KiB are looked at, of Parquet the schema.

    Notes
    -----
    YAML with entities of ``backstage.io`` is an organisation. JSON with alerts (``startsAt`` and ``labels``) is alerts,
    with ``resultType`` indicators. A table without a column of items is *indicators* with a column each for time,
    indicator and value; *alerts* with a time of firing and two further columns that alerts have; an *organisation* with
    people and teams and no column of times. A table with a column each for item, number of answers and mean, and none
    of activities, is a *survey*.
    """
    path = Path(path)
    try:
        head = _head(path)
    except (OSError, LongwallError):
        return "log"
    if head.startswith(b"PAR1"):
        return _by_columns(_parquet_names(path))
    text = _decoded(head).lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _of_json(text)
    if text.startswith("<") or "\0" in text:
        return "log"
    if _ENTITY.search(text):
        return "organisation"
    return _by_columns(_header(text))


def is_catalog(path: Path) -> bool:
    """Return whether a file is YAML with entities of a catalog."""
    return bool(_ENTITY.search(_decoded(_head(Path(path)))))


def _head(path: Path) -> bytes:
    """The first bytes, unpacked."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    found = b""
    for block in blocks(path, packed):
        found += block
        if len(found) >= _HEAD_BYTES:
            break
    return found[:_HEAD_BYTES]


def _decoded(head: bytes) -> str:
    """Bytes as text, whatever is wrong with them."""
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    return head.decode("utf-16" if wide else "utf-8", errors="replace")


def _of_json(text: str) -> SignalKind:
    """Tell alerts and answers of a metrics server from logs by the keys that stand in the beginning."""
    keys = set(re.findall(r'"(\w+)"\s*:', text[:_HEAD_BYTES]))
    if "ocel:global-log" in text or {"objectTypes", "eventTypes"} & keys:
        return "log"
    if {"startsAt", "labels"} <= keys:
        return "alerts"
    return "indicators" if {"resultType", "result"} <= keys else "log"


def _parquet_names(path: Path) -> list[str]:
    try:
        return list(pl.read_parquet_schema(path))
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return []


def _header(text: str) -> list[str]:
    """Names of the columns of a delimited text."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(DELIMITERS, key=line.count)
    try:
        return next(csv.reader([line], delimiter=mark), []) if mark in line else []
    except csv.Error:
        return []


def _by_columns(names: list[str]) -> SignalKind:
    """Tell the kind of a table by the names of its columns."""
    plain = [plain_name(name) for name in names]
    log, known = role_names(), signal_columns()
    if not plain:
        return "log"

    def has(kind: str, role: str, first: int | None = None) -> bool:
        return bool(set(known[kind][role][:first]) & set(plain))

    cases = {name for name in plain if name in log["case"]} - {"id", "key"}
    activities = {name for name in plain if name in log["activity"]}
    if all(has(IndicatorLayout.kind, role) for role in IndicatorLayout.needed) and not cases and not activities:
        return "indicators"
    if all(has(SurveyLayout.kind, role) for role in SurveyLayout.needed) and not activities:
        return "survey"
    fired = set(known[AlertLayout.kind]["fired"]) & set(plain)
    if fired and not activities and sum(has(AlertLayout.kind, role) for role in _ALERT_ROLES) >= 2:
        return "alerts"
    timed = {name for name in plain if name in log["time"] or name in log["end"] or name in log["due"]}
    if all(has(StaffLayout.kind, role) for role in StaffLayout.needed) and not (timed or cases or activities):
        return "organisation"
    return "log"
