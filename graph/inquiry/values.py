"""How does a value look that came from a server? The same from every server, and of plain Python types only."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


def plain(value: Any, *, utc: bool) -> Any:
    """Turn a value of the driver into one of Python.

    Parameters
    ----------
    value
        As the driver gives it: nodes, relationships, paths, times and whatever lists and maps hold of them.
    utc
        Whether a time without a zone is in UTC; the embedded server stores all times so.

    Returns
    -------
    Any
        Times are ``datetime`` in UTC, days ``date``, durations ISO 8601 text. A node is its labels and properties, a
        relationship its type and properties, a path its nodes and relationships; inner numbers of a server are left
        out, since they mean nothing elsewhere.

    Examples
    --------
    >>> from neo4j.time import DateTime, Duration
    >>> plain([DateTime(2026, 1, 1, 8), Duration(days=2)], utc=True)
    [datetime.datetime(2026, 1, 1, 8, 0, tzinfo=datetime.timezone.utc), 'P2D']
    """
    if value is None or isinstance(value, str | bool | int | float | bytes):
        return value
    if type(value) in (list, tuple, set):
        return [plain(part, utc=utc) for part in value]
    if isinstance(value, dict):
        return {key: plain(part, utc=utc) for key, part in value.items()}
    return _of_driver(value, utc)


def _of_driver(value: Any, utc: bool) -> Any:
    from neo4j import graph, time

    if isinstance(value, time.DateTime | datetime):
        return _moment(value.to_native() if isinstance(value, time.DateTime) else value, utc)
    if isinstance(value, time.Date | date):
        return value.to_native() if isinstance(value, time.Date) else value
    if isinstance(value, time.Duration | time.Time):
        return value.iso_format()
    if isinstance(value, graph.Node):
        return {"labels": sorted(value.labels), "properties": _properties(value, utc)}
    if isinstance(value, graph.Relationship):
        return {"type": value.type, "properties": _properties(value, utc)}
    if isinstance(value, graph.Path):
        steps = {"nodes": value.nodes, "relationships": value.relationships}
        return {name: [plain(part, utc=utc) for part in parts] for name, parts in steps.items()}
    return [float(part) for part in value] if isinstance(value, tuple) else str(value)


def _moment(value: datetime, utc: bool) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC) if utc else value
    return value.astimezone(UTC)


def _properties(entity: Any, utc: bool) -> dict[str, Any]:
    return {name: plain(entity[name], utc=utc) for name in sorted(entity.keys())}
