"""Opportunities for automation: each level of each function in two columns, with its gate and its alternative."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from longwall.alignment.automation.candidates import candidates
from longwall.alignment.automation.effects import Effects, Lab
from longwall.alignment.automation.gate import ACTS_ALONE, gate_of
from longwall.alignment.automation.machines import LEVELS, NEW, machine_for, patches_to, watched
from longwall.alignment.automation.remains import left_for_people
from longwall.alignment.automation.results import Candidate, Opportunities, Opportunity
from longwall.alignment.constraints import rejections
from longwall.alignment.objectives import Objectives, load_objectives
from longwall.errors import AlignmentError, Fault
from longwall.worksystem import Component, Function, Intervention, Patch, WorkSystem, patched

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["AUGMENTS", "Progress", "opportunities"]

Progress = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done."""

AUGMENTS = (2, 3, 4, 5)
"""Levels at which a machine helps and a person decides every case."""
_FUNCTIONS = 6


@dataclass(frozen=True)
class _Tried:
    """One level before it is compared with the others."""

    candidate: Candidate
    function: Function
    machine: Component
    level: int
    patches: tuple[Patch, ...]
    effects: Effects


def opportunities(
    system: WorkSystem, log: Log | None = None, labels: Mapping[str, str] | None = None, *, seed: int = 0,
    functions: int = _FUNCTIONS, weeks: int = 20, replications: int = 6, objectives: Objectives | None = None,
    threads: int | None = None, progress: Progress | None = None,
) -> Opportunities:  # fmt: skip
    """Return what giving work to machines would do to both sides, function by function and level by level.

    Parameters
    ----------
    system : WorkSystem
        Today's. The state of persons is simulated, whether or not it asks for it.
    log : Log, optional
        None: candidates rest on the model alone, and say so.
    labels : mapping of str to Id, optional
        Label of an activity in the log to the function of the model.
    functions : int
        Candidates that are simulated, >= 1: those that are a burden first, then by routine hours.
    weeks, replications : int
        Of routine, and of each level; replications >= 2.

    Raises
    ------
    AlignmentError
        LW-AL-070: people do nothing in this model. LW-AL-071: constraints forbid every other level of every candidate.
    SimulationError
        If the system cannot be simulated.

    Notes
    -----
    Technical and social are never added up. Each is the worse of two conditions, routine and two weeks in which the
    machine is out for a day, against today under the same condition and the same luck.
    """
    found = candidates(system, log, labels, seed=seed)
    living = system.model_copy(update={"person_state": True})
    lab = Lab(
        living, objectives or load_objectives(), seed=seed, weeks=weeks, replications=replications, threads=threads
    )
    levels: list[tuple[Candidate, Function, Component, int, tuple[Patch, ...]]] = []
    refused: list[str] = []
    for candidate in found[:functions]:
        function = living.functions[candidate.function]
        machine = machine_for(living, function, candidate.likeness)
        for level in LEVELS:
            if level == candidate.level:
                continue
            patches = patches_to(living, function, machine, level)
            why = _forbidden(living, function, level, patches)
            if why:
                refused.append(why)
            else:
                levels.append((candidate, function, machine, level, patches))
    if not levels:
        raise AlignmentError(
            Fault("LW-AL-071", "environment.constraints", "another level that is allowed for some function",
                  "none: " + "; ".join(refused[:3]), "ask whoever set the constraints, or leave the work as it is")
        )  # fmt: skip
    tried = _tried(living, lab, levels, progress)
    return Opportunities(
        base_hash=system.hash,
        seed=seed,
        weeks=weeks,
        replications=replications,
        from_log=log is not None,
        candidates=found,
        opportunities=_compared(living, tried),
        refused=tuple(refused),
        cautions=_cautions(system, found[:functions], log is not None),
    )


def _tried(
    system: WorkSystem, lab: Lab, levels: Sequence[tuple[Candidate, Function, Component, int, tuple[Patch, ...]]],
    progress: Progress | None,
) -> list[_Tried]:  # fmt: skip
    """Simulate every level beside today."""
    tried = []
    bases = {}
    for number, (candidate, function, machine, level, patches) in enumerate(levels):
        if progress is not None:
            progress(number / len(levels), f"trying {candidate.name or candidate.function} at level {level}")
        if function.id not in bases:
            bases[function.id] = lab.base(watched(system, function), machine.id)
        then = lab.run(patched(system, patches), machine.id)
        effects = lab.effects(bases[function.id], then)
        tried.append(_Tried(candidate, function, machine, level, patches, effects))
    return tried


