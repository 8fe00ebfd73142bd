"""NumPy's own files, ``.npy`` and ``.npz``, and folders of them: nothing is ever unpickled, and nothing read unmeasured."""

from __future__ import annotations

import errno
import hashlib
import math
import os
import stat
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from al_core.data.features import MOST_NUMBERS
from al_core.ground.errors import UserError
from al_core.ground.numbers import storage
from al_core.ground.safe_text import is_plain, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ITEMS = 5_000_000
"""Items of a data set: each has an identity and a label in plain Python."""
MOST_CLASSES = 10_000
MOST_BYTES = 8 * MOST_NUMBERS
"""Bytes that the arrays of an archive may unpack to."""

MANY = 50_000
"""Items of a file from which one need not wait until all are read; `FIRST` of them come before the others."""
FIRST = 2_000

_MAPPED_FROM = 1 << 26
"""Bytes from which an array of a ``.npy`` file stays on disk; a smaller one is read, and cannot change any more."""
_CHUNK = 1 << 20
_LONGEST_NAME = 500
_NAMES = ("X", "y", "images", "classes", "ids", "groups")
_VERSIONS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
"""A third is for records with names beyond Latin 1, which nobody can learn from."""
_NUMBERS, _TEXTS = "biuf", "biufU"


@dataclass(frozen=True, slots=True)
class _Header:
    """What an array says about itself, before any of it is read."""

    where: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    begin: int

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Arrays:
    """What is in a file of arrays.

    Parameters
    ----------
    name : of the file.
    X : numbers, shape (items, features); None where pictures are all there is.
    images : pictures as they stand in the file; None where there are none.
    y : labels; None where there are none.
    classes : names of the class numbers; None where nobody gave them.
    ids : what the items are called; empty where they have no names.
    groups : which group each item is of; None where nothing says it.
    """

    name: str
    X: NDArray[Any] | None
    images: NDArray[Any] | None
    y: Any = None
    classes: tuple[str, ...] | None = None
    ids: tuple[str, ...] = ()
    groups: Any = None

    @property
    def items(self) -> int:
        """How many items there are."""
        found = self.images if self.X is None else self.X
        assert found is not None
        return len(found)


def numbers_in(path: Path) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The ``X`` of a file, shape (rows, features), and its ``ids``, as far as there are any; raises `UserError`."""
    found = arrays_in(path, None)
    if found.X is None or found.images is not None:
        shape = "" if found.images is None else f", and the shape of what is there is {found.images.shape}"
        raise UserError(f"{path}: rows of numbers are wanted{shape}; give X as (rows, features), and nothing else but ids")
    return found.X, found.ids


def arrays_in(path: Path, classes: tuple[str, ...] | None) -> Arrays:
    """What is in the file; ``classes`` are names in place of those in it."""
    if is_folder_of_arrays(path):
        found = _folder(path)
    else:
        with _opened(path) as file:
            found = _archive(path, file) if _is_archive(file) else {"X": _single(path, file)}
    found |= {key: _plain(found[key]) for key in ("y", "classes", "ids", "groups") if key in found}
    if classes is None and "classes" in found:
        classes = tuple(found["classes"].tolist())
    X, images = found.get("X"), found.get("images")
    if X is not None and X.ndim > 2:
        if images is not None:
            raise UserError(f"{path}: X has the shape {X.shape} and there are images as well; give X as (items, features)")
        X, images = None, X
    ids = tuple(str(entry) for entry in found["ids"].tolist()) if "ids" in found else ()
    return Arrays(str(path), X, images, found.get("y"), classes, ids, found.get("groups"))


def many_in(path: Path) -> int:
    """How many items are in a ``.npy`` file, if they are so many that reading them takes its time; else 0."""
    if path.is_dir():
        return 0
    with _opened(path) as file:
        if _is_archive(file):
            return 0
        header = _header(str(path), file, _NUMBERS)
        return header.shape[0] if header.shape and header.shape[0] > MANY else 0


def some_in(path: Path, first: int) -> tuple[Arrays, int]:
    """So many items of a ``.npy`` file, drawn at random; and how many there are."""
    with _opened(path) as file:
        header = _header(str(path), file, _NUMBERS)
        _check_items(header, None)
        _check_length(path, file, header)
        count = header.shape[0]
        rows = np.sort(np.random.default_rng(count).choice(count, min(first, count), replace=False))
        there = np.memmap(path, header.dtype, "r", header.begin, header.shape, order="F" if header.fortran else "C")
        array = np.array(there[rows])
    X, images = (array, None) if array.ndim == 2 else (None, array)
    return Arrays(str(path), X, images), count


def _check_length(path: Path, file: IO[bytes], header: _Header) -> None:
    """Raise `UserError` where a file is shorter or longer than it says."""
    there = os.fstat(file.fileno()).st_size - header.begin
    if there != header.nbytes:
        raise UserError(f"{path}: {there:,} bytes of numbers, and its header says {header.nbytes:,}; save it anew")


def _plain(texts: NDArray[Any]) -> NDArray[Any]:
    """The same with nothing in any text that a terminal would obey."""
    if texts.dtype.kind != "U":
        return texts
    different, places = np.unique(texts, return_inverse=True)
    plain = [entry if is_plain(entry) else safe_text(entry, _LONGEST_NAME) for entry in different.tolist()]
    return np.array(plain, dtype="U")[places] if plain else texts


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The file, if it is one, opened without waiting for whoever writes into a pipe; it must be the same when it is left."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UserError(f"{path} is no file of numbers; give a .npy or .npz file")
            yield file
            after = os.fstat(file.fileno())
    except IsADirectoryError:
        raise UserError(f"{path} is a folder; give a .npy or .npz file") from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}; give a file that can be read") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UserError(f"{path} changed while it was read; try again when it is finished")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _is_archive(file: IO[bytes]) -> bool:
    begins = file.read(4)
    file.seek(0)
    return begins in (b"PK\x03\x04", b"PK\x05\x06")


def _single(path: Path, file: IO[bytes]) -> NDArray[Any]:
    """The one array of a ``.npy`` file."""
    header = _header(str(path), file, _NUMBERS)
    _check_items(header, None)
    _check_length(path, file, header)
    return _there(path, file, header)


def _there(path: Path, file: IO[bytes], header: _Header) -> NDArray[Any]:
    """The array of a file, on disk where it is large."""
    pixels = header.dtype == np.uint8 and len(header.shape) > 2
    if header.nbytes >= _MAPPED_FROM and not header.fortran and (pixels or header.dtype == np.float64):
        return np.memmap(path, header.dtype, "r", header.begin, header.shape)
    _check_room(header)
    return _filled(header, file)


def is_folder_of_arrays(path: Path) -> bool:
    """Whether a folder holds what an archive would, each array in a ``.npy`` file of its name: items, and their labels."""
    return all((path / f"{name}.npy").is_file() for name in ("X", "y"))


def _folder(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of such a folder, each measured before any is read."""
    with ExitStack() as stack:
        paths = {name: place for name in _NAMES if (place := path / f"{name}.npy").is_file()}
        files = {name: stack.enter_context(_opened(place)) for name, place in paths.items()}
        headers = {name: _header(str(paths[name]), file, _kinds(name)) for name, file in files.items()}
        for name, header in headers.items():
            _check_length(paths[name], files[name], header)
        _check_together(headers)
        return {name: _there(paths[name], files[name], header) for name, header in headers.items()}


