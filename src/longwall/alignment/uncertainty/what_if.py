"""What if? The effect of one stated change, with an interval that holds everything the log leaves open.

Today and the changed system are simulated side by side, under common luck, in many draws of what is not known. Draws
whose today is far from what was observed count less. Where the work itself is only bounded, the whole is repeated at
both ends of the bounds and inside; if the answer depends on where in between the truth lies, it is "not identified".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from longwall.alignment.trials import Key, Sample, Simulator, block_seed
from longwall.alignment.uncertainty.knowledge import SHARES_OF_SET, redrawn
from longwall.alignment.uncertainty.possible import possible_systems
from longwall.discovery.traces import traces_of
from longwall.errors import AlignmentError, Fault, LongwallError
from longwall.units import HOURS_PER_WEEK
from longwall.worksystem import Column, Estimate, Piece, WorkSystem

if TYPE_CHECKING:
    from longwall.evidence import Log

__all__ = ["End", "WhatIf", "levels_of", "what_if"]

Answer = Literal["rises", "falls", "no clear change", "not identified"]

DISCREPANCY = 0.3
"""Standard deviation of the log of an effect's size that is the model's own error: the smallest multiple of 0.05 with
which nine in ten intervals hold the truth, over 64 simulated organisations that no figure is made of
(``benchmarks/whatif.py --first 10000 --organisations 80``). Modelling choice."""
LEAST = 0.003
"""The same for a change of nothing at all."""
NEAR = 0.12
"""Standard deviation of the log of today's level within which a draw agrees with what was observed."""
_LEAST_DRAWS = 4.0
_LEAST_ITEMS = 50


class End(Piece):
    """The answer at one place between the bounds of the work.

    Parameters
    ----------
    share : float
        0: lower end of what the log allows, 1: upper end.
    """

    share: float
    change: Estimate


class WhatIf(Piece):
    """What a stated change does to one indicator.

    Parameters
    ----------
    today : float
        As observed where that is known, else as simulated.
    change : Estimate
        Changed minus today, with its interval at `level`; where the work is only bounded, over the whole set.
    answer : str
        ``rises`` or ``falls`` where the interval leaves out zero, everywhere in the set; ``not identified`` where that
        depends on the place in the set.
    ends : tuple of End
        Empty where the work was counted.
    agreeing : float
        Effective number of draws that agree with what was observed.
    """

    indicator: str
    name: str = ""
    column: Column
    better: Literal["lower", "higher"] = "lower"
    today: float
    change: Estimate
    level: float
    answer: Answer
    ends: tuple[End, ...] = ()
    agreeing: float = 0.0

    @property
    def statement(self) -> str:
        """The answer in a sentence."""
        name, change = self.name or self.indicator, self.change
        span = f"{change.low:+.3g} to {change.high:+.3g} {change.unit}".rstrip()
        if self.answer == "not identified":
            return (
                f"{name}: not identified. The log has no starts, and the sign depends on how much of the time was work "
                f"({span})."
            )
        if self.answer == "no clear change":
            return f"{name}: no clear change ({span})."
        return f"{name} {self.answer} by {abs(change.value):.3g} {change.unit}".rstrip() + f" ({span})."


