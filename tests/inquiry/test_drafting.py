"""From answers to a work system: what was answered is in it and says so, the rest is the template's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.inquiry import (
    KINDS,
    QUESTIONS,
    Answers,
    doubts_in,
    draft_of,
    faults_in,
    is_answered,
    questions,
    suggested,
    template_of,
)
from longwall.inquiry.suggesting import visits
from longwall.worksystem import check_system, differences, numbers_in

SHOP: dict[str, Any] = {
    "kind": "shop",
    "name": "Corner bikes",
    "item": "order",
    "steps": [
        {"step": "Take the order", "who": "Web shop, owner", "minutes": 4},
        {"step": "Pick and pack", "who": "packer", "minutes": 18},
        {"step": "Hand to the carrier", "who": "packer", "minutes": 4},
        {"step": "Answer questions", "who": "owner", "minutes": 10, "of_100": 40},
        {"step": "Order goods", "who": "owner", "minutes": 25, "of_100": 20},
    ],
    "people": [{"role": "owner", "people": 1}, {"role": "packer", "people": 2, "hours": "25 hours"}],
    "volume": {"usual": 150, "busy": 300},
    "troubles": [
        {"what": "Wrong item sent", "step": "Pick and pack", "of_100": 4, "noticed": "customer"},
        {"what": "Sold out", "step": "Take the order", "of_100": 3, "noticed": "Pick and pack"},
    ],
    "repairs": [
        {"trouble": "Wrong item sent", "who": "packer", "told": False, "may_decide": False},
        {"trouble": "Sold out", "who": "owner"},
    ],
    "machines": [
        {"machine": "Web shop", "step": "Take the order", "watched": "nobody", "when_out": "wait",
         "outages_a_year": 5, "hours_out": 4},
    ],
    "takeover": [{"step": "Order goods", "can": 1}, {"step": "Take the order", "can": 1, "by_hand_a_year": 3}],
    "tired": [{"what": "The same question all day", "about": "Answer questions"}],
    "complaints": [{"what": "They get the wrong thing", "about": "Wrong item sent"}],
    "measured": [{"what": "Parcels a day", "against": "Wrong item sent"}],
    "fixed": [{"what": "Returns within 14 days", "why": "law"}, {"what": "A person packs", "step": "Pick and pack"}],
    "coming": [{"what": "A second site", "kind": "more_work", "size": 30}, {"what": "A packer leaves",
                "kind": "people_leave", "size": 1}],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_without_answers_the_draft_is_the_template(kind: Any) -> None:
    """Fails when what a template says cannot be said in answers, or a draft adds something of its own."""
    assert differences(template_of(kind), draft_of(Answers(kind=kind))) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_confirmed_word_by_word_is_the_template_with_its_numbers_answered(kind: Any) -> None:
    drafted, template = draft_of(suggested(kind)), template_of(kind)
    assert list(drafted.functions) == list(template.functions)
    assert visits(drafted) == pytest.approx(visits(template), abs=1e-6)
    for name, function in template.functions.items():
        assert drafted.functions[name].work_h.mean_h == pytest.approx(function.work_h.mean_h, abs=1e-6)
        assert drafted.functions[name].allocation.level == function.allocation.level
        assert drafted.functions[name].roles == function.roles
    assert [role.shifts for role in drafted.social.roles] == [role.shifts for role in template.social.roles]
    assert [v.probability.value for v in drafted.variances] == pytest.approx(
        [v.probability.value for v in template.variances], abs=1e-6
    )


def test_a_shop_is_drafted_as_it_was_told() -> None:
    system = draft_of(Answers.model_validate(SHOP))
    assert check_system(system) == ()
    assert system.name == "Corner bikes" and system.people == 3
    assert [f.name for f in system.work.functions] == [one["step"] for one in SHOP["steps"]]
    take, pack = system.functions["take-order"], system.functions["pick-pack"]
    assert (take.allocation.level, take.allocation.component, take.in_outage) == (10, "web-shop", "wait")
    assert take.drills_per_year.value == 3
    assert pack.work_h.mean_h == pytest.approx(0.3) and pack.roles == ("packer",)
    assert system.roles["packer"].shifts[0].hours == "mon-fri 09:00-14:00"
    assert visits(system) == pytest.approx(
        {"take-order": 1, "pick-pack": 1, "hand-over": 1, "answer": 0.4, "order-goods": 0.2}
    )
    wrong, sold = system.variances
    assert wrong.detections == () and wrong.probability.value == pytest.approx(0.04)
    assert [d.function for d in sold.detections] == ["pick-pack"]
    assert "wrong-item" not in system.roles["packer"].authority
    assert sold.id in system.roles["owner"].authority
    assert (wrong.severity.social, wrong.severity.regulatory) == (0, 0)
    assert system.components["web-shop"].time_between_failures_h is not None
    assert system.environment.forces[0].demand_factor.value == pytest.approx(1.3)
    assert system.environment.forces[1].people_factor.value == pytest.approx(2 / 3)
    rule = next(one for one in system.environment.constraints if one.functions)
    assert rule.fixed == ("work.functions.pick-pack.roles", "work.functions.pick-pack.allocation.level")


def test_what_was_answered_says_so_and_nothing_else_does() -> None:
    """Fails when a number of the template is passed off as answered, or the other way round."""
    answered = {n.path for n in numbers_in(draft_of(Answers.model_validate(SHOP))) if is_answered(n.value.source)}
    assert {
        "work.demand.order.per_week", "work.functions.pick-pack.work_h", "variances.wrong-item.probability",
        "technical.components.web-shop.time_between_failures_h", "work.functions.take-order.drills_per_year",
    } <= answered  # fmt: skip
    assert not any("reliability" in path or "coverage" in path or "due_h" in path for path in answered)
    only = draft_of(Answers.model_validate({"kind": "shop", "volume": {"usual": 10}}))
    assert {n.path for n in numbers_in(only) if is_answered(n.value.source)} == {"work.demand.order.per_week"}
    assert all(n.value.footing == "assumed" for n in numbers_in(only))


WORDS = st.text("abcXYZ äß漢'\"<>;,:-", min_size=1, max_size=12).filter(lambda text: text.strip(" ,/;") != "")


@st.composite
def places(draw: st.DrawFn) -> Answers:
    """Answers that fit each other, of any size and in any letters."""
    unique = st.lists(WORDS, min_size=1, max_size=6, unique_by=lambda text: " ".join(text.split()).casefold())
    names = draw(unique)
    roles = [" ".join(one.replace(",", " ").replace("/", " ").split()) or "r" for one in draw(unique)]
    shares = [100.0, *draw(st.lists(st.floats(1, 100), min_size=len(names) - 1, max_size=len(names) - 1))]
    steps = [
        {"step": name, "who": draw(st.sampled_from(["", *roles])), "of_100": share,
         "minutes": draw(st.none() | st.floats(0.1, 500))}
        for name, share in zip(names, shares, strict=True)
    ]  # fmt: skip
    plain: dict[str, Any] = {"kind": draw(st.sampled_from(sorted(KINDS))), "steps": steps}
    if draw(st.booleans()):
        plain["people"] = [{"role": role, "people": draw(st.integers(1, 9))} for role in roles]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(names) - 1))
        seen = draw(st.sampled_from(["customer", "nobody", *names[place:]]))
        plain["troubles"] = [{"what": "It", "step": names[place], "of_100": shares[place] / 2, "noticed": seen}]
        plain["repairs"] = [{"trouble": "it", "who": draw(st.sampled_from(roles)), "told": draw(st.booleans())}]
    if draw(st.booleans()):
        plain["machines"] = [{"machine": "Robot", "step": names[-1], "watched": draw(
            st.sampled_from(["suggests", "approved", "read", "sampled", "nobody"]))}]  # fmt: skip
    if draw(st.booleans()):
        plain["fixed"] = [{"what": "Stays", "step": draw(st.sampled_from(["", names[0]]))}]
    return Answers.model_validate(plain)


@settings(max_examples=60, deadline=None)
@given(places())
def test_answers_that_fit_draft_a_sound_system(answers: Answers) -> None:
    """Fails when an id collides, a share is lost, or work is left that nobody may do."""
    assert faults_in(answers, suggested(answers.kind)) == ()
    system = draft_of(answers)
    assert check_system(system) == ()
    share = visits(system)
    assert answers.steps is not None
    assert list(share.values()) == pytest.approx([one.of_100 / 100 for one in answers.steps], abs=1e-6)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "a step that is not there": ({"takeover": [{"step": "Pick and pakc", "can": 1}]}, "LW-IN-001", "Pick and pack"),
    "a trouble that is not there": ({"repairs": [{"trouble": "Sold  outt", "who": "owner"}]}, "LW-IN-002", "Sold out"),
    "a place that is not there": ({"tired": [{"what": "x", "about": "Order good"}]}, "LW-IN-001", "Order goods"),
    "noticed nowhere": (
        {"troubles": [{"what": "x", "step": "Order goods", "of_100": 1, "noticed": "custmer"}], "repairs": None,
         "complaints": None, "measured": None}, "LW-IN-001", "customer"),
    "a step twice": ({"steps": [{"step": "A"}, {"step": "a "}], **dict.fromkeys(
        ("troubles", "repairs", "machines", "takeover", "tired", "complaints", "measured", "fixed"))},
        "LW-IN-003", "another name"),
    "more goes wrong than passes": (
        {"troubles": [{"what": "x", "step": "Order goods", "of_100": 21}], "repairs": None, "complaints": None,
         "measured": None}, "LW-IN-004", "of 100"),
    "noticed before it arises": (
        {"troubles": [{"what": "x", "step": "Order goods", "of_100": 1, "noticed": "Pick and pack"}], "repairs": None,
         "complaints": None, "measured": None}, "LW-IN-005", "where it really arises"),
    "a busy week with less": ({"volume": {"usual": 10, "busy": 5}}, "LW-IN-006", "swap"),
    "a first step for some": ({"steps": [{"step": "A", "of_100": 50}], **dict.fromkeys(
        ("troubles", "repairs", "machines", "takeover", "tired", "complaints", "measured", "fixed"))},
        "LW-IN-007", "every piece"),
    "more leave than there are": ({"coming": [{"what": "x", "kind": "people_leave", "size": 9}]}, "LW-IN-008", "3"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_answers_that_contradict_each_other_are_named(case: str) -> None:
    changes, code, words = WRONG[case]
    problems = faults_in(Answers.model_validate({**SHOP, **changes}), suggested("shop"))
    assert [one.code for one in problems] == [code]
    assert words in str(problems[0].fault())


def test_who_was_not_counted_is_assumed_and_that_is_said() -> None:
    answers = Answers.model_validate(
        {**SHOP, "people": [{"role": "owner", "people": 1}, {"role": "packr", "people": 2}]}
    )
    assert doubts_in(answers) == tuple(
        f"'packer' does {step!r} and is not among the people counted: how many do it is assumed; if 'packr' is meant, "
        "write it so"
        for step in ("Pick and pack", "Hand to the carrier")
    )
    assert draft_of(answers).roles["packer"].head_count == 3  # the template's


def test_there_are_twelve_questions_in_plain_words() -> None:
    asked = questions("ticket")
    assert [one.id for one in asked] == list(QUESTIONS) and len(asked) == 12
    assert all(one.ask.endswith("?") and one.why and one.help for one in asked)
    assert not any(
        "{" in text for one in asked for text in (one.ask, one.why, one.help, *(c.label for c in one.columns))
    )
    method = ("variance", "sociotechnical", "socio-technical", "allocation", "joint optimi", "stakeholder")
    assert not any(word in f"{one.ask} {one.why} {one.help}".casefold() for one in asked for word in method)
    assert {column.key for one in asked for column in one.columns} <= {
        key for name in QUESTIONS for key in _fields(name)
    }


def _fields(name: str) -> set[str]:
    """Keys that an answer may hold."""
    value = Answers.model_validate(SHOP).value(name)
    return set(type(value if not isinstance(value, tuple) else value[0]).model_fields)
