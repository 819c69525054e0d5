"""What does OptBinning make of the same clients? Run by an interpreter of its own environment; prints JSON.

``python -m benchmarks.peers.optbinning CLIENTS.csv SETTINGS.json``: the file has the features, ``bad`` and ``test``;
the settings name the features, the special codes, penalties and rounds.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

# the peer and what it stands on warn of their own futures
warnings.simplefilter("ignore")

import pandas as pd  # noqa: E402 (after the filter)
from optbinning import BinningProcess, Scorecard  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402


def main() -> None:
    """Fit every setting, tell the AUC of each and the median binning time of the one with special codes."""
    clients = pd.read_csv(sys.argv[1])
    asked = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    names, codes = asked["features"], {name: {"special_codes": found} for name, found in asked["special"].items()}
    train, test = clients[~clients["test"]], clients[clients["test"]]
    found = {}
    for known, special in (("", None), (" with special codes", codes)):
        for penalty in asked["penalties"]:
            card = Scorecard(
                binning_process=BinningProcess(names, binning_fit_params=special),
                estimator=LogisticRegression(C=penalty, max_iter=1000),
            ).fit(train[names], train["bad"])
            found[f"C={penalty:g}{known}"] = roc_auc_score(test["bad"], card.predict_proba(test[names])[:, 1])
    times = []
    for _ in range(asked["rounds"]):
        process = BinningProcess(names, binning_fit_params=codes)
        start = time.perf_counter()
        process.fit(train[names], train["bad"])
        times.append(time.perf_counter() - start)
    told = {"version": version("optbinning"), "auc": found, "binning_seconds": statistics.median(times)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
