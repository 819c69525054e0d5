"""Does the report show the run and nothing else? Numbers, text alternatives, no network, the same bytes always."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from scoring.comparison import compare
from scoring.config import Config
from scoring.explanation import explain
from scoring.pages import report_page, write_report
from scoring.pages.marks import ticks
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
            inside = str(attributes.get("id")).startswith(chart) if tag == "svg" else inside
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
    assert [picture["role"] for picture in pictures] == ["img"] * 8
    assert all({picture["aria-labelledby"], picture["aria-describedby"]} <= ids for picture in pictures)
    assert set(page.tables) >= {"table-bands", "table-dimensions", "table-lift", "table-account", "table-support"}
    assert set(page.tables) >= {"table-ties", "table-gates", "table-waterfall", "table-certificate"}


def test_whole_months_have_no_decimals(text: str) -> None:
    """The page says months as the card does."""
    assert re.search(r"thin:\s+\d+ months of history", text)


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


def test_ties_are_counted_by_strength(run: Run, text: str) -> None:
    """Each tie stands in one row by v and in one by g; those of strength 0, as of one payment alone, stand first."""
    rows = Page(text).rows("table-ties")
    assert sum(int(row[1]) for row in rows) == sum(int(row[2]) for row in rows) == len(run.ties)
    assert [int(count) for count in rows[0][1:]] == [int((run.ties.v == 0).sum()), int((run.ties.g == 0).sum())]


def test_the_waterfall_ends_at_the_score(run: Run, text: str) -> None:
    """Steps on the page lead from 350 to the score without a gap."""
    rows = Page(text).rows("table-waterfall")
    running = [int(row[2]) for row in rows]
    assert rows[0][1:] == ["350", "350"]
    assert [int(row[1]) for row in rows[1:]] == [now - before for before, now in pairwise(running)]
    assert running[-1] == explain(run, "nina").score


def test_movers_are_told_against_the_run_before(tmp_path: Path) -> None:
    """The second run's page lists the largest moves as the comparison has them; the first run's says there are none."""
    first, second = town_run(tmp_path, months=12), town_run(tmp_path)
    movers = compare(first, second).movers
    rows = Page(report_page(second)).rows("table-movers")
    assert movers
    assert [(row[0], int(row[4])) for row in rows] == [(mover.account_id, mover.change) for mover in movers]
    assert "This is the first run" in report_page(first)


def test_a_pruned_run_before_is_said_to_be_gone(tmp_path: Path) -> None:
    """Without the run before there is a page that says so."""
    first, second = town_run(tmp_path, months=12), town_run(tmp_path)
    first.path.rename(tmp_path / "elsewhere")
    assert f"The run before, {first.id}, no longer stands" in report_page(second)


def test_gates_are_told_with_limits_and_verdicts(tmp_path: Path) -> None:
    """Reject rates, shares of rows and PSI stand beside their limits; what was forced through is said."""
    run = made_run()
    run.manifest["gate"] = {"against": "20251201-0123456789abcdef", "psi": 0.31, "shares": {"scores": 0.98}}
    run.manifest["gate"]["failures"] = ["scores shifted by PSI 0.310"]
    run.manifest["uplift"] = {"neutral": True, "sentence": "This run is neutral (C = e for everyone)."}
    page = Page(report_page(run))
    assert page.rows("table-gates") == [
        ["rejected relations", "11.11 %", "at most 1.00 %", "not kept"],
        ["scores against the last run", "98.00 %", "at least 50.00 %", "kept"],
        ["shift of scores (PSI)", "0.310", "at most 0.250", "not kept"],
    ]
    for sentence in ("scores shifted by PSI 0.310", "This run is neutral (C = e for everyone)."):
        assert any(sentence in text for text in page.texts["p"])


def test_a_large_run_has_a_small_page() -> None:
    """Twenty thousand accounts, ties and supporters give a page well below a megabyte, its sums exact."""
    run = made_run()
    many = 20_000
    crowd = [f"helper-{number:05d}" for number in range(many)]
    for name, key in (("scores", "account_id"), ("standing", "holder_id"), ("bins", "holder_id")):
        row = run.table(name).filter(pc.equal(run.table(name)[key], "sam")).to_pylist()[0]
        ids = {column: crowd for column in ("account_id", "holder_id") if column in row}
        more = pa.table({column: ids.get(column, [value] * many) for column, value in row.items()})
        run.tables[name] = pa.concat_tables([run.table(name), more.cast(run.table(name).schema)])
    tie, part = run.table("ties").to_pylist()[0], 0.08 / many
    ties = [{**tie, "from_id": name, "to_id": "nina", "v": 0.5} for name in crowd]
    run.tables["ties"] = pa.Table.from_pylist(ties)
    lifts = [{"holder_id": "nina", "supporter_id": name, "contribution": part} for name in crowd]
    run.tables["contributions"] = pa.Table.from_pylist(lifts)
    text = report_page(run, "nina")
    rows = Page(text).rows("table-support")
    assert len(text.encode()) < LARGEST
    assert len(rows) == 101
    assert rows[-1][0] == "and 19,900 more"
    assert float(rows[-1][4]) == pytest.approx(part * 19_900, abs=1e-6)
