"""What is said of fit: entries in groups, each with its number or with the question to ask; never added up."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Estimate, Id, Piece

__all__ = ["GROUPS", "FitChange", "FitEntry", "FitGroup", "FitProfile", "Shift"]

FitGroup = Literal["satisfaction", "efficiency", "adaptability", "learning", "support", "psychological"]
GROUPS: dict[FitGroup, str] = {
    "satisfaction": "Satisfaction and engagement",
    "efficiency": "Efficiency and effectiveness",
    "adaptability": "Adaptability and resilience",
    "learning": "Innovation and learning",
    "support": "Support congruence",
    "psychological": "Psychological alignment",
}
"""Four groups of socio-technical fit, and two of the match between the sides."""


class FitEntry(Piece):
    """One line of the profile.

    Parameters
    ----------
    estimate : Estimate, optional
        None where it was not observed; then `ask` says what to ask.
    better : str
        ``higher`` or ``lower``.
    source : str
        ``survey``, ``log``, ``simulation``, ``assessment``, ``model``, ``study``; empty where nothing says.
    scale : str
        Ends of the scale of a survey, such as ``1 to 5``.
    note : str
        What the number rests on, such as how many have not been stated.
    """

    id: Id
    name: str
    group: FitGroup
    estimate: Estimate | None = None
    better: Literal["higher", "lower"] = "higher"
    source: Literal["", "survey", "log", "simulation", "assessment", "model", "study"] = ""
    scale: str = ""
    ask: str = ""
    note: str = ""


class FitProfile(Piece):
    """Fit at one moment: a profile, never one number.

    Parameters
    ----------
    system_hash : str
        Of the work system.
    window : str
        What evidence it rests on: begin and end of the log, latest wave of a survey; empty: none.
    """

    system_hash: str
    window: str = ""
    entries: tuple[FitEntry, ...]
    cautions: tuple[str, ...] = ()

    def of(self, group: FitGroup) -> tuple[FitEntry, ...]:
        """Return the entries of one group."""
        return tuple(one for one in self.entries if one.group == group)

    @property
    def unobserved(self) -> tuple[FitEntry, ...]:
        """Entries without a number."""
        return tuple(one for one in self.entries if one.estimate is None)


Shift = Literal["better", "worse", "within noise", "unchanged", "noise not known", "not comparable"]
"""What became of an entry between two profiles."""


class FitChange(Piece):
    """One entry in two profiles.

    Parameters
    ----------
    difference : Estimate, optional
        Later less earlier with its 95% interval; None where the two cannot be compared.
    why : str
        Why they cannot.
    """

    id: Id
    name: str
    group: FitGroup
    shift: Shift
    difference: Estimate | None = None
    why: str = ""
