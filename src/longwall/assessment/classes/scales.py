"""From a measure to a part of an index: shares as they are, what spans orders of magnitude on a log scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from longwall.assessment.results import IndexPart, PartSource

__all__ = ["log_part", "part", "share_part"]


def part(name: str, value: float | None, means: str, source: PartSource, *, raw: str = "") -> IndexPart:
    """Return one part, kept within [0, 1]."""
    kept = None if value is None or not np.isfinite(value) else float(min(max(value, 0.0), 1.0))
    return IndexPart(name=name, value=kept, means=means, source=source, raw=raw)


def share_part(name: str, share: float | None, means: str, source: PartSource = "model") -> IndexPart:
    """Return a part that is a share, taken as it is."""
    return part(name, share, means, source)


def log_part(
    name: str,
    measure: float | None,
    reference: str,
    cuts: Mapping[str, float],
    means: str,
    source: PartSource = "model",
    *,
    unit: str = "",
) -> IndexPart:
    """Return a part on the log scale between two reference points: 0 at the one, 1 at the other, clipped beyond.

    Parameters
    ----------
    measure : float, optional
        > 0; zero counts as beyond the smaller reference.
    reference : str
        Stem of the thresholds ``<reference>_at_0`` and ``<reference>_at_1``, in the unit of the measure.
    """
    if measure is None or not np.isfinite(measure):
        return part(name, None, means, source)
    zero, one = cuts[f"{reference}_at_0"], cuts[f"{reference}_at_1"]
    value = np.log(max(measure, 1e-12) / zero) / np.log(one / zero)
    return part(name, float(value), means, source, raw=f"{measure:.3g}{' ' + unit if unit else ''}")
