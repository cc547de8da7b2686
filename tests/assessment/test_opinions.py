"""What experts say of the matrix: read by line, pooled, with those who contradict each other named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longwall.assessment import GRADES, Expert, Opinion, assess, load_thresholds, pooled, read_experts
from longwall.assessment.matrix.elicited import with_opinions
from longwall.errors import AssessmentError
from longwall.worksystem import WorkSystem

FIRST = """expert: first line
confidence: 0.8
leads_to:
  wrong-class: {back-and-forth: .6, too-late: none}
  back-and-forth:
    too-late: {strength: .9, confidence: .5, why: it waits twice}
"""
IDS = ("wrong-class", "back-and-forth", "too-late")


def put(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def test_a_file_is_read_and_silence_is_not_none(tmp_path: Path) -> None:
    (found,) = read_experts(put(tmp_path, first=FIRST), IDS, ())
    assert (found.name, found.file) == ("first line", "first.yaml")
    assert {(o.cause, o.effect): (o.strength, o.confidence) for o in found.opinions} == {
        ("wrong-class", "back-and-forth"): (0.6, 0.8),
        ("wrong-class", "too-late"): (0.0, 0.8),
        ("back-and-forth", "too-late"): (0.9, 0.5),
    }
    assert ("back-and-forth", "wrong-class") not in {(c.cause, c.effect) for c in pooled([found], 0.5)}


def test_all_faults_of_all_files_by_line(tmp_path: Path) -> None:
    second = "experts: desk\nleads_to:\n  wrong-clas: {too-late: .6}\n  too-late:\n    back-and-forth: .5\n"
    with pytest.raises(AssessmentError) as caught:
        read_experts(put(tmp_path, first=FIRST.replace("0.8", "8"), second=second), IDS, ())
    found = [(f.code, f.where.split("/")[-1].split("  ")[0]) for f in caught.value.faults]
    assert found == [("LW-AS-036", "first.yaml:2"), ("LW-AS-031", "second.yaml:1"), ("LW-AS-032", "second.yaml:1"),
                     ("LW-AS-034", "second.yaml:3"), ("LW-AS-035", "second.yaml:5")]  # fmt: skip
    assert "use 'expert'" in caught.value.faults[1].do and "use 'wrong-class'" in caught.value.faults[3].do
    assert all(f.expected and f.found and f.do for f in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "LW-AS-030"),
        ("- 3\n", "LW-AS-030"),
        ("expert: a\nleads_to: {}\n", "LW-AS-033"),
        ("expert: a\nleads_to: {late: .6}\n", "LW-AS-033"),
        ("expert: a\nleads_to: {late: {rework: yes}}\n", "LW-AS-035"),
        ("expert: a\nleads_to: {late: {rework: {strengh: .6}}}\n", "LW-AS-031"),
        ("expert: a\nleads_to: {late: {too-late: .6}}\n", "LW-AS-038"),
        ("expert: a\nconfidence: 0\nleads_to: {late: {rework: .6}}\n", "LW-AS-036"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(AssessmentError) as caught:
        read_experts(put(tmp_path, one=text), IDS, ("late", "rework"))
    assert code in [fault.code for fault in caught.value.faults]


def test_bytes_that_are_no_text_and_one_group_twice(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AssessmentError, match="LW-AS-030"):
        read_experts([tmp_path / "x.yaml"], IDS, ())
    with pytest.raises(AssessmentError, match="LW-AS-037"):
        read_experts(put(tmp_path, a=FIRST, b=FIRST.replace("first line", "First Line")), IDS, ())


def said(name: str, strength: float, confidence: float = 1.0, cause: str = "a", effect: str = "b") -> Expert:
    return Expert(name=name, file="f", opinions=(
        Opinion(cause=cause, effect=effect, strength=strength, confidence=confidence),))  # fmt: skip


def test_pooling_is_the_weighted_mean_and_contradiction_is_named() -> None:
    (cell,) = pooled([said("desk", 0.0, 0.5), said("network", 0.9, 1.0)], 0.5)
    assert cell.strength.value == pytest.approx(0.9 / 1.5)
    assert (cell.strength.low, cell.strength.high) == (0.0, 1.0)
    assert cell.contested and cell.disagreement == 0.9
    assert [one.expert for one in cell.said] == ["network", "desk"]
    (near,) = pooled([said("desk", 0.3), said("network", 0.6)], 0.5)
    assert not near.contested
    # Bands half-way to the neighbours: .3 holds .2 to .45 possible, .6 holds .45 to .75.
    assert (near.strength.low, near.strength.high) == (pytest.approx(0.2), pytest.approx(0.75))
    (unsure,) = pooled([said("desk", 0.3, 0.5)], 0.5)
    assert (unsure.strength.low, unsure.strength.high) == (pytest.approx(0.1), pytest.approx(0.6))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(GRADES), st.floats(0.05, 1)), min_size=1, max_size=6), st.randoms())
def test_the_pool_lies_among_the_opinions_whatever_their_order(cells: list[Any], luck: Any) -> None:
    experts = [said(f"group {n}", strength, sure) for n, (strength, sure) in enumerate(cells)]
    (cell,) = pooled(experts, 0.5)
    strengths = [strength for strength, _ in cells]
    assert min(strengths) - 1e-12 <= cell.strength.value <= max(strengths) + 1e-12
    assert cell.strength.low <= cell.strength.value <= cell.strength.high <= 1
    luck.shuffle(experts)
    (again,) = pooled(experts, 0.5)
    assert again.strength.value == pytest.approx(cell.strength.value)
    assert again.contested == (max(strengths) - min(strengths) >= 0.5 - 1e-12)


def system(*, control: float = 0.0) -> WorkSystem:
    """Four variances at one function: a alone costs little; what it leads to costs much."""

    def variance(name: str, p: float, harm: float) -> dict[str, Any]:
        return {"id": name, "origin": "work", "probability": p, "severity": {"technical": harm},
                "detections": [{"function": "work", "probability": control}],
                "control": {"function": "work", "probability": 1.0}}  # fmt: skip

    return WorkSystem.model_validate({
        "id": "desk",
        "social": {"teams": [{"id": "t"}], "roles": [{"id": "r", "team": "t", "shifts": [{"people": 5}]}]},
        "work": {
            "demand": [{"id": "d", "per_week": 100}],
            "functions": [{"id": "work", "work_h": {"shape": "fixed", "mean_h": 1.0}, "roles": ["r"]}],
            "routes": [{"source": "start", "target": "work"}, {"source": "work", "target": "end"}],
        },
        "variances": [variance("a", 0.2, 0.1), variance("b", 0.05, 10.0), variance("c", 0.1, 6.0)],
    })  # fmt: skip


def test_contradictory_experts_are_named_with_what_is_key_on_each_view() -> None:
    experts = [said("desk", 0.9), said("network", 0.0)]
    found = assess(system(), experts=experts)
    assert found.elicited is not None
    assert [(c.cause, c.effect) for c in found.elicited.contested] == [("a", "b")]
    views = {view.expert: view.key for view in found.elicited.views}
    # By hand, a week: with .9 a starts 20 * (.1 + 9) = 182, b 50, c 60: a and c carry 83%; with none a starts 2.
    assert views == {"desk": ("a", "c"), "network": ("b", "c")}
    (edge,) = found.matrix.edges  # type: ignore[union-attr]
    assert (edge.experts, edge.disagreement) == (2, 0.9)


def test_opinions_take_the_place_of_the_model_only_where_somebody_spoke() -> None:
    model = system()
    changed = with_opinions(model, pooled([said("desk", 0.6), said("desk 2", 0.1, cause="c", effect="zz")], 0.5))
    induces = {v.id: {k: p.value for k, p in v.induces.items()} for v in changed.variances}
    assert induces == {"a": {"b": 0.6}, "b": {}, "c": {}}
    assert changed.variances[0].induces["b"].footing == "assumed"
    assert with_opinions(model, ()) is model


def test_judgement_over_kinds_stands_beside_the_traces(planted: Any, handmade: Any) -> None:
    from longwall.discovery import detect

    log = handmade.bouncing_desk(0, 0.4)
    experts = [said("desk", 0.9, cause="rework", effect="late"), said("lead", 0.3, cause="stall", effect="late"),
               said("lead 2", 0.6, cause="recurrence", effect="late")]  # fmt: skip
    found = assess(WorkSystem(id="w"), log=log, events=detect(log), experts=experts)
    cells = {(c.cause, c.effect): c for c in found.comparison}
    assert cells["recurrence", "late"].verdict == "not seen in the log"
    assert found.elicited is not None and found.elicited.unseen == ("recurrence",)
    seen = {(e.source, e.target) for e in found.matrix.edges}  # type: ignore[union-attr]
    for pair, cell in cells.items():
        if cell.judged is None:
            assert pair in seen and cell.verdict == "not spoken of"
        elif cell.verdict == "more than seen":
            assert cell.learned is not None and cell.judged.low > cell.learned.high
    assert found.elicited_matrix is not None
    rates = {row.id: row.rate_per_week for row in found.elicited_matrix.variances}
    counted = {row.id: row.rate_per_week for row in found.matrix.variances}  # type: ignore[union-attr]
    assert rates == pytest.approx(counted), "the rates of the log are those of both"
    assert assess(WorkSystem(id="w"), log=log, events=detect(log)).elicited is None


def test_the_floor_in_the_users_unit_drops_claims_nobody_would_act_on(handmade: Any) -> None:
    from longwall.assessment import Thresholds
    from longwall.discovery import detect

    log = handmade.bouncing_desk(0, 0.4)
    events, cuts = detect(log), load_thresholds()
    kept = assess(WorkSystem(id="w"), log=log, events=events).matrix
    high = {**cuts.reasons, "edge_floor_h_per_week": cuts.reasons["edge_floor_h_per_week"].__class__(1e9, "r", "s")}
    none = assess(WorkSystem(id="w"), log=log, events=events, thresholds=Thresholds(high)).matrix
    assert kept is not None and none is not None
    harm = {row.id: row.severity.technical for row in kept.variances}
    assert [edge for edge in kept.edges if harm[edge.target] > 0], "nothing is claimed, so nothing can be dropped"
    assert all(harm[edge.target] == 0 for edge in none.edges)
    assert np.isfinite([edge.cross_check for edge in kept.edges if edge.cross_check is not None]).all()
