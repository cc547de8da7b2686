"""Which decision a drafted change belongs to, what is asked there in plain words, and what today's way is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from longwall.alignment.levers.bench import Bench
from longwall.alignment.levers.machines import SAYS
from longwall.worksystem import Component, DemandClass, Function, Intervention, Variance

__all__ = ["Asked", "asked_by"]


@dataclass(frozen=True)
class Asked:
    """A decision without its choices.

    Parameters
    ----------
    stepwise : bool
        Whether the choices, as drafted, go step by step away from today.
    """

    id: str
    family: str
    question: str
    today: str
    stepwise: bool = False


def asked_by(bench: Bench, change: Intervention) -> Asked:
    """Return the decision to which a drafted change belongs; one of its own where its lever is not known."""
    told = _BY_LEVER.get(change.lever)
    return told(bench, change) if told is not None else Asked(change.id, "own", f"{change.title}?", "as it is")


def _staffing(bench: Bench, change: Intervention) -> Asked:
    role = bench.system.roles[change.concerns[-1]]
    spans = ", ".join(f"{shift.people} x {shift.hours}" for shift in role.shifts)
    name = bench.name(role.id)
    if change.lever == "staff":
        return Asked(f"staffing.{role.id}", "staffing", f"How many people work in {name}?", spans)
    if change.lever == "move_shift":
        return Asked(f"shifts.{role.id}", "staffing", f"In which hours do the people of {name} work?", spans)
    return Asked(f"joining.{role.id}", "staffing", f"Does somebody from elsewhere join {name}?", "nobody")


def _training(bench: Bench, change: Intervention) -> Asked:
    function, role = _function(bench, change), str(change.patches[0].value)
    question = f"Does {bench.name(role)} learn '{bench.name(function.id)}'?"
    return Asked(f"training.{function.id}.{role}", "cross-training", question, f"done by {_who(bench, function)}")


def _allocation(bench: Bench, change: Intervention) -> Asked:
    function = _function(bench, change)
    level = function.allocation.level
    question = f"Who does '{bench.name(function.id)}': people, the machine, or both?"
    return Asked(f"allocation.{function.id}", "allocation", question, f"level {level}: {SAYS[level]}")


def _threshold(bench: Bench, change: Intervention) -> Asked:
    first = change.patches[0].path
    if first.startswith("variances."):
        return _control(bench, change)
    if first.startswith("work.demand."):
        demand = _demand(bench, change)
        today = f"{demand.alerts.threshold.value:g} standard deviations above the noise" if demand.alerts else ""
        question = f"How sure must the detector be before it raises '{demand.name or demand.id}'?"
        return Asked(f"detector.{demand.id}", "thresholds", question, today)
    function = _function(bench, change)
    share, hours = function.allocation.audit_rate.value, function.allocation.review_deadline_h
    today = f"{hours.value:g} h to object" if function.allocation.level == 6 and hours else f"{share:.0%} is read"
    question = f"How much of what the machine does at '{bench.name(function.id)}' do people look at?"
    return Asked(f"reading.{function.id}", "thresholds", question, today)


def _control(bench: Bench, change: Intervention) -> Asked:
    variance = _variance(bench, change)
    seen = [bench.name(detection.function) for detection in variance.detections]
    today = f"seen at {', '.join(seen)}" if seen else "seen nowhere"
    if variance.control is not None:
        at = bench.name(variance.control.function)
        today += f"; put right at {at}" + (f" by {bench.name(variance.control.role)}" if variance.control.role else "")
    question = f"Where is '{bench.name(variance.id)}' seen and put right?"
    return Asked(f"control.{variance.id}", "control", question, today)


def _authority(bench: Bench, change: Intervention) -> Asked:
    variance = next(
        one for one in bench.system.variances if any(one.id == patch.value for patch in change.patches)
    )  # fmt: skip
    may = [bench.name(role.id) for role in bench.system.social.roles if variance.id in role.authority]
    question = f"Who may act on '{bench.name(variance.id)}', and is told of it?"
    return Asked(f"authority.{variance.id}", "control", question, ", ".join(may) or "nobody by name")


def _triage(bench: Bench, change: Intervention) -> Asked:
    name = change.id.removeprefix("triage.")
    function = next(
        one for one in sorted(bench.system.functions, key=len, reverse=True) if name == one or name.endswith(f".{one}")
    )
    about = "" if name == function else f", against '{bench.name(name.removesuffix(f'.{function}'))}'"
    question = f"Is triage shared at '{bench.name(function)}'{about}?"
    today = f"{_who(bench, bench.system.functions[function])} alone"
    return Asked(f"boundary.{name}", "boundaries", question, today)


def _joining(bench: Bench, change: Intervention) -> Asked:
    teams = list(dict.fromkeys(bench.system.roles[name].team for name in change.concerns))
    name = ".".join(teams)
    return Asked(f"teams.{name}", "boundaries", f"Are {bench.names(teams)} one team?", "a team each")


def _priority(bench: Bench, change: Intervention) -> Asked:
    ranked = sorted(bench.system.work.demand, key=lambda demand: (demand.priority, demand.id))
    today = ", then ".join(demand.name or demand.id for demand in ranked)
    return Asked("priority", "service", "What is served first?", today)


def _escalation(bench: Bench, change: Intervention) -> Asked:
    demand = _demand(bench, change)
    question = f"When does '{demand.name or demand.id}' go first?"
    return Asked(f"urgency.{demand.id}", "service", question, "never, however long it is open", stepwise=True)


def _interruptions(bench: Bench, change: Intervention) -> Asked:
    demand = _demand(bench, change)
    question = f"Does '{demand.name or demand.id}' interrupt other work?"
    return Asked(f"interruption.{demand.id}", "service", question, "it does")


def _buffer(bench: Bench, change: Intervention) -> Asked:
    component = _component(bench, change)
    today = "not at all" if component.buffer_h is None else f"{component.buffer_h.value:g} h"
    question = f"How long does {bench.name(component.id)} run on when what it rests on fails?"
    return Asked(f"buffer.{component.id}", "service", question, today)


def _fallback(bench: Bench, change: Intervention) -> Asked:
    function = _function(bench, change)
    question = f"What happens at '{bench.name(function.id)}' while the machine is out?"
    return Asked(f"fallback.{function.id}", "service", question, "the work waits")


_AT_END = {
    "finish": "finished, whatever the hour",
    "park": "put aside until the next shift",
    "hand_over": "handed over",
}
_RULES = {
    "longest_idle": "whoever has been free longest",
    "most_skilled": "whoever is most skilled",
    "least_loaded": "whoever has had least to do",
    "same_person": "whoever had it before",
}


def _shift_end(bench: Bench, change: Intervention) -> Asked:
    function = _function(bench, change)
    question = f"What becomes of work at '{bench.name(function.id)}' when a shift ends?"
    return Asked(f"handover.{function.id}", "boundaries", question, f"it is {_AT_END[function.at_shift_end]}")


def _keeping(bench: Bench, change: Intervention) -> Asked:
    function = _function(bench, change)
    question = f"Who takes an item that comes back to '{bench.name(function.id)}'?"
    return Asked(f"keeping.{function.id}", "boundaries", question, _RULES[function.rule])


def _owner(bench: Bench, change: Intervention) -> Asked:
    name = change.id.removeprefix("owner.")
    function = bench.system.functions[name]
    question = f"Who owns '{bench.name(name)}', for each class of item?"
    return Asked(f"owner.{name}", "boundaries", question, f"{_who(bench, function)}, whoever has it")


def _step(bench: Bench, change: Intervention) -> Asked:
    name = change.id.removeprefix("drop.")
    return Asked(f"step.{name}", "rules", f"Must items pass '{bench.name(name)}'?", "they must")


def _drill(bench: Bench, change: Intervention) -> Asked:
    function = _function(bench, change)
    times = function.drills_per_year.value
    today = f"{times:g} times a year" if times else "never"
    return Asked(
        f"drills.{function.id}", "drills", f"How often is '{bench.name(function.id)}' practised by hand?", today
    )


def _practice(bench: Bench, change: Intervention) -> Asked:
    """One decision for each practice, whatever its intensities."""
    values = [patch.value for patch in change.patches if patch.path == "social.practices"]
    named = next((value for value in values if isinstance(value, dict) and "id" in value), {"id": change.id})
    known = {practice.id for practice in bench.system.social.practices}
    title = named.get("name") or named["id"]
    today = "there already" if named["id"] in known else "not there"
    return Asked(f"practice.{named['id']}", "practices", f"Is '{title}' taken up?", today, stepwise=True)


_BY_LEVER: dict[str, Callable[[Bench, Intervention], Asked]] = {
    "alert_threshold": _threshold,
    "buffer": _buffer,
    "change_level": _allocation,
    "clear_owner": _owner,
    "control_at_source": _control,
    "cross_train": _training,
    "drill": _drill,
    "drop_step": _step,
    "escalation": _escalation,
    "fallback": _fallback,
    "grant": _authority,
    "interruptions": _interruptions,
    "join_teams": _joining,
    "keep_person": _keeping,
    "move_role": _staffing,
    "move_shift": _staffing,
    "practice": _practice,
    "priority_rule": _priority,
    "shared_triage": _triage,
    "shift_handover": _shift_end,
    "staff": _staffing,
}


def _who(bench: Bench, function: Function) -> str:
    return bench.names(function.roles) if function.roles else "nobody"


def _function(bench: Bench, change: Intervention) -> Function:
    """Return the function that the first patch touches; ids with dots are taken whole."""
    return bench.system.functions[_touched(change, "work.functions.", bench.system.functions)]


def _demand(bench: Bench, change: Intervention) -> DemandClass:
    known = {demand.id: demand for demand in bench.system.work.demand}
    return known[_touched(change, "work.demand.", known)]


def _component(bench: Bench, change: Intervention) -> Component:
    return bench.system.components[_touched(change, "technical.components.", bench.system.components)]


def _variance(bench: Bench, change: Intervention) -> Variance:
    known = {variance.id: variance for variance in bench.system.variances}
    return known[_touched(change, "variances.", known)]


def _touched(change: Intervention, under: str, known: Iterable[str]) -> str:
    """Return the longest known id below a prefix in the first patch."""
    rest = change.patches[0].path.removeprefix(under)
    return max((name for name in known if rest.startswith(f"{name}.")), key=len)
