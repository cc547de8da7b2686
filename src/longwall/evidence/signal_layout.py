"""Which column of a table of alerts, people or indicators plays which role: told, else guessed by name."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping as AnyMapping
from importlib import resources
from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from longwall.errors import EvidenceError, Fault, suggestion

__all__ = ["AlertLayout", "IndicatorLayout", "Layout", "StaffLayout", "signal_columns"]


class Layout(BaseModel):
    """How a table is written; columns by role come with each kind.

    Parameters
    ----------
    delimiter, encoding, decimal : str or None
        Of a delimited text.
    day_first : bool or None
        Whether 3/4/2024 is 3 April; None where dates are written year first.
    timezone : str or None
        IANA zone of times written without an offset; None reads them as UTC.
    missing : tuple of str
        Texts that stand for a missing value, besides the usual ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str] = ""
    needed: ClassVar[tuple[str, ...]] = ()
    times: ClassVar[tuple[str, ...]] = ()

    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    day_first: bool | None = None
    timezone: str | None = None
    missing: tuple[str, ...] = ()

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
    def roles(cls) -> tuple[str, ...]:
        """Return the roles a column can play, the surest first."""
        return tuple(name for name in cls.model_fields if name not in Layout.model_fields)

    @classmethod
    def told(cls, plain: AnyMapping[str, Any]) -> Self:
        """Return the layout that study.yaml says; every fault in one error.

        Raises
        ------
        EvidenceError
            LW-EV-130: an unknown field or a value of the wrong kind.
        """
        try:
            return cls.model_validate(dict(plain))
        except ValidationError as error:
            raise EvidenceError(*(cls._fault(item) for item in error.errors())) from None

    @classmethod
    def _fault(cls, item: Any) -> Fault:
        key = ".".join(str(part) for part in item["loc"]) or "mapping"
        where = f"study.yaml: mapping.{key}"
        if item["type"] == "extra_forbidden":
            close = suggestion(key, cls.model_fields)
            do = f"use '{close}'" if close else f"use one of: {', '.join(cls.model_fields)}"
            return Fault("LW-EV-130", where, f"a field for {cls.kind}", f"'{key}'", do)
        return Fault("LW-EV-130", where, item["msg"].removeprefix("Value error, "), "another kind of value",
                     "correct it, or remove the line to have it guessed")  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for YAML: what is set."""
        return {name: value for name, value in self.model_dump(mode="json").items() if value not in (None, [])}


class AlertLayout(Layout):
    """Columns of a table of alerts; only `fired` is needed.

    Parameters
    ----------
    fired, acknowledged, resolved : str or None
        Times.
    actioned : str or None
        Whether somebody had to act: yes or no.
    disposition : str or None
        True, benign, false or duplicate.
    responder : str or None
        Who took it; kept as a pseudonym.
    fingerprint, id : str or None
        What the alert is about, the same at each firing; and the one firing.
    incident : str or None
        Item of the log that came of it.
    name, severity, service, team : str or None
    """

    kind: ClassVar[str] = "alerts"
    needed: ClassVar[tuple[str, ...]] = ("fired",)
    times: ClassVar[tuple[str, ...]] = ("fired", "acknowledged", "resolved")

    fired: str | None = None
    acknowledged: str | None = None
    resolved: str | None = None
    disposition: str | None = None
    actioned: str | None = None
    responder: str | None = None
    fingerprint: str | None = None
    id: str | None = None
    incident: str | None = None
    name: str | None = None
    severity: str | None = None
    service: str | None = None
    team: str | None = None


class StaffLayout(Layout):
    """Columns of a table of people; `person` and `team` are needed.

    Parameters
    ----------
    person : str or None
        Kept as a pseudonym.
    account : tuple of str
        Further names of the same person (address, login), so that a log that writes those finds them.
    team, parent, role : str or None
        Team, the unit above it, and what the person does.
    hours, fte : str or None
        Contracted hours a week; or the share of a full week, of 40 hours.
    """

    kind: ClassVar[str] = "organisation"
    needed: ClassVar[tuple[str, ...]] = ("person", "team")

    person: str | None = None
    account: tuple[str, ...] = ()
    team: str | None = None
    parent: str | None = None
    role: str | None = None
    hours: str | None = None
    fte: str | None = None

    @field_validator("account", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class IndicatorLayout(Layout):
    """Columns of a long table of indicators: a row per time, indicator and group.

    Parameters
    ----------
    time, indicator, value : str or None
        Needed.
    group, unit : str or None
    """

    kind: ClassVar[str] = "indicators"
    needed: ClassVar[tuple[str, ...]] = ("time", "indicator", "value")
    times: ClassVar[tuple[str, ...]] = ("time",)

    time: str | None = None
    indicator: str | None = None
    value: str | None = None
    group: str | None = None
    unit: str | None = None


@functools.cache
def signal_columns() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return for each kind and role the plain names of columns that mean it, the surest first."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    text = resources.files(__package__).joinpath("data", "signal_columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        roles = found.setdefault(row["kind"], {})
        roles[row["role"]] = (*roles.get(row["role"], ()), row["name"])
    return found
