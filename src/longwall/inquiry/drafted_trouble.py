"""What goes wrong, what must stay and what is coming, as answers draft them: variances, constraints, forces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from longwall.inquiry.answers import Trouble
from longwall.inquiry.drafted_work import MINUTES
from longwall.inquiry.known import Known
from longwall.inquiry.naming import answered_by, ids_of_all, names_in
from longwall.worksystem import Constraint, Control, Detection, Distribution, Force, Parameter, Role, Severity, Variance

__all__ = ["constraints_of", "forces_of", "variances_of"]

_SEEN = 0.8
_REPAIRED = 0.9


def variances_of(known: Known) -> tuple[Variance, ...]:
    """What goes wrong, with where it is seen and who controls it."""
    said = known.said("troubles")
    share = {passed.step.step.casefold(): passed.step.of_100 for passed in known.steps}
    found = []
    for one in known.troubles():
        key = one.what.casefold()
        base = known.variance_bases.get(key)
        start = base or Variance(
            id=known.variance_ids[key], name=one.what, origin=known.function_ids[one.step.casefold()]
        )
        seen = known.function_ids.get(one.noticed.casefold())
        update: dict[str, Any] = {"severity": _severity(known, one), "induces": {}}
        if said or base is None:
            lent = base.detections[0].probability if base and base.detections else Parameter(value=_SEEN)
            update |= {
                "origin": known.function_ids[one.step.casefold()],
                "probability": Parameter(
                    value=min(1.0, one.of_100 / share[one.step.casefold()]),
                    source=answered_by("troubles", f"{one.of_100:g} of 100"),
                ),
                "detections": () if seen is None else (Detection(function=seen, probability=lent),),
                "note": "" if seen else f"noticed by: {one.noticed}",
            }
        else:
            kept = tuple(d for d in start.detections if d.function in known.function_ids.values())
            update["detections"] = kept
        if said or known.said("repairs") or base is None:
            update["control"] = _control(known, one)
        found.append(start.model_copy(update=update))
    return tuple(found)


def _severity(known: Known, trouble: Trouble) -> Severity:
    """One per occurrence, in each column that the answers name."""
    about = {trouble.what.casefold(), trouble.step.casefold()}
    tired = any(one.about.casefold() in about for one in (known.answers.tired or ()))
    rule = any(
        one.step.casefold() == trouble.step.casefold() and one.why != "house" for one in (known.answers.fixed or ())
    )
    return Severity(technical=1.0, social=float(tired), regulatory=float(rule))


def _control(known: Known, trouble: Trouble) -> Control | None:
    """Who puts it right, at the step where it arose."""
    repair = next((r for r in known.of("repairs") if r.trouble.casefold() == trouble.what.casefold()), None)
    if repair is None:
        return None
    role = next((known.role_ids[n.casefold()] for n in names_in(repair.who) if n.casefold() in known.role_ids), None)
    passed = next(p for p in known.steps if p.step.step.casefold() == trouble.step.casefold())
    minutes = passed.step.minutes or (passed.base.work_h.mean_h * 60 if passed.base else MINUTES)
    return Control(
        function=passed.id,
        role=role,
        how="repair",
        probability=Parameter(value=_REPAIRED),
        work_h=Distribution(shape="lognormal", mean_h=minutes / 60, cv=1.0),
        needs_authority=True,
        needs_information=True,
    )


def constraints_of(known: Known) -> tuple[Constraint, ...]:
    """What must not change; a rule about a step keeps who does it and how far a machine does."""
    kinds: dict[str, Any] = {"law": "regulatory", "contract": "contractual", "house": "organisational"}
    ids = ids_of_all(one.what for one in (known.answers.fixed or ()))
    found = {}
    for one in known.answers.fixed or ():
        at = known.function_ids.get(one.step.casefold())
        found[one.what.casefold()] = Constraint(
            id=ids[one.what.casefold()],
            source=answered_by("fixed", {"house": "house rule"}.get(one.why, one.why)),
            why=one.what,
            kind=kinds[one.why],
            functions=() if at is None else (at,),
            fixed=() if at is None else (f"work.functions.{at}.roles", f"work.functions.{at}.allocation.level"),
        )
    return tuple(found.values())


def forces_of(known: Known, roles: Iterable[Role]) -> tuple[Force, ...]:
    """What is coming, as far as it has a size."""
    if known.answers.coming is None:
        return known.template.environment.forces
    ids = ids_of_all(one.what for one in known.answers.coming)
    people = sum(shift.people for role in roles for shift in role.shifts)
    found = {}
    for one in known.answers.coming:
        if one.size is None or one.kind == "other":
            continue
        number = Parameter(value=_factor(one.kind, one.size, people), source=answered_by("coming", f"{one.size:g}"))
        what = "demand_factor" if one.kind.endswith("work") else "people_factor"
        kind: Any = "market" if one.kind.endswith("work") else "social"
        found[one.what.casefold()] = Force(id=ids[one.what.casefold()], name=one.what, kind=kind, **{what: number})
    return tuple(found.values())


def _factor(kind: str, size: float, people: int) -> float:
    """Percent of the work, or people of all people, as a factor."""
    if kind == "more_work":
        return 1 + size / 100
    if kind == "less_work":
        return max(0.0, 1 - size / 100)
    return max(0.0, 1 + (size if kind == "people_join" else -size) / max(people, 1))