def what_if(
    system: WorkSystem,
    change: Callable[[WorkSystem], WorkSystem],
    *,
    simulator: Simulator,
    seed: int,
    draws: int = 24,
    replications: int = 4,
    level: float = 0.9,
    discrepancy: float = DISCREPANCY,
    observed: Mapping[str, float] | None = None,
    threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> tuple[WhatIf, ...]:
    """Return what a change does to each indicator of the organisation.

    Parameters
    ----------
    system : WorkSystem
        Today's, as discovered or written.
    change : callable
        Makes the changed system of a system; applied to every draw, so relative changes stay relative.
    simulator : Simulator
        Such as `longwall.alignment.simulated.Simulated`.
    draws, replications : int
        Draws of what is not known (>= 2) and replications of each (>= 2), under luck common to both systems.
    level : float
        Of the interval, in (0, 1).
    discrepancy : float
        Standard deviation of the log of an effect's size that is the model's own error, >= 0.
    observed : mapping of str to float, optional
        Levels of indicators as counted in the log, such as ``{"lead_time_h": 31.5}``; draws are weighed by them.
    threads : int
        Changes no bit.

    Returns
    -------
    tuple of WhatIf
        In the order of the simulator.

    Raises
    ------
    AlignmentError
        LW-AL-030: fewer than half of the draws can be simulated, with the reason of the first.
    LongwallError
        If the change cannot be applied to the system itself.

    Notes
    -----
    For indicators that are above zero in every draw the logarithm of the ratio is what is estimated, else the
    difference. Let m and s be its weighted mean and standard deviation over draws (the noise of the replications
    taken off s), and e the noise of m itself. What the model gets wrong of an effect is mostly its size, not its
    sign: by a factor exp(± `discrepancy` z), and by 0.003 of the level even where there is no effect. The interval
    joins all four as if independent, on either side of m. The weight of a draw falls with the squared log distance of
    its today from the observed one (history matching; an importance weight with a normal discrepancy).

    References
    ----------
    Kennedy and O'Hagan 2001, "Bayesian calibration of computer models", JRSS B 63, for discrepancy. Craig, Goldstein,
    Seheult and Smith 1997, "Pressure matching for hydrocarbon reservoirs", for history matching. Manski 2003, "Partial
    identification of probability distributions", for sets.
    """
    change(system)
    known = observed or {}
    places = possible_systems(system, simulator=simulator, seed=seed, observed=known)
    found: list[tuple[WhatIf, ...]] = []
    for place, start in enumerate(places):

        def report(done: float, place: int = place) -> None:
            if progress is not None:
                progress((place + done) / len(places))

        pairs = _pairs(start, change, simulator, seed, draws, replications, threads, report)
        found.append(_estimated(pairs, known, level, discrepancy))
    return found[0] if len(found) == 1 else tuple(_over_set(row, level) for row in zip(*found, strict=True))


def levels_of(log: Log) -> Mapping[str, float]:
    """Return today's level of the indicators that a log counts as the simulator does.

    Parameters
    ----------
    log : Log

    Returns
    -------
    mapping of str to float
        ``lead_time_h``: mean from arrival to end of the items that came early enough to be seen to their end, which is
        the 95% quantile of the lead time before the end of the log. ``backlog``: that times their rate (Little's law).
        Empty for a log that is too short for it.

    References
    ----------
    Little 1961, "A proof for the queuing formula L = λW", Operations Research 9.
    """
    traces = traces_of(log)
    lead = traces.close_h - traces.arrival_h
    seen = traces.finished
    if seen.sum() < _LEAST_ITEMS:
        return {}
    until = traces.edge_h - float(np.quantile(lead[seen], 0.95))
    early = traces.arrival_h <= until
    since = float(traces.arrival_h.min())
    if (early & seen).sum() < _LEAST_ITEMS or until - since <= HOURS_PER_WEEK:
        return {}
    mean = float(lead[early].mean())
    return {"lead_time_h": mean, "backlog": mean * float(early.sum()) / (until - since)}


def _pairs(
    system: WorkSystem, change: Callable[[WorkSystem], WorkSystem], simulator: Simulator, seed: int, draws: int,
    replications: int, threads: int, progress: Callable[[float], None],
) -> list[tuple[Sample, Sample]]:  # fmt: skip
    """Today and the changed system in every draw that can be simulated."""
    done = 0

    def one(draw: int) -> tuple[Sample, Sample] | LongwallError:
        nonlocal done
        luck = block_seed(seed, "what-if", draw)
        try:
            now = redrawn(system, seed=seed, draw=draw)
            return (
                simulator.sample(now, seed=luck, replications=replications),
                simulator.sample(change(now), seed=luck, replications=replications),
            )
        except LongwallError as error:
            return error
        finally:
            done += 1
            progress(done / draws)

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(one, range(draws)))
    pairs = [pair for pair in found if not isinstance(pair, LongwallError)]
    failed = next((error for error in found if isinstance(error, LongwallError)), None)
    if failed is not None and 2 * len(pairs) < draws:
        first = failed.faults[0]
        raise AlignmentError(
            Fault("LW-AL-030", first.where, "draws of the model that can be simulated",
                  f"{len(pairs)} of {draws}; {first.expected}, found {first.found}", first.do)
        )  # fmt: skip
    return pairs


def _estimated(
    pairs: Sequence[tuple[Sample, Sample]], observed: Mapping[str, float], level: float, discrepancy: float
) -> tuple[WhatIf, ...]:
    """The change of every indicator of the organisation over the draws."""
    keys = pairs[0][0].keys
    now = np.stack([_matched(keys, today).mean(axis=0) for today, _ in pairs])
    weight = _weights(keys, now, observed)
    out = []
    for row, key in enumerate(keys):
        a = np.stack([_matched(keys, today)[:, row] for today, _ in pairs])
        b = np.stack([_matched(keys, then)[:, row] for _, then in pairs])
        shown = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
        if key.scope != "organisation" or shown.sum() < 2:
            continue
        out.append(_one(key, a[shown], b[shown], weight[shown], level, discrepancy, observed.get(key.id)))
    return tuple(out)


