"""YAML text in, plain data with line numbers out; everything that is not plain YAML is refused.

Refused are tags (which could build objects), anchors and aliases (which could expand without end), merge keys, a key
twice in one mapping, and files that are too large or too deep. Dates stay text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from longwall.errors import Fault, WorkSystemError
from longwall.worksystem.places import Step, named_place, path_text, positions_of
from longwall.worksystem.problems import Problem

__all__ = ["Document", "parse_text"]

_MOST_BYTES = 16_000_000
_MOST_DEPTH = 40
_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _CORE + kind for kind in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp", "value")
)


@dataclass
class Document:
    """A YAML file as plain data that knows its lines.

    Parameters
    ----------
    name : str
        Of the file, as faults show it.
    text : str
        What was read, lines ended by a single line feed.
    root : Node
        The composed tree, whose marks point into `text`.
    data : any
        The same as plain data.
    lines : dict
        Line (from 1) of each place, places with positions.
    faults : list of Fault
        What was refused, with its line.
    refused : set of tuple
        Places whose value was refused and is None in `data`.
    """

    name: str
    text: str
    root: Node | None
    data: Any = None
    lines: dict[tuple[Step, ...], int] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    refused: set[tuple[Step, ...]] = field(default_factory=set)

    def line_of(self, steps: Sequence[Step]) -> int:
        """Return the line of a place, or of what encloses it where the place itself is not written."""
        place = positions_of(self.data, steps)
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def where(self, steps: Sequence[Step]) -> str:
        """Return ``file:line  path`` of a place, the entries of lists by name."""
        return _at_line(self, self.line_of(steps), steps)


def parse_text(text: str, name: str) -> Document:
    """Return the plain data of a YAML text; what is refused stands in `Document.faults`.

    Raises
    ------
    WorkSystemError
        If the text is no YAML at all (LW-WS-002), or too large or too deep to be read (LW-WS-003).
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text) > _MOST_BYTES:
        raise _refusal(name, 1, f"at most {_MOST_BYTES // 1_000_000} million characters", f"{len(text):,}")
    reader = YAML(typ="safe", pure=True)
    reader.Composer = _ShallowComposer
    try:
        root = reader.compose(text)
    except _TooDeep as error:
        raise _refusal(name, error.line, f"at most {_MOST_DEPTH} levels of nesting", "more") from None
    except YAMLError as error:
        raise WorkSystemError(_syntax_fault(name, error)) from error
    document = Document(name, text, root)
    builder = _Builder(document)
    document.data = builder.build(root, ()) if root is not None else None
    document.faults = [(line, problem.fault(partial(_at_line, document, line))) for line, problem in builder.problems]
    return document


def _at_line(document: Document, line: int, steps: Sequence[Step]) -> str:
    """File, line and place; a key that stands twice has two lines."""
    return f"{document.name}:{line}  {path_text(named_place(document.data, steps))}".rstrip()


class _TooDeep(Exception):
    """Lists and mappings inside one another beyond what a model needs; reading on would only cost time."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _ShallowComposer(Composer):
    """Composes nodes and stops at the first that lies too deep."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose one node and what is below it."""
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise _TooDeep(self.loader.parser.peek_event().start_mark.line + 1)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Builder:
    """Turns nodes into plain data and notes lines and refusals on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[tuple[int, Problem]] = []

    def build(self, node: Node, place: tuple[Step, ...]) -> Any:
        """Return the plain data of one node and of everything below it."""
        self.document.lines.setdefault(place, node.start_mark.line + 1)
        if node.anchor is not None:
            return self.refuse(place, node, "plain YAML without anchors and aliases", f"the anchor &{node.anchor}",
                               "write the value out wherever it is needed")  # fmt: skip
        if str(node.tag) not in _PLAIN_TAGS:
            return self.refuse(place, node, "plain YAML without tags", f"the tag {node.tag}", "remove the tag")
        if isinstance(node, ScalarNode):
            return _scalar(str(node.tag).removeprefix(_CORE), node.value)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*place, position)) for position, child in enumerate(node.value)]
        return self.mapping(node, place) if isinstance(node, MappingNode) else None

    def mapping(self, node: MappingNode, place: tuple[Step, ...]) -> dict[str, Any]:
        """Return the plain data of a mapping; keys are always text."""
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or str(key.tag) == f"{_CORE}merge":
                found = "a merge key <<" if isinstance(key, ScalarNode) else "a list or mapping"
                self.refuse(place, key, "a word as the key", found, "write the keys out")
                continue
            step = (*place, str(key.value))
            if str(key.value) in data:
                first = self.document.lines[step]
                found = f"{key.value!r} again (first on line {first})"
                problem = Problem(step, "LW-WS-004", "each key once in a mapping", found, "remove one of the two")
                self.problems.append((key.start_mark.line + 1, problem))
                continue
            self.document.lines[step] = key.start_mark.line + 1
            data[str(key.value)] = self.build(value, step)
        return data

    def refuse(self, place: tuple[Step, ...], node: Node, expected: str, found: str, do: str) -> None:
        """Note a refusal."""
        self.document.refused.add(place)
        self.problems.append((node.start_mark.line + 1, Problem(place, "LW-WS-003", expected, found, do)))


def _scalar(kind: str, text: str) -> Any:
    """Return what a scalar means; dates and what cannot be read as its kind stay text."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    try:
        if kind == "int":
            return int(text) if text.lstrip("+-").replace("_", "").isdecimal() else int(text, 0)
        if kind == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    return text


def _syntax_fault(name: str, error: YAMLError) -> Fault:
    """Say where the text stops being YAML."""
    mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
    line = 1 if mark is None else mark.line + 1
    found = getattr(error, "problem", None) or "a character that YAML does not allow"
    column = "" if mark is None else f" in column {mark.column + 1}"
    return Fault("LW-WS-002", f"{name}:{line}", "one YAML document", f"{found}{column}",
                 "look at indentation, colons, brackets and quotes on this line and the one before")  # fmt: skip


def _refusal(name: str, line: int, expected: str, found: str) -> WorkSystemError:
    """An error for text that is not even looked into."""
    return WorkSystemError(
        Fault("LW-WS-003", f"{name}:{line}", expected, found, "divide the file, or write it flatter")
    )
