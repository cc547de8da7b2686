"""The page in a real browser: what it asks for, how wide it gets, whether page one is one page."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if path is None or sync_playwright is None:
        reason = f"needs Chromium (found: {path}) and Playwright (found: {sync_playwright is not None})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(rendered: Path) -> str:
    return rendered.as_uri()


def opened(browser: Any, address: str, **context: Any) -> tuple[Any, list[str], list[str]]:
    page = browser.new_context(**context).new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    return page, asked, said


@pytest.mark.parametrize("width", [1280, 700, 390, 320])
def test_no_width_scrolls_sideways_and_nothing_is_asked_for(browser, address, width):
    # 320 pixels are a 1280 pixel window at 400% zoom; 700 about 200% (WCAG 2.2, 1.4.10 reflow).
    page, asked, said = opened(browser, address, viewport={"width": width, "height": 900})
    assert asked == [address]
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_text_may_be_set_twice_as_large(browser, address):
    page, _, _ = opened(browser, address, viewport={"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()


def test_dark_mode_changes_page_and_figures(browser, address):
    colours = []
    for scheme in ("light", "dark"):
        page, _, _ = opened(browser, address, viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        colours.append(
            page.evaluate(
                "[getComputedStyle(document.documentElement).backgroundColor,"
                " getComputedStyle(document.querySelector('#figure-map rect')).fill,"
                " getComputedStyle(document.querySelector('#figure-front text')).fill]"
            )
        )
        page.context.close()
    assert all(light != dark for light, dark in zip(*colours, strict=True)), colours


def test_the_keyboard_reaches_what_opens_and_explains(browser, address):
    page, _, _ = opened(browser, address, viewport={"width": 1280, "height": 900})
    term = page.locator(".term").first
    term.focus()
    assert term.locator(".tip").is_visible()
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    page.context.close()


def test_page_one_is_one_printed_page(browser, address, tmp_path: Path):
    page, _, _ = opened(browser, address)
    assert pages(page.pdf(format="A4", prefer_css_page_size=True)) > 4
    page.evaluate("document.querySelector('.body').remove()")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert pages(printed) == 1
    page.evaluate("document.querySelector('.said').innerHTML += '<dt>x</dt><dd>' + 'word '.repeat(900) + '</dd>'")
    assert pages(page.pdf(format="A4", prefer_css_page_size=True)) == 2, "a page that is too long would be seen"
    page.context.close()


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
