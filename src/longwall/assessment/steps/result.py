"""The eight steps: what each has, needs, lacks, and who signed it off; and what people write into them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.provenance import hash_of_value
from longwall.worksystem import Footing, Id, Piece

__all__ = [
    "STEPS",
    "Artefact",
    "BoundaryWords",
    "Need",
    "Order",
    "SequenceWords",
    "SignOff",
    "Standing",
    "StepName",
    "StepState",
    "StepWords",
    "StepsWritten",
    "titles",
]

StepName = Literal["boundary", "technical", "social", "variances", "gaps", "redesign", "environment", "sequence"]

STEPS: tuple[StepName, ...] = (
    "boundary", "technical", "social", "variances", "gaps", "redesign", "environment", "sequence",
)  # fmt: skip
"""The steps in their order."""

_TITLES = {
    "boundary": ("Boundary", "What is inside, what is outside, and what crosses?"),
    "technical": ("Technical scan", "Which components are there, what hangs on what, and what can each let go wrong?"),
    "social": ("Social scan", "Which roles are there, who may decide what, and who talks to whom?"),
    "variances": ("Variance matrix", "What goes otherwise than wanted, and what does it lead to?"),
    "gaps": ("Joint-optimisation gaps", "Who cannot control what they should, and what do they lack?"),
    "redesign": ("Redesign candidates", "Who or what could control it better?"),
    "environment": ("Environment", "What must a redesign keep to, and what may come?"),
    "sequence": ("Sequence", "What must come before what?"),
}


class SignOff(Piece):
    """Who signed a step off.

    Parameters
    ----------
    by : str
        A role or a group, never a person of the log.
    on : str
        ISO date.
    artefact : str
        Hash of the artefact that was signed off.
    """

    by: str
    on: str
    artefact: str
    note: str = ""


class StepWords(Piece):
    """What people write into one step, before or after the machine.

    Parameters
    ----------
    notes : tuple of str
        Shown with the step.
    additions : tuple of str
        What belongs to the artefact and neither model nor log shows.
    """

    notes: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    sign_off: SignOff | None = None


class BoundaryWords(StepWords):
    """What people write into the first step: ids of functions, teams, roles, components, or other words."""

    in_scope: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()


class Order(Piece):
    """One change before another, as people decided; it wins over the default rule.

    Parameters
    ----------
    first, then : Id
        Ids of changes as step 8 names them.
    """

    first: Id
    then: Id
    why: str = ""


class SequenceWords(StepWords):
    """What people write into the last step."""

    order: tuple[Order, ...] = ()


class StepsWritten(Piece):
    """What ``assessment.yaml`` holds: notes, additions, scope, order and sign-offs of people."""

    boundary: BoundaryWords = BoundaryWords()
    technical: StepWords = StepWords()
    social: StepWords = StepWords()
    variances: StepWords = StepWords()
    gaps: StepWords = StepWords()
    redesign: StepWords = StepWords()
    environment: StepWords = StepWords()
    sequence: SequenceWords = SequenceWords()

    def of(self, step: StepName) -> StepWords:
        """Return what people wrote into one step."""
        words: StepWords = getattr(self, step)
        return words


class Need(Piece):
    """Something a step needs, whether it is there, and how to get it."""

    what: str
    there: bool
    how: str = ""


class Artefact(Piece):
    """What a step makes: a value in one sentence, and a table.

    Parameters
    ----------
    footing : str, optional
        The weakest of its numbers; None where it holds none.
    """

    value: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    footing: Footing | None = None

    @property
    def hash(self) -> str:
        """Hash of value and table: a sign-off holds for this state."""
        return hash_of_value(self.model_dump(mode="json"))


class Standing(Piece):
    """A function at which every constraint holds and findings stand all the same: compliant, and not sound."""

    function: Id
    constraints: tuple[Id, ...] = Field(min_length=1)
    findings: tuple[Id, ...] = Field(min_length=1)


class StepState(Piece):
    """Where one step stands.

    Parameters
    ----------
    artefact : Artefact, optional
        None where nothing could be made yet.
    found : tuple of str
        What the evidence shows.
    judged : tuple of str
        What people say: in the model, and in ``assessment.yaml``.
    disagree : tuple of str
        Where judgement and evidence differ.
    missing : tuple of str
        What is still missing from the step.
    costs : tuple of str
        What incomplete earlier steps cost this one.
    signed : SignOff, optional
    older : bool
        Whether the sign-off is of an older state of the artefact.
    unsound : tuple of Standing
        Compliant functions at which findings stand.
    """

    step: StepName
    artefact: Artefact | None = None
    needs: tuple[Need, ...] = ()
    found: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    disagree: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signed: SignOff | None = None
    older: bool = False
    unsound: tuple[Standing, ...] = ()

    @property
    def number(self) -> int:
        """Place among the steps, from 1."""
        return STEPS.index(self.step) + 1

    @property
    def title(self) -> str:
        """Name of the step, in words."""
        return titles(self.step)[0]

    @property
    def asks(self) -> str:
        """Question that the step answers."""
        return titles(self.step)[1]

    @property
    def settled(self) -> bool:
        """Whether the artefact as it is now was signed off."""
        return self.signed is not None and not self.older

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        if self.signed is not None:
            return "an older state is signed off" if self.older else "signed off"
        return "nothing yet" if self.artefact is None else "not signed off"


def titles(step: StepName) -> tuple[str, str]:
    """Return the name of a step and the question it answers, in words."""
    return _TITLES[step]
