"""Is a what-if the score of a whole run whose input was changed accordingly, for everybody and to the bit?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from loaders.contract import CREDIT_KINDS
from loaders.errors import ContractError, UsageError
from scoring.batch.job import run
from scoring.config import Config
from scoring.whatif.asking import ask, what_if
from tests.portfolios import AS_OF
from tests.scoring.made_run import made_run
from tests.scoring.whatif.whole_runs import Portfolio, assert_same, dense, tables_of


def strongest(portfolio: Portfolio, count: int) -> list[tuple[str, str]]:
    """Pairs of payee and payer: the strongest ties."""
    graph = portfolio.known.graph
    ties = graph.ties
    order = np.argsort(-ties.v)[:count]
    return [(graph.holder_id(int(ties.payee[row])), graph.holder_id(int(ties.payer[row]))) for row in order]


def without_payments(portfolio: Portfolio, one: str, other: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    accounts = portfolio.frames["accounts"]
    owner = dict(zip(accounts.account_id, accounts.holder_id, strict=True))

    def change(relations: pd.DataFrame) -> pd.DataFrame:
        pairs = zip(relations.from_id.map(owner), relations.to_id.map(owner), strict=True)
        between = np.array([set(pair) == {one, other} for pair in pairs])
        return relations[~(between & relations.kind.isin(CREDIT_KINDS).to_numpy())]

    return change


def with_outcome(account: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    row = {"account_id": account, "kind": "default", "severity": "1", "at": AS_OF.isoformat()}
    return lambda outcomes: pd.concat([outcomes, pd.DataFrame([row])])


def with_latest(who: str, values: dict[str, object]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Give a holder a profile row of the moment: its latest one with some values set."""

    def change(profiles: pd.DataFrame) -> pd.DataFrame:
        mine = profiles[profiles.account_id.str.startswith(who) & (pd.to_datetime(profiles.known_at) <= AS_OF)]
        row = mine.sort_values(["known_at", "account_id"], ascending=[False, True]).iloc[0].to_dict()
        row |= {"account_id": f"{who}.0", "known_at": AS_OF.isoformat()}
        return pd.concat([profiles, pd.DataFrame([row | {name: str(value) for name, value in values.items()}])])

    return change


@pytest.mark.parametrize("rank", range(6))
def test_without_a_tie_everyone_is_scored_as_if_the_payments_had_never_been(town: Portfolio, rank: int) -> None:
    """Both ways are gone, the payers' budgets with them, and every score is that of a run without the payments."""
    payee, payer = strongest(town, 6)[rank]
    answer = ask(town.known, payee, without_tie=payer)
    expected = town.whole(town.changed(relations=without_payments(town, payee, payer)))
    assert_same(expected, answer.after, town.known.config)
    assert answer.changes == (f"the ties between {payee} and {payer} are gone, in both directions",)


@pytest.mark.parametrize("who", ["h03", "h11", "h20", "h29"])
def test_a_default_is_an_outcome_of_severity_one_at_the_moment(town: Portfolio, who: str) -> None:
    """Who defaults passes on nothing, and those who paid it answer for it, as in a run with that outcome."""
    answer = ask(town.known, "h01", default=who)
    expected = town.whole(town.changed(outcomes=with_outcome(f"{who}.0")))
    assert_same(expected, answer.after, town.known.config)
    assert not answer.after.state.assessment.no_bad_record[town.known.graph.index(who)]


@pytest.mark.parametrize(
    "values",
    [
        {"history_months": "500"},
        {"history_months": 0},
        {"credit_history": "0.9"},
        {"identity": 0.125, "behaviour": "0", "history_months": 3},
    ],
)
@pytest.mark.parametrize("who", ["h02", "h17"])
def test_a_ready_made_dimension_and_the_months_are_set_as_in_the_profile(
    town: Portfolio, who: str, values: dict[str, object]
) -> None:
    """n, z, e, b and all that follows for others: as in a run whose latest profile says so."""
    answer = ask(town.known, who, set=values)
    used = {name: value for name, value in values.items() if not any(name in note for note in answer.notes)}
    expected = town.whole(town.changed(profiles=with_latest(who, used)))
    assert_same(expected, answer.after, town.known.config)


@pytest.mark.parametrize(
    "values",
    [
        {"on_time_rate": "0.2"},
        {"on_time_rate": 0.999, "worst_days_overdue": 0, "history_months": 3},
        {"degree": 3, "work_email": "true", "home": True, "return_rate": "0.4"},
        {"mean_balance": "0", "court_enforcements": 2},
    ],
)
def test_features_are_set_as_in_the_profile(simulated: Portfolio, values: dict[str, object]) -> None:
    """The scorecard reads the dimension again; where consent is withheld nothing changes, and it says so."""
    holders = simulated.known.graph.holders.to_pylist()
    accounts = simulated.frames["accounts"].set_index("account_id").holder_id
    for who in holders[3:200:66]:
        answer = ask(simulated.known, who, set=values)

        def change(profiles: pd.DataFrame, who: str = who) -> pd.DataFrame:
            mine = profiles.account_id.map(accounts).fillna(profiles.account_id) == who
            for name, value in values.items():
                profiles.loc[mine, name] = str(value).lower()
            return profiles

        assert_same(simulated.whole(simulated.changed(profiles=change)), answer.after, simulated.known.config)
        assert len(answer.changes) + len(answer.notes) == len(values)


