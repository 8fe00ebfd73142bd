"""What a reader of data sets says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data.columns import AS_THERE, Columns

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset
    from al_core.data.projection import Fitted


@dataclass(frozen=True, slots=True)
class Beside:
    """What a person gives beside the path of a data set.

    Parameters
    ----------
    test : items with labels to measure by, of the same kind; None for those of the data set itself.
    embeddings : features of the person's own; None to compute some.
    first : how many items are wanted, see `al_core.data.origin.Origin`; only a reader that tells of so many is asked for them.
    columns : which columns of a table are what.
    """

    test: Path | None = None
    embeddings: Path | None = None
    first: int | None = None
    columns: Columns = AS_THERE


ALONE = Beside()
"""Nothing beside it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to make a data set of a file or a folder.

    Parameters
    ----------
    takes : whether it is for this path, which exists; it looks at the name, and into the file only as far as it must.
    read : from the path, names of classes in place of those that are there, and what is computed of pictures, to the data set.
    last : whether it is asked only when no other takes the path.
    read_with : the same with what stands beside the path, see `Beside`; None where nothing can.
    more : from the path and a data set that was read before, to new items that are described as those of that data set:
        nothing is fitted anew, and no label in the path is looked at. None where there is no such way.
    fits : what it may fit on items that are no pictures; ``more`` is given only pools with one of these, and only pools without
        any where it is empty.
    columns : whether what it reads has columns.
    own : whether it reads features of the person's own itself; of others they take the place of what was computed.
    numbers : whether what it reads may be rows of numbers, and so features of the person's own for new items.
    sure : of one that is ``last``, whether a path that it takes is its own by its name or by what is in it; those that are
        installed are asked before it reads what is not. None where all is.
    """

    takes: Callable[[Path], bool]
    read: Callable[[Path, Sequence[str] | None, str], Dataset]
    last: bool = False
    read_with: Callable[[Path, Sequence[str] | None, str, Beside], Dataset] | None = None
    more: Callable[[Path, Dataset], Dataset] | None = None
    fits: tuple[type[Fitted], ...] = ()
    columns: bool = False
    own: bool = False
    numbers: bool = False
    sure: Callable[[Path], bool] | None = None
