"""Data sets that a script gives: known by their names in this process, and wherever something is computed for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

from al_core.data.facts import DatasetInfo, know
from al_core.data.origin import short_name

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

_given: dict[str, Dataset] = {}
_forget: list[Callable[[], None]] = []


def given(name: str) -> Dataset | None:
    """The data set that was given under this name; None without one."""
    return _given.get(name)


def known_as(data: Dataset) -> str:
    """What a data set is called in results: its name, or of a path the last part. Nobody need read where files lie."""
    return short_name(data.name)


def give(data: Dataset) -> None:
    """Have a data set known by `known_as` from here on, in place of another that was given so.

    Raises
    ------
    UserError
        A data set of this program is called so.
    """
    name = known_as(data)
    old = _given.get(name)
    if old is data or (old is not None and old.fingerprint == data.fingerprint):
        return
    held = None if data.test is None else len(data.parted()[1])
    know(DatasetInfo(name, name, len(data.known), len(data.classes), held=held))
    _given[name] = data
    for forget in _forget:
        forget()


def when_given(forget: Callable[[], None]) -> None:
    """Have this called when another data set is known under a name: what was kept of the old one is to be forgotten."""
    _forget.append(forget)


class Giving(Executor):
    """Hands work to another executor together with a data set, so that it is known where the work is done.

    Parameters
    ----------
    data : the data set.
    executor : where the work is done; it is not shut down with this one.
    """

    def __init__(self, data: Dataset, executor: Executor) -> None:
        give(data)
        self._data, self._executor = data, executor

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self._executor.submit(with_data, self._data, fn, *args, **kwargs)


def with_data(data: Dataset, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do something where a data set is known."""
    give(data)
    return fn(*args, **kwargs)
