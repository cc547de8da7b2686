"""What people concerned answer to findings: it stands beside a finding wherever that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from longwall.report.markup import Markup, element, join, shortened
from longwall.report.material import Material
from longwall.report.words import sentence
from longwall.worksystem import Finding, Response

__all__ = ["answers_beside", "answers_to", "disputes_under", "unfound_answers"]

_ANSWERS = {"agree": "agrees", "dispute": "disputes", "known": "knew it"}


def answers_beside(
    findings: Iterable[str], responses: Sequence[Response], *, only_disputes: bool = False
) -> Markup | None:
    """Return what people answer to any of some findings, or None where nobody did.

    Parameters
    ----------
    findings : iterable of Id
    only_disputes : bool
        Leave out who agrees or knew it.
    """
    wanted = set(findings)
    own = [one for one in responses if one.finding in wanted and (one.answer == "dispute" or not only_disputes)]
    return join(*[_line(one) for one in own]) if own else None


def answers_to(finding: Finding, responses: Sequence[Response]) -> Markup | None:
    """Return what people answer to one finding; says so where it read otherwise when they did."""
    own = [response for response in responses if response.finding == finding.id]
    return join(*[_line(one, finding.statement) for one in own]) if own else None


def disputes_under(material: Material, findings: Iterable[str]) -> Markup | None:
    """Return that something rests on disputed findings, each with its answers; None where it does not."""
    known = {one.id: one for one in material.assessment.findings} if material.assessment is not None else {}
    parts = []
    for name in dict.fromkeys(findings):
        answers = answers_beside((name,), material.responses, only_disputes=True)
        if answers is None:
            continue
        text = shortened(known[name].statement, 140) if name in known else name
        link = element("a", sentence(text), href=f"#finding-{name}") if name in known else sentence(text)
        parts.append(element("span", "Rests on a disputed finding: ", link, " ", answers, class_="disputed"))
    return join(*parts) if parts else None


def unfound_answers(material: Material) -> Markup | None:
    """Return the answers to findings that are not found any more; None where there are none."""
    if material.assessment is None:
        return None
    found = {one.id for one in material.assessment.findings}
    gone = [one for one in material.responses if one.finding not in found]
    if not gone:
        return None
    rows = [
        element("li", element("span", f"“{one.statement or one.finding}” ", class_="muted"), _line(one)) for one in gone
    ]
    return join(
        element("h3", "Answers to what is not found any more"),
        element("p", "These findings were answered and the last assessment does not find them; the answers are kept."),
        element("ul", rows),
    )


def _line(response: Response, now: str = "") -> Markup:
    """One answer in words."""
    who = sentence(response.who).rstrip(".") or "Somebody concerned"
    why = f": “{response.why}”" if response.why else ""
    then = response.statement
    changed = f" It read then: “{then}”" if now and then and then != now else ""
    return element("span", f"{who} {_ANSWERS[response.answer]}{why}.{changed}", class_="dispute")
