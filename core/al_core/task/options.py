"""Options, each declared once: as a row, which is a field of the record that holds its value.

From the rows come the command line, the keys of project and settings files, what sessions and results stores write, what
identifies a result, and the command that a report prints. So a new setting of a task is one row in `TaskSpec`, and its use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple

from al_core.ground.errors import BadOption, about
from al_core.ground.safe_text import safe_text
from al_core.ground.written import ABSENT, written_fields

Where = Literal["anywhere", "settings", "command line"]
"""Where a value may stand. Who opens somebody else's project has not chosen what its file says: what names a machine or a place
to write to stands in one's own settings; what is about one call of the program stands on the command line only."""

_OPTION = "option"
_rows: dict[type[Any], tuple[Option, ...]] = {}
"""What was asked for already: a header asks at every look."""


class Range(NamedTuple):
    """The numbers that an option takes.

    Parameters
    ----------
    words : what to do about another one, as an error ends.
    least, most : bounds, which belong to it.
    above, below : bounds that do not.
    """

    words: str
    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    def holds(self, value: float) -> bool:
        """Whether the option takes it; it takes nothing that is no number, and nothing infinite."""
        finite = isinstance(value, int) or math.isfinite(value)
        return finite and self.least <= value <= self.most and self.above < value < self.below


class Option(NamedTuple):
    """One row.

    Parameters
    ----------
    name : the field's name.
    default : the value if nobody says otherwise.
    help : a sentence.
    reader : what makes a value of a text, or raises `ValueError`; a plain type, or a function of its own.
    range : the numbers it takes; None for all, and for what is no number.
    choices : the texts it takes; empty for all.
    flag : how the command line calls it.
    off : the flag that says no, of an option that is yes, no, or unsaid.
    metavar : what its value is called in the help.
    shown : the default in words, where the value itself says nothing.
    identifies : whether another value makes another result.
    where : where it may stand.
    group : options that are taken together: one place that names any of them has the word about all.
    said : the protocol's sentence about a value, with ``{}`` where it belongs; empty where another sentence names it.
    checker : raises `UserError` for a value that it does not take, where neither range nor choices say it.
    """

    name: str
    default: Any
    help: str
    reader: Callable[[str], Any]
    range: Range | None = None
    choices: tuple[str, ...] = ()
    flag: str = ""
    off: str | None = None
    metavar: str | None = None
    shown: str | None = None
    identifies: bool = True
    where: Where = "anywhere"
    group: str = ""
    said: str = ""
    checker: Callable[[Any], None] | None = None

    @property
    def key(self) -> str:
        """How files call it: as the command line does, without the dashes."""
        return self.flag.removeprefix("--")

    def check(self, value: Any) -> None:
        """Raise `BadOption` for a value that it does not take."""
        if self.range is not None and value is not None and not self.range.holds(value):
            raise BadOption(f"{self.flag} is {exact(value)}; {self.range.words}", self.name)
        if self.checker is not None and value is not None:
            with about(self.name):
                self.checker(value)

    def read(self, value: Any) -> Any:
        """What a value in a file means; the command line then reads it once more, as if it had been typed.

        Raises
        ------
        BadOption
            It is of another kind, out of its range, none of the choices, or a text that holds more than text.
        """
        kinds = {bool: (bool, "true or false"), int: (int, "a whole number"), float: ((int, float), "a number")}
        kind, words = kinds.get(self.reader, ((str, int, float, list), "a text"))  # type: ignore[call-overload]
        if self.reader in (str, Path) and isinstance(value, int | float):
            kind = str
        if not isinstance(value, kind) or (isinstance(value, bool) and self.reader is not bool):
            raise BadOption(f"{self.flag} is {value!r}; give {words}", self.name)
        if isinstance(value, list):
            if self.reader is not str or not all(isinstance(entry, str) for entry in value):
                raise BadOption(f"{self.flag} is {value!r}; give {words}", self.name)
            value = ",".join(value)
        if isinstance(value, str) and value != safe_text(value, len(value) + 1):
            raise BadOption(f"{self.flag} is {value!r}; give a text without control characters", self.name)
        if self.choices and value not in self.choices:
            raise BadOption(f"{self.flag} is {value!r}; give one of: {', '.join(self.choices)}", self.name)
        if self.reader in (int, float, str):
            self.check(value)
        elif self.reader not in (bool, str, Path):
            return self._tried(str(value))
        return value

    def _tried(self, text: str) -> str:
        try:
            self.reader(text)
        except ValueError as error:
            raise BadOption(f"{self.flag} {text!r} {error}", self.name) from None
        return text

    def words(self, value: Any) -> list[str]:
        """The words of a command line that say it."""
        if isinstance(value, bool):
            return [self.flag] if value else [self.off] if self.off else []
        return [self.flag, exact(value)]


