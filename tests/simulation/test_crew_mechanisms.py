"""On call, absence, holidays, leaving, engagement, practices: each against a closed form or a story."""

from __future__ import annotations

import math
from typing import Any

import pytest
from held import agree, balanced, fixed

from longwall.simulation import Scenario, ScheduledChange, run
from longwall.simulation.experiment import play, prepare
from longwall.worksystem import (
    DemandClass,
    Function,
    Parameter,
    Patch,
    Practice,
    Role,
    Route,
    Shift,
    WorkSystem,
)

P = Parameter


def demand(name: str, **more: Any) -> DemandClass:
    return DemandClass(id=name, per_week=P(value=1.0), **more)


def desk(system: Any, classes: list[DemandClass], roles: list[Role], work_h: float = 1.0, **more: Any) -> WorkSystem:
    function = {k: more.pop(k) for k in ("at_shift_end", "when_interrupted") if k in more}
    fns = [Function(id="serve", work_h=fixed(work_h), roles=tuple(r.id for r in roles), **function)]
    routes = [Route(source="start", target="serve"), Route(source="serve", target="end")]
    return system(classes, fns, routes, roles, **more)


def server(*shifts: Shift, **more: Any) -> Role:
    return Role(id="server", team="team", shifts=shifts, **more)


DAY = "mon-fri 08:00-16:00"
NIGHT = "mon-fri 16:00-08:00"


# On call


def on_call(system: Any, calls_up_to: int = 1, **more: Any) -> WorkSystem:
    shifts = (
        Shift(people=5, hours=DAY),
        Shift(people=2, hours="mon-sun 00:00-24:00", on_call=True, calls_up_to=calls_up_to, response_h=fixed(0.5)),
    )
    classes = [demand("urgent", priority=0), demand("soon", priority=1), demand("usual", priority=2)]
    return desk(system, classes, [server(*shifts)], **more)


def test_people_are_called_where_nobody_on_shift_is_free(system, played) -> None:
    # Five are there by day, so the sixth call of an hour goes to who is on call, who begins half an hour later.
    # Caught when who was on call came before who was there, and when the response was left out.
    replay = {"urgent": (10.0,) * 6, "soon": (), "usual": ()}
    story = played(on_call(system), replay_h=replay)
    assert sorted(step[3] for step in story.steps()) == pytest.approx([11.0] * 5 + [11.5])
    assert story.state.out_role["calls"].sum() == 1
    assert [step[1] for step in story.steps() if step[3] > 11.1] == [5]


def test_people_are_called_for_what_is_urgent_enough_only(system, played) -> None:
    # At night 0 and 1 are called for, 2 waits for the day. Caught when everything was called for.
    story = played(on_call(system), replay_h={"urgent": (20.0,), "soon": (20.1,), "usual": (20.2,)})
    assert story.times(demand="urgent") == [20.0, 21.5]
    assert story.times(demand="soon") == [20.1, 21.6]
    assert story.times(demand="usual") == [32.0, 33.0]
    one = played(on_call(system, calls_up_to=0), replay_h={"urgent": (20.0,), "soon": (20.1,), "usual": (20.2,)})
    assert one.times(demand="soon") == [32.0, 33.0]


def test_calls_are_out_of_hours_and_no_roster(system, played) -> None:
    # Caught when hours on call were rostered, and when work on call raised the hours at high load.
    hours = {"urgent": tuple(20.0 + 168 * k for k in range(4)), "soon": (), "usual": ()}
    at = {"weeks": 4, "warm_up_weeks": 0, "replications": 2, "replay_h": hours}
    called = balanced(run(Scenario(system=on_call(system), **at)))
    assert called.column("calls_per_week") == pytest.approx(1.0)
    assert called.column("out_of_hours_share") == pytest.approx(1.0)
    assert called.column("utilisation") == pytest.approx(0.0)
    assert called.column("high_load_share") == pytest.approx(0.0)
    assert played(on_call(system), weeks=4, replay_h=hours).state.out_role["rostered"].sum() == 4 * 5 * 40
    alone = desk(system, [demand("urgent")], [server(Shift(people=5, hours=DAY))])
    base = run(Scenario(system=alone, **at | {"replay_h": {"urgent": ()}}))
    assert "calls_per_week" not in {what.id for what in base.indicators}
    for runs in (called, base):
        assert runs.series.shape[2] == 4
    heads = [s.scenario.system.roles["server"].head_count for s in (called, base)]
    assert heads == [5, 5]


def test_who_is_on_call_has_the_skill_of_the_day(system, played) -> None:
    # A novice does twenty tasks by day and one at night on call; that one is as quick as the twenty-first.
    # Caught when who is on call had a state of its own.
    shifts = (Shift(people=1, hours=DAY), Shift(people=1, hours=NIGHT, on_call=True, calls_up_to=9))
    learning = {"gain_initial": 0.0, "skill_half_life_months": 1e6, "fatigue_slowdown": 0.0, "strain_pace": 0.0}
    tested = desk(system, [demand("item")], [server(*shifts)], 0.1, person_state=True, parameters=learning)
    story = played(tested, replay_h={"item": (*(9.0 + 0.3 * k for k in range(20)), 20.0)})
    began = [step[2] for step in story.steps()]
    took = [step[3] - step[2] for step in story.steps()]
    assert began[-1] == pytest.approx(20.0)
    base = -math.log2(0.9)
    assert took[0] / took[-1] == pytest.approx(21.0**base, rel=1e-6)


