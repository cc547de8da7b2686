"""The seven reference contexts: each runs, and shows its dominant variance and its primary risk by its mechanisms.

Every claim is a direction between a context and a twin with one change, simulated under the same luck: the interval of
the paired difference lies on one side of zero. With a twin that ignores its changes each of these tests was seen to
fail.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from longwall import templates
from longwall.simulation import Runs, Scenario, cautions, difference, run
from longwall.worksystem import Estimate, Patch, WorkSystem, patched, read_interventions

CONTEXTS = {
    "cloud-operations": ("tight", "complex"),
    "erp-implementation": ("medium", "complex"),
    "fedramp-cloud": ("medium", "linear"),
    "ot-it-convergence": ("tight", "complex"),
    "security-operations": ("medium", "complex"),
    "service-desk": ("loose", "linear"),
    "trading-platform": ("tight", "complex"),
}
"""Coupling and interaction of each, by the method, point C10."""

Changes = tuple[tuple[str, Any], ...]


class Frozen(dict[str, Any]):
    """A mapping that can stand in the key of a cache."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


@cache
def twin(name: str, changes: Changes = ()) -> WorkSystem:
    """A context with other values at some paths."""
    return patched(templates.read(name), [Patch(path=path, value=value) for path, value in changes])


@cache
def runs(name: str, changes: Changes = (), weeks: int = 8, warm_up_weeks: int = 3, replications: int = 6) -> Runs:
    """A run, kept for the tests that look at it."""
    return run(
        Scenario(
            system=twin(name, changes), weeks=weeks, warm_up_weeks=warm_up_weeks, replications=replications, seed=1
        )
    )


def moved(base: Runs, other: Runs, indicator: str, scope: str = "organisation") -> Estimate:
    """How much an indicator moves from one to the other."""
    return next(d.estimate for d in difference(base, other) if (d.id, d.scope) == (indicator, scope))


def level(found: Runs, indicator: str, scope: str = "organisation") -> float:
    """The mean of an indicator."""
    return float(found.column(indicator, scope).mean())


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_context_is_whole(name: str) -> None:
    system = templates.read(name)
    assert system.technical.components
    assert system.social.roles
    assert system.social.links
    assert system.work.functions
    assert system.work.decisions
    assert system.environment.constraints
    assert system.environment.forces
    assert system.variances
    assert system.assumptions
    assert system.person_state
    assert {indicator.column for indicator in system.indicators} == {"technical", "social"}
    assert all(indicator.target is not None for indicator in system.indicators)
    assert any(role.authority for role in system.roles.values())
    assert any(role.informed_of for role in system.roles.values())


@pytest.mark.parametrize("name", CONTEXTS)
def test_the_crews_of_a_context_are_busy_but_not_full(name: str) -> None:
    found = runs(name, (), 6, 2, 4)
    for team in templates.read(name).teams:
        assert 0.55 <= level(found, "utilisation", f"team:{team}") <= 0.8, team
    assert abs(found.balance[:, 1]).max() < 1e-9


def test_slack_between_the_parts_of_a_cloud_stops_the_cascade() -> None:
    # The variance: an outage of the control plane takes the automation that repairs along. Six hours of slack instead.
    base = runs("cloud-operations", (), 26, 6)
    apart = ("control-plane", "telemetry", "auto-remediation", "pipeline")
    slack = runs("cloud-operations", tuple((f"technical.components.{c}.buffer_h", 6) for c in apart), 26, 6)
    assert moved(base, slack, "machine_availability").low > 0
    assert moved(base, slack, "by_hand_share").high < 0
    assert moved(base, slack, "late_share", "demand:incident").high < 0
    # Where each fault leads to nothing else, most of the harm does not come.
    ends = tuple((f"variances.{v}.induces", Frozen()) for v in ("wrong-remediation", "bad-change", "overload"))
    alone = runs("cloud-operations", ends, 26, 6)
    harm = moved(base, alone, "harm_technical_per_100")
    assert harm.high < -0.4 * level(base, "harm_technical_per_100")


def test_operators_of_a_cloud_who_only_read_of_it_are_quick_and_lose_the_hand() -> None:
    # The risk: the machine acts and people read of it, against people who act on its suggestions.
    remediate = "work.functions.remediate"
    acting = runs("cloud-operations", ((f"{remediate}.allocation.level", 4),), 13, 26, 5)
    reading = runs("cloud-operations", (), 13, 26, 5)
    assert moved(acting, reading, "lead_time_h", "demand:incident").high < 0
    assert moved(acting, reading, "skill_reserve", "function:remediate").high < -0.03
    assert moved(acting, reading, "takeover_h", "function:remediate").low > 0.1
    drilled = runs("cloud-operations", ((f"{remediate}.drills_per_year", 26),), 13, 26, 5)
    assert moved(reading, drilled, "skill_reserve", "function:remediate").low > 0


