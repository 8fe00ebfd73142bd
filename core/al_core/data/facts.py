"""What each data set is called and how large its parts are, known without loading it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from al_core.data.sizes import INITIAL_METHODS as INITIAL_METHODS
from al_core.data.sizes import DatasetInfo as DatasetInfo
from al_core.ground.errors import UserError, unknown

if TYPE_CHECKING:
    from al_core.data.rare import Rare

UNKNOWN = -1
"""Stands where a label would if anybody knew it, as in scikit-learn."""


def partly_labelled(items: int, unlabelled: int) -> str:
    """What is to be known of a race over data of which some items have no label; empty where all have one."""
    left = f"{unlabelled:,} of {items:,} items have no label"
    return f"{left}; the race is over the other {items - unlabelled:,}" if unlabelled else ""


def kept_together(groups: int) -> str:
    """What is to be known of a split where items are in so many groups; empty where they are in none."""
    return f"Items are in {groups:,} groups, and all of a group are on one side of the split" if groups else ""


_UCI = "CC BY 4.0"

_CATALOG = {
    info.name: info
    for info in (
        DatasetInfo(
            "digits",
            "handwritten digits, 8×8",
            items=1797,
            classes=10,
            class_names=tuple("0123456789"),
            class_counts=(178, 182, 177, 183, 181, 182, 181, 179, 174, 180),
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
            class_names=("malignant", "benign"),
            class_counts=(212, 357),
            citation="Wolberg, W., Mangasarian, O., Street, N. & Street, W. (1993). Breast Cancer Wisconsin (Diagnostic). UCI"
            " Machine Learning Repository. https://doi.org/10.24432/C5DW2B",
            licence=_UCI,
        ),
        DatasetInfo(
            "iris",
            "iris flowers, 4 measurements",
            items=150,
            classes=3,
            class_names=("setosa", "versicolor", "virginica"),
            class_counts=(50, 50, 50),
            citation="Fisher, R. A. (1936). Iris. UCI Machine Learning Repository. https://doi.org/10.24432/C56C76",
            licence=_UCI,
        ),
        DatasetInfo(
            "wine",
            "Italian wines, 13 measurements",
            items=178,
            classes=3,
            class_names=("class_0", "class_1", "class_2"),
            class_counts=(59, 71, 48),
            citation="Aeberhard, S. & Forina, M. (1992). Wine. UCI Machine Learning Repository. https://doi.org/10.24432/C5PC7J",
            licence=_UCI,
        ),
    )
}


def dataset_names() -> list[str]:
    """Names that `describe_dataset` and `load_dataset` know; some of them take parameters."""
    return sorted({*_CATALOG, *_made_names()})


def comes_with(word: str) -> bool:
    """Whether a word names a data set of the program, with parameters or without, whatever these are; else it is a path.

    Examples
    --------
    >>> comes_with("digits"), comes_with("plane(separation=2)"), comes_with("./plane")
    (True, True, False)
    """
    if word in _CATALOG:
        return True
    name = word.partition("(")[0].strip()
    if not name.isidentifier():
        return False
    from al_core.data.rare import base_of

    return name in _made_names() or base_of(word) in _CATALOG


def is_bundled(name: str) -> bool:
    """Whether a data set of this name is read from what comes with the program; else it is made."""
    return name in _CATALOG


@cache
def _made_names() -> list[str]:
    from al_core.ground.modules import names_in

    return names_in("al_core.data.makers")


_given: dict[str, DatasetInfo] = {}
"""Data sets that a script gave to this process, see `al_core.data.given`."""


def know(info: DatasetInfo) -> None:
    """Have `describe_dataset` know a data set that a script gives; raises `UserError` where the name is taken."""
    if comes_with(info.name):
        raise UserError(f"a data set of this program is called {info.name!r}; give yours another name")
    _given[info.name] = info


def known(name: str) -> DatasetInfo | None:
    """What `know` was told of a data set of this name; None where it was told of none."""
    return _given.get(name)


def describe_dataset(name: str) -> DatasetInfo:
    """Sizes of the data set called ``name``; raises `UserError` for a name that is not known, or wrong parameters."""
    if name in _given:
        return _given[name]
    if name in _CATALOG:
        return _CATALOG[name]
    if not comes_with(name):
        raise unknown("data set", name, dataset_names())
    from al_core.data.made import made_info
    from al_core.data.rare import base_of, read_rare

    return _with_rare(read_rare(name)) if is_bundled(base_of(name)) else made_info(name)


@cache
def _with_rare(asked: Rare) -> DatasetInfo:
    base = _CATALOG[asked.base]
    counts = asked.left(base.class_names, base.class_counts)
    title = f"{base.title}, of class {asked.label} only {counts[base.class_names.index(asked.label)]}"
    return base._replace(name=str(asked), title=title, items=sum(counts), class_counts=counts)
