"""Tables as data sets: which column is what, what rows are known by, what is measured by, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv
import pytest
from pyarrow import parquet
from sklearn.datasets import load_breast_cancer, load_wine

from al_core.data.columns import Columns, names_in
from al_core.data.dataset import Dataset
from al_core.data.kinds import read_dataset, read_more
from al_core.ground.errors import UserError

POTS = [
    {"id": "p1", "height": "12.5", "found": "2024-01-31", "glazed": "yes", "note": "fine", "label": "jug"},
    {"id": "p2", "height": "", "found": "2023-11-02", "glazed": "no", "note": "cracked, old", "label": "bowl"},
    {"id": "p3", "height": "7", "found": "", "glazed": "yes", "note": "", "label": ""},
    {"id": "p4", "height": "8.25", "found": "2024-02-01", "glazed": "yes", "note": "fine", "label": "NA"},
    {"id": "p5", "height": "9", "found": "2024-02-03", "glazed": "no", "note": "fine", "label": " jug "},
]


def write(path: Path, rows: list[dict[str, str]] = POTS, **form: Any) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]), **form)
        out.writeheader()
        out.writerows(rows)
    return path


def labels(data: Dataset) -> list[str | None]:
    return [None if label < 0 else data.classes[label] for label in data.truth]


def test_columns_have_roles_by_name_and_by_option(tmp_path: Path) -> None:
    data = read_dataset(write(tmp_path / "pots.csv"), columns=Columns(ids="id", drop=("found",), show=("note",)))
    assert data.classes == ("NA", "bowl", "jug")
    assert labels(data) == ["jug", "bowl", None, "NA", "jug"]
    assert data.item_names == ("p1", "p2", "p3", "p4", "p5")
    assert data.recipe == "2 columns: 1 number, 1 category"
    assert data.looks is not None
    assert data.looks[1].fields == (("note", "cracked, old"), ("height", ""), ("glazed", "no"))
    assert data.aside == ()
    other = read_dataset(write(tmp_path / "pots.csv"), columns=Columns(label="glazed"))
    assert other.classes == ("no", "yes")
    assert other.item_names == ("row 1", "row 2", "row 3", "row 4", "row 5")
    assert other.numbered
    assert "glazed" not in dict(other.looks[0].fields)


def test_the_same_rows_are_the_same_items_in_every_format_and_order_whatever_their_labels_and_ids(tmp_path: Path) -> None:
    ids = Columns(ids="id")
    data = read_dataset(write(tmp_path / "a.csv"), columns=ids)
    as_texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(POTS[0], pyarrow.string()))
    parquet.write_table(pyarrow.csv.read_csv(tmp_path / "a.csv", convert_options=as_texts), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in POTS))
    turned = [
        {**dict(reversed(row.items())), "label": "bowl" if number % 2 else "jug", "id": str(number)}
        for number, row in enumerate(POTS)
    ]
    write(tmp_path / "b.tsv", turned, delimiter="\t", quoting=csv.QUOTE_ALL)
    write(tmp_path / "c.csv", turned[::-1], delimiter=";")
    for name in ("a.parquet", "a.jsonl", "b.tsv"):
        assert read_dataset(tmp_path / name, columns=ids).item_ids == data.item_ids
    assert read_dataset(tmp_path / "c.csv", columns=ids).item_ids == data.item_ids[::-1]
    assert len(set(data.item_ids)) == 5
    changed = read_dataset(write(tmp_path / "d.csv", [{**POTS[0], "note": "finer"}, *POTS[1:]]), columns=ids)
    assert [one == other for one, other in zip(changed.item_ids, data.item_ids, strict=True)] == [False, True, True, True, True]


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer])
def test_a_table_of_numbers_is_the_same_in_csv_and_in_parquet(tmp_path: Path, load: Any) -> None:
    bunch = load()
    names = [*bunch.feature_names, "label"]
    rows = [[*x, bunch.target_names[y]] for x, y in zip(bunch.data.tolist(), bunch.target, strict=True)]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])
    parquet.write_table(pyarrow.csv.read_csv(tmp_path / "a.csv"), tmp_path / "a.parquet")
    one, other = read_dataset(tmp_path / "a.csv"), read_dataset(tmp_path / "a.parquet")
    np.testing.assert_allclose(one.X, other.X, atol=1e-12)
    assert one.X.shape == bunch.data.shape
    assert one.item_ids == other.item_ids
    assert labels(one) == labels(other) == [bunch.target_names[y] for y in bunch.target]


def test_class_names_are_words_in_the_order_of_numbers_where_they_are_numbers(tmp_path: Path) -> None:
    rows = [{"x": str(number * number % 7), "label": label} for number, label in enumerate(["10", "9", "-1", "10", "9", ""])]
    assert read_dataset(write(tmp_path / "a.csv", rows)).classes == ("-1", "9", "10")
    assert read_dataset(write(tmp_path / "a.csv", rows), ["9", "10", "-1"]).classes == ("9", "10", "-1")


def test_rows_of_one_content_are_one_item(tmp_path: Path) -> None:
    rows = [{"id": str(number), "x": str(number % 3), "label": "ab"[number % 2]} for number in range(9)]
    assert len(set(read_dataset(write(tmp_path / "a.csv", rows), columns=Columns(ids="id")).item_ids)) == 3


def test_items_to_measure_by_may_have_labels_where_the_others_have_none(tmp_path: Path) -> None:
    pool = write(tmp_path / "a.csv", [{"x": str(number), "kind": "uv"[number % 2]} for number in (1, 2, 4, 8, 16)])
    kept = [{"label": "ab"[number % 2], "more": "z", "kind": "uw"[number % 2], "x": str(number)} for number in (1, 2, 3)]
    test = write(tmp_path / "b.csv", kept)
    data = read_dataset(pool, test=test)
    assert data.test is not None
    assert (data.test.tolist(), labels(data)) == ([5, 6, 7], [None] * 5 + ["b", "a", "b"])
    assert data.item_ids[5] != data.item_ids[0], "of another kind, v and w"
    alone = read_dataset(pool, ["a", "b"])
    np.testing.assert_array_equal(data.X[:5], alone.X)
    assert data.looks[7].fields == (("x", "3"), ("kind", "w"))
    others = [{"x": "1", "kind": "w", "of": "a"}, {"x": "2", "kind": "u", "of": "b"}]
    named = read_dataset(pool, test=write(tmp_path / "c.csv", others), columns=Columns(label="of"))
    assert named.classes == ("a", "b")
    assert named.item_ids[6] == alone.item_ids[1]
    with pytest.raises(UserError, match=r"b\.csv: no column 'y'; .*; give the columns that d\.csv has"):
        read_dataset(write(tmp_path / "d.csv", [{"y": "1"}, {"y": "2"}, {"y": "5"}]), test=test)


def test_new_rows_are_described_by_what_was_fitted(tmp_path: Path) -> None:
    pool = read_dataset(write(tmp_path / "pots.csv"), columns=Columns(ids="id", drop=("found",)))
    new = [{key: value for key, value in row.items() if key != "label"} | {"colour": "red"} for row in POTS]
    more = read_more(write(tmp_path / "new.tsv", [*new, {**new[0], "height": "tall", "glazed": "?"}], delimiter="\t"), pool)
    np.testing.assert_array_equal(more.X[:5], pool.X)
    assert more.item_ids[:5] == pool.item_ids
    assert more.item_names[5] == "p1"
    assert set(more.truth) == {-1}
    assert np.isfinite(more.X).all()
    with pytest.raises(UserError, match=r"no column 'height'; did you mean 'hight'\?; what was labelled is learnt from it"):
        read_more(write(tmp_path / "new.csv", [{"hight": "1", "glazed": "yes", "note": "x"}]), pool)
    np.save(tmp_path / "x.npy", np.eye(3))
    with pytest.raises(UserError, match=r"x\.npy is of another kind than what was labelled"):
        read_more(tmp_path / "x.npy", pool)
    with pytest.raises(UserError, match=r"new\.csv is of another kind than what was labelled"):
        read_more(tmp_path / "new.csv", read_dataset(tmp_path / "x.npy", ["a", "b"]))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (Columns(label="glasd"), "--label-column: no column 'glasd'; did you mean 'glazed'?"),
        (Columns(ids="di"), "--id-column: no column 'di'"),
        (Columns(drop=("found", "hight")), "--drop: no column 'hight'; did you mean 'height'?"),
        (Columns(show=("notes",)), "--show: no column 'notes'; did you mean 'note'?"),
        (Columns(drop=("note",), show=("note",)), "--drop and --show both name the column 'note'"),
        (Columns(label="id", ids="id"), "--label-column and --id-column both name the column 'id'"),
        (Columns(drop=("height", "found", "glazed", "note", "id")), "no column of it can be learnt from"),
        (Columns(drop=("label",)), "there is no column 'label'; name the classes"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_nearest_one(tmp_path: Path, columns: Columns, words: str) -> None:
    with pytest.raises(UserError) as refused:
        read_dataset(write(tmp_path / "pots.csv"), columns=columns)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["", "", ""], "column 'label' is empty; name the classes, --classes a,b"),
        (["a", "", "a"], "column 'label' has one class only, 'a'; name the classes"),
        ([str(number) for number in range(1001)], "column 'label' has 1,001 different labels, too many to be classes"),
    ],
)
def test_labels_that_say_no_classes_are_refused(tmp_path: Path, said: list[str], words: str) -> None:
    rows = [{"x": str(number % 5), "y": str(number % 7), "label": label} for number, label in enumerate(said)]
    with pytest.raises(UserError) as refused:
        read_dataset(write(tmp_path / "a.csv", rows))
    assert words in str(refused.value)
    if len(said) == 3:
        assert read_dataset(tmp_path / "a.csv", ["a", "b"]).classes == ("a", "b")


def test_what_is_about_pictures_or_tables_is_refused_of_the_other(tmp_path: Path) -> None:
    path = write(tmp_path / "pots.csv")
    np.save(tmp_path / "x.npy", np.eye(3))
    with pytest.raises(UserError, match="features 'hog' are those of pictures"):
        read_dataset(path, features="hog")
    with pytest.raises(UserError, match=r"there are 3 rows, and .* rows in"):
        read_dataset(path, embeddings=tmp_path / "x.npy")
    with pytest.raises(UserError, match="--show is about the columns of a table, and this is none"):
        read_dataset(tmp_path / "x.npy", ["a", "b"], columns=Columns(show=("x",)))
    with pytest.raises(UserError, match="is of another kind"):
        read_dataset(path, test=tmp_path / "x.npy")


def test_rows_that_are_set_aside_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x,y,label\n1,2,a\n1,a\n3,1,b\ncaf\xe9,1,a\n2,9,a\n5,6\n")
    words = "set aside: 2 because it has fewer cells than there are columns, 1 because it is not UTF-8"
    with pytest.warns(UserWarning, match=words):
        data = read_dataset(tmp_path / "a.csv")
    assert data.item_names == ("row 1", "row 3", "row 5")


def test_a_name_with_a_comma_stands_in_quotes() -> None:
    assert names_in('a, "b, c",a', "--drop") == ("a", "b, c")
    for text in ("", "a,,b", '"a', " "):
        with pytest.raises(UserError, match=r"--drop is .*; name columns with commas"):
            names_in(text, "--drop")


def test_a_label_that_is_no_class_is_told_with_its_row_as_the_file_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "pots.csv"
    path.write_text("key,height,label\none,1,jug\ntwo,,,\nthree,3,jgu\n")
    with pytest.raises(UserError, match=r"pots\.csv': row 3: label 'jgu' is no class; did you mean 'jug'"):
        read_dataset(path, ("bowl", "jug"))
    with pytest.raises(UserError, match="three: label 'jgu' is no class"):
        read_dataset(path, ("bowl", "jug"), columns=Columns(ids="key"))
