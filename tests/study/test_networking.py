from __future__ import annotations

import numpy as np

from longwall.discovery import Claim, Formal, Group, GroupPair, Network, Networks, ThinStep
from longwall.evidence import LINKS, Organisation, SystemComponent
from longwall.study.networking import formal_of, networks_rows, with_organisation
from longwall.worksystem import Link, Role, Social, Team, WorkSystem

FOUND = Networks(
    teams=Network(
        groups=(Group(id="desk", name="Desk", people=9, betweenness=0.5), Group(id="lab", name="Lab", people=3)),
        pairs=(GroupPair(one="desk", other="lab", forth=4, back=2, joint_cases=5, in_log=False, on_paper=True,
                         needed=True),),
    ),
    claims=(Claim(kind="carriers", where=("desk", "lab"), statement="Half of it goes through 2 of 9 people of Desk.",
                  observed=2, expected=4, of=9, unit="people", p=0.001, adjusted=0.012),),
    thin=(ThinStep(function="restore", did=1, of=9, teams=("desk",)),),
    congruence=0.3,
    tests=12,
)  # fmt: skip


def system(*links: Link) -> WorkSystem:
    teams = (Team(id="desk", name="Service desk"), Team(id="lab"))
    roles = (Role(id="agent", team="desk"), Role(id="chemist", team="lab"))
    return WorkSystem(id="s", social=Social(teams=teams, roles=roles, links=links))


def test_only_formal_links_are_on_paper_and_a_role_stands_for_its_team():
    told = formal_of(
        system(Link(source="agent", target="lab"), Link(source="lab", target="desk", kind="informs", formal=False)),
        {"desk": "DESK (log)", "lab": "lab"},
    )
    assert told.links == (("DESK (log)", "lab"),)
    assert told.teams == ("DESK (log)", "lab")


def test_a_team_that_only_the_log_knows_is_not_on_paper_and_one_that_people_added_is():
    assert formal_of(system(), {"desk": "Desk"}).teams == ("lab",)


def test_a_catalogue_of_the_organisation_stands_beside_the_model():
    """The owner of the shop is the desk, which the platform is above; the shop needs the database of the lab."""

    def component(name: str, owner: int) -> SystemComponent:
        return SystemComponent(name, "component", name, owner, False)

    given = Organisation(
        teams=("Desk", "Lab", "Platform"), roles=(), parent=np.array([2, -1, -1]), log_team=np.array([0, -1, -1]),
        members=np.array([[0, 0], [1, 1]]), person_role=np.array([-1, -1]), person_hours=np.array([np.nan, np.nan]),
        person_resource=np.array([1, -1]),
        components=(component("shop", 0), component("database", 1), component("old", -1)),
        links=np.array([[0, 1, LINKS.index("depends_on")], [0, 2, 0], [1, 0, LINKS.index("part_of")]]),
    )  # fmt: skip
    told = with_organisation(Formal(teams=("Field",), links=(("Field", "Desk"),)), given, 3)
    assert told.teams == ("Desk", "Lab", "Platform", "Field")
    assert told.team_of.tolist() == [-1, 0, -1]
    assert told.links == (("Field", "Desk"), ("Desk", "Platform"))
    assert told.depends == (("Desk", "Lab"),)


def test_the_table_says_what_is_claimed_and_of_how_many():
    rows, notes = networks_rows(FOUND.model_dump(mode="json"))
    assert rows == [("desk", "lab", 4, 2, 5, "paper only", "yes", "")]
    text = "\n".join(notes)
    assert "2 of 9 people of Desk. (adjusted p 0.012)" in text
    assert "restore: 1 of 9 in desk did this in the last 90 days" in text
    assert "of the pairs of people whose steps depend on each other, about 30%" in text
    _, without = networks_rows(FOUND.model_copy(update={"claims": ()}).model_dump(mode="json"))
    assert "claimed: nothing; 12 tests, none beyond chance after correction" in without
