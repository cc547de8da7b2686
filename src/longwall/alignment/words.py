"""What is said of the confirmed designs: what they stand for, why, and what to know beside the figures."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment.case import Case
from longwall.alignment.chances import Held
from longwall.alignment.exploring.archive import Archive
from longwall.alignment.judging.choose import Roles
from longwall.alignment.judging.confirm import Confirmed
from longwall.alignment.judging.holding import short_of
from longwall.worksystem import Design, Finding

__all__ = ["cautions", "described"]


def described(
    case: Case, archive: Archive, confirmed: Confirmed, chosen: Roles, names: Sequence[str],
    findings: Sequence[Finding],
) -> tuple[Design, ...]:  # fmt: skip
    """Return the designs with what they stand for and why."""
    stands = ("joint", "technical only", "social only")
    known = {finding.id: finding for finding in findings}
    found = []
    for row in range(1, len(confirmed.designs)):
        parts = [archive.space.interventions[name] for name in confirmed.designs[row]]
        answers = list(dict.fromkeys(answer for part in parts for answer in part.answers if answer in known))
        kept = [part for part in parts if part.people_removed > 0]
        said = f"answers {len(answers)} of {len(known)} findings" if known else ""
        if kept:
            sibling = archive.space.strengthened(confirmed.designs[row])
            name = names[confirmed.designs.index(sibling)] if sibling in confirmed.designs else "its sibling"
            said = "; ".join(filter(None, [said, f"gives people up: see {name} beside it, which keeps them"]))
        found.append(
            Design(
                id=names[row], name="; ".join(part.title for part in parts), base=case.system.id,
                base_hash=case.system.hash, interventions=confirmed.designs[row],
                role=", ".join(word for at, word in zip(chosen, stands, strict=True) if at == row), why=said,
            )
        )  # fmt: skip
    return tuple(found)


def cautions(
    case: Case, archive: Archive, chosen: Roles, still: Sequence[str], held_rows: Sequence[Sequence[Held]],
    near: tuple[str, int] | None,
) -> tuple[str, ...]:  # fmt: skip
    """Say what a reader must know beside the figures."""
    said = list(archive.ledger.cautions)
    for column, terms in (("technical", case.objectives.technical), ("social", case.objectives.social)):
        here = [term.indicator for term in terms if term.indicator not in archive.scales.missing]
        if set(here) <= set(still):
            said.append(f"no design moves the {column} side beyond noise: nothing is optimised there")
        elif left := [name for name in here if name in still]:
            said.append(f"no design moves {', '.join(left)} beyond noise")
    failing = [one.chance for row in held_rows[1:] for one in row if one.verdict != "holds"]
    for chance in dict.fromkeys(failing):
        count = failing.count(chance)
        said.append(f"{count} of {len(held_rows) - 1} designs are not shown to hold {chance}, and are not recommended")
    if near is not None:
        said.append(short_of(near[0], held_rows[near[1]], held_rows[0]))
    if archive.scales.missing:
        said.append(f"not simulated here, so not weighed: {', '.join(archive.scales.missing)}")
    if chosen[0] == 0:
        said.append(
            "nothing that may be recommended beats today beyond noise on one side without losing on the other: "
            "today is the result"
        )
    said.append(
        f"costs, lead times and the effects of interventions are assumed; draws use their ranges, 30% either way where "
        f"none is stated; running costs count over {case.objectives.horizon_weeks.value:g} weeks"
    )
    return tuple(said)
