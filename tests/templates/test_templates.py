"""Templates: each is sound, says what it is, states where its numbers come from, and can run without exploding."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema
import pytest

from longwall import templates
from longwall.errors import WorkSystemError
from longwall.worksystem import (
    Distribution,
    Parameter,
    Patch,
    Piece,
    apply,
    check_system,
    dump_piece,
    json_schema,
    parse_system,
    patched,
    people_by_hour,
    read_interventions,
    read_system,
    write_system,
)
from longwall.worksystem.yamltext import parse_text

NAMES = templates.names()
DESK = templates.read("service-desk")


def numbers(value: object) -> Iterator[Parameter | Distribution]:
    """Every parameter and distribution of a model."""
    if isinstance(value, Parameter | Distribution):
        yield value
    elif isinstance(value, Piece):
        for key in type(value).model_fields:
            yield from numbers(getattr(value, key))
    elif isinstance(value, tuple | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from numbers(entry)


def test_names_are_sorted_and_the_changes_are_no_template():
    assert list(NAMES) == sorted(NAMES)
    assert "service-desk" in NAMES
    assert "planted-faults" not in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_sound_and_reads_back(name):
    system = templates.read(name)
    assert system.id == name
    assert check_system(system) == ()
    assert parse_system(dump_piece(system)) == system
    assert templates.summary(name).startswith(f"{system.name}: ")
    assert "\n" not in templates.summary(name)


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_accepts_a_template(name):
    text = templates.path(name).read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(json_schema()).validate(parse_text(text, name).data)


@pytest.mark.parametrize("name", NAMES)
def test_a_change_to_a_template_keeps_its_comments(name, tmp_path):
    original = templates.path(name).read_text(encoding="utf-8")
    path = tmp_path / "worksystem.yaml"
    path.write_text(original, encoding="utf-8")
    first = read_system(path)
    demand, role = first.work.demand[0].id, first.social.roles[0].id
    changes = [
        Patch(path=f"work.demand.{demand}.priority", value=7),
        Patch(path=f"social.roles.{role}.shifts.0.people", value=77),
    ]
    write_system(path, patched(first, changes))
    assert read_system(path) == patched(first, changes)
    before, after = original.splitlines(), path.read_text(encoding="utf-8").splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_number_of_a_template_is_assumed_or_names_its_source(name):
    text = templates.path(name).read_text(encoding="utf-8")
    assert "footing assumed, tag M" in text
    for number in numbers(templates.read(name)):
        assert number.source or (number.footing, number.tag) == ("assumed", "M")


def test_an_unknown_template_gets_a_suggestion():
    for wrong in ("service_desk", "../service-desk", "Service-Desk"):
        with pytest.raises(WorkSystemError) as caught:
            templates.read(wrong)
        assert caught.value.faults[0].code == "LW-WS-027"
    with pytest.raises(WorkSystemError, match="use 'service-desk'"):
        templates.path("service-dek")


def test_the_service_desk_is_of_the_size_it_says():
    assert DESK.people == 46
    assert 1800 <= sum(each.per_week.value for each in DESK.work.demand) <= 2300
    assert {indicator.column for indicator in DESK.indicators} == {"technical", "social"}
    assert all(indicator.target is not None for indicator in DESK.indicators)
    assert {constraint.kind for constraint in DESK.environment.constraints} == {"regulatory", "organisational"}
    assert DESK.functions["recover-account"].allocation.level == 7
    assert DESK.person_state


def test_the_first_line_is_there_from_seven_to_nineteen_and_a_few_in_the_evening():
    present = people_by_hour(DESK.roles["desk-agent"].shifts)
    for day in range(5):
        hours = present[24 * day : 24 * day + 24]
        assert hours[7:19].min() >= 5
        assert 1 <= hours[19:23].min() <= hours[19:23].max() <= 3
        assert hours[:7].max() == hours[23:].max() == 0
    assert present[120:].max() == 0


def planted():
    return apply(DESK, read_interventions(templates.path("planted-faults")))


def test_the_planted_faults_are_planted_on_a_sound_desk():
    faulty = planted()
    assert check_system(faulty) == ()
    before, after = DESK.functions["recover-account"], faulty.functions["recover-account"]
    assert (before.allocation.level, after.allocation.level) == (7, 10)
    assert after.drills_per_year.value == 0
    assert faulty.components["recovery-bot"].coverage.value == 1
    assert faulty.people == DESK.people


@pytest.fixture(scope="module")
def log():
    """Twelve weeks of the planted desk."""
    from longwall.simulation import Scenario, simulate_log

    return simulate_log(Scenario(system=planted(), weeks=12, warm_up_weeks=1, seed=0, begins="2025-01-06"))


def test_planted_tickets_bounce_between_network_and_desktop(log):
    # The template without the faults bounces fewer than 1 in 500 this way.
    bounced = 0
    for teams in log.sort("case", "end", "start").group_by("case", maintain_order=True).agg("team")["team"].to_list():
        path = [team for n, team in enumerate(teams) if team is not None and (n == 0 or team != teams[n - 1])]
        bounced += any(path[n : n + 3] == ["network", "desktop", "network"] for n in range(len(path)))
    assert 0.08 <= bounced / log["case"].n_unique() <= 0.15


def test_planted_recovery_goes_by_hand_only_while_the_bot_is_out(log):
    recoveries = log.filter(log["activity"] == "recover-account")
    by_hand = recoveries.filter(recoveries["resource"] != "recovery-bot")
    assert 0 < len(by_hand) < 0.08 * len(recoveries)
    days = by_hand["start"].dt.date().n_unique()
    assert days <= 20
    hours = (by_hand["end"] - by_hand["start"]).dt.total_seconds() / 3600
    assert float(hours.mean()) > 1.0


@pytest.mark.parametrize("name", NAMES)
def test_a_template_runs_busy_and_stable(name):
    from longwall.simulation import Scenario, cautions, run

    system = templates.read(name)
    # A template may show a variance that nobody may control; it may not ask for more than its people can do.
    assert all("nobody who should control it" in caution for caution in cautions(system))
    runs = run(Scenario(system=system, weeks=4, warm_up_weeks=3, replications=4, seed=0))
    for team in system.teams:
        assert 0.5 <= runs.column("utilisation", f"team:{team}").mean() <= 0.85, team
    assert 0.002 < runs.column("late_share").mean() < 0.3
    # What comes goes: no class piles up from the first of the weeks to the last.
    present = next(k for k, what in enumerate(runs.indicators) if (what.id, what.scope) == ("backlog", "organisation"))
    first, last = runs.series[:, present, 0].mean(), runs.series[:, present, -1].mean()
    assert last < 1.25 * first
