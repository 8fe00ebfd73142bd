"""As in a worker: one thread, so that sums come out the same, and cost the same, however busy the machine is. And a small data
set as a session sees it, with a clock that only moves when it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from al_core.compute.one_thread import one_thread
from al_core.labelling.items import Items
from al_core.sessions.actions import Settings

CLASSES = ("cat", "dog", "eel")
ROWS = 12


def item(number: int) -> str:
    return hashlib.blake2b(str(number).encode(), digest_size=8).hexdigest()


IDS = tuple(item(number) for number in range(ROWS))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1), tuple(range(10)), tuple(row % 3 for row in range(ROWS)))
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 0, "random_per_class")


def ticks(seconds: float = 2.0) -> Iterator[datetime]:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    while True:
        yield now
        now += timedelta(seconds=seconds)


@pytest.fixture
def items() -> Items:
    return ITEMS


@pytest.fixture
def settings() -> Settings:
    return SETTINGS


@pytest.fixture
def clock():
    stream = ticks()
    return lambda: next(stream)


@pytest.fixture
def ticking():
    """Clocks that move by so many seconds whenever they are read."""

    def make(seconds: float):
        stream = ticks(seconds)
        return lambda: next(stream)

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pets.session"


@pytest.fixture(autouse=True)
def single_thread() -> Iterator[None]:
    with one_thread():
        yield
