"""Which questions are put to each read: parameters of the benchmark by name, and what the oracle says to them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.servers.finbench import sums, traces
from tests.servers.finbench.raw import LARGEST, OLDEST, SMALLEST, Window
from tests.servers.finbench.traces import Answer

READS = (*(f"tcr{number}" for number in range(1, 13)), *(f"tsr{number}" for number in range(1, 7)))
TRUNCATED = ("tcr1", "tcr2", "tcr5", "tcr6", "tcr7", "tcr8", "tcr9", "tcr11", "tcr12")
NAMES = {"tcr3": ("id1", "id2"), "tcr4": ("id1", "id2"), "tcr6": ("id", "threshold1", "threshold2"),
         "tcr10": ("pid1", "pid2")}  # fmt: skip

PAYS_MANY, PAID_BY_MANY, IN_CIRCLES = "4758053006316932351", "76561193665298918", "4798303927986554731"
PAYER, PAYEE, INVESTOR = "13194139534819", "24189255811305", "8796093022752"
CARD, LENT, BLOCKED = "4788452303801681102", "4770437905292198007", "4904982944159892675"
ASKED: dict[str, tuple[tuple[Any, ...], ...]] = {
    "tcr1": ((PAYS_MANY,), (IN_CIRCLES,), ("nobody",)),
    "tcr2": ((PAYEE,), ("26388279067423",), ("nobody",)),
    "tcr3": ((PAYS_MANY, PAID_BY_MANY), ("4616189618054761146", PAID_BY_MANY), (IN_CIRCLES, IN_CIRCLES)),
    "tcr4": (("4824481100820644208", "4831799450215121278"), ("4691906386789926812", IN_CIRCLES), (PAYS_MANY, CARD)),
    "tcr5": ((PAYER,), ("755",), ("nobody",)),
    "tcr6": ((CARD, 0.0, 0.0), (CARD, 1_000_000.0, 500_000.5), (PAYS_MANY, 0.0, 0.0)),
    "tcr7": ((PAYS_MANY, 0.0), (PAID_BY_MANY, 1_000_000.0), ("4910330968717395509", 0.0), ("nobody", 0.0)),
    "tcr8": (("4713017010043224709", 0.0), ("58265320179106939", 0.1), ("nothing", 0.0)),
    "tcr9": ((LENT, 0.0), ("169729410956527085", 250_000.25), (PAYS_MANY, 0.0), ("nobody", 0.0)),
    "tcr10": ((INVESTOR, "6597069767880"), ("15393162789021", "4398046512593"), (INVESTOR, "nobody"), ("no", "body")),
    "tcr11": (("4398046511878",), ("24189255812269",), ("nobody",)),
    "tcr12": (("2199023257416",), ("24189255813050",), ("nobody",)),
    "tsr1": ((PAYS_MANY,), (BLOCKED,), ("nobody",)),
    "tsr2": ((PAYS_MANY,), (PAID_BY_MANY,), ("nobody",)),
    "tsr3": ((BLOCKED, 0.0), (PAID_BY_MANY, 1_000_000.0), ("nobody", 0.0)),
    "tsr4": ((PAYS_MANY, 0.0), (PAYS_MANY, 9_000_000.0), ("nobody", 0.0)),
    "tsr5": ((PAID_BY_MANY, 0.0), (PAID_BY_MANY, 9_000_000.0), ("nobody", 0.0)),
    "tsr6": ((PAID_BY_MANY,), ("4713579959996649398",), ("nobody",)),
}
EVER = Window()
SOME = Window(datetime(2021, 6, 1, tzinfo=UTC), datetime(2022, 9, 1, tzinfo=UTC))
BEFORE = Window(end=datetime(2019, 12, 31, tzinfo=UTC))
CUT = (
    Window(limit=1),
    Window(limit=3),
    Window(limit=5, order=OLDEST),
    Window(limit=4, order=LARGEST),
    Window(SOME.start, SOME.end, limit=20, order=SMALLEST),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One question: a read, what it is asked about, and the window."""

    read: str
    about: tuple[Any, ...]
    window: Window

    @property
    def query(self) -> str:
        return f"finbench-{self.read}"

    @property
    def parameters(self) -> dict[str, Any]:
        """What is sent: all that the benchmark's parameters of this read are."""
        names = NAMES.get(self.read, ("id", "threshold"))[: len(self.about)]
        sent = dict(zip(names, self.about, strict=True))
        if self.read != "tsr1":
            sent |= {"startTime": self.window.start, "endTime": self.window.end}
        if self.read in TRUNCATED:
            sent |= {"truncationLimit": self.window.limit, "truncationOrder": self.window.order}
        return sent

    def expected(self) -> Answer:
        """What the oracle finds in the raw files."""
        oracle: Callable[..., Answer] = getattr(traces, self.read, None) or getattr(sums, self.read)
        return oracle(*self.about, self.window)


def cases(read: str) -> list[Case]:
    """All questions for one read: ever, in a window, before everything; where edges are cut, in each order too."""
    windows = (EVER, SOME, BEFORE, *(CUT if read in TRUNCATED else ()))
    return [Case(read, about, window) for about in ASKED[read] for window in windows]
