"""A page open in the browser: what it wrote, what it asked for, what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Opened:
    """A page in the browser, what it wrote to the console, and everything it asked for."""

    page: Any
    address: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def count(self, selector: str) -> int:
        """Count elements."""
        return int(self.page.locator(selector).count())

    def ask(self, script: str) -> Any:
        """Run a script in the page; it is the test's, the page has none."""
        return self.page.evaluate(script)


Open = Callable[..., Opened]
