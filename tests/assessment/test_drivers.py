from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from longwall.assessment import DRIVERS, Drivers, claimed, drivers_of, load_thresholds, procedure_of, strength
from longwall.assessment.drivers.approvals import checks
from longwall.assessment.drivers.rows import Place
from longwall.assessment.view import View
from longwall.evidence.disclosure import coarse, coarse_count, half_step
from longwall.worksystem import WorkSystem

NOBODY = WorkSystem(id="unknown")
CUTS = load_thresholds()


@pytest.fixture(scope="session")
def worlds() -> ModuleType:
    """The generator of the benchmark: outside the simulator and the detectors."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "driver_logs.py"
    spec = importlib.util.spec_from_file_location("driver_logs", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["driver_logs"] = module
    spec.loader.exec_module(module)
    return module


def found_in(world: object, driver: str) -> Drivers:
    view = None if world.log is None else View(world.log, NOBODY, CUTS)  # type: ignore[attr-defined]
    rules = procedure_of(world.procedure)  # type: ignore[attr-defined]
    return drivers_of(view, CUTS, alerts=world.alerts, procedure=rules, only=driver)  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize("driver", list(DRIVERS))
def test_a_driver_is_found_where_it_is_at_work_and_not_in_what_looks_like_it(worlds: ModuleType, driver: str) -> None:
    make, variants, look_alikes = worlds.WORLDS[driver]
    planted = [found_in(make(k, "with", k), driver) for k in range(variants)]
    assert all(len(found.findings) == 1 for found in planted)
    for found in planted:
        (finding,) = found.findings
        assert finding.severity.low <= finding.severity.value <= finding.severity.high
        assert finding.evidence and finding.suggests and finding.cautions and not finding.marginal
        assert finding.suggests[0].kind != "train"
        assert strength(found.rows) >= 0
    others = [found_in(make(0, "without", 0), driver)]
    others += [found_in(make(k, "alike", k), driver) for k in range(look_alikes)]
    assert not any(found.findings for found in others)
    assert all(strength(found.rows) < 0 and found.rows for found in others)


def test_a_measure_speaks_only_where_its_interval_leaves_no_doubt() -> None:
    place = Place("complacency", {"a": 0.5, "b": 1.5})
    assert place.measured("level", "", (0.6, 0.51, 0.7), "share", "a").beyond
    assert not place.measured("level", "", (0.6, 0.49, 0.7), "share", "a").beyond
    assert place.measured("level", "", (0.4, 0.3, 0.49), "share", "a", at_most=True).beyond
    assert place.measured("ratio", "", (1.6, 1.1, 2.5), "times", "b", nothing=1.0).beyond
    assert not place.measured("ratio", "", (1.6, 0.9, 2.5), "times", "b", nothing=1.0).beyond
    assert not place.measured("ratio", "", (1.4, 1.3, 1.6), "times", "b", nothing=1.0).beyond
    thin = place.measured("ratio", "", (float("nan"),) * 3, "times", "b", nothing=1.0)
    assert thin.beyond is None and thin.value is None and thin.needs


def test_a_claim_needs_every_required_measure() -> None:
    place = Place("complacency", {"a": 0.5})
    assert not claimed(place.rows)
    place.measured("one", "", (0.9, 0.8, 1.0), "share", "a")
    place.measured("beside", "", (0.1, 0.0, 0.2), "share", "a", required=False)
    assert place.claimed and strength(place.rows) > 0
    place.unknown("other", "", "a", "needs about 300 cases")
    assert not place.claimed and strength(place.rows) == -10


@pytest.mark.parametrize("driver", list(DRIVERS))
def test_too_thin_evidence_is_not_determinable_and_says_what_it_needs(worlds: ModuleType, driver: str) -> None:
    sheet = worlds.Sheet(0)
    for _ in range(40):
        item, t = sheet.item(), sheet.arrival(4)
        t = sheet.add(item, "prepare", 1, "a", t, t + 1)
        sheet.add(item, "approve", 2, "b", t, t + 1)
    found = drivers_of(View(sheet.log(), NOBODY, CUTS), CUTS, only=driver)  # type: ignore[arg-type]
    assert found.rows and not found.findings
    assert all(row.beyond is None and row.needs for row in found.rows if row.required)


def test_checks_by_fewer_than_five_people_are_not_measured(worlds: ModuleType) -> None:
    log = worlds.complacency(0, "with", 0).log
    few = np.where((log.resource >= 0) & (log.resource < 8), log.resource % 4, log.resource).astype(np.int32)
    for driver, withheld in (("complacency", "fast_pass_share"), ("governance_misalignment", "stamped_share")):
        rows = drivers_of(View(replace(log, resource=few), NOBODY, CUTS), CUTS, only=driver).rows  # type: ignore[arg-type]
        assert [row.measure for row in rows if "'approve'" in row.of] == [withheld]
        assert all(row.value is None and "five" in row.needs for row in rows if "'approve'" in row.of)


def test_measures_of_performers_lie_on_a_grid_that_hides_one_of_them(worlds: ModuleType) -> None:
    """From two reports, with a person and without, their part follows to within a fifth at best."""
    log = worlds.complacency(0, "with", 0).log
    view = View(log, NOBODY, CUTS)
    (check,) = [one for one in checks(view) if log.activities[one.activity] == "approve"]
    half = half_step(np.unique(check.who, return_counts=True)[1])
    assert half > 0.01
    rows = {row.measure: row for row in drivers_of(view, CUTS, only="complacency").rows}
    for measure in ("fast_pass_share", "accepted_unchanged_share", "missed_after_fast_pass", "missed_after_long_run"):
        value = rows[measure].value
        assert value is not None
        assert value.value in (1.0, pytest.approx(coarse(value.value * (1 + 1e-9), half), rel=1e-5))
        assert rows[measure].cases == coarse_count(rows[measure].cases)
