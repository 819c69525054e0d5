"""Does the page around an account tell the truth? Every tie once, shown or folded, with the numbers of the card."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from loaders.errors import UsageError
from scoring.cli import app
from scoring.explanation import explain
from scoring.explanation.analyst import analyst_card
from scoring.explanation.policy import Policy
from scoring.explanation.shelf import Shelf
from scoring.pages import ego, ego_page
from scoring.runs.run import Run
from tests.pages.examples import town
from tests.pages.opened import Open
from tests.scoring.made_run import MadeRun, made_run

LONG = "account-of-somebody-whose-bank-gives-ids-that-never-seem-to-come-to-an-end-0001"
TOWN = ("nina", "sam", "zoe", "uma")


def hub(strangers: int) -> MadeRun:
    """Nina with so many strangers that send her money once."""
    run = made_run()
    ties = run.table("ties").to_pylist()
    names = [f"stranger-{number:06d}" for number in range(strangers)]
    ties += [{**ties[0], "from_id": name, "to_id": "nina", "v": 0.0, "g": 0.0, "months": 1} for name in names]
    run.tables["ties"] = pa.Table.from_pylist(ties)
    return run


def around(run: Run | MadeRun, names: set[str]) -> set[tuple[str, str]]:
    """All ties of these holders, read plainly."""
    pairs = {(row["from_id"], row["to_id"]) for row in run.table("ties").to_pylist()}
    return {pair for pair in pairs if names & set(pair)}


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("account", TOWN)
def test_each_tie_is_shown_or_folded_once(account: str, hops: int) -> None:
    """Ties shown and ties folded are all ties of the holders that were followed, and no other."""
    found = ego(town(), account, hops)
    followed = {node.holder_id for node in found.nodes if node.hop < hops}
    shown = {(tie.from_id, tie.to_id) for tie in found.ties}
    expected = around(town(), followed)
    assert shown <= expected
    assert len(shown) == len(found.ties)
    assert len(expected) == found.seen == len(shown) + sum(fold.ties for fold in found.folds)


@pytest.mark.parametrize("account", TOWN)
def test_rings_are_hops(account: str) -> None:
    """A holder stands on the ring of its distance from the middle, at most: nobody near is drawn far away."""
    found = ego(town(), account, 2)
    near = {name for pair in around(town(), {found.card.holder_id}) for name in pair}
    assert {node.holder_id for node in found.nodes if node.hop == 1} <= near
    assert not {node.holder_id for node in found.nodes if node.hop == 2} & near


def test_who_is_folded_near_is_not_drawn_far() -> None:
    """A neighbour that is folded on the first ring does not come back on the second by way of somebody else."""
    run = hub(30)
    ties = run.table("ties").to_pylist()
    ties.append({**ties[0], "from_id": "sam", "to_id": "stranger-000029"})
    run.tables["ties"] = pa.Table.from_pylist(ties)
    found = ego(run, "nina", 2)
    assert "sam" in {node.holder_id for node in found.nodes if node.hop == 1}
    assert "stranger-000029" not in {node.holder_id for node in found.nodes}
    assert next(fold.ties for fold in found.folds if fold.holder_id == "sam") == 1


@pytest.mark.parametrize(("made", "account"), [(False, "nina"), (False, "sam"), (True, "nina")])
def test_ties_have_the_numbers_of_the_card(made: bool, account: str) -> None:
    """Strength, share, standing, contribution and points of each tie are those of its receiver's card."""
    run = made_run() if made else town()
    found = ego(run, account, 2)
    assert any(tie.flows for tie in found.ties)
    for holder in {tie.to_id for tie in found.ties if tie.flows}:
        card = analyst_card(Shelf(run), Policy.of(run.manifest), holder)
        expected = {row.supporter_id: row for row in card.supporters}
        for tie in found.ties:
            if tie.to_id == holder and tie.flows:
                row = expected[tie.from_id]
                assert (tie.strength, tie.standing, tie.contribution) == (row.strength, row.standing, row.contribution)
                assert (tie.share, tie.points) == (pytest.approx(row.share), pytest.approx(row.points))


def test_the_table_is_the_card(show: Open) -> None:
    """The table of supporters in the browser says what `renmai explain` prints."""
    card, opened = explain(town(), "nina"), show(ego_page(town(), "nina"))
    rows = [row.split("\t") for row in opened.page.locator("#table-support tbody tr").all_inner_texts()]
    expected = [
        [
            row.supporter_id,
            f"{row.strength:.4f}",
            f"{row.share:.4f}",
            f"{row.standing:.4f}",
            f"{row.contribution:.6f}",
            f"{row.points:.2f}",
        ]
        for row in card.supporters
    ]
    assert rows == expected != []


