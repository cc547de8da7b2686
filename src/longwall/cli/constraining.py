"""``longwall constraints``: which controls bear on who does what, shown and bound."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from longwall.cli.rooms import study
from longwall.cli.show import answer, table

__all__ = ["bring"]


def bring(
    opened: study.Study,
    sources: Sequence[Path],
    *,
    baseline: str,
    select: Sequence[str],
    bind: Sequence[str],
    as_json: bool,
) -> None:
    """Show the controls of a baseline or of OSCAL files, and say which of them were written into the model.

    Raises
    ------
    typer.BadParameter
        If both a baseline and files are named.
    """
    if sources and baseline:
        raise typer.BadParameter("--baseline is of the table that ships; leave it out with --from")
    found = study.bring_constraints(opened, sources, baseline=baseline, select=select, bind=bind)
    shown = found.shown
    notes = [f"written into worksystem.yaml: {', '.join(found.written)}"] if found.written else []
    answer(
        {"columns": shown.columns, "rows": shown.rows, "notes": shown.notes, "written": found.written,
         "without_text": found.without_text},
        lambda: table(shown.title, shown.columns, shown.rows, [*notes, *shown.notes]),
        as_json=as_json,
    )  # fmt: skip
