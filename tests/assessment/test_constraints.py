"""Constraints held against the model and the log, and the smallest set that conflicts."""

from __future__ import annotations

from itertools import combinations
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.assessment import assess, avoiding, breaches, load_thresholds, refusing_all, smallest_conflict, states_of
from longwall.assessment.environment.constraints_in_log import counted_in_log
from longwall.assessment.view import View
from longwall.worksystem import WorkSystem
from longwall.worksystem.yamlfile import parse_system

NAMES = ("a", "b", "c", "d", "e")


@settings(deadline=None)
@given(st.lists(st.sets(st.sampled_from(NAMES), max_size=3), min_size=1, max_size=7))
def test_the_smallest_set_that_refuses_all_is_that_of_brute_force(refused_by: list[set[str]]) -> None:
    every = [set(c) for k in range(len(NAMES) + 1) for c in combinations(NAMES, k)]
    hitting = [kept for kept in every if all(one & kept for one in refused_by)]
    found = refusing_all(refused_by, NAMES)
    if not hitting:
        assert found == ()
    else:
        assert set(found) in hitting and len(found) == min(map(len, hitting))


def test_one_rule_that_refuses_all_goes_before_two_that_share_them() -> None:
    """Caught when only deletion is done, in the order of the rules: it leaves the other two."""
    assert refusing_all([{"a", "b"}, {"a", "c"}], ("a", "b", "c")) == ("a",)


def test_above_sixteen_the_set_is_irreducible() -> None:
    """Twenty items, of which any three of seven conflict."""
    items = [f"i{k}" for k in range(20)]
    found = smallest_conflict(items, lambda kept: sum(name in kept for name in items[::3]) < 3)
    assert len(found) == 3 and set(found) <= set(items[::3])


FLOW = ("a", "b", "c", "d")


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.sampled_from(("start", *FLOW)), st.sampled_from((*FLOW, "end"))), min_size=3, max_size=12))
def test_ways_around_are_those_of_brute_force(edges: set[tuple[str, str]]) -> None:
    system = WorkSystem.model_validate(
        {
            "id": "x",
            "work": {
                "demand": [{"id": "item"}],
                "functions": [{"id": name} for name in FLOW],
                "routes": [{"source": one, "target": other} for one, other in sorted(edges)],
            },
        }
    )

    def walks(seen: tuple[str, ...]) -> list[tuple[str, ...]]:
        ahead = [other for one, other in edges if one == seen[-1] and other not in seen]
        return [seen, *(walk for there in ahead for walk in walks((*seen, there)))]

    for passed in FLOW:
        for target in ("end", *FLOW):
            if passed != target:
                around = any(walk[-1] == target and passed not in walk for walk in walks(("start",)))
                assert bool(avoiding(system, passed, target)) == around


FORKED = """
id: x
work:
  demand: [{id: item}]
  functions: [{id: open}, {id: check}, {id: pack}, {id: ship}]
  routes:
    - {source: start, target: open}
    - {source: check, target: ship}
    - {source: pack, target: ship}
    - {source: ship, target: end}
  forks: [{id: f, after: open, branches: [check, pack], join: ship}]
"""


def test_an_item_that_forks_passes_every_branch() -> None:
    system = parse_system(FORKED)
    assert avoiding(system, "check", "ship") == () and avoiding(system, "pack", "end") == ()
    either = parse_system(FORKED.replace("{source: start, target: open}", "{source: start, target: pack}"))
    assert avoiding(either, "check", "ship") == ("item",)


DESK: dict[str, Any] = {
    "id": "desk",
    "social": {
        "teams": [{"id": "t"}],
        "roles": [{"id": "one", "team": "t", "shifts": [{"people": 4}]},
                  {"id": "two", "team": "t", "shifts": [{"people": 4}]}],
    },
    "work": {
        "demand": [{"id": "item", "per_week": 10}],
        "functions": [{"id": "approve", "roles": ["one"]}, {"id": "change", "roles": ["one", "two"]}],
        "routes": [{"source": "start", "target": "approve", "probability": 0.9},
                   {"source": "start", "target": "change", "probability": 0.1},
                   {"source": "approve", "target": "change"}, {"source": "change", "target": "end"}],
    },
}  # fmt: skip


