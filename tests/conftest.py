"""What several tests stand on: the example study, made once a session, and the folder of real logs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT.parent / "shared" / "data" / "logs"


def longwall(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "longwall", *arguments],
        cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **environment}, timeout=560,
    )  # fmt: skip


@pytest.fixture(scope="session")
def logs() -> Path:
    """Folder of the real logs; CI has it and must not skip."""
    if not LOGS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the real logs are not at {LOGS}")
        pytest.skip("the real logs are not beside this checkout (../shared/data/logs)")
    return LOGS


@pytest.fixture(scope="session")
def example_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which ``studies/example`` was made by the command of the tutorial; once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared-example"
    finished = root / "finished"
    try:
        root.mkdir()
    except FileExistsError:
        for _ in range(600):
            if finished.exists():
                break
            time.sleep(1)
    else:
        done = longwall("example", "studies/example", cwd=root)
        finished.write_text(done.stderr if done.returncode else "")
    said = finished.read_text()
    assert said == "", said
    return root


@pytest.fixture(scope="session")
def example(example_root: Path) -> Path:
    """Folder of the example study, taken through the whole loop."""
    return example_root / "studies" / "example"
