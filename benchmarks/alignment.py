"""How near does the search come to fronts that are known exactly, what does it take, and does it believe too much?

    .venv/bin/python benchmarks/alignment.py --only fronts --problem three --seeds 0 1 2
    .venv/bin/python benchmarks/alignment.py --only ablation --problem three --seeds 0 1 2
    .venv/bin/python benchmarks/alignment.py --only curse --seeds 0 1 2
    .venv/bin/python benchmarks/alignment.py --only budget --template service-desk --seeds 0 1
    .venv/bin/python benchmarks/alignment.py --only model

Runs are kept as lines of JSON (`--kept FILE`), so a part can be stopped, continued, and shared out by
seeds; a figure is over all seeds kept so far that are asked for. One JSON object a line for each figure on stdout,
a table for people on stderr; exits 1 when a bar is missed.

Baseline: NSGA-II (pymoo), 30 replications for each design, with an archive of the first rank of all designs it tried.
Known fronts: 100 x 40 designs, a replication counts 1,000 events; the cheap model given to the search has rates
wrong by
up to 15% and patience by a factor of up to 1.5. Budget: 40 x 8 designs of 2 weeks after a week of warm-up; of what each
returns, the fourteen designs (as many as a study freezes) that by its own figures span the most are valued by 200 fresh
replications of a luck that is the same for all, up to a reference point that is fixed. Events are all simulated events
of all trials, of today and of the warm start as well; the cheap model and the fitting of the surrogate simulate none,
so their time is told beside (`seconds_beside`). Model: rank correlation of the cheap model of a work system with its
simulation, over random designs of one to twelve changes, for each aspect that the search learns.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import Problem
from pymoo.indicators.igd_plus import IGDPlus
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling
from pymoo.optimize import minimize

from longwall import templates
from longwall.alignment import Budget, Sample, load_objectives, propose, search
from longwall.alignment.exploring.explore import Archive, explore
from longwall.alignment.exploring.fronts import first_rank, hypervolume
from longwall.alignment.known.problems import MistakenStations, front_of_sums, six_stations, three_stations
from longwall.alignment.known.stations import Stations
from longwall.alignment.objectives import Ledger, Scales
from longwall.alignment.simulated import Simulated
from longwall.alignment.space import Space
from longwall.alignment.trials import Chosen, Simulator, Trials
from longwall.worksystem import Estimate, Finding, Suggestion, WorkSystem, apply

PROBLEMS: dict[str, Callable[[], Stations]] = {"three": three_stations, "six": six_stations}
BARS = {"three": 0.99, "six": 0.98}
REPLICATIONS = 30
KNOWN = {"pop": 100, "generations": 40}
REAL = {"pop": 40, "generations": 8}
WEEKS, WARM_UP = 2, 1
SHARES = (0.05, 0.20, 0.50)
WITH_SHARE, WITHOUT_SHARE = 0.20, 0.35
MARGIN = 0.95
"""Of the events allowed, what is given as replications of today: most designs have more people, so more events."""
RETURNED = 14
MODELLED, MODELLED_REPLICATIONS = 60, 12
ASPECTS = ("technical_against", "technical_for", "social_against", "social_for")
FRESH = 200
ABLATIONS: dict[str, dict[str, Any]] = {
    "whole": {}, "no cheap model": {"cheap": False}, "no racing": {"_RACING": 0.0},
    "no draws": {"_DRAWN": (False,)},
    "neither cheap model nor draws": {"cheap": False, "_DRAWN": (False,)},
}  # fmt: skip


class Kept:
    """Runs on disk: one line each, found again by what they were of."""

    def __init__(self, file: Path) -> None:
        self.file, self.runs = file, {}
        if file.is_file():
            for line in file.read_text().splitlines():
                run = json.loads(line)
                self.runs[json.dumps(run["of"])] = run["found"]

    def get(self, of: list[Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        name = json.dumps(of)
        if name not in self.runs:
            self.runs[name] = make()
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a") as lines:
                lines.write(json.dumps({"of": of, "found": self.runs[name]}) + "\n")
            print(of, self.runs[name] if len(str(self.runs[name])) < 300 else "", file=sys.stderr, flush=True)
        return self.runs[name]


class Known:
    """One problem with its exact front, scaled by today's exact values, or by scales that are given."""

    def __init__(self, stations: Stations, scales: dict[str, float] | None = None) -> None:
        self.stations, self.space = stations, Space(stations.interventions)
        self.ledger = Ledger(stations.interventions, 52)
        today = (
            stations.means_of([()]) if scales is None else np.array([[scales.get(k.id, 1.0) for k in stations.keys]])
        )
        self.scales = Scales(load_objectives(), Sample(stations.keys, np.repeat(today, 2, axis=0)))
        tables = []
        for place, choices in enumerate(stations.choices()):
            values = np.array([stations.parts[(place, *at)] for _, at in choices])
            costs = [self.ledger.of(names)[0] for names, _ in choices]
            tables.append(np.column_stack([self.scales.level(Sample(stations.keys, values)), costs]))
        self.front = front_of_sums(tables)
        self.low, self.span = self.front.min(axis=0), np.ptp(self.front, axis=0)
        self.reference = self.low + 1.1 * self.span
        self.whole = hypervolume(self.front, self.reference)

    def true(self, designs: Sequence[Chosen]) -> np.ndarray:
        levels = self.scales.level(Sample(self.stations.keys, self.stations.means_of(designs)))
        return np.column_stack([levels, [self.ledger.of(design)[0] for design in designs]])

    def value(self, designs: Sequence[Chosen]) -> dict[str, float]:
        points = self.true(designs)
        distance = IGDPlus((self.front - self.low) / self.span)((points - self.low) / self.span)
        return {"share": hypervolume(points, self.reference) / self.whole, "igd_plus": float(distance)}


