"""Is a model's file read back as it was written, and refused when it is damaged, foreign or hostile?"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loaders.errors import UsageError
from scoring.models.checks import ModelError
from scoring.models.model import Model
from scoring.models.storing import encode, load_model, save_model
from scoring.runs.manifest import canonical, sha256
from tests.scoring.models.lender import KINDS, model
from tests.scoring.models.test_model_values import drawn

Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_read_back_is_the_same_to_the_bit(kind: str, tmp_path: Path) -> None:
    """The file has the digest, the values and the bytes of the model that was saved."""
    made = model(kind)
    path = save_model(made, tmp_path)
    found = load_model(made.name, tmp_path)
    assert (found.digest, found.document(), path.read_bytes()) == (
        made.digest,
        made.document(),
        encode(made.document()),
    )
    for dimension, reader in made.dimensions.items():
        bins = drawn(reader, 300, 11)
        assert np.array_equal(found.dimensions[dimension].value(bins), reader.value(bins))


def test_a_model_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    """Saving twice leaves one file in the folder."""
    save_model(model("tree"), tmp_path)
    save_model(model("tree"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{model('tree').name}.json"]


def rehashed(document: dict[str, Any]) -> bytes:
    """Write a changed document with a hash that fits: what a forger would do."""
    body = {key: value for key, value in document.items() if key != "sha256"}
    return encode({**body, "sha256": sha256(canonical(body))})


def put(*keys: Any, value: Any) -> Change:
    """Set one value inside the document."""

    def change(document: dict[str, Any]) -> None:
        at: Any = document
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return change


ABILITY = ("dimensions", "ability")
FEATURE = (*ABILITY, "features", 0)
FORGERIES: dict[str, tuple[Change, str]] = {
    "another format": (put("format", value="pickle"), "format"),
    "a later version": (put("format_version", value=2), "format_version"),
    "a name that leads out": (put("name", value="../../etc/passwd"), "name"),
    "a name with a NUL": (put("name", value="a\0b"), "name"),
    "an extra key": (put("run_on_load", value="os.system"), "run_on_load"),
    "an extra key within": (put(*FEATURE, "code", value="x"), "code"),
    "text for a number": (put(*FEATURE, "iv", value="0.3"), "iv"),
    "a truth value for a number": (put("calibration", "thin_months", value=True), "thin_months"),
    "bins that overlap": (put(*FEATURE, "at_least", 1, value=-5.0), "rising numbers"),
    "weights against the direction": (put(*FEATURE, "woe", 0, value=9.0), "against the feature's direction"),
    "missing outside the bins": (put(*FEATURE, "missing", value=99.0), "as in the bins"),
    "a feature of another dimension": (put(*FEATURE, "name", value="degree"), "features of the dimension"),
    "points that fall": (put(*ABILITY, "points", 0, 0, value=9_999_999), "rise from 0"),
    "points and trees": (put(*ABILITY, "trees", value=[]), "trees"),
    "a slope that rises": (put("calibration", "curves", "all", "slope", value=0.5), "slope"),
    "no covariance": (put("calibration", "curves", "all", "variances", value=[1.0, 5.0, 1.0]), "no covariance"),
    "weights that are no shares": (put("fitted_weights", value=[0.5, 0.5, 0.5, 0.5]), "fitted_weights"),
    "a moment of no calendar": (put("as_of", value="2026-13-40T00:00:00+00:00"), "no moment of the calendar"),
    "points in a forest": (put("kind", value="forest"), "kind forest is made of trees"),
    "a curve beyond all odds": (put("calibration", "curves", "all", "intercept", value=1e308), "intercept"),
    "variances that overflow": (put("calibration", "curves", "all", "variances", value=[1e308, 0.0, 1.0]), "variances"),
    "a weight beyond all odds": (put(*FEATURE, "missing", value=1e300), "missing"),
    "words that a terminal obeys": (put("facts", "notes", value=["\x1b[2J"]), "notes"),
    "a day for as_of": (put("as_of", value="yesterday"), "as_of"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_file_is_refused_by_what_it_says_though_its_hash_fits(name: str, tmp_path: Path) -> None:
    """Layout, ranges and order are checked beside the hash; the sentence names the place."""
    change, told = FORGERIES[name]
    document = copy.deepcopy(model("logistic").document())
    change(document)
    path = tmp_path / "forged.json"
    path.write_bytes(rehashed(document))
    with pytest.raises(ModelError, match=told):
        load_model(path)


TREE = (*ABILITY, "trees", 0)
GROWN: dict[str, tuple[Change, str]] = {
    "points for a tree": (put("kind", value="logistic"), "kind logistic is made of points"),
    "a child before its parent": (put(*TREE, "left", 0, value=0), "must come after it"),
    "a child that is not there": (put(*TREE, "right", 0, value=400), "must come after it"),
    "a node with two parents": (put(*TREE, "left", 0, value=2), "child of one other"),
    "a feature that is not there": (put(*TREE, "feature", 0, value=60), "not there"),
    "arrays of unlike length": (
        lambda document: document["dimensions"]["ability"]["trees"][0]["level"].pop(),
        "per node",
    ),
    "a leaf that overtakes": (
        lambda document: document["dimensions"]["ability"]["trees"][0].update(
            value=[-value for value in document["dimensions"]["ability"]["trees"][0]["value"]]
        ),
        "never fall",
    ),
}


@pytest.mark.parametrize("name", GROWN)
def test_a_forged_tree_is_refused(name: str, tmp_path: Path) -> None:
    """A tree that is no tree, or turns against a feature, is told and never walked."""
    change, told = GROWN[name]
    document = copy.deepcopy(model("tree").document())
    change(document)
    path = tmp_path / "forged.json"
    path.write_bytes(rehashed(document))
    with pytest.raises(ModelError, match=told):
        load_model(path)


def good() -> bytes:
    return encode(model("logistic").document())


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nesting without end": (lambda: b"[" * 200_000, "nested too deeply|no JSON"),
    "NaN": (lambda: good().replace(b'"slope": -', b'"slope": NaN, "x": -', 1), "NaN"),
    "an infinite number": (lambda: good().replace(b'"slope": -', b'"slope": -1e999, "x": -', 1), "slope"),
    "a pickle": (lambda: b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94.", "no JSON"),
    "another hash": (lambda: good().replace(b'"horizon": "12m"', b'"horizon": "11m"'), "SHA-256"),
    "a key twice": (lambda: good().replace(b'"kind":', b'"kind": "tree",\n "kind":', 1), "key twice"),
    "half a file": (lambda: good()[: len(good()) // 2], "no JSON"),
    "an empty file": (lambda: b"", "no JSON"),
    "no UTF-8": (lambda: b"\xff\xfe{}", "no JSON"),
    "a list": (lambda: b"[]", "valid dictionary"),
    "a number of a million digits": (lambda: b"1" * 1_000_000, "no JSON"),
    "other blanks": (lambda: json.dumps(model("logistic").document()).encode(), "not those that were written"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_has_no_effect(name: str, tmp_path: Path) -> None:
    """Damaged, foreign and hostile bytes are refused with a sentence."""
    make, told = HOSTILE[name]
    path = tmp_path / "hostile.json"
    path.write_bytes(make())
    with pytest.raises(ModelError, match=told):
        load_model(path)


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    """A file beyond the limit is refused by its size."""
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    with pytest.raises(ModelError, match="more than"):
        load_model(path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A model that is a link elsewhere is refused."""
    save_model(model("tree"), tmp_path)
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / f"{model('tree').name}.json")
    with pytest.raises(ModelError):
        load_model("link", tmp_path)


@pytest.mark.parametrize("name", ["gone", "../gone", "a\0b", "gone.json"])
def test_a_model_that_is_not_there_is_told_with_those_that_are(name: str, tmp_path: Path) -> None:
    """The sentence lists the models of the folder."""
    save_model(model("tree"), tmp_path)
    with pytest.raises(UsageError, match=model("tree").name):
        load_model(name, tmp_path)


def test_a_model_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    """Saving checks what it writes."""
    made = model("logistic")
    broken = Model(**{**vars_of(made), "name": "../out"})
    with pytest.raises(ModelError, match="name"):
        save_model(broken, tmp_path / "models")
    assert not (tmp_path / "out.json").exists()


def vars_of(made: Model) -> dict[str, Any]:
    keys = ("name", "kind", "as_of", "horizon", "currency", "dimensions", "calibration", "fitted_weights", "facts")
    return {key: getattr(made, key) for key in keys}
