"""Who was heard, what is believed, what was expected: read with their lines, held beside what was found and counted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.inquiry.test_drafting import SHOP
from tests.study.test_inquiring import told

from longwall import inquiry, study
from longwall.errors import LongwallError, StudyError
from longwall.inquiry import Assumptions, Believed, Check
from longwall.study import Study

HOLDERS = """stakeholders:
  - {id: packers, name: Those who pack, interest: no rush, worldview: promises we cannot keep, roles: [packer]}
  - {id: owner, power: decides, heard: "talk on 3 May"}
"""
BELIEVED = """assumptions:
  - id: rare
    statement: Wrong items are rare
    touches: [wrong-item]
  - id: glad
    statement: People like the work
    breaks: fewer than half do
    touches: [packer]
    check: {indicator: engagement, at_least: 3}
"""
EXPECTED = """expected:
  - {id: full, what: Packing is full, about: [packer], kind: overload, who: Owner}
  - {id: calm, what: Answering is calm, about: [order-goods], kind: overload}
"""
FILES = {"stakeholders": HOLDERS, "assumptions": BELIEVED, "expected": EXPECTED}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with all three files, and a survey."""
    opened = told(tmp_path_factory.mktemp("voices") / "shop", SHOP).study
    for name, text in FILES.items():
        (opened.inquiry / f"{name}.yaml").write_text(text, encoding="utf-8")
    survey = opened.path.parent / "survey.csv"
    survey.write_text("group,item,n,mean,spread\nAll,engagement,9,2.2,0.6\n", encoding="utf-8")
    study.ingest_file(opened, survey)
    return opened.path


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Study:
    shutil.copytree(made, tmp_path / "shop")
    return Study.open(tmp_path / "shop")


def test_who_was_not_heard_stands_on_page_one_and_first_in_the_table(shop: Study) -> None:
    page = (shop.report / "index.html").read_text(encoding="utf-8")
    one = page[page.index('id="page-one"') : page.index('id="contents"')]
    assert "Not yet heard: Those who pack." in one
    rows = study.show(shop, "stakeholders").rows
    assert [row[0] for row in rows] == ["packers", "owner"] and rows[0][-1] == "NOT YET HEARD"


def test_an_assumption_is_tested_only_by_what_was_counted(shop: Study) -> None:
    """Fails when an assumption without a check, or without a count, is said to be confirmed or broken."""
    rare, glad = study.show(shop, "assumptions").rows
    assert rare[-1] == "not yet tested" and glad[-1].startswith("evidence against (2.2")
    alone = inquiry.tested(Assumptions(assumptions=(Believed(id="a", statement="x", check=Check(indicator="backlog",
                           at_most=1)),)), {})  # fmt: skip
    assert alone[0].state == "not yet tested" and alone[0].counted is None
    glad_text = BELIEVED.replace("at_least: 3", "at_least: 2")
    (shop.inquiry / "assumptions.yaml").write_text(glad_text, encoding="utf-8")
    assert study.show(shop, "assumptions").rows[1][-1].startswith("not decided (2.2")
    page = (shop.report / "index.html").read_text(encoding="utf-8")
    finding = page[page.index('id="finding-uncontrolled-wrong-item"') :]
    assert "Wrong items are rare. (not yet tested)" in finding[: finding.index("</article>")]


def test_judgement_stands_beside_what_was_found(shop: Study) -> None:
    shown = study.show(shop, "expected")
    assert [row[-1] for row in shown.rows] == ["overload-packer", "not found"]
    assert any("uncontrolled-wrong-item" in note for note in shown.notes)


def test_a_social_column_that_a_survey_observed_is_on_page_one(shop: Study) -> None:
    page = (shop.report / "index.html").read_text(encoding="utf-8")
    one = page[page.index('id="page-one"') : page.index('id="contents"')]
    assert "engagement, 1 to 5" in one and "observed by a survey (9 answers)" in one and "not observed" not in one
    assert [row[2] for row in study.show(shop, "survey").rows] == ["engagement", "engagement"]


BAD = {
    "a role that is not there": ("stakeholders", HOLDERS.replace("[packer]", "[pakcer]"), "LW-IN-012", ":2",
                                 "'packer'"),
    "a thing that is not there": ("assumptions", BELIEVED.replace("[wrong-item]", "[wrong-itm]"), "LW-IN-012", ":4",
                                  "'wrong-item'"),
    "an indicator nothing counts": ("assumptions", BELIEVED.replace("engagement,", "engagment,"), "LW-IN-013", ":9",
                                    "'engagement'"),
    "a check without a limit": ("assumptions", BELIEVED.replace(", at_least: 3", ""), "LW-WS-009", ":9", "correct"),
    "an unknown key": ("stakeholders", HOLDERS.replace("power:", "powr:"), "LW-WS-005", ":3", "'power'"),
    "an id twice": ("expected", EXPECTED.replace("id: calm", "id: full"), "LW-WS-011", ":3", "rename"),
    "nothing it is about": ("expected", EXPECTED.replace(", about: [order-goods]", ""), "LW-WS-006", ":3", "about"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_fault_is_named_with_its_line_and_what_was_meant(case: str, shop: Study) -> None:
    name, text, code, line, words = BAD[case]
    path = shop.inquiry / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LongwallError) as caught:
        study.check(shop.path)
    (fault,) = caught.value.faults
    assert (fault.code, words in fault.do) == (code, True) and fault.where.startswith(f"{path}{line}")


def test_all_faults_of_all_files_come_in_one_pass(shop: Study) -> None:
    for name in ("stakeholders", "assumptions"):
        text = FILES[name].replace("[packer]", "[pakcer]").replace("[wrong-item]", "[wrong-itm]")
        (shop.inquiry / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        study.check(shop.path)
    assert len(caught.value.faults) == 3


def test_a_file_that_nobody_wrote_is_named(shop: Study) -> None:
    (shop.inquiry / "expected.yaml").unlink()
    with pytest.raises(StudyError, match="LW-ST-053"):
        study.show(shop, "expected")
