"""Recommendations follow from findings, carry their evidence, and fall silent where nothing calls for a practice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall import templates
from longwall.alignment import load_costs
from longwall.alignment.practices import DIMENSIONS, KINDS, recommend, shipped, signs_of
from longwall.assessment import Controller, Demand, Gap, Level, Support, VarianceGaps
from longwall.worksystem import Estimate, Finding, Practice, Suggestion, WorkSystem

COSTS = load_costs()
FINDINGS = tuple(kind for kind in KINDS if ":" not in kind)
BOUNCE = Finding(
    id="bounce-front-back", kind="bounce", footing="counted", where=("front", "back"), severity=Estimate.counted(4.0),
    statement="6,900 items (11%) go back and forth between Front and Back.",
)  # fmt: skip


def found(kind: str, *where: str, **more: object) -> Finding:
    return Finding(
        id=f"{kind.replace('_', '-')}", kind=kind, statement=f"12% show {kind}.", where=where or ("triage",),
        severity=Estimate.counted(1.0), footing="counted", **more,
    )  # fmt: skip


def test_bouncing_calls_for_shared_triage_and_cross_training_and_says_why(desk: WorkSystem) -> None:
    advice = recommend(desk, [BOUNCE], shipped(), costs=COSTS)
    chosen = {one.bundle: one for one in advice.recommended}
    assert chosen["opportunity"].practice == "shared-triage" and chosen["ability"].practice == "cross-training"
    sentence = chosen["opportunity"].sentence
    assert sentence.startswith("6,900 items (11%) go back and forth between Front and Back: shared triage, because ")
    assert sentence.count(".") == 1 and chosen["opportunity"].roles == ("agent", "expert")
    assert (
        chosen["opportunity"].reasons[0].finding == "bounce-front-back" and chosen["opportunity"].footing == "counted"
    )
    assert "motivation" not in chosen, "nothing was found that calls for it: feedback only helps here"
    assert advice.bundle is not None and not advice.bundle.whole and advice.bundle.missing == ("motivation",)
    assert advice.bundle.synergy is None
    assert {one.what for one in advice.avoid} >= {"pay-by-count"}


def test_nothing_found_calls_for_nothing(desk: WorkSystem) -> None:
    """The null: no finding, and a finding that only says what the evidence cannot show."""
    for findings in ([], [found("not_observed")]):
        advice = recommend(desk, findings, shipped(), costs=COSTS)
        assert advice.recommended == () and advice.bundle is None and advice.statement.startswith("None is indicated")


def test_a_practice_that_only_helps_is_not_recommended_alone(desk: WorkSystem) -> None:
    advice = recommend(desk, [found("constraint")], shipped(), costs=COSTS)
    assert "leadership-capacity" not in {one.practice for one in advice.recommended}
    assert [one.practice for one in advice.recommended] == ["participation-in-design"]


@settings(max_examples=50, deadline=None)
@given(kinds=st.lists(st.sampled_from(FINDINGS), unique=True, max_size=8), standing=st.booleans())
def test_whatever_is_found_the_advice_is_sound(desk: WorkSystem, kinds: list[str], standing: bool) -> None:
    catalogue = shipped()
    system = desk
    if standing:
        stands = (Practice(id="cross-train"), Practice(id="recognition"))
        system = desk.model_copy(update={"social": desk.social.model_copy(update={"practices": stands})})
    advice = recommend(system, [found(kind, "front", "back") for kind in kinds], catalogue, costs=COSTS)
    names = [one.practice for one in advice.recommended]
    assert len({one.bundle for one in advice.recommended}) == len(names) <= len(DIMENSIONS)
    stands_already = {"cross-training", "recognition"} if standing else set()
    assert not set(names) & stands_already
    for one in names:
        assert all(catalogue.clash(one, other) is None for other in (*names, *stands_already))
    for one in advice.recommended:
        assert one.reasons[0].first and {reason.sign for reason in one.reasons} <= set(kinds)
        assert one.roles and one.people > 0 and one.cost.value >= 0
    assert not {one.practice for one in advice.others} & {*names, *stands_already}
    if advice.bundle is not None and advice.bundle.synergy is not None:
        total = advice.bundle.parts.value + advice.bundle.synergy.value
        assert total == pytest.approx(catalogue.prior.bundle.value)
        assert advice.bundle.synergy.low <= 0 <= advice.bundle.synergy.high


def test_what_stands_is_not_recommended_and_what_contradicts_it_is_to_be_avoided(desk: WorkSystem) -> None:
    stands = desk.social.model_copy(update={"practices": (Practice(id="recognition"),)})
    advice = recommend(desk.model_copy(update={"social": stands}), [found("single_point")], shipped(), costs=COSTS)
    assert advice.standing == ("recognition",)
    avoided = {one.what: one for one in advice.avoid}
    assert "skill-pay" in avoided and "recognition" in avoided["skill-pay"].why
    assert "skill-pay" in {
        one.practice for one in recommend(desk, [found("single_point")], shipped(), costs=COSTS).recommended
    }


def test_training_alone_says_that_it_is_marginal(desk: WorkSystem) -> None:
    alone = recommend(desk, [found("machine_only", "reset")], shipped(), costs=COSTS)
    assert [one.practice for one in alone.recommended] == ["drills"]
    assert "marginal" in alone.recommended[0].cautions[0]
    beside = recommend(desk, [BOUNCE], shipped(), costs=COSTS)
    assert all(not one.cautions for one in beside.recommended)


def test_the_more_harmful_finding_decides(desk: WorkSystem) -> None:
    """Both call for an ability practice: the first of the two finds it, whichever that is."""
    drill, coach = found("machine_only", "reset"), found("rework", "triage")
    for findings, wanted in (([drill, coach], "drills"), ([coach, drill], "apprenticeship")):
        advice = recommend(desk, findings, shipped(), costs=COSTS)
        assert next(one.practice for one in advice.recommended if one.bundle == "ability") == wanted


def test_where_it_is_not_suited_it_is_not_recommended(desk: WorkSystem) -> None:
    few = templates.read("small-team")
    advice = recommend(few, [found("tiring", "coordinate")], shipped(), costs=COSTS)
    assert "development-paths" not in {one.practice for one in advice.recommended}
    no_machine = recommend(desk, [found("machine_only", "solve")], shipped(), costs=COSTS)
    assert {one.what for one in no_machine.avoid} >= {"drills"} and not no_machine.recommended
    assert no_machine.statement.endswith("not suited here.")


def test_traits_of_a_variance_choose_between_practices(desk: WorkSystem) -> None:
    """Misroute is made by hand at the front and seen in the back; by a machine it would call for reviews instead."""
    far = found("far_control", "misroute", "triage")
    assert signs_of(desk, [far])[0].traits == {"by-hand", "controlled", "crosses-teams"}
    by_hand = {one.practice for one in recommend(desk, [far], shipped(), costs=COSTS).recommended}
    assert {"shared-triage", "cross-training"} <= by_hand
    variances = tuple(one.model_copy(update={"by_machine": True}) for one in desk.variances)
    machine = desk.model_copy(update={"variances": variances})
    assert "by-machine" in signs_of(machine, [far])[0].traits
    chosen = {one.practice for one in recommend(machine, [far], shipped(), costs=COSTS).recommended}
    assert "blameless-reviews" in chosen and "shared-triage" not in chosen


def test_authority_that_is_lacking_calls_for_decisions_at_the_source(desk: WorkSystem) -> None:
    asked = (Suggestion(kind="give_authority", targets=("misroute", "expert")),)
    advice = recommend(desk, [found("uncontrolled", "misroute", "triage", suggests=asked)], shipped(), costs=COSTS)
    chosen = next(one for one in advice.recommended if one.bundle == "opportunity")
    assert chosen.practice == "authority-at-source" and "may not act" in chosen.sentence


def test_gaps_and_support_are_signs_too(desk: WorkSystem) -> None:
    known = Level(low=0.0, high=0.0, source="model")
    need = Level(low=1.0, high=1.0, source="model")
    gap = Gap(aspect="feedback", need=need, have=known, gap=need)
    candidate = Controller(
        id="expert", kind="role", today=True, gaps=(gap,), capacity_low=0, capacity_high=0, bottleneck="feedback",
        ask=(),
    )  # fmt: skip
    lacking = VarianceGaps(variance="misroute", name="Misroute", direction="technical", controllers=(candidate,))
    short = Support(
        function="reset", direction="social", by="agent", bottleneck="practice",
        demands=(Demand(what="practice", need=1.0, have=0.0),),
    )  # fmt: skip
    advice = recommend(desk, [], shipped(), costs=COSTS, gaps=[lacking], support=[short])
    chosen = {one.practice: one for one in advice.recommended}
    assert chosen["outcome-feedback"].roles == ("expert",) and "'Misroute'" in chosen["outcome-feedback"].sentence
    assert chosen["drills"].roles == ("agent",)
    assert advice.bundle is not None and advice.bundle.roles == () and not advice.bundle.whole
