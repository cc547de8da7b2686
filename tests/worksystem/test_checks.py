"""Checks: each fault is found, alone, with its line, its place and its suggestion; and all of a file in one pass."""

from __future__ import annotations

import pytest

from longwall.errors import WorkSystemError
from longwall.worksystem import Function, Patch, WorkSystem, check_system, parse_system, patched, sound


def faults(text: str):
    with pytest.raises(WorkSystemError) as caught:
        parse_system(text, "worksystem.yaml")
    return caught.value.faults


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_sound_desk_has_no_problem(desk):
    assert check_system(parse_system(desk)) == ()


# What is replaced, by what, the code, the text whose line is named, and a part of place, found or do.
ONE_FAULT = [
    ("roles: [agent]", "roles: [agnet]", "LW-WS-014", "roles: [agnet]", "use 'agent'"),
    ("team: back\n", "team: bakc\n", "LW-WS-014", "team: bakc", "use 'back'"),
    ("depends_on: [tool]", "depends_on: [tol]",
     "LW-WS-014", "depends_on: [tol]", "technical.components.bot.depends_on.0"),
    ("authority: [misroute]", "authority: [misrout]", "LW-WS-014", "authority", "use 'misroute'"),
    ("skills: {triage: 1.2}", "skills: {triaje: 1.2}", "LW-WS-014", "skills", "social.roles.agent.skills.triaje"),
    ("target: expert, kind", "target: expertt, kind", "LW-WS-014", "expertt", "agent->expertt:reports_to.target"),
    ("component: bot", "component: bott", "LW-WS-014", "component: bott", "work.functions.fix.allocation.component"),
    ("source: fix, target: end", "source: fix, target: endd", "LW-WS-014", "endd", "work.routes.fix->endd.target"),
    ("functions: [fix]", "functions: [fx]",
     "LW-WS-014", "functions: [fx]", "environment.constraints.four-eyes.functions"),
    ("origin: triage", "origin: triag", "LW-WS-014", "origin: triag", "variances.misroute.origin"),
    ("{function: fix, probability: 0.8}", "{function: fic, probability: 0.8}", "LW-WS-014", "fic", "detections.fic"),
    ("role: agent}", "role: agen}", "LW-WS-014", "agen}", "variances.misroute.control.role"),
    ("  - id: request", "  - id: incident", "LW-WS-011", "  - id: incident\n      per_week: 80", "'incident' again"),
    ("    - id: tool\n", "    - id: tool\n      depends_on: [bot]\n",
     "LW-WS-012", "depends_on: [tool]", "bot -> tool -> bot"),
    (
        "kind: reports_to}", "kind: reports_to}\n    - {source: expert, target: agent, kind: reports_to}",
        "LW-WS-012", "source: agent, target: expert", "agent -> expert -> agent",
    ),
    ("due_h: 2 d ", "due_h: -2 d ", "LW-WS-013", "due_h: -2 d", "a duration of 0 h or more"),
    ("work_h: 10 min", "work_h: -10 min", "LW-WS-013", "work_h: -10 min", "work.functions.triage.work_h"),
    ("per_week: 80", "per_week: -80", "LW-WS-013", "per_week: -80", "work.demand.request.per_week"),
    ("skills: {triage: 1.2}", "skills: {triage: 0}", "LW-WS-013", "skills", "above 0"),
    ("probability: 0.05", "probability: 1.5", "LW-WS-015", "probability: 1.5", "write a share of one"),
    ("probability: 0.8}", "probability: {value: 0.8, high: 1.2}}", "LW-WS-015", "high: 1.2", "found 1.2"),
    ("probability: 0.4}", "probability: 0.3}", "LW-WS-016", "probability: 0.3}", "a sum of 0.9"),
    ("      roles: [agent]\n", "", "LW-WS-017", "- id: triage", "add `roles:`"),
    ("    - {source: fix, target: end}\n", "", "LW-WS-018", "- id: fix", "a way from fix to end for items"),
    ("    - {source: start, target: triage}\n", "    - {source: start, target: triage, demand: request}\n",
     "LW-WS-018", "- id: incident", "a route from start for incident"),
    ("    - id: bot\n      kind: automation\n", "    - id: bot\n",
     "LW-WS-019", "allocation:", "'bot' of kind application"),
    ("        component: bot\n", "", "LW-WS-019", "allocation:", "found none"),
    ("level: 4", "level: 6", "LW-WS-020", "allocation:", "review_deadline_h"),
    ('      shifts: [{people: 3, hours: "mon-fri 09:00-17:00"}]\n', "",
     "LW-WS-021", "- id: expert", "at least one shift"),
    ("separates: [triage, fix]", "passes: [fix]", "LW-WS-022", "passes:", "'fix'"),
    ("functions: [fix]\n", "highest_level: 2\n      lowest_level: 3\n", "LW-WS-022", "lowest_level: 3", "found 3"),
    ("[work.demand.incident.per_week]", "[work.demand.incidnt.per_week]", "LW-WS-023", "rests_on", "use 'incident'"),
    ("  - {id: late_share, column: technical, target: 0.1}\n",
     "  - {id: late_share, column: technical}\n  - {id: late_share, column: social}\n",
     "LW-WS-011", "column: social", "'late_share' again"),
    ("name: A desk", "nmae: A desk", "LW-WS-005", "nmae", "use 'name'"),
    ("      team: front\n", "", "LW-WS-006", "- id: agent", "add `team:` here"),
    ("people: 6 ", "people: many ", "LW-WS-007", "people: many", "expected a whole number, found 'many'"),
    ("id: desk ", "id: 12 ", "LW-WS-007", "id: 12", 'write it in quotes: "12"'),
    ("roles: [agent]", "roles: agent", "LW-WS-007", "roles: agent", "expected a list, found 'agent'"),
    ("skills: {triage: 1.2}", "skills: [triage]", "LW-WS-007", "skills: [triage]", "a mapping of names to values"),
    ("per_week: 80", "per_week: true", "LW-WS-007", "per_week: true", "a number, a duration such as"),
    ("per_week: 80", "per_week: .inf", "LW-WS-007", "per_week: .inf", "a finite number"),
    ("people: 6 ", "people: 0 ", "LW-WS-008", "people: 0", "expected more than 0, found 0"),
    ("level: 4", "level: 11", "LW-WS-008", "level: 11", "expected 10 or less"),
    ("kind: automation", "kind: automaton", "LW-WS-008", "kind: automaton", "use 'automation'"),
    ("- id: triage", "- id: Triage", "LW-WS-008", "- id: Triage", "use 'triage'"),
    ("work_h: 10 min", "work_h: 10 mins", "LW-WS-009", "work_h: 10 mins", "found '10 mins'"),
    ("hours: mon-fri 08:00-17:00", "hours: mon-fri 8 to 5",
     "LW-WS-009", "hours: mon-fri 8 to 5", "expected hours such as"),
    ("mean_h: 90 min}", "mean_h: -90 min}", "LW-WS-013", "mean_h: -90 min", "a duration of 0 h or more, found -1.5"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "says"), ONE_FAULT, ids=[f"{n}-{c[2]}" for n, c in enumerate(ONE_FAULT)]
)
def test_one_fault_is_found_alone_and_at_its_line(desk, old, new, code, at, says):
    assert desk.count(old) == 1 or old in ("per_week: 80", "roles: [agent]", "component: bot"), (
        "the test replaces one place"
    )
    text = desk.replace(old, new, 1)
    found = faults(text)
    assert [fault.code for fault in found if not _follows(fault, code, new)] == [code]
    fault = next(fault for fault in found if fault.code == code)
    assert fault.where.startswith(f"worksystem.yaml:{line_of(text, at)}  "), fault.where
    assert says in str(fault)
    assert all((fault.where, fault.expected, fault.found, fault.do))


