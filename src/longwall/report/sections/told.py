"""What people said: the map, the risks in plain words, three first steps, and every answer behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text, mark
from longwall.report.sections.answers import answers_beside
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.words import counted, listed, sentence

if TYPE_CHECKING:
    from longwall.inquiry import FirstStep, Risk, Summary

__all__ = ["risks_on_page_one", "steps_on_page_one", "told_section"]

_SHOWN = 3


def told_section(material: Material) -> Section:
    """Return the section on what people said; there is one only where somebody was asked."""
    told = material.told
    assert told is not None
    answered = len(told.answered) - len(told.open)
    parts: list[Content] = [
        lead(
            f"{answered} of 12 questions were answered. What follows rests on these answers and on what a template "
            "lends; ",
            "nothing of it was counted." if material.seen is None else "what was counted stands in the other sections.",
        ),
        element("h3", "The map"),
        _map(told),
        element("h3", "Risks"),
        element("ol", [_risk(material, one) for one in told.risks]) if told.risks else element("p", "None was found."),
        element("h3", "First steps"),
        _steps(material, told),
        more(f"The answers ({answered})", _answers(told)),
    ]
    if told.open:
        numbers = listed([str(number) for number in told.open])
        parts.append(
            element(
                "p", f"Left open: {numbers}. ", element("code", f"longwall ask {material.folder}"), " goes on there."
            )
        )
    if told.doubts:
        parts.append(bullets([sentence(text) for text in told.doubts]))
    return Section("told", "What people said", join(parts))


def risks_on_page_one(material: Material) -> Markup:
    """Return up to three risks as people answered them, for a study in which nothing was counted."""
    assert material.told is not None
    items = [_risk(material, one) for one in material.told.risks[:_SHOWN]]
    rest = len(material.told.risks) - len(items)
    return join(
        element("h2", "What can go wrong, as people answered"),
        element("ol", items, class_="wrong"),
        element("p", element("a", f"{counted(rest, 'more risk')} and the map", href="#told")) if rest > 0 else None,
    )


def steps_on_page_one(material: Material) -> list[tuple[str, Content]]:
    """Return the first steps as the pair of words that says what to do; nothing where nobody was asked."""
    told = material.told
    if told is None or not told.steps:
        return []
    listed_steps: list[Content] = []
    for step in told.steps:
        takes = element("span", f" Takes {step.effort}; look {step.look}.", class_="muted")
        disputes = answers_beside(step.findings, material.responses, only_disputes=True)
        rests = element("span", "Rests on a disputed finding: ", disputes, class_="disputed") if disputes else None
        listed_steps.append(element("li", sentence(step.do), takes, rests))
    words = [element("ol", listed_steps, class_="first-steps"), element("em", "Talk to those affected first"), "."]
    return [("First steps" if len(told.steps) > 1 else "First step", join(words))]


def _risk(material: Material, risk: Risk) -> Markup:
    """One risk with what people answer to the findings behind it."""
    return element(
        "li",
        element("b", sentence(risk.title)),
        " ",
        sentence(risk.text),
        " ",
        element("span", mark("assumed"), " answered", class_="foot"),
        answers_beside(risk.findings, material.responses),
    )


def _map(told: Summary) -> Markup:
    """The steps with who does them and what goes wrong there."""
    rows: list[tuple[Content, ...]] = [
        (
            f"{place}. {shortened(row.step, 60)}",
            listed(list(row.who)) or "nobody",
            join(row.work, "" if row.answered else " (assumed)"),
            amount_text(row.per_week),
            listed(list(row.troubles)) or "–",
        )
        for place, row in enumerate(told.map, 1)
    ]
    heads = ("Step", "Who (people)", "Work for one#", f"{told.items.capitalize()} a week#", "Goes wrong here")
    return table_of(Table("The steps in their order; machines stand first, people in brackets", heads, rows))


def _steps(material: Material, told: Summary) -> Content:
    """The first steps in full."""
    if not told.steps:
        return element(
            "p", "The answers carry none yet. Say what goes wrong (question 4) and who can put it right (5)."
        )
    steps = element("ol", [_step(material, step) for step in told.steps])
    fixed = f"Whatever is done, this must not change: {'; '.join(told.fixed)}." if told.fixed else None
    return [steps, element("p", fixed) if fixed else None]


def _step(material: Material, step: FirstStep) -> Markup:
    """One step: why, who decides, what it takes, when to look."""
    decides = step.who_decides or "whoever leads the place"
    pairs: list[tuple[str, Content]] = [
        ("Why", step.why),
        ("Answers", step.risk),
        ("Decides", f"{decides}, with those who do the work"),
        ("Takes", step.effort),
        ("Look", step.look),
    ]
    if step.minds:
        pairs.append(("Must not change", "; ".join(step.minds)))
    disputes = answers_beside(step.findings, material.responses, only_disputes=True)
    if disputes is not None:
        pairs.append(("Rests on a disputed finding", disputes))
    rows = [join(element("dt", name), element("dd", value)) for name, value in pairs]
    return element("li", element("b", sentence(step.do)), element("dl", rows, class_="pairs"))


def _answers(told: Summary) -> Content:
    """Every question with its answer."""
    rows: list[Content] = []
    for one in told.answered:
        if one.lines is None:
            text: Content = element("span", "not answered", class_="muted")
        else:
            text = bullets(one.lines) if one.lines else "there is none"
        rows.append(join(element("dt", f"{one.number}. {one.ask}"), element("dd", text)))
    return element("dl", rows)
