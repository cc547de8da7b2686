"""The work-design layer: which functions work passes, who or what does them, who decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem.demand import DemandClass
from longwall.worksystem.values import Distribution, Id, Parameter, Piece

__all__ = ["Allocation", "Decision", "Fork", "Function", "Route", "WorkDesign"]


class Allocation(Piece):
    """Who does what in one function: one of the ten levels of automation, and what it needs.

    The levels are a vocabulary, never a score to maximise. 1: a person does all. 2, 3: the machine lists or narrows
    the options. 4: it suggests, a person reviews and acts. 5: the same, the machine acts. 6: silence until a deadline
    means go. 7: the machine acts and a person reads of it. 8: reads at an audit rate. 9: reads what the machine's own
    detector picks. 10: no human step.

    Parameters
    ----------
    level : int
        1 to 10; from 2 on a component is needed.
    component : Id, optional
        The automation.
    review_h : Distribution, optional
        Hours that a review or a read task takes a person; default a fifth of the work by hand.
    review_deadline_h : Parameter, optional
        Level 6: hours after which silence means go.
    audit_rate : Parameter
        Level 8: share of the machine's actions that a person reads.
    search_share : Parameter
        Share of the work by hand that is search, which levels 2 and 3 shorten.
    takeover_h : Distribution, optional
        Hours a person needs to take over what the machine cannot do, at standard skill.
    """

    level: int = Field(default=1, ge=1, le=10)
    component: Id | None = None
    review_h: Distribution | None = None
    review_deadline_h: Parameter | None = None
    audit_rate: Parameter = Parameter(value=0.1)
    search_share: Parameter = Parameter(value=0.3)
    takeover_h: Distribution | None = None


class Function(Piece):
    """One kind of task: its work content, who may do it, how it is divided between people and machine.

    Parameters
    ----------
    stage : str
        acquire, analyse, decide or act (Parasuraman, Sheridan and Wickens 2000).
    work_h : Distribution
        Working hours of one standard person by hand; zero for a function without work.
    delay_h : Distribution, optional
        Hours that pass before the task looks for a performer: a customer's answer, a supplier, a calendar elsewhere.
    roles : tuple of Id
        Roles whose members may do it; empty only where the function has no work or needs no person.
    rule : str
        How a performer is chosen among the idle.
    skill : str
        Skill it draws on; empty: its own id.
    waits_for : str
        Who is waited for in `delay_h`; the clock of the item stands still meanwhile. Empty: nobody in particular, and
        the clock runs.
    setup_h : Distribution, optional
        Hours of setting up where the performer did something with another skill before.
    resume_h : Distribution, optional
        Hours of getting back into a task that was parked.
    uses : tuple of Id
        Components without which people cannot begin it; its tasks wait while one is out.
    when_interrupted, at_shift_end, in_outage : str
        What becomes of a running task when something that interrupts comes, when the shift of its performer ends, and
        when its machine fails. ``park``: the same person goes on later. ``hand_over``: somebody on shift goes on.
    triage : bool
        True: alerts are looked at here, and confirmed or dismissed.
    burden : str
        ``hazardous``: the work can hurt those who do it. ``degrading``: it wears them down or makes them small. Stated
        by those who do it or by an assessment of risks, never inferred; empty: nobody has said. What is a burden is
        looked at first when work is given to machines.
    """

    id: Id
    name: str = ""
    stage: Literal["acquire", "analyse", "decide", "act"] = "act"
    work_h: Distribution = Distribution(shape="fixed", mean_h=0.0)
    delay_h: Distribution | None = None
    roles: tuple[Id, ...] = ()
    rule: Literal["longest_idle", "most_skilled", "least_loaded", "same_person"] = "longest_idle"
    skill: str = ""
    waits_for: Literal["", "customer", "supplier"] = ""
    setup_h: Distribution | None = None
    resume_h: Distribution | None = None
    uses: tuple[Id, ...] = ()
    when_interrupted: Literal["finish", "park"] = "finish"
    at_shift_end: Literal["finish", "park", "hand_over"] = "finish"
    in_outage: Literal["by_hand", "wait"] = "by_hand"
    triage: bool = False
    allocation: Allocation = Allocation()
    drills_per_year: Parameter = Parameter(value=0.0)
    burden: Literal["", "hazardous", "degrading"] = ""
    note: str = ""


class Route(Piece):
    """Where an item goes next.

    Parameters
    ----------
    source : Id
        A function, or ``start``.
    target : Id
        A function, or ``end``.
    probability : Parameter
        In [0, 1]; the routes of one (source, demand class, after) sum to one.
    demand : Id, optional
        Only for this demand class; none: for every class that has no route of its own there.
    after : tuple of Id
        Only when these functions came right before the source, oldest first, up to two (memory of three with the
        source); the longest match wins.
    outcome : str
        Only for alerts that were judged so in triage; the routes of one outcome sum to one.
    """

    source: Id
    target: Id
    probability: Parameter = Parameter(value=1.0)
    demand: Id | None = None
    after: tuple[Id, ...] = Field(default=(), max_length=2)
    outcome: Literal["", "confirmed", "dismissed"] = ""


class Fork(Piece):
    """Where an item goes on in several branches at once, and where they come together again.

    Parameters
    ----------
    after : Id
        The function after which it forks; its routes are not used.
    branches : tuple of Id
        The first function of each branch, two or more; from there the routes lead on.
    join : Id
        The function that begins when every branch has come to it, or to the end.
    demand : Id, optional
        Only for this demand class; none: for all.
    """

    id: Id
    after: Id
    branches: tuple[Id, ...] = Field(min_length=2)
    join: Id
    demand: Id | None = None


class Decision(Piece):
    """A decision about the work, and who takes it."""

    id: Id
    statement: str
    roles: tuple[Id, ...] = ()
    functions: tuple[Id, ...] = ()


class WorkDesign(Piece):
    """How the work is divided and flows."""

    demand: tuple[DemandClass, ...] = ()
    functions: tuple[Function, ...] = ()
    routes: tuple[Route, ...] = ()
    forks: tuple[Fork, ...] = ()
    decisions: tuple[Decision, ...] = ()
