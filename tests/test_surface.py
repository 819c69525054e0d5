"""What can be imported, is it documented, and does the reference page say the same?"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scoring.desk import reference

ROOT = Path(__file__).parents[1]
SURFACE = {
    "loaders": "read load rejoin at Tables Snapshot LoadSettings check_rates fingerprint write_rejects features "
    "schema simulate finbench credit_clients town",
    "graph": "build CreditGraph Ties propagate Propagation explain Explanation open_store BoltStore StoreSettings "
    "query queries TieParameters PropagationParameters SPENDING_SCALE",
    "scoring": "run update open Run explain evaluate Monitoring backtest what_if would_reach score_one attack compare "
    "split_moves history train Model save_model load_model WoeBinner WoeLogistic MonotoneTree MonotoneForest "
    "load_config Config publication_of assess Assessment Constants combine ScoreTable",
}
"""Every public name. Whoever changes this list changes what others may have built on."""


def public() -> Iterator[tuple[str, Any]]:
    """Each public name with its value; of a public module, the names it lists."""
    for room in SURFACE:
        module = importlib.import_module(room)
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, ModuleType):
                yield from ((f"{room}.{name}.{inner}", getattr(value, inner)) for inner in value.__all__)
            else:
                yield f"{room}.{name}", value


PUBLIC = dict(public())
CALLABLE = [name for name, value in PUBLIC.items() if callable(value)]


@pytest.mark.parametrize("room", SURFACE)
def test_a_package_offers_exactly_this(room: str) -> None:
    """``__all__`` is the list above, in its order, and every lazy name is on it."""
    module = importlib.import_module(room)
    assert module.__all__ == SURFACE[room].split()
    assert set(module._HOMES) <= set(module.__all__)


@pytest.mark.parametrize("name", CALLABLE)
def test_a_public_name_tells_what_it_does_and_shows_it(name: str) -> None:
    """Its docstring has a first line and an example, which runs among the doctests; its signature can be read."""
    documented = inspect.getdoc(PUBLIC[name]) or ""
    assert documented.partition("\n")[0]
    assert ">>> " in documented
    assert inspect.signature(PUBLIC[name])


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(CALLABLE)))
def test_a_public_constant_is_told_in_the_reference(name: str) -> None:
    """Its value stands in docs/reference.md, and below it what it means."""
    told = reference.page().partition(f"\n{name} = ")[2].partition("```\n")[2].strip()
    assert told[:1].isupper()


@pytest.mark.parametrize("name", [name for name in CALLABLE if isinstance(PUBLIC[name], type)])
def test_what_a_public_class_offers_is_documented(name: str) -> None:
    """Every public method and property has a docstring of our own."""
    silent = [member for member, found in reference.public_members(PUBLIC[name]) if not inspect.getdoc(found)]
    assert silent == []


@pytest.mark.parametrize("name", [name for name in CALLABLE if inspect.isfunction(PUBLIC[name])])
def test_a_public_function_tells_each_of_its_arguments(name: str) -> None:
    """A function of more than one argument names all of them under Parameters; ``**unknown`` refuses typos."""
    arguments = [one for one in inspect.signature(PUBLIC[name]).parameters if one != "unknown"]
    told = (inspect.getdoc(PUBLIC[name]) or "").partition("Parameters\n---")[2].partition("\n\n")[0]
    assert len(arguments) < 2 or [one for one in arguments if one not in told] == []


def test_the_reference_page_is_what_the_docstrings_say() -> None:
    """docs/reference.md is the page that `make reference` writes, to the byte."""
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == reference.page()


def test_the_reference_page_tells_nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A default that is an object, such as the environment, is not written out: no variable, no path, no address."""
    monkeypatch.setenv("RENMAI_SECRET", "swordfish")
    page = reference.page()
    assert "swordfish" not in page
    assert re.findall(r" at 0x[0-9a-f]+|/(?:home|root|work|usr|tmp)/", page) == []


def test_the_packages_cost_nothing_until_they_are_used() -> None:
    """Importing all three imports no numeric library."""
    import subprocess
    import sys

    code = (
        "import sys, loaders, graph, scoring; print(sorted({'pandas', 'sklearn', 'numba', 'scipy'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"
