"""The table of designs, each beside what is disputed about the findings that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.study.answering import answer_text, responses_of
from longwall.study.cells import span
from longwall.study.folder import Study
from longwall.study.results import load

__all__ = [
    "CHANCE_COLUMNS",
    "VERDICT_COLUMNS",
    "WEIGHTING_COLUMNS",
    "chance_rows",
    "design_table",
    "disputed",
    "verdict_rows",
    "weighting_rows",
]

CHANCE_COLUMNS = ("design", "constraint", "kept in", "asked", "verdict")
VERDICT_COLUMNS = ("what", "of", "keeps its sign in", "draws", "technical", "social", "verdict")
WEIGHTING_COLUMNS = ("weighting", "stands for", "design", "technical", "social")

Table = tuple[Sequence[str], Sequence[Sequence[Any]], Sequence[str]]


def design_table(study: Study, aligned: Mapping[str, Any]) -> Table:
    """Return columns, rows and notes of the table of designs; `aligned` is the result of `align`."""
    optima = aligned["optima"]
    stands_for = {optima[role]: role.replace("_", " ") for role in ("technical_only", "social_only", "joint")}
    verdicts = {one["design"]: one["verdict"] for one in aligned["verdicts"]}
    points = {one["design"]: one for one in aligned["points"]}
    letters = {one["design"]: f"{one['technical']} / {one['social']}" for one in aligned.get("letters", ())}
    fails = {one["design"]: one for one in aligned.get("held", ()) if one["verdict"] != "holds"}
    titles = {one["id"]: one["title"] for one in aligned["interventions"]}
    chosen = {one["id"]: [titles[name] for name in one["interventions"]] for one in aligned["designs"]}
    disputes = disputed(study)
    resting = {one["id"]: [text for step in one["interventions"] for text in disputes.get(step, ())]
               for one in aligned["designs"]}  # fmt: skip
    rows = [
        (name, stands_for.get(name, ""), _percent(point["technical"]), _percent(point["social"]), letters.get(name, ""),
         f"{point['cost']:,.0f}", _said(verdicts.get(name, ""), fails.get(name)), len(chosen.get(name, ())),
         "; ".join(dict.fromkeys(resting.get(name, ()))))
        for name, point in points.items()
    ]  # fmt: skip
    notes = ["technical and social: relative change against today within the column; negative is better",
             "letters: technical / social; designs that share a letter on a side cannot be told apart there",
             *(f"{name} changes: {'; '.join(chosen[name])}" for name in points if chosen.get(name)),
             *(f"{one}; beside it: {other}, which keeps and strengthens people" for one, other in _siblings(aligned)),
             aligned["price"]["statement"], *aligned["cautions"]]  # fmt: skip
    columns = (
        "design",
        "stands for",
        "technical",
        "social",
        "letters",
        "cost",
        "verdict",
        "changes",
        "rests on what is disputed",
    )
    return columns, rows, notes


def _percent(loss: Mapping[str, Any]) -> str:
    """A relative change with its interval."""
    return f"{loss['value']:+.1%} ({loss['low']:+.1%} to {loss['high']:+.1%})"


def _said(verdict: str, failing: Mapping[str, Any] | None) -> str:
    """The verdict of a design, and the first chance constraint that it is not shown to hold."""
    if failing is None:
        return verdict
    words = "fails" if failing["verdict"] == "fails" else "is not shown to hold"
    return "; ".join(filter(None, [verdict, f"{words} {failing['chance']} ({failing['share']['value']:.1%})"]))


def _siblings(aligned: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say of each design that gives people up whose posts they are, and which sibling keeps them."""
    steps = {one["id"]: one for one in aligned["interventions"]}
    chosen = {one["id"]: one["interventions"] for one in aligned["designs"]}
    found = []
    for design, sibling in aligned.get("siblings", {}).items():
        gone = [steps[name] for name in chosen[design] if steps[name]["people_removed"] > 0]
        who = ", ".join(dict.fromkeys(name for step in gone for name in step["concerns"]))
        posts = sum(step["people_removed"] for step in gone)
        found.append((f"{design} gives up {posts} posts" + (f" ({who})" if who else ""), sibling))
    return found


def chance_rows(aligned: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return every chance constraint for today and each design."""
    rows = [
        (one["design"], one["chance"], span(one["share"]), f"{one['asked']:.0%}", one["verdict"])
        for one in aligned["held"]
    ]
    near = aligned.get("nearest")
    notes = ["each end of an interval is a one-sided 95% bound, widened for the designs compared",
             *([f"no design that was found holds what must hold; nearest comes {near}"] if near else [])]  # fmt: skip
    return rows, notes if rows else ["no chance constraint is stated: `chances` in objectives.yaml"]


def verdict_rows(aligned: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return how sure the optima are, and each step of the recommended design on its own."""
    titles = {one["id"]: one["title"] for one in aligned["interventions"]}
    rows = [
        (titles.get(one["design"], one["design"]) if one["of"] == "step" else one["design"], one["of"],
         f"{one['share']:.0%}" if one["draws"] else "moves nothing", one["draws"], one["technical"], one["social"],
         one["verdict"])
        for one in aligned["verdicts"]
    ]  # fmt: skip
    return rows, ["a recommendation keeps its sign in 90% of draws over everything assumed, or is worth a pilot"]


def weighting_rows(aligned: Mapping[str, Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Return the optima under each weighting, and the price of one-sidedness as notes."""
    rows = [
        (under["weighting"], role.replace("_", " "), name, span(under["technical"][name]), span(under["social"][name]))
        for under in aligned["weighed"]
        for role, name in under["optima"].items()
    ]
    return rows, [f"{under['weighting']}: {under['price']['statement']}" for under in aligned["weighed"]]


def disputed(study: Study) -> dict[str, list[str]]:
    """Return the interventions that answer a disputed finding: id to the disputes, in words."""
    disputes: dict[str, list[str]] = {}
    for one in responses_of(study):
        if one.answer == "dispute":
            disputes.setdefault(one.finding, []).append(f"{one.finding}, {answer_text(one)}")
    steps = (load(study, "align") or {"interventions": ()})["interventions"]
    found = {one["id"]: [text for name in one["answers"] for text in disputes.get(name, ())] for one in steps}
    return {name: texts for name, texts in found.items() if texts}
