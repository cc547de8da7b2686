"""How tightly coupled, how complex, how automated? Indices with every part shown, fixed cuts, margins.

No validated formula for Perrow's two axes exists; these are proposals whose parts can be argued about one by one. The
cuts were fixed before the parts were drawn up: coupling at one and two thirds, interaction at one half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from longwall.assessment.classes.checklist import Answers, Axis, AxisRating, rate
from longwall.assessment.classes.coupling import coupling_parts
from longwall.assessment.classes.interaction import interaction_parts
from longwall.assessment.classes.perturbation import Perturbation
from longwall.assessment.classes.profile import Profile
from longwall.assessment.classes.structure import Structure
from longwall.assessment.classes.traits_in_log import coupling_in_log, interaction_in_log
from longwall.assessment.flow import Flow
from longwall.assessment.results import AutomationLevel, Classification, Index, IndexPart
from longwall.assessment.thresholds import Thresholds
from longwall.assessment.view import View
from longwall.stats import share_interval
from longwall.worksystem import Estimate, WorkSystem

__all__ = ["classify"]

_Cuts = Sequence[tuple[float, str]]

_APPROVED = 0.95
_LEADS = 0.8


def classify(
    system: WorkSystem,
    flow: Flow,
    cuts: Thresholds,
    view: View | None = None,
    perturbation: Perturbation | None = None,
    missing: str = "",
    *,
    profile: Profile | None = None,
    answers: Sequence[Answers] = (),
) -> Classification:
    """Return coupling, interaction and automation levels of a work system.

    Parameters
    ----------
    view : View, optional
        Of the log: what it shows takes the place of what the model states, and both are kept.
    perturbation : Perturbation, optional
        What small outages do in the simulation.
    missing : str
        Why there is no perturbation.
    profile : Profile, optional
        What dominates, from `profile_of`.
    answers : sequence of Answers
        To the checklist, from people.
    """
    structure = Structure(system, flow)
    coupling = coupling_parts(system, flow, structure, perturbation, cuts)
    interaction = interaction_parts(system, flow, structure, cuts)
    if view is not None:
        coupling = _seen(coupling, coupling_in_log(view, cuts))
        interaction = _seen(interaction, interaction_in_log(view, flow, cuts))
    labels = _labels(cuts)
    tight, complex_ = _index(coupling, labels["coupling"]), _index(interaction, labels["interaction"])
    unknown = [part.name for index in (tight, complex_) for part in index.parts if part.value is None]
    cautions: tuple[str, ...] = (
        "no validated formula for coupling and interaction exists: read the parts, not only the label",
    )
    if unknown:
        cautions += (f"not known, so left out of the mean: {', '.join(unknown)}",)
    if missing:
        cautions += (f"the simulation was not struck: {missing}",)
    return Classification(
        coupling=tight,
        interaction=complex_,
        automation=_automation(system, cuts, view),
        perturbation=perturbation,
        profile=profile,
        checklist=_beside(answers, {"coupling": tight, "interaction": complex_}, labels),
        cautions=cautions,
    )


def _labels(cuts: Mapping[str, float]) -> dict[Axis, _Cuts]:
    """The labels of each axis with the value below which they hold."""
    return {
        "coupling": ((cuts["coupling_low"], "loose"), (cuts["coupling_high"], "medium"), (np.inf, "tight")),
        "interaction": ((cuts["interaction_cut"], "linear"), (np.inf, "complex")),
    }


def _beside(
    answers: Sequence[Answers], indices: Mapping[Axis, Index], labels: Mapping[Axis, _Cuts]
) -> tuple[AxisRating, ...]:
    """Put people's ratings beside the indices, by the same cuts."""
    found = []
    for axis, index in indices.items():
        ratings = tuple(rate(one, axis) for one in answers if one.of(axis))
        values = [rating.value for rating in ratings if rating.value is not None]
        value = float(np.mean(values)) if values else None
        label = "not answered" if value is None else _label(value, labels[axis])
        found.append(
            AxisRating(
                axis=axis,
                ratings=ratings,
                value=value,
                label=label,
                computed=index.value,
                computed_label=index.label,
                disagrees=value is not None and label != index.label,
            )
        )
    return tuple(found) if any(rating.ratings for rating in found) else ()


