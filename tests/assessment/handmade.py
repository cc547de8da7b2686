"""Small logs made by hand, as arrays: with a fault, and look-alikes without it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from longwall.evidence import CaseAttribute, Log

WEEK_H = 168.0
EVERYTHING = frozenset({"order", "handover", "rework", "start_times", "teams", "resources", "reopen", "work_time"})


class Desk:
    """Collects events and makes a log of them."""

    def __init__(self, weeks: float, seed: int) -> None:
        self.weeks, self.luck = weeks, np.random.default_rng(seed)
        self.events: list[tuple[int, str, str, str, float, float]] = []
        self.classes: list[str] = []

    def case(self, klass: str) -> int:
        self.classes.append(klass)
        return len(self.classes) - 1

    def do(self, case: int, activity: str, who: str, team: str, start_h: float, end_h: float) -> float:
        self.events.append((case, activity, who, team, start_h, end_h))
        return end_h

    def office_h(self) -> float:
        """An arrival in office hours."""
        week, day = self.luck.integers(0, int(self.weeks)), self.luck.integers(0, 5)
        return float(week * WEEK_H + day * 24 + self.luck.uniform(8, 17))

    def any_h(self) -> float:
        return float(self.luck.uniform(0, self.weeks * WEEK_H))

    def log(self, *, starts: bool = True, capabilities: frozenset[str] = EVERYTHING) -> Log:
        first: dict[int, float] = {}
        for case, *_, start, _ in self.events:
            first[case] = min(first.get(case, np.inf), start)
        number = {case: k for k, case in enumerate(sorted(first, key=lambda c: (first[c], c)))}
        rows = sorted(
            (number[case], end, start if starts else end, activity, who, team)
            for case, activity, who, team, start, end in self.events
        )
        activities = list(dict.fromkeys(row[3] for row in rows))
        people = list(dict.fromkeys(row[4] for row in rows if row[4]))
        teams = list(dict.fromkeys(row[5] for row in rows if row[5]))
        case = np.array([row[0] for row in rows], dtype=np.int32)
        classes = [self.classes[old] for old in sorted(number, key=number.get)]  # type: ignore[arg-type]
        labels = tuple(dict.fromkeys(classes))
        codes = np.array([labels.index(c) for c in classes], dtype=np.int32)
        attribute = CaseAttribute("category", "category", "label", codes, labels, np.empty(0))
        resource = np.array([people.index(row[4]) if row[4] else -1 for row in rows], dtype=np.int32)
        team = np.array([teams.index(row[5]) if row[5] else -1 for row in rows], dtype=np.int32)
        home = np.full(len(people), -1, dtype=np.int32)
        home[resource[resource >= 0]] = team[resource >= 0]
        return Log(
            case=case,
            activity=np.array([activities.index(row[3]) for row in rows], dtype=np.int32),
            resource=resource,
            team=team,
            start_h=np.array([row[2] for row in rows]),
            end_h=np.array([row[1] for row in rows]),
            row=np.arange(1, len(rows) + 1),
            offsets=np.searchsorted(case, np.arange(len(number) + 1)).astype(np.int64),
            case_labels=tuple(f"T{k}" for k in range(len(number))),
            activities=tuple(activities),
            teams=tuple(teams),
            n_resources=len(people),
            resource_team=home,
            case_attributes={"category": attribute} if len(labels) > 1 else {},
            origin=datetime(2024, 1, 1, tzinfo=UTC),
            timezone="UTC",
            starts_logged=starts,
            capabilities=capabilities if starts else capabilities - {"start_times", "work_time"},
        )


def bouncing_desk(seed: int, bounce: float, *, starts: bool = True, cases: int = 2000) -> Log:
    """Three teams; a share of the tickets that look like network goes to and fro between network and desktop."""
    desk = Desk(26, seed)
    luck = desk.luck
    for _ in range(cases):
        klass = str(luck.choice(["network", "desktop", "other"], p=[0.4, 0.4, 0.2]))
        case, t = desk.case(klass), desk.office_h()
        t = desk.do(case, "take call", f"s{luck.integers(6)}", "service", t, t + 0.2)
        if klass == "other":
            t += luck.exponential(2)
            desk.do(case, "close", f"s{luck.integers(6)}", "service", t, t + 0.1)
            continue
        team = klass
        while True:
            t += luck.exponential(6)
            t = desk.do(case, f"work on {team}", f"{team[0]}{luck.integers(6)}", team, t, t + luck.exponential(1))
            if klass == "desktop" or luck.random() >= bounce:
                break
            team = "desktop" if team == "network" else "network"
        t += luck.exponential(2)
        desk.do(case, "close", f"s{luck.integers(6)}", "service", t, t + 0.1)
    return desk.log(starts=starts)


def multi_team_desk(seed: int, *, repeats_label: bool, starts: bool = True, cases: int = 2000) -> Log:
    """The look-alike: most changes go network, desktop, network by design; everything else stays in one team."""
    desk = Desk(26, seed)
    luck = desk.luck
    for _ in range(cases):
        klass = str(luck.choice(["change", "incident"], p=[0.4, 0.6]))
        case, t = desk.case(klass), desk.office_h()
        t = desk.do(case, "take call", f"s{luck.integers(6)}", "service", t, t + 0.2)
        steps = [("network", "prepare"), ("desktop", "install"), ("network", "verify")]
        if klass == "incident":
            steps = [("network", "repair")]
        elif luck.random() < 0.1:
            steps = steps[:2]
        for team, what in steps:
            t += luck.exponential(6)
            what = "work" if repeats_label else what
            t = desk.do(case, what, f"{team[0]}{luck.integers(6)}", team, t, t + luck.exponential(1))
        t += luck.exponential(2)
        desk.do(case, "close", f"s{luck.integers(6)}", "service", t, t + 0.1)
    return desk.log(starts=starts)


def automated_desk(
    seed: int, *, outages: int, practised: float, around_the_clock: bool = True, starts: bool = True, cases: int = 4000
) -> Log:
    """Account recovery by a bot; in outages people need half a day; `practised` is the share people do every week."""
    desk = Desk(26, seed)
    luck = desk.luck
    out = [(5 + k * 6) * WEEK_H + 33 for k in range(outages)]
    for _ in range(cases):
        klass = str(luck.choice(["recovery", "question"], p=[0.7, 0.3]))
        case, t = desk.case(klass), desk.any_h() if around_the_clock else desk.office_h()
        t = desk.do(case, "take request", "portal", "", t, t + 0.001)
        if klass == "question":
            t += luck.exponential(1)
            t = desk.do(case, "answer", f"a{luck.integers(8)}", "desk", t, t + luck.exponential(0.3))
        elif any(begin <= t < begin + 10 for begin in out):
            t += luck.exponential(6)
            t = desk.do(case, "recover account", f"a{luck.integers(8)}", "desk", t, t + luck.exponential(6))
        elif luck.random() < practised:
            t += luck.exponential(1)
            t = desk.do(case, "recover account", f"a{luck.integers(8)}", "desk", t, t + luck.exponential(0.4))
        else:
            t = desk.do(case, "recover account", "bot", "", t, t + luck.uniform(0.1, 0.3))
        desk.do(case, "tell customer", "portal", "", t, t + 0.001)
    return desk.log(starts=starts)
