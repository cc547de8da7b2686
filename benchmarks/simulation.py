"""The simulator against peers and theory: one JSON object a line, a table on stderr, exit 1 if a bar is missed.

    python benchmarks/simulation.py [--peers ../shared/benchmarks] [--rounds 5] [--only NAME ...]

Run it where SimPy is installed: `pip install -e '.[benchmarks]'`. Ours is the public API with everything it computes;
processor seconds, peers interleaved, the median of the paired ratios with the least and the greatest. Results are
compared first: a ratio whose results disagree does not hold.

erlang_c, erlang_a     z of the simulated mean against theory; holds where |z| <= 3.3 and the half-width is <= 1%
desk_agreement         how near the means come to what is allowed, 1 being the edge: counts have the 95% interval of the
                       difference within 2% of the peer, waits and the rare have |z| <= 3.3 and a half-width <= 5%. For
                       this the peer ranks the idle by the skill of the task at hand and their state now, as we do;
                       it is timed as it stands, and waits are those of tasks that were begun, as it counts them
desk_vs_simpy_agents   time per event of the desk with person state, SimPy with hand-written agents over ours
ciw_agreement          the desk without the state of persons against Ciw, which has none, in the same terms
desk_vs_ciw            time per event of the desk, ours with person state, Ciw over ours
mm20_vs_simpy          time per event of M/M/20 through the general engine, SimPy over ours; counts beside erlang_c
two_threads            wall time of one thread over two; counts only where two processes reach 1.9 in the same run
fresh_process_s        a new process with a warm compile cache, from start to the first forecast with intervals [s]
cold_compile_s         the kernel compiled anew, in a new process with an empty cache [s], no bar
flat_memory            peak memory at ten times the events over that at one, without a log
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import types
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from longwall.simulation import Runs, Scenario, run, warm
from longwall.worksystem import (
    Allocation,
    Component,
    DemandClass,
    Distribution,
    Function,
    Parameter,
    Role,
    Route,
    Shift,
    Social,
    Team,
    Technical,
    WorkDesign,
    WorkSystem,
)

P = Parameter
TIERS = ("front", "second", "expert")
SPANS = ("mon-sun 00:00-08:00", "mon-sun 08:00-16:00", "mon-sun 16:00-24:00")
DAYS = 91
"""The peer's horizon is set to the same thirteen weeks."""


def station(per_h: float, mu: float, people: int, patience_h: Distribution | None = None) -> WorkSystem:
    """M/M/c, with patience M/M/c+M."""
    return WorkSystem(
        id="station",
        social=Social(
            teams=(Team(id="team"),), roles=(Role(id="r", team="team", shifts=(Shift(people=people, hours="always"),)),)
        ),
        work=WorkDesign(
            demand=(DemandClass(id="item", per_week=P(value=168 * per_h), patience_h=patience_h),),
            functions=(Function(id="serve", work_h=Distribution(mean_h=1 / mu), roles=("r",)),),
            routes=(Route(source="start", target="serve"), Route(source="serve", target="end")),
        ),
    )


def desk(q: Any, state: bool = True) -> WorkSystem:
    """The desk of the peers as a work system: three tiers, three priorities, skills, fatigue, trust in a tool.

    Without `state` it is the desk of those peers that have no agents: everybody works at the standard speed.

    The peer's skill depends on priority, so each tier has a function per priority that draws on that skill. Its trust
    follows an outcome that is right four times in five after every task: a tool at level 2 that saves nothing.
    """
    demand, functions, routes = [], [], []
    tool = Allocation(level=2, component="knowledge", search_share=P(value=0.0))
    for c in range(3):
        d = f"p{c}"
        demand.append(
            DemandClass(
                id=d, per_week=P(value=7 * 24 * 60 * statistics.mean(q.RATE) * q.PRI[c]), priority=c,
                profile=tuple(q.RATE[hour % 24] for hour in range(168)), patience_h=Distribution(mean_h=q.PAT[c] / 60),
            )
        )  # fmt: skip
        routes.append(Route(source="start", target=f"{TIERS[0]}-{d}", demand=d))
        for k, tier in enumerate(TIERS):
            f, stays = f"{tier}-{d}", 1 - q.ESC[k]
            functions.append(
                Function(
                    id=f, roles=(tier,), rule="most_skilled" if state else "longest_idle", skill=d,
                    work_h=Distribution(shape="lognormal", mean_h=q.MEAN[k] * (0.9 if state else 1) / 60, cv=q.CV[k]),
                    allocation=tool if state else Allocation(),
                )
            )  # fmt: skip
            if q.ESC[k] > 0:
                routes.append(Route(source=f, target=f"{TIERS[k + 1]}-{d}", probability=P(value=q.ESC[k])))
            routes.append(Route(source=f, target=f"{TIERS[0]}-{d}", probability=P(value=stays * q.REW)))
            routes.append(Route(source=f, target="end", probability=P(value=stays * (1 - q.REW))))
    # One day and ten hours in the unit of each parameter; the peer starts with skill 1 on a scale from 0.5 to 1.5.
    parameters = {
        "learning_form": 1, "practice_gain": 0.02, "gain_floor": 0.5, "gain_ceiling": 1.5, "gain_initial": 0.5,
        "skill_half_life_months": math.log(2) * 1440 / 730.5, "fatigue_rise_h": 10, "fatigue_recovery_h": 4,
        "fatigue_slowdown": 0.3, "speed_floor": 0.3, "trust_initial": 0.5, "trust_up": 0.05, "trust_down": 0.05,
        "complacency": 0, "strain_pace": 0,
    }  # fmt: skip
    return WorkSystem(
        id="desk",
        technical=Technical(components=(Component(id="knowledge", kind="automation", reliability=P(value=0.8)),)),
        social=Social(
            teams=tuple(Team(id=t) for t in TIERS),
            roles=tuple(
                Role(
                    id=t, team=t, shifts=tuple(Shift(people=n, hours=h) for n, h in zip(q.POOL[k], SPANS, strict=True))
                )
                for k, t in enumerate(TIERS)
            ),
        ),
        work=WorkDesign(demand=tuple(demand), functions=tuple(functions), routes=tuple(routes)),
        person_state=state,
        state_parameters={name: P(value=value) for name, value in parameters.items()} if state else {},
    )


