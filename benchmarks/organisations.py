"""Organisations that nobody designed: random teams, roles, functions, routes, demand, machines, and their logs.

Independent of Longwall's own simulator and templates on purpose: what is discovered is judged against a truth that was
made by other means. Everything is in hours; a week has 168, hour 0 is Monday 00:00.

Mechanisms: items arrive by a Poisson process with a profile over the hours of the week; pass functions along a Markov
chain; may have to wait for somebody outside before a function; queue for the people of the roles that may do it, first
come first served; work pauses when a shift ends and goes on with the same person. A person works on up to `slots` tasks
at once, each at full pace. A function may be done by a machine, which covers a share of its items and takes no time.

Four ways to break what Longwall's model assumes: people prefer certain functions (``priority``), items wait for a
batch a day (``batch``), members of a role differ in pace (``pace``), arrivals come in bursts (``bursts``).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numba
import numpy as np
from numpy.typing import NDArray

from longwall.evidence import CAPABILITIES, Log

WEEK_H = 168
VIOLATIONS = ("priority", "batch", "pace", "bursts")
SHIFTS = ((0, 5, 8, 16), (0, 5, 9, 17), (0, 5, 8, 17), (0, 6, 8, 16), (0, 5, 7, 15))
"""First day, day after the last, opening and closing hour."""


@dataclass(frozen=True)
class Organisation:
    """One organisation.

    Parameters
    ----------
    per_week : float
        Arrivals.
    profile : ndarray, shape (168,)
        Share of the arrivals in each hour of the week.
    route : ndarray, shape (n_functions + 1, n_functions + 1)
        Probability of the next function; the last row is the start, the last column the end.
    work_h, cv : ndarray, shape (n_functions,)
        Mean and coefficient of variation of the work, lognormal.
    delay_h : ndarray, shape (n_functions,)
        Mean wait for somebody outside before each function, exponential; 0: none.
    role_of, team_of : ndarray of int, shape (n_people,)
    able : ndarray of bool, shape (n_people, n_functions)
    on : ndarray of bool, shape (n_people, 168)
    cover : ndarray, shape (n_functions,)
        Share of the executions that a machine takes.
    slots : int
        Tasks that a person works on at once.
    pace : ndarray, shape (n_people,)
        Factor on the time that a person takes.
    prefers : ndarray, shape (n_people, n_functions)
        Rank by which a person picks from the queues; all equal: the oldest first.
    batch : ndarray, shape (n_functions,)
        Hour of the day at which what has gathered is passed on; -1: at once.
    bursts : float
        Standard deviation of the log of the level of a week, and mean size of a burst less one.
    violation : str
        What breaks an assumption; empty: nothing.
    """

    per_week: float
    profile: NDArray[np.float64]
    route: NDArray[np.float64]
    work_h: NDArray[np.float64]
    cv: NDArray[np.float64]
    delay_h: NDArray[np.float64]
    role_of: NDArray[np.int64]
    team_of: NDArray[np.int64]
    able: NDArray[np.bool_]
    on: NDArray[np.bool_]
    cover: NDArray[np.float64]
    slots: int
    pace: NDArray[np.float64]
    prefers: NDArray[np.int64]
    batch: NDArray[np.float64]
    bursts: float = 0.0
    violation: str = ""

    @property
    def n_functions(self) -> int:
        return int(self.work_h.size)

    def visits(self) -> NDArray[np.float64]:
        """Executions of each function per item."""
        n = self.n_functions
        return np.linalg.solve(np.eye(n) - self.route[:n, :n].T, self.route[n, :n])

    def load(self) -> NDArray[np.float64]:
        """Hours of work per hour of presence of each role, work shared by those who may do it."""
        people = np.bincount(self.role_of)
        hours = np.bincount(self.role_of, weights=self.on.sum(axis=1)) * self.slots
        able = np.stack([self.able[self.role_of == role][0] for role in range(people.size)])
        share = able * hours[:, None] / np.maximum((able * hours[:, None]).sum(axis=0), 1e-9)
        need = self.per_week * self.visits() * self.work_h * (1.0 - self.cover)
        return np.asarray((share * need).sum(axis=1) / hours)


@dataclass(frozen=True)
class Played:
    """What happened: executions, and when each item came and went (inf: still there)."""

    case: NDArray[np.int64]
    function: NDArray[np.int64]
    person: NDArray[np.int64]
    start_h: NDArray[np.float64]
    end_h: NDArray[np.float64]
    arrival_h: NDArray[np.float64]
    close_h: NDArray[np.float64]


def random_organisation(rng: np.random.Generator, *, violation: str = "", slots: int = 1) -> Organisation:
    """Draw an organisation: one to three teams of five to twelve, three to eight functions, loads of .35 to .75."""
    teams = int(rng.integers(1, 4))
    role_of: list[int] = []
    team_of: list[int] = []
    hours: list[NDArray[np.bool_]] = []
    roles = 0
    for team in range(teams):
        sizes = [int(rng.integers(5, 9))] + ([int(rng.integers(5, 8))] if rng.random() < 0.3 else [])
        calendar = _calendar(rng)
        for size in sizes:
            role_of += [roles] * size
            team_of += [team] * size
            hours += [calendar] * size
            roles += 1
    n = int(rng.integers(max(3, roles), max(3, roles) + 4))
    owner = np.r_[np.arange(roles), rng.integers(0, roles, n - roles)]
    rng.shuffle(owner)
    may = np.zeros((roles, n), dtype=np.bool_)
    may[owner, np.arange(n)] = True
    for function in range(n):
        if roles > 1 and rng.random() < 0.15:
            may[rng.integers(roles), function] = True
    route = _routes(rng, n)
    per_week = float(rng.uniform(50, 160))
    delay_h = np.where(rng.random(n) < 0.35, rng.uniform(2, 24, n), 0.0)
    cover = np.zeros(n)
    people = np.array(role_of)
    prefers = np.zeros((people.size, n), dtype=np.int64)
    batch = np.full(n, -1.0)
    pace = np.ones(people.size)
    if violation == "priority":
        prefers = np.argsort(rng.random((people.size, n)), axis=1)
    elif violation == "batch":
        batch[rng.choice(n, size=max(1, n // 3), replace=False)] = 13.0
    elif violation == "pace":
        pace = rng.lognormal(0.0, 0.45, people.size)
    if rng.random() < 0.3:
        cover[rng.integers(n)] = rng.uniform(0.85, 0.98)
    made = Organisation(
        per_week, _profile(rng), route, rng.lognormal(0.0, 0.5, n), rng.uniform(0.4, 1.2, n), delay_h, people,
        np.array(team_of), may[people], np.stack(hours), cover, slots, pace, prefers, batch,
        0.35 if violation == "bursts" else 0.0, violation,
    )  # fmt: skip
    return _loaded(made, rng.uniform(0.35, 0.75, roles))


def _loaded(made: Organisation, wanted: NDArray[np.float64]) -> Organisation:
    """Scale the work so that each role has about the load that is wanted."""
    for _ in range(30):
        load = made.load()
        first = np.array([made.role_of[made.able[:, f]] for f in range(made.n_functions)], dtype=object)
        factor = np.array([np.mean([(wanted / np.maximum(load, 1e-9))[r] for r in np.unique(who)]) for who in first])
        made = replace(made, work_h=made.work_h * factor**0.7)
    return made


def _calendar(rng: np.random.Generator) -> NDArray[np.bool_]:
    first, last, opens, closes = SHIFTS[rng.integers(len(SHIFTS))]
    table = np.zeros((7, 24), dtype=np.bool_)
    table[first:last, opens:closes] = True
    return table.reshape(-1)


def _profile(rng: np.random.Generator) -> NDArray[np.float64]:
    hour = np.arange(24)
    day = np.exp(-0.5 * ((hour - rng.uniform(10, 14)) / rng.uniform(2.5, 4)) ** 2) + 0.02
    table = np.outer(np.r_[rng.uniform(0.8, 1.4, 5), rng.uniform(0.02, 0.2, 2)], day)
    return np.asarray((table / table.sum()).reshape(-1))


def _routes(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Mostly forward, now and then skipping or back, every function reached."""
    route = np.zeros((n + 1, n + 1))
    route[n, 0] = 1.0
    for f in range(n):
        on = rng.uniform(0.65, 0.95)
        route[f, f + 1] += on
        rest = 1.0 - on
        forward = list(range(f + 2, n + 1))
        if forward and rng.random() < 0.6:
            share = rest * rng.uniform(0.3, 1.0)
            route[f, forward[rng.integers(len(forward))]] += share
            rest -= share
        if f and rng.random() < 0.5:
            share = min(rest, rng.uniform(0.02, 0.1))
            route[f, rng.integers(f)] += share
            rest -= share
        route[f, n] += rest
    return np.asarray(route / route.sum(axis=1, keepdims=True))


