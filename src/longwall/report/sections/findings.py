"""Findings: each with severity, footing, the evidence behind it, and what people answer."""

from __future__ import annotations

from longwall.report.markup import Content, Markup, element, join
from longwall.report.material import Material
from longwall.report.numbers import kind_of, mark, number
from longwall.report.sections.answers import answers_to, unfound_answers
from longwall.report.sections.decisions import left_to_people
from longwall.report.sections.section import Section, bullets, lead, more
from longwall.report.sections.voices import believed_about
from longwall.report.words import absent, counted, layer_mark, listed, sentence
from longwall.worksystem import MARGINAL, EvidenceRows, Finding

__all__ = ["NOT_MISALIGNED", "findings_section"]

NOT_MISALIGNED = "not_observed"
"""Kind of a finding that says what the log leaves open; it is shown, and not counted as wrong."""

_SHOWN = 12


def _rows(rows: EvidenceRows) -> Content:
    """How the evidence rows behind a finding are found again."""
    arguments = ", ".join(f"{key}={value}" for key, value in sorted(rows.arguments.items()))
    counts = [
        counted(number_of, noun) for number_of, noun in ((rows.cases, "case"), (rows.events, "event")) if number_of
    ]
    return join(element("code", f"{rows.query}({arguments})"), f": {', '.join(counts)}" if counts else None)


def _severity(finding: Finding) -> Markup:
    """How much it matters, and what that counts; a unit that the words repeat is not said twice."""
    severity = finding.severity
    kind = kind_of(severity.unit)
    if kind not in ("", "h", "share") and finding.severity_means.startswith(kind):
        severity = severity.model_copy(update={"unit": ""})
        return join(number(severity), f" {finding.severity_means}")
    return join(number(severity), f": {finding.severity_means}" if finding.severity_means else None)


def _finding(material: Material, finding: Finding) -> Markup:
    """One finding in full."""
    pairs: list[tuple[str, Content]] = [
        ("Severity", _severity(finding)),
        ("Footing", join(mark(finding.footing), f" {finding.footing}")),
        ("Layer", layer_mark(finding.layer)),
    ]
    if finding.where:
        pairs.append(("Where", listed([material.label(name) for name in finding.where], most=6)))
    if finding.principle:
        pairs.append(("Principle", finding.principle))
    if finding.evidence:
        pairs.append(("Evidence", join(*[element("div", _rows(rows)) for rows in finding.evidence])))
    if finding.suggests:
        ideas = [sentence(s.why) if s.why else s.kind.replace("_", " ") for s in finding.suggests]
        pairs.append(("Could help", "; ".join(dict.fromkeys(idea.rstrip(".") for idea in ideas))))
    if (taken := _in_design(material, finding)) is not None:
        pairs.append(("In the design", taken))
    if finding.marginal:
        pairs.append(("Mind", MARGINAL))
    if finding.cautions:
        pairs.append(("Cautions", bullets([sentence(caution) for caution in finding.cautions])))
    if (believed := believed_about(material, finding.where)) is not None:
        pairs.append(("Believed", believed))
    answers = answers_to(finding, material.responses)
    if answers is not None:
        pairs.append(("Answers", answers))
    return element(
        "article",
        element("h4", sentence(finding.statement)),
        element("dl", [join(element("dt", name), element("dd", value)) for name, value in pairs]),
        class_="finding",
        id=f"finding-{finding.id}",
    )


def _in_design(material: Material, finding: Finding) -> str | None:
    """What the recommended design does about a finding, or that it leaves it; None where there is no such design."""
    choice = material.choice
    if choice is None or choice.joint is None:
        return None
    steps = [step.title for step in choice.joint.interventions if finding.id in step.answers]
    return sentence(listed(steps, most=3)) if steps else left_to_people(choice, finding.id)


def findings_section(material: Material) -> Section:
    """Return the section on findings."""
    title = "Findings"
    if material.assessment is None:
        return Section("findings", title, absent("The findings", material.missing_of("assess")), made=False)
    findings: tuple[Finding, ...] = tuple(material.assessment.findings)
    if not findings:
        text = "Nothing was found to be misaligned. That is a result: what was looked for stands in the methods."
        return Section("findings", title, join(lead(text), unfound_answers(material)))
    wrong = [finding for finding in findings if finding.kind != NOT_MISALIGNED]
    kinds = list(dict.fromkeys(finding.kind.replace("_", " ") for finding in wrong))
    ids = {finding.id for finding in findings}
    disputed = {one.finding for one in material.responses if one.answer == "dispute" and one.finding in ids}
    rest = [_finding(material, finding) for finding in findings[_SHOWN:]]
    parts: list[Content] = [
        lead(
            f"{counted(len(wrong), 'misalignment')} of {counted(len(kinds), 'kind')}"
            + (f": {listed(kinds, most=6)}. " if kinds else ". ")
            + (f"{counted(len(disputed), 'finding')} disputed; the answer stands beside it." if disputed else "")
        ),
        element(
            "p",
            "A finding speaks of the work, never of a person. Anyone concerned can answer one: ",
            element("code", f"longwall respond {material.folder} FINDING --dispute --why '…'"),
            ".",
        ),
        [_finding(material, finding) for finding in findings[:_SHOWN]],
        more(f"{len(rest)} more findings", rest) if rest else None,
        unfound_answers(material),
    ]
    return Section("findings", title, join(parts))
