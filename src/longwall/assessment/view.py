"""A log as the detectors see it: ids of the model, classes that are alike, team stays, what each case took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.performers import Performers, performers_of
from longwall.assessment.thresholds import Thresholds
from longwall.discovery.labels import ids_of
from longwall.discovery.resources import ACCOUNT, MACHINE, resource_kinds
from longwall.discovery.traces import Traces, traces_of
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import WorkSystem

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["Excess", "Stays", "View"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_CLASS_LABELS = 50
_STRATUM_LABELS = 20
_STRATUM_ATTRIBUTES = 3
_COVERED = 0.8


@dataclass(frozen=True)
class Stays:
    """Unbroken stays of cases with teams, in order; events without a team are passed over.

    Parameters
    ----------
    case, team : ndarray of int, shape (n_stays,)
    first, last : ndarray of int, shape (n_stays,)
        First and last event row of the stay.
    """

    case: Ints
    team: Ints
    first: Ints
    last: Ints


@dataclass(frozen=True)
class Excess:
    """How much longer some cases took than cases like them.

    Parameters
    ----------
    per_case_h, low_h, high_h : float
        Mean excess of elapsed hours with its 95% interval.
    cases : int
        Cases that had others to be compared with.
    """

    per_case_h: float
    low_h: float
    high_h: float
    cases: int


class View:
    """One log with what detectors derive from it again and again, each computed once.

    Parameters
    ----------
    log : Log
    system : WorkSystem
        Lends teams where the log has none.
    thresholds : Thresholds
    labels : mapping of id to str, optional
        The id of the model for each label of the log; what is missing gets an id of its own.
    """

    def __init__(
        self, log: Log, system: WorkSystem, thresholds: Thresholds, labels: Mapping[str, str] | None = None
    ) -> None:
        self.log, self.system, self.thresholds = log, system, thresholds
        known = {label: key for key, label in (labels or {}).items() if key in system.functions or key in system.teams}
        self.functions = _ids(log.activities, {k: v for k, v in known.items() if v in system.functions})
        self.teams = _ids(log.teams, {k: v for k, v in known.items() if v in system.teams})
        self.class_ids = {label: key for key, label in (labels or {}).items() if key in system.demand}
        self.traces: Traces = traces_of(log)

    @property
    def n_cases(self) -> int:
        """Number of cases."""
        return self.traces.n_cases

    @cached_property
    def weeks(self) -> float:
        """Weeks between the first arrival and the last event, at least one day."""
        span_h = self.traces.edge_h - float(self.traces.arrival_h.min(initial=self.traces.edge_h))
        return max(span_h, 24.0) / HOURS_PER_WEEK

    @cached_property
    def duration_h(self) -> Floats:
        """Elapsed hours of each case, first start to last end."""
        return np.asarray(np.maximum(self.traces.close_h - self.traces.arrival_h, 0.0))

    @cached_property
    def team(self) -> Ints:
        """Team per event row; where the log has no teams, the team whose role does the function in the model."""
        if (self.log.team >= 0).any():
            return self.log.team.astype(np.int64)
        codes = {team: code for code, team in enumerate(self.team_ids)}
        of_activity = np.full(len(self.functions), -1, dtype=np.int64)
        for code, key in enumerate(self.functions):
            function = self.system.functions.get(key)
            owners = {self.system.roles[role].team for role in function.roles} if function else set()
            if len(owners) == 1:
                of_activity[code] = codes.get(owners.pop(), -1)
        return of_activity[self.log.activity]

    @cached_property
    def team_ids(self) -> tuple[str, ...]:
        """Ids of the teams that `team` counts in."""
        return self.teams if (self.log.team >= 0).any() else tuple(self.system.teams)

    def team_name(self, code: int) -> str:
        """Return what people call a team."""
        if (self.log.team >= 0).any():
            return self.log.teams[code]
        return self.system.teams[self.team_ids[code]].name or self.team_ids[code]

    @cached_property
    def machine(self) -> Bools:
        """Whether each resource is machine-like, shape (n_resources,)."""
        return np.asarray(self._kinds == MACHINE)

    @cached_property
    def account(self) -> Bools:
        """Whether each resource keeps longer days than one person can: a shared account, a queue or a machine."""
        return np.asarray(self._kinds == ACCOUNT)

    @cached_property
    def _kinds(self) -> NDArray[np.int8]:
        return resource_kinds(self.log, self.traces).kind

    @cached_property
    def enabled_h(self) -> Floats:
        """When each event could have begun: the end of the event before, or the arrival of the case."""
        previous = self.traces.previous
        arrived = self.traces.arrival_h[self.log.case]
        return np.asarray(np.where(previous >= 0, self.log.end_h[previous], arrived), dtype=np.float64)

    @cached_property
    def elapsed_h(self) -> Floats:
        """Elapsed hours of each step, waiting included: a measure of the item."""
        return np.asarray(np.maximum(self.log.end_h - self.enabled_h, 0.0))

    @cached_property
    def taken_h(self) -> Floats:
        """Hours of work of each step where starts are logged, else `elapsed_h`; never below zero."""
        return np.maximum(self.log.end_h - self.log.start_h, 0.0) if self.log.starts_logged else self.elapsed_h

    @cached_property
    def performers(self) -> Performers:
        """What does the steps."""
        return performers_of(self)

    @cached_property
    def stays(self) -> Stays:
        """Stays of cases with teams."""
        rows = np.flatnonzero(self.team >= 0)
        case, team = self.log.case[rows].astype(np.int64), self.team[rows]
        new = np.r_[True, (np.diff(case) != 0) | (np.diff(team) != 0)] if rows.size else np.zeros(0, dtype=bool)
        begin = np.flatnonzero(new)
        stop = np.r_[begin[1:], rows.size][: begin.size] - 1
        return Stays(case[begin], team[begin], rows[begin], rows[stop])

    @cached_property
    def earlier(self) -> Ints:
        """Row of the previous execution of the same activity in the same case, -1 for the first; shape (n_events,)."""
        order = np.lexsort((np.arange(self.log.case.size), self.log.activity, self.log.case))
        before = np.full(self.log.case.size, -1, dtype=np.int64)
        same = (np.diff(self.log.case[order]) == 0) & (np.diff(self.log.activity[order]) == 0)
        before[order[1:][same]] = order[:-1][same]
        return before

    @cached_property
    def classes(self) -> tuple[Ints, ...]:
        """Ways to say which cases are alike: all, by first activity, by each attribute with few labels."""
        ways = [np.zeros(self.n_cases, dtype=np.int64), self.log.activity[self.traces.first].astype(np.int64)]
        ways += [codes for codes, count in self._attributes if count <= _CLASS_LABELS]
        return tuple(ways)

    @cached_property
    def stratum(self) -> Ints:
        """Class in which cases are compared: up to three attributes crossed, as far as the cells stay filled."""
        least = self.thresholds["least_cases"]
        cells = np.zeros(self.n_cases, dtype=np.int64)
        used = 0
        for codes, count in sorted(self._attributes, key=lambda pair: pair[1]):
            if count > _STRATUM_LABELS or used == _STRATUM_ATTRIBUTES:
                break
            crossed = np.unique(cells * (count + 1) + codes + 1, return_inverse=True)[1]
            sizes = np.bincount(crossed)
            if sizes[sizes >= least].sum() >= _COVERED * self.n_cases:
                cells, used = crossed.astype(np.int64), used + 1
        return cells

    @cached_property
    def _attributes(self) -> tuple[tuple[Ints, int], ...]:
        """Codes and number of labels of each case attribute that tells cases apart, by name."""
        kept = []
        for name in sorted(self.log.case_attributes):
            attribute = self.log.case_attributes[name]
            if attribute.kind == "label" and 2 <= len(attribute.labels) <= _CLASS_LABELS:
                kept.append((attribute.codes.astype(np.int64), len(attribute.labels)))
        return tuple(kept)

    def by_design(self, times: Ints, *, among: Bools | None = None, same_count: bool = True) -> Bools:
        """Tell the cases in which something is part of the usual course of their class.

        It is, where more than half of a class shows it and, if asked for, those agree on how many times.

        Parameters
        ----------
        times : ndarray of int, shape (n_cases,)
            How many times each case shows it.
        among : ndarray of bool, shape (n_cases,), optional
            The cases that could show it; none: all.
        same_count : bool
            Laid-out work repeats a fixed number of times; trouble any number of times.
        """
        usual = np.zeros(self.n_cases, dtype=bool)
        among = np.ones(self.n_cases, dtype=bool) if among is None else among
        for codes in self.classes:
            shifted = codes - codes.min(initial=0)
            size = np.bincount(shifted, weights=among)
            showing = np.bincount(shifted, weights=(times > 0) & among)
            for label in np.flatnonzero(
                (size >= self.thresholds["least_cases"]) & (showing > self.thresholds["by_design_share"] * size)
            ):
                inside = shifted == label
                counts = np.bincount(times[inside & (times > 0)])
                if not same_count or counts.max() >= self.thresholds["by_design_same_count"] * counts.sum():
                    usual |= inside
        return usual

    def excess(self, chosen: Bools) -> Excess | None:
        """Return how much longer the chosen cases took than other finished cases of their stratum.

        Returns
        -------
        Excess or None
            None where there is nothing to compare with.
        """
        finished = self.traces.finished
        cells = int(self.stratum.max(initial=0)) + 1
        sums = []
        for mask in (chosen & finished, ~chosen & finished):
            cell, hours = self.stratum[mask], self.duration_h[mask]
            n = np.bincount(cell, minlength=cells)
            mean = np.bincount(cell, weights=hours, minlength=cells) / np.maximum(n, 1)
            spread = np.bincount(cell, weights=(hours - mean[cell]) ** 2, minlength=cells) / np.maximum(n - 1, 1)
            sums.append((n, mean, spread))
        (n1, mean1, var1), (n0, mean0, var0) = sums
        usable = (n1 >= 2) & (n0 >= 2)
        total = int(n1[usable].sum())
        if not total:
            return None
        weight = n1[usable] / total
        gap = float(weight @ (mean1 - mean0)[usable])
        half = 1.96 * float(np.sqrt(weight**2 @ (var1 / np.maximum(n1, 1) + var0 / np.maximum(n0, 1))[usable]))
        return Excess(gap, gap - half, gap + half, total)


def _ids(labels: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the model for labels of the log, and new ones where it has none."""
    fresh = iter(ids_of([label for label in labels if label not in known], known.values()))
    return tuple(known[label] if label in known else next(fresh) for label in labels)
