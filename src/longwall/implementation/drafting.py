"""A draft of the terms file: every key with what it means, and examples from this study to take the `#` away from."""

from __future__ import annotations

from collections.abc import Sequence

from longwall.alignment import Alignment
from longwall.implementation.precedence import by_rule
from longwall.worksystem import WorkSystem

__all__ = ["draft_terms"]

_SHARE_FOR_CHANGE = 0.1
"""Share of people's time in the examples; nobody measured it, and it stands in a comment."""


def draft_terms(alignment: Alignment, system: WorkSystem, *, budget: float | None = None, begins: str = "") -> str:
    """Return the text of ``terms.yaml``; as it stands it changes nothing.

    Parameters
    ----------
    budget : float, optional
        Of ``study.yaml``, shown in the example.
    begins : str
        ISO date on which week 0 would begin.
    """
    chosen = alignment.chosen(alignment.recommended)
    ids = [change.id for change in chosen] or [change.id for change in alignment.interventions[:2]]
    cost = sum(change.cost.value for change in chosen if change.cost is not None)
    money = budget if budget is not None else cost
    concerned = list(dict.fromkeys(role for change in chosen for role in change.concerns)) or [
        role.id for role in system.social.roles[:1]
    ]
    ruled = list(by_rule(chosen))
    designs = ", ".join(["today", *(design.id for design in alignment.designs)])
    blocks = [
        _block("The terms of the plan. Change what you like; `longwall plan STUDY` uses it. Weeks count from 0."),
        _block(f"Which design is carried out: {designs}. Empty: the recommended one, {alignment.recommended}.",
               'design: ""'),
        _block(f"The Monday on which week 0 begins. Empty: {begins or 'nobody knows yet'}.", 'begins: ""'),
        _block(f"Money for what is paid once, as it is released. Empty: that of study.yaml, or no limit. {_cost(cost)}",
               "budget: []", [f"- {{week: 0, amount: {money / 2:.0f}}}", f"- {{week: 8, amount: {money / 2:.0f}}}"]),
        _block("Most person-weeks a week that a role spends on change; work is stretched to keep to it.",
               "people_load: {}", [_load(system, role) for role in concerned]),
        _block("Most increments that one role works on at the same time; 0: no limit.", "changes_at_once: 2"),
        _block("Weeks, the last included, in which nothing is piloted, introduced or expanded; observing goes on.",
               "freezes: []", ["- {first_week: 6, last_week: 8, why: end of the year}"]),
        _block("What comes before what because you say so.", "before: []", _pairs(ids[1::-1], "why it comes first")),
        _block("Technical changes come before what rests on them. Set that aside where you must, with the reason. "
               + ("The rule asks for: " + ", ".join(f"{one} before {two}" for one, two in ruled) + "." if ruled else
                  "The rule asks for nothing in this design."),
               "overrides: []", _pairs(ruled[0], "why it can wait") if ruled else []),
        _block("Week by which all must be done; leave it out for no limit.", "", ["finish_by: 40"]),
        _block(f"Who answers for an increment: a role, never a person. {_roles(system)}", "owners: {}",
               [f"{name}: {concerned[0]}" for name in ids[:1] if concerned]),
    ]  # fmt: skip
    return "\n".join(blocks)


def _block(comment: str, line: str = "", examples: Sequence[str] = ()) -> str:
    """Comments of at most 100 signs a line, the key, and what could stand below it."""
    words, lines = comment.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 100:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}"
    found = [f"#{text}" for text in lines]
    if line:
        found.append(line)
    key = line.partition(":")[0]
    if examples and line:
        found += [f"#{key}:", *(f"#  {example}" for example in examples)]
    elif examples:
        found += [f"#{example}" for example in examples]
    return "\n".join(found) + "\n"


def _cost(cost: float) -> str:
    return f"The recommended design costs {cost:,.0f} in all, as assumed." if cost > 0 else ""


def _load(system: WorkSystem, role: str) -> str:
    """An example for one role: a tenth of its people."""
    people = next((one.head_count for one in system.social.roles if one.id == role), 0)
    return f"{role}: {max(0.1, _SHARE_FOR_CHANGE * people):.1f}  # a tenth of {people:g} people"


def _pairs(pair: Sequence[str], why: str) -> list[str]:
    return [f"- {{first: {pair[0]}, then: {pair[1]}, why: {why}}}"] if len(pair) == 2 else []


def _roles(system: WorkSystem) -> str:
    return "Roles: " + ", ".join(role.id for role in system.social.roles) + "."
