"""All code in the docs runs, every error code has a heading, every command stands in the README."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from tests.conftest import ROOT, longwall

from longwall.cli.commands import app

PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [body for tongue, body in FENCE.findall(page.read_text(encoding="utf-8")) if tongue == language]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_in_the_docs_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "docs"}
    for body in blocks(page, "python"):
        exec(compile(body, str(page), "exec"), names)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "console")], ids=lambda page: page.name)
def test_commands_in_the_docs_run(page: Path, example_root: Path, tmp_path: Path) -> None:
    shutil.copytree(example_root / "studies", tmp_path / "studies")
    for body in blocks(page, "console"):
        for line in body.splitlines():
            if line.startswith("$ longwall "):
                done = longwall(*shlex.split(line)[2:], cwd=tmp_path)
                assert done.returncode == 0, (line, done.stderr)


def test_every_fence_says_its_language_and_is_run_or_plain() -> None:
    known = {"python", "console", "yaml", "text"}
    for page in PAGES:
        for tongue in re.findall(r"^```(\w*)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert tongue in known | {""}, (page, tongue)


def test_error_codes_and_their_headings_are_equal() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    raised = set(re.findall(r"\"(LW-[A-Z]{2}-\d{3})\"", source)) | set(
        re.findall(r"\[bold red\](LW-[A-Z]{2}-\d{3})", source)
    )
    described = set(re.findall(r"^### (LW-[A-Z]{2}-\d{3})", page, re.MULTILINE))
    assert raised == described, (sorted(raised - described), sorted(described - raised))


def test_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert [name for name in names if f"`longwall {name}" not in readme] == []


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), (page.name, target)


def test_the_architecture_names_modules_that_are_there() -> None:
    """Fails when a module is renamed, moved or removed and its floor still stands on the page."""
    page = (ROOT / "docs" / "concepts" / "architecture.md").read_text(encoding="utf-8")
    tables = re.findall(r"^\| \w+ \| modules of `(\w+)` \|\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    rooms = {"alignment", "assessment", "discovery", "evidence", "implementation", "simulation"}
    assert {package for package, _ in tables} == rooms
    for package, table in tables:
        folder = ROOT / "src" / "longwall" / package
        known = {path.stem for path in folder.rglob("*.py")} | {path.name for path in folder.iterdir() if path.is_dir()}
        cells = (row.split("|")[2] for row in table.splitlines())
        assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell) if name not in known] == []
