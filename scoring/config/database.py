"""Which database does a configuration name, and what may be asked of it?"""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from graph.stores.settings import StoreSettings
from loaders.errors import UsageError
from scoring.config.sections import Section

STORE = StoreSettings()


class Database(Section):
    """Which graph database is used, unless NEO4J_URI and its companions name one; no part of a run's id."""

    uri: str = Field(default="", description="bolt:// or neo4j:// address (+s: TLS); empty: the embedded server")
    username: str = Field(default=STORE.username, min_length=1, description="who asks at the uri")
    password_file: str = Field(default="", description="file with the password for the uri; a password is no setting")
    database: str = Field(
        default="", description="name of the database; empty: neo4j at a uri, renmai on the embedded server"
    )
    insecure: bool = Field(default=False, description="true: a remote uri may be spoken to without TLS")
    folder: str = Field(default=str(STORE.folder), min_length=1, description="where the embedded server keeps its data")
    memory: str = Field(
        default=STORE.memory,
        pattern=r"^[1-9][0-9]*(KiB|MiB|GiB|TiB|KB|MB|GB|TB)$",
        description="memory limit of the embedded server, at least 256MiB",
    )
    query_seconds: float = Field(
        default=STORE.query_seconds, gt=0, le=86_400, description="seconds after which a query of an analyst is stopped"
    )
    query_rows: int = Field(
        default=STORE.query_rows, ge=1, le=10_000_000, description="rows a query of an analyst may give"
    )
    keep: int = Field(default=STORE.keep, ge=1, description="how many published runs stay in the database")

    @property
    def given(self) -> dict[str, Any]:
        """The settings that are not left open, by the names of ``StoreSettings``."""
        return {name: value for name, value in self.model_dump().items() if value != ""}

    @model_validator(mode="before")
    @classmethod
    def _no_password(cls, values: object) -> object:
        for key in values if isinstance(values, dict) else ():
            if "pass" in str(key) and key != "password_file":  # and its value is shown to nobody
                raise ValueError(f"{key} is no setting; put the password into a file and name that in password_file")
        return values

    @model_validator(mode="after")
    def _usable(self) -> Self:
        try:
            StoreSettings(**self.given)
        except UsageError as error:
            raise ValueError(str(error)) from None
        return self
