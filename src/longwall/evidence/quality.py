"""What is wrong or odd in the data, counted in the store; and what the log can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import CAPABILITIES, Gap, QualityFinding
from longwall.evidence.store import Store
from longwall.evidence.tables import hold_rules
from longwall.units import share_text

__all__ = ["Counts", "capabilities", "counts_of", "gaps", "quality"]

_HOUR_US = 3_600_000_000
MACHINE_EVENTS_PER_HOUR = 1000
STARTS_SHARE = 0.02


@dataclass(frozen=True)
class Counts:
    """The sizes of an evidence store."""

    events: int
    cases: int
    activities: int
    teams: int
    resources: int
    first_us: int
    last_us: int
    with_resource: int
    with_team: int
    with_length: int


def counts_of(store: Store) -> Counts:
    """Return the sizes of a store."""
    row = store.row(
        "SELECT count(*), (SELECT count(*) FROM cases), (SELECT count(*) FROM activities), (SELECT count(*) "
        "FROM teams), "
        "(SELECT count(*) FROM resources), coalesce(min(start_us), 0), coalesce(max(end_us), 0), "
        "count(*) FILTER (WHERE resource >= 0), count(*) FILTER (WHERE team >= 0), "
        "count(*) FILTER (WHERE end_us > start_us) FROM events"
    )
    return Counts(*(int(value) for value in row))


def capabilities(mapping: Mapping, counts: Counts, labels: Sequence[str]) -> tuple[str, ...]:
    """Return what the log can show, as sorted keys of `CAPABILITIES`."""
    ordered = mapping.shape != "snapshot"
    starts = ordered and counts.with_length >= STARTS_SHARE * max(1, counts.events)
    counters = [name for name in mapping.keep if "reopen" in name.casefold()]
    held = any(pattern.search(label) for label in labels for pattern, _, _ in hold_rules())
    able = {
        "order": ordered,
        "rework": ordered,
        "handover": ordered and (counts.teams > 1 or counts.resources > 1),
        "start_times": starts,
        "work_time": starts,
        "teams": counts.teams > 0,
        "resources": counts.resources > 0,
        "reopen": ordered or bool(counters),
        "priority": mapping.priority is not None,
        "class": mapping.category is not None,
        "agreement": mapping.agreement is not None or mapping.due is not None,
        "hold": ordered and held,
    }
    return tuple(sorted(name for name, yes in able.items() if yes))


_ASK = {
    "order": "the history of status changes (in ServiceNow sys_audit, in Jira the changelog)",
    "handover": "the history of changes of group and assignee",
    "rework": "the history of status changes",
    "reopen": "the history of status changes, or a reopen counter",
    "start_times": "a time when work on each step began (work start, in progress since, time sheets)",
    "work_time": "starts of work, or time booked on each item",
    "teams": "the assignment group of each row",
    "resources": "the assignee of each row; names become pseudonyms at once",
    "priority": "the priority",
    "class": "the category or type",
    "agreement": "the due time, or whether the agreement was met",
    "hold": "statuses that tell waiting for the customer or a supplier",
}


def gaps(able: Sequence[str]) -> tuple[Gap, ...]:
    """Return what the log cannot show, each with the export to ask for."""
    return tuple(Gap(name, f"The log does not show {what}.", f"Ask for {_ASK[name]}.")
                 for name, what in CAPABILITIES.items() if name not in able)  # fmt: skip


def quality(store: Store, counts: Counts, mapping: Mapping) -> tuple[QualityFinding, ...]:
    """Return the quality findings of a store, the serious ones first.

    Parameters
    ----------
    store : Store
        With events, cases, resources.
    counts : Counts
    mapping : Mapping
    """
    found = [
        *_missing(counts, mapping),
        *_rows(store, counts),
        *_times(store, counts, mapping),
        *_edges(store, counts),
        *_ids(store, counts),
        *_machines(store, counts),
    ]
    return tuple(sorted(found, key=lambda item: not item.serious))


def _finding(key: str, count: int, total: int, text: str, serious_from: float = 2.0) -> list[QualityFinding]:
    """One finding where there is something to say; `text` may name {n}, {of} and {share}."""
    if not count:
        return []
    share = count / total if total else 0.0
    said = text.format(n=f"{count:,}", of=f"{total:,}", share=share_text(share))
    return [QualityFinding(key, said, int(count), share, share > serious_from)]


def _missing(counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Events without a resource or a team, where a column was mapped."""
    present = {"resource": (mapping.resource, counts.with_resource), "team": (mapping.team, counts.with_team)}
    found = []
    for name, (column, filled_in) in present.items():
        if column:
            text = f"{{n}} of {{of}} events ({{share}}) name no {name}."
            found += _finding(f"missing_{name}", counts.events - filled_in, counts.events, text, 0.2)
    return found


def _rows(store: Store, counts: Counts) -> list[QualityFinding]:
    """Duplicates, unfinished work, unpaired completions, rows without an event."""
    (copies,) = store.row(
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM events "
        "GROUP BY case_code, activity, resource, team, start_us, end_us HAVING count(*) > 1)"
    )
    seen = {"unfinished": 0, "unpaired": 0, "left_out": 0}
    seen |= {str(name): int(n) for name, n in store.rows("SELECT name, sum(count) FROM tallies GROUP BY name")}
    (rows,) = store.row("SELECT sum(rows) FROM sources")
    return [
        *_finding("duplicates", int(copies), counts.events,
                  "{n} events ({share}) repeat another one in everything that was stored.", 0.02),
        *_finding("unfinished", seen["unfinished"], counts.events + seen["unfinished"],
                  "{n} pieces of work ({share}) were begun and have no completion in the record.", 0.1),
        *_finding("unpaired", seen["unpaired"], counts.events,
                  "{n} completions ({share}) have no logged start; their start is set to their end."),
        *_finding("left_out", seen["left_out"], int(rows),
                  "{n} rows ({share}) carry no event: other transitions, or saves that changed no state, team "
                  "or owner."),
    ]  # fmt: skip


