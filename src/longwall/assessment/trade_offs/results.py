"""What a tension says: outcomes along one lever, in two columns, where today stands, where it bends."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Column, Estimate, Footing, Id, Piece, Tag

__all__ = ["Bend", "Outcome", "OutcomeAt", "RestsOn", "Setting", "Tension", "Tensions"]


class OutcomeAt(Piece):
    """One outcome at one setting.

    Parameters
    ----------
    level : Estimate
        Mean over replications.
    change : Estimate
        Less today's, paired under common luck.
    """

    level: Estimate
    change: Estimate


class Outcome(Piece):
    """One outcome along the lever, or along it under strain.

    Parameters
    ----------
    at : tuple of OutcomeAt, optional each
        One per setting; None where nothing was there to measure.
    over_range : Estimate, optional
        Last setting less first, paired, at a level corrected for the number of outcomes.
    moves : str
        ``better``, ``worse`` (from the first setting to the last, beyond noise) or ``no clear change``.
    strain : str
        Empty: the weeks as they are; else what is other.
    """

    indicator: Id
    name: str
    column: Column
    better: Literal["lower", "higher"]
    unit: str
    at: tuple[OutcomeAt | None, ...]
    over_range: Estimate | None = None
    moves: Literal["better", "worse", "no clear change"] = "no clear change"
    strain: str = ""


class Setting(Piece):
    """One setting of the lever: what was set, and what came of it on the axis."""

    setting: float
    x: float
    today: bool = False
    cautions: tuple[str, ...] = ()


class Bend(Piece):
    """Where an outcome bends.

    Parameters
    ----------
    kind : str
        ``knee``: beyond it, more of the lever brings little; ``turn``: it is best (or worst) there and worse (or
        better) on both sides; ``none``: neither, beyond noise.
    at, low, high : float, optional
        On the axis, with the range over bootstrap draws of the replications.
    today : str
        ``before``, ``at`` or ``beyond`` it; empty where there is none.
    """

    indicator: Id
    kind: Literal["knee", "turn", "none"]
    at: float | None = None
    low: float | None = None
    high: float | None = None
    today: Literal["", "before", "at", "beyond"] = ""


class RestsOn(Piece):
    """One number that a tension rests on, with its footing, tag and source."""

    name: str
    value: float
    unit: str = ""
    footing: Footing = "assumed"
    tag: Tag = "M"
    source: str = ""


class Tension(Piece):
    """One trade-off in this system.

    Parameters
    ----------
    id : str
        ``redundancy``, ``standard``, ``detail`` or ``automation``.
    lever : str
        What is moved, in words; `axis` is what the axis shows.
    shown : bool
        Whether something gets better and something worse along the lever, both beyond noise.
    statement : str
        In a sentence; "this system does not show this tension" is a result.
    rests_on : tuple of RestsOn
    cannot : tuple of str
        What the simulation cannot show of it.
    """

    id: Id
    name: str
    lever: str
    axis: str
    shown: bool
    statement: str
    settings: tuple[Setting, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    bends: tuple[Bend, ...] = ()
    rests_on: tuple[RestsOn, ...] = ()
    cannot: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    weeks: int = 0
    replications: int = 0

    @property
    def today(self) -> int | None:
        """Place of today among the settings."""
        return next((place for place, setting in enumerate(self.settings) if setting.today), None)


class Tensions(Piece):
    """The four tensions of one work system.

    Parameters
    ----------
    places : int
        Systems that the log allows and over which every interval runs; 1 where work is known.
    simulated_events : float
        What they took.
    """

    system_hash: str
    seed: int
    tensions: tuple[Tension, ...]
    places: int = 1
    simulated_events: float = 0.0
    cautions: tuple[str, ...] = ()

    def of(self, tension: str) -> Tension | None:
        """Return one tension, or None."""
        return next((one for one in self.tensions if one.id == tension), None)
