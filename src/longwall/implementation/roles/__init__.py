"""What becomes of each role in a design, and how do people stay able to do the work?

Tasks lost, kept and gained, skills that fall idle or must grow, drills that keep a takeover above a floor. It speaks of
roles of the model and of simulated members of them, never of a person.
"""

from longwall.implementation.roles.drills import MOST_PER_YEAR, drill_plan, practised_together, with_drills
from longwall.implementation.roles.redefine import reskilling
from longwall.implementation.roles.results import (
    Burden,
    Drill,
    DrillPlan,
    GrowingSkill,
    IdleSkill,
    Reskilling,
    RoleChange,
    TaskChange,
)
from longwall.implementation.roles.skills import tasks_to_learn
from longwall.implementation.roles.tasks import Work, work_of

__all__ = [
    "MOST_PER_YEAR",
    "Burden",
    "Drill",
    "DrillPlan",
    "GrowingSkill",
    "IdleSkill",
    "Reskilling",
    "RoleChange",
    "TaskChange",
    "Work",
    "drill_plan",
    "practised_together",
    "reskilling",
    "tasks_to_learn",
    "with_drills",
    "work_of",
]
