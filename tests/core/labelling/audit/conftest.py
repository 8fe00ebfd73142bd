"""A session with items to measure with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from measured import ITEMS, SETTINGS

from al_core.labelling.session import LabelSession


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is a place for that: thousands of answers are flushed here, and disks are not the point."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else tmp_path) as made:
        yield Path(made)


@pytest.fixture
def session(tmp_path: Path):
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    yield session
    session.close()
