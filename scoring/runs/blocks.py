"""Are these bytes of a large file as they were written? SHA-256 by block: what is not read is not hashed."""

from __future__ import annotations

import hashlib
import mmap
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from scoring.runs import disk

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from concurrent.futures import Future
    from pathlib import Path

BLOCK = 1 << 17
"""Bytes of a block: few enough for a row that is looked up, many enough for a short list."""
_HEX = 64
_TOGETHER = 64
"""Blocks hashed by one task: hashing lets go of the interpreter, and tasks cost more than blocks."""


class BlockFile(disk.NewFile):
    """A new file of which each block is summed up while it is written."""

    def __init__(self, path: Path, *, large: bool = False) -> None:
        super().__init__(path, large=large)
        self._sums: list[str] = []
        self._room = BLOCK

    @property
    def listed(self) -> dict[str, Any]:
        """Bytes, and the SHA-256 (hex) of all blocks one after the other."""
        last = [self._digest.hexdigest()] if self._room < BLOCK else []
        return {"bytes": self.size, "sums": "".join([*self._sums, *last])}

    def _sum(self, piece: memoryview) -> None:
        while piece:
            part, piece = piece[: self._room], piece[self._room :]
            self._digest.update(part)
            self._room -= len(part)
            if not self._room:
                self._sums.append(self._digest.hexdigest())
                self._digest, self._room = hashlib.sha256(), BLOCK


class Checked:
    """A file mapped into memory, of which nothing is used before its block was compared with what was written.

    Parameters
    ----------
    path : Path
        The file.
    listed : dict
        ``bytes`` and ``sums``, as :class:`BlockFile` gives them.
    """

    def __init__(self, path: Path, listed: Mapping[str, Any]) -> None:
        self.path = path
        self._sums, self._size = str(listed["sums"]), int(listed["bytes"])
        self._sound: dict[int, Future[bool] | bool] = {}
        self.fault = ""
        self.content: Any = b""
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                if size != self._size:
                    self.fault = f"{path} is damaged: it has {size} bytes, written were {self._size}"
                elif size:
                    self.content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            self.fault = f"{path} is missing"
        except OSError as error:
            self.fault = f"{path} cannot be read ({error.strerror})"
        if not self.fault and len(self._sums) != _HEX * -(-self._size // BLOCK):
            self.fault = f"{path} is damaged: its blocks are not listed"

    def is_of(self, listed: Mapping[str, Any]) -> bool:
        """Say whether this is what was listed."""
        return (self._size, self._sums) == (listed["bytes"], listed["sums"])

    def begin(self, blocks: Collection[int], pool: ThreadPoolExecutor) -> None:
        """Begin to compare blocks in the background."""
        asked = [] if self.fault else sorted({*blocks} - self._sound.keys())
        for first in range(0, len(asked), _TOGETHER):
            some = asked[first : first + _TOGETHER]
            task = pool.submit(self._all_sound, some)
            self._sound |= dict.fromkeys(some, task)

    def damage(self, blocks: Collection[int] | None = None) -> str:
        """Say what is wrong with blocks, or with any; "" when they are as they were written."""
        if self.fault:
            return self.fault
        for block in range(-(-self._size // BLOCK)) if blocks is None else blocks:
            sound = self._sound.get(block)
            if sound is None:
                sound = self._sound[block] = self._is_sound(block)
            if not (sound if isinstance(sound, bool) else sound.result()):
                self.fault = f"{self.path} is damaged: it does not have the SHA-256 it was written with"
                return self.fault
        return ""

    def _all_sound(self, blocks: Collection[int]) -> bool:
        return all(self._is_sound(block) for block in blocks)

    def _is_sound(self, block: int) -> bool:
        with memoryview(self.content) as view, view[block * BLOCK : (block + 1) * BLOCK] as part:
            return hashlib.sha256(part).hexdigest() == self._sums[block * _HEX : (block + 1) * _HEX]


def blocks_of(begin: int, end: int) -> range:
    """Number the blocks that hold some bytes.

    Examples
    --------
    >>> list(blocks_of(0, 1)), list(blocks_of(BLOCK - 1, BLOCK + 1)), list(blocks_of(5, 5))
    ([0], [0, 1], [])
    """
    return range(begin // BLOCK, -(-end // BLOCK)) if end > begin else range(0)
