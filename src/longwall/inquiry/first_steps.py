"""Three first steps: what, why, who decides, what it takes as far as known, when to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from longwall.inquiry.answers import Answers
from longwall.inquiry.risks import Risk
from longwall.inquiry.suggesting import visits
from longwall.units import duration_text
from longwall.worksystem import Finding, Id, Piece, Variance, WorkSystem

__all__ = ["FirstStep", "first_steps"]

_MINUTE_H = 1 / 60
_LEADS = ("owner", "lead", "manager", "head", "boss", "chief", "coordinator", "supervisor", "director")


class FirstStep(Piece):
    """One small step.

    Parameters
    ----------
    kind : str
        Key of ``data/first_steps.yaml``.
    who_decides : str
        A role; empty where the answers name none.
    effort : str
        What it takes, in words; says so where that is not known.
    minds : tuple of str
        What must not change and speaks of the same step.
    findings : tuple of Id
        What it answers.
    disputes : tuple of str
        Answers that dispute one of these, in words.
    """

    kind: str
    do: str
    why: str
    who_decides: str
    effort: str
    look: str
    risk: str
    minds: tuple[str, ...] = ()
    findings: tuple[Id, ...] = ()
    disputes: tuple[str, ...] = ()


def first_steps(
    risks: Sequence[Risk],
    findings: Sequence[Finding],
    system: WorkSystem,
    answers: Answers | None,
    *,
    item: str = "item",
    disputed: frozenset[str] = frozenset(),
    most: int = 3,
) -> tuple[FirstStep, ...]:
    """Return first steps, each for another risk and of another kind where there are such.

    Parameters
    ----------
    risks : sequence of Risk
        The most harmful first.
    disputed : frozenset of Id
        Findings that somebody disputes; a risk that rests on nothing else comes after the others.

    Returns
    -------
    tuple of FirstStep
        At most `most`; fewer where the answers do not carry more.
    """
    known = {finding.id: finding for finding in findings}
    ordered = sorted(risks, key=lambda risk: set(risk.findings) <= disputed)
    options = [list(_options(risk, known, system, answers, item)) for risk in ordered]
    chosen: list[FirstStep] = []
    for fresh in (True, False):
        for own in options:
            taken = {step.kind for step in chosen}
            if len(chosen) == most or any(step in chosen for step in own):
                continue
            step = next((one for one in own if not fresh or one.kind not in taken), None)
            if step is not None and step.do not in {one.do for one in chosen}:
                chosen.append(step)
    return tuple(chosen)


def _options(
    risk: Risk, known: Mapping[str, Finding], system: WorkSystem, answers: Answers | None, item: str
) -> Iterator[FirstStep]:
    """Steps that would answer a risk, the likeliest first."""
    rows = [known[name] for name in risk.findings if name in known]
    if not rows:
        return
    kind, where = rows[0].kind, rows[0].where
    variance = next((v for v in system.variances if v.id in risk.where), None)
    function = next((system.functions[name] for name in where if name in system.functions), None)
    role = next((system.roles[name].name or name for name in where if name in system.roles), "")
    if risk.group == "variance" and variance is not None:
        yield from _for_variance(risk, variance, system, answers, item)
    elif kind == "complaint":
        yield _step("tally", risk, system, answers, {"trouble": risk_words(rows[0], answers)})
    elif kind in ("automation_mismatch", "atrophy", "one_person") and function is not None:
        part = system.components.get(function.allocation.component or "")
        hand = function.allocation.takeover_h or function.work_h
        words = {
            "step": function.name or function.id,
            "machine": (part.name or part.id) if part else "the machine",
            "minutes": duration_text(hand.mean_h),
        }
        step = {"automation_mismatch": "name_by_hand", "atrophy": "drill", "one_person": "second_person"}[kind]
        yield _step(step, risk, system, answers, words)
    elif kind in ("overload", "high_load") and role:
        always = "of the hours rostered" in rows[0].statement
        yield _step("lighten" if always or kind == "high_load" else "move_hours", risk, system, answers, {"role": role})
    elif kind == "measure_conflict":
        measure = risk_words(rows[0], answers)
        about = next((one.against for one in (answers.measured or ()) if one.what == measure), "") if answers else ""
        yield _step("change_measure", risk, system, answers, {"measure": measure, "trouble": about or "what suffers"})
    elif kind == "tiring":
        about = f"“{function.name or function.id}”" if function else f"“{variance.name}”" if variance else "the work"
        yield _step("ask_those", risk, system, answers, {"about": about})


def _for_variance(
    risk: Risk, variance: Variance, system: WorkSystem, answers: Answers | None, item: str
) -> Iterator[FirstStep]:
    """Authority first, then information, then a check where it arises, then a count."""
    control = variance.control
    role = system.roles.get(control.role or "") if control is not None else None
    origin = system.functions.get(variance.origin)
    per_week = sum(demand.per_week.value for demand in system.work.demand)
    words = {
        "trouble": variance.name or variance.id,
        "who": (role.name or role.id) if role else "",
        "item": item,
        "origin": (origin.name or origin.id) if origin else variance.origin,
        "noticed": "by nobody" if variance.note.endswith("nobody") else "only by the customer",
    }
    if variance.detections:
        seen = system.functions[variance.detections[0].function]
        words["noticed"] = f"at “{seen.name or seen.id}”"
    if control is None:
        yield _step("name_somebody", risk, system, answers, words)
    elif role is not None and control.needs_authority and variance.id not in role.authority:
        yield _step("give_authority", risk, system, answers, words)
    elif role is not None and control.needs_information and variance.id not in role.informed_of:
        yield _step("inform", risk, system, answers, words)
    late = not variance.detections or variance.detections[0].function != variance.origin
    if origin is not None and late and per_week:
        hours = per_week * visits(system).get(origin.id, 0.0) * _MINUTE_H
        yield _step("check_at_source", risk, system, answers, {**words, "hours": duration_text(hours)})
    yield _step("tally", risk, system, answers, words)


def risk_words(finding: Finding, answers: Answers | None) -> str:
    """Return what the answer behind a finding says, as it was written."""
    if answers is None:
        return finding.statement
    said = [one.what for one in answers.measured or ()] + [one.what for one in answers.complaints or ()]
    return next((words for words in said if words in finding.statement), finding.statement)


def _step(kind: str, risk: Risk, system: WorkSystem, answers: Answers | None, words: Mapping[str, str]) -> FirstStep:
    """One step with its words filled in."""
    plain = _catalogue()[kind]
    filled = {key: _filled(text, words) for key, text in plain.items()}
    functions = {name for name in risk.where if name in system.functions}
    minds = tuple(one.why for one in system.environment.constraints if functions & set(one.functions))
    return FirstStep(
        kind=kind, do=filled["do"], why=filled["why"][:1].upper() + filled["why"][1:], effort=filled["effort"],
        look=filled["look"], who_decides=_decides(system), risk=risk.title, minds=minds, findings=risk.findings,
    )  # fmt: skip


def _decides(system: WorkSystem) -> str:
    """The role that leads, as its name says; empty where none does."""
    for word in _LEADS:
        for role in system.social.roles:
            if word in (role.name or role.id).casefold():
                return role.name or role.id
    return ""


def _filled(text: str, words: Mapping[str, str]) -> str:
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    """Read the file of the package once."""
    text = files("longwall.inquiry").joinpath("data", "first_steps.yaml").read_text(encoding="utf-8")
    return {kind: dict(entry) for kind, entry in YAML(typ="safe").load(text).items()}
