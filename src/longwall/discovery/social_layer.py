"""The social layer of the model: roles with people who suffice for the work, authority, links; and cautions."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from longwall.discovery.labels import ids_of
from longwall.discovery.parts import Parts
from longwall.discovery.resources import ACCOUNT
from longwall.discovery.staffing import more_people, roles_of
from longwall.worksystem import Assumption, Distribution, Function, Link, Role, Shift, Variance

__all__ = [
    "assumptions_of",
    "cautions_of",
    "executions_per_week",
    "holidays_of",
    "links_of",
    "staffed",
    "with_authority",
]

_MOST_LOAD = 0.85
_MOST_COUNTED = 0.92
_LINK_SHARE = 0.01
_LEAST_SEVERAL = 0.01
_MOST_LINKS = 60


def executions_per_week(parts: Parts) -> NDArray[np.float64]:
    """Executions of each function per week at today's arrivals."""
    n = len(parts.functions.names)
    per_case = np.bincount(parts.functions.of_event, minlength=n) / parts.traces.n_cases
    return np.asarray(per_case * float(parts.arrivals.per_week.sum()))


def staffed(
    parts: Parts, team_ids: tuple[str, ...], per_week: NDArray[np.float64], cautions: list[str]
) -> tuple[list[Distribution], tuple[Role, ...], dict[str, str]]:
    """Work contents and roles that fit each other: lower what is assumed, else add people."""
    by_hand = 1.0 - parts.machines.share
    work = list(parts.durations.work)

    def load() -> NDArray[np.float64]:
        hours = np.array([w.mean_h for w in work]) * per_week * by_hand
        return np.asarray(hours @ parts.performers.share)

    roles, lines, hours = roles_of(parts.groups, parts.presence, load(), team_ids)
    if not (parts.presence.active_per_week > 0).any():
        people = max(1, int(np.ceil(load()[0] / (0.6 * 45.0))))
        roles = (roles[0].model_copy(update={"shifts": (Shift(people=people, hours="mon-fri 08:00-17:00"),)}),)
        lines = {f"social.roles.{roles[0].id}.shifts": "the log names no people: head-count for 60% load; assumed"}
        cautions.append(f"The log names no people; {people} are assumed, so that they are busy 60% of an office week.")
        return work, roles, lines
    busy = load() / np.maximum(hours, 1e-9)
    over = np.flatnonzero(busy > _MOST_LOAD)
    for role in over:
        mine = [f for f in range(len(work)) if role in parts.performers.roles(f) and work[f].mean_h > 0]
        free = [f for f in mine if work[f].footing == "assumed" or parts.durations.pooled[f]]
        share = parts.performers.share[:, role]
        part = float(sum(work[f].mean_h * per_week[f] * by_hand[f] * share[f] for f in free))
        total = float(load()[role])
        excess = total - _MOST_LOAD * float(hours[role])
        if excess <= 0:
            continue
        if part > 0:
            # What was measured, if only in a pool, is not lowered by more than half.
            least = 0.1 if all(parts.durations.work[f].footing == "assumed" for f in free) else 0.5
            factor = max(1.0 - excess / part, least)
            for f in free:
                work[f] = _lowered(work[f], factor)
            cautions.append(
                f"{roles[role].name}: work content that the log does not show was lowered to {100 * factor:.0f}% of "
                f"the first guess, so that the people seen there suffice; the log was stable."
            )
    busy = load() / np.maximum(hours, 1e-9)
    out = list(roles)
    for role in np.flatnonzero(busy > _MOST_COUNTED):
        shifts = more_people(roles[role].shifts, float(busy[role]) / _MOST_COUNTED)
        added = sum(s.people for s in shifts) - roles[role].head_count
        out[role] = roles[role].model_copy(update={"shifts": shifts})
        lines[f"social.roles.{roles[role].id}.shifts"] += f"; {added} people added for the work that was counted"
        cautions.append(
            f"{roles[role].name}: the work counted needs more hours than people were seen for; {added} were added "
            f"(some work in parallel, or outside the hours seen)."
        )
    return work, tuple(out), lines


def _lowered(work: Distribution, factor: float) -> Distribution:
    """A work content times a factor below one, its interval wide enough to hold it."""
    smaller = work.times(factor)
    return smaller.model_copy(
        update={
            "low_h": min(smaller.mean_h, work.low_h if work.low_h is not None else smaller.mean_h),
            "high_h": work.high_h,
            "footing": "assumed" if work.footing == "assumed" else "fitted",
            "source": work.source + f"; lowered by {100 * (1 - factor):.0f}% to fit the people",
        }
    )


def with_authority(
    roles: tuple[Role, ...], variances: tuple[Variance, ...], functions: tuple[Function, ...]
) -> tuple[Role, ...]:
    """Give roles the authority and information for the variances that their members were seen to control."""
    out: list[Role] = []
    may = {function.id: function.roles for function in functions}
    for role in roles:
        controls = tuple(
            v.id
            for v in variances
            if v.control is not None
            and (v.control.role == role.id or (v.control.role is None and role.id in may[v.control.function]))
        )
        out.append(role.model_copy(update={"authority": controls, "informed_of": controls}) if controls else role)
    return tuple(out)


