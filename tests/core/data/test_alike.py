"""Pictures that look nearly the same: what a camera and a program do to a picture leaves it alike, another picture is not."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from al_core.data import alike as rule
from al_core.data import dataset
from al_core.data.alike import alike, distances
from al_core.data.dataset import Dataset
from al_core.data.kinds import load_dataset
from al_core.ground.errors import UserError


def scene(seed: int, side: int = 32) -> np.ndarray:
    """Some soft shapes in colours."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))


def encoded(levels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def noisy(levels: np.ndarray) -> np.ndarray:
    return np.clip(levels + np.random.default_rng(1).normal(0, 6, levels.shape), 0, 255).astype(np.uint8)


SAME = {
    "the same": lambda levels: levels,
    "encoded anew": lambda levels: encoded(levels, 80),
    "brighter": lambda levels: np.clip(levels.astype(int) + 12, 0, 255).astype(np.uint8),
    "noise": noisy,
    "smaller and larger again": lambda levels: np.asarray(
        Image.fromarray(levels).resize((24, 24), Image.Resampling.BOX).resize((32, 32), Image.Resampling.BICUBIC)
    ),
}
OTHER = {
    "another": lambda levels: scene(99),
    "mirrored": lambda levels: levels[:, ::-1],
    "other colours": lambda levels: levels[..., ::-1],
    "negative": lambda levels: 255 - levels,
    "a third of it": lambda levels: np.asarray(Image.fromarray(levels[:11, :11]).resize((32, 32))),
}


@pytest.mark.parametrize("kind", SAME)
def test_what_shows_the_same_is_alike(kind: str) -> None:
    for seed in range(10):
        pair = np.stack([scene(seed), SAME[kind](scene(seed))])
        assert distances(pair, 0)[1] <= rule.NEAR
        np.testing.assert_allclose(distances(pair, 0)[1], distances(pair, 1)[0])


@pytest.mark.parametrize("kind", OTHER)
def test_what_shows_something_else_is_not(kind: str) -> None:
    for seed in range(10):
        assert distances(np.stack([scene(seed), OTHER[kind](scene(seed))]), 0)[1] > 2 * rule.NEAR


def test_flat_pictures_are_alike_whatever_their_noise() -> None:
    rng = np.random.default_rng(0)
    flat = np.clip(200 + rng.normal(0, 1, (2, 32, 32)), 0, 255).astype(np.uint8)
    assert distances(flat, 0)[1] <= rule.NEAR


def test_of_digits_hardly_any_are_alike_and_none_of_two_classes() -> None:
    """The rule was chosen on photographs, see `benchmarks/alike.py`; this is what it does to data it was not chosen on."""
    levels = np.round(load_digits().images * (255 / 16)).astype(np.uint8)
    pairs = []
    for row in range(len(levels)):
        pairs += [(row, other) for other in np.flatnonzero(distances(levels, row) <= rule.NEAR).tolist() if other != row]
    assert len({row for row, _ in pairs}) <= 0.005 * len(levels)
    assert all(load_digits().target[row] == load_digits().target[other] for row, other in pairs)


def copies(shuffle: int = 0) -> tuple[Dataset, np.ndarray]:
    """Twenty scenes, four times each but for noise, and which scene each row shows."""
    rng = np.random.default_rng(shuffle)
    shown = rng.permutation(np.repeat(np.arange(20), 4))
    levels = np.stack([np.clip(scene(one) + rng.normal(0, 4, (32, 32, 3)), 0, 255).astype(np.uint8) for one in shown])
    X = levels.reshape(len(levels), -1)[:, ::7] / 255.0
    return Dataset("scenes", X, shown % 2, ("a", "b"), thumbs=levels), shown


def test_all_that_look_like_one_are_found_the_nearest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    data, shown = copies()
    rows = np.arange(80)
    for candidates, block in ((256, 1 << 15), (8, 7)):
        monkeypatch.setattr(rule, "_CANDIDATES", candidates)
        monkeypatch.setattr(rule, "_BLOCK", block)
        for row in range(0, 80, 9):
            found = alike(data, row, rows)
            assert set(found) == set(np.flatnonzero(shown == shown[row]).tolist()) - {row}
            apart = distances(data.thumbs, row)  # type: ignore[arg-type]
            assert list(found) == sorted(found, key=lambda other: apart[other])
    assert alike(data, 0, np.array([0])) == alike(data, 0, np.empty(0, np.int64)) == ()
    others = np.setdiff1d(rows, np.flatnonzero(shown == shown[0])[:3])
    assert set(alike(data, 0, others)) <= set(others.tolist())


def test_without_pictures_or_with_too_many_of_them_nothing_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    assert alike(load_dataset("iris"), 0, np.arange(150)) == ()
    with pytest.raises(UserError, match="there are 3 small pictures for 2 items"):
        Dataset("pets", [[0], [1]], [0, 1], thumbs=np.zeros((3, 4, 4), np.uint8))
    monkeypatch.setattr(dataset, "MOST_THUMBS", 1000)
    data, _ = copies()
    assert data.thumbs is None
    assert alike(data, 0, np.arange(80)) == ()
