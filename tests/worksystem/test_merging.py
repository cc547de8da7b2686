"""Three-way merge: what one side changed is taken, what both changed is a conflict, nothing of a person's is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from longwall.errors import WorkSystemError
from longwall.worksystem import (
    Conflict,
    Patch,
    WorkSystem,
    check_system,
    differences,
    merge,
    parse_system,
    patched,
    still_open,
    value_at,
    with_value,
)
from longwall.worksystem.renaming import renamed_ids

from .conftest import DESK
from .test_properties import systems

BASE = parse_system(DESK)
FEW = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Not shrunk: three systems at once take minutes to shrink."""


def changed(*changes: tuple[str, object], base: WorkSystem = BASE) -> WorkSystem:
    return patched(base, [Patch(path=path, value=value) for path, value in changes])


SYSTEMS = systems().map(WorkSystem.model_validate)


@given(SYSTEMS, SYSTEMS, SYSTEMS)
@FEW
def test_what_one_side_changed_is_taken_and_nothing_of_the_person_is_lost(
    base: WorkSystem, yours: WorkSystem, found: WorkSystem
) -> None:
    """Fails when the merge prefers discovery anywhere, drops an entry, or reports a conflict where there is none."""
    same = merge(base, base, found)
    assert (same.system, same.conflicts) == (found, ())
    kept = merge(base, yours, base)
    assert (kept.system, kept.conflicts, kept.moved) == (yours, (), ())
    agreed = merge(base, yours, yours)
    assert (agreed.system, agreed.conflicts) == (yours, ())
    three = merge(base, yours, found).system
    assert not check_system(three)
    if renamed_ids(base, yours):
        return
    for change in differences(base, yours):
        if change.kind != "order":
            assert value_at(three, change.path) == value_at(yours, change.path), change.path


def test_changes_on_either_side_are_joined() -> None:
    yours = changed(("work.functions.triage.work_h", 0.5), ("name", "Our desk"))
    found = changed(("work.demand.incident.per_week", 220), ("social.roles.expert.shifts.0.people", 4))
    merged = merge(BASE, yours, found)
    assert merged.conflicts == ()
    assert merged.system == changed(
        ("work.functions.triage.work_h", 0.5), ("name", "Our desk"),
        ("work.demand.incident.per_week", 220), ("social.roles.expert.shifts.0.people", 4),
    )  # fmt: skip
    assert set(merged.moved) == {"work.demand.incident.per_week", "social.roles.expert.shifts.0.people"} or set(
        merged.moved
    ) == {"work.demand.incident.per_week", "social.roles.expert.shifts"}


def test_both_changed_differently_is_a_conflict_and_the_persons_value_stays() -> None:
    yours, found = changed(("work.functions.triage.work_h", 0.5)), changed(("work.functions.triage.work_h", 0.2))
    merged = merge(BASE, yours, found)
    assert merged.system == yours
    [conflict] = merged.conflicts
    assert conflict.path == "work.functions.triage.work_h"
    assert (conflict.yours, conflict.found) == (0.5, 0.2)
    assert value_at(BASE, conflict.path) == conflict.base
    assert with_value(merged.system, conflict.path, conflict.found) == found


def test_routes_out_of_one_place_are_one_value() -> None:
    def routes(share: float, base: WorkSystem = BASE) -> WorkSystem:
        return changed(
            ("work.routes.triage->fix.probability", share),
            ("work.routes.triage->end.probability", 1 - share),
            base=base,
        )  # fmt: skip

    merged = merge(BASE, routes(0.5), routes(0.25))
    assert merged.system == routes(0.5)
    assert [conflict.path for conflict in merged.conflicts] == ["work.routes.triage->*"]
    assert with_value(merged.system, "work.routes.triage->*", merged.conflicts[0].found) == routes(0.25)


def test_removed_here_and_changed_there_stays_removed_until_it_is_accepted() -> None:
    yours = patched(BASE, [Patch(op="remove", path="variances.misroute.detections.fix"),
                           Patch(op="remove", path="social.links.agent->expert:reports_to")])  # fmt: skip
    found = changed(("variances.misroute.detections.fix.probability", 0.6))
    merged = merge(BASE, yours, found)
    assert merged.system == yours
    [conflict] = merged.conflicts
    assert conflict.yours is None
    assert value_at(with_value(yours, conflict.path, conflict.found), conflict.path) == conflict.found


def test_what_discovery_no_longer_finds_goes_unless_a_person_changed_it() -> None:
    found = patched(BASE, [Patch(op="remove", path="work.demand.request")])
    assert merge(BASE, changed(("name", "x")), found).system.demand.keys() == {"incident"}
    edited = merge(BASE, changed(("work.demand.request.per_week", 99)), found)
    assert edited.system.demand["request"].per_week.value == 99
    assert [(one.path, one.found) for one in edited.conflicts] == [("work.demand.request", None)]


def test_an_id_that_a_person_changed_is_followed() -> None:
    yours = parse_system(DESK.replace("triage", "first-look").replace("agent", "clerk"))
    found = changed(("work.functions.triage.work_h", 0.2), ("social.roles.agent.shifts.0.people", 7))
    merged = merge(BASE, yours, found)
    assert merged.conflicts == ()
    assert merged.system.functions["first-look"].work_h.mean_h == 0.2
    assert merged.system.roles["clerk"].head_count == 7
    assert merged.system.functions.keys() == {"first-look", "fix"}


def test_what_does_not_fit_together_is_held_back_and_listed() -> None:
    """The person routes through a function that discovery no longer finds."""
    yours = patched(BASE, [Patch(op="add", path="social.roles", value={
        "id": "helper", "team": "front", "shifts": [{"people": 1}]})])  # fmt: skip
    yours = changed(("work.functions.fix.roles", ["expert", "helper"]), base=yours)
    found = parse_system(DESK.replace("back", "front-2").replace("- id: front\n", "- id: front-3\n").replace(
        "team: front\n", "team: front-3\n"))  # fmt: skip
    merged = merge(BASE, yours, found)
    assert not check_system(merged.system)
    assert "helper" in merged.system.roles
    assert merged.conflicts
    assert all(conflict.why for conflict in merged.conflicts if conflict.path.startswith("social.teams"))


def test_a_conflict_is_open_until_the_person_decides() -> None:
    conflict = Conflict(path="name", base="a", yours=BASE.name, found="b")
    assert still_open([conflict], BASE) == (conflict,)
    assert still_open([conflict], changed(("name", "b"))) == ()
    assert still_open([conflict], changed(("name", "c"))) == ()


def test_a_value_that_would_make_the_model_unsound_is_refused() -> None:
    with pytest.raises(WorkSystemError):
        with_value(BASE, "social.roles.agent", None)