def _follows(fault, code, new):
    """Renaming an id leaves what named it dangling; those faults are right, and not what the case is about."""
    return code == "LW-WS-008" and new == "- id: Triage" and fault.code == "LW-WS-014"


def test_a_cycle_behind_the_first_component_is_shown_without_it(desk):
    more = "    - id: tool\n      depends_on: [net]\n    - id: net\n      depends_on: [power]\n    - id: power\n"
    found = faults(desk.replace("    - id: tool\n", more + "      depends_on: [net]\n"))
    assert [(fault.code, fault.found) for fault in found] == [("LW-WS-012", "net -> power -> net")]


def test_all_faults_of_a_file_come_in_one_pass_and_by_line(desk):
    text = (
        desk.replace("nmae", "name")
        .replace("name: A desk", "nmae: A desk")
        .replace("people: 6 ", "people: -6 ")
        .replace("work_h: 10 min", "work_h: 10 mins")
        .replace("roles: [expert]", "roles: [exprt]")
        .replace("origin: triage", "origin: trage")
        .replace("- id: request", "- id: incident")
    )
    found = faults(text)
    lines = [int(fault.where.split(":")[1].split(" ")[0]) for fault in found]
    assert lines == sorted(lines)
    assert [fault.code for fault in found] == [
        "LW-WS-005", "LW-WS-008", "LW-WS-011", "LW-WS-009", "LW-WS-014", "LW-WS-014",
    ]  # fmt: skip


