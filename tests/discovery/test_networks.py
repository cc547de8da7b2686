from __future__ import annotations

import dataclasses
import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.discovery.conftest import build

from longwall.discovery import Formal, networks
from longwall.discovery.congruence import congruence, depending_functions, needed_coordination, together
from longwall.discovery.networks_claims import pairs_to_test
from longwall.discovery.networks_formal import elsewhere_of, thin_steps
from longwall.discovery.networks_graph import betweenness, communities, links, modularity, reciprocity
from longwall.discovery.networks_null import Events, between_teams, events_of, null_of
from longwall.errors import DiscoveryError
from longwall.evidence.disclosure import coarse_count
from longwall.streams import generator

TEAMS = ("desk", "field")


def passing(cases, *, desk=8, field=7, partner=0.0, few=0.0, cross=0.7, seed=1, gap_h=3.0):
    """A log in which the desk takes a case, some cases go to the field and some of these come back."""
    rng = generator(seed, "networks", "test")
    rows = []
    for case in range(cases):
        at = 9.0 + case * gap_h
        crosses = rng.random() < cross
        who = int(rng.integers(0, desk))
        if crosses and rng.random() < few:
            who = 0
        rows.append((case, "take", f"d{who}", "desk", at, at + 0.1))
        if not crosses:
            continue
        other = who % field if rng.random() < partner else int(rng.integers(0, field))
        rows.append((case, "visit", f"f{other}", "field", at + 0.5, at + 0.6))
        if rng.random() < 0.5:
            rows.append((case, "close", f"d{int(rng.integers(0, desk))}", "desk", at + 1, at + 1.1))
    return build(rows)


def home_of(log):
    return np.asarray(log.resource_team, dtype=np.int64)


def laid_out(log):
    events = events_of(log, home_of(log), len(log.teams), seed=0)
    one, other = pairs_to_test(events)
    return events, between_teams(events, one, other, depending_functions(log))


# Congruence


def test_needed_coordination_by_hand():
    """Ann does task 0, Bo task 1, Cy tasks 1 and 2; only task 1 depends on task 0. Ann must talk to Bo and to Cy."""
    assigned = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 1]], dtype=bool)
    depends = np.zeros((3, 3), dtype=bool)
    depends[0, 1] = True
    needed = needed_coordination(assigned, depends)
    assert needed.tolist() == [[False, True, True], [True, False, False], [True, False, False]]
    talk = np.zeros((3, 3), dtype=bool)
    talk[0, 1] = talk[1, 0] = talk[1, 2] = talk[2, 1] = True
    assert congruence(needed, talk) == 0.5  # of two pairs one; that Bo and Cy talk without need adds nothing
    assert congruence(np.zeros((3, 3), dtype=bool), talk) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=40))
def test_together_counts_cases_as_sets_do(events):
    events = sorted(events, key=lambda event: event[0])
    case, member = (np.array([event[k] for event in events], dtype=np.int64) for k in (0, 1))
    groups = [{m for c, m in events if c == number} for number in range(7)]
    expected = [[sum({a, b} <= group for group in groups) for b in range(5)] for a in range(5)]
    assert together(case, member, 5).tolist() == expected


def test_functions_depend_where_one_often_follows_the_other(make_log, path_of):
    log = make_log([*itertools.chain.from_iterable(path_of(k, "A", "B", "C", at=10.0 * k) for k in range(30)),
                    *path_of(99, "A", "C", at=400.0)])  # fmt: skip
    depends = depending_functions(log)
    a, b, c = (log.activities.index(name) for name in "ABC")
    assert depends[a, b] and depends[b, c] and depends[b, a]
    assert not depends[a, c]  # once is not often


# Networks of groups


def test_who_stands_between_others():
    passed = np.array([[0, 20, 0], [0, 0, 20], [0, 0, 0]])
    assert links(passed).tolist() == [[False, True, False], [False, False, True], [False, False, False]]
    # Of the two ordered pairs of others one has a way, and it leads over the middle (Freeman).
    assert betweenness(links(passed)).tolist() == [0.0, 0.5, 0.0]


def test_reciprocity_by_hand():
    # 10 forth and 4 back: of 14 handovers, 4 + 4 are answered; the diagonal does not count.
    assert reciprocity(np.array([[50, 10], [4, 0]])) == pytest.approx(8 / 14)
    assert reciprocity(np.zeros((2, 2), dtype=np.int64)) == 0.0