def say(name: str, figures: tuple[float, float, float], bar: float | None, holds: bool, unit: str = "") -> bool:
    value, low, high = (float(f"{figure:.4g}") for figure in figures)
    figure = {"name": name, "value": value, "low": low, "high": high, "bar": bar, "holds": bool(holds)}
    print(json.dumps(figure), flush=True)
    told = "no bar" if bar is None else f"bar {bar:g}: {'holds' if holds else 'MISSED'}"
    print(f"{name:24s} {value:10.4g} {unit:3s} ({low:.4g} to {high:.4g})  {told}", file=sys.stderr, flush=True)
    return holds


def against_theory(name: str, system: WorkSystem, weeks: int, wanted: dict[str, float]) -> bool:
    """Say the largest |z| over indicators; all half-widths must be within 1%."""
    runs = run(Scenario(system=system, weeks=weeks, warm_up_weeks=2, replications=20))
    scores, narrow = [], True
    for indicator, theory in wanted.items():
        sample = runs.column(indicator)
        error = sample.std(ddof=1) / math.sqrt(len(sample))
        scores.append((sample.mean() - theory) / error)
        narrow &= bool(1.96 * error <= 0.01 * theory)
    worst = max(scores, key=abs)
    return say(name, (worst, min(scores), max(scores)), 3.3, abs(worst) <= 3.3 and narrow, "z")


def erlang_c_wait(per_h: float, mu: float, people: int) -> float:
    a, b = per_h / mu, 1.0
    for k in range(1, people + 1):
        b = a * b / (k + a * b)
    return b / (1 - a / people * (1 - b)) / (people * mu - per_h)


def measured_desk(runs: Runs) -> dict[str, np.ndarray]:
    """What the peer reports, per replication: arrivals, completions of tasks, abandoned, done, wait per tier [min]."""
    weeks = DAYS / 7

    def tier(k: int, what: str) -> np.ndarray:
        return np.array([runs.column(what, f"function:{TIERS[k]}-p{c}") for c in range(3)])

    tasks = [tier(k, "throughput_per_week") for k in range(3)]
    done = runs.column("throughput_per_week") * weeks
    share = runs.column("abandoned_share")
    found = {"done": done, "tasks": sum(t.sum(axis=0) for t in tasks) * weeks, "abandoned": done * share / (1 - share)}
    for k in range(3):
        waits = np.nan_to_num(tier(k, "wait_begun_h"))
        found[f"wait {TIERS[k]}"] = 60 * (waits * tasks[k]).sum(axis=0) / tasks[k].sum(axis=0)
    found["events"] = runs.events.astype(float)
    return found


def same_ranking(peers: Any) -> Any:
    """The peer with our rule for who is asked: the skill that the task draws on, evaluated now."""
    source = Path(peers.__file__).read_text()
    stale = "a.skill[0]*(1-.3*a.fat)"
    loop = "        while q[k]:\n"
    assert source.count(stale) == 2
    assert source.count(loop) == 1
    source = source.replace(stale, "a.skill[q[k][0][0]]*(1-.3*a.fat*math.exp(-(env.now-a.last)/240))")
    source = source.replace(loop, loop + "            if q[k][0][2].triggered: heapq.heappop(q[k]); continue\n")
    module = types.ModuleType("desk_peers_ranked")
    exec(compile(source, "desk_peers_ranked", "exec"), module.__dict__)
    module.H = peers.H  # type: ignore[attr-defined]
    return module


