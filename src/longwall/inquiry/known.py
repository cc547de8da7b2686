"""What is known of a place: what was answered, else what a template says, with an id for everything named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from longwall.inquiry.answers import Answers, Machine, Step
from longwall.inquiry.naming import ids_of_all, names_in
from longwall.worksystem import Function, WorkSystem

__all__ = ["Known", "Passed"]


@dataclass
class Passed:
    """One step as it stands in the model."""

    step: Step
    id: str
    base: Function | None


class Known:
    """Asks the answers first and the template after.

    Parameters
    ----------
    answers, suggested : Answers
        What people said, and what the template says in the same words.
    template : WorkSystem

    Attributes
    ----------
    steps : list of Passed
    function_ids, machine_ids, role_ids, variance_ids : dict
        Name in small letters to id in the model.
    machines : dict
        Name of a step to the machine that does it.
    bases, role_bases, variance_bases : dict
        Name to what the template has under it.
    role_names : list of str
        Every role that somebody named.
    """

    def __init__(self, answers: Answers, template: WorkSystem, suggested: Answers) -> None:
        self.answers, self.template, self.suggested = answers, template, suggested
        steps = self.of("steps")
        machines: Sequence[Machine] = self.of("machines")
        if answers.steps is not None and answers.machines is None:
            names = {step.step.casefold() for step in steps}
            machines = [one for one in machines if one.step.casefold() in names]
        bases = {key.casefold(): f for f in template.work.functions for key in (f.id, f.name)}
        taken = [base.id for step in steps if (base := bases.get(step.step.casefold())) is not None]
        ids = ids_of_all((s.step for s in steps if s.step.casefold() not in bases), taken)
        self.steps: list[Passed] = []
        for step in steps:
            base = bases.get(step.step.casefold())
            self.steps.append(Passed(step, base.id if base else ids[step.step.casefold()], base))
        self.function_ids = {passed.step.step.casefold(): passed.id for passed in self.steps}
        parts = {key.casefold(): c for c in template.technical.components for key in (c.id, c.name)}
        self.machines = {one.step.casefold(): one for one in machines if one.step.casefold() in self.function_ids}
        self.bases = {one.machine.casefold(): parts.get(one.machine.casefold()) for one in machines}
        own = [part.id for part in self.bases.values() if part is not None]
        fresh = ids_of_all(
            (one.machine for one in machines if self.bases[one.machine.casefold()] is None),
            [*self.function_ids.values(), *own],
        )
        self.machine_ids = {key: part.id if part else fresh[key] for key, part in self.bases.items()}
        self.role_bases = {key.casefold(): r for r in template.social.roles for key in (r.id, r.name)}
        self.role_names = self._role_names()
        new = ids_of_all((n for n in self.role_names if n.casefold() not in self.role_bases),
                      [r.id for n in self.role_names if (r := self.role_bases.get(n.casefold()))])  # fmt: skip
        self.role_ids = {
            name.casefold(): lent.id if (lent := self.role_bases.get(name.casefold())) else new[name.casefold()]
            for name in self.role_names
        }
        self.variance_bases = {key.casefold(): v for v in template.variances for key in (v.id, v.name)}
        whats = [one.what for one in self.troubles()]
        own_ids = {w.casefold(): v.id for w in whats if (v := self.variance_bases.get(w.casefold()))}
        self.variance_ids = {
            **ids_of_all((w for w in whats if w.casefold() not in own_ids), own_ids.values()),
            **own_ids,
        }

    def of(self, question: str) -> Any:
        """The answer to a question, else what the template says."""
        return self.answers.value(question) if self.said(question) else self.suggested.value(question) or ()

    def said(self, question: str) -> bool:
        """Tell whether a question was answered; that there are no steps, or no people, is no answer."""
        answer = self.answers.value(question)
        return bool(answer) if question in ("steps", "people") else answer is not None

    def _role_names(self) -> list[str]:
        """Every role that somebody named: those of question 2 first, then who does steps or puts right."""
        named: dict[str, str] = {}
        machines = self.bases.keys()
        groups: list[Iterable[str]] = [
            (one.role for one in self.of("people")) if self.said("people") or not self.said("steps") else (),
            (name for passed in self.steps for name in names_in(passed.step.who)),
            (name for one in (self.answers.repairs or ()) for name in names_in(one.who)),
        ]
        for group in groups:
            for name in group:
                if name.casefold() not in machines:
                    named.setdefault(name.casefold(), name)
        if not named:
            named = {one.role.casefold(): one.role for one in self.of("people")}
        return list(named.values())

    def troubles(self) -> Any:
        """Troubles that arise at a step that is there."""
        return [one for one in self.of("troubles") if one.step.casefold() in self.function_ids]
