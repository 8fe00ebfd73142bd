"""A folder of texts in files of their own, ``.txt``: each is an item, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.decoded import Unusable, content_of
from al_core.data.folder import MEASURING, PICTURES, TEXTS, Found, below, has_test, labels_in, walked
from al_core.data.how_far import tell
from al_core.data.identity import identity
from al_core.data.looks import Passage
from al_core.data.reader import ALONE, Beside, Reader
from al_core.data.table_rows import LARGEST_CELL
from al_core.data.text_features import FittedTexts, fitted_texts
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

MOST_TEXTS = 100_000
RECIPE = "text: words, parts of words, writing"


@dataclass
class _Texts:
    """Texts of a folder that can be used: their paths below it, identities, content; labels by path; and what is set aside."""

    labels: dict[str, str]
    test: bool = False
    names: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Files(Sequence[Passage]):
    """Looks of texts that stay in their files."""

    paths: tuple[Path, ...]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, row: Any) -> Any:
        path = self.paths[row]
        try:
            content, text = _text_of(path)
            if identity(content) != self.ids[row]:
                raise Unusable("it has changed since it was first read")
        except Unusable as reason:
            raise UserError(f"{path} cannot be shown: {reason}; start again to read the folder anew") from None
        return Passage(text)


def is_folder_of_texts(path: Path) -> bool:
    """Whether there are texts in a folder and no pictures."""
    return path.is_dir() and not walked(path, PICTURES, 0).files and bool(walked(path, TEXTS, 0).files)


def read_texts(root: Path, classes: Sequence[str] | None = None, features: str = "auto", beside: Beside = ALONE) -> Dataset:
    """A data set of the texts in a folder and all folders below it; labels are found as those of pictures are.

    Parameters
    ----------
    root : the folder.
    classes : names of the classes; without them the labels say what classes there are.
    features : ``"auto"``; others are of pictures.
    beside : what was given beside the folder.

    Raises
    ------
    UserError
        There is nothing to label in it; the message says what to do.
    """
    if features != "auto":
        raise UserError(f"{root}: features {features!r} are those of pictures, and these are texts; leave them away")
    pool = _found_in(root, beside.test, classes)
    names, paths, texts, items, aside = pool.names, [root / name for name in pool.names], pool.texts, pool.items, pool.aside
    labels = [pool.labels.get(name) for name in names]
    held = [row for row, name in enumerate(names) if pool.test and name.partition("/")[0] in MEASURING]
    if beside.test is not None:
        other = _found_in(beside.test, None, classes)
        if not any(name in other.labels for name in other.names):
            raise UserError(f"{beside.test}: nothing says what is in it, so nothing can be measured by it; see docs/data.md")
        held = list(range(len(names), len(names) + len(other.names)))
        paths, texts = paths + [beside.test / name for name in other.names], texts + other.texts
        labels += [other.labels.get(name) for name in other.names]
        names, items, aside = names + other.names, items + other.items, aside + other.aside
    # What is fitted on stands first, so that nothing else is looked at for it.
    learnt = np.setdiff1d(np.arange(len(names)), held)
    order = np.concatenate([learnt, np.array(held, dtype=np.int64)])
    X, fitted = fitted_texts(root, [texts[row] for row in order.tolist()], len(learnt))
    return Dataset(
        str(root),
        X[np.argsort(order)],
        labels,
        classes,
        looks=_Files(tuple(path.absolute() for path in paths), tuple(items)),
        identities=items,
        item_names=names,
        recipe=RECIPE,
        aside=aside,
        test=held or None,
        projection=fitted,
    )


def more_texts(root: Path, pool: Dataset) -> Dataset:
    """The texts in a folder, described by what was fitted on those of the pool.

    Raises
    ------
    UserError
        As in `read_texts`.
    """
    fitted = pool.projection
    assert isinstance(fitted, FittedTexts)
    found = _found_in(root, None, None)
    return Dataset(
        str(root),
        fitted.features(found.texts, len(found.texts)),
        np.full(len(found.names), UNKNOWN),
        pool.classes,
        looks=_Files(tuple((root / name).absolute() for name in found.names), tuple(found.items)),
        identities=found.items,
        item_names=found.names,
        recipe=pool.recipe,
        aside=found.aside,
        projection=fitted,
    )


def _found_in(root: Path, without: Path | None, classes: Sequence[str] | None) -> _Texts:
    """The texts that there are to use; ``without`` is a folder whose files are left out if it is below."""
    there = walked(root, TEXTS, MOST_TEXTS)
    if without is not None and (inner := below(root, without)):
        files, metadata = ([name for name in names if not name.startswith(inner)] for names in (there.files, there.metadata))
        there = Found(files, metadata, there.aside)
    if len(there.files) > MOST_TEXTS:
        raise UserError(f"{root}: more than {MOST_TEXTS:,} texts; give a part of them in a folder of its own")
    found = _Texts(labels_in(root, there, classes), aside=[])
    for number, name in enumerate(there.files):
        tell("reading", "files", number, len(there.files))
        try:
            content, text = _text_of(root / name)
        except Unusable as reason:
            found.aside.append((safe_text(name), str(reason)))
            continue
        found.names.append(name)
        found.items.append(identity(content))
        found.texts.append(text)
    found.aside += [(safe_text(name), reason) for name, reason in there.aside]
    if not found.names:
        first = f"; of {found.aside[0][0]}: {found.aside[0][1]}" if found.aside else ""
        raise UserError(f"{root}: there are no texts in it that can be read{first}; they end in {', '.join(TEXTS)}")
    found.test = has_test(found.names, found.labels)
    return found


def _text_of(path: Path) -> tuple[bytes, str]:
    """All of a file, as bytes and as text; raises `Unusable` where it is none."""
    content, _ = content_of(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("it is not UTF-8") from None
    if "\0" in text:
        raise Unusable("it holds bytes that are no text")
    if not text.strip():
        raise Unusable("it is empty")
    if len(text) > LARGEST_CELL:
        raise Unusable(f"it has more than {LARGEST_CELL:,} characters")
    return content, text


READER = Reader(is_folder_of_texts, read_texts, read_with=read_texts, more=more_texts, fits=(FittedTexts,))
"""A folder with texts, and without pictures."""
