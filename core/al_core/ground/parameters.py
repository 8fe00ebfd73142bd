"""Parameters of strategies and learners, written ``name(key=value)``: what they mean, and whether a value is one they take.

A parameter is a keyword-only argument of the function that is registered: its type and default stand in the signature, the
rest in a `Parameter`. Free of numerics.
"""

from __future__ import annotations

import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from al_core.ground.calls import Value
from al_core.ground.errors import UserError, unknown
from al_core.ground.numbers import whole


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter means and which values it takes; its type and default stand in the function's signature."""

    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    check: Callable[[Any], object] | None = None
    """Called with a value that passed the rest; raises `UserError` when it does not do."""

    @property
    def values(self) -> str:
        """Which values it takes, in a few words; empty when its type says it all."""
        if self.choices:
            return " or ".join([", ".join(self.choices[:-1]), self.choices[-1]]) if len(self.choices) > 1 else self.choices[0]
        if self.low is not None and self.high is not None:
            return f"{_plain(self.low)} to {_plain(self.high)}"
        return f"at least {_plain(self.low)}" if self.low is not None else ""


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One parameter as text: its name, default, meaning and the values it takes."""

    name: str
    default: str
    help: str
    values: str = ""


def keywords(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The keyword-only arguments of ``function``, their annotations resolved to types."""
    hints = typing.get_type_hints(function)
    return {
        name: parameter.replace(annotation=hints.get(name, str))
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def described(owner: str, function: Callable[..., Any], parameters: Mapping[str, Parameter]) -> tuple[ParameterInfo, ...]:
    """The parameters of ``function`` as text.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    """
    found = keywords(function)
    if set(found) != set(parameters):
        raise TypeError(f"{owner}: describe exactly its keyword-only arguments {sorted(found)}")
    return tuple(ParameterInfo(key, str(found[key].default), parameters[key].help, parameters[key].values) for key in found)


def checked(
    owner: str,
    function: Callable[..., Any],
    parameters: Mapping[str, Parameter],
    given: Iterable[tuple[str, Value]],
) -> dict[str, Value]:
    """The given parameters, converted to the types of the signature.

    Raises
    ------
    UserError
        ``owner`` has no such parameter, or it does not take the value; the message names both.
    """
    pairs = tuple(given)
    found = keywords(function) if pairs else {}  # looking at a signature takes longer than a small query, and rounds ask for it
    return {key: _checked(owner, found, parameters, key, value) for key, value in pairs}


def _checked(
    owner: str, found: Mapping[str, inspect.Parameter], parameters: Mapping[str, Parameter], key: str, value: Value
) -> Value:
    if key not in parameters:
        if not parameters:
            raise UserError(f"{owner} takes no parameters, but {key} was given")
        raise unknown(f"parameter of {owner}", key, parameters)
    parameter = parameters[key]
    kind: type = found[key].annotation
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UserError(f"{owner}: {key} is {value!r}; give {_article(kind)}")
    if parameter.choices and value not in parameter.choices:
        raise unknown(f"{key} of {owner}", str(value), parameter.choices)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise UserError(f"{owner}: {key} is {value}; it must be finite")
        if parameter.low is not None and value < parameter.low:
            raise UserError(f"{owner}: {key} is {value}; it must be at least {parameter.low:g}")
        if parameter.high is not None and value > parameter.high:
            raise UserError(f"{owner}: {key} is {value}; it must be at most {parameter.high:g}")
    if parameter.check is not None:
        parameter.check(value)
    return value


def _plain(bound: float) -> str:
    """A bound as it would be written: of a whole number all digits."""
    return whole(bound) if float(bound).is_integer() else f"{bound:g}"


def _article(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "True or False", str: "a name"}[kind]
