from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from longwall.errors import StorageError
from longwall.report import PURPOSE, Material, Missing, page_html, render
from longwall.report.figures.outcomes import bands_figure

VOID = {"br", "col", "hr", "img", "link", "meta"}
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"' onload=alert(1) \u202e\x00&amp;"
STEPS = ("ingest", "discover", "simulate", "assess", "align", "plan")


class Page(HTMLParser):
    """Checks that elements are nested and closed, and remembers what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        assert len(known) == len(attrs), f"an attribute twice in <{tag}>"
        self.elements.append((tag, known))
        if "id" in known:
            self.ids.append(known["id"])
        for name in ("href", "xlink:href", "src"):
            if name in known:
                self.links.append(known[name])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a beginning"
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [known for name, known in self.elements if name == tag]


@pytest.fixture(scope="module")
def made(whole: Material) -> tuple[str, list]:
    return page_html(whole)


@pytest.fixture(scope="module")
def page(made) -> Page:
    return Page(made[0])


def stages(whole: Material) -> dict[str, Material]:
    """What there is after each step."""
    later = {
        "plan": {"plan"}, "align": {"alignment", "plan"}, "assess": {"assessment", "alignment", "plan"},
        "simulate": {"today", "assessment", "alignment", "plan"},
        "discover": {"system", "hold_out", "today", "assessment", "alignment", "plan"},
        "ingest": {"observed", "system", "hold_out", "today", "assessment", "alignment", "plan"},
    }  # fmt: skip
    found = {}
    for step, without in later.items():
        missing = tuple(Missing(s, f"longwall {s} my-desk") for s in STEPS[STEPS.index(step) :])
        arrivals = () if step == "ingest" else whole.arrivals
        found[step] = dataclasses.replace(whole, **dict.fromkeys(without), missing=missing, arrivals=arrivals)
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_page_is_valid_before_each_step_and_names_the_command_that_comes_next(whole, step, monkeypatch):
    monkeypatch.setattr("longwall.report.page.drawn", lambda figure: '<svg viewBox="0 0 1 1"></svg>')
    page = Page(page_html(stages(whole)[step])[0])
    assert f"longwall {step} my-desk" in page.text
    assert PURPOSE in page.text
    assert len(page.ids) == len(set(page.ids))


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_page_asks_for_nothing_outside_itself(made, page):
    html, _ = made
    assert [link for link in page.links if not link.startswith("#")] == ["data:,"]
    addresses = set(re.findall(r"[a-z]+://[^\"'\s<)]+", html))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in html.replace("url(#", "")
    policies = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policies[0].startswith("default-src 'none'")
    assert not {"script", "iframe", "object", "embed", "form", "image"} & {tag for tag, _ in page.elements}


def test_the_same_input_gives_the_same_bytes(made, rendered):
    html, figures = made
    assert rendered.read_bytes() == html.encode()
    for figure, svg in figures:
        assert (rendered.parent / "figures" / f"{figure.name}.svg").read_bytes() == svg.encode()


def test_every_chart_is_of_the_form_that_its_grammar_asks_for(made):
    """Fails when a figure names a property that is not there: the page itself is drawn without this check."""
    charts = [figure.chart for figure, _ in made[1] if not isinstance(figure.chart, str)]
    assert len(charts) >= 6
    for chart in charts:
        chart.to_dict(validate=True)


def test_a_figure_is_made_once_for_what_it_holds_and_anew_for_anything_else(today):
    loaded, again = (type(today).model_validate_json(today.model_dump_json()) for _ in range(2))
    first, same = (bands_figure(forecast, command="longwall simulate desk") for forecast in (loaded, again))
    assert first is not None and first is same
    fresh = bands_figure.__wrapped__(again, command="longwall simulate desk")
    assert (fresh.specification, fresh.sentence) == (first.specification, first.sentence)
    other = bands_figure(today.model_copy(update={"weeks": today.weeks + 1}), command="longwall simulate desk")
    assert other is not first and other.sentence != first.sentence


def test_every_figure_has_a_sentence_a_table_and_the_command_that_makes_it_again(made, page):
    html, figures = made
    assert len(figures) >= 8
    assert len(page.of("figure")) == len(page.of("figcaption")) == len(figures)
    blocks = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    for (figure, _), block in zip(figures, blocks, strict=True):
        assert figure.sentence.endswith((".", "!"))
        assert "<details>" in block and "<table>" in block and figure.table.rows
        assert f"<code>{figure.command}</code>" in block and figure.command.startswith("longwall ")
        assert f'aria-labelledby="{figure.name}-alt"' in block


def test_tables_have_captions_and_scopes(page):
    assert len(page.of("table")) == len(page.of("caption"))
    assert all(head.get("scope") in ("col", "row", "colgroup") for head in page.of("th"))


def test_labels_of_a_log_are_never_markup(whole):
    system, assessment, alignment = whole.system, whole.assessment, whole.alignment
    assert system is not None and assessment is not None and alignment is not None
    work = system.work.model_copy(
        update={
            "functions": tuple(f.model_copy(update={"name": HOSTILE}) for f in system.work.functions),
            "demand": tuple(d.model_copy(update={"name": HOSTILE}) for d in system.work.demand),
        }
    )
    social = system.social.model_copy(
        update={"roles": tuple(r.model_copy(update={"name": HOSTILE}) for r in system.social.roles)}
    )
    rows = tuple(row.model_copy(update={"name": HOSTILE}) for row in assessment.matrix.variances)
    controls = tuple(row.model_copy(update={"name": HOSTILE}) for row in assessment.controls)
    findings = tuple(f.model_copy(update={"statement": HOSTILE, "principle": HOSTILE}) for f in assessment.findings)
    matrix = assessment.matrix.model_copy(update={"variances": rows})
    steps = tuple(step.model_copy(update={"title": HOSTILE, "why": HOSTILE}) for step in alignment.interventions)
    responses = tuple(r.model_copy(update={"why": HOSTILE, "who": HOSTILE}) for r in whole.responses)
    observed = {**whole.observed, "source": HOSTILE, "rejects": {HOSTILE: 3}, "cautions": [HOSTILE]}
    planted = dataclasses.replace(
        whole, name=HOSTILE, folder="my-desk", note=HOSTILE, consultation=HOSTILE, observed=observed,
        responses=responses,
        system=system.model_copy(update={"work": work, "social": social}), cautions=(HOSTILE,),
        assessment=assessment.model_copy(update={"matrix": matrix, "controls": controls, "findings": findings}),
        alignment=alignment.model_copy(update={"interventions": steps}), provenance={"work": HOSTILE},
        labels={"bounce": HOSTILE},
    )  # fmt: skip
    html, figures = page_html(planted)
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert not {"script", "img"} & tags
    assert not any(name.startswith("on") for _, known in page.elements for name in known)
    assert "\u202e" not in html and "\x00" not in html
    assert "<script>alert(1)" in page.text
    for _, svg in figures:
        assert {tag for tag, _ in Page(svg).elements}.isdisjoint({"script", "img", "image", "foreignobject"})


def test_figures_use_no_colour_outside_the_palette(made):
    from longwall.report.theme import COLOURS

    light = {pair[0] for pair in COLOURS.values()}
    for figure, svg in made[1]:
        found = set(re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,8}|rgb[^"]+|[a-z]+)"', svg))
        assert found - light <= {"none", "transparent", "currentColor"}, figure.name
    assert not re.search(r'="#[0-9a-f]{6}"', made[0]), "a colour that dark paper would not change"


def test_render_writes_the_page_and_two_files_for_each_figure(made, rendered):
    assert rendered.name == "index.html"
    expected = {f"{figure.name}.{kind}" for figure, _ in made[1] for kind in ("svg", "png")}
    files = list((rendered.parent / "figures").iterdir())
    assert {file.name for file in files} == expected
    for file in files:
        assert file.read_bytes().startswith(b"\x89PNG\r\n\x1a\n" if file.suffix == ".png" else b"<svg ")


def test_figures_that_the_page_no_longer_has_are_gone(only_ingested, tmp_path):
    (tmp_path / "figures").mkdir()
    for name in ("front.svg", "front.png", "notes.txt"):
        (tmp_path / "figures" / name).write_text("old")
    render(only_ingested, tmp_path)
    names = {file.name for file in (tmp_path / "figures").iterdir()}
    assert names == {"arrivals.svg", "arrivals.png", "notes.txt"}


def test_a_folder_that_cannot_be_is_an_error_in_four_parts(only_ingested, tmp_path):
    (tmp_path / "report").write_text("a file")
    with pytest.raises(StorageError, match="LW-IO"):
        render(only_ingested, tmp_path / "report")


def test_a_study_from_a_template_says_that_all_is_assumed(whole):
    material = dataclasses.replace(
        whole, observed=None, arrivals=(), hold_out=None, today=None, assessment=None, alignment=None, responses=(),
        missing=(Missing("simulate", "longwall simulate my-desk"),),
    )  # fmt: skip
    page = Page(page_html(material)[0])
    assert "every number in it is assumed" in page.text
    assert "no log: a model that people wrote" in page.text


def test_nothing_of_this_machine_is_in_the_page(made):
    assert str(Path.home()) + "/" not in made[0] or str(Path.home()) == "/"
    assert "/tmp/" not in made[0]
