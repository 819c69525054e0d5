"""How does the scorecard read as one SQL statement? Points per feature, dimensions, e and the score without ties."""

# ruff: noqa: S608 (the SQL is made of names of the contract and numbers of the policy; names and texts are quoted)

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from loaders.contract import DIMENSIONS, SOURCES
from scoring.batch.facts import ALL_GRANTED
from scoring.combination import NANO, SPAN
from scoring.config import LOWEST, Config, stored_config
from scoring.export.expressions import Part, case, dimension, double, literal, quoted, worth
from scoring.runs.run import Run
from scoring.writing import write_whole

FILE = "scorecard.sql"
HEAD = """\
-- {title} as one SQL statement, written from run {run} as of {as_of}.
--
-- It gives, for every open account of a person: {what} per feature, the four tabular dimensions, e (tabular) and
-- the score without connections, 350 + 600 e rounded half up. Equal to the run for every row whose C is e.
-- Written for DuckDB; every literal is spelled out, so nothing depends on settings.
--
-- It expects the tables of the data contract, rows as `renmai check` accepts them:
--   accounts  account_id, holder_id (blank or NULL: the account), kind, opened_on (DATE; NULL: no day)
--   profiles  account_id, known_at (TIMESTAMPTZ; NULL: undated) and the columns named in `chosen` below: numbers,
--             yes or no as BOOLEAN or 0 and 1, money in minor units of {currency}; NULL: not known. A column you do
--             not have must be there as NULL.
{consents}
-- Of several rows of a holder the latest up to the moment of the run counts; without profile every cell is NULL.
-- Quartiles that stand in for a dimension of which nothing is there are those of the run.
"""
ASKED = """\
--   consents  account_id, source, granted (BOOLEAN), at (TIMESTAMPTZ); no row: not granted"""
NOT_ASKED = """\
--   (no consents: the run had no such table, so everything is granted)"""


def write_sql(run: Run, out: Path) -> Path:
    """Write the scorecard or model of a run into ``out/scorecard.sql``, whole or not at all."""
    return write_whole(Path(out) / FILE, scorecard_sql(run).encode())


def scorecard_sql(run: Run) -> str:
    """Write the scorecard a run was made with, or its trained model, as one SQL statement.

    Parameters
    ----------
    run
        Gives the scorecard, weights, quartiles and which columns its input had.

    Returns
    -------
    str
        One SELECT with a comment head that says which tables and columns it expects.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = scorecard_sql(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> text.splitlines()[-1]
    'ORDER BY account_id;'
    """
    config = stored_config(run.manifest)
    parts = [Part(run, config, name) for name in DIMENSIONS]
    blocks = [*_people(run, parts), _known(run, parts), _earned(parts), _dimensions(parts), _tabular(config)]
    return f"{_head(run, config, parts)}WITH {f',{chr(10)}'.join(blocks)}\n{_answer(parts)}"


def _head(run: Run, config: Config, parts: list[Part]) -> str:
    trees = any(part.found and part.found.trees for part in parts)
    model = config.model
    title = f"scorecard {config.card.name}" if model is None else f"trained model {model.name}"
    shown = "".join(sign for sign in title if sign.isprintable())[:80]
    granted = run.manifest["consent"] == ALL_GRANTED
    return HEAD.format(
        title=shown[:1].upper() + shown[1:],
        run=run.id,
        as_of=run.manifest["as_of"],
        what="the level" if trees else "the points",
        currency=config.data.base_currency,
        consents=NOT_ASKED if granted else ASKED,
    )


