"""What dominates a work system: the variance that most harm starts with, and the risks that it runs through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from longwall.worksystem import Id, Piece

__all__ = ["RISKS", "Dominant", "Profile", "Risk", "RiskKind"]

RiskKind = Literal[
    "automation complacency",
    "override atrophy",
    "alert fatigue",
    "governance misalignment",
    "legacy social structure",
    "role ambiguity",
    "procedural rigidity",
]

RISKS: Mapping[RiskKind, str] = {
    "automation complacency": "a machine acts, is nearly always right, and people are to notice when it is not",
    "override atrophy": "those who must take over hardly ever do by hand what they would have to",
    "alert fatigue": "what matters hides among alerts that do not",
    "governance misalignment": "those who could control it may not, and others may",
    "legacy social structure": "it is nobody's: no role has the authority, or the information, that its control needs",
    "role ambiguity": "several teams could be meant, and nobody is named to decide whose it is",
    "procedural rigidity": "it is seen at once and waits for an approval that is seldom in session",
}
"""What each kind of risk says."""


class Dominant(Piece):
    """The variance, or the chain of them, that most harm starts with.

    Parameters
    ----------
    variances : tuple of Id
        The one that does the harm last in the chain, after those that do half of theirs and more through it.
    name : str
        Of the first in the chain; with alerts, of what they are to find.
    alerts : bool
        The harm is events that are missed among alerts.
    share : float
        Of the technical loss of all, in [0, 1].
    others : dict of column to float
        Its share of the social and the regulatory loss.
    """

    variances: tuple[Id, ...]
    name: str
    alerts: bool
    share: float
    others: dict[str, float] = {}


class Risk(Piece):
    """One kind of risk: the share of the technical loss that runs through it, in [0, 1], and by which variances."""

    kind: RiskKind
    share: float
    variances: tuple[Id, ...]


class Profile(Piece):
    """What dominates a work system, by people's judgement of its variances.

    Parameters
    ----------
    dominant : Dominant
    next_share : float
        Share of the technical loss of the next chain.
    risks : tuple of Risk
        Largest first; those through which nothing runs are left out.
    """

    dominant: Dominant
    next_share: float
    risks: tuple[Risk, ...]

    @property
    def primary_risk(self) -> RiskKind | None:
        """The largest risk, or None."""
        return self.risks[0].kind if self.risks else None
