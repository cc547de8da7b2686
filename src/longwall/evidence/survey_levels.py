"""Social indicators as a survey observed them: the latest wave, over all who answered, with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from longwall.evidence.survey import Survey, SurveyRow
from longwall.evidence.survey_disclosure import WHOLE, parents_of
from longwall.evidence.survey_items import social_indicators

__all__ = ["SocialLevel", "social_levels"]


@dataclass(frozen=True)
class SocialLevel:
    """One social indicator as answered.

    Parameters
    ----------
    indicator, name : str
    better : {"higher", "lower"}
    wave : str
        The latest in which it was asked.
    n : int
        Fewest answers to any of its items; over all groups.
    items : int
    value, low, high : float
        Mean over its items with a 95% interval, on the scale; turned items the other way round.
    scale_low, scale_high : float
        0 and 100 where its items have different scales.
    before : float or None
        The value of the wave before, on the same scale.
    """

    indicator: str
    name: str
    better: str
    wave: str
    n: int
    items: int
    value: float
    low: float
    high: float
    scale_low: float
    scale_high: float
    before: float | None = None


def social_levels(survey: Survey) -> tuple[SocialLevel, ...]:
    """Return each social indicator that a survey observed, in the order of the indicators.

    Notes
    -----
    The group of all speaks where it was asked; else the uppermost groups, weighed by their answers, their intervals as
    of independent groups. Items of one indicator are averaged, and so are the halves of their intervals: the answers of
    one person go together, so nothing is gained by asking twice.
    """
    found = []
    for indicator in social_indicators().values():
        own = [row for row in survey.rows if row.indicator == indicator.id]
        waves = list(dict.fromkeys(row.wave for row in own))
        if not waves:
            continue
        scales = {(row.scale_low, row.scale_high) for row in own}
        ends = scales.pop() if len(scales) == 1 else (0.0, 100.0)
        value, low, high, n, items = _level([row for row in own if row.wave == waves[-1]], ends)
        before = _level([row for row in own if row.wave == waves[-2]], ends)[0] if len(waves) > 1 else None
        found.append(
            SocialLevel(indicator.id, indicator.name, indicator.better, waves[-1], n, items, value, low, high, *ends,
                        before)
        )  # fmt: skip
    return tuple(found)


def _level(rows: Sequence[SurveyRow], ends: tuple[float, float]) -> tuple[float, float, float, int, int]:
    """Value, interval, answers and items of one wave, on a scale."""
    of_item: dict[str, list[SurveyRow]] = {}
    for row in rows:
        of_item.setdefault(row.item, []).append(row)
    triples, answers = [], []
    for own in of_item.values():
        value, low, high, n = _over_groups(own)
        triples.append([ends[0] + share * (ends[1] - ends[0]) for share in (value, low, high)])
        answers.append(n)
    value, low, high = (sum(column) / len(triples) for column in zip(*triples, strict=True))
    return value, low, high, min(answers), len(of_item)


def _over_groups(rows: Sequence[SurveyRow]) -> tuple[float, float, float, int]:
    """Share of the scale over all groups of one item, its interval and its answers."""
    whole = [row for row in rows if row.group.casefold() in WHOLE]
    if not whole:
        parents = parents_of([row.group for row in rows], {row.group: row.parent for row in rows if row.parent})
        whole = [row for row in rows if row.group not in parents]
    n = sum(row.n for row in whole)
    parts = [(row.n / n, *_shares(row)) for row in whole]
    value = sum(weight * share for weight, share, _, _ in parts)
    down = math.sqrt(sum((weight * (share - low)) ** 2 for weight, share, low, _ in parts))
    up = math.sqrt(sum((weight * (high - share)) ** 2 for weight, share, _, high in parts))
    return value, value - down, value + up, n


def _shares(row: SurveyRow) -> tuple[float, float, float]:
    """Mean and interval as shares of the scale, turned round where the item is turned."""
    width = row.scale_high - row.scale_low
    mean, low, high = ((x - row.scale_low) / width for x in (row.mean, row.low, row.high))
    return (1 - mean, 1 - high, 1 - low) if row.turned else (mean, low, high)
