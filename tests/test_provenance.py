"""Provenance: a file is written whole or not at all; a stamp's key is a hash of all that decides a result."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longwall.errors import StorageError
from longwall.provenance import (
    Stamp,
    canonical_json,
    hash_of_file,
    hash_of_value,
    replacing,
    write_bytes,
    write_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def names_in(folder: Path) -> list[str]:
    """Names of all that stands in a folder."""
    return sorted(file.name for file in folder.iterdir())


@given(value=st.dictionaries(st.text(), JSON, max_size=4))
def test_equal_values_give_equal_text_and_hash(value):
    shuffled = dict(reversed(list(value.items())))
    assert canonical_json(value) == canonical_json(shuffled)
    assert hash_of_value(value) == hash_of_value(shuffled)


def test_a_number_that_json_has_not_is_refused():
    with pytest.raises(ValueError):
        canonical_json(float("nan"))


def test_a_file_is_hashed_by_its_bytes(tmp_path):
    content = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(content)
    assert hash_of_file(tmp_path / "a") == hashlib.blake2b(content, digest_size=16).hexdigest()
    (tmp_path / "a").write_bytes(content[:-1])
    assert hash_of_file(tmp_path / "a") != hashlib.blake2b(content, digest_size=16).hexdigest()


def test_a_stamp_changes_with_everything_that_decides_a_result():
    stamp = Stamp("discover", {"evidence": "a", "detectors": "b"}, 0)
    assert stamp.key == Stamp("discover", {"detectors": "b", "evidence": "a"}, 0).key
    others = [
        Stamp("simulate", stamp.inputs, 0),
        Stamp("discover", {"evidence": "a", "detectors": "c"}, 0),
        Stamp("discover", {"evidence": "a"}, 0),
        Stamp("discover", stamp.inputs, 1),
        Stamp("discover", stamp.inputs, 0, "0.0.0"),
    ]
    assert len({stamp.key, *(other.key for other in others)}) == 6
    assert stamp.as_dict().keys() == {"step", "inputs", "seed", "version"}


def test_a_write_takes_the_place_of_the_old_file_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "new" / "a.json"
    write_json(target, {"b": 1, "a": [1.5, "é"]})
    assert target.read_text(encoding="utf-8") == '{\n  "a": [\n    1.5,\n    "é"\n  ],\n  "b": 1\n}\n'
    write_bytes(target, b"x")
    assert target.read_bytes() == b"x"
    assert names_in(target.parent) == ["a.json"]


def test_an_error_of_the_writer_leaves_the_old_file(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), replacing(target) as part:
        part.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"old")
    code = (
        "import sys, time; from pathlib import Path; from longwall.provenance import replacing\n"
        "with replacing(Path(sys.argv[1])) as part:\n"
        "    stream = part.open('wb'); stream.write(b'half'); stream.flush()\n"
        "    print('half', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "half\n"
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=30)
    child.stdout.close()
    assert target.read_bytes() == b"old"
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "LW-IO-001"), (errno.EACCES, "LW-IO-002"), (errno.EROFS, "LW-IO-002"), (errno.EIO, "LW-IO-003")],
)
def test_a_disk_that_refuses_is_said_in_four_parts(tmp_path, monkeypatch, number, code):
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(StorageError) as caught:
        write_bytes(target, b"new")
    monkeypatch.undo()
    assert [fault.code for fault in caught.value.faults] == [code]
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a"]


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(StorageError) as caught:
        write_bytes(tmp_path / "a", b"new")
    assert caught.value.faults[0].code == "LW-IO-003"
    assert names_in(tmp_path) == ["a"]
