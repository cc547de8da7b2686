"""The command ``longwall simulate``: a study's step, scenario files of any number, or logs of the weeks to come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from longwall.cli.rooms import study
from longwall.cli.show import answer, bars, table

__all__ = ["ask", "simulate_logs", "simulate_scenarios"]

Weeks = Annotated[int | None, typer.Option("--weeks", min=1, max=5200, help="weeks that count; default: the file's")]
Replications = Annotated[
    int | None, typer.Option("--replications", min=2, max=1_000_000, help="runs of each; default: the file's")
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="random seed; default: the file's")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="change the work system, as a patch would; may be repeated"),
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="threads here; the bits do not depend on it")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="scheduler of a Dask cluster, tcp://HOST:PORT")
]
AllowDifferent = Annotated[
    bool, typer.Option("--allow-different", help="take workers with other versions as well; the result says so")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="write each whole forecast to DIR/NAME.json")]
LogOut = Annotated[
    Path | None, typer.Option("--log-out", metavar="DIR", help="write simulated logs to DIR/run-0.csv, run-1.csv, ...")
]
Runs = Annotated[int | None, typer.Option("--runs", min=1, max=10_000, help="logs to write")]
Cases = Annotated[int | None, typer.Option("--cases", min=1, help="cases in each log, counted after --keep")]
Begins = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="when the forecast begins: no case starts earlier")
]
ArrivalsUntil = Annotated[str | None, typer.Option("--arrivals-until", metavar="TIME", help="no case starts later")]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="events that end later are not recorded")]
Keep = Annotated[
    Literal["all", "finished"] | None, typer.Option("--keep", help="cases that the future log holds; default: all")
]


def simulate_logs(
    sources: list[Path],
    out: Path,
    said: Mapping[str, Any],
    *,
    unfit: Mapping[str, Any],
    seed: int | None,
    again: bool,
    as_json: bool,
) -> None:
    """Forecast a study's coming weeks as logs and say where they are."""
    if len(sources) > 1:
        raise typer.BadParameter("--log-out is for one study")
    if wrong := [name for name, value in unfit.items() if value]:
        raise typer.BadParameter(f"{', '.join(wrong)}: not together with --log-out")
    if lacking := [name for name, value in said.items() if value is None and name != "--keep"]:
        raise typer.BadParameter(f"--log-out also needs {', '.join(lacking)}")
    period = study.Period(
        begins=said["--from"], arrivals_until=said["--arrivals-until"], until=said["--until"], cases=said["--cases"],
        keep=said["--keep"] or "all",
    )  # fmt: skip
    with bars() as bar:
        opened = study.Study.open(sources[0], seed=seed)
        written = study.forecast_logs(opened, out, period, runs=said["--runs"], again=again, progress=bar("forecast"))
    lines = [f"{len(written.files)} logs in {out}: {written.setting}", *written.cautions]
    result = {"study": str(opened.path), "logs": [str(file) for file in written.files], "setting": written.setting,
              "cautions": list(written.cautions)}  # fmt: skip
    answer(result, "\n".join(lines), as_json=as_json)


def simulate_scenarios(
    sources: list[Path],
    *,
    weeks: int | None,
    replications: int | None,
    seed: int | None,
    settings: list[str] | None,
    threads: int | None,
    cluster: str | None,
    allow_different: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """Simulate scenario files and print their forecasts, technical beside social."""
    files, left_out = study.scenario_files(sources)
    with bars() as bar:
        simulated = list(
            study.simulate_files(
                files, weeks=weeks, replications=replications, seed=seed, settings=settings or (), threads=threads,
                cluster=cluster, allow_different=allow_different, out=out, bar=bar,
            )
        )  # fmt: skip

    def tables() -> None:
        for shown in study.forecast_tables(simulated, left_out):
            table(shown.title, shown.columns, shown.rows, shown.notes)

    result = {"scenarios": [one.plain() for one in simulated], "left_out": [str(file) for file in left_out]}
    answer(result, tables, as_json=as_json)


def ask(folder: Path, settings: list[str], *, seed: int | None, as_json: bool) -> None:
    """Answer what a change of a study's work system would do, with intervals."""
    with bars() as bar:
        found = study.ask(study.Study.open(folder, seed=seed), settings, bar("what if"))
    shown = study.asked_table(found)
    result = {
        "study": str(folder),
        "change": settings,
        "answers": [{**one.model_dump(mode="json"), "statement": one.statement} for one in found],
    }
    answer(result, lambda: table(shown.title, shown.columns, shown.rows, shown.notes), as_json=as_json)
