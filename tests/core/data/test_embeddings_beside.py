"""Features of one's own beside tables, texts and arrays: whose rows are whose, what has none, and what stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from al_core.data.columns import Columns
from al_core.data.dataset import Dataset
from al_core.data.kinds import read_dataset, read_more
from al_core.ground.errors import UserError

CLASSES = ["a", "b"]


def save(path: Path, count: int, **more: Any) -> Path:
    """Numbers that say which row they are."""
    X = np.arange(count, dtype=np.float32)[:, None] + np.array([0.0, 0.5])
    np.savez(path, X=X, **more) if path.suffix == ".npz" else np.save(path, X)
    return path


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["key,size,kind", *rows]) + "\n")
    return path


def firsts(data: Dataset) -> list[float]:
    return data.X[:, 0].tolist()


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    return table(tmp_path / "pots.csv", "p1,3,red", "p2,4,white", "p3,5,red", "p4,9,white")


def test_a_row_for_each_row_of_a_table(pots: Path, tmp_path: Path) -> None:
    plain = read_dataset(pots, CLASSES)
    data = read_dataset(pots, CLASSES, embeddings=save(tmp_path / "e.npy", 4))
    assert firsts(data) == [0.0, 1.0, 2.0, 3.0]
    assert (data.item_ids, data.item_names) == (plain.item_ids, plain.item_names)
    assert data.looks is not None
    assert plain.looks is not None
    assert data.looks[2] == plain.looks[2]
    assert data.recipe != plain.recipe
    assert data.projection is None


def test_rows_that_are_set_aside_have_their_rows_all_the_same(tmp_path: Path) -> None:
    path = table(tmp_path / "pots.csv", "p1,3,red", "p2,4", "p3,5,red", "p4,9,white")
    with pytest.warns(UserWarning, match="set aside"):
        data = read_dataset(path, CLASSES, embeddings=save(tmp_path / "e.npy", 4))
    assert dict(zip(data.item_names, firsts(data), strict=True)) == {"row 1": 0.0, "row 3": 2.0, "row 4": 3.0}
    with pytest.raises(UserError, match=r"4 rows, and 4 rows in .*; some of which are set aside; give one for each"):
        read_dataset(path, CLASSES, embeddings=tmp_path / "e.npy", columns=Columns(ids="key"))
    with pytest.raises(UserError, match=r"3 rows, and 4 rows in .*; give one for each in the same order, or an"):
        read_dataset(path, CLASSES, embeddings=save(tmp_path / "f.npy", 3))


def test_by_what_rows_are_called_in_any_order_and_what_has_none_is_set_aside(pots: Path, tmp_path: Path) -> None:
    by_key = Columns(ids="key")
    e = save(tmp_path / "e.npz", 4, ids=["p4", "p1", "other", "p3"])
    with pytest.warns(UserWarning, match="1 because your embeddings have no row for it"):
        data = read_dataset(pots, CLASSES, embeddings=e, columns=by_key)
    assert dict(zip(data.item_names, firsts(data), strict=True)) == {"p1": 1.0, "p3": 3.0, "p4": 0.0}
    whole = read_dataset(pots, CLASSES, columns=by_key)
    assert set(data.item_ids) == {whole.item_ids[row] for row in (0, 2, 3)}
    assert data.looks is not None
    assert whole.looks is not None
    assert [data.looks[row] for row in range(3)] == [whole.looks[row] for row in (0, 2, 3)]
    e = save(tmp_path / "f.npz", 2, ids=["row 2", "row 3"])
    with pytest.warns(UserWarning, match="set aside"):
        assert firsts(read_dataset(pots, CLASSES, embeddings=e)) == [0.0, 1.0]
    with pytest.raises(UserError, match=r"no entry of ids is an item of .*, as 'row 2'; give names such as 'p1'"):
        read_dataset(pots, CLASSES, embeddings=e, columns=by_key)


def test_beside_texts_by_path_and_beside_arrays_by_number(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    for name in "cab":
        (tmp_path / "t" / f"{name}.txt").write_text(f"some words of {name}")
    data = read_dataset(tmp_path / "t", CLASSES, embeddings=save(tmp_path / "e.npy", 3))
    assert dict(zip(data.item_names, firsts(data), strict=True)) == {"a.txt": 0.0, "b.txt": 1.0, "c.txt": 2.0}
    whole = str((tmp_path / "t" / "b.txt").absolute())
    by_path = read_dataset(tmp_path / "t", CLASSES, embeddings=save(tmp_path / "e.npz", 3, ids=["c.txt", whole, "a.txt"]))
    assert dict(zip(by_path.item_names, firsts(by_path), strict=True)) == {"a.txt": 2.0, "b.txt": 1.0, "c.txt": 0.0}
    with pytest.raises(UserError, match="there are 2 rows, and 3 texts in"):
        read_dataset(tmp_path / "t", CLASSES, embeddings=save(tmp_path / "f.npy", 2))
    np.save(tmp_path / "x.npy", np.eye(3))
    arrays = read_dataset(tmp_path / "x.npy", CLASSES, embeddings=tmp_path / "e.npy")
    assert firsts(arrays) == [0.0, 1.0, 2.0]
    assert arrays.item_ids == read_dataset(tmp_path / "x.npy", CLASSES).item_ids


def test_nothing_is_known_of_what_is_measured_by_elsewhere_and_of_new_items(pots: Path, tmp_path: Path) -> None:
    e = save(tmp_path / "e.npy", 4)
    with pytest.raises(UserError, match=r"e\.npy says nothing of .*test\.csv; give all of them in one"):
        read_dataset(pots, CLASSES, embeddings=e, test=table(tmp_path / "test.csv", "p9,1,red"))
    pool = read_dataset(pots, CLASSES, embeddings=e)
    with pytest.raises(UserError, match="features of your own, and of new items nobody knows them"):
        read_more(table(tmp_path / "new.csv", "p9,1,red"), pool)
    np.save(tmp_path / "bad.npy", np.full((4, 2), np.nan))
    with pytest.raises(UserError, match=r"bad\.npy: row 0, column 0 is nan"):
        read_dataset(pots, CLASSES, embeddings=tmp_path / "bad.npy")
