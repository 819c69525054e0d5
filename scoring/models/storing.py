"""Where is a model kept, and how is it read so that a damaged or foreign file has no effect?

A model is JSON in the one form that is hashed. It is parsed, never executed; size, layout, ranges and hash are checked
before anything is made of it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from loaders.errors import ContractError, UnavailableError, UsageError
from loaders.readers.source import open_regular
from scoring.models.checks import ModelError
from scoring.models.layout import NAME
from scoring.models.model import Model
from scoring.runs import disk

FOLDER = Path("models")
ENDING = ".json"
MOST_BYTES = 32 * 1024 * 1024


def encode(document: dict[str, Any]) -> bytes:
    """Write a model's document in its one form: sorted keys, one entry per line, no NaN."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def save_model(model: Model, folder: Path | str = FOLDER) -> Path:
    """Write ``folder/NAME.json`` so that a reader sees the old file or the new one, never half of one.

    Parameters
    ----------
    model
        The model; one of the same name is replaced.
    folder
        Made if need be.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ModelError
        When the model is none that could be read again.
    UnavailableError
        When the disk fails.

    Examples
    --------
    >>> import tempfile, scoring
    >>> from loaders.simulate import simulate
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     truth = simulate(Path(folder), accounts=1200)
    ...     model = scoring.train(folder, as_of="2026-01-01T00:00:00+00:00", name="spring")
    ...     kept = save_model(model, Path(folder, "models"))
    ...     print(kept.name, load_model("spring", kept.parent).digest == model.digest)
    spring.json True
    """
    document = model.document()
    Model.from_document(document, f"model {model.name!r}")
    place = Path(folder)
    path = place / f"{model.name}{ENDING}"
    with disk.translated(path):
        place.mkdir(parents=True, exist_ok=True)
        disk.replace(path, encode(document))
    return path


def load_model(model: Path | str, folder: Path | str = FOLDER) -> Model:
    """Read a model by its name in ``folder``, or by the path of its file.

    Parameters
    ----------
    model
        A name such as ``spring``, or a path (anything with a separator or the ending ``.json``).
    folder
        Where names are looked up.

    Raises
    ------
    UsageError
        When there is no such model; the known ones are named.
    ModelError
        When the file is damaged, foreign or hostile: not JSON, too large, nested too deeply, another layout, numbers
        out of range, another hash.

    Examples
    --------
    >>> load_model("spring", "nowhere")
    Traceback (most recent call last):
    loaders.errors.UsageError: there is no model 'spring'; nowhere holds no model; `renmai train` makes one
    """
    path = find_model(model, folder)
    try:
        with open_regular(path, str(path)) as file:
            content = file.read(MOST_BYTES + 1)
    except (ContractError, UnavailableError) as error:
        raise ModelError([str(error)], str(path)) from error
    if len(content) > MOST_BYTES:
        raise ModelError([f"it has more than {MOST_BYTES:,} bytes"], str(path))
    document = parse(content, str(path))
    found = Model.from_document(document, str(path))
    if content != encode(document):
        raise ModelError(["its bytes are not those that were written: a key twice, or laid out anew"], str(path))
    return found


def checked_name(name: str | None) -> str | None:
    """Refuse a name that could lead out of the folder.

    Examples
    --------
    >>> checked_name("../spring")
    Traceback (most recent call last):
    loaders.errors.UsageError: a model's name must be letters, digits, - and _, at most 64; got '../spring'
    """
    if name is not None and re.fullmatch(NAME, name) is None:
        raise UsageError(f"a model's name must be letters, digits, - and _, at most 64; got {name!r}")
    return name


def find_model(model: Path | str, folder: Path | str = FOLDER) -> Path:
    """Say which file is meant by a name or a path."""
    text = str(model)
    named = isinstance(model, str) and re.fullmatch(NAME, text) is not None
    path = Path(folder) / f"{text}{ENDING}" if named else Path(text)
    if "\0" in text or not path.is_file():
        known = sorted(entry.stem for entry in Path(folder).glob(f"*{ENDING}")) if Path(folder).is_dir() else []
        there = f"{folder} has {', '.join(known[:10])}" if known else f"{folder} holds no model"
        raise UsageError(f"there is no model {text!r}; {there}; `renmai train` makes one")
    return path


def parse(content: bytes, source: str) -> Any:
    """Read JSON of a stranger: no NaN, no infinity, no nesting that exhausts the reader."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except RecursionError as error:
        raise ModelError(["it is nested too deeply"], source) from error
    except ValueError as error:
        raise ModelError([f"it is no JSON of a model ({str(error)[:100]})"], source) from error


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
