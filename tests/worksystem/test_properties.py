"""Relations that hold for every sound work system: round trips, edits of a person's file, differences as patches."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.errors import WorkSystemError
from longwall.worksystem import (
    WorkSystem,
    check_system,
    differences,
    dump_piece,
    in_words,
    json_schema,
    parse_system,
    patched,
    patches_of,
    write_system,
)

SCHEMA = jsonschema.Draft202012Validator(json_schema())
IDS = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,5}", fullmatch=True).filter(lambda name: name not in ("start", "end"))
TEXT = st.text(max_size=12) | st.sampled_from(
    ["yes", "null", "1e5", "a: b", "# no", "- x", "é", "'", "a\nb", "{x}", "*a", "12:30"]
)
NUMBERS = st.floats(0, 1e6) | st.integers(0, 50).map(float)
SHARES = st.floats(0, 1)
COUNTS = st.integers(1, 3)
HOURS = ["always", "mon-fri 08:00-17:00", "sun 22:00-06:00"]
FOOTING = st.sampled_from(["counted", "fitted", "assumed"])


@st.composite
def parameters(draw, numbers=NUMBERS):
    value = draw(numbers)
    if draw(st.booleans()):
        return value
    parameter = {"value": value, "footing": draw(FOOTING), "source": draw(TEXT), "tag": draw(st.sampled_from("RKCM"))}
    return {**parameter, "low": value, "high": value} if draw(st.booleans()) else parameter


@st.composite
def distributions(draw):
    if draw(st.booleans()):
        return draw(NUMBERS)
    if draw(st.booleans()):
        return {"shape": "empirical", "quantiles_h": sorted(draw(st.lists(NUMBERS, min_size=2, max_size=6)))}
    return {
        "shape": draw(st.sampled_from(["fixed", "lognormal"])),
        "mean_h": draw(NUMBERS),
        "cv": draw(st.floats(0, 9)),
    }


def unique(n: int):
    return st.lists(IDS, min_size=n, max_size=n, unique=True)


@st.composite
def technical_layers(draw, machine):
    """A machine, and tools that depend on tools before them."""
    tools = draw(st.lists(IDS.filter(lambda name: name != machine), max_size=3, unique=True))
    components = [
        {"id": machine, "kind": "automation", "reliability": draw(parameters(SHARES)), "depends_on": tools[:1]}
    ]
    components += [{"id": tool, "depends_on": tools[n + 1 : n + 2], "note": draw(TEXT)} for n, tool in enumerate(tools)]
    return {"components": components}


@st.composite
def systems(draw):
    """Sound systems: a chain of functions with short cuts, roles in teams, one machine."""
    functions, roles, teams, demand = (draw(unique(n)) for n in draw(st.tuples(*[st.integers(1, 3)] * 4)))
    machine = draw(IDS.filter(lambda name: name not in functions))
    technical = draw(technical_layers(machine))
    taken = {component["id"] for component in technical["components"]}
    functions = [name if name not in taken else f"f-{n}-{name}" for n, name in enumerate(functions)]
    shifts = st.lists(
        st.fixed_dictionaries(
            {"people": st.integers(1, 30), "hours": st.sampled_from(HOURS)}
        ),
        min_size=1, max_size=2,
    )  # fmt: skip
    skills = st.dictionaries(st.sampled_from(functions), parameters(st.floats(0.1, 3)), max_size=2)
    routes = [{"source": "start", "target": functions[0]}]
    for n, function in enumerate(functions):
        share, following = draw(SHARES), [*functions, "end"][n + 1]
        if following == "end":
            routes.append({"source": function, "target": "end"})
        else:
            routes.append({"source": function, "target": following, "probability": share})
            routes.append({"source": function, "target": "end", "probability": 1 - share})
    levels = st.sampled_from(
        [{}, {"level": 4, "component": machine}, {"level": 6, "component": machine, "review_deadline_h": 2}]
    )
    rows = st.sampled_from([[1] * 24, [0] * 8 + [2.5] * 9 + [0] * 7])
    profiles = st.just([]) | st.fixed_dictionaries({"mon-sun": rows})
    return {
        "id": draw(IDS),
        "name": draw(TEXT),
        "technical": technical,
        "social": {
            "teams": [{"id": team, "note": draw(TEXT)} for team in teams],
            "roles": [
                {"id": role, "team": draw(st.sampled_from(teams)), "shifts": draw(shifts), "skills": draw(skills)}
                for role in roles
            ],
        },
        "work": {
            "demand": [
                {"id": each, "per_week": draw(parameters()), "profile": draw(profiles)}
                for each in demand
            ],
            "functions": [
                {"id": f, "work_h": draw(distributions()), "roles": roles[: draw(COUNTS)], "allocation": draw(levels)}
                for f in functions
            ],
            "routes": routes,
        },
        "variances": [
            {
                "id": each, "origin": draw(st.sampled_from(functions)), "probability": draw(parameters(SHARES)),
                "detections": [{"function": functions[-1], "probability": draw(SHARES)}],
                "control": draw(st.none() | st.just({"function": functions[0], "role": roles[0]})),
            }
            for each in draw(st.lists(IDS, max_size=2, unique=True))
        ],
        "indicators": [{"id": each, "column": "social"} for each in draw(st.lists(IDS, max_size=2, unique=True))],
        "person_state": draw(st.booleans()),
    }  # fmt: skip


SOUND = systems().map(WorkSystem.model_validate)
SLOW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@SLOW
@given(system=SOUND)
def test_text_reads_back_as_the_same_system(system):
    assert check_system(system) == ()
    text = dump_piece(system)
    again = parse_system(text)
    assert again == system
    assert again.hash == system.hash
    assert dump_piece(again) == text


@SLOW
@given(before=SOUND, after=SOUND)
def test_a_written_change_reads_back_and_keeps_the_remark_at_the_top(before, after, tmp_path):
    # Replacing the file whenever an edit is difficult would pass the first assertion and fail the second.
    path = tmp_path / "worksystem.yaml"
    path.write_text("# written by a person\n\n" + dump_piece(before), encoding="utf-8")
    write_system(path, after)
    text = path.read_text(encoding="utf-8")
    assert parse_system(text) == after
    assert text.startswith("# written by a person\n\n")


@SLOW
@given(before=SOUND, after=SOUND)
def test_differences_as_patches_make_the_one_of_the_other(before, after):
    frozen = before.model_dump_json()
    found = differences(before, after)
    assert patched(before, patches_of(found)) == after
    assert before.model_dump_json() == frozen
    assert (found == ()) == (before == after)
    assert bool(in_words(before, after)) == bool(found)


@SLOW
@given(system=SOUND)
def test_a_system_does_not_differ_from_itself(system):
    assert differences(system, system.model_copy()) == ()


@SLOW
@given(data=systems())
def test_the_schema_takes_what_the_reader_takes(data):
    SCHEMA.validate(json.loads(json.dumps(data)))


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False), TEXT, st.just([]), st.just({}),
    st.just([[1]]), st.just({"a": 1}), st.just([None]), st.just({"value": "x"}), st.just({"quantiles_h": [None, "x"]}),
)  # fmt: skip


def places(value, place=()):
    """Every place in plain data."""
    yield place
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield from places(entry, (*place, step))


@SLOW
@given(data=systems(), choice=st.data())
def test_junk_anywhere_gives_faults_in_four_parts_or_a_system(data, choice):
    place = choice.draw(st.sampled_from([place for place in places(data) if place]))
    holder = data
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = choice.draw(JUNK)
    try:
        parse_system(json.dumps(data))
    except WorkSystemError as error:
        for fault in error.faults:
            assert fault.where.startswith("worksystem.yaml:")
            assert all((fault.code.startswith("LW-WS-0"), fault.expected, fault.found, fault.do))
            assert not any(
                word in str(fault) for word in ("Input should", "pydantic", "Value error", "could not convert")
            )


@SLOW
@given(system=SOUND, names=st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_no_problem(system, names):
    routes, roles = list(system.work.routes), list(system.social.roles)
    names.shuffle(routes)
    names.shuffle(roles)
    turned = system.model_copy(
        update={
            "work": system.work.model_copy(update={"routes": tuple(routes)}),
            "social": system.social.model_copy(update={"roles": tuple(roles)}),
        }
    )
    assert check_system(turned) == ()
    assert patched(system, patches_of(differences(system, turned))) == turned


@pytest.mark.parametrize(
    "text",
    [
        "a: b",
        "a #b",
        "- a",
        "true",
        "~",
        "0x1F",
        "1_000",
        "2025-01-01",
        "é\u2028b",
        "\x85",
        "\x7f",
        "a ",
        " a",
        "a\\",
        '"',
        "",
    ],
)
def test_awkward_text_reads_back(text):
    for place in (
        {"id": "a", "name": text},
        {"id": "a", "assumptions": [{"id": "b", "statement": text, "source": text}]},
    ):
        system = WorkSystem.model_validate(place)
        assert parse_system(dump_piece(system)) == system
