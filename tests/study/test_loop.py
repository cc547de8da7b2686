"""The loop on a small log: same seed, same bits; kill it anywhere and go on; bad input leaves the study as it was."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import longwall, longwall_process

from longwall.errors import Fault, StudyError
from longwall.streams import generator
from longwall.study import loop
from longwall.study.folder import Study
from longwall.study.step import Outcome, Step


def small_log(path: Path, cases: int = 240) -> Path:
    """A shop's tickets over twelve weeks: register, then desk or workshop, then close, in office hours."""
    rng = generator(11, "small log")
    begin = datetime(2025, 3, 3, 8)
    rows = ["ticket,step,who,team,begin,finish"]
    for number in range(cases):
        time_ = begin + timedelta(
            days=int(rng.integers(0, 84)) // 7 * 7 + int(rng.integers(0, 5)), hours=float(rng.random() * 8)
        )
        steps = [("register", "desk"), ("repair", "workshop" if rng.random() < 0.4 else "desk"), ("close", "desk")]
        if rng.random() < 0.2:
            steps[1:1] = [("repair", "workshop"), ("repair", "desk")]
        for step, team in steps:
            took = timedelta(hours=float(rng.exponential(0.3)) + 0.02)
            rows.append(
                f"T{number},{step},p{rng.integers(0, 6)}-{team},{team},{time_.isoformat()},{(time_ + took).isoformat()}"
            )
            time_ += took + timedelta(hours=float(rng.exponential(2.0)))
    path.write_text("\n".join(rows) + "\n")
    return path