def _times(store: Store, counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Order of rows, zero durations, coarse clocks, jumps of the clock."""
    found = []
    (backward,) = store.row(
        "SELECT count(*) FROM (SELECT row < lag(row) OVER (PARTITION BY case_code, source ORDER BY place) AS back "
        "FROM events) WHERE back"
    )
    if mapping.shape != "snapshot":
        found += _finding("out_of_order", int(backward), counts.events,
                          "{n} events ({share}) stand later in the file than in time; they were put in "
                          "order.")  # fmt: skip
    if counts.with_length:
        found += _finding("zero_durations", counts.events - counts.with_length, counts.events,
                          "{n} events ({share}) end when they start.")  # fmt: skip
    (midnight,) = store.row(f"SELECT count(*) FILTER (WHERE end_us % {24 * _HOUR_US} = 0) FROM events")
    if midnight > 0.5 * counts.events:
        found += _finding("dates_only", int(midnight), counts.events,
                          "{share} of the times are midnight: hours of the day are not known.", 0.0)  # fmt: skip
    return found + _jumps(store, counts)


def _jumps(store: Store, counts: Counts) -> list[QualityFinding]:
    """Times far outside the bulk of the log, as a wrong clock or a placeholder gives."""
    low, high = store.row("SELECT quantile_cont(end_us, 0.01)::BIGINT, quantile_cont(end_us, 0.99)::BIGINT FROM events")
    span = max(int(high) - int(low), 30 * 24 * _HOUR_US)
    (far,) = store.row(f"SELECT count(*) FROM events WHERE start_us < {int(low) - span} OR end_us > {int(high) + span}")
    text = "{n} events ({share}) lie further from the rest than the whole rest is long; look at their dates."
    return _finding("clock_jumps", int(far), counts.events, text, 0.0)


def _edges(store: Store, counts: Counts) -> list[QualityFinding]:
    """Cases that may have been cut by the edge of the log: still moving shortly before the record ends."""
    ends = (
        "SELECT case_code, max(end_us) AS last_us, arg_max(activity, (end_us, place)) AS last_activity "
        "FROM events GROUP BY case_code"
    )
    (open_,) = store.row(
        f"WITH e AS ({ends}), usual AS "
        f"(SELECT last_activity FROM e GROUP BY 1 HAVING count(*) >= 0.02 * {counts.cases}), "
        "gap AS (SELECT quantile_cont(d, 0.9) AS g FROM (SELECT end_us - lag(end_us) OVER "
        "(PARTITION BY case_code ORDER BY place) AS d FROM events) WHERE d IS NOT NULL) "
        "SELECT count(*) FROM e WHERE last_activity NOT IN (FROM usual) "
        f"AND last_us > {counts.last_us} - (SELECT coalesce(g, 0) FROM gap)"
    )
    week_us = 7 * 24 * _HOUR_US
    (near,) = store.row(f"SELECT count(*) FROM ({ends}) WHERE last_us > {counts.last_us - week_us}")
    return [
        *_finding("cut_off", int(open_), counts.cases,
                  "{n} of {of} items ({share}) stop shortly before the record ends, at a step where items rarely end: "
                  "they are probably still open.", 0.2),
        *_finding("near_edge", int(near), counts.cases,
                  "{n} of {of} items ({share}) had an event in the last week of the record "
                  "and may go on after it.", 0.3),
    ]  # fmt: skip


def _ids(store: Store, counts: Counts) -> list[QualityFinding]:
    """Ids of items that hold several numbers."""
    (several,) = store.row("SELECT count(*) FROM cases WHERE len(regexp_extract_all(label, '\\d+')) > 1")
    text = "{n} ids of items ({share}) hold several numbers; they were taken whole."
    return _finding("ids_with_several_numbers", int(several), counts.cases, text)


def _machines(store: Store, counts: Counts) -> list[QualityFinding]:
    """Resources that work as machines do: a thousand things an hour, or always at one second of the day."""
    (fast,) = store.row(
        "SELECT count(DISTINCT resource) FROM (SELECT resource FROM events WHERE resource >= 0 GROUP BY resource, "
        f"end_us // {_HOUR_US} HAVING count(*) >= {MACHINE_EVENTS_PER_HOUR})"
    )
    day_us = 24 * _HOUR_US
    (regular,) = store.row(
        "SELECT coalesce(sum(n), 0) FROM (SELECT max(k) AS top, sum(k) AS n FROM (SELECT activity, "
        f"end_us % {day_us} // 1000000 AS second, count(*) AS k FROM events WHERE end_us % {day_us} <> 0 "
        "GROUP BY ALL) GROUP BY activity) WHERE n >= 50 AND top >= 0.5 * n"
    )
    return [
        *_finding("machine_speed", int(fast), counts.resources,
                  f"{{n}} of {{of}} resources did {MACHINE_EVENTS_PER_HOUR:,} things or more within one hour: "
                  "probably machines or shared accounts."),
        *_finding("machine_times", int(regular), counts.events,
                  "{n} events ({share}) are of steps that mostly happen at the same second of the day: "
                  "a nightly job or a rule of booking."),
    ]  # fmt: skip
