"""The rows of a table's file, one after the other, as texts: CSV, TSV, JSON lines, Parquet. Free of numerics."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from al_core.data.identity import identity
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
MOST_BYTES = 1 << 31
"""Of a file."""
LARGEST_CELL = 1 << 20
"""Characters of a cell; a row with a larger one is set aside."""
MOST_COLUMNS = 10_000

_PARQUET = b"PAR1"
_SNIFFED = 1 << 18
_SNIFFED_ROWS = 200
_SEPARATORS = ",;\t|"
_LONGEST_NAME = 200
_BATCH = 4096
Record = tuple[int, list[str]]
"""The number of a row, from 1, and its cells."""


class Rows:
    """The rows of a file, read as they are asked for.

    Parameters
    ----------
    path : the file.
    names : of the columns, as far as they are known; more may come while rows do.
    records : rows, or why one cannot be used.
    separator : what parts cells; empty where nothing does.

    Attributes
    ----------
    aside : rows that cannot be used, and why, as far as they have come.
    """

    def __init__(self, path: Path, names: list[str], records: Iterator[Record | tuple[int, str]], separator: str = "") -> None:
        self.path, self.names, self.separator = path, names, separator
        self.aside: list[tuple[str, str]] = []
        self._records = records

    def __iter__(self) -> Iterator[Record]:
        for number, cells in self._records:
            if isinstance(cells, str):
                self.aside.append((row_name(number), cells))
            elif reason := _unusable(cells):
                self.aside.append((row_name(number), reason))
            else:
                yield number, cells


def row_name(number: int) -> str:
    """What a row is called that has no name of its own."""
    return f"row {number}"


def row_identity(names: Sequence[str], cells: Sequence[str], apart: Collection[str]) -> str:
    """What a row is known by: what stands in it, whatever the order of its columns; not what is in those ``apart``."""
    said = sorted((name, cell) for name, cell in zip(names, cells, strict=False) if cell and name not in apart)
    return identity(msgspec.json.encode(said))


def text_identity(text: str) -> str:
    """What a text is known by, in a table or in a file of its own."""
    return identity(text.encode())


def is_table(path: Path) -> bool:
    """Whether a file is a table, by how its name ends or by how it begins."""
    if path.is_dir():
        return False
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(_PARQUET)) == _PARQUET
    except OSError:
        return False


@contextmanager
def open_rows(path: Path) -> Iterator[Rows]:
    """The rows of a file that `is_table`; it is open as long as the context.

    Raises
    ------
    UserError
        It cannot be read, is too large, has no names of columns, or the same name twice; also while rows come.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UserError(f"{path} is no file; give a table in a file")
        if about.st_size > MOST_BYTES:
            raise UserError(f"{path} has more than {MOST_BYTES >> 30} GiB; give a part of it")
        with path.open("rb") as file:
            begin = file.read(len(_PARQUET))
            file.seek(0)
            yield _rows(path, file, begin)
            after = path.stat()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}; give a file that can be read") from None
    if (about.st_ino, about.st_size, about.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
        raise UserError(f"{path} changed while it was read; try again when it is finished")


def _rows(path: Path, file: BinaryIO, begin: bytes) -> Rows:
    if not begin:
        raise UserError(f"{path} is empty; give a table with the names of its columns in the first line")
    if begin == _PARQUET or path.suffix.lower() == ".parquet":
        return _parquet(path, file)
    if begin[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UserError(f"{path} is UTF-16; save it as UTF-8")
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        names: list[str] = []
        return Rows(path, names, _objects(path, file, names))
    return _separated(path, file)


def _unusable(cells: list[str]) -> str:
    """Why a row cannot be used; empty where it can."""
    if not any(map(str.strip, cells)):
        return "all its cells are empty"
    if max(map(len, cells)) > LARGEST_CELL:
        return f"it has a cell of more than {LARGEST_CELL:,} characters"
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return "it is not UTF-8"
    return ""


def checked_names(path: Path, names: Sequence[str]) -> list[str]:
    """Names of columns, plain, each once; one without a name is called by its place."""
    if len(names) > MOST_COLUMNS:
        raise UserError(f"{path}: {len(names):,} columns; give a table of at most {MOST_COLUMNS:,}")
    found = [safe_text(name.strip(), _LONGEST_NAME) or f"column {place}" for place, name in enumerate(names, 1)]
    if twice := next((name for place, name in enumerate(found) if name in found[:place]), None):
        raise UserError(f"{path}: two columns are called {twice!r}; give one of them another name")
    return found


# CSV and its kin


def _separated(path: Path, file: BinaryIO) -> Rows:
    separator = _separator(file.read(_SNIFFED))
    file.seek(0)
    csv.field_size_limit(max(csv.field_size_limit(), MOST_BYTES - 1))
    # What is no UTF-8 becomes half characters, by which the row is known that it stands in.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        header = next((cells for cells in reader if cells), [])
    except csv.Error as error:
        raise UserError(
            f"{path}, line {reader.line_num}: the names of columns cannot be read ({error}); save it anew"
        ) from None
    if _unusable(header) == "it is not UTF-8":
        raise UserError(f"{path}: the names of its columns are not UTF-8; save it as UTF-8")
    if header and all(map(is_number, header)):
        raise UserError(f"{path}: its first line has numbers and no names of columns; write the names there")
    names = checked_names(path, header)
    return Rows(path, names, _records(path, reader, len(names)), separator)


def _separator(begin: bytes) -> str:
    """What parts cells: what gives most of the first rows as many cells as there are names, and of those the most."""
    text = begin.decode("utf-8-sig", "replace")
    if len(begin) == _SNIFFED:
        text = text.rpartition("\n")[0] or text
    best = (0.0, 0, ",")
    for separator in _SEPARATORS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            header, *others = islice((cells for cells in rows if cells), _SNIFFED_ROWS)
        except (csv.Error, ValueError):
            continue
        share = sum(len(cells) == len(header) for cells in others) / len(others) if others else 1.0
        if len(header) > 1 and (share, len(header)) > best[:2]:
            best = (share, len(header), separator)
    return best[2]


def _records(path: Path, reader: Any, columns: int) -> Iterator[Record | tuple[int, str]]:
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise UserError(f"{path}, line {line}: a quote is opened here and never closed; close it") from None
            number += 1
            yield number, "its quotes are not closed where a cell ends"
            continue
        if cells is None:
            return
        if not cells:
            continue
        number += 1
        if len(cells) == columns:
            yield number, cells
        else:
            yield number, f"it has {'more' if len(cells) > columns else 'fewer'} cells than there are columns"


def is_number(text: str) -> bool:
    """Whether a text is a number as people and programs write it."""
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


# JSON, one object a line


def _objects(path: Path, file: BinaryIO, names: list[str]) -> Iterator[Record | tuple[int, str]]:
    """Rows of objects; names are those of all objects so far."""
    place_of: dict[str, int] = {}
    number = 0
    for line in file:
        if not line.strip():
            continue
        number += 1
        try:
            found = json.loads(line.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
        except UnicodeDecodeError:
            yield number, "it is not UTF-8"
            continue
        except (ValueError, RecursionError):
            yield number, "it is no JSON"
            continue
        if not isinstance(found, dict):
            yield number, "it is no JSON object"
            continue
        if new := found.keys() - place_of.keys():
            names[:] = checked_names(path, [*place_of, *(key for key in found if key in new)])
            place_of |= {key: len(place_of) + place for place, key in enumerate(key for key in found if key in new)}
        cells = [""] * len(place_of)
        for key, value in found.items():
            cells[place_of[key]] = _cell(value)
        yield number, cells


def _cell(value: Any) -> str:
    """What a value of JSON is in a cell: a text as it is, a number as it was written, nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Parquet

_NOT_MEANT = (OSError, ValueError, OverflowError)
"""What comes of values that no file should have: texts that are none, days beyond the calendar."""


def _parquet(path: Path, file: BinaryIO) -> Rows:
    if importlib.util.find_spec("pyarrow") is None:
        raise UserError(f"{path}: Parquet is read with pyarrow, which is not here; install it: pip install 'al-tui[tables]'")
    import pyarrow
    from pyarrow import parquet

    try:
        found = parquet.ParquetFile(file)
        names = found.schema_arrow.names
    except (pyarrow.ArrowException, *_NOT_MEANT) as error:
        raise _no_parquet(path, error) from None
    return Rows(path, checked_names(path, names), _batches(path, found, pyarrow))


def _batches(path: Path, found: Any, pyarrow: Any) -> Iterator[Record]:
    number = 0
    try:
        for batch in found.iter_batches(batch_size=_BATCH):
            columns = [_texts(column, pyarrow) for column in batch.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, list(cells)
    except (pyarrow.ArrowException, *_NOT_MEANT) as error:
        raise _no_parquet(path, error) from None


def _no_parquet(path: Path, error: Exception) -> UserError:
    reason = safe_text(str(error), 160)
    return UserError(f"{path}: it cannot be read as Parquet ({reason}); write it anew")


def _texts(column: Any, pyarrow: Any) -> list[str]:
    """The cells of a column as texts; nothing for null."""
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    make: Callable[[Any], str] = str
    if pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind) or pyarrow.types.is_fixed_size_binary(kind):
        make = _bytes
    elif pyarrow.types.is_nested(kind):
        make = _nested
    elif not pyarrow.types.is_float64(kind):  # those as Python writes them: so they stand in CSV as well
        try:
            return ["" if value is None else value for value in column.cast(pyarrow.string()).to_pylist()]
        except UnicodeDecodeError:  # half characters, as in CSV, by which the row is known
            return ["" if value is None else _half(value) for value in column.cast(pyarrow.binary()).to_pylist()]
        except pyarrow.ArrowException:  # a type that is not written as text: as Python writes it
            pass
    return ["" if value is None else make(value) for value in column.to_pylist()]


def _bytes(value: Any) -> str:
    """A text that is kept as bytes; of what is none, such as a picture, what it is known by."""
    try:
        return str(value.decode())
    except UnicodeDecodeError:
        return f"bytes {identity(value)}"


def _half(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _nested(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_inside)


def _inside(value: Any) -> str:
    return _bytes(value) if isinstance(value, bytes) else str(value)
