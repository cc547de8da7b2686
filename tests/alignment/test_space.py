"""Decisions drafted from contradictions; requirements; the smallest conflict is named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment.known.stations import Stations
from longwall.alignment.space import Decision, Space
from longwall.errors import AlignmentError
from longwall.worksystem import Intervention, Patch

STATIONS = Stations()
SPACE = Space(STATIONS.interventions)


def change(name: str, path: str, value: object = 1, op: str = "set", **more: object) -> Intervention:
    patch = Patch.model_validate({"op": op, "path": path, "value": value})
    return Intervention.model_validate(
        {"id": name, "title": name, "kind": "work", "lever": "x", "patches": (patch,), **more}
    )


def test_intensities_of_one_change_are_one_decision() -> None:
    assert [len(decision.choices) for decision in SPACE.decisions] == [7, 1, 7, 1, 7, 1]
    assert SPACE.size == 4096


@settings(deadline=None)
@given(st.lists(st.integers(0, 7), min_size=6, max_size=6))
def test_genes_and_designs_go_there_and_back(genes: list[int]) -> None:
    held = [min(gene, int(size) - 1) for gene, size in zip(genes, SPACE.sizes, strict=True)]
    design = SPACE.design(held)
    assert list(SPACE.genes(design)) == held
    near = SPACE.neighbours(np.array([held]))
    assert len(np.unique(near, axis=0)) == len(near) == sum(SPACE.sizes - 1)
    assert ((near != held).sum(axis=1) == 1).all() and (near < SPACE.sizes).all()


def test_adding_the_same_entry_twice_excludes_and_different_entries_go_together() -> None:
    one, same = change("a", "work.functions.f.roles", "r", "add"), change("b", "work.functions.f.roles", "r", "add")
    other, inside = change("c", "work.functions.f.roles", "q", "add"), change("d", "work.functions.f")
    space = Space([one, same, other, inside])
    assert not space.together("a", "b")
    assert space.together("a", "c")


def test_requirements_come_along() -> None:
    space = Space([change("a", "x"), change("b", "y", requires=("a",)), change("c", "x", 2)])
    assert space.settle(["b"]) == ("a", "b")
    assert SPACE.free and not space.free
    assert Space([change("a", "x"), change("b", "x", 2), change("c", "y")]).free
    assert not Space([change("a", "x"), change("c", "y")], fixed=["a"]).free
    assert space.settle(["c", "b"]) == ("c",)


def test_conflicts_are_named() -> None:
    with pytest.raises(AlignmentError, match="a -> b -> a"):
        Space([change("a", "x", requires=("b",)), change("b", "y", requires=("a",))])
    with pytest.raises(AlignmentError, match="which exclude each other"):
        Space([change("a", "x"), change("b", "y", requires=("a", "c")), change("c", "x", 2)])
    with pytest.raises(AlignmentError, match="LW-AL-007"):
        Space([change("a", "x", requires=("z",))])
    with pytest.raises(AlignmentError, match="LW-AL-006"):
        Space([change("a", "x"), change("a", "y")])
    with pytest.raises(AlignmentError, match="LW-AL-005"):
        Space([])


def test_stated_decisions_come_first_and_their_choices_exclude_each_other() -> None:
    known = [change("a", "x"), change("b", "y"), change("c", "z"), change("d", "x", 2), change("e", "w")]
    stated = [Decision("first", ("c", "b"), ordered=True), Decision("gone", ("unknown",))]
    space = Space(known, decisions=stated)
    assert space.decisions == (
        Decision("first", ("c", "b"), ordered=True), Decision("a", ("a", "d")), Decision("e", ("e",)),
    )  # fmt: skip
    assert not space.together("b", "c")
    assert list(space.sizes) == [3, 3, 2]


def test_what_is_fixed_stands_in_every_design_and_is_no_longer_open() -> None:
    known = [change("a", "x"), change("d", "x", 2), change("b", "y", requires=("e",)), change("e", "w")]
    space = Space(known, decisions=[Decision("one", ("a", "d")), Decision("two", ("b",))], fixed=("a", "b"))
    assert space.fixed == ("a", "b", "e")
    assert space.decisions == ()
    assert space.design([]) == space.settle(["d"]) == ("a", "b", "e")
    assert space.alone("b") == ("b", "e")
    part = Space(known, decisions=[Decision("one", ("a", "d")), Decision("two", ("b",))], fixed=("a",))
    assert [part.design(list(row)) for row in part.neighbours(part.genes(("a",))[None, :])] == [
        ("a", "b", "e"),
        ("a", "e"),
    ]
