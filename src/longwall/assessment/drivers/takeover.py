"""Skill atrophy: could people still do what a machine does for them?

A function that a machine has performed for so long that nobody practises it works well until the machine is out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longwall.assessment.drivers.rows import Drivers, Place
from longwall.assessment.drivers.skill import skill_kept
from longwall.assessment.statement import HOURS_PER_WEEK_UNIT, estimate, finding, number_text, times_text
from longwall.assessment.view import View
from longwall.evidence.privacy import MIN_GROUP
from longwall.stats import bootstrap_interval, share_interval
from longwall.streams import generator
from longwall.units import HOURS_PER_WEEK, duration_text, share_text
from longwall.worksystem import Estimate, EvidenceRows, Finding, Suggestion

__all__ = ["ByHand", "by_hand", "skill_atrophy"]

_SPELL = 3
_DAY_H = 24.0
_NAMED = 3
_LEAST_BY_HAND = 8
_SHOWN_ALONE = 5
_DRAWS = 400


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
    weeks, practised : int
        Weeks of the log, and those with an execution by hand outside spells.
    last_days : float or None
        Days from the last execution by hand to the end of the log; None: never.
    machine_h, by_hand_h : float or None
        Median elapsed hours of the step (from the end of the step before) by the machine and by hand (in spells, where
        there are any); a measure of items, not of performers.
    by_hand_low_h, by_hand_high_h : float or None
        95% bootstrap interval of the median by hand.
    usual_h : float or None
        Median hours that people need: for the same step outside spells, else for all other steps of the log.
    slower, slower_low, slower_high : float or None
        Hours by hand in spells over `usual_h`: of work where starts are logged and five people or more did it,
        else elapsed; with 95% interval.
    """

    by_machine: bool
    executions: int
    by_hand: int
    spells: int
    spell_rows: int
    weeks: int
    practised: int
    last_days: float | None
    machine_h: float
    by_hand_h: float | None
    by_hand_low_h: float | None
    by_hand_high_h: float | None
    usual_h: float | None
    slower: float | None
    slower_low: float | None
    slower_high: float | None

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
    practised = np.unique(((log.end_h[practice] - arrived_h) // HOURS_PER_WEEK).astype(np.int64)).size
    elapsed = view.elapsed_h[rows]
    label, taken = log.activities[code], in_spell if in_spell.any() else hand
    value = low = high = None
    if done.size:
        value, low, high = _median(elapsed[taken], seed, label)
    # Work time is a measure of performers: of fewer than five, elapsed time of the items stands for it.
    few = np.unique(log.resource[done]).size < MIN_GROUP
    hours = view.elapsed_h if few else view.taken_h
    usual_h = _usual_h(view, code, practice, hours)
    slower: tuple[float | None, float | None, float | None] = (None, None, None)
    if in_spell.any() and usual_h:
        slower = tuple(one / usual_h for one in _median(hours[rows][in_spell], seed, label))  # type: ignore[assignment]
    return ByHand(
        by_machine=by_machine,
        executions=int(rows.size),
        by_hand=int(hand.sum()),
        spells=int((length >= _SPELL).sum()),
        spell_rows=int(in_spell.sum()),
        weeks=weeks,
        practised=practised,
        last_days=float(view.traces.edge_h - log.end_h[done].max()) / _DAY_H if done.size else None,
        machine_h=float(np.median(elapsed[~hand])),
        by_hand_h=value,
        by_hand_low_h=low,
        by_hand_high_h=high,
        usual_h=usual_h,
        slower=slower[0],
        slower_low=slower[1],
        slower_high=slower[2],
    )


def skill_atrophy(view: View, seed: int = 0) -> Drivers:
    """Return measures and findings about functions that one performer does and others no longer practise.

    Steps that a machine alone does in the whole log are joined in one finding: the log cannot tell whether anybody
    could do them.
    """
    if "resources" not in view.log.capabilities:
        place = Place("skill_atrophy", view.thresholds)
        place.unknown("machine_share", _MEANS["machine_share"], "machine_share", "the log does not say who did a step")
        return place.with_finding(None)
    found, alone = Drivers(), []
    for code in range(len(view.log.activities)):
        measured = by_hand(view, code, seed)
        if measured is None:
            continue
        if measured.by_hand_h is None and not measured.by_machine:
            continue
        if measured.by_hand_h is None:
            alone.append((code, measured))
            if len(alone) > _SHOWN_ALONE:
                continue
        place = _measures(view, code, measured)
        claimed = place.claimed and measured.by_hand_h is not None
        found += place.with_finding(_takeover(view, code, measured) if claimed else None)
    if not found.rows:
        place = Place("skill_atrophy", view.thresholds)
        least = int(view.thresholds["least_executions"])
        needs = f"no step with {least} executions is nearly always done by a machine or by one performer"
        place.unknown("machine_share", _MEANS["machine_share"], "machine_share", needs)
        found = place.with_finding(None)
    return found + Drivers((), (_machine_only(view, alone),) if alone else ())


_MEANS = {
    "machine_share": "executions by one performer, a machine where it looks like one",
    "practised_weeks_share": "weeks in which others did it, outages aside",
    "slow_by_hand": "hours by hand while the usual performer is out, over what people usually need",
    "practice_gap_days": "days from the last execution by hand to the end of the log",
    "skill_kept": "share of what practice gained that is left after those days",
}


def _measures(view: View, code: int, m: ByHand) -> Place:
    """The measures of one function."""
    cuts, label = view.thresholds, view.log.activities[code]
    place = Place("skill_atrophy", cuts, (view.functions[code],), f"'{label}'")
    machine = m.executions - m.by_hand
    place.measured(
        "machine_share", _MEANS["machine_share"], (m.machine_share, *share_interval(machine, m.executions)),
        "share of executions", "machine_share", cases=m.executions,
    )  # fmt: skip
    # A short outage looks like single executions by hand; where most lie in spells, the others are no practice either.
    slow = m.slower is not None and m.slower >= cuts["slow_by_hand"]
    practised = 0 if slow and m.spell_rows >= cuts["spell_share"] * m.by_hand else m.practised
    place.measured(
        "practised_weeks_share", _MEANS["practised_weeks_share"],
        (practised / m.weeks, *share_interval(practised, m.weeks)),
        "share of weeks", "practised_weeks_share", at_most=True, cases=m.weeks,
    )  # fmt: skip
    if m.slower is not None and m.slower_low is not None and m.slower_high is not None:
        place.measured(
            "slow_by_hand", _MEANS["slow_by_hand"], (m.slower, m.slower_low, m.slower_high), "times as long",
            "slow_by_hand", nothing=1.0, cases=m.spell_rows,
        )  # fmt: skip
    else:
        # One busy person looks the same as a machine but for what happens when that performer is away.
        enough = m.by_machine and m.by_hand > 0 and view.weeks * 7 >= 2 * cuts["practice_gap_days"]
        place.unknown(
            "slow_by_hand", _MEANS["slow_by_hand"], "slow_by_hand",
            "nobody took over in this log; needs an outage or a drill", required=not enough, cases=m.by_hand,
        )  # fmt: skip
    if m.last_days is None:
        place.unknown(
            "practice_gap_days", _MEANS["practice_gap_days"], "practice_gap_days",
            f"never by hand in {m.weeks} weeks", required=False,
        )  # fmt: skip
        return place
    days = (m.last_days,) * 3
    place.measured(
        "practice_gap_days", _MEANS["practice_gap_days"], days, "days", "practice_gap_days", required=False,
        cases=m.by_hand,
    )  # fmt: skip
    place.measured(
        "skill_kept", _MEANS["skill_kept"], skill_kept(m.last_days), "share of the gain", "skill_kept",
        at_most=True, required=False, footing="assumed",
    )  # fmt: skip
    return place


def _takeover(view: View, code: int, m: ByHand) -> Finding:
    """Word the finding about one function."""
    key, label = view.functions[code], view.log.activities[code]
    others = "people" if m.by_machine else "others"
    performer = "a machine" if m.by_machine else "one performer (a machine, an account or one person)"
    text = (
        f"Nobody can be expected to take over '{label}' at once: {performer} does it in "
        f"{share_text(m.machine_share)} of {number_text(m.executions)} executions; "
        f"{others} did it {times_text(m.by_hand, 'time', 'times')} in {view.weeks:.0f} weeks, "
        f"last {m.last_days:.0f} days before the log ends"
    )
    assert m.by_hand_h is not None and m.by_hand_low_h is not None and m.by_hand_high_h is not None
    # What looks like a machine may be named with its pace; one performer who may be a person may not.
    usual_h = m.machine_h if m.by_machine else m.usual_h or 0.0
    if m.spells:
        text += "; one outage" if m.spells == 1 else f"; {m.spells} outages"
        text += f" took it from {duration_text(m.machine_h)} to" if m.by_machine else " made it last"
        text += f" {duration_text(m.by_hand_h)} in the middle case"
        if m.slower is not None:
            text += f", {m.slower:.1f} times what people usually need"
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


def _median(hours: NDArray[np.float64], seed: int, label: str) -> tuple[float, float, float]:
    """Median with its bootstrap interval."""
    luck = generator(seed, "by hand", label)
    return bootstrap_interval(hours, lambda x: float(np.median(x)), luck, draws=_DRAWS)


def _usual_h(view: View, code: int, practice: NDArray[np.int64], hours: NDArray[np.float64]) -> float | None:
    """Median hours of people at this step outside spells, or, where those are few, at the other steps of the log."""
    log = view.log
    if practice.size >= _LEAST_BY_HAND:
        return float(np.median(hours[practice])) or None
    kept = (log.activity != code) & (log.resource >= 0) & (view.traces.previous >= 0) & ~view.performers.machine
    return (float(np.median(hours[kept])) or None) if kept.any() else None
