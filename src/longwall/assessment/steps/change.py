"""Steps 6 to 8: candidate reallocations, the environment, and the order in which findings' suggestions can be done."""

from __future__ import annotations

from longwall.assessment.statement import times_text
from longwall.assessment.steps.known import Draft, Known, grouped, weakest
from longwall.assessment.steps.ordering import Change, changes_of
from longwall.assessment.steps.redesign import Candidate, candidates_of
from longwall.assessment.steps.result import Artefact, Need, Standing
from longwall.worksystem import Constraint

__all__ = ["compliant_but_unsound", "environment_step", "redesign_step", "sequence_step"]


def redesign_step(known: Known) -> Draft:
    """Return step 6: candidate reallocations per function by control capacity."""
    draft, system, assessed = Draft(), known.system, known.assessed
    draft.needs.append(Need(what="variances with the function at which they arise", how="step 4",
                            there=bool(system and system.variances)))  # fmt: skip
    draft.needs.append(
        Need(what="findings, for what they suggest", there=bool(known.findings), how="`longwall assess`")
    )
    if system is None or assessed is None or not system.variances:
        draft.missing.append("without variances in the model no function can be given to whoever controls them best")
        return draft
    found = candidates_of(system, assessed.controls, known.findings, assessed.gaps)
    better = _better(found)
    draft.artefact = Artefact(
        value=f"{sum(one.kind != 'today' for one in found)} candidates for "
        f"{len({one.function for one in found})} functions; more control capacity than today at "
        f"{grouped(better) or 'none'}",
        columns=("function", "candidate", "capacity", "limited by", "needs", "answers", "refused by", "mind"),
        rows=tuple(
            (one.function, one.change, f"{one.capacity:.2f}" + (" at most" if one.unknown else ""), one.limited_by,
             grouped(one.needs), grouped(one.answers, 3), grouped(one.refused_by), one.mind)
            for one in found
        ),
        footing=weakest(["assumed"]),
    )  # fmt: skip
    refused = [one for one in found if one.refused_by]
    if refused:
        draft.judged.append(
            f"{len(refused)} candidates are refused by {grouped(c for o in refused for c in o.refused_by)}"
        )
    trained = [finding for finding in known.findings if finding.marginal]
    if trained:
        draft.missing.append("the only answer known is training, marginal and temporary: a change in the division of "
                             f"work is missing for {grouped(f.id for f in trained)}")  # fmt: skip
    unknown = [name for one in found if one.kind == "today" for name in one.unknown]
    if unknown:
        draft.missing.append(f"not stated, so capacities are the most there can be: {grouped(unknown)}")
    alone = [one.function for one in found if one.kind == "today"
             and not any(other.function == one.function and other.kind != "today" for other in found)]  # fmt: skip
    weak = [one.function for one in found if one.kind == "today" and one.capacity < 1 and one.function in alone]
    if weak:
        draft.missing.append(f"no other role or machine is known that could control more: {grouped(weak)}")
    return draft


def _better(found: tuple[Candidate, ...]) -> tuple[str, ...]:
    """Functions with a candidate that no constraint refuses and that controls more than today."""
    today = {one.function: one.capacity for one in found if one.kind == "today"}
    return tuple(
        dict.fromkeys(
            one.function
            for one in found
            if one.kind != "today" and not one.refused_by and one.capacity > today[one.function]
        )
    )


