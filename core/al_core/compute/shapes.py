"""Whether a value from elsewhere is what a function says it returns, all the way down."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin


def returns(fn: Callable[..., Any]) -> Any:
    """The type that a function says it returns; `Any` where it does not say, or names what is not there at run time."""
    said = types.SimpleNamespace(__annotations__={"return": getattr(fn, "__annotations__", {}).get("return", Any)})
    try:
        return typing.get_type_hints(said, globalns=getattr(fn, "__globals__", {}))["return"]
    except (NameError, TypeError):
        return Any


def conforms(value: Any, kind: Any) -> bool:
    """Whether ``value`` is of the type ``kind``, and what is in it of the types that its records name."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or isinstance(kind, typing.TypeVar):
        return True
    if origin is typing.Literal:
        return value in arguments
    if origin in (typing.Union, types.UnionType):
        return any(conforms(value, one) for one in arguments)
    if kind in (None, type(None)):
        return value is None
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    held = origin or kind
    if not isinstance(held, type):
        return True
    if not isinstance(value, held):
        return False
    return _holds(value, held, arguments)


def _holds(value: Any, kind: type, arguments: tuple[Any, ...]) -> bool:
    """Whether what is in ``value``, which is a ``kind``, conforms."""
    if is_dataclass(kind):
        known = _fields(kind)
        return all(conforms(getattr(value, entry.name, ...), known[entry.name]) for entry in fields(kind))
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return all(conforms(part, one) for part, one in zip(value, _fields(kind).values(), strict=False))
    if not arguments:
        return True
    if issubclass(kind, Mapping):
        return all(conforms(key, arguments[0]) and conforms(entry, arguments[1]) for key, entry in value.items())
    if issubclass(kind, tuple) and arguments[-1] is not ...:
        return len(value) == len(arguments) and all(map(conforms, value, arguments))
    if issubclass(kind, Sequence | set | frozenset):
        return all(conforms(entry, arguments[0]) for entry in value)
    return True


@cache
def _fields(kind: type) -> dict[str, Any]:
    """The fields of a record with their types; those that are not there at run time may be anything."""
    try:
        return typing.get_type_hints(kind)
    except (NameError, TypeError):
        return dict.fromkeys(kind.__annotations__, Any)
