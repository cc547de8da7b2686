"""The map: functions in flow order with their level of automation, roles on one side and components on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from longwall.assessment import flow_of
from longwall.report.figures.drawing import Figure
from longwall.report.markup import Markup, Table, element, join, shortened
from longwall.report.material import Material
from longwall.report.numbers import amount_text
from longwall.report.theme import COLOURS
from longwall.report.words import LEVELS, counted
from longwall.simulation import items_per_week
from longwall.worksystem import WorkSystem

__all__ = ["Passage", "map_figure", "passage_of"]

LEAST_SHARE = 0.03
"""Routes that carry less than this share of the items are left out of the drawing, and the page says so."""

MOST_FUNCTIONS = 25

_ROW, _TOP = 46, 30
_FLOW_X, _FLOW_W = 322, 258
_ROLE_W, _PART_W = 186, 150
_WIDTH = 900
_STEPS = 400
_WORD_W = 82
_NOTHING = 1e-7


@dataclass(frozen=True)
class Passage:
    """How items pass through the functions.

    Parameters
    ----------
    order : tuple of str
        Functions in flow order: by the mean number of steps before them.
    visits : mapping of str to float
        Mean visits of an item.
    traffic : mapping of pairs to float
        Mean passages of an item from one function (or ``start``) to the next (or ``end``).
    """

    order: tuple[str, ...]
    visits: Mapping[str, float]
    traffic: Mapping[tuple[str, str], float]


def passage_of(system: WorkSystem) -> Passage:
    """Return the flow that the routes imply, demand classes in proportion to their arrivals."""
    flow = flow_of(system)
    names = flow.functions
    items = sum(items_per_week(system).values()) or 1.0
    visits = np.array([flow.executions[name] for name in names]) / items
    between = flow.moves * visits[:, None]
    begins = np.maximum(visits - between.sum(axis=0), 0.0)
    ends = np.maximum(visits - between.sum(axis=1), 0.0)
    depth = np.zeros(len(names))
    here = begins
    for step in range(1, _STEPS):
        here = here @ flow.moves
        depth += step * here
        if here.sum() < _NOTHING:
            break
    # What is never visited comes last; the order of the file decides between equals.
    place = np.where(visits > _NOTHING, depth / np.maximum(visits, _NOTHING), np.inf)
    traffic = {(names[i], names[j]): float(between[i, j]) for i, j in zip(*np.nonzero(between > _NOTHING), strict=True)}
    traffic |= {("start", name): float(share) for name, share in zip(names, begins, strict=True) if share > _NOTHING}
    traffic |= {(name, "end"): float(share) for name, share in zip(names, ends, strict=True) if share > _NOTHING}
    order = tuple(names[index] for index in np.argsort(place, kind="stable"))
    return Passage(order, dict(zip(names, visits.tolist(), strict=True)), traffic)


def map_figure(material: Material, system: WorkSystem) -> Figure:
    """Return the map of a work system; the least visited functions beyond 25, and thin routes, are left out."""
    flow = passage_of(system)
    kept = set(sorted(flow.order, key=lambda name: -flow.visits[name])[:MOST_FUNCTIONS])
    shown = [name for name in flow.order if name in kept]
    routes = {
        pair: share
        for pair, share in flow.traffic.items()
        if share >= LEAST_SHARE and all(end in kept or end in ("start", "end") for end in pair)
    }
    automatic = [name for name in shown if system.functions[name].allocation.level >= 4]
    left_out = len([share for share in flow.traffic.values() if share > 0]) - len(routes)
    sentence = (
        f"{counted(len(flow.order), 'function')}, {counted(len(system.social.roles), 'role')} and "
        f"{counted(len(system.technical.components), 'component')}: {len(automatic) or 'none'} of the functions "
        f"{'is' if len(automatic) == 1 else 'are'} at level 4 or higher, where a machine proposes or acts."
    )
    key = (
        f"Flow runs downwards; arcs right skip ahead, dotted arcs left go back; thicker is more {material.items}. "
        f"The figure in each box is visits per {material.item}, the number in the square the level of automation. "
        f"Left out: {counted(left_out, 'route that carries', 'routes that carry')} less than "
        f"{amount_text(LEAST_SHARE, 'share')} of the {material.items}"
    )
    if len(flow.order) > len(shown):
        key += f", and the {len(flow.order) - len(shown)} least visited functions"
    rows = [
        (
            material.label(source, "function") if source != "start" else "(arrival)",
            material.label(target, "function") if target != "end" else "(leaves)",
            amount_text(share, "share"),
        )
        for (source, target), share in sorted(flow.traffic.items(), key=lambda pair: (-pair[1], pair[0]))
        if share >= LEAST_SHARE
    ]
    return Figure(
        name="map",
        sentence=sentence,
        alt="Map of the work system: roles left, functions in flow order in the middle, components right, with lines "
        "for who performs what.",
        chart=_drawing(material, system, flow, shown, routes),
        table=Table(f"Passages per {material.item}, from each function to the next", ("From", "To", "Share#"), rows),
        command=material.command("discover"),
        key=key + ".",
    )


def _drawing(
    material: Material, system: WorkSystem, flow: Passage, shown: Sequence[str], routes: Mapping[tuple[str, str], float]
) -> str:
    """The map as SVG in the colours of light paper."""
    y = {name: _TOP + 34 + index * _ROW for index, name in enumerate(["start", *shown, "end"])}
    roles = list(system.social.roles)
    parts = list(system.technical.components)
    height: float = y["end"] + 34
    role_y = _spread([_centre(y, [n for n in shown if role.id in system.functions[n].roles]) for role in roles], height)
    part_y = _spread(
        [_centre(y, [n for n in shown if system.functions[n].allocation.component == part.id]) for part in parts],
        height,
    )
    height = max([height, *(value + 30 for value in (*role_y, *part_y))])
    lines: list[Markup] = []
    for (source, target), share in sorted(routes.items()):
        lines.append(_route(y, source, target, share))
    for role, at in zip(roles, role_y, strict=True):
        for name in shown:
            if role.id in system.functions[name].roles:
                lines.append(_link(20 + _ROLE_W, at, _FLOW_X, y[name], "social", dashed=False))
    for part, at in zip(parts, part_y, strict=True):
        for name in shown:
            if system.functions[name].allocation.component == part.id:
                lines.append(_link(_WIDTH - 20 - _PART_W, at, _FLOW_X + _FLOW_W, y[name], "technical", dashed=True))
    boxes = [_end("arrives", y["start"]), _end("leaves", y["end"])]
    boxes += [_function(material, system, name, flow.visits[name], y[name]) for name in shown]
    for role, at in zip(roles, role_y, strict=True):
        boxes.append(
            _side(
                20,
                at,
                _ROLE_W,
                "social",
                material.label(role.id, "role"),
                _role_line(material, role.id, role.team, role.head_count),
            )
        )
    for part, at in zip(parts, part_y, strict=True):
        boxes.append(
            _side(_WIDTH - 20 - _PART_W, at, _PART_W, "technical", material.label(part.id, "component"), part.kind)
        )
    heads = [
        _text(20, 24, "Roles", "social", weight=700),
        _text(_FLOW_X, 24, "Functions, in flow order", "work", weight=700),
        _text(_WIDTH - 20 - _PART_W, 24, "Components", "technical", weight=700),
    ]
    if not parts:
        heads.append(_text(_WIDTH - 20 - _PART_W, 46, "none seen in the log", "muted", size=11.5))
    return element(
        "svg",
        element("rect", width=_WIDTH, height=height, fill=COLOURS["paper"][0]),
        lines,
        boxes,
        heads,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height:.0f}",
        width=_WIDTH,
        height=f"{height:.0f}",
        font_family="Liberation Sans, Arial, sans-serif",
    )


def _role_line(material: Material, role: str, team: str, people: int) -> str:
    """The second line of a role: its team, where that is called otherwise, and how many people it has."""
    if material.label(team, "team") == material.label(role, "role"):
        return counted(people, "person", "people")
    return f"{shortened(material.label(team, 'team'), 14)} · {counted(people, 'person', 'people')}"


def _centre(y: Mapping[str, float], names: Sequence[str]) -> float:
    """Mean height of the functions something is tied to; the end where it is tied to none."""
    return sum(y[name] for name in names) / len(names) if names else max(y.values())


def _spread(wanted: Sequence[float], height: float) -> list[float]:
    """Heights near the wanted ones, in the same order, far enough apart to be read."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    room = min(58.0, max(44.0, (height - _TOP) / max(len(wanted), 1)))
    placed = [0.0] * len(wanted)
    last = _TOP - 20.0
    for index in order:
        last = placed[index] = max(wanted[index], last + room)
    over = last - (height - 30)
    for index in reversed(order):
        if over <= 0:
            break
        placed[index] = max(placed[index] - over, _TOP + 34.0)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + room)
    return placed


