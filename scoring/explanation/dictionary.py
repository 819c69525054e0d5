"""Which words explain a reason? The dictionary of codes, shipped in English and Chinese, with a lender's own on top."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self

from loaders.errors import UsageError
from loaders.features import features
from scoring.explanation.wording import DIMENSION_NAMES, LANGUAGES, SPECIAL, check_changes, check_whole
from scoring.scorecard.card import Scorecard

Document = Mapping[str, Any]


class ReasonsError(UsageError):
    """A file of reasons is not usable; ``problems`` holds every finding, one sentence each."""

    def __init__(self, problems: list[str], source: str) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join([f"{source}: {len(problems)} finding(s) make the reasons unusable:", *problems]))


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language; ``name`` is empty for special cases, ``advice`` where nothing can be done."""

    name: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason code.

    Attributes
    ----------
    code
        Short and stable, such as ``CH01``.
    about
        The feature, dimension or special case.
    kind
        ``feature``, ``dimension`` or ``special``.
    dimension
        Where it belongs; empty for special cases.
    actionable
        Whether the person can do something about it; a search for ways to a score uses no other features.
    direction
        Where good advice leads: up, down, supply, allow or none.
    words
        By language.
    """

    code: str
    about: str
    kind: str
    dimension: str
    actionable: bool
    direction: str
    words: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All reason codes and the fixed words of a letter.

    ``letters`` and ``bands`` are by language; ``changes`` is the lender's own file as it was read, empty without one.

    Examples
    --------
    >>> reasons = Dictionary.load()
    >>> reasons.of("worst_days_overdue").code, reasons.of("worst_days_overdue").direction
    ('CH04', 'down')
    >>> reasons.of("history_months").actionable, reasons.of("history_months").words["zh"].name
    (False, '信用记录的长短')
    """

    entries: Mapping[str, Entry]
    letters: Mapping[str, Mapping[str, str]]
    bands: Mapping[str, Mapping[str, str]]
    changes: Document

    @staticmethod
    def load(path: Path | None = None) -> Dictionary:
        """Read the shipped dictionary, with a lender's file on top if there is one.

        Raises
        ------
        ReasonsError
            With every finding at once: an unknown code, key or language, words left empty, a number, a placeholder
            or a forbidden word in what a consumer reads, advice where nothing can be done.
        """
        if path is None:
            return _shipped()
        try:
            changes = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            raise ReasonsError([f"not valid TOML: {error}"], path.name) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ReasonsError([f"the file cannot be read: {error}"], path.name) from None
        return _shipped().changed(changes, path.name)

    def of(self, about: str) -> Entry:
        """Give the entry for a feature, a dimension or a special case."""
        return self.entries[about]

    def changed(self, changes: Document, source: str = "reasons") -> Self:
        """Put a lender's own words on top of these; what they do not name stays."""
        whole = _document()
        if problems := check_changes(changes, whole):
            raise ReasonsError(problems, source)
        merged = self._merged(changes)
        if problems := [problem for entry in merged.values() for problem in _idle(entry)]:
            raise ReasonsError(problems, source)
        letters = _laid_over(self.letters, changes.get("letter", {}))
        return type(self)(merged, letters, _laid_over(self.bands, changes.get("bands", {})), {**changes})

    def with_scorecard(self, card: Scorecard) -> Self:
        """Take over the English words a scorecard file may bring with it, where something can be done or said."""
        own = {feature.name: (feature.lowers, feature.improve) for feature in card.features}
        own |= {name: (text.lowers, text.improve) for name, text in card.texts.items()}
        merged = dict(self.entries)
        for about, (reason, advice) in own.items():
            entry, words = self.of(about), self.of(about).words["en"]
            spoken = Words(words.name, reason or words.reason, (advice or words.advice) if entry.actionable else "")
            merged[about] = replace(entry, words={**entry.words, "en": spoken})
        return type(self)(merged, self.letters, self.bands, self.changes)

    def _merged(self, changes: Document) -> dict[str, Entry]:
        merged = dict(self.entries)
        for entry in self.entries.values():
            change = changes.get("codes", {}).get(entry.code, {})
            actionable = change.get("actionable", entry.actionable)
            words = {}
            for language in LANGUAGES:
                before = asdict(entry.words[language])
                if entry.actionable and not actionable:  # switched off: the shipped advice goes with it
                    before["advice"] = ""
                words[language] = Words(**{**before, **change.get(language, {})})
            merged[entry.about] = replace(entry, actionable=actionable, words=words)
        return merged


def _idle(entry: Entry) -> list[str]:
    """Find advice where nothing can be done, and its absence where something can."""
    found = []
    for language, words in entry.words.items():
        place = f"codes.{entry.code}.{language}.advice"
        if words.advice and not entry.actionable:
            found.append(f"{place}: found advice, but actionable is false: nothing can be done")
        if entry.actionable and not words.advice and entry.kind != "special":
            found.append(f"{place}: missing; an actionable code says what can be done")
    return found


def _laid_over(words: Mapping[str, Mapping[str, str]], changes: Document) -> dict[str, dict[str, str]]:
    return {language: {**words.get(language, {}), **changes.get(language, {})} for language in LANGUAGES}


@cache
def _document() -> Document:
    text = resources.files("scoring.explanation").joinpath("reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _shipped() -> Dictionary:
    document = _document()
    if problems := check_whole(document):
        raise ReasonsError(problems, "reasons.toml")
    home = {feature.name: feature.dimension for feature in features()} | {name: name for name in DIMENSION_NAMES}
    entries = {}
    for code, entry in document["codes"].items():
        about = entry["about"]
        kind = "special" if about in SPECIAL else "dimension" if about in DIMENSION_NAMES else "feature"
        words = {language: Words(**{"name": "", **entry[language]}) for language in LANGUAGES}
        entries[about] = Entry(code, about, kind, home.get(about, ""), entry["actionable"], entry["direction"], words)
    if problems := [problem for entry in entries.values() for problem in _idle(entry)]:
        raise ReasonsError(problems, "reasons.toml")
    return Dictionary(entries, document["letter"], document["bands"], {})
