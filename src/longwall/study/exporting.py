"""Export: the log of a study as a file that other tools read; no person in it."""

from __future__ import annotations

from pathlib import Path

from longwall import evidence
from longwall.errors import Fault, StudyError
from longwall.study.folder import Study
from longwall.study.retaining import needs_log

__all__ = ["export_log"]


def export_log(study: Study, path: Path) -> int:
    """Write the log of a study; the ending of the path chooses the format.

    Parameters
    ----------
    study : Study
        After `longwall ingest`.
    path : pathlib.Path
        Ends in ``.csv``, ``.csv.gz``, ``.parquet``, ``.xes``, ``.xes.gz``, ``.json`` or ``.xml`` (OCEL 2.0).

    Returns
    -------
    int
        Events written.

    Raises
    ------
    StudyError
        LW-ST-004: there is no log.
    EvidenceError, StorageError
        If the ending is unknown, or the disk refuses.
    """
    reason = needs_log(study)
    if reason is not None:
        raise StudyError(Fault("LW-ST-004", str(study.path), "a log to export", "none", reason))
    log = evidence.read_log(study.store)
    evidence.write_log(log, path, links=evidence.read_links(study.store))
    return log.n_events
