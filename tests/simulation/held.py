"""How means are held against theory, and balances against zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from longwall.simulation import Runs
from longwall.worksystem import Distribution


def fixed(hours: float) -> Distribution:
    return Distribution(shape="fixed", mean_h=hours)


def agree(sample: Any, theory: float, relative: float) -> None:
    """Hold a mean against theory, at a standard error that would show an error of four times `relative`."""
    sample = np.asarray(sample)
    error = sample.std(ddof=1) / math.sqrt(len(sample))
    assert error <= relative * abs(theory), f"error {error / theory:.4f}"
    assert abs(sample.mean() - theory) <= 3.3 * error, f"{sample.mean():.5f} +- {error:.5f} against {theory:.5f}"


def balanced(runs: Runs) -> Runs:
    assert (runs.balance[:, 0] == 0).all()
    assert np.abs(runs.balance[:, 1]).max() <= 1e-9
    return runs
