"""The eight steps: by judgement, by evidence, by both; what is missing, what it costs, sign-offs of older states."""

from __future__ import annotations

from types import ModuleType

import pytest

from longwall import templates
from longwall.assessment import (
    STEPS,
    Artefact,
    Assessment,
    CellComparison,
    Known,
    Order,
    SignOff,
    StepState,
    StepsWritten,
    assess,
    candidates_of,
    changes_of,
    steps_of,
)
from longwall.assessment.statement import finding
from longwall.discovery import detect
from longwall.worksystem import Constraint, Estimate, Finding, Parameter, Suggestion, WorkSystem


@pytest.fixture(scope="module")
def desk() -> WorkSystem:
    return templates.read("service-desk")


@pytest.fixture(scope="module")
def judged(desk: WorkSystem) -> Assessment:
    return assess(desk)


def steps(
    system: WorkSystem | None, assessed: Assessment | None, written: StepsWritten | None = None
) -> dict[str, StepState]:
    return {one.step: one for one in steps_of(Known(system, assessed, written or StepsWritten()))}


def signed(written: StepsWritten, step: str, artefact: Artefact | None) -> StepsWritten:
    assert artefact is not None
    words = written.of(step).model_copy(  # type: ignore[arg-type]
        update={"sign_off": SignOff(by="desk lead", on="2026-11-02", artefact=artefact.hash)}
    )
    return written.model_copy(update={step: words})


def made(kind: str, *targets: str, where: tuple[str, ...] = (), name: str = "") -> Finding:
    return finding(
        "test", where, "said.", Estimate.counted(1.0, "h per week"), "means", principle="p", name=name or kind,
        suggests=(Suggestion(kind=kind, targets=targets),),
    )  # fmt: skip


# What there is without anything, by judgement, by evidence, by both.


def test_before_any_model_each_step_says_what_it_needs_and_words_of_people_count() -> None:
    nothing = steps(None, None)
    assert list(nothing) == list(STEPS)
    assert all(one.artefact is None and one.missing for one in nothing.values())
    written = StepsWritten.model_validate(
        {"boundary": {"in_scope": ["counter"], "out_of_scope": ["telephone"]}, "social": {"additions": ["night shift"]}}
    )
    some = steps(None, None, written)
    assert some["boundary"].artefact is not None and some["social"].artefact is not None
    assert [row[0] for row in some["boundary"].artefact.rows] == ["counter", "telephone"]
    assert some["social"].judged == ("added by people: night shift",)
    assert some["technical"].artefact is None


def test_by_judgement_alone_every_step_is_made_and_nothing_is_said_of_evidence(
    desk: WorkSystem, judged: Assessment
) -> None:
    found = steps(desk, judged)
    assert all(one.artefact is not None for one in found.values())
    assert not [text for one in found.values() for text in (*one.found, *one.disagree)]
    assert {one.artefact.footing for one in found.values() if one.artefact} <= {"assumed", None}
    gaps = found["gaps"].artefact
    assert gaps is not None and "controller" in gaps.columns and len(gaps.rows) > len(desk.variances)


