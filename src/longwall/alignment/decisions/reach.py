"""Which indicators can a decision move: by what it changes, before a search, and exactly, after one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from longwall.alignment.costs import read_shipped
from longwall.alignment.decision_states import DecisionState
from longwall.alignment.decisions.stated import FAMILIES, DesignSpace, StatedDecision
from longwall.alignment.objectives import Objectives, Term
from longwall.alignment.space import Decision
from longwall.alignment.trials import Chosen, Trials
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Column, Patch, Piece

__all__ = ["Reach", "check_moved", "check_reach", "load_reach", "reached", "states"]

_COLUMNS: tuple[Column, Column] = ("technical", "social")


class Row(Piece):
    """What changing some places of the model can move.

    Parameters
    ----------
    paths : tuple of str
        Regular expressions over whole paths.
    moves : tuple of str
        Indicators; empty: none.
    needs : str
        ``person_state``: the row holds only for models that do not follow the state of people; else always.
    why : str
    """

    paths: tuple[str, ...]
    moves: tuple[str, ...] = ()
    needs: Literal["", "person_state"] = ""
    why: str


class Reach(Piece):
    """Places of the model that move few indicators, or none; every other place may move all of them."""

    few: tuple[Row, ...]


def load_reach() -> Reach:
    """Return the table shipped with Longwall.

    Raises
    ------
    AlignmentError
        LW-AL-001 where the file is damaged.
    """
    return read_shipped(Path(__file__).parent / "reach.yaml", Reach)


def reached(patches: Sequence[Patch], indicators: Sequence[str], *, person_state: bool = True) -> tuple[str, ...]:
    """Return those of the indicators that patches can move, by the places they change alone.

    A superset: what is not listed may still stay as it is.

    Parameters
    ----------
    person_state : bool
        Whether the model follows skill, fatigue and trust of the members of roles.
    """
    found: set[str] = set()
    rows = [row for row in load_reach().few if not (row.needs == "person_state" and person_state)]
    for patch in patches:
        row = next((row for row in rows if any(re.fullmatch(one, patch.path) for one in row.paths)), None)
        found |= set(indicators) if row is None else set(row.moves)
    return tuple(one for one in indicators if one in found)


def check_reach(
    space: DesignSpace, objectives: Objectives, where: str, *, person_state: bool = True
) -> tuple[str, ...]:  # fmt: skip
    """Return cautions about indicators that no decision can move.

    Parameters
    ----------
    person_state : bool
        Whether the model follows skill, fatigue and trust of the members of roles.

    Raises
    ------
    AlignmentError
        LW-AL-043 where no decision can move any indicator of a column.
    """
    faults: list[Fault] = []
    said: list[str] = []
    patches = [patch for change in space.interventions for patch in change.patches]
    for column in _COLUMNS:
        names = [term.indicator for term in _terms(objectives, column)]
        can = reached(patches, names, person_state=person_state)
        if not can:
            faults.append(_unmoved(where, column, names, "nothing that any decision changes reaches them"))
        elif len(can) < len(names):
            left = ", ".join(name for name in names if name not in can)
            said.append(f"no decision can move {left}: the {column} side is weighed without them")
    if faults:
        raise AlignmentError(*faults)
    return tuple(said)


def check_moved(decisions: Sequence[DecisionState], objectives: Objectives, where: str) -> None:
    """Refuse a space that, as simulated, moved no indicator of a column at all.

    Raises
    ------
    AlignmentError
        LW-AL-043. Decisions of which no design was tried alone prove nothing; then nothing is refused.
    """
    if not decisions or not all(one.moves or one.tried for one in decisions if one.choices):
        return
    moved = {name for one in decisions for name in one.moves}
    faults = []
    for column in _COLUMNS:
        names = [term.indicator for term in _terms(objectives, column)]
        if not moved & set(names):
            by = "; ".join(f"{one.id}: {', '.join(one.moves) or 'nothing'}" for one in decisions)
            faults.append(_unmoved(where, column, names, f"under the same luck they move only these: {by}"))
    if faults:
        raise AlignmentError(*faults)


def _terms(objectives: Objectives, column: Column) -> tuple[Term, ...]:
    return objectives.technical if column == "technical" else objectives.social


def _unmoved(where: str, column: Column, names: Sequence[str], found: str) -> Fault:
    """Return the fault of a column that no decision moves."""
    families = [name for name in FAMILIES if name not in ("own", "rules")]
    expected = f"a decision that can move {' or '.join(names)} ({column})"
    do = f"open a decision on one of: {', '.join(families)}; or delete the file and run `longwall decide`"
    return Fault("LW-AL-043", where, expected, found, do)


def states(
    stated: Sequence[StatedDecision],
    open_: Sequence[Decision],
    trials: Trials,
    weighed: Sequence[str],
    fixed: Chosen = (),
) -> tuple[DecisionState, ...]:
    """Return every decision with the indicators that it moved in the designs that were tried.

    Every design meets the luck that today met, so an indicator that a change does not touch has the same bits.

    Parameters
    ----------
    stated : sequence of StatedDecision
        As people read them; a decision that is not among them is asked by the titles of its choices.
    open_ : sequence of Decision
        Those of the search's space.
    weighed : sequence of str
        Indicators that the objectives count.
    fixed : tuple of str
        What every design holds.
    """
    known, left = {one.id: one for one in stated}, list(open_)
    found: list[DecisionState] = []
    for one in stated:
        place = next((decision for decision in left if decision.id == one.id), None)
        choices = tuple(choice.id for choice in one.offered) if place is None else place.choices
        tried = _alone(choices, trials, fixed)
        found.append(
            DecisionState(id=one.id, question=one.question, family=one.family, today=one.today, state=one.state,
                          because=one.because, ordered=one.ordered, choices=choices, tried=len(tried),
                          moves=_moved(tried, trials, weighed))
        )  # fmt: skip
    for decision in left:
        if decision.id not in known:
            tried = _alone(decision.choices, trials, fixed)
            titles = "; or: ".join(trials.interventions[name].title for name in decision.choices)
            found.append(
                DecisionState(id=decision.id, question=f"{titles}?", ordered=decision.ordered, choices=decision.choices,
                              tried=len(tried), moves=_moved(tried, trials, weighed))
            )  # fmt: skip
    return tuple(found)


def _alone(choices: Sequence[str], trials: Trials, fixed: Chosen) -> list[Chosen]:
    """Return the designs tried that hold one of some choices, what it requires and what is fixed, and nothing else."""
    found = []
    for design in trials.tried:
        own = [name for name in design if name in choices]
        if len(own) == 1 and set(design) - set(fixed) <= {*own, *_required(trials, own[0])}:
            found.append(design)
    return found


def _required(trials: Trials, name: str) -> set[str]:
    """Return everything that an intervention requires."""
    found: set[str] = set()
    open_ = list(trials.interventions[name].requires)
    while open_:
        here = open_.pop()
        if here not in found and here in trials.interventions:
            found.add(here)
            open_ += trials.interventions[here].requires
    return found


def _moved(designs: Sequence[Chosen], trials: Trials, weighed: Sequence[str]) -> tuple[str, ...]:
    """Return the indicators that differ from today's in any replication of any of the designs."""
    today = trials.sample(())
    found: dict[str, None] = {}
    for design in designs:
        sample = trials.sample(design)
        met = today.values[: len(sample.values)]
        same = (sample.values == met) | (np.isnan(sample.values) & np.isnan(met))
        for place, key in enumerate(today.keys):
            if key.scope == "organisation" and key.id in weighed and not same[:, place].all():
                found[key.id] = None
    return tuple(found)
