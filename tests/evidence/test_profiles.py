"""What is said of a column does not depend on whether it is looked at alone or with the others."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from longwall.evidence import profiles as profiling
from longwall.evidence.probe import probe
from longwall.evidence.readers import load
from longwall.evidence.store import Store

Put = Callable[..., Path]

COLUMNS = {
    "times": ["2024-03-04 09:00", "4.3.2024", "4 March 2024", "20240304", "1709542800", "soon", "", "n/a"],
    "words": ["Open", " Open", "open", "Waiting  for\tparts", "-", "?", "(blank)", "NaN"],
    "numbers": ["1", "2", "2.0", "-3.5", "", "none", "1e3", "007"],
    "nothing": ["", "", "", "", "", "", "", ""],
}


def test_columns_looked_at_together_are_as_each_alone(
    write: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a missing value counts as one, when columns are mixed up, or a form of time is seen one way only."""
    path = write("")
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([list(COLUMNS), *zip(*COLUMNS.values(), strict=True)])
    with Store(tmp_path / "staging.duckdb", in_memory=True) as store:
        source = load(probe(path), store)
        together = profiling.profiles(source)
        monkeypatch.setattr(profiling, "_TOGETHER", 0)
        assert profiling.profiles(source) == together
        columns = [column for column in source.columns if column.name in ("words", "nothing")]
        assert sorted(profiling.different(source, columns)[0]) == ["Open", "Waiting for parts", "open"]
        assert profiling.different(source, columns)[1] == []
    assert (together["times"].filled, together["times"].times) == (6, pytest.approx(4 / 6))
    assert (together["words"].filled, together["words"].distinct) == (4, 3)
    assert together["nothing"].filled == 0
