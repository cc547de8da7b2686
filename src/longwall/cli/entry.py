"""Start of the program: run a command, turn errors into four-part messages and exit codes.

0: done. 1: our mistake. 2: the user's mistake, or a check that failed. 130: interrupted.
"""

from __future__ import annotations

import json
import os
import sys

from rich.console import Console

from longwall.errors import LongwallError

__all__ = ["main"]

OURS, YOURS, INTERRUPTED = 1, 2, 130


def main() -> None:
    """Run ``longwall`` and leave with its exit code."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    as_json = "--json" in sys.argv
    try:
        from longwall.cli.commands import app  # takes a moment to load: an interruption may come here

        app()
    except LongwallError as error:
        if as_json:
            faults = [vars(fault) for fault in error.faults]
            print(json.dumps({"ok": False, "faults": faults}, ensure_ascii=False))  # noqa: T201
        for fault in error.faults:
            errors.print(f"[bold red]{fault.code}[/]  {_plain(fault.where)}", markup=True)
            errors.print(f"expected {fault.expected}, found {fault.found}", markup=False)
            errors.print(f"do: {fault.do}\n", markup=False)
        sys.exit(YOURS)
    except (KeyboardInterrupt, SystemExit) as leaving:
        if isinstance(leaving, SystemExit) and leaving.code != INTERRUPTED:
            raise
        # Python remembers an interruption that came inside an `exec`, as imports have them, and would die of the signal
        # instead of leaving with our code; the next `exec` forgets it.
        exec("")
        errors.print("\ninterrupted; steps that had finished are kept, run the same command to go on")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(OURS)
    except Exception as error:
        if os.environ.get("LONGWALL_TRACEBACK"):
            raise
        errors.print(f"[bold red]LW-XX-001[/]  a mistake of ours: {type(error).__name__}: {_plain(str(error))}")
        errors.print("do: set LONGWALL_TRACEBACK=1, run the same command again and report what it prints")
        sys.exit(OURS)


def _plain(text: str) -> str:
    """Keep brackets in a text from being read as markup."""
    return text.replace("[", r"\[")
