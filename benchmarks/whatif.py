"""Is the answer to "what if" right, and as sure as it says? One JSON object a line, a table on stderr, 1 on a miss.

    python benchmarks/whatif.py [--organisations 200] [--first 0] [--kept FILE.jsonl] [--draws 16] [--discrepancy D]

Each organisation is drawn by `organisations.py`, which knows nothing of Longwall's simulator or templates. It leaves a
log of 26 weeks with starts. One intervention (two people of the largest role leave; a machine takes over a share of one
function; 30% more items) and one indicator (mean lead time, items open) each. The truth is the difference of
expectations over eight weeks after four of warm-up, from 120 replications of either organisation. Longwall discovers
the work system and answers with `what_if` and its 90% interval; a sign is declared where the interval leaves out zero.

Every fifth organisation breaks an assumption of the model (people prefer certain functions, items wait for a batch once
a day, members of a role differ in pace, arrivals come in bursts); those are reported apart and count in no bar. What
the answer assumes was set on organisations from 10,000 on; the figures are those from 0 on.

whatif.wrong     declarations with the wrong sign, at most 2% of them
whatif.declared  of those whose truth exceeds two half-widths, at least 80% declared
whatif.covered   intervals that hold the truth, 84 to 95%

Rows are kept in the file as they come, and a run goes on where another ended.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import organisations

from longwall.alignment import levels_of, what_if
from longwall.alignment.simulated import Simulated
from longwall.alignment.uncertainty.what_if import DISCREPANCY
from longwall.discovery import discover
from longwall.worksystem import Allocation, Component, Distribution, Parameter, WorkSystem

WEEKS, WARM_UP, LOG_WEEKS, TRUTH = 8, 4, 26, 120
MOST_LOAD = 0.93
INDICATORS = ("lead_time_h", "backlog")
INTERVENTIONS = ("two people leave", "a step is automated", "30% more items")


def leave(system: WorkSystem, team: str) -> WorkSystem:
    """Two people of the team's largest role leave, one by one from the shift with most people."""
    largest = max((r for r in system.social.roles if r.team == team), key=lambda r: r.head_count)
    people = [shift.people for shift in largest.shifts]
    for _ in range(2):
        people[int(np.argmax(people))] -= 1
    kept = tuple(s.model_copy(update={"people": n}) for s, n in zip(largest.shifts, people, strict=True) if n > 0)
    roles = tuple(r.model_copy(update={"shifts": kept}) if r is largest else r for r in system.social.roles)
    return system.model_copy(update={"social": system.social.model_copy(update={"roles": roles})})


def automate(system: WorkSystem, function: str, cover: float) -> WorkSystem:
    """A machine that takes no time does a share of a function; the rest is done as before."""
    machine = Component(
        id="new-machine", kind="automation", speed=Parameter(value=1000), coverage=Parameter(value=cover),
        reliability=Parameter(value=1.0),
    )  # fmt: skip
    nothing = Distribution(shape="fixed", mean_h=0.0)
    allocation = Allocation(level=10, component="new-machine", takeover_h=nothing)
    functions = tuple(
        f.model_copy(update={"allocation": allocation}) if f.id == function else f for f in system.work.functions
    )
    technical = system.technical.model_copy(update={"components": (*system.technical.components, machine)})
    return system.model_copy(
        update={"technical": technical, "work": system.work.model_copy(update={"functions": functions})}
    )


def more(system: WorkSystem, factor: float) -> WorkSystem:
    """So many times the items."""
    demand = tuple(
        d.model_copy(update={"per_week": Parameter(value=d.per_week.value * factor)}) for d in system.work.demand
    )
    return system.model_copy(update={"work": system.work.model_copy(update={"demand": demand})})


