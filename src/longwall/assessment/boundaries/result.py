"""What is said of boundaries: how often items cross them, who spans them, what leaves them, what supports what."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Estimate, Footing, Id, Piece

__all__ = [
    "BOUNDARIES",
    "Boundaries",
    "Boundary",
    "Crossings",
    "Demand",
    "Exported",
    "Passage",
    "Spanner",
    "Support",
]

Boundary = Literal["team", "organisation", "machine"]
"""Between teams, between organisations, or between machines and people."""

BOUNDARIES: tuple[Boundary, ...] = ("team", "organisation", "machine")


class Crossings(Piece):
    """How often an item crosses one kind of boundary.

    Parameters
    ----------
    boundary : str
        ``team``, ``organisation`` or ``machine`` (the line between machines and people).
    source : str
        ``log``: counted over finished items. ``model``: expected by routes, levels and head-counts.
    demand : Id
        Demand class; empty: all items.
    items : int
        Finished items that were counted; 0 in a model.
    mean : Estimate
        Crossings per item.
    shares : tuple of Estimate
        Share of the items with 0, 1, 2 and more than 2 crossings; empty in a model.
    """

    boundary: Boundary
    source: Literal["log", "model"]
    demand: str = ""
    items: int = 0
    mean: Estimate
    shares: tuple[Estimate, ...] = ()


class Passage(Piece):
    """What the model expects to pass from one team to another.

    Parameters
    ----------
    per_week : Estimate
        Items per week.
    on_paper : bool, optional
        Whether a formal link between them, or between roles of theirs, stands in the model; None where it names none.
    """

    source: Id
    target: Id
    per_week: Estimate
    on_paper: bool | None = None


class Spanner(Piece):
    """A role or component through which teams or organisations meet.

    Parameters
    ----------
    reaches : tuple of Id
        Other teams that a role hands to, takes from or has a link to; teams that meet in a component.
    share : Estimate, optional
        Share of the expected team crossings at which the role stands at one end; None for a component.
    linked : tuple of Id
        Those of `reaches` to which a link stands in the model.
    outside : tuple of str
        Organisations other than that of the role's own team among them; organisations that meet in a component.
    """

    id: Id
    kind: Literal["role", "component"]
    team: str = ""
    reaches: tuple[Id, ...]
    share: Estimate | None = None
    linked: tuple[Id, ...] = ()
    outside: tuple[str, ...] = ()


class Exported(Piece):
    """What becomes of a variance at the boundary of the team in which it arises.

    Parameters
    ----------
    crosses : Estimate
        Share of the occurrences that leave the team in which they arise before they are controlled, or uncontrolled.
    leaves : Estimate
        Share that leaves the whole system uncontrolled.
    kind : str
        ``internal``: most are controlled in their team. ``crosses a team``, ``crosses an organisation``, ``leaves the
        system``: where most of them get to; ``unknown`` where the place of origin has no team.
    """

    variance: Id
    name: str
    source: Literal["judgement", "log"]
    origin: str
    teams: tuple[Id, ...] = ()
    kind: Literal["internal", "crosses a team", "crosses an organisation", "leaves the system", "unknown"]
    crosses: Estimate | None = None
    leaves: Estimate | None = None
    occurrences: int = 0


class Demand(Piece):
    """One thing that a function demands and what is given, both in [0, 1].

    Parameters
    ----------
    what : str
        ``skill``, ``practice``, ``authority``, ``information``, ``incentive`` of the social side;
        ``transparency``, ``fallback`` of the technical one.
    have : float, optional
        None where nothing is stated: that is not a gap, it is a question.
    """

    what: str
    need: float
    have: float | None = None
    footing: Footing = "assumed"
    why: str = ""

    @property
    def gap(self) -> float | None:
        """What is missing, in [0, 1]; None where it is not known."""
        return None if self.have is None else max(0.0, self.need - self.have)


class Support(Piece):
    """What a function demands of a role, or of its machine, against what it is given: a profile, never one number.

    Parameters
    ----------
    direction : str
        ``social``: the social side (a role) supports the technical one. ``technical``: the other way round.
    by : Id
        The role, or the component.
    bottleneck : str
        What falls short most; empty where nothing known falls short.
    unknown : tuple of str
        What nobody has stated.
    """

    function: Id
    direction: Literal["social", "technical"]
    by: Id
    demands: tuple[Demand, ...]
    bottleneck: str = ""
    unknown: tuple[str, ...] = ()


class Boundaries(Piece):
    """Crossings, those who span them, variances that leave them, and what supports what.

    Parameters
    ----------
    congruence_gaps : tuple of Passage
        Passages that nothing on paper carries.
    """

    crossings: tuple[Crossings, ...] = ()
    passages: tuple[Passage, ...] = ()
    spanning: tuple[Spanner, ...] = ()
    exported: tuple[Exported, ...] = ()
    support: tuple[Support, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def congruence_gaps(self) -> tuple[Passage, ...]:
        """Passages for which no link stands in a model that names links."""
        return tuple(one for one in self.passages if one.on_paper is False)

    def mean(self, boundary: Boundary, source: str, demand: str = "") -> Estimate | None:
        """Return the crossings per item of one boundary, or None where they were not counted."""
        found = (c for c in self.crossings if (c.boundary, c.source, c.demand) == (boundary, source, demand))
        return next((one.mean for one in found), None)
