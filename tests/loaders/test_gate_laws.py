"""Which laws does the gate keep, whatever the input?"""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

from gate_data import RELATIONS_HEADER, accounts, data, kept, reasons, relation, relations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import LoadSettings, Tables, check_rates, fingerprint, read

IDS = ("A", "B", "C")
RATES = "currency,on,rate\n" + "".join(f"JPY,2025-01-{day:02},0.05\n" for day in range(1, 11))
moderate = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def world(seed: int, number: int) -> list[str]:
    """A small log in which duplicates, conflicts, reversals and faults are frequent."""
    generator = random.Random(f"{seed} {number}")
    one_of = generator.choice
    found = []
    for _ in range(generator.randint(0, 14)):
        src, dst = one_of(
            [("A", "B"), ("B", "A"), ("A", "B"), ("B", "A"), ("B", "C"), ("A", "Z"), ("", "B"), ("A", "A")]
        )
        currency = one_of(["CNY", "CNY", "JPY"])
        found.append(
            relation(
                f"w{number}-{one_of('123456')}",
                kind=one_of(["transfer", "transfer", "purchase"]),
                src=src,
                dst=dst,
                amount=one_of({"CNY": ["1.00", "2", "0.5", "1.005"], "JPY": ["100", "7.5"]}[currency]),
                currency=currency,
                at=f"2025-01-{generator.randint(1, 12):02}T00:00:00Z",
                reverses=one_of(["", "", "", f"w{number}-1", f"w{number}-2", f"w{number}-9"]),
            )
        )
    return found


def log_of(seed: int, worlds: int) -> list[str]:
    return [line for number in range(worlds) for line in world(seed, number)]


# about 20 worlds per example, 600 per law; a failing example shrinks to the few that matter
logs = st.builds(log_of, st.integers(0, 2**32), st.integers(1, 40))


def load(folder: Path, log: list[str]) -> Tables:
    return read(data(folder, log, IDS, rates=RATES))


def in_parts(folder: Path, parts: list[list[str]]) -> Tables:
    """Read the same tables with relations in a folder of parts."""
    data(folder, [], IDS, rates=RATES)
    (folder / "relations.csv").unlink()
    place = folder / "relations"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for number, part in enumerate(parts):
        (place / f"part-{number:03}.csv").write_text(relations(part))
    return read(folder)


@moderate
@given(log=logs, seed=st.integers(0, 2**16))
def test_order_and_split_do_not_matter(tmp_path: Path, log: list[str], seed: int) -> None:
    """Any order of rows in any number of files gives the same accepted content."""
    generator = random.Random(seed)
    shuffled = generator.sample(log, len(log))
    cut = generator.randint(0, len(log))
    whole = load(tmp_path / "whole", log)
    parts = in_parts(tmp_path / "parts", [shuffled[:cut], shuffled[cut:]])
    assert fingerprint(parts) == fingerprint(whole)
    assert Counter(reasons(parts)) == Counter(reasons(whole))


@moderate
@given(log=logs, seed=st.integers(0, 2**16), share=st.sampled_from([0.1, 0.5, 1.0]))
def test_replays_do_not_matter(tmp_path: Path, log: list[str], seed: int, share: float) -> None:
    """Records that come again, few or all, change nothing but the count of rejects."""
    again = [line for line in log if random.Random(f"{seed} {line}").random() < share]
    assert fingerprint(in_parts(tmp_path, [log, again])) == fingerprint(in_parts(tmp_path, [log]))


@moderate
@given(log=logs)
def test_rejected_rows_change_nothing(tmp_path: Path, log: list[str]) -> None:
    """Taking all rejected records out leaves the accepted content as it was."""
    found = load(tmp_path, log)
    fallen = Counter(found.rejects["original"].to_pylist())
    rest = []
    for line in log:
        if fallen[line]:
            fallen[line] -= 1
        else:
            rest.append(line)
    assert len(rest) == found.relations.num_rows
    assert fingerprint(load(tmp_path, rest)) == fingerprint(found)


@moderate
@given(log=logs)
def test_money_is_kept_to_the_last_unit(tmp_path: Path, log: list[str]) -> None:
    """Per currency, accepted minor units are the source's total less that of the rejected records."""
    found = load(tmp_path, log)

    def total(rows: list[str]) -> Counter[str]:
        sums: Counter[str] = Counter()
        for row in rows:
            fields = row.split(",")
            sums[fields[5]] += int(Decimal(fields[4]) * 1000 * (100 if fields[5] == "CNY" else 1))
        return sums

    expected = total(log)
    expected.subtract(total(found.rejects["original"].to_pylist()))
    sums = Counter({"CNY": 0, "JPY": 0})
    for row in found.relations.to_pylist():
        sums[row["currency"]] += 1000 * row["amount_minor"]
    assert all(sums[currency] == expected[currency] for currency in sums)


