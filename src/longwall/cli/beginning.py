"""The commands before there is anything to ask of a study: new, templates, schema, warm."""

from __future__ import annotations

from typing import Annotated

import typer

from longwall.cli.options import AsJson, Folder, Seed, epilog
from longwall.cli.rooms import study
from longwall.cli.show import answer, bars, table

__all__ = ["app"]

app = typer.Typer(rich_markup_mode=None)


@app.command(epilog=epilog("longwall new my-desk --template service-desk"))
def new(
    folder: Folder,
    template: Annotated[str, typer.Option("--template", help="see `longwall templates`")],
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Start a study from a template, without a log."""
    opened = study.new_from_template(folder, template, seed=seed or 0)
    answer(
        {"study": str(opened.path), "template": template},
        f"made {opened.path} from {template}\nnext: longwall run {opened.path}",
        as_json=as_json,
    )


@app.command(epilog=epilog("longwall templates"))
def templates(as_json: AsJson = False, seed: Seed = None) -> None:
    """List the ready work systems."""
    rows = study.templates()
    answer(
        {"templates": [{"name": name, "summary": summary} for name, summary in rows]},
        lambda: table("Templates", ("name", "what it is"), rows),
        as_json=as_json,
    )


@app.command(epilog=epilog("longwall schema > worksystem.schema.json"))
def schema(as_json: AsJson = False, seed: Seed = None) -> None:
    """Print the JSON Schema of worksystem.yaml, for editors."""
    import json

    document = study.schema()
    answer({"schema": document}, json.dumps(document, indent=2, ensure_ascii=False), as_json=as_json)


@app.command(epilog=epilog("longwall warm"))
def warm(as_json: AsJson = False, seed: Seed = None) -> None:
    """Compile the simulator ahead, so that the first run need not wait."""
    with bars() as bar:
        seconds = study.warm(bar=bar)
    answer({"seconds": round(seconds, 2)}, f"compiled in {seconds:.1f} s", as_json=as_json)
