"""Do pages work in a real browser? Nothing leaves them, nothing is hidden, and the drawing has what the data has."""

from __future__ import annotations

import pytest

from tests.pages.examples import BANDS, RULES, attacks, backtest, evaluation, model_card, pages, town
from tests.pages.opened import Open

KINDS = ("report", "ego", "evaluation", "backtest", "attacks", "card", "letter", "letter-zh")
LARGEST = 1_000_000
COLOURS = """() => {
  const parts = colour => colour.match(/[0-9.]+/g).map(Number);
  const light = colour => 0.3 * parts(colour)[0] + 0.6 * parts(colour)[1] + 0.1 * parts(colour)[2];
  const paper = getComputedStyle(document.body).backgroundColor;
  const found = [];
  for (const one of document.querySelectorAll('h1, h2, p, li, td, th, caption, dt, dd, figcaption, svg text')) {
    const style = getComputedStyle(one);
    if (!one.textContent.trim() || /on-[0-4]/.test(one.getAttribute('class') || '')) continue;
    const ink = one.closest('svg') ? style.fill : style.color;
    const shown = style.visibility === 'visible' && style.display !== 'none' && style.opacity === '1';
    const apart = Math.abs(light(ink) - light(paper));
    if (!shown || apart < 70) found.push(one.tagName + ' ' + one.textContent.slice(0, 40));
  }
  return found;
}"""
OVERFLOW = """() => {
  const out = [];
  for (const one of document.querySelectorAll('h1, h2, h3, p, li, dt, dd, dl, footer, figcaption')) {
    const box = one.getBoundingClientRect();
    if (box.right > document.documentElement.clientWidth + 1 || box.left < -1) out.push(one.textContent.slice(0, 40));
  }
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      const across = box.right > frame.right + 1 || box.left < frame.left - 1;
      const down = box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
      if (across || down) out.push(svg.id + ': ' + text.textContent);
    }
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) out.push('the page scrolls sideways');
  return out;
}"""
MEDIA = (("light", "screen"), ("dark", "screen"), ("light", "print"), ("dark", "print"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_but_itself(show: Open, kind: str) -> None:
    """A page loads no other file or address, writes nothing to the console and stays below a megabyte."""
    opened = show(pages()[kind])
    assert opened.asked == [opened.address]
    assert opened.said == []
    assert len(pages()[kind].encode()) < LARGEST


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_can_be_read(show: Open, kind: str) -> None:
    """On light and dark screens and on paper each text stands out from the page."""
    opened = show(pages()[kind])
    for scheme, medium in MEDIA:
        opened.page.emulate_media(media=medium, color_scheme=scheme)
        assert (scheme, medium, opened.ask(COLOURS)) == (scheme, medium, [])


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_cut_off(show: Open, kind: str) -> None:
    """On a desk and on a telephone no text leaves the page or its picture; what is wider scrolls in its own frame."""
    opened = show(pages()[kind])
    for width in (1280, 390):
        opened.page.set_viewport_size({"width": width, "height": 900})
        assert (width, opened.ask(OVERFLOW)) == (width, [])


def test_paper_is_white_though_the_screen_is_dark(show: Open) -> None:
    """A dark theme paints the screen dark, and nothing on paper."""
    paper = "() => getComputedStyle(document.querySelector('svg.renmai')).backgroundColor"
    assert show(pages()["report"], scheme="dark").ask(paper) == "rgb(20, 23, 27)"
    assert show(pages()["report"], scheme="dark", medium="print").ask(paper) == "rgb(255, 255, 255)"


def test_the_page_can_be_read_with_the_keyboard(show: Open) -> None:
    """Every picture and every table can be reached by tabs and tells its name."""
    opened = show(pages()["report"], size="narrow")
    names = "all => all.filter(one => one.tabIndex === 0 && one.getAttribute('aria-label')).length"
    frames = opened.page.locator("figure, .wide").evaluate_all(names)
    assert frames == opened.count("svg.renmai") + opened.count("table")


def test_a_picture_is_told_to_who_cannot_see_it(show: Open) -> None:
    """The browser's own accessibility tree names each picture with its title."""
    opened = show(pages()["report"])
    assert opened.page.get_by_role("img", name="Accounts by score").count() == 1
    assert opened.page.get_by_role("img").count() == opened.count("svg.renmai")


def test_the_report_draws_one_bar_per_number(show: Open) -> None:
    """Bars of the histogram, of movers and of the gate are as many as the run's numbers."""
    opened = show(pages()["report"])
    bars = opened.count("[id^=chart-bands] rect > title")
    assert bars == (950 - 350) // 25
    assert opened.count("[id^=chart-movers] rect") == opened.count("#table-movers tbody tr") > 0
    assert opened.count("[id^=chart-gates] rect > title") == opened.count("#table-gates tbody tr")
    assert opened.count("#table-bands tbody tr") == len(town().manifest["config"]["bands"])


def test_the_evaluation_draws_what_was_found(show: Open) -> None:
    """One dot per known difference, one row per unknown one, one bar per band with a rate, one curve per variant."""
    found, opened = evaluation(), show(pages()["evaluation"])
    known = [row for row in found.differences if row.difference is not None]
    assert opened.count("[id^=chart-uplift] .row") == len(found.differences)
    assert opened.count("[id^=chart-uplift] .row circle") == len(known)
    assert opened.count("[id^=chart-rates-all] .row") == len(BANDS)
    assert opened.count("[id^=chart-rates-all] .row rect") == len(BANDS) - 1
    assert opened.count("[id^=chart-roc-all] path") == len(found.curves)
    assert opened.count("[id^=chart-calibration-thin] .row circle") == len(found.segments[1].calibration)
    assert opened.count("#table-variants tbody tr") == len(found.variants)


def test_the_headline_stands_first(show: Open) -> None:
    """The first words of an evaluation and of a backtest are their verdict."""
    for kind, found in (("evaluation", evaluation()), ("backtest", backtest())):
        assert show(pages()[kind]).page.locator("body").inner_text().startswith(found.headline)


def test_attacks_are_drawn_with_their_zeros(show: Open) -> None:
    """One cell per attack and rule; a change of nothing has no bar and says 0."""
    opened = show(pages()["attacks"])
    names = dict.fromkeys(row.attack for row in attacks().rows)
    assert opened.count("[id^=chart-attacks] .cell") == len(names) * len(RULES)
    assert opened.count("[id^=chart-attacks] .cell rect") == 4
    zeros = opened.page.locator("[id^=chart-attacks] .cell text").all_text_contents()
    assert zeros.count("0") == 2
    assert opened.count("#table-constants tbody tr") == 1


def test_a_card_has_all_its_sections_and_tables(show: Open) -> None:
    """Headings, sentences and tables of the model card are all there, as text."""
    opened = show(pages()["card"])
    assert opened.page.locator("h2").all_inner_texts() == [part.heading for part in model_card().sections]
    assert opened.count("table") == 2
    assert opened.page.locator("section p").first.inner_text() == "To score <people>."


@pytest.mark.parametrize(("kind", "language"), [("letter", "en"), ("letter-zh", "zh")])
def test_a_letter_is_one_page_in_its_language(show: Open, kind: str, language: str) -> None:
    """A letter says its language and prints on one sheet."""
    opened = show(pages()[kind])
    assert opened.ask("() => document.documentElement.lang") == language
    assert opened.page.pdf(format="A4").count(b"/Type /Page\n") == 1
