"""Records from JSON: a frozen dataclass or a named tuple is read from an object of its fields, every value checked by its type.

What stands in a file is not trusted. Whole numbers are counts, from 0 to what 63 bits hold; other numbers are finite.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from functools import cached_property, reduce
from operator import or_
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar, Union

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.ground.written import absent

T = TypeVar("T")
Make = Callable[[Any], Any]
Written = Mapping[type[Any], Mapping[str, str]]

_LARGEST_COUNT = 2**63 - 1
_LARGEST_NUMBER = 1.7976931348623157e308
_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class Unreadable(UserError):
    """A text is not what it must be; the message goes on where one says what the text is: ``… cannot be read: …``."""


class Reader(Generic[T]):
    """Reads texts as records of one kind. Made cheaply; what it needs is loaded with the first text.

    Parameters
    ----------
    kind : a dataclass or a named tuple; its fields may hold others.
    without : fields that do not stand in the text; `read` is given them.
    exact : every field must be there, but for those that may be absent (`al_core.ground.written`), and no other. Otherwise
        fields that are missing have their default, and others are left alone: so that what another version of this program
        wrote can be read.
    written : by kind, names of fields as they stand in the text, where they are called otherwise there.
    """

    def __init__(
        self, kind: type[T], *, without: Collection[str] = (), exact: bool = True, written: Written = MappingProxyType({})
    ) -> None:
        self.kind = kind
        self._without = without
        self._exact = exact
        self._written = written

    def read(self, text: str | bytes, **given: Any) -> T:
        """The record that ``text`` holds, with the fields that are ``given``.

        Raises
        ------
        Unreadable
            It holds something else.
        """
        decode, _, make = self._ways
        return self._made(decode, text, make, given)

    def take(self, value: Any) -> T:
        """The record in what JSON was read into; raises `Unreadable` as `read` does."""
        _, convert, make = self._ways
        return self._made(convert, value, make, {})

    def _made(self, turn: Make, value: Any, make: Callable[[Any, Mapping[str, Any]], Any], given: Mapping[str, Any]) -> T:
        import msgspec

        try:
            return typing.cast(T, make(turn(value), given))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # the library's, and letters that are none
            raise Unreadable(f"cannot be read: {_reason(error)}") from None

    @cached_property
    def _ways(self) -> tuple[Make, Make, Callable[[Any, Mapping[str, Any]], Any]]:
        """How a text and how a value become what the library makes of them, and that a record."""
        import msgspec

        shape, names, makes = _Shapes(self._exact, self._written).of(self.kind, self._without)
        decoder = msgspec.json.Decoder(shape)

        def decode(text: str | bytes) -> Any:
            # Half a surrogate pair: the library refuses it, but our own writer let it through where a person's name held it.
            if isinstance(text, str) and "\\u" in text and _HALF_A_CHARACTER.search(text):
                return convert(json.loads(text))
            return decoder.decode(text)

        def convert(value: Any) -> Any:
            return msgspec.convert(value, shape)

        def make(found: Any, given: Mapping[str, Any]) -> Any:
            values = {name: getattr(found, name) for name in names}
            for name, inner in makes.items():
                values[name] = inner(values[name])
            return self.kind(**values, **given)

        return decode, convert, make


@dataclasses.dataclass(frozen=True, slots=True)
class _Shapes:
    """Structures of the library's for our records."""

    exact: bool
    written: Written

    def of(self, kind: type[Any], without: Collection[str] = ()) -> tuple[type[Any], tuple[str, ...], dict[str, Make]]:
        """The structure for ``kind``, the fields it has, and how values become those of the record where they are not that."""
        import msgspec

        hints = typing.get_type_hints(kind, include_extras=True)
        defaults = ({} if self.exact else _defaults(kind)) | absent(kind)
        entries: list[Any] = []
        makes: dict[str, Make] = {}
        for name in _fields(kind):
            if name in without:
                continue
            hint, make = self._typed(hints[name])
            entries.append((name, hint, defaults[name]) if name in defaults else (name, hint))
            if make is not None:
                makes[name] = _unless(defaults[name], make) if name in defaults else make
        shape = msgspec.defstruct(
            kind.__name__,
            entries,
            frozen=True,
            forbid_unknown_fields=self.exact,
            rename=dict(self.written.get(kind, {})),
            kw_only=True,
            gc=False,
        )
        return shape, tuple(entry[0] for entry in entries), makes

    def _typed(self, hint: Any) -> tuple[Any, Make | None]:
        """The type that the library checks for ``hint``, and how its values become what is wanted; None where they are that."""
        import msgspec

        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if hint is int:
            return Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_COUNT)], None
        if hint is float:
            return Annotated[float, msgspec.Meta(ge=-_LARGEST_NUMBER, le=_LARGEST_NUMBER)], None
        if hint in (str, bool) or origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
            return hint, None
        if origin in (Union, types.UnionType):
            found, make = self._chosen([choice for choice in inner if choice is not type(None)])
            return found | None, None if make is None else _unless(None, make)
        if origin is tuple and inner[1:] == (...,):
            entry, make = self._typed(inner[0])
            many = tuple[entry, ...]  # type: ignore[valid-type]
            return many, None if make is None else _every(make)
        if origin is tuple:
            kinds, ways = zip(*map(self._typed, inner), strict=True)
            return tuple[kinds], None if not any(ways) else _each(ways)  # type: ignore[valid-type]
        if origin in (dict, Mapping):
            entry, make = self._typed(inner[1])
            named = dict[self._typed(inner[0])[0], entry]  # type: ignore[misc,valid-type]
            return named, None if make is None else lambda values: dict(zip(values, _every(make)(values.values()), strict=True))
        return self._nested(hint)

    def _chosen(self, choices: list[Any]) -> tuple[Any, Make | None]:
        """As `_typed`, for what stands beside None in an optional type: one type, or several that JSON tells apart."""
        if set(choices) <= {bool, int, float, str}:  # a number stays what it was written as
            return reduce(or_, (self._typed(choice)[0] for choice in choices)), None
        (some,) = choices
        return self._typed(some)

    def _nested(self, kind: type[Any]) -> tuple[Any, Make]:
        shape, names, makes = self.of(kind)

        def make(found: Any) -> Any:
            values = [getattr(found, name) for name in names]
            if makes:
                values = [makes[name](value) if name in makes else value for name, value in zip(names, values, strict=True)]
            return kind(*values)

        return shape, make


def _unless(nothing: Any, make: Make) -> Make:
    return lambda value: value if value is nothing else make(value)


def _every(make: Make) -> Make:
    return lambda values: tuple([make(value) for value in values])


def _each(ways: Sequence[Make | None]) -> Make:
    return lambda values: tuple([value if make is None else make(value) for make, value in zip(ways, values, strict=True)])


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(entry.name for entry in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else kind._fields


def _defaults(kind: type[Any]) -> dict[str, Any]:
    import msgspec

    if not dataclasses.is_dataclass(kind):
        return dict(getattr(kind, "_field_defaults", {}))
    given = {entry.name: entry.default for entry in dataclasses.fields(kind) if entry.default is not dataclasses.MISSING}
    made = {
        entry.name: msgspec.field(default_factory=entry.default_factory)
        for entry in dataclasses.fields(kind)
        if entry.default_factory is not dataclasses.MISSING
    }
    return given | made


def _reason(error: BaseException) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else safe_text(str(error), 200)
