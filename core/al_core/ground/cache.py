"""What takes long and can be computed anew: kept in the user's cache directory, never trusted, and never missed.

Whatever is wrong with an entry or its directory, an entry is not there then, and nothing is kept: no error leaves this module.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from al_core.ground.errors import CannotKeep
from al_core.ground.files import temporary_beside
from al_core.ground.places import cache_directory

MOST_ENTRY = 1 << 29
"""Bytes of one entry; a larger one is not kept."""
MOST_TOTAL = 1 << 30
"""Bytes of all; those that were not used for longest go first."""

_MAGIC = b"al-tui cache 1\n"
_DIGEST = 32
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_STALE = 3600.0
"""Seconds after which a file that was never finished belongs to nobody, nor does a lock."""
_LOCK = ".lock"
_LOOK_AGAIN, _SIGN_AFTER = 0.05, 1.0
_PATIENCE = 30.0
"""Seconds without a sign of life after which whoever has the turn is waited for no longer."""


def kept(key: str) -> memoryview | None:
    """What was kept under a key; None where there is nothing, or anything but what `keep` wrote for this user."""
    directory = _directory()
    if directory is None:
        return None
    try:
        descriptor = os.open(directory / _name(key), _FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or not _is_ours(about) or about.st_size > MOST_ENTRY:
                return None
            content = memoryview(file.read(about.st_size))
            os.utime(directory / _name(key), follow_symlinks=False)  # the time that it was last of use
    except (OSError, MemoryError):
        return None
    begin, end = len(_MAGIC), len(content) - _DIGEST
    if end < begin or content[:begin] != _MAGIC:
        return None
    digest = _digest(key)
    digest.update(content[begin:end])
    return content[begin:end] if hmac.compare_digest(digest.digest(), content[end:]) else None


def keep(key: str, parts: Iterable[bytes | memoryview]) -> None:
    """Keep ``parts``, one after the other, under a key: all of it or nothing. No disk, no room and no leave are no fault."""
    directory = _directory(make=True)
    if directory is None:
        return
    temporary = None
    try:
        temporary = temporary_beside(directory / _name(key), 0o600)
        digest, size = _digest(key), len(_MAGIC) + _DIGEST
        with temporary.open("wb") as file:
            file.write(_MAGIC)
            for part in parts:
                size += len(part)
                if size > MOST_ENTRY:
                    return
                digest.update(part)
                file.write(part)
            file.write(digest.digest())  # what was cut short has none, so that nothing need be flushed to disk
        temporary.replace(directory / _name(key))
        _make_room(directory)
    except (OSError, MemoryError):
        return
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


@contextmanager
def turn(key: str) -> Iterator[Callable[[], None]]:
    """Wait until nobody else computes what is kept under a key; look for it again then.

    What is yielded is to be called now and then, as a sign of life: a process that was stopped in the midst of its turn is not
    waited for. One that ends, however it does, gives its turn back. Where there can be no lock, nobody waits.
    """
    descriptor = _lock_file(key)
    if descriptor is None:
        yield lambda: None
        return
    signed = 0.0

    def alive() -> None:
        nonlocal signed
        if time.monotonic() - signed > _SIGN_AFTER:
            signed = time.monotonic()
            with contextlib.suppress(OSError):
                os.utime(descriptor)

    try:
        _wait_for(descriptor)
        alive()
        yield alive
    finally:
        _unlock(descriptor)
        os.close(descriptor)


def _lock_file(key: str) -> int | None:
    directory = _directory(make=True)
    if directory is None:
        return None
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        return os.open(directory / (_name(key) + _LOCK), flags, 0o600)
    except OSError:
        return None


def _wait_for(descriptor: int) -> None:
    """Have the lock, or give up on whoever has it; the system tells nobody of a lock that is free, so it is asked."""
    seen, since = -1, 0.0
    while not _try_lock(descriptor):
        sign = os.fstat(descriptor).st_mtime_ns
        if sign != seen:
            seen, since = sign, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            return
        time.sleep(_LOOK_AGAIN)


if sys.platform == "win32":

    def _try_lock(descriptor: int) -> bool:
        return True

    def _unlock(descriptor: int) -> None:
        return

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # there are no locks here
            return True
        return True

    def _unlock(descriptor: int) -> None:
        with contextlib.suppress(OSError):  # for good, although a child may have inherited the descriptor
            fcntl.flock(descriptor, fcntl.LOCK_UN)


def _name(key: str) -> str:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _digest(key: str) -> hashlib.blake2b:
    """Begins with the key: no entry can be taken for another."""
    return hashlib.blake2b(_name(key).encode(), digest_size=_DIGEST)


def _directory(*, make: bool = False) -> Path | None:
    """Where entries are, if it is a directory that nobody else can write to."""
    try:
        directory = cache_directory()
        if make:
            directory.mkdir(0o700, parents=True, exist_ok=True)
        about = directory.stat()
    except (CannotKeep, OSError, ValueError):
        return None
    return directory if stat.S_ISDIR(about.st_mode) and _is_ours(about) else None


def _is_ours(about: os.stat_result) -> bool:
    """Whether it is this user's, and nobody else may write to it."""
    return not hasattr(os, "geteuid") or (about.st_uid == os.geteuid() and not about.st_mode & _OTHERS)


def _make_room(directory: Path) -> None:
    """Take away what is more than may be there, and what was never finished."""
    entries, before = [], time.time() - _STALE
    with os.scandir(directory) as found:
        for entry in found:
            with contextlib.suppress(OSError):  # another program may be as tidy
                about = entry.stat(follow_symlinks=False)
                if entry.name.startswith(".") or entry.name.endswith(_LOCK):
                    if about.st_mtime < before:
                        os.unlink(entry.path)  # noqa: PTH108
                elif stat.S_ISREG(about.st_mode):
                    entries.append((about.st_mtime, about.st_size, entry.path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= MOST_TOTAL:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108
        total -= size
