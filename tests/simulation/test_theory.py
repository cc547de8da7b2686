"""Queues whose answers are known: inside |z| <= 3.3 with a half-width of at most 1% at a fixed seed."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from longwall.simulation import Runs, Scenario, run
from longwall.worksystem import Distribution, Function, Parameter, Route

Z = 3.3
HALF_WIDTH = 0.01


def exponential(mean_h: float) -> Distribution:
    return Distribution(shape="exponential", mean_h=mean_h)


def agree(runs: Runs, indicator: str, theory: float, scope: str = "organisation") -> None:
    sample = runs.column(indicator, scope)
    error = sample.std(ddof=1) / math.sqrt(len(sample))
    assert 1.96 * error <= HALF_WIDTH * theory, f"half-width {1.96 * error / theory:.4f} of {indicator}"
    assert abs(sample.mean() - theory) <= Z * error, (
        f"{indicator}: {sample.mean():.5f} +- {error:.5f} against {theory:.5f}"
    )


def erlang_c_wait(per_h: float, mu: float, c: int) -> float:
    a, b = per_h / mu, 1.0
    for k in range(1, c + 1):
        b = a * b / (k + a * b)
    return b / (1 - a / c * (1 - b)) / (c * mu - per_h)


def test_m_m_c(station) -> None:
    # Caught when a queue was not served after a completion, but only after the next arrival.
    runs = run(Scenario(system=station(3.0, exponential(1.0), 5), weeks=500, warm_up_weeks=2, replications=20))
    agree(runs, "wait_h", erlang_c_wait(3.0, 1.0, 5))
    agree(runs, "lead_time_h", erlang_c_wait(3.0, 1.0, 5) + 1.0)
    agree(runs, "utilisation", 0.6)
    # Little's law ties two code paths: the integral of the number present, and times of items.
    assert np.allclose(
        runs.column("backlog"), runs.column("lead_time_h") * runs.column("throughput_per_week") / 168, rtol=2e-4
    )


def test_m_m_n_with_patience(station) -> None:
    # Caught when the wait of those who abandon was left out.
    system = station(10.0, exponential(1.0), 9, patience_h=exponential(2.0))
    runs = run(Scenario(system=system, weeks=120, warm_up_weeks=2, replications=20))
    agree(runs, "abandoned_share", 0.157687)
    agree(runs, "wait_h", 0.157687 / 0.5)


@pytest.mark.parametrize(
    ("work", "cv2"),
    [(Distribution(shape="fixed", mean_h=1.0), 0.0), (Distribution(shape="lognormal", mean_h=1.0, cv=1.2), 1.44)],
)
def test_m_g_1(station, work: Distribution, cv2: float) -> None:
    # Pollaczek and Khinchine. Caught when the lognormal had its median for its mean.
    rho = 0.5
    runs = run(Scenario(system=station(rho, work, 1), weeks=3800, warm_up_weeks=2, replications=20))
    agree(runs, "wait_h", rho * (1 + cv2) / 2 / (1 - rho))


def test_empirical_distribution_has_its_moments(station) -> None:
    points = (0.0, 0.5, 1.0, 3.0)
    segments = list(itertools.pairwise(points))
    mean = sum((a + b) / 2 for a, b in segments) / 3
    second = sum((a * a + a * b + b * b) / 3 for a, b in segments) / 3
    rho = 0.5
    work = Distribution(shape="empirical", quantiles_h=points)  # type: ignore[call-arg]
    runs = run(Scenario(system=station(rho / mean, work, 1), weeks=2000, warm_up_weeks=2, replications=20))
    agree(runs, "wait_h", rho / mean * second / 2 / (1 - rho))


def test_m_m_1_two_priorities(system, arrivals, role) -> None:
    # Non-preemptive: W1 = W0 / (1 - rho1), W2 = W1 / (1 - rho). Caught when the lines were served by time alone.
    demand = [arrivals("a-urgent", 0.3, priority=0), arrivals("b-other", 0.3, priority=5)]
    fns = [Function(id="serve", work_h=exponential(1.0), roles=("server",))]
    routes = [Route(source="start", target="serve"), Route(source="serve", target="end")]
    runs = run(
        Scenario(system=system(demand, fns, routes, [role("server", 1)]), weeks=2500, warm_up_weeks=2, replications=20)
    )
    agree(runs, "wait_h", 0.6 / 0.7, "demand:a-urgent")
    agree(runs, "wait_h", 0.6 / 0.7 / 0.4, "demand:b-other")


def test_open_jackson_network(system, arrivals, role) -> None:
    # Four stations with feedback. Caught when every visit to a station had the key, and so the luck, of the first.
    p = Parameter
    fns = [
        Function(id=f"s{k}", work_h=exponential(1.0 / mu), roles=(f"r{k}",))
        for k, mu in enumerate((4.0, 3.0, 3.5, 5.0))
    ]
    routes = [
        Route(source="start", target="s0"),
        Route(source="s0", target="s1", probability=p(value=0.5)),
        Route(source="s0", target="s2", probability=p(value=0.5)),
        Route(source="s1", target="s3"),
        Route(source="s2", target="s3", probability=p(value=0.8)),
        Route(source="s2", target="s0", probability=p(value=0.2)),
        Route(source="s3", target="s1", probability=p(value=0.25)),
        Route(source="s3", target="end", probability=p(value=0.75)),
    ]
    matrix = np.zeros((4, 4))
    for route in routes[1:-1]:
        matrix[int(route.source[1]), int(route.target[1])] = route.probability.value
    flow = np.linalg.solve(np.eye(4) - matrix.T, [1.0, 0, 0, 0])
    lead = sum(f / (mu - f) for f, mu in zip(flow, (4.0, 3.0, 3.5, 5.0), strict=True))
    people = [role(f"r{k}", 1) for k in range(4)]
    runs = run(
        Scenario(
            system=system([arrivals("item", 1.0)], fns, routes, people), weeks=500, warm_up_weeks=4, replications=20
        )
    )
    agree(runs, "lead_time_h", lead)
    agree(runs, "throughput_per_week", 168 * flow[1], "function:s1")


def test_arrivals_follow_the_hour_of_the_week(station) -> None:
    profile = tuple(3.0 if hour % 24 in (9, 10) else 0.0 for hour in range(168))
    system = station(1.0, Distribution(shape="fixed", mean_h=0.25), 60, profile=profile)
    runs = run(Scenario(system=system, weeks=200, warm_up_weeks=1, replications=10))
    agree(runs, "throughput_per_week", 168.0)
    assert runs.column("wait_h").max() < 1e-3


def test_batches_wait_for_one_another(station) -> None:
    # M^X/D/1 with batch b: wait = rho / 2 / (1 - rho) * S + (b - 1) / 2 * S / (1 - rho).
    rho, b = 0.5, 4
    system = station(rho, Distribution(shape="fixed", mean_h=1.0), 1, batch=b)
    runs = run(Scenario(system=system, weeks=2500, warm_up_weeks=2, replications=20))
    agree(runs, "wait_h", (rho / 2 + (b - 1) / 2) / (1 - rho))


def test_quantile_of_lead_time(station) -> None:
    # M/M/1: lead time is exponential, its 90% quantile is ln(10) / (mu - lambda).
    runs = run(Scenario(system=station(0.5, exponential(1.0), 1), weeks=2000, warm_up_weeks=2, replications=20))
    agree(runs, "lead_time_p90_h", math.log(10.0) / 0.5)
