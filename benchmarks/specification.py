"""Does a specification name exactly what must be fixed, and do completions of the rest stay near the front?

Twelve decisions, three of them planted: wherever on the front, a wrong choice costs 1.3 epsilons of distance or more;
all others together cost at most half an epsilon, or slide along the front. Four kinds, sixteen problems each; then
problems in which nothing matters, and in which everything does. One replication is as noisy as a simulated one of a
desk (35% technical, 12% social, 2% cost), and no luck is common, which is harder than a simulation under common luck.

Then the same problems where a search has confirmed the front and designs share their luck, as `longwall specify` meets
them: one seventh of the noise, a front known to within a fifth of an epsilon.

Two simpler ways on the same replications stand beside: a tree on designs as measured, and one decision at a time.

One JSON object a line for each figure on stdout, a table for people on stderr; exits 1 when a bar is missed.

    python benchmarks/specification.py                # about six minutes of one processor
    python benchmarks/specification.py --problems 4   # of each kind: a look
    python benchmarks/specification.py --kept FILE    # stopped and begun again, it goes on where it was
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from longwall.alignment import specification
from longwall.alignment.exploring.fronts import first_rank
from longwall.alignment.specification import Effort, Settled, settle
from longwall.alignment.specification.distance import from_front, ranges
from longwall.alignment.specification.explain import grow, used
from longwall.alignment.specification.nearby import settle_near
from longwall.alignment.specification.planted import Planted, plant
from longwall.stats import share_interval

EPSILON = 0.05
EFFORT = Effort(most=40_000, margin=12.0)
QUIETER = 7.0
"""Luck that designs share takes this much off the noise of a difference: as simulated designs of a desk have it."""
CONFIRMED = 0.01
"""Standard error of the designs of a confirmed front."""
NEAR = Effort(most=3000, replications=2, batch=16, look=2)
FIRST_SEED = 6000  # seeds from 0, 1000, 2000 and 5000 on were looked at while it was made
KINDS = ("plain", "graded", "interaction", "near")
NULLS = ("nothing", "everything")
COMPLETIONS = 500
BAR = 0.95


@dataclass(frozen=True)
class Held:
    """What became of one problem."""

    kind: str
    seed: int
    exact: bool
    missed: int
    added: int
    inside: float
    spent: int


@dataclass(frozen=True)
class Outcome(Held):
    """The same where the front is found first, with what slides and what simpler ways name."""

    slid: bool
    tree: bool
    alone: bool


def outcome(kind: str, seed: int) -> Outcome:
    """Solve one problem and hold it against its answer."""
    problem = plant(kind, seed, epsilon=EPSILON)  # type: ignore[arg-type]
    least = np.ones(3) if kind == "everything" else np.full(3, 0.2)
    found = settle(problem, epsilon=EPSILON, least=least, seed=seed, effort=EFFORT)
    truth, named = set(problem.planted), set(found.fixed)
    rng = np.random.default_rng([seed, 1])
    sliding = {place for place, one in enumerate(found.kinds) if one == "slides"}
    return Outcome(
        kind, seed, named == truth, len(truth - named), len(named - truth), inside(problem, found, rng), found.spent,
        slid=sliding == set(problem.slides),
        tree=tree_on_raw_labels(problem, found.spent, rng) == truth,
        alone=one_at_a_time(problem, found, rng) == truth,
    )  # fmt: skip


def near(kind: str, seed: int) -> Held:
    """Solve one problem as `longwall specify` meets it, and hold it against its answer."""
    problem = plant(kind, seed, epsilon=EPSILON)  # type: ignore[arg-type]
    found = settle_near(
        replace(problem, noise=problem.noise / QUIETER), problem.best, problem.reference(CONFIRMED, seed),
        epsilon=EPSILON, seed=seed, effort=NEAR,
    )  # fmt: skip
    truth, named = set(problem.planted), set(found.fixed)
    share_inside = inside(problem, found, np.random.default_rng([seed, 1]))
    return Held(kind, seed, named == truth, len(truth - named), len(named - truth), share_inside, found.spent)


def near_figures(asked: list[tuple[str, int]]) -> list[bool]:
    """Print the figures of problems whose front is known; return whether each bar is met."""
    found = [near(*one) for one in asked]
    for one in found:
        print(f"  {one}", file=sys.stderr, flush=True)
    planted = [one for one in found if one.kind in KINDS]
    good = [
        share("specification_near_exactly_named", [one.exact for one in planted], BAR),
        line("specification_near_completions_inside", float(np.mean([one.inside for one in planted])),
             min(one.inside for one in planted), 1.0, BAR),
    ]  # fmt: skip
    share("specification_near_planted_left_free", [one.missed > 0 for one in planted])
    share("specification_near_others_fixed_too", [one.added > 0 for one in planted])
    for kind in NULLS:
        share(f"specification_near_{kind}_matters", [one.exact for one in found if one.kind == kind])
    spread("specification_near_replications", np.array([float(one.spent) for one in planted]))
    return good


def inside(problem: Planted, found: Settled, rng: np.random.Generator) -> float:
    """Return the exact share of random completions within epsilon."""
    genes = np.tile(found.levels, (COMPLETIONS, 1))
    for place in found.free:
        genes[:, place] = rng.integers(0, problem.sizes[place], size=COMPLETIONS)
    return float((problem.distance(genes) <= EPSILON).mean())


def tree_on_raw_labels(problem: Planted, spent: int, rng: np.random.Generator) -> set[int]:
    """Return what a tree asks for that is grown on designs as measured: near their own front or not."""
    replications = 4
    genes = np.stack([rng.integers(0, size, spent // replications) for size in problem.sizes], axis=1)
    points = problem.measure(genes, replications, int(rng.integers(2**31))).mean(axis=1)
    front = points[first_rank(points)]
    far = from_front(points, front, ranges(front, np.full(3, 1e-9)))
    return used(grow(genes, far <= EPSILON))


def one_at_a_time(problem: Planted, found: Settled, rng: np.random.Generator) -> set[int]:
    """Return decisions of which some level lies beyond epsilon, beyond noise, when it alone is changed."""
    base = found.levels
    rows = [(-1, base)]
    for place, size in enumerate(problem.sizes):
        for level in range(int(size)):
            if level != base[place]:
                moved = base.copy()
                moved[place] = level
                rows.append((place, moved))
    replications = max(2, found.spent // len(rows))
    values = problem.measure(np.array([row for _, row in rows]), replications, int(rng.integers(2**31)))
    means, errors = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(replications)
    front = means[first_rank(means)]
    far = from_front(means, front, np.ones(3))
    noise = 1.645 * np.sqrt(errors.max(axis=1) ** 2 + errors[0].max() ** 2)
    return {place for (place, _), x, e in zip(rows, far, noise, strict=True) if place >= 0 and x - e > EPSILON}


def outcomes(asked: list[tuple[str, int]], kept: Path | None, processes: int) -> Iterator[Outcome]:
    """Solve the problems that are not kept yet; each is kept as soon as it is solved, with what it was solved by."""
    known: dict[tuple[str, int], Outcome] = {}
    if kept is not None and kept.is_file():
        for text in kept.read_text().splitlines():
            entry = json.loads(text)
            if entry.pop("by") == MADE_BY:
                known[entry["kind"], entry["seed"]] = Outcome(**entry)
    yield from known.values()
    left = [one for one in asked if one not in known]
    with ProcessPoolExecutor(processes) as pool:
        for one in pool.map(outcome, *zip(*left, strict=True)) if left else ():
            if kept is not None:
                with kept.open("a") as lines:
                    lines.write(json.dumps({"by": MADE_BY, **asdict(one)}) + "\n")
            yield one


def made_by() -> str:
    """Return what the outcomes depend on, in short: the code of the specification and of this file."""
    files = [*sorted(Path(specification.__file__).parent.glob("*.py")), Path(__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


MADE_BY = made_by()


def line(name: str, value: float, low: float, high: float, bar: float | None, *, at_least: bool = True) -> bool:
    """Print one figure."""
    holds = None if bar is None else bool(value >= bar if at_least else value <= bar)
    figure = {"name": name, "value": round(value, 4), "low": round(low, 4), "high": round(high, 4), "bar": bar,
              "holds": holds}  # fmt: skip
    print(json.dumps(figure), flush=True)
    print(f"{name:52} {value:>9.4g} ({low:.4g} to {high:.4g})" + (f"  bar {bar}" if bar is not None else ""),
          file=sys.stderr)  # fmt: skip
    return holds is not False


def share(name: str, good: list[bool], bar: float | None = None) -> bool:
    """Print a share with its interval (Wilson)."""
    return line(name, float(np.mean(good)), *share_interval(sum(good), len(good)), bar)


def spread(name: str, values: NDArray[np.float64]) -> None:
    """Print a median with the least and the greatest."""
    line(name, float(np.median(values)), float(values.min()), float(values.max()), None)


def main() -> int:
    """Run all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=16, help="of each kind")
    parser.add_argument("--processes", type=int, default=1, help="problems at once; changes no figure")
    parser.add_argument("--kept", type=Path, help="file in which outcomes are kept, by the code that made them")
    parser.add_argument("--near", action="store_true", help="only where the front is known: a few minutes")
    chosen = parser.parse_args()
    count = chosen.problems
    asked = [
        (kind, FIRST_SEED + number)
        for number in range(count)
        for kind in (*KINDS, *NULLS)
        if kind in KINDS or number < max(1, count // 2)
    ]
    good = near_figures(asked)
    if chosen.near:
        return 0 if all(good) else 1
    found: list[Outcome] = []
    for one in outcomes(asked, chosen.kept, chosen.processes):
        if (one.kind, one.seed) in asked:
            found.append(one)
            print(f"  {one}", file=sys.stderr, flush=True)
    planted = [one for one in found if one.kind in KINDS]
    exact = [one.exact for one in planted]
    good += [
        share("specification_exactly_named", exact, BAR),
        line("specification_completions_inside", float(np.mean([one.inside for one in planted])),
             min(one.inside for one in planted), 1.0, BAR),
    ]  # fmt: skip
    share("specification_failure_rate", [not one for one in exact])
    share("specification_planted_left_free", [one.missed > 0 for one in planted])
    share("specification_others_fixed_too", [one.added > 0 for one in planted])
    share("specification_slides_exactly_named", [one.slid for one in planted])
    for kind in KINDS:
        share(f"specification_exactly_named_{kind}", [one.exact for one in planted if one.kind == kind])
    for kind in NULLS:
        share(f"specification_{kind}_matters", [one.exact for one in found if one.kind == kind])
    share("tree_on_raw_labels_exactly_named", [one.tree for one in planted])
    share("one_at_a_time_exactly_named", [one.alone for one in planted])
    spread("specification_replications", np.array([float(one.spent) for one in planted]))
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
