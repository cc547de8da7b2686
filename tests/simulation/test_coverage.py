"""95% intervals cover about 95%: 1,000 studies of 20 replications, against what is exact over the horizon."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "coverage_of_intervals", Path(__file__).resolve().parents[2] / "benchmarks" / "coverage.py"
)
assert _SPEC
assert _SPEC.loader
coverage: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(coverage)

REPLICATIONS = 20


@pytest.mark.long
@pytest.mark.parametrize("name", ["present", "wait", "difference"])
def test_intervals_cover_as_often_as_they_say(name: str) -> None:
    # Caught when the quantile was that of one side (90%).
    values, truth = coverage.QUANTITIES[name](1000 * REPLICATIONS)
    share = coverage.covered(values, truth, REPLICATIONS) / 1000
    assert coverage.LEAST <= share <= coverage.MOST
