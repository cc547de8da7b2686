"""What is said of the networks of a work system: teams, roles and counts; never a person."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from longwall.worksystem import Piece

__all__ = ["Claim", "Elsewhere", "Group", "GroupPair", "Network", "Networks", "ThinStep"]


class Group(Piece):
    """A team or a role as a node of a network.

    Parameters
    ----------
    people : int
        Seen in the log; 0 for a team that exists on paper only.
    hands_on, takes_over : int
        Handovers to and from other groups.
    betweenness : float, optional
        Share of shortest ways between two other groups that lead over this one; none for a group of fewer than five.
    community : int
        Groups with the same number work as one.
    on : str
        Where the group exists: in the log, on paper, or both.
    """

    id: str
    name: str
    people: int = 0
    hands_on: int = 0
    takes_over: int = 0
    betweenness: float | None = None
    community: int = 0
    on: Literal["both", "log", "paper"] = "log"


class GroupPair(Piece):
    """What passes between two groups, and what stands on paper.

    Parameters
    ----------
    forth, back : int
        Handovers from `one` to `other`, and from `other` to `one`.
    joint_cases : int
        Cases on which both worked.
    in_log : bool
        Whether they hand over often enough to be called linked: 1% of all handovers between groups, five at least.
    on_paper : bool, optional
        Whether a link stands on paper; none where nothing is known of links on paper.
    needed : bool
        Whether the order of the functions, or what their components depend on, makes them depend on each other.
    met_share : float, optional
        Of the pairs of people, one of each group, whose functions depend on each other, the share who worked on the
        same case, to the next tenth. None where there is no such pair, or where a group has fewer than five people.
    """

    one: str
    other: str
    forth: int
    back: int
    joint_cases: int
    in_log: bool
    on_paper: bool | None = None
    needed: bool = False
    met_share: float | None = None

    @property
    def where(self) -> Literal["both", "log only", "paper only", "neither", "not known"]:
        """Formal beside actual, in words."""
        if self.on_paper is None:
            return "not known"
        if self.in_log:
            return "both" if self.on_paper else "log only"
        return "paper only" if self.on_paper else "neither"


class Network(Piece):
    """Groups and what passes between them.

    Parameters
    ----------
    reciprocity : float
        Share of handovers that is answered by one the other way.
    modularity : float
        How much more passes inside the communities than chance would put there.
    rounded : bool
        Whether handovers and cases are told with one figure: where a group is told by who did something, and not by
        what stands in the log, an exact count would tell two readers of two reports what one person did.
    """

    groups: tuple[Group, ...] = ()
    pairs: tuple[GroupPair, ...] = ()
    reciprocity: float = 0.0
    modularity: float = 0.0
    rounded: bool = False


class ThinStep(Piece):
    """A function that at most one of a group of five or more performed lately; said of the step, never who."""

    function: str
    did: int = Field(ge=0, le=1)
    of: int = Field(ge=5)
    teams: tuple[str, ...] = ()


class Elsewhere(Piece):
    """Members of a team who work as another team: at least so many, a multiple of five."""

    team: str
    other: str
    people: int = Field(ge=5)
    of: int = Field(ge=5)


class Claim(Piece):
    """What chance does not explain: people dealt out again within function, team and hour of the week.

    Parameters
    ----------
    kind : str
        ``carriers``: few people of a team carry what passes to another. ``fixed-pairs``: the same people hand over to
        each other. ``returns``: work comes back to who gave it. ``unmet``: fewer who depend on each other hand over.
    where : tuple of str
        Ids of the teams; of ``carriers`` and ``returns`` the first is the one that is spoken of.
    observed, expected : float
        As counted, and its mean under the null: people, pairs of people with one figure, or shares to the next tenth.
    unit : str
    of : int, optional
        People or pairs of people that `observed` is counted among; none for a share.
    p, adjusted : float
        One-sided p-value of the permutations, and after Benjamini and Hochberg over all tests; to three digits.
    """

    kind: Literal["carriers", "fixed-pairs", "returns", "unmet"]
    where: tuple[str, str]
    statement: str
    observed: float
    expected: float
    unit: Literal["people", "pairs of people", "share"]
    of: int | None = None
    p: float
    adjusted: float
    footing: Literal["counted"] = "counted"


class Networks(Piece):
    """The formal organisation beside the actual one.

    Parameters
    ----------
    roles : Network, optional
        None where roles are the teams, or where too few of them have five people.
    thin : tuple of ThinStep
        In the last `thin_days` days.
    tests : int
        How many things were tested together; what could not vary is not counted.
    congruence : float, optional
        Of all pairs of people whose functions depend on each other, the share who worked on the same case, to the next
        tenth; none where it could not be counted.
    events : int
        Events that took part in the permutations, with one figure.
    provenance : mapping of str to str
        From what each part was counted.
    """

    teams: Network
    roles: Network | None = None
    claims: tuple[Claim, ...] = ()
    thin: tuple[ThinStep, ...] = ()
    thin_days: int = 90
    elsewhere: tuple[Elsewhere, ...] = ()
    congruence: float | None = None
    tests: int = 0
    permutations: int = 0
    events: int = 0
    cautions: tuple[str, ...] = ()
    provenance: dict[str, str] = {}