def test_by_evidence_alone_the_log_speaks_and_what_nobody_wrote_is_missing(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    empty = WorkSystem(id="x")
    found = steps(empty, assess(empty, log=log, events=detect(log)))
    assert "in the log, and not in the model" in " ".join(found["boundary"].disagree)
    assert found["variances"].artefact is not None and found["variances"].found
    assert any("no statement of the boundary" in text for text in found["boundary"].missing)
    assert found["redesign"].artefact is None and found["redesign"].missing


def test_where_judgement_and_evidence_disagree_it_is_shown(desk: WorkSystem, handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    written = StepsWritten.model_validate({"boundary": {"out_of_scope": ["close"], "in_scope": ["moonbase"]}})
    found = steps(desk, assess(desk, log=log, events=detect(log)), written)
    said = " ".join(found["boundary"].disagree)
    assert "close is named outside, and the log shows it 2,000 times" in said
    assert "neither model nor log shows it: moonbase" in said
    assert "in the model, and not once in the log: register" in said
    assert found["variances"].disagree  # key in the log against key by judgement


def test_same_input_same_steps_and_a_round_trip(desk: WorkSystem, judged: Assessment) -> None:
    one, two = steps_of(Known(desk, judged, StepsWritten())), steps_of(Known(desk, judged, StepsWritten()))
    assert one == two
    assert all(StepState.model_validate_json(state.model_dump_json()) == state for state in one)


def test_cells_on_which_judgement_and_traces_differ_are_named(desk: WorkSystem, judged: Assessment) -> None:
    half = Estimate(value=0.5, low=0.4, high=0.6, footing="counted")
    cells = (
        CellComparison(cause="misroute", effect="late-answer", judged=None, learned=half, grade="directed",
                       verdict="not spoken of"),
        CellComparison(cause="late-answer", effect="misroute", judged=half, learned=None, grade="",
                       verdict="cannot tell", needed_cases=4000),
    )  # fmt: skip
    state = steps(desk, judged.model_copy(update={"comparison": cells}))["variances"]
    assert "the traces show it and nobody spoke of it: misroute to late-answer" in state.disagree
    assert any("1 cell" in text and "4,000 cases" in text for text in state.missing)


# Costs are computed from what is missing.


def test_an_unsigned_boundary_costs_the_matrix_the_variances_that_really_leave_their_team(
    desk: WorkSystem, judged: Assessment
) -> None:
    before = steps(desk, judged)["variances"].costs
    assert any("exported variances cannot be told from internal ones; 2 leave their team" in text for text in before)
    # Every variance controlled where it arises: nothing is exported, so an unsigned boundary costs nothing.
    kept = tuple(v for v in desk.variances if v.id == "wrong-diagnosis")
    inside = desk.model_copy(update={"variances": kept})
    assert not [t for t in steps(inside, assess(inside))["variances"].costs if "exported" in t]


def test_a_signed_boundary_costs_nothing(desk: WorkSystem, judged: Assessment) -> None:
    written = signed(StepsWritten(), "boundary", steps(desk, judged)["boundary"].artefact)
    found = steps(desk, judged, written)
    assert found["boundary"].settled and not found["boundary"].missing
    assert not [text for text in found["variances"].costs if "boundary" in text]


@pytest.mark.parametrize(
    ("step", "source", "named"),
    [
        ("technical", "boundary", "directory"),
        ("gaps", "social scan", "desk-agent"),
        ("gaps", "variance matrix", "late-answer"),
        ("redesign", "gaps", "coordinate"),
        ("sequence", "environment", "recover-account"),
    ],
)
def test_each_cost_names_what_it_concerns(
    desk: WorkSystem, judged: Assessment, step: str, source: str, named: str
) -> None:
    costs = steps(desk, judged)[step].costs
    assert any(source in text.split(":")[0] and named in text for text in costs), costs


def test_stating_what_was_missing_takes_the_cost_away(desk: WorkSystem) -> None:
    roles = tuple(
        role.model_copy(update={"skills": {f.id: Parameter(value=1.0) for f in desk.work.functions}})
        for role in desk.social.roles
    )
    stated = desk.model_copy(update={"social": desk.social.model_copy(update={"roles": roles})})
    found = steps(stated, assess(stated))
    assert not [text for text in found["social"].missing if "skill" in text]
    assert not [text for text in found["gaps"].costs if "skill" in text]


# Sign-offs.


def test_a_sign_off_is_of_a_state_and_marked_when_the_model_moves_on(desk: WorkSystem, judged: Assessment) -> None:
    written = StepsWritten()
    for step, state in steps(desk, judged).items():
        written = signed(written, step, state.artefact)
    assert all(one.settled for one in steps(desk, judged, written).values())
    roles = tuple(r.model_copy(update={"authority": ()}) if r.id == "desk-lead" else r for r in desk.social.roles)
    other = desk.model_copy(update={"social": desk.social.model_copy(update={"roles": roles})})
    after = steps(other, assess(other), written)
    assert after["social"].older and after["social"].state == "an older state is signed off"
    assert not after["technical"].older and not after["boundary"].older
    # An older state costs what an unsigned one costs, and says so.
    moved = written.boundary.model_copy(update={"out_of_scope": ("telephone",)})
    noted = written.model_copy(update={"boundary": moved})
    assert steps(desk, judged, noted)["variances"].costs[0].startswith("with an older boundary signed off")


# Compliant is not sound; training is marginal.


def test_a_compliant_step_can_still_be_unsound(desk: WorkSystem, judged: Assessment) -> None:
    rule = Constraint(id="logged", source="ours", why="so", functions=("recover-account",), highest_level=8)
    system = desk.model_copy(update={"environment": desk.environment.model_copy(update={"constraints": (rule,)})})
    state = steps(system, assess(system))["environment"]
    (one,) = state.unsound
    assert one.function == "recover-account" and one.constraints == ("logged",)
    assert "uncontrolled-failed-recovery" in one.findings
    broken = rule.model_copy(update={"highest_level": 3})
    system = desk.model_copy(update={"environment": desk.environment.model_copy(update={"constraints": (broken,)})})
    assert not steps(system, assess(system))["environment"].unsound


def test_marginal_follows_from_the_suggestions_and_cannot_be_set() -> None:
    taught = made("train", "agent")
    assert taught.marginal and not made("change_level", "agent").marginal
    again = Finding.model_validate({**taught.model_dump(), "marginal": False})
    assert again.marginal and Finding.model_validate_json(again.model_dump_json()) == again


# Step 6: control capacity.


def test_capacity_is_that_of_the_least_controlled_variance_and_its_limit_is_named(
    desk: WorkSystem, judged: Assessment
) -> None:
    found = candidates_of(desk, judged.controls, judged.findings)
    best = {(one.function, one.change): one for one in found}
    # Desk agents route wrongly and never see it; technicians see seven in ten, and lack the information.
    assert best["triage", "as today"].capacity == 0.0 and "sight" in best["triage", "as today"].limited_by
    shared = best["triage", "desktop-technician may do it, too"]
    assert shared.capacity == pytest.approx(0.7)
    assert "information about misroute" in shared.needs and "desktop-technician learns triage" in shared.needs
    assert best["coordinate", "as today"].limited_by == "authority for late-answer"
    grant = best["coordinate", "desk-lead controls it where it arises"]
    assert grant.capacity == pytest.approx(0.0) or grant.needs == ("authority over late-answer",)


def test_reading_less_of_what_a_machine_does_lowers_the_capacity(desk: WorkSystem, judged: Assessment) -> None:
    """Read all and see 0.6, confirmed by customers at 0.8; audited at 0.1; nothing of the machine by hand."""
    every = candidates_of(desk, judged.controls, judged.findings)
    found = {one.change: one for one in every if one.function == "recover-account"}
    assert found["as today"].capacity == pytest.approx(1 - 0.2 * 0.4)
    assert found["level 8 in place of 7"].capacity == pytest.approx(1 - 0.2 * (1 - 0.1 * 0.6))
    assert found["level 1 in place of 7"].capacity == 1.0 and "hours" in found["level 1 in place of 7"].mind
    order = [one.capacity for one in found.values() if one.kind != "today"]
    assert order == sorted(order, reverse=True)


def test_what_a_constraint_refuses_is_kept_last_and_names_it(desk: WorkSystem, judged: Assessment) -> None:
    rule = Constraint(id="by-people", source="ours", why="so", functions=("recover-account",), lowest_level=5)
    system = desk.model_copy(update={"environment": desk.environment.model_copy(update={"constraints": (rule,)})})
    found = [o for o in candidates_of(system, judged.controls, ()) if o.function == "recover-account"]
    refused = [one for one in found if one.refused_by]
    assert {one.change for one in refused} == {"level 1 in place of 7", "level 4 in place of 7"}
    assert found[-len(refused) :] == refused and refused[0].refused_by == ("by-people",)


# Step 8: order.


def test_what_alters_variances_comes_before_the_social_change_that_rests_on_it(desk: WorkSystem) -> None:
    findings = [made("staff", "desk-agent"), made("change_level", "recover-account"), made("staff", "network-engineer")]
    changes, unfit = changes_of(desk, findings)
    stage = {one.id: one.stage for one in changes}
    assert stage == {"staff.desk-agent": 2, "change_level.recover-account": 1, "staff.network-engineer": 1}
    assert not unfit and changes[-1].after == ("change_level.recover-account",)


def test_people_may_turn_the_default_round_and_a_circle_is_named(desk: WorkSystem) -> None:
    findings = [made("staff", "desk-agent"), made("change_level", "recover-account")]
    a, b = "staff.desk-agent", "change_level.recover-account"
    changes, unfit = changes_of(desk, findings, [Order(first=a, then=b, why="holidays")])
    assert {one.id: one.stage for one in changes} == {a: 1, b: 2} and not unfit
    changes, unfit = changes_of(desk, findings, [Order(first=a, then=b), Order(first=b, then=a)])
    assert {one.id: one.stage for one in changes} == {a: 1, b: 2}
    assert len(unfit) == 1 and "circle" in unfit[0]
    assert "no finding suggests any more" in changes_of(desk, findings, [Order(first="x", then=a)])[1][0]


def test_training_alone_is_marked_in_the_order(desk: WorkSystem) -> None:
    changes, _ = changes_of(desk, [made("train", "desk-agent")])
    assert changes[0].marginal
