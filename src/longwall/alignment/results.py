"""What a search hands back: designs with fresh figures, the front, the optima, their price, verdicts, what it spent."""

from __future__ import annotations

from typing import Literal

from longwall.alignment.chances import Held
from longwall.alignment.decision_states import DecisionState, Judgement
from longwall.worksystem import Column, Design, Estimate, Forecast, Id, Intervention, Piece

__all__ = [
    "Alignment",
    "Change",
    "Effect",
    "Letters",
    "Merged",
    "Optima",
    "Point",
    "Price",
    "Range",
    "Rejected",
    "Spent",
    "Verdict",
    "Weighed",
]


class Rejected(Piece):
    """A design that was refused before simulation, by one constraint; several entries where several refuse it.

    Parameters
    ----------
    interventions : tuple of Id
        That make the design.
    constraint : str
        Id of the environment's constraint.
    why : str
        What breaks it, and the constraint's own reason and source.
    """

    interventions: tuple[Id, ...]
    constraint: str
    why: str


class Change(Piece):
    """One indicator of a design against today's, under common luck, from fresh replications.

    Parameters
    ----------
    change : Estimate
        Design minus today, in the indicator's unit.
    today, then : float
        Means over the fresh replications.
    better : bool, optional
        Whether the change is an improvement beyond noise (True), a loss beyond noise (False), or neither (None).
    slight : bool
        Whether the change is less than what is negligible of the indicator's scale, and decides nothing.
    """

    indicator: Id
    name: str = ""
    scope: str = "organisation"
    column: Column
    today: float
    then: float
    change: Estimate
    better: bool | None
    slight: bool = False


class Effect(Piece):
    """What a set of interventions changes against today: of a whole design, or of one intervention on its own."""

    id: Id
    differences: tuple[Change, ...]


class Point(Piece):
    """Where a design lies, from fresh replications; losses are changes against today, negative is better.

    Parameters
    ----------
    technical, social : Estimate
        Weighted relative change of the indicators *within* the column (see `Objectives`); 0 is today.
    cost : float
        Once plus the running cost over the horizon, in the currency of the study.
    cost_low, cost_high : float
        Its assumed range.
    on_front : bool
        No other confirmed design is better in one of the three and no worse in the others.
    """

    design: Id
    technical: Estimate
    social: Estimate
    cost: float
    cost_low: float
    cost_high: float
    on_front: bool


class Merged(Piece):
    """A design that cannot be told apart from a cheaper one on either side."""

    interventions: tuple[Id, ...]
    into: Id


class Optima(Piece):
    """Designs by what they stand for; today where nothing beats it beyond noise."""

    joint: Id
    technical_only: Id
    social_only: Id


class Price(Piece):
    """What looking at one side alone loses on the other, in relative change of the other column's indicators.

    Parameters
    ----------
    technical_only : Estimate
        Social loss given up: best social value within ε of the technical optimum, minus the best social value.
    social_only : Estimate
        Technical loss given up, the same the other way round.
    epsilon : float
        Nearness to an optimum, as a share of the range of that loss.
    statement : str
        In words; zero is a result.
    """

    technical_only: Estimate
    social_only: Estimate
    epsilon: float
    statement: str


class Weighed(Piece):
    """The three optima and their price where the indicators of a column are weighed in one way.

    Parameters
    ----------
    weighting : str
        ``stated``, ``equal`` or ``worst-first``, see `longwall.alignment.judging.weightings`.
    technical, social : mapping of Id to Estimate
        Losses of the optima under this weighting.
    """

    weighting: str
    optima: Optima
    price: Price
    technical: dict[Id, Estimate]
    social: dict[Id, Estimate]


class Range(Piece):
    """How far the change of one indicator goes over the draws: 2.5% and 97.5% quantiles, luck included."""

    indicator: Id
    low: float
    high: float


