from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from longwall.report.markup import Markup, Table, clean, element, join, shortened, table_of


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    parser.close()
    return parser


ANY = st.text(st.characters(exclude_categories=()), max_size=60)
HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def test_text_is_escaped_and_markup_is_kept():
    html = element("p", HOSTILE, element("b", "bold"), title=HOSTILE)
    assert seen(html).tags == ["p", "b"]
    assert dict(seen(html).attributes) == {"title": HOSTILE}


@given(ANY, ANY)
def test_no_text_can_make_a_tag_or_an_attribute(text, attribute):
    found = seen(element("p", text, title=attribute))
    assert found.tags == ["p"]
    assert [name for name, _ in found.attributes] == ["title"]


@given(ANY)
def test_what_can_be_seen_of_a_text_survives(text):
    # The parser turns carriage returns into line feeds; what clean() takes away is invisible.
    assert clean(seen(element("p", text)).text) == clean(text)


@given(ANY)
def test_no_direction_or_control_character_is_left(text):
    assert not {"\u202e", "\u2066", "\u200f", "\x00", "\x1b"} & set(clean(text + "\u202e\u2066\x00\x1b"))
    join(text).encode()  # a lone surrogate would raise


@given(st.text(max_size=200), st.integers(2, 60))
def test_shortened_keeps_the_limit(text, limit):
    assert len(shortened(text, limit)) <= limit
    assert shortened(text, 300) == clean(text)


def test_attributes_of_other_kinds():
    assert element("details", "x", open=True, hidden=False, id=None, data_n=3) == '<details open data-n="3">x</details>'
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert join(None, ["a", Markup("<b>b</b>"), ("<",)]) == "a<b>b</b>&lt;"


def test_a_table_has_a_caption_and_scopes():
    html = table_of(Table("Counts & sums", ("What", "How many#"), [("a", "1"), ("b", "2")]))
    assert "<caption>Counts &amp; sums</caption>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 2
    assert 'class="n">2<' in html
    assert 'tabindex="0"' in html