def evolved(
    space: Space, valued: Callable[[Chosen], np.ndarray], seed: int, *, pop: int, generations: int
) -> list[Chosen]:
    """Return the first rank of all designs that NSGA-II tried, by the values it saw."""
    seen: dict[Chosen, np.ndarray] = {}

    class Asked(Problem):
        def _evaluate(self, x: np.ndarray, out: dict[str, Any], *_: Any, **__: Any) -> None:
            designs = [space.design([int(gene) for gene in genes]) for genes in x]
            points = [valued(design) for design in designs]
            seen.update(zip(designs, points, strict=True))
            out["F"] = np.array(points)

    problem = Asked(n_var=len(space.sizes), n_obj=3, xl=np.zeros(len(space.sizes)), xu=space.sizes - 1.0, vtype=int)
    algorithm = NSGA2(
        pop_size=pop, sampling=IntegerRandomSampling(), crossover=UniformCrossover(repair=RoundingRepair()),
        mutation=PM(prob_var=1.0 / len(space.sizes), repair=RoundingRepair()), eliminate_duplicates=True,
    )  # fmt: skip
    minimize(problem, algorithm, ("n_gen", generations), seed=seed, verbose=False)
    designs = list(seen)
    return [one for one, kept in zip(designs, first_rank(np.array([seen[d] for d in designs])), strict=True) if kept]


def known_baseline(known: Known, seed: int) -> dict[str, Any]:
    luck = np.random.default_rng(seed)
    noise = known.stations._noise

    def valued(design: Chosen) -> np.ndarray:
        mean = known.stations.means_of([design])
        luckily = np.exp(noise * luck.normal(size=(REPLICATIONS, len(noise))) - noise**2 / 2.0)
        level = known.scales.level(Sample(known.stations.keys, mean * luckily)).mean(axis=0)
        return np.array([*level, known.ledger.of(design)[0]])

    front = evolved(known.space, valued, seed, **KNOWN)
    return {**known.value(front), "returned": len(front), "replications": KNOWN["pop"] * KNOWN["generations"] * 30}


@contextmanager
def changed(constants: dict[str, Any]) -> Iterator[None]:
    """Set constants of the search for one ablation."""
    module = sys.modules["longwall.alignment.exploring.explore"]
    before = {name: getattr(module, name) for name in constants}
    for name, value in constants.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def explored(
    system: WorkSystem, interventions: Sequence[Any], simulator: Simulator, scales: Scales | None, seed: int,
    budget: int,
    *, cheap: bool = True,
) -> Archive:  # fmt: skip
    trials = Trials(system, interventions, simulator, apply, seed=seed, threads=1)
    trials.try_all([((), 3)])
    archive = Archive(
        trials, scales or Scales(load_objectives(), trials.sample(())), Ledger(interventions, 52), Space(interventions),
        cheap=cheap,
    )  # fmt: skip
    return explore(archive, budget=budget, seed=seed)


