"""What is to be measured, how large and how often? The flags of the room as one value."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """Sizes and places of one measuring.

    Attributes
    ----------
    relations
        Sizes of simulated portfolios, ascending; a table takes those it has a use for.
    share
        Accounts are relations divided by this.
    scales
        R-MAT graphs have ``2**scale`` nodes and 15.4 ties per node.
    rounds
        How often each work is measured, interleaved.
    peers
        Names of peers to measure; empty: all that are installed.
    peers_up_to
        Peers are measured on graphs up to this scale, as some need much memory.
    threads
        Threads of everybody who can be told.
    memory
        Memory of DuckDB.
    accounts
        Accounts of the portfolio of ``explain``.
    hub
        Counterparties of the hub.
    servers_relations, servers_accounts
        Size of the portfolio of ``database`` and ``commands``.
    data
        Folder of graphs and portfolios, used again when there.
    portfolios
        Portfolios that stand elsewhere, by number of relations (Parquet).
    """

    relations: tuple[int, ...] = (1_000_000, 10_000_000, 100_000_000)
    share: int = 20
    scales: tuple[int, ...] = (20, 22)
    rounds: int = 3
    peers: tuple[str, ...] = ()
    peers_up_to: int = 20
    threads: int = 2
    memory: str = "14GB"
    accounts: int = 1_000_000
    hub: int = 3_000_000
    servers_relations: int = 1_000_000
    servers_accounts: int = 100_000
    data: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / "renmai-bench")
    portfolios: dict[int, Path] = field(default_factory=dict)

    @property
    def middling(self) -> int:
        """The largest size up to ten million relations: what a table that needs one portfolio takes.

        Examples
        --------
        >>> Asked().middling, Asked(relations=(50_000_000,)).middling
        (10000000, 50000000)
        """
        return max((size for size in self.relations if size <= 10_000_000), default=self.relations[0])


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of :class:`Asked`, with its defaults."""
    default = Asked()
    parser.add_argument("--relations", type=_numbers, default=default.relations, help=_told("sizes", default.relations))
    parser.add_argument("--share", type=int, default=default.share, help="relations per account (%(default)s)")
    parser.add_argument("--scales", type=_numbers, default=default.scales, help=_told("R-MAT scales", default.scales))
    parser.add_argument("--rounds", type=int, default=default.rounds, help="interleaved rounds (%(default)s)")
    parser.add_argument("--peers", type=_words, default=(), help="only these, such as networkit,scipy (all there are)")
    parser.add_argument(
        "--peers-up-to", type=int, default=default.peers_up_to, help="largest scale for peers (%(default)s)"
    )
    parser.add_argument("--threads", type=int, default=default.threads, help="of everybody (%(default)s)")
    parser.add_argument("--memory", default=default.memory, help="memory of the bare DuckDB (%(default)s)")
    parser.add_argument("--accounts", type=int, default=default.accounts, help="of the run of `explain` (%(default)s)")
    parser.add_argument("--hub", type=int, default=default.hub, help="counterparties of the hub (%(default)s)")
    for name in ("servers_relations", "servers_accounts"):
        flag, size = f"--{name.replace('_', '-')}", getattr(default, name)
        parser.add_argument(flag, type=int, default=size, help="of `database` and `commands` (%(default)s)")
    parser.add_argument("--data", type=Path, default=default.data, help="cache of graphs and portfolios (%(default)s)")
    parser.add_argument(
        "--portfolio",
        type=_named,
        action="append",
        default=[],
        metavar="RELATIONS=FOLDER",
        help="a portfolio in Parquet that stands already",
    )


def _told(what: str, numbers: tuple[int, ...]) -> str:
    return f"{what}, ascending ({','.join(map(str, numbers))})"


def from_flags(flags: argparse.Namespace) -> Asked:
    """Make the value of parsed flags."""
    names = [name for name in Asked.__dataclass_fields__ if name != "portfolios"]
    given = {name: getattr(flags, name) for name in names}
    given["relations"], given["scales"] = tuple(sorted(flags.relations)), tuple(sorted(flags.scales))
    return Asked(**given, portfolios=dict(flags.portfolio))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace("_", "").split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _named(text: str) -> tuple[int, Path]:
    size, _, folder = text.partition("=")
    return int(size.replace("_", "")), Path(folder)