def arrivals(made: Organisation, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw the hours of the arrivals over so many weeks."""
    level = np.ones(weeks)
    size = 1.0
    if made.bursts > 0:
        noise = np.zeros(weeks)
        for week in range(weeks):
            noise[week] = 0.6 * (noise[week - 1] if week else 0.0) + rng.normal(0.0, made.bursts * 0.8)
        level, size = np.exp(noise - made.bursts**2 / 2), 1.0 + made.bursts
    rate = made.per_week * level[:, None] * made.profile[None, :] / size
    counts = rng.poisson(rate)
    week, hour = np.nonzero(counts)
    begin = np.repeat(week * WEEK_H + hour, counts[week, hour]).astype(np.float64)
    times = begin + rng.random(begin.size)
    if size > 1.0:
        times = np.repeat(times, rng.geometric(1.0 / size, times.size))
    return np.sort(times)


def play(made: Organisation, weeks: int, seed: int) -> Played:
    """Play so many weeks from an empty start."""
    rng = np.random.default_rng(seed)
    times = arrivals(made, weeks, rng)
    sigma = np.sqrt(np.log1p(made.cv**2))
    most = int(times.size * max(made.visits().sum(), 1.0) * 3) + 1000
    case, function, person = (np.empty(most, dtype=np.int64) for _ in range(3))
    start, end = np.empty(most), np.empty(most)
    close = np.full(times.size, np.inf)
    ticks = _ticks(made.on)
    n = _play(
        times, np.cumsum(made.route, axis=1), made.work_h, sigma, made.delay_h, made.able, made.on, made.cover,
        made.slots, made.pace, made.prefers, made.batch, ticks, float(weeks * WEEK_H), rng,
        case, function, person, start, end, close,
    )  # fmt: skip
    return Played(case[:n], function[:n], person[:n], start[:n], end[:n], times, close)


def _ticks(on: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hours of the week at which somebody comes on."""
    return np.asarray((on & ~np.roll(on, 1, axis=1)).any(axis=0))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _until(on: NDArray[np.bool_], t: float, work: float) -> float:
    """When work that begins at t is done by somebody with these hours."""
    while True:
        hour = int(t) % 168
        left = int(t) + 1.0 - t
        if on[hour]:
            if work <= left:
                return t + work
            work -= left
        t = float(int(t) + 1)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _next(cumulative: NDArray[np.float64], row: int, rng: np.random.Generator) -> int:
    u = rng.random()
    for target in range(cumulative.shape[1]):
        if u < cumulative[row, target]:
            return target
    return cumulative.shape[1] - 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _play(times, cumulative, work_h, sigma, delay_h, able, on, cover, slots, pace, prefers, batch, ticks, until, rng,
          case, function, person, start, end, close):  # type: ignore[no-untyped-def]  # fmt: skip
    n_people, n = able.shape
    head, tail = np.full(n, -1), np.full(n, -1)
    after = np.full(times.size, -1)
    since = np.zeros(times.size)
    busy = np.zeros(n_people, dtype=np.int64)
    rows = 0
    heap = [(-1.0, 0, 0, 0)]
    heap.clear()
    for i in range(times.size):
        heapq.heappush(heap, (times[i], 0, i, n))
    for week in range(int(until / 168.0)):
        for hour in range(168):
            if ticks[hour]:
                heapq.heappush(heap, (float(week * 168 + hour), 2, 0, 0))
    while len(heap) > 0:
        t, kind, a, b = heapq.heappop(heap)
        if t >= until:
            break
        who, item, pick = -1, -1, -1
        if kind == 0:
            # Item a leaves place b and looks for its next function.
            f = _next(cumulative, b, rng)
            if f == n:
                close[a] = t
                continue
            ready = t
            if delay_h[f] > 0.0:
                ready += rng.exponential(delay_h[f])
            if batch[f] >= 0.0:
                day = np.floor(ready / 24.0) * 24.0 + batch[f]
                ready = day if day >= ready else day + 24.0
            if ready > t:
                heapq.heappush(heap, (ready, 3, a, f))
                continue
            kind, b = 3, f
        if kind == 3 and cover[b] > 0.0 and rng.random() < cover[b]:
            case[rows], function[rows], person[rows], start[rows], end[rows] = a, b, n_people, t, t + 0.001
            rows += 1
            heapq.heappush(heap, (t + 0.001, 0, a, b))
            continue
        if kind == 3:
            # Item a is ready for function b: the least busy of those who may, by lot among equals.
            least, seen = slots, 0
            for p in range(n_people):
                if able[p, b] and on[p, int(t) % 168] and busy[p] < slots:
                    if busy[p] < least:
                        least, seen, who = busy[p], 1, p
                    elif busy[p] == least:
                        seen += 1
                        if rng.random() * seen < 1.0:
                            who = p
            since[a] = t
            if who < 0:
                after[a] = -1
                if head[b] < 0:
                    head[b] = a
                else:
                    after[tail[b]] = a
                tail[b] = a
                continue
            work = work_h[b] * np.exp(sigma[b] * rng.normal() - sigma[b] ** 2 / 2) * pace[who]
            done = _until(on[who], t, work)
            busy[who] += 1
            case[rows], function[rows], person[rows], start[rows], end[rows] = a, b, who, t, done
            rows += 1
            heapq.heappush(heap, (done, 1, a, rows - 1))
            continue
        first, last = 0, n_people
        if kind == 1:
            # A task is done: its item moves on, its performer takes the next one.
            first = person[b]
            last = first + 1
            busy[first] -= 1
            heapq.heappush(heap, (t, 0, a, function[b]))
        for p in range(first, last):
            if not on[p, int(t) % 168]:
                continue
            while busy[p] < slots:
                pick = -1
                for f in range(n):
                    if not (able[p, f] and head[f] >= 0):
                        continue
                    rank = prefers[p, f] - prefers[p, pick] if pick >= 0 else -1
                    if rank < 0 or (rank == 0 and since[head[f]] < since[head[pick]]):
                        pick = f
                if pick < 0:
                    break
                item = head[pick]
                head[pick] = after[item]
                work = work_h[pick] * np.exp(sigma[pick] * rng.normal() - sigma[pick] ** 2 / 2) * pace[p]
                done = _until(on[p], t, work)
                busy[p] += 1
                case[rows], function[rows], person[rows], start[rows], end[rows] = item, pick, p, t, done
                rows += 1
                heapq.heappush(heap, (done, 1, item, rows - 1))
        if rows + n_people * slots + 8 >= case.size:
            break
    return rows


def log_of(made: Organisation, played: Played, *, from_h: float, until_h: float, starts: bool = True) -> Log:
    """Return what a tool would have recorded of the items that came in a span, up to its end; a row `Open` each."""
    inside = np.flatnonzero((played.arrival_h >= from_h) & (played.arrival_h < until_h))
    number = np.full(played.arrival_h.size, -1)
    number[inside] = np.arange(inside.size)
    kept = (number[played.case] >= 0) & (played.end_h < until_h)
    n, machine = made.n_functions, made.role_of.size
    shift = from_h
    case = np.r_[np.arange(inside.size), number[played.case[kept]]]
    activity = np.r_[np.zeros(inside.size, dtype=np.int64), played.function[kept] + 1]
    resource = np.r_[np.full(inside.size, -1), played.person[kept]]
    start = np.r_[played.arrival_h[inside], played.start_h[kept]] - shift
    end = np.r_[played.arrival_h[inside], played.end_h[kept]] - shift
    if not starts:
        start = end
    team = np.where((resource >= 0) & (resource < machine), made.team_of[np.minimum(resource, machine - 1)], -1)
    # What has no length in the end-only log is in the order in which it happened.
    order = np.lexsort((activity > 0, start, end, case))
    has = ("order", "handover", "rework", "teams", "resources") + (("start_times", "work_time") if starts else ())
    n_resources = machine + bool(made.cover.any())
    return Log(
        case=case[order].astype(np.int32), activity=activity[order].astype(np.int32),
        resource=resource[order].astype(np.int32), team=team[order].astype(np.int32), start_h=start[order],
        end_h=end[order], row=np.arange(1, order.size + 1),
        offsets=np.searchsorted(case[order], np.arange(inside.size + 1)).astype(np.int64),
        case_labels=tuple(f"c{k}" for k in range(inside.size)),
        activities=("Open", *(f"Function {k}" for k in range(n))),
        teams=tuple(f"Team {k}" for k in range(int(made.team_of.max()) + 1)), n_resources=n_resources,
        resource_team=np.r_[made.team_of, np.full(n_resources - machine, -1)].astype(np.int32), case_attributes={},
        origin=datetime(2024, 1, 1, tzinfo=UTC), timezone="UTC", starts_logged=starts,
        capabilities=frozenset(has) & frozenset(CAPABILITIES),
    )  # fmt: skip
