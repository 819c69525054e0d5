"""Is there one place of policy numbers, and does it tell every mistake at once?"""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.contract import TABLES
from loaders.errors import UsageError
from scoring.config import Config, ConfigError, commented_toml, effective_toml, json_schema, load_config
from scoring.config.writing import comments
from scoring.scorecard.card import Scorecard


def write(folder: Path, text: str) -> Path:
    path = folder / "renmai.toml"
    path.write_text(text, encoding="utf-8")
    return path


def findings(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    return list(caught.value.problems)


def test_without_a_file_the_numbers_are_the_designs() -> None:
    """Weights 35, 25, 20, 15, 5; ρ 0.25; up to 10 percent more for thin files, thin below 12 months."""
    score = load_config(None).score
    actual = (score.weights.percent, score.rho, score.thin_extra, score.thin_months)
    assert actual == ((35.0, 25.0, 20.0, 15.0, 5.0), 0.25, 0.10, 12)


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    """What a file does not name keeps its default."""
    assert load_config(write(tmp_path, "")) == Config()


def test_the_commented_file_is_the_default(tmp_path: Path) -> None:
    """The file that ``renmai init`` writes changes nothing."""
    assert load_config(write(tmp_path, commented_toml())) == Config()


@pytest.mark.parametrize("section", [name for name in Config.model_fields if name not in ("constants", "kinds")])
def test_every_key_has_a_comment(section: str) -> None:
    """No number of the policy is without a word on what it does; parameters of the graph take their docstring's."""
    value = getattr(Config(), section)
    for table in value if isinstance(value, tuple) else (value,):
        keys = getattr(type(table), "model_fields", None) or vars(table)
        told = comments(table)
        nested = ("weights", *TABLES) if section in ("score", "columns") else ()
        assert [key for key in keys if not told.get(key) and key not in nested] == []


def test_the_effective_file_reads_back_as_the_same_config(tmp_path: Path) -> None:
    """What ``renmai config show`` prints, read again, is the same configuration, awkward text included."""
    text = """
constants = "20260101-abc"
[columns.relations]
"tx id" = "relation_id"
[kinds]
"P2P \\"x\\"" = "transfer"
[lender]
name = 'Bank "Süd" \\ 人脉'
[ties]
netting = "cycles"
[propagation]
tolerance = 1e-9
[score]
rho = 0
"""
    config = load_config(write(tmp_path, text))
    assert load_config(write(tmp_path, effective_toml(config))) == config


def test_a_config_without_benefits_reads_back_without_benefits(tmp_path: Path) -> None:
    """An empty table of benefits is a choice, and is written down as one."""
    config = load_config(write(tmp_path, "benefits = []"))
    assert (config.benefits, load_config(write(tmp_path, effective_toml(config))) == config) == ((), True)


@pytest.mark.parametrize("code", ["ABC", "XXX"])
def test_the_base_currency_is_one_of_iso_4217(code: str, tmp_path: Path) -> None:
    """Three letters that no money has are refused."""
    (actual,) = findings(tmp_path, f'[data]\nbase_currency = "{code}"')
    assert actual.startswith(f'data.base_currency: found "{code}", allowed is a currency of ISO 4217')


def test_windows_that_could_never_make_a_tie_are_refused_beside_every_other_mistake(tmp_path: Path) -> None:
    """A tie needs two active windows; two keys that do not go together hide no third."""
    assert findings(tmp_path, "[ties]\nwindows = 1\nsaturation = 0") == [
        "ties.saturation: must be positive and finite; got 0",
        "ties: windows = 1 must be at least least_months = 2",
    ]
    assert load_config(write(tmp_path, "[ties]\nwindows = 1\nleast_months = 1")).ties.windows == 1


def test_a_window_is_a_century_long_at_most(tmp_path: Path) -> None:
    """Days beyond what a clock can count are refused, not overflowed."""
    assert findings(tmp_path, "[ties]\nnetting_days = 999999999999") == [
        "ties.netting_days: must be at most 36500; got 999999999999"
    ]


def test_all_mistakes_are_told_at_once_with_key_value_and_what_is_allowed(tmp_path: Path) -> None:
    """Five mistakes in five tables are five sentences."""
    text = """
[score]
roh = 0.3
thin_months = "twelve"
[gate]
max_psi = -1
[data]
self_transfer = "rejekt"
[ties]
half_life_days = 0
"""
    expected = {
        "score.roh: unknown key; did you mean 'rho'? (found 0.3)",
        'score.thin_months: found "twelve", allowed is a whole number',
        "gate.max_psi: found -1, allowed is at least 0",
        "data.self_transfer: found \"rejekt\", allowed is 'reject' or 'count'; did you mean 'reject'?",
        "ties.half_life_days: must be positive and finite; got 0",
    }
    assert set(findings(tmp_path, text)) == expected


def test_a_mistake_ends_with_the_exit_code_of_usage(tmp_path: Path) -> None:
    """Configuration mistakes are usage errors: exit code 2, and the message names the file."""
    with pytest.raises(UsageError, match=r"renmai\.toml: 1 setting is not usable") as caught:
        load_config(write(tmp_path, "roh = 1"))
    assert caught.value.exit_code == 2


def test_invalid_toml_names_line_and_column(tmp_path: Path) -> None:
    """A missing value is found at its place."""
    assert findings(tmp_path, "[score]\nrho =\n") == ["not valid TOML: Invalid value (at line 2, column 6)"]


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """No traceback for a mistyped path."""
    with pytest.raises(UsageError, match=r"none\.toml cannot be read: No such file or directory"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize("value", ["true", '"0.3"', "nan", "inf", "1.5", "-0.1", "[1]", "2026-01-01"])
def test_a_share_is_a_number_from_0_to_1(value: str, tmp_path: Path) -> None:
    """Text, true, NaN, infinity and numbers outside are refused, not converted."""
    assert [problem.split(":")[0] for problem in findings(tmp_path, f"[score]\nrho = {value}")] == ["score.rho"]


def test_weights_add_up_to_exactly_1(tmp_path: Path) -> None:
    """0.1 + 0.2 + 0.3 + 0.3 + 0.1 is 1 though floats say otherwise; a hundredth too much is refused."""
    keys = ("credit_history", "ability", "behaviour", "identity", "connections")
    good = "\n".join(f"{key} = {value}" for key, value in zip(keys, (0.1, 0.2, 0.3, 0.3, 0.1), strict=True))
    load_config(write(tmp_path, f"[score.weights]\n{good}"))
    assert findings(tmp_path, "[score.weights]\nability = 0.26") == [
        "score.weights: the five weights add up to 1.01, allowed is exactly 1"
    ]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ((360, 550), "'b0' begins at 360, not 350"),
        ((350, 550, 550), "'b2' begins at 550, not above the 550 of 'b1'"),
        ((350, 600, 550), "'b2' begins at 550, not above the 600 of 'b1'"),
    ],
)
def test_bands_cover_350_to_950_without_overlap(starts: tuple[int, ...], expected: str, tmp_path: Path) -> None:
    """A first band above 350 leaves a gap; equal or falling beginnings overlap."""
    text = "\n".join(f'[[bands]]\nname = "b{place}"\nat_least = {start}' for place, start in enumerate(starts))
    (actual,) = findings(tmp_path, text)
    assert actual.startswith(f"bands: {expected};")


