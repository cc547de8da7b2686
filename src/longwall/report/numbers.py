"""Numbers as people read them: a sensible unit and number of digits, an interval, and a mark for the footing."""

from __future__ import annotations

import math

from longwall.report.markup import Markup, element, join
from longwall.worksystem import Distribution, Estimate, Footing, Parameter

__all__ = [
    "FOOTINGS",
    "amount_text",
    "count_text",
    "estimate_of",
    "estimate_text",
    "kind_of",
    "mark",
    "marks_defined",
    "money_text",
    "number",
    "plain",
    "weakest",
]

FOOTINGS: dict[Footing, str] = {
    "counted": "it is in the log",
    "fitted": "a model, tested on weeks it had not seen",
    "assumed": "a prior or a judgement",
}

_MONEY = {"EUR": "€", "USD": "$", "GBP": "£"}
_FINEST = 4
_WHOLE = 1e-9
_SAME = 1e-3


def kind_of(unit: str) -> str:
    """Return ``share``, ``h``, the unit itself, or nothing for a rate or a scale that the name already says.

    Units are written as ``share of completed items``, ``h per item``, ``extra h each``, ``per 100 items``, ``0 to 1``.
    """
    words = unit.split()
    if not words or words[0] in ("per", "0"):
        return ""
    if words[0] in ("share", "fraction", "probability"):
        return "share"
    return "h" if words[0] in ("h", "hour", "hours") or words[:2] == ["extra", "h"] else unit


def _scaled(size: float, unit: str) -> tuple[float, str]:
    """Return the factor and the suffix that show a quantity of this size best."""
    kind = kind_of(unit)
    if kind == "share":
        return 100.0, "%"
    if kind == "h":
        for suffix, factor, limit in ((" s", 3600.0, 1 / 60), (" min", 60.0, 2.0), (" h", 1.0, 72.0)):
            if size < limit:
                return factor, suffix
        return 1 / 24, " d"
    return 1.0, f" {unit}" if unit and kind else ""


def _digits(size: float, suffix: str) -> int:
    """Decimals that leave about two to three figures of a number of this size."""
    if size == 0 or not math.isfinite(size):
        return 0
    for limit, decimals in ((10.0 if suffix in ("%", " min", " s") else 100.0, 0), (1.0, 1), (0.1, 2), (0.01, 3)):
        if size >= limit * (1 - 1e-9):
            return decimals
    return 4


def _plain(value: float, decimals: int) -> str:
    """A number with thousands separators and a real minus."""
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def count_text(value: float) -> str:
    """Return a count with thousands separators."""
    return f"{value:,.0f}"


def amount_text(value: float, unit: str = "") -> str:
    """Return one quantity in the unit a reader would choose, such as ``18%``, ``3.4 h``, ``6,900``."""
    if unit in _MONEY:
        return money_text(value, unit)
    factor, suffix = _scaled(abs(value), unit)
    whole = abs(value * factor - round(value * factor)) < _WHOLE
    decimals = 0 if whole else _digits(abs(value * factor), suffix)
    return _plain(value * factor, decimals) + suffix


def estimate_text(estimate: Estimate, *, signed: bool = False) -> tuple[str, str]:
    """Return a quantity and its interval, in one unit and with equal digits.

    Returns
    -------
    tuple of str
        Such as ``("12%", "9–15")``; the interval is empty where it is narrower than a thousandth of the number.
    """
    low, high = estimate.low, estimate.high
    exact = high - low <= _SAME * max(abs(low), abs(high))
    if estimate.unit in _MONEY:
        interval = "" if exact else f"{money_text(low, estimate.unit)}–{money_text(high, estimate.unit)}"
        return ("+" if signed and estimate.value > 0 else "") + money_text(estimate.value, estimate.unit), interval
    # A number that is small beside its own interval gets the digits of the interval.
    size = max(abs(low), abs(high)) if abs(estimate.value) == 0 else max(abs(estimate.value), (high - low) / 2.0)
    factor, suffix = _scaled(size, estimate.unit)
    if exact and abs(estimate.value * factor - round(estimate.value * factor)) < _WHOLE:
        decimals = 0
    else:
        decimals = _digits(size * factor, suffix)
        while not exact and decimals < _FINEST and _plain(low * factor, decimals) == _plain(high * factor, decimals):
            decimals += 1
    value = _plain(estimate.value * factor, decimals)
    if signed and estimate.value > 0:
        value = "+" + value
    joiner = " to " if low < 0 else "–"
    interval = "" if exact else f"{_plain(low * factor, decimals)}{joiner}{_plain(high * factor, decimals)}"
    return value + suffix, interval


def estimate_of(value: Parameter | Distribution | Estimate) -> Estimate:
    """Return a parameter or the mean of a distribution as a number with its interval; without one it is the number."""
    if isinstance(value, Estimate):
        return value
    if isinstance(value, Distribution):
        low = value.mean_h if value.low_h is None else min(value.low_h, value.mean_h)
        high = value.mean_h if value.high_h is None else max(value.high_h, value.mean_h)
        return Estimate(value=value.mean_h, low=low, high=high, unit="h", footing=value.footing)
    low = value.value if value.low is None else value.low
    high = value.value if value.high is None else value.high
    return Estimate(value=value.value, low=low, high=high, unit=value.unit, footing=value.footing)


def mark(footing: Footing) -> Markup:
    """Return the small mark of a footing: a dot is counted, a bar is fitted, a ring is assumed."""
    return element(
        "svg",
        element("title", f"{footing}: {FOOTINGS[footing]}"),
        element("use", href=f"#mark-{footing}"),
        class_="mark",
        role="img",
        aria_label=footing,
        viewBox="0 0 10 10",
    )


def marks_defined() -> Markup:
    """Return the drawings that `mark` refers to; once per page."""
    return Markup(
        '<svg width="0" height="0" aria-hidden="true" class="defs"><defs>'
        '<symbol id="mark-counted" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3.6" fill="currentColor"/></symbol>'
        '<symbol id="mark-fitted" viewBox="0 0 10 10"><path d="M1 2v6M9 2v6" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M1 5h8" stroke="currentColor" stroke-width="2.6"/></symbol>'
        '<symbol id="mark-assumed" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" '
        'stroke-width="1.4"/></symbol></defs></svg>'
    )


def number(estimate: Estimate, *, signed: bool = False, marked: bool = True) -> Markup:
    """Return a number with its interval and the mark of its footing, never apart from each other."""
    value, interval = estimate_text(estimate, signed=signed)
    return element(
        "span",
        element("span", value, class_="value"),
        join(" ", element("span", f"({interval})", class_="interval")) if interval else None,
        join("\u00a0", mark(estimate.footing)) if marked else None,
        class_="number",
    )


def plain(estimate: Estimate) -> Estimate:
    """Return an estimate without its unit, where the column says it: working hours are not to read as days."""
    return estimate.model_copy(update={"unit": ""})


def weakest(*footings: Footing) -> Footing:
    """Return the footing of a statement that rests on several numbers; of none, it is counted."""
    order: tuple[Footing, ...] = ("counted", "fitted", "assumed")
    return max(footings, key=order.index, default="counted")


def money_text(value: float, currency: str = "") -> str:
    """Return an amount of money, rounded to three figures; of the usual currencies the sign is shown."""
    sign = _MONEY.get(currency, f"{currency} " if currency else "")
    size = abs(value)
    if size >= 10_000:
        text = f"{size / 1000:,.0f}k" if size < 1_000_000 else f"{size / 1_000_000:,.2f}M"
    else:
        text = f"{size:,.0f}"
    return ("−" if value < 0 else "") + sign + text
