"""Variance events: every occurrence of a deviation in the traces, with where it arose, was seen and was controlled.

An occurrence is a row. *Origin*: the event at which it arose. *Seen*: the event that first departs because of it.
*Controlled*: the event that repaired it, if it then stays away. *Escaped*: first revealed after the item was closed, or
never repaired when it was. *Censored*: the case was not followed for long enough to tell. *Harm*: elapsed hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.demand import Classes, classes_of
from longwall.discovery.detectors import Detector, load_detectors
from longwall.discovery.occurrences import Context, Occurrences
from longwall.discovery.origins import as_recorded
from longwall.discovery.resources import resource_kinds
from longwall.discovery.rules import find
from longwall.discovery.teams import groups_of
from longwall.discovery.traces import Traces, traces_of

if TYPE_CHECKING:
    from longwall.evidence import Alerts, Log

__all__ = ["Prevalence", "VarianceEvents", "detect"]


@dataclass(frozen=True)
class Prevalence:
    """How common one kind is.

    Parameters
    ----------
    kind : str
    occurrences, cases : int
    share : float
        Cases with it over all cases, in [0, 1].
    harm_h : float
        Elapsed hours it cost altogether.
    escaped, censored : int
        Occurrences.
    withheld : str
        Why the detector says nothing about this log; empty where it speaks.
    name, means : str
        Of the detector, for readers.
    """

    kind: str
    occurrences: int
    cases: int
    share: float
    harm_h: float
    escaped: int
    censored: int
    withheld: str = ""
    name: str = ""
    means: str = ""


@dataclass(frozen=True)
class VarianceEvents:
    """All occurrences, sorted by kind, case and where they were seen.

    Parameters
    ----------
    kind : ndarray of int16, shape (n,)
        Index into `kinds`.
    case : ndarray of int64, shape (n,)
    origin, seen, controlled : ndarray of int64, shape (n,)
        Event rows of the log; -1 where there is none.
    escaped, censored : ndarray of bool, shape (n,)
    harm_h : ndarray of float, shape (n,)
        Elapsed hours, >= 0.
    also : ndarray of int64, shape (n, 3)
        Events that may be the origin as well as `origin`, where they tie; -1 for none.
    kinds : tuple of str
        Ids of the detectors, also of those that found nothing.
    prevalence : tuple of Prevalence
        One per kind, in the same order.
    """

    kind: NDArray[np.int16]
    case: NDArray[np.int64]
    origin: NDArray[np.int64]
    seen: NDArray[np.int64]
    controlled: NDArray[np.int64]
    escaped: NDArray[np.bool_]
    censored: NDArray[np.bool_]
    harm_h: NDArray[np.float64]
    kinds: tuple[str, ...]
    prevalence: tuple[Prevalence, ...]
    also: NDArray[np.int64]

    def of(self, kind: str) -> NDArray[np.int64]:
        """Return the rows of one kind."""
        return np.flatnonzero(self.kind == self.kinds.index(kind))

    def origins(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return where occurrences arose, as a distribution: events, and the share of one occurrence that each holds.

        Parameters
        ----------
        rows : ndarray of int64, shape (n,)
            Occurrences.

        Returns
        -------
        event : ndarray of int64, shape (m,)
            Event rows of the log; those that tie share one occurrence in equal parts.
        weight : ndarray of float, shape (m,)
            In (0, 1]; sums to the number of occurrences whose origin is known.
        """
        table = np.concatenate([self.origin[rows][:, None], self.also[rows]], axis=1)
        known = table >= 0
        weight = known / np.maximum(known.sum(axis=1), 1)[:, None]
        return table[known], weight[known]


def detect(
    log: Log,
    detectors: tuple[Detector, ...] | None = None,
    *,
    classes: Classes | None = None,
    traces: Traces | None = None,
    alerts: Alerts | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> VarianceEvents:
    """Find the variance events of a log.

    Parameters
    ----------
    detectors : tuple of Detector, optional
        As from `load_detectors`; none: those that come with Longwall.
    classes, traces : optional
        To save time where the caller has them already; the same as computed here.
    alerts : Alerts, optional
        Of the same store; those judged false make a false alarm of the item they opened.

    Returns
    -------
    VarianceEvents
        A detector whose needs the log does not meet finds nothing, and its prevalence says why.
    """
    detectors = load_detectors() if detectors is None else detectors
    traces = traces_of(log) if traces is None else traces
    classes = classes_of(log, traces) if classes is None else classes
    groups = groups_of(log, resource_kinds(log, traces))
    context = Context(log, traces, classes, groups, alerts)
    found: list[tuple[int, Occurrences]] = []
    prevalence: list[Prevalence] = []
    for number, detector in enumerate(detectors):
        if progress:
            progress(number / len(detectors), f"looking for {detector.name.lower()}")
        missing = sorted(detector.needs - log.capabilities)
        occurrences, withheld = Occurrences.none(), ""
        if missing:
            withheld = f"the log does not show: {', '.join(missing)}"
        else:
            occurrences, withheld = find(context, detector)
            occurrences = as_recorded(context, occurrences)
        found.append((number, occurrences))
        prevalence.append(
            Prevalence(
                detector.id,
                occurrences.case.size,
                int(np.unique(occurrences.case).size),
                float(np.unique(occurrences.case).size / max(traces.n_cases, 1)),
                float(occurrences.harm_h.sum()),
                int(occurrences.escaped.sum()),
                int(occurrences.censored.sum()),
                withheld,
                detector.name,
                detector.means,
            )
        )
    kind = np.concatenate([np.full(o.case.size, n, dtype=np.int16) for n, o in found])
    joined = Occurrences.joined([occurrences for _, occurrences in found])
    order = np.lexsort((joined.origin, joined.seen, joined.case, kind))
    part = joined.rows(order)
    return VarianceEvents(
        kind[order],
        part.case,
        part.origin,
        part.seen,
        part.controlled,
        part.escaped,
        part.censored,
        part.harm_h,
        tuple(detector.id for detector in detectors),
        tuple(prevalence),
        part.also,
    )