@pytest.mark.parametrize(("account", "hops"), [("nina", 2), ("sam", 1), ("sam", 3)])
def test_the_drawing_has_what_the_data_has(show: Open, account: str, hops: int) -> None:
    """One node per holder, one arrow per tie, solid exactly where credit flows, one placeholder per fold."""
    found, opened = ego(town(), account, hops), show(ego_page(town(), account, hops))
    ids = opened.page.locator("g.node").evaluate_all("all => all.map(one => one.dataset.id)")
    assert ids == [node.holder_id for node in found.nodes]
    assert opened.count("g.edge") == len(found.ties) == opened.count("#table-ties tbody tr")
    assert opened.count("g.edge path.flows") == sum(tie.flows for tie in found.ties)
    assert opened.count("g.fold") == len(found.folds) == opened.count("#table-folds tbody tr")
    assert opened.page.locator("g.node text").first.text_content() == str(found.card.score)
    assert opened.count("g.node > title") == len(found.nodes)


def test_arrows_are_dashed_where_no_credit_flows(show: Open) -> None:
    """A single payment is a dashed arrow; what lifts is a solid one, the wider the stronger."""
    run = hub(3)
    opened = show(ego_page(run, "nina"))
    still = [tie for tie in ego(run, "nina").ties if not tie.flows]
    assert opened.count("g.edge path.still") == len(still) >= 3
    assert opened.count("g.edge path.flows") == opened.count("g.edge") - len(still)
    dashes = "all => all.map(one => getComputedStyle(one).strokeDasharray)"
    assert set(opened.page.locator("g.edge path.still").evaluate_all(dashes)) == {"5px, 4px"}
    assert set(opened.page.locator("g.edge path.flows").evaluate_all(dashes)) == {"none"}
    width = "one => Number(one.querySelector('path').getAttribute('stroke-width'))"
    strong, weak = (opened.page.locator(f"g.edge[data-from={name}][data-to=nina]") for name in ("sam", "vera"))
    assert strong.evaluate(width) > weak.evaluate(width)


def test_a_hub_is_folded_into_a_count(show: Open) -> None:
    """Of a hub's ties the strongest are shown; the rest is one placeholder with its exact number."""
    run = hub(20_000)
    text = ego_page(run, "nina")
    found, opened = ego(run, "nina", 2), show(text)
    fold = next(fold for fold in found.folds if fold.holder_id == "nina")
    assert fold.ties == len(around(run, {"nina"})) - sum("nina" in (tie.from_id, tie.to_id) for tie in found.ties)
    assert {"sam", "vera"} <= {node.holder_id for node in found.nodes}
    assert f"and {fold.ties:,} weaker ties" in opened.page.locator("g.fold text").all_text_contents()
    assert len(text.encode()) < 1_000_000


def test_folded_contributions_add_up() -> None:
    """What is folded and what is shown together are the account's whole lift."""
    run = made_run()
    tie, crowd = run.table("ties").to_pylist()[0], [f"helper-{number:03d}" for number in range(200)]
    person = run.table("standing").to_pylist()[2]
    parts = [0.08 * (number + 1) / sum(range(1, 201)) for number in range(200)]
    run.tables["ties"] = pa.Table.from_pylist([{**tie, "from_id": name, "to_id": "nina"} for name in crowd])
    run.tables["standing"] = pa.concat_tables(
        [run.table("standing"), pa.Table.from_pylist([{**person, "holder_id": name} for name in crowd])]
    )
    lifts = [{"holder_id": "nina", "supporter_id": name, "contribution": part}
             for name, part in zip(crowd, parts, strict=True)]  # fmt: skip
    run.tables["contributions"] = pa.Table.from_pylist(lifts)
    found = ego(run, "nina", 1)
    shown = sum(tie.contribution for tie in found.ties)
    assert found.folds[0].flowing == found.folds[0].ties == 200 - len(found.ties)
    assert shown + found.folds[0].received == pytest.approx(found.card.lift)
    assert min(tie.contribution for tie in found.ties) == sorted(parts)[-len(found.ties)]


def test_an_account_without_ties_has_a_page(show: Open) -> None:
    """Who has no ties stands alone, and the page says so."""
    run = made_run()
    run.tables["ties"] = run.table("ties").filter([row["to_id"] != "zoe" for row in run.table("ties").to_pylist()])
    opened = show(ego_page(run, "zoe"))
    assert (opened.count("g.node"), opened.count("g.edge"), opened.count("g.fold")) == (1, 0, 0)
    assert "This account has no ties" in opened.page.locator("main").inner_text()


def test_a_long_id_is_cut_in_the_picture_alone(show: Open) -> None:
    """A long id is shortened where it is drawn and whole in tooltip and table; it pushes nothing off the page."""
    opened = show(ego_page(made_run(sam=LONG, nina=LONG[:-1] + "2"), LONG), size="narrow")
    assert all("…" in label for label in opened.page.locator("g.node text.strong.halo").all_text_contents()[:1])
    assert LONG in str(opened.page.locator("g.node > title").first.text_content())
    assert opened.ask("() => document.documentElement.scrollWidth") == 390


