"""Practices: what the findings call for and why, what it is expected to do, how to tell, what to avoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Table, element, join, table_of
from longwall.report.material import Material
from longwall.report.numbers import mark, number
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.words import absent, counted, listed, sentence, term
from longwall.worksystem import Estimate, Parameter

if TYPE_CHECKING:
    from longwall.alignment.practices import Advice, Bundle, Recommended

__all__ = ["practices_section"]

_NOT_GENERAL = " stands here because it is good in general."


def practices_section(material: Material) -> Section:
    """Return the section on practices."""
    title = "Practices"
    advice = material.advice
    if advice is None:
        return Section("practices", title, absent("The recommendation", material.missing_of("assess")), made=False)
    parts: list[Content] = [
        lead(_opening(advice), *((" No ", term("practice"), _NOT_GENERAL) if advice.recommended else ()))
    ]
    parts += [_practice(material, one) for one in advice.recommended]
    names = {one.practice: one.name for one in advice.recommended}
    parts += [
        _expected(material, advice),
        _bundle(material, advice.bundle) if advice.bundle is not None else None,
        _avoid(advice),
        more(
            "What answers too",
            bullets(
                [
                    f"Instead of “{names.get(one.instead, one.instead)}”: {sentence(one.sentence)}"
                    for one in advice.others
                ]
            ),
        )
        if advice.others
        else None,
        bullets([sentence(text) for text in advice.cautions]),
    ]
    return Section("practices", title, join(parts))


def _opening(advice: Advice) -> str:
    """Say how many practices the findings call for, and for what."""
    if not advice.recommended:
        return advice.statement
    kinds = listed([one.bundle for one in advice.recommended])
    them = "one practice" if len(advice.recommended) == 1 else f"{len(advice.recommended)} practices"
    return f"What was found calls for {them}, for {kinds}: {listed([one.name for one in advice.recommended])}."


def _practice(material: Material, one: Recommended) -> Content:
    """One practice: what people do, why, who takes part, how to tell."""
    reach = listed([material.label(role, "role") for role in one.roles], most=4)
    look = f"After {one.look.after_weeks:g} weeks: {one.look.says}."
    groups: list[tuple[str, Content]] = [
        ("Why", join(sentence(one.sentence), " ", mark(one.footing), _links(one))),
        ("What people do", sentence(one.does)),
        ("Whom it reaches", f"{reach} ({counted(one.people, 'person', 'people')})"),
        ("Who takes part", sentence(one.takes_part)),
        ("How to tell", look + (f" Ask: “{one.question}”" if one.question else "")),
        ("Mind", bullets([sentence(text) for text in one.cautions])),
    ]
    return [
        element("h3", f"{one.name} (for {one.bundle})"),
        element("dl", [join(element("dt", name), element("dd", value)) for name, value in groups if value]),
    ]


def _links(one: Recommended) -> Content:
    """Links to the findings that it answers."""
    names = list(dict.fromkeys(reason.finding for reason in one.reasons if reason.finding and reason.first))
    links: list[Content] = [" Answers "] if names else []
    for at, name in enumerate(names):
        links += [", " if at else None, element("a", name, href=f"#finding-{name}")]
    return [*links, "."] if names else None


def _expected(material: Material, advice: Advice) -> Content:
    """Effect, time and cost beside each other."""
    if not advice.recommended:
        return None
    currency = material.system.currency if material.system is not None else ""
    rows: list[tuple[Content, ...]] = [
        (
            one.name,
            number(_estimate(one.effect)),
            listed([f"{name} {share:.0%}" for name, share in one.through.items()]),
            f"{one.lead_time_weeks.value:g} + {one.weeks_to_effect.value:g}",
            number(_estimate(one.cost)),
            number(_estimate(one.cost_per_week)),
        )
        for one in advice.recommended
    ]
    heads = ("Practice", "Effect, SD#", "Through", "Weeks to begin + to take effect#", f"Once, {currency}#",
             f"Per week, {currency}#")  # fmt: skip
    return table_of(
        Table("What is expected of each at the intensity of the catalogue; all of it is assumed", heads, rows)
    )


def _estimate(amount: Parameter) -> Estimate:
    low, high = (amount.value if end is None else end for end in (amount.low, amount.high))
    return Estimate(value=amount.value, low=low, high=high, footing=amount.footing)


def _bundle(material: Material, bundle: Bundle) -> Content:
    """What the practices do together, and what is missing of a whole bundle."""
    said: list[Content] = [
        "Together they are expected to do ",
        number(bundle.parts),
        " of performance",
    ]
    if bundle.whole and bundle.synergy is not None:
        reach = listed([material.label(role, "role") for role in bundle.roles], most=4)
        said += [f", for {reach}, whom all of them reach. Synergy, the bundle less its parts: ", number(bundle.synergy),
                 "; zero is allowed, and so is less."]  # fmt: skip
    elif bundle.missing:
        said += [f". It is no whole bundle: nothing in it is for {listed(list(bundle.missing))}."]
    else:
        said += [". It is no whole bundle: there is nobody whom all of them reach."]
    return element("p", said)


def _avoid(advice: Advice) -> Content:
    """What not to do here."""
    if not advice.avoid:
        return None
    items = [join(element("b", one.name), ": ", sentence(one.why)) for one in advice.avoid]
    return [element("h3", "What to avoid here"), bullets(items)]
