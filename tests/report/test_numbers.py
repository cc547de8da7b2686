from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.report.indicators import in_words
from longwall.report.numbers import amount_text, count_text, estimate_of, estimate_text, money_text, number, weakest
from longwall.worksystem import Distribution, Estimate, Parameter


def estimate(value: float, low: float, high: float, unit: str = "", footing: str = "fitted") -> Estimate:
    return Estimate(value=value, low=low, high=high, unit=unit, footing=footing)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.184, "share", "18%"),
        (0.0042, "share", "0.42%"),
        (0.0, "share", "0%"),
        (0.25, "h", "15 min"),
        (0.001, "h", "3.6 s"),
        (3.42, "h", "3.4 h"),
        (240, "h", "10 d"),
        (6900, "", "6,900"),
        (-2.5, "", "−2.5"),
        (9000, "EUR", "€9,000"),
        (2344.0, "per week", "2,344"),
        (0.5, "share of rostered hours", "50%"),
        (1.5, "h per item", "90 min"),
        (412, "items", "412 items"),
    ],
)  # fmt: skip
def test_amounts_are_in_the_unit_of_a_reader(value, unit, shown):
    assert amount_text(value, unit) == shown


def test_value_and_interval_share_unit_and_digits():
    assert estimate_text(estimate(0.12, 0.09, 0.15, "share")) == ("12%", "9–15")
    assert estimate_text(estimate(31.0, 28.46, 33.91, "h")) == ("31.0 h", "28.5–33.9")
    assert estimate_text(estimate(-0.26, -0.29, -0.23, "share"), signed=True) == ("−26%", "−29 to −23")
    assert estimate_text(estimate(12_800, 9_000, 18_000, "EUR")) == ("€13k", "€9,000–€18k")


def test_a_counted_number_has_no_interval():
    assert estimate_text(Estimate.counted(6900)) == ("6,900", "")
    assert "interval" not in number(Estimate.counted(0.11, "share"))


def test_a_narrow_interval_gets_the_digits_to_be_told_apart():
    _, interval = estimate_text(estimate(0.4012, 0.4009, 0.4015, "share"))
    low, high = interval.split("–")
    assert low != high


def test_every_number_carries_its_footing_for_eyes_and_ears():
    for footing in ("counted", "fitted", "assumed"):
        html = number(estimate(1.5, 1.0, 2.0, footing=footing))
        assert f'aria-label="{footing}"' in html
        assert f'href="#mark-{footing}"' in html


@given(
    st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["share", "h", "", "EUR", "per week"]),
    st.booleans()
)  # fmt: skip
def test_no_estimate_is_shown_outside_its_interval(value, below, above, unit, signed):
    shown, interval = estimate_text(estimate(value, value * (1 - below), value * (1 + above), unit), signed=signed)
    assert shown
    if interval and unit != "EUR":
        low, high = (float(end.replace(",", "")) for end in interval.split("–"))
        middle = float(shown.lstrip("+").replace(",", "").replace("%", "").split(" ")[0])
        assert low <= middle <= high


def test_parameters_and_distributions_become_estimates():
    parameter = Parameter(value=2.0, low=1.0, unit="h", footing="counted")
    assert estimate_of(parameter) == estimate(2.0, 1.0, 2.0, "h", "counted")
    assert estimate_of(Distribution(mean_h=0.5, low_h=0.4, high_h=0.7)) == estimate(0.5, 0.4, 0.7, "h", "assumed")


def test_a_statement_is_as_firm_as_its_weakest_number():
    assert weakest("counted", "assumed", "fitted") == "assumed"
    assert weakest() == "counted"


def test_counts_and_money():
    assert count_text(61400) == "61,400"
    assert [money_text(v, "EUR") for v in (950, 9000, 60_000, -3, 2_400_000)] == [
        "€950",
        "€9,000",
        "€60k",
        "−€3",
        "€2.40M",
    ]
    assert money_text(50, "CHF") == "CHF 50"


def test_a_number_that_is_small_beside_its_interval_gets_the_digits_of_the_interval() -> None:
    def share(value: float, low: float, high: float) -> tuple[str, str]:
        return estimate_text(Estimate(value=value, low=low, high=high, unit="share", footing="assumed"), signed=True)

    assert share(0.000005, -0.022963, 0.022972) == ("+0.0%", "−2.3 to 2.3")
    assert share(-0.001, -0.0243, 0.0223) == ("−0.1%", "−2.4 to 2.2")
    assert share(0.12, 0.09, 0.15) == ("+12%", "9–15")


def test_ids_of_indicators_are_put_into_words() -> None:
    said = in_words("no design moves rework_share, fatigue beyond noise; the fatigue of staff.agent.1 and own_id stay")
    assert said == (
        "no design moves “work done again”, “fatigue” beyond noise; the fatigue of staff.agent.1 and own_id stay"
    )