def _matched(keys: Sequence[Key], sample: Sample) -> NDArray[np.float64]:
    """Values of a sample in the order of the keys; a key it lacks is nan."""
    place = {(key.id, key.scope): row for row, key in enumerate(sample.keys)}
    values: NDArray[np.float64] = np.column_stack([sample.values, np.full(len(sample.values), np.nan)])
    return np.asarray(values[:, [place.get((key.id, key.scope), -1) for key in keys]])


def _weights(keys: Sequence[Key], now: NDArray[np.float64], reference: Mapping[str, float]) -> NDArray[np.float64]:
    """Weight of each draw by how near its today is to what was observed, in sum 1."""
    badness = np.zeros(len(now))
    for row, key in enumerate(keys):
        level = reference.get(key.id)
        if key.scope == "organisation" and level is not None and level > 0 and (now[:, row] > 0).all():
            badness += (np.log(now[:, row] / level) / NEAR) ** 2 / 2
    # Few draws may be all that is near: flatten the weights until at least a few of them count.
    for _ in range(20):
        weight: NDArray[np.float64] = np.exp(-(badness - badness.min()))
        weight /= weight.sum()
        if 1.0 / float((weight**2).sum()) >= min(_LEAST_DRAWS, len(now)):
            break
        badness = badness * 0.7
    return np.asarray(weight)


def _one(
    key: Key, a: NDArray[np.float64], b: NDArray[np.float64], weight: NDArray[np.float64], level: float,
    discrepancy: float, observed: float | None,
) -> WhatIf:  # fmt: skip
    """The change of one indicator: a and b are today and then, shape (draws, replications)."""
    weight = weight / weight.sum()
    count = 1.0 / float((weight**2).sum())
    today = float(weight @ a.mean(axis=1)) if observed is None else observed
    ratio = bool((a > 0).all() and (b > 0).all())
    gap = np.log(b.mean(axis=1) / a.mean(axis=1)) if ratio else b.mean(axis=1) - a.mean(axis=1)
    single = np.log(b / a) if ratio else b - a
    noise = float(weight @ (single.var(axis=1, ddof=1) / a.shape[1])) if a.shape[1] > 1 else 0.0
    mean = float(weight @ gap)
    spread = float(weight @ (gap - mean) ** 2) * count / max(count - 1.0, 1e-9)
    scale = 1.0 if ratio else max(abs(today), 1e-9)
    variance = max(spread - noise, 0.0) + spread / count + (LEAST * scale) ** 2
    z = 0.0 if not gap.any() else float(ndtri(0.5 + level / 2))
    sides = [
        math.hypot(z * math.sqrt(variance), mean * math.expm1(way * z * discrepancy)) for way in (1.0, -1.0)
    ]  # fmt: skip
    away, back = sides if mean >= 0 else sides[::-1]
    low, value, high = (
        today * math.expm1(min(at, 50.0)) if ratio else at for at in (mean - back, mean, mean + away)
    )  # fmt: skip
    return WhatIf(
        indicator=key.id, name=key.name, column=key.column, better=key.better, today=today, level=level,
        change=Estimate(value=value, low=low, high=high, unit=key.unit, footing="fitted"),
        answer=_answer(low, high), agreeing=count,
    )  # fmt: skip


def _answer(low: float, high: float) -> Answer:
    return "rises" if low > 0 else "falls" if high < 0 else "no clear change"


def _over_set(row: Sequence[WhatIf], level: float) -> WhatIf:
    """Join the answers at the places in the set: the interval is that of the whole set."""
    middle = row[len(row) // 2]
    answers = {found.answer for found in row}
    ends = tuple(End(share=share, change=found.change) for share, found in zip(SHARES_OF_SET, row, strict=True))
    whole = Estimate(
        value=middle.change.value,
        low=min(found.change.low for found in row),
        high=max(found.change.high for found in row),
        unit=middle.change.unit,
        footing="assumed",
    )
    answer: Answer = answers.pop() if len(answers) == 1 else "not identified"
    return middle.model_copy(update={"change": whole, "ends": ends, "answer": answer, "level": level})
