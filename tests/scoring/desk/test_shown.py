"""What does a notebook show of a run, its ties, its explanations? The pages' pictures, escaped and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

import scoring
from scoring.explanation.waterfall import waterfall
from scoring.pages.charts import distribution
from scoring.pages.charts import ego as around
from scoring.pages.charts import waterfall as falls
from scoring.pages.svg import picture
from tests.scoring.desk.conftest import HOSTILE

SHOWN: dict[str, Callable[[scoring.Run, str], Any]] = {
    "run": lambda run, _: run,
    "ties": lambda run, _: run.ties,
    "card": lambda run, who: run.explain(who),
    "ego": lambda run, who: run.ego(who),
}
ANSWERS: dict[str, Callable[[scoring.Run, str], Any]] = {
    "letter": lambda run, who: run.explain(who, audience="consumer"),
    "what if": lambda run, who: run.what_if(who, default=f'"&{who}', set={"history_months": 3}),
    "comparison": lambda run, _: run.compare(scoring.open(run.path.parent)),
    "evaluation": lambda run, who: run.evaluate(_late(who), draws=10),
    "attacks": lambda run, _: run.attack(attacks=["capture"], rules=["vouch"]),
}
each = pytest.mark.parametrize("name", SHOWN)


class Reader(HTMLParser):
    """Which elements, addresses and handlers stand in a piece of HTML?"""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += attrs


def shown(thing: Any) -> str:
    return str(thing._repr_html_())


def _late(who: str) -> pd.DataFrame:
    row = {"account_id": who, "kind": "default", "severity": "1", "at": "2026-05-01T00:00:00+00:00"}
    return pd.DataFrame([row])


@each
def test_each_shows_one_picture_and_a_table(run: scoring.Run, name: str) -> None:
    """One drawing with a title and a description in words, and the numbers beside it."""
    tags = Reader(shown(SHOWN[name](run, "nina"))).tags
    assert tags.count("svg") == 1
    assert {"title", "desc", "table"} <= set(tags)


@pytest.mark.parametrize("name", [*SHOWN, *ANSWERS])
def test_what_is_shown_runs_nothing_and_loads_nothing(hostile: scoring.Run, name: str) -> None:
    """Ids that hold markup are text; no script, no handler, no address of the network."""
    told = shown({**SHOWN, **ANSWERS}[name](hostile, HOSTILE))
    read = Reader(told)
    assert {"script", "iframe", "object", "img", "link", "foreignobject"} & set(read.tags) == set()
    assert [key for key, _ in read.found if key.startswith("on") or key in ("href", "src", "xlink:href")] == []
    addresses = re.findall(r"(?:https?:)?//[^\s\"']+", told)
    assert set(addresses) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", [*SHOWN, *ANSWERS])
def test_what_is_shown_can_stand_beside_anything(hostile: scoring.Run, name: str) -> None:
    """No id, so that one notebook may show it twice, and no head of a table without cells."""
    read = Reader(told := shown({**SHOWN, **ANSWERS}[name](hostile, HOSTILE)))
    assert [value for key, value in read.found if key == "id"] == []
    assert "<tr></tr>" not in told


@each
def test_the_same_run_shows_the_same_bytes(run: scoring.Run, name: str) -> None:
    """A second reader of the run sees the same to the byte."""
    again = scoring.open(run.path.parent)
    assert shown(SHOWN[name](again, "nina")) == shown(SHOWN[name](run, "nina"))


def test_a_notebook_shows_the_pictures_of_the_pages(run: scoring.Run) -> None:
    """Each drawing is the one that the page of the same thing holds."""
    card, ego = run.explain("nina"), run.ego("nina")
    assert picture(distribution(run.summary.histogram, run.summary.bands)) in shown(run)
    assert picture(falls(waterfall(card))) in shown(card)  # type: ignore[arg-type]
    assert picture(around(ego)) in shown(ego)


def test_a_letter_shows_its_words_and_no_one_else(run: scoring.Run) -> None:
    """The person scored sees score, reasons and how to dispute; no picture, no other id, no weight."""
    told = shown(run.explain("nina", audience="consumer"))
    assert "670" in told
    assert [other for other in ("sam", "<svg", "weight", "lift") if other in told] == []
    assert "670" in shown(run.explain("nina", audience="consumer", language="zh"))


def test_an_explanation_is_still_the_card_others_know(run: scoring.Run) -> None:
    """Only how it is shown is added: the same fields, equal to what the explanation itself gives."""
    from dataclasses import asdict

    from scoring.explanation import explain

    assert asdict(run.explain("nina")) == asdict(explain(run, "nina"))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "derive",
    [
        lambda ties: ties.query("v > 1"),
        lambda ties: ties.sort_values("v"),
        lambda ties: ties.copy(),
        lambda ties: ties.head(),
    ],
    ids=["filter", "sort", "copy", "head"],
)
def test_what_is_derived_from_ties_is_a_plain_dataframe(run: scoring.Run, derive: Callable[[Any], Any]) -> None:
    """A part of the ties shows itself as rows, not with the picture of all of them."""
    assert type(derive(run.ties)) is pd.DataFrame


def test_an_empty_run_shows_itself(run: scoring.Run) -> None:
    """Nobody and no tie is a picture too."""
    from loaders.town import AS_OF, town

    nobody = {name: frame[:0] for name, frame in town().items()}
    empty = scoring.run(**nobody, as_of=AS_OF, allow_empty=True)
    assert (len(empty.scores), len(empty.ties)) == (0, 0)
    assert shown(empty).count("<svg") == shown(empty.ties).count("<svg") == 1
    assert len(empty.to_networkx()) == 0


def test_a_rule_that_names_nobody_shows_no_contributions() -> None:
    """Under `association` who lifts whom is not told: the cells are blank, not 0."""
    from loaders.town import AS_OF, town

    told = shown(scoring.run(**town(), as_of=AS_OF, rule="association").ego("nina"))
    assert "whether credit flows is not told by this rule" in told
    assert "<td></td><td></td></tr>" in told
