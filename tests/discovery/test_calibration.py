"""Waits after calibration: never longer than what the log shows, and compared with all items, not the quick ones."""

from __future__ import annotations

import numpy as np

from longwall.discovery import Discovered, discover

from .conftest import Row, build


def slow() -> tuple[Discovered, np.ndarray]:
    """Two steps, the second after a wait with a heavy tail: a day at the median, years at the end."""
    rng = np.random.default_rng(6)
    waits = 24.0 * np.exp(3.0 * rng.normal(size=400))
    rows: list[Row] = []
    for case, wait in enumerate(waits):
        at = 40.0 * case + 8.0
        rows.append((case, "ask", f"p{case % 6}", "desk", at, at))
        rows.append((case, "answer", f"p{case % 5}", "desk", at + wait, at + wait))
    return discover(build(rows), name="Desk", seed=0), waits


def test_a_delay_is_never_longer_than_the_gap_it_is_part_of() -> None:
    """Caught when waits still running at the end of the simulation stretched the delay round by round."""
    found, waits = slow()
    delay = found.system.functions["answer"].delay_h
    assert delay is not None
    assert delay.quantiles_h[-1] <= 1.001 * waits.max()
    assert delay.mean_h <= 1.01 * waits.mean()


def test_the_lead_time_of_the_log_counts_items_still_open() -> None:
    """Items come until the cut and take up to 2000 h: those that had finished by then are the quick ones.

    Caught when finished items alone were compared.
    """
    rng = np.random.default_rng(8)
    waits = rng.uniform(0.0, 2000.0, size=200)
    rows: list[Row] = []
    for case, wait in enumerate(waits):
        at = 10.0 * case
        rows.append((case, "ask", f"p{case % 6}", "desk", at, at))
        if at + wait <= 2000.0:
            rows.append((case, "answer", f"p{case % 5}", "desk", at + wait, at + wait))
    found = discover(build(rows), name="Desk", seed=0, overrides={"rounds": 1})
    quick = float(np.median(waits[10.0 * np.arange(200) + waits <= 2000.0]))
    line = next(caution for caution in found.cautions if caution.startswith("Lead time of items"))
    said = float(line.split(": ")[1].split(" and ")[0])
    assert said > 1.1 * quick
