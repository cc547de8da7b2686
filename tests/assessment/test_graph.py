"""The graph out and back: GraphML read by another library, CSV by another reader, Mermaid by its grammar."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from types import ModuleType

import pytest
import rustworkx
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall import templates
from longwall.assessment import GRAPH_FORMATS, Graph, GraphLink, GraphNode, assess, graph_of
from longwall.assessment.boundaries.evidence_counts import Counts, counts_of
from longwall.assessment.thresholds import load_thresholds
from longwall.assessment.view import View
from longwall.worksystem import WorkSystem

WORDS = st.text(min_size=1, max_size=12)


@pytest.fixture(scope="module")
def graph() -> Graph:
    system = templates.read("service-desk")
    result = assess(system)
    counts = Counts(
        functions={"triage": 120, "close": 100},
        does=({"source": "desk", "target": "triage", "count": 120},),
        moves=({"source": "register", "target": "triage", "count": 118},),
        handovers=({"source": "desk", "target": "network", "count": 33},),
    )
    return graph_of(system, boundaries=result.boundaries, counts=counts)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs with any text as a name."""
    kinds = ["function", "role", "team", "component", "variance"]
    names = draw(st.lists(WORDS, min_size=1, max_size=5))
    nodes = tuple(
        GraphNode(key=f"{kinds[k]}:n{k}", kind=kinds[k], id=f"n{k}", name=name, layer="work",  # type: ignore[arg-type]
                  counted=draw(st.none() | st.integers(0, 99)))
        for k, name in enumerate(names)
    )  # fmt: skip
    place = st.integers(0, len(nodes) - 1)
    pairs = draw(st.lists(st.tuples(place, place, st.sampled_from(["does", "controls"])), max_size=4, unique=True))
    links = tuple(
        GraphLink(source=nodes[a].key, target=nodes[b].key, kind=kind, counted=draw(st.none() | st.integers(0, 99)))  # type: ignore[arg-type]
        for a, b, kind in pairs
    )
    return Graph(name=draw(WORDS), nodes=nodes, links=links)


def in_xml(text: str) -> str:
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def read_graphml(text: str, path: Path) -> tuple[list[dict[str, object]], list[tuple[int, int, dict[str, object]]]]:
    path.write_bytes(text.encode())
    (found,) = rustworkx.read_graphml(str(path))
    return list(found.nodes()), [(a, b, data) for a, b, data in found.weighted_edge_list()]


def test_graphml_is_read_back_by_another_library(graph: Graph, tmp_path: Path) -> None:
    nodes, edges = read_graphml(GRAPH_FORMATS["graphml"](graph), tmp_path / "g.graphml")
    assert [(n["kind"], n["model_id"], n["name"]) for n in nodes] == [(n.kind, n.id, n.name) for n in graph.nodes]
    back = [(f"{nodes[a]['kind']}:{nodes[a]['model_id']}", f"{nodes[b]['kind']}:{nodes[b]['model_id']}", d["link"])
            for a, b, d in edges]  # fmt: skip
    assert back == [(link.source, link.target, link.kind) for link in graph.links]
    triage = next(n for n in nodes if n["model_id"] == "triage")
    assert triage["counted"] == 120
    told = next(d for a, b, d in edges if d["link"] == "hands over" and nodes[b]["model_id"] == "network")
    assert told["in_log"] == 33 and told["expected_per_week"] > 200 and told["formal"] is True


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_any_name_goes_through_graphml(tmp_path_factory: pytest.TempPathFactory, made: Graph) -> None:
    path = tmp_path_factory.getbasetemp() / "any.graphml"
    nodes, edges = read_graphml(GRAPH_FORMATS["graphml"](made), path)
    ours = [" ".join(in_xml(node.name).split()) for node in made.nodes]
    assert [str(n["name"] or "") for n in nodes] == ours
    assert len(edges) == len(made.links)


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_csv_comes_back_and_no_cell_is_a_formula(made: Graph) -> None:
    """Fails where a node without links is lost, or a name that begins with = stands as it is."""
    rows = list(csv.DictReader(io.StringIO(GRAPH_FORMATS["csv"](made))))
    assert not [cell for row in rows for cell in row.values() if cell and re.match(r"^\s*[=+\-@\t\r]", cell)]
    names = {n.id: n.name for n in made.nodes}
    back = [(r["source"], r["target"], r["link"], r["in_log"]) for r in rows if r["link"]]
    ours = [(k.source.split(":")[1], k.target.split(":")[1], k.kind, "" if k.counted is None else str(k.counted))
            for k in made.links]  # fmt: skip
    assert back == ours
    assert {r["source"] for r in rows} | {r["target"] for r in rows if r["target"]} == set(names)
    for row in rows:
        shown, name = row["source_name"], " ".join(in_xml(names[row["source"]]).split())
        assert shown in (name, f"'{name}")


