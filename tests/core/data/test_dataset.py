"""Data from outside is checked once, at the door: taken as it is meant, or refused in one line that says what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.identity import identity
from al_core.ground.errors import UserError

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])
NAMES = ("cat", "dog", "owl")
NAN = float("nan")


class NotAvailable:
    """As pandas' NA: whatever it is compared with, nobody knows."""

    def __eq__(self, other: object) -> Any:
        return self

    __ne__ = __eq__

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([0, 1, 2, 0, 1, 2], [0, 1, 2, 0, 1, 2]),
        ([0, 1, -1, 0, -1, 2], [0, 1, -1, 0, -1, 2]),
        (np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8), [0, 1, 2, 0, 1, 2]),
        ([0.0, 1.0, NAN, 0.0, -1.0, 2.0], [0, 1, -1, 0, -1, 2]),
        ([0, 1, None, 0, NAN, 2], [0, 1, -1, 0, -1, 2]),
        (["dog", "cat", "owl", "dog", "cat", "cat"], [1, 0, 2, 1, 0, 0]),
        (["dog", "", "owl", "dog", "", "cat"], [1, -1, 2, 1, -1, 0]),
        (["dog", None, "owl", NAN, NotAvailable(), "cat"], [1, -1, 2, -1, -1, 0]),
        (["dog", NAN, "owl", "dog", "cat", "cat"], [1, -1, 2, 1, 0, 0]),
        (np.ma.masked_array([0, 1, 2, 0, 1, 2], mask=[0, 1, 0, 0, 0, 1]), [0, -1, 2, 0, 1, -1]),
        ([np.int64(0), np.str_(""), 2, 0, np.float32(1), 2], [0, -1, 2, 0, 1, 2]),
        (np.array(["dog", None, "owl", NAN, "cat", "cat"], dtype=object), [1, -1, 2, -1, 0, 0]),
        ([-1] * 6, [-1] * 6),
    ],
)
def test_labels_are_class_numbers_or_class_names(y: Any, expected: list[int]) -> None:
    data = Dataset("mine", X, y, NAMES)
    assert data.y.tolist() == expected
    assert data.y.dtype == np.int64
    assert data.truth == tuple(expected)
    assert data.known.tolist() == [row for row, label in enumerate(expected) if label != UNKNOWN]
    assert data.classes == NAMES


@pytest.mark.parametrize(
    ("y", "classes", "expected"),
    [
        ([1, 2, 3, 1, 2, 3], ("1", "2", "3"), [0, 1, 2, 0, 1, 2]),
        ([1, 10, 2, 1, -1, 2], ("1", "2", "10"), [0, 2, 1, 0, -1, 1]),
        ([1.0, 2.0, 3.0, NAN, 2.0, 3.0], ("1", "2", "3"), [0, 1, 2, -1, 1, 2]),
        (["owl", "cat", "dog", "owl", "", "cat"], ("cat", "dog", "owl"), [2, 0, 1, 2, -1, 0]),
        ([True, False, True, True, False, False], ("False", "True"), [1, 0, 1, 1, 0, 0]),
        ([True, False, None, True, False, False], ("False", "True"), [1, 0, -1, 1, 0, 0]),
        ([7, None, 5, 5, NotAvailable(), 7], ("5", "7"), [1, -1, 0, 0, -1, 1]),
    ],
)
def test_without_class_names_the_labels_say_what_classes_there_are(y: Any, classes: Any, expected: list[int]) -> None:
    data = Dataset("mine", X, y)
    assert data.classes == classes
    assert data.y.tolist() == expected


