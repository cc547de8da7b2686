"""Detectors of variance events as data: a YAML file that a user can read, edit and add to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import DiscoveryError, Fault, suggestion
from longwall.evidence import CAPABILITIES

__all__ = ["RULES", "Detector", "load_detectors"]

_KEYS = ("id", "name", "rule", "means", "needs", "parameters")

RULES: Mapping[str, Mapping[str, type]] = MappingProxyType(
    {
        "reopen": {"terminal": list},
        "rework": {"by_design_share": float, "absent_quantile": float, "functions": list},
        "bounce": {"same_work": bool, "by_design_share": float, "absent_quantile": float},
        "misroute": {"by_design_share": float, "intake": list},
        "late": {"quantile": float},
        "stall": {"quantile": float, "functions": list},
        "skip": {"present_share": float, "functions": list},
        "escalation": {"pattern": str, "by_design_share": float},
        "abandonment": {"pattern": str, "silent": bool},
        "priority_change": {"pattern": str, "by_design_share": float},
        "recurrence": {"item": list, "item_pattern": str, "within_days": int},
        "false_alarm": {"attribute": list, "attribute_pattern": str, "values": str},
        "failed_change": {"attribute": list, "attribute_pattern": str, "values": str, "activities": str, "only": str},
    }
)
"""Rules and the parameters each takes; numbers are shares or quantiles in (0, 1) or whole days, lists hold labels."""

_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "terminal": (),
        "functions": (),
        "intake": (),
        "by_design_share": 0.5,
        "absent_quantile": 0.95,
        "present_share": 0.95,
        "pattern": "",
        "silent": True,
        "same_work": True,
        "item": (),
        "item_pattern": "",
        "within_days": 30,
        "attribute": (),
        "attribute_pattern": "",
        "values": "(?!)",
        "activities": "",
        "only": "",
    }
)


@dataclass(frozen=True)
class Detector:
    """One detector.

    Parameters
    ----------
    id : str
        Kind of the variance events it finds.
    name, means : str
        For readers.
    rule : str
        One of `RULES`.
    needs : frozenset of str
        Capabilities of the log without which it says nothing.
    parameters : mapping of str to value
        Complete: what the file leaves out has the rule's default.
    """

    id: str
    name: str
    rule: str
    means: str
    needs: frozenset[str]
    parameters: Mapping[str, Any]


def load_detectors(path: Path | None = None) -> tuple[Detector, ...]:
    """Return the detectors of a YAML file, in its order; without a path those that come with Longwall.

    Raises
    ------
    DiscoveryError
        LW-DI-010 to LW-DI-016: all faults of the file in one pass.
    """
    where = "detectors.yaml" if path is None else str(path)
    if path is None:
        text = resources.files("longwall.discovery").joinpath("detectors.yaml").read_text(encoding="utf-8")
    else:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DiscoveryError(
                Fault(
                    "LW-DI-010",
                    where,
                    "a readable YAML file",
                    type(error).__name__,
                    "look at the path and its permissions",
                )
            ) from None
    try:
        data = YAML(typ="rt").load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark is not None else ""
        raise DiscoveryError(
            Fault(
                "LW-DI-011",
                f"{where}{place}",
                "YAML",
                str(getattr(error, "problem", "something else")),
                "mend the line",
            )
        ) from None
    if not isinstance(data, list) or not data:
        raise DiscoveryError(
            Fault("LW-DI-012", where, "a list of detectors", type(data).__name__, "start each entry with `- id: ...`")
        )
    faults: list[Fault] = []
    found: list[Detector] = []
    for number, entry in enumerate(data):
        line = _line(data, number)
        detector = _detector(entry, f"{where}:{line}", faults)
        if detector and detector.id in {other.id for other in found}:
            faults.append(
                Fault(
                    "LW-DI-016",
                    f"{where}:{line}  {detector.id}",
                    "an id of its own",
                    "one that is taken",
                    "choose another id",
                )
            )
        if detector:
            found.append(detector)
    if faults:
        raise DiscoveryError(*faults)
    return tuple(found)


def _line(data: Any, key: Any) -> int:
    """Line of an entry, from 1."""
    try:
        return int(data.lc.data[key][0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _unknown(code: str, where: str, what: str, wrong: str, known: tuple[str, ...]) -> Fault:
    """Fault for a word that is not among those known."""
    close = suggestion(wrong, known)
    return Fault(
        code, where, f"{what}: one of {', '.join(known)}", repr(wrong), f"use {close!r}" if close else "remove it"
    )


def _detector(entry: Any, where: str, faults: list[Fault]) -> Detector | None:
    """Read one entry; add what is wrong to `faults`."""
    before = len(faults)
    if not isinstance(entry, dict):
        faults.append(
            Fault("LW-DI-012", where, "a detector with keys", type(entry).__name__, "start it with `- id: ...`")
        )
        return None
    for key in entry:
        if key not in _KEYS:
            faults.append(_unknown("LW-DI-013", where, "a key", str(key), _KEYS))
    name = entry.get("id")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", name):
        faults.append(Fault("LW-DI-014", f"{where}  id", "a lower-case id", repr(name), "use letters, digits, - _ ."))
    rule = entry.get("rule")
    if rule not in RULES:
        faults.append(_unknown("LW-DI-014", f"{where}  rule", "a rule", str(rule), tuple(RULES)))
    needs = entry.get("needs", ["order"])
    if not isinstance(needs, list):
        faults.append(Fault("LW-DI-014", f"{where}  needs", "a list", type(needs).__name__, "write it in [ ]"))
        needs = []
    for need in needs:
        if need not in CAPABILITIES:
            faults.append(_unknown("LW-DI-014", f"{where}  needs", "a capability", str(need), tuple(CAPABILITIES)))
    for key in ("name", "means"):
        if not isinstance(entry.get(key, ""), str):
            faults.append(Fault("LW-DI-014", f"{where}  {key}", "a text", repr(entry[key]), "write it in quotes"))
    given = entry.get("parameters") or {}
    if not isinstance(given, dict):
        faults.append(
            Fault("LW-DI-014", f"{where}  parameters", "keys and values", type(given).__name__, "see the shipped file")
        )
        given = {}
    if rule in RULES:
        for key, value in given.items():
            _check(str(rule), str(key), value, f"{where}  parameters.{key}", faults)
    if len(faults) > before or not isinstance(rule, str):
        return None
    defaults = {key: 0.9 if (rule, key) == ("late", "quantile") else _DEFAULTS.get(key, 0.95) for key in RULES[rule]}
    clean = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return Detector(
        str(name),
        str(entry.get("name", name)),
        str(rule),
        str(entry.get("means", "")),
        frozenset(needs),
        MappingProxyType({**defaults, **clean}),
    )


def _check(rule: str, key: str, value: Any, where: str, faults: list[Fault]) -> None:
    """Check one parameter of a rule."""
    known = RULES[rule]
    if key not in known:
        faults.append(_unknown("LW-DI-013", where, f"a parameter of {rule}", key, tuple(known)))
        return
    wanted = known[key]
    if wanted is float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            faults.append(Fault("LW-DI-015", where, "a share between 0 and 1", repr(value), "write 0.95 for 95%"))
    elif wanted is int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            faults.append(Fault("LW-DI-015", where, "whole days, 1 or more", repr(value), "write 30 for thirty days"))
    elif wanted is list:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            faults.append(
                Fault("LW-DI-015", where, "a list of labels", repr(value), 'write ["Label one", "Label two"]')
            )
    elif wanted is bool:
        if not isinstance(value, bool):
            faults.append(Fault("LW-DI-015", where, "true or false", repr(value), "write true or false"))
    elif not isinstance(value, str):
        faults.append(Fault("LW-DI-015", where, "a text", repr(value), "write it in quotes"))
    else:
        try:
            re.compile(value)
        except re.error as error:
            faults.append(Fault("LW-DI-015", where, "a regular expression", f"{value!r}: {error}", "mend the pattern"))
