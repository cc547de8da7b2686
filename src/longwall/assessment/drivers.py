"""Drivers of misalignment between automation and the people around it: who could take over?

A function that a machine has performed for so long that nobody practises it works well until the machine is out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from longwall.assessment.flow import Flow
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text, times_text
from longwall.assessment.view import View
from longwall.stats import bootstrap_interval
from longwall.streams import generator
from longwall.units import HOURS_PER_WEEK, duration_text, share_text
from longwall.worksystem import Estimate, EvidenceRows, Finding, Function, Suggestion, WorkSystem

__all__ = ["ByHand", "by_hand", "takeover_in_log", "takeover_in_model"]

_SPELL = 3
_DAY_H = 24.0
_NAMED = 3
# Loss of the gain of practice per month, for speed, mixed and accuracy tasks (Tatel and Ackerman 2025).
_DECAY_PER_MONTH = (0.053, 0.063, 0.107)
_MONTH_DAYS = 30.44
_MACHINE_ACTS = 5


@dataclass(frozen=True)
class ByHand:
    """How a function that a machine mostly performs is done by hand.

    Parameters
    ----------
    by_machine : bool
        What does nearly all executions looks like a machine; else it is one performer of any kind.
    executions, by_hand : int
        All executions by a known performer, and those by others than that one.
    spells : int
        Runs of three and more executions in a row by hand: the machine was out.
    spell_rows : int
        Executions by hand in spells.
    practised_weeks : float
        Share of the weeks with an execution by hand outside spells.
    last_days : float or None
        Days from the last execution by hand to the end of the log; None: never.
    machine_h, by_hand_h, elsewhere_h : float or None
        Median elapsed hours of the step (from the end of the step before) by the machine, by hand (in spells, where
        there are any), and by people at all other steps of the log; a measure of items, not of performers.
    by_hand_low_h, by_hand_high_h : float or None
        95% bootstrap interval of the median by hand.
    """

    by_machine: bool
    executions: int
    by_hand: int
    spells: int
    spell_rows: int
    practised_weeks: float
    last_days: float | None
    machine_h: float
    by_hand_h: float | None
    by_hand_low_h: float | None
    by_hand_high_h: float | None
    elsewhere_h: float | None

    @property
    def machine_share(self) -> float:
        """Share of executions by the machine."""
        return 1 - self.by_hand / self.executions


def by_hand(view: View, code: int, seed: int = 0) -> ByHand | None:
    """Return how one activity is done by others than the performer that does nearly all of it.

    Returns
    -------
    ByHand or None
        None where no machine and no single performer does nearly all, or executions are few.
    """
    log, performers = view.log, view.performers
    rows = np.flatnonzero((log.activity == code) & (log.resource >= 0))
    if rows.size < view.thresholds["least_executions"]:
        return None
    by_machine = float(performers.machine[rows].mean()) >= view.thresholds["machine_share"]
    chief = performers.machine if by_machine else performers.chief
    if chief[rows].mean() < view.thresholds["machine_share"]:
        return None
    # Executions in the order in which they could have begun: what the machine missed in a row, it was out for.
    rows = rows[np.argsort(view.enabled_h[rows], kind="stable")]
    hand = ~chief[rows]
    begin = np.flatnonzero(hand & ~np.r_[False, hand[:-1]])
    length = np.flatnonzero(hand & ~np.r_[hand[1:], False]) - begin + 1
    in_spell = np.zeros(rows.size, dtype=bool)
    for first, size in zip(begin[length >= _SPELL], length[length >= _SPELL], strict=True):
        in_spell[first : first + size] = True
    practice, done = rows[hand & ~in_spell], rows[hand]
    arrived_h = float(view.traces.arrival_h.min())
    weeks = max(1, int(np.ceil((view.traces.edge_h - arrived_h) / HOURS_PER_WEEK)))
    practised = np.unique(((log.end_h[practice] - arrived_h) // HOURS_PER_WEEK).astype(np.int64)).size / weeks
    elapsed = view.elapsed_h[rows]
    value = low = high = None
    if done.size:
        value, low, high = bootstrap_interval(
            elapsed[in_spell if in_spell.any() else hand],
            lambda x: float(np.median(x)),
            generator(seed, "by hand", log.activities[code]),
            draws=400,
        )
    return ByHand(
        by_machine=by_machine,
        executions=int(rows.size),
        by_hand=int(hand.sum()),
        spells=int((length >= _SPELL).sum()),
        spell_rows=int(in_spell.sum()),
        practised_weeks=practised,
        last_days=float(view.traces.edge_h - log.end_h[done].max()) / _DAY_H if done.size else None,
        machine_h=float(np.median(elapsed[~hand])),
        by_hand_h=value,
        by_hand_low_h=low,
        by_hand_high_h=high,
        elsewhere_h=_elsewhere_h(view, code),
    )


def takeover_in_log(view: View, seed: int = 0) -> list[Finding]:
    """Find functions that one performer does and others no longer practise: one finding per function.

    Steps that a machine alone does in the whole log are joined in one finding: the log cannot tell whether anybody
    could do them.
    """
    if "resources" not in view.log.capabilities:
        return []
    found, alone = [], []
    for code, label in enumerate(view.log.activities):
        measured = by_hand(view, code, seed)
        if measured is None:
            continue
        if measured.by_hand_h is None:
            if measured.by_machine:
                alone.append((code, measured))
        elif _unpractised(view, measured):
            found.append(_takeover(view, code, label, measured))
    return found + ([_machine_only(view, alone)] if alone else [])


def _unpractised(view: View, m: ByHand) -> bool:
    """Whether people do the function too rarely to be able to take it over."""
    cuts = view.thresholds
    rare = m.practised_weeks < cuts["practised_weeks_share"]
    slow = (
        m.spells > 0
        and m.by_hand_h is not None
        and m.by_hand_h >= cuts["slow_by_hand"] * max(m.elsewhere_h or 0.0, m.machine_h)
    )
    # A short outage looks like single executions by hand; where most lie in spells, the others are no practice either.
    if slow and (rare or m.spell_rows >= cuts["spell_share"] * m.by_hand):
        return True
    # One busy person looks the same as a machine but for what happens when that performer is away.
    return rare and m.by_machine and view.weeks * 7 >= 2 * cuts["practice_gap_days"]


def _takeover(view: View, code: int, label: str, m: ByHand) -> Finding:
    """Word the finding about one function."""
    key, others = view.functions[code], "people" if m.by_machine else "others"
    performer = "a machine" if m.by_machine else "one performer (a machine, an account or one person)"
    text = (
        f"Nobody can be expected to take over '{label}' at once: {performer} does it in "
        f"{share_text(m.machine_share)} of {number_text(m.executions)} executions; "
        f"{others} did it {times_text(m.by_hand, 'time', 'times')} in {view.weeks:.0f} weeks, "
        f"last {m.last_days:.0f} days before the log ends"
    )
    assert m.by_hand_h is not None and m.by_hand_low_h is not None and m.by_hand_high_h is not None
    # What looks like a machine may be named with its pace; one performer who may be a person may not.
    usual_h = m.machine_h if m.by_machine else m.elsewhere_h or 0.0
    if m.spells:
        text += "; one outage" if m.spells == 1 else f"; {m.spells} outages"
        text += f" took it from {duration_text(m.machine_h)} to" if m.by_machine else " made it last"
        text += f" {duration_text(m.by_hand_h)} in the middle case"
        if m.elsewhere_h:
            text += f" (other steps by people: {duration_text(m.elsewhere_h)})"
    text += "."
    per_week = m.executions / view.weeks
    extra = [max(0.0, h - usual_h) * per_week for h in (m.by_hand_h, m.by_hand_low_h, m.by_hand_high_h)]
    cautions = [
        "the log does not show drills or practice outside it",
        "elapsed time by hand holds waiting for somebody who can do it as well as the work itself",
    ]
    suggests = [
        Suggestion(kind="drill", targets=(key,), why="practise it by hand before the machine is out"),
        Suggestion(kind="change_level", targets=(key,), why="leave a share of the cases to people for good"),
    ]
    if not m.by_machine:
        cautions.append("a machine, a shared account and one person can look alike in a log: ask which it is")
        suggests.insert(1, Suggestion(kind="cross_train", targets=(key,), why="two more who practise it"))
    return finding(
        "atrophy",
        (key,),
        text,
        estimate(extra[0], extra[1], extra[2], HOURS_PER_WEEK_UNIT, "counted"),
        "elapsed hours that a week without the usual performer adds, at the pace at which it was last done by hand",
        principle="division of work between people and machines",
        evidence=(EvidenceRows(query="by_hand", arguments={"activity": label}, cases=m.by_hand, events=m.executions),),
        suggests=tuple(suggests),
        cautions=tuple(cautions),
    )


def _machine_only(view: View, alone: list[tuple[int, ByHand]]) -> Finding:
    """Word the finding about steps that only a machine does."""
    alone = sorted(alone, key=lambda pair: (-pair[1].executions, pair[0]))
    labels = [f"'{view.log.activities[code]}'" for code, _ in alone[:_NAMED]]
    rest = f" and {len(alone) - _NAMED} more" if len(alone) > _NAMED else ""
    total = sum(m.executions for _, m in alone)
    return finding(
        "machine_only",
        tuple(view.functions[code] for code, _ in alone),
        f"In {view.weeks:.0f} weeks only a machine has done {', '.join(labels)}{rest} ({number_text(total)} "
        "executions); the log cannot tell whether anybody could.",
        Estimate.counted(total / view.weeks, "executions per week"),
        "executions per week that nobody was seen to do by hand",
        principle="division of work between people and machines",
        evidence=tuple(
            EvidenceRows(query="by_hand", arguments={"activity": view.log.activities[code]}, events=m.executions)
            for code, m in alone[:_NAMED]
        ),
        suggests=(
            Suggestion(
                kind="drill",
                targets=tuple(view.functions[code] for code, _ in alone),
                why="try once by hand those that matter when the machine is out",
            ),
        ),
        cautions=("steps that only record something need nobody who can do them by hand",),
        name="steps",
    )


def takeover_in_model(
    system: WorkSystem, flow: Flow, cuts: Mapping[str, float], known: frozenset[str]
) -> list[Finding]:
    """Find functions whose allocation leaves nobody able to take over, from the model alone.

    Parameters
    ----------
    known : frozenset of Id
        Functions about which the log has spoken; there only a missing role is reported.
    """
    found = []
    for function in system.work.functions:
        if function.allocation.level < _MACHINE_ACTS or function.allocation.component is None:
            continue
        if not function.roles:
            found.append(_nobody(function, flow))
        elif function.id not in known and (made := _rarely(system, function, flow, cuts)) is not None:
            found.append(made)
    return found


def _nobody(function: Function, flow: Flow) -> Finding:
    """Word the finding about a machine without any role behind it."""
    per_week = flow.executions.get(function.id, 0.0)
    return finding(
        "automation_mismatch",
        (function.id,),
        f"'{function.name or function.id}' is done by a machine at level {function.allocation.level}, and no role may "
        f"do it when the machine is out; it is needed {number_text(per_week)} times a week.",
        estimate(per_week, per_week, per_week, "executions per week", "assumed"),
        "executions per week that stop with the machine",
        principle="division of work between people and machines",
        layer="social",
        suggests=(
            Suggestion(kind="change_level", targets=(function.id,), why="a level at which a person stays involved"),
            Suggestion(kind="cross_train", targets=(function.id,), why="a named role that can take over"),
        ),
    )


def _rarely(system: WorkSystem, function: Function, flow: Flow, cuts: Mapping[str, float]) -> Finding | None:
    """Word the finding about a function that each member does by hand too rarely, or None."""
    component = system.components[function.allocation.component or ""]
    out = 0.0
    if component.time_between_failures_h is not None and component.repair_h is not None:
        between, repair = component.time_between_failures_h.value, component.repair_h.mean_h
        out = repair / max(between + repair, 1e-12)
    share = 1 - component.coverage.value * (1 - out)
    members = sum(system.roles[role].head_count for role in function.roles)
    per_week = flow.executions.get(function.id, 0.0)
    practice = share * per_week / max(members, 1) + function.drills_per_year.value / 52
    days = 7 / practice if practice > 0 else np.inf
    if share > 1 - cuts["machine_share"] or days <= cuts["practice_gap_days"]:
        return None
    kept = [max(0.01, float(np.exp(-decay * min(days, 3650) / _MONTH_DAYS))) for decay in _DECAY_PER_MONTH]
    often = f"once in {number_text(days)} days" if np.isfinite(days) else "never"
    takeover_h = function.allocation.takeover_h.mean_h if function.allocation.takeover_h else function.work_h.mean_h
    hours = per_week * takeover_h
    return finding(
        "atrophy",
        (function.id,),
        f"'{function.name or function.id}' is left to the machine in {share_text(1 - share)} of "
        f"{number_text(per_week)} executions a week; each of {members} people does it by hand {often}, which keeps "
        f"about {share_text(kept[1])} of what practice gained: nobody can be expected to take over at once.",
        estimate(hours / kept[1], hours / kept[0], hours / kept[2], HOURS_PER_WEEK_UNIT, "assumed"),
        "hours of taking over that a week without the machine adds, slowed by the skill that is lost",
        principle="division of work between people and machines",
        suggests=(
            Suggestion(kind="drill", targets=(function.id,), why="practise it by hand before the machine is out"),
            Suggestion(
                kind="change_level", targets=(function.id,), why="leave a share of the cases to people for good"
            ),
        ),
    )


def _elsewhere_h(view: View, code: int) -> float | None:
    """Median elapsed hours of the steps of the log that people do, other than this one."""
    log = view.log
    kept = (log.activity != code) & (log.resource >= 0) & (view.traces.previous >= 0) & ~view.performers.machine
    return float(np.median(view.elapsed_h[kept])) if kept.any() else None
