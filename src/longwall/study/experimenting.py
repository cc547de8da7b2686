"""Simulate scenario files: which files are meant, what the command changes in them, the forecasts and their tables."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from longwall.errors import Fault, LongwallError, SimulationError
from longwall.provenance import write_json
from longwall.simulation import Scenario, is_scenario, is_warm, read_scenarios, run_many
from longwall.study.cells import span
from longwall.study.loop import no_bars
from longwall.study.shown import Shown
from longwall.study.step import Progress
from longwall.worksystem import Forecast, IndicatorForecast, Patch, patched
from longwall.worksystem.yamltext import parse_text

__all__ = ["Simulated", "changed", "forecast_tables", "patch_of", "scenario_files", "simulate_files"]

_ALONE = 4
"""Most scenarios that are shown in a table each; more get a row each in one table."""
_PLACE = re.compile(r"^scenarios\.(\d+) \(.*?\)  ")
_HEADLINES = (
    "lead_time_p90_h",
    "late_share",
    "escaped_per_100",
    "high_load_share",
    "out_of_hours_share",
    "skill_reserve",
)
"""Three technical and three social indicators, for the row of a scenario among many."""


@dataclass(frozen=True)
class Simulated:
    """A scenario file and what came of it.

    Parameters
    ----------
    name : str
        Of the file, without its ending; the name of its forecast in the folder of results.
    indicators : tuple of IndicatorForecast
        Of the organisation, without their series; the whole forecast stands in the folder of results.
    """

    file: Path
    name: str
    design: str
    seed: int
    weeks: int
    replications: int
    indicators: tuple[IndicatorForecast, ...]
    cautions: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "file": str(self.file), "name": self.name, "design": self.design, "seed": self.seed, "weeks": self.weeks,
            "replications": self.replications, "cautions": list(self.cautions),
            "indicators": [
                one.model_dump(mode="json", exclude={"series", "series_low", "series_high"}) for one in self.indicators
            ],
        }  # fmt: skip


def scenario_files(sources: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the scenario files that are meant, and the YAML files of folders that are none.

    Parameters
    ----------
    sources : iterable of Path
        Files, folders (their scenario files, sorted) or patterns such as ``sweep/*.yaml``, as the shell left them.

    Raises
    ------
    SimulationError
        If nothing is there (LW-SI-033); all such sources are named.
    """
    found: dict[Path, None] = {}
    left_out: list[Path] = []
    faults = []
    for source in sources:
        if source.is_dir():
            listed = sorted(file for file in source.iterdir() if file.suffix in (".yaml", ".yml"))
            files = [file for file in listed if is_scenario(file)]
            left_out += [file for file in listed if file not in files]
        elif source.exists():
            files = [source]
        else:
            files = [Path(name) for name in sorted(glob.glob(str(source), recursive=True))]  # noqa: PTH207
        found.update(dict.fromkeys(files))
        if not files:
            what = "a folder without scenario files" if source.is_dir() else "nothing"
            faults.append(
                Fault("LW-SI-033", str(source), "a study, a scenario file, or a folder or pattern of such files", what,
                      "look at the path; a scenario file holds `system: worksystem.yaml` or `template: service-desk`")
            )  # fmt: skip
    if faults:
        raise SimulationError(*faults)
    return tuple(found), tuple(left_out)


def changed(
    scenario: Scenario,
    *,
    weeks: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    patches: Sequence[Patch] = (),
) -> Scenario:
    """Return a scenario with what a command says otherwise; what it does not say stays.

    Raises
    ------
    WorkSystemError
        If a patch cannot be applied; every fault at once.
    """
    said = {"weeks": weeks, "replications": replications, "seed": seed}
    update: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if patches:
        update["system"] = patched(scenario.system, patches)
    kept = {name: getattr(scenario, name) for name in type(scenario).model_fields}
    return Scenario.model_validate({**kept, **update})


