"""Features of a person's own for the files of a folder: each row goes to its file, or it is said why that is not known."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from al_core.data.kinds import read_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.messages import ModelRequest
from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items
from al_core.task.spec import TaskSpec

CLASSES = ("a", "b")
NAMES = ("0.png", "a/1.png", "a/2.png", "b/0.png")


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    """Four pictures, and a file that is called like one and is none, in the middle of them."""
    rng = np.random.default_rng(0)
    for name in NAMES:
        path = tmp_path / "pots" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (16, 16), dtype=np.uint8)).save(path)
    (tmp_path / "pots/a/11.png").write_bytes(b"no picture")
    return tmp_path / "pots"


def rows(*numbers: float) -> np.ndarray:
    return np.array([[number, 10 * number] for number in numbers])


def save(path: Path, *numbers: float) -> Path:
    np.save(path, rows(*numbers))
    return path


@pytest.mark.filterwarnings("ignore:data set")
def test_rows_are_those_of_the_files_in_the_order_of_their_paths(pots: Path) -> None:
    data = read_dataset(pots, CLASSES, embeddings=save(pots.parent / "e.npy", 1, 2, 3, 4, 5))
    assert dict(zip(data.item_names, data.X[:, 0].tolist(), strict=True)) == dict(zip(NAMES, (1, 2, 4, 5), strict=True))
    assert data.aside[0][0] == "a/11.png"
    same = read_dataset(pots, CLASSES, embeddings=save(pots.parent / "f.npy", 1, 2, 33, 4, 5))
    other = read_dataset(pots, CLASSES, embeddings=save(pots.parent / "g.npy", 1, 2, 3, 4, 6))
    assert data.fingerprint == same.fingerprint != other.fingerprint
    assert data.item_ids == other.item_ids


@pytest.mark.filterwarnings("ignore:data set")
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i4", "u1", "?"])
def test_rows_that_are_named_are_found_in_any_order(pots: Path, whole: bool, dtype: str) -> None:
    ids = [str(pots / name) if whole else f"./{name}" for name in (*reversed(NAMES), "gone.png")]
    np.savez(pots.parent / "e.npz", X=rows(5, 4, 2, 1, 7).astype(dtype), ids=ids)
    data = read_dataset(pots, CLASSES, embeddings=pots.parent / "e.npz")
    assert data.X.tolist() == rows(1, 2, 4, 5).astype(dtype).astype(float).tolist()


@pytest.mark.filterwarnings("ignore:data set")
def test_files_that_have_no_row_are_set_aside_and_counted(pots: Path) -> None:
    np.savez(pots.parent / "e.npz", X=rows(1, 2, 3), ids=NAMES[:3])
    data = read_dataset(pots, CLASSES, embeddings=pots.parent / "e.npz")
    assert data.item_names == NAMES[:3]
    assert ("b/0.png", "your embeddings have no row for it") in data.aside


def test_an_order_that_depends_on_who_sorts_is_refused(pots: Path) -> None:
    (pots / "a b").mkdir()
    (pots / "0.png").rename(pots / "a b/0.png")
    with pytest.raises(UserError, match=r"'a b/0\.png' stands before 'a/1\.png' as text.*give an \.npz with X and with"):
        read_dataset(pots, CLASSES, embeddings=save(pots.parent / "e.npy", 1, 2, 3, 4, 5))


def test_what_is_learnt_from_them_is_said(pots: Path) -> None:
    (pots / "a/11.png").unlink()
    path = save(pots.parent / "e.npy", 1, 2, -4, -5)
    spec = TaskSpec("", "logistic", batch=1, initial="typical")
    items = open_items(spec, Origin(str(pots), CLASSES, embeddings=str(path)))
    assert items.features == "your embeddings"
    assert open_items(spec, Origin(str(pots), CLASSES)).features == "hog"
    labels = ((items.ids[0], 0), (items.ids[3], 1))
    (pick,) = model_round(ModelRequest(spec, "margin", labels, (), 2, origin=items.origin)).picks
    assert pick.row in (1, 2)
    assert (pick.probabilities[0] > 0.5) == (pick.row == 1)


def pickled() -> np.ndarray:
    return np.array([["a", None]] * 5, dtype=object)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (rows(1, 2, 3, 4), "there are 4 rows, and 5 pictures in .*; give one for each"),
        (rows(1, 2, 3, 4, 5, 6), "there are 6 rows, and 5 pictures in"),
        (rows(1, 2, np.nan, 4, 5), "row 2, column 0 is nan; compute it anew"),
        (rows(1, 2, 3, 4, -np.inf), "row 4, column 0 is -inf"),
        (rows(1, 2, 3, 4, 5) + 1j, "it holds complex128; save numbers"),
        (rows(1, 2, 3, 4, 5).astype(str), "save numbers"),
        (pickled(), "Python objects in|Python objects, which are never unpickled"),
        (np.zeros(5), r"the shape is \(5,\); give \(items, features\)"),
        (np.zeros((5, 2, 2)), r"rows of numbers are wanted, and the shape of what is there is \(5, 2, 2\)"),
        (np.zeros((5, 0)), r"the shape is \(5, 0\)"),
        (np.zeros((0, 2)), r"the shape is \(0, 2\)"),
        (rows(1, 2, 3, 4, 1e300), r"row 4, column 0 is 1e\+300; features go to at most"),
    ],
)
@pytest.mark.parametrize("archive", [True, False])
def test_what_are_no_features_of_these_files_is_refused_in_one_line(
    pots: Path, array: np.ndarray, words: str, archive: bool
) -> None:
    path = pots.parent / ("e.npz" if archive else "e.npy")
    np.savez(path, X=array) if archive else np.save(path, array)
    with pytest.raises(UserError, match=words) as refused:
        read_dataset(pots, CLASSES, embeddings=path)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"ids": ["x.png"] * 2, "X": rows(1, 2)}, r"x\.png stands there twice"),
        (
            {"ids": ["x.png", "y\x1b.png"], "X": rows(1, 2)},
            r"no entry of ids is a picture in .*, as 'x\.png'; give paths below it",
        ),
        ({"ids": NAMES, "X": rows(1, 2)}, r"ids: the shape is \(4,\)"),
        ({"images": np.zeros((5, 8, 8), np.uint8)}, "rows of numbers are wanted"),
        ({"Z": rows(1)}, "there is no array X or images in it; it has Z"),
    ],
)
def test_archives_that_do_not_say_whose_rows_they_have_are_refused(pots: Path, entries: dict[str, Any], words: str) -> None:
    np.savez(pots.parent / "e.npz", **entries)
    with pytest.raises(UserError, match=words):
        read_dataset(pots, CLASSES, embeddings=pots.parent / "e.npz")


def test_what_is_no_file_or_goes_with_no_embeddings_is_refused(pots: Path) -> None:
    os.mkfifo(pots.parent / "pipe.npy")
    path = save(pots.parent / "e.npy", 1, 2, 3, 4, 5)
    for wrong, words in (
        (pots.parent / "pipe.npy", "is no file of numbers"),
        (pots.parent / "none", "cannot read"),
        (pots, "folder"),
    ):
        with pytest.raises(UserError, match=words):
            read_dataset(pots, CLASSES, embeddings=wrong)
    with pytest.raises(UserError, match=r"says nothing of .*; put that into .*, as a folder called test"):
        read_dataset(pots, CLASSES, embeddings=path, test=pots / "b")
