"""Detectors on logs small enough to count on paper, and relations that must hold on any log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.discovery import VarianceEvents, detect, load_detectors
from longwall.evidence import Log

from .conftest import Row, build, steps


def plain(count: int, *path: str, first: int = 1000, gap: float = 1.0) -> list[Row]:
    """`count` ordinary cases, one a day, long after one another, so that all but the last are known to be finished."""
    return [row for number in range(count) for row in steps(first + number, *path, at=24.0 * number, gap=gap)]


def only(log: Log, kind: str) -> VarianceEvents:
    return detect(log, tuple(d for d in load_detectors() if d.id == kind))


def labels(log: Log, rows: np.ndarray) -> list[str]:
    return [log.activities[log.activity[row]] if row >= 0 else "-" for row in rows]


def test_rework_is_a_function_that_recurs_after_a_different_one() -> None:
    rows = plain(40, "A", "B", "C")
    rows += steps(1, "A", "B", "A", "B", "C", at=100.0, gap=2.0)  # sent back by B, A done again, then B again
    rows += steps(2, "A", "A", "B", "C", at=200.0)  # twice in a row is not rework
    log = build(rows)
    found = only(log, "rework")
    assert labels(log, found.origin) == ["A", "B"]
    assert labels(log, found.seen) == ["B", "A"]
    assert labels(log, found.controlled) == ["A", "B"]
    # A -> B at 102, back to A at 104, B again at 106: four hours until B has it again; B itself two (no A after it).
    assert found.harm_h.tolist() == [4.0, 2.0]
    assert found.prevalence[0].cases == 1
    assert found.prevalence[0].share == pytest.approx(1 / 42)


def test_rework_by_design_is_not_counted() -> None:
    log = build(plain(30, "A", "B", "A", "C") + plain(10, "A", "B", "C", first=5000))
    assert only(log, "rework").case.size == 0  # 30 of 40 repeat A: by design
    log = build(plain(10, "A", "B", "A", "C") + plain(30, "A", "B", "C", first=5000))
    assert only(log, "rework").case.size == 10


def test_rework_that_recurs_soon_was_not_controlled() -> None:
    rows = plain(60, "A", "B", "C")
    rows += steps(1, "A", "B", "A", "B", "A", "B", "C", at=500.0)
    found = only(build(rows), "rework")
    # A comes back twice, B twice; each first repair is followed by another, each last one is not.
    assert (found.controlled >= 0).sum() == 2
    assert (found.controlled < 0).sum() == 2


def test_reopen_is_terminal_to_non_terminal_and_escapes() -> None:
    rows = plain(40, "A", "Closed") + steps(1, "A", "Closed", "A", "Closed", at=100.0, gap=3.0)
    log = build(rows)
    found = only(log, "reopen")
    assert labels(log, found.seen) == ["A"]
    assert labels(log, found.origin) == ["A"]
    assert labels(log, found.controlled) == ["Closed"]
    assert found.escaped.all()
    assert found.harm_h.tolist() == [6.0]


def test_bounce_goes_back_to_the_team_before() -> None:
    rows = plain(40, "A@x", "B@y", "C@y")
    rows += steps(1, "A@x", "B@y", "A@x", "B@y", "C@y", at=100.0)
    log = build(rows)
    found = only(log, "bounce")
    # x y x and y x y
    assert labels(log, found.origin) == ["A", "B"]
    assert labels(log, found.seen) == ["B", "A"]
    assert found.harm_h.tolist() == [2.0, 2.0]


def test_bounce_after_closing_is_not_one() -> None:
    rows = plain(40, "A@x", "B@y", "Closed@y") + steps(1, "A@x", "B@y", "Closed@y", "A@x", "Closed@y", at=100.0)
    found = only(build(rows), "bounce")
    assert found.case.size == 1  # x y x began before closing; y x y let go after it
    assert (found.seen > found.origin).all()


def test_misroute_is_a_first_team_that_only_takes_in() -> None:
    rows = plain(30, "Open@x", "Work@x", "Closed@x") + steps(1, "Open@y", "Work@x", "Closed@x", at=50.0)
    rows += steps(2, "Open@y", "Work@y", "Work@x", "Closed@x", at=60.0)  # y did work: not misrouted
    log = build(rows)
    found = only(log, "misroute")
    assert [log.case_labels[case] for case in found.case] == ["1"]
    assert found.harm_h.tolist() == [1.0]


def test_late_is_beyond_the_quantile_of_the_class() -> None:
    rows = [row for n in range(100) for row in steps(n, "A", "B", at=50.0 * n, gap=1.0 + n / 100)]
    found = only(build(rows), "late")
    # Lead times 1.00, 1.01 ... 1.99: ten lie beyond the 90% quantile, 1.891.
    assert found.prevalence[0].cases == 10
    assert found.harm_h.max() == pytest.approx(1.99 - 1.891)
    assert found.escaped.sum() + found.censored.sum() == 10


def test_stall_is_a_long_wait_in_its_state() -> None:
    rows = plain(60, "A", "B", "C") + steps(1, "A", "B", at=100.0) + [(1, "C", "p", None, 151.0, 151.0)]
    log = build(rows)
    found = only(log, "stall")
    assert labels(log, found.origin) == ["B"]
    assert found.harm_h.tolist() == [49.0]  # fifty hours instead of one


def test_skip_is_a_step_that_nearly_all_pass() -> None:
    rows = plain(99, "A", "Check", "Closed") + steps(1, "A", "Closed", at=100.0)
    log = build(rows)
    found = only(log, "skip")
    assert labels(log, found.origin) == ["A"]
    assert found.escaped.all()
    assert only(build(plain(80, "A", "Check", "Closed") + plain(20, "A", "Closed", first=1)), "skip").case.size == 0


def test_escalation_by_name_and_by_line_of_support() -> None:
    rows = plain(40, "A", "Closed") + steps(1, "A", "Escalate to expert", "Closed", at=100.0)
    assert only(build(rows), "escalation").case.size == 1
    rows = plain(40, "A@Net 1st", "Closed@Net 1st") + steps(1, "A@Net 1st", "A@Net 2nd", "Closed@Net 1st", at=100.0)
    assert only(build(rows), "escalation").case.size == 1
    withheld = only(build(plain(40, "A", "Closed")), "escalation").prevalence[0].withheld
    assert "no activity is named" in withheld


def test_abandonment_by_name_and_by_silence() -> None:
    rows = plain(60, "A", "B", "Closed") + steps(1, "A", "Cancelled", at=100.0) + steps(2, "A", "B", at=130.0)
    log = build(rows)
    found = only(log, "abandonment")
    assert [log.case_labels[case] for case in found.case] == ["1", "2"]
    assert found.escaped.all()


def test_a_detector_without_what_it_needs_says_so() -> None:
    found = only(build(plain(20, "A", "B")), "bounce")
    assert found.case.size == 0
    assert found.prevalence[0].withheld == "the log does not show: teams"


PATHS = st.lists(
    st.lists(st.sampled_from(["A@x", "B@y", "C@x", "Closed@z"]), min_size=1, max_size=7), min_size=3, max_size=12
)


def summary(log: Log, found: VarianceEvents) -> list[tuple[Any, ...]]:
    """Occurrences in words that do not depend on any numbering."""

    def moment(row: int) -> float | None:
        return round(float(log.end_h[row]), 6) if row >= 0 else None

    rows = zip(
        found.kind, found.case, found.origin, found.seen, found.controlled, found.escaped, found.harm_h, strict=True
    )
    return sorted(
        (
            found.kinds[k],
            log.case_labels[c],
            str(moment(o)),
            str(moment(s)),
            str(moment(e)),
            bool(x),
            round(float(h), 6),
        )
        for k, c, o, s, e, x, h in rows
    )


@settings(max_examples=25, deadline=None)
@given(PATHS, st.randoms(use_true_random=False))
def test_names_and_row_order_change_nothing(paths: list[list[str]], order: Any) -> None:
    rows = [row for n, path in enumerate(paths) for row in steps(f"c{n}", *path, at=7.3 * n, gap=1.1)]
    log = build(rows)
    once = detect(log)
    assert (once.harm_h >= 0).all()
    assert (log.case[once.origin[once.origin >= 0]] == once.case[once.origin >= 0]).all()
    shuffled = list(rows)
    order.shuffle(shuffled)
    renamed = [(c, a, f"z{w[::-1]}" if w else w, t, s, e) for c, a, w, t, s, e in shuffled]
    other = build(renamed)
    assert summary(other, detect(other)) == summary(log, once)


def test_a_planted_fault_is_seen() -> None:
    """The relation test above can fail: an event moved to another case changes the summary."""
    rows = plain(20, "A", "B", "A", "C")
    log = build(rows + plain(40, "A", "B", "C", first=5000))
    moved = replace(log, activity=np.where(np.arange(log.activity.size) == 2, 1, log.activity).astype(np.int32))
    assert summary(log, detect(log)) != summary(moved, detect(moved))


@pytest.mark.parametrize("name", ["helpdesk", "bpic2013_closed_problems", "receipt", "production"])
def test_real_logs_row_by_row(real_log: Callable[[str], Log], name: str) -> None:
    log = real_log(name)
    found = detect(log)
    assert (found.harm_h >= 0).all()
    for column in (found.origin, found.seen, found.controlled):
        assert (log.case[column[column >= 0]] == found.case[column >= 0]).all()
    # Rework again, by a loop over cases.
    rework = only(log, "rework")
    expected = set()
    for case in range(log.n_cases):
        codes = log.activity[log.offsets[case] : log.offsets[case + 1]].tolist()
        for place in range(2, len(codes)):
            if codes[place] in codes[:place] and codes[place - 1] != codes[place]:
                expected.add((case, int(log.offsets[case]) + place - 1))
    mine = set(zip(rework.case.tolist(), rework.seen.tolist(), strict=True))
    assert mine <= expected
    dropped = {log.activity[row + 1] for _, row in expected - mine}
    assert len(dropped) <= len(log.activities) // 2  # only whole functions are left out, by design
