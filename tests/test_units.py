"""Units: what is written with its unit comes back as the same hours; what has no unit of time is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.units import HOURS_PER_WEEK, duration_h, duration_text, rate_per_h, share_text

UNITS = {
    "ms": 1 / 3.6e6,
    "s": 1 / 3600,
    "min": 1 / 60,
    "minutes": 1 / 60,
    "h": 1,
    "d": 24,
    "w": 168,
    "months": 730.5,
    "year": 8766,
}


@pytest.mark.parametrize("unit", UNITS)
@given(amount=st.floats(-1e6, 1e6).map(lambda x: round(x, 4)))
def test_a_duration_is_its_amount_times_its_unit(unit, amount):
    assert duration_h(f"{amount:f} {unit}") == pytest.approx(amount * UNITS[unit], rel=1e-12, abs=1e-12)


def test_spaces_do_not_matter_and_a_bare_number_is_hours():
    assert duration_h(" 90min ") == duration_h("90 min") == 1.5
    assert duration_h(3) == 3.0
    assert isinstance(duration_h(3), float)
    assert duration_h("1 w") == HOURS_PER_WEEK


@pytest.mark.parametrize(
    "wrong", ["", "90", "min", "90 mins", "90 m", "1:30", "1,5 h", "ninety min", "3 h 5 min", "h 3"]
)
def test_a_duration_without_number_or_unit_is_refused(wrong):
    with pytest.raises(ValueError, match="expected a duration such as"):
        duration_h(wrong)


@given(hours=st.floats(1 / 3600, 24_000))
def test_the_text_of_a_duration_reads_back_within_its_digits(hours):
    assert duration_h(duration_text(hours).replace(",", "")) == pytest.approx(hours, rel=0.006)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (30 / 3600, "30 s"),
        (0.2, "12 min"),
        (3.5, "3.5 h"),
        (71, "71 h"),
        (150, "6.25 d"),
        (0.0, "0 s"),
        (-0.2, "-12 min"),
    ],
)
def test_a_duration_is_said_in_the_unit_a_reader_would_choose(hours, text):
    assert duration_text(hours) == text


@pytest.mark.parametrize(
    ("text", "rate"), [("40 per day", 40 / 24), ("3/h", 3.0), ("1 per week", 1 / 168), ("6 / min", 360)]
)
def test_a_rate_is_per_hour(text, rate):
    assert rate_per_h(text) == pytest.approx(rate, rel=1e-15)
    assert rate_per_h(2) == 2.0


@pytest.mark.parametrize("wrong", ["40", "40 per", "40 per fortnight", "x per day", "/h", "40 day"])
def test_a_rate_without_number_or_unit_is_refused(wrong):
    with pytest.raises(ValueError):
        rate_per_h(wrong)


@given(share=st.floats(0, 1))
def test_a_share_reads_back_within_its_digits(share):
    text = share_text(share)
    assert text.endswith("%")
    assert math.isclose(float(text[:-1]) / 100, share, rel_tol=0.055, abs_tol=1e-300)


def test_small_shares_keep_a_digit():
    assert [share_text(share) for share in (0.0, 0.004, 0.031, 0.42, 1.0)] == ["0.0%", "0.4%", "3.1%", "42%", "100%"]
