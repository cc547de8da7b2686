"""What does looking at one side alone cost? The price of one-sidedness on the seven contexts, and how well it is known.

For each context: candidates from the findings of its assessment, the joint search, and the price under three weightings
from fresh replications. And the interval of the price held against stations whose price is known exactly.

One JSON object a line for each figure on stdout, tables for people on stderr; exits 1 when a bar is missed. The price
itself has no bar: it is reported, whatever it is.

    python benchmarks/price.py                        # the seven contexts: about 1 to 3 minutes of processor time each
    python benchmarks/price.py --contexts service-desk --seed 3
    python benchmarks/price.py --coverage             # the interval against the truth, half a minute
    python benchmarks/price.py --write                # puts the table into docs/concepts/one-sidedness.md
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from longwall import templates
from longwall.alignment import Alignment, Sample, budget_for, load_objectives, propose, search
from longwall.alignment.exploring.fronts import covering, first_rank
from longwall.alignment.judging.choose import given_up, price
from longwall.alignment.judging.confirm import Confirmed
from longwall.alignment.known.stations import Stations
from longwall.alignment.objectives import Ledger, Scales
from longwall.assessment import assess, reference_contexts
from longwall.worksystem import Estimate, apply

PAGE = Path(__file__).resolve().parents[1] / "docs" / "concepts" / "one-sidedness.md"
BEGIN, END = "<!-- table of benchmarks/price.py: begin -->", "<!-- table of benchmarks/price.py: end -->"
WEEKS = 13
DESIGNS, REPLICATIONS = 12, 120
missed = False


def figure(name: str, value: float, low: float | None, high: float | None, bar: float | None = None) -> None:
    """Print one figure; a bar is a lower one."""
    global missed
    holds = None if bar is None else value >= bar
    missed |= holds is False
    row = {"name": name, "value": round(value, 4), "low": low and round(low, 4), "high": high and round(high, 4),
           "bar": bar, "holds": holds}  # fmt: skip
    print(json.dumps(row), flush=True)


def searched(template: str, seed: int) -> Alignment:
    """Return the joint search on a template; what the price does not need is kept short."""
    system = templates.read(template)
    findings = assess(system, seed=seed).findings
    budget = budget_for(system, WEEKS).model_copy(update={"effect": 2, "draws": 1, "draw_replications": 2})
    return search(
        system, propose(system, findings), findings=findings, seed=seed, weeks=WEEKS, budget=budget, threads=1
    )


def contexts(names: list[str], seed: int, write: bool) -> None:
    """Print the price on each context, and put the table into the page."""
    rows = []
    for name in names:
        found = searched(name, seed)
        cells = []
        for under in found.weighed:
            for side, lost in (("technical", under.price.technical_only), ("social", under.price.social_only)):
                figure(f"{name}_{side}_only_{under.weighting}", lost.value, lost.low, lost.high)
            cells.append(f"{cell(under.price.technical_only)} | {cell(under.price.social_only)}")
        joint = next(point for point in found.points if point.design == found.recommended)
        where = f"{joint.technical.value:+.0%}, {joint.social.value:+.0%}".replace("+0%", "0%").replace("-0%", "0%")
        rows.append(f"| `{name}` | {len(found.points) - 1} | {where} | {' | '.join(cells)} |")
        print(rows[-1], *(f"   {under.weighting}: {under.price.statement}" for under in found.weighed), sep="\n",
              file=sys.stderr, flush=True)  # fmt: skip
    if write:
        text = PAGE.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        names_of = ("stated", "equal", "worst-first")
        columns = " | ".join(f"{one}: speed alone gives up | {one}: relief alone gives up" for one in names_of)
        table = "\n".join([f"| context | designs | joint design | {columns} |", "|---" * 9 + "|", *rows])
        PAGE.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def cell(lost: Estimate) -> str:
    """Return one price as it stands in the page; in italics where it is not beyond noise."""
    text = f"{lost.value:.1%} ({lost.low:.1%} to {lost.high:.1%})"
    return text if lost.low > 0.0 else f"*{text}*"


def coverage(trials: int, seed: int) -> None:
    """Hold the interval of the price against the exact price of the same designs, and against designs without any."""
    stations, objectives = Stations(), load_objectives()
    sets, means = stations.designs()
    keys = stations.sample(stations.system, seed=0, replications=2).keys
    scales = Scales(objectives, Sample(keys, means[:1].repeat(4, axis=0)))
    losses = scales.losses(Sample(keys, means), Sample(keys, means[:1].repeat(len(means), axis=0)))
    ledger = Ledger(stations.interventions, objectives.horizon_weeks.value)
    points = np.column_stack([losses, [ledger.of(one)[0] for one in sets]])
    front = np.flatnonzero(first_rank(points))
    known = {change.id: change for change in stations.interventions}
    luck = np.random.default_rng(seed)
    inside, errors = [], []
    for problem in range(12):
        limit = np.quantile(points[front, 2], luck.uniform(0.3, 1.0))
        rows = front[points[front, 2] <= limit]
        if problem % 2:
            rows = luck.permutation(np.flatnonzero(points[:, 2] <= limit))[:200]
        picked = [0, *(int(rows[row]) for row in covering(points[rows], DESIGNS - 1))]
        true = [float(given_up(losses[picked], side, objectives.epsilon.value)) for side in (0, 1)]
        systems = [apply(stations.system, [known[name] for name in sets[row]]) for row in picked]
        for _ in range(trials):
            at = int(luck.integers(2**31))
            samples = [stations.sample(system, seed=at, replications=REPLICATIONS) for system in systems]
            found = priced(np.stack([scales.losses(one, samples[0]) for one in samples]), at)
            inside += [one.low - 1e-12 <= truth <= one.high + 1e-12 for one, truth in zip(found, true, strict=True)]
            errors += [one.value - truth for one, truth in zip(found, true, strict=True)]
    share = float(np.mean(inside))
    half = 1.96 * float(np.sqrt(share * (1.0 - share) / len(inside)))
    figure("price_interval_covers_the_exact_price", share, share - half, share + half, bar=0.93)
    figure(
        "price_estimate_minus_exact", float(np.mean(errors)), *(float(q) for q in np.quantile(errors, [0.025, 0.975]))
    )
    false = []
    for _ in range(25 * trials):
        noise = luck.normal(0.0, 0.3, (DESIGNS, REPLICATIONS, 2))
        noise[1:] -= 0.3
        false += [one.low > 0.0 for one in priced(noise, int(luck.integers(2**31)))]
    figure("no_false_price_where_there_is_none", 1.0 - float(np.mean(false)), None, None, bar=0.93)


def priced(losses: NDArray[np.float64], seed: int) -> tuple[Estimate, Estimate]:
    """Return both prices of designs given by their fresh losses, shape (designs, replications, 2), all comparable."""
    count = len(losses)
    confirmed = Confirmed(((),) * count, (), (), losses, np.zeros((count, 3)))
    found = price(confirmed, 0, load_objectives(), seed=seed)
    return found.technical_only, found.social_only


def main() -> int:
    """Run what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contexts", nargs="*", default=[context.template for context in reference_contexts()])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--trials", type=int, default=30)
    chosen = parser.parse_args()
    if chosen.coverage:
        coverage(chosen.trials, chosen.seed)
    else:
        contexts(chosen.contexts, chosen.seed, chosen.write)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
