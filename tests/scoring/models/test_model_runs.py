"""What does a run with a trained model give: both ends of the score, probabilities, and everything else as before?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import loaders
from loaders.errors import UsageError
from scoring.batch.facts import comparable
from scoring.batch.job import run
from scoring.batch.stages import Order
from scoring.cli import execute
from scoring.combination import combine
from scoring.config import Config, ConfigError, load_config, stored_config
from scoring.explanation import Shelf, analyst_card, explain_account
from scoring.explanation.policy import Policy
from scoring.export import export
from scoring.models.storing import save_model
from scoring.recall import recall
from scoring.runs.run import Run
from tests.scoring.models.lender import AS_OF, KINDS, lender, model, tables
from tests.scoring.town_runs import town_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The lender's portfolio run without a model (""), and with each kind."""
    root = tmp_path_factory.mktemp("models") / "runs"
    configs = {"": Config()} | {kind: Config().with_model(model(kind)) for kind in KINDS}
    return {kind: run(tables(), as_of=AS_OF, runs=root, config=config, force=True) for kind, config in configs.items()}


def score(made: Run, account: str) -> int:
    return int(made.scores.set_index("account_id").score[account])


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_an_account_at_the_worst_of_everything_gets_350_at_the_best_950(made: dict[str, Run], kind: str) -> None:
    """The ends of the score are reached with the scorecard and with every model."""
    assert (score(made[kind], "worst"), score(made[kind], "best")) == (350, 950)


