"""A first answer without a log: for a shop and for a desk, by file, by line and by form; what people edit stays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.inquiry.test_drafting import SHOP

from longwall import inquiry, study
from longwall.errors import InquiryError, LongwallError, StudyError
from longwall.study import Study
from longwall.study.concluding import Concluded
from longwall.study.results import load
from longwall.worksystem.yamlfile import read_system, write_piece

DESK: dict[str, Any] = {
    "kind": "desk",
    "steps": [
        {"step": "Take the call", "who": "agent", "minutes": 6},
        {"step": "Reset it", "who": "robot, agent", "minutes": 8, "of_100": 25},
        {"step": "Solve it", "who": "engineer", "minutes": 45, "of_100": 40},
    ],
    "people": [{"role": "agent", "people": 2}, {"role": "engineer", "people": 1}],
    "volume": {"usual": 130},
    "troubles": [{"what": "Sent to the wrong one", "step": "Take the call", "of_100": 10, "noticed": "Solve it"}],
    "repairs": [{"trouble": "Sent to the wrong one", "who": "agent", "told": False}],
    "machines": [{"machine": "robot", "step": "Reset it", "watched": "nobody", "outages_a_year": 6, "hours_out": 2}],
}


def told(folder: Path, plain: dict[str, Any], name: str = "answers.json") -> Concluded:
    """Take answers into a study by file."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    file = folder.parent / name
    file.write_text(json.dumps(plain), encoding="utf-8")
    return study.answer_file(folder, file)


def redrafted(opened: Study, plain: dict[str, Any]) -> study.Drafted:
    """Take further answers into a study and draft again, without assessing it."""
    file = opened.path.parent / "later.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    study.keep_answers(opened, inquiry.read_answers(file, study.answers_of(opened) or inquiry.Answers()))
    return study.redraft(opened)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Concluded:
    return told(tmp_path_factory.mktemp("shop") / "corner-bikes", SHOP)


@pytest.fixture
def copied(shop: Concluded, tmp_path: Path) -> Study:
    """A copy of the shop."""
    shutil.copytree(shop.study.path, tmp_path / "corner-bikes")
    return Study.open(tmp_path / "corner-bikes")


def test_a_shop_sees_its_map_its_risks_and_three_first_steps(shop: Concluded) -> None:
    found = shop.summary
    assert shop.drafted.state == "written" and found.open == ()
    assert [row.step for row in found.map] == [one["step"] for one in SHOP["steps"]]
    assert found.map[1].who == ("Packer (2)",) and found.map[1].troubles == ("Wrong item sent",)
    assert found.map[3].per_week == pytest.approx(60)
    assert {"variance", "takeover", "load", "social"} == {risk.group for risk in found.risks}
    first = found.risks[0]
    assert first.title == "Wrong item sent"
    assert first.text.startswith("About 6 of 150 orders a week. It arises at “Pick and pack” and only the customer")
    assert "hears of it too late and may not decide it alone" in first.text
    assert len(found.steps) == 3 == len({step.kind for step in found.steps})
    assert found.steps[0].kind == "give_authority" and found.steps[0].who_decides == "Owner"
    assert found.steps[0].minds == ("A person packs",)
    assert not any("train" in step.do.casefold() for step in found.steps)


def test_a_desk_sees_its_own_and_nothing_of_a_shop(tmp_path: Path) -> None:
    found = told(tmp_path / "desk", DESK).summary
    assert found.items == "requests" and "order" not in json.dumps(found.model_dump(mode="json")).replace(
        "in order", ""
    )
    assert found.risks[0].title == "Sent to the wrong one" and "at “Solve it”" in found.risks[0].text
    assert "inform" in {step.kind for step in found.steps}
    kinds = {finding["kind"] for finding in load(Study.open(tmp_path / "desk"), "assess")["findings"]}  # type: ignore[index]
    assert "one_person" in kinds


