"""Streams: the quantile is exact, draws are uniform and independent of one another, and the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from longwall.streams import generator, key_of, mix, normal_quantile, uniform, word

N = 100_000


def draws(*names: str | int, seed: int = 0, n: int = N) -> np.ndarray:
    """Uniforms of one stream, as the kernel makes them: a key per draw."""
    key = mix(np.uint64(seed), np.uint64(key_of(*names)))
    return np.array([uniform(np.uint64(mix(np.uint64(key), np.uint64(ordinal)))) for ordinal in range(n)])


def test_the_quantile_agrees_with_scipy_over_the_whole_range():
    # An error in any digit of a coefficient shows: dropping the last digit of one moves the result by 1e-13 or more.
    p = np.concatenate([10.0 ** -np.arange(1, 300, 7), np.linspace(0.001, 0.999, 999), 1 - 10.0 ** -np.arange(1.0, 15)])
    ours = np.array([normal_quantile(float(x)) for x in p])
    reference = stats.norm.ppf(p)
    # scipy's own quantile is good to a few units in the last place; zero needs an absolute bound.
    assert np.all(np.abs(ours - reference) <= 1e-14 * np.maximum(np.abs(reference), 1.0))


def test_the_quantile_is_odd_and_rises():
    p = np.linspace(1e-6, 0.5, 501)
    below = np.array([normal_quantile(float(x)) for x in p])
    above = np.array([normal_quantile(float(1 - x)) for x in p])
    assert np.allclose(below, -above, rtol=1e-9, atol=1e-15)
    assert np.all(np.diff(below) > 0)
    assert normal_quantile(0.5) == 0.0


def test_words_in_a_fixed_order_are_those_of_the_reference_generator():
    # What splitmix64.c by Vigna gives for the seed 1234567.
    state = np.array([1234567], dtype=np.uint64)
    assert [int(word(state)) for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_a_uniform_is_never_zero():
    assert 0.0 < uniform(np.uint64(0)) < 1e-15


def test_a_uniform_is_never_one():
    assert uniform(np.uint64(2**64 - 1)) < 1.0


def test_draws_are_uniform():
    # A mixer that only added the ordinal to the key would fail both: its draws would lie on a line.
    u = draws("work", "triage")
    assert stats.kstest(u, "uniform").pvalue > 0.001
    counts = np.bincount((u * 256).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 0.001


def test_neighbouring_draws_and_streams_are_independent():
    first, second = draws("work", "triage"), draws("work", "triage2")
    bound = 4.5 / np.sqrt(N)
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < bound
    assert abs(np.corrcoef(first, second)[0, 1]) < bound
    cells = (first * 16).astype(int) * 16 + (second * 16).astype(int)
    assert stats.chisquare(np.bincount(cells, minlength=256)).pvalue > 0.001


def test_seed_zero_is_a_seed():
    assert not np.array_equal(draws("x", n=100), draws("x", seed=1, n=100))
    assert not np.array_equal(generator(0, "x").random(100), generator(1, "x").random(100))
    assert np.array_equal(generator(0, "x").random(100), generator(0, "x").random(100))


@given(
    st.lists(st.text(max_size=8) | st.integers(-9, 9), max_size=3),
    st.lists(st.text(max_size=8) | st.integers(-9, 9), max_size=3),
)
def test_keys_differ_where_names_differ(one, other):
    if "\x1f" in "".join(map(str, [*one, *other])):
        return
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_a_number_is_not_its_text():
    assert key_of(1) != key_of("1")


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_another_process_draws_the_same(hash_seed):
    code = (
        "import numpy as np; from longwall.streams import *;"
        "print(key_of('work', 3), repr(float(uniform(mix(np.uint64(7), np.uint64(key_of('a')))))),"
        " repr(float(generator(0, 'bootstrap', 'f-1').random())))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    here = (
        f"{key_of('work', 3)} {float(uniform(mix(np.uint64(7), np.uint64(key_of('a')))))!r}"
        f" {float(generator(0, 'bootstrap', 'f-1').random())!r}"
    )
    assert done.stdout.strip() == here
