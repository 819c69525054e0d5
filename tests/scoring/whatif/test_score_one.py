"""Is a new applicant's score that of a whole run with the applicant added, for everybody and to the bit?"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from loaders.errors import ContractError, UnavailableError, UsageError
from scoring.config import Config
from scoring.whatif.application import read_application
from scoring.whatif.placing import place, score_one
from scoring.whatif.records import Rules
from scoring.whatif.sample import SAMPLE, sample_text
from tests.portfolios import AS_OF
from tests.scoring.whatif.whole_runs import Frames, Portfolio, assert_same, dense

Said = dict[str, Any]
SOURCES = ("ecommerce", "finance", "public_records", "supplied", "connections")


def applicant(portfolio: Portfolio, seed: int, name: str = "h13x", count: int | None = None) -> Said:
    """A random applicant with payments to and fro, refunds, other currencies, late rows, chats and outcomes."""
    dice = random.Random(seed)
    others = dice.sample(sorted(portfolio.known.accounts["account_id"].to_pylist()), 4)
    relations: list[Said] = []
    for number in range(dice.choice([0, 40, 120]) if count is None else count):
        there, away = dice.choice(others), dice.random() < 0.4
        kind = dice.choice(["transfer", "transfer", "pay_on_behalf", "chat", "purchase"])
        at = AS_OF - timedelta(days=dice.randrange(-5, 400), seconds=dice.randrange(86400))
        row = {
            "relation_id": f"n{number:04d}", "kind": kind, "at": at.isoformat(),
            "from_id": name if away else there, "to_id": there if away else name,
        }  # fmt: skip
        if kind != "chat":
            row |= {"amount": f"{dice.randrange(1, 900000) / 100:.2f}", "currency": dice.choice(["CNY", "CNY", "USD"])}
        relations.append(row)
        if kind == "transfer" and dice.random() < 0.2:
            back = {"from_id": row["to_id"], "to_id": row["from_id"], "relation_id": f"n{number:04d}b"}
            relations.append(row | back | {"reverses": row["relation_id"], "amount": "0.01",
                                           "at": (at + timedelta(hours=1)).isoformat()})  # fmt: skip
    days = sorted({row["at"][:10] for row in relations if row.get("currency") == "USD"})
    profile = {"credit_history": dice.random(), "identity": 0.75, "history_months": dice.choice([0, 4, 90, ""])}
    return {
        "account_id": name,
        "holder_id": name + "h",
        "opened_on": dice.choice(["2024-02-29", "", "2025-12-31"]),
        "profile": profile | {"spending_scale": dice.choice(["", 70000])},
        "consents": {source: dice.random() < 0.9 for source in SOURCES},
        "relations": relations,
        "outcomes": [{"kind": "overdue", "severity": 0.4, "at": "2025-06-01T00:00:00Z"}] * dice.choice([0, 1]),
        "rates": [{"currency": "USD", "on": day, "rate": "7.123456"} for day in days],
    }


def added(portfolio: Portfolio, said: Said) -> Frames:
    """The portfolio's tables with the applicant in them."""
    account = said["account_id"]
    holder = said.get("holder_id", account)
    rows: dict[str, list[Said]] = {
        "accounts": [{"account_id": account, "holder_id": holder, "kind": "person", "opened_on": said["opened_on"]}],
        "profiles": [{"account_id": account, **{key: _text(value) for key, value in said["profile"].items()}}],
        "relations": said["relations"],
        "consents": [
            {"account_id": account, "source": source, "granted": _text(granted), "at": AS_OF.isoformat()}
            for source, granted in (said.get("consents") or {}).items()
        ],
        "outcomes": [{"account_id": account, **{k: _text(v) for k, v in one.items()}} for one in said["outcomes"]],
        "rates": said["rates"],
    }
    frames = {}
    for name, frame in portfolio.frames.items():
        more = pd.DataFrame(rows[name], columns=frame.columns if not rows[name] else None).astype(str)
        frames[name] = pd.concat([frame, more[[c for c in more if c != "disputed"]]]).fillna("").replace("nan", "")
    frames["rates"] = frames["rates"].drop_duplicates(["currency", "on"], keep="first")
    return frames


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read(portfolio: Portfolio, said: Said):
    known = frozenset(portfolio.known.accounts["account_id"].to_pylist()).__contains__
    return read_application(said, Rules(), known, "applicant")


def same_rates(portfolio: Portfolio, said: Said) -> Said:
    """A rate that the portfolio has already is the portfolio's."""
    table = portfolio.frames["rates"]
    known = {(row.currency, row.on): row.rate for row in table.itertuples()}
    return said | {
        "rates": [one | {"rate": known.get((one["currency"], one["on"]), one["rate"])} for one in said["rates"]]
    }