def test_other_work_with_one_answer_says_what_was_left_open(tmp_path: Path) -> None:
    found = told(tmp_path / "bakery", {"kind": "other", "item": "loaf", "volume": {"usual": 70}}).summary
    assert found.open == (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    assert 1 <= len(found.steps) <= 3 and not any(row.answered for row in found.map)


def test_the_page_shows_it_on_page_one_with_its_footing(shop: Concluded) -> None:
    page = (shop.study.report / "index.html").read_text(encoding="utf-8")
    one = page[page.index('id="page-one"') : page.index('id="contents"')]
    assert "What can go wrong, as people answered" in one and "no log: what people answered" in one
    for step in shop.summary.steps:
        assert step.do.replace("“", "").split(" ", 3)[0] in one
    assert one.count("answered</span>") == 3 and "counted</span>" not in one.split('class="legend"')[0]
    assert 'id="told"' in page and "Returns within 14 days" in page


def test_a_later_answer_renews_the_draft_and_keeps_the_others(copied: Study) -> None:
    assert redrafted(copied, {"volume": {"usual": 60}}).state == "renewed"
    system = read_system(copied.system)
    assert system.work.demand[0].per_week.value == 60 and system.people == 3
    answers = study.answers_of(copied)
    assert answers is not None and answers.kind == "shop" and answers.steps is not None


def test_what_a_person_edited_stays_and_comments_too(copied: Study) -> None:
    """Fails when a draft overwrites what people wrote into the work system."""
    text = copied.system.read_text(encoding="utf-8")
    assert "people: 2," in text
    copied.system.write_text("# four since June\n" + text.replace("people: 2,", "people: 4,"), encoding="utf-8")
    done = redrafted(copied, {"volume": {"usual": 60}, "people": [{"role": "owner", "people": 1},
                     {"role": "packer", "people": 3}]})  # fmt: skip
    assert done.state == "joined"
    system = read_system(copied.system)
    assert system.roles["packer"].head_count == 4 and system.work.demand[0].per_week.value == 60
    assert "# four since June" in copied.system.read_text(encoding="utf-8")
    assert any("packer" in caution and "your value stays" in caution for caution in done.cautions)


def test_a_work_system_of_a_template_is_left_alone(tmp_path: Path) -> None:
    opened = study.new_from_template(tmp_path / "desk", "small-desk")
    before = opened.system.read_bytes()
    assert redrafted(opened, DESK).state == "left" and opened.system.read_bytes() == before


def test_bad_answers_change_nothing_and_are_named_by_line(copied: Study, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in copied.path.rglob("*") if path.is_file()}
    bad = tmp_path / "bad.yaml"
    bad.write_text("kind: shop\ntroubles:\n  - what: Lost\n    step: Pick and pac\n    of_100: 3\n", encoding="utf-8")
    with pytest.raises(InquiryError) as caught:
        study.answer_file(copied.path, bad)
    where = [fault.where for fault in caught.value.faults]
    assert f"{bad}:4  troubles.0.step" in where and "answered before: repairs.0.trouble" in where
    bad.write_text("kind: shop\nvolum: {usual: 3}\npeople:\n  - {role: a, people: 0, hours: now}\n", encoding="utf-8")
    with pytest.raises(LongwallError) as several:
        study.answer_file(copied.path, bad)
    where = [fault.where for fault in several.value.faults]
    assert len(where) == 3 and where[0].startswith(f"{bad}:2") and "use 'volume'" in several.value.faults[0].do
    assert {path: path.read_bytes() for path in copied.path.rglob("*") if path.is_file()} == before
    bad.write_text("{}", encoding="utf-8")
    with pytest.raises(StudyError, match="LW-ST-052"):
        study.answer_file(tmp_path / "none", bad)
    assert not (tmp_path / "none").exists()


NONSENSE = (
    b"", b"\xff\xfe", b"[1, 2]", b"kind: [shop]", b"steps: 3", b"{", b"kind: shop\nkind: desk\n",
    b"steps: [{step: ''}]",
    b"a: &b [*b]",
)  # fmt: skip


@pytest.mark.parametrize("content", NONSENSE)
def test_no_file_of_answers_gives_a_traceback(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_bytes(content)
    with pytest.raises(LongwallError):
        study.answer_file(tmp_path / "new", tmp_path / "answers.yaml")
    assert not (tmp_path / "new").exists()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"x")
    with pytest.raises(StudyError, match="LW-ST-050"):
        told(tmp_path / "photos", DESK)


def test_the_file_of_answers_is_checked_with_the_study(copied: Study) -> None:
    assert "inquiry/answers.yaml" in study.check(copied.path)
    write_piece(
        copied.answers, inquiry.Answers.model_validate({"kind": "shop", "takeover": [{"step": "Nothing", "can": 1}]})
    )
    with pytest.raises(StudyError, match="LW-IN-001"):
        study.check(copied.path)


def test_discovery_takes_the_place_of_an_untouched_draft(copied: Study) -> None:
    """Fails when a draft counts as a person's work and every value of a later log becomes a conflict."""
    from longwall.study.merging import merged_into

    found = inquiry.template_of("desk")
    assert merged_into(copied, found) == ()
    assert read_system(copied.system) == found and study.conflicts_of(copied) == ()


def test_an_answer_that_names_a_person_of_the_log_is_not_kept(copied: Study, tmp_path: Path) -> None:
    from longwall import evidence

    log = "case,activity,resource,team,time\n" + "".join(
        f"{n // 4},Step {n % 4},Kim Passa,network,2026-03-{1 + n // 24:02d} {n % 24}:00\n" for n in range(240)
    )
    (tmp_path / "log.csv").write_text(log, encoding="utf-8")
    evidence.ingest(tmp_path / "log.csv", copied.store, key=evidence.load_key())
    before = copied.answers.read_bytes()
    with pytest.raises(StudyError, match="LW-ST-034"):
        told(copied.path, {"tired": [{"what": "waiting for Kim Passa"}]}, "named.json")
    assert copied.answers.read_bytes() == before
