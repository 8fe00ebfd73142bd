"""Files that are written whole or not at all, wherever a name may lead: to a file, over a link, to a device or a pipe.

And what is no file although it has a file's name.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from al_core.ground.errors import UserError

_NO_SUCH_CALL = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EACCES)
"""What a file system says that cannot flush a directory, or a directory that may be written to but not read."""
_STANDARD = (1, 2)


def check_new(path: Path, *, force: bool = False) -> None:
    """Make sure, before the work is done, that `write_new` could write to ``path`` now.

    Raises
    ------
    UserError
        There is a file already and ``force`` is false, or it is a directory, or nothing can be written there.
    """
    there = _status(path)
    if there is None:
        directory = _real(path).parent
        if not directory.is_dir():
            raise UserError(f"there is no directory {directory} to write {path.name} to")
        if not os.access(directory, os.W_OK | os.X_OK):
            raise UserError(f"cannot write {path}: the directory {directory} cannot be written to")
    elif stat.S_ISDIR(there.st_mode):
        raise UserError(f"{path} is a directory; name a file in it")
    elif not force and not _is_passed_through(there):
        raise UserError(f"{path} is there already; choose another name or use --force")


def write_new(path: Path, content: str | bytes, *, force: bool = False) -> None:
    """Write ``content`` to ``path``: to a temporary file beside it, flushed to disk, then put in place in one step.

    Links are followed and stay. The umask decides who may read a new file; one that is replaced stays as open as it was. What
    is no file but a device, a pipe or this program's own output is written to as it is: there is nothing in it to be lost.

    Raises
    ------
    UserError
        The file is there already and ``force`` is false, or it cannot be written; what was there is untouched.
    BrokenPipeError
        Whoever read from the pipe does no longer.
    """
    check_new(path, force=force)
    data = content.encode() if isinstance(content, str) else content
    there = _status(path)
    try:
        if there is not None and _is_passed_through(there):
            _pass_through(path, there, data)
        else:
            _write_whole(_real(path), data, there if force else None)
    except (BrokenPipeError, UserError):
        raise
    except FileExistsError:
        raise UserError(f"{path} is there already; choose another name or use --force") from None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def temporary_beside(path: Path, mode: int = 0o666) -> Path:
    """Make an empty file in the directory of ``path``, under a name that nobody else uses; raises `OSError`."""
    temporary = path.parent / f".al-tui-{os.urandom(8).hex()}"  # not made of the name, which may be as long as names can be
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    return temporary


def name_new(temporary: Path, path: Path) -> None:
    """Give a file that is whole its name, in one step; raises `FileExistsError` when the name is taken, or another `OSError`.

    A file can get a second name only where there are hard links, which exFAT and some network mounts do not have. There an
    empty file takes the name, which only one program can make, and is then replaced.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Flush the names in a directory to disk, where the system can."""
    if os.name != "posix":
        return
    try:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise


def _status(path: Path) -> os.stat_result | None:
    """What ``path`` leads to; None when there is nothing yet."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except OSError as error:  # the working directory is gone
        raise UserError(f"cannot write {path}: {error.strerror}") from None


def _is_passed_through(there: os.stat_result) -> bool:
    """Whether it is a device, a pipe, or what this program writes to already. A disk is none of these: it holds data."""
    if stat.S_ISCHR(there.st_mode) or stat.S_ISFIFO(there.st_mode):
        return True
    return _standard(there) is not None


def _standard(there: os.stat_result) -> int | None:
    for descriptor in _STANDARD:
        with contextlib.suppress(OSError):
            if os.path.samestat(there, os.fstat(descriptor)):
                return descriptor
    return None


def _pass_through(path: Path, there: os.stat_result, data: bytes) -> None:
    standard = _standard(there)
    descriptor = os.open(path, os.O_WRONLY) if standard is None else os.dup(standard)  # a file's place to write at is the same
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]


def _write_whole(path: Path, data: bytes, replaced: os.stat_result | None) -> None:
    if replaced is not None and not stat.S_ISREG(replaced.st_mode):
        raise UserError(f"cannot write {path}: it is no file")
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as file:
            if replaced is not None:
                _make_like(file.fileno(), replaced)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replaced is None:
            name_new(temporary, path)
        else:
            temporary.replace(path)
            sync_directory(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _make_like(descriptor: int, other: os.stat_result) -> None:
    """Owner and mode of the file that is replaced; what a file system does not have or does not allow is left out."""
    with contextlib.suppress(OSError, AttributeError):
        os.fchown(descriptor, other.st_uid, other.st_gid)
    with contextlib.suppress(OSError, AttributeError):
        os.fchmod(descriptor, stat.S_IMODE(other.st_mode))


def refuse_odd(*paths: Path) -> None:
    """Make sure that nothing but plain files, or nothing at all, stands under these names.

    Whoever opens a pipe, a socket or a device waits for somebody at its other end, or reads for ever.

    Raises
    ------
    UserError
        Something else stands there, or it cannot be known.
    """
    for path in paths:
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            if path.is_symlink():
                raise UserError(f"{path} is a link to nothing; remove it or give it its file back") from None
            continue
        except (OSError, ValueError) as error:
            raise UserError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
        if not stat.S_ISREG(mode):
            raise UserError(f"{path} is no plain file; move it away")
