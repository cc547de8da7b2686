"""Patches and differences: paths by ids, errors that say what would be right, and sentences people understand."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from longwall import templates
from longwall.errors import WorkSystemError
from longwall.worksystem import (
    Intervention,
    Patch,
    WorkSystem,
    apply,
    design_of,
    differences,
    in_words,
    json_schema,
    parse_system,
    patched,
    patches_of,
    read_system,
    realised,
    write_schema,
)
from longwall.worksystem.lookup import Place, place_of
from longwall.worksystem.places import entry_name, named_place, path_steps, path_text
from longwall.worksystem.yamltext import parse_text


def changed(desk: str, *patches: Patch) -> tuple[str, ...]:
    before = parse_system(desk)
    return in_words(before, patched(before, patches))


@pytest.mark.parametrize(
    ("patches", "sentence"),
    [
        ([Patch(path="work.functions.fix.allocation.level", value=7)], "fix moves from level 4 to level 7"),
        (
            [Patch(path="work.functions.triage.allocation", value={"level": 5, "component": "bot"})],
            "triage moves from level 1 to level 5 (component bot)",
        ),
        ([Patch(path="social.roles.agent.shifts.0.people", value=14)], "role agent: 6 -> 14 people"),
        (
            [Patch(path="social.roles.agent.shifts.0.hours", value="mon-fri 08:00-16:00")],
            "role agent: 270 -> 240 rostered hours a week",
        ),
        (
            [Patch(path="social.roles.agent.shifts.0.hours", value="mon-fri 09:00-18:00")],
            "role agent: the same people and hours, on other shifts",
        ),
        (
            [
                Patch(path="variances.misroute.control.function", value="fix"),
                Patch(path="variances.misroute.control.role", value="expert"),
            ],
            "variance misroute is now controlled at fix by expert",
        ),
        ([Patch(path="variances.misroute.control")], "variance misroute is no longer controlled"),
        (
            [Patch(path="variances.misroute.control.probability", value=0.5)],
            "variance misroute is controlled otherwise at triage by agent",
        ),
        ([Patch(path="work.functions.triage.work_h", value="12 min")], "function triage, work: 10 min -> 12 min"),
        ([Patch(path="work.demand.incident.due_h", value="1 d")], "demand class incident, due: 48 h -> 24 h"),
        ([Patch(path="work.demand.incident.due_h")], "demand class incident, due: 48 h -> none"),
        ([Patch(op="remove", path="work.demand.request")], "without demand class request (80 a week)"),
        (
            [Patch(op="add", path="social.roles", value={"id": "lead", "team": "front", "shifts": [{"people": 1}]})],
            "new role lead (1 person)",
        ),
        ([Patch(op="add", path="social.roles.agent.skills.fix", value=0.5)], "role agent, skills fix: new, 0.5"),
        (
            [Patch(op="remove", path="social.roles.agent.skills.triage")],
            "role agent, skills triage: taken away, was 1.2",
        ),
        ([Patch(path="name", value="B")], "name: A desk -> B"),
        ([Patch(path="person_state", value=True)], "person_state: no -> yes"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_one_sentence(desk, patches, sentence):
    assert changed(desk, *patches) == (sentence,)


def test_no_change_is_no_sentence(desk):
    assert changed(desk) == ()
    assert changed(desk, Patch(path="name", value="A desk")) == ()


def test_a_patch_leaves_the_base_alone(desk):
    base = parse_system(desk)
    frozen, hash_before = base.model_dump_json(), base.hash
    patched(
        base,
        [
            Patch(op="add", path="work.functions.triage.roles", value="expert"),
            Patch(op="remove", path="environment.constraints.four-eyes"),
        ],
    )
    assert (base.model_dump_json(), base.hash) == (frozen, hash_before)


def test_entries_are_found_by_name_id_or_position(desk):
    base = parse_system(desk)
    for path in ("work.routes.triage->fix.probability", "work.routes.1.probability"):
        one, other = Patch(path=path, value=0.5), Patch(path="work.routes.triage->end.probability", value=0.5)
        assert patched(base, [one, other]).work.routes[1].probability.value == 0.5
    assert patched(base, [Patch(path="variances.misroute.detections.fix.probability", value=1)])
    assert patched(base, [Patch(op="remove", path="social.links.agent->expert:reports_to")]).social.links == ()
    assert patched(base, [Patch(op="remove", path="technical.components.bot.depends_on.tool")])


def test_a_patch_may_rely_on_the_one_before(desk):
    base = parse_system(desk)
    patches = [
        Patch(op="add", path="social.teams", value={"id": "third.line"}),
        Patch(path='social.teams."third.line".name', value="Third"),
        Patch(path="social.teams.third.line.note", value="dots without quotes"),
        Patch(path="social.roles.expert.team", value="third.line"),
    ]
    team = patched(base, patches).teams["third.line"]
    assert (team.name, team.note) == ("Third", "dots without quotes")


@pytest.mark.parametrize(
    ("patch", "code", "says"),
    [
        (Patch(path="work.functions.triag.work_h", value=1), "LW-WS-023", "use 'triage'"),
        (Patch(path="work.functions.triage.wrk_h", value=1), "LW-WS-023", "use 'work_h'"),
        (Patch(path="wrk.functions", value=1), "LW-WS-023", "use 'work'"),
        (Patch(path="work.functions.triage.delay_h.mean_h", value=1), "LW-WS-023", "set the whole value first"),
        (Patch(path="name.first", value=1), "LW-WS-023", "shorten the path"),
        (Patch(path="work..functions", value=1), "LW-WS-023", "join keys and ids with dots"),
        (Patch(path="", value=1), "LW-WS-023", "join keys and ids with dots"),
        (Patch(path="social.roles.agent.shifts.3.people", value=1), "LW-WS-023", "'3'"),
        (Patch(path="social.roles.agent.skills.fix", value=1), "LW-WS-023", "'fix'"),
        (Patch(op="remove", path="work.functions.triage.work_h"), "LW-WS-024", "set another value"),
        (Patch(op="remove", path="social.roles.nobody"), "LW-WS-023", "'nobody'"),
        (Patch(op="add", path="work.functions", value={"id": "fix"}), "LW-WS-024", "'fix'"),
        (Patch(op="add", path="work.functions.fix.roles", value="expert"), "LW-WS-024", "'expert'"),
        (Patch(op="add", path="name", value="B"), "LW-WS-024", "use `op: set`"),
        (Patch(op="add", path="social.roles.agent.skills.triage", value=2), "LW-WS-024", "there already"),
        (Patch(path="work.functions.triage.work_h", value="soon"), "LW-WS-009", "work.functions.triage.work_h"),
        (Patch(path="work.functions.triage.allocation.level", value=11), "LW-WS-008", "allocation.level"),
        (Patch(path="work.functions.triage.roles", value=["nobody"]), "LW-WS-014", "triage.roles.0"),
        (Patch(path="work.functions.triage.allocation.level", value=5), "LW-WS-019", "found none"),
    ],
)
def test_a_patch_that_cannot_be_applied_says_why(desk, patch, code, says):
    with pytest.raises(WorkSystemError) as caught:
        patched(parse_system(desk), [patch])
    assert [fault.code for fault in caught.value.faults] == [code]
    assert says in str(caught.value)


def test_all_patches_that_are_wrong_are_named(desk):
    wrong = Intervention(
        id="wrong", title="Two mistakes", kind="work", lever="routing",
        patches=(Patch(path="work.functions.a"), Patch(path="name", value="B"), Patch(op="remove", path="variances.b")),
    )  # fmt: skip
    with pytest.raises(WorkSystemError) as caught:
        apply(parse_system(desk), [wrong])
    assert [fault.where for fault in caught.value.faults] == [
        "wrong.patches.0  work.functions.a",
        "wrong.patches.2  variances.b",
    ]


HIRE = Intervention(
    id="hire", title="Two more agents", kind="social", lever="staff",
    patches=(Patch(path="social.roles.agent.shifts.0.people", value=8),),
)  # fmt: skip
TRAIN = Intervention(
    id="train", title="Agents learn to fix", kind="social", lever="cross_train", requires=("hire",),
    patches=(
        Patch(op="remove", path="environment.constraints.four-eyes"),
        Patch(op="add", path="work.functions.fix.roles", value="agent"),
    ),
)  # fmt: skip


def test_a_design_is_a_base_plus_interventions(desk):
    base = parse_system(desk)
    design = design_of(base, [HIRE, TRAIN], id="d1", name="More and broader", role="joint")
    assert (design.base, design.base_hash, design.interventions) == ("desk", base.hash, ("hire", "train"))
    assert realised(design, base, [TRAIN, HIRE]) == apply(base, [HIRE, TRAIN])


def test_a_design_holds_what_its_interventions_require(desk):
    base = parse_system(desk)
    for chosen, found in (([TRAIN], "none"), ([TRAIN, HIRE], "it later")):
        with pytest.raises(WorkSystemError) as caught:
            design_of(base, chosen, id="d1", name="x")
        assert [(fault.code, fault.found) for fault in caught.value.faults] == [("LW-WS-025", found)]


def test_a_design_of_another_base_or_of_unknown_interventions_is_refused(desk):
    base = parse_system(desk)
    design = design_of(base, [HIRE], id="d1", name="x")
    with pytest.raises(WorkSystemError, match="LW-WS-026"):
        realised(design, base.model_copy(update={"name": "other"}), [HIRE])
    with pytest.raises(WorkSystemError, match="LW-WS-014"):
        realised(design, base, [TRAIN])


def test_a_copy_leaves_behind_what_was_computed_from_the_old_values(desk):
    base = parse_system(desk)
    assert (base.people, set(base.roles)) == (9, {"agent", "expert"})
    social = base.social.model_copy(update={"roles": base.social.roles[:1]})
    copied = base.model_copy(update={"social": social})
    assert (copied.people, set(copied.roles)) == (6, {"agent"})
    assert copied.hash != base.hash


def test_a_difference_has_a_path_as_people_write_it(desk):
    base = parse_system(desk)
    after = patched(
        base,
        [
            Patch(path="work.routes.triage->fix.probability", value=0.5),
            Patch(path="work.routes.triage->end.probability", value=0.5),
        ],
    )
    found = differences(base, after)
    assert [(each.path, each.kind, each.before, each.after) for each in found] == [
        ("work.routes.triage->fix.probability", "set", 0.4, 0.5),
        ("work.routes.triage->end.probability", "set", 0.6, 0.5),
    ]
    assert [patch.path for patch in patches_of(found)] == [each.path for each in found]


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"id": "a"}, "a"),
        ({"source": "a", "target": "b"}, "a->b"),
        ({"source": "a", "target": "b", "demand": "c", "after": ["x", "y"]}, "x/y/a->b@c"),
        ({"source": "a", "target": "b", "kind": "informs"}, "a->b:informs"),
        ({"function": "a", "probability": 1}, "a"),
        ({"people": 1}, None),
        (3, None),
    ],
)
def test_entries_have_names(entry, name):
    assert entry_name(entry) == name


def test_places_are_written_and_read():
    assert path_text(("a", "b.c", 0)) == 'a."b.c".0'
    assert path_steps('a."b.c".0') == [("a", False), ("b.c", True), ("0", False)]
    for wrong in ("", "a.", ".a", "a..b", 'a."b', 'a"b".c'):
        with pytest.raises(ValueError, match="expected keys"):
            path_steps(wrong)


SCHEMA = json_schema()
READER = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_a_schema_and_describes_every_piece():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "Longwall: WorkSystem"
    for name, definition in SCHEMA["$defs"].items():
        assert definition["description"], name
        assert "Parameters" not in definition["description"]
    assert "late" in SCHEMA["$defs"]["DemandClass"]["properties"]["due_h"]["description"]


def test_the_schema_takes_a_desk_and_its_short_forms(desk):
    READER.validate(parse_text(desk, "desk").data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: A desk", "nmae: A desk"),
        ("kind: automation", "kind: automaton"),
        ("people: 6 ", "people: -6 "),
        ("level: 4", "level: 11"),
        ("work_h: 10 min", "work_h: soon"),
        ("per_week: 80", "per_week: [80]"),
        ("id: desk ", "id: Desk "),
        ("team: back\n", ""),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(desk, old, new):
    # The schema sees the plain text: a missing team is seen only because the key goes, not because the id dangles.
    text = desk.replace(f"      {old}" if not new else old, new, 1)
    assert not READER.is_valid(parse_text(text, "desk").data)
    with pytest.raises(WorkSystemError):
        parse_system(text)


def test_the_schema_is_written(tmp_path):
    write_schema(tmp_path / "worksystem.schema.json")
    assert (tmp_path / "worksystem.schema.json").read_text(encoding="utf-8").startswith('{\n  "$defs"')
    assert json_schema(Intervention)["title"] == "Longwall: Intervention"
    assert isinstance(WorkSystem(id="a").model_dump(), dict)


def test_every_entry_of_a_list_is_found_by_its_name_and_by_its_position() -> None:
    """Each entry of each list of a shipped system. Fails if what a text may begin with is told too narrowly."""
    data, found = read_system(templates.path("service-desk")).model_dump(mode="json"), 0
    open_: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while open_:
        steps, value = open_.pop()
        entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, entry in entries:
            open_.append(((*steps, key), entry))
            if not isinstance(value, list):
                continue
            names = [entry_name(one) for one in value]
            for last in {key, names[key]} - {None}:
                if isinstance(last, str) and (names.index(last) != key or not last):
                    continue
                text = path_text((*named_place(data, steps), last))
                place = place_of(WorkSystem, data, text)
                assert isinstance(place, Place) and place.steps == (*steps, key), text
                found += 1
    assert found > 100