def test_two_cliques_are_two_communities_with_the_known_modularity():
    passed = np.kron(np.eye(2, dtype=np.int64), 5 * (1 - np.eye(3, dtype=np.int64)))
    community = communities(passed)
    assert community.tolist() == [0, 0, 0, 1, 1, 1]
    # Two communities of equal weight and nothing between: 1 - 1/2 (Newman).
    assert modularity((passed + passed.T).astype(float), community) == pytest.approx(0.5)


# The null


def test_the_null_keeps_who_does_what_in_which_cell():
    log = passing(200)
    events, _ = laid_out(log)
    cell = events.function * 168 + log.local_week_hour(log.end_h).astype(np.int64)
    for begin, stop in itertools.pairwise(events.bounds):
        rows = events.order[begin:stop]
        assert np.unique(cell[rows]).size == 1
        assert np.unique(events.team[rows]).size == 1
        assert rows.size <= 12


@pytest.mark.parametrize("seed", range(4))
def test_what_is_observed_agrees_with_counting_by_hand(seed):
    """A second implementation, with dictionaries instead of compiled loops."""
    log = passing(150, seed=seed, partner=0.3)
    events, between = laid_out(log)
    observed = null_of(events, between, permutations=19, seed=0).observed[0]
    home = home_of(log)
    desk, pairs, back, seen = Counter(), Counter(), 0, 0
    for case in range(log.n_cases):
        rows = range(int(log.offsets[case]), int(log.offsets[case + 1]))
        who = [int(log.resource[row]) for row in rows]
        teams = [int(home[person]) for person in who]
        first = next((k for k in range(len(who) - 1) if teams[k] != teams[k + 1]), None)
        if first is None:
            continue
        pair = sorted((who[first], who[first + 1]), key=lambda person: home[person])
        desk[pair[0]] += 1
        pairs[tuple(pair)] += 1
        if len(who) == 3:
            seen += 1
            back += who[0] == who[2]

    def half(counts):
        ranked = np.cumsum(sorted(counts.values(), reverse=True))
        return int(np.argmax(2 * ranked >= ranked[-1])) + 1

    assert observed[0] == half(desk)
    assert observed[2] == half(pairs)
    assert observed[3] == back
    assert observed[5] == len(pairs)  # every pair of these people depends on each other
    assert int((between.back_test == 0).sum()) == seen


def test_p_values_are_those_of_chance_where_nothing_is_planted():
    """Of 60 logs with two free tests each, p <= 0.2 must occur in about a fifth.

    120 draws: outside 11 to 40 with probability below 0.2% (binomial, .2). A null that dealt people out over all hours
    and functions would still pass here; one that left people in place would not.
    """
    p = []
    for seed in range(60):
        events, between = laid_out(passing(120, seed=seed, gap_h=168.0 / 60))
        p += null_of(events, between, permutations=99, seed=seed).p[0, [2, 3]].tolist()
    small = int((np.array(p) <= 0.2).sum())
    assert 11 <= small <= 40


def test_no_p_value_is_zero_and_the_same_seed_gives_the_same_bits():
    events, between = laid_out(passing(300, partner=1.0))
    first, again = (null_of(events, between, permutations=99, seed=3) for _ in range(2))
    assert np.array_equal(first.p, again.p, equal_nan=True)
    assert np.nanmin(first.p) == pytest.approx(0.01)
    other = null_of(events, between, permutations=99, seed=4)
    assert not np.array_equal(first.expected, other.expected)


# Claims


def test_planted_partners_are_claimed_and_nothing_else_of_who_carries():
    found = networks(passing(1500, partner=0.6), seed=0)
    kinds = {claim.kind for claim in found.claims}
    assert "fixed-pairs" in kinds
    assert "carriers" not in kinds
    claim = next(claim for claim in found.claims if claim.kind == "fixed-pairs")
    assert set(claim.where) == set(TEAMS)
    assert claim.observed < claim.expected / 1.2
    assert claim.p <= claim.adjusted <= 0.05


def test_a_planted_broker_is_claimed_as_a_count():
    """Person 0 takes in most of what crosses, and little of what stays: a count is told, nobody is named."""
    found = networks(passing(1500, few=0.6, cross=0.3), seed=0)
    claim = next(claim for claim in found.claims if claim.kind == "carriers")
    assert claim.where[0] == "desk"
    assert claim.observed == 1
    assert claim.of == 8
    assert "go through 1 of 8 people of desk" in claim.statement


