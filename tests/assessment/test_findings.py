from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from longwall.assessment import Assessment, assess
from longwall.discovery import detect
from longwall.worksystem import Finding, WorkSystem

NOTHING_KNOWN = WorkSystem(id="unknown")


def findings(log: object, kind: str) -> list[Finding]:
    result: Assessment = assess(NOTHING_KNOWN, log=log, events=detect(log))  # type: ignore[arg-type]
    return [finding for finding in result.findings if finding.kind == kind]


@pytest.mark.parametrize("starts", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bouncing_between_two_teams_is_found(handmade: ModuleType, seed: int, starts: bool) -> None:
    found = findings(handmade.bouncing_desk(seed, 0.4, starts=starts), "bounce")
    assert [finding.where for finding in found] == [("desktop", "network")]
    assert found[0].severity.low > 0
    assert found[0].footing == "counted"
    assert {"shared_triage", "cross_train"} <= {suggestion.kind for suggestion in found[0].suggests}
    assert found[0].evidence[0].cases >= 30
    assert "of all elapsed time" in found[0].statement


@pytest.mark.parametrize("repeats_label", [True, False])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_work_that_passes_through_two_teams_by_design_is_no_bounce(
    handmade: ModuleType, seed: int, repeats_label: bool
) -> None:
    assert not findings(handmade.multi_team_desk(seed, repeats_label=repeats_label), "bounce")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_desk_without_bouncing_has_no_such_finding(handmade: ModuleType, seed: int) -> None:
    assert not findings(handmade.bouncing_desk(seed, 0.0), "bounce")


@pytest.mark.parametrize("clock", ["around the clock", "office", "office, ends only"])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_function_nobody_can_take_over_is_found(handmade: ModuleType, seed: int, clock: str) -> None:
    log = handmade.automated_desk(
        seed, outages=4, practised=0.0, around_the_clock=clock == "around the clock", starts="ends" not in clock
    )
    found = findings(log, "atrophy")
    assert [finding.where for finding in found] == [("recover-account",)]
    assert "drill" in {suggestion.kind for suggestion in found[0].suggests}
    assert "Nobody can be expected to take over" in found[0].statement
    # Where the performer may be a person, no pace of one is told.
    assert ("took it from" in found[0].statement) == (clock != "office, ends only")
    # A week of about 107 recoveries, half a day each instead of minutes.
    assert 300 < found[0].severity.value < 3000


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_automated_function_that_people_practise_is_not(handmade: ModuleType, seed: int) -> None:
    assert not findings(handmade.automated_desk(seed, outages=3, practised=0.05), "atrophy")


def test_steps_that_only_a_machine_does_are_one_finding(handmade: ModuleType) -> None:
    found = findings(handmade.automated_desk(0, outages=0, practised=0.0), "machine_only")
    assert len(found) == 1
    assert "recover-account" in found[0].where
    assert not findings(handmade.automated_desk(0, outages=0, practised=0.0), "atrophy")


def test_a_step_that_two_people_do_is_said_of_the_step(handmade: ModuleType) -> None:
    desk = handmade.Desk(10, 0)
    for _ in range(600):
        case, t = desk.case("all"), desk.office_h()
        t = desk.do(case, "ask", f"a{desk.luck.integers(7)}", "desk", t, t + 0.2)
        t = desk.do(case, "sign", f"b{desk.luck.integers(2)}", "desk", t + 2, t + 2.1)
    log = desk.log()
    found = findings(log, "single_point")
    assert [finding.where for finding in found] == [("sign",)]
    assert "two people" in found[0].statement
    assert "b0" not in found[0].model_dump_json() and "b1" not in found[0].model_dump_json()
    assert not findings(desk.log(capabilities=handmade.EVERYTHING - {"resources"}), "single_point")


def test_rework_beyond_the_usual_is_found_and_usual_repetition_is_not(handmade: ModuleType) -> None:
    def made(share: float) -> object:
        desk = handmade.Desk(20, 3)
        for _ in range(1200):
            case, t = desk.case("all"), desk.office_h()
            again = 1 + (desk.luck.random() < share)
            for _ in range(again):
                t = desk.do(case, "build", f"a{desk.luck.integers(7)}", "makers", t + 1, t + 2)
                t = desk.do(case, "check", f"b{desk.luck.integers(7)}", "makers", t + 1, t + 1.5)
            desk.do(case, "ship", f"b{desk.luck.integers(7)}", "makers", t + 1, t + 1.2)
        return desk.log()

    found = findings(made(0.2), "rework")
    assert len(found) == 1, "steps that recur together are one finding"
    assert found[0].where == ("build", "check")
    # Each repetition costs 3.5 hours exactly, a fifth of 60 cases a week has one.
    assert found[0].severity.value == pytest.approx(3.5 * 12, rel=0.15)
    assert not findings(made(0.9), "rework")
    assert not findings(made(0.0), "rework")


def test_waiting_for_one_team_is_measured(handmade: ModuleType) -> None:
    desk = handmade.Desk(10, 4)
    for _ in range(500):
        case, t = desk.case("all"), desk.office_h()
        for _ in range(3):
            t = desk.do(case, "work", f"a{desk.luck.integers(7)}", "quick", t, t + 1)
        desk.do(case, "approve", f"b{desk.luck.integers(7)}", "slow", t + 9, t + 10)
    found = findings(desk.log(), "waiting")
    assert [finding.where for finding in found] == [("slow",)]
    assert found[0].severity.value == pytest.approx(9 * 50, rel=0.1)
    assert "69% of all elapsed time passes waiting for slow, which does 25% of the steps." in found[0].statement


def test_late_work_counts_hours_past_due_only_where_somebody_agreed_them(handmade: ModuleType) -> None:
    from longwall.evidence import CaseAttribute

    log = handmade.bouncing_desk(0, 0.0)
    assert not findings(log, "late")
    due = CaseAttribute("due", "due", "time", np.empty(0, dtype=np.int32), (), log.arrival_h + 10.0)
    object.__setattr__(log, "case_attributes", {**log.case_attributes, "due": due})
    found = findings(log, "late")
    over = np.maximum(log.departure_h - log.arrival_h - 10.0, 0)
    assert len(found) == 1
    assert found[0].severity.value == pytest.approx(over.sum() / 26, rel=0.1)


def test_what_the_log_cannot_tell_is_said_last(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4, starts=False)
    result = assess(NOTHING_KNOWN, log=log, events=detect(log))
    last = result.findings[-1]
    assert last.kind == "not_observed"
    assert "how much of the time is work and how much is waiting" in last.statement


def test_order_is_by_footing_and_then_by_harm(handmade: ModuleType) -> None:
    log = handmade.bouncing_desk(0, 0.4)
    result = assess(NOTHING_KNOWN, log=log, events=detect(log))
    keys = [
        (("counted", "fitted", "assumed").index(f.footing), f.severity.unit != "h per week", -f.severity.value)
        for f in result.findings
        if f.kind != "not_observed"
    ]
    assert keys == sorted(keys)
    assert len({finding.id for finding in result.findings}) == len(result.findings)


def test_a_finding_whose_only_answer_is_training_is_marginal() -> None:
    from longwall.assessment.statement import finding
    from longwall.worksystem import Estimate, Suggestion

    def made(*kinds: str) -> Finding:
        return finding(
            "x", ("a",), "A sentence.", Estimate.counted(1.0), "ones", principle="p",
            suggests=tuple(Suggestion(kind=kind) for kind in kinds),
        )  # fmt: skip

    assert made("train").marginal
    assert not made("train", "drill").marginal
    assert not made().marginal