def drawn(number: int) -> tuple[Any, Any, str, Callable[[WorkSystem], WorkSystem], str]:
    """An organisation, the changed one, what is done, the same for a work system, and the indicator."""
    rng = np.random.default_rng([number, 2026])
    violation = organisations.VIOLATIONS[number // 5 % 4] if number % 5 == 4 else ""
    kind = INTERVENTIONS[int(rng.integers(3))]
    indicator = INDICATORS[int(rng.integers(2))]
    while True:
        made = organisations.random_organisation(rng, violation=violation)
        change: Callable[[WorkSystem], WorkSystem]
        if kind == INTERVENTIONS[0]:
            role = int(np.argmax(np.bincount(made.role_of)))
            keep = np.sort(np.r_[np.flatnonzero(made.role_of != role), np.flatnonzero(made.role_of == role)[2:]])
            names = ("role_of", "team_of", "able", "on", "pace", "prefers")
            then = replace(made, **{name: getattr(made, name)[keep] for name in names})
            team = f"team-{int(made.team_of[made.role_of == role][0])}"

            def change(system: WorkSystem, team: str = team) -> WorkSystem:
                return leave(system, team)
        elif kind == INTERVENTIONS[1]:
            function = int(rng.choice(np.flatnonzero(made.cover == 0)))
            share = float(rng.uniform(0.5, 0.9))
            cover = made.cover.copy()
            cover[function] = share
            then = replace(made, cover=cover)

            def change(system: WorkSystem, function: int = function, share: float = share) -> WorkSystem:
                return automate(system, f"function-{function}", share)
        else:
            then = replace(made, per_week=1.3 * made.per_week)

            def change(system: WorkSystem) -> WorkSystem:
                return more(system, 1.3)

        if then.load().max() < MOST_LOAD:
            return made, then, kind, change, indicator


def levels(made: Any, indicator: str, seeds: Sequence[int]) -> np.ndarray:
    """The indicator over the weeks that count, one value a replication."""
    begin, end = 168.0 * WARM_UP, 168.0 * (WARM_UP + WEEKS)
    out = []
    for seed in seeds:
        played = organisations.play(made, WARM_UP + WEEKS, seed)
        if indicator == "lead_time_h":
            done = (played.close_h >= begin) & (played.close_h < end)
            out.append(float((played.close_h - played.arrival_h)[done].mean()))
        else:
            spent = np.minimum(played.close_h, end) - np.maximum(played.arrival_h, begin)
            out.append(float(np.maximum(spent, 0.0).sum() / (end - begin)))
    return np.array(out)


def one(number: int, draws: int, replications: int, discrepancy: float) -> dict[str, Any]:
    """Truth and answer of one organisation."""
    made, then, kind, change, indicator = drawn(number)
    seeds = range(number * 1000, number * 1000 + TRUTH)
    before, after = levels(made, indicator, seeds), levels(then, indicator, seeds)
    played = organisations.play(made, WARM_UP + LOG_WEEKS, number + 7_000_000)
    log = organisations.log_of(made, played, from_h=168.0 * WARM_UP, until_h=168.0 * (WARM_UP + LOG_WEEKS))
    system = discover(log, name="organisation", seed=0).system
    answers = what_if(
        system, change, simulator=Simulated(WEEKS, WARM_UP), seed=number, draws=draws, replications=replications,
        observed=levels_of(log), discrepancy=discrepancy,
    )  # fmt: skip
    answer = next(found for found in answers if found.indicator == indicator)
    return {
        "number": number, "violation": made.violation, "intervention": kind, "indicator": indicator,
        "load": round(float(made.load().max()), 3), "load_then": round(float(then.load().max()), 3),
        "today": float(before.mean()), "today_found": answer.today, "truth": float(after.mean() - before.mean()),
        "truth_se": float((after - before).std() / np.sqrt(TRUTH)), "value": answer.change.value,
        "low": answer.change.low, "high": answer.change.high, "answer": answer.answer, "agreeing": answer.agreeing,
    }  # fmt: skip


def figures(rows: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The three figures over some rows."""
    low, high, truth = (np.array([row[key] for row in rows]) for key in ("low", "high", "truth"))
    said = (low > 0) | (high < 0)
    wrong = said & (np.sign(low + high) != np.sign(truth))
    clear = np.abs(truth) > high - low
    inside = (low <= truth) & (truth <= high)
    n = len(rows)
    share = float(wrong.sum() / max(said.sum(), 1))
    found = float(said[clear].mean()) if clear.any() else 1.0
    return [
        {"name": f"{name}.wrong", "value": share, "of": int(said.sum()), "bar": 0.02, "holds": share <= 0.02},
        {"name": f"{name}.declared", "value": found, "of": int(clear.sum()), "bar": 0.8, "holds": found >= 0.8},
        {"name": f"{name}.covered", "value": int(inside.sum()), "of": n, "bar": [0.84 * n, 0.95 * n],
         "holds": bool(0.84 * n <= inside.sum() <= 0.95 * n)},
        {"name": f"{name}.said", "value": int(said.sum()), "of": n},
    ]  # fmt: skip


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--organisations", type=int, default=200)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--kept", type=Path, default=Path("whatif.jsonl"))
    options.add_argument("--draws", type=int, default=16)
    options.add_argument("--replications", type=int, default=6)
    options.add_argument("--discrepancy", type=float, default=DISCREPANCY, help="of the model, to size it anew")
    given = options.parse_args()
    wanted = range(given.first, given.first + given.organisations)
    rows: dict[int, dict[str, Any]] = {}
    if given.kept.is_file():
        for line in given.kept.read_text().splitlines():
            row = json.loads(line)
            rows[row["number"]] = row
    with given.kept.open("a") as file:
        for number in wanted:
            if number not in rows:
                rows[number] = one(number, given.draws, given.replications, given.discrepancy)
                file.write(json.dumps(rows[number]) + "\n")
                file.flush()
    sound = [rows[number] for number in wanted if not rows[number]["violation"]]
    broken = [rows[number] for number in wanted if rows[number]["violation"]]
    bars = figures(sound, "whatif")
    for figure in [*bars, *(figures(broken, "whatif.broken") if broken else [])]:
        print(json.dumps(figure))
        print(f"{figure['name']:24} {figure['value']:>8.3g} of {figure['of']}", file=sys.stderr)
    return int(not all(figure.get("holds", True) for figure in bars))


if __name__ == "__main__":
    sys.exit(main())
