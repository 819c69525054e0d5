"""How does an LDBC FinBench sample become tables of our contract? `convert` writes and counts them."""

from loaders.finbench.conversion import convert

__all__ = ["convert"]