def test_benefits_lie_within_the_scores(tmp_path: Path) -> None:
    """A benefit at 951 could never be reached."""
    text = '[[benefits]]\nname = "moon"\nat_least = 951'
    assert findings(tmp_path, text) == ["benefits[0].at_least: found 951, allowed is at most 950"]


def test_columns_and_kinds_are_renamed_to_ours_only(tmp_path: Path) -> None:
    """A name on the right that is not the contract's is refused with the nearest one."""
    actual = findings(tmp_path, '[columns.relations]\nsrc = "from"\n[kinds]\nP2P = "transfers"')
    assert [problem.split(", allowed")[0] for problem in actual] == [
        "columns.relations: found 'from'; did you mean 'from_id'?",
        "kinds: found 'transfers'; did you mean 'transfer'?",
    ]


def test_load_settings_carry_what_loading_needs(tmp_path: Path) -> None:
    """Currency, renamings and the reject rate reach the loaders from the one place of numbers."""
    text = '[data]\nbase_currency = "EUR"\n[gate]\nmax_reject_rate = 0.5\n[columns.relations]\ntx = "relation_id"'
    settings = load_config(write(tmp_path, text)).load_settings
    actual = (settings.base_currency, settings.max_reject_rate, dict(settings.columns))
    assert actual == ("EUR", 0.5, {"relations": {"tx": "relation_id"}})