def environment_step(known: Known) -> Draft:
    """Return step 7: what a redesign must keep to, what may come, and where compliance is not soundness."""
    draft, system, assessed = Draft(), known.system, known.assessed
    draft.needs.append(Need(what="constraints", there=bool(system and system.environment.constraints),
                            how="`environment` in worksystem.yaml, or a catalogue"))  # fmt: skip
    draft.needs.append(Need(what="forces to test designs against", there=bool(system and system.environment.forces),
                            how="`environment.forces` in worksystem.yaml"))  # fmt: skip
    if system is None:
        draft.missing.append("nothing is known of constraints or forces")
        return draft
    standing = compliant_but_unsound(known)
    rows = [
        (state.id, state.kind, state.says, "; ".join(state.broken) or "kept", state.log_says,
         grouped(f for one in standing if state.id in one.constraints for f in one.findings))
        for state in (assessed.constraints if assessed is not None else ())
    ]  # fmt: skip
    rows += [(force.id, f"force, {force.kind}", force.name, "", "", "") for force in system.environment.forces]
    n = len(system.environment.constraints)
    broken = [state for state in (assessed.constraints if assessed is not None else ()) if state.broken]
    columns = ("constraint or force", "kind", "asks", "in the model", "in the log", "stands all the same")
    value = f"{n} constraints, {len(broken)} of them broken by the model; {len(system.environment.forces)} forces"
    draft.artefact = Artefact(value=value, columns=columns, rows=tuple(rows), footing="assumed" if rows else None)
    if not n:
        draft.missing.append("no constraint is named: nothing would be refused")
    if not system.environment.forces:
        draft.missing.append("no force is named: designs are tried in today's world only")
    if assessed is not None and assessed.conflicting:
        draft.missing.append(f"these constraints cannot be kept together: {grouped(assessed.conflicting)}")
    for state in assessed.constraints if assessed is not None else ():
        if state.in_log is not None:
            draft.found.append(f"{state.id}: {state.log_says}")
        if state.in_log is not None and state.items and not state.broken:
            draft.disagree.append(f"{state.id} is kept in the model, and in the log {state.items:,} of "
                                  f"{state.of_items:,} items broke it")  # fmt: skip
    draft.unsound += list(standing)
    return draft


def compliant_but_unsound(known: Known) -> tuple[Standing, ...]:
    """Return the functions at which every constraint holds, in model and log, and findings stand all the same."""
    if known.system is None or known.assessed is None:
        return ()
    broken = {state.id for state in known.assessed.constraints if state.broken or state.items}
    found = []
    for function in known.system.work.functions:
        about = [one for one in known.system.environment.constraints if function.id in _speaks_of(one)]
        findings = [one.id for one in known.about(function.id) if one.kind != "constraint"]
        if about and findings and not any(one.id in broken for one in about):
            found.append(Standing(function=function.id, constraints=tuple(one.id for one in about),
                                  findings=tuple(findings)))  # fmt: skip
    return tuple(found)


def _speaks_of(constraint: Constraint) -> tuple[str, ...]:
    """Functions that a constraint names."""
    return (*constraint.functions, *constraint.separates, *constraint.passes)


def sequence_step(known: Known) -> Draft:
    """Return step 8: findings' suggestions in the order in which they rest on each other."""
    draft = Draft()
    draft.needs.append(Need(what="findings with suggestions", there=any(f.suggests for f in known.findings),
                            how="`longwall assess STUDY`"))  # fmt: skip
    if known.system is None or not any(finding.suggests for finding in known.findings):
        draft.missing.append("no finding suggests a change")
        return draft
    changes, unfit = changes_of(known.system, known.findings, known.written.sequence.order)
    draft.artefact = Artefact(
        value=f"{times_text(len(changes), 'change', 'changes')} in "
        f"{times_text(len({one.stage for one in changes}), 'stage', 'stages')}",
        columns=("stage", "change", "layer", "touches", "answers", "after", "because"),
        rows=tuple(_row(one) for one in changes),
        footing=weakest(finding.footing for finding in known.findings),
    )
    draft.judged += [f"{one.first} before {one.then}" + (f": {one.why}" if one.why else "")
                     for one in known.written.sequence.order]  # fmt: skip
    draft.disagree += list(unfit)
    alone = [one for one in changes if one.marginal]
    if alone:
        draft.missing.append(f"training alone, marginal and temporary: {grouped(one.id for one in alone)}")
    return draft


def _row(change: Change) -> tuple[str, ...]:
    """One change in the table."""
    return (
        str(change.stage), change.id + (" (training alone)" if change.marginal else ""), change.layer,
        grouped(change.targets), grouped(change.answers, 3), grouped(change.after, 4), grouped(change.because, 3),
    )  # fmt: skip
