"""What do the four tabular sources know about a person? Features that follow quality, with noise and gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

LOADING = 0.65
# Moves the portfolio's scores to where most people's are, between 550 and 750.
SHIFT = -0.45
MISSING_SHARE = 0.04
NO_PROFILE_SHARE = 0.01


class Dice(Protocol):
    """What profiles are thrown with."""

    def standard_normal(self, size: int, /) -> Floats:
        """Throw normal numbers."""
        ...

    def random(self, size: int, /) -> Floats:
        """Throw numbers in [0, 1)."""
        ...


def profile_columns(
    quality: Floats, history: Ints, scale: Ints, dice: Dice, *, noise: bool = True
) -> dict[str, pa.Array]:
    """Draw the features of persons.

    Each feature follows ``SHIFT + LOADING · quality + sqrt(1 − LOADING²) · own noise``; thin files do less in a year.

    Parameters
    ----------
    quality, history, scale
        Latent quality (standard normal), months of own history, usual monthly outflow in minor units.
    dice
        Where noise and gaps come from.
    noise
        Without it every feature follows quality alone and none is missing: the planted persons.

    Returns
    -------
    dict
        Feature columns of the contract, then ``history_months`` and ``spending_scale``, which are never missing.
    """
    count = len(quality)

    def signal() -> Floats:
        if not noise:
            return quality
        own: Floats = SHIFT + LOADING * quality + np.sqrt(1 - LOADING**2) * dice.standard_normal(count)
        return own

    year = np.minimum(history, 12) / 12
    columns = {**_finance(signal, year, scale), **_behaviour(signal, year, scale), **_identity(signal, history)}
    gaps = MISSING_SHARE if noise else 0.0
    found = {name: pa.array(values, mask=dice.random(count) < gaps) for name, values in columns.items()}
    return found | {"history_months": pa.array(history), "spending_scale": pa.array(scale)}


def _finance(signal: Callable[[], Floats], year: Floats, scale: Ints) -> dict[str, npt.NDArray[Any]]:
    owed = signal()
    late = np.maximum(0.0, np.expm1(1.3 - 1.6 * owed))
    spare = np.exp(0.9 * signal())
    return {
        "on_time_rate": _share(1.9 + 1.2 * owed),
        "repayments_12m": _count(year * np.exp(2.2 + 0.4 * signal())),
        "worst_days_overdue": np.minimum(_count(late * 4), 720),
        "court_enforcements": _count(np.maximum(0.0, -1.9 - signal()) * 2),
        "linked_cards": np.minimum(_count(np.exp(0.9 + 0.5 * signal())), 30),
        "mean_balance": _count(2.5 * scale * spare),
        "money_market": np.where(spare > 0.6, _count(1.5 * scale * np.exp(1.0 * signal())), 0),
        "wealth_products": np.where(spare > 1.2, _count(4.0 * scale * np.exp(1.0 * signal())), 0),
        "income_stability": _share(0.7 + 1.0 * signal()),
        "home": signal() > 0.35,
        "vehicle": signal() > 0.25,
        "credit_limit": _count(scale * np.exp(1.1 + 0.8 * signal())) // 100_000 * 100_000,
    }


def _behaviour(signal: Callable[[], Floats], year: Floats, scale: Ints) -> dict[str, npt.NDArray[Any]]:
    active = year * np.sqrt(scale / 500_000)
    return {
        "purchases_12m": _count(active * np.exp(3.9 + 0.6 * signal())),
        "categories_12m": _count(np.sqrt(active) * np.exp(2.1 + 0.4 * signal())),
        "return_rate": np.round(0.5 * _share(-2.0 - 0.9 * signal()), 4),
        "active_days_12m": np.minimum(_count(year * 365 * _share(0.2 + 0.8 * signal())), 365),
        "bills_on_time": _share(1.7 + 1.1 * signal()),
        "donations_12m": _count(np.maximum(0.0, np.expm1(0.4 + 0.8 * signal()))),
        "stability": _share(0.6 + 1.0 * signal()),
    }


def _identity(signal: Callable[[], Floats], history: Ints) -> dict[str, npt.NDArray[Any]]:
    return {
        "id_document": signal() > -1.9,
        "degree": np.digitize(signal(), (-1.0, 0.0, 0.9, 1.8)).astype(np.int64),
        "work_email": signal() > 0.2,
        "driving_licence": signal() > 0.0,
        "address_months": np.minimum(_count(np.exp(3.3 + 0.8 * signal())), 600),
        "phone_months": np.minimum(_count(np.exp(3.6 + 0.7 * signal())), 360),
        "account_months": history,
        "details_richness": _share(0.4 + 0.9 * signal()),
    }


def _share(logit: Floats) -> Floats:
    share: Floats = np.round(1 / (1 + np.exp(-logit)), 4)
    return share


def _count(middle: npt.NDArray[Any]) -> Ints:
    return np.floor(middle).astype(np.int64)
