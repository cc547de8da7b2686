"""Rare faults are missed, and an aid pays off from a reliability on: both through the whole simulator."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtrit

from longwall.simulation import Scenario, error_probability, run
from longwall.worksystem import (
    Allocation,
    Component,
    Control,
    Detection,
    Distribution,
    Function,
    HumanError,
    Parameter,
    Route,
    Variance,
    WorkSystem,
)

P = Parameter
FIXED = Distribution(shape="fixed", mean_h=0.5)


def interval(sample: np.ndarray) -> tuple[float, float, float]:
    """Mean and 95% t interval."""
    half = float(stdtrit(len(sample) - 1, 0.975)) * sample.std(ddof=1) / math.sqrt(len(sample))
    return float(sample.mean()), float(sample.mean() - half), float(sample.mean() + half)


def machine(reliability: float) -> Component:
    return Component(id="bot", kind="automation", speed=P(value=20.0), reliability=P(value=reliability),
                     transparency=P(value=1.0))  # fmt: skip


def reviewed(build: Any, arrivals: Any, role: Any, reliability: float, **priors: float) -> WorkSystem:
    """Level 5: the machine suggests, a person reviews, the machine acts; whatever it got wrong is a variance."""
    function = Function(id="serve", work_h=FIXED, roles=("server",), allocation=Allocation(level=5, component="bot"))
    wrong = Variance(id="wrong", origin="serve", probability=P(value=1.0), by_machine=True)
    return build(
        [arrivals("item", 10.0)], [function],
        [Route(source="start", target="serve"), Route(source="serve", target="end")],
        [role("server", 12)], (machine(reliability),), variances=(wrong,),
        state_parameters={"false_rejection": P(value=0.0)} | {k: P(value=v) for k, v in priors.items()},
    )  # fmt: skip


@pytest.mark.parametrize(("reliability", "weeks", "miss"), [(0.5, 25, 0.070), (0.9, 25, 0.147), (0.99, 60, 0.301)])
def test_what_is_rare_is_missed(system, arrivals, role, reliability: float, weeks: int, miss: float) -> None:
    # What escapes when everybody checks, over what escapes when nobody does, under the same luck. Caught when the
    # share of what is right stood for prevalence.
    exact = 1 / (1 + math.exp(2.59 + 0.38 * math.log((1 - reliability) / reliability)))
    assert round(exact, 3) == miss
    escaped = []
    for unchecked in (0.0, 1.0):
        wanted = reviewed(system, arrivals, role, reliability, accept_unchecked=unchecked)
        runs = run(Scenario(system=wanted, weeks=weeks, warm_up_weeks=0, replications=20))
        escaped.append(runs.column("escaped_per_100"))
    mean, low, high = interval(escaped[0] / escaped[1])
    assert high - low < 0.02
    assert low <= exact <= high, (mean, low, high)


def aided(build: Any, arrivals: Any, role: Any, h: float, k: float, reliability: float | None) -> WorkSystem:
    """With a machine first: it acts, a share k of what it got wrong is seen and done again by hand."""
    slip = Variance(id="slip", origin="hand", probability=P(value=1 - h))
    hand = Function(id="hand", work_h=FIXED, roles=("server",))
    if reliability is None:
        routes = [Route(source="start", target="hand"), Route(source="hand", target="end")]
        return build([arrivals("item", 10.0)], [hand], routes, [role("server", 12)], variances=(slip,))
    serve = Function(id="serve", work_h=FIXED, allocation=Allocation(level=10, component="bot"))
    wrong = Variance(
        id="wrong", origin="serve", probability=P(value=1.0), by_machine=True,
        detections=(Detection(function="serve", probability=P(value=k)),), control=Control(function="hand"),
    )  # fmt: skip
    routes = [
        Route(source="start", target="serve"), Route(source="serve", target="end"),
        Route(source="hand", target="end"),
    ]  # fmt: skip
    return build(
        [arrivals("item", 10.0)], [serve, hand], routes, [role("server", 12)], (machine(reliability),),
        variances=(slip, wrong),
    )  # fmt: skip


def success(system: WorkSystem, weeks: int) -> np.ndarray:
    """Share of items without anything that escaped, by replication; none has two."""
    runs = run(Scenario(system=system, weeks=weeks, warm_up_weeks=0, replications=20))
    return 1 - runs.column("escaped_per_100") / 100


@pytest.mark.parametrize(("h", "k"), [(0.85, 0.6), (0.7, 0.3), (0.95, 0.9)])
def test_an_aid_pays_off_from_the_break_even_on(system, arrivals, role, h: float, k: float) -> None:
    # r + (1 - r) k h = h at r* = h (1 - k) / (1 - k h). Caught when what was done again was never wrong.
    wanted = h * (1 - k) / (1 - k * h)
    by_hand = success(aided(system, arrivals, role, h, k, None), 25)
    below, above = wanted - 0.05, wanted + 0.05
    gain = [success(aided(system, arrivals, role, h, k, r), 25) - by_hand for r in (below, above)]
    assert interval(gain[0])[2] < 0 < interval(gain[1])[1]
    crossing = below + (above - below) * gain[0] / (gain[0] - gain[1])
    mean, low, high = interval(crossing)
    assert high - low < 0.02
    assert low <= wanted <= high, (mean, low, high)


@pytest.mark.parametrize(("task", "q", "miss"), [("C", 0.3, 0.2), ("B", 0.5, 0.4)])
def test_break_even_through_a_review(system, arrivals, role, task: str, q: float, miss: float) -> None:
    # At level 5, k = (1 - q) d with a detection that does not depend on prevalence; a human error arises only where a
    # person did the task. Caught when a tenth fewer accepted unchecked than was asked for.
    error = HumanError(method="heart", task=task)
    h, k = 1 - error_probability(error), (1 - q) * (1 - miss)
    wanted = h * (1 - k) / (1 - k * h)
    slip = Variance(id="slip", origin="serve", error=error)
    priors = {
        "accept_unchecked": q, "prevalence_slope": 0.0, "prevalence_intercept": math.log(miss / (1 - miss)),
        "takeover_novice": 1.0, "takeover_skilled": 1.0,
    }  # fmt: skip

    def with_slips(reliability: float, level: int) -> np.ndarray:
        base = reviewed(system, arrivals, role, reliability, **priors)
        [serve] = base.work.functions
        allocation = serve.allocation.model_copy(update={"level": level})
        work = base.work.model_copy(update={"functions": (serve.model_copy(update={"allocation": allocation}),)})
        return success(base.model_copy(update={"work": work, "variances": (*base.variances, slip)}), 25)

    by_hand = with_slips(wanted, 1)
    mean, low, high = interval(by_hand)
    assert low <= h <= high, (mean, low, high)
    gain = [with_slips(r, 5) - by_hand for r in (wanted - 0.05, wanted + 0.05)]
    assert interval(gain[0])[2] < 0 < interval(gain[1])[1]
    mean, low, high = interval(wanted - 0.05 + 0.1 * gain[0] / (gain[0] - gain[1]))
    assert high - low < 0.02
    assert low <= wanted <= high, (mean, low, high)