def known_search(known: Known, seed: int, share: float, constants: dict[str, Any]) -> dict[str, Any]:
    stations, constants = known.stations, dict(constants)
    cheap = bool(constants.pop("cheap", True))
    budget = int(share * KNOWN["pop"] * KNOWN["generations"] * REPLICATIONS)
    with changed(constants):
        archive = explored(
            stations.system, stations.interventions, MistakenStations(stations, seed), known.scales, seed, budget,
            cheap=cheap,
        )  # fmt: skip
    front = archive.front()
    points = archive.expected(front)
    points[:, :2] += known.true([()])[0, :2]
    claimed = hypervolume(points, known.reference) / known.whole
    return {
        **known.value(front), "claimed_by_the_search": claimed, "returned": len(front),
        "designs": len(archive.trials.tried), "replications": archive.trials.spent, "events": archive.trials.events,
    }  # fmt: skip


def fronts(kept: Kept, problems: Sequence[str], seeds: Sequence[int]) -> bool:
    """Shares of the true hypervolume at 5, 20 and 50% of the baseline's events, with a mistaken model and without."""
    good = True
    for problem in problems:
        known = Known(PROBLEMS[problem]())
        runs = [kept.get(["baseline", problem, s], lambda s=s, k=known: known_baseline(k, s)) for s in seeds]
        line(f"{problem}_stations_nsga2", [run["share"] for run in runs])
        for name in ("whole", "no cheap model"):
            for share in SHARES:
                of = [["front", problem, name, share, s] for s in seeds]
                runs = [
                    kept.get(
                        each, lambda s=s, k=known, share=share, name=name: known_search(k, s, share, ABLATIONS[name])
                    )
                    for each, s in zip(of, seeds, strict=True)
                ]
                values = [run["share"] for run in runs]
                bar = BARS[problem] if share == 0.20 else None
                title = f"{problem}_stations_{name}_{share:.0%}".replace(" ", "_")
                good &= line(f"{title}_hypervolume", values, bar, bar is None or float(np.median(values)) >= bar)
                line(f"{title}_igd_plus", [run["igd_plus"] for run in runs])
                line(f"{title}_replications", [run["replications"] for run in runs])
    return good


def ablation(kept: Kept, problems: Sequence[str], seeds: Sequence[int]) -> bool:
    """What each part contributes."""
    for problem in problems:
        known = Known(PROBLEMS[problem]())
        for share in SHARES:
            for name, constants in ABLATIONS.items():
                runs = [
                    kept.get(["front", problem, name, share, s],
                             lambda s=s, k=known, share=share, how=constants: known_search(k, s, share, how))
                    for s in seeds
                ]  # fmt: skip
                line(f"{problem}_stations_{name}_{share:.0%}".replace(" ", "_"), [run["share"] for run in runs])
    return True


def claimed_minus_true(seed: int) -> dict[str, Any]:
    """Return how much hypervolume the figures shown claim beyond the exact ones, as a share of the front."""
    stations = three_stations()
    found = search(
        stations.system, stations.interventions, seed=seed, simulator=stations, threads=1,
        budget=Budget(search=2000, fresh=FRESH, draws=2, draw_replications=2),
    )  # fmt: skip
    known = Known(three_stations(), found.scales)
    true = known.true([design.interventions for design in found.designs])
    claimed = np.array([[point.technical.value, point.social.value, point.cost] for point in found.points[1:]])
    claimed[:, :2] += known.true([()])[0, :2]
    worth = [hypervolume(points, known.reference) / known.whole for points in (claimed, true)]
    return {"excess": worth[0] - worth[1], "true": worth[1], "designs": len(found.designs)}


def curse(kept: Kept, seeds: Sequence[int]) -> bool:
    """Claimed minus true hypervolume after confirmation."""
    values = [kept.get(["curse", seed], lambda s=seed: claimed_minus_true(s))["excess"] for seed in seeds]
    return line("claimed_minus_true_hypervolume", values, 0.005, float(np.median(values)) <= 0.005)


