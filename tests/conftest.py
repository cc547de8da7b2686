"""What several tests stand on: a small example study, made once a session, and the folder of real logs."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings

from longwall.cli import main

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT.parent / "shared" / "data" / "logs"
_MOST_S = 600

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("longwall", deadline=None)
settings.load_profile("longwall")
_MAKING = pytest.StashKey[subprocess.Popen[bytes]]()

SMALL_EXAMPLE = """
import functools, sys
import longwall.alignment.search
from longwall.alignment import Budget
from longwall.cli import main
from longwall.study import starting

starting.EXAMPLE_WEEKS, starting.EXAMPLE_BEGINS = 13, "2025-04-07"
starting.StudyFile = functools.partial(starting.StudyFile, weeks=6, replications=10)
budget = Budget(search=120, frozen=4, fresh=16, effect=8, draws=8, draw_replications=2)
sys.modules["longwall.alignment.search"].budget_for = lambda system, weeks: budget
sys.argv = ["longwall", "example", "studies/example"]
main()
"""
"""The example, with half of its log, shorter forecasts and a search that soon ends: what is told of it is the same."""


def longwall(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command inside this process, which has loaded it: what it prints, and the code with which it leaves."""
    out, said, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(cwd or Path.cwd()),
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "argv", ["longwall", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(said),
    ):
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), said.getvalue())


def longwall_process(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, in a process of its own: for what only that shows."""
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin the example while other tests run, and take the files that stand on it last: nobody waits for it.

    The longest of these comes first, so that no process ends with it alone.
    """
    on_it = {item.path for item in items if "example_root" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (item.path in on_it, item.path.name != "test_docs.py"))
    if on_it and not config.option.collectonly and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        root = _example_root(config)
        root.mkdir(parents=True)
        example = f"{shlex.quote(sys.executable)} -W error -c {shlex.quote(SMALL_EXAMPLE)}"
        config.stash[_MAKING] = subprocess.Popen(
            ["sh", "-c", f"{example} > said 2>&1; echo $? > code; mv code finished"], cwd=root, start_new_session=True
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no example half made behind when the tests end early."""
    making = config.stash.get(_MAKING, None)
    if making is not None and making.poll() is None:
        os.killpg(making.pid, signal.SIGKILL)
        making.wait()


def _example_root(config: pytest.Config) -> Path:
    """One folder for all test processes."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    base = factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared-example"


@pytest.fixture(scope="session")
def example_root(request: pytest.FixtureRequest) -> Path:
    """Folder in which ``studies/example`` was made, smaller than by the tutorial; once for all test processes."""
    root = _example_root(request.config)
    finished = root / "finished"
    for _ in range(_MOST_S):
        if finished.exists():
            break
        time.sleep(1)
    said = (root / "said").read_text(encoding="utf-8")
    assert finished.exists() and finished.read_text().strip() == "0", said
    return root


@pytest.fixture(scope="session")
def example(example_root: Path) -> Path:
    """Folder of the example study, taken through the whole loop."""
    return example_root / "studies" / "example"
