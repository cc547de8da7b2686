"""The decisions on the page: the question, today's way, what is taken, and what people decide by judgement."""

from __future__ import annotations

from dataclasses import replace

from longwall.alignment import Alignment, DecisionState, Held, Judgement
from longwall.alignment.results import Point
from longwall.report.markup import element
from longwall.report.material import Material
from longwall.report.page_one import page_one
from longwall.report.sections.decisions import decisions_part, left_to_people
from longwall.report.sections.designs import cheaper_text
from longwall.worksystem import Estimate


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


def test_a_finding_that_the_design_leaves_says_so_where_it_stands(whole: Material, alignment: Alignment) -> None:
    """Left with a judgement, decided, left without one, and answered; page one says the same."""
    assert whole.assessment is not None and whole.choice is not None and whole.choice.joint is not None
    taken = {name for step in whole.choice.joint.interventions for name in step.answers}
    finding = next(one for one in whole.assessment.findings if one.footing != "assumed")
    bare = tuple(
        step.model_copy(update={"answers": tuple(name for name in step.answers if name != finding.id)})
        for step in alignment.interventions
    )
    entry = Judgement(id="j", kind="drill", asks="practise it by hand", why_not="not followed", answers=(finding.id,))

    def said(*judged: Judgement) -> tuple[str, str]:
        found = alignment.model_copy(update={"interventions": bare, "by_judgement": judged})
        material = replace(whole, alignment=found)
        return left_to_people(material.choice, finding.id), str(page_one(material))

    words, page = said(entry)
    assert words.endswith("is yours to decide: practise it by hand.") and words in page
    words, page = said(entry.model_copy(update={"decided": "every month, from May"}))
    assert "decided by judgement: every month, from May" in words and words in page
    words, page = said()
    assert words == "The recommended design leaves this." and words in page
    assert taken and left_to_people(whole.choice, next(iter(taken))) == ""
    assert left_to_people(None, finding.id) == ""


def test_a_design_that_brings_half_for_half_the_money_is_named(whole: Material, alignment: Alignment) -> None:
    """Planted points: the cheapest of those that bring half on both sides; none that fails what must hold."""

    def point(name: str, technical: float, social: float, cost: float) -> Point:
        sides = [Estimate(value=x, low=x - 0.01, high=x + 0.01, footing="assumed") for x in (technical, social)]
        return Point(design=name, technical=sides[0], social=sides[1], cost=cost, cost_low=cost, cost_high=cost,
                     on_front=True)  # fmt: skip

    def said(*points: Point, held: tuple[Held, ...] = ()) -> str:
        joint = point(alignment.recommended, -0.2, -0.1, 1000.0)
        found = alignment.model_copy(update={"points": (joint, *points), "held": held})
        choice = replace(whole, alignment=found).choice
        assert choice is not None
        return cheaper_text(choice, "EUR")

    half, dear = point("half", -0.12, -0.06, 300.0), point("dear", -0.19, -0.09, 600.0)
    assert "“half” brings 60% or more" in said(half, dear, point("one-sided", -0.2, -0.01, 100.0))
    assert said(dear) == "" and said(point("worse", -0.2, 0.05, 10.0)) == ""
    kept = Estimate(value=0.5, low=0.4, high=0.6, footing="assumed")
    fails = Held(design="half", chance="c", share=kept, asked=0.9, verdict="fails", statement="")
    assert said(half, held=(fails,)) == ""
