"""Readers of values in a session file: each takes what JSON gave and returns it checked, or raises TypeError or ValueError."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

Reader = Callable[[Any], Any]


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def count(value: Any) -> int:
    """A whole number from 0 that fits 63 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise TypeError
    return value


def number(value: Any) -> float:
    """A finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError
    return float(value)


def word(*known: str) -> Callable[[Any], str]:
    """One of ``known``."""

    def read(value: Any) -> str:
        if value not in known:
            raise ValueError
        return str(value)

    return read


def or_none(read: Reader) -> Reader:
    """What ``read`` takes, or nothing."""
    return lambda value: None if value is None else read(value)


def many(read: Reader) -> Callable[[Any], tuple[Any, ...]]:
    """A list of what ``read`` takes, as a tuple."""

    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError
        return tuple(read(entry) for entry in value)

    return read_all


def pair(value: Any) -> tuple[str, int]:
    """A text and a count."""
    name, label = value
    return text(name), count(label)


def record(make: Callable[..., Any], readers: Mapping[str, Reader]) -> Reader:
    """An object with exactly the fields of ``readers``, given to ``make``."""

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or set(value) != set(readers):
            raise TypeError
        return make(**{name: reader(value[name]) for name, reader in readers.items()})

    return read
