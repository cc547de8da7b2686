"""A declared procedure as data: rules that people say hold, each with its reason and source, held against a log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import AssessmentError, Fault, suggestion
from longwall.worksystem import WorkSystem

__all__ = ["RULE_KINDS", "Rule", "load_procedure", "procedure_of", "separations_of"]

RULE_KINDS: Mapping[str, str] = {
    "before": "`second` happens only after `first`",
    "followed_by": "`first` is followed by `second`, within `within_h` hours where given",
    "never": "`first` does not happen; where `second` is given, not both in one item",
    "separate": "`first` and `second` of one item are not done by the same performer",
}
"""Kinds of rules and what each says."""

_KEYS = ("id", "rule", "first", "second", "why", "source", "within_h", "except")
_TEXTS = ("id", "first", "second", "why", "source")
_NEED_SECOND = ("before", "followed_by", "separate")


@dataclass(frozen=True)
class Rule:
    """One rule of a procedure.

    Parameters
    ----------
    rule : str
        One of `RULE_KINDS`.
    first, second : str
        Labels of the log, or ids of functions.
    why, source : str
        What the rule is for, and where it stands.
    within_h : float, optional
        Hours, > 0; for ``followed_by``.
    allowed : mapping of str to tuple of str
        Exceptions: attribute of the items to the labels for which the rule does not hold.
    """

    id: str
    rule: str
    first: str
    second: str = ""
    why: str = ""
    source: str = ""
    within_h: float | None = None
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_procedure(path: Path) -> tuple[Rule, ...]:
    """Return the rules of a YAML file, in its order.

    Raises
    ------
    AssessmentError
        LW-AS-070 to LW-AS-074: all faults of the file in one pass.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("LW-AS-070", str(path), "a readable YAML file", type(error).__name__, "look at the path")
        raise AssessmentError(fault) from None
    return procedure_of(text, str(path))


def procedure_of(text: str, where: str = "procedure.yaml") -> tuple[Rule, ...]:
    """Return the rules that a YAML text holds; an empty text holds none.

    Raises
    ------
    AssessmentError
        LW-AS-070 to LW-AS-074: all faults in one pass.
    """
    try:
        data = YAML(typ="rt").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}:{mark.line + 1}" if mark is not None else where
        found = str(getattr(error, "problem", "something else"))
        raise AssessmentError(Fault("LW-AS-070", place, "YAML", found, "mend the line")) from None
    if data is None:
        return ()
    if not isinstance(data, list):
        fault = Fault("LW-AS-071", where, "a list of rules", type(data).__name__, "start each rule with `- id: ...`")
        raise AssessmentError(fault)
    faults: list[Fault] = []
    rules: list[Rule] = []
    for number, entry in enumerate(data):
        place = f"{where}:{_line(data, number)}"
        rule = _rule(entry, place, faults)
        if rule is not None and rule.id in {other.id for other in rules}:
            faults.append(
                Fault("LW-AS-074", f"{place}  {rule.id}", "an id of its own", "one that is taken", "rename it")
            )
        elif rule is not None:
            rules.append(rule)
    if faults:
        raise AssessmentError(*faults)
    return tuple(rules)


def separations_of(system: WorkSystem) -> tuple[Rule, ...]:
    """Return the separations of duties that the environment of a model asks for, as rules over pairs of functions."""
    rules = []
    for constraint in system.environment.constraints:
        pairs = [(a, b) for n, a in enumerate(constraint.separates) for b in constraint.separates[n + 1 :]]
        for first, second in pairs:
            name = constraint.id if len(pairs) == 1 else f"{constraint.id}-{first}-{second}"
            rules.append(Rule(name, "separate", first, second, constraint.why, constraint.source))
    return tuple(rules)


def _line(data: Any, number: int) -> int:
    """Line of an entry, from 1."""
    try:
        return int(data.lc.data[number][0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _rule(entry: Any, where: str, faults: list[Fault]) -> Rule | None:
    """Read one entry; add what is wrong to `faults`."""
    before = len(faults)
    if not isinstance(entry, dict):
        faults.append(Fault("LW-AS-071", where, "a rule with keys", type(entry).__name__, "start it with `- id: ...`"))
        return None
    for key in entry:
        if key not in _KEYS:
            near = suggestion(str(key), _KEYS)
            do = f"use {near!r}" if near else "remove it"
            faults.append(Fault("LW-AS-072", f"{where}  {key}", f"one of {', '.join(_KEYS)}", repr(key), do))
    kind = entry.get("rule")
    if not isinstance(kind, str) or kind not in RULE_KINDS:
        near = suggestion(str(kind), RULE_KINDS)
        do = f"use {near!r}" if near else "choose one of these"
        faults.append(Fault("LW-AS-072", f"{where}  rule", f"one of {', '.join(RULE_KINDS)}", repr(kind), do))
    for key in _TEXTS:
        needed = key in ("id", "first") or (key == "second" and kind in _NEED_SECOND)
        value = entry.get(key, "")
        if not isinstance(value, str) or (needed and not value):
            faults.append(Fault("LW-AS-073", f"{where}  {key}", "a text", repr(entry.get(key)), "write it in quotes"))
    if isinstance(entry.get("id"), str) and not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", entry["id"]):
        faults.append(Fault("LW-AS-073", f"{where}  id", "a lower-case id", repr(entry["id"]), "use a-z, 0-9, -"))
    within = entry.get("within_h")
    if within is not None and (isinstance(within, bool) or not isinstance(within, int | float) or within <= 0):
        faults.append(Fault("LW-AS-073", f"{where}  within_h", "hours above zero", repr(within), "correct it"))
    allowed = entry.get("except") or {}
    listed = isinstance(allowed, dict) and all(isinstance(labels, list) for labels in allowed.values())
    if not listed:
        found = type(allowed).__name__
        faults.append(
            Fault("LW-AS-073", f"{where}  except", "attributes, each with a list of labels", found,
                  "write `except: {category: [standing order]}`")
        )  # fmt: skip
    if len(faults) > before:
        return None
    texts = {key: str(entry.get(key, "")) for key in ("id", "rule", "first", "second", "why", "source")}
    return Rule(
        id=texts["id"],
        rule=texts["rule"],
        first=texts["first"],
        second=texts["second"],
        why=texts["why"],
        source=texts["source"],
        within_h=None if within is None else float(within),
        allowed={str(name): tuple(str(label) for label in labels) for name, labels in allowed.items()},
    )
