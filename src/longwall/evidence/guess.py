"""Guess which column means what: by name first, then by content; every choice with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from longwall.errors import EvidenceError, Fault, suggestion
from longwall.evidence.mapping import Mapping, MappingGuess
from longwall.evidence.profiles import Profile, different, profiles
from longwall.evidence.source import Column, Source, filled
from longwall.evidence.tables import (
    CASE_PREFIX,
    is_elapsed,
    kinds,
    link_of,
    moment_of,
    plain_name,
    rank_of,
    role_names,
    spelled,
    transitions,
)

__all__ = ["guess"]

MAX_ATTRIBUTE_VALUES = 2000
MAX_ACTIVITIES = 2000
_SEVERAL = "Several columns hold times;"


@dataclass
class _Choice:
    """The guess while it grows."""

    source: Source
    profiles: dict[str, Profile]
    told: frozenset[str] = frozenset()
    picked: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    alternatives: dict[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    vocabulary: list[tuple[str, Column] | None] = field(default_factory=list)

    def named(self, role: str) -> list[Column]:
        """Columns whose name means a role, the surest first."""
        found = [(rank, column) for column in self.source.columns
                 if (rank := rank_of(column.name, role)) is not None]  # fmt: skip
        return [column for _, column in sorted(found, key=lambda item: item[0])]

    def used(self) -> set[str]:
        taken: set[str] = set()
        for value in self.picked.values():
            if isinstance(value, str | tuple | list | dict):
                taken.update([value] if isinstance(value, str) else value)
        return taken

    def take(self, role: str, candidates: list[Column], why: str) -> Column | None:
        """Take the first candidate for a role, unless the user named one; note the others."""
        if role in self.told:
            value = self.picked[role]
            first = value if isinstance(value, str) or value is None else next(iter(value), None)
            return self.source.column(first) if first else None
        free = [column for column in candidates if column.name not in self.used()]
        if not free:
            return None
        self.picked[role] = free[0].name
        self.reasons[role] = f"'{free[0].name}': {why}"
        if len(free) > 1:
            self.alternatives[role] = tuple(column.name for column in free[1:])
        return free[0]


def guess(source: Source, told: Mapping | None = None) -> MappingGuess:
    """Return the likeliest mapping of a loaded source.

    Parameters
    ----------
    source : Source
    told : Mapping or None
        What the user set; it is kept and the rest is guessed around it.

    Raises
    ------
    EvidenceError
        LW-EV-015 to LW-EV-017: no column can be the case, a time, or the activity; LW-EV-032: a told column is not
        in the header.
    """
    told = told or Mapping()
    _check_told(source, told)
    given = {name: getattr(told, name) for name in told.model_fields_set}
    roles = frozenset(given)  # a field set to nothing is told too: there is no such column
    choice = _Choice(source, profiles(source), roles, dict(given))
    _take_times(choice)
    _take_case(choice)
    shape = told.shape if "shape" in given else _shape(choice)
    {"snapshot": _snapshot, "history": _history, "updates": _updates, "events": _events}[shape](choice)
    _take_people(choice)
    _take_attributes(choice)
    mapping = Mapping.from_dict({"delimiter": source.delimiter, "encoding": source.encoding,
                                 "object_type": source.object_type, **choice.picked, "shape": shape})  # fmt: skip
    names = tuple(column.name for column in source.columns)
    choice.reasons.update(dict.fromkeys(given, "set in study.yaml"))
    return MappingGuess(mapping, choice.reasons, choice.alternatives, tuple(choice.doubts), names)


def _check_told(source: Source, told: Mapping) -> None:
    """Every column the user named is in the header."""
    names = [column.name for column in source.columns]
    faults = []
    for column, role in told.columns().items():
        if not source.has(column):
            close = suggestion(column, names)
            faults.append(Fault("LW-EV-032", f"study.yaml: mapping.{role}", f"a column of {source.path.name}",
                                f"'{column}'", f"use '{close}'" if close else "use one of: "
                                                                              f"{', '.join(names[:30])}"))  # fmt: skip
    if faults:
        raise EvidenceError(*faults)


def _is_time(choice: _Choice, column: Column) -> bool:
    profile = choice.profiles[column.name]
    return profile.filled > 0 and profile.times >= 0.9


def _take_times(choice: _Choice) -> None:
    """Find start and end, or the one time, of a row."""
    if (
        any(choice.picked.get(role) for role in ("time", "times", "end", "start"))
        or choice.picked.get("shape") == "snapshot"
    ):
        return
    start = [column for column in choice.named("start") if _is_time(choice, column)]
    end = [column for column in choice.named("end") if _is_time(choice, column)]
    time = [column for column in choice.named("time") if _is_time(choice, column)]
    time.sort(key=lambda column: moment_of(column.name) is not None)  # the time of the row before a time of the item
    if start and (end or time):
        choice.take("start", start, "named as a start, holds times")
        choice.take("end", end or time, "named as an end, holds times")
        return
    if time or end or start:
        choice.take("time", time or end or start, "named as a time, holds times")
        return
    numbers = [column for role in ("time", "end", "start") for column in choice.named(role) if column.kind == "number"
               or choice.profiles[column.name].letters == 0]  # fmt: skip
    others = [column for column in choice.source.columns if _is_time(choice, column)]
    best = sorted(
        others,
        key=lambda column: (
            column.name.startswith(CASE_PREFIX),
            -choice.profiles[column.name].filled,
            -choice.profiles[column.name].distinct,
        ),
    )
    if choice.take("time", best or numbers, "holds times") is None:
        raise _lacking(choice, "LW-EV-016", "time", "a column of times")
    if len(best) > 1:
        choice.doubts.append(f"{_SEVERAL} '{choice.picked['time']}' was taken.")


def _take_case(choice: _Choice) -> None:
    """Find the column of the item's id."""
    rows = choice.source.rows
    named = [column for column in choice.named("case") if choice.profiles[column.name].filled >= 0.5 * rows
             and not _is_time(choice, column)]  # fmt: skip
    repeated = [
        column for column in named if choice.profiles[column.name].distinct < choice.profiles[column.name].filled
    ]
    if "case" in choice.told or choice.take("case", repeated, "named as an item's id, repeats over rows"):
        return
    if len(_moment_columns(choice)) >= 2 and choice.take("case", named, "named as an item's id, one row each"):
        return
    meant = {name for role in ("activity", "status", "resource", "team", "lifecycle", "priority", "category", "keep")
             for name in role_names()[role]}  # fmt: skip
    able = [
        column
        for column in choice.source.columns
        if plain_name(column.name) not in meant
        and not _is_time(choice, column)
        and column.kind in ("text", "number")
        and choice.profiles[column.name].filled >= 0.99 * rows
        and 1.5 * choice.profiles[column.name].distinct <= rows
        and choice.profiles[column.name].distinct >= max(2, rows**0.5 / 4)
        and choice.profiles[column.name].length <= 60
    ]
    able.sort(key=lambda column: -choice.profiles[column.name].distinct)
    known_step = choice.named("activity") or choice.named("status") or "activity" in choice.told
    if known_step and choice.take("case", able, "repeats as an item's id does"):
        choice.doubts.append(f"No column is named as a case id; '{choice.picked['case']}' repeats as one does.")
    elif choice.take("case", named, "named as an item's id") is None:
        raise _lacking(choice, "LW-EV-015", "case", "a column with the item's id (case, ticket, number, key)")