class Real:
    """A template with people, levels, drills, training and the rule of priority to decide on."""

    def __init__(self, template: str) -> None:
        self.system = templates.read(template)
        work = [function for function in self.system.work.functions if function.roles]
        machines = tuple(function.id for function in work if function.allocation.level > 1)
        asked = (
            ("staff", tuple(role.id for role in self.system.social.roles)), ("change_level", machines),
            ("drill", machines), ("cross_train", tuple(function.id for function in work)), ("priority_rule", ()),
        )  # fmt: skip
        finding = Finding(
            id="all", kind="overload", statement="everything that can be decided", severity=Estimate.counted(1.0),
            footing="counted", suggests=tuple(Suggestion(kind=kind, targets=targets) for kind, targets in asked),
        )  # fmt: skip
        self.interventions = propose(self.system, (finding,))
        self.space, self.ledger = Space(self.interventions), Ledger(self.interventions, 52)
        self.simulator = Simulated(WEEKS, WARM_UP, like=self.system)
        self.trials = Trials(self.system, self.interventions, self.simulator, apply, seed=0, threads=1)
        self.today = self.simulator.sample(self.system, seed=2_000_003, replications=FRESH)
        self.scales = Scales(load_objectives(), self.today)
        dearest = [max(self.ledger.of((name,))[0] for name in d.choices) for d in self.space.decisions]
        self.reference = np.array([0.02, 0.02, max(0.25 * sum(max(cost, 0.0) for cost in dearest), 1.0)])

    def point(self, design: Chosen) -> np.ndarray:
        """Return the losses of a design by fresh replications, under luck that is common to all."""
        sample = self.simulator.sample(self.trials.system_of(design), seed=2_000_003, replications=FRESH)
        return np.array([*self.scales.losses(sample, self.today).mean(axis=0), self.ledger.of(design)[0]])


def spanning(front: Sequence[Chosen], points: np.ndarray, reference: np.ndarray, most: int = RETURNED) -> list[Chosen]:
    """Return the designs that by their claimed points add most hypervolume, one after the other."""
    found: list[int] = []
    while len(found) < min(most, len(front)):
        gains = [-1.0 if k in found else hypervolume(points[[*found, k]], reference) for k in range(len(front))]
        found.append(int(np.argmax(gains)))
    return [front[k] for k in found]


def valued(kept: Kept, real: Real, template: str, run: dict[str, Any]) -> float:
    """Return the hypervolume of what a run returned by fresh replications, which are kept."""
    chosen = spanning([tuple(design) for design in run["front"]], np.array(run["points"]), real.reference)
    points = [
        kept.get(["fresh", template, list(design)], lambda d=design: {"point": real.point(d).tolist()})["point"]
        for design in chosen
    ]
    return hypervolume(np.array(points), real.reference)


def real_baseline(real: Real, seed: int) -> dict[str, Any]:
    events, seen = 0.0, {}
    today = real.scales.level(real.simulator.sample(real.system, seed=seed, replications=REPLICATIONS)).mean(axis=0)

    def value(design: Chosen) -> np.ndarray:
        nonlocal events
        if not real.trials.admits(design):
            return np.array([1e3, 1e3, 1e9])
        sample = real.simulator.sample(real.trials.system_of(design), seed=seed, replications=REPLICATIONS)
        events += sample.events
        seen[design] = np.array([*(real.scales.level(sample).mean(axis=0) - today), real.ledger.of(design)[0]])
        return seen[design]

    front = evolved(real.space, value, seed, **REAL)
    points = [seen[design].tolist() for design in front]
    return {"front": [list(design) for design in front], "points": points, "events": events}


def real_search(real: Real, seed: int, events: float, cheap: bool) -> dict[str, Any]:
    each, begun = real.today.events / FRESH, time.process_time()
    spent = [0.0]

    class Timed(Simulated):
        def sample(self, system: WorkSystem, *, seed: int, replications: int) -> Sample:
            before = time.process_time()
            found = super().sample(system, seed=seed, replications=replications)
            spent[0] += time.process_time() - before
            return found

    simulator = Timed(WEEKS, WARM_UP, like=real.system)
    archive = explored(
        real.system, real.interventions, simulator, real.scales, seed, int(MARGIN * events / each), cheap=cheap
    )
    front = archive.front()
    return {
        "front": [list(design) for design in front], "points": archive.expected(front).tolist(),
        "events": archive.trials.events, "designs": len(archive.trials.tried), "cheap_model": archive.has_cheap_model,
        "seconds_simulating": spent[0], "seconds_beside": time.process_time() - begun - spent[0],
    }  # fmt: skip


