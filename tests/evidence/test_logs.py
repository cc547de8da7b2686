"""The eight real logs are read without a hand-made mapping, with the sizes their publishers state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from longwall.evidence import Log, Observed

READ = dict[str, tuple[Observed, Log]]

# events, cases, activities, resources (a label such as UNKNOWN is a missing resource), and the mapped columns
EXPECTED = {
    "helpdesk.xes.gz": (21348, 4580, 14, 22, "concept:name"),
    "bpic2013_closed_problems.xes.gz": (6660, 1487, 7, 584, "concept:name/lifecycle:transition"),
    "bpic2013_open_problems.xes.gz": (2351, 819, 5, 239, "concept:name/lifecycle:transition"),
    "loan_application.csv.gz": (7492, 1000, 12, 19, "activity"),
    "p2p.csv.gz": (9119, 608, 21, 27, "concept:name"),
    "production.csv.gz": (4503, 225, 24, 46, "task"),
    "receipt.csv.gz": (8577, 1434, 27, 48, "concept:name"),
    "bpic2012.xes.gz": (164506, 13087, 23, 68, "concept:name"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_log_is_mapped_without_help(
    name: str, shared_log: Callable[[str], Path], read: Callable[..., tuple[Observed, Log]]
) -> None:
    record, log = read(shared_log(name))
    events, cases, activities, resources, columns = EXPECTED[name]
    assert (record.events, record.cases, record.activities, record.resources) == (events, cases, activities, resources)
    assert "/".join(record.mapping["activity"]) == columns
    assert record.rejected_rows == 0
    assert record.starts_logged == (name.startswith(("loan", "p2p", "production", "bpic2012")))
    assert len(record.facts) == 3
    assert log.n_events == events and log.n_cases == cases
    # sorted by case, end, start; cases in order of their first event
    keys = np.lexsort((log.row, log.start_h, log.end_h, log.case))
    assert np.array_equal(keys, np.arange(events))
    assert (np.diff(log.arrival_h) >= 0).all()
    assert (log.end_h >= log.start_h).all() and 0 <= log.start_h.min() < 168
    assert log.origin.weekday() == 0 and log.origin.hour == 0
    if name.startswith("bpic2012"):
        _check_pairs(record, log)


def _check_pairs(record: Observed, log: Log) -> None:
    """262,200 rows hold 164,506 completions; 26,318 schedules are left out; 5 starts lack an end."""
    found = {item.key: item.count for item in record.quality}
    assert found["left_out"] == 262_200 - 164_506 - 71_376
    assert found["unfinished"] == 5
    assert found["unpaired"] == 72_413 - (71_376 - 5)
    worked = np.array([label.startswith("W_") for label in log.activities])[log.activity]
    assert (log.end_h[~worked] == log.start_h[~worked]).all()
    assert (log.end_h > log.start_h)[worked].mean() > 0.98
