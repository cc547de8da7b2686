"""From rows of a source to events, one way for each shape of export; bad rows go to the rejects with their reason.

Three tables are made in the staging store: ``base`` (the mapped cells of every row, times read), ``reject`` (row,
column, reason) and ``ev`` (the events: row, place within the row, case, activity, resource, team, start, end,
attributes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from longwall.errors import EvidenceError, Fault
from longwall.evidence.dates import LATEST_YEAR, OLDEST_YEAR, DateOrder, time_us
from longwall.evidence.lifecycle import join_steps
from longwall.evidence.mapping import Mapping
from longwall.evidence.source import Column, Source, filled
from longwall.evidence.store import literal
from longwall.evidence.tables import (
    is_elapsed,
    kinds,
    moment_of,
    plain_name,
    rank_of,
    spelled,
    state_codes,
)
from longwall.evidence.value_history import keep_values

__all__ = ["Attribute", "Tally", "attributes_of", "make_events", "row_number", "time_columns"]

_NO_ONE = ("empty", "unknown", "unassigned", "not assigned", "nobody", "undefined")
REASSIGNED, ASSIGNED, OPENED = "Reassigned", "Assigned", "Opened"


@dataclass(frozen=True)
class Attribute:
    """An attribute of the item: its name, the field of the mapping it stems from, and the column."""

    name: str
    role: str
    column: Column


@dataclass(frozen=True)
class Tally:
    """What happened to the rows on their way to events.

    Parameters
    ----------
    rows, rejected_rows, events : int
    unfinished : int
        Pieces of work that were started and never completed in the record.
    unpaired : int
        Completions without a logged start, in a log that pairs them.
    left_out : int
        Rows that carry no event: other transitions, saves that changed no state, team or owner.
    suspended : int
        Pieces of work that stood still in between; their length is the time worked.
    """

    rows: int
    rejected_rows: int
    events: int
    unfinished: int = 0
    unpaired: int = 0
    left_out: int = 0
    suspended: int = 0


def time_columns(source: Source, mapping: Mapping) -> list[Column]:
    """Return the columns of a mapping that hold times."""
    names = [mapping.time, mapping.start, mapping.end, mapping.due, mapping.opened, *mapping.times]
    return [source.column(name) for name in names if name and not is_elapsed(name)]


def attributes_of(source: Source, mapping: Mapping) -> tuple[Attribute, ...]:
    """Return the attributes of the item that the mapping keeps, in the order of the mapping."""
    found = [
        Attribute(name, role, source.column(name))
        for role in ("priority", "category", "due", "agreement")
        if (name := getattr(mapping, role))
    ]
    if mapping.shape == "snapshot" and mapping.status:
        found.append(Attribute(mapping.status, "status", source.column(mapping.status)))
    found.extend(Attribute(name, "keep", source.column(name)) for name in mapping.keep)
    return tuple(found)


def make_events(source: Source, mapping: Mapping, order: DateOrder) -> Tally:
    """Make ``base``, ``reject`` and ``ev`` in the staging store.

    Parameters
    ----------
    source : Source
    mapping : Mapping
        Complete: case, and what its shape needs.
    order : DateOrder

    Returns
    -------
    Tally

    Raises
    ------
    EvidenceError
        LW-EV-018: the mapping lacks what its shape needs.
    """
    _check_complete(mapping)
    source.store.run(f"SET TimeZone = {literal(mapping.timezone or 'UTC')}")
    attributes = attributes_of(source, mapping)
    _make_base(source, mapping, order, attributes)
    if mapping.vocabulary:
        _speak(source, mapping.vocabulary)
    passed = _reject(source, mapping)
    _name_states(source, mapping)
    kept = "".join(f", a{number}" for number in range(len(attributes)))
    tally = {"events": _plain_events, "history": _history, "updates": _updates, "snapshot": _snapshot}[mapping.shape](
        source, mapping, kept
    )
    keep_values(source.store, mapping, [item.role for item in attributes])
    source.store.run("SET TimeZone = 'UTC'")
    (events,) = source.store.row("SELECT count(*) FROM ev")
    (rejected,) = source.store.row("SELECT count(DISTINCT row_number) FROM reject")
    unfinished, unpaired, left, *suspended = tally
    return Tally(
        source.rows + source.rejected, int(rejected), int(events), unfinished, unpaired, left + passed, sum(suspended)
    )


def _check_complete(mapping: Mapping) -> None:
    """Every shape has what it needs."""
    needs = {
        "events": ("case", "activity"),
        "history": ("case", "field", "new_value", "time"),
        "updates": ("case", "status", "time"),
        "snapshot": ("case", "times"),
    }[mapping.shape]
    lacking = [name for name in needs if not getattr(mapping, name)]
    if mapping.shape == "events" and not (mapping.time or mapping.end or mapping.start):
        lacking.append("time")
    if lacking:
        raise EvidenceError(
            *(Fault("LW-EV-018", f"study.yaml: mapping.{name}", f"the column that shape '{mapping.shape}' "
                                                                "needs", "nothing",
                    f"add `{name}: NAME OF THE COLUMN`") for name in lacking)
        )  # fmt: skip


def _cell(source: Source, name: str | None, mapping: Mapping, extra: tuple[str, ...] = ()) -> str:
    """SQL of a mapped column's text, or NULL."""
    if not name:
        return "NULL::VARCHAR"
    return _unmarked(source, filled(source.column(name), (*mapping.missing, *extra)))