def files(study: Path) -> dict[str, bytes]:
    return {
        path.relative_to(study).as_posix(): path.read_bytes() for path in sorted((study / "results").rglob("*.json"))
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small log and its study, run through without interruption."""
    root = tmp_path_factory.mktemp("loop")
    log = small_log(root / "shop.csv")
    done = longwall("run", str(log), "--out", str(root / "study"), "--seed", "5", LONGWALL_THREADS="1")
    assert done.returncode == 0, done.stderr
    return log, root / "study"


@pytest.mark.long  # what was killed early is taken up with two threads below, and ends with the same bits
def test_same_seed_same_bits_for_one_thread_and_two(finished: tuple[Path, Path], tmp_path: Path) -> None:
    log, study = finished
    done = longwall_process("run", str(log), "--out", str(tmp_path / "study"), "--seed", "5", LONGWALL_THREADS="2")
    assert done.returncode == 0, done.stderr
    ours, again = files(study), files(tmp_path / "study")
    assert sorted(ours) == sorted(again)
    assert [name for name in ours if ours[name] != again[name]] == []


def test_another_seed_gives_other_bits(finished: tuple[Path, Path], tmp_path: Path) -> None:
    log, study = finished
    longwall("run", str(log), "--out", str(tmp_path / "study"), "--seed", "6", "--until", "simulate")
    assert files(study)["results/simulate.json"] != files(tmp_path / "study")["results/simulate.json"]


@pytest.mark.parametrize(
    "delay_s", [5.0, *(pytest.param(seconds, marks=pytest.mark.long) for seconds in (1.5, 3.0, 8.0))]
)
def test_killed_at_any_moment_it_goes_on_and_ends_with_the_same_bits_for_one_thread_and_two(
    finished: tuple[Path, Path], tmp_path: Path, delay_s: float
) -> None:
    """Processes of their own, so that nothing may hang on the order of sets, with two threads where one was before."""
    log, study = finished
    arguments = ["run", str(log), "--out", str(tmp_path / "study"), "--seed", "5"]
    process = subprocess.Popen(
        [sys.executable, "-m", "longwall", *arguments], env={**os.environ, "LONGWALL_THREADS": "2"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(delay_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = tmp_path / "study"
    if (left / "study.yaml").exists():
        assert longwall("check", str(left)).returncode == 0
    kept = files(left) if left.exists() else {}
    done = longwall_process(*arguments, LONGWALL_THREADS="2")
    assert done.returncode == 0, done.stderr
    ours, ended = files(study), files(left)
    assert {name: ended[name] for name in kept if "report" not in name} == {
        k: v for k, v in kept.items() if "report" not in k
    }
    assert sorted(ours) == sorted(ended)
    assert [name for name in ours if "report" not in name and ours[name] != ended[name]] == []
    page = Path("report") / "index.html"
    assert (left / page).read_bytes() == (study / page).read_bytes()


def test_interrupted_it_says_so_and_keeps_what_was_finished(finished: tuple[Path, Path], tmp_path: Path) -> None:
    log, _ = finished
    process = subprocess.Popen([sys.executable, "-m", "longwall", "run", str(log), "--out", str(tmp_path / "study")],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    for _ in range(600):
        if (tmp_path / "study" / "results" / "ingest.json").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "go on" in said
    assert (tmp_path / "study" / "results" / "ingest.json").exists()


def test_stopping_early_leaves_a_report_that_says_what_is_missing(finished: tuple[Path, Path], tmp_path: Path) -> None:
    log, _ = finished
    done = longwall("run", str(log), "--out", str(tmp_path / "study"), "--until", "ingest")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "study" / "report" / "index.html").read_text()
    assert "longwall discover" in page


@pytest.mark.parametrize("report_fails", [False, True])
def test_a_step_that_fails_is_told_and_the_report_shows_what_was_finished(
    finished: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report_fails: bool
) -> None:
    """Fails when the report is left as it was, or when a fault of the report hides what stopped the run."""
    asked: list[str] = []
    run_step = loop.run_step

    def failing(study: Study, step: Step, *rest: Any, **more: Any) -> Outcome:
        asked.append(step.name)
        if step.name == "discover" or (report_fails and asked.count("report") > 1):
            raise StudyError(Fault("LW-ST-004", step.name, "a sound step", "planted", "nothing"))
        return run_step(study, step, *rest, **more)

    monkeypatch.setattr(loop, "run_step", failing)
    with pytest.raises(StudyError) as told:
        loop.run(finished[0], out=tmp_path / "study")
    assert [fault.where for fault in told.value.faults] == ["discover"]
    assert asked == ["ingest", "report", "discover", "report"]


BAD = {
    "empty.csv": b"",
    "header.csv": b"case,activity,time\n",
    "no_case.csv": b"colour,shape\nred,round\nblue,square\n",
    "truncated.csv.gz": gzip.compress(b"case,activity,end\n" + b"1,a,2025-01-01T10:00:00\n" * 2000)[:-30],
    "rubbish.xes": bytes(range(256)) * 8,
    "entity.xes": b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]><log>&x;</log>',
    "bomb.csv.gz": gzip.compress(b"case,activity,end\n" + b" " * 400_000_000, 9),
    "mixed.csv": b"case,activity,end\n1,a,2025-01-01T10:00:00\n1,b,03.04.25 kl. 10\n2,a,yesterday\n2,b,2025-01-02\n",
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_gets_four_parts_and_leaves_the_study_as_it_was(
    finished: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    _, study = finished
    bad = tmp_path / name
    bad.write_bytes(BAD[name])
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    done = longwall("ingest", str(study), str(bad), "--json")
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    fault = json.loads(done.stdout)["faults"][0]
    assert all(fault[part] for part in ("code", "where", "expected", "found", "do"))
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


def test_a_folder_instead_of_a_log(tmp_path: Path) -> None:
    done = longwall("run", str(tmp_path), "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["faults"][0]["code"] == "LW-ST-007"


def test_the_small_log_is_the_same_in_every_process(tmp_path: Path) -> None:
    first, second = small_log(tmp_path / "a.csv"), small_log(tmp_path / "b.csv")
    assert first.read_bytes() == second.read_bytes()
    assert np.unique([line.split(",")[0] for line in first.read_text().splitlines()[1:]]).size == 240
