"""Progress bars on stderr; tables and JSON on stdout."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

__all__ = ["answer", "bars", "table"]

WIDE = 160
"""Columns of a table that goes into a file or a pipe."""


@contextlib.contextmanager
def bars() -> Iterator[Callable[[str], Callable[[float, str], None]]]:
    """Yield a function that opens a progress bar for a step and returns what moves it."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.fields[step]:<9}"), BarColumn(24), TextColumn("{task.percentage:>3.0f}%"),
               TimeElapsedColumn(), TextColumn("{task.description}", markup=False))  # fmt: skip
    with Progress(*columns, console=console, refresh_per_second=4) as progress:

        def bar(step: str) -> Callable[[float, str], None]:
            task = progress.add_task("", total=1.0, step=step)
            said = [-1.0]

            def move(share: float, text: str) -> None:
                progress.update(task, completed=share, description=text)
                if not console.is_terminal and (share >= said[0] + 0.25 or share >= 1.0 > said[0]):
                    said[0] = share
                    console.print(f"{step:<9} {share:>4.0%}  {text}", markup=False)

            return move

        yield bar


def answer(result: dict[str, Any], text: str | Callable[[], None], *, as_json: bool) -> None:
    """Print the answer of a command: one JSON object, or words."""
    if as_json:
        sys.stdout.write(json.dumps({"ok": True, **result}, ensure_ascii=False, sort_keys=True) + "\n")
    elif callable(text):
        text()
    else:
        sys.stdout.write(text.rstrip() + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], notes: Sequence[str] = ()) -> None:
    """Print a table for people, with notes below it."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False)
    for number, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        drawn.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell).replace("[", r"\[") for cell in row))
    console.print(drawn)
    for note in notes:
        console.print(note, markup=False)