def _unmarked(source: Source, text: str) -> str:
    """SQL: a text without the apostrophe that keeps a spreadsheet from running it as a formula."""
    return f"regexp_replace({text}, '^''(\\s*[=+\\-@])', '\\1')" if source.probe.marked else text


def _make_base(source: Source, mapping: Mapping, order: DateOrder, attributes: tuple[Attribute, ...]) -> None:
    """Copy the mapped cells of every row, with times read."""
    cells = {
        "case_label": _cell(source, mapping.case, mapping),
        "resource": _cell(source, mapping.resource, mapping, _NO_ONE),
        "team": _cell(source, mapping.team, mapping, _NO_ONE),
        "status": _cell(source, mapping.status, mapping),
        "lifecycle": f"lower({_cell(source, mapping.lifecycle, mapping)})",
        "instance": _cell(source, mapping.instance, mapping),
        "field": _cell(source, mapping.field, mapping),
        "old_value": _cell(source, mapping.old_value, mapping),
        "new_value": _cell(source, mapping.new_value, mapping),
        "sequence": f"try_cast({_cell(source, mapping.sequence, mapping)} AS DOUBLE)",
        "activity": "NULL::VARCHAR",
    }
    if mapping.activity:
        parts = ", ".join(_cell(source, name, mapping) for name in mapping.activity)
        cells["activity"] = f"nullif(concat_ws('/', {parts}), '')"
    cells |= {f"a{number}": _attribute_cell(source, item, mapping, order) for number, item in enumerate(attributes)}
    times = {"start": mapping.start, "end": mapping.end or mapping.time, "opened": mapping.opened}
    times |= {f"m{number}": name for number, name in enumerate(mapping.times)}
    since = {}
    opened = next((key for key, name in times.items() if name and mapping.times.get(name) == OPENED), None)
    if opened:
        base_us = time_us(source.column(str(times[opened])), order)
        since = {key: base_us for key, name in times.items() if name in mapping.times and is_elapsed(str(name))}
    for key, name in times.items():
        column = source.column(name) if name else None
        cells[f"{key}_us"] = time_us(column, order) if column else "NULL::BIGINT"
        if name and key in since:
            seconds = f"try_cast({filled(source.column(name), mapping.missing)} AS DOUBLE)"
            cells[f"{key}_us"] = (
                f"{since[key]} + (CASE WHEN {seconds} BETWEEN 0 AND 1e9 THEN {seconds} * 1e6 END)::BIGINT"
            )
        cells[f"{key}_written"] = f"({filled(column, mapping.missing)}) IS NOT NULL" if column else "false"
    listed = ", ".join(f"{sql} AS {name}" for name, sql in cells.items())
    source.store.run(f"CREATE OR REPLACE TABLE base AS SELECT {row_number(source)} AS row, {listed} FROM raw")


def _attribute_cell(source: Source, item: Attribute, mapping: Mapping, order: DateOrder) -> str:
    """SQL of an attribute as text; a due time as UTC microseconds."""
    if item.role == "due":
        return f"({time_us(item.column, order)})::VARCHAR"
    text = _unmarked(source, filled(item.column, mapping.missing))
    return f"replace({text}, ',', '.')" if mapping.decimal == "," else text


