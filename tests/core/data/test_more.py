"""New items beside those of a pool: described as those are, by what was fitted there, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from al_core.data import features
from al_core.data.kinds import load_dataset, read_dataset, read_more
from al_core.ground.errors import UserError


def drawn(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def folder(root: Path, sizes: list[tuple[int, ...]], first: int = 0) -> Path:
    for number, shape in enumerate(sizes, first):
        (root / "a").mkdir(parents=True, exist_ok=True)
        Image.fromarray(drawn(number, *shape)).save(root / "a" / f"{number}.png")
    return root


KINDS: dict[str, tuple[tuple[int, ...], ...]] = {
    "one size": ((16, 20),) * 8,
    "one size, in colour": ((16, 20, 3),) * 8,
    "some sizes": ((16, 20), (60, 50), (32, 32), (100, 20)),
    "grey and colour": ((16, 16), (16, 16, 3), (16, 16)),
    "small": ((8, 8),) * 5,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_described_among_new_ones_as_it_is_in_the_pool(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = read_dataset(folder(tmp_path / "pool", list(KINDS[kind])), ["x", "y", "a"])
    new = folder(tmp_path / "new", [*KINDS[kind][:2], (200, 300, 3), (5, 7), (40, 40)], first=100)
    for path in (tmp_path / "pool" / "a").iterdir():
        path.rename(new / f"of the pool {path.name}")

    def never(*_: Any) -> Any:
        raise AssertionError("fitted anew")

    monkeypatch.setattr(features, "_fitted", never)
    more = read_more(new, pool)
    assert (more.classes, more.recipe, more.X.shape) == (pool.classes, pool.recipe, (len(pool.X) + 5, pool.X.shape[1]))
    assert set(more.truth) == {-1}, "no folder is a class here"
    row_of = {item: row for row, item in enumerate(more.item_ids)}
    here = [row_of[item] for item in pool.item_ids]
    np.testing.assert_allclose(more.X[here], pool.X, atol=1e-9)
    assert more.item_names[here[0]].startswith("of the pool")
    assert more.looks is not None
    assert more.looks[row_of[more.item_ids[0]]].width > 0


def test_a_picture_in_colour_among_grey_ones_is_taken_for_its_light(tmp_path: Path) -> None:
    pool = read_dataset(folder(tmp_path / "pool", [(16, 16)] * 6), ["x", "a"])
    plain = np.zeros((2, 16, 16, 3), np.uint8)
    plain[0, :, :8, 0], plain[1, :, :8] = 200, round(200 * 0.299)
    (tmp_path / "new").mkdir()
    for number, levels in enumerate(plain):
        Image.fromarray(levels).save(tmp_path / "new" / f"{number}.png")
    more = read_more(tmp_path / "new", pool)
    np.testing.assert_allclose(more.X[0], more.X[1], atol=1e-9)


@pytest.mark.parametrize("dtype", ["uint8", "float64", "colour"])
def test_an_array_of_pictures_is_scaled_and_projected_as_the_pool_was(tmp_path: Path, dtype: str) -> None:
    levels = (drawn(0, 50, 16, 16, 3) if dtype == "colour" else drawn(0, 50, 16, 16)) // 2
    levels[:, 0, 0], levels[0, 1, 1] = 0, 255  # what the new ones alone would be scaled by is half of it
    images: np.ndarray = levels if dtype != "float64" else levels / 16.0
    np.savez(tmp_path / "pool.npz", images=images, ids=[f"scan {row}" for row in range(50)], classes=["a", "b"])
    np.savez(tmp_path / "new.npz", images=images[1:9], y=np.ones(8), ids=[f"new {row}" for row in range(8)])
    pool = read_dataset(tmp_path / "pool.npz")
    more = read_more(tmp_path / "new.npz", pool)
    np.testing.assert_allclose(more.X, pool.X[1:9], atol=1e-9)
    assert more.item_ids == pool.item_ids[1:9]
    assert (more.item_names[0], set(more.truth)) == ("new 0", {-1})


def test_numbers_are_taken_as_they_are(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(20, 64))
    np.savez(tmp_path / "pool.npz", X=X, classes=["a", "b"])
    np.save(tmp_path / "new.npy", X[:3] * 2)
    for pool in (read_dataset(tmp_path / "pool.npz"), load_dataset("digits")):
        more = read_more(tmp_path / "new.npy", pool)
        np.testing.assert_array_equal(more.X, X[:3] * 2)
        assert more.classes == pool.classes


def test_what_is_of_another_kind_than_the_pool_is_refused_in_one_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "numbers.npz", X=np.zeros((5, 3)), classes=["a", "b"])
    np.savez(tmp_path / "wide.npz", X=np.zeros((5, 4)))
    np.savez(tmp_path / "pictures.npz", images=drawn(0, 9, 16, 16), classes=["a", "b"])
    np.savez(tmp_path / "larger.npz", images=drawn(0, 9, 18, 16))
    np.savez(tmp_path / "colour.npz", images=drawn(0, 9, 16, 16, 3))
    numbers, pictures = read_dataset(tmp_path / "numbers.npz"), read_dataset(tmp_path / "pictures.npz")
    files = read_dataset(folder(tmp_path / "files", [(16, 16)] * 3), ["x", "a"])
    np.save(tmp_path / "mine.npy", np.eye(3))
    own = read_dataset(tmp_path / "files", ["x", "a"], embeddings=tmp_path / "mine.npy")
    (tmp_path / "empty").mkdir()
    for name, pool, words in (
        ("wide.npz", numbers, "X has 4 features; what was labelled has 3"),
        ("pictures.npz", numbers, "holds pictures, and numbers were labelled"),
        ("files", numbers, "is a folder of pictures, and what was labelled is in a file of arrays"),
        ("numbers.npz", pictures, "pictures were labelled, in an array of them"),
        ("larger.npz", pictures, "come to the shape 18×16, those that were labelled to 16×16"),
        ("colour.npz", pictures, "come to the shape 16×16×3, those that were labelled to 16×16"),
        ("files", pictures, "is a folder of pictures, and what was labelled is in a file of arrays"),
        ("files", own, "what was labelled has features of your own, and of new pictures nobody knows them"),
        ("numbers.npz", files, "pictures were labelled, in files of pictures"),
        ("pictures.npz", files, "pictures were labelled, in files of pictures"),
        ("empty", files, "there are no pictures in it that can be read"),
    ):
        with pytest.raises(UserError) as refused:
            read_more(tmp_path / name, pool)
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)