def test_the_more_rarely_the_automation_of_a_cloud_errs_the_more_of_its_errors_pass() -> None:
    # Nothing later sees or worsens the error, and a person must agree beforehand: what escapes has passed that person.
    only = (
        ("work.functions.remediate.allocation.level", 5),
        ("variances.wrong-remediation.induces", Frozen()),
        ("variances.wrong-remediation.detections", ()),
        ("variances.overload.probability", 0),
        ("technical.components.auto-remediation.coverage", 1),
    )
    # Without trust that follows what is seen, and without rare faults being missed, it does not rise.
    off = Frozen(prevalence_slope=0, prevalence_intercept=-2, accept_slope=0)

    def passed(reliability: float, *more: tuple[str, Any]) -> Any:
        change = ("technical.components.auto-remediation.reliability", reliability)
        found = runs("cloud-operations", (*only, change, *more), 13)
        wrong = (1 - reliability) * found.column("machine_availability", "function:remediate")
        return found.column("escaped_per_100", "function:remediate") / (100 * wrong)

    poor, good = passed(0.6), passed(0.97)
    assert (good - poor).min() > 0
    assert good.max() < 1
    flat = passed(0.97, ("state_parameters", off)) - passed(0.6, ("state_parameters", off))
    assert flat.mean() < 0.25 * (good - poor).mean()


def test_tickets_that_two_teams_pass_on_cost_a_service_desk_most_when_volume_surges() -> None:
    faults = {each.id: each for each in read_interventions(templates.path("planted-faults"))}
    bounced = tuple((patch.path, patch.value) for patch in faults["bouncing-connectivity"].patches)
    more = tuple((f"work.demand.{d.id}.per_week", 1.12 * d.per_week.value) for d in twin("service-desk").work.demand)
    base, astray = runs("service-desk"), runs("service-desk", bounced)
    surge, both = runs("service-desk", more), runs("service-desk", more + bounced)
    assert moved(base, astray, "handovers_per_item").low > 0.1
    calm = (
        both.column("late_share")
        - surge.column("late_share")
        - (astray.column("late_share") - base.column("late_share"))
    )
    assert calm.min() > 0


def test_an_erp_project_mends_its_data_where_those_who_see_it_may_change_it() -> None:
    # The variance is seen and stays; neither more engineers nor better trained ones mend that, authority does.
    base = runs("erp-implementation", (), 13, 4, 8)
    assert any(text.startswith("migration-error: nobody") for text in cautions(twin("erp-implementation")))
    authority = (("social.roles.data-engineer.authority", ("wrong-extract", "migration-error")),)
    both = runs("erp-implementation", authority, 13, 4, 8)
    assert not any("migration-error" in text for text in cautions(twin("erp-implementation", authority)))
    gain = moved(base, both, "escaped_per_100", "function:map")
    assert gain.high < -0.4 * level(base, "escaped_per_100", "function:map")
    assert moved(base, both, "harm_regulatory_per_100").high < 0
    # The price is work that was not done before.
    assert moved(base, both, "rework_share").low > 0
    more = runs("erp-implementation", (("social.roles.data-engineer.shifts.0.people", 11),), 13, 4, 8)
    trained = runs("erp-implementation", (("social.roles.data-engineer.skills", Frozen(map=1.3, load=1.3)),), 13, 4, 8)
    for other in (more, trained):
        assert moved(base, other, "escaped_per_100", "function:map").low > 0.1 * gain.value


def test_an_erp_project_waits_for_a_board_where_those_concerned_may_not_decide() -> None:
    base = runs("erp-implementation", (), 13, 4, 8)
    owners = runs(
        "erp-implementation", (("work.functions.decide-rule.roles", ("board-member", "data-owner")),), 13, 4, 8
    )
    assert moved(base, owners, "lead_time_h", "demand:data-object").high < -4
    assert moved(base, owners, "late_share", "demand:data-object").high < 0


def test_a_latency_spike_of_a_trading_platform_reaches_every_step() -> None:
    base = runs("trading-platform", (), 3, 1, 5)
    worse = runs("trading-platform", (("variances.latency-spike.probability", 1.0),), 3, 1, 5)
    for function in ("check-order", "work-order", "quote"):
        assert moved(base, worse, "escaped_per_100", f"function:{function}").low > 0, function
    assert moved(base, worse, "harm_regulatory_per_100").low > 0
    frail = runs("trading-platform", (("technical.components.algo-engine.reliability", 0.95),), 3, 1, 5)
    assert moved(base, frail, "harm_technical_per_100").low > 0


