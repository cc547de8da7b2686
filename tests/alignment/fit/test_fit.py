"""A profile that is never added up: every entry has its number with footing, or its question."""

from __future__ import annotations

import numpy as np
import pytest

from longwall import assessment as ass
from longwall.alignment.fit import GROUPS, FitEntry, FitProfile, changes_between, fit_of, support_entry
from longwall.assessment import Demand, Support
from longwall.evidence import SocialLevel, own_items
from longwall.worksystem import Estimate, Forecast, IndicatorForecast, WorkSystem


def level(indicator: str, value: float, low: float, high: float) -> SocialLevel:
    return SocialLevel(indicator, indicator, "higher", "2026-06", 12, 2, value, low, high, 1.0, 5.0)


def forecast(system: WorkSystem, **values: float) -> Forecast:
    indicators = tuple(
        IndicatorForecast(
            id=name, name=name, column="social",
            estimate=Estimate(value=value, low=value * 0.9, high=value * 1.1, footing="assumed"),
        )
        for name, value in values.items()
    )  # fmt: skip
    return Forecast(
        id="f", design="today", system_hash=system.hash, weeks=4, replications=8, seed=0, indicators=indicators
    )  # fmt: skip


def test_without_anything_observed_every_entry_is_a_question(desk: WorkSystem) -> None:
    profile = fit_of(desk)
    assert {one.group for one in profile.entries} == set(GROUPS)
    assert profile.unobserved == profile.entries and all(one.ask for one in profile.entries)
    items = {text for _, _, _, text in own_items()}
    assert sum(one.ask in items for one in profile.entries) >= 10, "our own survey asks for most of the social side"


def test_what_was_observed_comes_before_what_was_simulated(desk: WorkSystem) -> None:
    today = forecast(desk, engagement=0.8, lead_time_h=9.0, skill_reserve=0.4)
    simulated = fit_of(desk, forecast=today)
    observed = fit_of(
        desk, forecast=today, levels=[level("engagement", 3.4, 3.1, 3.7)], counted={"lead_time_h": 11.0},
        heard=(2, 5), compared=3, window="2026-01-01 to 2026-06-30",
    )  # fmt: skip
    first, last = ({(e.group, e.id): e for e in profile.entries} for profile in (simulated, observed))
    assert first["satisfaction", "engagement"].source == "simulation"
    told = last["satisfaction", "engagement"]
    assert (told.source, told.estimate.low, told.estimate.high, told.scale) == ("survey", 3.1, 3.7, "1 to 5")
    assert first["efficiency", "lead_time_h"].estimate.footing == "assumed"
    assert last["efficiency", "lead_time_h"].estimate == Estimate.counted(11.0, "h")
    assert last["psychological", "purpose_heard"].estimate.value == pytest.approx(0.4)
    assert last["learning", "forecasts_compared"].estimate.value == 3
    assert (
        last["adaptability", "skill_reserve"].better == "higher" and last["efficiency", "lead_time_h"].better == "lower"
    )
    assert not any(name in FitProfile.model_fields for name in ("score", "total", "index", "overall"))


def test_a_forecast_of_another_model_is_left_aside(desk: WorkSystem) -> None:
    other = forecast(desk, engagement=0.8).model_copy(update={"system_hash": "0" * 32})
    profile = fit_of(desk, forecast=other)
    assert profile == fit_of(desk).model_copy(update={"cautions": profile.cautions})
    assert any("another model" in text for text in profile.cautions)


def test_support_is_bounded_by_what_nobody_has_stated() -> None:
    """Of four demands one is met, one half, one not at all, one unstated: 1.5 / 4 at least, 2.5 / 4 at most."""
    support = [
        Support(function=f"f{n}", direction="social", by="r", demands=(Demand(what="skill", need=1.0, have=have),))
        for n, have in enumerate((1.0, 0.5, 0.0, None))
    ]
    entry = support_entry("skill", "Skill", support)
    assert (entry.estimate.low, entry.estimate.value, entry.estimate.high) == pytest.approx((0.375, 0.5, 0.625))
    assert entry.note == "3 of 4 stated"
    assert support_entry("skill", "Skill", support[3:]).estimate is None
    assert support_entry("authority", "Authority", support).note == "nothing demands it"
    whole = support_entry("skill", "Skill", support[:1]).estimate
    assert whole.low == whole.value == whole.high == 1.0