def _text(
    x: float, y: float, text: str, colour: str, *, size: float = 12.5, weight: int = 400, anchor: str = "start"
) -> Markup:
    return element(
        "text", text, x=f"{x:.1f}", y=f"{y:.1f}", fill=COLOURS[colour][0], font_size=size, font_weight=weight,
        text_anchor=anchor,
    )  # fmt: skip


def _function(material: Material, system: WorkSystem, name: str, visits: float, y: float) -> Markup:
    """A function: box, label, visits, and the square with its level of automation."""
    level = system.functions[name].allocation.level
    label = material.label(name, "function")
    return element(
        "g",
        element("title", f"{label}: level {level}, {LEVELS[level - 1]}; {visits:.2f} visits"),
        element("rect", x=_FLOW_X, y=f"{y - 16:.1f}", width=_FLOW_W, height=32, rx=4, fill=COLOURS["panel"][0],
                stroke=COLOURS["work"][0], stroke_width=1.4),
        element("rect", x=_FLOW_X + 6, y=f"{y - 10:.1f}", width=20, height=20, rx=3,
                fill=COLOURS["technical"][0] if level >= 4 else COLOURS["paper"][0],
                stroke=COLOURS["technical" if level >= 4 else "muted"][0]),
        _text(_FLOW_X + 16, y + 4.5, str(level), "paper" if level >= 4 else "ink", weight=700, anchor="middle"),
        _text(_FLOW_X + 34, y + 4.5, shortened(label, 27), "ink", weight=600),
        _text(_FLOW_X + _FLOW_W - 8, y + 4.5, f"{visits:.2f}", "muted", size=11, anchor="end"),
    )  # fmt: skip


