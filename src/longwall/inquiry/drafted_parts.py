"""The people and machines that answers draft: roles with head-counts, hours, authority; machines with outages."""

from __future__ import annotations

from typing import Any

from longwall.inquiry.known import Known
from longwall.inquiry.naming import answered_by, names_in
from longwall.worksystem import Component, Distribution, Parameter, Role, Shift

__all__ = ["components_of", "roles_of"]

_HOURS_OUT = 2.0
_HOURS_A_YEAR = 8766


def roles_of(known: Known) -> tuple[Role, ...]:
    """Roles with their people; who was named and not counted is one person with the hours of the template."""
    given: dict[str, list[Shift]] = {}
    said: dict[str, str] = {}
    for one in known.of("people"):
        given.setdefault(one.role.casefold(), []).append(Shift(people=one.people, hours=one.hours))
    if known.said("people"):
        said = {key: answered_by("people", "people and hours") for key in given}
    repairs = known.answers.repairs or ()
    found = []
    for name in known.role_names:
        key = name.casefold()
        base = known.role_bases.get(key)
        shifts = tuple(given.get(key, ())) or (base.shifts if base else ()) or (Shift(people=1),)
        mine = [one for one in repairs if key in (n.casefold() for n in names_in(one.who))]
        held = [(one, known.variance_ids[one.trouble.casefold()]) for one in mine
                 if one.trouble.casefold() in known.variance_ids]  # fmt: skip
        update: dict[str, Any] = {
            "team": known.template.social.teams[0].id,
            "shifts": shifts,
            "note": said.get(key, "" if base else "assumed: one person, ordinary hours; nobody said"),
            "skills": {},
        }
        if known.said("repairs"):
            update["authority"] = tuple(dict.fromkeys(v for one, v in held if one.may_decide))
            update["informed_of"] = tuple(dict.fromkeys(v for one, v in held if one.told))
        elif base is not None:
            update["authority"] = tuple(v for v in base.authority if v in known.variance_ids.values())
            update["informed_of"] = tuple(v for v in base.informed_of if v in known.variance_ids.values())
        start = base or Role(id=known.role_ids[key], name=name, team=known.template.social.teams[0].id)
        found.append(start.model_copy(update=update))
    return tuple(found)


def components_of(known: Known) -> tuple[Component, ...]:
    """Machines, with outages where they were answered."""
    found: dict[str, Component] = {}
    for one in known.machines.values():
        key = known.machine_ids[one.machine.casefold()]
        base = known.bases[one.machine.casefold()]
        part = found.get(key) or base or Component(
            id=key, name=one.machine, kind="automation",
            reliability=Parameter(value=0.97), coverage=Parameter(value=0.95), speed=Parameter(value=10.0),
        )  # fmt: skip
        update: dict[str, Any] = {"depends_on": ()}
        if one.outages_a_year and known.said("machines"):
            words = answered_by("machines", f"{one.outages_a_year:g} times a year")
            update["time_between_failures_h"] = Parameter(value=_HOURS_A_YEAR / one.outages_a_year, source=words)
            update["repair_h"] = Distribution(
                shape="lognormal", cv=1.0, mean_h=one.hours_out or _HOURS_OUT,
                source=words if one.hours_out else "",
            )  # fmt: skip
        elif one.outages_a_year == 0 and known.said("machines"):
            update |= {"time_between_failures_h": None, "repair_h": None}
        found[key] = part.model_copy(update=update)
    return tuple(found.values())
