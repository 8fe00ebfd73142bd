"""Sessions of digits that somebody has labelled, with items drawn to measure by, as the screen would leave them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from al_core.data.kinds import load_dataset
from al_core.ground.seeding import stable_seed
from al_core.labelling.delivery import items_of
from al_core.labelling.items import Items
from al_core.sessions.actions import Choice, Labelled, Named, Settings, Skipped
from al_core.sessions.store import SessionFile

CLASSES = tuple("0123456789")


def pictures(rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    digits = load_dataset("digits")
    assert digits.images is not None
    return digits.images[rows]


def truth(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return load_dataset("digits").y[rows]


def save(path: Path, rows: NDArray[np.int64]) -> Path:
    """Write digits as an array of pictures that nobody has labelled."""
    np.savez(path, images=pictures(rows), ids=[f"scan {row}" for row in rows])
    return path


def begun(
    path: Path, data: Path, rows: NDArray[np.int64], *, labels: int, audit: int, seed: int = 0, learner: str = "gaussian_field"
) -> tuple[SessionFile, Items]:
    """A session over ``data``, which holds these rows: so many labels to learn and so many to measure by, all at random.

    The last two answers of each kind are no labels: somebody did not know, and an item was bad.
    """
    settings = Settings(str(data), "", CLASSES, learner, own_classes=True, audit=0.2)
    items = items_of(settings)
    settings = Settings(str(data), items.fingerprint, CLASSES, learner, own_classes=True, audit=0.2)
    order = np.random.default_rng(stable_seed("labelled digits", seed)).permutation(len(rows))
    known = truth(rows)
    file = SessionFile.create(path, settings, "ann")
    answers: list[Labelled | Skipped] = []
    for place, row in enumerate(order[: labels + audit].tolist()):
        choice = Choice("audit", 0.1) if place >= labels else Choice("strategy")
        answers.append(Labelled(items.ids[row], int(known[row]), choice))
    file.append([Named(tuple((answer.item, items.name_of(answer.item)) for answer in answers)), *answers], "ann")
    free = [items.ids[row] for row in order[labels + audit :].tolist()]
    file.append([Skipped(free[0], "unsure", Choice("strategy")), Skipped(free[1], "bad", Choice("strategy"))], "ben")
    if audit:
        file.append([Skipped(free[2], "unsure", Choice("audit", 0.1)), Skipped(free[3], "bad", Choice("audit", 0.1))], "ben")
    return file, items
