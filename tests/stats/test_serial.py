from __future__ import annotations

import numpy as np
import pytest

from longwall.stats import around_average, newey_west


def test_a_trend_is_gone_and_what_is_quick_stays() -> None:
    at = np.arange(100.0)
    assert np.abs(around_average(3 + 2 * at, 5))[5:-5].max() < 1e-9
    quick = np.where(at % 2 == 0, 1.0, -1.0)
    assert np.abs(around_average(quick + at, 5)[5:-5] - quick[5:-5]).max() < 0.1


def test_without_lags_it_is_whites_estimator() -> None:
    luck = np.random.default_rng(0)
    x = np.column_stack([np.ones(200), luck.normal(size=200)])
    y = x @ [1.0, 2.0] + luck.normal(size=200) * (1 + np.abs(x[:, 1]))
    slopes, covariance = newey_west(y, x, 0)
    inverse = np.linalg.inv(x.T @ x)
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    white = inverse @ (x.T * residual**2 @ x) @ inverse * 200 / 198
    assert slopes == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0])
    assert covariance == pytest.approx(white)


def test_intervals_hold_the_truth_under_serial_dependence() -> None:
    held = {0: 0, 10: 0}
    for seed in range(200):
        luck = np.random.default_rng(seed)
        x, e = np.zeros(250), np.zeros(250)
        for t in range(1, 250):
            x[t], e[t] = 0.7 * x[t - 1] + luck.normal(), 0.7 * e[t - 1] + luck.normal()
        for lags in held:
            slopes, covariance = newey_west(e, np.column_stack([np.ones(250), x]), lags)
            held[lags] += abs(slopes[1]) <= 1.96 * np.sqrt(covariance[1, 1])
    # Without lags two thirds: the series look longer than they are.
    assert held[10] >= 0.83 * 200 and held[0] <= 0.72 * 200


def test_more_columns_than_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="more rows than columns"):
        newey_west([1.0, 2.0], np.ones((2, 2)), 1)
