"""Small snapshots built by hand, so that tests of policy need no files and no gate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from loaders.asof import Snapshot
from loaders.contract import DIMENSIONS, SOURCES
from loaders.features import features

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = {"number": pa.float64(), "integer": pa.int64(), "money": pa.int64(), "boolean": pa.bool_()}
COLUMN_TYPES = {feature.name: TYPES[feature.type] for feature in features()}
COLUMN_TYPES |= dict.fromkeys(DIMENSIONS, pa.float64()) | {"spending_scale": pa.int64()}


def snapshot(
    profiles: Mapping[str, Mapping[str, Any]],
    *,
    withheld: Mapping[str, set[str]] | None = None,
    opened: Mapping[str, date] | None = None,
    outcomes: list[tuple[str, datetime]] | None = None,
    others: tuple[str, ...] = (),
) -> Snapshot:
    """Persons with these profile cells; ``withheld``: sources per holder, None without a table of consents."""
    names = sorted([*profiles, *others], key=str.encode)
    columns = list(dict.fromkeys(column for cells in profiles.values() for column in cells))
    opened = opened or {}
    return Snapshot(
        as_of=AS_OF,
        accounts=pa.table({"account_id": pa.array(names, pa.string())}),
        holders=pa.table(
            {
                "holder_id": pa.array(names, pa.string()),
                "person": pa.array([name in profiles for name in names], pa.bool_()),
                "opened_on": pa.array([opened.get(name) for name in names], pa.date32()),
            }
        ),
        relations=pa.table({"relation_id": pa.array([], pa.string())}),
        profiles=pa.table(
            {
                "holder_id": pa.array([name for name in names if profiles.get(name)], pa.string()),
                **{column: _column(column, profiles, names) for column in columns},
            }
        ),
        consents=None
        if withheld is None
        else pa.table(
            {
                "holder_id": pa.array(names, pa.string()),
                **{source: [source not in withheld.get(name, set()) for name in names] for source in SOURCES},
            }
        ),
        outcomes=pa.table(
            {
                "holder_id": pa.array([name for name, _ in outcomes or []], pa.string()),
                "at": pa.array([at for _, at in outcomes or []], pa.timestamp("us", tz="UTC")),
            }
        ),
        rates=pa.table({}),
        counts={},
    )


def _column(column: str, profiles: Mapping[str, Mapping[str, Any]], names: list[str]) -> pa.Array:
    kind = COLUMN_TYPES[column]
    cells = [profiles[name].get(column) for name in names if profiles.get(name)]
    flags = [None if cell is None else bool(cell) for cell in cells]
    return pa.array(flags if kind == pa.bool_() else cells, kind)
