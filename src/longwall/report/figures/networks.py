"""Who hands over to whom: a map of teams, the links on paper marked beside those in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.figures.variances import distinct
from longwall.report.markup import Table, clean
from longwall.report.material import Material
from longwall.report.numbers import amount_text, count_text
from longwall.report.theme import COLOURS
from longwall.report.words import counted

if TYPE_CHECKING:
    from longwall.discovery import GroupPair, Network

__all__ = ["called", "handovers_figure"]

_MOST = 16
_CELL = 34
_LABEL = 38
_MOST_ROWS = 60


def handovers_figure(material: Material, network: Network, *, command: str) -> Figure | None:
    """Return the map of handovers between teams; None where fewer than two teams hand over or stand on paper."""
    busy = {group.id: group.hands_on + group.takes_over for group in network.groups}
    on_paper = {identity for pair in network.pairs if pair.on_paper for identity in (pair.one, pair.other)}
    order = sorted(
        (group for group in network.groups if busy[group.id] or group.id in on_paper),
        key=lambda group: (group.community, -busy[group.id], group.id),
    )
    kept = {group.id for group in sorted(order, key=lambda group: (-busy[group.id], group.id))[:_MOST]}
    shown = [group for group in order if group.id in kept]
    if len(shown) < 2:
        return None
    known_as = called(material, network)
    texts = distinct([known_as[group.id] for group in shown], _LABEL)
    names = {group.id: text for group, text in zip(shown, texts, strict=True)}
    numbers = {group.id: str(number) for number, group in enumerate(shown, 1)}
    key = "The stronger the colour, the more handovers. "
    known = any(pair.on_paper is not None for pair in network.pairs)
    if known:
        key += (
            "Framed: a link stands on paper. Framed and empty: on paper only. Filled without a frame: in the log only. "
        )
    if any(_gap(pair) for pair in network.pairs):
        key += "Ring: the work makes the two depend on each other, and hardly anything passes. "
    if len(order) > len(shown):
        key += f"The {len(order) - len(shown)} least busy teams are in the table only."
    return Figure(
        name="handovers",
        sentence=_sentence(material, network, known),
        alt="Map: teams that hand over down, teams that take over across; the stronger the colour, the more handovers.",
        chart=_chart(network, names, numbers),
        table=_table(material, network),
        command=command,
        key=key,
    )


def called(material: Material, network: Network) -> dict[str, str]:
    """Return what people call each group: its name in the model, else the one in the log."""
    shown = {group.id: material.label(group.id, "team") for group in network.groups}
    return {group.id: clean(group.name) if shown[group.id] == group.id else shown[group.id] for group in network.groups}


def _gap(pair: GroupPair) -> bool:
    """Whether two teams depend on each other and hardly anything passes between them."""
    return pair.needed and not pair.in_log


def _chart(network: Network, names: dict[str, str], numbers: dict[str, str]) -> alt.LayerChart:
    """Cells with handovers, frames of links on paper, rings of gaps; the diagonal carries the numbers of the rows."""
    cells: list[dict[str, Any]] = []
    frames: list[dict[str, Any]] = []
    rings: list[dict[str, Any]] = []
    for pair in network.pairs:
        if pair.one not in names or pair.other not in names:
            continue
        for source, target, passed in ((pair.one, pair.other, pair.forth), (pair.other, pair.one, pair.back)):
            place = {"from": names[source], "to": numbers[target]}
            if passed:
                cells.append({**place, "handovers": passed})
            if pair.on_paper:
                frames.append(place)
            if _gap(pair):
                rings.append(place)
    order, heads = list(names.values()), [numbers[identity] for identity in names]
    x = alt.X(
        "to:N", title="takes over (by row)", sort=heads, scale=alt.Scale(domain=heads, paddingInner=0.08),
        axis=alt.Axis(orient="top", labelAngle=0),
    )  # fmt: skip
    y = alt.Y(
        "from:N", title=None, sort=order, scale=alt.Scale(domain=order, paddingInner=0.08),
        axis=alt.Axis(labelColor=COLOURS["ink"][0], labelLimit=300),
    )  # fmt: skip
    size = _CELL * len(order)
    own = [{"from": name, "to": head, "text": head} for name, head in zip(order, heads, strict=True)]
    layers: list[alt.Chart] = [
        alt.Chart(values_of(own), width=size, height=size)
        .mark_text(fontSize=11, color=COLOURS["muted"][0])
        .encode(x=x, y=y, text="text:N")
    ]
    if cells:
        layers.append(
            alt.Chart(values_of(cells), width=size, height=size)
            .mark_rect(color=COLOURS["social"][0], cornerRadius=2)
            .encode(
                x=x,
                y=y,
                opacity=alt.Opacity(
                    "handovers:Q",
                    title="handovers",
                    scale=alt.Scale(type="sqrt", domainMin=0, range=[0.03, 1.0]),
                    legend=alt.Legend(orient="right", tickCount=4, format=",d"),
                ),
            )
        )
    marks = ((frames, "square", (_CELL - 7) ** 2, "ink", 1.8), (rings, "circle", 90, "technical", 1.8))
    for rows, shape, area, colour, stroke in marks:
        if rows:
            layers.append(
                alt.Chart(values_of(rows), width=size, height=size)
                .mark_point(shape=shape, size=area, filled=False, color=COLOURS[colour][0], strokeWidth=stroke,
                            opacity=1)
                .encode(x=x, y=y)
            )  # fmt: skip
    return alt.LayerChart(layer=layers)


def _sentence(material: Material, network: Network, known: bool) -> str:
    """How much passes, between whom most, and how paper and log agree."""
    total = sum(pair.forth + pair.back for pair in network.pairs)
    if not total:
        return "Nothing passes between the teams in the log."
    first = network.pairs[0]
    known_as = called(material, network)
    between = " and ".join(known_as[identity] for identity in (first.one, first.other))
    at_work = counted(sum(group.people > 0 for group in network.groups), "team")
    words = (
        f"{'About ' if network.rounded else ''}{count_text(total)} handovers between {at_work}, "
        f"{amount_text((first.forth + first.back) / total, 'share')} of them between {between}"
    )
    if known:
        tally = {
            where: sum(pair.where == where for pair in network.pairs) for where in ("both", "log only", "paper only")
        }
        words += (
            f"; {counted(tally['both'], 'link')} on paper and in the log, {tally['log only']} in the log only, "
            f"{tally['paper only']} on paper only"
        )
    return words + "."


def _table(material: Material, network: Network) -> Table:
    """Every pair, the busiest first."""
    known_as = called(material, network)
    rows = [
        (
            known_as[pair.one],
            known_as[pair.other],
            count_text(pair.forth),
            count_text(pair.back),
            count_text(pair.joint_cases),
            pair.where,
            "yes" if pair.needed else "no",
            "–" if pair.met_share is None else amount_text(pair.met_share, "share"),
        )
        for pair in network.pairs[:_MOST_ROWS]
    ]
    more = len(network.pairs) - len(rows)
    rest = f"; {more} pairs with less are left out" if more > 0 else ""
    return Table(
        "Pairs of teams: handovers forth and back, items on which both worked, formal beside actual, whether the work "
        "makes them depend on each other, and of the pairs of people whose steps depend on each other, about how many "
        f"worked on the same item (both teams of five or more){rest}",
        ("Team", "And", "Forth#", "Back#", f"{material.items.capitalize()} of both#", "Formal beside actual",
         "Depend", "Pairs who met#"),
        rows,
    )  # fmt: skip
