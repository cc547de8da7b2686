"""What a driver rests on: measures with interval and threshold, and when they make a claim.

A driver is claimed at a place where each of its required measures lies beyond its threshold and its interval leaves no
doubt: on the far side of the threshold for a level, of "no difference" for a comparison.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from longwall.assessment.statement import estimate
from longwall.evidence.disclosure import coarse, coarse_count, outward
from longwall.worksystem import Estimate, Finding, Footing, Id, Piece

__all__ = ["DRIVERS", "Driver", "DriverRow", "Drivers", "Place", "claimed", "strength"]

Driver = Literal[
    "complacency",
    "skill_atrophy",
    "alert_fatigue",
    "role_ambiguity",
    "governance_misalignment",
    "conflicting_measures",
    "reinforcing_loop",
]

DRIVERS: Mapping[Driver, str] = {
    "complacency": "Is a machine's or a colleague's work passed on without being looked at?",
    "skill_atrophy": "Could people still do what a machine does for them?",
    "alert_fatigue": "Do people answer less the more alerts there are?",
    "role_ambiguity": "Is it clear whose work it is?",
    "governance_misalignment": "Is a rule kept in practice?",
    "conflicting_measures": "Does what one measure rewards harm another?",
    "reinforcing_loop": "Does trouble feed itself?",
}
"""What each driver asks."""

_FARTHEST = 10.0


class DriverRow(Piece):
    """One measure of a driver at one place.

    Parameters
    ----------
    where : tuple of Id
        Functions, teams or roles concerned; empty: the whole log.
    of : str
        The place in words.
    value : Estimate, optional
        None where it cannot be determined.
    nothing : float, optional
        The value that means "no difference", such as 1 for a ratio.
    threshold : float
        Beyond it the measure speaks for the driver; the entry `threshold_name` of the thresholds.
    at_most : bool
        True where small values speak for the driver.
    required : bool
        Whether the driver is claimed only where this measure speaks for it.
    beyond : bool, optional
        Whether it does, interval included; None where it cannot be determined.
    margin : float, optional
        Distance beyond the threshold in half intervals, from -10 to 10, >= 0 exactly where `beyond`.
    needs : str
        Why it cannot be determined, and about how many cases would do.
    cases : int
        What was counted.
    """

    driver: Driver
    measure: Id
    means: str
    where: tuple[Id, ...] = ()
    of: str = ""
    value: Estimate | None = None
    nothing: float | None = None
    threshold: float
    threshold_name: str
    at_most: bool = False
    required: bool = True
    beyond: bool | None = None
    margin: float | None = None
    needs: str = ""
    cases: int = 0


@dataclass(frozen=True)
class Drivers:
    """What the detectors of drivers found."""

    rows: tuple[DriverRow, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Drivers) -> Drivers:
        return Drivers(self.rows + other.rows, self.findings + other.findings)


@dataclass
class Place:
    """Collects the rows of one driver at one place.

    Parameters
    ----------
    cuts : mapping of str to float
        The thresholds.
    """

    driver: Driver
    cuts: Mapping[str, float]
    where: tuple[Id, ...] = ()
    of: str = ""
    rows: list[DriverRow] = field(default_factory=list)

    def measured(
        self,
        measure: str,
        means: str,
        numbers: tuple[float, float, float],
        unit: str,
        threshold: str,
        *,
        nothing: float | None = None,
        at_most: bool = False,
        required: bool = True,
        cases: int = 0,
        footing: Footing = "counted",
        half_grid: float = 0.0,
    ) -> DriverRow:
        """Add a measure with value, low and high, held against a threshold by name.

        A value that is not finite makes a row that cannot be determined. A measure of performers is judged as it is and
        said on the grid of a half step (`longwall.evidence.disclosure.half_step`), so that no two reports tell about
        one of them.
        """
        value, low, high = (float(number) for number in numbers)
        cut, ratio = self.cuts[threshold], nothing == 1.0
        if not math.isfinite(value):
            return self.unknown(
                measure, means, threshold, "nothing to compare with", at_most=at_most, required=required, cases=cases
            )
        sign = -1.0 if at_most else 1.0
        half = max(_gap(value, low, ratio) if sign > 0 else _gap(high, value, ratio), 0.0)
        margin = _over(sign * _gap(value, cut, ratio), half) - (1.0 if nothing is None else 0.0)
        if nothing is not None:
            margin = min(margin, _over(sign * _gap(value, nothing, ratio), half) - 1.0)
        if half == 0:
            margin = _FARTHEST if sign * (value - cut) >= 0 else -_FARTHEST
        margin = max(-_FARTHEST, min(_FARTHEST, margin))
        low, high = (end if math.isfinite(end) else value for end in (low, high))
        if half_grid:
            (low, high), value, cases = outward(low, high, half_grid), coarse(value, half_grid), coarse_count(cases)
            if unit.startswith("share"):
                value, low, high = min(value, 1.0), min(low, 1.0), min(high, 1.0)
        row = self._row(measure, means, threshold, at_most, required, cases).model_copy(
            update={
                "value": estimate(value, low, high, unit, footing),
                "nothing": nothing,
                "beyond": margin >= 0,
                "margin": margin,
            }
        )
        self.rows.append(row)
        return row

    def unknown(
        self,
        measure: str,
        means: str,
        threshold: str,
        needs: str,
        *,
        at_most: bool = False,
        required: bool = True,
        cases: int = 0,
    ) -> DriverRow:
        """Add a measure that cannot be determined, and say what it needs."""
        row = self._row(measure, means, threshold, at_most, required, cases).model_copy(update={"needs": needs})
        self.rows.append(row)
        return row

    def _row(self, measure: str, means: str, threshold: str, at_most: bool, required: bool, cases: int) -> DriverRow:
        return DriverRow(
            driver=self.driver,
            measure=measure,
            means=means,
            where=self.where,
            of=self.of,
            threshold=self.cuts[threshold],
            threshold_name=threshold,
            at_most=at_most,
            required=required,
            cases=cases,
        )

    @property
    def claimed(self) -> bool:
        """Whether each required measure is beyond its threshold."""
        return claimed(self.rows)

    def footing(self) -> Footing:
        """The weakest footing of the required measures."""
        footings = {row.value.footing for row in self.rows if row.value is not None and row.required}
        return "assumed" if "assumed" in footings else "fitted" if "fitted" in footings else "counted"

    def with_finding(self, finding: Finding | None) -> Drivers:
        """Return the rows, with a finding where there is one."""
        return Drivers(tuple(self.rows), () if finding is None else (finding,))


def claimed(rows: Iterable[DriverRow]) -> bool:
    """Whether the rows of one place make a claim: there are required ones, and each is beyond its threshold."""
    beyond = [row.beyond for row in rows if row.required]
    return bool(beyond) and all(one is True for one in beyond)


def strength(rows: Iterable[DriverRow]) -> float:
    """Return how strongly the rows of one driver speak for it: over places, the best of the least margins.

    Returns
    -------
    float
        In [-10, 10]; >= 0 where some place makes a claim, -10 where nothing can be determined.
    """
    places: dict[tuple[Driver, tuple[Id, ...], str], list[float]] = {}
    for row in rows:
        if row.required:
            margin = -_FARTHEST if row.margin is None else row.margin
            places.setdefault((row.driver, row.where, row.of), []).append(margin)
    return max((min(margins) for margins in places.values()), default=-_FARTHEST)


def _gap(one: float, other: float, ratio: bool) -> float:
    """Distance of two numbers; of ratios, on the scale on which twice and half are equally far from one."""
    if not ratio:
        return one - other
    one, other = max(one, 1e-12), max(other, 1e-12)
    return math.inf if math.isinf(one) else math.log(one / other)


def _over(distance: float, half: float) -> float:
    """Distance in half intervals; next to nothing where the interval has no end."""
    return distance / half if 0 < half < math.inf else math.copysign(1e-9, distance)
