"""Hours a week of each role, today above the design: what is lost, kept and gained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from longwall.report.figures.drawing import Figure, values_of
from longwall.report.markup import Table
from longwall.report.numbers import amount_text, estimate_text, plain
from longwall.report.theme import COLOURS
from longwall.report.words import counted

if TYPE_CHECKING:
    from longwall.implementation.roles import Reskilling
    from longwall.report.material import Material
    from longwall.worksystem import Estimate

__all__ = ["roles_figure"]

_SHADES = {"kept": "muted", "lost": "work", "gained": "social"}
_WIDTH, _STEP = 560, 17


def roles_figure(material: Material, found: Reskilling, *, command: str) -> Figure | None:
    """Return the bars of every role; None where no role has hours."""
    rows: list[dict[str, Any]] = []
    table = []
    for role in found.roles:
        name = material.label(role.role, "role")
        for becomes in ("kept", "lost", "gained"):
            tasks = [task for task in role.tasks if task.becomes == becomes]
            for when, hours in (
                ("today", sum(t.today.value for t in tasks)),
                ("then", sum(t.then.value for t in tasks)),
            ):
                if hours > 0.0:
                    rows.append({"role": name, "when": when, "becomes": becomes, "hours": hours,
                                 "order": ("kept", "lost", "gained").index(becomes)})  # fmt: skip
        table.append((name, str(role.people_then), _text(role.hours_today), _text(role.hours_then)))
    if not rows:
        return None
    moved = max(found.roles, key=lambda role: abs(role.hours_then.value - role.hours_today.value))
    change = moved.hours_then.value - moved.hours_today.value
    sentence = "No role's hours change."
    if abs(change) > 0.005 * max(moved.hours_today.value, 1.0):
        way = "fewer" if change < 0 else "more"
        name = material.label(moved.role, "role")
        sentence = f"{name} changes most: {amount_text(abs(change))} hours {way} a week of the work of this model."
    ends = [COLOURS[_SHADES[name]][0] for name in _SHADES]
    chart = (
        alt.Chart(values_of(rows), width=_WIDTH, height=alt.Step(_STEP))
        .mark_bar()
        .encode(
            x=alt.X("hours:Q", title="h a week", stack="zero"),
            y=alt.Y("when:N", title=None, sort=["today", "then"], axis=alt.Axis(ticks=False, domain=False)),
            color=alt.Color("becomes:N", title=None, scale=alt.Scale(domain=list(_SHADES), range=ends),
                            legend=alt.Legend(orient="top")),
            order=alt.Order("order:Q"),
        )
        .facet(
            row=alt.Row("role:N", title=None, sort=list(dict.fromkeys(row["role"] for row in rows)),
                        header=alt.Header(labelAngle=0, labelAlign="left", labelOrient="left", labelLimit=190)),
            spacing=6,
        )
    )  # fmt: skip
    return Figure(
        name="roles",
        sentence=sentence,
        alt=f"Bars of hours a week for {counted(len(found.roles), 'role')}, today and in the design, by tasks "
        "that are kept, lost and gained.",
        chart=chart,
        table=Table("Hours a week of each role, with 95% intervals", ("Role", "People#", "Today#", "Then#"), table),
        command=command,
        key="Upper bar: today; lower bar: the design. A task is lost where none of it is left, gained where there was "
        "none.",
    )


def _text(estimate: Estimate) -> str:
    """A number with its interval."""
    value, span = estimate_text(plain(estimate))
    return f"{value} ({span})" if span else value
