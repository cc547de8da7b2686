"""Small logs written on the spot, and the real ones read once a session."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from longwall.evidence import CAPABILITIES, CaseAttribute, Log, ingest, read_log

LOGS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "logs"
FILES = {
    "helpdesk": "helpdesk.xes.gz",
    "bpic2013_closed_problems": "bpic2013_closed_problems.xes.gz",
    "bpic2013_open_problems": "bpic2013_open_problems.xes.gz",
    "loan_application": "loan_application.csv.gz",
    "p2p": "p2p.csv.gz",
    "production": "production.csv.gz",
    "receipt": "receipt.csv.gz",
    "bpic2012": "bpic2012.xes.gz",
}
Row = tuple[Any, str, str | None, str | None, float, float]


def build(
    rows: Sequence[Row],
    *,
    starts: bool | None = None,
    attribute: dict[Any, str] | None = None,
    role: str = "category",
    without: tuple[str, ...] = (),
) -> Log:
    """A log from rows of case, activity, person, team, start and end [h since a Monday 00:00]."""
    first: dict[Any, float] = {}
    for case, _, _, _, start, _ in rows:
        first[case] = min(start, first.get(case, np.inf))
    cases = sorted(first, key=lambda case: (first[case], str(case)))
    number = {case: place for place, case in enumerate(cases)}
    table = sorted(rows, key=lambda row: (number[row[0]], row[5], row[4]))
    activities = tuple(dict.fromkeys(row[1] for row in table))
    people = sorted({row[2] for row in table if row[2] is not None})
    teams = tuple(sorted({row[3] for row in table if row[3] is not None}))
    resource = np.array([people.index(row[2]) if row[2] is not None else -1 for row in table], dtype=np.int32)
    team = np.array([teams.index(row[3]) if row[3] is not None else -1 for row in table], dtype=np.int32)
    own = np.full(len(people), -1, dtype=np.int32)
    for person in range(len(people)):
        seen = team[(resource == person) & (team >= 0)]
        if seen.size:
            own[person] = np.bincount(seen).argmax()
    case = np.array([number[row[0]] for row in table], dtype=np.int32)
    start, end = (np.array([row[k] for row in table], dtype=np.float64) for k in (4, 5))
    shown = set(CAPABILITIES) - set(without) - (set() if teams else {"teams"}) - (set() if people else {"resources"})
    held = {}
    if attribute is not None:
        labels = tuple(dict.fromkeys(attribute[case] for case in cases))
        codes = np.array([labels.index(attribute[case]) for case in cases], dtype=np.int32)
        held["kind"] = CaseAttribute("kind", role, "label", codes, labels, np.zeros(0))
    return Log(
        case=case, activity=np.array([activities.index(row[1]) for row in table], dtype=np.int32), resource=resource,
        team=team, start_h=start, end_h=end, row=np.arange(1, len(table) + 1), case_labels=tuple(str(c) for c in cases),
        offsets=np.searchsorted(case, np.arange(len(cases) + 1)).astype(np.int64), activities=activities, teams=teams,
        n_resources=len(people), resource_team=own, case_attributes=held, origin=datetime(2024, 1, 1, tzinfo=UTC),
        timezone="UTC", starts_logged=bool((end > start).any()) if starts is None else starts,
        capabilities=frozenset(shown),
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_log() -> Callable[..., Log]:
    return build


@pytest.fixture(scope="session")
def real_log(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Log]:
    folder = tmp_path_factory.mktemp("stores")
    known: dict[str, Log] = {}

    def read(name: str) -> Log:
        if name not in known:
            path = LOGS / FILES[name]
            if not path.exists():
                if os.environ.get("CI"):
                    pytest.fail(f"the shared log {path.name} must be there in CI")
                pytest.skip(f"needs ../shared/data/logs/{path.name}")
            ingest(path, folder / f"{name}.duckdb", key=b"a key for tests, long enough")
            known[name] = read_log(folder / f"{name}.duckdb")
        return known[name]

    return read


def steps(
    case: Any, *path: str, at: float = 0.0, gap: float = 1.0, who: str = "p", team: str | None = None
) -> list[Row]:
    """Rows of one case: `A` at `at`, the next one `gap` hours later; ``A@x`` is done by team x (and its person)."""
    rows: list[Row] = []
    for place, step in enumerate(path):
        label, _, group = step.partition("@")
        own = group or team
        time = at + place * gap
        rows.append((case, label, f"{who}-{own}" if own else who, own, time, time))
    return rows


@pytest.fixture(scope="session")
def path_of() -> Callable[..., list[Row]]:
    return steps
