"""Rows of files as they are read: every row is used or set aside with its reason, and what no row could mend is one line."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from tests.trials import trials

from al_core.data.table_rows import LARGEST_CELL, is_table, open_rows, row_identity
from al_core.ground.errors import UserError

Found = tuple[list[str], list[list[str]], list[tuple[str, str]]]
TABLE = [["name", "height", "glazed"], ["jug", "12.5", "yes"], ['a "fine" bowl, cracked', "", "no"], ["two\nlines", "7", "yes"]]


def found(path: Path) -> Found:
    """Names, rows with their numbers, and what is aside."""
    with open_rows(path) as rows:
        cells = [[str(number), *cells] for number, cells in rows]
        return rows.names, cells, rows.aside


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("separator", ",;\t|")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("name", ["pots.csv", "pots.tsv", "POTS.CSV"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_parts_cells_is_found(tmp_path: Path, separator: str, encoding: str, name: str, end: str) -> None:
    with (tmp_path / name).open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator, lineterminator=end).writerows(TABLE)
    names, rows, aside = found(tmp_path / name)
    assert names == TABLE[0]
    assert [cells[1:] for cells in rows] == TABLE[1:]
    assert [cells[0] for cells in rows] == ["1", "2", "3"]
    assert aside == []


def test_commas_in_texts_do_not_part_cells_of_a_table_with_semicolons(tmp_path: Path) -> None:
    names, rows, _ = found(write(tmp_path / "a.csv", b"text;kind\nred, round;jug\nblue, flat, old;bowl\nold;jug\n"))
    assert names == ["text", "kind"]
    assert [cells[1:] for cells in rows] == [["red, round", "jug"], ["blue, flat, old", "bowl"], ["old", "jug"]]


def test_one_column_is_a_table(tmp_path: Path) -> None:
    assert found(write(tmp_path / "a.csv", b"x\n1\n2\n"))[:2] == (["x"], [["1", "1"], ["2", "2"]])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,2,3", "it has more cells than there are columns"),
        (b"1", "it has fewer cells than there are columns"),
        (b"caf\xe9,2", "it is not UTF-8"),
        (b'"a"b,2', "its quotes are not closed where a cell ends"),
        (b" ,", "all its cells are empty"),
        (b"a," + b"x" * (LARGEST_CELL + 1), f"it has a cell of more than {LARGEST_CELL:,} characters"),
        (b"a," + b"x" * 10_000_000, f"it has a cell of more than {LARGEST_CELL:,} characters"),
        (b'a,"' + b"x\n" * 2_000_000 + b'"', f"it has a cell of more than {LARGEST_CELL:,} characters"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_and_the_rest_is_not(tmp_path: Path, row: bytes, reason: str) -> None:
    path = write(tmp_path / "a.csv", b"x,y\n1,2\n\n" + row + b"\n3,4\n")
    assert found(path) == (["x", "y"], [["1", "1", "2"], ["3", "3", "4"]], [("row 2", reason)])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "it is no JSON"),
        (b"[1]", "it is no JSON object"),
        (b'{"x": "caf\xe9"}', "it is not UTF-8"),
        (b'{"x": "half \\ud800"}', "it is not UTF-8"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "it is no JSON"),
        (b'{"x": null, "y": ""}', "all its cells are empty"),
    ],
)
def test_a_line_that_is_no_object_is_set_aside(tmp_path: Path, line: bytes, reason: str) -> None:
    path = write(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"x": 1}\n\n' + line + b'\n{"x": 2.50}')
    names, rows, aside = found(path)
    assert names[0] == "x"
    assert [cells[:2] for cells in rows] == [["1", "1"], ["3", "2.50"]]
    assert aside == [("row 2", reason)]


def test_objects_may_have_other_keys_and_values_of_any_kind(tmp_path: Path) -> None:
    objects = [{"a": "x"}, {"b": True, "a": None}, {"c": [1, {"d": "ü"}], "b": 1e3, "a": "y"}]
    names, rows, _ = found(write(tmp_path / "a.ndjson", "\n".join(map(json.dumps, objects)).encode()))
    assert names == ["a", "b", "c"]
    assert rows == [["1", "x"], ["2", "", "true"], ["3", "y", "1000.0", '["1",{"d":"ü"}]']]


def test_parquet_is_known_by_how_it_begins_and_all_its_kinds_are_read(tmp_path: Path) -> None:
    table = pa.table(
        {
            "number": [1.5, None, 3.0],
            "whole": [1, 2, 3],
            "yes": [True, None, False],
            "day": pa.array(["2024-01-31", None, "2024-03-01"]).cast(pa.date32()),
            "kind": pa.array(["jug", "bowl", None]).dictionary_encode(),
            "bytes": [b"caf\xc3\xa9", b"\xff\xfe", None],
            "many": [[1, 2], None, []],
            "big": pa.array(["a", "b", "c"], pa.large_string()),
        }
    )
    parquet.write_table(table, tmp_path / "pots")
    assert is_table(tmp_path / "pots")
    names, rows, aside = found(tmp_path / "pots")
    assert names == table.column_names
    assert rows[0][1:] == ["1.5", "1", "true", "2024-01-31", "jug", "café", "[1,2]", "a"]
    assert rows[1][1:6] == ["", "2", "", "", "bowl"]
    assert rows[1][6].startswith("bytes ")
    assert rows[2][1:] == ["3.0", "3", "false", "2024-03-01", "", "", "[]", "c"]
    assert aside == []


@pytest.mark.parametrize(
    "change", [lambda path: path.write_text("clay;n\nred;1\nblue;2\nx;y\n"), lambda path: os.truncate(path, 4)]
)
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    path = write(tmp_path / "a.csv", b"clay;n\nred;1\nblue;2\n")
    monkeypatch.setattr("al_core.data.table_rows._unusable", lambda cells: change(path) and "")
    with pytest.raises(UserError, match=r"a\.csv changed while it was read; try again"):
        found(path)


def test_a_row_of_parquet_with_a_text_that_is_none_is_set_aside(tmp_path: Path) -> None:
    array = pa.array(["jug", "b\xf6wl".encode("latin-1"), "vase"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 3, array.buffers())
    for column in (
        broken,
        broken.cast(pa.binary()).dictionary_encode().cast(pa.dictionary(pa.int32(), pa.string()), safe=False),
    ):
        parquet.write_table(pa.table({"clay": column, "n": [1, 2, 3]}), tmp_path / "a.parquet")
        _, rows, aside = found(tmp_path / "a.parquet")
        assert [cells[1:] for cells in rows] == [["jug", "1"], ["vase", "3"]]
        assert aside == [("row 2", "it is not UTF-8")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "is empty; give a table with the names of its columns"),
        ("a.csv", b"x,y,x\n1,2,3\n", "two columns are called 'x'"),
        ("a.csv", b"x, x\n1,2\n", "two columns are called 'x'"),
        ("a.csv", b"1,2\n3,4\n", "its first line has numbers and no names"),
        ("a.csv", b'x,y\n1,2\n3,"4\n5,6\n', "line 3: a quote is opened here and never closed"),
        ("a.csv", "x,y\n1,2\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        ("a.csv", b"gr\xf6\xdfe,y\n1,2\n", "the names of its columns are not UTF-8"),
        ("a.csv", ",".join(f"c{n}" for n in range(10_001)).encode(), "10,001 columns; give a table of at most"),
        ("a.parquet", b"PAR1 and no more", "cannot be read as Parquet"),
        ("a.parquet", b"no table", "cannot be read as Parquet"),
        ("a.jsonl", b'{"x": 1, " x": 2}', "two columns are called 'x'"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(UserError) as refused:
        found(write(tmp_path / name, content))
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / name))
    assert "\n" not in str(refused.value)


def test_without_pyarrow_it_is_said_how_to_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'al-tui\[tables\]'"):
        found(write(tmp_path / "a.parquet", b"PAR1"))
    assert found(write(tmp_path / "a.csv", b"x\n1\n"))[1] == [["1", "1"]]


def test_a_pipe_is_neither_waited_for_nor_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(UserError, match="is no file"):
        found(tmp_path / "a.csv")
    os.mkfifo(tmp_path / "pipe")
    assert not is_table(tmp_path / "pipe")


def test_a_row_is_what_stands_in_it_whatever_the_order_of_columns() -> None:
    one = row_identity(["a", "b", "label"], ["1", "2", "jug"], ["label"])
    assert one == row_identity(["b", "label", "a"], ["2", "bowl", "1"], ["label"])
    assert one == row_identity(["a", "b", "c"], ["1", "2", ""], ())
    others = [(["a", "b"], ["12", ""]), (["a", "b"], ["2", "1"]), (["a", "c"], ["1", "2"]), (["a"], ['1","b","2'])]
    assert len({one, *(row_identity(names, cells, ()) for names, cells in others)}) == 5


SEED = "\n".join(
    [
        "name;height;day;yes;note",
        '"jug; old";1,5;2024-01-31;true;"two',
        'lines"',
        "bowl;;2024-02-01;false;é",
        "vase;-3,25;;;🐈",
        "",
    ]
).encode()
SEED_LINES = b'{"a": 1, "b": "x"}\n{"a": null, "c": [1, 2]}\n'
mutations = st.lists(
    st.tuples(
        st.integers(0, 200), st.integers(0, 6), st.binary(max_size=6) | st.sampled_from([b'"', b"\n", b"\0", b";", b"\r"])
    ),
    max_size=8,
)


@given(st.sampled_from([(SEED, "a.csv"), (SEED_LINES, "a.jsonl"), (SEED, "a.parquet")]), mutations)
@example((b"x\n", "a.csv"), [])
@settings(max_examples=trials(300, 20_000), deadline=None)
def test_whatever_becomes_of_a_file_its_rows_are_used_or_counted_or_it_is_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: tuple[bytes, str], changes: list[tuple[int, int, bytes]]
) -> None:
    content, name = kind
    for at, cut, more in changes:
        content = content[:at] + more + content[at + cut :]
    path = write(tmp_path_factory.getbasetemp() / name, content)
    try:
        names, rows, aside = found(path)
    except UserError as refused:
        error = refused
    else:
        error = None
    if error is not None:
        assert str(error).startswith((str(path), f"cannot read {path}"))
        return
    assert len(set(names)) == len(names)
    numbers = [int(cells[0]) for cells in rows] + [int(place.removeprefix("row ")) for place, _ in aside]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert all(len(cells) - 1 <= len(names) for cells in rows)
    "".join(cell for cells in rows for cell in cells).encode()
