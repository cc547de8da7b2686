"""Compiling the cheap model ahead of its first use; it takes half a minute once and is kept on disk."""

from __future__ import annotations

import numpy as np

from longwall.alignment.approximation.composed import Composed
from longwall.alignment.approximation.picture import Picture
from longwall.alignment.trials import Key

__all__ = ["warm"]


def warm() -> None:
    """Compile the cheap model and keep it on disk; does nothing that takes long where this was done before."""
    day = np.zeros(168)
    today: Picture = {
        ("arrivals", "item"): day + 1.0,
        ("class", "item"): np.array([0.0, 8.0, 8.0, 0.0]),
        ("goes", "item", "start", "work"): np.ones(1),
        ("function", "work"): np.array([1.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]),
        ("able", "work", "role"): np.ones(1),
        ("staff", "role"): day + 1.0,
        ("ends", "role"): day,
        ("back", "role"): day,
        ("post", "role"): np.array([1.0, 1e6]),
        ("team", "role", "team"): np.ones(1),
    }
    model = Composed(today, {}, (Key("lead_time_h"),), high_load=0.85, tiring=np.array([0.1, 0.25, 0.78]))
    model.means([()])
