"""Values: short forms mean what they say, intervals hold their value, calendars cross midnight and Sunday."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from longwall.worksystem import DemandClass, Distribution, Estimate, Parameter, Shift, people_by_hour, week_spans_h
from longwall.worksystem.week import days_of, profile_of_rows, rows_of_profile

HALF_HOURS = st.integers(0, 48)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_a_bare_number_is_an_assumed_parameter():
    parameter = Parameter.model_validate(0.3)
    assert parameter == Parameter(value=0.3, footing="assumed", tag="M")
    assert Parameter.model_validate("90 min").value == 1.5
    assert Parameter.model_validate({"value": "2 d", "low": "1 d", "source": "x"}) == Parameter(
        value=48, low=24, source="x"
    )


@pytest.mark.parametrize(
    "wrong", [True, None, [], "soon", {"low": 1}, {"value": 1, "vlaue": 2}, {"value": 1, "low": 2}]
)
def test_what_is_no_parameter_is_refused(wrong):
    with pytest.raises(ValidationError):
        Parameter.model_validate(wrong)


def test_a_bare_duration_is_an_exponential():
    assert Distribution.model_validate("15 min") == Distribution(shape="exponential", mean_h=0.25)
    assert Distribution.model_validate(2) == Distribution(mean_h=2.0)


def test_quantiles_give_the_mean_of_an_empirical_distribution():
    # Piecewise linear inverse distribution: uniform on [0, 2] has mean 1; the weights of the ends are one half.
    assert Distribution.model_validate({"shape": "empirical", "quantiles_h": [0, 2]}).mean_h == 1.0
    assert Distribution.model_validate({"shape": "empirical", "quantiles_h": [0, 1, 4]}).mean_h == 1.5


@given(points=st.lists(st.floats(0, 1e3), min_size=2, max_size=30).map(sorted))
def test_the_mean_of_quantiles_is_the_integral_between_them(points):
    mean = Distribution.model_validate({"shape": "empirical", "quantiles_h": points}).mean_h
    assert mean == pytest.approx(np.trapezoid(points, dx=1 / (len(points) - 1)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": "empirical", "quantiles_h": [1]},
        {"shape": "empirical", "quantiles_h": [2, 1]},
        {"shape": "empirical", "quantiles_h": [-1, 1]},
        {"shape": "empirical", "quantiles_h": ["a", 1]},
        {"shape": "empirical", "quantiles_h": 3},
        {"mean_h": -1},
        {"mean_h": "soon"},
        {"shape": "normal", "mean_h": 1},
    ],
)
def test_what_is_no_distribution_is_refused(wrong):
    with pytest.raises(ValidationError):
        Distribution.model_validate(wrong)


def test_a_distribution_is_stretched_with_its_quantiles_and_interval():
    stretched = Distribution(shape="empirical", mean_h=1, quantiles_h=(0, 2), low_h=0.5, high_h=2).times(3)
    assert (stretched.mean_h, stretched.quantiles_h, stretched.low_h, stretched.high_h) == (3, (0, 6), 1.5, 6)


def test_an_estimate_lies_in_its_interval():
    assert Estimate.counted(3, "tickets") == Estimate(value=3, low=3, high=3, unit="tickets", footing="counted")
    with pytest.raises(ValidationError):
        Estimate(value=3, low=4, high=5, footing="counted")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("always", ((0, 168),)),
        ("mon 08:00-17:00", ((8, 17),)),
        ("mon-tue 22:00-06:00", ((22, 30), (46, 54))),
        ("sun 22:00-06:00", ((0, 6), (166, 168))),
        ("sat-mon 08:00-12:00", ((8, 12), (128, 132), (152, 156))),
        ("mon 08:00-12:00, mon 12:00-17:30", ((8, 17.5),)),
        ("fri 00:00-24:00", ((96, 120),)),
        ("MON-SUN 00:00-24:00", ((0, 168),)),
    ],
)
def test_spans_of_a_week(text, spans):
    assert week_spans_h(text) == spans


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "mon",
        "08:00-17:00",
        "mon 8-17",
        "mon 08:00-08:00",
        "mon 25:00-26:00",
        "mon 08:75-09:00",
        "day 08:00-09:00",
        "mon-xyz 08:00-09:00",
    ],
)
def test_hours_that_cannot_be_read_are_refused(wrong):
    with pytest.raises(ValueError, match=r"^expected .*, found "):
        week_spans_h(wrong)


@given(
    parts=st.lists(
        st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS), HALF_HOURS, HALF_HOURS).filter(
            lambda part: part[2] % 48 != part[3] % 48 and part[2] < 48
        ),
        min_size=1,
        max_size=4,
    )
)
def test_spans_are_sorted_apart_inside_the_week_and_cover_each_half_hour_that_is_named(parts):
    text = ", ".join(f"{a}-{b} {s // 2:02}:{s % 2 * 30:02}-{e // 2:02}:{e % 2 * 30:02}" for a, b, s, e in parts)
    covered = np.zeros(336, bool)
    for first, last, start, end in parts:
        day = DAYS.index(first)
        while True:
            length = (end - start) % 48 if end != 48 else 48 - start
            covered[(np.arange(48 * day + start, 48 * day + start + length)) % 336] = True
            if DAYS[day] == last:
                break
            day = (day + 1) % 7
    spans = week_spans_h(text)
    assert all(0 <= begin < stop <= 168 for begin, stop in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    inside = [any(begin <= half / 2 < stop for begin, stop in spans) for half in range(336)]
    assert inside == covered.tolist()


def test_people_by_hour_adds_shifts_and_parts_of_hours():
    present = people_by_hour((Shift(people=2, hours="mon 08:00-10:30"), Shift(people=1, hours="mon 09:00-10:00")))
    assert present[8:12].tolist() == [2, 3, 1, 0]
    assert present.sum() == 6
    assert people_by_hour((Shift(people=3, hours="always"),)).tolist() == [3.0] * 168


@given(
    people=st.integers(1, 50), hours=st.sampled_from(["mon-fri 08:15-17:00", "sun 22:00-06:30", "sat-mon 23:30-00:30"])
)
def test_people_by_hour_adds_up_to_the_rostered_hours(people, hours):
    shift = Shift(people=people, hours=hours)
    assert people_by_hour((shift,)).sum() == pytest.approx(people * shift.hours_per_week)


def test_a_profile_may_be_written_as_rows():
    row = [0] * 8 + [1] * 9 + [0] * 7
    demand = DemandClass.model_validate({"id": "a", "per_week": 1, "profile": {"mon-fri": row, "sun": [1] * 24}})
    assert demand.profile[:24] == tuple(row)
    assert demand.profile[120:144] == (0,) * 24
    assert sum(demand.profile) == 5 * 9 + 24


@pytest.mark.parametrize(
    "rows",
    [
        {"mon": [1]},
        {"mon-fri": [1] * 24, "tue": [1] * 24},
        {"day": [1] * 24},
        {"mon": 3},
        {"mon": [0] * 24},
        {"mon": [-1] * 24},
    ],
)
def test_rows_that_are_no_week_are_refused(rows):
    with pytest.raises(ValidationError):
        DemandClass.model_validate({"id": "a", "per_week": 1, "profile": rows})


@given(days=st.lists(st.sampled_from([(0.0,) * 24, (1.0,) * 24, (*range(24),)]), min_size=7, max_size=7))
def test_rows_and_profile_are_the_same_week(days):
    profile = tuple(weight for day in days for weight in day)
    assert profile_of_rows(rows_of_profile(profile)) == profile


def test_days_may_run_over_sunday():
    assert days_of("sat-mon") == (5, 6, 0)
    assert days_of("mon-sun") == tuple(range(7))
    assert days_of("Wed") == (2,)
