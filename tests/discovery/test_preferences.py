"""Whether items stay with a person: found where they do, not where chance does it, and not for small roles."""

from __future__ import annotations

import numpy as np
import pytest

from longwall.discovery import Discovered, discover

from .conftest import Row, build


def desk(people: int, stay: float, *, seed: int = 1) -> Discovered:
    """Read, then answer; the one who read answers with a chance of `stay`, else anybody."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for case in range(200):
        at = 168.0 * (case // 20) + 24.0 * (case % 5) + 8 + 8 * rng.random()
        first = int(rng.integers(people))
        second = first if rng.random() < stay else int(rng.integers(people))
        rows.append((case, "read", f"p{first}", "desk", at, at + 0.2))
        rows.append((case, "answer", f"p{second}", "desk", at + 0.5, at + 0.8))
    return discover(build(rows), name="Desk", seed=0, overrides={"rounds": 0})


@pytest.mark.parametrize(
    ("people", "stay", "rule"), [(8, 0.9, "same_person"), (8, 0.0, "longest_idle"), (4, 0.9, "longest_idle")]
)
def test_items_stay_with_a_person_only_where_they_do(people: int, stay: float, rule: str) -> None:
    found = desk(people, stay)
    assert found.system.functions["answer"].rule == rule
    # What came first follows nobody.
    assert found.system.functions["read"].rule == "longest_idle"
    line = found.provenance["work.functions.answer.rule"]
    assert ("stay with the person before" in line) == (people >= 5)
