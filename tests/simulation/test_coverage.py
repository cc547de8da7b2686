"""95% intervals cover about 95%: 1,000 studies of 20 replications or batches, against what is exact."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "coverage_of_intervals", Path(__file__).resolve().parents[2] / "benchmarks" / "interval_coverage.py"
)
assert _SPEC
assert _SPEC.loader
coverage: Any = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = coverage
_SPEC.loader.exec_module(coverage)


@pytest.mark.long
@pytest.mark.parametrize("name", ["present", "wait", "difference", "batches"])
def test_intervals_cover_as_often_as_they_say(name: str) -> None:
    # Caught when the quantile was that of one side (90%).
    found = coverage.QUANTITIES[name](1000, 20)
    assert len(found.ends) == 1000
    assert coverage.LEAST <= found.covered / 1000 <= coverage.MOST
