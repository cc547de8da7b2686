"""What is wrong or odd in the data, counted in the store; and what the log can and cannot show."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.evidence.mapping import Mapping
from longwall.evidence.observed import CAPABILITIES, Gap, QualityFinding
from longwall.evidence.quality_items import of_items
from longwall.evidence.quality_rows import of_rows
from longwall.evidence.quality_times import of_times
from longwall.evidence.sizes import Counts
from longwall.evidence.store import Store
from longwall.evidence.tables import hold_rules

__all__ = ["capabilities", "gaps", "quality"]

STARTS_SHARE = 0.02


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
        With events, cases, resources, and the tallies of its files.
    counts : Counts
    mapping : Mapping
    """
    found = [
        *of_rows(store, counts, mapping),
        *of_times(store, counts, mapping),
        *of_items(store, counts),
    ]
    return tuple(sorted(found, key=lambda item: not item.serious))
