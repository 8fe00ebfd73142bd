"""Where files of options stand. Loaded by every start, and light."""

from __future__ import annotations

from pathlib import Path

from al_core.ground.errors import CannotKeep
from al_core.ground.places import config_directory

PROJECT, SETTINGS = "al-tui.toml", "settings.toml"


def settings_path() -> Path | None:
    """The file of the user's settings, be there one or not; None where there is no home."""
    try:
        return config_directory() / SETTINGS
    except CannotKeep:
        return None


def is_there(path: Path | None) -> bool:
    """Whether there is something; in a directory that may not be looked into there is nothing for us."""
    try:
        return path is not None and path.exists()
    except OSError:
        return False


def is_any() -> bool:
    """Whether a file says anything that holds without being named."""
    return any(map(is_there, (Path(PROJECT), settings_path())))
