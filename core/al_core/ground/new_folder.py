"""Folders that stand whole under their name, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.ground.files import sync_directory

_CANNOT = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
"""What a file system says that cannot make what is to be in it, such as links."""


def place_of(out: Path) -> Path:
    """Where a folder will stand, all links but itself followed; raises `UserError` if it has no name, or nowhere to stand."""
    try:
        place = out.parent.resolve(strict=True) / out.name
    except (OSError, RuntimeError):
        raise UserError(f"there is no directory {out.parent} to make {out.name} in") from None
    if not out.name or out.name == "..":
        raise UserError(f"{out} names no folder to make; give it a name of its own")
    return place


def check_place(out: Path, place: Path, force: bool, check_ours: Callable[[Path, Path], None]) -> None:
    """Make sure that a folder could be put in its place now.

    Parameters
    ----------
    out, place : as the person says it, and what `place_of` it is.
    force : whether it may replace what is there.
    check_ours : is given both and raises `UserError` where what is there is nothing that may be replaced.

    Raises
    ------
    UserError
        Something is there and is not to be replaced, or nothing can be made there.
    """
    if os.path.lexists(place):
        if not force:
            raise UserError(f"{out} is there already; choose another name or use --force")
        check_ours(out, place)
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise UserError(f"cannot make {out}: the directory {place.parent} cannot be written to")


@contextmanager
def new_folder(place: Path, making: str = "make", remedy: str = "") -> Iterator[Path]:
    """A new folder beside the place, in which all is made, and which is put there in the end; what was there goes.

    Where making it raises, nothing was made, and what was there stays.

    Parameters
    ----------
    place : where it will stand; may be replaced.
    making, remedy : what is made in it that a file system may not have, and what to do then.
    """
    made = place.parent / f".al-tui-{os.urandom(8).hex()}"
    try:
        made.mkdir()
        yield made
        _put_in_place(made, place)
    except OSError as error:
        if remedy and error.errno in _CANNOT:
            raise UserError(f"cannot {making} {place.parent}: {error.strerror}; {remedy}") from None
        raise UserError(f"cannot make {place}: {error.strerror}") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put_in_place(made: Path, place: Path) -> None:
    """Give what was made its name; what had it before goes."""
    old = None
    if os.path.lexists(place):
        old = made.with_name(f"{made.name}-old")
        place.rename(old)
    try:
        made.rename(place)
    except OSError:
        if old is not None:
            with contextlib.suppress(OSError):
                old.rename(place)
        raise
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)
    sync_directory(place.parent)
