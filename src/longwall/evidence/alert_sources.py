"""Alerts into the store: Alertmanager's JSON (webhook payloads, lists of its API) and tables of any tool."""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from longwall.errors import EvidenceError, Fault
from longwall.evidence.forgotten import SOMEONE, Forgotten, forgotten_of
from longwall.evidence.json_text import documents
from longwall.evidence.labels import NameFilter
from longwall.evidence.people_names import known_people, without_known
from longwall.evidence.privacy import load_key, pseudonym
from longwall.evidence.probe import Limits, Probe, probe
from longwall.evidence.signal_layout import AlertLayout
from longwall.evidence.signal_reading import EPOCH, Reading, read_document, read_table
from longwall.evidence.signal_store import SignalRecord, write_signal
from longwall.evidence.signal_table import Table
from longwall.evidence.tables import plain_name
from longwall.provenance import hash_of_value

__all__ = ["DISPOSITIONS", "alerts_in", "disposition_words", "ingest_alerts", "names_in_alerts"]

DISPOSITIONS = ("true", "benign", "false", "duplicate")
"""True: acted on rightly; benign: true and expected; false: nothing there; duplicate: of another one."""

_YES = ("yes", "y", "true", "t", "1", "on")
_NO = ("no", "n", "false", "f", "0", "off")
_PERSON_LABELS = ("responder", "assignee", "owner", "acknowledgedby", "user", "username")
_CELLS = ("fingerprint", "id", "name", "severity", "service", "team", "incident", "responder", "actioned",
          "disposition")  # fmt: skip

Row = tuple[Any, ...]


@functools.cache
def disposition_words() -> dict[str, str]:
    """Return words that tools write, in lower case without separators, with the disposition they mean."""
    text = resources.files(__package__).joinpath("data", "dispositions.csv").read_text(encoding="utf-8")
    return {row["word"]: row["means"] for row in csv.DictReader(text.splitlines())}


def ingest_alerts(
    path: Path,
    store_path: Path,
    *,
    mapping: AnyMapping[str, Any] | None = None,
    key: bytes | None = None,
    max_rejects: float = 0.01,
    limits: Limits | None = None,
) -> SignalRecord:
    """Read alerts into an evidence store, beside its log and what else is there.

    Parameters
    ----------
    path : pathlib.Path
        Alertmanager's JSON (one or several webhook payloads, or the answer of ``/api/v2/alerts`` or
        ``/api/v2/alerts/groups``), or a CSV or Parquet with a row per alert.
    store_path : pathlib.Path
        Made where it is not there; left as it was where anything goes wrong.
    mapping : mapping or None
        Fields of `AlertLayout` for a table; what is not set is guessed. Of JSON, nothing needs to be said.
    key : bytes or None
        For pseudonyms; None takes the user's (`load_key`).
    max_rejects : float
        Share of bad rows from which the file is refused, in [0, 1].

    Returns
    -------
    SignalRecord

    Raises
    ------
    EvidenceError
        LW-EV-001 to LW-EV-023 as for logs; LW-EV-130 to LW-EV-134: the mapping, or JSON that holds no alerts.
    StorageError
        The disk refuses.

    Notes
    -----
    The same file again changes nothing. The same firing in several files (a payload is sent again until the alert is
    resolved) stays one alert: `longwall.evidence.read_alerts` joins them by fingerprint and time of firing, or by id.
    Annotations, and labels other than name, severity, service or job, team and responder, are not stored.
    """
    path, store_path = Path(path), Path(store_path)
    key = key if key is not None else load_key()
    found = probe(path, limits)
    read = _read(found, store_path, mapping, max_rejects)
    gone = forgotten_of(store_path, key)
    people = NameFilter({str(row[8]) for row in read.rows if row[8]}, key, gone)
    kept, more = _told_apart(read.rows, people, known_people(store_path), key, gone)
    name = people.replaced([path.name])[0]
    record = read.record("alerts", name, found.hash, len(kept), times=[row[7] for row in kept], cautions=more)
    rows = [(number, *row) for number, row in enumerate(kept, 1)]
    return write_signal(store_path, record, {"alerts": rows}, read.rejects)


