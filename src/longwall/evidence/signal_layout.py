"""Which column of a table of alerts, people or indicators plays which role: told, else guessed by name."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Mapping as AnyMapping
from importlib import resources
from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from longwall.errors import EvidenceError, Fault, suggestion

__all__ = [
    "AlertLayout",
    "IndicatorLayout",
    "Layout",
    "StaffLayout",
    "SurveyLayout",
    "ends_of_scale",
    "signal_columns",
]


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
        return {name: value for name, value in self.model_dump(mode="json").items() if value not in (None, [], {})}


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


class SurveyLayout(Layout):
    """Columns of a table of an aggregated survey: a row per group, item and wave; `item`, `n` and `mean` are needed.

    Parameters
    ----------
    item : str or None
        What was asked.
    n, mean, spread : str or None
        Answers, their mean, and their standard deviation.
    group, parent : str or None
        Who was asked, none: all; and the group that this one is part of.
    wave : str or None
        Date or name of the survey.
    low, high : str or None
        Columns with the ends of the scale.
    scale : str or None
        Ends of the scale of every item, such as ``1-5`` or ``0-10``; none: as the columns say, else inferred.
    items : mapping of str to str
        Item to the indicator that it measures; what is not here is known by its text or its name, or has none.
    turned : tuple of str
        Items in which a high answer is bad although the indicator is good, as in "work has worn me out".
    """

    kind: ClassVar[str] = "survey"
    needed: ClassVar[tuple[str, ...]] = ("item", "n", "mean")

    item: str | None = None
    n: str | None = None
    mean: str | None = None
    spread: str | None = None
    group: str | None = None
    parent: str | None = None
    wave: str | None = None
    low: str | None = None
    high: str | None = None
    scale: str | None = None
    items: dict[str, str] = {}
    turned: tuple[str, ...] = ()

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        """Return the roles a column can play, the surest first."""
        return tuple(name for name in super().roles() if name not in ("scale", "items", "turned"))

    @field_validator("scale")
    @classmethod
    def _two_ends(cls, value: str | None) -> str | None:
        if value is not None:
            ends_of_scale(value)
        return value


def ends_of_scale(text: str) -> tuple[float, float]:
    """Return the ends of a scale such as ``1-5``, ``0 to 10`` or ``-3..3``.

    Raises
    ------
    ValueError
        If the text holds no two ends in their order.
    """
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(?:-|to|\.\.)\s*(-?\d+(?:\.\d+)?)\s*", text)
    if match is None or float(match[1]) >= float(match[2]):
        raise ValueError("the two ends of a scale, the lower first, such as 1-5")
    return float(match[1]), float(match[2])


@functools.cache
def signal_columns() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return for each kind and role the plain names of columns that mean it, the surest first."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    text = resources.files(__package__).joinpath("data", "signal_columns.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        roles = found.setdefault(row["kind"], {})
        roles[row["role"]] = (*roles.get(row["role"], ()), row["name"])
    return found
