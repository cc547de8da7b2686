"""Fit of a study over time: each report keeps a profile of its model and evidence, the next shows what changed."""

from __future__ import annotations

import pytest

from longwall import templates
from longwall.report.sections import fit_section
from longwall.study import Study, StudyFile, material_of, show
from longwall.study.assessing import ASSESS
from longwall.study.fitting import fit_now, fit_since, keep_fit, kept_fits
from longwall.study.step import run_step


@pytest.fixture
def study(tmp_path) -> Study:
    made = Study.create(tmp_path / "desk", StudyFile(id="desk", weeks=3))
    made.system.write_text(templates.path("small-desk").read_text(encoding="utf-8"), encoding="utf-8")
    return made


def test_profiles_are_kept_once_and_held_against_each_other(study: Study) -> None:
    assert fit_now(study) is None and fit_section(material_of(study)).made is False
    run_step(study, ASSESS)
    first = fit_now(study)
    assert keep_fit(study, first) is not None and keep_fit(study, first) is None
    assert fit_since(study, first) == (None, ())
    shown = show(study, "fit")
    assert len(shown.rows) == len(first.entries) and any("nothing was kept before" in note for note in shown.notes)
    assert any(row[2].startswith("not observed: ask ") for row in shown.rows)
    text = study.system.read_text(encoding="utf-8")
    study.system.write_text(text.replace("id: small-desk", "id: small-desk-2", 1), encoding="utf-8")
    run_step(study, ASSESS)
    second = fit_now(study)
    assert second.system_hash != first.system_hash
    before, changes = fit_since(study, second)
    assert before == first and changes and {one.shift for one in changes} == {"unchanged"}
    body = fit_section(material_of(study)).body
    assert "Since the profile before" in body and "What to ask" in body and "Support congruence" in body
    assert keep_fit(study, second) is not None and kept_fits(study) == (first, second)


def test_a_damaged_profile_is_left_out(study: Study) -> None:
    run_step(study, ASSESS)
    path = keep_fit(study, fit_now(study))
    path.with_name("0000-broken.json").write_text("{", encoding="utf-8")
    assert len(kept_fits(study)) == 1
