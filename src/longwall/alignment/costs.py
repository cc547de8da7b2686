"""What a change costs, how long it takes: an editable table of assumed factors, and the arithmetic on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Parameter, Piece, Role

__all__ = ["CostRule", "CostTable", "load_costs", "read_shipped", "read_yaml", "sum_of"]

_DATA = Path(__file__).parent / "data"
_FALLBACK = Parameter(value=0.0, source="not stated")
_Table = TypeVar("_Table", bound=Piece)


class CostRule(Piece):
    """Assumed factors of one lever; money in the currency of the study, hours of people, weeks.

    Parameters
    ----------
    fixed, fixed_per_head : Parameter
        Once, money; the second for each person added or moved.
    fixed_h, hours_per_head, hours_per_drill : Parameter
        Hours once, hours of each person concerned once, hours of each participant per drill.
    lead_time_weeks : Parameter
        Weeks from the decision until it takes effect.
    skill_at_first, share_of_cause_left, extra_work_share, detection_at_origin : Parameter, optional
        What the change is assumed to do, where the lever needs it.
    """

    fixed: Parameter = _FALLBACK
    fixed_per_head: Parameter = _FALLBACK
    fixed_h: Parameter = _FALLBACK
    hours_per_head: Parameter = _FALLBACK
    hours_per_drill: Parameter = _FALLBACK
    lead_time_weeks: Parameter = _FALLBACK
    skill_at_first: Parameter | None = None
    share_of_cause_left: Parameter | None = None
    extra_work_share: Parameter | None = None
    detection_at_origin: Parameter | None = None


class CostTable(Piece):
    """Cost factors of every lever; all assumed, all editable."""

    cost_per_h: Parameter
    levers: dict[str, CostRule]

    def rule(self, lever: str) -> CostRule:
        """Return the factors of a lever.

        Raises
        ------
        AlignmentError
            LW-AL-002 where the table has no such lever.
        """
        if lever not in self.levers:
            raise AlignmentError(
                Fault("LW-AL-002", f"costs.levers.{lever}", f"one of {', '.join(sorted(self.levers))}", "no entry",
                      "add the lever with its factors to the cost table")
            )  # fmt: skip
        return self.levers[lever]

    def effect(self, lever: str, name: str) -> Parameter:
        """Return an assumed effect of a lever, such as ``skill_at_first``.

        Raises
        ------
        AlignmentError
            LW-AL-002 where the table does not state it.
        """
        found = getattr(self.rule(lever), name)
        if not isinstance(found, Parameter):
            raise AlignmentError(
                Fault("LW-AL-002", f"costs.levers.{lever}.{name}", "a number with its range", "nothing",
                      "state what the change is assumed to do")
            )  # fmt: skip
        return found.model_copy(update={"footing": "assumed", "tag": "M"})

    @cached_property
    def hourly(self) -> Parameter:
        """Cost of an hour of somebody whose role states none."""
        return self.cost_per_h

    def per_h(self, role: Role | None) -> Parameter:
        """Cost of an hour of a member of a role [money/h]."""
        return role.cost_per_h if role is not None and role.cost_per_h is not None else self.hourly

    def once(self, lever: str, *, heads: int, added: int = 0, role: Role | None = None) -> Parameter:
        """Return the cost that is paid once, with its arithmetic as its source.

        Parameters
        ----------
        heads : int
            People concerned (trained, informed), >= 0.
        added : int
            People added or moved, >= 0.
        role : Role, optional
            Whose hourly cost counts.
        """
        rule, hour = self.rule(lever), self.per_h(role)
        terms = (
            (rule.fixed, 1.0, False, "fixed"),
            (rule.fixed_per_head, float(added), False, "per person added"),
            (rule.fixed_h, 1.0, True, "h of preparation"),
            (rule.hours_per_head, float(heads), True, "h each"),
        )
        value = low = high = 0.0
        words: list[str] = []
        for factor, times, hours, what in terms:
            if factor.value == 0 or times == 0:
                continue
            unit_low, unit_high = (_low(hour), _high(hour)) if hours else (1.0, 1.0)
            value += factor.value * times * (hour.value if hours else 1.0)
            low += _low(factor) * times * unit_low
            high += _high(factor) * times * unit_high
            by = f"{times:g} x " if times != 1 else ""
            words.append(f"{by}{factor.value:g} {what}" + (f" x {hour.value:g} per h" if hours else ""))
        return _money(value, low, high, "", words, lever)

    def running(self, lever: str, hours_per_week: float, *, role: Role | None = None, what: str = "") -> Parameter:
        """Return the change of the weekly cost when people spend `hours_per_week` more (or fewer) paid hours."""
        hour = self.per_h(role)
        ends = sorted((hours_per_week * _low(hour), hours_per_week * _high(hour)))
        words = [f"{hours_per_week:.3g} h a week x {hour.value:g} per h" + (f" ({what})" if what else "")]
        return _money(hours_per_week * hour.value, ends[0], ends[1], "per week", words, lever)

    def effort_weeks(self, lever: str, heads: int, week_h: float) -> float:
        """Return person-weeks that the people concerned spend on the change, at `week_h` hours a week."""
        rule = self.rule(lever)
        return round((rule.fixed_h.value + rule.hours_per_head.value * heads) / week_h, 3)


def load_costs(path: Path | None = None) -> CostTable:
    """Return the cost table shipped with Longwall, or one of the user's.

    Raises
    ------
    AlignmentError
        LW-AL-001 where the file cannot be read or holds something else; all faults in one pass.
    """
    return read_shipped(_DATA / "costs.yaml", CostTable) if path is None else read_yaml(path, CostTable)


def read_shipped(path: Path, kind: type[_Table]) -> _Table:
    """Read a table of constants that comes with Longwall, once; tables are frozen, so all may share one.

    Raises
    ------
    AlignmentError
        LW-AL-001.
    """
    found = _once(path, kind)
    assert isinstance(found, kind)
    return found


@cache
def _once(path: Path, kind: type[Piece]) -> Piece:
    return read_yaml(path, kind)


def read_yaml(path: Path, kind: type[_Table]) -> _Table:
    """Read one table of constants and check it against its type; all faults in one pass.

    Raises
    ------
    AlignmentError
        LW-AL-001.
    """
    try:
        data: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise AlignmentError(
            Fault(
                "LW-AL-001", str(path), "a readable YAML file", str(error).splitlines()[0], "mend or replace the file"
            )
        ) from error
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise AlignmentError(
            *(
                Fault("LW-AL-001", f"{path}  {'.'.join(str(key) for key in fault['loc'])}", "a known, valid entry",
                      fault["msg"], "compare it with the file shipped with Longwall")
                for fault in error.errors()
            )
        ) from error  # fmt: skip


def sum_of(costs: Sequence[Parameter | None]) -> Parameter | None:
    """Return the sum of costs with their ranges and their arithmetic; None where one of them is not known."""
    known = [cost for cost in costs if cost is not None]
    if not known or len(known) < len(costs):
        return None
    return Parameter(
        value=sum(cost.value for cost in known),
        low=sum(_low(cost) for cost in known),
        high=sum(_high(cost) for cost in known),
        unit=known[0].unit,
        source=" + ".join(cost.source for cost in known),
    )


def _low(parameter: Parameter) -> float:
    return parameter.value if parameter.low is None else parameter.low


def _high(parameter: Parameter) -> float:
    return parameter.value if parameter.high is None else parameter.high


def _money(value: float, low: float, high: float, unit: str, words: list[str], lever: str) -> Parameter:
    """Round to whole units of money; the source is the arithmetic."""
    source = f"{' + '.join(words) or 'nothing'} (cost table: {lever})"
    return Parameter(value=round(value, 2), low=round(low, 2), high=round(high, 2), unit=unit, source=source)