@pytest.mark.parametrize("kind", KINDS)
def test_dimensions_of_a_run_are_the_models_values(made: dict[str, Run], kind: str) -> None:
    """Reading the run's own bins with the model gives the run's dimensions, to the bit; their origin is the model."""
    bins, scores = made[kind].table("bins").to_pandas(), made[kind].scores
    reader = model(kind).dimensions["identity"]
    told = reader.value({feature.name: bins[feature.name].to_numpy() for feature in reader.features})
    assert np.array_equal(told, scores.identity.to_numpy())
    assert set(bins.origin_identity) == {"model"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_holder_scored_alone_has_the_bits_it_has_in_the_batch(
    made: dict[str, Run], kind: str, tmp_path: Path
) -> None:
    """One row alone, with the portfolio's constants, gives the same dimensions, score and probability."""
    whole = made[kind]
    (tmp_path / "renmai.toml").write_text(f'constants = "{whole.id}"\n')
    config = load_config(tmp_path / "renmai.toml").with_model(model(kind))
    frames = lender()
    chosen = {name: frame[frame.account_id == "p0042"] for name, frame in frames.items() if "account_id" in frame}
    one = loaders.load(relations=frames["relations"][:0], **chosen)
    alone = run(one, as_of=AS_OF, runs=whole.path.parent, config=config, allow_empty=True, force=True)
    names = ["score", "credit_history", "ability", "behaviour", "identity", "tabular"]
    expected = whole.scores.set_index("account_id").loc["p0042", names].tolist()
    assert alone.scores.set_index("account_id").loc["p0042", names].tolist() == expected
    both = [part.probabilities.set_index("holder_id").loc["p0042"].tolist() for part in (alone, whole)]
    assert both[0] == both[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_run_keeps_the_whole_model(made: dict[str, Run], kind: str) -> None:
    """The manifest has the model's document; configuration, recall and scores are rebuilt from it without its file."""
    assert made[kind].manifest["model"] == model(kind).document()
    known = recall(made[kind])
    assert known.config.model is not None and known.config.model.digest == model(kind).digest
    again = combine(known.assessment, known.standing, known.distress, known.config)
    own = made[kind].scores.drop_duplicates("holder_id").set_index("holder_id")
    assert again.score.tolist() == own.loc[known.assessment.holders.to_pylist(), "score"].tolist()


def test_each_model_has_its_own_run_id_and_none_is_as_without(made: dict[str, Run]) -> None:
    """The digest of the model is part of the id; the file's place is not."""
    assert len({one.id for one in made.values()}) == 4
    assert "model" not in made[""].manifest
    assert stored_config(made[""].manifest).model is None


def test_the_gate_compares_runs_of_the_same_model_alone(made: dict[str, Run], tmp_path: Path) -> None:
    """Another model is another policy: its shift of scores is no alarm. The file's place makes no difference."""
    save_model(model("tree"), tmp_path)
    (tmp_path / "renmai.toml").write_text(f'[score]\nmodel = "{model("tree").name}.json"\n')
    order = Order(AS_OF, load_config(tmp_path / "renmai.toml"), "vouch")
    found = {kind: comparable(one.manifest, order) for kind, one in made.items()}
    assert found == {"": False, "logistic": False, "tree": True, "forest": False}


def test_a_run_without_a_model_has_no_probabilities(made: dict[str, Run]) -> None:
    """The table is there with a model alone; asking for it without one is told."""
    assert "probabilities" in made["tree"].names
    with pytest.raises(UsageError, match="no table 'probabilities'"):
        _ = made[""].probabilities


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_fall_with_the_tabular_value(made: dict[str, Run], kind: str) -> None:
    """Within a band of thinness nobody with more tabular value has a higher probability; each is in its interval."""
    both = made[kind].probabilities.merge(made[kind].scores, on="holder_id", suffixes=("_of", ""))
    for _, group in both.groupby("band_of"):
        ordered = group.sort_values("tabular")
        assert (ordered.pd.diff().dropna() <= 0).all()
    assert ((both.pd_low <= both.pd) & (both.pd <= both.pd_high) & (both.pd_low >= 0) & (both.pd_high <= 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_explanation_with_a_model_adds_up(made: dict[str, Run], kind: str) -> None:
    """Σ points lost by the features of a dimension = 600 · weight · (1 − dimension); the probability stands beside."""
    policy = Policy.of(made[kind].manifest)
    card = analyst_card(Shelf(made[kind]), policy, "p0007")
    for row in card.dimensions[:4]:
        lost = sum(part.lost for part in card.features if part.dimension == row.dimension)
        assert lost == pytest.approx(600 * row.weight * (1 - row.value), abs=1e-9)
    assert card.probability is not None and card.probability.model == model(kind).name
    likely = made[kind].probabilities.set_index("holder_id").loc["p0007"]
    assert (card.probability.pd, card.probability.low) == (likely.pd, likely.pd_low)


def test_the_analyst_reads_the_probability_and_its_interval(made: dict[str, Run]) -> None:
    """Text and JSON tell it; without a model neither invents one."""
    text = explain_account(Shelf(made["logistic"]), "p0007")
    assert "default within 12m:" in text and "95 % interval" in text
    assert json.loads(explain_account(Shelf(made["forest"]), "p0007", format="json"))["probability"]["horizon"] == "12m"
    assert "default within" not in explain_account(Shelf(made[""]), "p0007")


def test_probabilities_leave_the_house_with_the_other_tables(made: dict[str, Run], tmp_path: Path) -> None:
    """An export has them where the run has them."""
    names = [path.name for path in export(made["tree"], tmp_path / "with")]
    assert names[-1] == "probabilities.csv"
    assert len(pd.read_csv(tmp_path / "with" / "probabilities.csv")) == 502
    assert "probabilities.csv" not in [path.name for path in export(made[""], tmp_path / "without")]


def test_an_exported_score_has_its_probability_beside_it(made: dict[str, Run], tmp_path: Path) -> None:
    """scores.csv of a run with a model: each account has the probability and interval of its holder; else no column."""
    export(made["tree"], tmp_path / "with")
    export(made[""], tmp_path / "without")
    found = pd.read_csv(tmp_path / "with" / "scores.csv")
    told = made["tree"].probabilities.set_index("holder_id")
    for name in ("pd", "pd_low", "pd_high"):
        assert found[name].to_numpy() == pytest.approx(told.loc[found.holder_id, name].to_numpy(), rel=1e-12)
    plain = pd.read_csv(tmp_path / "without" / "scores.csv").columns.tolist()
    assert found.columns.tolist() == [*plain, "pd", "pd_low", "pd_high"]


def test_a_model_of_another_currency_is_refused(tmp_path: Path) -> None:
    """Bins of one currency say nothing about money in another; the sentence names features and both."""
    (tmp_path / "renmai.toml").write_text('[data]\nbase_currency = "TWD"\n')
    config = load_config(tmp_path / "renmai.toml").with_model(model("logistic"))
    with pytest.raises(UsageError, match=r"has bins of CNY for mean_balance.*base_currency is TWD"):
        run(tables(), as_of=AS_OF, runs=tmp_path / "runs", config=config)


def test_the_configuration_names_a_model_beside_it(tmp_path: Path) -> None:
    """`score.model` reads the file; the run is the one that --model makes."""
    save_model(model("tree"), tmp_path)
    (tmp_path / "renmai.toml").write_text(f'[score]\nmodel = "{model("tree").name}.json"\n')
    config = load_config(tmp_path / "renmai.toml")
    assert config.model is not None and config.model.digest == model("tree").digest
    assert [config.reader(name).origin for name in ("ability", "identity")] == ["model", "model"]


@pytest.mark.parametrize("place", ["gone.json", "../elsewhere.json", "/etc/passwd", "renmai.toml"])
def test_a_model_that_cannot_be_used_is_a_finding_of_the_configuration(place: str, tmp_path: Path) -> None:
    """Missing, outside the folder, or no model: one sentence that begins with the key."""
    save_model(model("tree"), tmp_path)
    (tmp_path / f"{model('tree').name}.json").rename(tmp_path.parent / "elsewhere.json")
    (tmp_path / "renmai.toml").write_text(f'[score]\nmodel = "{place}"\n')
    with pytest.raises(ConfigError, match=r"score\.model: "):
        load_config(tmp_path / "renmai.toml")


def test_a_run_without_a_model_is_the_one_it_was(tmp_path: Path) -> None:
    """Where no model is named nothing of a model is in the run: neither table nor key."""
    found = town_run(tmp_path / "runs")
    assert ("probabilities" in found.names, "model" in found.manifest) == (False, False)


def test_a_run_and_its_explanation_need_no_scikit_learn(made: dict[str, Run], tmp_path: Path) -> None:
    """Scoring and explaining with a forest imports nothing of scikit-learn."""
    path = save_model(model("forest"), tmp_path)
    code = (
        "import sys\nfrom pathlib import Path\nfrom loaders.town import AS_OF, town\nimport loaders\n"
        "from scoring.batch.job import run\nfrom scoring.config import Config\n"
        "from scoring.explanation import explain\nfrom scoring.models import load_model\n"
        f"config = Config().with_model(load_model(Path({str(path)!r})))\n"
        f"made = run(loaders.load(**town()), as_of=AS_OF, runs={str(tmp_path / 'runs')!r}, config=config)\n"
        "explain(made, 'nina')\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'sklearn'])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    for name, frame in lender().items():
        frame.to_csv(place / f"{name}.csv", index=False)
    return place


def told(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    code = execute(list(arguments))
    found = capsys.readouterr()
    return code, found.out, found.err


def test_train_and_run_from_the_command_line(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """`renmai train` tells where the model is, `renmai run --model NAME` uses it: the model and run of Python."""
    moment, models = AS_OF.isoformat(), str(tmp_path / "models")
    code, out, _ = told(capsys, "train", str(folder), "--as-of", moment, "--models", models, "--name", "spring")
    assert code == 0 and "spring.json holds the model" in out and "split: profiles begin later" in out
    code, out, _ = told(
        capsys, "run", str(folder), "--as-of", moment, "--model", "spring", "--models", models,
        "--runs", str(tmp_path / "runs"), "--format", "json",
    )  # fmt: skip
    assert (code, json.loads(out)["persons"]) == (0, 502)
    stored = json.loads((tmp_path / "models" / "spring.json").read_text())
    assert stored["dimensions"] == model("logistic").document()["dimensions"]


def test_train_tells_programs_what_it_found(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """JSON has features with their information values, areas, calibration and facts."""
    code, out, _ = told(
        capsys, "train", str(folder), "--as-of", AS_OF.isoformat(), "--models", str(tmp_path), "--model", "tree",
        "--dimension", "ability", "--format", "json",
    )  # fmt: skip
    found = json.loads(out)
    assert (code, list(found["dimensions"]), found["facts"]["split"]["method"]) == (0, ["ability"], "vintage")
    assert set(found["dimensions"]["ability"]["auc"]) == {"train", "test", "out_of_time"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--name", "../spring"], "letters, digits"),
        (["--horizon", "soon"], "months or days"),
        (["--outcomes", "nowhere.csv"], "no file of outcomes"),
        (["--as-of", "2026-01-01"], "ISO 8601 with offset"),
    ],
)
def test_train_refuses_what_it_cannot_use(
    arguments: list[str], said: str, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    """Wrong arguments end with code 2 and a sentence; no model is written."""
    given = ["train", str(folder), "--models", str(tmp_path / "models"), *arguments]
    given += [] if "--as-of" in arguments else ["--as-of", AS_OF.isoformat()]
    code, _, err = told(capsys, *given)
    assert (code, said in err, (tmp_path / "models").exists()) == (2, True, False)


def test_run_tells_which_models_there_are(folder: Path, tmp_path: Path, capsys: Any) -> None:
    """An unknown model ends with code 2 before anything is read."""
    save_model(model("tree"), tmp_path / "models")
    given = [
        "run",
        str(folder),
        "--as-of",
        AS_OF.isoformat(),
        "--model",
        "autumn",
        "--models",
        str(tmp_path / "models"),
    ]
    code, _, err = told(capsys, *given)
    assert (code, model("tree").name in err) == (2, True)
