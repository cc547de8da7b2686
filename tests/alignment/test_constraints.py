"""Constraints filter: no design that breaks one is ever tried or returned, and each refusal names every one of them.

The check is a second implementation, written from the docstring of `Constraint` alone.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.alignment import Alignment, Budget, Sample, search
from longwall.alignment.known.stations import Stations
from longwall.alignment.space import Space
from longwall.errors import AlignmentError
from longwall.worksystem import (
    Constraint,
    Environment,
    Forecast,
    Intervention,
    Parameter,
    Patch,
    Route,
    WorkSystem,
    apply,
)

TINY = Budget(search=60, frozen=4, fresh=8, effect=4, draws=2, draw_replications=2)


class Watched(Stations):
    """Three small stations whose simulator keeps every system that it was asked about."""

    def __init__(self) -> None:
        super().__init__(crews=(4, 6, 3), most_more=1)
        self.asked: dict[str, WorkSystem] = {}

    def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
        self.asked[system.hash] = system
        return super().sample(system, seed=seed, replications=replications)

    def confirm(self, system: WorkSystem, *, design: str, seed: int, replications: int) -> tuple[Sample, Forecast]:
        self.asked[system.hash] = system
        return super().confirm(system, design=design, seed=seed, replications=replications)


def change(name: str, *patches: Patch) -> Intervention:
    return Intervention(
        id=name, title=name, kind="work", lever="none", cost=Parameter(value=1.0), patches=patches
    )  # fmt: skip


CHANGES = (
    change("level-5", Patch(path="work.functions.s0.allocation.level", value=5)),
    change("level-8", Patch(path="work.functions.s0.allocation.level", value=8)),
    change("share", Patch(path="work.functions.s1.roles", op="add", value="crew-s0")),
    change("other", Patch(path="work.functions.s0.roles", value=["crew-s1"])),
    change("bypass", Patch(path="work.routes.start->s0.probability", value={"value": 0.5}),
           Patch(path="work.routes", op="add", value={"source": "start", "target": "s1", "probability": 0.5})),
    change("fewer", Patch(path="social.roles.crew-s2.shifts.0.people", value=2.0)),
    change("third-0", Patch(path="work.functions.s0.roles", op="add", value="crew-s2")),
    change("third-1", Patch(path="work.functions.s1.roles", op="add", value="crew-s2")),
    change("drill", Patch(path="work.functions.s0.drills_per_year", value={"value": 6.0})),
)  # fmt: skip

FUNCTIONS = st.lists(st.sampled_from(["s0", "s1", "s2"]), max_size=2, unique=True).map(tuple)
ROLES = st.sampled_from(["crew-s0", "crew-s1", "crew-s2"])


@st.composite
def constraints(draw: Any) -> tuple[Constraint, ...]:
    kinds = st.sampled_from(["high", "low", "needs", "bans", "people", "apart", "passes", "drills", "fixed"])
    found = []
    for place, kind in enumerate(draw(st.lists(kinds, min_size=1, max_size=3))):
        told: dict[str, Any] = {"functions": draw(FUNCTIONS)}
        if kind == "high":
            told["highest_level"] = draw(st.integers(1, 9))
        elif kind == "low":
            told["lowest_level"] = draw(st.integers(1, 6))
        elif kind == "needs":
            told["requires_role"] = draw(ROLES)
        elif kind == "bans":
            told["forbids_roles"] = (draw(ROLES),)
        elif kind == "people":
            told |= {"requires_role": draw(ROLES), "least_people": draw(st.integers(2, 5))}
        elif kind == "apart":
            told["separates"] = draw(st.permutations(["s0", "s1", "s2"]))[:2]
        elif kind == "passes":
            told |= {"functions": ("s2",), "passes": (draw(st.sampled_from(["s0", "s1"])),)}
        elif kind == "drills":
            told["least_drills_per_year"] = draw(st.sampled_from([4.0, 12.0]))
        else:
            told["fixed"] = (draw(st.sampled_from(["work.functions.s0", "social.roles.crew-s2.shifts"])),)
        found.append(Constraint.model_validate({"id": f"c{place}", "source": "a rule", "why": "so"} | told))
    return tuple(found)


def ways(system: WorkSystem, seen: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every way through the routes that visits nothing twice."""
    if seen[-1] == "end":
        return [seen]
    ahead = [r.target for r in system.work.routes if r.source == seen[-1] and r.probability.value > 0]
    return [way for there in ahead if there not in seen for way in ways(system, (*seen, there))]


