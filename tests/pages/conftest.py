"""One headless Chromium for all tests of pages; without it they say which Debian package is missing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pages.opened import Open, Opened

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"wide": 1280, "narrow": 390}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        pytest.skip("Debian package chromium is missing: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open HTML in the browser: in a width, a colour scheme, a medium."""
    contexts = []

    def opened(html: str, *, size: str = "wide", scheme: str = "light", medium: str = "screen") -> Opened:
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": SIZES[size], "height": 900}, color_scheme=scheme)
        contexts.append(context)
        found = Opened(context.new_page(), file.as_uri())
        found.page.on("console", lambda message: found.said.append(message.text))
        found.page.on("pageerror", lambda error: found.said.append(str(error)))
        found.page.on("request", lambda request: found.asked.append(request.url))
        found.page.emulate_media(media=medium, color_scheme=scheme)
        found.page.goto(found.address)
        return found

    yield opened
    for context in contexts:
        context.close()
