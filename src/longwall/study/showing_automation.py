"""Tables of candidates for automation, of each level in two columns, of single indicators, and of the gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from longwall.alignment.automation import SAFEGUARDS, Opportunities, Opportunity
from longwall.study.cells import span
from longwall.worksystem import Estimate

__all__ = [
    "CANDIDATE_COLUMNS",
    "EFFECT_COLUMNS",
    "GATE_COLUMNS",
    "OPPORTUNITY_COLUMNS",
    "candidate_rows",
    "effect_rows",
    "gate_rows",
    "opportunity_rows",
]

CANDIDATE_COLUMNS = ("rank", "function", "burden", "level", "a week", "hours a week", "work cv", "elapsed", "rule-like",
                     "rule is right", "the rule asks", "routine hours", "footing")  # fmt: skip
OPPORTUNITY_COLUMNS = ("function", "level", "technical", "rank", "social", "rank", "not beaten", "worse when out",
                       "offered", "beside it", "frees", "left for people")  # fmt: skip
EFFECT_COLUMNS = ("opportunity", "when", "column", "indicator", "today", "then", "change", "better")
GATE_COLUMNS = ("opportunity", "machine", "met", "missing", "nobody has said", "acts alone")
_Rows = tuple[list[tuple[Any, ...]], list[str]]


def candidate_rows(result: Mapping[str, Any]) -> _Rows:
    """Return the functions that people do, what is a burden first."""
    found = Opportunities.model_validate(result)
    rows = [
        (one.rank, one.function, one.burden, one.level, _text(one.per_week), _text(one.hours), f"{one.work_cv:.2f}",
         _text(one.elapsed_h), *(("", "", "") if one.likeness is None else
         (_text(one.likeness.value), _text(one.likeness.right), ", ".join(one.likeness.rests_on))),
         _text(one.routine_h), one.routine_h.footing)
        for one in found.candidates
    ]  # fmt: skip
    return rows, list(found.cautions)


def opportunity_rows(result: Mapping[str, Any]) -> _Rows:
    """Return every level of every candidate in two columns, which nothing adds up."""
    found = Opportunities.model_validate(result)
    rows = [
        (one.function, f"{one.level_today} to {one.level}", _percent(one.technical), one.technical_rank,
         _percent(one.social), one.social_rank, "yes" if one.pareto else "", " and ".join(one.worse_when_out),
         one.offered, one.beside or "", _freed(one),
         "only what the machine cannot take" if one.only_leftover else "each case to decide")
        for one in found.opportunities
    ]  # fmt: skip
    notes = [
        f"relative change within each column against today, negative is better, the worse of {found.weeks} weeks of "
        "routine and of two weeks with the machine out for a day; assumed",
        "beside it: the augmenting level of the same function that is best for people",
        "left for people, not beaten: "
        + "; ".join(f"{one.id}: {one.remains}" for one in found.opportunities if one.pareto),
        *(f"forbidden: {text}" for text in found.refused),
        *found.cautions,
    ]
    return rows, notes


def effect_rows(result: Mapping[str, Any]) -> _Rows:
    """Return the indicators that change beyond noise, by opportunity and condition; those new to today as well."""
    found = Opportunities.model_validate(result)
    rows = [
        (one.id, part.when, part.column, part.name or part.indicator,
         "" if part.today is None else f"{part.today:.4g}", f"{part.then:.4g} {part.unit}".rstrip(),
         "not shown today" if part.change is None else _text(part.change),
         "" if part.better is None else "yes" if part.better else "no")
        for one in found.opportunities
        for part in sorted(one.indications, key=lambda part: part.column != "technical")
        if part.better is not None or part.change is None
    ]  # fmt: skip
    return rows, [f"{found.weeks} weeks, {found.replications} replications under the luck of today"]


def gate_rows(result: Mapping[str, Any]) -> _Rows:
    """Return which of the seven are met before a machine acts alone."""
    found = Opportunities.model_validate(result)
    rows = [
        (one.id, one.machine, ", ".join(one.gate.met), ", ".join(one.gate.missing), ", ".join(one.gate.unknown),
         "yes" if one.gate.holds else "no")
        for one in found.opportunities
        if one.gate is not None
    ]  # fmt: skip
    notes = [f"{name}: {words}" for name, words in SAFEGUARDS.items()]
    return rows, [*notes, "people state them in `safeguards:` of the component; what nobody has said is not assumed"]


def _freed(one: Opportunity) -> str:
    """Hours a week that come free, and whole posts in them."""
    posts = f", {one.frees_posts} whole post{'s' * (one.frees_posts != 1)}" if one.frees_posts else ""
    return _text(one.frees_h) + posts


def _percent(estimate: Estimate) -> str:
    """A relative change with its interval."""
    return f"{estimate.value:+.1%} ({estimate.low:+.1%} to {estimate.high:+.1%})"


def _text(estimate: Estimate | None) -> str:
    """A number with its interval; empty where there is none."""
    return "" if estimate is None else span(estimate.model_dump(mode="json"))