def test_a_small_log_claims_nothing_even_where_it_is_so():
    found = networks(passing(40, partner=1.0, few=0.5), seed=0)
    assert found.claims == ()
    assert found.tests == 0
    assert any("nothing is claimed" in caution for caution in found.cautions)


def test_nothing_is_claimed_where_nothing_is_planted():
    assert networks(passing(800), seed=0).claims == ()


# Rule of five


def test_of_a_team_of_four_nothing_is_said_but_what_passes():
    log = passing(900, field=4, partner=1.0)
    found = networks(log, seed=0)
    field = next(group for group in found.teams.groups if group.id == "field")
    assert field.people == 4
    assert field.hands_on > 0
    assert field.betweenness is None
    pair = found.teams.pairs[0]
    assert pair.met_share is None
    assert not [claim for claim in found.claims if claim.where[0] == "field" or claim.kind in ("fixed-pairs", "unmet")]


def test_who_is_who_cannot_be_in_the_result():
    """Renumbering all people of a team changes no word and no number: the result knows none of them."""
    log = passing(600, partner=0.5)
    turned = np.roll(np.arange(log.n_resources), 1)
    renamed = dataclasses.replace(
        log,
        resource=turned[log.resource].astype(np.int32),
        resource_team=log.resource_team[np.argsort(turned)],
    )
    first, other = (networks(one, seed=0, permutations=19) for one in (log, renamed))
    assert first.teams == other.teams
    assert first.congruence == other.congruence
    assert first.thin == other.thin


@pytest.mark.parametrize("teams", [True, False], ids=["teams of the log", "teams found"])
def test_two_reports_around_one_person_tell_nothing_exact_of_them(teams):
    """With and without one person: every number about people lies on a grid, or is a head-count."""
    log = passing(900, partner=0.5)
    if not teams:
        nobody = np.full_like(log.team, -1)
        log = dataclasses.replace(log, teams=(), team=nobody, resource_team=np.full_like(log.resource_team, -1))
    gone = dataclasses.replace(log, resource=np.where(log.resource == 2, -1, log.resource).astype(np.int32))
    for one in (log, gone):
        found = networks(one, seed=0)
        shares = [found.congruence, *(pair.met_share for pair in found.teams.pairs)]
        shares += [n for claim in found.claims if claim.unit == "share" for n in (claim.observed, claim.expected)]
        assert all(share is None or share == round(share, 1) for share in shares)
        counts = [found.events, *(claim.expected for claim in found.claims if claim.unit == "pairs of people")]
        if not teams:
            counts += [n for pair in found.teams.pairs for n in (pair.forth, pair.back, pair.joint_cases)]
        assert all(int(n) < 10 or str(int(n))[1:].strip("0") == "" for n in counts)


# On paper


def test_formal_beside_actual():
    formal = Formal(teams=("Desk", "Lab", "Store"), links=(("desk", "Lab"), ("Lab", "Store")))
    found = networks(passing(120), seed=0, formal=formal)
    where = {(pair.one, pair.other): pair.where for pair in found.teams.pairs}
    assert where["desk", "field"] == "log only"
    assert where["desk", "lab"] == "paper only"
    assert where["lab", "store"] == "paper only"
    assert {group.id: group.on for group in found.teams.groups} == {
        "desk": "both", "field": "log", "lab": "paper", "store": "paper",
    }  # fmt: skip
    agreed = networks(passing(120), seed=0, formal=Formal(links=(("field", "desk"),)))
    assert agreed.teams.pairs[0].where == "both"
    assert networks(passing(120), seed=0).teams.pairs[0].where == "not known"


def test_components_make_their_owners_depend_on_each_other():
    formal = Formal(teams=("desk", "lab"), depends=(("lab", "desk"),))
    found = networks(passing(120), seed=0, formal=formal)
    gap = next(pair for pair in found.teams.pairs if "lab" in (pair.one, pair.other))
    assert gap.needed
    assert not gap.in_log


