"""Drivers of misalignment: what wears a work system out, each with its measures, thresholds and findings.

About steps, teams and roles, never about persons; measures of performers are pooled over five and more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from longwall.assessment.drivers.alert_fatigue import alert_fatigue
from longwall.assessment.drivers.complacency import complacency
from longwall.assessment.drivers.conflicts import conflicts
from longwall.assessment.drivers.governance import governance
from longwall.assessment.drivers.loops import alert_loop, work_loop
from longwall.assessment.drivers.procedure import Rule
from longwall.assessment.drivers.role_ambiguity import role_ambiguity
from longwall.assessment.drivers.rows import DRIVERS, Driver, Drivers, Place
from longwall.assessment.drivers.takeover import skill_atrophy
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View

if TYPE_CHECKING:
    from longwall.evidence import Alerts

__all__ = ["drivers_of"]


def drivers_of(
    view: View | None,
    cuts: Thresholds,
    *,
    alerts: Alerts | None = None,
    procedure: Iterable[Rule] = (),
    only: Driver | None = None,
    seed: int = 0,
) -> Drivers:
    """Return the measures and findings of all drivers, as far as there is evidence for them.

    Parameters
    ----------
    view : View or None
        The log; None: there is none.
    cuts : Thresholds
    alerts : Alerts, optional
    procedure : iterable of Rule
        From `load_procedure`: what people declared.
    only : str, optional
        One of `DRIVERS`; none: all of them.
    seed : int
        >= 0; of the bootstrap.

    Returns
    -------
    Drivers
        Rows in the order of `DRIVERS`; what nothing can be said of has a row that says what it needs.
    """
    from_log: Mapping[Driver, Callable[[View], Drivers]] = {
        "complacency": complacency,
        "skill_atrophy": lambda seen: skill_atrophy(seen, seed),
        "role_ambiguity": role_ambiguity,
        "governance_misalignment": lambda seen: governance(seen, procedure),
        "conflicting_measures": conflicts,
        "reinforcing_loop": work_loop,
    }
    found = Drivers()
    for driver in DRIVERS if only is None else (only,):
        if driver in from_log and view is not None:
            found += from_log[driver](view)
        if driver == "alert_fatigue":
            found += alert_fatigue(alerts, cuts) if alerts is not None and alerts.n_alerts else _no_alerts(cuts)
        if driver == "reinforcing_loop" and alerts is not None and alerts.n_alerts:
            found += alert_loop(alerts, cuts)
    return found


def _no_alerts(cuts: Thresholds) -> Drivers:
    """The row that says what is missing."""
    place = Place("alert_fatigue", cuts)
    place.unknown(
        "response_with_load",
        "answers in busy hours over those in quiet ones",
        "response_with_load",
        f"there is no alert log; needs about {cuts['least_alerts']:.0f} alerts with what became of them",
        at_most=True,
    )
    return place.with_finding(None)
