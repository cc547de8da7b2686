"""Alerts as arrays, and what can be counted on them: when they come, which repeat, which were worth it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from longwall.evidence.alert_sources import DISPOSITIONS
from longwall.evidence.clock import local_week_hour
from longwall.evidence.forgotten import SOMEONE
from longwall.evidence.log import HOUR_US
from longwall.evidence.people_names import masked, same_person
from longwall.evidence.privacy import publishable_groups
from longwall.evidence.signal_frame import framed
from longwall.evidence.signal_store import numbers_in_log
from longwall.evidence.store import Store, literal
from longwall.units import HOURS_PER_WEEK

__all__ = ["AlertCounts", "Alerts", "ResponderLoad", "alert_counts", "read_alerts", "responder_load"]

_MERGED = """
    SELECT instance, min(fingerprint) AS fingerprint, min(fired_us) AS fired_us, min(acknowledged_us) AS ack_us,
        max(resolved_us) AS resolved_us, bool_or(actioned) AS actioned,
        arg_max(disposition, (source, row)) FILTER (WHERE disposition IS NOT NULL) AS disposition,
        arg_min(name, (source, row)) AS name, arg_min(severity, (source, row)) AS severity,
        arg_min(service, (source, row)) AS service, arg_min(team, (source, row)) AS team,
        arg_max(incident, (source, row)) FILTER (WHERE incident IS NOT NULL) AS incident,
        arg_min(responder, (source, row)) FILTER (WHERE responder IS NOT NULL) AS responder, count(*) AS notices
    FROM alerts GROUP BY instance
