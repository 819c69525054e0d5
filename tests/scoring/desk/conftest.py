"""What do the tests of the desk share? The town as a run of the desk, and one whose ids and texts are hostile."""

from __future__ import annotations

import pytest

import scoring
from loaders.town import AS_OF, town

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="session")
def run() -> scoring.Run:
    return scoring.run(**town(), as_of=AS_OF)


@pytest.fixture(scope="session")
def hostile() -> scoring.Run:
    """The town in which Nina and Sam have ids that a page must not run."""
    frames = {name: frame.replace({"nina": HOSTILE, "sam": f'"&{HOSTILE}'}) for name, frame in town().items()}
    return scoring.run(**frames, as_of=AS_OF, config={"data": {"id_pattern": ".+"}})
