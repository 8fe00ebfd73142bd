"""A folder of pictures: each is decoded once, what cannot be used is set aside with its reason, and nothing is written."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import Dataset, Part
from al_core.data.decoded import SEEN_SIDE, Unusable, coloured, content_of, decoded, full_size, small, without_warnings
from al_core.data.embeddings import NO_ROW, RECIPE, Embeddings, read_embeddings
from al_core.data.features import fitted, projected, recipe
from al_core.data.folder import MEASURING, Found, below, has_test, labels_in, walked
from al_core.data.folder import PICTURES as SUFFIXES
from al_core.data.how_far import tell
from al_core.data.identity import identity
from al_core.data.kept_pictures import Entry, Outcome, Place, Stamp, is_young, keepable, now, stamp_of
from al_core.data.looks import Picture
from al_core.data.one_size import as_those, one_size
from al_core.data.projection import Fitted
from al_core.data.reader import ALONE, Beside, Reader
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

MOST_PICTURES = 100_000
SOON, FEWEST_FIRST, ENOUGH_FIRST = 1.0, 100, 1000
"""Seconds after which somebody may be asked about what was read until then, if these are so many; or earlier, of so many."""
WORTH = 2.0
"""Seconds that reading the others must take for that."""


@dataclass(frozen=True, slots=True)
class Usable:
    """The pictures of a folder that can be used, in the order of their names.

    Parameters
    ----------
    names, items, levels : of each its path below the folder, its identity, and what it shows, small.
    labels : by name, as far as there are any.
    aside : pairs of a name and a reason, of what cannot be used.
    test : whether those in folders such as ``test`` are to measure by.
    seen : the names of all files that are called as pictures are, whether they can be used or not.
    """

    names: list[str]
    items: list[str]
    levels: list[NDArray[np.uint8]]
    labels: dict[str, str]
    aside: list[tuple[str, str]]
    test: bool = False
    seen: Sequence[str] = ()

    def only(self, names: Container[str], otherwise: str) -> Usable:
        """The same without those of other names, which are set aside with a reason."""
        rows = [row for row, name in enumerate(self.names) if name in names]
        kept = [[entries[row] for row in rows] for entries in (self.names, self.items, self.levels)]
        aside = [*self.aside, *((name, otherwise) for name in self.names if name not in names)]
        return Usable(kept[0], kept[1], kept[2], self.labels, aside, self.test, self.seen)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Files(Sequence[Picture]):
    """Looks of pictures that stay in their files; a name that is a whole path stands for itself."""

    root: Path
    names: tuple[str, ...]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def words(self, row: int) -> tuple[tuple[str, str], ...]:
        """None: a picture is no words, and none is opened to say so."""
        return ()

    def __getitem__(self, row: Any) -> Any:
        path = self.root / self.names[row]
        try:
            content, _ = content_of(path)
            if identity(content) != self.ids[row]:
                raise Unusable("it has changed since it was first read")
            with without_warnings():
                levels = coloured(decoded(content, SEEN_SIDE))
                full = full_size(content, levels)
        except Unusable as reason:
            raise UserError(f"{path} cannot be shown: {reason}; start again to read the folder anew") from None
        return Picture(levels.shape[1], levels.shape[0], levels.tobytes(), colour=True, full=full)


def read_pictures(root: Path, classes: Sequence[str] | None = None, features: str = "auto", beside: Beside = ALONE) -> Dataset:
    """A data set of the pictures in a folder and all folders below it.

    Labels are those of ``metadata.csv`` or ``metadata.jsonl`` with ``file_name`` and ``label``, else the first folder below
    ``root`` that is no split. What is no picture, or none that can be used, is in ``aside``. What is below ``test``, or is in
    another folder that was given to measure by, is never learnt, as far as there are labels there.

    Parameters
    ----------
    root : the folder.
    classes : names of the classes; without them the labels say what classes there are.
    features : see `al_core.data.features`.
    beside : what was given beside the folder.

    Raises
    ------
    UserError
        There is nothing to label in it, or Pillow is not there; the message says what to do.
    """
    _need_pillow(root)
    if None not in (beside.test, beside.embeddings):
        raise UserError(f"{beside.embeddings} says nothing of {beside.test}; put that into {root}, as a folder called test")
    found = _some(root, found_in(root, beside.test, classes, beside.first))
    classes, own = classes or _classes(found.labels), None
    if beside.embeddings is not None:
        found, own = _with_features(root, found, beside.embeddings)
    names, paths, labels = found.names, found.names, [found.labels.get(name) for name in found.names]
    measuring = [row for row, name in enumerate(names) if name.partition("/")[0] in MEASURING and found.test]
    items, small, aside = found.items, found.levels, found.aside
    if beside.test is not None:
        other = _some(beside.test, found_in(beside.test, None, classes))
        if not other.labels:
            raise UserError(f"{beside.test}: nothing says what is in it, so nothing can be measured by it; see docs/data.md")
        measuring = list(range(len(names), len(names) + len(other.names)))
        paths = [*names, *(str(beside.test.absolute() / name) for name in other.names)]
        names, labels = [*names, *other.names], [*labels, *(other.labels.get(name) for name in other.names)]
        items, small, aside = [*items, *other.items], [*small, *other.levels], [*aside, *other.aside]
    test = np.array(measuring, dtype=np.int64) if measuring else None
    levels, projection = one_size(small), None
    if own is None:
        made = recipe(features, *levels.shape[1:3])
        X, projection = fitted(str(root), levels, made, test)
    else:
        X, made = own.of(names)
    return Dataset(
        str(root),
        X,
        labels,
        classes,
        looks=_Files(root.absolute(), tuple(paths), tuple(items)),
        identities=tuple(items),
        item_names=names,
        recipe=made,
        aside=tuple((safe_text(name), reason) for name, reason in aside),
        test=test,
        thumbs=levels,
        projection=projection,
        part=None if beside.first is None else Part(len(found.seen)),
    )


def _classes(labels: dict[str, str]) -> tuple[str, ...] | None:
    """What labels speak of, whether a picture with that label can be used or not; None where they do not say enough."""
    different = sorted(set(labels.values()))
    return tuple(different) if len(different) > 1 else None


def more_pictures(root: Path, pool: Dataset) -> Dataset:
    """The pictures in a folder, brought to the size of those of the pool and described by what was fitted on those.

    Raises
    ------
    UserError
        As in `read_pictures`, or the pool was not read from files of pictures.
    """
    projection = pool.projection
    assert not isinstance(projection, Fitted)
    if projection is None and (pool.recipe or "").startswith(f"{RECIPE} "):
        raise UserError(
            f"{root}: what was labelled has features of your own, and of new pictures nobody knows them; give those"
            " features, in a .npy or .npz file"
        )
    if projection is None or projection.scaled is not None:
        raise UserError(f"{root} is a folder of pictures, and what was labelled is in a file of arrays; give a file like that")
    _need_pillow(root)
    found = _some(root, found_in(root))
    return Dataset(
        str(root),
        projected(as_those(found.levels, projection.shape), projection),
        [None] * len(found.names),
        pool.classes,
        looks=_Files(root.absolute(), tuple(found.names), tuple(found.items)),
        identities=tuple(found.items),
        item_names=found.names,
        recipe=pool.recipe,
        aside=tuple((safe_text(name), reason) for name, reason in found.aside),
        projection=projection,
    )


def _need_pillow(root: Path) -> None:
    if importlib.util.find_spec("PIL") is None:
        raise UserError(f"{root}: pictures are read with Pillow, which is not here; install it: pip install 'al-tui[images]'")


def _with_features(root: Path, found: Usable, path: Path) -> tuple[Usable, Embeddings]:
    """What was found and the person has features for; all else is set aside."""
    own = read_embeddings(path, root, found.seen)
    left = found.only(own.row_of, NO_ROW)
    if not left.names:
        first = safe_text(next(iter(own.row_of)), 100)
        raise UserError(f"{path}: no entry of ids is a picture in {root}, as {first!r}; give paths below it")
    return left, own


def _some(root: Path, found: Usable) -> Usable:
    """What was found, if it is anything."""
    if not found.names:
        first = f"; of {found.aside[0][0]}: {found.aside[0][1]}" if found.aside else ""
        raise UserError(f"{root}: there are no pictures in it that can be read{first}; they end in {', '.join(SUFFIXES)}")
    return found


def found_in(root: Path, without: Path | None = None, classes: Sequence[str] | None = None, first: int | None = None) -> Usable:
    """What there is to use in a folder: files are found and read, labels are known; nothing is computed of pictures yet.

    ``without`` is a folder whose files are left out if it is below. Where the person names ``classes`` and no folder is called
    like one of them, folders are no classes. Of so many as ``first`` nobody is waited for who reads them all meanwhile.
    """
    found = walked(root, SUFFIXES, MOST_PICTURES)
    if without is not None and (inner := below(root, without)):
        found.files = [name for name in found.files if not name.startswith(inner)]
        found.metadata = [name for name in found.metadata if not name.startswith(inner)]
    if len(found.files) > MOST_PICTURES:
        raise UserError(f"{root}: more than {MOST_PICTURES:,} pictures; give a part of them in a folder of its own")
    labels = labels_in(root, found, classes)
    return _read(root, found, labels, first)


def _read(root: Path, found: Found, labels: dict[str, str], first: int | None = None) -> Usable:
    """What there is in the files; what is known of one that is as it was is not read again."""
    place = Place.of(root)
    known = place.known()
    outcomes: dict[str, Outcome] = {}
    entries: list[Entry] = []
    new, alive, told = False, None, not _may_begin(found.files) or first is not None
    begins, began = os.path.join(root, ""), time.monotonic()  # noqa: PTH118 — a path object for every file costs as much as hashing it
    files = found.files if told and first is None else by_chance(found.files)[:first]
    with without_warnings(), contextlib.ExitStack() as stack:
        for number, name in enumerate(files):
            outcome, stamp = known.of(name, begins + name)
            if outcome is None and alive is None and first is None:  # another worker, or program, may be about to know it
                alive = stack.enter_context(place.turn())
                known = place.known()
                outcome, stamp = known.of(name, begins + name)
            if outcome is None:
                tell("reading", "files", number, len(files))
                outcome, stamp = _looked_into(begins + name)
                new = new or stamp is not None
            if alive is not None:
                alive()
            outcomes[name] = outcome
            if stamp is not None:
                entries.append((name, stamp, outcome))
            if not told and number + 1 >= FEWEST_FIRST:
                seconds = time.monotonic() - began
                if seconds > SOON or number + 1 == ENOUGH_FIRST:
                    told = True
                    if seconds / (number + 1) * (len(files) - number) > WORTH:
                        if entries:
                            place.keep(entries)
                        tell("reading", "files", number + 1, len(files), number + 1)
        if new and first is None:
            place.keep(entries)
    return _used(found, outcomes, labels)


def _used(found: Found, outcomes: dict[str, Outcome], labels: dict[str, str]) -> Usable:
    """What can be used, in the order of names, and why the rest cannot."""
    names, ids, pictures = [], [], []
    for name in found.files:
        outcome = outcomes.get(name)
        if isinstance(outcome, Unusable):
            found.aside.append((name, str(outcome)))
        elif outcome is not None:
            names.append(name)
            ids.append(outcome[0])
            pictures.append(outcome[1])
    return Usable(names, ids, pictures, labels, found.aside, has_test(names, labels), found.files)


def _may_begin(files: list[str]) -> bool:
    """Whether somebody may be asked about some while others are read: none of them may turn out to be what is measured by."""
    return len(files) > FEWEST_FIRST and all(name.partition("/")[0] not in MEASURING for name in files)


def by_chance(names: Sequence[str]) -> list[str]:
    """Names in an order that hangs on nothing but each of them."""
    return sorted(names, key=lambda name: hashlib.blake2b(os.fsencode(name), digest_size=8).digest())


def _looked_into(path: str) -> tuple[Outcome, Stamp | None]:
    """What reading a file comes to, and what it is recognized by if that may be relied on the next time."""
    read_at = now()
    stamp = None
    try:
        content, about = content_of(path)
        stamp = stamp_of(about)
        outcome: Outcome = (identity(content), small(content))
    except Unusable as reason:
        outcome = reason
    return outcome, None if stamp is None or is_young(stamp, read_at) or not keepable(outcome) else stamp


def has_pictures(root: Path) -> bool:
    """Whether a file in a folder is called as pictures are."""
    return bool(walked(root, SUFFIXES, 0).files)


READER = Reader(Path.is_dir, read_pictures, last=True, read_with=read_pictures, more=more_pictures, own=True, sure=has_pictures)
"""Any folder."""
