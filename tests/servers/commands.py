"""How does a test point the commands at the server that it uses? By environment and file, as a user would."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.stores.settings import VARIABLES, StoreSettings


def use(settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make ``folder`` the working folder, with a renmai.toml and variables that mean this server."""
    monkeypatch.chdir(folder)
    for word in VARIABLES.values():
        monkeypatch.delenv(word, raising=False)
    lines = ["[database]"]
    if settings.uri is None:
        lines += [f'folder = "{settings.folder}"', f'memory = "{settings.memory}"']
    else:
        monkeypatch.setenv("NEO4J_URI", settings.uri)
        monkeypatch.setenv("NEO4J_USERNAME", settings.username)
        monkeypatch.setenv("NEO4J_DATABASE", settings.database)
        credentials = settings.credentials()
        if credentials is not None:
            monkeypatch.setenv("NEO4J_PASSWORD", credentials[1])
    (folder / "renmai.toml").write_text("\n".join([*lines, ""]))
