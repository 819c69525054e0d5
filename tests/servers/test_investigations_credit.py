"""Do the questions about credit, ties and exposure get, on each server, the answer that pandas and NetworkX give?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from graph.inquiry.ask import ask
from graph.inquiry.catalog import load_query
from graph.inquiry.frames import fill
from graph.stores.connection import Connection, connect
from graph.stores.published import published
from graph.stores.publishing import publish
from graph.stores.settings import StoreSettings
from scoring.publishing import publication_of
from tests.servers.conftest import wipe
from tests.servers.investigations import bonds, credit, exposure
from tests.servers.investigations.answers import assert_same
from tests.servers.investigations.data import fill_database
from tests.servers.investigations.runs import Portfolio, finbench, small_town

ALL = 10_000
PEOPLE = {
    "small_town": ("nina", "sam", "tom-2", "vera", "bob", "ann", "acme", "nobody"),
    "finbench": (
        *("person:19791209301501", "person:13194139534819", "person:10995116279280", "company:5497558139550"),
        *("4632233691727269652", "4793518853382475502", "person:1", "nobody"),
    ),
}
PAIRS = {
    "small_town": (("nina", "bob"), ("rita", "rob"), ("vera", "nobody")),
    "finbench": (("person:19791209301501", "person:13194139534819"), ("person:1", "nobody")),
}


@dataclass(frozen=True)
class Case:
    """A portfolio beside the database that holds it, with both of its runs published."""

    name: str
    portfolio: Portfolio
    reader: Connection

    def ask(self, question: str, **given: Any) -> list[tuple[Any, ...]]:
        asked = load_query(question)
        return ask(self.reader, asked.text, fill(asked, given)).rows

    def whole(self, question: str, **given: Any) -> list[tuple[Any, ...]]:
        """All rows, without the column that says whether there are more."""
        rows = self.ask(question, limit=ALL, **given)
        assert not any(row[-1] for row in rows)
        return [row[:-1] for row in rows]


@pytest.fixture(scope="module")
def portfolios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Portfolio]:
    made = (small_town, finbench)
    return {make.__name__: make(tmp_path_factory.mktemp(make.__name__)) for make in made}


@pytest.fixture(scope="module", params=["small_town", "finbench"])
def case(request: pytest.FixtureRequest, server: StoreSettings, portfolios: dict[str, Portfolio]) -> Iterator[Case]:
    portfolio = portfolios[request.param]
    runs = (portfolio.before, portfolio.now)
    with connect(server) as connection:
        if {row["id"] for row in published(connection)} - {run.id for run in runs}:
            wipe(connection)
        fill_database(connection, portfolio, wipe)
        for run in runs:
            publish(connection, publication_of(run))
    with connect(server, reader=True) as reader:
        yield Case(request.param, portfolio, reader)


def test_who_lifts_gives_the_numbers_of_explain(case: Case) -> None:
    """Supporters, standings, shares, contributions and points are those of the analyst's card, to the bit."""
    answers = [case.ask("who-lifts", id=name) for name in PEOPLE[case.name]]
    assert answers == [credit.who_lifts(case.portfolio, name) for name in PEOPLE[case.name]]
    assert any(answers)
    assert not all(answers)


def test_an_account_stands_for_its_holder_in_who_lifts(case: Case) -> None:
    """Everyone lifted has the same supporters by each of its account ids and by its holder id."""
    lifted = case.portfolio.now.contributions.holder_id.value_counts().index[:5]
    for holder in lifted:
        answers = [case.ask("who-lifts", id=name) for name in (holder, *case.portfolio.accounts_of(holder))]
        assert answers == [credit.who_lifts(case.portfolio, holder)] * len(answers)


def test_standing_reach_is_the_paths_of_explain_seen_from_their_source(case: Case) -> None:
    """What reaches whom, directly and one step further, is what splitting each reached lift gives this holder."""
    answers = [case.whole("standing-reach", id=name) for name in PEOPLE[case.name]]
    for name, answer in zip(PEOPLE[case.name], answers, strict=True):
        assert_same(answer, credit.standing_reach(case.portfolio, name))
    steps = {row[0] for answer in answers for row in answer}
    assert steps == ({1} if case.name == "small_town" else {1, 2})


def test_score_change_lays_the_ties_of_two_runs_side_by_side(case: Case) -> None:
    """Both scores, and each tie received or sent whose strength or contribution changed."""
    for name in PEOPLE[case.name]:
        for least in (0.0, 0.5):
            answer = case.whole("score-change", id=name, least=least)
            assert_same(answer, credit.score_change(case.portfolio, name, least))


def test_score_change_between_the_same_run_is_none(case: Case) -> None:
    """A run compared with itself gives the score twice and no tie."""
    run, name = case.portfolio.now.id, PEOPLE[case.name][0]
    (row,) = case.whole("score-change", id=name, run=run, before=run)
    assert (row[0], row[2]) == (row[1], row[3])
    assert row[4:] == (None,) * 6


