from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longwall.assessment.matrix.algebra import Net, Range, key_set, solve
from longwall.assessment.matrix.robustness import membership
from longwall.streams import generator


def net_of(
    p: np.ndarray, own: list[float], d: list[float], c: list[float], severity: np.ndarray, stays: bool = False
) -> Net:
    source, target = np.nonzero(p)
    return Net(
        source=source,
        target=target,
        p=Range.exact(p[source, target]),
        own=Range.exact(own),
        detected=Range.exact(d),
        controlled=Range.exact(c),
        severity=np.asarray(severity, dtype=float),
        harm_stays=np.full(len(own), stays),
    )


@numba.njit(cache=False)
def brute(p, d, c, severity, stays, start, n, luck):  # type: ignore[no-untyped-def]
    """Loss of one occurrence of `start`, n times over: every occurrence is played out on its own."""
    losses, counts = np.zeros(n), np.zeros((n, d.size))
    for k in range(n):
        waiting = [start]
        while len(waiting) > 0:
            i = waiting.pop()
            counts[k, i] += 1
            controlled = luck.random() < d[i] and luck.random() < c[i]
            if stays or not controlled:
                losses[k] += severity[i]
            if controlled:
                continue
            for j in range(d.size):
                if luck.random() < p[i, j]:
                    waiting.append(j)
    return losses, counts


CHAIN = np.array([[0, 0.6, 0.1, 0, 0], [0, 0, 0.9, 0.2, 0], [0.1, 0, 0, 0.6, 0], [0, 0.3, 0, 0, 0.9], [0, 0, 0, 0, 0]])
D, C = np.array([0.3, 0.5, 0.9, 0.4, 0.2]), np.array([0.9, 0.5, 0.6, 0.8, 0.5])
HARM = np.array([[1.0, 0, 0], [0.5, 2, 0], [3.0, 1, 0], [0.1, 0, 0], [6.0, 4, 0]])
OWN = [2.0, 1.0, 0.5, 3.0, 0.2]


@pytest.mark.parametrize("stays", [False, True])
def test_algebra_meets_brute_force(stays: bool) -> None:
    net = net_of(CHAIN, OWN, D.tolist(), C.tolist(), HARM, stays)
    solved = solve(net)
    n = 400_000
    rate, spread = np.zeros(5), np.zeros(5)
    for i in range(5):
        losses, counts = brute(CHAIN, D, C, HARM[:, 0], stays, i, n, generator(11, i))
        error = losses.std() / np.sqrt(n)
        assert error <= 0.003 * losses.mean()
        assert abs(solved.own_loss[i, 0] / OWN[i] - losses.mean()) <= 3.5 * error + 1e-9
        rate += OWN[i] * counts.mean(axis=0)
        spread += OWN[i] ** 2 * counts.var(axis=0) / n
        if stays:
            continue
        # Control applied twice, the tempting mistake, is far outside.
        twice = np.linalg.solve(np.eye(5) - (1 - D * C)[:, None] * CHAIN * (1 - D * C), (1 - D * C) ** 2 * HARM[:, 0])
        assert abs(twice[i] - losses.mean()) > 10 * error
    assert np.all(np.abs(solved.rate - rate) <= 3.5 * np.sqrt(spread) + 1e-12)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    n = draw(st.integers(1, 7))
    unit = st.floats(0, 1)
    p = np.array(draw(st.lists(st.lists(unit, min_size=n, max_size=n), min_size=n, max_size=n))) / (1.05 * n)
    numbers = st.lists(unit, min_size=n, max_size=n)
    severity = np.array(draw(st.lists(st.lists(unit, min_size=3, max_size=3), min_size=n, max_size=n)))
    return net_of(p, draw(numbers), draw(numbers), draw(numbers), severity, draw(st.booleans()))


@given(nets())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_loss_by_where_it_starts_is_loss_by_where_it_is_done(net: Net) -> None:
    solved = solve(net)
    share = np.where(net.harm_stays, 1.0, net.uncontrolled)
    assert solved.own_loss.sum(axis=0) == pytest.approx((solved.rate * share) @ net.severity, rel=1e-9, abs=1e-12)


@given(nets(), st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_levers_are_slopes_of_the_total(net: Net, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, net.size - 1))
    solved, step = solve(net), 1e-6
    for field, lever in (("detected", solved.detection_lever), ("controlled", solved.control_lever)):
        value = getattr(net, field).value.copy()
        value[i] += step
        moved = solve(Net(**{**net.__dict__, field: Range.exact(value)}))
        slope = (solved.own_loss.sum(axis=0) - moved.own_loss.sum(axis=0)) / step
        assert slope == pytest.approx(lever[i], rel=1e-3, abs=1e-6)


