"""From answers to a complete work system: what was answered is taken, everything else is lent by a template.

Every number that a person answered says so in its source (``answered: question 3, ...``). It stays *assumed* as any
judgement is: nobody has counted it. What nobody answered keeps the template's source, or none.
"""

from __future__ import annotations

from longwall.inquiry.answers import Answers
from longwall.inquiry.drafted_parts import components_of, roles_of
from longwall.inquiry.drafted_trouble import constraints_of, forces_of, variances_of
from longwall.inquiry.drafted_work import work_of
from longwall.inquiry.known import Known
from longwall.inquiry.naming import id_of
from longwall.inquiry.suggesting import suggested, template_of
from longwall.worksystem import Environment, Social, Technical, WorkSystem, check_system, sound

__all__ = ["draft", "draft_of"]


def draft(answers: Answers, template: WorkSystem, lent: Answers) -> WorkSystem:
    """Return a complete, sound work system from answers, what is missing lent by a template.

    Parameters
    ----------
    answers : Answers
        Checked against each other (`longwall.inquiry.checking.faults_in`).
    template : WorkSystem
        Whose functions come one after the other, each for a share of the items.
    lent : Answers
        What the template says in the words of the questions.

    Raises
    ------
    WorkSystemError
        If the result were not sound; a mistake of ours.

    Notes
    -----
    Steps come in the order of the answer; a piece passes a step with the share that needs it, independently of the
    others. A trouble counts one per occurrence in the technical column, one in the social column where those who do
    the work are tired of it or of its step, one in the regulatory column where a law or a contract speaks of its step.
    """
    known = Known(answers, template, lent)
    roles = roles_of(known)
    system = WorkSystem(
        id=id_of(answers.name or template.id),
        name=answers.name or template.name,
        purpose=template.purpose,
        boundary=template.boundary,
        currency=template.currency,
        technical=Technical(components=components_of(known)),
        social=Social(teams=template.social.teams[:1], roles=roles),
        work=work_of(known),
        environment=Environment(constraints=constraints_of(known), forces=forces_of(known, roles)),
        variances=variances_of(known),
        indicators=template.indicators,
    )
    kept = tuple(
        one for one in template.assumptions if not check_system(system.model_copy(update={"assumptions": (one,)}))
    )
    return sound(system.model_copy(update={"assumptions": kept}))


def draft_of(answers: Answers) -> WorkSystem:
    """Return the work system that answers draft, what is missing lent by the template of their kind."""
    return draft(answers, template_of(answers.kind), suggested(answers.kind))
