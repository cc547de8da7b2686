"""Tensions in words: how far an outcome moves along a lever, and where it bends."""

from __future__ import annotations

from longwall.assessment.trade_offs.results import Bend, Outcome
from longwall.units import duration_text, share_text
from longwall.worksystem import Estimate

__all__ = ["amount", "bend_text", "level_text", "moves_text"]


def amount(value: float, unit: str) -> str:
    """Return a number with its unit, as people read it."""
    if unit.startswith("share"):
        return share_text(value)
    if unit == "probability" or unit == "0 to 1":
        return f"{value:.2g}"
    if unit == "h" or unit.startswith("h "):
        return " ".join([duration_text(value), unit[2:]]).strip()
    return f"{value:.3g} {unit}".strip()


def moves_text(outcome: Outcome) -> str:
    """Return how far an outcome moves from the first setting to the last, with its interval."""
    gap = outcome.over_range
    if gap is None:  # pragma: no cover - it moves beyond noise, so there is one
        return outcome.name
    word = "higher" if gap.value > 0 else "lower"
    low, high = (_bare(end, gap.unit) for end in sorted((abs(gap.low), abs(gap.high))))
    of = gap.unit[2:] if gap.unit.startswith("h ") else "" if _plain(gap.unit) else gap.unit
    return f"{outcome.name} {' '.join([_bare(abs(gap.value), gap.unit), of]).strip()} {word} ({low} to {high})"


def _plain(unit: str) -> bool:
    return unit in ("h", "probability", "0 to 1") or unit.startswith(("share", "h "))


def _bare(value: float, unit: str) -> str:
    """A difference without what it is counted per; of shares in percentage points."""
    if unit.startswith("share"):
        return f"{100.0 * value:.2g} points"
    return duration_text(value) if unit == "h" or unit.startswith("h ") else f"{value:.2g}"


def bend_text(bend: Bend, name: str, today: float) -> str:
    """Return where an outcome bends and where today stands to it; or that it bends nowhere."""
    if bend.kind == "none" or bend.at is None:
        return f"No knee in {name} beyond noise."
    what = "the knee of" if bend.kind == "knee" else "the best of"
    near = "" if bend.low == bend.high else f" ({bend.low:.4g} to {bend.high:.4g})"
    return f"Today, at {today:.4g}, stands {bend.today} {what} {name}, at {bend.at:.4g}{near}."


def level_text(estimate: Estimate) -> str:
    """Return a level with its interval."""
    low, high = (amount(end, estimate.unit) for end in (estimate.low, estimate.high))
    return f"{amount(estimate.value, estimate.unit)} ({low} to {high})"
