from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.errors import ReportError
from longwall.report import Material
from longwall.report.figures.designs import _labels
from longwall.report.figures.drawing import Figure, drawn, values_of
from longwall.report.figures.map import LEAST_SHARE, MOST_FUNCTIONS, map_figure, passage_of
from longwall.report.figures.variances import distinct
from longwall.report.figures.week import arrivals_figure
from longwall.report.markup import Table
from longwall.worksystem import DemandClass, Function, Route, WorkDesign, WorkSystem

TABLE = Table("Numbers", ("What", "How many#"), [("a", "1")])


def figure(chart: alt.Chart) -> Figure:
    return Figure(
        name="one", sentence="It shows.", alt="A bar.", chart=chart, table=TABLE, command="longwall simulate desk"
    )


def line(names: list[str], back: float = 0.0) -> WorkSystem:
    """Functions one after the other; from the last, a share goes back to the first."""
    routes = [Route(source="start", target=names[0])]
    routes += [Route(source=one, target=other) for one, other in pairwise(names)]
    routes += [Route(source=names[-1], target="end", probability=1 - back)]
    routes += [Route(source=names[-1], target=names[0], probability=back)] if back else []
    work = WorkDesign(
        demand=(DemandClass(id="d", per_week=10),), functions=tuple(Function(id=n) for n in names), routes=tuple(routes)
    )
    return WorkSystem(id="line", work=work)


def test_identifiers_are_those_of_the_figure_and_the_same_each_time():
    data = values_of([{"x": 1, "y": 2}])
    clipped = alt.Chart(data, width=50, height=50).mark_bar(clip=True).encode(x="x:Q", y="y:Q")
    first, second = drawn(figure(clipped)), drawn(figure(clipped))
    assert first == second
    assert 'id="one-0"' in first
    assert "url(#one-0)" in first


def test_a_chart_that_cannot_be_drawn_is_an_error_in_four_parts():
    chart = alt.Chart(values_of([{"x": 1}]), width=50).mark_bar().encode(x="x:Q")
    chart.mark = "no such mark"
    with pytest.raises(ReportError, match="LW-RE-001"):
        drawn(figure(chart))


def test_a_drawing_cannot_read_from_the_network_or_the_disk(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("x\n123456789\n")
    for address in ("https://example.org/data.csv", secret.as_uri(), str(secret)):
        chart = alt.Chart(address, width=50).mark_text().encode(text="x:Q")
        with suppress(ReportError):
            assert "123456789" not in drawn(figure(chart))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 8), st.floats(0, 0.9))
def test_what_comes_in_goes_out(length, back):
    passage = passage_of(line([f"f{k}" for k in range(length)], back))
    # An item that goes back with probability b passes a line 1 / (1 - b) times (geometric).
    assert all(abs(visits - 1 / (1 - back)) < 1e-5 for visits in passage.visits.values())
    assert passage.traffic["start", "f0"] == pytest.approx(1.0, abs=1e-5)
    assert passage.traffic[f"f{length - 1}", "end"] == pytest.approx(1.0, abs=1e-5)
    assert passage.order == tuple(f"f{k}" for k in range(length))


def test_the_map_leaves_out_what_it_cannot_hold_and_says_so():
    system = line([f"f{k:02d}" for k in range(MOST_FUNCTIONS + 7)])
    made = map_figure(Material(name="x", system=system), system)
    assert "the 7 least visited functions" in made.key
    assert str(made.chart).count('rx="4"') == MOST_FUNCTIONS


def test_the_map_leaves_out_thin_routes_and_says_so():
    system = line(["a", "b"], back=LEAST_SHARE / 4)
    made = map_figure(Material(name="x", system=system), system)
    assert "Left out: 1 route that carries less than 3% of the items" in made.key
    assert ("b", "a") not in {(row[0], row[1]) for row in made.table.rows}


def test_labels_that_shorten_to_the_same_stay_apart():
    labels = [f"A very long name of a step number {k}" for k in range(4)]
    shown = distinct(labels, 20)
    assert len(set(shown)) == 4
    assert max(map(len, shown)) <= 21


def test_the_sentence_above_the_week_says_when_most_arrives():
    hours = [0.0] * 168
    hours[24 + 9] = 6.0
    hours[24 * 5 + 3] = 2.0
    made = arrivals_figure(hours, item="tickets", zone="UTC", command="longwall ingest desk")
    assert made.sentence.startswith("8 tickets arrive in a mean week, 75% of them Monday to Friday between 8 and 18;")
    assert made.sentence.endswith("the busiest hour is Tue 9:00 with 6.")
    assert made.table.rows[1][-1] == "6"


def test_names_of_marked_designs_meet_no_other_point_where_there_is_room() -> None:
    """A point stands where the name of the joint design would stand first; fails when the name is put over it."""

    def row(technical: float, social: float, label: str = "") -> dict[str, Any]:
        return {"technical": technical, "social": social, "label": label}

    joint = row(-0.12, -0.20, "joint")
    ((_, align, alone),) = _labels([joint, row(-0.02, -0.01)])
    span = 0.12 / 560.0, 0.20 / 380.0
    at_name = row(-0.12 + 40 * span[0], -0.20 - alone * span[1])
    ((_, _, beside),) = _labels([joint, row(-0.02, -0.01), at_name])
    assert align == "left" and beside != alone
    (_, side, one), (_, _, other) = _labels(
        [row(-0.2, -0.1), row(-0.01, -0.1, "technical only"), row(-0.01, -0.1, "social only")]
    )
    assert side == "right" and one != other, "right of the middle a name runs to the left"
