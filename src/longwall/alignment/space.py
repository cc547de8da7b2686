"""The design space: decisions with exclusive choices, as stated, or drafted from what contradicts each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from longwall.alignment.trials import Chosen
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Intervention, Patch

__all__ = ["Decision", "Space", "excludes"]


@dataclass(frozen=True)
class Decision:
    """One thing to decide; its choices exclude each other, and none of them may be taken.

    Parameters
    ----------
    id : str
        As stated; else of its first choice.
    choices : tuple of Id
        Interventions, such as three intensities of one change.
    ordered : bool
        Whether today and the choices, in this order, are steps along one scale, such as 0, 1, 2 people more.
    """

    id: str
    choices: tuple[str, ...]
    ordered: bool = False


class Space:
    """Every set of interventions without a contradiction.

    Two interventions exclude each other where they set the same path to different values, where one sets what the other
    edits inside, where one is the strengthening sibling of the other, or where both are choices of one decision.

    Parameters
    ----------
    interventions : sequence of Intervention
        Candidates with unique ids.
    decisions : sequence of Decision
        As stated; choices that are no candidates are passed over. Candidates that none of them holds are grouped by
        what excludes each other.
    fixed : sequence of str
        Candidates that every design of the space holds; their decisions are no longer open.

    Raises
    ------
    AlignmentError
        LW-AL-005 for an empty space; LW-AL-006 for ids that occur twice; LW-AL-007 for requirements that nothing meets,
        that exclude each other, or that run in a circle (the smallest conflict is named).
    """

    def __init__(
        self, interventions: Sequence[Intervention], *, decisions: Sequence[Decision] = (), fixed: Sequence[str] = ()
    ) -> None:
        self.interventions = {change.id: change for change in interventions}
        self._order = {name: place for place, name in enumerate(self.interventions)}
        _check_ids(interventions)
        self._exclude = {
            (one.id, other.id)
            for one in interventions
            for other in interventions
            if one is not other and excludes(one, other)
        } | {
            (one, other)
            for decision in decisions
            for one in decision.choices
            for other in decision.choices
            if one != other
        }
        self._needs = self._closures()
        self.fixed: Chosen = ()
        self.fixed = self.settle(fixed)
        self.decisions = self._draft(decisions)
        self._free = self._is_free()
        self.sizes: NDArray[np.int64] = np.array([len(decision.choices) + 1 for decision in self.decisions])

    @property
    def free(self) -> bool:
        """Whether every choice goes with every choice of the other decisions, and brings nothing else with it."""
        return self._free

    def _is_free(self) -> bool:
        place = {name: at for at, decision in enumerate(self.decisions) for name in decision.choices}
        alone = all(len(self._needs[name]) == 1 for name in self.interventions)
        return alone and not self.fixed and all(place[one] == place[other] for one, other in self._exclude)

    @property
    def size(self) -> float:
        """Number of combinations, contradictions between decisions included."""
        return float(np.prod(self.sizes.astype(float)))

    def design(self, genes: Sequence[int]) -> Chosen:
        """Return the design of one choice per decision (0: leave it): requirements added, contradictions left out.

        A later choice that an earlier one excludes is dropped, with what it needs; so every vector is a design.
        """
        wanted = [decision.choices[gene - 1] for decision, gene in zip(self.decisions, genes, strict=True) if gene > 0]
        return self.settle(wanted)

    def settle(self, wanted: Sequence[str]) -> Chosen:
        """Return the wanted interventions that go together, with what they require, in the order of the candidates.

        What is fixed comes first, so that nothing puts it out.
        """
        taken: set[str] = set(self.fixed)
        for name in wanted:
            group = self._needs[name]
            if all((one, other) not in self._exclude for one in group for other in taken):
                taken |= group
        return tuple(sorted(taken, key=self._order.__getitem__))

    def alone(self, name: str) -> Chosen:
        """Return one intervention with what it requires and nothing else, what is fixed left aside."""
        return tuple(sorted(self._needs[name], key=self._order.__getitem__))

    def genes(self, chosen: Chosen) -> NDArray[np.int64]:
        """Return one choice per decision for a design."""
        found = np.zeros(len(self.decisions), dtype=np.int64)
        for place, decision in enumerate(self.decisions):
            for gene, name in enumerate(decision.choices, start=1):
                if name in chosen:
                    found[place] = gene
        return found

    def neighbours(self, genes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return all choices that differ from some in one decision, those of the first decision first.

        Parameters
        ----------
        genes : ndarray of int, shape (n, decisions)

        Returns
        -------
        ndarray of int, shape (n * sum(sizes - 1), decisions)
            Where the space is not `free`, they may not go together (`design` says what becomes of them).
        """
        places = np.repeat(np.arange(len(self.sizes)), self.sizes)
        choices = np.concatenate([np.arange(size) for size in self.sizes])
        found = np.repeat(genes[:, None, :], len(places), axis=1)
        found[:, np.arange(len(places)), places] = choices
        different: NDArray[np.int64] = found[(found != genes[:, None, :]).any(axis=2)]
        return different

    def together(self, one: str, other: str) -> bool:
        """Whether two interventions go together."""
        return all((a, b) not in self._exclude for a in self._needs[one] for b in self._needs[other])

    def strengthened(self, chosen: Chosen) -> Chosen | None:
        """Return the sibling of a design that gives people up, with the people kept; None where none are given up."""
        removing = [name for name in chosen if self.interventions[name].people_removed > 0]
        if not removing:
            return None
        swapped = [self.interventions[name].strengthening or name if name in removing else name for name in chosen]
        return self.settle(
            sorted(swapped, key=lambda name: name not in {self.interventions[r].strengthening for r in removing})
        )

    def _closures(self) -> dict[str, frozenset[str]]:
        """Return each intervention with everything it requires."""
        faults: list[Fault] = []
        closures: dict[str, frozenset[str]] = {}
        for name in self.interventions:
            found, faulty = self._closure(name)
            clash = next(((a, b) for a in sorted(found) for b in sorted(found) if (a, b) in self._exclude), None)
            if faulty:
                faults.append(faulty)
            elif clash is not None:
                faults.append(
                    Fault("LW-AL-007", f"interventions.{name}.requires", "requirements that go together",
                          f"{clash[0]} and {clash[1]}, which exclude each other", "drop one of them")
                )  # fmt: skip
            closures[name] = frozenset(found)
        if faults:
            raise AlignmentError(*faults)
        return closures

    def _closure(self, name: str) -> tuple[set[str], Fault | None]:
        """Return an intervention with everything it requires, or the fault that is met on the way."""
        found: set[str] = set()
        open_: list[tuple[str, tuple[str, ...]]] = [(name, (name,))]
        while open_:
            here, path = open_.pop()
            found.add(here)
            for needed in self.interventions[here].requires:
                where, circle = f"interventions.{here}.requires", " -> ".join((*path, needed))
                if needed not in self.interventions:
                    return found, Fault("LW-AL-007", where, "the id of a candidate", needed, "add it, or do without")
                if needed == name:
                    return found, Fault("LW-AL-007", where, "requirements without a circle", circle, "drop one of them")
                if needed not in found:
                    open_.append((needed, (*path, needed)))
        return found, None

    def _draft(self, stated: Sequence[Decision]) -> tuple[Decision, ...]:
        """Return the open decisions: those stated, then groups of interventions that all exclude each other.

        Each of the others joins the first group in which it meets no friend.
        """
        found: list[Decision] = []
        held = {name for decision in stated for name in decision.choices}
        for decision in stated:
            choices = tuple(name for name in decision.choices if name in self.interventions)
            if choices and not set(choices) & set(self.fixed):
                found.append(replace(decision, choices=choices))
        groups: list[list[str]] = []
        for name in self.interventions:
            if name in held or name in self.fixed:
                continue
            for group in groups:
                if all((name, other) in self._exclude for other in group):
                    group.append(name)
                    break
            else:
                groups.append([name])
        return (*found, *(Decision(group[0], tuple(group)) for group in groups))


