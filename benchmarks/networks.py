"""Networks: does chance claim anything, is what was planted found, how long does it take?

    python benchmarks/networks.py [--logs 100] [--planted 50] [--data ../shared/data/logs] [--only NAME ...]

One JSON object a line for each figure, a table on stderr, exit 1 if a bar is missed.

networks_nothing_desk    service desks simulated by Longwall, 8 weeks, nothing planted: share of logs with any claim
networks_nothing_rota    two teams with shifts, a quarter of the people away in any week, people who leave and are
                         replaced, steps of one team that stay with one person half of the time; nothing planted
networks_broker_power    the rota log in which three of twelve posts, where at work, sort 90% of what will pass to the
                         other team: share of logs in which carriers are claimed of that team; weaker: 70%
networks_pair_power      the rota log in which half of what one post hands over is taken by its partner, where that one
                         is at work: share of logs in which fixed pairs are claimed; weaker: 30%
networks_small_log       the planted logs cut to 40 cases: share of logs with any claim
networks_bpic12_s        processor seconds of `networks` on BPIC 2012, 999 permutations, compiled before
networks_5m_s            the same on that log laid end to end until it has 5 million events
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from longwall import templates
from longwall.discovery import networks
from longwall.discovery.traces import cases_of
from longwall.evidence import CAPABILITIES, Log, ingest, read_log
from longwall.simulation import Scenario, simulate_log
from longwall.stats import share_interval
from longwall.streams import generator

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)


def say(name, value, low, high, bar=None, at_most=True):
    holds = bar is None or (value <= bar if at_most else value >= bar)
    numbers = {key: float(f"{number:.4g}") for key, number in (("value", value), ("low", low), ("high", high))}
    print(json.dumps({"name": name, **numbers, "bar": bar, "holds": holds}), flush=True)
    told = (
        "no bar" if bar is None else f"{'at most' if at_most else 'at least'} {bar:g}: {'holds' if holds else 'MISSED'}"
    )
    print(f"{name:28s} {value:8.3g}  ({low:.3g} to {high:.3g})  {told}", file=sys.stderr, flush=True)
    return holds


def share(name, hits, of, bar, at_most=True):
    low, high = share_interval(hits, of)
    return say(name, hits / of, low, high, bar, at_most)


def log_from(case, activity, who, team, start, end, activities, teams):
    """A log from columns: cases by number, everything else by code, hours since a Monday."""
    first = np.full(int(case.max()) + 1, np.inf)
    np.minimum.at(first, case, start)
    there = np.flatnonzero(np.isfinite(first))
    number = np.full(first.size, -1)
    number[there[np.argsort(first[there], kind="stable")]] = np.arange(there.size)
    order = np.lexsort((start, end, number[case]))
    case, activity, who, team, start, end = (x[order] for x in (number[case], activity, who, team, start, end))
    _, who = np.unique(np.where(who < 0, 10**9, who), return_inverse=True)
    people = int(who.max()) + 1
    own = np.zeros((people, len(teams)))
    np.add.at(own, (who[team >= 0], team[team >= 0]), 1)
    return Log(
        case=case.astype(np.int32), activity=activity.astype(np.int32), resource=who.astype(np.int32),
        team=team.astype(np.int32), start_h=start, end_h=end, row=np.arange(1, case.size + 1),
        offsets=np.searchsorted(case, np.arange(there.size + 1)).astype(np.int64),
        case_labels=tuple(str(k) for k in range(there.size)), activities=tuple(activities), teams=tuple(teams),
        n_resources=people, resource_team=np.where(own.any(axis=1), own.argmax(axis=1), -1).astype(np.int32),
        case_attributes={}, origin=ORIGIN, timezone="UTC", starts_logged=True, capabilities=frozenset(CAPABILITIES),
    )  # fmt: skip


def desk(seed, weeks=8):
    """A service desk as Longwall simulates it, nothing planted."""
    frame = simulate_log(Scenario(system=templates.read("service-desk"), weeks=weeks, seed=seed, begins="2024-01-01"))
    frame = frame.filter(frame["team"].is_not_null())
    columns = {}
    for name in ("case", "activity", "resource", "team"):
        labels = frame[name].unique(maintain_order=True).to_list()
        columns[name] = (np.array(frame[name].replace_strict(labels, range(len(labels)))), labels)
    hours = [(frame[name].dt.epoch("us").to_numpy() - ORIGIN.timestamp() * 1e6) / 3.6e9 for name in ("start", "end")]
    return log_from(
        columns["case"][0], columns["activity"][0], columns["resource"][0], columns["team"][0], *hours,
        columns["activity"][1], columns["team"][1],
    )  # fmt: skip


STEPS = (("register", 0), ("sort", 0), ("repair", 1), ("test", 1), ("confirm", 0), ("close", 0))
SIZES = (12, 15)


def rota(seed, cases=3000, *, broker=0.0, pairs=0.0, keeps=0.5, weeks=12):
    """Two teams with shifts, absences by week and turnover; what is planted is planted by `broker` and `pairs`."""
    rng = generator(seed, "benchmark", "rota")
    shift = [rng.integers(0, 2, size) for size in SIZES]
    away = [rng.random((size, weeks + 2)) < 0.25 for size in SIZES]
    leaves = [np.where(rng.random(size) < 0.3, rng.integers(1, weeks, size), weeks + 9) for size in SIZES]
    begin = rng.integers(0, weeks, cases) * 168 + rng.integers(0, 5, cases) * 24 + 8 + rng.random(cases) * 10
    columns = [[] for _ in range(6)]

    def posts(team, at):
        """Who is at work: this shift, not away this week; everybody where that leaves nobody."""
        week, half = min(int(at // 168), weeks + 1), 0 if at % 24 < 13 else 1
        found = np.flatnonzero((shift[team] == half) & ~away[team][:, week])
        return found if found.size else np.arange(SIZES[team])

    for case in range(cases):
        at, before, last, crosses = begin[case], -1, -1, rng.random() < 0.6
        for code, (_, team) in enumerate(STEPS):
            if (team == 1 and not crosses) or (code == 3 and rng.random() < 0.4):
                continue
            there = posts(team, at)
            post = int(rng.choice(there))
            if before == team and last in there and rng.random() < keeps:
                post = last
            if code == 1 and crosses and rng.random() < broker and (there < 3).any():
                post = int(rng.choice(there[there < 3]))
            if code == 2 and rng.random() < pairs and last in there:
                post = last
            # Who left is followed by another person at the same post.
            who = post + 100 * (team + 1) + (1000 if int(at // 168) >= leaves[team][post] else 0)
            length = float(rng.exponential(0.2)) + 0.02
            for column, value in zip(columns, (case, code, who, team, at, at + length), strict=True):
                column.append(value)
            at, before, last = at + length + float(rng.exponential(0.5)), team, post
            if at % 24 > 18:
                at = (at // 24 + 1) * 24 + 8 + float(rng.random())
            if at % 168 > 120:
                at = (at // 168 + 1) * 168 + 8 + float(rng.random())
    arrays = [np.array(column, dtype=np.int64 if k < 4 else np.float64) for k, column in enumerate(columns)]
    return log_from(*arrays, [name for name, _ in STEPS], ["desk", "workshop"])


def cut(log, cases):
    """The first cases of a log."""
    return cases_of(log, np.arange(log.n_cases) < cases)


def end_to_end(log, events):
    """The log again and again, each time later, until it has so many events."""
    times = math.ceil(events / log.n_events)
    span = math.ceil((log.end_h.max() - log.start_h.min()) / 168) * 168
    shift = np.repeat(np.arange(times), log.n_events)
    arrays = {name: np.tile(getattr(log, name), times) for name in ("activity", "resource", "team")}
    hours = {name: np.tile(getattr(log, name), times) + shift * span for name in ("start_h", "end_h")}
    case = (np.tile(log.case, times) + shift * log.n_cases).astype(np.int32)
    n = log.n_cases * times
    return dataclasses.replace(
        log, **arrays, **hours, case=case, row=np.arange(1, case.size + 1), case_labels=(),
        offsets=np.searchsorted(case, np.arange(n + 1)).astype(np.int64), case_attributes={},
    )  # fmt: skip


def kinds(log, seed):
    return networks(log, seed=seed).claims


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=int, default=100)
    parser.add_argument("--planted", type=int, default=50)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/logs"))
    parser.add_argument("--only", nargs="*", default=())
    told = parser.parse_args()

    def wanted(name):
        return not told.only or any(part in name for part in told.only)

    ok = True
    for name, make in (("networks_nothing_desk", desk), ("networks_nothing_rota", rota)):
        if wanted(name):
            hits = 0
            for seed in range(told.logs):
                claims = kinds(make(seed), seed)
                hits += bool(claims)
                for claim in claims:
                    print(f"  {name} {seed}: {claim.kind} {claim.statement} {claim.adjusted:.3f}", file=sys.stderr)
            ok &= share(name, hits, told.logs, 0.05)
    for name, kind, planted, bar in (
        ("networks_broker_power", "carriers", {"broker": 0.9}, 0.9),
        ("networks_weaker_broker_power", "carriers", {"broker": 0.7}, None),
        ("networks_pair_power", "fixed-pairs", {"pairs": 0.5}, 0.9),
        ("networks_weaker_pair_power", "fixed-pairs", {"pairs": 0.3}, None),
    ):
        if wanted(name):
            found = [{claim.kind for claim in kinds(rota(seed, **planted), seed)} for seed in range(told.planted)]
            ok &= share(name, sum(kind in one for one in found), told.planted, bar, at_most=False)
    if wanted("networks_small_log"):
        hits = sum(bool(kinds(cut(rota(seed, 400, broker=0.7, pairs=0.5), 40), seed)) for seed in range(told.planted))
        ok &= share("networks_small_log", hits, told.planted, 0.0)
    if wanted("networks_bpic12_s") or wanted("networks_5m_s"):
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "bpic.duckdb"
            ingest(told.data / "bpic2012.xes.gz", store, key=b"a key for benchmarks, long", mapping={"lifecycle": None})
            log = read_log(store)
        networks(rota(0, 200), seed=0, permutations=19)
        for name, made, bar in (
            ("networks_bpic12_s", lambda: log, 10.0),
            ("networks_5m_s", lambda: end_to_end(log, 5_000_000), 60.0),
        ):
            if wanted(name):
                subject = made()
                begin = time.process_time()
                found = networks(subject, seed=0)
                took = time.process_time() - begin
                print(f"  {subject.n_events:,} events, {found.events:,} in the tests", file=sys.stderr)
                ok &= say(name, took, took, took, bar)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
