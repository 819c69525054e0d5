"""Do charts stand alone and say what the numbers say? Ids, words, places; laws of each drawing."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from scoring.evaluation.results import CalibrationRow, Difference, Rate
from scoring.explanation.cards import Waterfall, WaterfallStep
from scoring.pages import charts, picture
from scoring.pages.charts.attack_lab import points_said
from scoring.pages.charts.portfolio import band_look
from scoring.pages.gate import GateRow
from scoring.pages.marks import Box, Chart, Group, Mark, Word, short, span, ticks
from scoring.pages.strengths import strengths
from scoring.summary import BandRow, summarize
from tests.pages.examples import evaluation, town
from tests.pages.opened import Open
from tests.scoring.made_run import made_run


def flat(marks: tuple[Mark, ...]) -> list[Mark]:
    """All marks, those of groups too."""
    return [inner for mark in marks for inner in (flat(mark.marks) if isinstance(mark, Group) else [mark])]


def boxes(chart: Chart) -> list[Box]:
    return [mark for mark in flat(chart.marks) if isinstance(mark, Box)]


def words(chart: Chart) -> list[str]:
    return [mark.text for mark in flat(chart.marks) if isinstance(mark, Word)]


def fall(*points: int) -> Waterfall:
    """A waterfall of these steps."""
    running, steps = 350, [WaterfallStep("base", 350, 350, "base", "")]
    for number, step in enumerate(points):
        running += step
        steps.append(WaterfallStep(f"step {number}", step, running, "dimension", "ability"))
    return Waterfall("nina", "20260101-0123456789abcdef", running, tuple(steps))


def test_pictures_can_stand_in_one_notebook(show: Open) -> None:
    """Standing alone a picture has its own style and no id, so that it can be shown twice; nothing is asked for."""
    summary = summarize(town())
    drawn = picture(charts.distribution(summary.histogram, summary.bands))
    opened = show(drawn + drawn + picture(charts.spread(summary.dimensions)))
    assert opened.count("[id]") == 0
    assert opened.page.get_by_role("img", name="Accounts by score").count() == 2
    assert (opened.said, opened.asked) == ([], [opened.address])
    assert opened.ask("() => getComputedStyle(document.querySelector('rect.band-0')).fill") == "rgb(166, 72, 31)"


def test_a_picture_in_a_dark_notebook_brings_its_paper(show: Open) -> None:
    """A picture paints its own background, so that its words are read on any page."""
    chart = charts.spread(summarize(town()).dimensions)
    opened = show(f"<body style='background:#000'>{picture(chart)}</body>")
    assert opened.ask("() => getComputedStyle(document.querySelector('svg')).backgroundColor") == "rgb(255, 255, 255)"


def test_the_same_chart_is_the_same_text() -> None:
    """Drawing twice gives the same bytes; another number gives another id."""
    assert picture(charts.waterfall(fall(9, -3))) == picture(charts.waterfall(fall(9, -3)))
    first, other = (
        re.search(r'id="([^"]+)"', picture(charts.waterfall(fall(9, step)), alone=False)) for step in (-3, -4)
    )
    assert first and other
    assert first[1] != other[1]


def test_a_waterfalls_bars_meet() -> None:
    """Each bar begins where the last one ended; up is filled to the right, down hollow to the left."""
    bars = boxes(charts.waterfall(fall(100, -40, 25)))
    first, second, third, total = bars
    assert [bar.look for bar in bars] == ["up", "down", "up", "total"]
    assert first.x + first.width == pytest.approx(second.x + second.width, abs=0.02)
    assert second.x == pytest.approx(third.x, abs=0.02)
    assert total.x + total.width == pytest.approx(third.x + third.width, abs=0.02)
    assert first.width == pytest.approx(4 * third.width, abs=0.05)


def test_a_waterfall_says_its_steps() -> None:
    """The description tells every step and the score."""
    told = charts.waterfall(fall(100, -40)).description
    assert told == "From 350: step 0 +100 to 450; step 1 -40 to 410. The score is 410."


def test_strength_bars_are_in_proportion() -> None:
    """Bars of ties by strength are as high as their counts, and those without strength are told in words."""
    found = strengths(town())
    chart = charts.strengths(found)
    bars = [box for box in boxes(chart) if box.tip]
    counts = [count for row in found.rows for count in (row.v, row.g)]
    scale = max(box.height for box in bars) / max(counts)
    assert [box.height for box in bars] == pytest.approx([count * scale for count in counts], abs=0.02)
    assert f"vouching (v): {found.zero_v:,} of {found.ties:,} have none" in words(chart)


def test_colour_never_speaks_alone() -> None:
    """Each band is named over its scores, each verdict of the gate is a word, lowered bars are hollow."""
    summary = summarize(made_run())
    assert {row.band for row in summary.bands} <= set(words(charts.distribution(summary.histogram, summary.bands)))
    rows = (GateRow("rejected", 0.02, 0.01, True, True), GateRow("PSI", 0.1, 0.25, True, False))
    assert {"2.00 % · NOT kept", "0.100 · kept"} <= set(words(charts.gates(rows)))
    assert {"lifted", "lowered"} <= set(words(charts.lift(summary.lift_by_history)))


def test_many_bands_with_long_names_touch_no_other() -> None:
    """Names of twelve bands are written in as many rows as they need, inside the picture."""
    bands = [BandRow(f"quite a long name {n}", 350 + 50 * n, 399 + 50 * n, 1, 1 / 12) for n in range(12)]
    chart = charts.distribution([(350 + 25 * n, 1) for n in range(24)], bands)
    names = [mark for mark in chart.marks if isinstance(mark, Word) and mark.look == "halo strong"]
    rows: dict[float, list[float]] = {}
    for name in names:
        rows.setdefault(name.y, []).append(name.x)
    assert len(names) == 12
    assert all(right - left > 150 for row in rows.values() for left, right in pairwise(sorted(row)))


@pytest.mark.parametrize("bands", [1, 2, 3, 5, 12])
def test_bands_keep_their_order_of_looks(bands: int) -> None:
    """Whatever their number, bands run through the five looks from worst to best."""
    looks = [band_look(band, bands) for band in range(bands)]
    assert looks == sorted(looks)
    assert looks[-1] == 4
    assert bands == 1 or looks[0] == 0


def test_an_interval_that_holds_zero_is_a_hollow_dot() -> None:
    """What is shown and what is not are told apart by the dot's look and in words; the unknown has no dot."""
    rows = (
        Difference("a", "b", "thin", 0.01, 0.002, 0.02, False),
        Difference("c", "b", "thin", 0.01, -0.002, 0.02, True),
        Difference("d", "b", "thin", None, None, None, None),
    )
    chart = charts.uplift(rows)
    assert [mark.tip for mark in chart.marks if isinstance(mark, Group)] == [
        "a − b: +0.01000 (+0.00200 to +0.02000)",
        "c − b: +0.01000 (-0.00200 to +0.02000)",
        "d − b: not known",
    ]
    dots = [getattr(mark, "look", "") for mark in flat(chart.marks) if type(mark).__name__ == "Dot"]
    assert dots[:2] == ["up", "none"]


