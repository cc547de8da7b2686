"""Small logs written on the spot, and the place of the shared ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from longwall.evidence import Log, Observed, ingest, read_log

KEY = b"a key for tests, long enough"
LOGS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "logs"


@pytest.fixture
def shared_log() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        path = LOGS / name
        if not path.exists():
            if os.environ.get("CI"):
                pytest.fail(f"the shared log {name} must be there in CI")
            pytest.skip(f"needs ../shared/data/logs/{name}")
        return path

    return find


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def put(text: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return put


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[Observed, Log]]:
    def through(path: Path, **options: object) -> tuple[Observed, Log]:
        store = tmp_path / "evidence.duckdb"
        record = ingest(path, store, key=KEY, **options)  # type: ignore[arg-type]
        return record, read_log(store)

    return through


def csv_log(rows: list[tuple[object, ...]], header: str = "case,activity,resource,team,start,end") -> str:
    """A CSV text of rows."""
    return "\n".join([header, *(",".join(str(cell) for cell in row) for row in rows)]) + "\n"