def _people(run: Run, parts: list[Part]) -> Iterator[str]:
    moment = str(run.manifest["as_of"])
    yield f"""open_accounts AS (
  SELECT account_id, coalesce(nullif(holder_id, ''), account_id) AS holder_id, kind
  FROM accounts
  WHERE opened_on IS NULL OR CAST(opened_on AS DATE) <= DATE {literal(moment[:10])}
)"""
    yield """persons AS (
  SELECT holder_id FROM open_accounts GROUP BY holder_id HAVING bool_or(kind = 'person')
)"""
    columns = dict.fromkeys(name for part in parts for name in part.columns)
    cells = "".join(f",\n    CAST(profiles.{quoted(name)} AS DOUBLE) AS {quoted(f'value_{name}')}" for name in columns)
    yield f"""chosen AS (
  SELECT owned.holder_id{cells},
    row_number() OVER (
      PARTITION BY owned.holder_id ORDER BY profiles.known_at DESC NULLS LAST, profiles.account_id
    ) AS place
  FROM profiles JOIN open_accounts AS owned ON owned.account_id = profiles.account_id
  WHERE profiles.known_at IS NULL OR profiles.known_at <= TIMESTAMPTZ {literal(moment)}
)"""
    if run.manifest["consent"] != ALL_GRANTED:
        yield f"""latest AS (
  SELECT owned.holder_id, consents.source, consents.granted,
    consents."at" = max(consents."at") OVER (PARTITION BY owned.holder_id, consents.source) AS newest
  FROM consents JOIN open_accounts AS owned ON owned.account_id = consents.account_id
  WHERE consents."at" <= TIMESTAMPTZ {literal(moment)}
)"""
        flags = ",\n    ".join(
            f"coalesce(bool_and(granted) FILTER (WHERE newest AND source = {literal(source)}), FALSE) "
            f"AS {quoted(f'may_{source}')}"
            for source in SOURCES
        )
        yield f"allowed AS (\n  SELECT holder_id,\n    {flags}\n  FROM latest GROUP BY holder_id\n)"


def _known(run: Run, parts: list[Part]) -> str:
    cells = [quoted(f"value_{name}") for name in dict.fromkeys(name for part in parts for name in part.columns)]
    if run.manifest["consent"] == ALL_GRANTED:
        flags = [f"TRUE AS {quoted(f'may_{source}')}" for source in SOURCES]
        joined = ""
    else:
        flags = [f"coalesce({quoted(f'may_{source}')}, FALSE) AS {quoted(f'may_{source}')}" for source in SOURCES]
        joined = "\n  LEFT JOIN allowed USING (holder_id)"
    listed = ",\n    ".join(["holder_id", *cells, *flags])
    return f"""known AS (
  SELECT {listed}
  FROM persons
  LEFT JOIN (SELECT * FROM chosen WHERE place = 1) USING (holder_id){joined}
)"""


def _earned(parts: list[Part]) -> str:
    found = [f"{case(ladder)} AS {worth(part, ladder)}" for part in parts for ladder in part.ladders]
    return "earned AS (\n  SELECT *" + "".join(f",\n    {line}" for line in found) + "\n  FROM known\n)"


def _dimensions(parts: list[Part]) -> str:
    made = "".join(f",\n    {dimension(part)} AS {quoted(part.name)}" for part in parts)
    return f"dimensions AS (\n  SELECT *{made}\n  FROM earned\n)"


def _tabular(config: Config) -> str:
    """Add up in the order of the dimensions, so that the sum is the run's to the bit."""
    percent = config.score.weights.percent[:4]
    total = " + ".join(f"{double(weight)} * {quoted(name)}" for name, weight in zip(DIMENSIONS, percent, strict=True))
    e = f"least((0e0 + {total}) / {double(math.fsum(percent))}, 1e0)"
    return f"tabular AS (\n  SELECT *, {e} AS e\n  FROM dimensions\n)"


def _answer(parts: list[Part]) -> str:
    shown = [worth(part, ladder) for part in parts for ladder in part.ladders]
    listed = ",\n  ".join(["account_id", "holder_id", *shown, *map(quoted, DIMENSIONS), "e AS tabular"])
    rounded = f"CAST({double(SPAN)} * e * {double(NANO)} AS BIGINT)"
    return f"""SELECT {listed},
  {LOWEST} + CAST(floor(({rounded} + {NANO // 2}) / {double(NANO)}) AS INTEGER) AS score
FROM tabular JOIN open_accounts USING (holder_id)
ORDER BY account_id;
"""
