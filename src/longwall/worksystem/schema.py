"""JSON Schema of the YAML files, for editors that complete and underline while people write."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

from longwall.provenance import write_json
from longwall.worksystem.system import WorkSystem
from longwall.worksystem.values import Piece
from longwall.worksystem.week import DAYS

__all__ = ["json_schema", "write_schema"]

_HEADING = re.compile(r"^-{3,}$")
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : ")
_DURATION = r"^\s*[-+]?\d+(\.\d*)?([eE][-+]?\d+)?\s*[A-Za-z]+\s*$"
_SHORT = {"Parameter": "a bare number or a duration is an assumed value",
          "Distribution": "a bare number of hours or a duration is the mean of an exponential"}  # fmt: skip


def json_schema(of: type[Piece] = WorkSystem) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a value of the model.

    Parameters
    ----------
    of : type of Piece
        ``WorkSystem`` for worksystem.yaml.

    Notes
    -----
    Descriptions come from the docstrings. The short forms that the reader takes (a bare number or a duration for a
    parameter or a distribution) validate, too. What only the whole model shows, such as a dangling id, is the reader's.
    """
    schema = of.model_json_schema()
    pieces = {piece.__name__: piece for piece in _pieces_below(of, {})}
    definitions: dict[str, Any] = schema.get("$defs", {})
    for name, definition in [(of.__name__, schema), *definitions.items()]:
        if name in pieces:
            _describe(definition, pieces[name])
    if "DemandClass" in definitions:
        definitions["DemandClass"]["properties"]["profile"] = _with_rows(
            definitions["DemandClass"]["properties"]["profile"]
        )
    for name in definitions.keys() & _SHORT.keys():
        definitions[name] = _with_short_form(definitions[name], _SHORT[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"Longwall: {of.__name__}",
    }


def write_schema(path: Path, of: type[Piece] = WorkSystem) -> None:
    """Write the JSON Schema of a value of the model.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    write_json(path, json_schema(of))


def _pieces_below(of: type[Piece], seen: dict[type[Piece], None]) -> list[type[Piece]]:
    """Every piece that a piece holds, itself first."""
    if of not in seen:
        seen[of] = None
        for info in of.model_fields.values():
            for piece in _pieces_in(info.annotation):
                _pieces_below(piece, seen)
    return list(seen)


def _pieces_in(annotation: Any) -> list[type[Piece]]:
    """The pieces that a type annotation names."""
    if inspect.isclass(annotation) and issubclass(annotation, Piece):
        return [annotation]
    return [piece for argument in getattr(annotation, "__args__", ()) for piece in _pieces_in(argument)]


def _describe(definition: dict[str, Any], piece: type[Piece]) -> None:
    """Put the docstring's first paragraph and its parameters where editors show them."""
    text = inspect.cleandoc(piece.__doc__ or "")
    definition["description"] = " ".join(text.partition("\n\n")[0].split())
    for key, said in _parameters(text).items():
        if key in definition.get("properties", {}):
            definition["properties"][key]["description"] = said


def _parameters(text: str) -> dict[str, str]:
    """Return what a NumPy docstring says of each parameter."""
    said: dict[str, list[str]] = {}
    names: list[str] = []
    inside = False
    lines = text.splitlines()
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _HEADING.match(following.strip()) and not line.startswith(" "):
            inside, names = line.strip() == "Parameters", []
        elif inside and not _HEADING.match(line.strip()):
            entry = _ENTRY.match(line)
            if entry:
                names = entry["names"].split(", ")
            else:
                for name in names:
                    said.setdefault(name, []).append(line.strip())
    return {name: " ".join(words for words in parts if words) for name, parts in said.items()}


def _with_short_form(definition: dict[str, Any], note: str) -> dict[str, Any]:
    """Let a number or a duration stand for the whole."""
    duration = {"type": "string", "pattern": _DURATION}
    for key, value in definition["properties"].items():
        if key in ("mean_h", "low_h", "high_h", "value", "low", "high"):
            definition["properties"][key] = {**_without(value, "type", "anyOf"), "anyOf": [duration, *_choices(value)]}
    if "quantiles_h" in definition["properties"]:
        definition["required"] = []
    title, text = definition.get("title", ""), definition["description"]
    return {"title": title, "description": f"{text} ({note})", "anyOf": [{"type": "number"}, duration, definition]}


def _with_rows(profile: dict[str, Any]) -> dict[str, Any]:
    """Let a profile be rows of 24 weights, one for each span of days."""
    hours = {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 24, "maxItems": 24}
    day = f"({'|'.join(DAYS)})"
    rows = {"type": "object", "patternProperties": {f"^{day}(-{day})?$": hours}, "additionalProperties": False}
    listed = {key: profile[key] for key in ("type", "items")}
    return {**_without(profile, "type", "items"), "anyOf": [listed, rows]}


def _choices(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives that a field had already."""
    if "anyOf" in value:
        return list(value["anyOf"])
    return [{key: value[key] for key in ("type", "minimum") if key in value}]


def _without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    """A mapping without some keys."""
    return {key: entry for key, entry in value.items() if key not in keys}
