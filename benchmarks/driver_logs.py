"""Logs for measuring the detectors of drivers: event by event, outside the simulator and without their code.

Each driver has a world in which it is at work at a declared dose, the same world without it, and look-alikes. A world
is a function of a seed, a number of the variant and a dose (1: as declared, 0: nothing); variants of a kind take turns
over the seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from longwall.evidence import Alerts, CaseAttribute, Log

__all__ = ["DOSES", "KINDS", "WORLDS", "World"]

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)
SHOWS = frozenset({"order", "handover", "rework", "start_times", "teams", "resources", "reopen", "work_time"})
KINDS = ("with", "without", "alike")
WEEK = 168.0


@dataclass(frozen=True)
class World:
    """One log, its alerts or the text of a procedure, and which variant it is."""

    variant: str
    log: Log | None = None
    alerts: Alerts | None = None
    procedure: str = ""


class Sheet:
    """Collects events of cases and lays them out as a log."""

    def __init__(self, seed: int) -> None:
        self.luck = np.random.default_rng(seed)
        self.rows: list[tuple[int, str, int, str, float, float]] = []
        self.kind: list[str] = []
        self.due: list[float] = []

    def item(self, kind: str = "all", due_h: float = float("nan")) -> int:
        self.kind.append(kind)
        self.due.append(due_h)
        return len(self.kind) - 1

    def add(self, item: int, what: str, who: int, team: str, begin_h: float, end_h: float) -> float:
        self.rows.append((item, what, who, team, begin_h, end_h))
        return end_h

    def arrival(self, weeks: float) -> float:
        """Office hours, Monday to Friday, eight to five."""
        day = self.luck.integers(0, int(weeks) * 5)
        return float(day // 5 * WEEK + day % 5 * 24 + self.luck.uniform(8, 17))

    def log(self, *, cut_h: float = float("inf")) -> Log:
        rows = [row for row in self.rows if row[5] <= cut_h]
        first: dict[int, float] = {}
        for item, _, _, _, begin, _ in rows:
            first[item] = min(first.get(item, np.inf), begin)
        number = {item: k for k, item in enumerate(sorted(first, key=lambda i: (first[i], i)))}
        rows.sort(key=lambda r: (number[r[0]], r[5], r[4]))
        what = list(dict.fromkeys(r[1] for r in rows))
        team = list(dict.fromkeys(r[3] for r in rows if r[3]))
        who = sorted({r[2] for r in rows if r[2] >= 0})
        place, who_at = {w: k for k, w in enumerate(what)}, {w: k for k, w in enumerate(who)}
        team_at = {t: k for k, t in enumerate(team)}
        case = np.array([number[r[0]] for r in rows], dtype=np.int32)
        resource = np.array([who_at.get(r[2], -1) for r in rows], dtype=np.int32)
        teams = np.array([team_at.get(r[3], -1) for r in rows], dtype=np.int32)
        home = np.full(len(who), -1, dtype=np.int32)
        home[resource[resource >= 0]] = teams[resource >= 0]
        items = list(number)
        kinds = list(dict.fromkeys(self.kind[i] for i in items))
        attributes = {}
        if len(kinds) > 1:
            codes = np.array([kinds.index(self.kind[i]) for i in items], dtype=np.int32)
            attributes["kind"] = CaseAttribute("kind", "category", "label", codes, tuple(kinds), np.empty(0))
        due = np.array([self.due[i] for i in items])
        if np.isfinite(due).any():
            attributes["due"] = CaseAttribute("due", "due", "time", np.empty(0, dtype=np.int32), (), due)
        return Log(
            case=case,
            activity=np.array([place[r[1]] for r in rows], dtype=np.int32),
            resource=resource,
            team=teams,
            start_h=np.array([r[4] for r in rows]),
            end_h=np.array([r[5] for r in rows]),
            row=np.arange(1, len(rows) + 1),
            offsets=np.searchsorted(case, np.arange(len(items) + 1)).astype(np.int64),
            case_labels=tuple(f"I{k}" for k in range(len(items))),
            activities=tuple(what),
            teams=tuple(team),
            n_resources=len(who),
            resource_team=home,
            case_attributes=attributes,
            origin=ORIGIN,
            timezone="UTC",
            starts_logged=True,
            capabilities=SHOWS,
        )


def complacency(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """Prepare, approve, carry out; a fault is caught at the approval or comes back later.

    Dose: approvers pass unread (a quarter of a minute, 15% of faults caught instead of 85%) the more often the longer
    they have seen no fault, 60% of the passes on the whole.
    """
    sheet = Sheet(seed)
    luck = sheet.luck
    names = ("easy items", "reliable source", "faults nobody could see")
    calm = [0] * 8
    for _ in range(1600):
        easy = luck.random() < 0.6
        item = sheet.item(str(luck.choice(["a", "b"])))
        fault_share, seen, quick = 0.1, 0.85, False
        if kind == "alike":
            quick = easy if variant != 1 else luck.random() < 0.9
            fault_share = ((0.01 if easy else 0.2), 0.006, (0.03 if easy else 0.2))[variant]
        who = int(luck.integers(8))
        t = sheet.arrival(26)
        t = sheet.add(item, "prepare", 20 + int(luck.integers(6)), "makers", t, t + luck.exponential(0.5))
        faulty = luck.random() < fault_share
        if kind == "with":
            quick = luck.random() < dose * (0.3 + 0.45 * min(1.0, calm[who] / 20))
            seen = 0.15 if quick else 0.85
        if kind == "alike" and variant == 2 and easy:
            seen = 0.0
        t += luck.exponential(3)
        read_h = (15 if quick else 300) / 3600 * luck.lognormal(0, 0.5)
        t = sheet.add(item, "approve", who, "office", t, t + read_h)
        caught = faulty and luck.random() < seen
        calm[who] = 0 if caught else calm[who] + 1
        if caught:
            t = _again(sheet, item, t + luck.exponential(4), who)
        t = sheet.add(item, "carry out", 30 + int(luck.integers(6)), "makers", t + luck.exponential(2), t + 8)
        if faulty and not caught and luck.random() < 0.7:
            t = sheet.add(item, "complaint", 40 + int(luck.integers(6)), "front", t + luck.exponential(60), t + 200)
            t = _again(sheet, item, t, who)
            t = sheet.add(item, "carry out", 30 + int(luck.integers(6)), "makers", t + 1, t + 3)
        sheet.add(item, "archive", 40 + int(luck.integers(6)), "front", t + 1, t + 1.1)
    return World(names[variant] if kind == "alike" else kind, sheet.log())


def _again(sheet: Sheet, item: int, t: float, who: int) -> float:
    """The fault is mended and looked at again."""
    t = sheet.add(item, "prepare", 20 + int(sheet.luck.integers(6)), "makers", t, t + 0.5)
    return sheet.add(item, "approve", who, "office", t + 1, t + 1.1)


def skill_atrophy(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """A machine recovers accounts and is out four times for ten hours.

    Dose: nobody recovers an account by hand outside outages, and then it takes four hours of work instead of one half.
    """
    sheet = Sheet(seed)
    luck = sheet.luck
    names = ("holidays of one person", "backlog in outages", "simple step, never practised")
    out = [(4 + 6 * k) * WEEK + luck.integers(0, 5) * 24 + 9 for k in range(4)]
    holiday = kind == "alike" and variant == 0
    practised = {"with": 0.05 * (1 - dose), "without": 0.05}.get(kind, (0.005, 0.05, 0.0)[variant])
    for _ in range(2600):
        item = sheet.item("recovery" if luck.random() < 0.75 else "question")
        t = sheet.arrival(28) if holiday else float(luck.uniform(0, 28 * WEEK))
        t = sheet.add(item, "take request", -1, "", t, t + 0.001)
        work_h = luck.exponential(0.5)
        who = 10 + int(luck.integers(8))
        if sheet.kind[item] == "question":
            t += luck.exponential(1)
            sheet.add(item, "answer", who, "desk", t, t + work_h)
            continue
        broken = any(begin <= t < begin + 10 for begin in out)
        if holiday:
            away = any(begin <= t < begin + WEEK for begin in (out[1], out[3])) or luck.random() < practised
            t += luck.exponential(8 if away else 1)
            t = sheet.add(item, "recover account", who if away else 1, "desk", t, t + work_h)
        elif broken or luck.random() < practised:
            slow = kind == "with" and broken
            wait_h = luck.exponential(8 if broken and kind == "alike" and variant == 1 else 1)
            took_h = work_h * (1 + 7 * dose) if slow else work_h
            t = sheet.add(item, "recover account", who, "desk", t + wait_h, t + wait_h + took_h)
        else:
            t = sheet.add(item, "recover account", 0, "", t, t + luck.uniform(0.05, 0.1))
        sheet.add(item, "tell customer", -1, "", t, t + 0.001)
    return World(names[variant] if kind == "alike" else kind, sheet.log())


def alert_fatigue(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """Sixty days of alerts that come in waves.

    Dose: from the quietest to the busiest hour the chance that an alert is answered falls by 30 points.
    """
    luck = np.random.default_rng(seed)
    names = ("floods of alerts that are mostly false", "answers come later", "repeats answered once", "truth not known")
    hours = 60 * 24
    wave = np.zeros(hours)
    for h in range(1, hours):
        wave[h] = 0.85 * wave[h - 1] + luck.normal(0, 0.45)
    count = luck.poisson(2.2 * np.exp(wave - wave.var() / 2))
    fired = np.sort(np.repeat(np.arange(hours), count) + luck.random(count.sum()))
    n = fired.size
    load = count[np.minimum(fired.astype(int), hours - 1)].astype(float)
    rank = np.argsort(np.argsort(load, kind="stable")) / n
    worth = np.array([0.8, 0.7, 0.5, 0.5, 0.3, 0.2, 0.1, 0.05])
    name = luck.integers(0, 8, n)
    if kind == "alike" and variant in (0, 3):
        flood = luck.random(n) < 0.8 * rank
        name = np.where(flood, luck.integers(5, 8, n), luck.integers(0, 5, n))
    true = luck.random(n) < worth[name]
    p = np.where(true, 0.92, 0.15)
    if kind == "with":
        p = p * (1 - dose * 0.3 / 0.92 * rank)
    answered = luck.random(n) < p
    mark = name * 1000 + luck.integers(0, 400, n)
    if kind == "alike" and variant == 2:
        mark = np.where(luck.random(n) < 0.7 * rank, name * 1000 + 500 + (fired // 6 % 400).astype(int), mark)
        order = np.lexsort((fired, mark))
        again = np.zeros(n, dtype=bool)
        again[order[1:]] = (np.diff(mark[order]) == 0) & (np.diff(fired[order]) < 24)
        answered &= ~again | (luck.random(n) < 0.1)
    delay = luck.exponential(0.2, n) * (1 + (6 * rank if kind == "alike" and variant == 1 else 0))
    nothing = np.full(n, -1)
    unknown = kind == "alike" and variant == 3
    return World(
        names[variant] if kind == "alike" else kind,
        alerts=Alerts(
            fired_h=fired,
            acknowledged_h=np.where(answered, fired + delay, np.nan),
            resolved_h=np.where(answered, fired + 2 * delay, np.nan),
            name=name.astype(np.int32),
            severity=np.zeros(n, dtype=np.int32),
            service=nothing.astype(np.int32),
            team=np.zeros(n, dtype=np.int32),
            actioned=answered.astype(np.int8),
            disposition=nothing.astype(np.int8) if unknown else np.where(true, 0, 2).astype(np.int8),
            responder=np.where(answered, luck.integers(0, 8, n), -1).astype(np.int32),
            case=nothing.astype(np.int64),
            fingerprint=mark.astype(np.int64),
            notices=np.ones(n, dtype=np.int64),
            names=tuple(f"rule {k}" for k in range(8)),
            severities=("high",),
            services=(),
            teams=("watch",),
            n_responders=8,
            origin=ORIGIN,
            timezone="UTC",
        ),
    )


def role_ambiguity(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """Service takes a call and assigns it to north or south, who repair; every assignment is an event.

    Dose: nothing decides which of the two gets an item, and 15% are passed on to the other one without work.
    """
    sheet = Sheet(seed)
    luck = sheet.luck
    names = ("two equal teams in turn", "follow the sun", "first and second line", "one after the other by design")
    who = {"service": 0, "north": 10, "south": 20}
    for k in range(1500):
        item = sheet.item(str(luck.choice(["network", "desktop"])))
        t = sheet.arrival(26) if variant != 1 or kind != "alike" else float(luck.uniform(0, 26 * WEEK))
        t = sheet.add(item, "take call", int(luck.integers(8)), "service", t, t + 0.1)
        team = "north" if sheet.kind[item] == "network" else "south"
        passed = 0.02
        if kind == "with":
            other = str(luck.choice(["north", "south"]))
            team, passed = other if luck.random() < dose else team, 0.02 + 0.13 * dose
        if kind == "alike":
            day = 7 <= t % 24 < 19
            team = (("north", "south")[k % 2], "north" if day else "south", "north", "north")[variant]
            passed = (0.02, 0.02, 0.25, 0.02)[variant]
        steps = [team]
        while luck.random() < passed and len(steps) < 4 and not (kind == "alike" and len(steps) > 1):
            steps.append("south" if steps[-1] == "north" else "north")
        for place in steps:
            t += luck.exponential(1)
            t = sheet.add(item, "assign", who[place] + int(luck.integers(8)), place, t, t + 0.02)
        done = [steps[-1]]
        if kind == "alike" and variant == 3 and luck.random() < 0.45:
            done = ["north", "south"]
        if kind == "alike" and variant == 1 and luck.random() < 0.1:
            done = [team, "south" if team == "north" else "north"]
        for place in done:
            t += luck.exponential(3)
            t = sheet.add(item, "repair", who[place] + int(luck.integers(8)), place, t, t + luck.exponential(1))
        sheet.add(item, "close", int(luck.integers(8)), "service", t + 1, t + 1.1)
    return World(names[variant] if kind == "alike" else kind, sheet.log())


PROCEDURE = """
- {id: check-first, rule: before, first: check budget, second: order, source: purchasing policy 4.1,
   except: {kind: [standing]}}