def _forbidden(system: WorkSystem, function: Function, level: int, patches: tuple[Patch, ...]) -> str:
    """Return which constraint forbids a level; empty where none does."""
    change = Intervention(
        id=f"{function.id}.{level}", title="", kind="work", lever="change_level", patches=patches
    )  # fmt: skip
    found = rejections(system, patched(system, patches), [change])
    return f"{function.name or function.id} at level {level}: {found[0].constraint} ({found[0].why})" if found else ""


def _compared(system: WorkSystem, tried: Sequence[_Tried]) -> tuple[Opportunity, ...]:
    """Rank by each column, mark what nothing beats, and put the augmenting alternative beside."""
    technical = _ranks([one.effects.technical.value for one in tried])
    social = _ranks([one.effects.social.value for one in tried])
    points = [(one.effects.technical.value, one.effects.social.value) for one in tried]
    return tuple(
        _opportunity(system, one, tried, (technical[place], social[place]), not any(
            other != point and other[0] <= point[0] and other[1] <= point[1] for other in points
        ))
        for place, (one, point) in enumerate(zip(tried, points, strict=True))
    )  # fmt: skip


def _opportunity(
    system: WorkSystem, one: _Tried, tried: Sequence[_Tried], ranks: tuple[int, int], pareto: bool
) -> Opportunity:  # fmt: skip
    """Put one opportunity together."""
    left = left_for_people(system, one.function, one.machine, one.level, one.candidate.hours)
    role = max((system.roles[name] for name in one.function.roles), key=lambda role: (role.head_count, role.id))
    week_h = max((shift.hours_per_week for shift in role.shifts if not shift.on_call), default=0.0)
    posts = int(left.frees.value // week_h) if week_h > 0.0 and left.frees.value > 0.0 else 0
    beside = _beside(one, tried)
    gate = gate_of(system.components.get(one.machine.id)) if one.level >= ACTS_ALONE else None
    offered: Literal["augments", "unless stopped", "acts alone", "not yet", "withheld"] = "augments"
    if one.level not in AUGMENTS and posts > 0 and beside is None and one.candidate.level not in AUGMENTS:
        offered = "withheld"
    elif gate is not None:
        offered = "acts alone" if gate.holds else "not yet"
    elif one.level not in AUGMENTS:
        offered = "unless stopped"
    return Opportunity(
        id=f"{one.function.id}.{one.level}",
        function=one.function.id,
        level=one.level,
        level_today=one.candidate.level,
        machine=one.machine.id,
        technical=one.effects.technical,
        social=one.effects.social,
        worse_when_out=one.effects.worse_when_out,
        technical_rank=ranks[0],
        social_rank=ranks[1],
        pareto=pareto,
        gate=gate,
        offered=offered,
        beside=beside,
        frees_h=left.frees,
        frees_posts=posts,
        remains=left.words,
        only_leftover=left.only_leftover,
        indications=one.effects.indications,
        patches=one.patches,
    )


def _beside(one: _Tried, tried: Sequence[_Tried]) -> str | None:
    """Return the augmenting level of the same function that is best for people, then technically."""
    if one.level in AUGMENTS:
        return None
    able = [other for other in tried if other.function.id == one.function.id and other.level in AUGMENTS]
    best = min(able, key=lambda other: (other.effects.social.value, other.effects.technical.value), default=None)
    return f"{best.function.id}.{best.level}" if best is not None else None


def _ranks(values: Sequence[float]) -> list[int]:
    """Return the rank of each value, 1 is the lowest; equal values share the better rank."""
    ordered = sorted(values)
    return [1 + ordered.index(value) for value in values]


def _cautions(system: WorkSystem, simulated: Sequence[Candidate], from_log: bool) -> tuple[str, ...]:
    """Say what the opportunities rest on, and what nobody has said."""
    said = [
        "the indicators of each column are weighed by the objectives; technical and social are never added up",
        "routine hours say where to look first; they promise nothing",
    ]
    if not from_log:
        said.append("there is no log: volume, rule-likeness and times are what the model says, assumed")
    new = [one.name or one.function for one in simulated if one.level == 1 and _is_new(system, one)]
    if new:
        said.append(
            f"no machine is there yet for {', '.join(new)}; one is assumed that takes four cases in five, ten times as "
            "fast as by hand" + ("" if from_log else ", right nine times in ten")
        )
    if not any(function.burden for function in system.work.functions):
        said.append(
            "nobody has said which work is hazardous or degrading; ask those who do it, and write `burden:` at the "
            "function: such work is looked at first"
        )
    if not system.person_state:
        said.append("the system does not ask for the state of persons; here it is simulated all the same")
    return tuple(said)


def _is_new(system: WorkSystem, candidate: Candidate) -> bool:
    """Whether the machine of a candidate is one that is not there yet."""
    return f"{NEW}.{candidate.function}" not in system.components and (
        system.functions[candidate.function].allocation.component is None
    )