def marks(system: WorkSystem, rule: Constraint) -> dict[Any, float]:
    """How far a system breaks one rule, by place."""
    said: dict[Any, float] = {}
    for function in system.work.functions:
        if rule.functions and function.id not in rule.functions:
            continue
        level = function.allocation.level
        said[function.id, "high"] = level - (rule.highest_level or 10)
        said[function.id, "low"] = (rule.lowest_level or 1) - level
        for role in rule.forbids_roles:
            said[function.id, role, "ban"] = float(role in function.roles)
        if rule.functions and rule.requires_role:
            said[function.id, "need"] = float(rule.requires_role not in function.roles)
        if rule.least_drills_per_year and (rule.functions or level >= 5):
            said[function.id, "drill"] = rule.least_drills_per_year - function.drills_per_year.value
    if rule.least_people is not None and rule.requires_role:
        said["people"] = rule.least_people - sum(s.people for s in system.roles[rule.requires_role].shifts)
    for role in system.roles:
        said[role, "apart"] = sum(role in system.functions[name].roles for name in rule.separates) - 1
    for before in rule.passes:
        for after in rule.functions:
            around = [w for w in ways(system, ("start",)) if after in w and before not in w[: w.index(after)]]
            said[before, after] = float(bool(around))
    return {place: size for place, size in said.items() if size > 0}


def breaking(today: WorkSystem, rules: tuple[Constraint, ...], changes: tuple[Intervention, ...]) -> set[str]:
    """The rules that a design breaks and today does not, or breaks further."""
    system = apply(today, changes)
    paths = [patch.path for one in changes for patch in one.patches]
    found = set()
    for rule in rules:
        now, then = marks(today, rule), marks(system, rule)
        if any(size > now.get(place, 0.0) for place, size in then.items()):
            found.add(rule.id)
        if any(f"{path}.".startswith(f"{held}.") or f"{held}.".startswith(f"{path}.")
               for held in rule.fixed for path in paths):  # fmt: skip
            found.add(rule.id)
    return found


def in_space(chosen: tuple[str, ...], space: Space) -> bool:
    return set(space.settle(chosen)) == set(chosen)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(rules=constraints(), picked=st.lists(st.sampled_from(CHANGES), min_size=2, max_size=4, unique_by=lambda c: c.id))
def test_a_filtered_space_never_gives_a_design_that_breaks_a_constraint(
    rules: tuple[Constraint, ...], picked: list[Intervention]
) -> None:
    """Brute force over every subset; whatever is tried or returned is allowed, and refusals name exactly the rules."""
    stations = Watched()
    today = stations.system.model_copy(update={"environment": Environment(constraints=rules)})
    space = Space(picked)
    known = {one.id: one for one in picked}
    allowed, refused = {}, {}
    for size in range(len(picked) + 1):
        for names in combinations(known, size):
            if in_space(names, space):
                broken = breaking(today, rules, tuple(known[name] for name in names))
                system = apply(today, [known[name] for name in names])
                (refused if broken and names else allowed)[frozenset(names)] = (system.hash, broken)
    try:
        found = search(today, picked, seed=1, simulator=stations, budget=TINY, threads=1)
    except AlignmentError as error:
        assert [fault.code for fault in error.faults] == ["LW-AL-040"]
        return
    drawn = {system.hash for system in stations.asked.values() if system.id == today.id}
    assert not drawn & {tag for tag, _ in refused.values()}, "a refused design was simulated"
    for design in found.designs:
        assert frozenset(design.interventions) in allowed
    named: dict[frozenset[str], set[str]] = {}
    for one in found.rejected:
        named.setdefault(frozenset(one.interventions), set()).add(one.constraint)
    for names, constraints_named in named.items():
        assert refused[names][1] == constraints_named
    if found.conflict:
        every = [broken for names, (_, broken) in refused.items() if len(names) == 1]
        assert all(broken & set(found.conflict) for broken in every) and len(every) == len(picked)
        assert not any(
            all(broken & set(fewer) for broken in every)
            for fewer in combinations([rule.id for rule in rules], len(found.conflict) - 1)
        )


