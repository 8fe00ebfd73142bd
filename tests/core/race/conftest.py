"""What the races of these tests are compared with."""

from __future__ import annotations

import pytest
from tests.core.race.racing import SPEC

from al_core.data.contents import open_contents
from al_core.run.play import play
from al_core.run.state import RunState
from al_core.task.spec import DEFAULT_STRATEGIES


@pytest.fixture(scope="module")
def expected() -> tuple[RunState, ...]:
    """The history that every way of racing must give: a plain loop."""
    return tuple(play(SPEC, RunState(name), rounds=0).state for name in DEFAULT_STRATEGIES)


@pytest.fixture(scope="module")
def truth() -> tuple[int, ...]:
    return open_contents("digits").truth