def test_changes_go_together(town: Portfolio) -> None:
    """A tie left out, a value set and a default at once are those of a run with all three changes."""
    payee, payer = strongest(town, 1)[0]
    answer = ask(town.known, payee, without_tie=payer, set={"behaviour": 0.25}, default="h05")
    frames = town.changed(
        relations=without_payments(town, payee, payer),
        profiles=with_latest(payee, {"behaviour": 0.25}),
        outcomes=with_outcome("h05.0"),
    )
    assert_same(town.whole(frames), answer.after, town.known.config)
    assert (len(answer.changes), answer.notes) == (3, ())


def test_a_published_run_with_the_constants_of_the_base_says_the_same(town: Portfolio, tmp_path: Path) -> None:
    """`constants = "<base run>"` on the changed input: the same scores, the account's and those of all who move."""
    payee, payer = strongest(town, 1)[0]
    frames = town.changed(relations=without_payments(town, payee, payer))
    config = Config(constants=town.known.run.id)
    again = run(tables_of(frames), as_of=AS_OF, runs=town.runs, config=config, force=True)
    found = what_if(town.known.run, payee, without_tie=payer, top=None)
    old, new = (dict(zip(r.scores.holder_id, r.scores.score, strict=True)) for r in (town.known.run, again))
    expected = {who: new[who] - old[who] for who in old if new[who] != old[who] and who != payee}
    assert {one.holder_id: one.change for one in found.movers} == expected
    assert (found.before.score, found.after.score) == (old[payee], new[payee])
    assert found.others == len(expected)


def test_the_answer_before_is_the_run_itself(town: Portfolio) -> None:
    """Score, band, points, lift and distress before are those of the run's tables."""
    scores = town.known.run.scores.drop_duplicates("holder_id").set_index("holder_id")
    standing = town.known.run.standing.set_index("holder_id")
    for who in town.known.graph.holders.to_pylist()[::7]:
        card = what_if(town.known, who, set={"identity": 0.5}).before
        assert (card.score, card.band) == (scores.score[who], scores.band[who])
        assert list(card.points.values()) == scores.filter(like="points_").loc[who].tolist()
        assert (card.lift, card.distress) == (standing.lift[who], standing.distress[who])


def test_under_association_everything_is_solved_anew(tmp_path: Path) -> None:
    """The challenger moves everybody, so it is solved as a whole, with the result of a whole run."""
    other = dense(tmp_path, rule="association", relations=900)
    payee, payer = strongest(other, 1)[0]
    answer = ask(other.known, payee, without_tie=payer)
    expected = other.whole(other.changed(relations=without_payments(other, payee, payer)))
    assert_same(expected, answer.after, other.known.config)
    assert answer.after.work.full


def test_less_than_everything_is_solved(simulated: Portfolio) -> None:
    """One value of one holder solves a few rows of the run, not all."""
    found = what_if(simulated.known, simulated.known.graph.holder_id(9), set={"history_months": 90})
    assert 0 < found.work.rows < found.work.holders / 10


def test_withheld_consent_makes_a_value_change_nothing(simulated: Portfolio) -> None:
    """Setting a feature that may not be read says that consent is withheld, and no score moves."""
    bins = simulated.known.assessment.bins.to_pandas()
    who = bins.holder_id[bins.on_time_rate == -2].iloc[0]
    found = what_if(simulated.known, who, set={"on_time_rate": 1})
    assert found.notes == (f"on_time_rate of {who} changes nothing: consent for finance is withheld",)
    assert (found.changes, found.before, found.others) == ((), found.after, 0)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"spending_scale": 5}, "spending_scale cannot be set"),
        ({"on_time_rat": 1}, "'on_time_rat' is no feature; did you mean 'on_time_rate'"),
        ({"on_time_rate": "1.5"}, "on_time_rate is 1.5; allowed is 0 to 1"),
        ({"home": "perhaps"}, "home is 'perhaps'; allowed is true or false"),
        ({"degree": "1.5"}, "degree is '1.5'; allowed is a whole number from 0 to 4"),
        ({"mean_balance": "nan"}, "mean_balance is 'nan'; allowed is a whole number of minor units"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(
    simulated: Portfolio, values: dict[str, object], sentence: str
) -> None:
    """The sentence names the feature, what was found and what is allowed."""
    with pytest.raises((ContractError, UsageError), match=sentence.replace("?", r"\?")):
        what_if(simulated.known, simulated.known.graph.holder_id(0), set=values)


def test_what_cannot_be_asked_is_refused(town: Portfolio) -> None:
    """An unknown account, a tie that is none and no change at all each have their sentence."""
    with pytest.raises(UsageError, match="account 'nobody' has no score in run"):
        what_if(town.known, "nobody", default="h01")
    with pytest.raises(UsageError, match="nothing is changed"):
        what_if(town.known, "h01")
    with pytest.raises(UsageError, match="there is no tie between h01 and h01"):
        what_if(town.known, "h01", without_tie="h01")
    with pytest.raises(UsageError, match="this run read no features of behaviour"):
        what_if(town.known, _without_cell(town, "behaviour"), set={"return_rate": 0.1})


def test_a_run_that_keeps_too_little_is_refused_with_a_sentence() -> None:
    """A run of an earlier version can be read, but nothing can be worked out from it anew."""
    with pytest.raises(UsageError, match="does not keep consents and scales"):
        what_if(made_run(), "nina", default="sam")  # type: ignore[arg-type]


def _without_cell(town: Portfolio, dimension: str) -> str:
    """Somebody of whom nothing of the dimension is known, consent given."""
    place = ("credit_history", "ability", "behaviour", "identity").index(dimension)
    return town.known.graph.holder_id(int(np.flatnonzero(town.known.assessment.origin[:, place] == 2)[0]))