def test_sudden_ties_names_whose_score_rose_after_new_ties(case: Case) -> None:
    """Payees of ties that the earlier run did not know and that lift them, with a rise of the score."""
    for rise in (1, 60):
        assert_same(case.whole("sudden-ties", rise=rise), credit.sudden_ties(case.portfolio, rise))
    assert case.name == "small_town" or case.whole("sudden-ties")


def test_band_statistics_are_those_of_pandas(case: Case) -> None:
    """Counts, percentiles and means of each band and of all."""
    assert_same(case.ask("band-statistics"), credit.band_statistics(case.portfolio))


def test_a_published_run_can_be_asked_for_by_name(case: Case) -> None:
    """With ``run`` the answer is that of the earlier run; of a run that is not there nothing is known."""
    earlier = replace(case.portfolio, now=case.portfolio.before)
    assert_same(case.ask("band-statistics", run=earlier.now.id), credit.band_statistics(earlier))
    for name in PEOPLE[case.name]:
        assert case.ask("who-lifts", id=name, run=earlier.now.id) == credit.who_lifts(earlier, name)
    assert case.ask("band-statistics", run="20990101-0000000000000000") == []


def test_many_accounts_counts_the_accounts_of_each_holder(case: Case) -> None:
    """Holders, their kinds, their accounts and days of opening, and their scores."""
    for least in (2, 3):
        assert_same(case.whole("many-accounts", least=least), credit.many_accounts(case.portfolio, least))
    assert case.whole("many-accounts", least=2)


def test_mutual_boosting_finds_the_cliques_of_strong_ties_both_ways(case: Case) -> None:
    """Pairs and triples are the cliques of the graph of mutual ties."""
    for strong in (0.0, 1.0):
        answer = case.whole("mutual-boosting", strong=strong)
        assert_same(answer, bonds.mutual_boosting(case.portfolio, strong))
    assert case.whole("mutual-boosting", strong=0.0)


def test_one_sided_ties_have_little_the_other_way(case: Case) -> None:
    """Strong ties whose other side is at most so strong."""
    for strong, back in ((1.0, 0.1), (0.5, 0.5)):
        answer = case.whole("one-sided-ties", strong=strong, back=back)
        assert_same(answer, bonds.one_sided_ties(case.portfolio, strong, back))
        assert answer


def test_dormant_ties_ended_long_ago(case: Case) -> None:
    """Ties of many payments, the last of them so many days before the run."""
    for days, payments in ((180, 6), (5, 6)):
        answer = case.whole("dormant-ties", days=days, payments=payments)
        assert_same(answer, bonds.dormant_ties(case.portfolio, days, payments))
    assert answer


def test_bridges_have_ties_into_both_circles(case: Case) -> None:
    """Who touches both circles, with how many ties and how strongly."""
    for left, right in PAIRS[case.name]:
        for strong in (0.0, 0.3):
            answer = case.whole("bridges", left=left, right=right, strong=strong)
            assert_same(answer, bonds.bridges(case.portfolio, left, right, strong))


def test_bad_exposure_names_the_nearest_bad_accounts(case: Case) -> None:
    """The nearest accounts in default or blocked within 3 steps, with what was paid either way."""
    answers = [case.whole("bad-exposure", id=name) for name in PEOPLE[case.name]]
    for name, answer in zip(PEOPLE[case.name], answers, strict=True):
        assert_same(answer, exposure.bad_exposure(case.portfolio, name))
    assert any(answers)
    assert not all(answers)


def test_common_blocked_source_names_who_else_was_paid(case: Case) -> None:
    """Other accounts paid by the blocked accounts that paid this holder."""
    answers = [case.whole("common-blocked-source", id=name) for name in PEOPLE[case.name]]
    for name, answer in zip(PEOPLE[case.name], answers, strict=True):
        assert_same(answer, exposure.common_blocked_source(case.portfolio, name))
    assert any(answers) is (case.name == "finbench")


def test_guarantee_chain_adds_up_what_a_holder_stands_in_for(case: Case) -> None:
    """Each link down to 4 steps, and what all links so far add up to."""
    standing_in = case.portfolio.known("guarantee", "pay_on_behalf").from_id.value_counts().index[:5]
    names = (*PEOPLE[case.name], *standing_in)
    answers = [case.whole("guarantee-chain", id=name) for name in names]
    for name, answer in zip(names, answers, strict=True):
        assert_same(answer, exposure.guarantee_chain(case.portfolio, name))
    assert any(answers)


@pytest.mark.parametrize("question", ["one-sided-ties", "many-accounts", "dormant-ties"])
def test_a_cap_that_bites_is_said_in_every_row(case: Case, question: str) -> None:
    """With a limit of 1 the answer is the first of all rows, and says that there are more."""
    given = {"one-sided-ties": {"strong": 0.5}, "many-accounts": {"least": 1}, "dormant-ties": {"days": 5}}[question]
    first, *_ = case.whole(question, **given)
    assert case.ask(question, limit=1, **given) == [(*first, True)]
