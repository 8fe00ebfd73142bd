"""How large the parts of a data set are under the protocol, by how many items and classes it has."""

from __future__ import annotations

from typing import NamedTuple

INITIAL_METHODS = {"random_per_class": 2, "typical": 1}
"""Ways to choose a starting set, and how many items each chooses for every class there is."""


class DatasetInfo(NamedTuple):
    """Sizes of a data set under the protocol: 30 % test, a starting set, the rest is the pool.

    ``pictures`` says whether an item can be shown to a person; ``citation`` and ``licence`` are for whoever publishes a result;
    ``held`` is how many rows the data itself keeps to measure by, None where it leaves that to a split. Of data that does not
    come with the program there is its ``fingerprint``, and how many items are ``unlabelled`` beside those that are counted,
    and in how many ``groups`` they are that a split keeps together, 0 where it keeps none;
    of data that does, the ``class_names``, and how many items each has, where that is known before the data is there.
    ``batch`` and ``budget`` are what suits its size where nobody says otherwise; 0 for what suits the others.
    """

    name: str
    title: str
    items: int
    classes: int
    pictures: bool = False
    citation: str = ""
    licence: str = ""
    held: int | None = None
    fingerprint: str = ""
    unlabelled: int = 0
    batch: int = 0
    budget: int = 0
    groups: int = 0
    class_names: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many items there are, with a label or without."""
        return self.items + self.unlabelled

    @property
    def test(self) -> int:
        """Rows held out for measuring accuracy; rounded up, as scikit-learn does."""
        return -(-3 * self.items // 10) if self.held is None else self.held

    def start(self, initial: str) -> int:
        """Labels a run begins with when its starting set is chosen by the method ``initial``."""
        return INITIAL_METHODS[initial] * self.classes

    def pool(self, initial: str) -> int:
        """Items that may be asked for."""
        return self.items - self.test - self.start(initial)
