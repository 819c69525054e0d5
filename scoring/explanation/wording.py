"""What is wrong with a dictionary of reasons? Every finding at once, before a word reaches a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from loaders.contract import DIMENSIONS
from loaders.features import features
from loaders.spelling import did_you_mean

LANGUAGES = ("en", "zh")
DIMENSION_NAMES = (*DIMENSIONS, "connections")
SPECIAL = {
    "connections_low": "none",
    "distress": "none",
    "missing": "supply",
    "withheld": "allow",
    "not_supplied": "supply",
    "dimension_missing": "supply",
    "dimension_withheld": "allow",
}
"""Special cases and where good advice leads; those from ``missing`` on speak of a {name}."""
NAMED = tuple(SPECIAL)[2:]
PLACES = {"opening": ("score", "band", "date"), "given_by": ("lender",)}
KEYS = ("about", "actionable", "direction", *LANGUAGES)
LONGEST = 240  # characters of one text: a letter is one page
FORBIDDEN = re.compile(
    r"threshold|cut-?off|\bweights?\b|\bpoints\b|\bwithdraw|\brevoke|\bborrow|\buse (more )?credit|send(ing)? money"
    r"|transfer money|\bfriends?\b|\bothers\b|other people|阈值|门槛|权重|分值|积分|撤回|撤销|借款|借钱|使用信用"
    r"|转账|汇款|好友|他人|别人",
    re.IGNORECASE,
)
"""Thresholds, weights and points invite gaming; taking back a consent, borrowing and sending money are no advice; other
people are nobody's business."""
NUMBER = re.compile(r"\d|[%％]")


def check_whole(document: Mapping[str, Any]) -> list[str]:
    """Check the shipped dictionary: each feature, dimension and special case has one code in every language.

    Returns
    -------
    list of str
        One sentence per finding, beginning with its full key.
    """
    codes = document["codes"]
    about = [entry.get("about", "") for entry in codes.values()]
    wanted = [*(feature.name for feature in features()), *DIMENSION_NAMES, *SPECIAL]
    found = [f"codes: nothing is about {name!r}" for name in wanted if name not in about]
    found += [f"codes: {name!r} has more than one code" for name in sorted(set(about)) if about.count(name) > 1]
    for code, entry in codes.items():
        found += [f"codes.{code}.{key}: missing" for key in KEYS if key not in entry]
        words = ("reason", "advice") if entry.get("about") in SPECIAL else ("name", "reason", "advice")
        for language in LANGUAGES:
            found += [f"codes.{code}.{language}.{key}: missing" for key in words if key not in entry.get(language, {})]
    return found + check_changes(document, document)


def check_changes(document: Mapping[str, Any], shipped: Mapping[str, Any]) -> list[str]:
    """Check a lender's own words against the dictionary they change.

    Parameters
    ----------
    document
        The file as TOML gives it; it holds only what differs.
    shipped
        The shipped dictionary.

    Examples
    --------
    >>> shipped = {"codes": {"CH01": {"about": "on_time_rate"}}, "letter": {}, "bands": {}}
    >>> check_changes({"codes": {"CH01": {"en": {"reason": "Below 95 % on time."}}}}, shipped)
    ['codes.CH01.en.reason: found a number; a consumer reads no number but the score and the date']
    """
    found = [*_unknown("", document, ("codes", "letter", "bands"), "table")]
    codes = _table(document, "codes", found)
    found += _unknown("codes.", codes, tuple(shipped["codes"]), "code")
    for code, entry in codes.items():
        if code in shipped["codes"]:
            found += _entry(f"codes.{code}", entry, shipped["codes"][code])
    for language, words in _languages("letter", _table(document, "letter", found), found):
        found += _unknown(f"letter.{language}.", words, tuple(shipped["letter"].get("en", ())), "key")
        for key, text in words.items():
            found += _text(f"letter.{language}.{key}", text, PLACES.get(key, ()))
    for language, words in _languages("bands", _table(document, "bands", found), found):
        for key, text in words.items():
            found += _text(f"bands.{language}.{key}", text, ())
    return found


def _entry(place: str, entry: Any, shipped: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{place}: must be a table"
        return
    about = shipped["about"]
    yield from _unknown(f"{place}.", entry, KEYS, "key or language")
    if not isinstance(entry.get("actionable", True), bool):
        yield f"{place}.actionable: must be true or false"
    for key, fixed in (("about", about), ("direction", direction_of(about))):
        if entry.get(key, fixed) != fixed:
            yield f"{place}.{key}: found {entry[key]!r}, allowed is {fixed!r}"
    for language in LANGUAGES:
        if language not in entry:
            continue
        if not isinstance(entry[language], Mapping):
            yield f"{place}.{language}: must be a table"
            continue
        keys = ("reason", "advice") if about in SPECIAL else ("name", "reason", "advice")
        yield from _unknown(f"{place}.{language}.", entry[language], keys, "key")
        for key, text in entry[language].items():
            places = ("name",) if key == "reason" and about in NAMED else ()
            yield from _text(f"{place}.{language}.{key}", text, places, empty=key == "advice")


def direction_of(about: str) -> str:
    """Say where good advice leads: as the data contract has it, for special cases supply, allow or none.

    Examples
    --------
    >>> direction_of("return_rate"), direction_of("withheld"), direction_of("connections")
    ('down', 'allow', 'none')
    """
    if about in SPECIAL:
        return SPECIAL[about]
    if about in DIMENSION_NAMES:
        return "none" if about == "connections" else "up"
    return next((feature.direction for feature in features() if feature.name == about), "")


def _text(place: str, text: Any, places: Collection[str], *, empty: bool = False) -> Iterator[str]:
    if not isinstance(text, str):
        yield f"{place}: must be text"
        return
    if not text.strip():
        if not empty:
            yield f"{place}: must be text for the consumer; found none"
        return
    if len(text) > LONGEST or not text.isprintable():
        yield f"{place}: must be one line of at most {LONGEST} characters"
    if NUMBER.search(text):
        yield f"{place}: found a number; a consumer reads no number but the score and the date"
    if match := FORBIDDEN.search(text):
        yield f"{place}: found {match[0]!r}, which is not for a consumer's letter"
    named = re.findall(r"\{([^{}]*)\}", text)
    if sorted(named) != sorted(places) or len(named) != text.count("{") or len(named) != text.count("}"):
        wanted = ", ".join(f"{{{name}}}" for name in places) or "none"
        yield f"{place}: placeholders found: {', '.join(named) or 'none or broken'}; needed: {wanted}"


def _languages(table: str, entries: Mapping[str, Any], found: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found += _unknown(f"{table}.", entries, LANGUAGES, "language")
    for language in LANGUAGES:
        yield language, _table(entries, language, found, f"{table}.")


def _table(document: Mapping[str, Any], key: str, found: list[str], prefix: str = "") -> Mapping[str, Any]:
    value = document.get(key, {})
    if isinstance(value, Mapping):
        return value
    found.append(f"{prefix}{key}: must be a table")
    return {}


def _unknown(prefix: str, found: Mapping[str, Any], known: tuple[str, ...], what: str) -> Iterator[str]:
    for name in found:
        if name not in known:
            yield f"{prefix}{name}: not a {what}{did_you_mean(name, known)}"
