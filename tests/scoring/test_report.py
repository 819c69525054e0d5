"""Does the page show the run and nothing else? Numbers, text alternatives, no network, the same bytes every time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scoring.config import Config
from scoring.explanation import explain
from scoring.report import write_report
from scoring.report.marks import ticks
from scoring.runs.run import Run
from scoring.summary import summarize
from tests.scoring.made_run import made_run
from tests.scoring.town_runs import town_run

LARGEST = 1_000_000  # bytes a page may have
VOID = {"meta", "line", "link", "br", "img", "input"}
HOSTILE = "<script>alert(1)</script>&'\""


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, cells of tables by id, text by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self._table = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._table = str(dict(attrs)["id"])
            self.tables[self._table] = []
        elif tag == "tr":
            self.tables[self._table].append([])
        elif tag == "td":
            self.tables[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)
            if self._open[-1] == "td":
                self.tables[self._table][-1][-1] += data

    def rows(self, table: str) -> list[list[str]]:
        return [row for row in self.tables[table] if row]

    def boxes(self, chart: str) -> list[dict[str, str | None]]:
        """Give the rectangles of one chart."""
        found, inside = [], False
        for tag, attributes in self.elements:
            inside = attributes.get("id") == chart if tag == "svg" else inside
            if inside and tag == "rect":
                found.append(attributes)
        return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return town_run(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def text(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(run, tmp_path_factory.mktemp("page") / "report.html", account="nina").read_text(
        encoding="utf-8"
    )


def test_nothing_leaves_the_page(text: str) -> None:
    """No element can load anything: no script, image, link, frame or address in any attribute or style."""
    tags = {tag for tag, _ in Page(text).elements}
    assert tags & {"script", "img", "link", "iframe", "object", "embed", "a", "use", "image", "form"} == set()
    assert re.findall(r"(?:https?:)?//|url\(|@import|javascript:|\bon\w+=", text) == []
    assert "default-src 'none'" in text


def test_the_page_is_small_and_always_the_same(run: Run, text: str, tmp_path: Path) -> None:
    """The same run gives the same bytes, well below a megabyte."""
    again = write_report(run, tmp_path / "again.html", account="nina").read_bytes()
    assert again == text.encode()
    assert len(again) < LARGEST


def test_bands_are_those_of_the_run(run: Run, text: str) -> None:
    """The table of bands counts the accounts of scores.parquet."""
    counted = run.scores.band.value_counts().to_dict()
    expected = {band.name: counted.get(band.name, 0) for band in Config().bands}
    actual = {row[0]: int(row[2]) for row in Page(text).rows("table-bands")}
    assert actual == expected


def test_the_histogram_holds_every_account(run: Run, text: str) -> None:
    """Heights of the bars are in proportion to the counts in their tips, which add up to all accounts."""
    page = Page(text)
    tips = [re.match(r"(\d+) to (\d+): (\d+) accounts", text) for text in page.texts["title"]]
    counts = [int(found[3]) for found in tips if found]
    heights = [float(str(box["height"])) for box in page.boxes("chart-bands")][: len(counts)]
    scale = max(heights) / max(counts)
    assert sum(counts) == len(run.scores)
    assert heights == pytest.approx([count * scale for count in counts], abs=0.01)


def test_the_explained_account_is_the_cards(run: Run, text: str) -> None:
    """Points, losses and supporters on the page are those of the analyst's card."""
    card, page = explain(run, "nina"), Page(text)
    expected = [[str(row.points), str(row.lost)] for row in card.dimensions]
    assert [row[3:] for row in page.rows("table-account")] == expected
    assert [row[0] for row in page.rows("table-support")] == [row.supporter_id for row in card.supporters]


def test_every_picture_has_words(text: str) -> None:
    """Each picture is an image with a title and a description that exist, and a table with its numbers follows."""
    page = Page(text)
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert [picture["role"] for picture in pictures] == ["img"] * 5
    assert all(set(str(picture["aria-labelledby"]).split()) <= ids for picture in pictures)
    assert set(page.tables) >= {"table-bands", "table-dimensions", "table-lift", "table-account", "table-support"}


def test_whole_months_have_no_decimals(text: str) -> None:
    """The page says months as the card does."""
    assert re.search(r"thin:\s+\d+ months of history", text)


def test_a_chart_on_a_small_screen_is_scrolled_not_shrunk(text: str) -> None:
    """Below 34rem a picture keeps its size, so that its words stay readable."""
    style = text[text.index("<style>") : text.index("</style>")]
    assert "figure{margin:1rem 0;overflow-x:auto}" in style
    assert "min-width:34rem" in style


def test_no_id_becomes_markup(tmp_path: Path) -> None:
    """An id full of signs of HTML is shown, not run."""
    run = made_run(nina=HOSTILE, sam="=1+1")
    text = write_report(run, tmp_path / "page.html", account=HOSTILE).read_text(encoding="utf-8")
    assert "<script" not in text
    assert HOSTILE in [row[0] for row in Page(text).rows("table-top")]


def test_a_run_that_lifts_nobody_has_a_page(tmp_path: Path) -> None:
    """Without lift, rejects or accounts there is still a page."""
    run = made_run()
    run.tables = {name: table.slice(0, 0) for name, table in run.tables.items()}
    page = Page(write_report(run, tmp_path / "page.html").read_text(encoding="utf-8"))
    assert [row[2] for row in page.rows("table-bands")] == ["0"] * 5
    assert "table-account" not in page.tables


def test_the_summary_counts_what_the_run_counts(run: Run) -> None:
    """Accounts, holders, lifted and thin are those a reader of the tables counts."""
    scores, standing = run.scores, run.standing
    summary = summarize(run)
    holders = scores.drop_duplicates("holder_id")
    expected = (len(scores), len(holders), int(holders.thin.sum()), int((standing.lift > 0).sum()), len(run.ties))
    assert (summary.accounts, summary.holders, summary.thin, summary.lifted, summary.ties) == expected
    assert sum(row.holders for row in summary.lift_by_history) == len(holders)
    assert sum(count for _, count in summary.histogram) == len(scores)


def test_the_top_lift_is_the_cards(run: Run) -> None:
    """The most lifted holder's points are those of its card."""
    top = summarize(run).top_lifts[0]
    assert top.points == pytest.approx(explain(run, top.account_id).lift_points)


@pytest.mark.parametrize("top", [0.003, 0.9, 1, 7, 99, 1234, 10**9])
def test_ticks_reach_the_top_in_few_steps(top: float) -> None:
    """Round numbers from 0 up to at least the largest value, not many."""
    marks = ticks(top)
    assert marks[0] == 0
    assert top <= marks[-1] < 3 * top
    assert 2 <= len(marks) <= 7
