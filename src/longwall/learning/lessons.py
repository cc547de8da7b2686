"""A promise against what happened: inside, a practice to adjust, or an assumption to question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from longwall.learning.promises import Promise, Record, recorded
from longwall.worksystem import Estimate, Forecast, Id, Lesson, Piece

__all__ = ["Observation", "compare", "hit"]

_FAR = 1.0
"""A miss is far where it lies beyond the interval by more than the interval's own half-width on that side."""
_MANY, _ENOUGH = 0.25, 4
"""So large a share of at least so many indicators outside, where one in twenty is expected, doubts the model itself."""


class Observation(Piece):
    """What an indicator turned out to be in the period that was forecast; never about a person.

    Parameters
    ----------
    estimate : Estimate
        A counted number has the interval of one point.
    """

    indicator: Id
    scope: str = "organisation"
    estimate: Estimate


def hit(promise: Promise, observed: Estimate) -> bool:
    """Whether what was observed, within its own interval, agrees with what was promised."""
    return observed.high >= promise.expected.low and observed.low <= promise.expected.high


def compare(forecast: Forecast | Record, observed: Sequence[Observation]) -> tuple[Lesson, ...]:
    """Return one lesson per indicator that was both promised and observed.

    Notes
    -----
    The rule, which is ours and simple on purpose. *None*: inside. *Single loop*: outside; adjust the practice, or the
    parameter it rests on. *Double loop*: outside, and an assumption, a target or the boundary is to be questioned:
    where the miss lies beyond the interval by more than the interval's half-width, or where a quarter or more of at
    least four indicators of the same forecast lie outside (Argyris and Schön 1978 for the two loops).
    """
    kept = forecast if isinstance(forecast, Record) else recorded(forecast)
    seen = {(one.indicator, one.scope): one.estimate for one in observed}
    pairs = [
        (promise, seen[promise.indicator, promise.scope])
        for promise in kept.promises
        if (promise.indicator, promise.scope) in seen
    ]
    missed = [promise for promise, estimate in pairs if not hit(promise, estimate)]
    many = len(pairs) >= _ENOUGH and len(missed) >= _MANY * len(pairs)
    return tuple(_lesson(kept, promise, estimate, many) for promise, estimate in pairs)


def _lesson(kept: Record, promise: Promise, observed: Estimate, many: bool) -> Lesson:
    """Word one lesson."""
    beyond = _beyond(promise.expected, observed)
    loop: Literal["none", "single", "double"] = "none"
    if beyond > 0.0:
        loop = "double" if many or beyond > _FAR else "single"
    parts = [kept.source, promise.increment, promise.indicator, promise.scope]
    return Lesson(
        id="lesson-"
        + "-".join(part.replace(":", ".") for part in parts if part and part != "organisation")[:70].lower(),
        forecast=kept.source,
        indicator=promise.indicator,
        scope=promise.scope,
        expected=promise.expected,
        observed=observed,
        loop=loop,
        statement=_words(promise, observed, loop, many),
        questions=promise.rests_on or kept.assumptions
        if loop == "double"
        else promise.rests_on
        if loop == "single"
        else (),
    )


def _beyond(expected: Estimate, observed: Estimate) -> float:
    """Return how far an observation lies outside, in half-widths of the interval on that side; 0 inside."""
    if observed.low > expected.high:
        gap, half = observed.low - expected.high, expected.high - expected.value
    elif observed.high < expected.low:
        gap, half = expected.low - observed.high, expected.value - expected.low
    else:
        return 0.0
    return gap / half if half > 0.0 else float("inf")


def _words(promise: Promise, observed: Estimate, loop: str, many: bool) -> str:
    """Say what came, what was expected, and what that asks for."""
    name, unit = promise.name or promise.indicator, f" {promise.expected.unit}" if promise.expected.unit else ""
    expected = f"{promise.expected.value:.3g} ({promise.expected.low:.3g} to {promise.expected.high:.3g}){unit}"
    came = f"{name} came out at {observed.value:.3g}{unit}, expected {expected}"
    if loop == "none":
        return f"{came}: as forecast."
    if loop == "single":
        return f"{came}: outside; adjust the practice, or what the forecast assumed."
    why = "too many figures of this forecast lie outside" if many else "far outside"
    return f"{came}: {why}; question the assumptions, the target or the boundary."
