"""The seven reference contexts: what the method says of each, and where they stand on the two axes."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from longwall.assessment.classes.checklist import Answers
from longwall.worksystem import Id, Piece

__all__ = ["ReferenceContext", "reference_contexts"]


class ReferenceContext(Piece):
    """One reference context.

    Parameters
    ----------
    template : str
        The work system that ships with Longwall.
    coupling, interaction : str
        Labels as the method writes them.
    dominant_variance : tuple of Id
        Variances of the template that stand for what the method calls dominant; any of them will do.
    primary_risk : str
        Kind of the primary risk, in the words of `primary_risk`.
    sha256 : str
        Of the template as it was frozen before the indices were drawn up.
    checklist : Answers
        One of the authors' answers, given before the indices were computed but in knowledge of the labels.
    coupling_index, interaction_index : float, optional
        As computed by `benchmarks/contexts.py --write`.
    """

    template: str
    coupling: str
    interaction: str
    dominant_variance: tuple[Id, ...]
    primary_risk: str
    sha256: str
    checklist: Answers
    coupling_index: float | None = None
    interaction_index: float | None = None


@lru_cache(maxsize=1)
def reference_contexts() -> tuple[ReferenceContext, ...]:
    """Return the seven reference contexts in the order of the method."""
    positions = _loaded("context_positions.yaml") or {}
    return tuple(
        ReferenceContext.model_validate({"template": name, **entry, **positions.get(name, {})})
        for name, entry in _loaded("contexts.yaml").items()
    )


def _loaded(name: str) -> Any:
    """Read a file of the package."""
    return YAML(typ="safe").load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
