"""Which designs are worth trying next?

An archive of every design tried, what it teaches about the others, and rounds of proposals and racing. No figure that
people see comes from here.
"""

from longwall.alignment.exploring.explore import Archive, explore
from longwall.alignment.exploring.fronts import covering, first_rank, hypervolume
from longwall.alignment.exploring.surrogate import Form, Surrogate

__all__ = [
    "Archive",
    "Form",
    "Surrogate",
    "covering",
    "explore",
    "first_rank",
    "hypervolume",
]