def row_number(source: Source) -> str:
    """Return SQL of a row's number in the file: malformed lines before it count."""
    if not source.rejected:
        return "rowid + 1"
    source.store.run(
        "CREATE OR REPLACE TABLE shift AS SELECT row_number - row_number() OVER (ORDER BY row_number) AS good_before "
        "FROM reject"
    )
    return "rowid + 1 + (SELECT count(*) FROM shift WHERE good_before <= raw.rowid)"


def _speak(source: Source, vocabulary: str) -> None:
    """Give the kinds of entry of a tool the name of the event each stands for; mark those that are no step of work."""
    known = kinds().get(vocabulary, {})
    values = [str(value) for (value,) in source.store.rows("SELECT DISTINCT activity FROM base WHERE activity IS NOT "
                                                           "NULL")]  # fmt: skip
    told = [(value, *known[kind]) for value in values if (kind := spelled(value, known)) is not None]
    source.store.run("CREATE OR REPLACE TABLE told (kind VARCHAR, label VARCHAR, counts BOOLEAN)")
    source.store.insert_rows("told", told)
    source.store.run(
        "CREATE OR REPLACE TABLE base AS SELECT b.* REPLACE (coalesce(t.label, b.activity) AS activity), "
        "coalesce(NOT t.counts, false) AS passed FROM base b LEFT JOIN told t ON b.activity = t.kind ORDER BY b.row"
    )
    source.store.run("DROP TABLE told")


def _name_states(source: Source, mapping: Mapping) -> None:
    """Put names for the numbers under which ServiceNow keeps states, where every state is one of its numbers."""
    marks = ("sysmodcount", "sysupdatedon", "sysupdatedat", "syscreatedon", "sysid", "documentkey", "sysupdatedby")
    if mapping.shape not in ("history", "updates") or not any(plain_name(c.name) in marks for c in source.columns):
        return
    columns, only = ["status"], "true"
    if mapping.shape == "history":
        columns, only = ["new_value", "old_value"], "lower(field) IN ('state', 'incident_state', 'problem_state')"
    for table in state_codes().values():
        pairs = [f"({literal(code)}, {literal(label)})" for code, label in table.items()]
        codes = ", ".join(literal(code) for code in table)
        seen, known = source.store.row(
            f"SELECT count({columns[0]}), count(*) FILTER (WHERE {columns[0]} IN ({codes})) FROM good WHERE {only}"
        )
        if seen and known >= 0.99 * seen:
            for column in columns:
                source.store.run(
                    f"UPDATE good SET {column} = c.label FROM (VALUES {', '.join(pairs)}) c(code, label) "
                    f"WHERE good.{column} = c.code AND {only}"
                )
            return


def _reject(source: Source, mapping: Mapping) -> int:
    """Find the rows that cannot be used; keep row, column and reason, never the value.

    Returns how many rows were passed over because their kind is no step of work.
    """
    early, late = (f"epoch_us(TIMESTAMPTZ '{year}-01-01 00:00:00+00')" for year in (OLDEST_YEAR, LATEST_YEAR))
    checks = [("case_label IS NULL", mapping.case, "no value")]
    if mapping.shape == "events":
        alone = " AND (end_written OR NOT opened_written)" if mapping.opened else ""
        checks.append((f"activity IS NULL{alone}", "/".join(mapping.activity), "no value"))
    keys = [("start", mapping.start), ("end", mapping.end or mapping.time)]
    keys += [(f"m{number}", name) for number, name in enumerate(mapping.times)]
    for key, name in keys:
        if name:
            checks.append((f"{key}_written AND {key}_us IS NULL", name, "a time that cannot be read"))
            checks.append(
                (f"{key}_us NOT BETWEEN {early} AND {late}", name, f"a year outside {OLDEST_YEAR} to {LATEST_YEAR}")
            )
    if mapping.shape == "history":
        checks.append(("field IS NOT NULL AND NOT end_written", mapping.end or mapping.time, "no time"))
    written = " OR ".join([f"{key}_written" for key, _ in keys] + ["opened_written AND activity IS NULL"])
    checks.append(
        (f"NOT ({written})", mapping.end or mapping.time or mapping.start or next(iter(mapping.times), ""), "no time")
    )
    if mapping.start and mapping.end:
        checks.append(("end_us < start_us", mapping.end, "an end before its start"))
    column = " ".join(f"WHEN {test} THEN {literal(name or '')}" for test, name, _ in checks)
    reason = " ".join(f"WHEN {test} THEN {literal(why)}" for test, _, why in checks)
    passed = 0
    if mapping.vocabulary:
        (passed,) = source.store.row("SELECT count(*) FROM base WHERE passed")
        source.store.run("DELETE FROM base WHERE passed")
    source.store.run(
        f"INSERT INTO reject SELECT row, column_name, reason FROM (SELECT row, CASE {column} END AS column_name, "
        f"CASE {reason} END AS reason FROM base) WHERE reason IS NOT NULL ORDER BY row"
    )
    source.store.run(
        "CREATE OR REPLACE TABLE good AS SELECT * FROM base ANTI JOIN reject ON base.row = reject.row_number "
        "ORDER BY row"
    )
    source.store.run("DROP TABLE base")
    return int(passed)


