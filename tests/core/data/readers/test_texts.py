"""Texts as data sets: in a folder, in a column of a table; what they are known by, what is measured by, what is set aside."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.columns import Columns
from al_core.data.dataset import Dataset
from al_core.data.identity import identity
from al_core.data.kinds import read_dataset, read_more
from al_core.data.looks import Passage
from al_core.data.whereabouts import found_files
from al_core.ground.errors import UserError

NOTES = {
    f"{kind}/{number:02}.txt": f"{words}, for the {number}th time\n\tsaid {who}"
    for kind, words in (("fault", "the kettle leaks"), ("praise", "what a lovely lid"))
    for number, who in enumerate(["anna", "ben", "chris", "dora", "emil", "fay"], 4)
}


def folder(root: Path, texts: dict[str, str] = NOTES) -> Path:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def table(path: Path, texts: dict[str, str] = NOTES, column: str = "text") -> Path:
    rows = [{"who": name[-6:-4], column: text, "label": name.partition("/")[0]} for name, text in texts.items()]
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def labels(data: Dataset) -> list[str | None]:
    return [None if label < 0 else data.classes[label] for label in data.truth]


def test_a_folder_of_texts_has_its_folders_for_classes_and_shows_files_as_they_are(tmp_path: Path) -> None:
    data = read_dataset(folder(tmp_path / "notes"))
    assert data.item_names == tuple(sorted(NOTES))
    assert labels(data) == [name.partition("/")[0] for name in sorted(NOTES)]
    assert data.item_ids == tuple(identity(NOTES[name].encode()) for name in sorted(NOTES))
    assert data.looks is not None
    assert data.looks[0] == Passage(NOTES["fault/04.txt"])
    (tmp_path / "notes" / "fault" / "04.txt").write_text("another")
    with pytest.raises(UserError, match=r"04\.txt cannot be shown: it has changed"):
        data.looks[0]


def test_a_text_is_the_same_item_in_a_folder_and_in_tables(tmp_path: Path) -> None:
    data = read_dataset(folder(tmp_path / "notes"))
    for path in (table(tmp_path / "a.csv"), table(tmp_path / "a.jsonl")):
        other = read_dataset(path, columns=Columns(show=("who",)))
        assert other.item_ids == data.item_ids
        assert labels(other) == labels(data)
        np.testing.assert_allclose(other.X, data.X, atol=1e-9)
        assert other.looks[1] == Passage(NOTES["fault/05.txt"], (("who", "05"),))
        assert other.recipe == "text in text: words, parts of words, writing"
    named = read_dataset(table(tmp_path / "b.csv", column="note"), columns=Columns(text="note", ids="who"))
    assert named.item_ids == data.item_ids
    assert named.item_names[0] == "04"
    assert read_dataset(tmp_path / "a.csv").recipe == "text in text: words, parts of words, writing; not learnt from: who"


def test_a_text_is_found_wherever_its_file_has_gone(tmp_path: Path) -> None:
    root = folder(tmp_path / "notes")
    data = read_dataset(root)
    wanted = dict(zip(data.item_ids, data.item_names, strict=True))
    assert found_files(root, wanted) == {item: root / name for item, name in wanted.items()}
    moved, gone = data.item_ids[0], data.item_ids[1]
    (root / data.item_names[0]).rename(root / "elsewhere.txt")
    (root / data.item_names[1]).write_text("another")
    found = found_files(root, wanted)
    assert found[moved] == root / "elsewhere.txt"
    assert wanted.keys() - found.keys() == {gone}


def test_a_column_called_text_is_one_of_texts_only_if_there_are_texts_in_it(tmp_path: Path) -> None:
    rows = "\n".join(f"{number % 7},{'red' if number % 3 else 'blue'},{'ab'[number % 2]}" for number in range(20))
    (tmp_path / "a.csv").write_text(f"x,text,label\n{rows}\n")
    assert read_dataset(tmp_path / "a.csv").recipe == "2 columns: 1 number, 1 category"
    assert read_dataset(table(tmp_path / "b.csv"), columns=Columns(drop=("text",), label="label", show=())).classes


def test_new_texts_are_taken_from_folders_and_tables_alike(tmp_path: Path) -> None:
    pool = read_dataset(folder(tmp_path / "notes"))
    new = {"x/1.txt": NOTES["fault/04.txt"], "x/2.txt": "a new text about a kettle"}
    for path in (folder(tmp_path / "new", new), table(tmp_path / "new.csv", new)):
        more = read_more(path, pool)
        np.testing.assert_array_equal(more.X[0], pool.X[0])
        assert more.item_ids[0] == pool.item_ids[0]
        assert more.classes == pool.classes
        assert set(more.truth) == {-1}
        assert more.looks[1].text == "a new text about a kettle"
    with pytest.raises(UserError, match="no column 'text'; did you mean 'texts'"):
        read_more(table(tmp_path / "other.csv", new, "texts"), pool)
    (tmp_path / "numbers.csv").write_text("x,y\n1,2\n")
    with pytest.raises(UserError, match=r"numbers\.csv: no column 'text'"):
        read_more(tmp_path / "numbers.csv", pool)


def test_what_is_in_test_or_named_is_measured_by_and_not_fitted_on(tmp_path: Path) -> None:
    within = {f"{'test' if name.endswith(('4.txt', '5.txt')) else 'train'}/{name}": text for name, text in NOTES.items()}
    data = read_dataset(folder(tmp_path / "notes", within))
    assert data.test is not None
    assert [data.item_names[row].partition("/")[0] for row in data.test.tolist()] == ["test"] * 4
    alone = read_dataset(tmp_path / "notes" / "train")
    np.testing.assert_allclose(data.X[4:], alone.X, atol=1e-9)
    beside = read_dataset(tmp_path / "notes" / "train", test=tmp_path / "notes" / "test")
    assert beside.test.tolist() == [8, 9, 10, 11]
    np.testing.assert_allclose(beside.X[:8], alone.X, atol=1e-9)
    pool = table(tmp_path / "a.csv", {"/1": "the kettle leaks", "/2": "a lovely lid", "/3": "the kettle broke"})
    tables = read_dataset(pool, test=table(tmp_path / "b.csv"))
    assert (tables.test.tolist(), tables.classes) == (list(range(3, 15)), ("fault", "praise"))


def test_what_is_no_text_is_set_aside(tmp_path: Path) -> None:
    root = folder(tmp_path / "notes", {**NOTES, "fault/empty.txt": " \n", "fault/long.txt": "x" * (1 << 20) + "y"})
    (root / "fault" / "latin.txt").write_bytes(b"caf\xe9")
    (root / "fault" / "bytes.txt").write_bytes(b"a\0b")
    with pytest.warns(UserWarning, match="set aside"):
        data = read_dataset(root)
    assert dict(data.aside) == {
        "fault/bytes.txt": "it holds bytes that are no text",
        "fault/empty.txt": "it is empty",
        "fault/latin.txt": "it is not UTF-8",
        "fault/long.txt": "it has more than 1,048,576 characters",
    }
    assert len(data.X) == len(NOTES)
    with pytest.warns(UserWarning, match="1 because it has no text"):
        rows = read_dataset(table(tmp_path / "a.csv", {**NOTES, "fault/20.txt": " "}))
    assert rows.aside == (("row 13", "it has no text"),)
    assert rows.item_names == tuple(f"row {number}" for number in range(1, 13))


def test_a_folder_with_pictures_is_one_of_pictures_and_an_empty_one_says_so(tmp_path: Path) -> None:
    folder(tmp_path / "notes")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "notes" / "fault" / "a.png")
    assert read_dataset(tmp_path / "notes", ["fault", "b"]).item_names == ("fault/a.png",)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UserError, match="there are no pictures in it that can be read"):
        read_dataset(tmp_path / "nothing")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "a.txt").write_bytes(b"\xff")
    with pytest.raises(UserError, match=r"no texts in it that can be read; of a\.txt: it is not UTF-8; they end in \.txt"):
        read_dataset(tmp_path / "none")
    with pytest.raises(UserError, match="--text-column: no column 'nobody'; there are: label, text, who"):
        read_dataset(table(tmp_path / "a.csv"), columns=Columns(text="nobody"))
    with pytest.raises(UserError, match="column 'note' has no text; name the one that has: --text-column"):
        read_dataset(table(tmp_path / "b.csv", {"a/1": " ", "b/2": ""}, "note"), columns=Columns(text="note"))
    folder(tmp_path / "some")
    with pytest.raises(UserError, match="features 'hog' are those of pictures"):
        read_dataset(tmp_path / "some", features="hog")
