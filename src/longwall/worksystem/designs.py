"""Designs: interventions as patches, a design as a base plus patches."""

from __future__ import annotations

from typing import Any, Literal

from longwall.worksystem.values import Id, Parameter, Piece

__all__ = ["Design", "Intervention", "Patch"]


class Patch(Piece):
    """One edit of a work system.

    Parameters
    ----------
    op : str
        ``set`` a value, ``add`` an entry to a list or mapping, ``remove`` one.
    path : str
        Keys joined by dots from the root; entries of lists by id (``work.functions.triage.allocation.level``) or, for
        lists without ids, by position (``social.roles.analyst.shifts.0.people``).
    value : any
        Plain data as in YAML; not for ``remove``.
    """

    op: Literal["set", "add", "remove"] = "set"
    path: str
    value: Any = None


class Intervention(Piece):
    """A change to the work system.

    Parameters
    ----------
    kind : str
        technical, social, work or environment: the layer that it changes first.
    lever : str
        Such as ``staff``, ``cross_train``, ``control_at_source``, ``change_level``, ``alert_threshold``, ``drill``.
    cost : Parameter, optional
        Once, in the currency of the study; none: not known.
    running_cost_per_week : Parameter, optional
        Change of the weekly cost.
    lead_time_weeks : float
        From the decision until it takes effect.
    effort_weeks : float
        Person-weeks of the people concerned.
    requires : tuple of Id
        Interventions that come first.
    answers : tuple of Id
        Findings that it answers.
    people_removed : int
        Heads fewer than before; more than zero demands a `strengthening` sibling.
    strengthening : Id, optional
        The sibling that strengthens the people instead.
    owner : Id
        The role that answers for it; empty: not named yet.
    """

    id: Id
    title: str
    kind: Literal["technical", "social", "work", "environment"]
    lever: str
    patches: tuple[Patch, ...]
    why: str = ""
    cost: Parameter | None = None
    running_cost_per_week: Parameter | None = None
    lead_time_weeks: float = 0.0
    effort_weeks: float = 0.0
    requires: tuple[Id, ...] = ()
    answers: tuple[Id, ...] = ()
    concerns: tuple[Id, ...] = ()
    reversible: bool = True
    people_removed: int = 0
    strengthening: Id | None = None
    owner: Id | Literal[""] = ""


class Design(Piece):
    """A work system plus the interventions that lead to it.

    Parameters
    ----------
    base_hash : str
        Hash of the work system it starts from.
    interventions : tuple of Id
        In the order in which their patches are applied.
    role : str
        What it stands for among the designs, such as ``joint``, ``technical only``, ``social only``.
    """

    id: Id
    name: str
    base: Id
    base_hash: str
    interventions: tuple[Id, ...]
    role: str = ""
    why: str = ""
    disputed: tuple[Id, ...] = ()