_NODE = re.compile(r'^  n\d+(\[\[|\(\[|\{\{|\[|\()"[^"]*"(\]\]|\]\)|\}\}|\]|\)):::[a-z]+$')
_EDGE = re.compile(r'^  n\d+ (-->|-\.->)\|"[^"]*"\| n\d+$')


@settings(max_examples=50, deadline=None)
@given(graphs())
def test_every_line_of_mermaid_is_of_its_grammar(made: Graph) -> None:
    """Fails where a quote, a bracket, a line break or a tag of a name reaches the text."""
    lines = GRAPH_FORMATS["mermaid"](made).split("\n")
    begin = lines.index("flowchart LR")
    assert lines[0] == "---" and lines[begin - 1] == "---"
    body = [line for line in lines[begin + 1 :] if line and not line.startswith("  classDef ")]
    assert len(body) == len(made.nodes) + len(made.links)
    for line in body:
        assert _NODE.match(line) or _EDGE.match(line), line
        assert "<" not in line and "`" not in line


def test_the_same_graph_gives_the_same_text(graph: Graph) -> None:
    for write in GRAPH_FORMATS.values():
        assert write(graph) == write(Graph.model_validate_json(graph.model_dump_json()))


def test_links_say_what_they_are_and_what_was_counted(graph: Graph) -> None:
    links = {(link.source, link.target, link.kind): link for link in graph.links}
    assert links["role:desk-agent", "function:triage", "does"].counted == 120
    assert links["component:recovery-bot", "function:recover-account", "does"].counted is None
    assert links["function:register", "function:triage", "goes to"].counted == 118
    assert links["variance:misroute", "function:triage", "arises"]
    assert links["role:desk-agent", "variance:misroute", "controls"]
    assert links["variance:wrong-diagnosis", "variance:late-answer", "leads to"]
    assert links["component:recovery-bot", "component:directory", "depends"]
    assert links["role:desk-lead", "role:network-engineer", "informs"].formal is False
    assert {link.kind for link in graph.links} == {
        "does", "belongs to", "goes to", "hands over", "informs", "depends", "arises", "seen", "controls", "leads to"
    }  # fmt: skip


def test_what_fewer_than_five_of_a_team_do_is_counted_for_no_team(handmade: ModuleType) -> None:
    """Fails where the part of three people follows by subtraction from the rest of the step."""
    desk = handmade.Desk(4, 0)
    for number in range(400):
        case, t = desk.case("all"), 1.0 * number
        t = desk.do(case, "take", f"s{number % 7}", "service", t, t + 0.1)
        team, size = (("network", 6), ("desktop", 3))[number % 2]
        t = desk.do(case, "mend", f"{team}{number % (2 * size) // 2}", team, t, t + 0.1)
    counts = counts_of(View(desk.log(), WorkSystem(id="x"), load_thresholds()))
    assert counts.functions == {"take": 400, "mend": 400}
    assert [(m.source, m.target, m.count) for m in counts.does] == [("service", "take", 400)]
    assert {(m.source, m.target, m.count) for m in counts.handovers} == {
        ("service", "network", 200), ("service", "desktop", 200)
    }  # fmt: skip
