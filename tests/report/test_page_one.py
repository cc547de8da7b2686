from __future__ import annotations

import dataclasses
import re

import pytest

from longwall.report import Material
from longwall.report.page_one import page_one
from longwall.worksystem import Estimate


def plain(html: str) -> str:
    text = re.sub(r"<title>.*?</title>|<[^>]+>", "", html.split('class="legend"')[0])
    return " ".join(text.replace("\u00a0", " ").split())


def assumed_marks(html: str) -> int:
    return html.split('class="legend"')[0].count("#mark-assumed")


def every_number_assumed(whole: Material) -> Material:
    def recast(forecast):
        rows = tuple(
            i.model_copy(update={"estimate": i.estimate.model_copy(update={"footing": "assumed"})})
            for i in forecast.indicators
        )
        return forecast.model_copy(update={"indicators": rows})

    alignment = whole.alignment.model_copy(update={"forecasts": tuple(recast(f) for f in whole.alignment.forecasts)})
    findings = tuple(f.model_copy(update={"footing": "assumed"}) for f in whole.assessment.findings)
    assessment = whole.assessment.model_copy(update={"findings": findings})
    return dataclasses.replace(whole, today=recast(whole.today), alignment=alignment, assessment=assessment)


def test_page_one_says_what_the_target_says(whole):
    text = plain(page_one(whole))
    assert "46 people" in text and "61,400 tickets" in text and "5 January to 30 June 2026" in text
    assert "0.40% of rows rejected" in text and "consultation: staff council, 3 July 2026" in text
    assert "Share triage between Network and Desktop; practise Account recovery by hand every month" in text
    assert "past target18% (16–20) → 12% (11–13)" in text
    assert (
        "The technical side alone would reach past target 9.9% (8.8–11.0) and hours above 85% load 34% (30–37)" in text
    )
    assert "Not yet" in text and "Leave to the team" in text and "No individual is reported" in text
    assert "by 2.1 points; repeating the past, by 3.4 points" in text


def test_findings_carry_their_footing_and_the_dispute(whole):
    html = page_one(whole)
    assert html.count("<li>") == 3
    assert "The Network lead disputes: “wrong category at intake”" in plain(html)
    assert "waiting. counted" in plain(html)


def test_no_assumed_number_is_on_page_one(whole):
    findings = whole.assessment.findings
    last_first = whole.assessment.model_copy(update={"findings": (findings[-1], *findings[:-1])})
    html = page_one(dataclasses.replace(whole, assessment=last_first))
    assert assumed_marks(html) == 0
    assert "88%" not in html, "the assumed finding"
    assert "9,000" not in html, "the assumed cost"
    assert "41%" not in plain(html).replace("carry 41% of all waiting", ""), "the assumed skill reserve"


def test_where_all_is_assumed_names_stand_without_numbers(whole):
    html = page_one(every_number_assumed(whole))
    assert assumed_marks(html) == 0
    assert html.count("rests on assumptions") == 6
    assert "4 findings rest on assumptions only" in plain(html)
    assert "→ 12%" not in html
    assert "The social side was not observed; ask: (1)" in plain(html)


def test_an_expected_number_that_is_assumed_gives_way_to_its_direction(whole):
    def recast(forecast):
        if forecast.design == "today":
            return forecast
        rows = tuple(
            row.model_copy(update={"estimate": row.estimate.model_copy(update={"footing": "assumed"})})
            for row in forecast.indicators
        )
        return forecast.model_copy(update={"indicators": rows})

    alignment = whole.alignment.model_copy(update={"forecasts": tuple(recast(f) for f in whole.alignment.forecasts)})
    html = page_one(dataclasses.replace(whole, alignment=alignment))
    assert assumed_marks(html) == 0
    assert "past target18% (16–20) → better: how much is assumed" in plain(html)
    assert "first response14 min (13–15) → worse: how much is assumed" in plain(html)


def test_the_mark_of_an_assumed_number_would_be_seen():
    # The test above counts marks; this one shows that there would be one to count.
    from longwall.report.numbers import number

    assert "#mark-assumed" in number(Estimate(value=1, low=0, high=2, footing="assumed"))


def test_what_gets_worse_is_never_left_out(whole):
    html = page_one(whole)
    assert re.search(r"first response</th>.*?<em class=\"worse\">worse</em>", html)


def test_what_gets_worse_by_next_to_nothing_is_no_news(whole):
    """However surely it is there."""
    effects = tuple(
        effect.model_copy(
            update={"differences": tuple(one.model_copy(update={"slight": True}) for one in effect.differences)}
        )
        for effect in whole.alignment.differences
    )
    slight = dataclasses.replace(whole, alignment=whole.alignment.model_copy(update={"differences": effects}))
    html = page_one(slight)
    assert re.search(r"first response</th>(?:(?!</tr>).)*no clear change", html)
    assert 'class="worse"' not in html


def test_technical_stands_left_and_social_right(whole, only_ingested):
    for material in (whole, only_ingested):
        html = page_one(material)
        assert 0 < html.index("technical-side") < html.index("social-side")
        assert "engagement" in html and "not observed" in html


def test_a_verdict_that_is_not_reached_reads_worth_a_pilot(whole):
    verdicts = tuple(v.model_copy(update={"verdict": "worth a pilot", "share": 0.8}) for v in whole.alignment.verdicts)
    material = dataclasses.replace(whole, alignment=whole.alignment.model_copy(update={"verdicts": verdicts}))
    assert "Worth a pilot: share triage" in plain(page_one(material))
    none = dataclasses.replace(whole, alignment=whole.alignment.model_copy(update={"verdicts": ()}))
    assert "Worth a pilot: share triage" in plain(page_one(none)), "without a verdict nothing is recommended"


def test_where_nothing_beats_today_the_page_says_so(whole):
    alignment = whole.alignment.model_copy(update={"recommended": "today", "verdicts": ()})
    text = plain(page_one(dataclasses.replace(whole, alignment=alignment)))
    assert "Leave the design as it is" in text
    assert "Share triage" not in text


def test_where_nothing_is_wrong_the_page_says_so(whole):
    material = dataclasses.replace(
        whole, assessment=whole.assessment.model_copy(update={"findings": ()}), alignment=None, responses=()
    )
    assert "Nothing was found to be wrong." in plain(page_one(material))


def test_consultation_that_is_empty_is_not_recorded(only_ingested):
    text = plain(page_one(only_ingested))
    assert "consultation: not recorded" in text
    assert "6,900 of 61,400 tickets (11%) came back to a team they had left. counted" in text
    assert "Next: longwall discover my-desk" in text


def test_the_note_of_a_simulated_log_is_shown(whole):
    material = dataclasses.replace(whole, note="This log is simulated; two faults were planted.")
    assert "two faults were planted" in plain(page_one(material))


@pytest.mark.parametrize("length", [10, 400])
def test_a_long_statement_is_cut(whole, length):
    finding = whole.assessment.findings[0].model_copy(update={"statement": "waiting " * length})
    material = dataclasses.replace(whole, assessment=whole.assessment.model_copy(update={"findings": (finding,)}))
    assert len(plain(page_one(material))) < 3000