def names_in_alerts(path: Path, beside: Path, *, mapping: AnyMapping[str, Any] | None = None) -> frozenset[str]:
    """Return the names of the responders in a file of alerts, for removing one.

    Parameters
    ----------
    beside : pathlib.Path
        The store beside which the file is staged.

    Raises
    ------
    EvidenceError, StorageError
        If the file cannot be read.
    """
    return frozenset(str(row[8]) for row in _read(probe(Path(path)), beside, mapping, 1.0).rows if row[8])


def alerts_in(document: Any) -> Iterator[AnyMapping[str, Any]]:
    """Yield the alerts of one JSON document of Alertmanager, whichever of its shapes it has.

    Notes
    -----
    Webhook payload, version 4: an object with ``alerts``; API v2: a list of alerts, or of groups with ``alerts``; API
    v1 and what wraps them: an object with ``data`` (Prometheus documentation, "Alerting: configuration", "clients",
    and the OpenAPI file of Alertmanager's API v2).
    """
    if isinstance(document, list):
        for one in document:
            yield from alerts_in(one)
    elif isinstance(document, dict):
        if "startsAt" in document and isinstance(document.get("labels"), dict):
            yield document
        elif isinstance(document.get("alerts"), list):
            yield from alerts_in(document["alerts"])
        elif isinstance(document.get("data"), list | dict):
            yield from alerts_in(document["data"])


def _read(found: Probe, beside: Path, mapping: AnyMapping[str, Any] | None, max_rejects: float) -> Reading[list[Row]]:
    """Alerts of a probed file, whatever its kind."""
    if found.kind.endswith("json"):
        rows, rejects = _from_json(found, max_rejects)
        return read_document(found, AlertLayout, mapping, rows, len(rows) + len(rejects), rejects)
    return read_table(found, beside, AlertLayout, mapping, max_rejects, _from_table)


def _from_json(found: Probe, max_rejects: float) -> tuple[list[Row], list[tuple[int, str, str]]]:
    """Alerts of JSON as rows: id, fingerprint, name, severity, service, team, incident, fired, responder, and more."""
    alerts = [alert for document in documents(found) for alert in alerts_in(document)]
    if not alerts:
        raise EvidenceError(
            Fault("LW-EV-134", str(found.path), "alerts of Alertmanager: objects with labels and startsAt",
                  "JSON without any", "save the payload of a webhook, or the answer of /api/v2/alerts")
        )  # fmt: skip
    rows: list[Row] = []
    rejects: list[tuple[int, str, str]] = []
    for number, alert in enumerate(alerts, 1):
        fired, ended = _us(alert.get("startsAt")), _us(alert.get("endsAt"))
        status = alert.get("status")
        state = status.get("state") if isinstance(status, dict) else status
        if fired is None:
            rejects.append((number, "startsAt", "a time that cannot be read"))
            continue
        resolved = ended if state == "resolved" else None
        if resolved is not None and resolved < fired:
            rejects.append((number, "endsAt", "an end before its start"))
            continue
        labels = {plain_name(str(name)): str(value) for name, value in alert["labels"].items()}
        mark = alert.get("fingerprint") or hash_of_value({str(k): str(v) for k, v in alert["labels"].items()})
        who = next((labels[name] for name in _PERSON_LABELS if labels.get(name)), None)
        rows.append((None, str(mark), labels.get("alertname"), labels.get("severity"),
                     labels.get("service") or labels.get("job"), labels.get("team"), None, fired, who, None, resolved,
                     None, None))  # fmt: skip
    if len(rejects) > max_rejects * len(alerts) or not rows:
        raise EvidenceError(
            Fault("LW-EV-022", str(found.path), f"at most {max_rejects:.1%} bad alerts",
                  f"{len(rejects):,} of {len(alerts):,} without a time that can be read",
                  "look at startsAt and endsAt in the file, or allow more with --max-rejects")
        )  # fmt: skip
    return rows, rejects


