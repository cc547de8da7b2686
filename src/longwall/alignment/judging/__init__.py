"""What are the designs that were found worth, by fresh figures?

Confirmed under luck that the search never saw, told apart, chosen among, weighed in three ways. No further search.
"""

from longwall.alignment.judging.aiming import aimed, helped
from longwall.alignment.judging.apart import letters_of, told_apart
from longwall.alignment.judging.choose import Roles, given_up, merge, price, roles
from longwall.alignment.judging.confirm import Confirmed, changes, confirm, fresh_seed, frozen, paired, unmoved
from longwall.alignment.judging.holding import held_by, holds, nearest, short_of
from longwall.alignment.judging.weightings import WEIGHTINGS, weighed, weights_of

__all__ = [
    "WEIGHTINGS",
    "Confirmed",
    "Roles",
    "aimed",
    "changes",
    "confirm",
    "fresh_seed",
    "frozen",
    "given_up",
    "held_by",
    "helped",
    "holds",
    "letters_of",
    "merge",
    "nearest",
    "paired",
    "price",
    "roles",
    "short_of",
    "told_apart",
    "unmoved",
    "weighed",
    "weights_of",
]
