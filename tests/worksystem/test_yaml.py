"""YAML: what is not plain is refused, and a write keeps what a person wrote."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from longwall import templates
from longwall.errors import StorageError, WorkSystemError
from longwall.worksystem import (
    Design,
    Distribution,
    Intervention,
    Interventions,
    Parameter,
    Patch,
    Piece,
    WorkSystem,
    apply,
    dump_piece,
    parse_piece,
    parse_system,
    patched,
    read_design,
    read_interventions,
    read_system,
    write_design,
    write_interventions,
    write_system,
)


def faults(text: str):
    with pytest.raises(WorkSystemError) as caught:
        parse_system(text, "worksystem.yaml")
    return caught.value.faults


def bomb() -> str:
    levels = [f"x{n + 1}: &x{n + 1} [{', '.join([f'*x{n}'] * 9)}]" for n in range(9)]
    return "\n".join(["id: desk", "x0: &x0 [lol]", *levels]) + "\n"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("id: desk\nname: !!python/object/apply:os.system [ls]\n", "LW-WS-003", "python/object"),
        ("id: desk\nname: !secret x\n", "LW-WS-003", "!secret"),
        ("id: desk\nindicators: !!set {a, b}\n", "LW-WS-003", "set"),
        (bomb(), "LW-WS-003", "&x0"),
        ("id: desk\nwork: &a\n  demand: *a\n", "LW-WS-003", "&a"),
        ("id: desk\nwork:\n  <<: {}\n", "LW-WS-003", "merge key"),
        ("id: desk\n? [a, b]\n: 3\n", "LW-WS-003", "a list or mapping"),
        ("id: desk\nname: a\nname: b\n", "LW-WS-004", "'name' again (first on line 2)"),
        ("id: desk\nname: [a\n", "LW-WS-002", "one YAML document"),
        ("id: desk\n name: a\n", "LW-WS-002", "mapping values are not allowed"),
        ("id: desk\n---\nid: other\n", "LW-WS-002", "another document"),
        ("id: 'a\x00b'\n", "LW-WS-002", "a character that YAML does not allow"),
        ("\tid: desk\n", "LW-WS-002", "worksystem.yaml:1"),
        ("", "LW-WS-007", "an empty file"),
        ("# nothing\n", "LW-WS-007", "an empty file"),
        ("- id: desk\n", "LW-WS-007", "a list of 1"),
        ("desk\n", "LW-WS-007", "'desk'"),
        ("id: " + "[" * 5000 + "]" * 5000 + "\n", "LW-WS-003", "levels of nesting"),
        ("id: " + "[" * 60 + "]" * 60 + "\n", "LW-WS-003", "levels of nesting"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(text, code, says):
    found = faults(text)
    assert code in [fault.code for fault in found]
    assert says in "\n".join(map(str, found))


def test_a_bomb_is_refused_at_once_and_says_each_anchor():
    assert [fault.code for fault in faults(bomb()) if fault.code == "LW-WS-003"] == ["LW-WS-003"] * 10


def test_a_date_stays_text(tmp_path):
    assert parse_system("id: desk\nname: 2025-07-03\n").name == "2025-07-03"


def test_line_ends_and_a_byte_order_mark_do_not_matter(desk):
    assert parse_system("\ufeff" + desk.replace("\n", "\r\n")) == parse_system(desk)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: path.write_bytes(b"id: \xff\n"), "byte 4"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, make, says):
    path = tmp_path / "worksystem.yaml"
    make(path)
    with pytest.raises(WorkSystemError) as caught:
        read_system(path)
    assert caught.value.faults[0].code == "LW-WS-001"
    assert says in caught.value.faults[0].found


def change(desk: str, tmp_path: Path, *patches: Patch) -> tuple[list[str], list[str]]:
    """Lines taken and lines added when a desk is written after patches."""
    path = tmp_path / "worksystem.yaml"
    path.write_text(desk, encoding="utf-8")
    wanted = patched(parse_system(desk), patches)
    write_system(path, wanted)
    assert read_system(path) == wanted
    before, after = desk.splitlines(), path.read_text(encoding="utf-8").splitlines()
    taken = [line for line in before if line not in after]
    return taken, [line for line in after if line not in before]


def test_writing_what_is_there_changes_nothing(desk, tmp_path):
    assert change(desk, tmp_path) == ([], [])
    assert (tmp_path / "worksystem.yaml").read_text(encoding="utf-8") == desk


def test_a_value_changes_in_place_and_keeps_its_comment(desk, tmp_path):
    assert change(desk, tmp_path, Patch(path="social.roles.agent.shifts.0.people", value=8)) == (
        ["        - people: 6   # by day"],
        ["        - people: 8   # by day"],
    )
    assert change(desk, tmp_path, Patch(path="work.demand.incident.due_h", value="3 d")) == (
        ["      due_h: 2 d   # contract"],
        ["      due_h: 72   # contract"],
    )


def test_a_value_inside_braces_changes_alone(desk, tmp_path):
    patches = [
        Patch(path="work.routes.triage->fix.probability", value=0.5),
        Patch(path="work.routes.triage->end.probability", value=0.5),
        Patch(path="work.demand.incident.per_week.value", value=220),
    ]
    taken, added = change(desk, tmp_path, *patches)
    assert added == [
        "      per_week: {value: 220, source: counted by hand}",
        "    - {source: triage, target: fix, probability: 0.5}   # the rest is solved",
        "    - {source: triage, target: end, probability: 0.5}",
    ]
    assert len(taken) == 3


def test_new_entries_stand_behind_the_old_and_before_the_next_comment(desk, tmp_path):
    entry = {"id": "advise", "work_h": "5 min", "roles": ["agent"]}
    taken, _ = change(desk, tmp_path, Patch(op="add", path="work.functions", value=entry))
    text = (tmp_path / "worksystem.yaml").read_text(encoding="utf-8")
    assert taken == []
    assert (
        "        component: bot\n"
        "    - id: advise\n"
        "      work_h: 0.08333333333333333\n"
        "      roles: [agent]\n"
        "\n"
        "  # how it flows\n"
    ) in text


def test_a_key_of_the_last_entry_and_a_new_entry_share_a_place(desk, tmp_path):
    patches = [
        Patch(path="work.functions.fix.note", value="hard"),
        Patch(path="work.functions.fix.drills_per_year", value=2),
        Patch(op="add", path="work.functions", value={"id": "advise"}),
    ]
    taken, _ = change(desk, tmp_path, *patches)
    text = (tmp_path / "worksystem.yaml").read_text(encoding="utf-8")
    assert taken == []
    assert (
        "        component: bot\n      drills_per_year: 2\n      note: hard\n    - id: advise\n\n  # how it flows\n"
    ) in text


def test_an_entry_leaves_with_its_comment_and_without_its_neighbours(desk, tmp_path):
    two = desk.replace(
        "    - id: request\n      per_week: 80\n", "    # what people want\n    - id: request\n      per_week: 80\n"
    )
    taken, added = change(two, tmp_path, Patch(op="remove", path="work.demand.request"))
    assert taken == ["    # what people want", "    - id: request", "      per_week: 80"]
    assert added == []


def test_an_entry_in_the_middle_leaves_its_neighbours_comments(desk, tmp_path):
    third = desk.replace("    - id: back\n", "    - id: back\n\n    # third line\n    - id: third\n").replace(
        "team: back", "team: third"
    )
    taken, added = change(third, tmp_path, Patch(op="remove", path="social.teams.back"))
    assert (taken, added) == (["    # second line", "    - id: back"], [])
    text = (tmp_path / "worksystem.yaml").read_text(encoding="utf-8")
    assert "    - id: front\n\n    # third line\n    - id: third\n\n  # who does it\n" in text


def test_a_key_is_added_and_taken_away(desk, tmp_path):
    patches = [
        Patch(path="work.functions.fix.allocation", value={}),
        Patch(path="work.functions.triage.allocation.takeover_h", value="10 min"),
        Patch(op="add", path="social.roles.agent.skills.fix", value=0.5),
        Patch(path="name", value=""),
    ]
    taken, added = change(desk, tmp_path, *patches)
    assert taken == [
        "name: A desk",
        "      skills: {triage: 1.2}",
        "      allocation:",
        "        level: 4",
        "        component: bot",
    ]
    assert added == [
        "      skills: {triage: 1.2, fix: 0.5}",
        "      allocation: {takeover_h: 0.16666666666666666}",
    ]


def test_a_short_value_grows_and_a_long_one_shrinks(desk, tmp_path):
    long = {"shape": "empirical", "quantiles_h": [n / 7 for n in range(60)], "source": "a study of sixty tickets"}
    taken, added = change(desk, tmp_path, Patch(path="work.functions.triage.work_h", value=long))
    assert taken == ["      work_h: 10 min"]
    assert added[0] == "      work_h:"
    assert all(len(line) <= 120 for line in added)
    text = (tmp_path / "worksystem.yaml").read_text(encoding="utf-8")
    path = tmp_path / "worksystem.yaml"
    back = patched(parse_system(text), [Patch(path="work.functions.triage.work_h", value="12 min")])
    write_system(path, back)
    assert path.read_text(encoding="utf-8") == desk.replace("work_h: 10 min", "work_h: 0.2")


def test_a_list_in_another_order_takes_its_comments_along(desk, tmp_path):
    system = parse_system(desk)
    turned = system.social.model_copy(update={"teams": system.social.teams[::-1]})
    path = tmp_path / "worksystem.yaml"
    path.write_text(desk, encoding="utf-8")
    write_system(path, system.model_copy(update={"social": turned}))
    text = path.read_text(encoding="utf-8")
    assert "    # second line\n    - id: back\n\n    # first line\n    - id: front\n\n  # who does it\n" in text


def test_a_default_that_a_person_wrote_stays(desk, tmp_path):
    written = desk.replace("per_week: 80", "per_week: 80\n      priority: 0   # on purpose")
    assert change(written, tmp_path, Patch(path="name", value="B")) == (["name: A desk"], ["name: B"])


def test_a_faulty_file_is_replaced_and_an_unreadable_place_is_an_error(desk, tmp_path):
    path = tmp_path / "worksystem.yaml"
    path.write_text("id: [", encoding="utf-8")
    write_system(path, parse_system(desk))
    assert read_system(path) == parse_system(desk)


def test_no_space_left_leaves_the_file(desk, tmp_path, monkeypatch):
    path = tmp_path / "worksystem.yaml"
    path.write_text(desk, encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageError, match="LW-IO-001"):
        write_system(path, patched(parse_system(desk), [Patch(path="name", value="B")]))
    assert path.read_text(encoding="utf-8") == desk


def test_defaults_are_not_written_and_short_forms_are():
    class Both(Piece):
        number: Parameter
        time: Distribution
        many: tuple[float, ...] = ()

    assert dump_piece(Both(number=Parameter(value=3.0), time=Distribution(mean_h=0.5))) == "number: 3\ntime: 0.5\n"
    assert dump_piece(
        Both(number=Parameter(value=1, source="log"), time=Distribution(mean_h=2, cv=0.5), many=(1, 2.5))
    ) == ("number: {value: 1, source: log}\ntime: {mean_h: 2, cv: 0.5}\nmany: [1, 2.5]\n")


def test_interventions_and_designs_have_the_same_reader(desk, tmp_path):
    one = Intervention(
        id="hire", title="One more agent", kind="social", lever="staff", cost=Parameter(value=9000),
        patches=(Patch(path="social.roles.agent.shifts.0.people", value=7),),
    )  # fmt: skip
    path = tmp_path / "interventions.yaml"
    write_interventions(path, [one])
    assert read_interventions(path) == (one,)
    path.write_text(
        "# why\n" + path.read_text(encoding="utf-8").replace("lever: staff", "lever: staff   # or train"),
        encoding="utf-8",
    )
    write_interventions(path, [one.model_copy(update={"effort_weeks": 2.0})])
    assert path.read_text(encoding="utf-8").startswith("# why\n")
    assert "lever: staff   # or train\n" in path.read_text(encoding="utf-8")

    design = Design(id="d1", name="One more", base="desk", base_hash="0", interventions=("hire",))
    write_design(tmp_path / "d1.yaml", design)
    assert read_design(tmp_path / "d1.yaml") == design
    with pytest.raises(WorkSystemError) as caught:
        parse_piece("id: d1\nname: x\nbase: desk\nbase_hsh: '0'\ninterventions: hire\n", Design, "designs/d1.yaml")
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("LW-WS-006", "designs/d1.yaml:1"),
        ("LW-WS-005", "designs/d1.yaml:4  base_hsh"),
        ("LW-WS-007", "designs/d1.yaml:5  interventions"),
    ]
    with pytest.raises(WorkSystemError, match="LW-WS-011"):
        parse_piece(dump_piece(Interventions(interventions=(one, one))), Interventions, "i.yaml")


def test_one_number_of_the_template_changes_one_line(tmp_path):
    original = templates.path("service-desk").read_text(encoding="utf-8")
    path = tmp_path / "worksystem.yaml"
    path.write_text(original, encoding="utf-8")
    system = read_system(path)
    write_system(path, patched(system, [Patch(path="work.functions.triage.work_h.mean_h", value="3 min")]))
    before, after = original.splitlines(), path.read_text(encoding="utf-8").splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1] == "      work_h: {shape: lognormal, mean_h: 0.05, cv: 0.7}"


def test_planted_faults_written_into_the_template_keep_its_comments(tmp_path):
    original = templates.path("service-desk").read_text(encoding="utf-8")
    path = tmp_path / "worksystem.yaml"
    path.write_text(original, encoding="utf-8")
    faulty = apply(read_system(path), read_interventions(templates.path("planted-faults")))
    write_system(path, faulty)
    text = path.read_text(encoding="utf-8")
    assert read_system(path) == faulty
    comments = [line.strip() for line in original.splitlines() if line.strip().startswith("#")]
    assert [comment for comment in comments if comment not in text] == []


def test_equal_systems_give_equal_text_whatever_the_order_of_free_keys():
    one = parse_system("id: a\nstate_parameters: {x: 1, y: 2}\n")
    other = parse_system("id: a\nstate_parameters: {y: 2.0, x: {value: 1}}\n")
    assert one == other
    assert dump_piece(one) == dump_piece(other)
    assert isinstance(one, WorkSystem)
