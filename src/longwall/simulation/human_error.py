"""How probable a human error is under given conditions of work: SPAR-H by default, HEART as the alternative.

Both methods take a nominal probability and multiply it by what is known of the conditions; the tables are in
`longwall.simulation.human_error_tables`. What fatigue and lost skill add at run time is no part of either method and is
not done here.

References
----------
Gertman, Blackman, Marble, Byers and Smith 2005, The SPAR-H human reliability analysis method, NUREG/CR-6883.
Williams 1986, HEART, a proposed method for assessing and reducing human error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from longwall.errors import Fault, SimulationError, suggestion
from longwall.simulation.human_error_tables import (
    CERTAIN,
    DEPENDENCE,
    HEART_CONDITIONS,
    HEART_TASKS,
    MANY_NEGATIVE,
    SPAR_H_FACTORS,
    SPAR_H_NOMINAL,
)
from longwall.worksystem import HumanError

__all__ = ["dependent_probability", "error_faults", "error_probability"]


def error_probability(error: HumanError) -> float:
    """Return the probability of a human error per task, in [0, 1].

    SPAR-H: nominal × product of the multipliers *m*, at most 1. From three factors with *m* > 1 on, with nominal *n*
    and product *x*: *n x* / (*n* (*x* - 1) + 1). A level at which the error is certain gives 1. HEART: nominal ×
    product of ((most - 1) × proportion + 1), at most 1.

    Raises
    ------
    SimulationError
        LW-SI-008, 040 or 041, with every fault at once.

    Notes
    -----
    Within fewer than three, or within three or more, negative factors SPAR-H rises with every multiplier. Where a
    third negative factor brings in the adjustment the published formula can fall; it is left as it was published.

    References
    ----------
    Gertman et al. 2005, NUREG/CR-6883, section 2.5; Williams 1986.

    Examples
    --------
    >>> error_probability(HumanError(kind="diagnosis", factors={"complexity": "high"}))
    0.05
    """
    if faults := error_faults(error, "error"):
        raise SimulationError(*faults)
    if error.method == "heart":
        value = HEART_TASKS[error.task].value
        for name, proportion in sorted(error.conditions.items()):
            value *= (HEART_CONDITIONS[name].most - 1.0) * proportion + 1.0
        return min(value, 1.0)
    nominal = SPAR_H_NOMINAL[error.kind].value
    multipliers = [SPAR_H_FACTORS[error.kind][name][level].value for name, level in sorted(error.factors.items())]
    if CERTAIN in multipliers:
        return 1.0
    product = math.prod(multipliers)
    if sum(value > 1.0 for value in multipliers) >= MANY_NEGATIVE:
        return nominal * product / (nominal * (product - 1.0) + 1.0)
    return min(nominal * product, 1.0)


def dependent_probability(p: float, level: str) -> float:
    """Return the probability of an error right after another one, on which it depends; in [p, 1].

    Parameters
    ----------
    p : float
        Probability of the error alone, in [0, 1].
    level : str
        Degree of dependence: zero, low, moderate, high or complete.

    Raises
    ------
    SimulationError
        LW-SI-008 if `p` is no probability, LW-SI-040 for another degree.

    Notes
    -----
    (1 + 19 p) / 20, (1 + 6 p) / 7 and (1 + p) / 2 for low, moderate and high. Dependence on two things at once, such
    as an act before and an automation, cannot be said in this form.

    References
    ----------
    Gertman et al. 2005, NUREG/CR-6883; the formulas are those of THERP (Swain and Guttmann 1983).
    """
    faults = []
    if not 0.0 <= p <= 1.0:
        faults.append(_out_of_range("p", "a probability", p))
    if level not in DEPENDENCE:
        faults.append(_unknown("level", "degree of dependence", level, DEPENDENCE))
    if faults:
        raise SimulationError(*faults)
    share = DEPENDENCE[level].value
    return min(share + (1.0 - share) * p, 1.0)


def error_faults(error: HumanError, where: str) -> list[Fault]:
    """Return everything that is wrong with a human error: words that are in no table, proportions outside [0, 1].

    Parameters
    ----------
    where : str
        Path of the error in the model, such as ``variances.wrong-dose.error``.
    """
    return list(_heart_faults(error, where) if error.method == "heart" else _spar_h_faults(error, where))


def _spar_h_faults(error: HumanError, where: str) -> Iterator[Fault]:
    """Yield unknown factors and levels, and what only the other method knows."""
    known = SPAR_H_FACTORS[error.kind]
    for factor, level in error.factors.items():
        if factor not in known:
            yield _unknown(f"{where}.factors.{factor}", "factor of SPAR-H", factor, known)
        elif level not in known[factor]:
            yield _unknown(f"{where}.factors.{factor}", f"level of {factor} for {error.kind}", level, known[factor])
    if error.task:
        yield _of_the_other(f"{where}.task", "SPAR-H", "a generic task of HEART", "heart")
    if error.conditions:
        yield _of_the_other(f"{where}.conditions", "SPAR-H", "conditions of HEART", "heart")


def _heart_faults(error: HumanError, where: str) -> Iterator[Fault]:
    """Yield unknown tasks and conditions, wrong proportions, and what only the other method knows."""
    if error.task not in HEART_TASKS:
        yield _unknown(f"{where}.task", "letter of a generic task of HEART", error.task, HEART_TASKS)
    for name, proportion in error.conditions.items():
        if name not in HEART_CONDITIONS:
            yield _unknown(f"{where}.conditions.{name}", "condition of HEART", name, HEART_CONDITIONS)
        if not 0.0 <= proportion <= 1.0:
            yield _out_of_range(f"{where}.conditions.{name}", "a proportion from 0 to 1", proportion)
    if error.factors:
        yield _of_the_other(f"{where}.factors", "HEART", "factors of SPAR-H", "spar_h")


def _unknown(where: str, kind: str, found: str, known: Iterable[str]) -> Fault:
    """Return the fault of a word that is not in its table."""
    words = list(known)
    near = suggestion(found, words) or suggestion(found.upper(), words)
    listed = f"one of {', '.join(words)}"
    do = f"use {near!r}, or another: {listed}" if near else f"use {listed}"
    return Fault("LW-SI-040", where, f"a {kind}", repr(found) if found else "none", do)


def _out_of_range(where: str, expected: str, found: float) -> Fault:
    """Return the fault of a number that is no share."""
    return Fault("LW-SI-008", where, expected, f"{found:g}", "correct the value")


def _of_the_other(where: str, method: str, found: str, other: str) -> Fault:
    """Return the fault of a key that the method does not read."""
    return Fault("LW-SI-041", where, f"what {method} reads", found, f"remove it, or set the method to {other}")
