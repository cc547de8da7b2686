"""What an incomplete earlier step costs a later one: computed from what is missing there and used here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from longwall.assessment.steps.control import key_variances
from longwall.assessment.steps.known import Known, grouped
from longwall.assessment.steps.redesign import Candidate, candidates_of
from longwall.assessment.steps.result import StepName, StepState, titles
from longwall.assessment.steps.scan import generated_by, unplaced
from longwall.worksystem import Variance, WorkSystem

__all__ = ["costs_of"]

Earlier = Mapping[StepName, StepState]


def costs_of(step: StepName, known: Known, earlier: Earlier) -> tuple[str, ...]:
    """Return what incomplete earlier steps cost one step, each with what it concerns; nothing where it costs nothing.

    A step is incomplete where something is missing from it, or where its artefact as it is now is not signed off.

    Parameters
    ----------
    earlier : mapping of StepName to StepState
        The steps before it.
    """
    if known.system is None or known.assessed is None:
        return ()
    found = []
    for source, cost in _COSTS.get(step, ()):
        state = earlier[source]
        if state.settled and not state.missing:
            continue
        told = cost(known)
        if told:
            found.append(f"{_reason(state)}: {told}")
    return tuple(found)


def _reason(state: StepState) -> str:
    """Why an earlier step is incomplete."""
    name = titles(state.step)[0].lower()
    if state.signed is None:
        return f"without the {name} signed off"
    return f"with an older {name} signed off" if state.older else f"with gaps in the {name}"


def _named(lead: str, names: Iterable[str]) -> str:
    """A sentence about some things; empty where there are none."""
    text = grouped(names)
    return f"{lead} {text}" if text else ""


def _unscanned(known: Known) -> str:
    """Components on which others depend and that nobody placed."""
    assert known.system is not None
    open_ones = set(unplaced(known)) & {name for c in known.system.technical.components for name in c.depends_on}
    return _named(
        "whether these are scanned or taken as given is open, though others depend on them:", sorted(open_ones)
    )


def _unowned(known: Known) -> str:
    """Teams of other organisations that nobody placed."""
    assert known.system is not None
    return _named("whose roles these are is open:", [n for n in unplaced(known) if n in known.system.teams])


def _exported(known: Known) -> str:
    """Variances that leave their team."""
    assert known.assessed is not None
    source = known.assessed.matrix.source if known.assessed.matrix is not None else "judgement"
    away = [e.name for e in known.assessed.boundaries.exported
            if e.source == source and e.kind not in ("internal", "unknown")]  # fmt: skip
    return _named(f"exported variances cannot be told from internal ones; {len(away)} leave their team:", away)\
        if away else ""  # fmt: skip


def _homeless(known: Known) -> str:
    """Components that can let something go wrong and have no variance."""
    assert known.system is not None
    needed = {name for f in known.system.work.functions for name in (*f.uses, f.allocation.component) if name}
    quiet = [c.id for c in known.system.technical.components if c.id in needed and not generated_by(known.system, c)]
    return _named("what these components let go wrong is not in the matrix:", quiet)


def _untold(known: Known) -> str:
    """Variances that count as uncontrolled because nobody stated what the role that controls them may do or knows."""
    assert known.system is not None
    silent = {role.id for role in known.system.social.roles if not role.authority and not role.informed_of}
    held = [v.id for v in known.system.variances if v.control is not None
            and (v.control.needs_authority or v.control.needs_information)
            and (by := _by(known.system, v)) and by <= silent]  # fmt: skip
    return _named("these count as uncontrolled, though nobody stated who may control them:", held)


def _by(system: WorkSystem, variance: Variance) -> set[str]:
    """Roles that are to control a variance."""
    control = variance.control
    if control is None:
        return set()
    function = system.functions.get(control.function)
    return {control.role} if control.role else set(function.roles) if function is not None else set()


def _unsure(known: Known) -> str:
    """Key variances that may not be, and those of which nobody wrote how they are controlled."""
    assert known.system is not None and known.assessed is not None
    matrix = known.assessed.matrix
    if matrix is None:
        return "nobody knows which variances are key, so every gap would count alike"
    borderline = [row.name for row in matrix.variances if row.membership.best == "borderline"]
    open_ones = {v.id for v in known.system.variances if v.control is None or not v.detections}
    unwritten = [key for key in key_variances(matrix) if key in open_ones]
    said = [
        _named("gaps of these may matter or not, the key set is not firm:", borderline),
        _named("of these it is not written how they are seen and controlled, so their gap is not known:", unwritten),
    ]
    return "; ".join(text for text in said if text)


def _unskilled(known: Known) -> str:
    """Roles that control a key variance and of which no skill is stated."""
    assert known.system is not None and known.assessed is not None
    keys = set(key_variances(known.assessed.matrix))
    by = {name for row in known.assessed.controls if row.variance in keys for name in row.controlled_by}
    return _named("skill cannot be held against need for", sorted(
        name for name in by if name in known.system.roles and not known.system.roles[name].skills))  # fmt: skip


def _guessed(known: Known) -> str:
    """Functions with candidates whose capacity rests on what nobody has stated."""
    today = [one for one in _candidates(known) if one.kind == "today" and one.unknown]
    return _named("the capacities of these functions are the most there can be, not what there is:",
                  [one.function for one in today])  # fmt: skip


def _trusted(known: Known) -> str:
    """Machines to which candidates would give more while nobody stated how reliable they are."""
    assert known.system is not None
    changed = {one.function for one in _candidates(known) if one.kind == "level"}
    parts = {known.system.functions[name].allocation.component for name in changed}
    bare = [c.id for c in known.system.technical.components
            if c.id in parts and not c.transparency.source and c.transparency.footing == "assumed"]  # fmt: skip
    return _named("levels are compared while nobody stated what people can see of", bare)


def _unlimited(known: Known) -> str:
    """Candidates for functions of which no constraint speaks."""
    assert known.system is not None
    said = {name for c in known.system.environment.constraints for name in (*c.functions, *c.separates)}
    wanted = [f.where for f in known.findings if any(s.kind == "change_level" for s in f.suggests)]
    free = sorted({name for where in wanted for name in where if name in known.system.functions} - said)
    return _named("changes of level stand in the order for functions of which no constraint speaks:", free)


def _untaken(known: Known) -> str:
    """Functions at which a candidate controls more and no finding suggests it."""
    found = _candidates(known)
    today = {one.function: one.capacity for one in found if one.kind == "today"}
    better = dict.fromkeys(one.function for one in found if one.kind != "today" and not one.refused_by
                           and not one.answers and one.capacity > today[one.function])  # fmt: skip
    return _named("candidates that control more than today are in no change of the order, at", better)


def _unasked(known: Known) -> str:
    """Refused candidates that the environment must confirm."""
    refused = dict.fromkeys(name for one in _candidates(known) for name in one.refused_by)
    return _named("candidates were held against constraints before anybody chose among them:", refused)


def _candidates(known: Known) -> tuple[Candidate, ...]:
    """Candidates of step 6."""
    assert known.system is not None and known.assessed is not None
    return candidates_of(known.system, known.assessed.controls, known.findings, known.assessed.gaps)


_COSTS: Mapping[StepName, tuple[tuple[StepName, Callable[[Known], str]], ...]] = {
    "technical": (("boundary", _unscanned),),
    "social": (("boundary", _unowned),),
    "variances": (("boundary", _exported), ("technical", _homeless), ("social", _untold)),
    "gaps": (("variances", _unsure), ("social", _unskilled)),
    "redesign": (("gaps", _guessed), ("technical", _trusted)),
    "environment": (("redesign", _unasked),),
    "sequence": (("redesign", _untaken), ("environment", _unlimited)),
}
"""Step, the earlier step it rests on, and what that costs where it is incomplete."""
