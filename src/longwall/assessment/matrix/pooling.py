"""Several experts to one matrix: what they say together, where they differ, and who contradicts whom."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.assessment.matrix.opinions import GRADES, Expert
from longwall.assessment.statement import estimate
from longwall.worksystem import Estimate, Id, Piece

__all__ = ["POOLING", "PooledCell", "Said", "pooled"]

POOLING = (
    "linear opinion pool: the mean of the strengths, each weighted by how sure the group is (Stone 1961; Genest and "
    "Zidek 1986); the range holds what every group holds possible"
)
"""How the opinions are pooled, for readers."""


class Said(Piece):
    """What one group said of a cell."""

    expert: str
    strength: float
    confidence: float
    why: str = ""


class PooledCell(Piece):
    """One cell of the judged matrix.

    Parameters
    ----------
    strength : Estimate
        Pooled probability that an uncontrolled occurrence of `cause` leads to `effect`; its range is what any of the
        groups holds possible, and not a confidence interval.
    said : tuple of Said
        By whom, strongest first.
    disagreement : float
        Largest less smallest strength, in [0, 0.9].
    contested : bool
        The groups lie two grades or more apart: the pooled number is then one that nobody holds, and the key set is
        told for each side.
    """

    cause: Id
    effect: Id
    strength: Estimate
    said: tuple[Said, ...]
    disagreement: float
    contested: bool


def pooled(experts: Sequence[Expert], contradiction_gap: float) -> tuple[PooledCell, ...]:
    """Return every cell that somebody spoke of, by cause and effect.

    Parameters
    ----------
    contradiction_gap : float
        Strengths at least so far apart contradict each other.

    Notes
    -----
    A linear pool keeps ``none``: a logarithmic one would let a single ``none`` veto all others. Where groups contradict
    each other its number lies between views and is nobody's, so such cells are named and the key set is told for each
    view. Each grade stands for the band half-way to its neighbours; a group that is half sure holds a band twice as
    wide possible.

    References
    ----------
    Stone 1961, "The opinion pool", Annals of Mathematical Statistics 32; Genest and Zidek 1986, "Combining probability
    distributions: a critique and an annotated bibliography", Statistical Science 1.
    """
    cells: dict[tuple[str, str], list[Said]] = {}
    for expert in experts:
        for one in expert.opinions:
            entry = Said(expert=expert.name, strength=one.strength, confidence=one.confidence, why=one.why)
            cells.setdefault((one.cause, one.effect), []).append(entry)
    found = []
    for (cause, effect), said in sorted(cells.items()):
        weight = sum(one.confidence for one in said)
        value = sum(one.confidence * one.strength for one in said) / weight
        bands = [_band(one.strength, one.confidence) for one in said]
        apart = max(one.strength for one in said) - min(one.strength for one in said)
        found.append(
            PooledCell(
                cause=cause,
                effect=effect,
                strength=estimate(value, min(b[0] for b in bands), max(b[1] for b in bands), "share", "assumed"),
                said=tuple(sorted(said, key=lambda one: (-one.strength, one.expert))),
                disagreement=round(apart, 12),
                contested=apart >= contradiction_gap - 1e-12,
            )
        )
    return tuple(found)


def _band(strength: float, confidence: float) -> tuple[float, float]:
    """The probabilities that a grade stands for, wider where the group is less sure."""
    place = GRADES.index(strength)
    below = (strength - GRADES[place - 1]) / 2 if place else 0.0
    above = (GRADES[place + 1] - strength) / 2 if place + 1 < len(GRADES) else 1.0 - strength
    return max(0.0, strength - below / confidence), min(1.0, strength + above / confidence)
