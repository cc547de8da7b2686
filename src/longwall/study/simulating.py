"""Simulate: forecast today's work system and keep the forecast, so that later evidence can be held against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from longwall import alignment, evidence, learning, simulation
from longwall.alignment.simulated import Simulated
from longwall.study.folder import Study
from longwall.study.results import load, optional_hash, stamp_of
from longwall.study.step import Progress, Step
from longwall.worksystem import Forecast, WorkSystem
from longwall.worksystem.yamlfile import read_system

__all__ = ["SIMULATE", "first_monday", "levels_today", "needs_system", "open_items", "scenario", "system_of"]


def system_of(study: Study) -> WorkSystem:
    """Read and check ``worksystem.yaml``.

    Raises
    ------
    WorkSystemError
        With every fault of the file.
    """
    return read_system(study.system)


def needs_system(study: Study) -> str | None:
    """Say why a step that needs a work system cannot run."""
    if not study.system.is_file():
        return "no worksystem.yaml yet; run `longwall discover STUDY`, or start from a template"
    return None


def first_monday(study: Study) -> str:
    """Return the first Monday after the evidence as an ISO date in UTC; empty where there is no evidence."""
    observed = load(study, "ingest")
    if observed is None:
        return ""
    day = datetime.fromisoformat(str(observed["last"]).replace("Z", "+00:00")).date()
    return (day + timedelta(days=7 - day.weekday())).isoformat()


def scenario(study: Study, system: WorkSystem) -> simulation.Scenario:
    """Return today's system over the weeks of ``study.yaml``, from the first Monday after the evidence.

    Where discovery found items open at the end of the log, the weeks begin with those (a warm start) and without a
    warm-up; else they begin after a warm-up from an empty system.
    """
    items = open_items(study, system)
    return simulation.Scenario(
        system=system,
        weeks=study.file.weeks,
        warm_up_weeks=0 if items else simulation.warm_up_weeks(system),
        open_items=items,
        replications=study.file.replications,
        seed=study.file.seed,
        begins=first_monday(study),
    )


def levels_today(study: Study) -> Mapping[str, float]:
    """Return today's levels of indicators as the log counts them; empty without a log."""
    return alignment.levels_of(evidence.read_log(study.store)) if evidence.has_log(study.store) else {}


def open_items(study: Study, system: WorkSystem) -> tuple[simulation.OpenItem, ...]:
    """Return the items open at the end of the log, aged to the first Monday after it; those the system does not know
    are left out.
    """
    found, observed = load(study, "discover"), load(study, "ingest")
    if found is None or observed is None:
        return ()
    begins = datetime.fromisoformat(first_monday(study)).replace(tzinfo=UTC)
    later_h = (begins - datetime.fromisoformat(str(observed["last"]).replace("Z", "+00:00"))) / timedelta(hours=1)
    classes = {demand.id for demand in system.work.demand}
    items = (simulation.OpenItem.model_validate(item) for item in found.get("open_items", ()))
    return tuple(
        item.model_copy(update={"age_h": item.age_h + max(later_h, 0.0)})
        for item in items
        if item.demand in classes
        and item.function in system.functions
        and (item.after is None or item.after in system.functions)
    )


def _forecast(study: Study, system: WorkSystem, progress: Progress) -> Forecast:
    """Forecast today; where work is only bounded, over the whole set of what the log allows."""
    if not alignment.unidentified(system):
        return simulation.simulate(scenario(study, system), progress=progress)
    one = scenario(study, system)
    places = alignment.possible_systems(
        system,
        simulator=Simulated(one.weeks, simulation.warm_up_weeks(system)),
        seed=study.file.seed,
        observed=levels_today(study),
    )
    done = 0

    def report(share: float, text: str) -> None:
        progress((done + share) / (len(places) + 1), text)

    forecast = simulation.simulate(one, progress=report)
    ends = []
    for place in places:
        done += 1
        ends.append(simulation.simulate(scenario(study, place), progress=report))
    return _over_set(forecast, ends)


def _over_set(forecast: Forecast, ends: Sequence[Forecast]) -> Forecast:
    """Widen every interval to what is possible anywhere between the bounds of the work."""
    indicators = []
    for entry in forecast.indicators:
        others = [found.estimate for end in ends if (found := end.of(entry.id, entry.scope)) is not None]
        wide = entry.estimate.model_copy(
            update={
                "low": min([entry.estimate.low, *(other.low for other in others)]),
                "high": max([entry.estimate.high, *(other.high for other in others)]),
                "footing": "assumed",
            }
        )
        indicators.append(entry.model_copy(update={"estimate": wide}))
    caution = (
        "The log has no starts, so that work and waiting cannot be told apart: each interval runs over the whole set "
        "of what the log allows. What a change of people or work does is asked with `longwall simulate STUDY --set "
        "PATH=VALUE`; it is not identified where the sign depends on the place in the set."
    )
    return forecast.model_copy(update={"indicators": tuple(indicators), "cautions": (*forecast.cautions, caution)})


def _work(study: Study, progress: Progress) -> Mapping[str, Any]:
    system = system_of(study)
    forecast = _forecast(study, system, progress)
    count = len(open_items(study, system))
    if count:
        said = f"The weeks begin with the {count} items that were open at the end of the log."
        forecast = forecast.model_copy(update={"cautions": (*forecast.cautions, said)})
    learning.record(forecast, study.path / "results" / "forecasts")
    return forecast.model_dump(mode="json")


def _inputs(study: Study) -> Mapping[str, str]:
    return {
        "system": optional_hash(study.system),
        "weeks": str(study.file.weeks),
        "replications": str(study.file.replications),
        "begins": first_monday(study),
        "open": stamp_of(study, "discover") or "none",
    }


SIMULATE = Step("simulate", "simulating today", _inputs, _work, needs_system)
"""The step that forecasts today's work system."""
