"""A study is held by one process at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from longwall.errors import StudyError
from longwall.study import Study, StudyFile

HOLD = """
import sys
from pathlib import Path
from longwall.study import Study
with Study.open(Path(sys.argv[1])).alone():
    print("held", flush=True)
    sys.stdin.read()
    if sys.argv[2] == "dies":
        import os
        os._exit(1)
"""


@pytest.mark.parametrize("how", ["ends", "dies"])
def test_a_study_is_held_until_its_process_is_gone_and_a_copy_is_free(tmp_path: Path, how: str) -> None:
    """Caught when a folder copied while somebody worked in it was refused as if it were the one they worked in."""
    study = Study.create(tmp_path / "desk", StudyFile(id="desk"))
    command = [sys.executable, "-c", HOLD, str(study.path), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(StudyError) as told, study.alone():
            pass
        assert [fault.code for fault in told.value.faults] == ["LW-ST-005"]
        assert str(other.pid) in told.value.faults[0].found
        with Study.open(Path(shutil.copytree(study.path, tmp_path / "copy"))).alone():
            pass
        other.communicate(timeout=60)
    with study.alone():
        pass
    assert [path.name for path in study.path.iterdir()] == ["study.yaml"]


def test_one_process_may_hold_it_again_and_lets_go_once(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "desk", StudyFile(id="desk"))
    with study.alone():
        with study.alone():
            pass
        assert (study.path / ".running").exists()
    assert not (study.path / ".running").exists()


def test_a_lock_left_by_a_process_that_had_our_number_is_no_obstacle_and_does_not_stay(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "desk", StudyFile(id="desk"))
    (study.path / ".running").write_text(f"{os.getpid()} {study.path.stat().st_ino}")
    with study.alone():
        pass
    assert not (study.path / ".running").exists()
