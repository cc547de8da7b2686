"""Risks: findings in plain words, those about one thing said together, different kinds first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from longwall.inquiry.suggesting import visits
from longwall.units import duration_text
from longwall.worksystem import Finding, Id, Piece, Variance, WorkSystem

__all__ = ["Risk", "about_text", "risks_of"]

OF_VARIANCES = ("far_control", "uncontrolled", "key_variance")
"""Kinds of findings that say something of one variance."""

_NOT_A_RISK = ("not_observed",)
_GROUPS = {
    **dict.fromkeys(OF_VARIANCES, "variance"), "complaint": "variance",
    **dict.fromkeys(("one_person", "atrophy", "automation_mismatch", "single_point"), "takeover"),
    **dict.fromkeys(("overload", "high_load"), "load"),
    **dict.fromkeys(("tiring", "measure_conflict"), "social"),
}  # fmt: skip
_ORDER = ("variance", "load", "takeover", "social")
"""Groups in the order in which they are told: what goes wrong, whether the hours hold it, what hangs on whom, who bears
it. Their severities have different units and are not compared."""


class Risk(Piece):
    """One thing that can go wrong, said so that nobody needs the method's words.

    Parameters
    ----------
    title : str
        A few words.
    text : str
        What is known of it, in plain sentences.
    group : str
        ``variance``, ``takeover``, ``load``, ``social`` or the kind of the finding.
    findings : tuple of Id
        What it rests on; answers to these stand beside it.
    where : tuple of Id
    answers : tuple of str
        What people answer to these findings, in words.
    """

    title: str
    text: str
    group: str
    findings: tuple[Id, ...]
    where: tuple[Id, ...] = ()
    answers: tuple[str, ...] = ()


def about_text(amount: float) -> str:
    """Return an amount as people say one: ``about 7``, ``about 1 in 3 weeks`` as ``less than 1``."""
    if amount < 0.5:
        return "less than 1"
    return f"about {amount:,.0f}"


def risks_of(findings: Sequence[Finding], system: WorkSystem, *, items: str = "items") -> tuple[Risk, ...]:
    """Return the risks behind findings: one kind after the other, each most harmful first.

    Parameters
    ----------
    findings : sequence of Finding
        In the order in which they are read.
    items : str
        What passes through the system, plural.
    """
    variances = {variance.id: variance for variance in system.variances}
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.kind in _NOT_A_RISK:
            continue
        about = next((name for name in finding.where if name in variances), "")
        joins = finding.kind in OF_VARIANCES or finding.kind == "complaint"
        grouped.setdefault(f"variance {about}" if joins and about else finding.id, []).append(finding)
    passes = visits(system)
    found = []
    for key, group in grouped.items():
        variance = variances.get(key.removeprefix("variance ")) if key.startswith("variance ") else None
        found.append(
            _of_variance(variance, group, system, passes, items) if variance else _of_finding(group[0], system)
        )
    return tuple(_mixed(found))


def _mixed(risks: Iterable[Risk]) -> list[Risk]:
    """The first of each group, then the second of each, and so on: no kind of trouble hides another."""
    groups: dict[str, list[Risk]] = {name: [] for name in _ORDER}
    for risk in risks:
        groups.setdefault(risk.group, []).append(risk)
    longest = max((len(group) for group in groups.values()), default=0)
    return [group[place] for place in range(longest) for group in groups.values() if place < len(group)]


def _of_variance(
    variance: Variance, group: list[Finding], system: WorkSystem, passes: dict[str, float], items: str
) -> Risk:
    """What goes wrong: how often, where it arises, where it is noticed, who can do what about it."""
    origin = system.functions.get(variance.origin)
    per_week = sum(demand.per_week.value for demand in system.work.demand)
    text = []
    if origin is not None and per_week and not variance.by_machine:
        often = per_week * passes.get(origin.id, 0.0) * variance.probability.value
        text.append(f"{about_text(often)} of {per_week:,.0f} {items} a week.".capitalize())
    text.append(_noticed(variance, system))
    control = variance.control
    role = system.roles.get(control.role or "") if control is not None else None
    if control is None:
        text.append("Nobody is named who can put it right.")
    elif role is not None:
        lacks = []
        if control.needs_information and variance.id not in role.informed_of:
            lacks.append("hears of it too late")
        if control.needs_authority and variance.id not in role.authority:
            lacks.append("may not decide it alone")
        name = role.name or role.id
        text.append(f"{name} can put it right" + (f" and {' and '.join(lacks)}." if lacks else "."))
    said = [one.statement for one in group if one.kind == "complaint"]
    where = tuple(dict.fromkeys(name for one in group for name in one.where))
    return Risk(
        title=variance.name or variance.id, text=" ".join([*text, *said]), group="variance",
        findings=tuple(one.id for one in group), where=where,
    )  # fmt: skip


def _noticed(variance: Variance, system: WorkSystem) -> str:
    """Where it arises and where it is noticed."""
    part = system.functions.get(variance.origin) or system.components.get(variance.origin)
    origin = (part.name or part.id) if part is not None else variance.origin
    if not variance.detections:
        end = "nobody notices it" if variance.note.endswith("nobody") else "only the customer notices it"
        return f"It arises at “{origin}” and {end}."
    seen = system.functions[variance.detections[0].function]
    if seen.id == variance.origin:
        return f"It arises at “{origin}” and is noticed there, when it is noticed."
    return f"It arises at “{origin}” and is noticed at “{seen.name or seen.id}”, when it is noticed."


def _of_finding(finding: Finding, system: WorkSystem) -> Risk:
    """A finding that is not about a variance; its statement, with a title."""
    names = [_name(one, system) for one in finding.where if _name(one, system)]
    place = f" “{names[0]}”" if names else ""
    first = system.functions.get(finding.where[0]) if finding.where else None
    machine = system.components.get(first.allocation.component or "") if first is not None else None
    called = (machine.name or machine.id) if machine is not None else "the machine"
    text = finding.statement
    if finding.kind == "automation_mismatch" and first is not None:
        text = f"{called.capitalize()} does it, and when {called} is out nobody may do it by hand."
    elif finding.kind == "atrophy" and first is not None:
        hand = first.allocation.takeover_h or first.work_h
        text = (
            f"{called.capitalize()} does nearly all of it. Those who must take over do it by hand too rarely to be "
            f"quick at it; by hand it takes {duration_text(hand.mean_h)} each."
        )
    titles = {
        "one_person": f"One person only can do{place}",
        "automation_mismatch": f"Nobody can step in at{place}",
        "atrophy": f"Nobody is in practice at{place}",
        "overload": f"More work than hours:{place}",
        "high_load": f"Hardly a free minute:{place}",
        "measure_conflict": f"What is counted pushes against{place or ' the work'}",
        "tiring": f"It wears people out{':' + place if place else ''}",
        "complaint": "Customers complain",
    }
    title = titles.get(finding.kind, finding.kind.replace("_", " ").capitalize() + (f":{place}" if place else ""))
    return Risk(title=title, text=text, group=_GROUPS.get(finding.kind, finding.kind), findings=(finding.id,),
                where=finding.where)  # fmt: skip


def _name(identity: str, system: WorkSystem) -> str:
    """What people call something of the model."""
    variances = {variance.id: variance for variance in system.variances}
    for group in (system.functions, system.roles, variances, system.components, system.teams):
        if identity in group:
            return str(getattr(group[identity], "name", "") or identity)
    return ""
