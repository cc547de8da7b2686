"""Which indicator an item of a survey measures: told, else our own items by their text, else by its name."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from importlib import resources

from longwall.errors import EvidenceError, Fault, suggestion

__all__ = ["Measured", "SocialIndicator", "measured_by", "own_items", "social_indicators"]


@dataclass(frozen=True)
class SocialIndicator:
    """A social indicator that surveys measure.

    Parameters
    ----------
    id, name : str
    better : {"higher", "lower"}
    """

    id: str
    name: str
    better: str


@dataclass(frozen=True)
class Measured:
    """What an item measures; empty: nothing that is known. `turned`: a high answer is bad for the indicator."""

    indicator: str = ""
    turned: bool = False


@functools.cache
def social_indicators() -> dict[str, SocialIndicator]:
    """Return the social indicators by id."""
    return {row["indicator"]: SocialIndicator(row["indicator"], row["name"], row["better"]) for row in _rows("words")}


def own_items() -> tuple[tuple[str, str, bool, str], ...]:
    """Return our own short items, free for any use (CC0): id, indicator, whether it is turned, text."""
    return tuple((row["id"], row["indicator"], row["reversed"] == "yes", row["text"]) for row in _rows("items"))


def measured_by(
    items: Iterable[str], told: AnyMapping[str, str], turned: Iterable[str], about: str
) -> dict[str, Measured]:
    """Return what each item of a survey measures.

    Parameters
    ----------
    items : iterable of str
    told : mapping of str to str
        Item to indicator, as study.yaml says.
    turned : iterable of str
        Items that are told to be turned.
    about : str
        Where faults are.

    Raises
    ------
    EvidenceError
        LW-EV-191: an indicator that is told is none.
    """
    known = social_indicators()
    wrong = sorted({name for name in told.values() if name and name not in known})
    if wrong:
        raise EvidenceError(
            *(Fault("LW-EV-191", f"{about}: mapping.items", f"one of {', '.join(known)}", repr(name),
                    f"use {near!r}" if (near := suggestion(name, known)) else "choose one, or leave the item out")
              for name in wrong)
        )  # fmt: skip
    chosen = {_plain(item): name for item, name in told.items()}
    over = {_plain(item) for item in turned}
    ours = {_plain(text): Measured(name, flip) for one, name, flip, words in own_items() for text in (one, words)}
    words = {_plain(row["word"]): row["indicator"] for row in _rows("words")}
    found = {}
    for item in items:
        key = _plain(item)
        if key in chosen:
            found[item] = Measured(chosen[key], key in over)
        elif key in ours:
            found[item] = ours[key]
        else:
            found[item] = Measured(words.get(key, known[key].id if key in known else ""), key in over)
    return found


def _plain(text: str) -> str:
    """Small letters and digits, single blanks."""
    return " ".join(re.findall(r"\w+", text.replace("_", " ").casefold()))


@functools.cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    """A table of the package."""
    text = resources.files(__package__).joinpath("data", f"survey_{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
