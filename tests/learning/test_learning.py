"""Promises keep their word in 95 of 100 periods; misses become lessons by a stated rule."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from longwall.errors import LearningError
from longwall.learning import Observation, compare, due, hit, record, recorded, records
from longwall.worksystem import Estimate, Forecast, IndicatorForecast


def indicator(name: str, value: float, half: float, **more: object) -> IndicatorForecast:
    return IndicatorForecast.model_validate(
        {
            "id": name, "name": name, "column": "technical",
            "estimate": Estimate(value=value, low=value - half, high=value + half, footing="fitted"), **more,
        }
    )  # fmt: skip


def forecast(*indicators: IndicatorForecast, replications: int = 8, begins: str = "2026-01-05") -> Forecast:
    return Forecast(
        id="forecast-today", design="today", system_hash="h", begins=begins, weeks=13, replications=replications,
        seed=0, indicators=indicators, assumptions=("a.b",),
    )  # fmt: skip


def seen(name: str, value: float, half: float = 0.0) -> Observation:
    return Observation(
        indicator=name, estimate=Estimate(value=value, low=value - half, high=value + half, footing="counted")
    )


@pytest.mark.parametrize("replications", [4, 30])
def test_interval_of_one_period_covers_95_of_100(replications: int) -> None:
    """Normal periods; the unwidened interval of the mean would cover 75% (n = 4) or 28% (n = 30)."""
    draw = np.random.default_rng(replications)
    wide = narrow = 0
    total = 1500
    for _ in range(total):
        sample = draw.normal(10.0, 2.0, replications + 1)
        past, coming = sample[:-1], float(sample[-1])
        half = float(student.ppf(0.975, replications - 1)) * past.std(ddof=1) / math.sqrt(replications)
        known = forecast(indicator("x", float(past.mean()), half), replications=replications)
        wide += hit(recorded(known).promises[0], Estimate.counted(coming))
        narrow += abs(coming - past.mean()) <= half
    assert abs(wide / total - 0.95) < 3 * math.sqrt(0.95 * 0.05 / total)
    assert narrow / total < 0.8


def test_loops_follow_the_stated_rule() -> None:
    """Half-width of one period: 1 x sqrt(9) = 3, so 7 to 13; beyond 16 is far."""
    kept = forecast(indicator("x", 10.0, 1.0, rests_on=("work.functions.f.work_h",)))
    loops = {value: compare(kept, [seen("x", value)])[0] for value in (12.9, 13.5, 15.9, 16.5, 3.0)}
    assert {value: lesson.loop for value, lesson in loops.items()} == {
        12.9: "none", 13.5: "single", 15.9: "single", 16.5: "double", 3.0: "double",
    }  # fmt: skip
    assert loops[12.9].questions == () and loops[16.5].questions == ("work.functions.f.work_h",)
    assert "question" in loops[16.5].statement and "as forecast" in loops[12.9].statement
    assert compare(kept, [seen("x", 13.5, half=0.6)])[0].loop == "none", "uncertain evidence that reaches the interval"


def test_many_misses_doubt_the_model() -> None:
    kept = forecast(*(indicator(f"x{i}", 10.0, 1.0) for i in range(4)))
    values = [13.5, 10.0, 10.0, 10.0]
    lessons = compare(kept, [seen(f"x{i}", value) for i, value in enumerate(values)])
    assert [lesson.loop for lesson in lessons] == ["double", "none", "none", "none"]
    assert lessons[0].questions == ("a.b",)
    assert compare(kept, [seen("x0", 13.5), seen("x1", 10.0)])[0].loop == "single"
    assert compare(kept, [seen("other", 1.0)]) == ()


def test_records_are_kept_once_and_come_due(tmp_path: Path) -> None:
    known = forecast(indicator("x", 10.0, 1.0))
    path = record(known, tmp_path)
    assert record(known, tmp_path) == path and len(list(tmp_path.iterdir())) == 1
    before = path.read_bytes()
    assert record(known, tmp_path).read_bytes() == before
    kept = records(tmp_path)
    assert kept == (recorded(known),)
    assert due(kept, "2026-04-05") == ()
    assert [promise.indicator for _, promise in due(kept, "2026-04-06")] == ["x"]
    assert due([recorded(forecast(indicator("x", 10.0, 1.0), begins=""))], "2099-01-01") == ()


def test_what_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "b.json").write_bytes(b"\xff")
    with pytest.raises(LearningError) as caught:
        records(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["LW-LE-001", "LW-LE-001"]
