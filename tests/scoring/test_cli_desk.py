"""Do the commands of the desk say what the library knows? With the right exit codes, in folders of their own."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

import loaders
from loaders.errors import ContractError, UsageError
from loaders.town import town
from scoring.cli import execute
from scoring.cli.display import progress
from scoring.config import load_config
from scoring.explanation import Shelf, explain, explain_account
from scoring.export import TABLES, escaped
from scoring.runs.run import Run
from scoring.starter import write_starter
from scoring.summary import summarize
from tests.scoring.town_runs import town_run

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"]
HARMLESS = ["a1", "1-1", "a=b", "'x", "", "人脉"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    town_run(folder / "runs", months=6)
    town_run(folder / "runs")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return town_run(folder / "runs")


class Done(NamedTuple):
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def renmai(*words: object, folder: Path) -> Done:
    """Run the command as a user does, in a folder, without a process of its own."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute([str(word) for word in words])
    return Done(code, out.getvalue(), err.getvalue())


def stdout(*words: object, folder: Path) -> str:
    done = renmai(*words, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_explain_prints_the_card_of_the_current_run(folder: Path, run: Run) -> None:
    """Renmai explain nina is the analyst's text; --audience consumer --format json is the letter as JSON."""
    assert stdout("explain", "nina", folder=folder) == explain_account(Shelf(run), "nina")
    expected = explain_account(Shelf(run), "nina", audience="consumer", format="json")
    assert stdout("explain", "nina", "--audience", "consumer", "--format", "json", folder=folder) == expected


def test_explain_needs_one_account_or_all(folder: Path) -> None:
    """Neither, both, or --all without a folder end with code 2 and a sentence."""
    for words in ([], ["nina", "--all", "--out", "x"], ["--all"]):
        done = renmai("explain", *words, folder=folder)
        assert done.returncode == 2
        assert "name one ACCOUNT, or give --all together with --out DIR" in done.stderr


def test_explain_of_a_merchant_ends_with_2(folder: Path) -> None:
    """A company has no score: said in one sentence on stderr, nothing on stdout."""
    done = renmai("explain", "shop", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "merchants and institutions have no score" in done.stderr


def test_explain_all_writes_a_file_for_each_account(folder: Path, run: Run) -> None:
    """One letter per account, a thousand to a folder."""
    told = stdout("explain", "--all", "--out", "letters", "--audience", "consumer", folder=folder)
    assert told.startswith("13 explanations of run")
    names = sorted(path.stem for path in (folder / "letters" / "00000").iterdir())
    assert names == sorted(run.scores.account_id)


def test_show_as_json_is_the_summary(folder: Path, run: Run) -> None:
    """Bands, top lifts and counts of rows as programs read them."""
    shown = json.loads(stdout("show", "--format", "json", folder=folder))
    assert shown["run_id"] == run.id
    assert [row["accounts"] for row in shown["bands"]] == [row.accounts for row in summarize(run).bands]
    assert shown["counts"]["relations"]["accepted"] == len(town()["relations"])


def test_show_prints_bands_lifts_and_certificate(folder: Path) -> None:
    """People see the bands, who was lifted most and how exact it is."""
    shown = stdout("show", folder=folder)
    for word in ("very good", "Top lifts", "nina", "certificate", "after_as_of"):
        assert word in shown


def test_diff_and_history_tell_of_two_runs(folder: Path, run: Run) -> None:
    """Nina's change in the history is her change among the movers, and moves add up by dimension."""
    line = json.loads(stdout("history", "nina", "--format", "json", folder=folder))["runs"]
    assert [row["run_id"] for row in line][-1] == run.id
    found = json.loads(stdout("diff", line[0]["run_id"], line[1]["run_id"], "--format", "json", folder=folder))
    mover = next(row for row in found["movers"] if row["account_id"] == "nina")
    assert mover["change"] == line[1]["change"] == sum(mover["points"].values())
    assert sum(map(sum, found["migration"])) == found["common"]
    assert "Band migration" in stdout("diff", line[0]["run_id"], line[1]["run_id"], folder=folder)


def test_export_as_parquet_is_the_runs_own_bytes(folder: Path, run: Run) -> None:
    """Every table leaves as it is."""
    stdout("export", "--format", "parquet", "--out", "parquet", folder=folder)
    for name in TABLES:
        assert (folder / "parquet" / f"{name}.parquet").read_bytes() == (run.path / f"{name}.parquet").read_bytes()


def test_export_as_csv_holds_the_scores(folder: Path, run: Run) -> None:
    """Ids and scores come back as they are in the run."""
    stdout("export", run.id, "--out", "csv", folder=folder)
    with (folder / "csv" / "scores.csv").open(encoding="utf-8", newline="") as file:
        actual = {row["account_id"]: int(row["score"]) for row in csv.DictReader(file)}
    assert actual == dict(zip(run.scores.account_id, run.scores.score.astype(int), strict=True))


def test_no_exported_cell_is_a_formula() -> None:
    """Cells that a spreadsheet would run get an apostrophe; others, and numbers, stay as they are."""
    table = pa.table({"id": DANGEROUS + HARMLESS, "change": [-1] * 13, "note": pa.array([None] * 13, pa.string())})
    expected = ["'" + cell for cell in DANGEROUS] + HARMLESS
    actual = escaped(table)
    assert actual["id"].to_pylist() == expected
    assert actual["change"].to_pylist() == [-1] * 13
    assert actual["note"].null_count == 13


def test_taking_off_one_apostrophe_gives_every_exported_cell_back() -> None:
    """Escaping loses no id, not even one that looks escaped already."""
    ids = [*DANGEROUS, *HARMLESS, "'=1", "''@x", "'quoted'"]
    exported = escaped(pa.table({"id": ids}))["id"].to_pylist()
    assert [re.sub(r"^'(?='*[=+\-@\t\r\x00])", "", cell) for cell in exported] == ids
    assert len(set(exported)) == len(ids)


def test_a_damaged_run_is_not_exported(tmp_path: Path) -> None:
    """A flipped byte ends with code 6 before a row is written."""
    run = town_run(tmp_path / "runs")
    file = run.path / "scores.parquet"
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)
    done = renmai("export", "--out", "out", folder=tmp_path)
    assert done.returncode == 6
    assert "scores.parquet is damaged" in done.stderr
    assert not (tmp_path / "out" / "scores.csv").exists()


def test_report_writes_the_page_of_the_account_asked_for(folder: Path) -> None:
    """The page names the account; one that is unknown is refused and nothing is written."""
    assert stdout("report", "--out", "page.html", "--account", "ann", folder=folder) == "page.html\n"
    assert "<code>ann</code>" in (folder / "page.html").read_text(encoding="utf-8")
    done = renmai("report", "--out", "none.html", "--account", "shop", folder=folder)
    assert done.returncode == 2
    assert not (folder / "none.html").exists()


def test_what_init_writes_can_be_run(tmp_path: Path) -> None:
    """The sample tables are the town, and the policy file is the defaults."""
    stdout("init", "mine", folder=tmp_path)
    assert load_config(tmp_path / "mine" / "renmai.toml") == load_config(None)
    assert loaders.fingerprint(loaders.read(tmp_path / "mine")) == loaders.fingerprint(loaders.load(**town()))


def test_init_replaces_nothing(tmp_path: Path) -> None:
    """A file that is there stays, and no other is written beside it."""
    (tmp_path / "profiles.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"already holds profiles\.csv; init replaces nothing"):
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["profiles.csv"]


def test_schema_names_every_column_of_the_contract(folder: Path) -> None:
    """Tables for people, JSON schema for programs; both know every table and feature."""
    text, schema = stdout("schema", folder=folder), json.loads(stdout("schema", "--format", "json", folder=folder))
    names = [feature.name for feature in loaders.features()]
    assert [name for name in (*names, "relation_id", "holder_id", "spending_scale") if name not in text] == []
    assert [name for name in names if name not in json.dumps(schema)] == []


def test_config_show_prints_what_is_in_force(tmp_path: Path) -> None:
    """The file's value, and the defaults for the rest; the output is a policy file again."""
    (tmp_path / "renmai.toml").write_text("[score]\nrho = 0.5\n", encoding="utf-8")
    for words in ([tmp_path], [tmp_path / "renmai.toml"], ["--config", tmp_path / "renmai.toml"]):
        (tmp_path / "again.toml").write_text(stdout("config", "show", *words, folder=tmp_path), encoding="utf-8")
        assert load_config(tmp_path / "again.toml") == load_config(tmp_path / "renmai.toml")
    assert json.loads(stdout("config", "schema", folder=tmp_path))["title"] == "Config"


def test_a_wrong_policy_file_ends_with_2(tmp_path: Path) -> None:
    """A misspelt key is told with what was probably meant."""
    (tmp_path / "renmai.toml").write_text("[score]\nrhoo = 0.5\n", encoding="utf-8")
    done = renmai("config", "show", ".", folder=tmp_path)
    assert done.returncode == 2
    assert "score.rhoo" in done.stderr


def test_simulate_writes_tables_and_their_truth(tmp_path: Path) -> None:
    """The folder can be read through the gate and holds truth.json."""
    told = stdout("simulate", "made", "--accounts", 400, "--months", 12, "--format", "parquet", folder=tmp_path)
    assert "next: renmai run made --as-of 2026-01-01T00:00:00+00:00" in told
    assert loaders.read(tmp_path / "made").counts["accounts"].accepted == 400
    assert "newcomer" in json.loads((tmp_path / "made" / "truth.json").read_text(encoding="utf-8"))["planted"]


def test_simulate_refuses_a_time_without_offset(tmp_path: Path) -> None:
    """A time that names no moment ends with code 2 and an example."""
    done = renmai("simulate", "made", "--as-of", "2026-01-01", folder=tmp_path)
    assert done.returncode == 2
    assert "ISO 8601 with offset" in done.stderr


def test_import_of_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """A wrong folder ends with a sentence, not a traceback."""
    done = renmai("import", "finbench", "nowhere", "out", folder=tmp_path)
    assert done.returncode in (UsageError.exit_code, ContractError.exit_code, 6)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    ["explain", "show", "diff", "history", "export", "report", "demo", "simulate", "init", "schema", "config show"],
)
def test_help_shows_an_example(command: str, folder: Path) -> None:
    """Each command's help has an example to copy."""
    assert f"Example: renmai {command}" in " ".join(stdout(*command.split(), "--help", folder=folder).split())


def test_library_and_command_agree_on_holders(folder: Path, run: Run) -> None:
    """A holder's id is taken for the first of its accounts."""
    assert explain(run, "tom").account_id == "tom"
    assert "score" in stdout("explain", "tom", folder=folder)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_shown_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bar tells label, done and all; elsewhere nothing is written."""
    for stream, expected in ((Terminal(), "exporting"), (io.StringIO(), "")):
        monkeypatch.setattr("sys.stderr", stream)
        with progress("exporting", 5) as tell:
            tell(3)
            tell(4, 8)
        assert expected in stream.getvalue()
        assert bool(stream.getvalue()) == bool(expected)
