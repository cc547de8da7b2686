"""The organisation: people as in the log, references of a catalog, hours for groups of five or more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.evidence import (
    LINKS,
    Organisation,
    ingest,
    ingest_organisation,
    pseudonym,
    read_log,
    read_organisation,
    team_hours,
)
from longwall.evidence.catalog import entity_id
from longwall.evidence.people_names import aliases_of, spellings

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"
LOG = "case,activity,resource,team,time\n" + "".join(
    f"{n},A,{who},network,2026-03-02 0{n}:00\n"
    for n, who in enumerate(["kim.passa@example.org", "Lee Ann", "bo.ek", "Stranger One"])
)
STAFF = (
    "Person;E-Mail;Team;Department;Job Title;FTE\n"
    "Kim Passa;kim.passa@example.org;Network;Operations;Analyst;1\n"
    "Ann Lee;;Network;Operations;Analyst;0,5\n"
    "Bo Ek;;Desktop;Operations;Lead of Bo Ek;0,8\n"
    "Bo Ek;;Network;Operations;;0,2\n"
)
CATALOG = """
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: Net, namespace: it, title: NETWORK}
spec: {type: team, children: [], members: [bo]}
---
- apiVersion: backstage.io/v1alpha1
  kind: User
  metadata: {name: bo, namespace: it}
  spec: {profile: {displayName: Bo Ek}, memberOf: [net, 'group:default/guests']}
- apiVersion: backstage.io/v1alpha1
  kind: Component
  metadata: {name: billing}
  spec: {owner: 'group:it/net', system: money, dependsOn: ['resource:ledger', 'component:default/mail'],
         providesApis: [pay], consumesApis: ['API:Default/Post']}
- {apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: mail}, spec: {owner: 'user:it/bo'}}
- {apiVersion: backstage.io/v1alpha1, kind: Resource, metadata: {name: ledger}, spec: {}}
- {apiVersion: backstage.io/v1alpha1, kind: API, metadata: {name: pay}, spec: {owner: nobody-yet}}
- {apiVersion: backstage.io/v1alpha1, kind: API, metadata: {name: post}, spec: {owner: guests}}
- {apiVersion: backstage.io/v1alpha1, kind: System, metadata: {name: money}, spec: {owner: guests}}
- {apiVersion: backstage.io/v1alpha1, kind: Template, metadata: {name: t}, spec: {owner: guests}}
"""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A log, and the organisation of both files, in either order of reading."""
    folder = tmp_path_factory.mktemp("organisation")
    (folder / "log.csv").write_text(LOG)
    (folder / "staff.csv").write_text(STAFF)
    (folder / "catalog-info.yaml").write_text(CATALOG)
    ingest(folder / "log.csv", folder / "log.duckdb", key=KEY)
    for name, order in (("one", (0, 1)), ("other", (1, 0))):
        shutil.copyfile(folder / "log.duckdb", folder / name)
        for number in order:
            file, told = (("staff.csv", {"decimal": ","}), ("catalog-info.yaml", {}))[number]
            ingest_organisation(folder / file, folder / name, key=KEY, mapping=told)
    return folder / "one", folder / "other"


def both(store: Path) -> Organisation:
    found = read_organisation(store)
    assert found is not None
    return found


def test_staff_and_catalog_are_put_together(stores: tuple[Path, Path]) -> None:
    found = both(stores[0])
    assert found.teams == ("Network", "Operations", "Desktop", "guests", "nobody-yet")
    assert [found.teams[p] if p >= 0 else "" for p in found.parent] == ["Operations", "", "Operations", "", ""]
    assert found.log_team.tolist() == [0, -1, -1, -1, -1]
    assert found.n_people == 3 and found.head_counts.tolist() == [3, 0, 1, 1, 0]
    assert found.roles == ("Analyst", "Lead of a person")
    assert found.person_role.tolist() == [0, 0, 1]
    np.testing.assert_allclose(found.person_hours, [40, 20, 40])
    names = [one.name for one in found.components]
    assert names == ["billing", "mail", "ledger", "pay", "post", "money"]
    owners = [found.teams[one.owner] if one.owner >= 0 else one.owned_by_person for one in found.components]
    assert owners == ["Network", True, False, "nobody-yet", "guests", "guests"]
    links = {(names[a], LINKS[link], names[b]) for a, b, link in found.links}
    assert links == {("billing", "depends_on", "ledger"), ("billing", "depends_on", "mail"),
                     ("billing", "provides", "pay"), ("billing", "consumes", "post"),
                     ("billing", "part_of", "money")}  # fmt: skip


