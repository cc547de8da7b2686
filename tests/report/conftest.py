"""A service desk made up for these tests: every part of a report, with all footings, and nothing of a real person."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from longwall import assessment as ass
from longwall.alignment import Alignment, Change, Effect, Optima, Point, Price, Rejected, Spent, Verdict
from longwall.discovery import Held, HeldDistance, HoldOut
from longwall.implementation import Plan, sequence
from longwall.report import Material, Missing, render
from longwall.worksystem import (
    Allocation,
    Component,
    Constraint,
    DemandClass,
    Design,
    Environment,
    Estimate,
    EvidenceRows,
    Finding,
    Forecast,
    Function,
    IndicatorForecast,
    Intervention,
    Parameter,
    Patch,
    Response,
    Role,
    Route,
    Severity,
    Shift,
    Social,
    Suggestion,
    Team,
    Technical,
    WorkDesign,
    WorkSystem,
)

SOURCE = "service_desk.csv"
STEPS = ("ingest", "discover", "simulate", "assess", "align", "plan")
HOURS = tuple(
    (math.exp(-(((hour - 10) / 3.2) ** 2)) + 0.7 * math.exp(-(((hour - 15) / 2.4) ** 2)) + 0.02)
    * (1.35 if day == 0 else 1.0 if day < 5 else 0.08)
    for day in range(7)
    for hour in range(24)
)


def fitted(value: float, low: float | None = None, high: float | None = None, unit: str = "") -> Estimate:
    low, high = value * 0.88 if low is None else low, value * 1.12 if high is None else high
    return Estimate(value=value, low=min(low, high), high=max(low, high), unit=unit, footing="fitted")


def assumed(value: float, low: float, high: float, unit: str = "") -> Estimate:
    return Estimate(value=value, low=low, high=high, unit=unit, footing="assumed")


@pytest.fixture(scope="session")
def observed() -> dict[str, object]:
    gap = {
        "capability": "start_times",
        "text": "The log does not show when work on a step began.",
        "ask_for": "Ask for a time when work on each step began.",
    }
    return {
        "source": SOURCE, "source_hash": "8476ebdb44fdcfb5f4202a55a944b86e", "simulated": True,
        "mapping": {"shape": "events", "case": "ticket", "activity": ["status"], "team": "group",
        "timezone": "Europe/Berlin"},
        "reasons": {"case": "'ticket': named as an item's id"}, "alternatives": {"team": ["queue"]},
        "rows": 412_310, "events": 410_661, "cases": 61_400, "activities": 12, "teams": 4, "resources": 46,
        "first": "2026-01-05T06:12:00+00:00", "last": "2026-06-30T19:44:00+00:00",
        "rejected_rows": 1_649, "rejects": {"time: not a date": 1_204, "case: empty": 445},
        "quality": [
            {"key": "duplicates", "text": "812 events (0.2%) repeat another one.", "count": 812, "share": 0.002,
            "serious": False},
            {"key": "batch", "text": "9% of the times are full hours: they were entered later.", "count": 36_959,
             "share": 0.09, "serious": True},
        ],
        "starts_logged": True, "capabilities": ["handover", "order", "reopen", "rework", "start_times", "teams"],
        "cannot_show": [gap],
        "facts": [
            {"key": "returns", "text": "6,900 of 61,400 tickets (11%) came back to a team they had left.",
            "value": 0.11},
            {"key": "slowest", "text": "The slowest tenth of the tickets holds 52% of all elapsed time.",
            "value": 0.52},
            {"key": "busiest", "text": "Most tickets arrive on Mondays between 10:00 and 11:00.", "value": 4.1},
        ],
        "cautions": ["Times of the old tool are in local time without an offset."], "schema": 1,
    }  # fmt: skip


NAMES = {
    "intake": "Intake", "triage": "Triage", "self-service": "Self-service answer", "recover": "Account recovery",
    "network": "Diagnose network", "desktop": "Diagnose desktop", "fix": "Apply the fix",
    "supplier": "Wait for supplier",
    "confirm": "Confirm with customer", "close": "Close",
}  # fmt: skip


@pytest.fixture(scope="session")
def system() -> WorkSystem:
    def work(minutes: float) -> dict[str, object]:
        hours = minutes / 60
        return {"shape": "lognormal", "mean_h": hours, "low_h": hours * 0.9, "high_h": hours * 1.1, "footing": "fitted",
                "tag": "C", "source": "durations in the log"}  # fmt: skip

    def function(identity: str, minutes: float, roles: tuple[str, ...], **more: object) -> Function:
        return Function(id=identity, name=NAMES[identity], work_h=work(minutes), roles=roles, **more)

    def route(source: str, target: str, share: float = 1.0, **more: object) -> Route:
        value = Parameter(value=share, low=max(share - 0.01, 0), high=min(share + 0.01, 1), footing="fitted", tag="C")
        return Route(source=source, target=target, probability=value, **more)

    routes = (
        route("start", "intake"), route("intake", "self-service", 0.35), route("intake", "triage", 0.65),
        route("self-service", "close", 0.8), route("self-service", "triage", 0.2),
        route("triage", "recover", 0.3), route("triage", "network", 0.33), route("triage", "desktop", 0.37),
        route("recover", "confirm", 0.96), route("recover", "desktop", 0.04),
        route("network", "desktop", 0.31), route("network", "fix", 0.6), route("network", "supplier", 0.09),
        route("desktop", "network", 0.27), route("desktop", "fix", 0.73),
        route("supplier", "fix", 0.9), route("supplier", "network", 0.1),
        route("fix", "confirm", 0.94), route("fix", "triage", 0.06), route("confirm", "close", 0.97),
        route("confirm", "triage", 0.03), route("close", "end"),
    )  # fmt: skip
    bot = Component(
        id="recovery-bot", name="Recovery bot", kind="automation", reliability=0.97, coverage=0.96,
        time_between_failures_h=1400, repair_h=4.5,
    )  # fmt: skip
    return WorkSystem(
        id="desk", name="Service desk", purpose="answer and solve what staff report", person_state=True,
        technical=Technical(components=(bot, Component(id="portal", name="Portal", kind="application"))),
        social=Social(
            teams=tuple(Team(id=t, name=t.title()) for t in ("frontline", "network", "desktop", "operations")),
            roles=(
                Role(id="agent", name="Frontline agent", team="frontline",
                     shifts=(Shift(people=16, hours="mon-fri 07:00-15:30"), Shift(people=8,
                     hours="mon-fri 11:00-19:30"))),
                Role(id="network-engineer", name="Network engineer", team="network", shifts=(Shift(people=8),)),
                Role(id="desktop-engineer", name="Desktop engineer", team="desktop", shifts=(Shift(people=9),)),
                Role(id="operator", name="Operator", team="operations", shifts=(Shift(people=5, hours="always"),)),
            ),
        ),
        work=WorkDesign(
            demand=(
                DemandClass(id="incident", name="Incident", per_week=Parameter(value=1770, low=1730, high=1810,
                footing="fitted",
                            tag="C"), profile=HOURS, due_h=Parameter(value=24, footing="counted", tag="R"), priority=1),
                DemandClass(id="request", name="Request", per_week=Parameter(value=590, low=560, high=620,
                footing="fitted",
                            tag="C"), profile=HOURS, priority=2),
            ),
            functions=(
                function("intake", 4, ("agent",)), function("triage", 6, ("agent",)),
                function("self-service", 0, (), allocation=Allocation(level=10, component="portal")),
                function("recover", 18, ("agent", "operator"), allocation=Allocation(level=8,
                component="recovery-bot")),
                function("network", 34, ("network-engineer",)), function("desktop", 27, ("desktop-engineer",)),
                function("fix", 22, ("network-engineer", "desktop-engineer")),
                function("supplier", 0, (), delay_h={"mean_h": 60}), function("confirm", 5, ("agent",)),
                function("close", 1, ("agent",)),
            ),
            routes=routes,
        ),
        environment=Environment(constraints=(Constraint(id="two-engineers", source="works agreement 12",
        kind="contractual",
            why="two network engineers are present at all hours", requires_role="network-engineer", least_people=6),)),
    )  # fmt: skip


TODAY = {
    "late_share": ("technical", fitted(0.18, 0.16, 0.20, "share")),
    "lead_time_h": ("technical", fitted(31.0, 28.5, 33.9, "h")),
    "first_response_h": ("technical", fitted(14 / 60, 13 / 60, 15.2 / 60, "h")),
    "throughput_per_week": ("technical", fitted(2344, 2302, 2391, "per week")),
    "cost_per_week": ("technical", assumed(69_000, 60_000, 78_000, "EUR")),
    "high_load_share": ("social", fitted(0.21, 0.19, 0.23, "share")),
    "handovers_per_item": ("social", fitted(1.3, 1.25, 1.36)),
    "out_of_hours_share": ("social", fitted(0.11, 0.10, 0.12, "share")),
    "skill_reserve": ("social", assumed(0.41, 0.22, 0.63, "share")),
    "fatigue": ("social", assumed(0.3, 0.2, 0.5)),
}
BETTER = {"throughput_per_week": "higher", "skill_reserve": "higher"}
CHANGES = {
    "joint": {"late_share": 0.67, "lead_time_h": 0.74, "first_response_h": 1.21, "high_load_share": 0.81,
              "handovers_per_item": 0.62, "out_of_hours_share": 0.82, "skill_reserve": 1.9},
    "fast": {"late_share": 0.55, "lead_time_h": 0.62, "first_response_h": 0.9, "high_load_share": 1.6,
             "handovers_per_item": 0.95, "out_of_hours_share": 1.4},
    "calm": {"late_share": 0.89, "high_load_share": 0.62, "handovers_per_item": 0.7, "skill_reserve": 1.8},
}  # fmt: skip


def forecast_of(design: str, system: WorkSystem) -> Forecast:
    change = CHANGES.get(design, {})
    indicators = []
    for place, (name, (column, now)) in enumerate(TODAY.items()):
        factor = change.get(name, 1.0)
        estimate = now.model_copy(update={k: getattr(now, k) * factor for k in ("value", "low", "high")})
        series = tuple(estimate.value * (1 + 0.06 * math.sin(week * 1.7 + place)) for week in range(13))
        spread = (estimate.high - estimate.low) * 1.4
        indicators.append(
            IndicatorForecast(
                id=name,
                name=name.replace("_", " "),
                column=column,
                better=BETTER.get(name, "lower"),
                estimate=estimate,
                series=series,
                series_low=tuple(max(v - spread, 0) for v in series),
                series_high=tuple(v + spread for v in series),
            )
        )  # fmt: skip
    indicators.append(
        IndicatorForecast(id="utilisation", name="utilisation", column="social", scope="role:agent",
                          estimate=fitted(0.78, 0.75, 0.81, "share"))
    )  # fmt: skip
    return Forecast(
        id=f"f-{design}", design=design, system_hash=system.hash, weeks=13, warm_up_weeks=4, replications=30, seed=7,
        indicators=tuple(indicators), assumptions=("technical.components.recovery-bot.reliability",),
        cautions=("patience is not in the log; items wait until they are served",),
    )  # fmt: skip


@pytest.fixture(scope="session")
def today(system: WorkSystem) -> Forecast:
    return forecast_of("today", system)


FINDINGS = (
    Finding(
        id="bounce", kind="uncontrolled", layer="work", where=("network", "desktop"),
        principle="variance control at source",
        statement="6,900 tickets (11%) go back and forth between Network and Desktop and carry 41% of all waiting",
        severity=Estimate.counted(3120, "h"), severity_means="of waiting per week", footing="counted",
        evidence=(EvidenceRows(query="bounces", arguments={"between": "network,desktop"}, cases=6900, events=31_204),),
        suggests=(Suggestion(kind="shared_triage", targets=("triage",),
        why="let both teams look at a ticket together once"),),
    ),
    Finding(
        id="atrophy", kind="atrophy", layer="social", where=("recover",), principle="skill kept by practice",
        statement="Account recovery is 96% automatic and was last done by hand 143 days ago; three outages "
        "took it from 0.2 to 11 hours",
        severity=Estimate.counted(32.4, "h"), severity_means="of delay per outage", footing="counted",
        suggests=(Suggestion(kind="train", targets=("recover",), why="teach it again"),),
        evidence=(EvidenceRows(query="by_hand", arguments={"function": "recover"}, cases=212, events=230),),
    ),
    Finding(
        id="monday", kind="overload", layer="social", where=("agent",), principle="load within capacity",
        statement="Mondays 8 to 11, arrivals exceed capacity by 31% (26–36)",
        severity=fitted(0.31, 0.26, 0.36, "share"), severity_means="more work than rostered", footing="fitted",
    ),
    Finding(
        id="trust", kind="automation_mismatch", layer="technical", where=("recovery-bot",),
        statement="Reviews of the bot pass 88% (70–97) of its mistakes", severity=assumed(0.88, 0.7, 0.97, "share"),
        footing="assumed",
    ),
)  # fmt: skip


def variance(
    identity: str, name: str, rate: float, loss: float, social: float, key: str, **lever: float
) -> ass.VarianceRow:
    share = {"core": 0.97, "borderline": 0.45, "out": 0.02}[key]
    member = ass.Membership3(
        technical=share, social=share / 2, regulatory=0.0, technical_key=key, social_key="out", regulatory_key="out"
    )
    return ass.VarianceRow(
        id=identity, name=name, severity=Severity(), rate_per_week=rate, own_per_week=rate * 0.7, detected=0.6,
        controlled=0.7,
        uncontrolled=0.58, one=ass.Loss(technical=loss / rate), own_loss=ass.Loss(technical=loss, social=social),
        own_loss_low=ass.Loss(technical=loss * 0.8, social=social * 0.7),
        own_loss_high=ass.Loss(technical=loss * 1.2, social=social * 1.4), marks=2,
        detection_lever=ass.Loss(technical=lever.get("d", 1.0)), control_lever=ass.Loss(technical=lever.get("c", 1.0)),
        membership=member,
    )  # fmt: skip


@pytest.fixture(scope="session")
def assessment(system: WorkSystem) -> ass.Assessment:
    rows = (
        variance("misroute.triage", "Misroute at Triage", 260, 1900, 310, "core"),
        variance("bounce.network", "Bounce between Network and Desktop", 240, 1300, 260, "core"),
        variance("stall.supplier", "Stall at Wait for supplier", 55, 420, 20, "borderline"),
        variance("reopen.confirm", "Reopened after Confirm with customer", 72, 260, 60, "out"),
        variance("late.incident", "Late incident", 320, 190, 140, "out"),
        variance("rework.fix", "Apply the fix, again", 88, 120, 30, "out"),
    )
    edges = (
        ass.Edge(source="misroute.triage", target="bounce.network", probability=fitted(0.63, 0.58, 0.68), support=6700,
             grade="directed", explained_away_by=3.4),
        ass.Edge(source="bounce.network", target="late.incident", probability=fitted(0.29, 0.25, 0.33), support=6200,
             grade="directed", explained_away_by=2.2),
        ass.Edge(source="stall.supplier", target="late.incident", probability=fitted(0.47, 0.38, 0.55), support=1400,
             grade="associated", explained_away_by=2.0),
        ass.Edge(source="rework.fix", target="reopen.confirm", probability=fitted(0.18, 0.12, 0.24), support=2200,
        grade="directed"),
    )  # fmt: skip
    matrix = ass.VarianceMatrix(
        source="log", variances=rows, edges=edges, total=ass.Loss(technical=4190, social=820),
        severity_unit="hours of delay",
        runaway=(), rank_correlation=ass.Loss(technical=0.4), draws=200, runaway_draws=0.0, frailty_variance=0.34,
        footing="fitted",
    )  # fmt: skip
    controls = tuple(
        ass.ControlRow(
            variance=row.id, name=row.name, source="log", origin=origin, seen_at=(seen,),
            controlled_at=(by,) if by else (),
            controlled_by=("agent",) if by else (), how="rework" if by else "", hops_to_seen=fitted(hops / 2),
            hops_to_controlled=fitted(hops) if by else None, hours_to_controlled=fitted(hops * 5,
            unit="h") if by else None,
            exported=fitted(0.12, 0.1, 0.14, "share"), lacks=() if by else ("authority", "information"),
            occurrences=900,
        )
        for row, origin, seen, by, hops in zip(
            rows, ("triage", "network", "supplier", "fix", "triage", "fix"),
            ("network", "desktop", "fix", "confirm", "close", "confirm"),
            ("desktop", "triage", "fix", "triage", "", "fix"), (3.2, 2.4, 1.0, 2.0, 4.0, 1.2), strict=True,
        )
    )  # fmt: skip
    part = ass.IndexPart(name="buffers", value=0.4, means="share of dependencies without slack")
    index = ass.Index(value=0.38, label="loose", margin=0.05, parts=(part,))
    level = ass.AutomationLevel(
        function="recover", stated=8, possible=(7, 8, 9), machine_share=fitted(0.96, 0.95, 0.97, "share"), agree=True
    )
    return ass.Assessment(
        system_hash=system.hash, seed=7, findings=FINDINGS, matrix=matrix, controls=controls,
        classification=ass.Classification(coupling=index, interaction=index.model_copy(update={"label": "linear"}),
        automation=(level,)),
        cautions=("effects inside one step cannot be told apart",),
        withheld=("speed of Operations: fewer than five people on shift",),
    )  # fmt: skip


INTERVENTIONS = (
    Intervention(
        id="shared-triage", title="Share triage between Network and Desktop", kind="work", lever="shared_triage",
        patches=(Patch(path="work.functions.triage.roles", value=["agent", "network-engineer", "desktop-engineer"]),),
        cost=Parameter(value=9000, low=6000, high=14_000), lead_time_weeks=4, effort_weeks=3, answers=("bounce",),
        concerns=("network-engineer", "desktop-engineer"), why="both teams see a ticket before it is sent on",
    ),
    Intervention(
        id="drill-recover", title="Practise Account recovery by hand every month", kind="social", lever="drill",
        patches=(Patch(path="work.functions.recover.drills_per_year", value=12),), cost=Parameter(value=3000),
        running_cost_per_week=Parameter(value=120), lead_time_weeks=2, effort_weeks=1, answers=("atrophy",),
        concerns=("agent",),
    ),
    Intervention(
        id="move-monday", title="Move 2 people of Frontline agent to Mondays", kind="social", lever="staff",
        patches=(Patch(path="social.roles.agent.shifts.0.people", value=18),), cost=Parameter(value=800),
        answers=("monday",),
        concerns=("agent",), lead_time_weeks=6,
    ),
    Intervention(
        id="extend-bot", title="Extend the bot to network tickets", kind="technical", lever="change_level",
        people_removed=3,
        patches=(Patch(path="work.functions.network.allocation.level", value=8),), cost=Parameter(value=60_000),
        strengthening="drill-recover", concerns=("network-engineer",), lead_time_weeks=12,
    ),
    Intervention(
        id="hire", title="Add 3 to Network engineer", kind="social", lever="staff", cost=Parameter(value=45_000),
        patches=(Patch(path="social.roles.network-engineer.shifts.0.people", value=11),),
        concerns=("network-engineer",),
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def alignment(system: WorkSystem) -> Alignment:
    def design(identity: str, name: str, *steps: str) -> Design:
        return Design(id=identity, name=name, base="desk", base_hash=system.hash, interventions=steps)

    designs = (
        design("joint", "Shared triage, drill, Mondays", "shared-triage", "drill-recover", "move-monday"),
        design("fast", "Extended bot, shared triage", "extend-bot", "shared-triage"),
        design("calm", "Three more network engineers", "hire", "drill-recover"),
        design("small", "Shared triage only", "shared-triage"),
    )
    names = ("today", *(entry.id for entry in designs))
    forecasts = tuple(forecast_of(name, system) for name in names)
    effects = []
    for name, forecast in zip(names[1:], forecasts[1:], strict=True):
        found = []
        for then in forecast.indicators:
            now = forecasts[0].of(then.id, then.scope)
            assert now is not None
            change = then.estimate.value - now.estimate.value
            half = (now.estimate.high - now.estimate.low) / 5
            better = None if abs(change) <= half else (change < 0) == (then.better == "lower")
            estimate = Estimate(value=change, low=change - half, high=change + half, unit=now.estimate.unit,
                                footing=now.estimate.footing)  # fmt: skip
            found.append(Change(indicator=then.id, scope=then.scope, column=then.column, today=now.estimate.value,
                                    then=then.estimate.value, change=estimate, better=better))  # fmt: skip
        effects.append(Effect(id=name, differences=tuple(found)))

    def point(name: str, technical: float, social: float, cost: float, front: bool = True) -> Point:
        return Point(design=name, technical=fitted(technical, technical - 0.03, technical + 0.03),
                     social=fitted(social, social - 0.025, social + 0.025), cost=cost, cost_low=cost * 0.7,
                     cost_high=cost * 1.4, on_front=front)  # fmt: skip

    return Alignment(
        base="desk", base_hash=system.hash, seed=7, weeks=13, recommended="joint",
        optima=Optima(joint="joint", technical_only="fast", social_only="calm"), designs=designs,
        interventions=INTERVENTIONS,
        forecasts=forecasts, differences=tuple(effects),
        effects=tuple(effects[0].model_copy(update={"id": step}) for step in designs[0].interventions),
        points=(point("joint", -0.26, -0.22, 12_800), point("fast", -0.36, 0.31, 69_000), point("calm", -0.06, -0.29,
        48_000),
                point("small", -0.14, -0.08, 9_000)),
        front=("joint", "fast", "calm", "small"),
        price=Price(technical_only=fitted(0.53, 0.5, 0.56), social_only=fitted(0.3, 0.26, 0.34), epsilon=0.05,
                    statement="The technical optimum gives up 53 points of the social side, the social one 30"),
        verdicts=(Verdict(design="joint", verdict="recommended", share=0.94, draws=200, technical="late_share",
                          social="high_load_share", rests_on=("technical.components.recovery-bot.reliability",),
                          statement="The signs of both main improvements stay in 94% of 200 draws"),),
        merged=(), rejected=(Rejected(interventions=("extend-bot",), constraint="two-engineers",
                                      why="leaves 5 network engineers; works agreement 12 asks for 6"),),
        scales={"late_share": 0.18},
        spent=Spent(designs=214, search_replications=2140, fresh_replications=1000, robustness_replications=400,
                    simulated_events=3.1e8),
        cautions=("a design of three changes was told apart from two only on one side",),
    )  # fmt: skip


def held(identity: str, name: str, unit: str, expected: float, half: float, observed: float, control: float) -> Held:
    return Held(
        id=identity, name=name, unit=unit, expected=expected, low=expected - half, high=expected + half,
        observed=observed,
        control=control, hit=abs(observed - expected) <= half, miss=abs(expected - observed),
        control_miss=abs(control - observed),
    )  # fmt: skip


HOLD_OUT = HoldOut(
    weeks=5.0, cases=12_090, known_cases=49_310, draws=10, setting="whole cases, all of the past alike", better=4,
    worse=0,
    distances=tuple(
        HeldDistance(id=name, ours=ours, ours_sd=ours / 20, control=control, control_sd=control / 25)
        for name, ours, control in (("NGD", 0.04, 0.09), ("AED", 6.2, 11.0), ("CED", 0.3, 0.31), ("RED", 3.3, 5.1),
                                    ("CTD", 4.0, 7.2))
    ),
    indicators=(
        held("cases_per_week", "Items begun per week", "1/week", 2418, 0, 2418, 2360),
        held("lead_time_h", "Mean lead time of closed items", "h", 30.2, 2.6, 31.4, 27.5),
        held("late_share", "Share of closed items past 90% of the earlier ones", "", 0.181, 0.02, 0.202, 0.168),
        held("open_cases", "Items open at the end", "", 410, 60, 498, 380),
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def plan(alignment: Alignment) -> Plan:
    return sequence(alignment, seed=7)


RESPONSES = (Response(finding="bounce", answer="dispute", why="wrong category at intake", who="the Network lead"),)


def missing_from(first: str) -> tuple[Missing, ...]:
    return tuple(Missing(step, f"longwall {step} my-desk") for step in STEPS[STEPS.index(first) :])


@pytest.fixture(scope="session")
def only_ingested(observed: dict[str, object]) -> Material:
    return Material(
        name="Service desk", folder="my-desk", item="ticket", items="tickets", observed=observed,
        arrivals=tuple(hour * 29 for hour in HOURS), missing=missing_from("discover"),
    )  # fmt: skip


@pytest.fixture(scope="session")
def whole(
    observed: dict[str, object],
    system: WorkSystem,
    today: Forecast,
    assessment: ass.Assessment,
    alignment: Alignment,
    plan: Plan,
) -> Material:
    return Material(
        name="Service desk", folder="my-desk", question="why do tickets take so long?", item="ticket", items="tickets",
        consultation="staff council, 3 July 2026", seed=7, observed=observed, system=system,
        arrivals=tuple(hour * 29 for hour in HOURS),
        provenance={"work.functions.triage.work_h": "4,812 executions with start and end; bootstrap over weeks"},
        cautions=("overlapping work of one person is taken as split evenly",), today=today, assessment=assessment,
        alignment=alignment, plan=plan, hold_out=HOLD_OUT, responses=RESPONSES,
        stamps={"discover": {"evidence": "8476ebdb"}},
    )  # fmt: skip


@pytest.fixture(scope="session")
def rendered(whole: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(whole, tmp_path_factory.mktemp("report"))
