"""From the word for a data set to its items."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data.columns import AS_THERE, Columns
from al_core.data.facts import comes_with, dataset_names, describe_dataset, is_bundled
from al_core.data.given import given
from al_core.data.made import make_dataset
from al_core.data.rare import base_of
from al_core.data.reader import ALONE, Beside
from al_core.ground.errors import LONGEST_MESSAGE, UserError
from al_core.ground.modules import modules_of
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset
    from al_core.data.reader import Reader


def load_dataset(name: str) -> Dataset:
    """The data set called ``name``, with parameters where it takes some; one that a script gave is among them.

    Raises
    ------
    UserError
        The name is not known, or its parameters are none.
    """
    if (data := given(name)) is not None:
        return data
    info = describe_dataset(name)
    base = base_of(info.name)
    if not is_bundled(base):
        made: Dataset = make_dataset(info.name)
        return made
    from al_core.data.readers.bundled import load_digits, load_table, with_rare

    loaders: dict[str, Callable[[], Dataset]] = {"digits": load_digits}
    data = loaders[base]() if base in loaders else load_table(base)
    return data if info.name == base else with_rare(data, info.name)


def read_dataset(
    word: str | Path,
    classes: Sequence[str] | None = None,
    features: str = "auto",
    *,
    test: str | Path | None = None,
    embeddings: str | Path | None = None,
    first: int | None = None,
    columns: Columns = AS_THERE,
    probabilities: str | Path | None = None,
) -> Dataset:
    """The data set that a word names: one that comes with the program, else a file or folder. ``./digits`` is always a path.

    Parameters
    ----------
    word : e.g. ``"digits"``, ``"pots.npz"``.
    classes : names of the classes of a file or folder, in place of those that are in it.
    features : what is computed of pictures: ``"auto"``, ``"pixels"`` or ``"hog"``, see `al_core.data.features`.
    test : a file or folder like it, with labels: models are measured by what is in it, and never learn it.
    embeddings : features of your own, see `al_core.data.embeddings`.
    first : how many items are wanted while the others are still being read, see `al_core.data.origin.Origin`; None for all.
    columns : which columns of a table are what, see `al_core.data.columns`.
    probabilities : what a model of your own says of each item, see `al_core.data.own_predictions`.

    Raises
    ------
    UserError
        There is no such thing, or it cannot be read; the message says where, and what to do.
    """
    if isinstance(word, str) and comes_with(word):
        return load_dataset(word)
    path = Path(word)
    _check_there(path, f"; the data sets are: {', '.join(dataset_names())}")
    reader = _reader(path)
    beside = Beside(None if test is None else Path(test), None if embeddings is None else Path(embeddings), first, columns)
    if columns.said and not reader.columns:
        raise UserError(
            f"{path}: {next(iter(columns.said.values()))} is about the columns of a table, and this is none; leave it away"
        )
    own = None if reader.own else beside.embeddings
    if None not in (own, beside.test):
        raise UserError(f"{own} says nothing of {beside.test}; give all of them in one file or folder, or leave one away")
    data = _read(reader, path, classes, features, beside if own is None else replace(beside, embeddings=None))
    if own is not None:
        from al_core.data.embeddings import with_embeddings

        data = with_embeddings(data, own)
    if probabilities is not None:
        from al_core.data.own_predictions import with_predictions

        data = with_predictions(data, Path(probabilities))
    if words := said_aside(data):
        warnings.warn(safe_text(f"data set {data.name!r}: {words}", LONGEST_MESSAGE), stacklevel=2)
    return data


def _read(reader: Reader, path: Path, classes: Sequence[str] | None, features: str, beside: Beside) -> Dataset:
    if beside == ALONE:
        return reader.read(path, classes, features)
    if reader.read_with is None:
        raise UserError(f"{path}: what is read of it goes with no test of its own; leave that away")
    if beside.test is not None:
        _check_there(beside.test, "")
        if _reader(beside.test) is not reader:
            raise UserError(f"{beside.test} is of another kind than {path}; give a test like what is labelled")
    return reader.read_with(path, classes, features, beside)


def read_more(path: Path, pool: Dataset) -> Dataset:
    """New items of a file or folder, described as those of ``pool`` are: with what was fitted there, and never fitted anew.

    Raises
    ------
    UserError
        It cannot be read, or is of another kind than what the pool was read from.
    """
    from al_core.data.embeddings import RECIPE
    from al_core.data.projection import Fitted

    reader = _reader(path)
    if pool.predictions is not None:
        raise UserError(
            f"{path}: what was labelled has predictions of your own beside it, and of new items nobody knows them; import its"
            " labels into a session without --probabilities, and predict by that"
        )
    if (pool.recipe or "").startswith(f"{RECIPE} ") and not (reader.own or reader.numbers):
        raise UserError(
            f"{path}: what was labelled has features of your own, and of new items nobody knows them; give those features, in"
            " a .npy or .npz file"
        )
    if reader.more is None:
        raise UserError(f"{path} is read in a way that knows no new items of a data set; give files like those of the pool")
    if isinstance(pool.projection, reader.fits or Fitted) != bool(reader.fits):
        raise UserError(f"{path} is of another kind than what was labelled; give files like those")
    return reader.more(path, pool)


def _reader(path: Path) -> Reader:
    """Who reads a path: one of ours whose own it is, else one that is installed, else ours that says what it should be."""
    found = next(reader for reader in readers() if reader.takes(path))
    if found.sure is None or found.sure(path):
        return found
    from al_core.data.installed import installed_reader

    return installed_reader(path) or found


def _check_there(path: Path, more: str) -> None:
    try:
        there = path.exists()
    except OSError as error:
        raise UserError(f"cannot read {str(path)!r}: {error.strerror}") from None
    if not there:
        raise UserError(f"there is no data set and no file {str(path)!r}{more}")


@cache
def readers() -> tuple[Reader, ...]:
    """All readers of files and folders, in the order in which they are asked whether they take a path.

    Each is a module of `al_core.data.readers` with a `Reader` called ``READER``.
    """
    found = [module.READER for module in modules_of("al_core.data.readers") if hasattr(module, "READER")]
    return tuple(sorted(found, key=lambda reader: reader.last))


def said_aside(data: Dataset) -> str:
    """What is no item, counted by reason; empty where all is."""
    if not data.aside:
        return ""
    counts = Counter(reason for _, reason in data.aside)
    said = ", ".join(f"{count} because {reason}" for reason, count in counts.most_common())
    return f"set aside: {said}; the first is {data.aside[0][0]}; mend or remove them, and read again"
