"""Plug-ins and files of users: what they bring, and what is said where they are wrong."""

from __future__ import annotations

import sys
import types
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.alignment.practices.test_catalogue import OWN

from longwall.alignment.practices import GROUP, catalogue_of, practices_of, shipped
from longwall.errors import AlignmentError, WorkSystemError


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch):
    """Install a function as a plug-in, and return its entry point."""

    def install(function: object) -> EntryPoint:
        module = types.ModuleType("practices_of_a_test")
        module.practices = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name="ours", value=f"{module.__name__}:practices", group=GROUP)

    return install


def test_a_plug_in_adds_its_practices(plugin) -> None:
    catalogue = catalogue_of(plugins=[plugin(lambda: OWN)])
    assert [entry.id for entry in catalogue.practices] == [*(e.id for e in shipped().practices), "buddy-week"]


def test_a_file_of_a_user_stands_on_plug_ins_too(plugin, tmp_path: Path) -> None:
    file = tmp_path / "practices.yaml"
    file.write_text(OWN.replace("complements: [shared-triage]", "complements: [buddy-week]").replace(
        "id: buddy-week", "id: buddy-day"), encoding="utf-8")  # fmt: skip
    catalogue = catalogue_of(file, plugins=[plugin(lambda: OWN)])
    assert catalogue.complements("buddy-week") == ("shared-triage", "buddy-day")


@pytest.mark.parametrize(
    ("made", "found"),
    [(lambda: 3, "int"), (lambda: 1 / 0, "ZeroDivisionError"), ("no function", "TypeError")],
    ids=["no text", "fails", "no function"],
)
def test_a_plug_in_that_does_not_keep_the_contract_is_named(plugin, made, found: str) -> None:
    with pytest.raises(AlignmentError) as caught:
        catalogue_of(plugins=[plugin(made)])
    (fault,) = caught.value.faults
    assert fault.code == "LW-AL-069" and "ours" in fault.where and found in fault.found


def test_what_a_plug_in_brings_is_checked_like_any_file(plugin) -> None:
    with pytest.raises(AlignmentError, match=r"LW-AL-063  plug-in ours:10"):
        catalogue_of(plugins=[plugin(lambda: OWN.replace("{ability: 0.5, motivation: 0.5}", "{ability: 0.5}"))])


@pytest.mark.parametrize("text", ["", "practices: []\n", "# nothing yet\n"])
def test_a_file_without_practices_adds_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "practices.yaml"
    file.write_text(text, encoding="utf-8")
    assert catalogue_of(file) == shipped() == catalogue_of(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("- id: x\n", "LW-WS-007", 1),
        ("practices:\n  - id: x\n    nme: y\n", "LW-WS-005", 3),
        (OWN.replace("low: -0.1", "low: 0.2"), "LW-WS-009", 11),
        ("practices: [\n", "LW-WS-002", 2),
    ],
)
def test_other_text_is_refused_with_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    file = tmp_path / "practices.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkSystemError) as caught:
        practices_of(file)
    assert any(fault.code == code and f":{line}" in fault.where for fault in caught.value.faults), caught.value


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "practices.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WorkSystemError, match="LW-WS-001"):
        practices_of(tmp_path / "practices.yaml")