def simulate_files(
    files: Sequence[Path],
    *,
    weeks: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    settings: Sequence[str] = (),
    threads: int | None = None,
    cluster: str | None = None,
    allow_different: bool = False,
    out: Path | None = None,
    bar: Callable[[str], Progress] = no_bars,
) -> Iterator[Simulated]:
    """Simulate scenario files and yield what came of each, in order.

    Parameters
    ----------
    settings : sequence of str
        Changes of the work systems, each ``path=value``.
    out : Path, optional
        Folder into which the whole forecast of each scenario is written, as NAME.json.

    Raises
    ------
    LongwallError
        Whatever the files, the changes or the simulation raise; faults name the file.
    """
    patches = [patch_of(setting) for setting in settings]
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for file, scenario in zip(files, read_scenarios(files), strict=True):
        try:
            scenarios.append(changed(scenario, weeks=weeks, replications=replications, seed=seed, patches=patches))
        except LongwallError as error:
            faults += [replace(fault, where=f"{file}  {fault.where}") for fault in error.faults]
    if faults:
        raise SimulationError(*faults)
    each = zip(files, _names(files), scenarios, strict=True)
    progress = bar("simulate")
    progress(0.0, "beginning" if cluster is not None or is_warm() else "compiling the simulator, this once")
    runs = run_many(scenarios, threads=threads, cluster=cluster, allow_different=allow_different, progress=progress)
    try:
        for (file, name, scenario), found in zip(each, runs, strict=True):
            forecast = found.forecast()
            if out is not None:
                write_json(out / f"{name}.json", forecast.model_dump(mode="json"))
            yield _simulated(file, name, scenario, forecast)
    except LongwallError as error:
        raise type(error)(*(_of_file(fault, files) for fault in error.faults)) from error


def forecast_tables(simulated: Sequence[Simulated], left_out: Sequence[Path] = ()) -> list[Shown]:
    """Return the forecasts as tables: technical beside social; one row for each scenario where there are many."""
    notes = [f"left out, no scenario: {', '.join(str(file) for file in left_out)}"] if left_out else []
    if len(simulated) <= _ALONE:
        tables = [_alone(one) for one in simulated]
        tables[-1] = Shown(tables[-1].title, tables[-1].columns, tables[-1].rows, [*tables[-1].notes, *notes])
        return tables
    known = {one.id: f"{one.column}: {one.name}" for each in simulated for one in each.indicators}
    shown = [name for name in _HEADLINES if name in known]
    rows = []
    for each in simulated:
        of = {one.id: one for one in each.indicators}
        rows.append((each.name, *(span(of[name].estimate.model_dump()) if name in of else "" for name in shown)))
    notes = [f"{each.name}: {caution}" for each in simulated for caution in each.cautions] + notes
    return [Shown(f"{len(simulated)} scenarios", ("scenario", *(known[name] for name in shown)), rows, notes)]


def patch_of(setting: str) -> Patch:
    """Return the patch that ``path=value`` stands for; the value is read as in YAML.

    Raises
    ------
    SimulationError
        If it has no path or no equals sign (LW-SI-032).
    """
    path, equals, value = setting.partition("=")
    if not path.strip() or not equals:
        raise SimulationError(
            Fault("LW-SI-032", "--set", "path=value, such as social.roles.analyst.shifts.0.people=8", repr(setting),
                  "write the keys and ids joined by dots, then `=`, then the value as in YAML")
        )  # fmt: skip
    return Patch(path=path.strip(), value=parse_text(f"value: {value}", f"--set {path.strip()}").data["value"])


def _of_file(fault: Fault, files: Sequence[Path]) -> Fault:
    """Return a fault whose place names the file instead of the place in the row."""
    place = _PLACE.match(fault.where)
    return replace(fault, where=f"{files[int(place[1])]}  {fault.where[place.end() :]}") if place else fault


def _names(files: Sequence[Path]) -> list[str]:
    """Return a name for each file: its own without ending, with its folders where two files share it."""
    stems = [file.stem for file in files]
    return [
        stem if stems.count(stem) == 1 else "-".join((*file.resolve().parts[1:-1], stem))
        for file, stem in zip(files, stems, strict=True)
    ]


def _simulated(file: Path, name: str, scenario: Scenario, forecast: Forecast) -> Simulated:
    """Keep of a forecast what is shown."""
    whole = tuple(one for one in forecast.indicators if one.scope == "organisation")
    indicators = tuple(one.model_copy(update={"series": (), "series_low": (), "series_high": ()}) for one in whole)
    return Simulated(file, name, scenario.design, scenario.seed, scenario.weeks, scenario.replications, indicators,
                     forecast.cautions)  # fmt: skip


def _alone(one: Simulated) -> Shown:
    """Return the table of one scenario: technical beside social."""
    sides = [
        [(each.name, span(each.estimate.model_dump())) for each in one.indicators if each.column == column]
        for column in ("technical", "social")
    ]
    rows = [(*left, *right) for left, right in zip_longest(*sides, fillvalue=("", ""))]
    title = f"{one.name}: {one.design}, {one.weeks} weeks, {one.replications} replications, seed {one.seed}"
    return Shown(title, ("technical", "mean (95% interval)", "social", "mean (95% interval)"), rows, one.cautions)