def test_a_picture_of_few_is_small(show: Open) -> None:
    """One supporter needs a quarter of the page's width, and on a telephone the whole picture is seen."""
    opened = show(ego_page(town(), "nina"), size="narrow")
    figure = opened.page.locator("figure").first
    assert opened.page.locator("svg.renmai").get_attribute("width") < "500"
    assert figure.evaluate("one => one.scrollWidth - one.clientWidth") == 0


def test_a_large_picture_begins_at_its_middle(show: Open) -> None:
    """On a telephone the account in the middle is seen first, and the picture can be moved to both of its edges."""
    opened = show(ego_page(hub(50), "nina", 1), size="narrow")
    figure = opened.page.locator("figure").first
    assert figure.evaluate("one => one.scrollWidth - one.clientWidth") > 300
    middle = opened.page.locator("g.node circle").first.bounding_box()
    assert middle is not None
    assert 130 < middle["x"] + middle["width"] / 2 < 260
    opened.page.wait_for_function(
        "() => getComputedStyle(document.querySelector('.centred i')).scrollSnapAlign == 'none'"
    )
    assert figure.evaluate("one => (one.scrollLeft = 0, one.scrollLeft)") == 0


def test_long_ids_leave_room_for_the_numbers(show: Open) -> None:
    """An id of 128 signs is wrapped in its table; the numbers beside it are seen without scrolling."""
    opened = show(ego_page(made_run(sam="x" * 128, nina="y" * 128), "y" * 128))
    for table in opened.page.locator(".wide").all():
        assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_ids_are_shown_not_run(show: Open) -> None:
    """An id full of signs of HTML is text in the picture, in tooltips and in tables."""
    hostile = "<img src=x onerror=alert(1)>\"'&"
    opened = show(ego_page(made_run(nina=hostile), hostile))
    assert opened.said == []
    assert opened.count("img") == 0
    assert opened.page.locator("g.node").first.get_attribute("data-account") == hostile


def test_the_same_run_gives_the_same_bytes() -> None:
    """Drawing twice, and drawing from rows in another order, gives the same page."""
    run, turned = hub(50), hub(50)
    turned.tables["ties"] = turned.table("ties").take(list(range(len(turned.table("ties"))))[::-1])
    assert ego_page(run, "nina") == ego_page(run, "nina") == ego_page(turned, "nina")


def test_wrong_hops_are_refused() -> None:
    """Only one, two or three rings can be read."""
    with pytest.raises(UsageError, match="--hops must be 1, 2 or 3; got 4"):
        ego(made_run(), "nina", 4)


def test_the_middle_is_the_analysts_card() -> None:
    """The page's card is the analyst's card, to the last field."""
    run = town()
    assert ego(run, "nina").card == analyst_card(Shelf(run), Policy.of(run.manifest), "nina")


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    """`renmai ego` writes the page of the current run and names the file; an unknown account is a sentence."""
    run, out = town(), tmp_path / "ego.html"
    runs = ["--runs", str(run.path.parent), "--run", run.id]
    result = CliRunner().invoke(app, ["ego", "nina", "--hops", "2", "--out", str(out), *runs])
    assert (result.exit_code, result.output.strip()) == (0, str(out))
    assert out.read_text(encoding="utf-8") == ego_page(run, "nina")
    failed = CliRunner().invoke(app, ["ego", "nobody", "--out", str(tmp_path / "none.html"), *runs])
    assert isinstance(failed.exception, UsageError)
    assert not (tmp_path / "none.html").exists()


def test_a_rule_that_names_nobody_does_not_say_that_no_credit_flows(show: Open) -> None:
    """Under `association` nothing is known of a tie's contribution: it is blank, not 0, and the page says why."""
    run = made_run()
    run.manifest["rule"] = "association"
    run.tables["contributions"] = run.table("contributions").slice(0, 0)
    found, text = ego(run, "nina"), ego_page(run, "nina")
    opened = show(text)
    rows = [row.split("\t") for row in opened.page.locator("#table-ties tbody tr").all_inner_texts()]
    assert {(row[2], row[6], row[7]) for row in rows} == {("not told", "", "")}
    assert len(rows) == len(found.ties) == opened.count("g.edge path.still") > 0
    assert "but not by whom" in text
    assert "no credit flows" not in text
    assert "credit flows along 0" not in text


def test_a_neutral_run_says_that_nothing_counts() -> None:
    """Where connections count in no score, points are 0 and the page says so."""
    run = made_run()
    run.manifest["config"]["score"]["connections"] = False
    scores = run.table("scores").to_pylist()
    for row in scores:
        row["connections"] = row["tabular"]
    run.tables["scores"] = pa.Table.from_pylist(scores)
    assert {tie.points for tie in ego(run, "nina").ties} <= {0.0}
    assert "This run is neutral" in ego_page(run, "nina")
    assert "This run is neutral" not in ego_page(made_run(), "nina")