def _check_ids(interventions: Sequence[Intervention]) -> None:
    """Refuse an empty space and ids that occur twice."""
    if not interventions:
        raise AlignmentError(
            Fault("LW-AL-005", "interventions", "at least one candidate", "none",
                  "assess the system first, or write interventions of your own")
        )  # fmt: skip
    seen: set[str] = set()
    twice = [change.id for change in interventions if change.id in seen or seen.add(change.id)]  # type: ignore[func-returns-value]
    if twice:
        raise AlignmentError(
            *(Fault("LW-AL-006", f"interventions.{name}", "ids that occur once", "the same id again", "rename one")
              for name in twice)
        )  # fmt: skip


def excludes(one: Intervention, other: Intervention) -> bool:
    """Whether two interventions contradict each other."""
    if one.id == other.strengthening or other.id == one.strengthening:
        return True
    return any(_clash(mine, theirs) for mine in one.patches for theirs in other.patches)


def _same_entry(mine: object, theirs: object) -> bool:
    """Whether two entries of a list have one id: the same practice at two intensities."""
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return False
    return mine.get("id") is not None and mine.get("id") == theirs.get("id")


def _clash(mine: Patch, theirs: Patch) -> bool:
    """Whether two patches cannot both be applied, or the second would undo the first."""
    if mine.path == theirs.path:
        if mine.op == theirs.op == "add":
            return bool(mine.value == theirs.value) or _same_entry(mine.value, theirs.value)
        return True
    inside = mine.path.startswith(f"{theirs.path}.") or theirs.path.startswith(f"{mine.path}.")
    return inside and "add" not in (mine.op, theirs.op)
