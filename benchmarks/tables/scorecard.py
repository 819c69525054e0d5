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
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from benchmarks.asked import Asked
from benchmarks.machine import installed
from benchmarks.measure import median_seconds
from benchmarks.page import Goal, at_least, number, prose, rows
from loaders import credit_clients
from loaders.credit_clients import FEATURES, STATUS, STATUS_CODES
from scoring.training import MonotoneForest, MonotoneTree, WoeBinner, WoeLogistic

TITLE = "Scorecard beside OptBinning"
PEER = Path(sys.executable) if installed("optbinning") else Path(".venv-bench/bin/python")
"""The interpreter in which OptBinning is installed: this one, or that of `make bench-peers`."""
PENALTIES = (1.0, 0.003)
LATE = dict.fromkeys(STATUS, "down")
PAID = {name: "up" for name in FEATURES if name.startswith("pay_amt")}
SPECIAL = dict.fromkeys(STATUS, STATUS_CODES)


def measure(asked: Asked) -> dict[str, Any]:
    """Fit everything on the training clients; AUC on the test clients, binning seconds as medians, the ratio."""
    rounds = asked.rounds
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
    return told | _beside(told, compare(X.assign(bad=bad, test=test), rounds, PEER))


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
        command = [str(peer), "-m", "benchmarks.peers.optbinning", str(data), str(settings)]
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


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = prose(
        f"""The {found["clients"]:,} clients of “Default of Credit Card Clients” (I-Cheng Yeh, UCI Machine Learning
        Repository, 2009, doi 10.24432/C55S3H, CC BY 4.0), {found["test"]:,} of them kept aside to test on,
        split by SHA-256. Both sides get the same {found["features"]} features (sex, education, marriage and
        age enter no score) and know the codes −2, −1 and 0 of the repayment statuses. Ours: `WoeBinner`
        with directions, `WoeLogistic(C=0.003)`, and `MonotoneForest` with directions of statuses and limit,
        chosen by cross-validation within the training part. OptBinning: `BinningProcess` and the logistic
        regression of scikit-learn, with and without the codes, C = 1 and 0.003; the best of the four *on
        the test part* counts, so the comparison leans its way. Binning is one fit of all features. One
        split decides little: the standard error of either AUC is about 0.0065 (Hanley and McNeil 1982).
        OptBinning: {found["optbinning"]}."""
    )
    peer = "optbinning_auc" in found
    body = [
        ("AUC of the scorecard", f"{found['logistic_auc']:.4f}", f"{found['optbinning_auc']:.4f}" if peer else ""),
        ("AUC of the forest", f"{found['forest_auc']:.4f}", ""),
        ("AUC of one tree", f"{found['tree_auc']:.4f}", ""),
        (
            "binning",
            f"{number(found['binning_seconds'])} s",
            f"{number(found['optbinning_binning_seconds'])} s" if peer else "",
        ),
    ]
    return f"{words}\n\n{rows(('figure', 'ours', 'OptBinning'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """Within .003 of OptBinning's AUC, the forest above it, binning not slower."""
    if "optbinning_auc" not in found:
        return [Goal("scorecard beside OptBinning", "AUC − 0.003", found["optbinning"], None)]
    less, more = found["logistic_minus_optbinning"], found["forest_minus_optbinning"]
    return [
        Goal("AUC of the scorecard − OptBinning's", "≥ −0.003", f"{less:+.4f}".replace("-", "−"), less >= -0.003),
        Goal("AUC of the forest − OptBinning's", "> 0", f"{more:+.4f}".replace("-", "−"), more > 0),
        at_least("OptBinning's binning ÷ ours", 1, found["optbinning_to_our_binning"]),
    ]
