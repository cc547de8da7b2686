from __future__ import annotations

import dataclasses

from longwall.discovery import Claim, Elsewhere, Group, GroupPair, Network, Networks, ThinStep
from longwall.report import Material, page_html
from longwall.report.figures.networks import handovers_figure

GROUPS = (
    Group(id="network", name="Network", people=8, hands_on=60, takes_over=40, betweenness=0.5),
    Group(id="desktop", name="Desktop", people=3, hands_on=40, takes_over=60),
    Group(id="lab", name="Lab", on="paper"),
)
PAIRS = (
    GroupPair(one="network", other="desktop", forth=60, back=40, joint_cases=30, in_log=True, on_paper=False),
    GroupPair(one="network", other="lab", forth=0, back=0, joint_cases=0, in_log=False, on_paper=True, needed=True),
)
FOUND = Networks(teams=Network(groups=GROUPS, pairs=PAIRS, reciprocity=0.8), tests=9, permutations=999)


def page(found: Networks) -> str:
    text, _ = page_html(Material(name="x", networks=found))
    begin = text.index('<section id="networks"')
    return text[begin : text.index("</section>", begin)]


def test_formal_stands_beside_actual_in_picture_and_table():
    figure = handovers_figure(Material(name="x"), FOUND.teams, command="longwall networks x")
    assert figure is not None
    assert "100 handovers between 2 teams, 100% of them between Network and Desktop" in figure.sentence
    assert "0 links on paper and in the log, 1 in the log only, 1 on paper only" in figure.sentence
    assert [row[5] for row in figure.table.rows] == ["log only", "paper only"]
    marks = {layer.mark.shape: len(layer.data.values) for layer in figure.chart.layer if layer.mark.type == "point"}
    assert marks == {"square": 2, "circle": 2}  # both directions of the one link on paper, and of the one gap
    assert "Framed" in figure.key and "Ring" in figure.key


def test_without_claims_the_section_says_that_nothing_is_claimed():
    assert "Nothing is claimed. 9 tests, 999 times dealing people out again" in page(FOUND)
    assert "too little passes" in page(FOUND.model_copy(update={"tests": 0}))


def test_claims_counts_and_gaps_are_shown_and_labels_are_escaped():
    claim = Claim(kind="returns", where=("network", "desktop"), statement="<b>What</b> comes back", observed=9,
                  expected=2, unit="share", p=0.001, adjusted=0.01)  # fmt: skip
    text = page(
        FOUND.model_copy(
            update={
                "claims": (claim,), "thin": (ThinStep(function="<i>restore", did=1, of=9, teams=("network",)),),
                "elsewhere": (Elsewhere(team="network", other="desktop", people=5, of=8),),
            }
        )
    )  # fmt: skip
    assert "&lt;b&gt;What&lt;/b&gt; comes back" in text
    assert "&lt;i&gt;restore" in text
    assert "1 of 9" in text and "5 or more of 8" in text
    assert "A rota that puts the same people together" in text


def test_a_team_of_three_has_no_number_of_its_people():
    rows = [row for row in page(FOUND).split("<tr>") if ">Desktop</th>" in row]
    assert rows and "–" in rows[-1]


def test_without_a_result_the_section_names_the_command():
    empty = dataclasses.replace(Material(name="x", folder="my-desk"))
    text, _ = page_html(empty)
    assert "longwall networks my-desk" in text
