"""Tables of designs and of the plan, each beside what is disputed about the findings that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from longwall.study.answering import answer_text, responses_of
from longwall.study.cells import span
from longwall.study.folder import Study
from longwall.study.results import load

__all__ = ["design_table", "plan_table"]

Table = tuple[Sequence[str], Sequence[Sequence[Any]], Sequence[str]]


def design_table(study: Study, aligned: Mapping[str, Any]) -> Table:
    """Return columns, rows and notes of the table of designs; `aligned` is the result of `align`."""
    optima = aligned["optima"]
    stands_for = {optima[role]: role.replace("_", " ") for role in ("technical_only", "social_only", "joint")}
    verdicts = {one["design"]: one["verdict"] for one in aligned["verdicts"]}
    points = {one["design"]: one for one in aligned["points"]}
    titles = {one["id"]: one["title"] for one in aligned["interventions"]}
    chosen = {one["id"]: [titles[name] for name in one["interventions"]] for one in aligned["designs"]}
    disputed = _disputed(study)
    resting = {one["id"]: [text for step in one["interventions"] for text in disputed.get(step, ())]
               for one in aligned["designs"]}  # fmt: skip
    rows = [
        (name, stands_for.get(name, ""), span(point["technical"]), span(point["social"]), f"{point['cost']:,.0f}",
         verdicts.get(name, ""), "; ".join(chosen.get(name, ())), "; ".join(dict.fromkeys(resting.get(name, ()))))
        for name, point in points.items()
    ]  # fmt: skip
    notes = ["technical and social: relative change against today within the column; negative is better",
             aligned["price"]["statement"], *aligned["cautions"]]  # fmt: skip
    columns = ("design", "stands for", "technical", "social", "cost", "verdict", "changes", "rests on what is disputed")
    return columns, rows, notes


def plan_table(study: Study, plan: Mapping[str, Any]) -> Table:
    """Return columns, rows and notes of the table of increments; `plan` is the result of `plan`."""
    disputed = _disputed(study)
    rows = [
        (
            one["start_week"],
            one["end_week"],
            one["title"],
            one["owner"],
            "" if one["cost"] is None else f"{one['cost']:,.0f}",
            one["look_week"],
            one["drop_if"],
            "; ".join(disputed.get(one["id"], ())),
        )
        for one in plan["increments"]
    ]
    columns = ("from week", "to week", "increment", "owner", "cost", "look in week", "drop if",
               "rests on what is disputed")  # fmt: skip
    return columns, rows, plan["cautions"]


def _disputed(study: Study) -> dict[str, list[str]]:
    """Interventions that answer a disputed finding: id to the disputes, in words."""
    disputes: dict[str, list[str]] = {}
    for one in responses_of(study):
        if one.answer == "dispute":
            disputes.setdefault(one.finding, []).append(f"{one.finding}, {answer_text(one)}")
    steps = (load(study, "align") or {"interventions": ()})["interventions"]
    found = {one["id"]: [text for name in one["answers"] for text in disputes.get(name, ())] for one in steps}
    return {name: texts for name, texts in found.items() if texts}