def test_what_takes_away_a_step_that_a_constraint_names_is_refused_by_that_constraint() -> None:
    stations = Watched()
    rule = Constraint(id="law", source="Act 7", why="is signed", functions=("s1",), requires_role="crew-s1")
    today = stations.system.model_copy(update={"environment": Environment(constraints=(rule,))})
    gone = change(
        "gone", Patch(path="work.functions.s1", op="remove"), Patch(path="work.routes.s0->s1", op="remove"),
        Patch(path="work.routes.s1->s2", op="remove"),
        Patch(path="work.routes", op="add", value=Route(source="s0", target="s2").model_dump(mode="json")),
    )  # fmt: skip
    found = search(today, [gone], seed=1, simulator=stations, budget=TINY)
    assert {one.constraint for one in found.rejected} == {"law"} and found.conflict == ("law",)


def test_changes_that_break_a_rule_only_together_are_never_tried_together() -> None:
    """Caught when designs are tried without asking: each change alone is allowed, both of them are not."""
    stations = Watched()
    rule = Constraint(id="apart", source="AC-5", why="so", separates=("s0", "s1"))
    today = stations.system.model_copy(update={"environment": Environment(constraints=(rule,))})
    picked = [one for one in CHANGES if one.id in ("third-0", "third-1")]
    found = search(today, picked, seed=1, simulator=stations, budget=TINY)
    assert [(set(one.interventions), one.constraint) for one in found.rejected] == [({"third-0", "third-1"}, "apart")]
    assert found.conflict == ()
    for system in stations.asked.values():
        assert not all("crew-s2" in system.functions[name].roles for name in ("s0", "s1"))


def test_a_design_cannot_lift_a_constraint() -> None:
    stations = Watched()
    rule = Constraint(id="law", source="Act 7", why="a person decides", functions=("s0",), highest_level=4)
    today = stations.system.model_copy(update={"environment": Environment(constraints=(rule,))})
    sly = change("sly", Patch(path="environment.constraints.law", op="remove"),
                 Patch(path="work.functions.s0.allocation.level", value=8))  # fmt: skip
    found: Alignment = search(today, [sly], seed=1, simulator=stations, budget=TINY)
    assert found.recommended == "today" and [one.constraint for one in found.rejected] == ["law"]


def test_the_smallest_set_that_refuses_every_candidate_is_named() -> None:
    """Three rules: one refuses the first two changes, one the third, one only the first."""
    stations = Watched()
    rules = (
        Constraint(id="a", source="A", why="a", functions=("s0",), highest_level=4),
        Constraint(id="b", source="B", why="b", functions=("s1",), forbids_roles=("crew-s0",)),
        Constraint(id="c", source="C", why="c", functions=("s0",), highest_level=7),
    )
    today = stations.system.model_copy(update={"environment": Environment(constraints=rules)})
    picked = [one for one in CHANGES if one.id in ("level-5", "level-8", "share")]
    found = search(today, picked, seed=1, simulator=stations, budget=TINY)
    assert found.conflict == ("a", "b") and "a, b" in found.cautions[0]


@pytest.mark.parametrize(
    "rules",
    [
        ({"functions": ["s0"], "highest_level": 4}, {"functions": ["s0"], "lowest_level": 6}),
        ({"functions": ["s0"], "requires_role": "crew-s0"}, {"functions": ["s0"], "forbids_roles": ["crew-s0"]}),
        ({"functions": ["s0", "s1"], "requires_role": "crew-s0"}, {"separates": ["s0", "s1"]}),
        ({"functions": ["s0"], "passes": ["s1"]}, {"functions": ["s1"], "passes": ["s0"]}),
        ({"fixed": ["work.functions.s0.allocation"]}, {"functions": ["s0"], "lowest_level": 6}),
    ],
)
def test_constraints_that_contradict_each_other_are_refused_with_the_smallest_set(
    rules: tuple[dict[str, Any], ...],
) -> None:
    stations = Watched()
    idle = {"functions": ["s2"], "highest_level": 9}
    every = [
        Constraint.model_validate({"id": f"c{place}", "source": f"rule {place}", "why": "so"} | told)
        for place, told in enumerate((idle, *rules))
    ]
    today = stations.system.model_copy(update={"environment": Environment(constraints=tuple(every))})
    with pytest.raises(AlignmentError, match="LW-AL-040") as caught:
        search(today, CHANGES, seed=1, simulator=stations, budget=TINY)
    assert "c1 (rule 1), c2 (rule 2)" in str(caught.value) and "c0" not in str(caught.value)
    for kept in product((True, False), repeat=2):
        if not all(kept):
            fewer = [every[0], *(rule for rule, keep in zip(every[1:], kept, strict=True) if keep)]
            search(
                today.model_copy(update={"environment": Environment(constraints=tuple(fewer))}), CHANGES[:1], seed=1,
                simulator=Watched(), budget=TINY,
            )  # fmt: skip