def _side(x: float, y: float, width: float, layer: str, label: str, below: str) -> Markup:
    """A role (round corners) or a component (square corners)."""
    return element(
        "g",
        element("title", f"{label} ({below})"),
        element("rect", x=x, y=f"{y - 19:.1f}", width=width, height=38, rx=14 if layer == "social" else 0,
                fill=COLOURS["paper"][0], stroke=COLOURS[layer][0], stroke_width=1.6),
        _text(x + width / 2, y - 2, shortened(label, int(width / 7.2)), "ink", size=12, weight=600, anchor="middle"),
        _text(x + width / 2, y + 12.5, shortened(below, 30), "muted", size=10.5, anchor="middle"),
    )  # fmt: skip


def _end(text: str, y: float) -> Markup:
    return join(
        element("circle", cx=_FLOW_X + 16, cy=f"{y:.1f}", r=6, fill=COLOURS["work"][0]),
        _text(_FLOW_X + 34, y + 4.5, text, "muted"),
    )


def _link(x1: float, y1: float, x2: float, y2: float, layer: str, *, dashed: bool) -> Markup:
    """A soft line from a role or component to what it performs."""
    middle = (x1 + x2) / 2
    return element(
        "path", d=f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}", fill="none",
        stroke=COLOURS[layer][0], stroke_width=1.2, stroke_opacity=0.55, stroke_dasharray="5 3" if dashed else None,
    )  # fmt: skip


def _route(y: Mapping[str, float], source: str, target: str, share: float) -> Markup:
    """A route: straight to the next row, an arc to the right ahead, an arc to the left back."""
    width = 0.8 + 5.2 * min(share, 1.0)
    begin, end = y[source], y[target]
    rows = (end - begin) / _ROW
    if abs(rows - 1) < 0.01:
        path = f"M{_FLOW_X + 16} {begin + 10:.1f}V{end - 10:.1f}"
    elif rows > 0:
        reach = _FLOW_X + _FLOW_W + 10 + min(10 * rows, 62)
        right = _FLOW_X + _FLOW_W
        first, last = (right if name not in ("start", "end") else _FLOW_X + _WORD_W for name in (source, target))
        path = f"M{first} {begin + 6:.1f}C{reach:.1f} {begin + 8:.1f} {reach:.1f} {end - 8:.1f} {last} {end - 6:.1f}"
    else:
        reach = _FLOW_X - 14 - min(10 * (1 - rows), 62)
        path = (
            f"M{_FLOW_X} {begin - 6:.1f}C{reach:.1f} {begin - 8:.1f} {reach:.1f} {end + 8:.1f} {_FLOW_X} {end + 6:.1f}"
        )
    return element(
        "path", d=path, fill="none",
        stroke=COLOURS["work"][0], stroke_width=f"{width:.2f}", stroke_opacity=0.5 if rows > 0 else 0.75,
        stroke_dasharray=None if rows > 0 else "2 2",
    )  # fmt: skip
