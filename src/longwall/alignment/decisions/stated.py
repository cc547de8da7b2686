"""Decisions as data: what ``decisions.yaml`` holds, for people to read, cut down, add to and fix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from longwall.alignment.decision_states import Judgement
from longwall.alignment.space import Decision
from longwall.worksystem import Footing, Id, Intervention, Patch, Piece

__all__ = [
    "FAMILIES",
    "TODAY",
    "DesignSpace",
    "NotOffered",
    "StatedChoice",
    "StatedDecision",
]

TODAY = "today"
"""Stands for today's way, which every decision keeps among its choices."""

FAMILIES: dict[str, str] = {
    "allocation": "Allocation: who does what, people or machine",
    "staffing": "Staffing and shifts",
    "cross-training": "Cross-training: who else can do it",
    "control": "Control: where a variance is seen and put right, and with which authority",
    "thresholds": "Thresholds: how sure a detector is, how much is read",
    "service": "Buffers and service levels: what waits, what goes first, how long an outage is not felt",
    "boundaries": "Team boundaries and handovers",
    "rules": "Rules: which step must be",
    "practices": "Practices",
    "drills": "Drills: what a machine does, practised by hand",
    "own": "Your own",
}
"""Families of decisions, in the order in which a draft lists them."""


class StatedChoice(Intervention):
    """One choice of a decision: an intervention, and on which footing its reason stands.

    Parameters
    ----------
    footing : str
        Weakest footing among the findings that it answers; ``assumed`` where it answers none. What the change does is
        always assumed until it is tried.
    mends : tuple of Id
        Constraints that would refuse the change alone; a second change in the same choice keeps them.
    first : tuple of str
        What must be there before the change is made, such as the seven safeguards of a machine that acts alone.
    """

    kind: Literal["technical", "social", "work", "environment"] = "work"
    lever: str = "own"
    patches: tuple[Patch, ...] = Field(min_length=1)
    footing: Footing = "assumed"
    mends: tuple[Id, ...] = ()
    first: tuple[str, ...] = ()

    @property
    def intervention(self) -> Intervention:
        """The intervention alone."""
        return Intervention.model_validate({name: getattr(self, name) for name in Intervention.model_fields})


class StatedDecision(Piece):
    """One decision: a question with choices that exclude each other; today's way is always one of them.

    Parameters
    ----------
    question : str
        In plain words.
    today : str
        Today's way in words.
    ordered : bool
        Whether today and the choices, in this order, are steps along one scale.
    fixed : Id, optional
        The choice that is settled, or ``today`` where it is not to be touched; none: open.
    because : str
        Why it is fixed.
    constraint : Id, optional
        The constraint of the environment that speaks for fixing it.
    """

    id: Id
    question: str
    family: Literal[
        "allocation", "staffing", "cross-training", "control", "thresholds", "service", "boundaries", "rules",
        "practices", "drills", "own",
    ] = "own"  # fmt: skip
    today: str = ""
    ordered: bool = False
    fixed: Id | None = None
    because: str = ""
    constraint: Id | None = None
    choices: tuple[StatedChoice, ...] = ()

    @property
    def state(self) -> str:
        """``open``, ``left as it is``, or the id of the choice that is settled."""
        return "open" if self.fixed is None else "left as it is" if self.fixed == TODAY else self.fixed

    @property
    def offered(self) -> tuple[StatedChoice, ...]:
        """Choices that a design may take: all, the one that is settled, or none."""
        return tuple(choice for choice in self.choices if self.fixed in (None, choice.id))

    @property
    def short(self) -> Decision:
        """The decision as a search takes it."""
        return Decision(self.id, tuple(choice.id for choice in self.offered), self.ordered)


class NotOffered(Intervention):
    """A change that the environment refuses, with no second change known that would mend it.

    It becomes a candidate again as soon as nothing refuses it.

    Parameters
    ----------
    constraint : str
        That refuses it; ``model`` where it does not fit the model.
    refused : str
        What breaks the constraint, and its own reason and source.
    """

    constraint: str
    refused: str

    @property
    def intervention(self) -> Intervention:
        """The intervention alone."""
        return Intervention.model_validate({name: getattr(self, name) for name in Intervention.model_fields})


class DesignSpace(Piece):
    """What ``decisions.yaml`` holds.

    Parameters
    ----------
    drafted_from : str
        Hash of the work system and the findings behind the draft.
    """

    drafted_from: str = ""
    decisions: tuple[StatedDecision, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    by_judgement: tuple[Judgement, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Every choice that a design may take, in the order of the file; then what is refused as things stand."""
        return self.candidates(())

    @property
    def judged(self) -> tuple[Judgement, ...]:
        """What is left to people; where they settled a decision that would do it, that is what they decided."""
        settled = {f"judge.{one.id}": one for one in self.decisions if one.fixed not in (None, TODAY)}
        titles = {choice.id: choice.title for decision in self.decisions for choice in decision.choices}
        return tuple(
            one.model_copy(update={"decided": titles.get(str(settled[one.id].fixed), "settled")})
            if one.id in settled and not one.decided
            else one
            for one in self.by_judgement
        )

    def candidates(self, findings: Sequence[str]) -> tuple[Intervention, ...]:
        """Return every choice that a design may take, then what is refused as things stand.

        A search tries the first ones first: what is settled, then the first choice of each decision, then the others;
        in between what answers the first findings, then what costs least, then in the order of the file.

        Parameters
        ----------
        findings : sequence of str
            Ids, the most severe first.
        """
        rank = {name: place for place, name in enumerate(findings)}
        last = len(rank)
        offered = [
            (
                decision.fixed is None,
                place > 0,
                min((rank.get(name, last) for name in choice.answers), default=last),
                _dear(choice),
                choice,
            )
            for decision in self.decisions
            for place, choice in enumerate(decision.offered)
        ]
        ordered = [choice.intervention for *_, choice in sorted(offered, key=lambda one: one[:4])]
        return (*ordered, *(one.intervention for one in self.not_offered))


def _dear(choice: StatedChoice) -> float:
    """Return what a choice costs in a first year; what nobody knows comes last."""
    weekly = choice.running_cost_per_week
    return math.inf if choice.cost is None else choice.cost.value + (52 * weekly.value if weekly is not None else 0.0)


def footing_of(answers: Iterable[str], known: dict[str, Footing]) -> Footing:
    """Return the weakest footing among some findings; ``assumed`` where there are none that are known."""
    found = {known[name] for name in answers if name in known}
    if not found or "assumed" in found:
        return "assumed"
    return "fitted" if "fitted" in found else "counted"
