"""Which changes answer the findings?

Each suggestion of a finding becomes candidate interventions with cost, time and what they answer. No choice among
them.
"""

from longwall.alignment.levers.bench import Bench, Order, append
from longwall.alignment.levers.boundaries import clear_owner, drop_step, join_teams, keep_person, shift_handover
from longwall.alignment.levers.interventions import LEVERS, check_siblings, drafted, propose, unanswered
from longwall.alignment.levers.machines import SAYS
from longwall.alignment.levers.mending import mended
from longwall.alignment.levers.seen import seen
from longwall.alignment.levers.service import buffer, detector_threshold, escalation, fallback, interruptions

__all__ = [
    "LEVERS",
    "SAYS",
    "Bench",
    "Order",
    "append",
    "buffer",
    "check_siblings",
    "clear_owner",
    "detector_threshold",
    "drafted",
    "drop_step",
    "escalation",
    "fallback",
    "interruptions",
    "join_teams",
    "keep_person",
    "mended",
    "propose",
    "seen",
    "shift_handover",
    "unanswered",
]
