"""Where a user's files are: the directories that the platform has for them, and names that begin with ``~``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from al_core.ground.errors import CannotKeep, UserError


def data_directory() -> Path:
    """The directory of this program's data; nothing is made.

    Raises
    ------
    CannotKeep
        This user has no home directory.
    """
    from platformdirs import user_data_path

    return _somewhere(user_data_path, "XDG_DATA_HOME")


def config_directory() -> Path:
    """The directory of this program's settings; nothing is made.

    Raises
    ------
    CannotKeep
        This user has no home directory.
    """
    from platformdirs import user_config_path

    return _somewhere(user_config_path, "XDG_CONFIG_HOME")


def log_directory() -> Path:
    """The directory of this program's log; nothing is made.

    Raises
    ------
    CannotKeep
        This user has no home directory.
    """
    from platformdirs import user_log_path

    return _somewhere(user_log_path, "XDG_STATE_HOME")


def cache_directory() -> Path:
    """The directory of what this program can compute anew; nothing is made.

    Raises
    ------
    CannotKeep
        This user has no home directory.
    """
    from platformdirs import user_cache_path

    return _somewhere(user_cache_path, "XDG_CACHE_HOME")


def named_path(text: str) -> Path:
    """The path that a person wrote, ``~`` and ``~name`` standing for a home directory.

    Raises
    ------
    UserError
        There is no such user, or no such directory is known.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UserError(f"{text}: whose home directory that is, is not known; write the path in full") from None


def _somewhere(place: Callable[..., Path], variable: str) -> Path:
    # Without HOME, for a user number that has no name, "~" stays as it is: it would become a directory of that name, here.
    with contextlib.suppress(RuntimeError):  # as later versions of the library say it themselves
        directory = place("al-tui", appauthor=False)
        if directory.is_absolute():
            return directory
    raise CannotKeep(f"there is no home directory to keep files in; set HOME or {variable}")
