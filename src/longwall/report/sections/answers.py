"""What people concerned answer to findings: it stands beside a finding wherever that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from longwall.report.markup import Markup, element, join
from longwall.report.words import sentence
from longwall.worksystem import Finding, Response

__all__ = ["answers_beside", "answers_to"]

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


def _line(response: Response, now: str = "") -> Markup:
    """One answer in words."""
    who = sentence(response.who).rstrip(".") or "Somebody concerned"
    why = f": “{response.why}”" if response.why else ""
    then = response.statement
    changed = f" It read then: “{then}”" if now and then and then != now else ""
    return element("span", f"{who} {_ANSWERS[response.answer]}{why}.{changed}", class_="dispute")
