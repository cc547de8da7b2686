"""Figures of the detectors of drivers: false claims without the driver and on look-alikes, power, and AUC.

One JSON object a line for each figure, a table for people on stderr, exit 1 when a bar is missed. The logs come from
`driver_logs.py`, which knows neither the simulator nor the detectors. Thresholds were set on seeds below 1,000.

    python benchmarks/drivers.py                            # 100 logs of each kind, some CPU minutes
    python benchmarks/drivers.py --logs 20 --only complacency
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.special import ndtri

sys.path.insert(0, str(Path(__file__).resolve().parent))

from driver_logs import DOSES, KINDS, WORLDS, World

from longwall.assessment import drivers_of, load_thresholds, procedure_of, strength
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.worksystem import WorkSystem

FIRST_SEED = 10_000
NOBODY = WorkSystem(id="unknown")
missed = False


def figure(name: str, value: float, bar: float, at_most: bool, low: float, high: float, **more: object) -> None:
    """Print one figure."""
    global missed
    held = low if name.endswith("auc") else value
    holds = held <= bar if at_most else held >= bar
    missed |= not holds
    row = {"name": name, "value": round(value, 4), "low": round(low, 4), "high": round(high, 4), "bar": bar}
    print(json.dumps({**row, "holds": bool(holds), **more}), flush=True)
    bound = f"bar {'<=' if at_most else '>='} {bar:g}"
    print(f"{name:<44}{value:>8.3f}  ({low:.3f} to {high:.3f})  {bound}  {'' if holds else 'MISSED'}", file=sys.stderr)


def auc(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float, float]:
    """Area under the curve with DeLong's interval (DeLong, DeLong and Clarke-Pearson 1988)."""
    above = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    value = float(above.mean())
    variance = above.mean(axis=1).var(ddof=1) / positive.size + above.mean(axis=0).var(ddof=1) / negative.size
    half = float(ndtri(0.975)) * float(np.sqrt(variance))
    return value, value - half, min(1.0, value + half)


def judged(driver: str, world: World) -> tuple[float, bool]:
    """How strongly a log speaks for a driver, and whether it is claimed."""
    cuts = load_thresholds()
    view = None if world.log is None else View(world.log, NOBODY, cuts)
    found = drivers_of(view, cuts, alerts=world.alerts, procedure=procedure_of(world.procedure), only=driver)
    rows = [row for row in found.rows if row.driver == driver]
    return strength(rows), any(finding.kind in KIND_OF[driver] for finding in found.findings)


KIND_OF = {
    "complacency": ("complacency",),
    "skill_atrophy": ("atrophy",),
    "alert_fatigue": ("alert_fatigue",),
    "role_ambiguity": ("role_ambiguity",),
    "governance_misalignment": ("governance",),
    "conflicting_measures": ("conflicting_measures",),
    "reinforcing_loop": ("reinforcing_loop",),
}


def measure(driver: str, logs: int) -> None:
    """All figures of one driver."""
    make, variants, look_alikes = WORLDS[driver]
    strengths: dict[str, np.ndarray] = {}
    begin = time.process_time()
    for kind in KINDS:
        scores, claims, false = [], 0, Counter[str]()
        for k in range(logs):
            world = make(FIRST_SEED + k, kind, k % (look_alikes if kind == "alike" else variants))
            score, claim = judged(driver, world)
            scores.append(score)
            claims += claim
            false[world.variant] += claim
        strengths[kind] = np.array(scores)
        share, ends = claims / logs, share_interval(claims, logs)
        if kind == "with":
            figure(f"{driver}_power", share, 0.8, False, *ends, dose=DOSES[driver])
            half = sum(judged(driver, make(FIRST_SEED + k, kind, k % variants, 0.5))[1] for k in range(logs))
            figure(f"{driver}_power_half_dose", half / logs, 0.0, False, *share_interval(half, logs))
        else:
            figure(f"{driver}_false_{kind}", share, 0.1, True, *ends, claims=dict(sorted(false.items())))
    nulls = np.concatenate([strengths["without"], strengths["alike"]])
    figure(f"{driver}_auc", *_first(auc(strengths["with"], nulls), 0.85))
    print(f"{driver}: {(time.process_time() - begin) / 3 / logs:.2f} CPU s a log", file=sys.stderr)


def _first(area: tuple[float, float, float], bar: float) -> tuple[float, float, bool, float, float]:
    """Arguments of `figure` for an area whose lower end is held against the bar."""
    return area[0], bar, False, area[1], area[2]


def main() -> int:
    """Run all, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=100, help="logs of each of the three kinds, per driver")
    parser.add_argument("--only", choices=sorted(WORLDS), help="one driver")
    told = parser.parse_args()
    for driver in [told.only] if told.only else WORLDS:
        measure(driver, told.logs)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
