"""What is wrong or odd in the data, counted in the store; and what the log can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import CAPABILITIES, Gap, QualityFinding
from longwall.evidence.shapes import Tally
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
        "SELECT count(*), (SELECT count(*) FROM cases), (SELECT count(*) FROM activities), (SELECT count(*) FROM teams), "
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


def quality(store: Store, counts: Counts, tally: Tally, mapping: Mapping) -> tuple[QualityFinding, ...]:
    """Return the quality findings of a store, the serious ones first.

    Parameters
    ----------
    store : Store
        With events, cases, resources.
    counts : Counts
    tally : Tally
        What happened to the rows.
    mapping : Mapping
    """
    found = [
        *_missing(counts, mapping),
        *_rows(store, counts, tally),
        *_times(store, counts, mapping),
        *_edges(store, counts),
        *_ids(store, counts),
        *_machines(store, counts),
    ]
    return tuple(sorted(found, key=lambda item: not item.serious))


def _share(count: int, total: int) -> float:
    return count / total if total else 0.0


def _missing(counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    found = []
    for name, column, present in (
        ("resource", mapping.resource, counts.with_resource),
        ("team", mapping.team, counts.with_team),
    ):
        lacking = counts.events - present
        if column and lacking:
            share = _share(lacking, counts.events)
            found.append(QualityFinding(f"missing_{name}", f"{lacking:,} of {counts.events:,} events ({share_text(share)}) "
                                        f"name no {name}.", lacking, share, share > 0.2))  # fmt: skip
    return found


def _rows(store: Store, counts: Counts, tally: Tally) -> list[QualityFinding]:
    """Duplicates, unfinished work, unpaired completions, rows without an event."""
    (copies,) = store.row("SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM events "
                          "GROUP BY case_code, activity, resource, team, start_us, end_us HAVING count(*) > 1)")  # fmt: skip
    said = [
        ("duplicates", int(copies), counts.events, "{:,} events ({}) repeat another one in everything that was stored.", 0.02),
        ("unfinished", tally.unfinished, counts.events + tally.unfinished,
         "{:,} pieces of work ({}) were begun and have no completion in the record.", 0.1),
        ("unpaired", tally.unpaired, counts.events, "{:,} completions ({}) have no logged start; their start is set to their end.", 2.0),
        ("left_out", tally.left_out, tally.rows,
         "{:,} rows ({}) carry no event (other transitions, or a save that changed no state, team or owner).", 2.0),
    ]  # fmt: skip
    return [QualityFinding(key, text.format(n, share_text(_share(n, of))), n, _share(n, of), _share(n, of) > limit)
            for key, n, of, text, limit in said if n]  # fmt: skip


def _times(store: Store, counts: Counts, mapping: Mapping) -> list[QualityFinding]:
    """Order of rows, zero durations, coarse clocks, jumps of the clock."""
    found = []
    (backward,) = store.row("SELECT count(*) FROM (SELECT row < lag(row) OVER (PARTITION BY case_code ORDER BY rowid) AS back "
                            "FROM events) WHERE back")  # fmt: skip
    if backward and mapping.shape != "snapshot":
        share = _share(int(backward), counts.events)
        found.append(QualityFinding("out_of_order", f"{backward:,} events ({share_text(share)}) stand later in the file than "
                                    "in time; they were put in order.", int(backward), share))  # fmt: skip
    if counts.with_length and counts.with_length < counts.events:
        zero = counts.events - counts.with_length
        share = _share(zero, counts.events)
        found.append(
            QualityFinding("zero_durations", f"{zero:,} events ({share_text(share)}) end when they start.", zero, share)
        )
    day_us = 24 * _HOUR_US
    (midnight,) = store.row(f"SELECT count(*) FILTER (WHERE end_us % {day_us} = 0) FROM events")
    if midnight > 0.5 * counts.events:
        found.append(QualityFinding("dates_only", f"{share_text(_share(midnight, counts.events))} of the times are midnight: "
                                    "hours of the day are not known.", int(midnight), _share(midnight, counts.events), True))  # fmt: skip
    found.extend(_jumps(store, counts))
    return found


def _jumps(store: Store, counts: Counts) -> list[QualityFinding]:
    """Times far outside the bulk of the log, as a wrong clock or a placeholder gives."""
    low, high = store.row("SELECT quantile_cont(end_us, 0.01)::BIGINT, quantile_cont(end_us, 0.99)::BIGINT FROM events")
    span = max(int(high) - int(low), 30 * 24 * _HOUR_US)
    (far,) = store.row(f"SELECT count(*) FROM events WHERE start_us < {int(low) - span} OR end_us > {int(high) + span}")
    if not far:
        return []
    share = _share(int(far), counts.events)
    return [QualityFinding("clock_jumps", f"{far:,} events ({share_text(share)}) lie further from the rest than the whole rest "
                           "is long; look at their dates.", int(far), share, True)]  # fmt: skip


def _edges(store: Store, counts: Counts) -> list[QualityFinding]:
    """Cases that may have been cut by the edge of the log: still moving shortly before the record ends."""
    ends = "SELECT case_code, max(end_us) AS last_us, arg_max(activity, (end_us, rowid)) AS last_activity FROM events GROUP BY 1"
    (open_,) = store.row(
        f"WITH e AS ({ends}), usual AS (SELECT last_activity FROM e GROUP BY 1 HAVING count(*) >= 0.02 * {counts.cases}), "
        "gap AS (SELECT quantile_cont(d, 0.9) AS g FROM (SELECT end_us - lag(end_us) OVER (PARTITION BY case_code ORDER BY rowid) "
        f"AS d FROM events) WHERE d IS NOT NULL) SELECT count(*) FROM e WHERE last_activity NOT IN (FROM usual) "
        f"AND last_us > {counts.last_us} - (SELECT coalesce(g, 0) FROM gap)"
    )
    (spread,) = store.row(
        f"SELECT count(*) FROM ({ends}) WHERE last_us > {counts.last_us} - 7::BIGINT * 24 * {_HOUR_US}"
    )
    found = []
    if open_:
        share = _share(int(open_), counts.cases)
        found.append(QualityFinding("cut_off", f"{open_:,} items ({share_text(share)}) stop shortly before the record ends at a "
                                    "step where items rarely end: they are probably still open.", int(open_), share, share > 0.2))  # fmt: skip
    if spread:
        share = _share(int(spread), counts.cases)
        found.append(QualityFinding("near_edge", f"{spread:,} items ({share_text(share)}) had an event in the last week of the "
                                    "record and may go on after it.", int(spread), share, share > 0.3))  # fmt: skip
    return found


def _ids(store: Store, counts: Counts) -> list[QualityFinding]:
    """Ids of items that hold several numbers."""
    (several,) = store.row("SELECT count(*) FROM cases WHERE len(regexp_extract_all(label, '\\d+')) > 1")
    if not several:
        return []
    share = _share(int(several), counts.cases)
    return [QualityFinding("ids_with_several_numbers", f"{several:,} ids of items ({share_text(share)}) hold several numbers; "
                           "they were taken whole.", int(several), share)]  # fmt: skip


def _machines(store: Store, counts: Counts) -> list[QualityFinding]:
    """Resources that work as machines do: a thousand things an hour, or at one point of the minute."""
    found = []
    (fast,) = store.row(
        f"SELECT count(DISTINCT resource) FROM (SELECT resource FROM events WHERE resource >= 0 GROUP BY resource, "
        f"end_us // {_HOUR_US} HAVING count(*) >= {MACHINE_EVENTS_PER_HOUR})"
    )
    if fast:
        found.append(QualityFinding("machine_speed", f"{fast} of {counts.resources} resources did {MACHINE_EVENTS_PER_HOUR:,} "
                                    "things or more within one hour: probably machines or shared accounts.",
                                    int(fast), _share(int(fast), counts.resources)))  # fmt: skip
    day_us = 24 * _HOUR_US
    (regular,) = store.row(
        "SELECT coalesce(sum(n), 0) FROM (SELECT max(k) AS top, sum(k) AS n FROM (SELECT activity, "
        f"end_us % {day_us} // 1000000 AS second, count(*) AS k FROM events WHERE end_us % {day_us} <> 0 "
        "GROUP BY ALL) GROUP BY activity) WHERE n >= 50 AND top >= 0.5 * n"
    )
    if regular:
        share = _share(int(regular), counts.events)
        found.append(QualityFinding("machine_times", f"{int(regular):,} events ({share_text(share)}) are of steps that mostly "
                                    "happen at the same second of the day: a nightly job or a rule of booking.",
                                    int(regular), share))  # fmt: skip
    return found
