"""Which records surely pass all row checks, and what are their values? A fast lane beside the checks in SQL."""

from loaders.quick.accounts import AccountIndex
from loaders.quick.hashing import hash_ids
from loaders.quick.judging import Context, Judged, judge
from loaders.quick.words import CURRENCIES, KINDS

__all__ = ["CURRENCIES", "KINDS", "AccountIndex", "Context", "Judged", "hash_ids", "judge"]