def _opened(source: Source, kept: str) -> None:
    """Add the opening of each item as its first event, from the time that its rows repeat."""
    firsts = "".join(f", arg_min({name}, row)" for name in kept.split(", ") if name)
    source.store.run(
        f"INSERT INTO ev SELECT min(row), 0, case_label, '{OPENED}', NULL, NULL, min(opened_us), min(opened_us)"
        f"{firsts} FROM good WHERE opened_us IS NOT NULL GROUP BY case_label "
        f"HAVING count(*) FILTER (WHERE activity = '{OPENED}') = 0 AND "
        "(min(end_us) IS NULL OR min(opened_us) <= min(end_us))"
    )


def _plain_events(source: Source, mapping: Mapping, kept: str) -> tuple[int, ...]:
    """A row per event; the steps of one piece of work become one event."""
    if not mapping.lifecycle:
        source.store.run(
            "CREATE OR REPLACE TABLE ev AS SELECT row, 1 AS place, case_label, activity, resource, team, "
            f"coalesce(start_us, end_us) AS start_us, coalesce(end_us, start_us) AS end_us{kept} FROM good "
            "WHERE activity IS NOT NULL"
        )
        if mapping.opened:
            _opened(source, kept)
        unfinished = source.store.row("SELECT count(*) FROM good WHERE end_us IS NULL")[0]
        unpaired = source.store.row("SELECT count(*) FROM good WHERE start_us IS NULL")[0] if mapping.start else 0
        return int(unfinished), int(unpaired), 0
    return join_steps(source, kept)


def _history(source: Source, mapping: Mapping, kept: str) -> tuple[int, ...]:
    """A row per changed field: states become events, changes of team and owner too; both are carried along."""
    fields = [
        str(name)
        for (name,) in source.store.rows("SELECT DISTINCT field FROM good WHERE field IS NOT NULL LIMIT 10000")
    ]
    kinds = {name: kind for kind in ("status", "team", "resource") for name in fields if _field_kind(name) == kind}
    if "status" not in kinds.values():
        raise EvidenceError(
            Fault("LW-EV-019", f"{source.path}, column '{mapping.field}'", "changes of the status among the "
                                                                           "changed fields",
                  "none", "export the status changes too")
        )  # fmt: skip
    what = " ".join(f"WHEN {literal(name)} THEN {literal(kind)}" for name, kind in sorted(kinds.items()))
    source.store.run(
        f"CREATE OR REPLACE TABLE changes AS SELECT *, CASE field {what} END AS what, end_us AS at_us FROM good"
    )
    so_far = "OVER (PARTITION BY case_label ORDER BY at_us, row ROWS UNBOUNDED PRECEDING)"
    ahead = "OVER (PARTITION BY case_label ORDER BY at_us, row ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"

    then = ", ".join(
        f"coalesce(last_value(CASE WHEN what = '{kind}' THEN coalesce(new_value, '') END IGNORE NULLS) {so_far}, "
        f"first_value(CASE WHEN what = '{kind}' THEN coalesce(old_value, '') END IGNORE NULLS) {ahead}) AS {kind}_then"
        for kind in ("team", "resource")
    )
    source.store.run(f"CREATE OR REPLACE TABLE carried AS SELECT *, {then} FROM changes")
    nobody = ", ".join(f"'{word}'" for word in ("", *_NO_ONE))
    team = f"coalesce(team, CASE WHEN lower(team_then) NOT IN ({nobody}) THEN team_then END)"
    owner = f"coalesce(resource, CASE WHEN lower(resource_then) NOT IN ({nobody}) THEN resource_then END)"
    label = f"CASE what WHEN 'status' THEN new_value WHEN 'team' THEN '{REASSIGNED}' ELSE '{ASSIGNED}' END"
    source.store.run(
        f"CREATE OR REPLACE TABLE ev AS SELECT row, 1 AS place, case_label, {label} AS activity, {owner} AS resource, "
        f"{team} AS team, at_us AS start_us, at_us AS end_us{kept} FROM carried WHERE what IS NOT NULL "
        "AND (what <> 'status' OR new_value IS NOT NULL)"
    )
    if mapping.start:
        first = "coalesce(arg_min(old_value, (at_us, row)) FILTER (WHERE what = 'status'), "
        empty = kept.replace(", a", ", NULL::VARCHAR AS a")
        source.store.run(
            f"INSERT INTO ev SELECT min(row), 0, case_label, {first}'{OPENED}'), NULL, NULL, min(start_us), "
            f"min(start_us){empty} "
            "FROM carried WHERE start_us IS NOT NULL GROUP BY case_label HAVING coalesce(min(start_us) < min(at_us) "
            "FILTER (WHERE what IS NOT NULL), true)"
        )
    (left,) = source.store.row("SELECT count(*) FROM carried WHERE what IS NULL AND field IS NOT NULL")
    for table in ("changes", "carried"):
        source.store.run(f"DROP TABLE {table}")
    return 0, 0, int(left)