def _moment_columns(choice: _Choice) -> list[Column]:
    """Columns named as a moment in an item's life that hold times."""
    return [column for column in choice.source.columns if moment_of(column.name) and _is_time(choice, column)]


def _shape(choice: _Choice) -> str:
    """Tell the shape of the export."""
    profile = choice.profiles[choice.picked["case"]]
    status, activity = choice.named("status"), choice.named("activity")
    if choice.named("field") and choice.named("new_value"):
        return "history"
    if _vocabulary(choice):
        return "events"
    many_times = [column for column in _moment_columns(choice)
                  if column.name not in (choice.picked.get("start"), choice.picked.get("end"))
                  or {"start", "end"} - choice.picked.keys()]  # fmt: skip
    if profile.filled and profile.distinct > 0.98 * profile.filled and len(many_times) >= 2:
        return "snapshot"
    if choice.named("sequence") and status and len(many_times) >= 1 and not activity:
        return "updates"
    if status and len(many_times) >= 2 and not activity:
        return "updates"
    return "events"


def _events(choice: _Choice) -> None:
    """A row per event: activity, lifecycle, work-item id."""
    rows = choice.source.rows
    spoken = None if "activity" in choice.told else _vocabulary(choice)
    if spoken:
        tool, column = spoken
        choice.picked |= {"activity": (column.name,), "vocabulary": tool}
        choice.reasons["activity"] = f"'{column.name}': holds the kinds of entry of {tool}"
        _take_opened(choice, "opened")
        return
    lifecycle = choice.take("lifecycle", choice.named("lifecycle"), "named as the lifecycle")
    able = [column for column in choice.named("activity") + choice.named("status")
            if 0 < choice.profiles[column.name].distinct <= MAX_ACTIVITIES
            and not _is_time(choice, column)]  # fmt: skip
    varied = [column for column in able if choice.profiles[column.name].distinct > 1]
    activity = choice.take("activity", varied or able, "named as what was done")
    if activity is None:
        taken = choice.used()
        free = [column for column in choice.source.columns if column.name not in taken and not _is_time(choice, column)
                and 2 <= choice.profiles[column.name].distinct <= min(MAX_ACTIVITIES, max(2, rows // 3))
                and choice.profiles[column.name].letters > 0.9 and choice.profiles[column.name].filled >= 0.99 * rows
                and not any(plain_name(column.name) in role_names()[role]
                            for role in ("resource", "team", "priority"))]  # fmt: skip
        free.sort(key=lambda column: -_variation(choice, column))
        activity = choice.take("activity", free, "varies within an item")
        if activity is None:
            raise _lacking(choice, "LW-EV-017", "activity", "a column of what was done (activity, step, status)")
        choice.doubts.append(f"No column is named as an activity; '{activity.name}' varies most within an item.")
    if "activity" in choice.told:
        return
    choice.picked["activity"] = (activity.name,)
    within = [column for column in choice.named("substatus") if choice.profiles[column.name].distinct > 1]
    if within and rank_of(activity.name, "status") is not None and lifecycle is None:
        choice.picked["activity"] = (activity.name, within[0].name)
        choice.reasons["activity"] = f"'{activity.name}' with '{within[0].name}': the state and what it is about"
    if lifecycle is not None and "lifecycle" not in choice.told:
        _judge_lifecycle(choice, activity, lifecycle)
    instance = [column for column in choice.named("instance") if choice.profiles[column.name].filled >= 0.99 * rows]
    if "lifecycle" in choice.picked:
        choice.take("instance", instance, "pairs the start with the completion of a piece of work")


def _vocabulary(choice: _Choice) -> tuple[str, Column] | None:
    """The tool whose kinds of entry a column holds, and the column; looked for once."""
    if not choice.vocabulary:
        choice.vocabulary.append(_vocabulary_of(choice))
    return choice.vocabulary[0]


def _vocabulary_of(choice: _Choice) -> tuple[str, Column] | None:
    """The same, from the values of the columns that may hold one."""
    able = []
    for column in choice.source.columns:
        profile = choice.profiles[column.name]
        if column.kind == "text" and 2 <= profile.distinct <= 100 and profile.letters >= 0.9 and (
            not column.name.startswith(CASE_PREFIX) and profile.length <= 40):  # fmt: skip
            able.append(column)
    for column, values in zip(able, different(choice.source, able), strict=True):
        for tool, known in kinds().items():
            meant = sum(spelled(value, known) is not None for value in values)
            marked = sum(plain_name(value) != spelled(value, known) or not known[plain_name(value)][1]
                         for value in values if spelled(value, known) is not None)  # fmt: skip
            named = rank_of(column.name, "activity") is not None and choice.source.probe.kind == "json"
            if meant >= max(2, 0.7 * len(values)) and (marked or named):
                return tool, column
    return None


def _take_opened(choice: _Choice, role: str) -> None:
    """Take the time at which the item was opened, where every row repeats it."""
    opened = [column for column in _moment_columns(choice)
              if (moment_of(column.name) or ("",))[0] == "Opened"
              and (role == "start" or column.name.startswith(CASE_PREFIX))]  # fmt: skip
    choice.take(role, opened, "when the item was opened")


def _judge_lifecycle(choice: _Choice, activity: Column, lifecycle: Column) -> None:
    """Use the lifecycle as pairs of start and complete, as sub-status, or not at all."""
    values = {str(value).casefold() for (value,) in choice.source.store.rows(
        f"SELECT DISTINCT {filled(lifecycle)} AS v FROM raw WHERE v IS NOT NULL LIMIT 200")}  # fmt: skip
    meanings = {transitions().get(value) for value in values}
    if "start" not in meanings:  # what stands still must have been begun
        meanings = {"other" if meaning in ("suspend", "resume") else meaning for meaning in meanings}
    if None in meanings and len(values) > 1:
        del choice.picked["lifecycle"]
        choice.picked["activity"] = (activity.name, lifecycle.name)
        choice.reasons["activity"] = (f"'{activity.name}' with '{lifecycle.name}': the transition holds sub-states, "
                                      "not steps of work")  # fmt: skip
        choice.reasons.pop("lifecycle", None)
    elif not {"start", "complete"} <= meanings or "start" in choice.picked:
        if len(values) > 1 and "start" not in choice.picked and meanings != {"complete", "other"}:
            choice.doubts.append(
                f"'{lifecycle.name}' has no pairs of start and complete; every row counts as an event."
            )
        if meanings != {"complete", "other"} or "start" in choice.picked:
            del choice.picked["lifecycle"]
            choice.reasons.pop("lifecycle", None)


def _variation(choice: _Choice, column: Column) -> float:
    """Mean share of distinct values among an item's rows, fewer distinct values overall first."""
    case = choice.source.column(choice.picked["case"])
    step = max(1, choice.source.rows // 200_000)
    (share,) = choice.source.store.row(
        f"SELECT avg(d * 1.0 / n) FROM (SELECT count(DISTINCT {filled(column)}) AS d, count(*) AS n FROM raw "
        f"WHERE hash({case.sql}) % {step} = 0 GROUP BY {case.sql} HAVING count(*) > 1)"
    )
    return float(float(share or 0) / (1 + choice.profiles[column.name].distinct) ** 0.25)


def _history(choice: _Choice) -> None:
    """A row per changed field."""
    for role, why in (
        ("field", "names the changed field"),
        ("new_value", "the value after"),
        ("old_value", "the value before"),
    ):
        choice.take(role, choice.named(role), why)
    if {"start", "end"} <= choice.picked.keys() - choice.told and "time" not in choice.picked:
        choice.picked["time"] = choice.picked.pop("start")  # a value that held from one time to another
        choice.reasons["time"] = choice.reasons.pop("start")
        choice.picked.pop("end")
        choice.reasons.pop("end")
    _take_opened(choice, "start")


def _updates(choice: _Choice) -> None:
    """A row per save of the whole ticket."""
    choice.take("status", choice.named("status"), "named as the item's state")
    choice.take("sequence", choice.named("sequence"), "counts the saves")
    if moment_of(choice.picked.get("time") or ""):
        choice.doubts.append(f"'{choice.picked['time']}' was taken as the time of each save; look at it.")


def _snapshot(choice: _Choice) -> None:
    """A row per ticket: its time columns become events."""
    if "times" in choice.told:
        return
    for role in ("time", "start", "end"):
        choice.picked.pop(role, None)
        choice.reasons.pop(role, None)
    choice.doubts[:] = [doubt for doubt in choice.doubts if not doubt.startswith(_SEVERAL)]
    found = _first_of_each_moment(choice)
    choice.picked["times"] = found
    choice.reasons["times"] = f"one row per item; {len(found)} time columns read as events"
    choice.take("status", choice.named("status"), "named as the item's state")


def _first_of_each_moment(choice: _Choice) -> dict[str, str]:
    """The time columns of a snapshot, one for each moment; seconds since the opening stand in where no time is told."""
    able = [(moment_of(column.name), column) for column in choice.source.columns]
    found: dict[str, str] = {}
    for moment, column in able:
        if moment and moment[0] not in found.values() and _is_time(choice, column):
            found[column.name] = moment[0]
    for moment, column in able:
        if moment and moment[0] not in found.values() and is_elapsed(column.name) and "Opened" in found.values() and (
            choice.profiles[column.name].filled and not choice.profiles[column.name].letters):  # fmt: skip
            found[column.name] = moment[0]
    return found


_REPORTERS = frozenset({"user", "userid", "username", "author", "actor", "authorid", "autor"})


def _take_people(choice: _Choice) -> None:
    """Find who did it and in which group."""
    able = {
        column.name
        for column in choice.source.columns
        if not _is_time(choice, column) and choice.profiles[column.name].filled
    }
    for role, why in (("team", "named as a group"), ("resource", "named as who did it")):
        named = [column for column in choice.named(role) if column.name in able]
        if role == "resource" and "times" in choice.picked:  # of an item, these are who wrote it
            named = [column for column in named if plain_name(column.name) not in _REPORTERS]
        varied = [column for column in named if choice.profiles[column.name].distinct > 1]
        most = max((choice.profiles[column.name].filled for column in varied), default=0)
        if "vocabulary" in choice.picked:  # who is named in an entry may be whom it was done to
            varied = [column for column in varied if choice.profiles[column.name].filled >= 0.5 * most]
        choice.take(role, varied or named, why)


def _take_attributes(choice: _Choice) -> None:
    """Find priority, class, due time, agreement, and what else is safe to keep."""

    def able(role: str) -> list[Column]:
        return [column for column in choice.named(role) if choice.profiles[column.name].filled
                and (role == "due") == _is_time(choice, column)
                and (role == "due" or 2 <= choice.profiles[column.name].distinct <= MAX_ATTRIBUTE_VALUES)]  # fmt: skip

    for role, why in (("priority", "named as the priority"), ("category", "named as the class"),
                      ("due", "named as due"),
                      ("agreement", "named as the agreement")):  # fmt: skip
        choice.take(role, able(role), why)
    _take_links(choice)
    taken = choice.used()
    kept = [column.name for column in able("keep") if column.name not in taken]
    if kept:
        choice.picked["keep"] = tuple(kept)
        choice.reasons["keep"] = "named as properties of the item and not of a person"


def _take_links(choice: _Choice) -> None:
    """Find the columns that name other objects: the problem, the change, the parent of the item."""
    if "links" in choice.told:
        return
    taken, found = choice.used(), {}
    for column in choice.source.columns:
        meant = link_of(column.name)
        profile = choice.profiles[column.name]
        if meant and column.name not in taken and profile.filled and not _is_time(choice, column) and (
            profile.length <= 200):  # fmt: skip
            found[column.name] = meant[0]
    if found:
        choice.picked["links"] = found
        choice.reasons["links"] = "named as other objects the item hangs together with"


def _lacking(choice: _Choice, code: str, role: str, wanted: str) -> EvidenceError:
    """Say that no column can play a role, and how to name one."""
    names = ", ".join(f"'{column.name}'" for column in choice.source.columns[:30])
    return EvidenceError(
        Fault(code, str(choice.source.path), wanted, f"the columns {names}",
              f"write into study.yaml under mapping: `{role}: NAME OF THE COLUMN`")
    )  # fmt: skip
