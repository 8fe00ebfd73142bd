"""What each data set is called and how large its parts are, known without loading it."""

from __future__ import annotations

from typing import NamedTuple

from al_core.ground.errors import UserError, unknown

UNKNOWN = -1
"""Stands where a label would if anybody knew it, as in scikit-learn."""


class DatasetInfo(NamedTuple):
    """Sizes of a data set under the protocol: 30 % test, a starting set, the rest is the pool.

    ``pictures`` says whether an item can be shown to a person; ``citation`` and ``licence`` are for whoever publishes a result;
    ``held`` is how many rows the data itself keeps to measure by, None where it leaves that to a split. Of data that does not
    come with the program there is its ``fingerprint``, and how many items are ``unlabelled`` beside those that are counted.
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


def partly_labelled(items: int, unlabelled: int) -> str:
    """What is to be known of a race over data of which some items have no label; empty where all have one."""
    left = f"{unlabelled} of {items} items have no label"
    return f"{left}; the race is over the other {items - unlabelled}" if unlabelled else ""


INITIAL_METHODS = {"random_per_class": 2, "typical": 1}
"""Ways to choose a starting set, and how many items each chooses for every class there is."""

_UCI = "CC BY 4.0"

_CATALOG = {
    info.name: info
    for info in (
        DatasetInfo(
            "digits",
            "handwritten digits, 8×8",
            items=1797,
            classes=10,
            pictures=True,
            citation="Alpaydin, E. & Kaynak, C. (1998). Optical Recognition of Handwritten Digits. UCI Machine Learning"
            " Repository. https://doi.org/10.24432/C50P49 (its test set, as scikit-learn has it)",
            licence=_UCI,
        ),
        DatasetInfo(
            "breast_cancer",
            "cell nuclei, 30 measurements",
            items=569,
            classes=2,
            citation="Wolberg, W., Mangasarian, O., Street, N. & Street, W. (1993). Breast Cancer Wisconsin (Diagnostic). UCI"
            " Machine Learning Repository. https://doi.org/10.24432/C5DW2B",
            licence=_UCI,
        ),
        DatasetInfo(
            "iris",
            "iris flowers, 4 measurements",
            items=150,
            classes=3,
            citation="Fisher, R. A. (1936). Iris. UCI Machine Learning Repository. https://doi.org/10.24432/C56C76",
            licence=_UCI,
        ),
        DatasetInfo(
            "wine",
            "Italian wines, 13 measurements",
            items=178,
            classes=3,
            citation="Aeberhard, S. & Forina, M. (1992). Wine. UCI Machine Learning Repository. https://doi.org/10.24432/C5PC7J",
            licence=_UCI,
        ),
    )
}


def dataset_names() -> list[str]:
    """Names that `describe_dataset` and `load_dataset` know."""
    return sorted(_CATALOG)


_given: dict[str, DatasetInfo] = {}
"""Data sets that a script gave to this process, see `al_core.data.given`."""


def know(info: DatasetInfo) -> None:
    """Have `describe_dataset` know a data set that a script gives; raises `UserError` where the name is taken."""
    if info.name in _CATALOG:
        raise UserError(f"a data set of this program is called {info.name!r}; give yours another name")
    _given[info.name] = info


def known(name: str) -> DatasetInfo | None:
    """What `know` was told of a data set of this name; None where it was told of none."""
    return _given.get(name)


def describe_dataset(name: str) -> DatasetInfo:
    """Sizes of the data set called ``name``; raises `UserError` for a name that is not known."""
    if name in _given:
        return _given[name]
    if name not in _CATALOG:
        raise unknown("data set", name, _CATALOG)
    return _CATALOG[name]
