"""What becomes of each role: tasks lost, kept and gained, skills that fall idle or must grow, drills, burdens."""

from __future__ import annotations

from typing import Literal

from longwall.worksystem import Estimate, Id, Intervention, Parameter, Piece

__all__ = ["Burden", "Drill", "DrillPlan", "GrowingSkill", "IdleSkill", "Reskilling", "RoleChange", "TaskChange"]

What = Literal["by hand", "with options listed", "take over", "review or read", "act on a suggestion"]
"""What people do in a function: all of it, all of it with a list, what the machine cannot, look at it, act on it."""


class TaskChange(Piece):
    """Hours of one task of a role, today and in the design, at standard skill: work content, nobody's speed.

    Parameters
    ----------
    what : str
        The part of the function that people do.
    today, then : Estimate
        Hours a week.
    change : Estimate
        Then minus today, paired under common luck.
    becomes : str
        ``lost``: none of it is left. ``gained``: there was none. ``kept``: the rest, whatever its hours.
    """

    function: Id
    what: What
    becomes: Literal["lost", "kept", "gained"]
    today: Estimate
    then: Estimate
    change: Estimate


class IdleSkill(Piece):
    """A skill that members of a role practise less than today, and too rarely to keep.

    Parameters
    ----------
    gap_today_days, gap_then_days : float, optional
        Days between two times that a mean member practises it; none: never.
    kept : Estimate
        Share of what practice gained that is left after such a gap, over kinds of tasks; after a year where it is
        never practised.
    """

    skill: str
    functions: tuple[Id, ...]
    gap_today_days: float | None
    gap_then_days: float | None
    kept: Estimate


class GrowingSkill(Piece):
    """A skill below standard that a role needs for a task it gains.

    Parameters
    ----------
    level : Parameter, optional
        Skill at first, 1 is standard; none where the role has fewer than five members.
    tasks : float
        Tasks by hand until a member is at standard (95% of the gain of a saturating curve).
    weeks : Estimate, optional
        Weeks of the design's work that those take; none: the work gives no practice, it must be trained.
    rests_on : tuple of str
        Parameters of people used, each with its value, tag and source.
    """

    skill: str
    function: Id
    level: Parameter | None
    tasks: float
    weeks: Estimate | None
    rests_on: tuple[str, ...]


class RoleChange(Piece):
    """What becomes of one role; of the role, never of a person.

    Parameters
    ----------
    people_today, people_then : int
        Head-counts.
    hours_today, hours_then : Estimate
        Hours a week of the work of the model that fall to the role.
    """

    role: Id
    name: str = ""
    people_today: int
    people_then: int
    hours_today: Estimate
    hours_then: Estimate
    tasks: tuple[TaskChange, ...]
    idle: tuple[IdleSkill, ...] = ()
    grow: tuple[GrowingSkill, ...] = ()

    def tasks_that_are(self, becomes: Literal["lost", "kept", "gained"]) -> tuple[TaskChange, ...]:
        """Return the tasks that are lost, kept or gained, most hours first."""
        found = [task for task in self.tasks if task.becomes == becomes]
        return tuple(sorted(found, key=lambda task: (-max(task.today.value, task.then.value), task.function)))


class Burden(Piece):
    """Work that people called hazardous or degrading, and how much of it people do today and in the design.

    Parameters
    ----------
    today, then : Estimate
        Hours a week of people on it, by hand or with a machine's help; looking at what a machine did is left out.
    mechanised : bool
        Whether the design takes hours of it off people beyond noise.
    """

    function: Id
    name: str = ""
    burden: Literal["hazardous", "degrading"]
    level_today: int
    level_then: int
    today: Estimate
    then: Estimate
    mechanised: bool


class Drill(Piece):
    """How often one function is practised by hand, so that a takeover would succeed.

    Parameters
    ----------
    skill : str
        What is practised.
    also_serves : tuple of Id
        Functions that draw on the same skill of the same people and need no drill of their own.
    per_year_today, per_year : float
        Drills a year in the design as it stands, and in the plan.
    reached : bool
        Whether the lower end of `reserve` is at the floor or above.
    reserve : Estimate
        Expected success of a takeover in the worst week, with the drills, from fresh replications.
    reserve_without : Estimate
        The same with no drill at all.
    takeover_h, takeover_without_h : Estimate, optional
        Extra hours that a takeover costs, with and without; none where nobody had to take over.
    hours_per_year : Estimate
        Hours of all who practise.
    """

    function: Id
    name: str = ""
    skill: str
    roles: tuple[Id, ...]
    people: int
    also_serves: tuple[Id, ...] = ()
    per_year_today: float
    per_year: int
    reached: bool
    reserve: Estimate
    reserve_without: Estimate
    takeover_h: Estimate | None = None
    takeover_without_h: Estimate | None = None
    hours_per_year: Estimate


class DrillPlan(Piece):
    """The fewest drills a year with which a takeover stays above a floor, function by function.

    Parameters
    ----------
    floor : float
        Expected success of a takeover, in [0, 1].
    weeks : int
        Weeks that were simulated; the worst of them counts.
    replications : int
        Fresh replications behind the figures.
    most_per_year : int
        No more drills than this were tried.
    tried : int
        Plans that were simulated.
    interventions : tuple of Intervention
        The drills that are more than today's, as changes that a design or a plan can take up.
    """

    floor: float
    weeks: int
    replications: int
    most_per_year: int
    tried: int
    drills: tuple[Drill, ...]
    hours_per_year: Estimate
    interventions: tuple[Intervention, ...] = ()
    cautions: tuple[str, ...] = ()

    def of(self, function: str) -> Drill | None:
        """Return the drill that practises a function, or None."""
        return next((one for one in self.drills if function in (one.function, *one.also_serves)), None)


class Reskilling(Piece):
    """What becomes of each role in a design, and what keeps people able to do the work.

    Parameters
    ----------
    design : str
        Id of the design, or ``today``.
    base_hash : str
        Hash of today's system.
    """

    design: str
    base_hash: str
    seed: int
    weeks: int
    replications: int
    roles: tuple[RoleChange, ...]
    burdens: tuple[Burden, ...]
    plan: DrillPlan
    cautions: tuple[str, ...] = ()
