"""The face: help with an example for each command, one JSON object on stdout, exit codes, four-part errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import longwall
from typer.main import get_command

from longwall.cli.commands import app
from longwall.study import SHOWN

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_commands_of_the_readme_are_there() -> None:
    assert {"run", "ingest", "discover", "simulate", "assess", "align", "plan", "report", "new", "templates", "check",
            "show"} <= set(COMMANDS)  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_json_and_seed(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    assert command.help
    assert f"longwall {name}" in (command.epilog or "")
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--json", "--seed"} <= options


@pytest.mark.parametrize(
    "what", ["findings", "designs", "plan", "indicators", "quality", "functions", "roles", "variances"]
)
def test_show_prints_one_json_object(example: Path, what: str) -> None:
    done = longwall("show", str(example), what, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] is True
    assert answer["rows"]
    assert all(len(row) == len(answer["columns"]) for row in answer["rows"])


def test_show_of_something_unknown_suggests(example: Path) -> None:
    done = longwall("show", str(example), "findigns", "--json")
    assert done.returncode == 2
    fault = json.loads(done.stdout)["faults"][0]
    assert "findings" in fault["do"]


def test_a_folder_that_is_no_study_is_the_users_mistake(tmp_path: Path) -> None:
    done = longwall("show", str(tmp_path), "findings")
    assert done.returncode == 2
    assert "LW-ST-001" in done.stderr
    assert "do: " in done.stderr
    assert "Traceback" not in done.stderr


def test_templates_and_new(tmp_path: Path) -> None:
    listed = json.loads(longwall("templates", "--json").stdout)
    assert "service-desk" in [row["name"] for row in listed["templates"]]
    made = longwall("new", str(tmp_path / "desk"), "--template", "service-desk", "--json")
    assert made.returncode == 0, made.stderr
    assert longwall("check", str(tmp_path / "desk")).returncode == 0
    again = longwall("new", str(tmp_path / "desk"), "--template", "service-desk")
    assert again.returncode == 2
    wrong = longwall("new", str(tmp_path / "other"), "--template", "servicedesk")
    assert wrong.returncode == 2
    assert "service-desk" in wrong.stderr


def test_check_reports_all_faults_of_all_files_in_one_pass(tmp_path: Path) -> None:
    longwall("new", str(tmp_path / "desk"), "--template", "service-desk")
    system = tmp_path / "desk" / "worksystem.yaml"
    system.write_text(system.read_text().replace("purpose:", "purpos:", 1))
    study = tmp_path / "desk" / "study.yaml"
    study.write_text(study.read_text() + "wekes: 5\n")
    done = longwall("check", str(tmp_path / "desk"), "--json")
    assert done.returncode == 2
    where = " ".join(fault["where"] for fault in json.loads(done.stdout)["faults"])
    assert "worksystem.yaml" in where
    assert "study.yaml" in where


LEAN = """
import sys
from longwall.cli import main
try:
    main()
except SystemExit as left:
    print(left.code, *sys.modules)
"""


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], "0"), (["shwo"], "2")])
def test_what_asks_nothing_loads_no_room(arguments: list[str], code: str) -> None:
    # Fails when the commands import the study: every slip of typing then waits for the compiler.
    done = subprocess.run([sys.executable, "-c", LEAN, *arguments], capture_output=True, text=True, check=True,
                          timeout=120)  # fmt: skip
    left, *loaded = done.stdout.splitlines()[-1].split()
    assert left == code
    assert not {"longwall.study", "numba", "polars", "duckdb", "scipy"} & set(loaded)


def test_the_help_of_show_lists_what_there_is() -> None:
    done = longwall("show", "--help")
    shown = done.stdout.replace("\n", " ")
    assert done.returncode == 0
    assert [name for name in SHOWN if name not in shown] == []


INTERRUPTED = """
import sys, types
from longwall.cli import entry

def app():
    exec("raise KeyboardInterrupt")

sys.modules["longwall.cli.commands"] = types.SimpleNamespace(app=app)
entry.main()
"""


def test_an_interruption_while_something_is_loaded_leaves_with_its_code(tmp_path: Path) -> None:
    # Caught when Python died of the signal after it had been answered.
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True,
                          check=False, timeout=120)  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert "go on" in done.stderr