def _label(value: float, cuts: _Cuts) -> str:
    """The label of a value."""
    return next(name for cut, name in cuts if value < cut)


def _seen(stated: Sequence[IndexPart], logged: Sequence[IndexPart]) -> list[IndexPart]:
    """Put what the log shows in the place of what the model states, and add what only the log gives."""
    by_name = {part.name: part for part in logged}
    kept = [
        part if part.name not in by_name else by_name[part.name].model_copy(update={"stated": part.value})
        for part in stated
    ]
    names = {part.name for part in stated}
    return [*kept, *(part for part in logged if part.name not in names)]


def _automation(system: WorkSystem, cuts: Thresholds, view: View | None) -> tuple[AutomationLevel, ...]:
    """Levels per function: stated, and possible by the log."""
    codes = {key: code for code, key in enumerate(view.functions)} if view is not None else {}
    found = []
    for function in system.work.functions:
        stated = function.allocation.level
        if view is None or function.id not in codes or "resources" not in view.log.capabilities:
            found.append(AutomationLevel(function=function.id, stage=function.stage, stated=stated))
            continue
        possible, machine, approved = _possible(view, codes[function.id], cuts)
        agree = stated in possible if possible else None
        found.append(
            AutomationLevel(
                function=function.id,
                stage=function.stage,
                stated=stated,
                possible=possible,
                machine_share=machine,
                approved_share=approved,
                agree=agree,
            )
        )
    return tuple(found)


def _possible(view: View, code: int, cuts: Thresholds) -> tuple[tuple[int, ...], Estimate | None, Estimate | None]:
    """The set of levels that the performers of one activity leave possible.

    People do it: 1 to 4, the machine's help does not show. A machine does it, right after a step of a person that leads
    here and hardly anywhere else, in at least 95%: that step is an approval, so 5. In no more than 5%: 6 at least; 7 to
    10 cannot be told apart. In between: any from 5 on.
    """
    rows = np.flatnonzero((view.log.activity == code) & (view.log.resource >= 0))
    machine = view.performers.machine[rows]
    if rows.size < cuts["least_cases"]:
        return (), None, None
    low, high = share_interval(int(machine.sum()), rows.size)
    share = Estimate(value=float(machine.mean()), low=low, high=high, footing="counted")
    if machine.mean() < 0.5:
        return (1, 2, 3, 4), share, None
    done = rows[machine]
    before = view.traces.previous[done]
    who = np.where(before >= 0, view.log.resource[np.maximum(before, 0)], -1)
    person = (who >= 0) & ~view.performers.machine[np.maximum(before, 0)] & _leads_here(view, code)[before]
    low, high = share_interval(int(person.sum()), done.size)
    approved = Estimate(value=float(person.mean()), low=low, high=high, footing="counted")
    if person.mean() >= _APPROVED:
        return (5,), share, approved
    return ((6, 7, 8, 9, 10) if person.mean() <= 1 - _APPROVED else (5, 6, 7, 8, 9, 10)), share, approved


def _leads_here(view: View, code: int) -> NDArray[np.bool_]:
    """Whether each event is of an activity that is followed by this one in four of five cases."""
    log, following = view.log, view.traces.next
    count = np.bincount(log.activity, minlength=len(log.activities))
    here = (following >= 0) & (log.activity[np.maximum(following, 0)] == code)
    leads = np.bincount(log.activity[here], minlength=len(log.activities)) >= _LEADS * np.maximum(count, 1)
    return np.asarray(leads[log.activity])


def _index(parts: Sequence[IndexPart], cuts: _Cuts) -> Index:
    """Mean of the parts that could be had, with interval, label and distance to the nearest cut."""
    known = np.array([part.value for part in parts if part.value is not None])
    if not known.size:
        return Index(value=0.0, low=0.0, high=1.0, label="not determinable", margin=0.0, parts=tuple(parts))
    value = float(known.mean())
    margin = min(abs(value - cut) for cut, _ in cuts if np.isfinite(cut))
    half = 1.0
    if known.size > 1:
        half = float(stdtrit(known.size - 1, 0.975) * known.std(ddof=1) / np.sqrt(known.size))
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Index(value=value, low=low, high=high, label=_label(value, cuts), margin=margin, parts=tuple(parts))
