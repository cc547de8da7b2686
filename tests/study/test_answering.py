"""An answer stands beside its finding in every face and over every assessment, and beside designs that rest on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.inquiry.test_drafting import SHOP
from tests.study.test_inquiring import told

from longwall import study
from longwall.errors import StudyError
from longwall.study import Study
from longwall.study.results import load

WHY = "the labels are wrong, not the packing"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop in which two groups answered one finding."""
    opened = told(tmp_path_factory.mktemp("answered") / "shop", SHOP).study
    study.respond(opened, "uncontrolled-wrong-item", "dispute", why=WHY, who="Packers")
    study.respond(opened, "uncontrolled-wrong-item", "known", who="Owner")
    study.run_one(opened, "report")
    return opened.path


@pytest.fixture
def shop(answered: Path, tmp_path: Path) -> Study:
    shutil.copytree(answered, tmp_path / "shop")
    return Study.open(tmp_path / "shop")


def page_of(opened: Study) -> str:
    return (opened.report / "index.html").read_text(encoding="utf-8")


def parts_of(page: str) -> dict[str, str]:
    """Sections of a page by anchor, page one among them."""
    names = [name for name in ("page-one", "told", "findings", "designs", "plan", "methods") if f'id="{name}"' in page]
    places = sorted((page.index(f'id="{name}"'), name) for name in names)
    ends = [place for place, _ in places[1:]] + [len(page)]
    return {name: page[place:end] for (place, name), end in zip(places, ends, strict=True)}


def test_two_groups_stand_beside_each_other_and_the_newest_of_each_counts(shop: Study) -> None:
    assert [(one.who, one.answer) for one in study.responses_of(shop)] == [("Packers", "dispute"), ("Owner", "known")]
    study.respond(shop, "uncontrolled-wrong-item", "agree", who="Packers")
    assert [(one.who, one.answer) for one in study.responses_of(shop)] == [("Owner", "known"), ("Packers", "agree")]
    assert "responses.yaml" in study.check(shop.path)


def test_without_a_log_every_face_shows_the_dispute(shop: Study) -> None:
    """Fails when a face shows the finding, or what rests on it, without the answer."""
    parts = parts_of(page_of(shop))
    assert all(WHY in parts[name] for name in ("page-one", "told", "findings"))
    row = next(row for row in study.show(shop, "findings").rows if row[0] == "uncontrolled-wrong-item")
    assert row[-1] == f"dispute: {WHY} (Packers); known (Owner)"
    summary = study.summary_of(shop)
    assert summary is not None
    assert next(one for one in summary.risks if one.title == "Wrong item sent").answers[0].startswith("dispute")
    assert json.dumps(summary.model_dump(mode="json")).count(WHY) >= 1


def test_an_answer_survives_new_numbers_and_says_what_was_read_then(shop: Study) -> None:
    before = next(one for one in study.show(shop, "findings").rows if one[0] == "uncontrolled-wrong-item")
    told(shop.path, {"volume": {"usual": 61}, "troubles": [
        {"what": "Wrong item sent", "step": "Pick and pack", "of_100": 9, "noticed": "Answer questions"},
        {"what": "Sold out", "step": "Take the order", "of_100": 3}]}, "later.json")  # fmt: skip
    after = next(one for one in study.show(shop, "findings").rows if one[0] == "uncontrolled-wrong-item")
    assert after[1:3] != before[1:3] and after[-1] == before[-1]
    assert "It read then" in parts_of(page_of(shop))["findings"]


def test_an_answer_to_what_is_not_found_any_more_is_kept_and_said(shop: Study) -> None:
    told(shop.path, {"troubles": [], "repairs": [], "complaints": [], "measured": []}, "later.json")
    notes = study.show(shop, "findings").notes
    assert f"not found any more: uncontrolled-wrong-item, answered with dispute: {WHY} (Packers)" in notes
    findings = parts_of(page_of(shop))["findings"]
    assert "not found any more" in findings and WHY in findings
    with pytest.raises(StudyError, match="LW-ST-009"):
        study.respond(shop, "uncontrolled-wrong-item", "agree")
    assert len(study.responses_of(shop)) == 2


def test_the_design_the_plan_and_page_one_say_that_they_rest_on_a_disputed_finding(
    example: Path, tmp_path: Path
) -> None:
    """Fails when a recommendation that rests on a disputed finding is shown without the dispute."""
    shutil.copytree(example, tmp_path / "example")
    opened = Study.open(tmp_path / "example")
    aligned = load(opened, "align")
    assert aligned is not None
    joint = next(one for one in aligned["designs"] if one["id"] == aligned["optima"]["joint"])
    steps = {one["id"]: one for one in aligned["interventions"]}
    name = next(name for step in joint["interventions"] for name in steps[step]["answers"])
    assert "Rests on a disputed" not in page_of(opened)
    study.respond(opened, name, "dispute", why=WHY)
    study.run_one(opened, "report")
    parts = parts_of(page_of(opened))
    for section in ("page-one", "findings", "designs", "plan"):
        assert WHY in parts[section], section
    assert all("Rests on a disputed finding" in parts[section] for section in ("page-one", "designs", "plan"))
    for what in ("designs", "plan"):
        shown = study.show(opened, what)
        assert shown.columns[-1] == "rests on what is disputed"
        assert any(WHY in row[-1] for row in shown.rows) and not all(row[-1] for row in shown.rows)


def test_ids_hold_no_numbers_that_an_assessment_counts(example: Path) -> None:
    """Fails when the id of a finding carries an hour, a rank or a count: then every new log would orphan answers."""
    result = load(Study.open(example), "assess")
    assert result is not None
    known = {part for one in result["findings"] for place in one["where"] for part in place.split("-")}
    for one in result["findings"]:
        digits = [part for part in one["id"].split("-") if part.isdigit() and part not in known]
        assert digits == [], one["id"]
