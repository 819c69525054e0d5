"""What does an applicant's file look like? A sample for the town that ``renmai init`` writes."""

from __future__ import annotations

import json
from typing import Any


def _payment(number: int, payer: str, payee: str, amount: str, day: str, **more: Any) -> dict[str, Any]:
    """Write one transfer of the sample."""
    return {
        "relation_id": f"x-{number}", "kind": "transfer", "from_id": payer, "to_id": payee, "amount": amount,
        "currency": "CNY", "at": f"{day}T09:00:00+08:00", **more,
    }  # fmt: skip


MONTHS = ("2025-07-20", "2025-08-19", "2025-09-18", "2025-10-18", "2025-11-17", "2025-12-17")
SAMPLE: dict[str, Any] = {
    "account_id": "lena",
    "holder_id": "lena",
    "opened_on": "2025-05-02",
    "kind": "person",
    "profile": {
        "on_time_rate": 0.97,
        "worst_days_overdue": 0,
        "court_enforcements": 0,
        "mean_balance": 450000,
        "income_stability": 0.7,
        "purchases_12m": 30,
        "bills_on_time": 0.9,
        "id_document": True,
        "degree": 2,
        "history_months": 7,
        "spending_scale": 180000,
    },
    "consents": {"ecommerce": True, "finance": True, "public_records": True, "supplied": True, "connections": True},
    "relations": [
        *(_payment(number, "sam", "lena", "1500.00", day) for number, day in enumerate(MONTHS, start=1)),
        _payment(7, "sam", "lena", "3000.00", "2025-12-29", disputed=True),
        _payment(8, "lena", "bob", "200.00", "2025-12-30"),
    ],
    "outcomes": [],
}
"""Lena, in her seventh month: Sam sends her 1,500 every month; one payment is disputed."""


def sample_text() -> str:
    """Write the sample as a JSON file holds it.

    Examples
    --------
    >>> sample_text().splitlines()[1]
    '  "account_id": "lena",'
    """
    return json.dumps(SAMPLE, indent=2, ensure_ascii=False) + "\n"