def declared(
    default: Any,
    sentence: str,
    *,
    reader: Callable[[str], Any] | None = None,
    absent: Any = MISSING,
    flag: str = "",
    **row: Any,
) -> Any:
    """A field that is an option; ``row`` is the rest of `Option`.

    Parameters
    ----------
    default : as in `Option`.
    sentence : its help.
    reader : as in `Option`; by default the type of the default.
    absent : what it means where a record that was written does not say it: records are older than the option. It is then not
        written either, so that what it does not touch stays as it was, to the byte. Without it, every record has it.
    """
    option = Option("", default, sentence, reader or type(default), flag=flag, **row)
    return field(default=default, metadata={_OPTION: option} | ({} if absent is MISSING else {ABSENT: absent}))


def options_of(kind: type[Any]) -> tuple[Option, ...]:
    """The rows of a record, in their order."""
    if kind in _rows:
        return _rows[kind]
    rows = []
    for entry in fields(kind):
        if (row := entry.metadata.get(_OPTION)) is not None:
            flag = row.flag or f"--{entry.name.replace('_', '-')}"
            rows.append(row._replace(name=entry.name, flag=flag))
    _rows[kind] = tuple(rows)
    return _rows[kind]


def option(kind: type[Any], name: str) -> Option:
    """One row of a record."""
    return next(row for row in options_of(kind) if row.name == name)


def like(kind: type[Any], name: str, **other: Any) -> Any:
    """A field that is the option of another record, but for what is ``other``: a default, a help."""
    row = option(kind, name)._replace(**other)
    return field(default=row.default, metadata={_OPTION: row})


def check_options(record: Any) -> None:
    """Raise `BadOption` for the first value that is out of its range."""
    for row in options_of(type(record)):
        row.check(getattr(record, row.name))


def identifying(record: Any) -> dict[str, Any]:
    """The values that make a result what it is, by name: all that is written, but for options that change nothing."""
    idle = {row.name for row in options_of(type(record)) if not row.identifies}
    return {name: value for name, value in written_fields(record).items() if name not in idle}


def late_options(kind: type[Any]) -> dict[str, Option]:
    """The rows that came later than the first records, by name."""
    late = {entry.name for entry in fields(kind) if ABSENT in entry.metadata}
    return {row.name: row for row in options_of(kind) if row.name in late}


def further(record: Any) -> dict[str, Any]:
    """The options that came later than the first records, where they say something."""
    late = late_options(type(record))
    return {name: value for name, value in written_fields(record).items() if name in late}


def named(record: Any) -> tuple[str, ...]:
    """`further` in a word or two each, e.g. ``noise 0.1``, for a title or a line at the top."""
    keys = {row.name: row.key for row in options_of(type(record))}
    return tuple(f"{keys[name]} {exact(value)}" for name, value in further(record).items())


def said(kind: type[Any], values: Mapping[str, Any]) -> list[str]:
    """What a protocol has to say of values, a sentence each; a row without a sentence is named."""
    rows = {row.name: row for row in options_of(kind)}
    return [(rows[name].said or f"{rows[name].key} was {{}}.").format(exact(value)) for name, value in values.items()]


def exact(value: Any) -> str:
    """A value as text, short, and the same when it is read again."""
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value or math.isnan(value) else repr(value)
    return str(value)
