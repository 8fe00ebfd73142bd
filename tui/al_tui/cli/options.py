"""Options and arguments of click, made from the rows in which options are declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from al_core.task.options import Option, options_of

T = TypeVar("T")
STORE: click.ParamType[Any] = click.Path(path_type=Path, dir_okay=False)
"""The file of a results store."""
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Read(click.ParamType[Any]):
    """A value that a row reads by a function of its own."""

    def __init__(self, row: Option) -> None:
        self.name = row.metavar or row.key
        self._reader = row.reader

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._reader(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


def declare(*rows: Option, types: Mapping[str, click.ParamType[Any]] | None = None) -> Decorator:
    """A decorator that gives a command these options; ``types`` are those, by name, of what is read otherwise on a screen."""
    made = [_option(row, (types or {}).get(row.name)) for row in rows]

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(made):
            command = option(command)
        return command

    return with_options


def taken(kind: type[T], options: dict[str, Any]) -> T:
    """Take the fields of a record out of ``options``."""
    return kind(**{row.name: options.pop(row.name) for row in options_of(kind) if row.name in options})


def _option(row: Option, kind: click.ParamType[Any] | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    help_ = row.help if row.shown is None else f"{row.help}  [default: {row.shown}]"
    more: dict[str, Any] = {"help": help_, "default": row.default}
    if row.reader is bool:
        flags = f"{row.flag}/{row.off}" if row.off else row.flag
        return click.option(flags, row.name, is_flag=True, **more)
    more["show_default"] = row.shown is None and row.default is not None
    return click.option(row.flag, row.name, type=kind or _type(row), metavar=row.metavar, **more)


def _type(row: Option) -> Any:
    if row.choices:
        return click.Choice(row.choices)
    if row.reader is Path:
        return click.Path(path_type=Path)
    return row.reader if row.reader in (int, float, str) else Read(row)
