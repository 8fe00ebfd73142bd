"""Data sets that are known by their names beside those of the program: here, and wherever something is computed for us.

A script gives one as it is; of one's own files, it is said how it is opened when it is needed (`al_core.data.sources`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from al_core.compute.beforehand import Beforehand
from al_core.data.facts import DatasetInfo, know, known
from al_core.data.origin import short_name
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

LONGEST_NAME = 60
"""Characters of the name of a data set, wherever it is spoken of."""

_given: dict[str, Dataset] = {}
_opens: dict[str, Callable[[], Dataset]] = {}
_forget: list[Callable[[], None]] = []


def given(name: str) -> Dataset | None:
    """The data set that is known under this name, opened if it is not open; None without one."""
    if name not in _given and (opens := _opens.get(name)) is not None:
        _given[name] = opens()
    return _given.get(name)


def is_here(name: str) -> bool:
    """Whether `given` has a data set without opening it."""
    return name in _given


def known_as(data: Dataset) -> str:
    """What a data set is called in results: its name, or of a path the last part. Nobody need read where files lie."""
    return safe_text(short_name(data.name), LONGEST_NAME)


def info_of(data: Dataset, name: str) -> DatasetInfo:
    """What is to be known of a data set without having it, under a name."""
    labelled = len(data.known)
    held = None if data.test is None else len(data.parted()[1])
    return DatasetInfo(
        name,
        name,
        labelled,
        len(data.classes),
        pictures=True,
        held=held,
        fingerprint=data.fingerprint,
        unlabelled=len(data.y) - labelled,
        groups=0 if data.groups is None or data.test is not None else int(data.groups.max()) + 1,
    )


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
    _know(info_of(data, name))
    _given[name] = data
    _opens.pop(name, None)


def give_as(named: tuple[str, Dataset]) -> None:
    """`give` a data set under a name of its own, which `meet` of `al_core.data.sources` may know it by."""
    name, data = named
    here = _given.get(name)
    if here is None or here.fingerprint != data.fingerprint:
        _know(info_of(data, name))
        _given[name] = data


def give_when_needed(info: DatasetInfo, opens: Callable[[], Dataset] | None) -> None:
    """Have a data set known by what is known of it, and opened when it is asked for; None where nobody here can open it.

    Raises
    ------
    UserError
        A data set of this program is called so.
    """
    _know(info)
    here = _given.get(info.name)
    if here is not None and here.fingerprint != info.fingerprint:
        del _given[info.name]
    if opens is None:
        _opens.pop(info.name, None)
    else:
        _opens[info.name] = opens


def _know(info: DatasetInfo) -> None:
    if known(info.name) != info:
        know(info)
        for forget in _forget:
            forget()


def when_given(forget: Callable[[], None]) -> None:
    """Have this called when another data set is known under a name: what was kept of the old one is to be forgotten."""
    _forget.append(forget)


def giving(data: Dataset, executor: Executor) -> Executor:
    """An executor by which a data set is known where the work is done: sent to the workers of a cluster once, and else with
    every call.
    """
    carry = getattr(executor, "carry", None)
    if carry is None:
        return Giving(data, executor)
    give(data)
    carry(known_as(data), give_as, (known_as(data), data))
    return executor


class Giving(Beforehand):
    """Hands work to another executor together with a data set, so that it is known where the work is done.

    Parameters
    ----------
    data : the data set.
    executor : where the work is done; it is not shut down with this one.
    """

    def __init__(self, data: Dataset, executor: Executor) -> None:
        give(data)
        super().__init__(executor, give, data)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing: the other executor is not this one's."""
