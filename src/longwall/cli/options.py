"""What several commands share: their arguments, and the examples under their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Again", "AsJson", "Folder", "Seed", "epilog"]

Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="folder of the study")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout; progress stays on stderr")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="random seed; default: that of study.yaml")]
Again = Annotated[bool, typer.Option("--again", help="run even if nothing has changed")]


def epilog(*lines: str) -> str:
    """Return the examples under the help of a command."""
    return "Example:\n\n" + "\n\n".join(f"    {line}" for line in lines)