def budget(kept: Kept, names: Sequence[str], seeds: Sequence[int]) -> bool:
    """Hypervolume of the search, with and without a cheap model, against NSGA-II with many more events."""
    good = True
    for template in names:
        real = Real(template)
        for cheap, share in ((True, WITH_SHARE), (False, WITHOUT_SHARE)):
            ratios, spent, beside = [], [], []
            for seed in seeds:
                base = kept.get(["nsga2", template, seed], lambda s=seed, r=real: real_baseline(r, s))
                allowed = share * base["events"]
                mine = kept.get(
                    ["search", template, share, seed, cheap],
                    lambda s=seed, r=real, e=allowed, c=cheap: real_search(r, s, e, c),
                )
                volumes = [valued(kept, real, template, run) for run in (mine, base)]
                ratios.append(volumes[0] / volumes[1] if volumes[1] > 0 else math.inf)
                spent.append(mine["events"] / base["events"])
                beside.append(mine["seconds_beside"] / max(mine["seconds_simulating"], 1e-9))
            title = f"{template}_{'with' if cheap else 'without'}_cheap_model"
            good &= line(f"{title}_events_over_nsga2", spent, share, max(spent) <= share)
            good &= line(f"{title}_hypervolume_over_nsga2", ratios, 1.0, float(np.median(ratios)) >= 1)
            line(f"{title}_seconds_beside_over_simulating", beside)
    return good


def random_designs(real: Real, count: int) -> list[Chosen]:
    """Return admitted designs of one to twelve changes."""
    luck, sizes = np.random.default_rng(7), np.asarray(real.space.sizes)
    found: dict[Chosen, None] = {}
    while len(found) < count:
        genes = np.zeros(len(sizes), dtype=int)
        at = luck.choice(len(sizes), min(1 + int(luck.random() * 12), len(sizes)), replace=False)
        genes[at] = [1 + luck.integers(size - 1) for size in sizes[at]]
        design = real.space.design(genes.tolist())
        if design and real.trials.admits(design):
            found[design] = None
    return list(found)


def model(kept: Kept, names: Sequence[str]) -> bool:
    """Rank correlation of the cheap model with the simulation over random designs, for each aspect."""
    from scipy.stats import spearmanr

    for template in names:
        real = Real(template)
        designs = random_designs(real, MODELLED)

        def sampled(design: Chosen, real: Real = real) -> dict[str, Any]:
            system = real.trials.system_of(design)
            sample = real.simulator.sample(system, seed=77, replications=MODELLED_REPLICATIONS)
            return {"values": np.nanmean(sample.values, axis=0).tolist()}

        values = [kept.get(["sampled", template, list(d)], lambda d=d: sampled(d))["values"] for d in designs]
        real.trials.try_all([((), 1)])
        archive = Archive(real.trials, real.scales, real.ledger, real.space)
        believed, simulated = (
            np.exp(archive.cheap(designs)),
            real.scales.aspects(Sample(real.today.keys, np.array(values))),
        )
        for column, aspect in enumerate(ASPECTS):
            if np.ptp(simulated[:, column]) > 0 and np.ptp(believed[:, column]) > 0:
                line(f"{template}_rank_correlation_{aspect}",
                     [float(spearmanr(believed[:, column], simulated[:, column]).statistic)])  # fmt: skip
    return True


def line(name: str, values: Sequence[float], bar: float | None = None, holds: bool = True) -> bool:
    """Print one figure: the median with the worst and the best seed."""
    figure = {
        "name": name, "value": round(float(np.median(values)), 4), "low": round(min(values), 4),
        "high": round(max(values), 4), "seeds": len(values), "bar": bar, "holds": holds,
    }  # fmt: skip
    print(json.dumps(figure), flush=True)
    print(f"{name:60} {figure['value']:>9} ({figure['low']} to {figure['high']})  bar {bar}", file=sys.stderr)
    return holds


def main() -> int:
    """Run the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=["fronts", "ablation", "curse", "budget", "model"])
    parser.add_argument("--problem", nargs="+", choices=list(PROBLEMS), default=list(PROBLEMS))
    parser.add_argument("--template", nargs="+", default=["service-desk", "security-operations"])
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(10)))
    parser.add_argument("--kept", type=Path, default=Path("build/alignment-benchmark.jsonl"))
    chosen = parser.parse_args()
    kept = Kept(chosen.kept)
    parts: dict[str, Callable[[], bool]] = {
        "fronts": lambda: fronts(kept, chosen.problem, chosen.seeds),
        "ablation": lambda: ablation(kept, chosen.problem, chosen.seeds),
        "curse": lambda: curse(kept, chosen.seeds),
        "budget": lambda: budget(kept, chosen.template, chosen.seeds),
        "model": lambda: model(kept, chosen.template),
    }
    return 0 if min([parts[name]() for name in chosen.only]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
