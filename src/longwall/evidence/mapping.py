"""Which column means what: the mapping of a source, as it stands in ``study.yaml``."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from longwall.errors import EvidenceError, Fault, suggestion

__all__ = ["Mapping", "MappingGuess", "Shape"]

Shape = Literal["events", "history", "updates", "snapshot"]


class Mapping(BaseModel):
    """Which column of a source means what.

    A field that is not set is guessed; one that is set wins over the guess. Names are those of the source's header.

    Attributes
    ----------
    shape : {"events", "history", "updates", "snapshot"}
        A row per event, per changed field, per save of the whole ticket, or per ticket.
    case, resource, team : str or None
        Columns of the item's id, of who did it, and of the group it was in.
    activity : tuple of str
        Columns of what was done; several are joined with ``/`` (status and sub-status).
    time : str or None
        The only time of a row; `start` and `end` stay empty then.
    start, end : str or None
        When work on the row's activity began and ended.
    status, lifecycle, instance, priority, category, due, agreement, sequence : str or None
        Columns of the item's state, the XES transition, the work-item id that pairs start with complete, the priority,
        the class, the due time, whether the agreement was met, and the number of the save.
    field, old_value, new_value : str or None
        For ``history``: the name of the changed field, its value before and after.
    times : mapping of str to str
        For ``snapshot``: time column to the name of the event it stands for.
    opened : str or None
        For ``events``: when the item was opened, repeated on its rows; becomes its first event.
    vocabulary : str or None
        For ``events``: the tool whose kinds of entry the activity holds (``github``, ``pagerduty``); kinds that are no
        step of work are left out.
    links : mapping of str to str
        Column that names another object (a problem, a change, the parent) to the type of that object.
    keep : tuple of str
        Further columns stored as attributes of the item. Nothing that is not mapped is stored.
    terminal : tuple of str
        Activities or states after which an item is finished; empty means not said.
    missing : tuple of str
        Texts that stand for a missing value, besides the usual ones.
    delimiter, encoding, decimal : str or None
        Of a delimited text file.
    day_first : bool or None
        Whether 3/4/2024 is 3 April (true) or 4 March (false); None where dates are written year first.
    timezone : str or None
        IANA zone of times written without an offset; None reads them as UTC.
    object_type : str or None
        For OCEL: the type of object that is the item.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: Shape = "events"
    case: str | None = None
    activity: tuple[str, ...] = ()
    resource: str | None = None
    team: str | None = None
    time: str | None = None
    start: str | None = None
    end: str | None = None
    status: str | None = None
    lifecycle: str | None = None
    instance: str | None = None
    priority: str | None = None
    category: str | None = None
    due: str | None = None
    agreement: str | None = None
    sequence: str | None = None
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    times: dict[str, str] = Field(default_factory=dict)
    opened: str | None = None
    vocabulary: str | None = None
    links: dict[str, str] = Field(default_factory=dict)
    keep: tuple[str, ...] = ()
    terminal: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    day_first: bool | None = None
    timezone: str | None = None
    object_type: str | None = None

    @field_validator("activity", "keep", "terminal", "missing", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                raise ValueError("an IANA time zone such as Europe/Berlin") from None
        return value

    @classmethod
    def from_dict(cls, values: AnyMapping[str, Any], where: str = "study.yaml: mapping") -> Mapping:
        """Return the mapping that plain data describes.

        Raises
        ------
        EvidenceError
            LW-EV-030: an unknown key or a value of the wrong kind; all faults in one error.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise EvidenceError(*(_fault(item, where) for item in error.errors())) from None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for YAML: what is set, in the order of the fields."""
        plain = self.model_dump(mode="json")
        return {name: value for name, value in plain.items() if name == "shape" or value not in (None, [], {})}

    def over(self, guess: Mapping) -> Mapping:
        """Return `guess` with every field that was set here put over it."""
        return guess.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

    def columns(self) -> dict[str, str]:
        """Return every column the mapping names and the (first) field that names it."""
        named: dict[str, str] = {}
        singles = ("case", "resource", "team", "time", "start", "end", "status", "lifecycle", "instance", "priority",
                   "category", "due", "agreement", "sequence", "field", "old_value", "new_value",
                   "opened")  # fmt: skip
        for name in singles:
            column = getattr(self, name)
            if column is not None:
                named.setdefault(column, name)
        for group in ("activity", "times", "links", "keep"):
            for column in getattr(self, group):
                named.setdefault(column, group)
        return named


@dataclass(frozen=True)
class MappingGuess:
    """A guessed mapping with the grounds for it.

    Parameters
    ----------
    mapping : Mapping
    reasons : mapping of str to str
        Field to why its column was chosen.
    alternatives : mapping of str to tuple of str
        Field to the other columns that would do.
    doubts : tuple of str
        What a person should look at.
    columns : tuple of str
        The header of the source.
    """

    mapping: Mapping
    reasons: AnyMapping[str, str] = field(default_factory=dict)
    alternatives: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def _fault(item: Any, where: str) -> Fault:
    """Turn one finding of the validator into a fault; the value itself is not repeated."""
    key = ".".join(str(part) for part in item["loc"]) or "mapping"
    if item["type"] == "extra_forbidden":
        known = list(Mapping.model_fields)
        close = suggestion(key, known)
        do = f"use '{close}'" if close else f"use one of: {', '.join(known)}"
        return Fault("LW-EV-030", f"{where}.{key}", "a field of the mapping", f"'{key}'", do)
    return Fault("LW-EV-030", f"{where}.{key}", item["msg"].removeprefix("Value error, "), "another kind of value",
                 "correct it, or remove the line to have it guessed")  # fmt: skip
