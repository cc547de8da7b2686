"""Readers: a file of one format into table ``raw`` of a staging store, nothing interpreted yet."""

from __future__ import annotations

from longwall.evidence.probe import Probe
from longwall.evidence.readers import delimited, json_records, ocel, parquet, xes
from longwall.evidence.source import Source
from longwall.evidence.store import Store

__all__ = ["load"]


def load(probe: Probe, store: Store, *, delimiter: str | None = None, encoding: str | None = None,
         object_type: str | None = None) -> Source:  # fmt: skip
    """Load a probed file into the staging store.

    Parameters
    ----------
    probe : Probe
    store : Store
        A staging store; table ``raw`` is made in it.
    delimiter, encoding : str or None
        For delimited text; None takes what the whole file says.
    object_type : str or None
        For OCEL: the type of object that is the item; None takes the one with the most events per object.

    Returns
    -------
    Source

    Raises
    ------
    EvidenceError
        LW-EV-010 to LW-EV-014, LW-EV-100 to LW-EV-101: no header, no rows, damaged inside, an unknown delimiter.
    """
    if probe.kind == "delimited":
        return delimited.load(probe, store, delimiter=delimiter, encoding=encoding)
    if probe.kind == "parquet":
        return parquet.load(probe, store)
    if probe.kind == "json":
        return json_records.load(probe, store)
    if probe.kind == "xes":
        return xes.load(probe, store)
    return ocel.load(probe, store, object_type=object_type)
