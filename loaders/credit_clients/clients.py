"""What is in the set of credit card clients, and which clients are kept for testing?"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

SOURCE = (
    "I-Cheng Yeh, Default of Credit Card Clients, UCI Machine Learning Repository, 2009, doi 10.24432/C55S3H, CC BY 4.0"
)
"""Whom to name: the set's author, its home and its licence."""
STATUS = ("pay_0", "pay_2", "pay_3", "pay_4", "pay_5", "pay_6")
"""Repayment status from September 2005 back to April: months late, or a code."""
STATUS_CODES = {"card not used": -2, "paid in full": -1, "part paid in time": 0}
"""Statuses that are no number of months late."""
BILLS = tuple(f"bill_amt{number}" for number in range(1, 7))
PAYMENTS = tuple(f"pay_amt{number}" for number in range(1, 7))
AMOUNTS = ("limit_bal", *BILLS, *PAYMENTS)
"""The credit limit, six monthly bills and six monthly payments, in New Taiwan dollars."""
FEATURES = ("limit_bal", *STATUS, *BILLS, *PAYMENTS)
"""What a model may learn from."""
GROUPS = ("sex", "education", "marriage", "age")
"""For monitoring groups; they enter no score."""
TARGET = "has_default"

WORDS = {
    "sex": {1: "male", 2: "female"},
    "education": {1: "graduate school", 2: "university", 3: "high school", 4: "other"},
    "marriage": {1: "married", 2: "single", 3: "other"},
}
UNDOCUMENTED = "not documented"


def frame() -> pd.DataFrame:
    """Read the 30,000 clients.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``client`` (text, "c00001" to "c30000", in the order of the file): amounts in New Taiwan dollars as
        float64; statuses as int64; ``sex``, ``education`` and ``marriage`` in words as category, codes without a
        documented meaning as "not documented"; ``age`` in years as int64; ``has_default`` as bool.

    Examples
    --------
    >>> clients = frame()
    >>> clients.shape, int(clients.has_default.sum()), clients.index[0]
    ((30000, 24), 6636, 'c00001')
    """
    packed = resources.files("loaders.credit_clients").joinpath("creditcard_default.csv.gz")
    with packed.open("rb") as file, gzip.open(file) as text:
        table = pd.read_csv(text, dtype=dict.fromkeys(AMOUNTS, "float64"))
    table.index = pd.Index([f"c{number:05d}" for number in range(1, len(table) + 1)], name="client")
    for name, words in WORDS.items():
        spoken = table[name].map(words).fillna(UNDOCUMENTED)
        table[name] = pd.Categorical(spoken, categories=[*dict.fromkeys(words.values()), UNDOCUMENTED])
    table[TARGET] = table[TARGET].astype(bool)
    return table[[*FEATURES, *GROUPS, TARGET]]


def is_test(clients: Iterable[str], share: float = 0.3) -> npt.NDArray[np.bool_]:
    """Mark the clients kept for testing: those whose SHA-256 falls into the lowest share.

    A client's side depends on its number alone, so the split is the same everywhere and stays when rows are left out.

    Parameters
    ----------
    clients
        Their ids, as in the index of `frame`.
    share
        Of the clients, about, in [0, 1].

    Examples
    --------
    >>> is_test(["c00001", "c00002", "c00003", "c00004"]).tolist()
    [False, False, False, False]
    """
    border = share * 2.0**64
    return np.array([int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) < border for name in clients], np.bool_)