def test_memberships_on_paper_take_the_place_of_teams_that_the_log_does_not_name():
    log = passing(200)
    nameless = dataclasses.replace(
        log, teams=(), team=np.full_like(log.team, -1), resource_team=np.full_like(log.resource_team, -1)
    )
    found = networks(nameless, seed=0, formal=Formal(teams=log.teams, team_of=home_of(log)))
    assert [group.id for group in found.teams.groups] == list(log.teams)
    told, exact = found.teams.pairs[0], networks(log, seed=0).teams.pairs[0]
    assert found.teams.rounded
    # With one figure: the exact counts would tell what one person did, were that person forgotten.
    assert told.forth == coarse_count(exact.forth) != exact.forth
    assert told.back == coarse_count(exact.back)


@pytest.mark.parametrize(
    ("moved", "shown"),
    [(6, [(5, 15)]), (4, []), (0, [])],
    ids=["six are told", "four are not", "nobody moved"],
)
def test_members_who_work_elsewhere_are_counted_from_five(moved, shown):
    rows = [
        (10 * person + k, "take" if team == "desk" else "visit", f"{member}{person:02d}", team, float(k), float(k))
        for member, people in (("desk", 15), ("field", 9))
        for person in range(people)
        for team in [("field" if member == "desk" and person < moved else member)]
        for k in range(12)
    ]
    log = build(rows)
    member = np.array([0] * 15 + [1] * 9)
    found = elsewhere_of(log, member, log.teams, home_of(log))
    assert [(one.people, one.of) for one in found] == shown


def test_one_left_over_is_not_told_by_subtraction():
    """Of fifteen, eight stay, six moved to one team, one to another: six and eight would tell of the one."""
    rows, member = [], [0] * 15
    for person in range(15):
        team = "desk" if person < 8 else "field" if person < 14 else "lab"
        rows += [(20 * person + k, team, f"p{person:02d}", team, float(k), float(k)) for k in range(12)]
    log = build(rows)
    names = ("desk", "field", "lab")
    seen = np.array([names.index(log.teams[team]) for team in log.resource_team])
    found = elsewhere_of(log, np.array(member), names, seen)
    assert sum(one.people for one in found) in (0, 5)


def test_a_step_that_one_of_nine_did():
    rows = []
    for k in range(270):
        at = 24.0 * k
        rows.append((k, "answer", f"p{k % 9}", "desk", at, at + 1))
        if k >= 150:
            rows.append((k, "restore", "p3", "desk", at + 2, at + 3))
        rows.append((k, "bill", f"p{(k // 2) % 9}", "desk", at + 4, at + 5))
    log = build(rows)
    person = np.ones(log.n_resources, dtype=bool)
    found = thin_steps(log, log.team.astype(np.int64), person, log.teams)
    assert [(one.function, one.did, one.of, one.teams) for one in found] == [("restore", 1, 9, ("desk",))]
    four = build([row for row in rows if row[2] in ("p0", "p1", "p2", "p3")])
    assert thin_steps(four, four.team.astype(np.int64), person[:4], four.teams) == ()


# Bad input


def test_permutations_out_of_range_and_memberships_that_do_not_fit_are_errors():
    log = passing(30)
    with pytest.raises(DiscoveryError, match="LW-DI-080"):
        networks(log, seed=0, permutations=5)
    for wrong in (np.zeros(3, dtype=np.int64), np.full(log.n_resources, 7)):
        with pytest.raises(DiscoveryError, match="LW-DI-081"):
            networks(log, seed=0, formal=Formal(teams=("desk",), team_of=wrong))


def test_a_log_without_people_or_without_teams_shows_what_it_can():
    rows = [(k, name, None, team, k + 0.1 * n, k + 0.1 * n)
            for k in range(20) for n, (name, team) in enumerate((("take", "desk"), ("visit", "field")))]  # fmt: skip
    found = networks(build(rows), seed=0)
    assert found.teams.pairs[0].forth == 20
    assert found.congruence is None
    assert any("names no people" in caution for caution in found.cautions)
    bare = networks(build([(case, name, None, None, start, end) for case, name, _, _, start, end in rows]), seed=0)
    assert bare.teams.pairs == ()


def test_a_larger_log_is_sampled_by_whole_cases():
    log = passing(200)
    events = events_of(log, home_of(log), 2, seed=0, most=100)
    assert events.sampled
    assert isinstance(events, Events)
    assert 50 < events.case.size <= 100
    sizes = np.bincount(log.case)
    numbers, kept = np.unique(events.case, return_counts=True)
    assert (kept == sizes[numbers]).all()