def _from_table(table: Table, max_rejects: float) -> list[Row]:
    """Alerts of a table as rows, bad ones rejected."""
    cells = {f"{role}_us": table.time(role) for role in AlertLayout.times}
    cells |= {f"{role}_text": table.text(role) for role in AlertLayout.times}
    table.stage(cells | {f"{role}_cell": table.text(role) for role in _CELLS})
    checks = [("fired_text IS NULL", "fired", "no time")]
    for role in AlertLayout.times:
        checks += table.bad_times(role)
    checks += [(f"{role}_us < fired_us", role, "an end before its start") for role in AlertLayout.times[1:]]
    table.reject(checks, max_rejects)
    return table.store.rows(
        "SELECT id_cell, fingerprint_cell, name_cell, severity_cell, service_cell, team_cell, incident_cell, fired_us, "
        "responder_cell, acknowledged_us, resolved_us, actioned_cell, disposition_cell FROM good ORDER BY row"
    )


def _told_apart(
    rows: Sequence[Row], people: NameFilter, known: frozenset[str], key: bytes, gone: Forgotten
) -> tuple[list[Row], tuple[str, ...]]:
    """Rows as they are stored: names of people out, words read, identity as a hash; and what should be looked at."""
    names = {str(row[8]) for row in rows if row[8]}
    clean = [_cleaned([row[place] for row in rows], people, lambda labels: without_known(labels, known, key, gone))
             for place in (2, 3, 4, 5, 6)]  # fmt: skip
    hidden = {name: pseudonym(key, name) for name in names if name != SOMEONE and not gone.knows(name)}
    kept: list[Row] = []
    odd: dict[str, int] = {}
    for number, row in enumerate(rows):
        name, severity, service, team, incident = (column[number] for column in clean)
        mark = hash_of_value([str(row[1])] if row[1] else [name, severity, service, team])
        instance = hash_of_value([str(row[0])] if row[0] else [mark, row[7]])
        actioned, word = _flag(row[11]), disposition_words().get(plain_name(str(row[12] or "")))
        for what, seen, read in (("actioned", row[11], actioned), ("disposition", row[12], word)):
            if seen and read is None:
                odd[what] = odd.get(what, 0) + 1
        kept.append((instance, mark, name, severity, service, team, incident, row[7], row[9], row[10], actioned, word,
                     hidden.get(str(row[8])) if row[8] else None))  # fmt: skip
    wanted = {"actioned": "yes or no", "disposition": ", ".join(DISPOSITIONS)}
    return kept, tuple(f"{n:,} values of {what} are not one of: {wanted[what]}; they were left empty."
                       for what, n in sorted(odd.items()))  # fmt: skip


def _cleaned(
    values: Sequence[Any], people: NameFilter, first: Callable[[Sequence[str]], dict[str, str]]
) -> list[str | None]:
    """Labels of one column without names of people, empty ones missing."""
    distinct = sorted({str(value).strip() for value in values if value is not None and str(value).strip()})
    hidden = first(distinct)
    clean = dict(zip(distinct, people.replaced([hidden[label] for label in distinct]), strict=True))
    return [clean.get(str(value).strip()) if value is not None else None for value in values]


def _flag(value: Any) -> bool | None:
    """Yes or no, however it is written."""
    text = str(value).strip().casefold() if value is not None else ""
    return True if text in _YES else False if text in _NO else None


def _us(value: Any) -> int | None:
    """Microseconds since 1970 of an RFC 3339 time; the year 1 stands for never."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if not 1980 <= moment.year < 2100:
        return None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1)
