"""Errors: one tree as drawn, four parts, all faults carried, also through a pickle."""

from __future__ import annotations

import pickle
import re

import pytest

from longwall import errors
from longwall.errors import Fault, LongwallError, WorkSystemError, suggestion

DRAWN = re.findall(r"[├└]── (\w+) \((\w+)\)\s+LW-(\w\w) ", errors.__doc__ or "")
FAULT = Fault("LW-WS-014", "worksystem.yaml:42  work.functions.triage.roles", "the id of a role", "'analist'", "use it")


def test_the_tree_is_the_one_that_is_drawn():
    classes = {name: getattr(errors, name) for name in errors.__all__ if name.endswith(("Error", "Part"))}
    assert {name for name, _, _ in DRAWN} == classes.keys() - {"LongwallError"}
    for name, builtin, _ in DRAWN:
        assert issubclass(classes[name], LongwallError)
        assert issubclass(classes[name], getattr(__import__("builtins"), builtin))


def test_no_two_classes_share_a_prefix_of_codes():
    prefixes = [prefix for _, _, prefix in DRAWN]
    assert len(DRAWN) == len(errors.__all__) - len(("Fault", "LongwallError", "suggestion"))
    assert len(set(prefixes)) == len(prefixes)


def test_a_fault_is_said_in_four_parts():
    assert str(FAULT) == (
        "LW-WS-014  worksystem.yaml:42  work.functions.triage.roles\n"
        "expected the id of a role, found 'analist'\n"
        "do: use it"
    )


def test_an_error_says_every_fault():
    other = Fault("LW-WS-005", "worksystem.yaml:7", "a key", "another", "remove it")
    error = WorkSystemError(FAULT, other)
    assert error.faults == (FAULT, other)
    assert str(error) == f"{FAULT}\n\n{other}"


def test_an_error_without_a_fault_is_a_mistake():
    with pytest.raises(TypeError, match="at least one fault"):
        WorkSystemError()


@pytest.mark.parametrize("name", [name for name, _, _ in DRAWN])
def test_an_error_survives_a_pickle(name):
    error = getattr(errors, name)(FAULT, FAULT)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.faults == error.faults


def test_a_suggestion_is_close_or_none():
    assert suggestion("analist", ["analyst", "lead"]) == "analyst"
    assert suggestion("xyz", ["analyst", "lead"]) is None
    assert suggestion("analyst", []) is None