def ruled(**rule: Any) -> WorkSystem:
    told = {"id": "rule", "source": "Act 7", "why": "so"} | rule
    return WorkSystem.model_validate(DESK | {"environment": {"constraints": [told]}})


@pytest.mark.parametrize(
    ("rule", "size", "said"),
    [
        ({"functions": ["change"], "lowest_level": 4}, 3, "change at level 1, at least 4 demanded"),
        ({"functions": ["approve"], "requires_role": "two"}, 1, "two must be eligible for approve"),
        ({"functions": ["change"], "forbids_roles": ["one"]}, 1, "one must not be eligible for change"),
        ({"requires_role": "one", "least_people": 6}, 2, "4 in one, at least 6 demanded"),
        ({"separates": ["approve", "change"]}, 1, "one must not do both approve and change"),
        ({"functions": ["change"], "passes": ["approve"]}, 1, "items of item can come to change without approve"),
        ({"functions": ["change"], "least_drills_per_year": 2}, 2, "practised 0 times a year, at least 2 demanded"),
    ],
)
def test_a_breach_of_today_is_a_finding_that_names_the_rule(rule: dict[str, Any], size: float, said: str) -> None:
    system = ruled(**rule)
    (found,) = breaches(system)
    assert found.size == size and said in found.words
    (finding,) = [one for one in assess(system).findings if one.kind == "constraint"]
    assert said in finding.statement and "Act 7" in finding.statement and finding.footing == "assumed"
    assert states_of(system)[0].broken == (found.words,)


def test_a_rule_that_is_kept_is_no_finding() -> None:
    system = ruled(functions=["change"], highest_level=4, requires_role="two")
    assert breaches(system) == () and not [one for one in assess(system).findings if one.kind == "constraint"]


def approvals(handmade: ModuleType, *, people: int, same: int, skipped: int, cases: int = 400) -> View:
    """A log in which `same` cases are approved and changed by one person, and `skipped` are never approved."""
    desk = handmade.Desk(20, 1)
    for number in range(cases):
        case, t = desk.case("x"), desk.office_h()
        who = number % people
        if number >= skipped:
            t = desk.do(case, "approve", f"p{who}", "t", t, t + 0.1)
        elif number % 2:  # too late: approved once it is done
            desk.do(case, "approve", f"p{who}", "t", t + 9, t + 9.1)
        other = who if skipped <= number < skipped + same else (who + 1) % people
        t = desk.do(case, "change", f"p{other}", "t", t + 1, t + 1.2)
    system = WorkSystem.model_validate(
        DESK | {"environment": {"constraints": [
            {"id": "apart", "source": "AC-5", "why": "so", "separates": ["approve", "change"]},
            {"id": "first", "source": "CM-3", "why": "so", "functions": ["change"], "passes": ["approve"]},
        ]}}
    )  # fmt: skip
    return View(desk.log(), system, load_thresholds())


def test_broken_rules_are_counted_on_items(handmade: ModuleType) -> None:
    view = approvals(handmade, people=8, same=30, skipped=12)
    apart, first = counted_in_log(view, states_of(view.system))
    assert (apart.items, apart.of_items) == (30, 394) and apart.in_log is not None
    assert apart.in_log.low < 30 / 394 < apart.in_log.high
    assert (first.items, first.of_items) == (12, 400)
    kept = counted_in_log(clean := approvals(handmade, people=8, same=0, skipped=0), states_of(clean.system))
    assert [state.items for state in kept] == [0, 0]
    found = [one for one in assess(view.system, log=view.log).findings if one.id.endswith("-in-log")]
    assert [one.footing for one in found] == ["counted", "counted"] and "30 items" in found[0].statement


def test_what_would_be_the_count_of_a_few_is_withheld(handmade: ModuleType) -> None:
    """Four people: the count of items would be a count of theirs; the order of steps is the item's and stays."""
    view = approvals(handmade, people=4, same=30, skipped=12)
    apart, first = counted_in_log(view, states_of(view.system))
    assert apart.in_log is None and apart.items == 0 and apart.log_says.startswith("withheld")
    assert first.items == 12
    assert "30" not in str([one.statement for one in assess(view.system, log=view.log).findings if "apart" in one.id])
