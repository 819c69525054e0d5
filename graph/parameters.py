"""Which numbers turn money relations into ties and ties into standing, and what do they mean?

They are policy: a lender may change each of them in its configuration. The kernels take them as arguments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Literal

LONGEST = 36_500
"""Most days of a window or of netting, and most windows: a century."""
SPENDING_SCALE = 200_000
"""Usual monthly outflow of a holder where no profile tells it: 2,000.00 in minor units of the base currency."""


@dataclass(frozen=True)
class TieParameters:
    """How strong does a run of payments make a tie?

    Parameters
    ----------
    window_days, windows
        Length of one window in days, and how many of them are looked at, back from ``as_of``.
    netting
        ``"pairs"``: money that comes back between two holders is cancelled. ``"cycles"``: money that comes back
        over a third holder as well.
    netting_days
        Money that comes back within so many days, to the microsecond, counts nothing.
    half_life_days
        After so many days a window counts half.
    saturation
        Money of a window in units of the payer's spending scale at which more money adds nothing.
    full_days
        Distinct days with money at which a window counts in full; one with fewer counts between half and full.
    full_months, least_months
        Active windows at which a tie counts in full, and below which it counts nothing.
    behalf_factor
        How much more a payment on behalf counts than a transfer.

    Examples
    --------
    >>> TieParameters(half_life_days=0)
    Traceback (most recent call last):
    ValueError: half_life_days must be positive and finite; got 0
    """

    window_days: int = 30
    windows: int = 24
    netting: Literal["pairs", "cycles"] = "pairs"
    netting_days: int = 30
    half_life_days: float = 180.0
    saturation: float = 4.0
    full_days: int = 3
    full_months: int = 6
    least_months: int = 2
    behalf_factor: float = 1.5

    def __post_init__(self) -> None:
        _require_positive(self, "netting")
        if self.netting not in ("pairs", "cycles"):
            raise ValueError(f'netting must be "pairs" or "cycles"; got {self.netting!r}')
        for name in ("window_days", "windows", "netting_days"):
            if getattr(self, name) > LONGEST:
                raise ValueError(f"{name} must be at most {LONGEST}; got {getattr(self, name)}")
        if self.windows < self.least_months:
            # no tie could ever count, and κ would be 0
            raise ValueError(f"windows = {self.windows} must be at least least_months = {self.least_months}")
        if self.behalf_factor < 1:
            raise ValueError(f"behalf_factor must be at least 1; got {self.behalf_factor}")


@dataclass(frozen=True)
class PropagationParameters:
    """How far does credit flow along ties, and what falls back?

    Parameters
    ----------
    prior_months : k
        Months of own history that weigh as much as the portfolio's mean.
    vouching : c
        Weight, in months of history, of the whole budget of a fully credible holder.
    damping : λ, in (0, 1)
        Share of the pull that becomes lift.
    fallback : μ, in [0, 1]
        Share of a defaulter's severity that falls back on who vouched for it.
    outcome_half_life_days
        After so many days an outcome counts half.
    tolerance
        Error that may remain in any standing; 0 iterates until nothing changes any more, bit for bit.
    max_iterations
        Steps after which a propagation is given up as not converged.

    Examples
    --------
    >>> PropagationParameters(damping=1.0)
    Traceback (most recent call last):
    ValueError: damping must be in (0, 1); got 1.0
    """

    prior_months: float = 6.0
    vouching: float = 6.0
    damping: float = 0.8
    fallback: float = 0.4
    outcome_half_life_days: float = 730.0
    tolerance: float = 0.0
    max_iterations: int = 1000

    def __post_init__(self) -> None:
        _require_positive(self, "tolerance", "fallback")
        if not self.damping < 1:
            raise ValueError(f"damping must be in (0, 1); got {self.damping}")
        if not 0 <= self.fallback <= 1:
            raise ValueError(f"fallback must be in [0, 1]; got {self.fallback}")
        if not 0 <= self.tolerance < math.inf:
            raise ValueError(f"tolerance must be at least 0 and finite; got {self.tolerance}")


def steady_strength(parameters: TieParameters | None = None) -> float:
    """How strong is one steady monthly tie: κ, the least a holder's budget is divided by?

    One payment of a full spending scale in every window, on one day of it; see :mod:`graph.ties` for the formula.

    Examples
    --------
    >>> round(steady_strength(), 3)
    2.467
    """
    parameters = parameters or TieParameters()
    h = min(1.0, math.log1p(1) / math.log1p(parameters.saturation)) * (0.5 + 0.5 * min(1.0, 1 / parameters.full_days))
    ages = [parameters.window_days * window / parameters.half_life_days for window in range(parameters.windows)]
    return sum(2.0**-age * h for age in ages) * min(1.0, parameters.windows / parameters.full_months)


def _require_positive(parameters: TieParameters | PropagationParameters, *except_for: str) -> None:
    for field in fields(parameters):
        value = getattr(parameters, field.name)
        if field.type == "int" and not isinstance(value, int):
            raise ValueError(f"{field.name} must be a whole number; got {value!r}")
        if field.name not in except_for and not 0 < value < math.inf:
            raise ValueError(f"{field.name} must be positive and finite; got {value}")
