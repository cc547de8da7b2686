"""Steps at which people look at what others did: when they begin, what they decide, what they miss.

Said of steps. A step counts as a check where its label or the model says so and it follows the work of somebody else;
what is recorded together with the work itself, by the same hand, is a status and no check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.view import View
from longwall.evidence.disclosure import half_step
from longwall.evidence.privacy import MIN_GROUP

__all__ = ["PERFORMERS", "Check", "checks"]

PERFORMERS = "a measure of performers: shown for groups of five and more only"
"""Why a measure is withheld."""

CHECKING = re.compile(
    r"approv|authori[sz]|\bcheck|review|inspect|verif|validat|sign[ -]?off|\bsign\b|\bconfirm\b|valider|\baudit"
    r"|beoordel|controle",
    re.IGNORECASE,
)
"""Words of labels that name a check, in the languages of the logs at hand."""
_SENT_BACK = re.compile(r"reject|return|send back|sent back|refus|declin|correct|change|rework|amend", re.IGNORECASE)
_REVIEWED = range(4, 9)
_STARTED = 0.5


@dataclass(frozen=True)
class Check:
    """First passes of cases through one checking step, done by people on work of somebody else.

    Parameters
    ----------
    activity : int
    rows : ndarray of int64, shape (n,)
        Event rows of the log, in order of time.
    took_h : ndarray of float, shape (n,)
        From start to end; where starts are not logged, since the step before: no reading took longer.
    started : bool
        Whether the log has the starts of this step.
    changed : ndarray of bool, shape (n,)
        Sent back: the next step was done before, or is called so.
    missed : ndarray of bool, shape (n,)
        Passed on, and a step from before came again later: somebody else found the fault.
    who : ndarray of int64, shape (n,)
        Performer, -1 where not known.
    """

    activity: int
    rows: NDArray[np.int64]
    took_h: NDArray[np.float64]
    started: bool
    changed: NDArray[np.bool_]
    missed: NDArray[np.bool_]
    who: NDArray[np.int64]

    @property
    def shown(self) -> bool:
        """Whether measures of its performers may be shown: nobody is known, or five people and more."""
        known = self.who[self.who >= 0]
        return not known.size or np.unique(known).size >= MIN_GROUP

    @property
    def half_grid(self) -> float:
        """Half step of the grid on which shares over its performers are said; 0 where nobody is known."""
        known = self.who[self.who >= 0]
        return half_step(np.unique(known, return_counts=True)[1]) if known.size else 0.0


def checks(view: View) -> list[Check]:
    """Return the checking steps of a log with at least `least_executions` first passes by people."""
    log = view.log
    named = [bool(CHECKING.search(label)) for label in log.activities]
    for code, key in enumerate(view.functions):
        function = view.system.functions.get(key)
        if function is not None and function.allocation.component and function.allocation.level in _REVIEWED:
            named[code] = True
    if not any(named):
        return []
    again, sent_back = _again_after(view), _sent_back(view)
    found = []
    for code in (int(place) for place in np.flatnonzero(named)):
        made = _check(view, code, again, sent_back)
        if made is not None:
            found.append(made)
    return found


def _check(view: View, code: int, again: NDArray[np.bool_], sent_back: NDArray[np.bool_]) -> Check | None:
    """One checking step, or None where it is no check by people or too rare."""
    log, previous = view.log, view.traces.previous
    rows = np.flatnonzero((log.activity == code) & (view.earlier < 0) & (previous >= 0))
    rows = rows[view.traces.finished[log.case[rows]] | (view.traces.next[rows] >= 0)]
    if "resources" in log.capabilities and log.n_resources:
        other = log.resource[rows] != log.resource[previous[rows]]
        rows = rows[(log.resource[rows] >= 0) & other & ~view.performers.machine[rows]]
    if rows.size < view.thresholds["least_checks"]:
        return None
    rows = rows[np.argsort(log.end_h[rows], kind="stable")]
    took, changed = log.end_h[rows] - log.start_h[rows], sent_back[rows]
    # A step of which only the end is recorded has no time of its own, also where other steps of the log have starts.
    started = log.starts_logged and float((took > 0).mean()) >= _STARTED
    if not started:
        took = view.elapsed_h[rows]
    who = log.resource[rows].astype(np.int64)
    return Check(code, rows, np.maximum(took, 0.0), started, changed, again[rows] & ~changed, who)


def _again_after(view: View) -> NDArray[np.bool_]:
    """Whether, after each event, its case repeats a step that was done before that event; shape (n_events,)."""
    log = view.log
    latest = np.full(log.case.size, -1, dtype=np.int64)
    repeated = np.flatnonzero(view.earlier >= 0)
    usual = _repeat_by_design(view, repeated)
    repeated = repeated[~usual[log.activity[repeated]]]
    # The repeat at row r looks back to row e: every event strictly between them has a step from before come again.
    np.maximum.at(latest, np.minimum(view.earlier[repeated] + 1, log.case.size - 1), repeated)
    reach = np.maximum.accumulate(np.where(latest >= 0, latest, -1))
    rows = np.arange(log.case.size)
    return np.asarray(reach > rows)


def _repeat_by_design(view: View, repeated: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Activities that more than half of the cases with them do again, shape (n_activities,)."""
    log, n = view.log, len(view.log.activities)
    cases = np.bincount(log.activity[view.earlier < 0], minlength=n)
    first_repeats = repeated[view.earlier[view.earlier[repeated]] < 0]
    again = np.bincount(log.activity[first_repeats], minlength=n)
    return np.asarray(again > view.thresholds["by_design_share"] * cases)


def _sent_back(view: View) -> NDArray[np.bool_]:
    """Whether the step after each event was done before in the case, or is called a return; shape (n_events,)."""
    log, following = view.log, view.traces.next
    named = np.array([bool(_SENT_BACK.search(label)) for label in log.activities])
    after = np.maximum(following, 0)
    back = (view.earlier[after] >= 0) | named[log.activity[after]]
    return np.asarray((following >= 0) & back & (log.activity[after] != log.activity))