def test_an_assessment_gives_support_and_feedback(desk: WorkSystem) -> None:
    lacking = Support(
        function="triage", direction="social", by="expert", demands=(Demand(what="authority", need=1.0, have=0.0),)
    )
    assessed = ass.Assessment.model_construct(
        system_hash=desk.hash, seed=0, findings=(), drivers=(),
        controls=(
            ass.ControlRow(variance="misroute", name="m", source="judgement", origin="triage", feedback="none"),
            ass.ControlRow(variance="other", name="o", source="judgement", origin="triage", feedback="expert tells"),
        ),
        boundaries=ass.Boundaries(support=(lacking,)),
    )  # fmt: skip
    entries = {(e.group, e.id): e for e in fit_of(desk, assessment=assessed).entries}
    assert entries["learning", "feedback_share"].estimate.value == 0.5
    assert entries["support", "authority"].estimate.value == 0.0, "the expert is to control it and may not"
    assert entries["psychological", "conflicting_measures"].estimate is None, "nobody looked, so nothing is claimed"
    asked = {(e.group, e.id): e for e in fit_of(desk, assessment=assessed, told=True).entries}
    assert asked["psychological", "conflicting_measures"].estimate.value == 0.0


def profile_of(*estimates: Estimate, source: str = "simulation", better: str = "higher") -> FitProfile:
    entries = tuple(
        FitEntry(id=f"e{n}", name="e", group="learning", estimate=one, source=source, better=better)
        for n, one in enumerate(estimates)
    )
    return FitProfile(system_hash="0", entries=entries)


def drawn(rng: np.random.Generator, mean: float, count: int) -> list[Estimate]:
    found = rng.normal(mean, 1.0, count)
    return [Estimate(value=x, low=x - 1.96, high=x + 1.96, footing="fitted") for x in found]


def test_noise_is_called_change_in_one_of_twenty_and_a_real_change_is_seen() -> None:
    """Null: two draws of the same mean, standard error 1. Planted: five standard errors apart.

    Fails when halves of intervals are added (0.6% instead of 5%), or one of them is forgotten (17%).
    """
    rng = np.random.default_rng(7)
    count = 2000
    before = profile_of(*drawn(rng, 0.0, count))
    null = changes_between(before, profile_of(*drawn(rng, 0.0, count)))
    share = sum(one.shift in ("better", "worse") for one in null) / count
    assert 0.035 < share < 0.065
    planted = changes_between(before, profile_of(*drawn(rng, 5.0, count)))
    assert sum(one.shift == "better" for one in planted) / count > 0.9
    assert not any(one.shift == "worse" for one in planted)


def test_direction_sources_and_exact_counts() -> None:
    low, high = (Estimate(value=x, low=x - 1, high=x + 1, footing="assumed") for x in (10.0, 20.0))
    (change,) = changes_between(profile_of(low), profile_of(high, better="lower"))
    assert change.shift == "worse" and change.difference.value == 10
    (change,) = changes_between(profile_of(low), profile_of(high, source="survey"))
    assert change.shift == "not comparable" and "simulation" in change.why and change.difference is None
    (change,) = changes_between(profile_of(Estimate.counted(3)), profile_of(Estimate.counted(5)))
    assert change.shift == "noise not known" and change.difference.value == 2
    assert changes_between(profile_of(low), profile_of(low))[0].shift == "unchanged"
    empty = FitProfile(system_hash="0", entries=())
    assert changes_between(empty, profile_of(low)) == ()
