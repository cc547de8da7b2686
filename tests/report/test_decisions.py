"""The decisions on the page: the question, today's way, what is taken, and what people decide by judgement."""

from __future__ import annotations

from dataclasses import replace

from longwall.alignment import Alignment, DecisionState, Judgement
from longwall.report.markup import element
from longwall.report.material import Material
from longwall.report.sections.decisions import decisions_part


def drawn(whole: Material, alignment: Alignment) -> str:
    material = replace(whole, alignment=alignment)
    assert material.choice is not None
    return str(element("div", decisions_part(material, material.choice)))


def test_without_decisions_nothing_is_said(whole: Material, alignment: Alignment) -> None:
    bare = alignment.model_copy(update={"decisions": (), "by_judgement": ()})
    assert drawn(whole, bare) == "<div></div>"


def test_what_is_taken_is_bold_and_what_is_settled_says_why(whole: Material, alignment: Alignment) -> None:
    taken = alignment.chosen(alignment.recommended)[0]
    decisions = (
        DecisionState(id="a", question="Is triage shared?", today="Network alone", choices=(taken.id, "own"), tried=2,
                      moves=(alignment.forecasts[0].indicators[0].id,)),
        DecisionState(id="b", question="Who hires?", state="left as it is", because="no budget <yet>"),
    )  # fmt: skip
    judged = (Judgement(id="m", kind="measure", asks="one measure for both", why_not="no mechanism", answers=("f",)),)
    text = drawn(whole, alignment.model_copy(update={"decisions": decisions, "by_judgement": judged}))
    assert f"<b>{taken.title}</b>" in text.replace("&#x27;", "'") and "<b>own</b>" not in text
    assert "Is triage shared?" in text and "Network alone" in text
    assert "left as it is, because no budget &lt;yet&gt;" in text
    assert "not tried alone" in text and "1 settled beforehand" in text
    assert "One measure for both." in text and "Not simulated: No mechanism." in text
