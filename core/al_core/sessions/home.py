"""Where sessions live. Loaded by whoever names one, so nothing of what is in them is loaded here."""

from __future__ import annotations

import os
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.ground.places import data_directory

SUFFIX = ".session"


def is_listed(path: Path) -> bool:
    """Whether a session file is one of those in the directory of sessions, so that its name is enough to find it."""
    try:
        return path.suffix == SUFFIX and os.path.realpath(path.parent) == os.path.realpath(_directory())
    except UserError:
        return False


def _directory() -> Path:
    return data_directory() / "sessions"


def sessions_directory() -> Path:
    """The directory of sessions under the platform's data directory; made if needed, for its owner only.

    Raises
    ------
    UserError
        It cannot be made.
    """
    directory = _directory()
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if directory.stat().st_mode & 0o077:
            directory.chmod(0o700)
    except OSError as error:
        raise UserError(
            f"cannot make the directory of sessions {directory}: {error.strerror}; set XDG_DATA_HOME to a place for it"
        ) from None
    return directory