# Absence and holidays


@pytest.mark.parametrize("hours", [DAY, "always", "mon-fri 00:00-24:00", "fri 22:00-24:00, sat-mon 00:00-12:00"])
def test_absence_takes_its_share_of_the_roster(system, played, hours: str) -> None:
    # Caught when who is always there, or for days on end, was never absent.
    shift = Shift(people=300, hours=hours)
    tested = desk(system, [demand("item")], [server(shift, absence=P(value=0.2))])
    story = played(tested, weeks=4, replay_h={"item": (10.0,)})
    rostered = story.total("role", "rostered")
    whole = 4 * 300 * shift.hours_per_week
    days = 4 * 300 * max(1.0, shift.hours_per_week / 24)
    assert abs(rostered / whole - 0.8) <= 4 * 0.4 / math.sqrt(days) + 0.004


def test_parked_work_of_who_is_absent_goes_on(system, played) -> None:
    # Work parked on one day is done by somebody else the next, where its person stays away; nothing is lost.
    # Caught when it waited for the person.
    tested = desk(
        system,
        [demand("item")],
        [server(Shift(people=6, hours=DAY), absence=P(value=0.5))],
        work_h=5.0,
        at_shift_end="park",
        parameters={"resume_h": 0.0, "handover_loss": 0.0},
    )
    others = 0
    for k in range(10):
        story = played(tested, weeks=2, replication=k, replay_h={"item": (14.0, 38.0, 62.0)})
        assert story.total("cls", "completed") == 3
        assert story.total("fn", "work") == pytest.approx(15.0)
        others += int(story.total("fn", "handed"))
    assert others > 3


HOLIDAY = ("2024-01-03",)


@pytest.mark.parametrize(("hours", "there"), [(DAY, 4 * 8.0), ("always", 6 * 24.0), ("mon-sun 22:00-06:00", 6 * 8.0)])
@pytest.mark.parametrize("works", [False, True])
def test_on_a_holiday_nobody_comes_but_holiday_shifts(system, played, hours: str, there: float, works: bool) -> None:
    # The first Wednesday. Caught when a shift over days was worked through.
    shift = Shift(people=1, hours=hours, on_holidays=works)
    tested = desk(system, [demand("item")], [server(shift)], holidays=HOLIDAY)
    story = played(tested, replay_h={"item": (50.0,)})
    rostered = story.total("role", "rostered")
    assert rostered == pytest.approx(shift.hours_per_week if works else there)
    if not works and hours != "mon-sun 22:00-06:00":
        assert story.times() == [72.0 + (8.0 if hours == DAY else 0.0), 73.0 + (8.0 if hours == DAY else 0.0)]


# Leaving


LEAVE = {
    "strain_leaving": 0.0,
    "newcomer_gain": 0.3,
    "gain_initial": 1.0,
    "skill_half_life_months": 1e6,
    "fatigue_slowdown": 0.0,
    "strain_pace": 0.0,
}


def test_people_leave_at_the_rate_of_the_renewal_process(system) -> None:
    # A post is held until the end of one of its weeks (hazard h a week), then vacant for four weeks.
    # Fails when vacant posts go on leaving.
    role = server(Shift(people=200, hours=DAY), leaving_per_year=P(value=4.0), replacement_h=fixed(4 * 168.0 - 24.0))
    tested = desk(system, [demand("item")], [role], parameters=LEAVE, person_state=True)
    runs = balanced(run(Scenario(system=tested, weeks=300, warm_up_weeks=60, replications=10)))
    h = 1 - math.exp(-4.0 * 168 / 8766)
    cycle_weeks = 1 / h + 3
    agree(runs.column("leavers_per_year"), 200 * 8766 / 168 / cycle_weeks, 0.01)


def test_vacant_posts_are_not_rostered(system, played) -> None:
    role = server(Shift(people=300, hours=DAY), leaving_per_year=P(value=4.0), replacement_h=fixed(3 * 168.0))
    tested = desk(system, [demand("item")], [role], parameters=LEAVE, person_state=True)
    story = played(tested, weeks=200, warm_up_weeks=50)
    h = 1 - math.exp(-4.0 * 168 / 8766)
    # A successor who comes at the end of a week may leave at the end of the next.
    share = (1 / h) / (1 / h + 3)
    assert story.total("role", "rostered") / (200 * 300 * 40) == pytest.approx(share, rel=0.01)


