"""How did 30,000 real credit card clients pay, and who defaulted? `frame` reads the set, `convert` makes our tables.

Source: I-Cheng Yeh, "Default of Credit Card Clients", UCI Machine Learning Repository, 2009, doi 10.24432/C55S3H,
CC BY 4.0; README.md beside the data tells more.
"""

from loaders.credit_clients.clients import AMOUNTS, FEATURES, GROUPS, SOURCE, STATUS, STATUS_CODES, frame, is_test
from loaders.credit_clients.conversion import convert

__all__ = ["AMOUNTS", "FEATURES", "GROUPS", "SOURCE", "STATUS", "STATUS_CODES", "convert", "frame", "is_test"]
