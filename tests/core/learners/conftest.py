"""Learners are tested as they run in workers: on one BLAS thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from al_core.worker import one_thread


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield
