"""What a worker loads before its first round."""

from __future__ import annotations

from al_core.compute.one_thread import libraries


def warm_up() -> None:
    """Load what the first round will need."""
    from al_core.learners.registry import learners
    from al_core.run import round as loop
    from al_core.strategies.registry import load_built_in

    load_built_in(), learners(), libraries()
    assert loop
