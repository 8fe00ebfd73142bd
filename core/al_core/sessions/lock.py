"""Who holds a session: one process may write, everybody else is told who that is.

The holder keeps a lock file beside the session locked with the operating system and writes into it who it is. The system gives
the lock back when the process ends, however it ends, so a lock that is free but still names an owner of this machine is stale:
that owner is dead, whatever its process number means by now. About an owner on another machine nothing can be known from here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import stat
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.ground.records import Reader, Unreadable
from al_core.ground.safe_text import safe_text

_LONGEST = 4096
_ATTEMPTS = 4
_MOMENT = 0.02


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that holds, or held, a session."""

    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since}"


_OWNERS = Reader(Owner)


class SessionHeld(UserError):
    """Somebody else holds the session."""

    def __init__(self, session: Path, owner: Owner | None, elsewhere: bool) -> None:
        self.owner = owner
        self.elsewhere = elsewhere
        who = str(owner) if owner else "another process"
        hint = "if it is gone for good, take the session over" if elsewhere else "quit it there, or open the session read-only"
        super().__init__(f"{session.name} is held by {who}; {hint}")


def lock_path(session: Path) -> Path:
    """The lock file of a session file, the same by whichever link the session is called."""
    real = Path(os.path.realpath(session))
    return real.with_name(real.name + ".lock")


class OwnerLock:
    """Holds a session for this process, from `acquire` to `release`.

    ``stale`` is the dead owner that the lock was taken over from, or None.
    """

    def __init__(self, descriptor: int, path: Path, stale: Owner | None) -> None:
        self._descriptor: int | None = descriptor
        self._path = path
        self.stale = stale

    @classmethod
    def acquire(cls, session: Path, *, take_over: bool = False) -> OwnerLock:
        """Hold ``session``, or raise.

        Parameters
        ----------
        session : the session file.
        take_over : believe the person that an owner on another machine is gone.

        Raises
        ------
        SessionHeld
            A living process of this machine holds it, or a process of another machine that cannot be asked.
        UserError
            The lock file cannot be written.
        """
        path = lock_path(session)
        while True:
            try:
                descriptor = _open(path, os.O_RDWR | os.O_CREAT)
            except OSError as error:
                raise UserError(f"cannot hold {session}: {error.strerror}; open it read-only") from None
            try:
                ours = _try_longer(descriptor)
            except OSError as error:
                os.close(descriptor)
                raise UserError(f"cannot hold {session}: {error.strerror}; open it read-only") from None
            if not ours:
                owner = _read(descriptor)
                os.close(descriptor)
                raise SessionHeld(session, owner, elsewhere=False)
            if _is_at(descriptor, path):
                break
            os.close(descriptor)  # its owner removed the file between our opening and our locking it
        stale = _read(descriptor)
        if stale is not None and stale.host != socket.gethostname() and not take_over:
            os.close(descriptor)
            raise SessionHeld(session, stale, elsewhere=True)
        try:
            _write(descriptor, Owner(socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat(timespec="seconds")))
        except OSError as error:
            os.close(descriptor)
            raise UserError(f"cannot hold {session}: {error.strerror}; open it read-only") from None
        return cls(descriptor, path, stale)

    def release(self) -> None:
        """Give the session back."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                if _is_at(self._descriptor, self._path):  # somebody may have moved it, and another one be there by now
                    self._path.unlink()
            os.close(self._descriptor)
            self._descriptor = None


def holder(session: Path) -> Owner | None:
    """The process that holds ``session`` now, as far as can be known from here; None when nobody does."""
    try:
        descriptor = _open(lock_path(session), os.O_RDONLY)
    except OSError:
        return None
    try:
        owner = _read(descriptor)
        with contextlib.suppress(OSError):  # where there are no locks, what stands in the file is all there is to know
            if owner is not None and owner.host == socket.gethostname() and _try_lock(descriptor):
                return None
        return owner
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int) -> int:
    """Open a lock file; raises `OSError` for a pipe, a socket or a device, which nobody may wait for."""
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, f"{path.name} is no plain file")
    return descriptor


def _read(descriptor: int) -> Owner | None:
    """Who is named in a lock file; None when it names nobody, or holds something else."""
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        owner = _OWNERS.read(os.read(descriptor, _LONGEST))
    except (OSError, Unreadable):
        return None
    return Owner(safe_text(owner.host, 100), owner.pid, safe_text(owner.since, 40))


def _write(descriptor: int, owner: Owner) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.truncate(descriptor, 0)
    os.write(descriptor, json.dumps(asdict(owner)).encode())


def _try_longer(descriptor: int) -> bool:
    """Somebody who only asks who holds the session has the lock for a moment, too."""
    for _ in range(_ATTEMPTS):
        if _try_lock(descriptor):
            return True
        time.sleep(_MOMENT)
    return False


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = path.stat(follow_symlinks=False)
    except OSError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LONGEST, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # anything else is no owner, but a file system without locks
            return False
        return True
