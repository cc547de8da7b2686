from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from longwall.report.theme import COLOURS, LAYER_SHAPES, for_page, stylesheet

LAYERS = ("technical", "social", "work", "environment")
# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency",
# IEEE TVCG 15(6), severity 1.0.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116,
    1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940,
    0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367,
    0.303900]]),
}  # fmt: skip


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(np.maximum(xyz / np.array([0.9505, 1.0, 1.089]), 1e-9))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", *LAYERS])
def test_text_in_every_colour_can_be_read(name, paper):
    # 4.5 to 1: WCAG 2.2, success criterion 1.4.3.
    assert contrast(COLOURS[name][paper], COLOURS["paper"][paper]) >= 4.5


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_layers_differ_for_colour_blind_readers(blindness, paper):
    colours = {name: lab(BLINDNESS[blindness] @ linear(COLOURS[name][paper])) for name in LAYERS}
    for one, other in combinations(LAYERS, 2):
        assert np.linalg.norm(colours[one] - colours[other]) > 18, (one, other)


def test_no_layer_is_told_by_colour_alone():
    assert len(set(LAYER_SHAPES.values())) == len(LAYERS)


def test_a_drawing_takes_the_colours_of_the_page():
    svg = f'<svg><path fill="{COLOURS["social"][0]}"/><rect fill="{COLOURS["paper"][0]}"/></svg>'
    assert for_page(svg) == '<svg><path fill="var(--social)"/><rect fill="var(--paper)"/></svg>'


def test_the_style_knows_every_colour_by_day_and_night():
    style = stylesheet()
    for name, (light, dark) in COLOURS.items():
        assert f"--{name}:{light};" in style
        assert f"--{name}:{dark};" in style
    assert "url(" not in style
    assert "@import" not in style
