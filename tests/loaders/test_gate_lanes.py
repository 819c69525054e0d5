"""Does the quick lane say what the checks in SQL say?"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from gate_data import RELATIONS_HEADER, relation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from loaders import LoadSettings, Tables, fingerprint
from loaders.gate.passage import passed
from loaders.reader import openers
from loaders.readers.source import sources
from loaders.tables import plain

IDS = ("A", "B", "C", "D.e:f-1", "x" * 64)
few = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
GOOD_TIMES = (
    *("2025-01-05T08:00:00+08:00", "2025-01-04T00:00:00Z", "2025-01-04 00:00Z", "2025-01-06T01:02:03.5-05:30"),
    *("2025-01-05T00:00:00.000001Z", "1990-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2100-12-31T23:59:59.999999Z"),
)
ODD_TIMES = (
    *("2025-01-05T00:00:00", "2025-02-29T00:00:00Z", "1989-12-31T23:00:00Z", "2101-01-01T00:00:00Z", ""),
    *("2025-01-05T24:00:00Z", "2025-01-05T00:00:60Z", "2025-01-05T00:00:00.1234567Z", "20250105T000000Z"),
    *("2025-01-05T00:00:00+24:00", "2101-01-01T00:30:00+01:00", "1989-12-31T23:30:00-01:00", "2025-1-5T00:00:00Z"),
)
GOOD_AMOUNTS = ("1", "1.00", "0.5", "0.50", "12345.67", "999999999999999", "007", "100")
ODD_AMOUNTS = (
    *(
        "1.005",
        '"1,00"',
        "1.234",
        '"1.234,56"',
        "-1",
        "-0",
        "0",
        "0.00",
        "1e3",
        "1E16",
        "",
        "1000000000000000",
        ".5",
        "5.",
    ),
    *("+5", " 5", "1_000", "٣", "1" * 40, "1.0000", "1.50"),
)
GOOD_KINDS = ("transfer", "purchase", "pay_on_behalf", "refund")
ODD_KINDS = ("chat", "P2P", "TRANSFER", "", "gift", "friend")
ODD_IDS = ("Z", "", "A ", "a" * 65, "-A", "Ä", "A\tB")
CURRENCIES = ("CNY", "CNY", "CNY", "JPY", "USD", "BHD")
ODD_CURRENCIES = ("", "cny", "XXX", "XAU", "ABC")
RATES = "currency,on,rate\n" + "".join(f"JPY,2025-01-{day:02},0.05\nBHD,2025-01-0{day},19\n" for day in range(1, 9))


def one(draw: random.Random, good: Sequence[str], odd: Sequence[str], share: float) -> str:
    return draw.choice(odd) if draw.random() < share else draw.choice(good)


def log(draw: random.Random, rows: int, share: float) -> list[str]:
    """Lines of relations in which a share of the fields is odd, and ids, reversals and parties meet often."""
    said = []
    for number in range(rows):
        src, dst = one(draw, IDS, ODD_IDS, share), one(draw, IDS, ODD_IDS, share)
        kind = one(draw, GOOD_KINDS, ODD_KINDS, share)
        contact = kind in ("chat", "friend") and draw.random() > share
        own = draw.choice([f"r{number}", f"r{number}", f"r{draw.randrange(rows)}", one(draw, ["q"], ODD_IDS, share)])
        said.append(
            relation(
                own,
                kind=kind,
                src=src,
                dst=dst,
                amount="" if contact else one(draw, GOOD_AMOUNTS, ODD_AMOUNTS, share),
                currency="" if contact else one(draw, CURRENCIES, ODD_CURRENCIES, share),
                at=one(draw, GOOD_TIMES, ODD_TIMES, share),
                reverses=draw.choice(["", "", "", f"r{draw.randrange(rows)}", one(draw, [""], ODD_IDS, share)]),
            )
        )
        if draw.random() < 0.2:
            said.append(back(draw, said[-1]))
        if draw.random() < 0.1:
            said.append(draw.choice(said))
    draw.shuffle(said)
    return said


def back(draw: random.Random, line: str) -> str:
    """A line that takes another one back, mostly as it should."""
    own, kind, src, dst, amount, currency, _, _ = line.split(",") if line.count(",") == 7 else relation().split(",")
    amount = draw.choice([amount, "0.5", "1"])
    return relation(f"b{own}", kind=kind, src=dst, dst=src, amount=amount, currency=currency, reverses=own)


def others(draw: random.Random, rows: int, share: float) -> dict[str, str]:
    """Other tables, as odd."""
    number = lambda: one(draw, ["0.5", "1", "0", "0.25", "1e-3", ""], ["-0.0", "1.1", "-1", "x", "nan", '"1,5"'], share)  # noqa: E731
    whole = lambda: one(draw, ["0", "3", "12.0", "200", ""], ["-1", "3.5", "x", "9" * 20, "1e2"], share)  # noqa: E731
    flag = lambda: one(draw, ["true", "false"], ["TRUE", "1", "", "yes"], share)  # noqa: E731
    when = lambda: one(draw, GOOD_TIMES, ODD_TIMES, share)  # noqa: E731
    who = lambda: one(draw, IDS, ODD_IDS, share)  # noqa: E731
    profiles = [f"{who()},{when()},{number()},{whole()},{flag()},{whole()}" for _ in range(rows)]
    consents = [
        f"{who()},{one(draw, ['finance', 'supplied'], ['x', ''], share)},{flag()},{when()}" for _ in range(rows)
    ]
    outcomes = [f"{who()},{one(draw, ['default', 'court'], ['x', ''], share)},{number()},{when()}" for _ in range(rows)]
    accounts = [
        f"{who()},{one(draw, ['h1', '', 'h2'], ODD_IDS, share)},person,2019-03-0{draw.randint(0, 3)}" for _ in range(3)
    ]
    good = [f"{name},,{draw.choice(['person', 'merchant'])},{draw.choice(['2019-03-01', ''])}" for name in IDS]
    headers = {
        "accounts": "account_id,holder_id,kind,opened_on",
        "profiles": "account_id,known_at,credit_history,degree,home,mean_balance",
        "consents": "account_id,source,granted,at",
        "outcomes": "account_id,kind,severity,at",
    }
    lines = {"accounts": good + accounts, "profiles": profiles, "consents": consents, "outcomes": outcomes}
    for said in lines.values():
        said += said[: draw.randint(0, 2)]
    return {name: "\n".join([headers[name], *said, ""]) for name, said in lines.items()} | {"rates": RATES}


def written(folder: Path, seed: int, rows: int, share: float, form: str) -> Path:
    """A data folder of that oddity: CSV in two parts, or Parquet with text in dictionaries or typed columns."""
    draw = random.Random(seed)
    lines = log(draw, rows, share)
    folder.mkdir(exist_ok=True)
    for name, text in others(draw, rows // 2, share).items():
        (folder / f"{name}.csv").write_text(text)
    place = folder / "relations"
    place.mkdir(exist_ok=True)
    cut = draw.randint(0, len(lines))
    for number, part in enumerate([lines[:cut], lines[cut:]]):
        path = place / f"part-{number}.csv"
        path.write_text("\n".join([RELATIONS_HEADER, *part, ""]))
        if form == "parquet":
            as_parquet(path, draw)
    return folder


def as_parquet(path: Path, draw: random.Random) -> None:
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(RELATIONS_HEADER.split(","), pa.string()), strings_can_be_null=True
    )
    table = csv.read_csv(path, convert_options=options)
    columns = [column.combine_chunks() for column in table.columns]
    coded = [column.dictionary_encode() if draw.random() < 0.4 else column for column in columns]
    parquet.write_table(pa.table(coded, names=table.column_names), path.with_suffix(".parquet"), row_group_size=7)
    path.unlink()


def both(folder: Path, chosen: LoadSettings) -> tuple[Tables, Tables]:
    """The same folder with and without the quick lane."""
    found, ignored = sources(folder)
    quick = passed(openers(found, chosen), chosen, ignored=ignored)
    return quick, passed(openers(found, chosen), chosen, ignored=ignored, quick=False)


def same(one: Tables, other: Tables) -> None:
    for name in ("accounts", "relations", "profiles", "consents", "outcomes", "rates", "rejects"):
        mine, yours = getattr(one, name), getattr(other, name)
        assert (mine is None) == (yours is None), name
        assert mine is None or (plain(mine).equals(plain(yours)) and mine.schema == yours.schema), name
    assert (one.files, one.counts, fingerprint(one)) == (other.files, other.counts, fingerprint(other))


CHOICES = (
    LoadSettings(),
    LoadSettings(self_transfer="count", kinds={"P2P": "transfer", "chat": "friend"}),
    LoadSettings(id_pattern="[^,]{1,70}", base_currency="JPY", duckdb_threads=1),
    LoadSettings(id_pattern="[A-Dr][0-9]*"),
)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@few
@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(0, 80),
    share=st.sampled_from([0.0, 0.02, 0.2]),
    chosen=st.sampled_from(CHOICES),
)
def test_both_lanes_agree(tmp_path: Path, form: str, seed: int, rows: int, share: float, chosen: LoadSettings) -> None:
    """Whatever the input and the settings, the quick lane changes no record, no reject and no count."""
    folder = written(tmp_path / f"{form} {seed} {rows} {share}", seed, rows, share, form)
    same(*both(folder, chosen))