- {id: two-pairs-of-eyes, rule: separate, first: request, second: approve, source: purchasing policy 4.2}
- {id: goods-are-confirmed, rule: followed_by, first: order, second: confirm goods, source: purchasing policy 5}
"""


def governance(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """Request, approve, check the budget, order, confirm the goods; three rules are declared.

    Dose: one of the rules is broken in 12% of the items, or the approval always passes within seconds.
    """
    sheet = Sheet(seed)
    luck = sheet.luck
    names = (
        "exceptions that the rule allows",
        "recorded together in the wrong order",
        "items still open",
        "quick and sure",
    )
    broken = kind == "with"
    for _ in range(1200):
        standing = luck.random() < 0.2
        item, t = sheet.item("standing" if standing else "single"), sheet.arrival(20)
        slip = 0.01 if not broken else 0.01 + 0.11 * dose
        maker = int(luck.integers(8))
        t = sheet.add(item, "request", maker, "unit", t, t + 0.3)
        approver = maker if luck.random() < (slip if broken and variant == 1 else 0.01) else 10 + int(luck.integers(8))
        quick = (broken and variant == 3 and luck.random() < dose) or (
            kind == "alike" and variant == 3 and luck.random() < 0.8
        )
        took_h = luck.uniform(2, 8) / 3600 if quick else luck.lognormal(-2.5, 0.5)
        t += luck.exponential(4)
        t = sheet.add(item, "approve", approver, "office", t, t + took_h)
        if luck.random() < (0.0 if broken and variant == 3 else 0.06):
            t = sheet.add(item, "request", maker, "unit", t + 1, t + 1.3)
            t = sheet.add(item, "approve", 10 + int(luck.integers(8)), "office", t + 1, t + 1.1)
        skip = luck.random() < (slip if broken and variant == 0 else 0.01)
        skip |= kind == "alike" and variant == 0 and standing and luck.random() < 0.9
        swap = kind == "alike" and variant == 1 and luck.random() < 0.3
        checked = t + luck.exponential(2)
        t = checked + (luck.uniform(5, 40) / 3600 if swap else luck.exponential(2))
        first, second = ("order", "check budget") if swap else ("check budget", "order")
        if not skip or swap:
            sheet.add(item, first, 10 + int(luck.integers(8)), "office", checked, checked)
        sheet.add(item, second if not skip or swap else "order", 20 + int(luck.integers(8)), "buyers", t, t)
        late_h = luck.exponential(24 * (28 if kind == "alike" and variant == 2 else 3))
        if luck.random() >= (slip if broken and variant == 2 else 0.01):
            t = sheet.add(item, "confirm goods", int(luck.integers(8)), "unit", t + late_h, t + late_h + 0.1)
        elif broken:
            t += 30
        sheet.add(item, "pay", 30 + int(luck.integers(8)), "books", t + 24, t + 24.1)
    # The export ends with the last order: what was ordered late in it is still open.
    return World(names[variant] if kind == "alike" else kind, sheet.log(cut_h=20 * WEEK), procedure=PROCEDURE)


def conflict(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """A year of tickets: taken, worked on, closed; some come back. They are due 48 hours after they came.

    Dose: in weeks under pressure work takes up to half as long, and up to 22 points more come back (variant 0); or
    half of what would run past its due time is closed just before it, and 30% of that comes back (variant 1).
    """
    sheet = Sheet(seed)
    luck = sheet.luck
    names = ("shared trend", "quick class that comes back", "season of the year", "deadline without harm")
    weeks = 60
    pressure = luck.random(weeks)
    mix = 0.3 + 0.4 * luck.random(weeks)
    for week in range(weeks):
        for _ in range(50):
            small = luck.random() < mix[week]
            arrived = week * WEEK + luck.integers(0, 5) * 24 + luck.uniform(8, 17)
            item = sheet.item("small" if small else "large", arrived + 48)
            hours = luck.lognormal(3.2, 0.6)
            back = 0.06
            if kind == "alike" and variant == 0:
                hours, back = hours * (1.2 - 0.5 * week / weeks), 0.03 + 0.1 * week / weeks
            if kind == "alike" and variant == 1:
                hours, back = (hours * 0.4, 0.2) if small else (hours, 0.03)
            if kind == "alike" and variant == 2:
                year = np.sin(2 * np.pi * week / 52)
                hours, back = hours * (1 - 0.3 * year), 0.08 + 0.05 * year
            if kind == "with" and variant == 0:
                hours, back = hours * (1 - dose * 0.5 * pressure[week]), 0.02 + dose * 0.22 * pressure[week]
            pulled = (kind == "with" and variant == 1) or (kind == "alike" and variant == 3)
            if pulled and 48 < hours < 72 and luck.random() < 0.5 * dose:
                hours, back = luck.uniform(44, 48), 0.06 + 0.24 * dose if kind == "with" else back
            t = sheet.add(item, "take", int(luck.integers(8)), "desk", arrived, arrived + 0.1)
            t = sheet.add(item, "work on", int(luck.integers(8)), "desk", t, arrived + hours - 0.1)
            t = sheet.add(item, "close", int(luck.integers(8)), "desk", t, arrived + hours)
            if luck.random() < back:
                t += luck.exponential(50)
                t = sheet.add(item, "complaint", int(luck.integers(8)), "desk", t, t + 0.1)
                t = sheet.add(item, "work on", int(luck.integers(8)), "desk", t, t + 5)
                sheet.add(item, "close", int(luck.integers(8)), "desk", t, t + 0.1)
    return World(names[variant] if kind == "alike" else kind, sheet.log())


def loop(seed: int, kind: str, variant: int, dose: float = 1.0) -> World:
    """A desk that works through a queue for 220 working days; what was done wrongly comes back after some days.

    Dose (variant 0): twice the usual backlog makes the next day's work a third quicker, and each tenth of haste
    brings six points more that come back. Variant 1: alerts that are left alone, the more often the more there are,
    fire again six times in ten, those answered one in ten.
    """
    names = (
        "quick under load, no more faults", "seasons", "quick outage tickets that come back", "surges of hard items",
        "flapping alerts", "fatigue without repeats",
    )  # fmt: skip
    name = names[variant] if kind == "alike" else kind
    if (kind == "with" and variant == 1) or (kind == "without" and variant == 1) or (kind == "alike" and variant >= 4):
        return World(name, alerts=_alert_loop(seed, kind, variant, dose))
    sheet = Sheet(seed)
    luck = sheet.luck
    queue: list[tuple[float, int, int]] = []
    back: dict[int, list[int]] = {}
    surge = 0.0
    usual = backlog = 25.0
    for day in range(220):
        at = day // 5 * WEEK + day % 5 * 24
        surge = 0.5 * surge + luck.normal(0, 0.3)
        season = np.sin(2 * np.pi * day / 20) + (0.5 if day % 5 == 0 else 0.0)
        rate = 30 * np.exp(surge) * (1 + 0.25 * season if kind == "alike" and variant == 1 else 1.0)
        for _ in range(luck.poisson(rate)):
            outage = kind == "alike" and variant in (2, 3) and luck.random() < np.clip(surge, 0, 0.6)
            queue.append(
                (at + luck.uniform(8, 16), sheet.item("outage" if outage and variant == 2 else "usual"), outage)
            )
        for item in back.pop(day, []):
            t = sheet.add(item, "complaint", 40 + int(luck.integers(8)), "front", at + 8, at + luck.uniform(8.1, 10))
            queue.append((t, item, 2))
        queue.sort()
        eager = kind == "with" or (kind == "alike" and variant == 0)
        haste = float(0.4 * dose * np.clip((backlog - usual) / usual, -0.7, 1)) if eager else 0.0
        haste += 0.12 * season if kind == "alike" and variant == 1 else 0.0
        fault = (
            0.1
            + (0.6 * dose * max(haste, -0.1) if kind == "with" else 0.0)
            + (0.04 * season if variant == 1 and kind == "alike" else 0)
        )
        capacity_h, rest = 35.0 if eager else 37.0, []
        for t0, item, hard in queue:
            if capacity_h <= 0 or t0 > at + 17:
                rest.append((t0, item, hard))
                continue
            quick, wrong = haste, fault
            if hard == 1:
                quick, wrong = (0.8, 0.3) if variant == 2 else (-0.5, 0.25)
            hours = float(np.exp(-quick)) * luck.lognormal(-0.12, 0.5)
            capacity_h -= hours
            begin = max(t0, at + 8) + luck.uniform(0, 0.5)
            end = sheet.add(item, "handle", int(luck.integers(10)), "desk", begin, max(begin + hours, begin + 0.01))
            sheet.add(item, "close", int(luck.integers(10)), "desk", end, end + 0.01)
            if luck.random() < wrong:
                back.setdefault(day + 1 + int(luck.integers(1, 4)), []).append(item)
        queue = rest
        backlog = len(queue)
    return World(name, sheet.log())


def _alert_loop(seed: int, kind: str, variant: int, dose: float) -> Alerts:
    """Alerts of sixty days, in the order of time; what is left alone may fire again."""
    luck = np.random.default_rng(seed)
    tired = kind == "with" or (kind == "alike" and variant == 5)
    waves = np.zeros(60 * 24)
    for h in range(1, waves.size):
        waves[h] = 0.85 * waves[h - 1] + luck.normal(0, 0.4)
    rows: list[tuple[float, int, bool]] = []
    due: dict[int, list[tuple[float, int]]] = {}
    recent: list[float] = []
    for h in range(waves.size):
        fresh = [(h + luck.random(), int(luck.integers(0, 400))) for _ in range(luck.poisson(1.5 * np.exp(waves[h])))]
        for t, mark in sorted(fresh + due.pop(h, [])):
            recent = [one for one in recent if one > t - 3]
            flaps = kind == "alike" and variant == 4 and mark % 3 == 0
            p = 0.85 - (dose * 0.5 * min(1.0, len(recent) / 15) if tired else 0.0)
            answered = bool(luck.random() < (0.2 if flaps else p))
            again = 0.6 if flaps else 0.1 + 0.5 * dose if not answered and kind == "with" else 0.1
            if luck.random() < again:
                later = t + luck.uniform(1, 8)
                due.setdefault(int(later), []).append((later, mark)) if later >= h + 1 else None
            rows.append((t, mark, answered))
            recent.append(t)
    fired, mark, did = (np.array(column) for column in zip(*sorted(rows), strict=True))
    n = fired.size
    nothing = np.full(n, -1)
    return Alerts(
        fired_h=fired, acknowledged_h=np.where(did, fired + 0.2, np.nan), resolved_h=np.where(did, fired + 1, np.nan),
        name=(mark % 6).astype(np.int32), severity=np.zeros(n, dtype=np.int32), service=nothing.astype(np.int32),
        team=np.zeros(n, dtype=np.int32), actioned=did.astype(np.int8), disposition=nothing.astype(np.int8),
        responder=np.where(did, luck.integers(0, 8, n), -1).astype(np.int32), case=nothing.astype(np.int64),
        fingerprint=mark.astype(np.int64), notices=np.ones(n, dtype=np.int64), names=tuple("abcdef"),
        severities=("high",), services=(), teams=("watch",), n_responders=8, origin=ORIGIN, timezone="UTC",
    )  # fmt: skip


DOSES = {
    "complacency": "60% of passes unread, more after long runs without a fault; 15% of faults caught instead of 85%",
    "skill_atrophy": "never by hand outside outages; four hours of work by hand instead of half an hour",
    "alert_fatigue": "chance of an answer falls by 30 points from the quietest to the busiest hour",
    "role_ambiguity": "nothing decides which of two teams gets an item; 15% are passed on without work",
    "governance_misalignment": "one rule of three broken in 12% of items, or an approval that passes all in seconds",
    "conflicting_measures": "quick weeks: up to half the time, up to 22 points more come back; or half of what "
    "would run late is closed just before, and 30% of that comes back",
    "reinforcing_loop": "twice the backlog makes work a third quicker, a tenth of haste brings six points more rework; "
    "or alerts left alone fire again six times in ten instead of one",
}
"""What is planted, by driver."""

WORLDS: dict[str, tuple[Callable[..., World], int, int]] = {
    "complacency": (complacency, 1, 3),
    "skill_atrophy": (skill_atrophy, 1, 3),
    "alert_fatigue": (alert_fatigue, 1, 4),
    "role_ambiguity": (role_ambiguity, 1, 4),
    "governance_misalignment": (governance, 4, 4),
    "conflicting_measures": (conflict, 2, 4),
    "reinforcing_loop": (loop, 2, 6),
}
"""The world of each driver, the number of its variants with the driver, and of its look-alikes."""
