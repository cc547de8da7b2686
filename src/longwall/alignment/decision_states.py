"""What a result tells of decisions: what was asked and stood open, what it moved, what people decide by judgement."""

from __future__ import annotations

from longwall.worksystem import Id, Piece

__all__ = ["DecisionState", "Judgement"]


class Judgement(Piece):
    """An answer to a finding that no simulation carries: people decide it by judgement.

    Parameters
    ----------
    kind : str
        Of the suggestion, such as ``measure``.
    targets : tuple of Id
        What it would touch.
    asks : str
        The suggestion in words.
    why_not : str
        Why it is not simulated.
    ways : tuple of str
        Choices of the design space that would do it, each with what it costs; settled by people, not by a search.
    decided : str
        What people decided; for them to write.
    """

    id: Id
    kind: str
    targets: tuple[Id, ...] = ()
    answers: tuple[Id, ...] = ()
    asks: str = ""
    why_not: str
    ways: tuple[str, ...] = ()
    decided: str = ""


class DecisionState(Piece):
    """One decision as a result tells it: what was asked, what stood open, which indicators its choices moved.

    Parameters
    ----------
    choices : tuple of Id
        Interventions.
    tried : int
        Designs tried that differ from today by this decision alone, beside what is settled.
    moves : tuple of Id
        Indicators of the objectives that differ from today's, in any replication, in one of those designs.
    """

    id: Id
    question: str
    family: str = "own"
    today: str = ""
    state: str = "open"
    because: str = ""
    ordered: bool = False
    choices: tuple[Id, ...] = ()
    tried: int = 0
    moves: tuple[Id, ...] = ()
