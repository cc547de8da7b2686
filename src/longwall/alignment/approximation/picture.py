"""What of a work system decides how work flows through a week: numbers by name, so that designs can be added up.

A picture is a mapping from a name, such as ``("able", function, post)``, to numbers. Two pictures of systems that
differ in one change differ in what the change touches, and a design is today with the differences of its changes
added. A name that a picture lacks stands for zeros.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.approximation.escapes import escapes_per_week
from longwall.simulation.allocation import loop_factor
from longwall.simulation.compile import Compiled
from longwall.simulation.demand import arrivals_per_week, judged
from longwall.simulation.deviations import upstream
from longwall.simulation.load import parts_of_work
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Component, Distribution, Function, WorkSystem, week_spans_h

__all__ = ["LONG", "Name", "Picture", "picture_of"]

Name = tuple[str, ...]
Picture = dict[Name, NDArray[np.float64]]

LONG = 1e6
"""Stands for no limit [h], and for every urgency."""


def picture_of(compiled: Compiled) -> Picture:
    """Return the picture of a system.

    Returns
    -------
    dict of tuple of str to ndarray
        ``("arrivals", class)``: items by hour of the week [1/h], shape (168,).
        ``("class", class)``: urgency (small is first), due and mean patience [h], repeats of an item.
        ``("goes", class, source, target)``: expected successors; the source of what comes is ``start``.
        ``("function", function)``: share of executions in which the item needs a person, hours of that person, hours
        of reading beside it, hours that pass without anybody, squared coefficient of variation of work and of what
        passes, interruptions, takeovers, extra hours of a takeover, and 1 where work is finished after hours.
        ``("able", function, post)``: speed, 0 where the post does not do it.
        ``("staff", post)``, ``("ends", post)``, ``("back", post)``: people by hour of the week, people whose shift ends
        with that hour, and the sum of their hours until they are back, shape (168,).
        ``("post", post)``: people, urgency up to which they are called (`LONG`: they are not on call but at work).
        ``("team", post, team)``: 1 for the team of a post.
        ``("escapes", variance)``: occurrences that nobody controls, per week.
    """
    found: Picture = {}
    for name, numbers in (*_demand(compiled), *_routes(compiled), *_functions(compiled), *_posts(compiled)):
        found[name] = np.atleast_1d(np.asarray(numbers, dtype=np.float64))
    for variance, count in escapes_per_week(compiled).items():
        found["escapes", variance] = np.array([count])
    return found


def _demand(compiled: Compiled) -> Iterator[tuple[Name, Any]]:
    per_week = arrivals_per_week(compiled.system, compiled.demand)
    for c, demand in enumerate(compiled.demand):
        shape = compiled.model.rate[c]
        total = float(shape.sum())
        profile = shape / total if total > 0 else np.full(HOURS_PER_WEEK, 1.0 / HOURS_PER_WEEK)
        yield ("arrivals", demand.id), profile * per_week[c]
        due = LONG if demand.due_h is None else min(demand.due_h.value, LONG)
        patience = LONG if demand.patience_h is None else min(demand.patience_h.mean_h, LONG)
        yield ("class", demand.id), (demand.priority, due, patience, _repeats(successors(compiled, c)))


def successors(compiled: Compiled, c: int) -> NDArray[np.float64]:
    """Return the expected successors of each function (and of the start, row 0) in a class, memory left aside.

    Returns
    -------
    ndarray, shape (functions + 1, functions)
    """
    flow, shares = compiled.flow, judged(compiled.demand[c], compiled.priors)
    n = len(compiled.functions)
    found = np.zeros((n + 1, n))
    for source in range(n + 1):
        fork = flow.fork_of[source - 1, c] if source else -1
        if fork >= 0:
            row = flow.fork[int(fork)]
            for branch in flow.fork_to[row.lo : row.lo + row.n]:
                found[source, branch] += 1.0
            continue
        for outcome, share in enumerate(shares):
            route = flow.row_of[source * len(shares) + outcome, c]
            if share <= 0.0 or route < 0:
                continue
            row, before = flow.route[int(route)], 0.0
            for k in range(row.lo, row.lo + row.n):
                if flow.route_to[k] >= 0:
                    found[source, flow.route_to[k]] += share * (flow.route_p[k] - before)
                before = flow.route_p[k]
    for fork in {int(k) for k in flow.fork_of[:, c] if k >= 0}:
        # What forks comes together again: each branch brings its part of one item.
        row = flow.fork[fork]
        found[1:, row.join] /= max(int(row.n), 1)
    return found


def _repeats(goes: NDArray[np.float64]) -> float:
    """Return how often an item does something that it has done before: visits beyond the first of each function."""
    often = np.linalg.inv(np.eye(goes.shape[1]) - 0.999 * goes[1:])
    visits = goes[0] @ often
    return float((visits - visits / np.diag(often)).sum())


def _routes(compiled: Compiled) -> Iterator[tuple[Name, Any]]:
    ids = ("start", *(function.id for function in compiled.functions))
    for c, demand in enumerate(compiled.demand):
        goes = successors(compiled, c)
        for source, target in zip(*np.nonzero(goes), strict=True):
            yield ("goes", demand.id, ids[source], ids[target + 1]), goes[source, target]


def _available(system: WorkSystem, component: Component) -> float:
    """Return the share of time in which a machine and all that it depends on run."""
    share = 1.0
    for name in upstream(system, component.id):
        part = system.components[name]
        if part.time_between_failures_h is not None:
            repair_h = 1.0 if part.repair_h is None else part.repair_h.mean_h
            share *= part.time_between_failures_h.value / (part.time_between_failures_h.value + repair_h)
    return share


def _cv2(of: Distribution | None) -> float:
    """Return the squared coefficient of variation of a distribution."""
    if of is None or of.shape == "fixed" or of.mean_h <= 0.0:
        return 0.0
    if of.shape == "empirical":
        points = np.array(of.quantiles_h)
        return float(points.var() / max(points.mean() ** 2, 1e-12))
    return 1.0 if of.shape == "exponential" else of.cv**2


def _functions(compiled: Compiled) -> Iterator[tuple[Name, Any]]:
    for k, function in enumerate(compiled.functions):
        row = compiled.model.fn[k]
        component = compiled.components[int(row.component)] if row.component >= 0 else None
        yield ("function", function.id), _function(compiled, function, component, bool(row.pool >= 0))
        skill = int(row.skill)
        for place, post in enumerate(compiled.posts):
            if row.pool >= 0 and compiled.roles[post.role].id in compiled.pools[int(row.pool)]:
                speed = float(compiled.model.role_speed[place, skill]) * _pace(compiled, place)
                yield ("able", function.id, _post(compiled, place)), speed


def _function(
    compiled: Compiled, function: Function, component: Component | None, manned: bool
) -> tuple[float, ...]:  # fmt: skip
    """Return the numbers of one function, in the order of `picture_of`."""
    priors = {name: parameter.value for name, parameter in compiled.priors.items()}
    level, mean_h = function.allocation.level, function.work_h.mean_h * _looked_at(compiled, function, priors)
    passes_h = 0.0 if function.delay_h is None else function.delay_h.mean_h
    cv2, cv2_passes = _cv2(function.work_h), _cv2(function.delay_h)
    finishes = float(function.at_shift_end == "finish")
    if component is None or level == 1:
        hours = (1.0, mean_h, 0.0) if manned else (0.0, 0.0, 0.0)
        return (*hours, passes_h, cv2, cv2_passes, 0.0, 0.0, 0.0, finishes)
    left = 1.0 - component.coverage.value * _available(compiled.system, component)
    parts = parts_of_work(function, component, priors, left)
    machine_h = (1.0 - left) * mean_h / component.speed.value
    takeover = function.allocation.takeover_h
    takeover_h = mean_h * priors["takeover_share"] if takeover is None else takeover.mean_h
    takeover_h *= loop_factor(level, compiled.priors)
    if not manned:
        return 0.0, 0.0, 0.0, passes_h + machine_h, cv2, cv2_passes, 0.0, 0.0, takeover_h, finishes
    if level <= 6:
        looks = 1.0 - left if level >= 4 else 0.0
        hours_h = mean_h * float(parts.total)
        return 1.0, hours_h, 0.0, passes_h + machine_h, cv2, cv2_passes, looks + left, left, takeover_h, finishes
    by_hand_h = mean_h + takeover_h
    looking_h = mean_h * float(parts.looking)
    review = function.allocation.review_h
    review_h = mean_h * priors["review_share"] if review is None else review.mean_h
    looks = looking_h / review_h if review_h > 0 else 0.0
    return left, by_hand_h, looking_h, passes_h + machine_h, cv2, cv2_passes, looks + left, left, takeover_h, finishes


def _looked_at(compiled: Compiled, function: Function, priors: dict[str, float]) -> float:
    """Return the share of the work of a triage that is done, as alerts that seem worth nothing get a glance."""
    if not function.triage or not len(compiled.model.alert):
        return 1.0
    k = compiled.functions.index(function)
    visits = arrivals_per_week(compiled.system, compiled.demand) * compiled.flow.visits[:, k]
    done = 0.0
    for c, row in enumerate(compiled.model.cls):
        engaged = 1.0
        if row.alert >= 0:
            worth = float(compiled.model.alert[int(row.alert)].ppv)
            odds = math.log(worth / (1.0 - worth)) + priors["alert_salience"]
            engaged = 1.0 / (1.0 + math.exp(-odds))
        done += visits[c] * (engaged + (1.0 - engaged) * priors["glance_share"])
    return done / float(visits.sum()) if visits.sum() > 0 else 1.0


def _post(compiled: Compiled, place: int) -> str:
    """Return a name for a row of the table of posts that is the same in every design."""
    post = compiled.posts[place]
    return compiled.roles[post.role].id + (f" called up to {post.calls_up_to}" if post.call else "")


def _pace(compiled: Compiled, place: int) -> float:
    """Return what practices make of the pace of a post, once they have taken effect."""
    role = compiled.model.role[place]
    rows = compiled.model.practice[role.practice_lo : role.practice_lo + role.practice_n]
    if not len(rows):
        return 1.0
    spread = float(compiled.model.par[0].amo_cv)
    return max(1.0 + spread * float(rows.ability.sum() + rows.motivation.sum() + rows.opportunity.sum()), 0.3)


def _posts(compiled: Compiled) -> Iterator[tuple[Name, Any]]:
    for place, post in enumerate(compiled.posts):
        name, role = _post(compiled, place), compiled.roles[post.role]
        present = 1.0 - role.absence.value
        staff, ends, back = np.zeros(HOURS_PER_WEEK), np.zeros(HOURS_PER_WEEK), np.zeros(HOURS_PER_WEEK)
        heads = 0
        for shift in post.shifts(role):
            there = _there(shift.hours)
            staff += shift.people * present * there
            heads += shift.people
            for hour in np.flatnonzero((there > 0.0) & (np.roll(there, -1) == 0.0)):
                away = next(k for k in range(1, HOURS_PER_WEEK + 1) if there[(hour + 1 + k) % HOURS_PER_WEEK] > 0.0)
                ends[hour] += shift.people * present
                back[hour] += shift.people * present * (away + 1.0 - 0.5)
        yield ("staff", name), staff
        yield ("ends", name), ends
        yield ("back", name), back
        yield ("post", name), (heads, float(post.calls_up_to) if post.call else LONG)
        yield ("team", name, role.team), 1.0


def _there(hours: str) -> NDArray[np.float64]:
    """Return the rostered hours of one member in each hour of the week, shape (168,)."""
    begins, found = np.arange(HOURS_PER_WEEK), np.zeros(HOURS_PER_WEEK)
    for begin, end in week_spans_h(hours):
        found += np.clip(np.minimum(begins + 1.0, end) - np.maximum(begins, begin), 0.0, None)
    return found
