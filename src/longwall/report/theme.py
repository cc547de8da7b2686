"""The visual language: four layer colours with a shape each, the same in page and figures, by day and night."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from longwall.worksystem import Layer

__all__ = ["COLOURS", "LAYER_NAMES", "LAYER_SHAPES", "altair_config", "for_page", "stylesheet"]

COLOURS: Mapping[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#14181d"),
    "panel": ("#f5f6f8", "#1c2229"),
    "ink": ("#1b222a", "#e8ebee"),
    "muted": ("#59636e", "#a3adb8"),
    "rule": ("#d5dadf", "#3a434d"),
    "technical": ("#1460d2", "#7aa6c8"),
    "social": ("#b95000", "#ee9440"),
    "work": ("#67107e", "#bb6cf5"),
    "environment": ("#078358", "#72e0a6"),
}
"""Name of a colour to its value on light and on dark paper. No figure uses a colour that is not here."""

LAYER_NAMES: Mapping[Layer, str] = {
    "technical": "technical",
    "social": "social",
    "work": "work design",
    "environment": "environment",
}

LAYER_SHAPES: Mapping[Layer, str] = {
    "technical": "square",
    "social": "circle",
    "work": "diamond",
    "environment": "triangle-up",
}
"""Shape that goes with each colour, so that nothing is said by colour alone."""

_FONT = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'Helvetica Neue', Arial, sans-serif"


def altair_config() -> dict[str, Any]:
    """Return the Vega-Lite configuration of every figure, in the colours of light paper."""
    light = {name: pair[0] for name, pair in COLOURS.items()}
    return {
        "aria": False,  # the picture has one name; its numbers stand in the table
        "background": light["paper"],
        "font": "Liberation Sans, Arial, sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": light["muted"],
            "titleColor": light["muted"],
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "labelPadding": 5,
            "labelLimit": 260,
            "domain": False,
            "ticks": False,
            "gridColor": light["rule"],
            "gridOpacity": 0.7,
        },
        "header": {"labelColor": light["ink"], "labelFontSize": 13, "labelFontWeight": "bold", "title": None},
        "legend": {
            "labelColor": light["muted"],
            "titleColor": light["muted"],
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelLimit": 260,
        },
        "text": {"color": light["ink"], "fontSize": 12},
        "title": {"color": light["ink"], "fontSize": 13, "anchor": "start"},
    }


def for_page(svg: str) -> str:
    """Return the same drawing in the colours of the page around it, so that it follows light and dark paper."""
    for name, (light, _) in COLOURS.items():
        svg = svg.replace(f'"{light}"', f'"var(--{name})"')
    return svg.replace('"Liberation Sans, Arial, sans-serif"', '"inherit"')


def stylesheet() -> str:
    """Return the style of the page, colours included."""
    light = "".join(f"--{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    text = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return (
        f":root{{color-scheme:light dark;{light}--font:{_FONT}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{text}"
    )
