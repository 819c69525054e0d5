"""Do the quick ways of reading CSV text give what the careful one gives, in batches, whatever the threads?"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from gate_data import RELATIONS_HEADER, relation, relations

from loaders import LoadSettings
from loaders.errors import ContractError
from loaders.raw import Batch
from loaders.readers import csv_block, physical
from loaders.readers.csv_block import Layout, Records
from loaders.readers.csv_file import CsvFile, read_csv_file
from loaders.readers.source import Source

NAMES = ("currency", "on", "rate")


def opened(path: Path, settings: LoadSettings | None = None) -> CsvFile:
    return read_csv_file(Source("relations", path.name, path, "csv", None), 0, settings or LoadSettings())


def told(found: Records) -> tuple[object, ...]:
    """What a block holds, in comparable values, by line."""
    rows = [
        (int(line), int(start), row)
        for values, index, starts in found.pieces
        for line, start, row in zip(index, starts, values.to_pylist(), strict=True)
    ]
    return found.lines, found.blank, sorted(rows, key=lambda row: row[0]), found.fallen


def blocks(seed: int, end: str) -> list[bytes]:
    """Blocks that are even, and blocks with one odd line each."""
    chance = random.Random(seed)
    odd = ["", ",,", "a,b", "a,b,c,d", '"a",b,c', 'a"b,c,d', "é,ü,x", ",".join(NAMES), "x" * 70_000, "a\rb,c,d"]
    found = []
    for line in (None, *odd):
        lines = [f"C{chance.randrange(10**6)},{'d' * chance.randrange(9)},{chance.random()}" for _ in range(40)]
        if line is not None:
            lines.insert(chance.randrange(41), line)
        found.append("".join(one + end for one in lines).encode())
    return [*found, b"a,b,c" + (b"\n" if end == "\r\n" else b"\r\n")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_even_blocks_read_as_line_by_line(end: str) -> None:
    """A block without anything odd is parsed at once, and the result is that of judging every line."""
    layout = Layout(NAMES, physical.CRLF if end == "\r\n" else physical.LF)
    at_once = 0
    for seed in range(5):
        for block in blocks(seed, end):
            assert told(csv_block.records(block, layout)) == told(csv_block._judged(block, layout))
            even = physical.even_lines(block, header=layout.header, terminator=layout.terminator)
            at_once += even is not None
    assert at_once >= 5 * 2


def test_batches_have_places(tmp_path: Path) -> None:
    """Each record comes with its line and the byte where it begins; lines that fell are told at the end."""
    lines = [relation("r1"), "", "short", relation("r2"), '"r3"' + relation("")]
    path = tmp_path / "relations.csv"
    path.write_text(relations(lines))
    file = opened(path)
    text = path.read_bytes()
    found = [(batch.columns["relation_id"].to_pylist(), list(batch.line), batch.offset) for batch in file.batches()]
    assert [(ids, line) for ids, line, _ in found] == [(["r1", "r2"], [2, 5]), (["r3"], [6])]
    begins = [int(at) for _, _, offset in found if offset is not None for at in offset]
    assert [text[at : at + 2] for at in begins] == [b"r1", b"r2", b'"r']
    facts = file.facts()
    assert (facts.records, facts.blank, [one.line for one in facts.refusals]) == (5, 1, [4])
    assert file.originals([(4, facts.refusals[0].offset)]) == ["short"]


@pytest.mark.parametrize("threads", [1, 2])
def test_order_of_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """However many threads read a file, its records come in its order."""
    monkeypatch.setattr("loaders.readers.plain_text.BLOCK_BYTES", 70_000)
    path = tmp_path / "relations.csv"
    path.write_text(relations([relation(f"r{n}") for n in range(20_000)]))
    found: list[Batch] = list(opened(path, LoadSettings(duckdb_threads=threads)).batches())
    assert len(found) > 10
    assert [one for batch in found for one in batch.columns["relation_id"].to_pylist()] == [
        f"r{n}" for n in range(20_000)
    ]
    assert np.array_equal(np.concatenate([batch.line for batch in found]), np.arange(2, 20_002))


@pytest.mark.parametrize("threads", [1, 2])
def test_first_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """A wrong byte early in a file is told rather than its missing end, though the end is read before it is judged."""
    monkeypatch.setattr("loaders.readers.plain_text.BLOCK_BYTES", 70_000)
    path = tmp_path / "relations.csv"
    text = relations([relation(f"r{n}") for n in range(3_000)]).encode()
    wrong = text.index(b"r1500")
    path.write_bytes(text[:wrong] + b"\xff" + text[wrong + 1 : -1])
    file = opened(path, LoadSettings(duckdb_threads=threads))
    with pytest.raises(ContractError, match=f"encoding at byte {wrong}"):
        list(file.batches())


def test_a_file_that_changed(tmp_path: Path) -> None:
    """A file whose header is another when its records are read is refused."""
    path = tmp_path / "relations.csv"
    path.write_text(relations([relation()]))
    file = opened(path)
    path.write_text(RELATIONS_HEADER.replace("from_id,to_id", "to_id,from_id") + "\n")
    with pytest.raises(ContractError, match="changed while it was read"):
        list(file.batches())
