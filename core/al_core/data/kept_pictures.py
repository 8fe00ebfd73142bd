"""What reading a folder of pictures came to, kept for the next time: what each file was, its identity, its levels.

A file is taken for what it was while its name, number, length and both its times are what they were. The folder may have been
moved meanwhile: it is known by its number and its last name.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from al_core.data.decoded import CANNOT_BE_DECODED, TOO_MANY_PIXELS, Unusable
from al_core.data.features import LARGEST_SIDE
from al_core.data.identity import HASH_BYTES
from al_core.ground import cache as store
from al_core.ground.versions import source_digest

Stamp = tuple[int, int, int, int]
"""Number, length, time of the last change of content and of the last change of anything, of a file."""
Outcome = tuple[str, NDArray[np.uint8]] | Unusable
"""Identity and levels of a picture, or why there is none."""

Entry = tuple[str, Stamp, Outcome]
"""Name of a file, what it is recognized by, and what reading it came to."""

_REASONS = ("", CANNOT_BE_DECODED, TOO_MANY_PIXELS)
"""Why there is no picture in a file of this content; what may be otherwise the next time is tried again."""
_HEAD = struct.Struct("<3q")
_ITEM = 2 * HASH_BYTES
_TOGETHER = 2048
_TICK, _COARSE_TICK = 50_000_000, 2_000_000_000
"""Nanoseconds within which a file can be written twice and have the same time; the second where times are whole seconds."""


def stamp_of(about: os.stat_result) -> Stamp:
    """What a file is recognized by."""
    return about.st_ino & (2**63 - 1), about.st_size, about.st_mtime_ns, about.st_ctime_ns


def is_young(stamp: Stamp, read_at: int) -> bool:
    """Whether a file that was read at a time, in nanoseconds, could have changed afterwards without its times telling."""
    coarse = stamp[2] % 10**9 == 0 and stamp[3] % 10**9 == 0
    return max(stamp[2:]) > read_at - (_COARSE_TICK if coarse else _TICK)


class Known:
    """What is known of the files of a folder."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._stamps: list[list[int]] = []
        self._items: list[str] = []
        self._reasons: list[int] = []
        self._shapes: list[list[int]] = []
        self._ends: list[int] = []
        self._levels = np.empty(0, np.uint8)

    def of(self, name: str, path: str) -> tuple[Outcome, Stamp] | tuple[None, None]:
        """What reading the file of this name came to, and what it is recognized by; None where it is not what it was."""
        row = self._rows.get(name)
        if row is None:
            return None, None
        try:
            stamp = stamp_of(os.stat(path))  # noqa: PTH116
        except OSError:  # whatever is wrong with it is found when it is read
            return None, None
        return (None, None) if self._stamps[row] != [*stamp] else (self._outcome(row), stamp)

    def _outcome(self, row: int) -> Outcome:
        if reason := self._reasons[row]:
            return Unusable(_REASONS[reason])
        height, width, channels = self._shapes[row]
        levels = self._levels[self._ends[row] - height * width * channels : self._ends[row]]
        return self._items[row], levels.reshape((height, width, 3) if channels == 3 else (height, width))

    @classmethod
    def parsed(cls, payload: memoryview) -> Known:
        """What `written` wrote; raises `ValueError` for anything else."""
        if len(payload) < _HEAD.size:
            raise ValueError("there is no head")
        files, letters, pixels = _HEAD.unpack_from(payload)
        sizes = (32 * files, _ITEM * files, files, 12 * files, letters, pixels)
        if min(files, letters, pixels) < 0 or len(payload) != _HEAD.size + sum(sizes):
            raise ValueError("lengths do not fit")
        places = np.cumsum([_HEAD.size, *sizes]).tolist()
        stamps, items, reasons, shapes, names, levels = (payload[begin:end] for begin, end in pairwise(places))
        said = os.fsdecode(bytes(names)).split("\0")
        reason = np.frombuffer(reasons, np.uint8)
        sides = np.frombuffer(shapes, "<i4").reshape(files, 3)
        hexadecimal = bytes(items).decode("ascii")
        usable = reason == 0
        if len(said) != files or reason.max(initial=0) >= len(_REASONS) or set(hexadecimal) - set("0123456789abcdef"):
            raise ValueError("names, reasons or identities do not fit")
        if not (np.isin(sides[:, 2], (1, 3)) | ~usable).all() or not ((sides >= 1) & (sides <= LARGEST_SIDE))[usable].all():
            raise ValueError("there are no such pictures")
        ends = np.cumsum(np.where(usable, sides.astype(np.int64).prod(axis=1), 0))
        if int(ends[-1]) != pixels:
            raise ValueError("levels do not fit")
        found = cls()
        found._rows = {name: row for row, name in enumerate(said)}
        found._stamps = np.frombuffer(stamps, "<i8").reshape(files, 4).tolist()
        found._items = [hexadecimal[begin : begin + _ITEM] for begin in range(0, len(hexadecimal), _ITEM)]
        found._reasons, found._shapes, found._ends = reason.tolist(), sides.tolist(), ends.tolist()
        found._levels = np.frombuffer(levels, np.uint8)
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where the outcomes of a folder are kept.

    Parameters
    ----------
    key : of the folder, and of the software that reads it.
    """

    key: str

    @classmethod
    def of(cls, root: Path) -> Place:
        """That of a folder."""
        name, number = os.path.basename(os.path.realpath(root)), 0  # noqa: PTH119 — links may go round
        with suppress(OSError):  # it has gone this moment, as each of its files will turn out to have
            number = root.stat().st_ino
        return cls(repr(("pictures", name, number, _software())))

    def known(self) -> Known:
        """What is kept; nothing where it is damaged, or not ours."""
        payload = store.kept(self.key)
        if payload is not None:
            try:
                return Known.parsed(payload)
            except (ValueError, IndexError, OverflowError):
                pass
        return Known()

    def turn(self) -> AbstractContextManager[Callable[[], None]]:
        """Wait for whoever reads the same folder now; see `al_core.ground.cache.turn`."""
        return store.turn(self.key)

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep outcomes for the next time, in place of what was kept."""
        store.keep(self.key, _written(entries))


def keepable(outcome: Outcome) -> bool:
    """Whether a file of the same content comes to the same whenever it is read."""
    return not isinstance(outcome, Unusable) or str(outcome) in _REASONS


def now() -> int:
    """The time in nanoseconds, as files have it."""
    return time.time_ns()


def _written(entries: Sequence[Entry]) -> Iterator[bytes | memoryview]:
    names, stamps, outcomes = zip(*entries, strict=True)
    pictures = [None if isinstance(outcome, Unusable) else outcome[1] for outcome in outcomes]
    letters = os.fsencode("\0".join(names))
    yield _HEAD.pack(len(names), len(letters), sum(levels.size for levels in pictures if levels is not None))
    yield np.array(stamps, "<i8").tobytes()
    yield "".join("0" * _ITEM if isinstance(outcome, Unusable) else outcome[0] for outcome in outcomes).encode()
    yield bytes(_REASONS.index(str(outcome)) if isinstance(outcome, Unusable) else 0 for outcome in outcomes)
    shapes = [(0, 0, 0) if levels is None else (*levels.shape, 1)[:3] for levels in pictures]
    yield np.array(shapes, "<i4").tobytes()
    yield letters
    for begin in range(0, len(pictures), _TOGETHER):
        yield b"".join(levels.tobytes() for levels in pictures[begin : begin + _TOGETHER] if levels is not None)


@cache
def _software() -> tuple[str, ...]:
    import PIL

    return source_digest("data"), PIL.__version__, np.__version__
