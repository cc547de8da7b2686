"""What experts judged, together and apart, and cell by cell beside what the traces show: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from longwall.assessment.matrix.pooling import PooledCell
from longwall.worksystem import Estimate, Id, Piece

__all__ = ["VERDICTS", "CellComparison", "Elicited", "ExpertView", "Verdict"]


class ExpertView(Piece):
    """What is key where one group's own strengths stand in the cells it spoke of.

    Parameters
    ----------
    cells, contested : int
        Cells it spoke of, and those of them in which groups contradict each other.
    key : tuple of Id
        Smallest set with four fifths of the technical loss, on this view; empty where nothing can be said.
    """

    expert: str
    cells: int
    contested: int
    key: tuple[Id, ...] = ()


class Elicited(Piece):
    """What experts judged, together and apart.

    Parameters
    ----------
    pooling : str
        How the opinions were pooled, with its source.
    views : tuple of ExpertView
        One per group.
    unseen : tuple of Id
        Kinds that experts spoke of and the log shows fewer than five times.
    """

    pooling: str
    cells: tuple[PooledCell, ...]
    views: tuple[ExpertView, ...]
    unseen: tuple[Id, ...] = ()

    @property
    def contested(self) -> tuple[PooledCell, ...]:
        """The cells in which groups contradict each other."""
        return tuple(cell for cell in self.cells if cell.contested)


Verdict = Literal["agree", "more than seen", "less than seen", "not spoken of", "cannot tell", "not seen in the log"]

VERDICTS: Mapping[Verdict, str] = {
    "agree": "the two ranges meet",
    "more than seen": "people judge it stronger than the traces allow",
    "less than seen": "people judge it weaker than the traces allow",
    "not spoken of": "the traces show it and nobody spoke of it",
    "cannot tell": "the log cannot tell; the number of cases it takes stands beside",
    "not seen in the log": "one of the two never occurs in the log, or too rarely to be in the matrix",
}
"""What each verdict means, for readers."""


class CellComparison(Piece):
    """One cell of the matrix as judged and as learned.

    Parameters
    ----------
    judged : Estimate, optional
        Occurrences of `effect` per occurrence of `cause` that nobody controls, as judged; the lower end as if control
        as it is spared all that follows; None where nobody spoke of it.
    learned : Estimate, optional
        As the traces show it; None where it is not determinable.
    grade : str
        ``directed`` or ``associated`` where the traces claim it; empty where they do not.
    needed_cases : int
        About how many cases would tell; 0 where the log does.
    """

    cause: Id
    effect: Id
    judged: Estimate | None
    learned: Estimate | None
    grade: str
    verdict: Verdict
    needed_cases: int = 0