def test_a_frozen_config_cannot_be_changed() -> None:
    """Numbers are fixed once read."""
    with pytest.raises(ValueError, match="frozen"):
        Config().score.rho = 0.5


def test_the_schema_describes_every_table() -> None:
    """Each table of the configuration is a property of the JSON schema, and other keys are refused."""
    schema = json_schema()
    assert (set(schema["properties"]), schema["additionalProperties"]) == (set(Config.model_fields), False)


def test_a_config_may_name_a_scorecard_beside_it(tmp_path: Path) -> None:
    """The scorecard file of the same folder is read and used."""
    text = Path("scoring/scorecard/scorecard.toml").read_text(encoding="utf-8").replace('"expert-1"', '"mine"')
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert load_config(write(tmp_path, '[score]\nscorecard = "mine.toml"')).card.name == "mine"
    assert Config().card == Scorecard.load()


@pytest.mark.parametrize("name", ["../x.toml", "/etc/passwd", "none.toml", ".", "a\\u0000b", "http://x/y", "link.toml"])
def test_a_scorecard_outside_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    """Paths that leave the folder, by dots, root or a link, and files that are not there are refused."""
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "x.toml").write_text("", encoding="utf-8")
    (folder / "link.toml").symlink_to(tmp_path / "x.toml")
    (actual,) = findings(folder, f'[score]\nscorecard = "{name}"')
    assert actual.startswith("score.scorecard: found ")


def test_a_password_is_no_setting_and_is_not_repeated(tmp_path: Path) -> None:
    """Whoever writes a password into the config is told where it belongs; the sentence does not hold it."""
    (actual,) = findings(tmp_path, '[database]\npasswort = "open sesame"\n')
    assert actual == "database: passwort is no setting; put the password into a file and name that in password_file"


def test_the_environment_beats_the_database_of_the_config(tmp_path: Path) -> None:
    """A variable that is set counts; what the environment leaves open is taken from the file."""
    config = load_config(write(tmp_path, '[database]\nuri = "bolt://localhost:1"\nusername = "ana"\nkeep = 9\n'))
    actual = config.store_settings({"NEO4J_URI": "bolt://localhost:2", "NEO4J_DATABASE": ""})
    assert (actual.uri, actual.username, actual.database, actual.keep) == ("bolt://localhost:2", "ana", "neo4j", 9)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('uri = "http://x"', "it must look like bolt://"),
        ('uri = "bolt://ana:sesame@x"', "user and password go into"),
        ('memory = "1MB"', "at least 256MiB"),
        ('database = "../x"', "it must be a letter"),
        ('uri = "bolt://localhost"\ndatabase = "System"', "holds users and no graph"),
    ],
)
def test_a_database_that_cannot_be_is_found_when_the_config_is_read(line: str, words: str, tmp_path: Path) -> None:
    """Not only when a command needs the database; a password in an address is not repeated."""
    (actual,) = findings(tmp_path, f"[database]\n{line}\n")
    assert words in actual
    assert "sesame" not in actual
