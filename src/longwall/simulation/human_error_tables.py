"""The published tables of SPAR-H and HEART, each value with evidence tag and source.

References
----------
Gertman, Blackman, Marble, Byers and Smith 2005, The SPAR-H human reliability analysis method, NUREG/CR-6883.
Williams 1986, HEART, a proposed method for assessing and reducing human error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from longwall.worksystem import Tag

__all__ = [
    "CERTAIN",
    "DEPENDENCE",
    "HEART_CONDITIONS",
    "HEART_TASKS",
    "MANY_NEGATIVE",
    "SPAR_H_FACTORS",
    "SPAR_H_NOMINAL",
    "Condition",
    "Multiplier",
    "Nominal",
]

CERTAIN = math.inf
"""Multiplier of a level at which the error is certain."""

_SPAR_H = "Gertman et al. 2005, NUREG/CR-6883"
_SPAR_H_ORIGIN = f"{_SPAR_H}; multipliers partly expert judgement, Boring and Blackman 2007"
_HEART = "Williams 1986; values broadly supported by a later review of 175 data sources"
_HEART_READ = "Williams 1986, as reprinted in table 2 of PMC9482046"
MANY_NEGATIVE = 3
"""From this many negative factors on SPAR-H adjusts the product, so that it stays a probability."""


@dataclass(frozen=True)
class Nominal:
    """The probability of an error before the conditions of work are looked at.

    Parameters
    ----------
    value : float
        In (0, 1).
    low, high : float
        5% and 95% bounds; both the value itself where the method gives none.
    words : str
        What kind of task it is for.
    """

    value: float
    low: float
    high: float
    words: str
    tag: Tag
    source: str


@dataclass(frozen=True)
class Multiplier:
    """What one level of a performance shaping factor does: factor on the nominal probability, >= 0.

    Infinity: the error is certain.
    """

    value: float
    tag: Tag = "K"
    source: str = _SPAR_H_ORIGIN


@dataclass(frozen=True)
class Condition:
    """An error-producing condition: the largest factor that it puts on the nominal probability, >= 1."""

    most: float
    words: str
    tag: Tag
    source: str


def _factor(**levels: float) -> Mapping[str, Multiplier]:
    """Return the levels of one factor; ``nominal`` is among them and multiplies by one."""
    return MappingProxyType({level: Multiplier(value) for level, value in {"nominal": 1.0, **levels}.items()})


_SAME = {
    "stress": _factor(high=2.0, extreme=5.0),
    "ergonomics": _factor(good=0.5, poor=10.0, missing=50.0),
    "fitness": _factor(degraded=5.0, unfit=CERTAIN),
}

SPAR_H_NOMINAL: Mapping[str, Nominal] = MappingProxyType(
    {
        "diagnosis": Nominal(1e-2, 1e-2, 1e-2, "find out what is the matter and decide", "R", _SPAR_H),
        "action": Nominal(1e-3, 1e-3, 1e-3, "do what was decided", "R", _SPAR_H),
    }
)
"""Probability per task, by kind."""

SPAR_H_FACTORS: Mapping[str, Mapping[str, Mapping[str, Multiplier]]] = MappingProxyType(
    {
        "diagnosis": MappingProxyType(
            {
                "available_time": _factor(expansive=0.01, extra=0.1, barely=10.0, inadequate=CERTAIN),
                "complexity": _factor(obvious=0.1, moderate=2.0, high=5.0),
                "experience": _factor(high=0.5, low=10.0),
                "procedures": _factor(symptom_oriented=0.5, poor=5.0, incomplete=20.0, none=50.0),
                "work_processes": _factor(good=0.8, poor=2.0),
                **_SAME,
            }
        ),
        "action": MappingProxyType(
            {
                "available_time": _factor(fifty_times=0.01, five_times=0.1, just_enough=10.0, inadequate=CERTAIN),
                "complexity": _factor(moderate=2.0, high=5.0),
                "experience": _factor(high=0.5, low=3.0),
                "procedures": _factor(poor=5.0, incomplete=20.0, none=50.0),
                "work_processes": _factor(good=0.5, poor=5.0),
                **_SAME,
            }
        ),
    }
)
"""Multipliers of the eight performance shaping factors: kind, factor, level."""

HEART_TASKS: Mapping[str, Nominal] = MappingProxyType(
    {
        letter: Nominal(value, low, high, words, "K", _HEART)
        for letter, value, low, high, words in (
            ("A", 0.55, 0.35, 0.97, "unfamiliar, done at speed, consequences unknown"),
            ("B", 0.26, 0.14, 0.42, "restore a state in one attempt, without procedure or supervision"),
            ("C", 0.16, 0.12, 0.28, "complex, needs much understanding and skill"),
            ("D", 0.09, 0.06, 0.13, "fairly simple, done fast or with scant attention"),
            ("E", 0.02, 0.007, 0.045, "routine, much practised, fast, little skill"),
            ("F", 0.003, 0.0008, 0.007, "restore a state by procedure, with some checking"),
            ("G", 0.0004, 0.00008, 0.009, "very familiar, well designed, practised, with time to correct"),
            ("H", 0.00002, 0.000006, 0.0009, "respond to a system whose automation supervises and explains"),
            ("M", 0.03, 0.008, 0.11, "anything else"),
        )
    }
)
"""Generic tasks by letter."""

_CONDITIONS: tuple[tuple[str, float, str, Tag], ...] = (
    ("unfamiliarity", 17.0, "important, but rare or new", "R"),
    ("time_shortage", 11.0, "too little time to notice and correct", "R"),
    ("low_signal_to_noise", 10.0, "what matters drowns in what does not", "R"),
    ("features_override", 9.0, "information is too easily suppressed", "R"),
    ("spatial_incompatibility", 8.0, "what is shown cannot readily be taken in", "R"),
    ("model_mismatch", 8.0, "worker and designer picture the work differently", "R"),
    ("no_reversal", 8.0, "no obvious way to take an act back", "R"),
    ("channel_overload", 6.0, "too much new information at once", "R"),
    ("technique_unlearning", 6.0, "an opposite technique has to be unlearned", "R"),
    ("knowledge_transfer", 5.5, "knowledge has to be carried over between tasks", "R"),
    ("ambiguous_standards", 5.0, "unclear what performance is required", "R"),
    ("risk_misperception", 4.0, "believed and real risk differ", "R"),
    ("poor_feedback", 4.0, "poor, ambiguous or ill-matched feedback", "R"),
    ("no_confirmation", 4.0, "no timely confirmation that an act took effect", "R"),
    ("inexperience", 3.0, "qualified, but no expert", "R"),
    ("poor_information", 3.0, "procedures and talk convey too little", "R"),
    ("no_independent_check", 3.0, "little or no independent checking", "R"),
    ("conflicting_goals", 2.5, "immediate and long-term goals conflict", "R"),
    ("no_diversity_of_information", 2.5, "nothing to check a message against", "R"),
    ("educational_mismatch", 2.0, "education does not fit the task", "R"),
    ("dangerous_incentives", 2.0, "reasons to use a more dangerous procedure", "R"),
    ("no_exercise", 1.8, "mind and body have little to do outside the task", "K"),
    ("unreliable_instruments", 1.6, "instruments that everybody distrusts", "K"),
    ("absolute_judgement", 1.6, "judgements beyond one's experience", "K"),
    ("unclear_function_allocation", 1.6, "unclear who or what is responsible", "K"),
    ("no_progress_tracking", 1.4, "progress cannot be followed", "K"),
    ("physical_limits", 1.4, "beyond physical capability", "K"),
    ("low_meaning", 1.4, "little or no meaning in the task", "K"),
    ("emotional_stress", 1.3, "high emotional stress", "K"),
    ("ill_health", 1.2, "ill health among those who do it", "K"),
    ("low_morale", 1.2, "low morale", "K"),
    ("inconsistent_displays", 1.2, "displays and procedures do not agree", "K"),
    ("poor_environment", 1.15, "poor or hostile surroundings", "K"),
    ("inactivity", 1.1, "half an hour of low mental load; each further hour 1.05", "K"),
    ("disrupted_sleep", 1.1, "disrupted sleep", "K"),
    ("external_pacing", 1.06, "others set the pace", "K"),
    ("supernumeraries", 1.03, "more people than are needed", "K"),
)

HEART_CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {name: Condition(most, words, tag, _HEART_READ if tag == "R" else _HEART) for name, most, words, tag in _CONDITIONS}
)
"""Error-producing conditions; age, the last of the list of 1986, is left out: it is no condition of work."""

_DEPENDENCE = f"{_SPAR_H}; from THERP, Swain and Guttmann 1983"
DEPENDENCE: Mapping[str, Multiplier] = MappingProxyType(
    {
        degree: Multiplier(share, "K", _DEPENDENCE)
        for degree, share in (("zero", 0.0), ("low", 1 / 20), ("moderate", 1 / 7), ("high", 1 / 2), ("complete", 1.0))
    }
)
"""What a failure just before takes away, by degree of dependence, of what is missing to certainty."""