def test_one_file_into_a_hundred(tmp_path: Path) -> None:
    """1,000 records in one file, in 100 files, shuffled, or partly late in a second file are the same content."""
    log = [relation(f"r{n}", src="ABC"[n % 3], dst="BCA"[n % 3], amount=str(n + 1)) for n in range(1000)]
    shuffled = random.Random(7).sample(log, len(log))
    expected = fingerprint(load(tmp_path / "one", log))
    splits = [[shuffled[n::100] for n in range(100)], [log], [shuffled[10:], log[:10], shuffled[:10]]]
    assert [fingerprint(in_parts(tmp_path / "parts", parts)) for parts in splits] == [expected] * 3


def test_replay_keeps_the_reject_rate(tmp_path: Path) -> None:
    """A file read twice has the reject rate of a file read once, so a replay never trips the breaker."""
    log = [relation(f"r{n}", src="A", dst="B", amount="x" if n < 10 else "1") for n in range(1000)]
    once, twice = in_parts(tmp_path, [log]), in_parts(tmp_path, [log, log])
    assert (once.reject_rate("relations"), twice.reject_rate("relations")) == (0.01, 0.01)
    check_rates(twice, LoadSettings())


def test_parts_count_as_one_file(tmp_path: Path) -> None:
    """Duplicates are found over the parts of a table, and each part has its own counts."""
    found = in_parts(tmp_path, [[relation("r1", src="A", dst="B")], ["", relation("r1", src="A", dst="B")]])
    told = [(file.name, file.records, file.accepted, file.rejected, file.blank) for file in found.files[1:3]]
    assert told == [("relations/part-000.csv", 1, 1, 0, 0), ("relations/part-001.csv", 2, 0, 1, 1)]
    assert reasons(found) == ["duplicate"]


def test_parts_may_differ_in_columns(tmp_path: Path) -> None:
    """Parts may order their columns otherwise, leave optional ones out, or count in minor units."""
    folder = data(tmp_path, [], IDS)
    (folder / "relations.csv").unlink()
    (folder / "relations").mkdir()
    (folder / "relations" / "a.csv").write_text(relations([relation("r1", src="A", dst="B", amount="2.50")]))
    header = "currency,amount_minor,at,to_id,from_id,kind,relation_id"
    (folder / "relations" / "b.csv").write_text(f"{header}\nCNY,250,2025-01-05T00:00:00Z,B,A,transfer,r1\n")
    found = read(folder)
    assert (found.relations["amount_minor"].to_pylist(), reasons(found)) == ([250], ["duplicate"])


def test_fingerprint_sees_each_value(tmp_path: Path) -> None:
    """Another value, a lost row or a table that is there but empty is other content."""
    base = {"consents": "account_id,source,granted,at\n"}
    variants = [
        read(data(tmp_path / "a", [relation(src="A", dst="B")], IDS)),
        read(data(tmp_path / "b", [relation(src="A", dst="B", amount="1.01")], IDS)),
        read(data(tmp_path / "c", [], IDS)),
        read(data(tmp_path / "d", [relation(src="A", dst="B")], IDS, **base)),
    ]
    assert len({fingerprint(one) for one in variants}) == 4


def test_conflicts_of_other_tables(tmp_path: Path) -> None:
    """Accounts, profiles and rates with the same key and other content: the first in canonical order stands."""
    tables = {
        "profiles": "account_id,known_at,degree\nA,2025-01-01T00:00:00Z,2\nA,2025-01-01T08:00:00+08:00,1\nA,,3\nA,,3\n",
        "rates": "currency,on,rate\nUSD,2025-01-05,7.3\nUSD,2025-01-05,7.2\nUSD,2025-01-05,7.20\n",
    }
    folder = data(tmp_path, [], IDS, **tables)
    (folder / "accounts.csv").write_text(accounts(IDS) + "A,,merchant,2019-03-01\n")
    found = read(folder)
    assert reasons(found, "accounts") == ["account_id_conflict"]
    assert found.accounts["kind"].to_pylist()[0] == "merchant"
    assert found.profiles["degree"].to_pylist() == [3, 1]
    assert sorted(reasons(found, "profiles")) == ["duplicate", "profile_conflict"]
    assert (found.rates["rate"].to_pylist(), reasons(found, "rates")) == (
        [Decimal("7.2")],
        ["rate_conflict", "duplicate"],
    )


def test_a_rejected_conflict_does_not_displace(tmp_path: Path) -> None:
    """An earlier record with the same id that falls for another reason does not stand in the way."""
    log = [
        relation("r1", src="A", dst="Z", at="2024-01-01T00:00:00Z"),
        relation("r1", src="A", dst="B"),
        relation("b", src="B", dst="A", amount="9.00", at="2025-01-06T00:00:00Z", reverses="r1"),
        relation("b", src="B", dst="A", amount="0.10", at="2025-01-07T00:00:00Z", reverses="r1"),
    ]
    found = load(tmp_path, log)
    assert (kept(found), reasons(found)) == (["b", "r1"], ["account_unknown", "refund_exceeds"])
    assert found.relations["amount_minor"].to_pylist() == [100, 10]


def test_header_of_the_world() -> None:
    """The logs of these tests have the columns of the contract."""
    assert len(relation().split(",")) == len(RELATIONS_HEADER.split(","))
