"""The YAML of detectors: what ships is read, what a user gets wrong is told in four parts, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from longwall.discovery import load_detectors
from longwall.discovery.detectors import RULES
from longwall.errors import DiscoveryError


def put(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "detectors.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def codes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DiscoveryError) as caught:
        load_detectors(put(tmp_path, text))
    assert all(fault.do and fault.expected and fault.found for fault in caught.value.faults)
    return [fault.code for fault in caught.value.faults]


def test_what_ships_has_every_rule_once() -> None:
    found = load_detectors()
    assert sorted(detector.rule for detector in found) == sorted(RULES)
    for detector in found:
        assert set(detector.parameters) == set(RULES[detector.rule])
        assert detector.means.endswith(".")


def test_a_user_adds_one_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    (found,) = load_detectors(put(tmp_path, "- id: slow-check\n  rule: stall\n  parameters: {functions: [Check]}\n"))
    assert found.id == "slow-check"
    assert found.parameters["functions"] == ("Check",)
    assert found.parameters["quantile"] == 0.95


def test_all_faults_in_one_pass_with_lines(tmp_path: Path) -> None:
    text = (
        "- id: one\n  rule: rewrok\n"
        "- id: two\n  rule: late\n  parameters: {quantil: 0.9}\n"
        "- id: three\n  rule: late\n  parameters: {quantile: 90}\n"
        "- id: four\n  rule: skip\n  needz: [order]\n"
    )
    with pytest.raises(DiscoveryError) as caught:
        load_detectors(put(tmp_path, text))
    faults = caught.value.faults
    assert [fault.code for fault in faults] == ["LW-DI-014", "LW-DI-013", "LW-DI-015", "LW-DI-013"]
    assert [fault.where.split(":")[-1].split()[0] for fault in faults] == ["1", "3", "6", "9"]
    assert "use 'rework'" in faults[0].do
    assert "use 'quantile'" in faults[1].do
    assert "use 'needs'" in faults[3].do


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- id: a\n  rule: [", "LW-DI-011"),
        ("a: 1\n", "LW-DI-012"),
        ("", "LW-DI-012"),
        ("- 3\n", "LW-DI-012"),
        ("- id: A b\n  rule: late\n", "LW-DI-014"),
        ("- id: a\n  rule: late\n  needs: [sight]\n", "LW-DI-014"),
        ("- id: a\n  rule: abandonment\n  parameters: {pattern: '('}\n", "LW-DI-015"),
        ("- id: a\n  rule: abandonment\n  parameters: {silent: 3}\n", "LW-DI-015"),
        ("- id: a\n  rule: reopen\n  parameters: {terminal: Closed}\n", "LW-DI-015"),
        ("- id: a\n  rule: late\n- id: a\n  rule: late\n", "LW-DI-016"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, code: str) -> None:
    assert codes(tmp_path, text) == [code]


def test_a_missing_file_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(DiscoveryError) as caught:
        load_detectors(tmp_path / "none.yaml")
    assert caught.value.faults[0].code == "LW-DI-010"
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DiscoveryError) as caught:
        load_detectors(tmp_path / "binary.yaml")
    assert caught.value.faults[0].code == "LW-DI-010"