@given(nets(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_order_of_the_variances_changes_nothing(net: Net, luck: object) -> None:
    order = np.array(luck.sample(range(net.size), net.size))  # type: ignore[attr-defined]
    place = np.argsort(order)
    moved = Net(
        place[net.source], place[net.target], net.p,
        *(Range.exact(r.value[order]) for r in (net.own, net.detected, net.controlled)),
        net.severity[order], net.harm_stays[order],
    )  # fmt: skip
    assert solve(moved).own_loss == pytest.approx(solve(net).own_loss[order], rel=1e-9, abs=1e-12)


def test_a_runaway_set_is_named_and_the_rest_is_solved() -> None:
    p = np.zeros((6, 6))
    p[1, 2] = p[2, 1] = 1.0  # 1 and 2 feed each other without end
    p[0, 1] = 0.5  # 0 leads into it, 3 follows from it
    p[2, 3] = 0.5
    p[4, 5] = 0.5  # a world apart
    solved = solve(net_of(p, [1.0] * 6, [0.0] * 6, [0.0] * 6, np.ones((6, 3)) * [1, 0, 0]))
    assert solved.runaway == ((1, 2),)
    assert np.isinf(solved.rate).tolist() == [False, True, True, True, False, False]
    assert np.isinf(solved.own_loss[:, 0]).tolist() == [True, True, True, False, False, False]
    assert solved.own_loss[3:, 0] == pytest.approx([1, 1.5, 1])
    assert (solved.own_loss[:, 1:] == 0).all()
    assert key_set(solved.own_loss[:, 0]).tolist() == [True, True, True, False, False, False]
    p[1, 2] = 0.999
    assert solve(net_of(p, [1.0] * 6, [0.0] * 6, [0.0] * 6, np.ones((6, 3)))).runaway == ()


def test_a_variance_that_repeats_itself_runs_away() -> None:
    assert solve(net_of(np.array([[1.2]]), [1.0], [0.0], [0.0], np.ones((1, 3)))).runaway == ((0,),)
    controlled = solve(net_of(np.array([[1.2]]), [1.0], [0.5], [1.0], np.ones((1, 3))))
    assert controlled.runaway == ()
    assert controlled.rate == pytest.approx([1 / (1 - 0.6)])


def test_key_set_is_the_smallest_that_carries_four_fifths() -> None:
    assert key_set(np.array([1.0, 5.0, 3.0, 1.0])).tolist() == [False, True, True, False]
    assert key_set(np.array([1.0, 1.0, 1.0, 1.0, 1.0])).sum() == 4
    assert not key_set(np.zeros(3)).any()
    assert key_set(np.array([2.0, -1.0])).tolist() == [True, False]


def test_membership_is_certain_without_ranges_and_splits_a_tie() -> None:
    severity = np.ones((4, 3)) * [1, 1, 0]
    net = net_of(np.zeros((4, 4)), [5.0, 3.0, 1.0, 1.0], [0.0] * 4, [0.0] * 4, severity)
    sure = membership(net, draws=50)
    assert sure.share.tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]
    own = Range(np.array([5.0, 3, 1.7, 1.7]), np.array([5.0, 3, 1.2, 1.2]), np.array([5.0, 3, 2.2, 2.2]))
    tied = membership(Net(**{**net.__dict__, "own": own}), draws=4000, seed=3)
    assert tied.share[2, 0] == pytest.approx(0.5, abs=0.04)
    assert tied.grade(0) == ["core", "core", "borderline", "borderline"]


def test_membership_agrees_with_solving_each_draw() -> None:
    """A second implementation: the same draws' statistics by dense solves with NumPy's own luck."""
    spread = 0.4
    net = net_of(CHAIN, OWN, D.tolist(), C.tolist(), HARM)
    wide = {
        name: Range(r.value, r.value * (1 - spread), np.minimum(1, r.value * (1 + spread)))
        for name, r in (("p", net.p), ("detected", net.detected), ("controlled", net.controlled))
    }
    net = Net(**{**net.__dict__, **wide, "own": Range(net.own.value, net.own.value * 0.3, net.own.value * 2)})
    luck, hits, draws = generator(0, "oracle"), np.zeros(5), 3000

    def drawn(r: Range) -> np.ndarray:
        width = np.maximum(r.high - r.low, 1e-12)
        return luck.triangular(r.low - 1e-15, r.value, r.low + width)

    for _ in range(draws):
        u = 1 - drawn(net.detected) * drawn(net.controlled)
        p = np.zeros((5, 5))
        p[net.source, net.target] = drawn(net.p)
        loss = drawn(net.own) * u * np.linalg.solve(np.eye(5) - p * u, HARM[:, 0])
        hits += key_set(loss)
    ours = membership(net, draws=draws, seed=5).share[:, 0]
    assert ours == pytest.approx(hits / draws, abs=3.5 * np.sqrt(2 * 0.25 / draws))
    assert ((ours > 0.1) & (ours < 0.9)).any(), "nothing is borderline, so the agreement shows little"


def test_draws_that_run_away_are_counted_and_left_out() -> None:
    net = net_of(np.array([[0.0, 0.9], [0.9, 0.0]]), [1.0, 1.0], [0.0] * 2, [0.0] * 2, np.ones((2, 3)))
    p = Range(net.p.value, net.p.value * 0.5, net.p.value * 1.5)
    found = membership(Net(**{**net.__dict__, "p": p}), draws=400)
    assert 0.1 < found.runaway < 0.6
    assert (found.share <= 1).all()