def test_people_are_those_of_the_log_under_any_of_their_names(stores: tuple[Path, Path]) -> None:
    """The log writes an address, the surname first, and an account."""
    found = both(stores[0])
    log = read_log(stores[0])
    assert found.person_resource.tolist() == [0, 1, 2] and log.n_resources == 4
    team, role = found.resource_team(4), found.resource_role(4)
    assert [found.teams[t] if t >= 0 else "" for t in team] == ["Network", "Network", "Desktop", ""]
    assert role.tolist() == [0, 0, 1, -1]


def test_the_order_of_sources_changes_numbers_only(stores: tuple[Path, Path]) -> None:
    one, other = both(stores[0]), both(stores[1])
    for left, right in ((one, other), (other, one)):
        belongs = {(left.person_resource[p], left.teams[t].casefold()) for p, t in left.members}
        assert belongs == {(right.person_resource[p], right.teams[t].casefold()) for p, t in right.members}
        assert {one.id for one in left.components} == {one.id for one in right.components}
        known = dict(zip(left.person_resource, left.person_hours, strict=True))
        assert known == dict(zip(right.person_resource, right.person_hours, strict=True))


def test_no_store_and_no_organisation(tmp_path: Path, write: Put) -> None:
    store = tmp_path / "evidence.duckdb"
    ingest(write(LOG), store, key=KEY)
    assert read_organisation(store) is None


@pytest.mark.parametrize(
    ("text", "kind", "namespace", "found"),
    [
        ("billing", "component", "default", ("component", "component:default/billing")),
        ("Group:IT/Net", "user", "default", ("group", "group:it/net")),
        ("it/net", "group", "default", ("group", "group:it/net")),
        ("resource:ledger", "component", "it", ("resource", "resource:it/ledger")),
        ("", "component", "default", None),
        ("a:b:c", "component", "default", None),
        ("a/b/c", "component", "default", None),
    ],
)
def test_references(text: str, kind: str, namespace: str, found: tuple[str, str] | None) -> None:
    assert entity_id(text, kind, namespace) == found


def test_spellings_and_names_that_two_people_share() -> None:
    assert spellings("Kim  Passa")[:4] == ("Kim Passa", "Passa, Kim", "Passa Kim", "Kim.Passa")
    assert set(spellings("Passa, Kim")) > {"Kim Passa", "kim.passa"}
    assert spellings("Kim.P@example.org") == ("Kim.P@example.org", "Kim.P", "kim.p@example.org", "kim.p")
    hidden = {name: pseudonym(KEY, name) for name in ("Kim Passa", "Kim Other")}
    aliases, shared = aliases_of({hidden["Kim Passa"]: ["Kim Passa", "kim@a.org"],
                                  hidden["Kim Other"]: ["Kim Other", "kim@b.org"]}, KEY)  # fmt: skip
    assert shared == 1
    for person, address in (("Kim Passa", "kim@a.org"), ("Kim Other", "kim@b.org")):
        own = aliases[hidden[person]]
        assert pseudonym(KEY, address) in own and pseudonym(KEY, "kim") not in own


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.floats(1, 60))), min_size=1, max_size=40))
def test_hours_are_never_those_of_fewer_than_five(people: list[tuple[int, float | None]]) -> None:
    n = len(people)
    organisation = Organisation(
        ("A", "B", "C", "D", "E"), (), np.array([-1, 0, 0, 3, -1], dtype=np.int32), np.full(5, -1, dtype=np.int32),
        np.array([(p, team) for p, (team, _) in enumerate(people)], dtype=np.int32), np.full(n, -1, dtype=np.int32),
        np.array([np.nan if h is None else h for _, h in people]), np.full(n, -1, dtype=np.int32), (),
        np.zeros((0, 3), dtype=np.int32),
    )  # fmt: skip
    shown = team_hours(organisation)
    assert all(people >= 5 for people in shown.people)
    counted = sum(h is not None for _, h in people)
    left_out = counted - int(shown.people.sum())
    assert not shown.groups or left_out == 0 or left_out >= 5
    if len(shown.groups) == 5:
        hours = [h for _, h in people if h is not None]
        assert float((shown.mean_h * shown.people).sum()) == pytest.approx(sum(hours))