def test_traders_lose_the_hand_where_algorithms_work_the_orders() -> None:
    # So few orders that the desk could also act on each suggestion itself.
    few = (("work.demand.client-order.per_week", 800), ("work.demand.quote-request.per_week", 1000))
    work = "work.functions.work-order"
    acting = runs("trading-platform", (*few, (f"{work}.allocation.level", 4)), 6, 26, 4)
    audited = runs("trading-platform", few, 6, 26, 4)
    assert moved(acting, audited, "lead_time_h", "demand:client-order").high < 0
    assert moved(acting, audited, "skill_reserve", "function:work-order").high < -0.05
    assert moved(acting, audited, "takeover_h", "function:work-order").low > 0.05
    drilled = runs("trading-platform", (*few, (f"{work}.drills_per_year", 26)), 6, 26, 4)
    assert moved(audited, drilled, "skill_reserve", "function:work-order").low > 0
    assert moved(audited, drilled, "takeover_h", "function:work-order").high < 0


def test_a_vulnerability_that_crosses_networks_does_its_harm_in_other_teams() -> None:
    base = runs("ot-it-convergence", (), 13, 2, 6)
    apart = (("variances.foothold.induces", Frozen()), ("variances.crossing.induces", Frozen()))
    alone = runs("ot-it-convergence", apart, 13, 2, 6)
    # It comes in with a session that administrators open, and harms what operators do.
    for function in ("broker-session", "adjust"):
        assert moved(base, alone, "escaped_per_100", f"function:{function}").high < 0, function
    assert moved(base, alone, "harm_social_per_100").high < 0


def test_plant_and_office_hold_a_crossing_where_those_who_see_it_may_act_and_are_told() -> None:
    base = runs("ot-it-convergence", (), 13, 2, 6)
    said = cautions(twin("ot-it-convergence"))
    assert {text.partition(":")[0] for text in said} == {"crossing", "loss-of-view"}
    joined = (
        ("social.roles.security-analyst.authority", ("foothold", "crossing")),
        ("social.roles.operator.informed_of", ("unsafe-set-point", "loss-of-view")),
    )
    assert cautions(twin("ot-it-convergence", joined)) == ()
    together = runs("ot-it-convergence", joined, 13, 2, 6)
    assert moved(base, together, "harm_technical_per_100").high < -0.15 * level(base, "harm_technical_per_100")
    assert moved(base, together, "escaped_per_100", "function:read-process").high < 0
    # Six more analysts who may not act do nothing of the kind.
    more = runs("ot-it-convergence", (("social.roles.security-analyst.shifts.0.people", 10),), 13, 2, 6)
    assert moved(base, more, "harm_technical_per_100").low > 0.3 * moved(base, together, "harm_technical_per_100").value


def at_threshold(threshold: float) -> Runs:
    """The security centre with both detectors at one threshold."""
    detectors = ("endpoint-alert", "network-alert")
    return runs("security-operations", tuple((f"work.demand.{d}.alerts.threshold", threshold) for d in detectors))


def test_a_more_sensitive_detector_catches_more_and_past_a_point_less() -> None:
    # The variance: the flood. From coarse to the template's threshold, and on to a more sensitive detector.
    coarse, usual, keen = (at_threshold(threshold) for threshold in (3.0, 2.1, 1.7))
    assert moved(coarse, usual, "caught_share").low > 0.05
    assert moved(usual, keen, "caught_share").high < -0.05
    # The risk: what reaches analysts is more and more false, and they look less and less; most of it goes at a glance.
    for less, more in ((coarse, usual), (usual, keen)):
        assert moved(less, more, "false_alert_share").low > 0
        assert moved(less, more, "alerts_per_h").low > 0
        assert moved(less, more, "engaged_share").high < 0


def test_a_compliant_cloud_drifts_where_a_correction_waits_for_the_board() -> None:
    base = runs("fedramp-cloud", (), 13, 4)
    # What compliance looks at is fine: evidence on time, hardly anything past its date.
    assert level(base, "late_share", "demand:control-evidence") < 0.01
    assert level(base, "late_share") < 0.03
    # The scanner sees the drift the same day, and four in ten stay.
    assert level(base, "escaped_per_100", "function:apply-change") > 6
    control = Frozen(
        function="apply-change", role="cloud-engineer", how="repair", probability=0.95, needs_authority=True,
        needs_information=True, within_h=30, work_h="20 min",
    )  # fmt: skip
    at_once = (("social.roles.cloud-engineer.authority", ("drift",)), ("variances.drift.control", control))
    mended = runs("fedramp-cloud", at_once, 13, 4)
    drift = moved(base, mended, "harm_technical_per_100")
    assert drift.high < -0.1 * level(base, "harm_technical_per_100")
    # Compliance hardly sees a difference.
    late = moved(base, mended, "late_share", "demand:control-evidence")
    assert late.low <= 0 <= late.high
    share = moved(base, mended, "harm_regulatory_per_100").value / level(base, "harm_regulatory_per_100")
    assert abs(share) < 0.5 * abs(drift.value) / level(base, "harm_technical_per_100")
