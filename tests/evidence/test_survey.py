"""An aggregated survey: what is kept of it, what nobody can work out from it, and what it says of the social side."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import EvidenceError
from longwall.evidence import (
    ingest,
    ingest_survey,
    own_items,
    read_log,
    read_survey,
    signal_records,
    social_indicators,
    social_levels,
)
from longwall.evidence.survey_disclosure import grid_step, on_grid, parents_of, withheld_groups

Put = Callable[..., Path]
KEY = b"a key for tests, long enough"
HEAD = "group,item,n,mean,spread,wave\n"


def survey(tmp_path: Path, write: Put, text: str, **mapping: object):
    store = tmp_path / "evidence.duckdb"
    ingest_survey(write(text, "survey.csv"), store, key=KEY, mapping=mapping)
    return read_survey(store)


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, str]]:
    """Nested groups: every whole is the sum of its parts and of people in none."""
    answers: dict[str, int] = {}
    parents: dict[str, str] = {}

    def grow(name: str, depth: int) -> int:
        parts = draw(st.integers(0, 3)) if depth < 3 else 0
        total = draw(st.integers(0 if parts else 1, 12))
        for place in range(parts):
            part = f"{name}{place}"
            parents[part] = name
            total += grow(part, depth + 1)
        answers[name] = total
        return total

    grow("g", 0)
    return answers, parents


@settings(max_examples=200, deadline=None)
@given(trees())
def test_no_group_of_one_to_four_can_be_worked_out(tree: tuple[dict[str, int], dict[str, str]]) -> None:
    """Fails when a whole minus any disjoint shown parts of it, at whatever depth, leaves one to four people."""
    answers, parents = tree
    hidden = withheld_groups(answers, parents)
    shown = [group for group in answers if group not in hidden]
    assert all(answers[group] >= 5 for group in shown)
    for whole in shown:
        inside = [group for group in shown if group != whole and group.startswith(whole)]
        for size in range(1, min(len(inside), 5) + 1):
            for parts in combinations(inside, size):
                if any(a != b and a.startswith(b) for a in parts for b in parts):
                    continue
                assert not 0 < answers[whole] - sum(answers[group] for group in parts) < 5


@settings(max_examples=200, deadline=None)
@given(st.integers(5, 300), st.floats(0, 1), st.floats(0, 1))
def test_a_wave_with_one_answer_less_does_not_tell_that_answer(n: int, others: float, one: float) -> None:
    """Fails when two means of neighbouring waves narrow one answer to less than a fifth of the scale."""
    width = 4.0
    step, step_less = grid_step(n, width), grid_step(max(n - 1, 5), width)
    exact, less = 1 + width * ((n - 1) * others + one) / n, 1 + width * others
    told, told_less = on_grid(exact, 1.0, step), on_grid(less, 1.0, step_less)
    assert abs(told - exact) <= step / 2 + 1e-9 and abs(told_less - less) <= step_less / 2 + 1e-9
    span = n * step + (n - 1) * step_less  # of all answers that agree with both
    assert span >= 2 * 0.2 * width - 1e-9


def test_groups_are_nested_as_told_as_named_and_below_the_whole() -> None:
    groups = ["All", "Desk", "Desk / Night", "Deskside", "Network", "Core"]
    assert parents_of(groups, {"Core": "Network"}) == {
        "Desk": "All", "Desk / Night": "Desk", "Deskside": "All", "Network": "All", "Core": "Network",
    }  # fmt: skip
    assert parents_of(["a", "b"], {"a": "b", "b": "a"}) == {}


def test_a_small_group_and_what_would_give_it_away_are_never_stored(tmp_path: Path, write: Put) -> None:
    text = HEAD + "All,engagement,24,3.6,0.9,1\nDesk,engagement,11,3.2,0.8,1\nNetwork,engagement,9,4.0,0.7,1\n"
    found = survey(tmp_path, write, text + "Night,engagement,4,1.5,0.1,1\n")
    assert [row.group for row in found.rows] == ["All", "Desk"]
    assert b"Night" not in (tmp_path / "evidence.duckdb").read_bytes()
    said = " ".join(signal_records(tmp_path / "evidence.duckdb")[0].cautions)
    assert "1 rows of groups with fewer than 5" in said and "could be worked out" in said


def test_two_files_together_tell_no_more_than_one(tmp_path: Path, write: Put) -> None:
    store = tmp_path / "evidence.duckdb"
    ingest_survey(write(HEAD + "All,engagement,13,3.6,0.9,1\n", "whole.csv"), store, key=KEY)
    ingest_survey(write(HEAD + "Desk,engagement,10,3.2,0.8,1\n", "part.csv"), store, key=KEY)
    found = read_survey(store)
    assert [row.group for row in found.rows] == ["All"] and found.withheld == 1


def test_a_person_who_is_named_is_left_out(tmp_path: Path, write: Put) -> None:
    log = "case,activity,resource,team,time\n" + "".join(
        f"{n // 4},Step {n % 4},Kim Passa,network,2026-03-{1 + n // 24:02d} {n % 24}:00\n" for n in range(240)
    )
    store = tmp_path / "evidence.duckdb"
    ingest(write(log, "log.csv"), store, key=KEY)
    ingest_survey(write(HEAD + "Kim Passa,engagement,9,3,1,1\nAll,engagement,30,3,1,1\n", "survey.csv"), store, key=KEY)
    assert [row.group for row in read_survey(store).rows] == ["All"] and b"Passa" not in store.read_bytes()
    assert len(read_log(store).case_labels) == 60


@pytest.mark.parametrize(("means", "spread", "scale"), [
    ((1.2, 4.9), 0.5, (1, 5)), ((1.2, 5.4), 0.5, (1, 7)), ((0.0, 4.0), 0.5, (0, 10)), ((3.0, 3.2), 3.4, (0, 10)),
    ((12, 80), 9, (0, 100)), ((-3, 2), 1, (-3, 3)),
])  # fmt: skip
def test_a_scale_that_is_not_given_is_the_narrowest_that_fits(
    means: tuple[float, float], spread: float, scale: tuple[float, float], tmp_path: Path, write: Put
) -> None:
    rows = "".join(
        f"All,item {place},20,{mean},{spread if mean % 1 > 0 else 0},1\n" for place, mean in enumerate(means)
    )
    found = survey(tmp_path, write, HEAD + rows)
    assert {(row.scale_low, row.scale_high) for row in found.rows} == {scale}
    assert "inferred" in " ".join(signal_records(tmp_path / "evidence.duckdb")[0].cautions)
    told = survey(tmp_path, write, HEAD + rows, scale="-200 to 200")
    assert {(row.scale_low, row.scale_high) for row in told.rows} == {(-200, 200)}


def test_intervals_cover_the_mean_of_those_who_would_answer(tmp_path: Path, write: Put) -> None:
    """200 groups of 8 on a scale of five: intervals of 95% hold the true mean in at least 90 of 100."""
    draw = np.random.default_rng(3)
    true = 3.4
    lines, base = [], np.array([0.05, 0.15, 0.25, 0.45, 0.1])
    true = float(base @ np.arange(1, 6))
    for place in range(200):
        answers = draw.choice(np.arange(1, 6), size=8, p=base)
        lines.append(f"g{place},engagement,8,{answers.mean():.3f},{answers.std(ddof=1):.3f},1\n")
    found = survey(tmp_path, write, HEAD + "".join(lines), scale="1-5")
    held = sum(row.low <= true <= row.high for row in found.rows) / 200
    assert len(found.rows) == 200 and 0.9 <= held <= 0.995


def test_items_become_indicators_and_turned_ones_are_turned(tmp_path: Path, write: Put) -> None:
    text = HEAD + (
        "All,After work I have strength left for my own life.,30,4.0,0.5,1\n"
        "All,well-being-2,30,2.0,0.5,1\nAll,Would you stay?,30,7.0,1,1\n"
    )
    found = survey(tmp_path, write, text, scale="0-10", items={"would you stay": "staying"})
    levels = {level.indicator: level for level in social_levels(found)}
    assert set(levels) == {"well_being", "staying"}
    assert levels["well_being"].value == pytest.approx((4 + 8) / 2) and levels["well_being"].items == 2
    assert levels["staying"].low < 7 < levels["staying"].high


def test_without_a_whole_the_groups_are_weighed_and_the_latest_wave_counts(tmp_path: Path, write: Put) -> None:
    text = HEAD + "A,engagement,30,2,1,9\nB,engagement,10,4,1,9\nA,engagement,30,3,1,10\nB,engagement,10,4,1,10\n"
    (level,) = social_levels(survey(tmp_path, write, text, scale="1-5"))
    assert (level.wave, level.n, level.value) == ("10", 40, pytest.approx(3.25))
    assert level.before == pytest.approx(2.5)
    half = math.sqrt((0.75 * 0.4) ** 2 + (0.25 * 0.77) ** 2)
    assert level.value - level.low == pytest.approx(half, rel=0.15)


def test_our_own_items_measure_what_is_known() -> None:
    known = social_indicators()
    assert {indicator for _, indicator, _, _ in own_items()} <= known.keys()
    assert {"engagement", "satisfaction", "well_being", "staying", "role_clarity", "autonomy"} <= known.keys()
    texts = [text for *_, text in own_items()]
    assert len(set(texts)) == len(texts) and all(text.endswith(".") for text in texts)


def test_a_store_without_a_survey_says_so(tmp_path: Path, write: Put) -> None:
    from longwall.evidence import ingest_indicators

    ingest_indicators(write("time,indicator,value\n2026-03-01,load,0.5\n", "i.csv"), tmp_path / "e.duckdb", key=KEY)
    with pytest.raises(EvidenceError, match="LW-EV-190"):
        read_survey(tmp_path / "e.duckdb")


@settings(max_examples=8, deadline=None)
@given(st.text('group,item n\n;0.5"-=é\tNaN', max_size=120))
def test_no_text_under_the_header_gives_a_traceback(text: str) -> None:
    """Fails when a file of a survey, whatever is in it, raises anything but our own errors or keeps a small group."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        path.write_text(HEAD + "All,engagement,20,3,1,1\n" + text, encoding="utf-8")
        store = Path(folder) / "e.duckdb"
        try:
            ingest_survey(path, store, key=KEY, max_rejects=1.0)
        except EvidenceError:
            assert not store.exists()
        else:
            assert all(row.n >= 5 and row.low <= row.mean <= row.high for row in read_survey(store).rows)
