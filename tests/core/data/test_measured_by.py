"""What a person keeps to measure by: folders called so, or files beside the data. It is never asked, learnt or fitted on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from al_core import Dataset, TaskSpec, play, split, start
from al_core.data import features as made_of
from al_core.data.kinds import load_dataset, read_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.messages import ModelRequest
from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items

SPEC = TaskSpec("", "gaussian_field", batch=1, initial="typical")


def put(root: Path, rows: Any, *, labelled: bool = True) -> Path:
    """Digits as pictures, in folders of their classes or in none."""
    digits = load_dataset("digits")
    assert digits.images is not None
    for row in rows:
        path = root / (digits.classes[digits.y[row]] if labelled else "") / f"{row:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(digits.images[row]).save(path)
    return root


def save(path: Path, rows: Any, **other: Any) -> Path:
    digits = load_dataset("digits")
    assert digits.images is not None
    np.savez(path, **({"images": digits.images[rows], "y": digits.y[rows], "classes": digits.classes} | other))
    return path


def held(data: Dataset) -> list[str]:
    assert data.test is not None
    return [data.item_names[row] for row in data.test.tolist()]


def test_folders_called_test_are_measured_by_and_the_rest_is_learnt(tmp_path: Path) -> None:
    put(tmp_path / "train", range(60))
    put(tmp_path / "test", range(100, 130))
    put(tmp_path / "validation", range(200, 205))
    data = read_dataset(tmp_path)
    assert data.classes == tuple("0123456789")
    assert sorted(held(data)) == sorted(name for name in data.item_names if not name.startswith("train/"))
    items = open_items(SPEC, Origin(str(tmp_path)))
    assert {items.names[row].partition("/")[0] for row in items.pool} == {"train"}
    assert len(items.pool) == 60
    assert items.measured_on == "35 items of test/ and validation/"
    assert set(items.tested).isdisjoint(items.row_of)


def test_folders_that_leave_nothing_to_learn_or_to_measure_by_are_no_more_than_folders(tmp_path: Path) -> None:
    put(tmp_path / "only/test", range(40))
    assert read_dataset(tmp_path / "only").test is None
    put(tmp_path / "bare/train", range(20), labelled=False)
    put(tmp_path / "bare/test", range(20, 40), labelled=False)
    assert read_dataset(tmp_path / "bare", list("0123456789")).test is None
    put(tmp_path / "class/test", range(10), labelled=False)
    put(tmp_path / "class/exam", range(10, 20), labelled=False)
    assert read_dataset(tmp_path / "class").classes == ("exam", "test")


@pytest.mark.parametrize("inside", [True, False])
def test_a_folder_that_is_named_is_measured_by_wherever_it_is(tmp_path: Path, inside: bool) -> None:
    root = put(tmp_path / "pots", range(80), labelled=False)
    kept = put(root / "kept" if inside else tmp_path / "kept", range(100, 140))
    items = open_items(SPEC, Origin(str(root), test=str(kept)))
    assert (len(items.pool), items.classes) == (80, tuple("0123456789"))
    assert items.measured_on == "40 items of kept"
    digits = load_dataset("digits")
    rows = [int(Path(items.names[row]).stem) for row in items.pool]
    labels = tuple((items.ids[at], int(digits.y[row])) for at, row in list(zip(items.pool, rows, strict=True))[:50])
    reply = model_round(ModelRequest(SPEC, "margin", labels, (), 50, origin=items.origin))
    assert reply.tested == 40
    assert reply.accuracy is not None
    assert reply.accuracy > 0.5


@pytest.mark.filterwarnings("ignore:data set")
def test_what_is_in_both_is_measured_by_and_neither_asked_nor_learnt(tmp_path: Path) -> None:
    root, kept = put(tmp_path / "pots", range(60)), put(tmp_path / "kept", range(50, 90))
    shutil.copy(next(kept.glob("*/0070.png")), root / "another name.png")
    items = open_items(SPEC, Origin(str(root), test=str(kept)))
    assert len(items.pool) == 50
    assert items.measured_on == "40 items of kept; 11 more are the same as one of them, and not asked either"
    labels = tuple((item, 1) for item in items.ids)  # even where somebody says so
    with_all = model_round(ModelRequest(SPEC, "margin", labels, (), 1, origin=items.origin))
    without = tuple((item, 1) for item in items.row_of)
    assert with_all.accuracy == model_round(ModelRequest(SPEC, "margin", without, (), 1, origin=items.origin)).accuracy
    data = read_dataset(root, test=kept)
    task = split(data, TaskSpec(batch=5, budget=25))
    learnt = {data.item_ids[row] for row in [*task.pool, *task.initial]}
    assert learnt.isdisjoint(data.item_ids[row] for row in task.test)
    assert (len(learnt), len(task.test)) == (50, 40)
    assert play(task, start("margin"), rounds=0).state.curve[-1][0] == 25


def test_all_of_it_in_what_is_measured_by_leaves_nothing_to_label(tmp_path: Path) -> None:
    root = put(tmp_path / "pots", range(20))
    with pytest.raises(UserError, match="all of it is among what is measured by"):
        open_items(SPEC, Origin(str(root), test=str(shutil.copytree(root, tmp_path / "same"))))


def test_features_are_fitted_on_what_is_learnt_alone() -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (300, 12, 12), dtype=np.uint8)
    changed = levels.copy()
    changed[200:] = rng.integers(0, 40, (100, 12, 12), dtype=np.uint8)
    first, second = (made_of.fitted("x", one, "hog", np.arange(200, 300))[0] for one in (levels, changed))
    np.testing.assert_array_equal(first[:200], second[:200])
    assert not np.allclose(first[:200], made_of.fitted("x", levels, "hog")[0][:200])


@pytest.mark.parametrize("numbers", [True, False])
def test_arrays_are_measured_by_others_whatever_numbers_their_classes_have(tmp_path: Path, numbers: bool) -> None:
    digits = load_dataset("digits")
    turned = digits.classes[::-1]
    y = [9 - label for label in digits.y[100:140]] if numbers else [digits.classes[label] for label in digits.y[100:140]]
    kept = save(tmp_path / "kept.npz", range(100, 140), y=np.array(y), classes=turned)
    pool = save(tmp_path / "pots.npz", range(100))
    data = read_dataset(pool, test=kept)
    assert (data.classes, held(Dataset("x", data.X, data.y, data.classes, item_names=range(140), test=data.test))) == (
        digits.classes,
        [str(row) for row in range(100, 140)],
    )
    np.testing.assert_array_equal(data.y, digits.y[:140])
    np.testing.assert_array_equal(data.X[:100], read_dataset(pool).X)
    unlabelled = save(tmp_path / "bare.npz", range(100), y=np.full(100, -1))
    assert read_dataset(unlabelled, test=kept).classes == digits.classes
    with_x = {"X": digits.X[:100]}
    one, two = (save(tmp_path / f"{name}.npz", range(100), **with_x) for name in "ab")
    assert len(read_dataset(one, test=two).X) == 200


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"y": np.full(40, -1)}, "no label in it is known, so nothing can be measured by it"),
        ({"images": np.zeros((40, 9, 8), np.uint8)}, r"images is \(40, 9, 8\) of uint8, and in .* \(100, 8, 8\) of uint8"),
        ({"images": np.zeros((40, 8, 8))}, "of float64, and in"),
        ({"X": np.zeros((40, 3))}, r"X is in .*kept.npz and not in .*pots.npz"),
        ({"y": np.full(40, 77)}, "label 77 is no class"),
    ],
)
def test_what_cannot_be_measured_by_is_refused_in_one_line(tmp_path: Path, other: dict[str, Any], words: str) -> None:
    kept, pool = save(tmp_path / "kept.npz", range(100, 140), **other), save(tmp_path / "pots.npz", range(100))
    with pytest.raises(UserError, match=words):
        read_dataset(pool, test=kept)


def test_what_is_measured_by_is_of_the_same_kind_and_there(tmp_path: Path) -> None:
    folder, file = put(tmp_path / "pots", range(40)), save(tmp_path / "kept.npz", range(100, 140))
    with pytest.raises(UserError, match=r"kept\.npz is of another kind than"):
        read_dataset(folder, test=file)
    with pytest.raises(UserError, match="there is no data set and no file"):
        read_dataset(folder, test=tmp_path / "nothing")
    with pytest.raises(UserError, match="nothing says what is in it, so nothing can be measured by it"):
        read_dataset(folder, test=put(tmp_path / "bare", range(50, 60), labelled=False))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ([], "numbers from 0 to 3"),
        ([3], "no label of what is to be measured by is known"),
        ([0, 1, 2, 3], "none is left to be learnt"),
        ([4], "numbers from 0 to 3"),
        ([-1], "numbers from 0 to 3"),
        ([0.5], "numbers from 0 to 3"),
    ],
)
def test_rows_to_measure_by_are_checked(test: list[Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        Dataset("pets", np.eye(4), [0, 1, 0, -1], test=test)


def test_what_is_measured_by_is_part_of_what_a_data_set_is() -> None:
    first, second = (Dataset("pets", np.eye(4), [0, 1, 0, 1], test=test) for test in ([0], [0, 1]))
    assert len({first.fingerprint, second.fingerprint, Dataset("pets", np.eye(4), [0, 1, 0, 1]).fingerprint}) == 3
