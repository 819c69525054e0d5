"""How fast is this machine at best? Copying memory, gathering from it, hashing, reading and writing files.

No program that touches these bytes once can be faster; the other tables are to be read beside this one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.asked import Asked
from benchmarks.measure import in_turn, spread
from benchmarks.page import Goal, number, rows

TITLE = "What the machine can do at best"
WORDS = 32_000_000
"""Length of the float64 arrays that are copied: 256 MB each, far more than the caches hold."""


def measure(asked: Asked) -> dict[str, Any]:
    """Rates in GB per second, and gathers in billions per second."""
    block = np.random.default_rng(3).bytes(1 << 26)
    place = asked.data / "floor.bin"
    asked.data.mkdir(parents=True, exist_ok=True)
    try:
        taken = in_turn(
            {
                "hash": lambda: hashlib.sha256(block).digest(),
                "write": lambda: _write(place, block),
                "read": lambda: place.read_bytes(),
            },
            asked.rounds,
        )
    finally:
        place.unlink(missing_ok=True)
    size = len(block) / 1e9
    return {
        "copy_gb_per_second": copy_rate(1, asked.rounds),
        "copy_threads_gb_per_second": copy_rate(asked.threads, asked.rounds),
        "threads": asked.threads,
        "gather_billion_per_second": gather_rate(asked.rounds),
        "sha256_gb_per_second": spread(size / second for second in taken["hash"]),
        "write_gb_per_second": spread(4 * size / second for second in taken["write"]),
        "read_gb_per_second": spread(4 * size / second for second in taken["read"]),
    }


def _write(place: Any, block: bytes) -> None:
    with place.open("wb") as file:
        for _ in range(4):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def copy_rate(threads: int, rounds: int = 3) -> dict[str, float]:
    """GB copied per second by so many threads; a copy reads and writes each byte, and counts it once."""
    source, target = np.ones(WORDS), np.empty(WORDS)
    cuts = np.linspace(0, WORDS, threads + 1).astype(int).tolist()

    def part(number: int) -> None:
        np.copyto(target[cuts[number] : cuts[number + 1]], source[cuts[number] : cuts[number + 1]])

    with ThreadPoolExecutor(threads) as pool:
        taken = in_turn({f"copy on {threads} threads": lambda: list(pool.map(part, range(threads)))}, rounds)
    return spread(source.nbytes / 1e9 / second for (second,) in zip(*taken.values(), strict=True))


def gather_rate(rounds: int) -> dict[str, float]:
    """Billions of float64 fetched per second from random places of 2**20, by one thread: a standing per tie."""
    dice = np.random.default_rng(5)
    standing, ends, out = (
        dice.random(1 << 20),
        dice.integers(0, 1 << 20, WORDS // 2, dtype=np.int32),
        np.empty(WORDS // 2),
    )
    fetch: Callable[[], Any] = lambda: np.take(standing, ends, out=out, mode="clip")  # noqa: E731 (named by its type)
    return spread(len(ends) / 1e9 / second for second in in_turn({"gather": fetch}, rounds)["gather"])


def show(found: dict[str, Any]) -> str:
    """Write the rates."""
    words = (
        ("copying memory, one thread", "copy_gb_per_second", "GB/s"),
        (f"copying memory, {found['threads']} threads", "copy_threads_gb_per_second", "GB/s"),
        ("fetching float64 from random places of 2^20, one thread", "gather_billion_per_second", "billion/s"),
        ("SHA-256, one thread", "sha256_gb_per_second", "GB/s"),
        ("writing a file and waiting for the disk", "write_gb_per_second", "GB/s"),
        ("reading a file that is in the disk cache, one thread", "read_gb_per_second", "GB/s"),
    )
    body = [
        (
            what,
            f"{number(found[name]['median'])} {unit} ({number(found[name]['least'])} to {number(found[name]['most'])})",
        )
        for what, name, unit in words
    ]
    return rows(("what", "rate"), body)


def goals(found: dict[str, Any]) -> list[Goal]:  # noqa: ARG001 (one seam for all)
    """None: it is what the others are compared with."""
    return []
