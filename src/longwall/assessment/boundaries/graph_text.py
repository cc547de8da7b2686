"""The socio-technical graph as GraphML, Mermaid or CSV: the same text for the same graph."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from longwall.assessment.boundaries.graph import Graph, GraphLink, GraphNode, NodeKind

__all__ = ["GRAPH_FORMATS", "csv_text", "graphml_text", "mermaid_text"]

_UNSEEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"[=+\-@]")
_NODE_KEYS = {"kind": "string", "model_id": "string", "name": "string", "layer": "string", "counted": "long"}
_LINK_KEYS = {
    "link": "string", "expected_per_week": "double", "footing": "string", "in_log": "long", "formal": "boolean",
}  # fmt: skip
_SHAPES: Mapping[NodeKind, tuple[str, str]] = {
    "function": ("[", "]"), "role": ("(", ")"), "team": ("([", "])"), "component": ("[[", "]]"),
    "variance": ("{{", "}}"),
}  # fmt: skip
_COLOURS = {"technical": "#1460d2", "social": "#b95000", "work": "#67107e", "environment": "#078358"}
_DASHED = frozenset({"informs", "seen", "leads to"})


def graphml_text(graph: Graph) -> str:
    """Return a graph as GraphML 1.0: directed, attributes of nodes and links with their types.

    References
    ----------
    Brandes, Eiglsperger, Herman, Himsolt and Marshall 2002, "GraphML progress report", and graphml.graphdrawing.org.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">',
    ]
    for domain, keys in (("node", _NODE_KEYS), ("edge", _LINK_KEYS)):
        lines += [f'  <key id="{domain[0]}_{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>'
                  for name, kind in keys.items()]  # fmt: skip
    lines.append('  <graph id="work-system" edgedefault="directed">')
    for node in graph.nodes:
        lines += [f"    <node id={_attribute(node.key)}>", *_data("n", _node_values(node)), "    </node>"]
    for number, link in enumerate(graph.links):
        ends = f"source={_attribute(link.source)} target={_attribute(link.target)}"
        lines += [f'    <edge id="e{number}" {ends}>', *_data("e", _link_values(link)), "    </edge>"]
    return "\n".join([*lines, "  </graph>", "</graphml>", ""])


def _node_values(node: GraphNode) -> dict[str, Any]:
    """Attributes of a node."""
    name = _one_line(node.name)
    return {"kind": node.kind, "model_id": node.id, "name": name, "layer": node.layer, "counted": node.counted}


def _link_values(link: GraphLink) -> dict[str, Any]:
    """Attributes of a link."""
    formal = None if link.formal is None else str(link.formal).lower()
    return {"link": link.kind, "expected_per_week": link.expected_per_week, "footing": link.footing,
            "in_log": link.counted, "formal": formal}  # fmt: skip


def _data(domain: str, values: Mapping[str, Any]) -> list[str]:
    """Data elements of what is known."""
    return [
        f'      <data key="{domain}_{name}">{escape(_UNSEEN.sub("", str(value)))}</data>'
        for name, value in values.items()
        if value is not None
    ]


def _attribute(text: str) -> str:
    """A text as the value of an attribute."""
    return quoteattr(_UNSEEN.sub("", text))


def mermaid_text(graph: Graph) -> str:
    """Return a graph as a Mermaid flowchart: a shape for each kind, a colour for each layer, counts on the links."""
    number = {node.key: f"n{place}" for place, node in enumerate(graph.nodes)}
    lines = ["---", f"title: {_quoted(graph.name)}", "---", "flowchart LR"]
    for node in graph.nodes:
        begin, end = _SHAPES[node.kind]
        counted = f" ({node.counted:,})" if node.counted is not None else ""
        lines.append(f'  {number[node.key]}{begin}"{_label(node.name + counted)}"{end}:::{node.layer}')
    for link in graph.links:
        arrow = "-.->" if link.kind in _DASHED else "-->"
        lines.append(f'  {number[link.source]} {arrow}|"{_label(_told(link))}"| {number[link.target]}')
    lines += [f"  classDef {layer} stroke:{colour},stroke-width:2px" for layer, colour in _COLOURS.items()]
    return "\n".join([*lines, ""])


def _told(link: GraphLink) -> str:
    """What stands on a link: what it is, how often the log shows it, else what the model expects."""
    if link.counted is not None:
        return f"{link.kind} {link.counted:,}"
    if link.expected_per_week is not None:
        return f"{link.kind} ~{link.expected_per_week:,.3g} a week"
    return link.kind


def _label(text: str) -> str:
    """A text inside quotes: entities for what Mermaid or HTML would read as its own, no line breaks."""
    plain = _one_line(text) or "-"
    return "".join(
        letter if letter.isalnum() or letter in " .,:;()/~%-_?!'" else f"#{ord(letter)};" for letter in plain
    )


def _quoted(text: str) -> str:
    """A title in the front matter, which is YAML."""
    plain = _one_line(text)
    return "'" + plain.replace("'", "''") + "'"


def csv_text(graph: Graph) -> str:
    """Return a graph as CSV: one row per link, then one per node without any; texts run as no formula."""
    names = {node.key: node for node in graph.nodes}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["source_kind", "source", "source_name", "link", "target_kind", "target", "target_name",
                     *list(_LINK_KEYS)[1:]])  # fmt: skip
    linked = set()
    for link in graph.links:
        linked |= {link.source, link.target}
        values = list(_link_values(link).values())
        writer.writerow([*_end(names[link.source]), link.kind, *_end(names[link.target]), *values[1:]])
    for node in graph.nodes:
        if node.key not in linked:
            writer.writerow([*_end(node), *[""] * (4 + len(_LINK_KEYS) - 1)])
    return out.getvalue()


def _end(node: GraphNode) -> list[str]:
    """One end of a link; a text that a spreadsheet would run gets an apostrophe in front."""
    name = _one_line(node.name)
    return [node.kind, node.id, f"'{name}" if _FORMULA.match(name) else name]


def _one_line(text: str) -> str:
    """A text without what cannot be seen, on one line."""
    return " ".join(_UNSEEN.sub("", text).split())


GRAPH_FORMATS: Mapping[str, Callable[[Graph], str]] = {
    "graphml": graphml_text,
    "mermaid": mermaid_text,
    "csv": csv_text,
}
"""Formats of a graph and what writes them."""
