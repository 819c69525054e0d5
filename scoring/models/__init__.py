"""What does a run need of a trained model? Bins, points or trees, a calibration: plain JSON, read by numpy alone."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Model": "model",
    "DimensionModel": "dimension",
    "ModelFeature": "feature",
    "Calibration": "calibration",
    "Curve": "calibration",
    "Probabilities": "calibration",
    "ModelError": "checks",
    "load_model": "storing",
    "save_model": "storing",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
