"""Answers to findings that no lever carries: listed with the reason, so that none is silently dropped."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from longwall.alignment.costs import read_shipped
from longwall.alignment.decision_states import Judgement
from longwall.worksystem import Finding, Piece, Suggestion

__all__ = ["WhyNot", "by_judgement", "load_why_not"]

_MOST_IN_ID = 3


class WhyNot(Piece):
    """Why kinds of suggestion are not simulated; see ``data/judgement.yaml``."""

    why_not: dict[str, str]
    nothing_to_change: str
    unknown: str


@lru_cache(maxsize=1)
def load_why_not() -> WhyNot:
    """Return the table shipped with Longwall.

    Raises
    ------
    AlignmentError
        LW-AL-001 where the file is damaged.
    """
    return read_shipped(Path(__file__).parent / "judgement.yaml", WhyNot)


def by_judgement(unmet: Iterable[tuple[Finding, Suggestion]], levers: Iterable[str]) -> tuple[Judgement, ...]:
    """Return one entry for each kind of suggestion and place, with every finding that it would answer.

    Parameters
    ----------
    unmet : iterable of (Finding, Suggestion)
        Suggestions from which no candidate was drafted.
    levers : iterable of str
        Kinds of suggestion that have a lever.
    """
    table, known = load_why_not(), set(levers)
    found: dict[str, Judgement] = {}
    for finding, suggestion in unmet:
        targets = suggestion.targets or finding.where
        name = ".".join([suggestion.kind, *targets[:_MOST_IN_ID]])[:200]
        before = found.get(name)
        if before is not None:
            answers = tuple(dict.fromkeys((*before.answers, finding.id)))
            found[name] = before.model_copy(update={"answers": answers})
            continue
        fallback = table.nothing_to_change if suggestion.kind in known else table.unknown
        found[name] = Judgement(
            id=name, kind=suggestion.kind, targets=targets, answers=(finding.id,), asks=suggestion.why,
            why_not=table.why_not.get(suggestion.kind, fallback),
        )  # fmt: skip
    return tuple(found.values())