def against_desk(name: str, play: Any, system: WorkSystem, replications: int) -> bool:
    """Say how near the differences to a peer come to what is allowed."""
    theirs: dict[str, list[float]] = {}
    for seed in range(replications):
        _, s = play(1000 + seed)
        row = {"tasks": s.comp, "abandoned": s.ren, "events": s.ev()} | ({"done": s.done} if s.done >= 0 else {})
        row |= {f"wait {t}": s.wait[k] / max(1, s.nw[k]) for k, t in enumerate(TIERS)}
        for what, value in row.items():
            theirs.setdefault(what, []).append(float(value))
    ours = measured_desk(run(Scenario(system=system, weeks=DAYS // 7, warm_up_weeks=0, replications=4 * replications)))
    reach = {}
    for what, values in theirs.items():
        peer, mine = np.array(values), ours[what]
        gap = mine.mean() - peer.mean()
        half = 1.96 * math.sqrt(peer.var(ddof=1) / len(peer) + mine.var(ddof=1) / len(mine))
        if what in ("done", "tasks", "events"):
            allowed = 0.02
            reach[what] = (abs(gap) + half) / peer.mean() / allowed
        else:
            allowed = 0.05
            reach[what] = max(abs(gap) / (half / 1.96) / 3.3, half / peer.mean() / allowed)
        print(f"    {what:14s} ours {mine.mean():10.3f} peer {peer.mean():10.3f} difference {gap / peer.mean():+.2%} "
              f"+- {half / peer.mean():.2%} of {allowed:.0%} allowed", file=sys.stderr)  # fmt: skip
    worst = max(reach.values())
    return say(name, (worst, min(reach.values()), worst), 1.0, worst <= 1.0)


def ratios(name: str, ours: Any, peer: Any, rounds: int, bar: float, agrees: bool = True) -> bool:
    """Interleave; each side returns processor seconds per event."""
    pairs = [(peer(k), ours(k)) for k in range(rounds)]
    each = [a / b for a, b in pairs]
    value = statistics.median(each)
    theirs, mine = (1e9 * statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    print(f"    {name}: ours {mine:.0f}, peer {theirs:.0f} ns of processor time per event", file=sys.stderr)
    return say(name, (value, min(each), max(each)), bar, agrees and value >= bar)


def per_event_s(scenario: Scenario) -> float:
    begin = time.process_time()
    runs = run(scenario, threads=1)
    runs.forecast()
    return (time.process_time() - begin) / float(runs.events.sum())


def burn(rounds: int) -> float:
    """Something that uses one processor and nothing else; for comparison with threads."""
    begin = time.perf_counter()
    total = 0
    for k in range(rounds):
        total += k * k
    return time.perf_counter() - begin


def two_threads(system: WorkSystem, rounds: int) -> bool:
    """Wall time; the bar counts only where two processes get two processors."""
    scenario = Scenario(system=system, weeks=13, warm_up_weeks=0, replications=16)
    each, cores = [], []
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(burn, [10, 10]))
        for _ in range(rounds):
            begin = time.perf_counter()
            one = run(scenario, threads=1)
            middle = time.perf_counter()
            two = run(scenario, threads=2)
            each.append((middle - begin) / (time.perf_counter() - middle))
            assert one.values.tobytes() == two.values.tobytes()
            begin = time.perf_counter()
            burn(4_000_000)
            middle = time.perf_counter()
            list(pool.map(burn, [4_000_000, 4_000_000]))
            cores.append(2 * (middle - begin) / (time.perf_counter() - middle))
    free = statistics.median(cores)
    value = statistics.median(each)
    print(f"    two processes reach {free:.2f} times one in the same run", file=sys.stderr)
    bar = 1.8 if free >= 1.9 else None
    return say("two_threads", (value, min(each), max(each)), bar, bar is None or value >= bar)


FIRST = """
import sys
from longwall.simulation import Scenario, simulate
from longwall.worksystem import WorkSystem
system = WorkSystem.model_validate_json(sys.argv[1])
simulate(Scenario(system=system, weeks=1, warm_up_weeks=0, replications=2), threads=1)
"""


FIRST_SYSTEM = station(3.0, 1.0, 4).model_dump_json()


def fresh_process_s(cache: str | None = None) -> float:
    """Start to end of a process; byte code is kept, as it is where Longwall was installed."""
    environment = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", FIRST, FIRST_SYSTEM], check=True, env=environment)
    return time.perf_counter() - begin


MEMORY = """
import resource, sys
from longwall.simulation import Scenario, run
from longwall.worksystem import WorkSystem
system = WorkSystem.model_validate_json(sys.stdin.read())
runs = run(Scenario(system=system, weeks=int(sys.argv[1]), warm_up_weeks=0, replications=2), threads=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, int(runs.events.max()))
"""


def peak_kb(system: WorkSystem, weeks: int) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(weeks)],
        input=system.model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    peak, events = done.stdout.split()
    return int(peak), int(events)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).resolve().parents[2] / "shared" / "benchmarks"
    parser.add_argument("--peers", type=Path, default=here, help="folder of desk_peers.py and mmc_peers.py")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=30, help="of the peer, for agreement")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    sys.path.insert(0, str(options.peers))
    import desk_peers
    import mmc_peers

    desk_peers.H = DAYS * 1440.0
    warm()
    wanted = set(options.only)
    good = True

    def asked(name: str) -> bool:
        return not wanted or name in wanted

    right = True
    if asked("erlang_c") or asked("mm20_vs_simpy"):
        wait = erlang_c_wait(18.0, 1.0, 20)
        right = against_theory("erlang_c", station(18.0, 1.0, 20), 1200, {"wait_h": wait, "lead_time_h": wait + 1})
        good &= right
    if asked("erlang_a"):
        system = station(10.0, 1.0, 9, Distribution(mean_h=2.0))
        good &= against_theory("erlang_a", system, 400, {"abandoned_share": 0.157687, "wait_h": 0.157687 / 0.5})
    system = desk(desk_peers)
    agrees = True
    if asked("desk_agreement") or asked("desk_vs_simpy_agents"):
        ranked = same_ranking(desk_peers)
        agrees = against_desk("desk_agreement", ranked.run_simpy_agents, system, options.replications)
        good &= agrees
    if asked("desk_vs_simpy_agents"):

        def agents(k: int) -> float:
            seconds, s = desk_peers.run_simpy_agents(100 + k)
            return float(seconds / s.ev())

        scenario = Scenario(system=system, weeks=DAYS // 7, warm_up_weeks=0, replications=10)
        good &= ratios(
            "desk_vs_simpy_agents", lambda k: per_event_s(scenario.model_copy(update={"seed": k})), agents,
            options.rounds, 25.0, agrees,
        )  # fmt: skip
    if asked("ciw_agreement") or asked("desk_vs_ciw"):
        plain = desk(desk_peers, state=False)
        agrees = against_desk("ciw_agreement", desk_peers.run_ciw, plain, max(20, options.replications))
        good &= agrees
    if asked("desk_vs_ciw"):

        def ciw(k: int) -> float:
            seconds, s = desk_peers.run_ciw(100 + k)
            return float(seconds / s.ev())

        scenario = Scenario(system=system, weeks=DAYS // 7, warm_up_weeks=0, replications=10)
        good &= ratios(
            "desk_vs_ciw", lambda k: per_event_s(scenario.model_copy(update={"seed": k})), ciw, options.rounds, 70.0,
            agrees,
        )  # fmt: skip
    if asked("mm20_vs_simpy"):
        customers = 200_000

        def simpy(k: int) -> float:
            return float(mmc_peers.run_simpy(customers, 100 + k)[0]) / (2 * customers)

        long = Scenario(system=station(18.0, 1.0, 20), weeks=104, warm_up_weeks=0, replications=4)
        good &= ratios(
            "mm20_vs_simpy",
            lambda k: per_event_s(long.model_copy(update={"seed": k})),
            simpy,
            options.rounds,
            40.0,
            right,
        )
    if asked("two_threads"):
        good &= two_threads(system, options.rounds)
    if asked("fresh_process_s"):
        fresh_process_s()
        each = [fresh_process_s() for _ in range(options.rounds)]
        value = statistics.median(each)
        good &= say("fresh_process_s", (value, min(each), max(each)), 1.5, value < 1.5, "s")
    if asked("cold_compile_s"):
        with tempfile.TemporaryDirectory() as cache:
            value = fresh_process_s(cache)
        say("cold_compile_s", (value, value, value), None, True, "s")
    if asked("flat_memory"):
        few, many = peak_kb(system, 55), peak_kb(system, 550)
        value = many[0] / few[0]
        print(
            f"    {few[1]:,} and {many[1]:,} events, {few[0] / 1024:.0f} and {many[0] / 1024:.0f} MB", file=sys.stderr
        )
        good &= say("flat_memory", (value, value, value), 1.05, value <= 1.05)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
