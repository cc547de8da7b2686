"""Signs of a diagnosis that practices may answer: findings, what control lacks, what a side does not give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from longwall.assessment import Support, VarianceGaps
from longwall.worksystem import Finding, Footing, Variance, WorkSystem

__all__ = ["KINDS", "TRAITS", "Sign", "roles_at", "signs_of"]

_FINDINGS = (
    "alert_fatigue", "atrophy", "automation_mismatch", "bounce", "complacency", "complaint", "conflicting_measures",
    "constraint", "crossing", "far_control", "governance", "high_load", "late", "machine_only", "measure_conflict",
    "misroute", "not_observed", "one_person", "overload", "reinforcing_loop", "rework", "role_ambiguity",
    "single_point", "tiring", "uncontrolled", "unlinked", "waiting",
)  # fmt: skip
_GAPS = ("authority", "feedback", "information", "skill", "time", "tools")
_SUPPORT = ("authority", "fallback", "incentive", "information", "practice", "skill", "transparency")

KINDS: tuple[str, ...] = (
    *_FINDINGS, *(f"gap:{aspect}" for aspect in _GAPS), *(f"support:{what}" for what in _SUPPORT),
)  # fmt: skip
"""Signs that an assessment gives."""

TRAITS: Mapping[str, str] = {
    "crosses-teams": "the places concerned belong to more than one team",
    "by-hand": "a person makes it",
    "by-machine": "a machine makes it",
    "controlled": "somebody is to control it",
    "nobody": "nobody is to control it",
    "lacks-authority": "who could control it may not",
    "lacks-information": "who could control it does not hear of it",
}
"""What a match may ask of a sign."""

_MACHINE_ACTS = 5
"""From this level on a machine acts."""
_WEAKEST: tuple[Footing, ...] = ("counted", "fitted", "assumed")


@dataclass(frozen=True)
class Sign:
    """One thing that a diagnosis shows.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    says : str
        With its numbers, as the begin of a sentence.
    finding : str
        Id of the finding; empty for what control lacks and for support.
    where : tuple of str
        Functions, roles, teams, components, variances concerned.
    roles : tuple of str
        Roles whose work it is.
    traits : frozenset of str
        Of `TRAITS`.
    """

    kind: str
    says: str
    footing: Footing
    finding: str = ""
    where: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()


def signs_of(
    system: WorkSystem,
    findings: Iterable[Finding],
    *,
    gaps: Iterable[VarianceGaps] = (),
    support: Iterable[Support] = (),
) -> tuple[Sign, ...]:
    """Return the signs of a diagnosis: findings in their order, then what control lacks, then support.

    Parameters
    ----------
    findings : iterable of Finding
        In the order in which they are read, most harmful first.
    gaps : iterable of VarianceGaps
        Of these, what surely falls short most with the roles that are to control a variance of the work today.
    support : iterable of Support
        Of these, the bottlenecks; those of one kind are one sign.

    Returns
    -------
    tuple of Sign
        What the evidence cannot show (``not_observed``) is no sign.
    """
    found = [_of_finding(system, one) for one in findings if one.kind in _FINDINGS and one.kind != "not_observed"]
    found += _of_gaps(system, gaps)
    found += _of_support(system, support)
    return tuple(found)


def roles_at(system: WorkSystem, where: Sequence[str]) -> tuple[str, ...]:
    """Return the roles of some places, in the order of the system: those named, of teams, else those of functions.

    Of a variance they are the roles of the function in which it arises and of the one in which it is controlled.
    """
    named = {role.id for role in system.social.roles if role.id in where or role.team in where}
    functions = {name for name in where if name in system.functions}
    for variance in system.variances:
        if variance.id in where and not functions:
            functions |= {variance.origin, *((variance.control.function,) if variance.control else ())}
    if not named:
        named = {
            role
            for f in system.work.functions
            if f.id in functions or (f.allocation.component or "") in where
            for role in f.roles
        }
    return tuple(role.id for role in system.social.roles if role.id in named)


def _of_finding(system: WorkSystem, finding: Finding) -> Sign:
    roles = roles_at(system, finding.where)
    traits: set[str] = set()
    asked = {suggestion.kind for suggestion in finding.suggests}
    traits |= {"lacks-authority"} if "give_authority" in asked else set()
    traits |= {"lacks-information"} if "inform" in asked else set()
    if finding.kind in ("far_control", "uncontrolled"):
        variance = next((one for one in system.variances if one.id in finding.where), None)
        if variance is not None:
            roles = _of_variance(system, variance) or roles
            traits |= _traits(system, variance)
    else:
        traits |= {"crosses-teams"} if _teams(system, roles) > 1 else set()
    return Sign(
        kind=finding.kind, says=finding.statement.strip().rstrip("."), footing=finding.footing, finding=finding.id,
        where=finding.where, roles=roles, traits=frozenset(traits),
    )  # fmt: skip


def _of_variance(system: WorkSystem, variance: Variance) -> tuple[str, ...]:
    """Roles where a variance arises, is seen first, is controlled."""
    control = variance.control.function if variance.control is not None else ""
    seen = variance.detections[0].function if variance.detections else ""
    places = {variance.origin, control, seen}
    component = variance.origin if variance.origin in system.components else ""
    found = {
        role
        for function in system.work.functions
        if function.id in places or (component and function.allocation.component == component)
        for role in function.roles
    }
    if variance.control is not None and variance.control.role:
        found.add(variance.control.role)
    return tuple(role.id for role in system.social.roles if role.id in found)


def _traits(system: WorkSystem, variance: Variance) -> set[str]:
    origin = system.functions.get(variance.origin)
    machine = variance.by_machine or origin is None or origin.allocation.level >= _MACHINE_ACTS or not origin.roles
    found = {"by-machine" if machine else "by-hand", "nobody" if variance.control is None else "controlled"}
    seen = [detection.function for detection in variance.detections]
    ends = (*seen, variance.control.function) if variance.control is not None else seen
    at_origin = _teams_at(system, variance.origin)
    # Who can do both ends is one team, also where others may do them as well.
    if at_origin and any(there and not there & at_origin for there in (_teams_at(system, end) for end in ends)):
        found.add("crosses-teams")
    return found


def _teams_at(system: WorkSystem, function: str) -> set[str]:
    """Teams whose roles may do a function; none where it is no function, or a machine does it alone."""
    known = system.functions.get(function)
    return {system.roles[role].team for role in known.roles if role in system.roles} if known is not None else set()


def _teams(system: WorkSystem, roles: Sequence[str]) -> int:
    return len({system.roles[role].team for role in roles if role in system.roles})


def _of_gaps(system: WorkSystem, gaps: Iterable[VarianceGaps]) -> list[Sign]:
    """What those who are to control a variance of the work lack most, for sure; one sign per aspect."""
    lacking: dict[str, dict[str, list[str]]] = {}
    counted: set[str] = set()
    for one in gaps:
        for candidate in one.today if one.direction == "technical" else ():
            if candidate.kind == "role" and candidate.bottleneck:
                lacking.setdefault(candidate.bottleneck, {}).setdefault(one.name, []).append(candidate.id)
                known = next(gap for gap in candidate.gaps if gap.aspect == candidate.bottleneck)
                counted |= {candidate.bottleneck} if known.have.source == "log" else set()
    found = []
    for aspect in (name for name in _GAPS if name in lacking):
        names, roles = list(lacking[aspect]), {role for group in lacking[aspect].values() for role in group}
        ordered = tuple(role.id for role in system.social.roles if role.id in roles)
        said = f"{_listed([f'{name!r}' for name in names])}: {aspect} is what {_called(system, ordered)} lacks most"
        footing: Footing = "counted" if aspect in counted else "assumed"
        found.append(Sign(f"gap:{aspect}", said, footing, where=ordered, roles=ordered))
    return found


def _of_support(system: WorkSystem, support: Iterable[Support]) -> list[Sign]:
    """What one side does not give the other; one sign for each thing that falls short."""
    short: dict[str, list[Support]] = {}
    for one in support:
        if one.bottleneck:
            short.setdefault(one.bottleneck, []).append(one)
    found = []
    for what in (name for name in _SUPPORT if name in short):
        functions = list(dict.fromkeys(one.function for one in short[what]))
        by = {one.by for one in short[what] if one.direction == "social"}
        roles = tuple(role.id for role in system.social.roles if role.id in by) or roles_at(system, functions)
        footings = {d.footing for one in short[what] for d in one.demands if d.what == what}
        steps = _listed([system.functions[name].name or name for name in functions], most=3)
        said = f"{what.capitalize()} falls short most at {steps}"
        weakest = next(f for f in reversed(_WEAKEST) if f in footings)
        found.append(Sign(f"support:{what}", said, weakest, where=tuple(functions), roles=roles))
    return found


def _called(system: WorkSystem, roles: Sequence[str]) -> str:
    return _listed([system.roles[role].name or role for role in roles], most=3)


def _listed(words: Sequence[str], most: int = 3) -> str:
    """Words in a sentence; beyond `most` they are counted."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
