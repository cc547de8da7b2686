"""What was not seen: the limits of the evidence, and three questions to ask people."""

from __future__ import annotations

from longwall.report.markup import Content, element, join
from longwall.report.material import Material
from longwall.report.sections.section import Section, bullets, lead
from longwall.report.sections.survey import survey_part
from longwall.report.words import sentence

__all__ = ["NEVER_SEEN", "questions", "unseen_section"]

NEVER_SEEN = ("telephone and hallway talk", "work outside the tool", "how people feel about the work")
"""What no event log shows."""


def questions(material: Material) -> tuple[str, str, str]:
    """Return three questions to ask the people who do the work, made concrete where the results allow it.

    They stand in for a social side that was not observed.
    """
    system = material.system
    machine = [f for f in system.work.functions if f.allocation.level >= 4] if system is not None else []
    if machine:
        step = material.label(machine[0].id)
        second = f"If “{step}” had to be done by hand tomorrow, who would feel ready, and what would help?"
    else:
        second = "Which step could nobody else take over if the usual people were away for two weeks?"
    first = "Which part of the work wears you out, and what would you change about it first?"
    third = "Where do you wait for a decision that you could take yourselves?"
    return first, second, third


def unseen_section(material: Material) -> Section:
    """Return the section on what was not seen."""
    gaps = material.seen.cannot_show if material.seen is not None else ()
    parts: list[Content] = [
        lead("A log shows what passed through a tool. It shows neither why, nor what happened beside it."),
        bullets([sentence(text) for text in NEVER_SEEN]),
    ]
    if gaps:
        asked = [f"{sentence(gap.text)} {sentence(gap.ask_for)}" for gap in gaps]
        parts += [element("h3", "What another export could show"), bullets(asked)]
    if material.survey is None:
        parts += [
            element("h3", "Engagement and the climate of work: not observed"),
            element("p", "No survey was read. Three questions to ask, in a group, before anything is decided:"),
            element("ol", [element("li", question) for question in questions(material)]),
        ]
    parts += [
        survey_part(material),
        element("h3", "People"),
        element(
            "p",
            "No individual is reported, compared or ranked. Skill, fatigue and trust are states of simulated members "
            "of roles; they are never inferred for a real person. Groups under five are merged upward or left out.",
        ),
    ]
    return Section("unseen", "What was not seen", join(parts))