@pytest.mark.parametrize("seed", range(10))
def test_an_applicant_is_scored_as_in_a_whole_run(town: Portfolio, seed: int) -> None:
    """Own evidence, ties both ways, budgets, distress and everyone who moves: as in a run with the applicant."""
    said = same_rates(town, applicant(town, seed))
    asked = read(town, said)
    _, after, at = place(town.known, asked, asked.relations)
    assert after.state.assessment.holders[at].as_py() == "h13xh"
    assert_same(town.whole(added(town, said)), after, town.known.config)


@pytest.mark.parametrize("seed", range(3))
def test_an_applicant_with_features_is_scored_as_in_a_whole_run(simulated: Portfolio, seed: int) -> None:
    """Features are read by the run's scorecard; those not told are missing, as in the run's own table."""
    said = same_rates(simulated, applicant(simulated, seed, "a0000150x"))
    features = {"on_time_rate": 0.97, "worst_days_overdue": 3, "degree": 2, "home": True, "mean_balance": 450000}
    said["profile"] = {**features, "return_rate": "0.03", "history_months": 5, "spending_scale": 90000}
    asked = read(simulated, said)
    _, after, _ = place(simulated.known, asked, asked.relations)
    assert_same(simulated.whole(added(simulated, said)), after, simulated.known.config)


def test_under_association_an_applicant_is_scored_as_in_a_whole_run(tmp_path: Path) -> None:
    """The challenger's rule solves everything anew, with the applicant in it."""
    other = dense(tmp_path, rule="association", relations=900)
    said = same_rates(other, applicant(other, 2))
    asked = read(other, said)
    _, after, _ = place(other.known, asked, asked.relations)
    assert_same(other.whole(added(other, said)), after, other.known.config)


def test_what_is_disputed_is_left_out_and_both_results_are_told(town: Portfolio) -> None:
    """Without the disputed relations, and with them: each the result of the same applicant without the mark."""
    said = same_rates(town, applicant(town, 1, count=80))
    fair = said["relations"][:-30]
    marked = said | {"relations": [*fair, *(one | {"disputed": True} for one in said["relations"][-30:])]}
    found = score_one(town.known, marked)
    assert len(found.disputed) == 30
    assert found.result == score_one(town.known, said | {"relations": fair}).result
    assert found.with_disputed == score_one(town.known, said).result
    assert found.relations["disputed"] == 30


def test_the_sample_works_in_the_town(tmp_path: Path) -> None:
    """What `renmai score-one --example` prints can be scored in the town that `renmai init` writes."""
    import loaders
    import scoring
    from loaders.town import town as tables

    made = scoring.run(loaders.load(**tables()), as_of=AS_OF, runs=tmp_path / "runs", config=Config())
    file = tmp_path / "lena.json"
    file.write_text(sample_text(), encoding="utf-8")
    found = score_one(made, file)
    assert found == score_one(made, SAMPLE)
    assert (found.result.received, found.disputed) == (1, ("x-7",))
    assert found.result.card.lift > 0
    assert {one.holder_id for one in found.result.movers} <= {"nina"}
    assert json.loads(json.dumps(found.to_dict()))["result"]["card"]["score"] == found.result.card.score


def transfer(**changes: Any) -> Said:
    row = {"relation_id": "r1", "kind": "transfer", "from_id": "h01.0", "to_id": "new", "amount": "10.00",
           "currency": "CNY", "at": "2025-12-01T00:00:00Z"}  # fmt: skip
    return {"account_id": "new", "relations": [row | changes]}


@pytest.mark.parametrize(
    ("said", "reason", "sentence"),
    [
        ({}, "account_id_empty", "account_id is missing"),
        ({"account_id": 5}, "id_charset", "account_id is 5"),
        ({"account_id": "new", "profil": {}}, "header", "field 'profil' is not known; did you mean 'profile'"),
        ({"account_id": "new", "kind": "merchant"}, "kind_unknown", "only persons have a score"),
        ({"account_id": "new", "opened_on": "2025-02-30"}, "ts_invalid", "opened_on is '2025-02-30'"),
        ({"account_id": "new", "profile": {"on_tim": 1}}, "header", "'on_tim' is no feature"),
        ({"account_id": "new", "profile": {"degree": 9}}, "value_range", "degree is 9; allowed is 0 to 4"),
        ({"account_id": "new", "profile": []}, "schema", "profile is a list; allowed is an object"),
        ({"account_id": "new", "consents": {"finance": 1}}, "granted_format", "consents.finance is 1"),
        ({"account_id": "new", "consents": {"moon": True}}, "source_unknown", "'moon'"),
        ({"account_id": "new", "relations": {}}, "schema", "relations is a dict; allowed is a list"),
        ({"account_id": "new", "outcomes": [{"kind": "default", "severity": 2, "at": "2025-01-01T00:00:00Z"}]},
         "severity_range", r"outcomes\[0\].severity is 2; allowed is 0 to 1"),
        (transfer(amount=10.5), "amount_format", r"relations\[0\].amount is 10.5, a float"),
        (transfer(amount="10.505"), "amount_scale", "at most 2 decimals"),
        (transfer(amount="-1"), "amount_negative", "amount is '-1'"),
        (transfer(amount=True), "amount_format", "amount is True"),
        (transfer(at="2025-12-01T00:00:00"), "ts_format", r"relations\[0\].at is '2025-12-01T00:00:00'"),
        (transfer(from_id="nobody"), "account_unknown", r"relations\[0\].from_id is 'nobody'"),
        (transfer(from_id="h02.0", to_id="h01.0"), "account_unknown", "neither from_id nor to_id"),
        (transfer(from_id="new"), "self_transfer", "another account than from_id"),
        (transfer(kind="tranfer"), "kind_unknown", "did you mean 'transfer'"),
        (transfer(currency="EUR"), "fx_missing", "give its rate of 2025-12-01 in rates"),
        (transfer(currency="XXX"), "currency_unknown", "an ISO 4217 code"),
        (transfer(color="red"), "header", r"relations\[0\]: field 'color' is not known"),
        (transfer(kind="chat"), "contact_with_money", "a contact has none"),
    ],
)  # fmt: skip
def test_every_field_is_judged_by_name(town: Portfolio, said: Said, reason: str, sentence: str) -> None:
    """A field that is not the contract's has the gate's reason and a sentence that says where and what."""
    with pytest.raises(ContractError, match=sentence) as refused:
        score_one(town.known, said)
    assert refused.value.reason == reason