def links_of(parts: Parts, team_ids: tuple[str, ...]) -> tuple[Link, ...]:
    """Handovers between teams as links, those with at least 1% of all."""
    team, traces = parts.groups.team_of_event, parts.traces
    rows = np.flatnonzero(traces.previous >= 0)
    one, two = team[traces.previous[rows]], team[rows]
    change = (one >= 0) & (two >= 0) & (one != two)
    if not change.any():
        return ()
    k = len(parts.groups.team_names)
    counts = np.bincount(one[change] * k + two[change], minlength=k * k)
    order = np.argsort(-counts, kind="stable")[:_MOST_LINKS]
    return tuple(
        Link(source=team_ids[pair // k], target=team_ids[pair % k], kind="hands_over", channel="the tool", formal=False)
        for pair in order
        if counts[pair] >= _LINK_SHARE * counts.sum()
    )


def holidays_of(parts: Parts) -> tuple[str, ...]:
    """Holidays from the last year of the log on; empty where the log keeps none."""
    since = (parts.log.moment(float(parts.log.end_h.max(initial=0.0))) - timedelta(days=366)).date().isoformat()
    return tuple(date for date in parts.arrivals.closed.dates if date >= since)


def assumptions_of(parts: Parts) -> tuple[Assumption, ...]:
    """What the model takes for granted."""
    out = [
        Assumption(
            id="one-at-a-time",
            statement="People work on one item at a time"
            + (
                "; time shared among several is counted once, the rest of the time from start to end is delay."
                if _several(parts)
                else "; parallel work is not in the model."
            ),
            rests_on=("work.functions",),
            source="starts and ends in the log" if parts.several else "the log does not show it",
        ),
        Assumption(
            id="sequence",
            statement="Outside parallel parts the steps of an item follow one another."
            if parts.parallel
            else "The steps of an item follow one another.",
            rests_on=("work.routes",),
            source=f"{100 * parts.durations.overlap:.0f}% of steps began before what let them begin had ended",
        ),
    ]
    if not parts.log.starts_logged:
        out.append(
            Assumption(
                id="work-content",
                statement="Work content lies at the median of its upper bounds.",
                rests_on=tuple(f"work.functions.{i}.work_h" for i in ids_of(parts.functions.names)),
                source="no starts in the log",
            )
        )
    return tuple(out)


def _several(parts: Parts) -> float:
    """Largest share of a role's working time with several items under way; 0 where it is next to nothing."""
    most = max((held.share for held in parts.several.values()), default=0.0)
    return most if most >= _LEAST_SEVERAL else 0.0


def cautions_of(parts: Parts) -> list[str]:
    """What a reader must know of how the model came about."""
    out: list[str] = []
    if parts.tiers.levels:
        out.append(f"Teams stand on {parts.tiers.levels} support levels: {parts.tiers.sentence()}.")
    if not parts.log.starts_logged:
        out.append(
            "The log holds ends only: work and waiting cannot be told apart. Work content is assumed between bounds; "
            "whatever depends on capacity carries them."
        )
    most = _several(parts)
    if most:
        out.append(
            f"Up to {100 * most:.0f}% of the working time of a role's people went on several items at once; in the "
            "model they do one after another, and shared time is counted once."
        )
    said = parts.waiting.sentence()
    if said:
        out.append(f"{said[0].upper()}{said[1:]}: everybody there was busy, nobody was there, or something else.")
    if any(parts.durations.pooled):
        out.append(
            "Functions that fewer than five people do show the work content of a pool, so that nobody's speed is shown."
        )
    if parts.functions.folded:
        out.append(f"{len(parts.functions.folded)} rare activities were joined to 'Other work'.")
    if parts.durations.overlap > 0.05:
        out.append(
            f"{100 * parts.durations.overlap:.0f}% of steps began before what let them begin had ended; "
            "the model puts them one after another."
        )
    accounts = int((parts.kinds.kind == ACCOUNT).sum())
    if accounts:
        out.append(
            f"{accounts} resource(s) are active over more hours than one person: "
            "shared accounts or queues, not counted as people."
        )
    if parts.machines.components:
        out.append(
            "Levels of automation are read from a log as a set, 7 to 10; the model takes 10: no human step was seen."
        )
    cut = int((~parts.traces.finished).sum())
    if cut:
        out.append(f"{cut} of {parts.traces.n_cases} items were probably still open when the log was extracted.")
    if parts.performers.guessed and parts.groups.people_seen().any():
        out.append(
            f"{len(parts.performers.guessed)} function(s) were done by no known person; given to the role around them."
        )
    withheld = [p.kind for p in parts.events.prevalence if p.withheld]
    if withheld:
        out.append(f"Not looked for, since the log does not show it: {', '.join(withheld)}.")
    return out
