"""How far reading is, for a screen that waits for it. Small, and free of numerics: it crosses borders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far something is.

    Parameters
    ----------
    doing : what is done, e.g. ``"reading"``.
    what : what it is done to, e.g. ``"files"``.
    done, total : how many of them are done, and how many there are; 0 of 0 while that is not known.
    first : how many can be opened by themselves meanwhile, see `Origin.first`; 0 while none can.
    """

    doing: str
    what: str
    done: int = 0
    total: int = 0
    first: int = 0

    def __str__(self) -> str:
        return f"{self.doing} {self.done:,} of {self.total:,} {self.what}" if self.total else f"{self.doing} {self.what}"


_listener: ContextVar[Callable[[HowFar], object] | None] = ContextVar("listener", default=None)


def tell(doing: str, what: str, done: int = 0, total: int = 0, first: int = 0) -> None:
    """Say how far something is, see `HowFar`, if anybody listens in this thread."""
    if (listener := _listener.get()) is not None:
        listener(HowFar(doing, what, done, total, first))


@contextmanager
def listening(listener: Callable[[HowFar], object]) -> Iterator[None]:
    """Have ``listener`` called with what is told in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
