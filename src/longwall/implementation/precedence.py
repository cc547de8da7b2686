"""What comes before what: requirements, what people say, and technical changes before what rests on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from longwall.errors import Fault, PlanError
from longwall.implementation.plans import Precedence
from longwall.worksystem import Intervention

__all__ = ["precedences"]

_ALTERS_VARIANCES = frozenset({"change_level", "alert_threshold"})
"""Levers that change which variances arise or are seen, whatever layer they are filed under."""

Pair = tuple[str, str]


def precedences(
    interventions: Sequence[Intervention], *, given: Sequence[Pair] = (), overrides: Mapping[Pair, str] | None = None
) -> tuple[Precedence, ...]:
    """Return all precedences of a set of interventions, the overridden ones marked.

    Technical changes that alter variance patterns come before social adjustments that rest on them: those that share a
    function, a variance or a role with them. A requirement or a person's word to the contrary wins over that rule.

    Parameters
    ----------
    given : sequence of (before, after)
        What people decided.
    overrides : mapping of (before, after) to reason
        Precedences of the default rule that people set aside.

    Raises
    ------
    PlanError
        LW-PL-002 where requirements and given precedences run in a circle, LW-PL-004 for an unknown id or an override
        without a reason.
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
    found += [Precedence(before=a, after=b, rule="given", reason="decided by people") for a, b in given]
    hard = [(one.before, one.after) for one in found]
    circle = _circle(hard)
    if circle:
        raise PlanError(
            Fault("LW-PL-002", "precedences", "an order without a circle", " -> ".join(circle), "drop one of them")
        )
    for first in interventions:
        for then in interventions:
            shared = _rests_on(then, first)
            if not shared:
                continue
            reason = f"{first.id} changes what goes wrong at {', '.join(sorted(shared))}, on which {then.id} rests"
            pair = (first.id, then.id)
            if pair in overrides:
                found.append(
                    Precedence(
                        before=first.id, after=then.id, rule="technical first", reason=overrides[pair], overridden=True
                    )
                )
            elif not _circle([*hard, pair]):
                found.append(Precedence(before=first.id, after=then.id, rule="technical first", reason=reason))
    return tuple(found)


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


def _check(known: Mapping[str, Intervention], given: Sequence[Pair], overrides: Mapping[Pair, str]) -> None:
    """Refuse ids that are not there and overrides without a reason."""
    faults = [
        Fault("LW-PL-004", f"precedences.{before}.{after}", "ids of interventions of the design", name,
              f"use one of {', '.join(known)}")
        for before, after in (*given, *overrides)
        for name in (before, after)
        if name not in known
    ]  # fmt: skip
    faults += [
        Fault("LW-PL-004", f"overrides.{before}.{after}", "a reason in words", "none", "say why the rule is set aside")
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
