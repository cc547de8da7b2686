"""What is recommended: practices with their reasons, what a bundle of them is expected to do, what to avoid."""

from __future__ import annotations

from longwall.alignment.practices.entries import Dimension, Look
from longwall.worksystem import Estimate, Footing, Id, Parameter, Piece

__all__ = ["Advice", "Avoid", "Bundle", "Other", "Reason", "Recommended"]


class Reason(Piece):
    """A sign that a practice answers.

    Parameters
    ----------
    sign : str
        Its kind.
    finding : str
        Id of the finding; empty for what control lacks and for support.
    says, because : str
        The sign with its numbers; how the practice answers it.
    first : bool
        It answers it by itself.
    """

    sign: str
    finding: str = ""
    says: str
    because: str
    footing: Footing
    first: bool = True


class Recommended(Piece):
    """One practice and why.

    Parameters
    ----------
    roles : tuple of Id
        Whom it reaches.
    sentence : str
        The reason in one sentence, with the evidence.
    reasons : tuple of Reason
        All signs that it answers, the strongest first.
    effect : Parameter
        Standardised, at the intensity of the catalogue.
    through : mapping of Dimension to float
    weeks_to_effect, lead_time_weeks : Parameter
    cost, cost_per_week : Parameter
        Once and running, at the intensity of the catalogue, in the currency of the work system.
    cautions : tuple of str
        What to keep in mind, such as that it is training alone.
    """

    practice: Id
    name: str
    bundle: Dimension
    does: str
    roles: tuple[Id, ...]
    people: int
    sentence: str
    reasons: tuple[Reason, ...]
    effect: Parameter
    through: dict[Dimension, float]
    weeks_to_effect: Parameter
    lead_time_weeks: Parameter
    cost: Parameter
    cost_per_week: Parameter
    look: Look
    question: str = ""
    takes_part: str
    with_others: tuple[Id, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def footing(self) -> Footing:
        """Of the reason; the effect is assumed in any case."""
        return self.reasons[0].footing


class Other(Piece):
    """A practice that answers, too, and is not recommended now."""

    practice: Id
    name: str
    bundle: Dimension
    sentence: str
    instead: str


class Avoid(Piece):
    """Something not to do here, and why."""

    what: Id
    name: str
    why: str
    rests_on: tuple[str, ...] = ()


class Bundle(Piece):
    """What the recommended practices are expected to do together.

    Parameters
    ----------
    roles : tuple of Id
        Whom all of them reach.
    whole : bool
        One practice at least for each of ability, motivation and opportunity, and somebody whom all of them reach.
    parts : Estimate
        Sum of the effects of its practices, standardised.
    together : Estimate, optional
        The effect of a coherent bundle; None where it is not whole.
    synergy : Estimate, optional
        `together` less `parts`; None where it is not whole. Zero is allowed, and so is less.
    missing : tuple of Dimension
        What nothing in it is for.
    """

    practices: tuple[Id, ...]
    roles: tuple[Id, ...]
    whole: bool
    parts: Estimate
    together: Estimate | None = None
    synergy: Estimate | None = None
    missing: tuple[Dimension, ...] = ()


class Advice(Piece):
    """What a diagnosis recommends.

    Parameters
    ----------
    statement : str
        In one sentence; says so where none is indicated.
    recommended : tuple of Recommended
        The one whose signs weigh most first; at most one for each of ability, motivation and opportunity.
    others : tuple of Other
        Practices that answer, too.
    standing : tuple of Id
        Practices that the work system has.
    """

    statement: str
    recommended: tuple[Recommended, ...] = ()
    bundle: Bundle | None = None
    others: tuple[Other, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    standing: tuple[Id, ...] = ()
    cautions: tuple[str, ...] = ()

    def of(self, practice: str) -> Recommended | None:
        """Return a recommended practice, or None."""
        return next((one for one in self.recommended if one.practice == practice), None)