def _kinds(name: str) -> str:
    """Kinds of numbers that an array of this name may have."""
    return _NUMBERS if name in ("X", "images") else _TEXTS


def _archive(path: Path, file: IO[bytes]) -> dict[str, NDArray[Any]]:
    """The arrays of a ``.npz`` archive that a data set is made of, each measured before any is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            if not {"X", "images"} & set(members):
                has = f"; it has {', '.join(sorted(members)[:10])}" if members else ""
                raise UserError(f"{path}: there is no array X or images in it{has}; save it with np.savez(file, X=…, y=…)")
            members = {name: members[name] for name in _NAMES if name in members}
            headers = {name: _measured(path, archive, name, info, _kinds(name)) for name, info in members.items()}
            _check_archive(path, headers)
            return {name: _unpacked(headers[name], archive, info) for name, info in members.items()}
    except (UserError, MemoryError):
        raise
    except Exception as error:  # what archives and decompressors raise has no common name
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # which is of a place before the file's beginning
            raise
        raise UserError(f"{path} is a damaged archive ({error}); save it anew with np.savez") from None


def _measured(path: Path, archive: zipfile.ZipFile, name: str, info: zipfile.ZipInfo, kinds: str) -> _Header:
    """What an array in an archive says of itself; raises `UserError` where there is less of it, or more."""
    with archive.open(info) as member:
        header = _header(f"{path}, {name}", member, kinds)
    if info.file_size != header.begin + header.nbytes:
        said = info.file_size - header.begin
        raise UserError(f"{header.where}: its header says {header.nbytes:,} bytes, and there are {said:,}; save it anew")
    return header


def digest_of(file: IO[bytes]) -> str:
    """Of what is in a file (BLAKE2b); it is read to its end."""
    return hashlib.file_digest(file, hashlib.blake2b).hexdigest()  # type: ignore[arg-type]


def all_numbers_in(path: Path, digest: str, most: int) -> dict[str, NDArray[Any]]:
    """All arrays of a ``.npz`` archive by their names, if it has this digest (BLAKE2b) and unpacks to at most so many bytes.

    Raises
    ------
    UserError
        It is no such archive, or another one.
    """
    with _opened(path) as file:
        if digest_of(file) != digest:
            raise UserError(f"{path} is not the file that was written; copy it anew")
        try:
            with zipfile.ZipFile(file) as archive:
                members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
                headers = {name: _measured(path, archive, name, info, _NUMBERS) for name, info in members.items()}
                if sum(header.nbytes for header in headers.values()) > most:
                    raise UserError(f"{path} unpacks to more than {storage(most)}, which is too much for memory")
                return {name: _unpacked(headers[name], archive, info) for name, info in members.items()}
        except (UserError, MemoryError):
            raise
        except Exception as error:  # what archives and decompressors raise has no common name
            raise UserError(f"{path} is a damaged archive ({error}); copy it anew") from None


def _check_archive(path: Path, headers: dict[str, _Header]) -> None:
    unpacked = sum(header.nbytes for header in headers.values())
    if unpacked > MOST_BYTES:
        raise UserError(
            f"{path} unpacks to {storage(unpacked)}, and at most {storage(MOST_BYTES)} are unpacked into memory;"
            " save X and y as X.npy, as float64, and y.npy in a folder, and give that, to have X read from disk"
        )
    _check_together(headers)
    for name in ("X", "images"):
        if name in headers:
            _check_room(headers[name])


def _check_together(headers: dict[str, _Header]) -> None:
    """Raise `UserError` where arrays are not about as many items, or no items can have their shape."""
    items = None
    for name in ("X", "images"):
        if name in headers:
            _check_items(headers[name], items)
            items = headers[name].shape[0]
    for name in ("y", "ids"):
        if name in headers and headers[name].shape != (items,):
            header = headers[name]
            raise UserError(f"{header.where}: the shape is {header.shape}; there are {items:,} items, so give {(items,)}")
    if "classes" in headers:
        header = headers["classes"]
        if len(header.shape) != 1 or header.shape[0] > MOST_CLASSES:
            raise UserError(f"{header.where}: the shape is {header.shape}; give a list of at most {MOST_CLASSES:,} names")


def _check_items(header: _Header, items: int | None) -> None:
    """Raise `UserError` when no items can have this shape."""
    if len(header.shape) not in (2, 3, 4) or not all(header.shape):
        raise UserError(
            f"{header.where}: the shape is {header.shape}; give (items, features), or pictures as (items, height, width)"
            " or (items, height, width, 3)"
        )
    if len(header.shape) == 4 and header.shape[3] not in (1, 3):
        raise UserError(f"{header.where}: pictures have {header.shape[3]} channels; give one, grey, or three, colours")
    if header.shape[0] > MOST_ITEMS:
        raise UserError(f"{header.where}: {header.shape[0]:,} items; at most {MOST_ITEMS:,} are taken, so give a part of them")
    if items is not None and header.shape[0] != items:
        raise UserError(f"{header.where}: there are {header.shape[0]:,} of them for {items:,} items of X; give one for each")


def _check_room(header: _Header) -> None:
    """Raise `UserError` when numbers are too many to be held in memory."""
    numbers = math.prod(header.shape)
    most = MOST_BYTES if len(header.shape) > 2 and header.dtype == np.uint8 else MOST_NUMBERS
    if numbers > most:
        kind = "uint8" if len(header.shape) > 2 else "float64"
        raise UserError(
            f"{header.where}: {numbers:,} numbers are more than the {most:,} that are held in memory;"
            f" save them alone as .npy, as {kind}, to have them read from disk"
        )


def _header(where: str, file: IO[bytes], kinds: str) -> _Header:
    """What the array that begins here says about itself."""
    try:
        version = npy.read_magic(file)
        shape: tuple[int, ...] = ()
        fortran, dtype = False, None
        if version in _VERSIONS:
            shape, fortran, dtype = _VERSIONS[version](file)
    except OSError:
        raise
    except Exception:  # the header is evaluated as Python's literals, which fail in many ways
        raise UserError(f"{where}: this is no array of NumPy; save it with np.save or np.savez") from None
    if dtype is None or dtype.names is not None or dtype.subdtype is not None:
        raise UserError(f"{where}: its entries are records; save plain numbers, one array for each")
    if dtype.hasobject:
        raise UserError(f"{where}: it holds Python objects, which are never unpickled; save numbers, or text with dtype=str")
    if dtype.kind not in kinds:
        raise UserError(f"{where}: it holds {dtype}; save numbers{' or text' if 'U' in kinds else ''}")
    if any(side < 0 for side in shape):
        raise UserError(f"{where}: its header says the shape {shape}; save it anew")
    return _Header(where, tuple(int(side) for side in shape), dtype, fortran, file.tell())


def _unpacked(header: _Header, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(info) as member:
        member.read(header.begin)
        array = _filled(header, member)
        member.read(1)  # at its end the checksum is compared
    return array


def _filled(header: _Header, file: IO[bytes]) -> NDArray[Any]:
    """The array that follows a header, read in pieces into memory that is taken as it fills."""
    array = np.empty(math.prod(header.shape), header.dtype)
    room = array.view(np.uint8) if header.nbytes else np.empty(0, np.uint8)
    done = 0
    while done < header.nbytes:
        piece = file.read(min(_CHUNK, header.nbytes - done))
        if not piece:
            raise UserError(f"{header.where}: it ends after {done:,} of {header.nbytes:,} bytes; save it anew")
        room[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
    return array.reshape(header.shape, order="F" if header.fortran else "C")
