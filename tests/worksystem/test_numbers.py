"""The numbers of a work system: all of them, each at the place that it names."""

from __future__ import annotations

from longwall.worksystem import WorkSystem, numbers_in, parse_system, put_number

from .conftest import DESK

BASE = parse_system(DESK)


def test_every_number_stands_where_its_place_says() -> None:
    found = list(numbers_in(BASE))
    assert {number.path for number in found} >= {"work.demand.incident.per_week", "work.functions.triage.work_h"}
    for number in found:
        data = BASE.model_dump()
        put_number(data, number.place, number.value)
        assert WorkSystem.model_validate(data) == BASE
        put_number(data, number.place, number.value.model_copy(update={"source": "elsewhere"}))
        changed = {one.path for one in numbers_in(WorkSystem.model_validate(data)) if one.value.source == "elsewhere"}
        assert changed == {number.path}


def test_defaults_and_fields_are_left_out_where_that_is_asked_for() -> None:
    every = {number.path for number in numbers_in(BASE)}
    said = {number.path for number in numbers_in(BASE, set_only=True)}
    assert "work.functions.triage.work_h" in said < every
    assert {number.path for number in numbers_in(BASE, without=frozenset({"functions"}))} == {
        path for path in every if not path.startswith("work.functions.")
    }
