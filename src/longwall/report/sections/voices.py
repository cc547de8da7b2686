"""Who was heard and who not yet; what is believed beside what was counted; what was expected beside what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from longwall.report.markup import Content, Markup, Table, element, join, shortened, table_of
from longwall.report.material import Material
from longwall.report.numbers import amount_text
from longwall.report.sections.answers import answers_to
from longwall.report.sections.section import Section, bullets, lead
from longwall.report.words import counted, listed, sentence
from longwall.worksystem import Finding

if TYPE_CHECKING:
    from longwall.inquiry import Tested, Voices

__all__ = ["believed_about", "unheard_text", "voices_section"]

_MOST = 140


def unheard_text(material: Material) -> str:
    """Return who has not been heard yet, in a sentence; empty where everybody was, or nobody is known."""
    unheard = material.voices.unheard if material.voices is not None else ()
    if not unheard:
        return ""
    names = listed([shortened(one.name or one.id, 60) for one in unheard], most=6)
    return f"Not yet heard: {names}."


def believed_about(material: Material, ids: Sequence[str]) -> Markup | None:
    """Return the assumptions on which parts of the model rest, as they stand; None where there are none."""
    found = material.voices.touching(ids) if material.voices is not None else ()
    return join(*[element("div", f"{sentence(one.assumption.statement)} ({_state(one)})") for one in found]) or None


def voices_section(material: Material) -> Section:
    """Return the section on what people wrote beside the questions; there is one only where they did."""
    voices = material.voices
    assert voices is not None
    unheard = unheard_text(material)
    heard = len(voices.stakeholders) - len(voices.unheard)
    parts: list[Content] = [
        lead(
            f"{heard} of {counted(len(voices.stakeholders), 'stakeholder')} were heard. "
            if voices.stakeholders
            else "",
            element("strong", unheard) if unheard else None,
        )
    ]
    if voices.stakeholders:
        parts.append(_stakeholders(material, voices))
    if voices.assumptions:
        parts += [element("h3", "What is believed"), _assumptions(material, voices)]
    if voices.expected:
        parts += [element("h3", "Judgement beside what was found"), _expected(material, voices)]
    if voices.volume is not None:
        said, log = (amount_text(one) for one in voices.volume)
        parts.append(
            element("p", f"Asked for an ordinary week, people said {said} {material.items}; the log counts {log}.")
        )
    return Section("voices", "Who was heard, and what is believed", join(*parts))


def _stakeholders(material: Material, voices: Voices) -> Markup:
    """Those not yet heard first."""
    rows: list[tuple[Content, ...]] = [
        (
            one.name or one.id,
            one.interest or "not known",
            one.worldview or "not known",
            {"": "not known"}.get(one.power, one.power),
            one.heard or element("strong", "not yet"),
            listed([material.label(name) for name in one.roles]) or "–",
        )
        for one in sorted(voices.stakeholders, key=lambda one: bool(one.heard))
    ]
    heads = ("Who", "What they want of it", "How they see it", "Power", "Heard", "In the model")
    return table_of(Table("Who has a stake in the work", heads, rows))


def _assumptions(material: Material, voices: Voices) -> Markup:
    """Each assumption with what would break it."""
    rows: list[tuple[Content, ...]] = [
        (
            sentence(one.assumption.statement),
            one.assumption.why or "–",
            one.assumption.breaks or "–",
            listed([material.label(name) for name in one.assumption.touches], most=4) or "–",
            _state(one),
        )
        for one in voices.assumptions
    ]
    heads = ("Assumption", "Why it is believed", "What would break it", "What rests on it", "Evidence")
    return table_of(Table("Tested only where something was counted that can tell", heads, rows))


def _state(tested: Tested) -> str:
    """What the evidence says."""
    if tested.counted is None or tested.assumption.check is None:
        return tested.state
    check = tested.assumption.check
    ends = (("at least", check.at_least), ("at most", check.at_most))
    limits = [f"{word} {amount_text(limit)}" for word, limit in ends if limit is not None]
    return f"{tested.state}: {check.indicator} is {amount_text(tested.counted)}, {listed(limits)} was believed"


def _expected(material: Material, voices: Voices) -> Content:
    """Expectations with the findings that say the same, and findings that nobody expected."""
    known = {one.id: one for one in material.assessment.findings} if material.assessment is not None else {}
    said = material.responses
    rows: list[tuple[Content, ...]] = []
    for one in voices.expected:
        links = [
            element("div", element("a", _said(known[name]), href=f"#finding-{name}"), answers_to(known[name], said))
            for name in one.findings
            if name in known
        ]
        rows.append(
            (sentence(one.expectation.what), one.expectation.who or "–", join(*links) if links else "not found")
        )
    parts: list[Content] = [
        table_of(Table("What people expected before the assessment", ("Expected", "By", "Found"), rows))
    ]
    surprises: list[Content] = [
        join(_said(known[name]), " ", answers_to(known[name], said)) for name in voices.unexpected if name in known
    ]
    if surprises:
        parts += [element("p", "Found, and expected by nobody:"), bullets(surprises)]
    return parts


def _said(finding: Finding) -> str:
    """What a finding says, shortened."""
    return sentence(shortened(finding.statement, _MOST))
