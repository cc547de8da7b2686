"""The commands that let data out of a study, and out of the world: export, forget, privacy, retain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from longwall.cli.options import AsJson, Folder, Seed, epilog
from longwall.cli.rooms import study
from longwall.cli.show import answer, bars

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)


@app.command(
    epilog=epilog(
        "longwall export my-desk tickets.xes",
        "longwall export my-desk tickets.ocel.json",
        "longwall export my-desk --graph graphml --out desk.graphml",
    )
)
def export(
    folder: Folder,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="ends in .csv, .parquet, .xes, .json or .xml (OCEL 2)"),
    ] = None,
    graph: Annotated[
        str | None, typer.Option("--graph", metavar="FORMAT", help="the graph instead: graphml, mermaid or csv")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="where it goes")] = None,
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Write the log of the study, or its graph of functions, roles, components and variances, for other tools."""
    if (file is None) == (out is None):
        raise typer.BadParameter("say once where it goes: FILE or --out FILE")
    path = file or out
    assert path is not None
    opened = study.Study.open(folder, seed=seed)
    if graph is not None:
        drawn = study.export_graph(opened, path, graph)
        counts = {"nodes": len(drawn.nodes), "links": len(drawn.links)}
        answer({"file": str(path), **counts}, f"{path}: {counts['nodes']:,} nodes, {counts['links']:,} links",
               as_json=as_json)  # fmt: skip
        return
    events = study.export_log(opened, path)
    answer({"file": str(path), "events": events}, f"{path}: {events:,} events", as_json=as_json)


@app.command(epilog=epilog("longwall forget my-desk 'Kim Passa'", "longwall forget my-desk person-0f3a9c41d27b"))
def forget(
    folder: Folder,
    person: Annotated[str, typer.Argument(help="the name as the log writes it, or the pseudonym")],
    as_json: AsJson = False,
    seed: Seed = None,
) -> None:
    """Remove one person from every file of the study and make the results again; the person stays out afterwards."""
    with bars() as bar:
        done = study.forget(study.Study.open(folder, seed=seed), person, bar=bar)
    steps = [{"step": step.step, "state": step.state, "why": step.why} for step in done.steps]
    lines = ["the person is gone from:", *(f"  {name}" for name in done.files), "made again:"]
    lines += [f"  {step.step}: {step.state}" + (f" ({step.why})" if step.why else "") for step in done.steps]
    lines += ["what this cannot undo:", *(f"  {note}" for note in done.notes)]
    answer({"files": done.files, "steps": steps, "notes": done.notes}, "\n".join(lines), as_json=as_json)


@app.command(epilog=epilog("longwall privacy my-desk"))
def privacy(folder: Folder, as_json: AsJson = False, seed: Seed = None) -> None:
    """Draft the notice to staff and the data protection impact assessment from what this study really reads."""
    drafted = study.draft_privacy(study.Study.open(folder))
    lines = [f"drafted {path}" for path in drafted.written]
    lines += [f"drafted {path}: people edited the file it would have replaced" for path in drafted.beside]
    lines.append("fill in what is marked; none of it is legal advice")
    result = {"written": [str(path) for path in drafted.written], "beside": [str(path) for path in drafted.beside]}
    answer(result, "\n".join(lines), as_json=as_json)


@app.command(epilog=epilog("longwall retain my-desk"))
def retain(folder: Folder, as_json: AsJson = False, seed: Seed = None) -> None:
    """Delete the raw events whose months are over (retention_months in study.yaml); results and the model stay."""
    gone = study.retain(study.Study.open(folder))
    lines = [f"{one.name}: {one.events:,} events deleted, first read on {one.read}" for one in gone]
    result = {"deleted": [{"file": one.name, "read": one.read, "events": one.events} for one in gone]}
    answer(result, "\n".join(lines or ["nothing is due"]), as_json=as_json)
