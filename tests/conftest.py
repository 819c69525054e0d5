"""Settings of the whole suite: properties draw the same examples everywhere, so a failure is one for everybody."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "same-everywhere", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same-everywhere")

# several files of this name can't be collected for doctests side by side, and none holds a doctest
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
