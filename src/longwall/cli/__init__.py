"""The command line: it asks and shows, it computes nothing."""

from longwall.cli.entry import main

__all__ = ["main"]
