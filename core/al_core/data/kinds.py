"""From the name of a data set to its items."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from al_core.data.facts import describe_dataset

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset


def load_dataset(name: str) -> Dataset:
    """Load the data set called ``name``; raises `UserError` for a name that is not known."""
    describe_dataset(name)
    from al_core.data.readers.bundled import load_digits, load_table

    loaders: dict[str, Callable[[], Dataset]] = {"digits": load_digits}
    return loaders[name]() if name in loaders else load_table(name)
