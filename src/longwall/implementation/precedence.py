"""What comes before what: requirements, what people say, and technical changes before what rests on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from longwall.errors import Fault, PlanError
from longwall.implementation.plans import Precedence
from longwall.worksystem import Intervention

__all__ = ["by_rule", "precedences"]

_ALTERS_VARIANCES = frozenset({"change_level", "alert_threshold"})
"""Levers that change which variances arise or are seen, whatever layer they are filed under."""

Pair = tuple[str, str]


def precedences(
    interventions: Sequence[Intervention], *, given: Sequence[Pair] | Mapping[Pair, str] = (),
    overrides: Mapping[Pair, str] | None = None, drills: Mapping[Pair, str] | None = None,
    beside: Collection[str] = (),
) -> tuple[Precedence, ...]:  # fmt: skip
    """Return all precedences of a set of interventions, the overridden ones marked.

    Technical changes that alter variance patterns come before social adjustments that rest on them: those that share a
    function, a variance or a role with them. A requirement or a person's word to the contrary wins over that rule.

    Parameters
    ----------
    given : sequence of (before, after), or mapping of them to reason
        What people decided.
    overrides : mapping of (before, after) to reason
        Precedences of the default rules that people set aside.
    drills : mapping of (drill, other) to reason, optional
        What drills beside the design have to begin before or with. Again, a requirement or a person's word to the
        contrary wins.
    beside : collection of id
        Interventions of which the default rule says nothing: drills beside the design.

    Raises
    ------
    PlanError
        LW-PL-002 where requirements and given precedences run in a circle, LW-PL-004 for an unknown id, LW-PL-007 for
        an override without a reason.
    """
    known = {change.id: change for change in interventions}
    overrides = overrides or {}
    _check(known, given, overrides)
    found = [
        Precedence(before=needed, after=change.id, rule="requires", reason=f"{change.id} requires {needed}")
        for change in interventions
        for needed in change.requires
        if needed in known
    ]
    reasons = given if isinstance(given, Mapping) else dict.fromkeys(given, "")
    found += [
        Precedence(before=a, after=b, rule="given", reason=f"decided by people: {why}" if why else "decided by people")
        for (a, b), why in reasons.items()
    ]
    hard = [(one.before, one.after) for one in found]
    circle = _circle(hard)
    if circle:
        raise PlanError(
            Fault("LW-PL-002", "precedences", "an order without a circle", " -> ".join(circle), "drop one of them")
        )
    drills = drills or {}
    for pair, reason in drills.items():
        if pair in overrides:
            found.append(
                Precedence(before=pair[0], after=pair[1], rule="drill first", reason=overrides[pair], overridden=True)
            )
        elif pair not in reasons and not _circle([*hard, pair]):
            found.append(Precedence(before=pair[0], after=pair[1], rule="drill first", reason=reason))
            hard.append(pair)
    for pair, shared in by_rule([change for change in interventions if change.id not in beside]).items():
        first, then = pair
        reason = f"{first} changes what goes wrong at {', '.join(sorted(shared))}, on which {then} rests"
        if pair in overrides:
            found.append(
                Precedence(before=first, after=then, rule="technical first", reason=overrides[pair], overridden=True)
            )
        elif pair not in reasons and not _circle([*hard, pair]):
            found.append(Precedence(before=first, after=then, rule="technical first", reason=reason))
    return tuple(found)


def by_rule(interventions: Sequence[Intervention]) -> dict[Pair, set[str]]:
    """Return the pairs that the default rule puts in order, technical first, with what both touch."""
    return {
        (first.id, then.id): shared
        for first in interventions
        for then in interventions
        if (shared := _rests_on(then, first))
    }


def _rests_on(then: Intervention, first: Intervention) -> set[str]:
    """Return what a social change shares with a technical one, on which it therefore rests; nothing for other pairs."""
    technical = first.kind == "technical" or first.lever in _ALTERS_VARIANCES
    if then is first or not technical or then.kind != "social" or then.lever in _ALTERS_VARIANCES:
        return set()
    return _touches(first) & _touches(then)


def _touches(change: Intervention) -> set[str]:
    """Return the functions, variances and components that a change edits, and the roles it concerns."""
    found = set(change.concerns)
    for patch in change.patches:
        for stem in ("work.functions.", "variances.", "technical.components."):
            if patch.path.startswith(stem):
                found.add(patch.path.removeprefix(stem).split(".")[0])
    return found


def _check(known: Mapping[str, Intervention], given: Iterable[Pair], overrides: Mapping[Pair, str]) -> None:
    """Refuse ids that are not there and overrides without a reason."""
    faults = [
        Fault("LW-PL-004", f"precedences.{before}.{after}", "ids of interventions of the design", name,
              f"use one of {', '.join(known)}")
        for before, after in (*given, *overrides)
        for name in (before, after)
        if name not in known
    ]  # fmt: skip
    faults += [
        Fault("LW-PL-007", f"overrides.{before}.{after}", "a reason in words", "none", "say why the rule is set aside")
        for (before, after), reason in overrides.items()
        if not reason.strip()
    ]
    if faults:
        raise PlanError(*faults)


def _circle(pairs: Sequence[Pair]) -> list[str]:
    """Return one circle as a path that ends where it begins, or nothing."""
    needs: dict[str, set[str]] = {}
    for before, after in pairs:
        needs.setdefault(after, set()).add(before)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