def test_an_account_id_that_is_none_is_one_finding(town: Portfolio) -> None:
    """Its relations are not blamed for naming it."""
    said = transfer(to_id="a b")
    with pytest.raises(ContractError) as refused:
        score_one(town.known, said | {"account_id": "a b", "relations": said["relations"]})
    assert str(refused.value).count("'a b'") == 2  # the account and the relation's own id of it
    assert "scored in the run" not in str(refused.value)


def test_an_id_that_hides_something_is_refused_for_that() -> None:
    """A wide pattern lets it pass, the gate's rule against look-alikes does not."""
    with pytest.raises(ContractError, match="neither hides nor imitates anything"):
        read_application({"account_id": "a\u202eb"}, Rules(id_pattern=".+"), lambda _: True, "applicant")


def test_relations_are_judged_together(town: Portfolio) -> None:
    """An id twice and a reversal of too much or of something else are refused, all in one sentence."""
    one = transfer()["relations"][0]
    back = one | {"relation_id": "r2", "from_id": "new", "to_id": "h01.0", "reverses": "r1", "amount": "10.01"}
    wrong = back | {"relation_id": "r3", "amount": "1.00", "from_id": "h01.0", "to_id": "new"}
    with pytest.raises(ContractError) as refused:
        score_one(town.known, {"account_id": "new", "relations": [one, one, back, wrong]})
    for part in ("'r1' comes twice", "'r2' takes back more than is left of 'r1'", "'r3' does not fit 'r1'"):
        assert part in str(refused.value)


def test_who_is_in_the_run_is_no_applicant(town: Portfolio) -> None:
    """Accounts and holders of the run, and accounts opened later, are refused with what to do."""
    with pytest.raises(UsageError, match="`renmai what-if` is for it"):
        score_one(town.known, {"account_id": "h01.0"})
    with pytest.raises(UsageError, match="which all its accounts share"):
        score_one(town.known, {"account_id": "new", "holder_id": "h01"})
    with pytest.raises(UsageError, match="opened_on is 2026-01-02, after the run's as_of"):
        score_one(town.known, {"account_id": "new", "opened_on": "2026-01-02"})


def test_without_a_word_of_consent_nothing_is_read(town: Portfolio) -> None:
    """In a run that asks for consents no consents are none, and the result says so."""
    said = {name: value for name, value in same_rates(town, applicant(town, 1)).items() if name != "consents"}
    found = score_one(town.known, said)
    assert found.result.card.lift == 0
    assert "no word is no consent" in found.notes[0]
    asked = read(town, said)
    _, after, _ = place(town.known, asked, asked.relations)
    assert_same(town.whole(added(town, said)), after, town.known.config)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[1]", "must hold one JSON object"),
        ("{", "is not JSON"),
        ('{"account_id": "a", "account_id": "b"}', "'account_id' stands there twice"),
        ('{"account_id": "new", "profile": {"on_time_rate": NaN}}', "NaN is no number"),
        ('{"account_id": "new", "outcomes": [{"kind": "default", "severity": 1.50}]}', "severity is 1.50; allowed"),
        (json.dumps({**transfer(), "relations": [transfer(amount=1.25)["relations"][0]]}), "amount is 1.25, a float"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(town: Portfolio, tmp_path: Path, text: str, sentence: str) -> None:
    """What is no JSON object of known fields is refused with a sentence, money as a float too."""
    file = tmp_path / "applicant.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=sentence):
        score_one(town.known, file)


def test_a_file_that_is_not_there_is_told(town: Portfolio, tmp_path: Path) -> None:
    """A file that cannot be read is named."""
    with pytest.raises(UnavailableError, match=r"none\.json cannot be read"):
        score_one(town.known, tmp_path / "none.json")
