"""What would somebody who never saw this model have to know? The card: sections of sentences, and small tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardTable:
    """A small table of a card; cells are text."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CardSection:
    """One section: its heading, whole sentences, and tables below them."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[CardTable, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The card of a run."""

    title: str
    run_id: str
    as_of: str
    sections: tuple[CardSection, ...]

    def markdown(self) -> str:
        """Write the card as Markdown."""
        parts = [f"# {self.title}"]
        for section in self.sections:
            parts += [f"## {section.heading}", *map(_text, section.paragraphs)]
            parts += [_table(table) for table in section.tables]
        return "\n\n".join(parts) + "\n"


def _table(table: CardTable) -> str:
    lines = [table.heads, tuple("---" for _ in table.heads), *table.rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return _text(text).replace("\\", "\\\\").replace("|", "\\|")


def _text(text: str) -> str:
    """Keep what a lender wrote from becoming tags or lines of its own."""
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").split())