"""


@dataclass(frozen=True)
class Alerts:
    """Alerts in order of firing, one entry per firing.

    No name of a person is in it: responders are numbers, the same as `Log.resource` where the log knows the person.

    Parameters
    ----------
    fired_h : ndarray of float64, shape (n,)
        Hours since `origin`.
    acknowledged_h, resolved_h : ndarray of float64, shape (n,)
        Hours since `origin`; NaN where not known, or not yet.
    name, severity, service, team : ndarray of int32, shape (n,)
        Index into `names`, `severities`, `services`, `teams`; -1 where missing.
    actioned : ndarray of int8, shape (n,)
        1 yes, 0 no, -1 not known.
    disposition : ndarray of int8, shape (n,)
        Index into `DISPOSITIONS`; -1 where not known.
    responder : ndarray of int32, shape (n,)
        0 .. n_responders - 1, or -1. Below the log's `n_resources` it is the same person as there.
    case : ndarray of int64, shape (n,)
        Item of the log that came of it; -1 where none is known.
    fingerprint : ndarray of int64, shape (n,)
        Equal for firings of the same thing.
    notices : ndarray of int64, shape (n,)
        How often the firing was sent or listed, >= 1.
    names, severities, services, teams : tuple of str
    n_responders : int
    origin : datetime.datetime
        The log's origin where there is a log, else Monday 00:00 before the first alert; aware.
    timezone : str
        IANA name.
    """

    fired_h: NDArray[np.float64]
    acknowledged_h: NDArray[np.float64]
    resolved_h: NDArray[np.float64]
    name: NDArray[np.int32]
    severity: NDArray[np.int32]
    service: NDArray[np.int32]
    team: NDArray[np.int32]
    actioned: NDArray[np.int8]
    disposition: NDArray[np.int8]
    responder: NDArray[np.int32]
    case: NDArray[np.int64]
    fingerprint: NDArray[np.int64]
    notices: NDArray[np.int64]
    names: tuple[str, ...]
    severities: tuple[str, ...]
    services: tuple[str, ...]
    teams: tuple[str, ...]
    n_responders: int
    origin: datetime
    timezone: str

    @property
    def n_alerts(self) -> int:
        """Number of firings."""
        return int(self.fired_h.size)

    def repeats(self, within_h: float = 24.0) -> NDArray[np.bool_]:
        """Return which firings follow another one of the same fingerprint, shape (n,).

        Parameters
        ----------
        within_h : float
            Hours between the two firings, > 0.
        """
        order = np.lexsort((self.fired_h, self.fingerprint))
        same = np.diff(self.fingerprint[order]) == 0
        close = np.diff(self.fired_h[order]) <= within_h
        found = np.zeros(self.n_alerts, dtype=np.bool_)
        found[order[1:][same & close]] = True
        return found


@dataclass(frozen=True)
class AlertCounts:
    """Counts over alerts, and over those of each name; all counted, none fitted.

    Parameters
    ----------
    labels : tuple of str
        ``all`` first, then the names, the most frequent first.
    alerts, repeats : ndarray of int64, shape (n_labels,)
        Firings, and those that follow another of the same fingerprint within a day.
    actioned_share : ndarray of float64, shape (n_labels,)
        Of those of which it is known; NaN where it is of none.
    dispositions : ndarray of int64, shape (n_labels, 5)
        As in `DISPOSITIONS`, the last column not known.
    acknowledge_h, resolve_h : ndarray of float64, shape (n_labels,)
        Median hours from firing; NaN where none is known.
    per_hour : ndarray of float64, shape (168,)
        Alerts per hour of the week on local clocks, Monday 00:00 first, over the weeks that the alerts span.
    weeks : float
        Weeks from the first to the last firing, at least one.
    """

    labels: tuple[str, ...]
    alerts: NDArray[np.int64]
    repeats: NDArray[np.int64]
    actioned_share: NDArray[np.float64]
    dispositions: NDArray[np.int64]
    acknowledge_h: NDArray[np.float64]
    resolve_h: NDArray[np.float64]
    per_hour: NDArray[np.float64]
    weeks: float


@dataclass(frozen=True)
class ResponderLoad:
    """Alerts per responder and week, for groups of five responders or more; the others are left out.

    Parameters
    ----------
    groups : tuple of str
        Teams, as the alerts name them.
    people : ndarray of int64, shape (n_groups,)
        Responders who took at least one, >= 5.
    per_person_week : ndarray of float64, shape (n_groups,)
        Alerts a week for one of them [1/week].
    reason : str
        What is left out and why; empty where nothing is.
    """

    groups: tuple[str, ...]
    people: NDArray[np.int64]
    per_person_week: NDArray[np.float64]
    reason: str


def read_alerts(store_path: Path) -> Alerts:
    """Return the alerts of an evidence store as arrays.

    Raises
    ------
    EvidenceError
        LW-EV-135: the store holds no alerts.
    StorageError
        If the store is not there or cannot be read.
    """
    with framed(store_path, "alerts") as frame:
        people = _responders(frame.store)
        found = frame.store.rows(f"SELECT * FROM ({_MERGED}) ORDER BY fired_us, instance")
        cases = _cases(frame.store, [row[11] for row in found])
    marks, name, severity, service, team = (_coded([row[place] for row in found]) for place in (1, 7, 8, 9, 10))
    return Alerts(
        fired_h=_hours([row[2] for row in found], frame.origin_us),
        acknowledged_h=_hours([row[3] for row in found], frame.origin_us),
        resolved_h=_hours([row[4] for row in found], frame.origin_us),
        name=name[0],
        severity=severity[0],
        service=service[0],
        team=team[0],
        actioned=np.array([-1 if row[5] is None else int(row[5]) for row in found], dtype=np.int8),
        disposition=np.array([-1 if row[6] is None else DISPOSITIONS.index(row[6]) for row in found], dtype=np.int8),
        responder=np.array([people.get(row[12], -1) for row in found], dtype=np.int32),
        case=cases,
        fingerprint=marks[0].astype(np.int64),
        notices=np.array([row[13] for row in found], dtype=np.int64),
        names=name[1],
        severities=severity[1],
        services=service[1],
        teams=team[1],
        n_responders=max(people.values(), default=-1) + 1,
        origin=frame.origin,
        timezone=frame.timezone,
    )


def alert_counts(alerts: Alerts) -> AlertCounts:
    """Return counts over all alerts and over each name."""
    order = np.argsort(-np.bincount(alerts.name[alerts.name >= 0], minlength=len(alerts.names)), kind="stable")
    groups = [np.ones(alerts.n_alerts, dtype=np.bool_), *(alerts.name == code for code in order)]
    again = alerts.repeats()
    known = np.where(alerts.disposition >= 0, alerts.disposition, len(DISPOSITIONS))
    weeks = max(1.0, float(np.ptp(alerts.fired_h)) / HOURS_PER_WEEK)
    hours = local_week_hour(alerts.fired_h, alerts.origin, alerts.timezone).astype(np.int64)
    return AlertCounts(
        ("all", *(alerts.names[code] for code in order)),
        np.array([own.sum() for own in groups], dtype=np.int64),
        np.array([(own & again).sum() for own in groups], dtype=np.int64),
        np.array([_share(alerts.actioned[own & (alerts.actioned >= 0)]) for own in groups]),
        np.array([np.bincount(known[own], minlength=len(DISPOSITIONS) + 1) for own in groups], dtype=np.int64),
        np.array([_median(alerts.acknowledged_h[own] - alerts.fired_h[own]) for own in groups]),
        np.array([_median(alerts.resolved_h[own] - alerts.fired_h[own]) for own in groups]),
        np.bincount(hours, minlength=HOURS_PER_WEEK) / weeks,
        weeks,
    )


def responder_load(alerts: Alerts) -> ResponderLoad:
    """Return alerts per responder and week of teams with five responders or more.

    Notes
    -----
    A measure of performers: small teams are left out, also against subtraction from the whole
    (`longwall.evidence.publishable_groups`). Somebody who takes alerts of two teams counts in both.
    """
    known = (alerts.responder >= 0) & (alerts.team >= 0)
    team, who = alerts.team[known], alerts.responder[known]
    pairs = np.unique(np.stack([team, who]), axis=1)
    sizes = np.bincount(pairs[0], minlength=len(alerts.teams)) if known.any() else np.zeros(0, dtype=np.int64)
    taken = np.bincount(team, minlength=len(alerts.teams))
    published = publishable_groups({code: int(n) for code, n in enumerate(sizes) if n})
    shown = sorted(int(code) for code in published.shown)  # type: ignore[call-overload]
    weeks = max(1.0, float(np.ptp(alerts.fired_h)) / HOURS_PER_WEEK)
    return ResponderLoad(
        tuple(alerts.teams[code] for code in shown),
        sizes[shown].astype(np.int64),
        taken[shown] / np.maximum(sizes[shown], 1) / weeks,
        published.reason,
    )


def _responders(store: Store) -> dict[str, int]:
    """Number of each pseudonym: the log's resources first, then the others in order of their first alert.

    What the organisation knows to be another name of a person has the person's number.
    """
    known = numbers_in_log(store, "resources", "pseudonym")
    links = store.rows("SELECT from_id, to_id FROM organisation_links WHERE link = 'alias' ORDER BY source, rowid")
    stands = same_person([(str(one), str(other)) for one, other in links], tuple(known))
    others = store.rows(
        f"SELECT responder FROM alerts WHERE responder <> {literal(SOMEONE)} GROUP BY 1 "
        "ORDER BY min(fired_us), min(row), 1"
    )
    size = len(known)
    for (name,) in others:
        person = stands.get(str(name), str(name))
        if person not in known:
            known[person], size = size, size + 1
        known[str(name)] = known[person]
    return known


def _cases(store: Store, incidents: list[str | None]) -> NDArray[np.int64]:
    """Case of the log under each label; -1 where there is none."""
    known = numbers_in_log(store, "cases", "label") if any(incidents) else {}
    return np.array([known.get(label, -1) if label else -1 for label in incidents], dtype=np.int64)


def _hours(values: list[int | None], origin_us: int) -> NDArray[np.float64]:
    """Microseconds as hours since the origin, NaN where missing."""
    return np.array([np.nan if value is None else (value - origin_us) / HOUR_US for value in values])


def _coded(values: list[str | None]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Codes by first appearance, -1 where missing, and the labels."""
    labels: dict[str, int] = {}
    codes = [-1 if value is None else labels.setdefault(masked(value), len(labels)) for value in values]
    return np.array(codes, dtype=np.int32), tuple(labels)


def _share(flags: NDArray[np.int8]) -> float:
    return float(flags.mean()) if flags.size else float("nan")


def _median(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")
