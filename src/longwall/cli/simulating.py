"""The command ``longwall simulate``: a study's step, or scenario files of any number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from longwall import study
from longwall.cli.show import answer, bars, table

__all__ = ["simulate_scenarios"]

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
