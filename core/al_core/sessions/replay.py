"""From a log to the state that it leads to. Pure Python, no clock, no files."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from al_core.sessions.actions import Action, DamagedSession
from al_core.sessions.events import Event


class Book(Protocol):
    """The replay of a log, as the file that holds the log needs it."""

    sequence: int
    checksum: str

    def strategy_of(self, action: Action) -> str:
        """The strategy that an action concerns."""
        ...

    def check(self, events: Sequence[Event]) -> None:
        """Make sure that `apply` will take every one of ``events``; raises `DamagedSession` when not."""
        ...

    def apply(self, event: Event) -> None:
        """Take one event in; raises `DamagedSession` when it cannot follow."""
        ...


B = TypeVar("B", bound=Book)


def replay(events: Iterable[Event], begin: Callable[[Event], B]) -> B:
    """The state that ``events`` lead to; ``begin`` gives the one after the first.

    Raises
    ------
    DamagedSession
        The log is empty, or an event cannot follow the one before it; the message names its number.
    """
    stream = iter(events)
    first = next(stream, None)
    if first is None:
        raise DamagedSession("the log is empty")
    ledger = begin(first)
    with _without_garbage_collection():
        for event in stream:
            ledger.apply(event)
    return ledger


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A replay makes nothing but what it keeps; searching that for garbage, again and again, would make it quadratic."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
