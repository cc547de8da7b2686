"""The variance events of a study: its log, its own detectors, and the alerts that opened items."""

from __future__ import annotations

from longwall import discovery, evidence
from longwall.study.folder import Study

__all__ = ["events_of"]


def events_of(study: Study, log: evidence.Log) -> discovery.VarianceEvents:
    """Return the variance events of a study's log, by its own detectors, with its alerts where it has some."""
    detectors = discovery.load_detectors(study.detectors if study.detectors.is_file() else None)
    alerts = None
    if any(record.kind == "alerts" for record in evidence.signal_records(study.store)):
        alerts = evidence.read_alerts(study.store)
    return discovery.detect(log, detectors, alerts=alerts)