def test_perfect_calibration_lies_on_the_diagonal() -> None:
    """Where what is predicted is what comes, dots are as far from the left as from the floor."""
    rows = [CalibrationRow(p, p, p, Rate(100, int(100 * p), p, p, p)) for p in (0.1, 0.2, 0.4)]
    chart = charts.calibration(rows)
    dots = [mark for mark in flat(chart.marks) if type(mark).__name__ == "Dot"]
    floor = next(mark for mark in chart.marks if getattr(mark, "look", "") == "link")
    assert [dot.x - floor.x1 for dot in dots] == pytest.approx([floor.y1 - dot.y for dot in dots], abs=0.02)


def test_charts_stand_nothing_known() -> None:
    """Empty data still makes a picture with words."""
    for chart in (
        charts.distribution([], [BandRow("all", 350, 950, 0, 0.0)]),
        charts.lift(()),
        charts.strengths(strengths(made_run())),
        charts.uplift(()),
        charts.auc([row for row in evaluation().variants if row.auc is None]),
        charts.default_rates(()),
        charts.calibration(()),
        charts.support(()),
        charts.movers(()),
        charts.gates(()),
    ):
        assert picture(chart).endswith("</svg>")


@pytest.mark.parametrize("top", [0.003, 0.9, 1, 7, 99, 1234, 10**9])
def test_a_span_holds_zero_and_its_values(top: float) -> None:
    """Round numbers reach below the lowest value, above the highest, and have 0 among them."""
    for values in ([-top, top / 3], [top], [-top]):
        marks = span(values)
        assert marks[0] <= min(*values, 0.0)
        assert marks[-1] >= max(*values, 0.0)
        assert 0.0 in marks
        assert len(marks) <= 9


def test_small_numbers_are_no_zeros() -> None:
    """A change that only rounds to zero is not written as zero; ids are cut in their middle."""
    assert [points_said(change) for change in (0.0, 0.004, -0.004)] == ["0", "+4e-03", "-4e-03"]
    assert len(short("x" * 90, 20)) == 20
    assert ticks(0.3, least=1) == [0.0, 1.0]
