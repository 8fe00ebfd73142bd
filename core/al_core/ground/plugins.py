"""Finding what installed distributions name.

It is imported when something is asked for that we do not have, never before, and only after it has been
tried in a process of its own. Whatever fails there is named and left out.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from al_core.ground.trial import error_line, try_out

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

TRIED_VARIABLE = "AL_TUI_TRIED_PLUGINS"
"""Names the environment variable that tells processes started from here which plug-ins have been tried, and found good."""


def _told(text: str) -> dict[str, list[str]]:
    """What a process was told by whoever started it; nothing where the words are none of ours."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    right = isinstance(found, dict) and all(isinstance(names, list) for names in found.values())
    return found if right else {}


_good = _told(os.environ.get(TRIED_VARIABLE, ""))
"""By group, what is good as it stands in the file of its distribution."""
_TRIED = frozenset(_good)
"""Groups of which whoever started this process has tried what it needs; of others everything is still to be tried."""


def check_free(kind: str, name: str, by: str, taken_by: str | None) -> None:
    """Raise ValueError when ``name`` stands for something of another module already: nothing is replaced in silence."""
    if taken_by is not None and taken_by != by:
        raise ValueError(f"the name {name!r} is taken by {taken_by}; choose another for this {kind}")


class Plugins:
    """What installed distributions name under ``group``.

    Parameters
    ----------
    group : of entry points.
    registry : gives what registers itself where its module is imported, by name.
    trial : a function of a module of ours that imports what is written as `written`, for the child.
    admit : takes in what does not register itself: called with an entry point's name and what it names.
    """

    def __init__(
        self,
        group: str,
        registry: Callable[[], dict[str, Any]],
        trial: Callable[[str], str],
        admit: Callable[[str, Any], None] = lambda name, found: None,
    ) -> None:
        self._group = group
        self._registry = registry
        self._trial = trial
        self._admit = admit
        self._waiting: list[EntryPoint] | None = None
        self._left_out: dict[str, str] = {}
        self._lock = threading.RLock()

    @property
    def left_out(self) -> Mapping[str, str]:
        """What could not be used, of what was needed so far, and why."""
        return MappingProxyType(self._left_out)

    def find(self, name: str) -> None:
        """Import what may bring ``name``: the plug-in that is called so, and all others only if that does not."""
        with self._lock:
            self._use([point for point in self._points() if point.name == name])
            if name not in self._registry():
                self.load()

    def load(self) -> None:
        """Import all of them."""
        with self._lock:
            self._use(list(self._points()))

    def load_one(self, written_as: str) -> None:
        """Import one, as it is: for the child that tries it."""
        for point in self._points():
            if written(point) == written_as:
                self._import(point)

    def _points(self) -> list[EntryPoint]:
        if self._waiting is None:
            from importlib.metadata import entry_points  # slow to load, and seldom asked

            self._waiting = list(dict.fromkeys(entry_points(group=self._group)))
        return self._waiting

    def _use(self, points: Iterable[EntryPoint]) -> None:
        found = list(points)
        for point, reason in zip(found, self._reasons([written(point) for point in found]), strict=True):
            self._points().remove(point)
            try:
                if reason is None:
                    self._import(point)
                    _good.setdefault(self._group, []).append(written(point))
                    os.environ[TRIED_VARIABLE] = json.dumps(_good)
            except Exception as error:  # good by itself, but not beside the others
                reason = error_line(error)
            if reason is not None:
                self._left_out[point.name] = reason

    def _reasons(self, names: list[str]) -> Iterable[str | None]:
        if self._group in _TRIED:
            return [None if name in _good[self._group] else "it was left out before" for name in names]
        return (outcome.reason for outcome in try_out(self._trial, names))

    def _import(self, point: EntryPoint) -> None:
        """Import one; what it has registered before it failed is forgotten."""
        registry = self._registry()
        before = dict(registry)
        try:
            self._admit(point.name, point.load())
        except BaseException as error:
            registry.clear()
            registry.update(before)
            if isinstance(error, Exception | KeyboardInterrupt):
                raise
            raise RuntimeError(error_line(error)) from None


def written(point: EntryPoint) -> str:
    """An entry point as it stands in the file of its distribution."""
    return f"{point.name} = {point.value}"