def _field_kind(name: str) -> str | None:
    """Whether a changed field is the status, the team or the owner; ``Incident State Duration`` is a state too."""
    bare = re.sub(r"\s*(field value )?duration$", "", name, flags=re.IGNORECASE)
    for kind in ("status", "team", "resource"):
        if rank_of(bare, kind) is not None:
            return kind
    return None


def _updates(source: Source, mapping: Mapping, kept: str) -> tuple[int, ...]:
    """A row per save of the whole ticket: only changes of state, team or owner are events."""
    ordered = "OVER (PARTITION BY case_label ORDER BY end_us, sequence, row)"
    source.store.run(
        f"CREATE OR REPLACE TABLE saves AS SELECT *, row_number() {ordered} AS number, lag(status) {ordered} AS "
        "status_before, "
        f"lag(team) {ordered} AS team_before, lag(resource) {ordered} AS owner_before FROM good"
    )
    label = (
        "CASE WHEN status IS NOT NULL AND (number = 1 OR status IS DISTINCT FROM status_before) THEN status "
        f"WHEN team IS NOT NULL AND team IS DISTINCT FROM team_before THEN '{REASSIGNED}' "
        f"WHEN resource IS NOT NULL AND resource IS DISTINCT FROM owner_before THEN '{ASSIGNED}' END"
    )
    source.store.run(
        f"CREATE OR REPLACE TABLE ev AS SELECT row, number AS place, case_label, {label} AS activity, resource, team, "
        f"end_us AS start_us, end_us{kept} FROM saves"
    )
    (left,) = source.store.row("SELECT count(*) FROM ev WHERE activity IS NULL")
    source.store.run("DELETE FROM ev WHERE activity IS NULL")
    source.store.run("DROP TABLE saves")
    return 0, 0, int(left)


def _snapshot(source: Source, mapping: Mapping, kept: str) -> tuple[int, ...]:
    """A row per ticket: each of its times becomes an event; only the last owner is known, and not of the opening."""
    parts = []
    for number, (name, label) in enumerate(mapping.times.items()):
        place = (moment_of(name) or (label, number))[1]
        who = "NULL::VARCHAR AS resource, NULL::VARCHAR AS team" if label == OPENED else "resource, team"
        parts.append(
            f"SELECT row, {place} AS place, case_label, {literal(label)} AS activity, {who}, m{number}_us AS start_us, "
            f"m{number}_us AS end_us{kept} FROM good WHERE m{number}_us IS NOT NULL"
        )
    source.store.run(f"CREATE OR REPLACE TABLE ev AS {' UNION ALL '.join(parts)}")
    return 0, 0, 0