@pytest.mark.parametrize(
    ("y", "classes", "words"),
    [
        ([1, 2, 3, 1, 2, 3], NAMES, "row 2: label 3 is no class; the 3 classes have the numbers 0 to 2, and -1 is unknown"),
        ([0, 1, -2, 0, 1, 2], NAMES, "row 2: label -2 is no class"),
        ([0, 1, 0.5, 0, 1, 2], NAMES, "row 2: label 0.5 is no class"),
        ([0, 1, np.inf, 0, 1, 2], NAMES, "row 2: label inf is no class"),
        ([0, 1, 10**30, 0, 1, 2], NAMES, "row 2: label 1000000000000000000000000000000 is no class"),
        (["cat", "dgo", "owl", "cat", "dog", "owl"], NAMES, "row 1: label 'dgo' is no class; did you mean 'dog'?"),
        (["cat", 1, "owl", "cat", "dog", "owl"], NAMES, "labels are numbers and text mixed"),
        ([0, 1, 2, 0, 1], NAMES, "5 labels for 6 items"),
        (Y[:, None], NAMES, r"labels have the shape \(6, 1\), not \(6,\)"),
        (3, NAMES, r"labels have the shape \(\), not \(6,\)"),
        (np.array([0, 1, 2, 0, 1, 2j]), NAMES, "labels are neither numbers nor text"),
        (np.array(["2020-01-01"] * 6, dtype="M8[D]"), NAMES, "labels are neither numbers nor text"),
        ([[0], [1, 2], [3], [4], [5], [6]], NAMES, r"row 0: label \[0\] is neither a number nor text"),
        ([{}, 1, 2, 0, 1, 2], NAMES, "row 0: label {} is neither a number nor text"),
        ([0, 1, 2, 0, 1, -2], None, "row 5: label -2 is no class; -1 is unknown"),
        ([0.5, 1, 2, 0, 1, 2], None, "row 0: label 0.5 is no class"),
        ([-1] * 6, None, "no label is known"),
        (["", None, "", "", "", ""], None, "no label is known"),
        ([1, -1, 1, -1, 1, -1], None, "all known labels are '1'.*-1 is unknown"),
        (["cat"] * 6, None, "all known labels are 'cat'"),
        (Y, ("cat", "dog", "cat"), "class 'cat' is named twice"),
        (Y, ("cat", "", "owl"), "class 1 has no name"),
        (Y, (), "there are no classes"),
        (Y, "cdo", "classes are one text, 'cdo'"),
    ],
)
def test_labels_that_cannot_be_meant_are_refused_in_one_line(y: Any, classes: Any, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        Dataset("mine", X, y, classes)
    assert str(caught.value).startswith("data set 'mine'")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (np.where(X == 7, NAN, X), "row 3, column 1 is nan"),
        (np.where(X == 4, -np.inf, X), "row 2, column 0 is -inf"),
        (np.where(X == 4, 1e150, X), r"row 2, column 0 is 1e\+150.* at most 1e\+15"),
        (X[0], r"features have the shape \(2,\), not \(items, features\)"),
        (X.reshape(3, 2, 2), r"features have the shape \(3, 2, 2\), not \(items, features\)"),
        (X[:0], "there are no items"),
        (X[:, :0], "there are no features"),
        (X.astype(str), "features are no numbers"),
        ([["a", 1]] * 6, "features are no numbers"),
        (np.ma.masked_array(X, mask=X == 7), "row 3, column 1 is nan"),
        (X * 1j, "features are no numbers"),
        ([[1, 2], [3]], "features"),
        ([["1", 2.0]] * 6, "features are no numbers"),
        (np.array([[None, 1.0]] * 6), "row 0, column 0 is nan"),
        (None, "features"),
    ],
)
def test_features_that_no_learner_can_use_are_refused_in_one_line(features: Any, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        Dataset("mine", features, Y, NAMES)
    assert str(caught.value).startswith("data set 'mine'")
    assert "\n" not in str(caught.value)


class Frame:
    """As a table of pandas: it has columns of its own kinds and turns into an array."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array([[1, 2.5]] * 6, dtype=dtype or object)


@pytest.mark.parametrize(
    "features",
    [
        X.astype(np.uint8), X.astype(np.int8), X.astype(">i4"), X.astype(np.float16), X.astype(np.float32), X > 3,
        X.tolist(), np.asfortranarray(X), X[::1].astype(np.longdouble), Frame(),
    ],
)  # fmt: skip
def test_features_are_float_inside_whatever_they_come_as(features: Any) -> None:
    data = Dataset("mine", features, Y, NAMES)
    assert data.X.dtype == np.float64
    assert data.X.dtype.isnative
    assert data.X.flags.c_contiguous
    np.testing.assert_array_equal(data.X, np.array(np.asarray(features).tolist(), dtype=float))


def test_sparse_features_are_made_dense() -> None:
    from scipy.sparse import csr_array, csr_matrix

    for form in (csr_array, csr_matrix):
        np.testing.assert_array_equal(Dataset("mine", form(X), Y, NAMES).X, X)


def test_a_read_only_memory_map_is_read_where_it_is(tmp_path: Any) -> None:
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert np.shares_memory(Dataset("mine", mapped, Y, NAMES).X, mapped)


def test_the_callers_arrays_stay_the_callers() -> None:
    features, labels, images = X.copy(), Y.copy(), np.zeros((6, 3, 4), dtype=np.uint8)
    data = Dataset("mine", features, labels, NAMES, images)
    before = data.fingerprint
    features[:], labels[:], images[:] = 9, 1, 9
    np.testing.assert_array_equal(data.X, X)
    np.testing.assert_array_equal(data.y, Y)
    assert data.images is not None
    assert not data.images.any()
    assert Dataset("mine", data.X, data.y, NAMES).fingerprint == before
    for array in (data.X, data.y, data.images):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        data.X = X  # type: ignore[misc]


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((5, 2, 2), dtype=np.uint8), "5 pictures for 6 items"),
        (np.zeros((6, 4), dtype=np.uint8), r"pictures have the shape \(6, 4\), not \(items, height, width\)"),
        (np.zeros((6, 2, 2)), "pictures hold float64, not grey levels from 0 to 255 as uint8"),
    ],
)
def test_pictures_are_grey_levels_one_for_each_item(images: Any, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Dataset("mine", X, Y, NAMES, images)


def test_names_are_plain_text_so_that_they_are_written_alike_everywhere() -> None:
    plain = Dataset("mine", X, Y, NAMES)
    assert Dataset("mine", X, Y, np.array(NAMES)).fingerprint == plain.fingerprint  # type: ignore[arg-type]
    assert Dataset("mine", X, Y, list(NAMES)).fingerprint == plain.fingerprint
    assert Dataset("mine", X, [NAMES[label] for label in Y]).fingerprint == plain.fingerprint
    assert Dataset("mine", X, Y, (1, 2, 3)).classes == ("1", "2", "3")  # type: ignore[arg-type]


def test_items_are_known_by_their_content_not_by_their_features():
    ids = [identity(f"text {row}".encode()) for row in range(len(X))]
    names = [f"texts/{row}\u202e.txt" for row in range(len(X))]
    data, scaled = (Dataset("mine", features, Y, NAMES, identities=ids, item_names=names) for features in (X, X * 2.0))
    assert data.item_ids == scaled.item_ids == tuple(ids)
    assert data.fingerprint != scaled.fingerprint
    assert data.item_names[1] == "texts/1<202E>.txt"
    plain = Dataset("mine", X, Y, NAMES)
    assert plain.item_ids[0] == identity(np.ascontiguousarray(plain.X[0], dtype="<f8").tobytes())
    assert plain.item_names == ()
    assert identity(b"") != identity(b" ")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"identities": ["0" * 16]}, "1 identities for"),
        ({"item_names": ["a"]}, "1 names for"),
        ({"identities": ["../../x"] * len(X)}, "'../../x' is no hash"),
    ],
)
def test_identities_and_names_are_one_for_each_item(more, reason):
    with pytest.raises(UserError, match=reason):
        Dataset("mine", X, Y, NAMES, **more)


@pytest.mark.parametrize(
    "labels",
    [[2, 0, 2, -1, 5, 0], ["b", "a", "", "b"], [3, 3, -7, 1, -9], ["yes", "no", "perhaps"]],
    ids=["numbers", "texts", "no classes", "all differ"],
)
def test_labels_mean_the_same_in_an_array_as_in_a_list(labels: list[int] | list[str]) -> None:
    def read(given: object) -> object:
        try:
            found = Dataset("d", np.arange(float(len(labels)))[:, None], given)
        except UserError as error:
            return str(error)
        return found.y.tolist(), found.classes

    assert read(np.array(labels)) == read(labels)


def test_the_first_row_with_a_label_that_is_no_class_is_named() -> None:
    with pytest.raises(UserError, match=r"row 2: label 'cot' .*'cat'"):
        Dataset("d", np.zeros((5, 1)), np.array(["cat", "dog", "cot", "cat", "cot"]), ["cat", "dog"])
