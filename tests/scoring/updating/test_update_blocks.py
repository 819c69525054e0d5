"""What of a damaged state does an update see? What it reads; `renmai verify` sees the rest."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from scoring.cli import execute
from scoring.runs import blocks, verify
from scoring.runs.ahead import look_ahead
from scoring.runs.blocks import BlockFile, Checked
from scoring.runs.index import StateError
from scoring.runs.state import damages, open_state
from tests.scoring.updating.update_runs import assert_same, bring, first, portfolio, whole, write


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 bytes, so that small files have many."""
    monkeypatch.setattr(blocks, "BLOCK", 64)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def place_of(path: Path, column: str) -> int:
    """Where in an Arrow file the first value of a column lies."""
    whole = pa.py_buffer(path.read_bytes())
    array = pa.ipc.open_file(whole).read_all()[column].chunk(0)
    array = array.indices if pa.types.is_dictionary(array.type) else array
    return int(array.buffers()[1].address - whole.address)


def test_what_is_not_read_is_not_missed_and_verify_tells_it(tmp_path: Path) -> None:
    """New relations need no consents: a flipped bit there changes nothing of the update, and is found by verify."""
    tables = portfolio(12)
    rows = tables["relations"]
    base = first(tmp_path, {**tables, "relations": rows[:120]})
    flip(base.path / "state" / "consents.arrow", place_of(base.path / "state" / "consents.arrow", "at"))
    made = bring(tmp_path, 1, {"relations": rows[120:]})
    told = [problem for problem in verify(tmp_path / "runs").problems if "consents.arrow is damaged" in problem]
    assert len(told) == 1 + (made.run.path / "state" / "consents.arrow").samefile(base.path / "state/consents.arrow")
    assert_same(made.run, whole(tmp_path, tables, base))


@pytest.mark.parametrize(
    ("name", "column"),
    [("relations", "amount_minor"), ("relations", "from_id"), ("ids", "hash"), ("ends", "payee"), ("people", "person"),
     ("persons", "scale"), ("persons", "evidence"), ("severity", "severity")],
)  # fmt: skip
def test_what_is_read_is_compared_first(tmp_path: Path, name: str, column: str) -> None:
    """A flipped bit in any column that the update goes by is told, and everything is computed from the files."""
    tables = portfolio(13)
    rows = [row for row in tables["relations"] if row["relation_id"][0] == "r"]
    tables = {**tables, "relations": list({row["relation_id"]: row for row in rows}.values())}
    base = first(tmp_path, {**tables, "relations": tables["relations"][:120]})
    path = base.path / "state" / f"{name}.arrow"
    flip(path, place_of(path, column))
    made = bring(tmp_path, 1, {"relations": tables["relations"][120:]}, typed=True)
    assert str(path) in made.full
    assert_same(made.run, whole(tmp_path, tables, base))


def test_damage_that_was_seen_ahead_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command looks at the state while it loads its libraries; what it finds then is no less damaged."""
    tables = portfolio(14)
    rows = tables["relations"]
    base = first(tmp_path, {**tables, "relations": rows[:120]})
    path = base.path / "state" / "ids.arrow"
    flip(path, place_of(path, "hash"))
    late = write(tmp_path / "late", {"relations": rows[120:]}) / "relations.csv"
    assert execute(["update", "--runs", str(tmp_path / "runs"), "--relations", str(late), "--format", "json"]) == 0
    assert str(path) in json.loads(capsys.readouterr().out)["full"]


def test_a_look_ahead_of_nothing_is_nothing(tmp_path: Path) -> None:
    """Without a run whoever needs one tells it; a table that no state has is told by its name."""
    look_ahead(tmp_path)
    with pytest.raises(StateError, match=r"does not list no\.arrow"):
        open_state(first(tmp_path, portfolio(15)), 1).look("no")


def test_a_file_is_summed_up_by_blocks_whatever_pieces_it_comes_in(tmp_path: Path) -> None:
    """Pieces that end inside blocks, over several or at a border give the same sums; each block is told apart."""
    content = bytes(range(200))
    sums = []
    for number, cuts in enumerate([(0, 200), (0, 64, 200), (0, 1, 63, 65, 130, 200)]):
        with BlockFile(tmp_path / str(number)) as file:
            for begin, end in pairwise(cuts):
                file.write(content[begin:end])
        sums.append(file.listed)
    assert sums[0] == sums[1] == sums[2]
    flip(tmp_path / "0", 70)
    found = Checked(tmp_path / "0", sums[0])
    assert found.damage([0, 2, 3]) == ""
    assert "SHA-256" in found.damage([1])


def test_a_state_of_which_nothing_is_wrong_has_no_damages(tmp_path: Path) -> None:
    """Every block is as listed, those of an update too."""
    tables = portfolio(16)
    base = first(tmp_path, {**tables, "relations": tables["relations"][:150]})
    made = bring(tmp_path, 1, {"relations": tables["relations"][150:]}).run
    assert [damages(run.path / "state") for run in (base, made)] == [[], []]
