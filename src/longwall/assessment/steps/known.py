"""What the eight steps are made from, and what each of them becomes before people's words are laid beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longwall.assessment.results import Assessment
from longwall.assessment.steps.result import Artefact, Need, Standing, StepsWritten
from longwall.worksystem import Estimate, Finding, Footing, WorkSystem

if TYPE_CHECKING:
    from longwall.discovery import Networks

__all__ = ["Draft", "Known", "apart", "grouped", "range_text", "weakest"]

_ORDER: tuple[Footing, ...] = ("counted", "fitted", "assumed")


@dataclass(frozen=True)
class Known:
    """Everything that the steps are made from; what is None is not there yet.

    Parameters
    ----------
    system : WorkSystem, optional
    assessed : Assessment, optional
        Of that system; one of an older model counts as not there.
    networks : Networks, optional
        The organisation on paper beside the one in the log.
    """

    system: WorkSystem | None
    assessed: Assessment | None
    written: StepsWritten
    networks: Networks | None = None

    @property
    def has_log(self) -> bool:
        """Whether the assessment rests on a log."""
        return self.assessed is not None and bool(self.assessed.counts.functions)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Misalignments; what the log leaves open is none."""
        if self.assessed is None:
            return ()
        return tuple(finding for finding in self.assessed.findings if finding.kind != "not_observed")

    def about(self, *names: str) -> tuple[Finding, ...]:
        """Return the findings that concern any of some ids."""
        wanted = set(names)
        return tuple(finding for finding in self.findings if wanted & set(finding.where))


@dataclass
class Draft:
    """One step as the machine makes it."""

    artefact: Artefact | None = None
    needs: list[Need] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    disagree: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unsound: list[Standing] = field(default_factory=list)


def grouped(names: Iterable[str], most: int = 6) -> str:
    """Return names as one text; beyond `most` they are counted."""
    known = list(dict.fromkeys(names))
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return ", ".join(known)


def range_text(number: Estimate | None, scale: float = 1.0, digits: int = 2) -> str:
    """Return a number with its interval; a dash where there is none."""
    if number is None:
        return "-"
    value, low, high = (f"{round(x * scale, digits):g}" for x in (number.value, number.low, number.high))
    return value if low == high else f"{value} ({low} to {high})"


def apart(one: Estimate | None, other: Estimate | None) -> bool:
    """Tell whether two numbers are known and their intervals do not meet."""
    return one is not None and other is not None and (one.low > other.high or one.high < other.low)


def weakest(footings: Iterable[Footing]) -> Footing | None:
    """Return the weakest of some footings."""
    return max(footings, key=_ORDER.index, default=None)
