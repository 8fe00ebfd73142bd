"""Calls before which something is done where they are computed: data is made known there, for instance."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class After:
    """A function that is called after another one; what it says it returns, and what it may take, is that of the function.

    Parameters
    ----------
    first, about : what is called before, and with what.
    then : the function.
    """

    first: Callable[[Any], object]
    about: Any
    then: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.first(self.about)
        return self.then(*args, **kwargs)


def itself(fn: Callable[..., T]) -> Callable[..., T]:
    """The function that a call is about, whatever is done before it."""
    return itself(fn.then) if isinstance(fn, After) else fn


class Beforehand(Executor):
    """Hands work to another executor, with something that is done before each call in the same place.

    Parameters
    ----------
    executor : where the work is done.
    first, about : what is called before, and with what; both are handed over with every call.
    """

    def __init__(self, executor: Executor, first: Callable[[Any], object], about: Any) -> None:
        self._executor, self._first, self._about = executor, first, about

    @property
    def elsewhere(self) -> bool:
        """Whether nobody here knows which machines compute: see `al_core.compute.arithmetic.machine`."""
        return bool(getattr(self._executor, "elsewhere", False))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._executor.submit(After(self._first, self._about, fn), *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Shut the other executor down."""
        self._executor.shutdown(wait, cancel_futures=cancel_futures)