def test_an_entry_with_a_fault_still_counts_as_there(desk):
    # The faulty role is left out of what is checked further; that agents do triage must not become a second fault.
    found = faults(
        desk.replace("    - id: agent   # answers\n      team: front\n", "    - id: agent\n      taem: front\n")
    )
    assert [fault.code for fault in found] == ["LW-WS-006", "LW-WS-005"]


def test_no_fault_speaks_in_the_words_of_the_parser(desk):
    for old, new, *_ in ONE_FAULT:
        for fault in faults(desk.replace(old, new, 1)):
            assert not any(
                word in str(fault) for word in ("Input should", "pydantic", "type=", "Value error", "Extra inputs")
            )


def test_a_rate_of_a_component_may_be_above_one(desk):
    assert parse_system(desk.replace("origin: triage\n    probability: 0.05", "origin: tool\n    probability: 1.5"))


def test_induced_variances_may_come_back(desk):
    assert parse_system(desk.replace("    origin: triage\n", "    origin: triage\n    induces: {misroute: 0.1}\n"))


def test_a_machine_that_does_all_and_never_fails_needs_nobody(desk):
    alone = desk.replace("      roles: [expert]\n", "").replace("level: 4", "level: 10")
    assert parse_system(alone).functions["fix"].roles == ()
    failing = alone.replace("kind: automation\n", "kind: automation\n      time_between_failures_h: 900\n")
    assert [fault.code for fault in faults(failing)] == ["LW-WS-017"]


def test_a_class_with_routes_of_its_own_must_reach_the_end_by_them(desk):
    text = desk.replace(
        "    - {source: fix, target: end}\n",
        "    - {source: fix, target: end}\n    - {source: fix, target: fix, demand: request}\n",
    )
    found = faults(text)
    assert [fault.code for fault in found] == ["LW-WS-018"]
    assert "items of request" in found[0].expected


def test_start_and_end_are_no_functions(desk):
    system = parse_system(desk)
    work = system.work.model_copy(update={"functions": (*system.work.functions, Function(id="end"))})
    codes = [problem.code for problem in check_system(system.model_copy(update={"work": work}))]
    assert codes == ["LW-WS-011"]


def test_a_model_without_a_file_says_places(desk):
    system = parse_system(desk)
    broken = system.model_copy(update={"variances": (system.variances[0].model_copy(update={"origin": "fx"}),)})
    with pytest.raises(WorkSystemError) as caught:
        sound(broken)
    assert caught.value.faults[0].where == "variances.misroute.origin"
    assert sound(system) is system


def test_an_empty_system_is_sound():
    assert check_system(WorkSystem(id="x")) == ()


def test_a_patch_cannot_make_an_unsound_system(desk):
    with pytest.raises(WorkSystemError, match="LW-WS-016"):
        patched(parse_system(desk), [Patch(path="work.routes.triage->fix.probability", value=0.1)])
