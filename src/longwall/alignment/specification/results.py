"""What a specification hands back: whether each decision must be fixed, is free, or slides, and how sure that is."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Estimate, Id, Piece

__all__ = ["Choice", "SettledByPeople", "Specification", "Specified"]


class Choice(Piece):
    """One way to decide, and what it changes against the way of the design, on average over the completions.

    Parameters
    ----------
    intervention : Id, optional
        None: it is left out.
    title : str
        In words.
    technical, social : Estimate
        Relative change of the column, as the losses of `Point`; negative is better.
    cost : float
        In the currency of the study.
    """

    intervention: Id | None = None
    title: str
    technical: Estimate
    social: Estimate
    cost: float


class SettledByPeople(Piece):
    """A decision that people have settled: it was never asked.

    Parameters
    ----------
    level : Id, optional
        Intervention that they settled on; None: it is left as it is today.
    because : str
        Why, in their words.
    statement : str
        In words.
    """

    id: Id
    question: str = ""
    level: Id | None = None
    because: str = ""
    statement: str


class Specified(Piece):
    """One decision.

    Parameters
    ----------
    question : str
        As people read it in ``decisions.yaml``; empty: not stated.
    kind : str
        ``fix``: it must stay as the design has it. ``yours``: free. ``slides``: free, but it chooses where on the front
        one lands. ``follows``: nothing else can be had beside what is fixed.
    level : Id, optional
        Intervention that the design takes; None: it takes none of the choices.
    choices : tuple of Choice
        All ways to decide that can be had beside what is fixed, leaving it out first.
    excluded : tuple of str
        Titles of those that cannot.
    far : Estimate
        Distance from the front that 95% of the completions keep where this decision is free beside those that are, as a
        share of the front's ranges; its interval is that of the one-sided test at the level of all tests together.
    sure : bool
        Whether the answer is beyond noise; a decision that could not be shown to be free stays fixed.
    order : int
        Number of its test, from 1; the least important came first.
    together : int
        Decisions that the test was about at once, >= 1.
    statement : str
        In words.
    """

    id: Id
    question: str = ""
    kind: Literal["fix", "yours", "slides", "follows"]
    level: Id | None = None
    choices: tuple[Choice, ...]
    excluded: tuple[str, ...] = ()
    far: Estimate
    sure: bool
    order: int
    together: int = 1
    statement: str


class Specification(Piece):
    """The least that must be fixed so that whatever is chosen for the rest stays near the front.

    Parameters
    ----------
    design : Id
        Whose choices the fixed decisions take.
    epsilon : float
        Distance from the front that counts as near, as a share of the front's range on each side.
    ranges : tuple of three float
        Range of technical loss, social loss and cost that counts as 1.
    decisions : tuple of Specified
        Those to fix first.
    inside : Estimate
        Share of random completions within epsilon; its lower end under the worst twentieth of draws.
    tree : tuple of str
        Where completions stay near the front, in words; explains, decides nothing.
    moved : tuple of Id
        Decisions that the design would have otherwise, as it does not stand near the front itself.
    settled : tuple of SettledByPeople
        Decisions that people had settled in ``decisions.yaml``.
    refused : tuple of str
        Titles of candidates that the environment refuses, or that what is settled excludes: no completion has them.
    purse : float
        What completions may cost beyond the design, in the currency of the study; 0: no bound was set.
    replications : int
        All that was simulated for it.
    needed : int
        Replications after which an epsilon would show in every decision, by the noise of the first batch.
    sized : str
        How the effort was sized, in words.
    noise : tuple of three float
        Standard deviation of one replication on each side between designs that meet the same luck, as a share of the
        range that counts as 1.
    """

    base: str
    base_hash: str
    design: Id
    seed: int
    weeks: int
    epsilon: float
    ranges: tuple[float, float, float]
    decisions: tuple[Specified, ...]
    inside: Estimate
    tree: tuple[str, ...]
    moved: tuple[Id, ...]
    settled: tuple[SettledByPeople, ...] = ()
    refused: tuple[str, ...] = ()
    purse: float = 0.0
    replications: int
    needed: int = 0
    noise: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sized: str = ""
    statement: str
    cautions: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[Specified, ...]:
        """Return the decisions of one kind, in their order."""
        return tuple(one for one in self.decisions if one.kind == kind)
