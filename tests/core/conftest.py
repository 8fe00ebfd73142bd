"""As in a worker: one thread, so that sums come out the same, and cost the same, however busy the machine is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from al_core.compute.one_thread import one_thread


@pytest.fixture(autouse=True)
def single_thread() -> Iterator[None]:
    with one_thread():
        yield
