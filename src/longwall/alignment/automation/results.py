"""What a search for automation hands back: opportunities in two columns, with their gate and their alternative."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Column, Estimate, Id, Patch, Piece

__all__ = ["Candidate", "Gate", "Indication", "Likeness", "Opportunities", "Opportunity"]


class Likeness(Piece):
    """How determined the next step is by what is known when a step ends.

    Parameters
    ----------
    value : Estimate
        0: a rule knows no more than the shares; 1: it settles all.
    right : Estimate
        Share of the next steps that the rule tells rightly.
    rows : int
        Executions that were held out; 0 where the routes of a model are all there is.
    leaves : int
        Cases of the rule.
    rests_on : tuple of str
        What the rule asks.
    """

    value: Estimate
    right: Estimate
    rows: int
    leaves: int
    rests_on: tuple[str, ...] = ()


class Candidate(Piece):
    """A function that people do, and what speaks for giving some of it to a machine.

    Parameters
    ----------
    per_week : Estimate
        Executions.
    hours : Estimate
        Hours of people a week.
    work_cv : float
        Coefficient of variation of the work time.
    elapsed_h : Estimate, optional
        Middle elapsed hours of the step, waiting included, where there is a log.
    routine_h : Estimate
        Hours a week times likeness times steadiness, which is 1 / (1 + cv²): hours that look like routine. An order to
        look in, not a promise.
    rank : int
        By `routine_h`, 1 is most; what is a burden is looked at first whatever its rank.
    """

    function: Id
    name: str = ""
    burden: Literal["", "hazardous", "degrading"] = ""
    level: int
    per_week: Estimate
    hours: Estimate
    work_cv: float
    elapsed_h: Estimate | None = None
    likeness: Likeness | None = None
    routine_h: Estimate
    rank: int


class Indication(Piece):
    """One indicator of an opportunity against today, in routine or while the machine is out.

    Parameters
    ----------
    today : float, optional
        None where today does not show it.
    then : float
    change : Estimate, optional
        Paired under common luck.
    better : bool, optional
        Beyond noise: better (True), worse (False), neither (None).
    """

    indicator: Id
    name: str = ""
    column: Column
    when: Literal["routine", "machine out"]
    unit: str = ""
    today: float | None
    then: float
    change: Estimate | None
    better: bool | None


class Gate(Piece):
    """The seven things that must be there before a machine acts alone, as people stated them."""

    met: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all seven are there."""
        return not self.missing and not self.unknown


class Opportunity(Piece):
    """One function at one level, simulated beside today.

    Parameters
    ----------
    id : Id
        ``function.level``.
    technical, social : Estimate
        Relative change of the indicators *within* each column against today, the worse of routine and of two weeks in
        which the machine is out for a day; negative is better.
    worse_when_out : tuple of str
        Columns for which being out is the worse of the two.
    technical_rank, social_rank : int
        1 is best; never added up.
    pareto : bool
        No other opportunity is better in one column and no worse in the other.
    gate : Gate, optional
        From level 7 on.
    offered : str
        ``augments``: levels 2 to 5, a person stays in each case. ``unless stopped``: level 6. ``acts alone``: level 7
        and above with all seven stated. ``not yet``: level 7 and above otherwise. ``withheld``: it frees posts and has
        no alternative that keeps and strengthens the people.
    beside : Id, optional
        The augmenting alternative of the same function (levels 2 to 5, people kept), to be shown with it.
    frees_h : Estimate
        Hours of people a week that it frees.
    frees_posts : int
        Whole posts in that; their use is for people to decide, and nothing here gives any up.
    remains : str
        What is left for the person.
    only_leftover : bool
        Whether that is only what could not be given to the machine.
    """

    id: Id
    function: Id
    level: int
    level_today: int
    machine: str
    technical: Estimate
    social: Estimate
    worse_when_out: tuple[str, ...] = ()
    technical_rank: int
    social_rank: int
    pareto: bool
    gate: Gate | None = None
    offered: Literal["augments", "unless stopped", "acts alone", "not yet", "withheld"]
    beside: Id | None = None
    frees_h: Estimate
    frees_posts: int
    remains: str
    only_leftover: bool
    indications: tuple[Indication, ...]
    patches: tuple[Patch, ...]


class Opportunities(Piece):
    """Functions that could be given to machines, and what each level of each does to both sides.

    Parameters
    ----------
    candidates : tuple of Candidate
        What is a burden first, then by routine hours.
    opportunities : tuple of Opportunity
        In the order of the candidates, by level.
    refused : tuple of str
        Levels that constraints forbid, each with its reason.
    """

    base_hash: str
    seed: int
    weeks: int
    replications: int
    from_log: bool
    candidates: tuple[Candidate, ...]
    opportunities: tuple[Opportunity, ...]
    refused: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    def of(self, opportunity: str) -> Opportunity | None:
        """Return an opportunity by id, or None."""
        return next((one for one in self.opportunities if one.id == opportunity), None)
