"""What a fresh process needs before its first answer: no more than the kernel, and a factor as exact as SciPy's."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal, getcontext

import pytest
from scipy.special import stdtrit

from longwall.simulation.student import t_factor


@pytest.mark.parametrize("freedom", [*range(1, 120), 199, 500, 999, 1999, 20_000])
def test_the_factor_is_that_of_scipy(freedom: int) -> None:
    # Caught when the last term of the sum was left out.
    assert t_factor(freedom) == pytest.approx(float(stdtrit(freedom, 0.975)), rel=5e-15)


@pytest.mark.parametrize("freedom", [2, 4, 30, 98, 1000])
def test_the_factor_solves_its_equation(freedom: int) -> None:
    # With fifty digits: the probability within plus and minus t is 95% to what one more bit of t would change.
    getcontext().prec = 50
    t = t_factor(freedom)

    def within(value: float) -> Decimal:
        square = Decimal(value) ** 2
        cosine2 = freedom / (freedom + square)
        term, total = Decimal(1), Decimal(0)
        for k in range(0, freedom - 1, 2):
            total += term
            term *= cosine2 * (k + 1) / (k + 2)
        return total * (1 - cosine2).sqrt()

    assert within(t * (1 - 1e-15)) < Decimal("0.95") < within(t * (1 + 1e-15))


def test_there_is_no_interval_from_one_value() -> None:
    with pytest.raises(ValueError, match="at least one"):
        t_factor(0)


def test_a_first_answer_loads_no_scipy_and_no_linear_algebra_of_numba() -> None:
    # Caught when the kernel was looked for in the cache after everything else had been loaded.
    code = """
import sys
from longwall.simulation import Scenario, simulate, is_warm
from longwall.worksystem import WorkSystem
assert is_warm()
system = WorkSystem.model_validate({
    "id": "station", "social": {"teams": [{"id": "t"}], "roles": [{"id": "r", "team": "t", "shifts": [{"people": 4}]}]},
    "work": {"demand": [{"id": "item", "per_week": 50}], "functions": [{"id": "f", "work_h": 1.0, "roles": ["r"]}],
             "routes": [{"source": "start", "target": "f"}, {"source": "f", "target": "end"}]}})
assert simulate(Scenario(system=system, weeks=2, replications=3)).of("wait_h").estimate.high > 0
print(sorted({"scipy.special", "scipy.linalg", "polars", "numba.np.linalg", "numba.np.arraymath"} & sys.modules.keys()))
"""
    from longwall.simulation import warm

    warm()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
