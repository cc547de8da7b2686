"""When a measure becomes a finding: thresholds with reason and source, in a file that users may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import AssessmentError, Fault, suggestion

__all__ = ["Threshold", "Thresholds", "load_thresholds"]


@dataclass(frozen=True)
class Threshold:
    """One cut with the reason for it and where it comes from."""

    value: float
    reason: str
    source: str


class Thresholds(Mapping[str, float]):
    """Values by name; `reasons` keeps why and whence."""

    def __init__(self, entries: Mapping[str, Threshold]) -> None:
        self.reasons: dict[str, Threshold] = dict(entries)

    def __getitem__(self, name: str) -> float:
        return self.reasons[name].value

    def __iter__(self) -> Any:
        return iter(self.reasons)

    def __len__(self) -> int:
        return len(self.reasons)


def load_thresholds(path: Path | None = None) -> Thresholds:
    """Return the thresholds that ship with Longwall, with those of a file in their place.

    Parameters
    ----------
    path : Path, optional
        YAML of the same shape; may hold some of the names only.

    Raises
    ------
    AssessmentError
        LW-AS-001 if the file cannot be read as YAML, LW-AS-002 for a name that does not exist, LW-AS-003 for an entry
        without value, reason and source; all faults at once.
    """
    entries = dict(_shipped())
    if path is None:
        return Thresholds(entries)
    try:
        loaded = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        fault = Fault("LW-AS-001", str(path), "YAML", str(error).splitlines()[0], "repair the file or remove it")
        raise AssessmentError(fault) from error
    faults: list[Fault] = []
    for name, entry in (loaded or {}).items():
        where = f"{path} {name}"
        if name not in entries:
            near = suggestion(str(name), entries)
            do = f"use {near!r}" if near else "remove it"
            faults.append(Fault("LW-AS-002", where, "the name of a threshold", repr(name), do))
        elif (checked := _entry(entry)) is None:
            expected = "value (a number), reason and source (texts)"
            faults.append(Fault("LW-AS-003", where, expected, repr(entry), "say why the value is what it is"))
        else:
            entries[name] = checked
    if faults:
        raise AssessmentError(*faults)
    return Thresholds(entries)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Threshold]:
    """Read the file of the package once."""
    text = files(__package__).joinpath("thresholds.yaml").read_text(encoding="utf-8")
    return {
        name: Threshold(float(e["value"]), e["reason"], e["source"]) for name, e in YAML(typ="safe").load(text).items()
    }


def _entry(entry: Any) -> Threshold | None:
    """Check one entry."""
    if not isinstance(entry, dict) or set(entry) != {"value", "reason", "source"}:
        return None
    value = entry["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Threshold(float(value), str(entry["reason"]), str(entry["source"]))
