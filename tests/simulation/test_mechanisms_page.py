"""The page of mechanisms lists every assumed parameter as it is."""

from __future__ import annotations

from pathlib import Path

from longwall.simulation import PRIORS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "mechanisms.md"


def test_every_prior_stands_on_the_page_with_its_value() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for name, prior in PRIORS.items():
        assert f"| `{name}` | {prior.value:g} | {prior.unit} | {prior.tag} |" in "\n".join(lines), name
    assert len(lines) == len(PRIORS)
