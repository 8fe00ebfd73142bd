"""Which pictures count as nearly the same: the bound is chosen on photographs, and tried on digits and MNIST. Run by hand:

    pip install -e '.[bench]' && python benchmarks/alike.py

Chosen on squares of 64×64 pixels out of the two photographs that come with scikit-learn: of the bounds that are tried, the
largest one at which at most 5 in 100 squares have another square beside them (neighbours in the same sky have). What is done to
the squares says how much is found. Reported on the 1,797 digits and on 5,000 pictures of MNIST, which nothing was chosen on:
how many have another that counts as alike, and how many one of another class.
Writes results/alike.json and .md.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from own_data import digits, mnist
from PIL import Image, ImageEnhance
from report import write

from al_core.data.alike import NEAR, alike, distances
from al_core.data.dataset import Dataset
from al_core.data.decoded import resized
from al_core.data.features import fitted, recipe

TRIED = (0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3)
MOST_BESIDE = 0.05
SIDE = 64
Levels = NDArray[np.uint8]


def squares(down: int = 0, across: int = 0) -> list[Levels]:
    """Squares that do not overlap, out of photographs, each so many pixels further down and across."""
    from sklearn.datasets import load_sample_image

    found = []
    for name in ("china.jpg", "flower.jpg"):
        image = load_sample_image(name)
        height, width = image.shape[:2]
        for y in range(2, height - SIDE - 2, SIDE):
            for x in range(2, width - SIDE - 2, SIDE):
                found.append(image[y + down : y + down + SIDE, x + across : x + across + SIDE])
    return found


def encoded(levels: Levels, quality: int) -> Levels:
    """Saved as JPEG and read again."""
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def at_half(levels: Levels) -> Levels:
    """Made half as large."""
    return np.asarray(Image.fromarray(levels).resize((SIDE // 2, SIDE // 2), Image.Resampling.LANCZOS))


def noisy(levels: Levels) -> Levels:
    """With noise of a standard deviation of 5 levels."""
    return np.clip(levels + np.random.default_rng(0).normal(0, 5, levels.shape), 0, 255).astype(np.uint8)


def brighter(levels: Levels) -> Levels:
    """A tenth brighter."""
    return np.asarray(ImageEnhance.Brightness(Image.fromarray(levels)).enhance(1.1))


DONE: dict[str, Callable[[Levels], Levels]] = {
    "JPEG 90": lambda levels: encoded(levels, 90),
    "JPEG 50": lambda levels: encoded(levels, 50),
    "JPEG 20": lambda levels: encoded(levels, 20),
    "half as large": at_half,
    "noise of 5 levels": noisy,
    "a tenth brighter": brighter,
}


def small(pictures: list[Levels]) -> Levels:
    """As the reader keeps them."""
    return np.stack([resized(levels) for levels in pictures])


def between_all(pictures: Levels) -> NDArray[np.float64]:
    """The distances between all, that to oneself infinite."""
    found = np.stack([distances(pictures, row) for row in range(len(pictures))])
    np.fill_diagonal(found, np.inf)
    return found


def main() -> None:
    """Choose, try, print, and write."""
    here = small(squares())
    nearest = between_all(here).min(axis=1)
    chosen = max(bound for bound in TRIED if np.mean(nearest <= bound) <= MOST_BESIDE)
    assert chosen == NEAR, f"the rule says {chosen}, and the program uses {NEAR}"
    beside = ", ".join(f"{100 * np.mean(nearest <= bound):.1f} at {bound:g}" for bound in TRIED)
    rows = [("bound chosen on squares of photographs", chosen, "–", f"% of {len(here)} with another: {beside}")]
    kinds = {name: small([change(levels) for levels in squares()]) for name, change in DONE.items()}
    kinds |= {f"moved by {by} pixels": small(squares(across=by)) for by in (1, 2)}
    for name, changed in kinds.items():
        apart = [distances(np.stack(pair), 0)[1] for pair in zip(here, changed, strict=True)]
        rows.append((f"found of squares that were changed: {name}", float(np.mean(np.array(apart) <= chosen)), "–", ""))
    for name, load in (("digits", digits), ("MNIST 5k", mnist)):
        pictures, labels = load()
        X, _ = fitted(name, pictures, recipe("auto", *pictures.shape[1:]))
        data, every = Dataset(name, X, labels, thumbs=pictures), np.arange(len(pictures))
        groups = [alike(data, row, every) for row in every.tolist()]
        others = sum(any(labels[other] != labels[row] for other in group) for row, group in enumerate(groups))
        note = f"{sum(map(len, groups)) // 2} pairs of {len(pictures):,} pictures"
        rows.append(
            (f"{name}: share with another that is alike", float(np.mean([bool(group) for group in groups])), "≤ 0.005", note)
        )
        rows.append((f"{name}: share with one of another class", others / len(groups), "0", ""))
    write("alike", rows)


if __name__ == "__main__":
    main()
