"""How well do our scorecard and forest rank real clients, and how fast are our bins, beside OptBinning's?

Data: I-Cheng Yeh, "Default of Credit Card Clients", UCI Machine Learning Repository, 2009, doi 10.24432/C55S3H, CC BY
4.0. Both sides get the same 19 features (sex, education, marriage and age enter no score), the same special codes of
the repayment statuses, the same clients for training and testing (`loaders.credit_clients.is_test`). OptBinning runs in
a process of an environment of its own; of its settings the best on the test part counts, so the comparison leans its
way. Ours were chosen by cross-validation within the training part.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from benchmarks.measure import median_seconds
from loaders import credit_clients
from loaders.credit_clients import FEATURES, STATUS, STATUS_CODES
from scoring.training import MonotoneForest, MonotoneTree, WoeBinner, WoeLogistic

PEER = Path(".venv-bench/bin/python")
PENALTIES = (1.0, 0.003)
LATE = dict.fromkeys(STATUS, "down")
PAID = {name: "up" for name in FEATURES if name.startswith("pay_amt")}
SPECIAL = dict.fromkeys(STATUS, STATUS_CODES)


def measure(rounds: int = 3, peer: Path = PEER) -> dict[str, object]:
    """Fit everything on the training clients; AUC on the test clients, binning seconds as medians, the ratio."""
    clients = credit_clients.frame()
    test = credit_clients.is_test(clients.index)
    X, bad = clients[list(FEATURES)], clients["has_default"]
    train, known = X[~test], bad[~test]
    models = {
        "logistic": make_pipeline(_binner(), WoeLogistic(C=PENALTIES[1])),
        "tree": MonotoneTree({**LATE, "limit_bal": "up"}),
        "forest": MonotoneForest({**LATE, "limit_bal": "up"}, n_jobs=-1),
    }
    told: dict[str, object] = {"clients": len(X), "test": int(test.sum()), "features": len(FEATURES)}
    for name, model in models.items():
        told[f"{name}_auc"] = float(roc_auc_score(bad[test], model.fit(train, known).predict_proba(X[test])[:, 1]))
    told["binning_seconds"] = median_seconds(lambda: _binner().fit(train, known), rounds)
    return told | _beside(told, compare(X.assign(bad=bad, test=test), rounds, peer))


def _binner() -> WoeBinner:
    return WoeBinner({**LATE, **PAID, "limit_bal": "up"}, special_values=SPECIAL)


def compare(clients: pd.DataFrame, rounds: int, peer: Path) -> dict[str, object] | str:
    """Let OptBinning do the same, or say why it could not."""
    if not peer.exists():
        return f"not measured: {peer} is not there; `make bench-peers` sets it up"
    with tempfile.TemporaryDirectory(prefix="renmai-bench-") as name:
        data, settings = Path(name) / "clients.csv", Path(name) / "settings.json"
        clients.to_csv(data, index=False)
        asked = {
            "features": list(FEATURES),
            "special": {status: list(codes.values()) for status, codes in SPECIAL.items()},
            "penalties": PENALTIES,
            "rounds": rounds,
        }
        settings.write_text(json.dumps(asked), encoding="utf-8")
        command = [str(peer), str(Path(__file__).with_name("optbinning_peer.py")), str(data), str(settings)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"not measured: it ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def _beside(ours: dict[str, object], peer: dict[str, object] | str) -> dict[str, object]:
    if isinstance(peer, str):
        return {"optbinning": peer}
    best = max(peer["auc"], key=peer["auc"].get)
    return {
        "optbinning": f"{peer['version']}, {best}",
        "optbinning_auc": peer["auc"][best],
        "logistic_minus_optbinning": ours["logistic_auc"] - peer["auc"][best],
        "forest_minus_optbinning": ours["forest_auc"] - peer["auc"][best],
        "optbinning_binning_seconds": peer["binning_seconds"],
        "optbinning_to_our_binning": peer["binning_seconds"] / ours["binning_seconds"],
    }