def test_a_successor_begins_as_a_novice_and_learns(system, played) -> None:
    # Wright: speed exp(-b ln(500) (1 - gain)), gain ln(500^0.3 + n) / ln(500) after n tasks. Caught when the successor
    # had the skill of who had left.
    role = server(Shift(people=1, hours="always"), leaving_per_year=P(value=50.0), replacement_h=fixed(1.0))
    tested = desk(system, [demand("item")], [role], parameters=LEAVE, person_state=True)
    hours = tuple(20.0 * k + 5.0 for k in range(300))
    story = played(tested, weeks=36, replay_h={"item": hours})
    assert story.total("role", "leavers") > 5
    spent = [t1 - t0 for _, _, t0, t1 in story.steps()]
    b, log_reference = -math.log2(0.9), math.log(500.0)
    assert spent[0] == pytest.approx(1.0)
    begins = [k for k in range(1, len(spent)) if spent[k] > spent[k - 1] + 0.01]
    assert len(begins) > 4
    first = begins[0]
    for n in range(begins[1] - first):
        gain = math.log(500.0**0.3 + n) / log_reference
        assert spent[first + n] == pytest.approx(math.exp(b * log_reference * (1 - gain)), rel=1e-4)


# Engagement


@pytest.mark.parametrize("resources", [0.2, 0.8])
def test_strain_rises_with_load_and_falls_with_rest(system, role, resources: float) -> None:
    # Busy all of ten weeks, then idle for ten: the recursion of the priors, week by week.
    # Caught when resources did not count for what is sustainable.
    tested = desk(
        system,
        [demand("item")],
        [server(Shift(people=5, hours="always"), resources=P(value=resources))],
        work_h=1680.0,
        person_state=True,
        parameters={"fatigue_slowdown": 0.0, "strain_pace": 0.0},
    )
    at = Scenario(system=tested, weeks=20, warm_up_weeks=0, replications=2, replay_h={"item": (0.0,) * 5})
    runs = balanced(run(at))
    found = next(runs.series[0, k] for k, what in enumerate(runs.indicators) if what.id == "engagement")
    strain, expected = 0.0, []
    for week in range(20):
        over = (1.0 if week < 10 else 0.0) - 0.7 - 0.3 * (resources - 0.5)
        if over > 0:
            strain += (1 - strain) * (1 - math.exp(-0.5 * over))
        strain *= math.exp(-0.05 * (0.5 + resources))
        expected.append(1 - strain)
    assert found == pytest.approx(expected, abs=1e-9)


# Practices


@pytest.mark.parametrize("form", [0, 1, 2])
def test_pace_by_ability_motivation_and_opportunity(system, played, form: int) -> None:
    # From week 2 on, 63% after 4 weeks; another has been there for ever. Caught when practices began at once.
    a, m, o = 0.5, 0.3, -0.2
    effects = {"ability": P(value=a), "motivation": P(value=m), "opportunity": P(value=o)}
    practices = (
        Practice(id="new", begins_week=2, weeks_to_effect=P(value=4.0), **effects),
        Practice(id="old", ability=P(value=0.1)),
        Practice(id="elsewhere", roles=("nobody",), ability=P(value=5.0)),
    )
    roles = [server(Shift(people=1, hours="always")), Role(id="nobody", team="team", shifts=(Shift(people=1),))]
    fns = [Function(id="serve", work_h=fixed(1.0), roles=("server",))]
    routes = [Route(source="start", target="serve"), Route(source="serve", target="end")]
    tested = system(
        [demand("item")],
        fns,
        routes,
        roles,
        practices=practices,
        parameters={"amo_form": form, "performance_spread": 0.2},
    )
    story = played(tested, weeks=12, warm_up_weeks=1, replay_h={"item": tuple(168.0 * k + 10 for k in range(12))})
    for week, (_, _, t0, t1) in enumerate(story.steps()):
        share = 1 - math.exp(-max(week - 2, 0) / 4)
        x, y, z = 0.1 + share * a, share * m, share * o
        effect = (x + y + z, 3 * (((1 + x) * (1 + y) * (1 + z)) ** (1 / 3) - 1), 3 * min(x, y, z))[form]
        assert t1 - t0 == pytest.approx(1 / (1 + 0.2 * effect), rel=1e-9), week


def test_practices_raise_resources(system, played) -> None:
    practices = (Practice(id="say", motivation=P(value=1.0), opportunity=P(value=0.5)),)
    tested = desk(system, [demand("item")], [server(Shift(people=5, hours=DAY))], practices=practices)
    story = played(tested, replay_h={"item": (10.0,)})
    assert story.state.roles.resources[0] == pytest.approx(0.5 + 0.1 * 1.5)


def test_a_post_that_is_gone_is_not_filled(system, played) -> None:
    # Everybody leaves within weeks and comes back within days; from week four on there are posts for two of ten.
    # Caught when a successor came to a post that a change had taken away.
    leaving = {"leaving_per_year": P(value=200.0), "replacement_h": fixed(100.0)}
    tested = desk(system, [demand("item")], [server(Shift(people=10, hours="always"), **leaving)], person_state=True)
    fewer = ScheduledChange(week=4, patches=(Patch(path="social.roles.server.shifts.0.people", value=2),))
    scenario = Scenario(system=tested, weeks=12, warm_up_weeks=0, replay_h={"item": (1.0,)}, changes=(fewer,))
    rostered = play(prepare(scenario), scenario, 0).out_role["rostered"][:, 0]
    assert rostered[:4].max() > 2 * 168
    assert rostered[4:].max() <= 2 * 168
