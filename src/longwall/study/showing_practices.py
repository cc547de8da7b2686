"""Recommended practices as a table; what they do together, what answers too, what to avoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from longwall.alignment.practices import Advice, Recommended
from longwall.worksystem import Parameter

__all__ = ["PRACTICE_COLUMNS", "practice_rows"]

PRACTICE_COLUMNS = ("practice", "for", "reaches", "expected", "once", "per week", "begins in", "look")


def practice_rows(advice: Advice, currency: str) -> tuple[Sequence[Sequence[Any]], Sequence[str]]:
    """Return one row per recommended practice, and everything else that is advised as notes.

    Parameters
    ----------
    currency : str
        In which costs are told.
    """
    rows = [_row(one, currency) for one in advice.recommended]
    notes = [] if advice.recommended else [advice.statement]
    notes += [line for one in advice.recommended for line in _told(one)]
    bundle = advice.bundle
    if bundle is not None:
        reach = ", ".join(bundle.roles) or "nobody"
        notes.append(f"together: {_range(bundle.parts)} standard deviations, assumed; all of them reach {reach}")
        if bundle.synergy is not None:
            notes.append(f"synergy: {_range(bundle.synergy)}; a bundle less its parts, and zero is allowed")
        else:
            lacks = f"nothing in it is for {' or '.join(bundle.missing)}" if bundle.missing else "nobody has all of it"
            notes.append(f"no whole bundle: {lacks}, so no synergy is expected")
    notes += [f"answers too, instead of {one.instead}: {one.sentence}" for one in advice.others]
    notes += [f"avoid {one.name}: {one.why}" for one in advice.avoid]
    notes += [f"stands already: {', '.join(advice.standing)}"] if advice.standing else []
    return rows, [*notes, *advice.cautions]


def _row(one: Recommended, currency: str) -> Sequence[Any]:
    """Everything of one practice that fits a line."""
    look = f"after {one.look.after_weeks:g} weeks"
    begins = f"{one.lead_time_weeks.value:g} weeks, most of it there {one.weeks_to_effect.value:g} weeks later"
    return (
        one.practice, one.bundle, f"{', '.join(one.roles)} ({one.people})", _effect(one.effect),
        _money(one.cost, currency), _money(one.cost_per_week, currency), begins, look,
    )  # fmt: skip


def _told(one: Recommended) -> Sequence[str]:
    """Why, what people do, how to tell, who takes part."""
    ask = f" (ask: {one.question!r})" if one.question else ""
    lines = [f"{one.practice}: {one.sentence}", f"  what people do: {one.does}", f"  how to tell: {one.look.says}{ask}"]
    return [*lines, f"  who takes part: {one.takes_part}", *(f"  mind: {text}" for text in one.cautions)]


def _effect(effect: Parameter) -> str:
    low, high = (effect.value if end is None else end for end in (effect.low, effect.high))
    return f"{effect.value:.2f} ({low:.2f} to {high:.2f}) SD, {effect.footing}"


def _money(amount: Parameter, currency: str) -> str:
    low, high = (amount.value if end is None else end for end in (amount.low, amount.high))
    return f"{amount.value:,.0f} ({low:,.0f} to {high:,.0f}) {currency}".rstrip()


def _range(estimate: Any) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
