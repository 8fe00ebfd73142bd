"""Readers that installed distributions name under the entry-point group ``al_tui.readers``; see docs/plugins.md.

An entry point is called as the names of files end that it is for (``arff``), and names a `Reader`, or a module that has one
called ``READER``. It is imported when there is a path that no reader of ours is for: the one that is called so first, the
others only if that does not take it; and only after it was tried in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from al_core.data.reader import Reader
from al_core.ground.errors import UserError
from al_core.ground.plugins import Plugins, check_free
from al_core.ground.trial import error_line

ENTRY_POINTS = "al_tui.readers"
"""The group under which installed distributions name readers."""

_READERS: dict[str, Reader] = {}
_FROM: dict[str, str] = {}
"""Modules of readers, by name."""


def installed_reader(path: Path) -> Reader | None:
    """The installed reader that takes a path; None where none does.

    Raises
    ------
    UserError
        The one that is called as its name ends could not be used.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending:
        _PLUGINS.find(ending)
        if (reason := failed_plugins().get(ending)) is not None:
            raise UserError(f"{path}: the plug-in {ending!r}, which reads such files, is left out: {reason}")
    if (found := _takes(path)) is None:
        _PLUGINS.load()
        found = _takes(path)
    return found


def failed_plugins() -> Mapping[str, str]:
    """Plug-ins that were needed so far and are left out, with the reason."""
    return _PLUGINS.left_out


def _takes(path: Path) -> Reader | None:
    ending = path.suffix.lower().removeprefix(".")
    for name in sorted(_READERS, key=lambda name: name != ending):
        try:
            if _READERS[name].takes(path):
                return _READERS[name]
        except UserError:
            if name == ending:  # of files that are none of its own, nobody need hear that it fails
                raise
    return None


def try_plugin(written: str) -> str:
    """Import a plug-in, for the child; returns nothing, and raises whatever it raises."""
    _PLUGINS.load_one(written)
    return ""


def _admit(name: str, found: Any) -> None:
    reader = found if isinstance(found, Reader) else getattr(found, "READER", None)
    if not isinstance(reader, Reader):
        raise TypeError(f"{name!r} names no Reader, and no module with one called READER")
    check_free("reader", name, reader.read.__module__, _FROM.get(name))
    _FROM[name] = reader.read.__module__
    _READERS[name] = replace(
        reader,
        takes=_careful(name, reader.takes),
        read=_careful(name, reader.read),
        read_with=None if reader.read_with is None else _careful(name, reader.read_with),
        more=None if reader.more is None else _careful(name, reader.more),
    )


def _careful(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; what is wrong with it is said in one line."""

    def called(path: Path, *args: Any) -> Any:
        try:
            return function(path, *args)
        except UserError:
            raise
        except (Exception, SystemExit) as error:
            raise UserError(f"{path}: its reader, the plug-in {name!r}, failed: {error_line(error)}") from None

    return called


_PLUGINS = Plugins(ENTRY_POINTS, lambda: _READERS, try_plugin, _admit)
