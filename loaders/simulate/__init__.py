"""What does a believable portfolio with planted truths look like? `simulate` writes one."""

from loaders.simulate.portfolio import simulate

__all__ = ["simulate"]
