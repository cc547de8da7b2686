from __future__ import annotations

from longwall.discovery import Claim, Congruence, Group, GroupPair, Network, Networks, ThinStep
from longwall.study.networking import formal_of, networks_rows
from longwall.worksystem import Link, Role, Social, Team, WorkSystem

FOUND = Networks(
    teams=Network(
        groups=(Group(id="desk", name="Desk", people=9, betweenness=0.5), Group(id="lab", name="Lab", people=3)),
        pairs=(GroupPair(one="desk", other="lab", forth=4, back=2, joint_cases=5, in_log=False, on_paper=True,
                         needed=True),),
    ),
    claims=(Claim(kind="carriers", where=("desk", "lab"), statement="Half of it goes through 2 of 9 people of Desk.",
                  observed=2, expected=4, of=9, p=0.001, adjusted=0.012),),
    thin=(ThinStep(function="restore", did=1, of=9, teams=("desk",)),),
    congruence=Congruence(needed=40, met=10, share=0.25),
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


def test_the_table_says_what_is_claimed_and_of_how_many():
    rows, notes = networks_rows(FOUND.model_dump(mode="json"))
    assert rows == [("desk", "lab", 4, 2, 5, "paper only", "yes", "")]
    text = "\n".join(notes)
    assert "2 of 9 people of Desk. (adjusted p 0.012)" in text
    assert "restore: 1 of 9 in desk did this in the last 90 days" in text
    assert "of 40 pairs of people whose steps depend on each other, 10 (25%)" in text
    _, without = networks_rows(FOUND.model_copy(update={"claims": ()}).model_dump(mode="json"))
    assert "claimed: nothing; 12 tests, none beyond chance after correction" in without