class Verdict(Piece):
    """How sure the main improvements of a design, or of one step on its own, are over all assumed parameters.

    Parameters
    ----------
    design : Id
        Of the design, or of the intervention where `of` is ``step``.
    verdict : str
        ``recommended``: the signs of the main technical and social improvement stay in at least 90% of draws.
    share : float
        Of draws in which they stay.
    draws : int
        That were made; a doubtful one is left off once nine in ten are out of reach.
    technical, social : str
        The indicators whose sign is watched; empty where that side improves nowhere beyond noise.
    rests_on : tuple of str
        Paths of the parameters drawn.
    ranges : tuple of Range
        Of the indicators of the organisation.
    not_identified : tuple of str
        Watched indicators whose sign depends on where between its bounds the work of a log without starts lies.
    """

    design: Id
    verdict: Literal["recommended", "worth a pilot"]
    share: float
    draws: int
    technical: str
    social: str
    rests_on: tuple[str, ...]
    statement: str
    ranges: tuple[Range, ...] = ()
    not_identified: tuple[str, ...] = ()
    of: Literal["design", "step"] = "design"


class Spent(Piece):
    """What the search cost; counts only, so that the same seed gives the same bits."""

    designs: int
    search_replications: int
    fresh_replications: int
    robustness_replications: int
    simulated_events: float


class Letters(Piece):
    """Where a design stands among the others on each side; designs that share a letter there cannot be told apart.

    Parameters
    ----------
    technical, social : str
        Letters, ``a`` with the best; such as ``b`` or ``ab``.
    """

    design: Id
    technical: str
    social: str


class Alignment(Piece):
    """The better designs for both sides, with fresh figures only.

    Parameters
    ----------
    recommended : Id
        The joint design, or ``today`` where nothing beats today beyond noise.
    designs : tuple of Design
        Confirmed designs by cost; a design that gives people up never without its strengthening sibling.
    interventions : tuple of Intervention
        All candidates.
    forecasts : tuple of Forecast
        Today first, then one per design, from fresh replications under common luck.
    differences : tuple of Effect
        One per design.
    effects : tuple of Effect
        One per intervention of the recommended design and the two one-sided optima, on its own.
    verdicts : tuple of Verdict
        Of the joint design first, then of the one-sided optima, then of each step of the joint design on its own.
    conflict : tuple of Id
        Where the constraints refuse every candidate: the smallest set of them that does.
    weighed : tuple of Weighed
        Optima and price under each weighting; the first is the one the search went by.
    letters : tuple of Letters
        Which designs can be told apart.
    held : tuple of Held
        Every chance constraint for today and for each design.
    nearest : Id, optional
        Where no design holds what must hold: the one that comes nearest.
    siblings : mapping of Id to Id
        Of each design that gives people up, the one that strengthens them instead.
    unmoved : tuple of Id
        Indicators of the objectives that no confirmed design moves beyond noise.
    decisions : tuple of DecisionState
        What stood open and what was settled, with what each decision moved.
    by_judgement : tuple of Judgement
        Answers to findings that no simulation carries.
    """

    base: Id
    base_hash: str
    seed: int
    weeks: int
    recommended: Id
    optima: Optima
    designs: tuple[Design, ...]
    interventions: tuple[Intervention, ...]
    forecasts: tuple[Forecast, ...]
    differences: tuple[Effect, ...]
    effects: tuple[Effect, ...]
    points: tuple[Point, ...]
    front: tuple[Id, ...]
    price: Price
    verdicts: tuple[Verdict, ...]
    merged: tuple[Merged, ...]
    rejected: tuple[Rejected, ...]
    conflict: tuple[Id, ...] = ()
    scales: dict[str, float]
    spent: Spent
    cautions: tuple[str, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    letters: tuple[Letters, ...] = ()
    held: tuple[Held, ...] = ()
    nearest: Id | None = None
    unmoved: tuple[Id, ...] = ()
    siblings: dict[Id, Id] = {}
    decisions: tuple[DecisionState, ...] = ()
    by_judgement: tuple[Judgement, ...] = ()

    def design(self, design: str) -> Design | None:
        """Return a design by id, or None (as for ``today``)."""
        return next((found for found in self.designs if found.id == design), None)

    def chosen(self, design: str) -> tuple[Intervention, ...]:
        """Return the interventions of a design, in order; none for ``today``."""
        known = {intervention.id: intervention for intervention in self.interventions}
        found = self.design(design)
        return tuple(known[intervention] for intervention in found.interventions) if found else ()
