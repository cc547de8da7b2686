"""The seven reference contexts as the assessment computes them, and six trades rated by checklist before.

One JSON object a line for each figure, tables for people on stderr, exit 1 when a context comes out otherwise than the
method writes it. The rank agreement has no bar: it is reported, whatever it is.

    python benchmarks/contexts.py            # about a quarter of a minute
    python benchmarks/contexts.py --seeds 10 # how far the luck of the simulation moves the indices
    python benchmarks/contexts.py --write    # keep the positions that charts show beside a study
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML
from scipy.stats import kendalltau, spearmanr

from longwall import templates
from longwall.assessment import Answers, assess, rate, reference_contexts
from longwall.assessment import contexts as contexts_module
from longwall.worksystem import WorkSystem, read_system

ROOT = Path(__file__).resolve().parents[1]
TRADES = ROOT / "benchmarks" / "trades"
AXES = ("coupling", "interaction")
POSITIONS = Path(contexts_module.__file__).with_name("context_positions.yaml")
missed = False


def figure(
    name: str, value: float, *, bar: float | None = None, low: float | None = None, high: float | None = None
) -> None:
    """Print one figure; a bar is a lower one."""
    global missed
    holds = None if bar is None else value >= bar
    missed |= holds is False
    row = {"name": name, "value": round(value, 4), "low": low, "high": high, "bar": bar, "holds": holds}
    print(json.dumps(row), flush=True)


def told(text: str) -> None:
    """Print a line for people."""
    print(text, file=sys.stderr)


def contexts(seeds: int, write: bool) -> None:
    """Classify the seven templates; each must be frozen, and come out as written."""
    right, margins, positions = 0, {axis: [] for axis in AXES}, {}
    told(f"{'context':<24}{'coupling':<28}{'interaction':<28}{'dominant variance':<40}primary risk")
    for context in reference_contexts():
        frozen = hashlib.sha256(templates.path(context.template).read_bytes()).hexdigest() == context.sha256
        system = templates.read(context.template)
        found = [assess(system, seed=seed).classification for seed in range(seeds)]
        first, profile = found[0], found[0].profile
        labels = all(c.coupling.label == context.coupling and c.interaction.label == context.interaction for c in found)
        dominant = profile is not None and set(profile.dominant.variances) <= set(context.dominant_variance)
        risk = profile is not None and profile.primary_risk == context.primary_risk
        right += frozen and labels and dominant and risk
        for axis in AXES:
            margins[axis].append(min(getattr(c, axis).margin for c in found))
        positions[context.template] = {f"{axis}_index": round(getattr(first, axis).value, 6) for axis in AXES}
        cells = [
            f"{getattr(first, a).value:.3f} {getattr(first, a).label}, margin {getattr(first, a).margin:.3f}"
            for a in AXES
        ]
        what = " > ".join(profile.dominant.variances) + f" {profile.dominant.share:.0%}" if profile else "none"
        whose = f"{profile.primary_risk} {profile.risks[0].share:.0%}" if profile and profile.risks else "none"
        told(
            f"{context.template:<24}{cells[0]:<28}{cells[1]:<28}{what:<40}{whose}{'' if frozen else '  NOT AS FROZEN'}"
        )
        for axis in AXES:
            spread = [getattr(c, axis).value for c in found]
            figure(
                f"{context.template}_{axis}",
                getattr(first, axis).value,
                low=round(min(spread), 4),
                high=round(max(spread), 4),
            )
    figure("contexts_as_written", right, bar=7)
    for axis in AXES:
        figure(f"smallest_margin_{axis}", min(margins[axis]))
    if write:
        yaml = YAML()
        yaml.default_flow_style = False
        with POSITIONS.open("w", encoding="utf-8") as file:
            file.write(
                "# Written by `python benchmarks/contexts.py --write`: where the reference contexts stand, seed 0.\n"
            )
            yaml.dump(positions, file)


def trades() -> None:
    """Compare six trades with the ratings given before any index was computed for them."""
    ratings = YAML(typ="safe").load((TRADES / "ratings.yaml").read_text(encoding="utf-8"))
    computed: dict[str, list[float]] = {axis: [] for axis in AXES}
    rated: dict[str, list[float]] = {axis: [] for axis in AXES}
    told(f"\n{'trade':<24}{'coupling (rated)':<28}{'interaction (rated)':<28}")
    for name, given in ratings.items():
        system: WorkSystem = read_system(TRADES / f"{name}.yaml")
        found = assess(system).classification
        cells = []
        for axis in AXES:
            value = rate(Answers.model_validate(given), axis).value or 0.0
            computed[axis].append(getattr(found, axis).value)
            rated[axis].append(value)
            cells.append(f"{computed[axis][-1]:.2f} {getattr(found, axis).label} ({value:.2f})")
        told(f"{name:<24}{cells[0]:<28}{cells[1]:<28}")
    for axis in AXES:
        for name, statistic in (("spearman", spearmanr), ("kendall", kendalltau)):
            value = float(statistic(computed[axis], rated[axis]).statistic)
            low, high = interval(statistic, computed[axis], rated[axis])
            figure(f"trades_{axis}_{name}", value, low=low, high=high)
            told(f"{axis}: {name} {value:.2f} ({low:.2f} to {high:.2f}, 95% by resampling the six)")


def interval(statistic: object, x: list[float], y: list[float]) -> tuple[float, float]:
    """95% interval of a rank correlation by every way of drawing the trades again with replacement."""
    n = len(x)
    weights, values = [], []
    for drawn in itertools.combinations_with_replacement(range(n), n):
        if len({x[k] for k in drawn}) < 2 or len({y[k] for k in drawn}) < 2:
            continue
        counts = np.bincount(drawn, minlength=n)
        weights.append(1.0 / np.prod([float(np.prod(np.arange(1, c + 1))) for c in counts]))
        values.append(float(statistic([x[k] for k in drawn], [y[k] for k in drawn]).statistic))  # type: ignore[operator]
    order = np.argsort(values)
    share = np.cumsum(np.array(weights)[order]) / np.sum(weights)
    at = np.array(values)[order]
    return round(float(at[np.searchsorted(share, 0.025)]), 3), round(float(at[np.searchsorted(share, 0.975)]), 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    contexts(asked.seeds, asked.write)
    trades()
    sys.exit(1 if missed else 0)
