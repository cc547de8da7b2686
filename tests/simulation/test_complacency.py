"""Complacency: the two published figures come out of a simulated monitor, and nothing happens without other work."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "complacency.py"
_SPEC = importlib.util.spec_from_file_location("complacency", _PATH)
assert _SPEC
assert _SPEC.loader
monitored: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(monitored)

MOST = {"prevalence_intercept": -1.53}
"""Log-odds of a miss that leave 82% to be detected at best, as calibrated."""


@pytest.mark.parametrize(("variable", "published"), [(False, 0.327), (True, 0.816)])
def test_even_failures_are_watched_least(variable: bool, published: float) -> None:
    # Fails when what was never checked counts as a success that was seen.
    share, error = monitored.detected(monitored.monitor(**MOST), variable, weeks=120, replications=8)
    assert share == pytest.approx(published, abs=3.3 * error + 0.03)


def test_whoever_only_watches_is_not_complacent() -> None:
    # Fails when checking counts as other work.
    alone = monitored.monitor(alone=True, **MOST)
    even, error = monitored.detected(alone, False, weeks=80, replications=8)
    assert even == pytest.approx(0.822, abs=3.3 * error + 0.01)
