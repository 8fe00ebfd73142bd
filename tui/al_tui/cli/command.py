"""Commands of click whose help and version leave by our door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from al_core.data.facts import comes_with
from al_core.ground.errors import BadOption, UserError
from al_core.ground.numbers import listed
from al_tui.commands.class_keys import Bound, check_bound
from al_tui.output import put
from al_tui.requests.file_places import PROJECT
from al_tui.requests.files import KEYS, chosen, options_files
from al_tui.requests.own_data import is_path, is_there
from al_tui.requests.taken import RACE, TAKEN

_Anything = TypeVar("_Anything", bound=Callable[..., object])


_SAID = "al_tui.said"
"""Where a context has what files say of the command's options."""
_KEYS = "al_tui.keys"
"""And what keys the project wants for classes, with the file that says so."""
_SAYS = "al_tui.says"
"""And what it says of them."""


class _WithFiles(click.Command):
    """A command whose options may stand in files as well; see `al_tui.requests.files`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; what it does not say, files may. A group reads them when it does something by itself.

        Raises
        ------
        UserError
            An option is one of other commands.
        """
        command = RACE if isinstance(self, click.Group) else str(self.name)
        try:
            return self._parsed(ctx, args, command)
        except click.NoSuchOption as error:
            raise _of_others(error.option_name, command) or error from None

    def _parsed(self, ctx: click.Context, args: list[str], command: str) -> list[str]:
        if command in TAKEN and not ctx.resilient_parsing:
            values, rest, given = self.make_parser(ctx).parse_args(args=list(args))
            only_shows = any(entry.is_eager for entry in given)  # its help, its version
            if not only_shows and not (isinstance(self, click.Group) and rest):
                typed = {name for name, value in values.items() if isinstance(value, str | bool)}
                words = (values.get("named"), values.get("data"))  # of what is not there, another value says so
                typed |= {"dataset"} if any(word and isinstance(word, str | tuple) for word in words) else set()
                files = options_files(TAKEN, values.get("project"))
                said = chosen(files, command, TAKEN[command], typed)
                ctx.meta[_SAYS] = next((file.says for file in files if file.says), {})
                ctx.meta[_KEYS] = next(((file.path, file.keys) for file in files if file.keys), None)
                ctx.default_map = {name: entry.value for name, entry in said.items()}
                ctx.meta[_SAID] = {row.name: (row, said[row.name]) for row in TAKEN[command] if row.name in said}
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            name = "" if error.param is None else str(error.param.name)
            raise _in_its_file(ctx, name, UserError(error.message)) or error from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what is wrong with the value of an option is said of the file, where one says it."""
        try:
            return super().invoke(ctx)
        except BadOption as error:
            raise _in_its_file(ctx, error.option, error) or error from None


def _of_others(option: str, command: str) -> UserError | None:
    """The error for an option that only other commands take; None where none does."""
    theirs = [_called(name) for name, rows in TAKEN.items() if any(option in (row.flag, row.off) for row in rows)]
    if not theirs:
        return None
    return UserError(f"{_called(command)} takes no {option}, which is an option of {listed(theirs)}; leave it away")


def _called(command: str) -> str:
    return "al-tui" if command == RACE else f"al-tui {command}"


def _in_its_file(ctx: click.Context, name: str, error: UserError) -> UserError | None:
    row, said = ctx.meta.get(_SAID, {}).get(name, (None, None))
    return None if said is None else said.refuse(row, error)


def bound_keys(ctx: click.Context, screen: str) -> Bound:
    """The keys that the project wants for classes on a screen, ``race`` or ``label``; raises `UserError` if one is taken."""
    found: tuple[Path, Bound] | None = ctx.meta.get(_KEYS)
    if found is None:
        return {}
    from al_tui.commands.table import LABEL, letters
    from al_tui.commands.table import RACE as RACE_COMMANDS

    path, keys = found
    try:
        check_bound(keys, letters(LABEL if screen == "label" else RACE_COMMANDS))
    except UserError as error:
        raise UserError(f"{path}: [{KEYS}] {error}") from None
    return keys


def class_descriptions(ctx: click.Context) -> Mapping[str, str]:
    """Class name to what belongs in it, as the project says."""
    found: Mapping[str, str] = ctx.meta.get(_SAYS, {})
    return found


def project_option(command: _Anything) -> _Anything:
    """The option that names the project's file."""
    shown = f"The project's file, which says options like these.  [default: {PROJECT}, where there is one]"
    return click.option("--project", metavar="FILE", expose_value=False, help=shown)(command)


class Command(_WithFiles):
    """A command; every one of ours is made with ``cls=Command``."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _told(super().get_help_option(ctx))


class Group(_WithFiles, click.Group):
    """The group of all commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; a word that is no command, but names data, is what ``--dataset`` says.

        Raises
        ------
        UserError
            Data is named twice.
        """
        if not ctx.resilient_parsing:
            try:
                values, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
            except click.NoSuchOption as error:
                raise _of_others(error.option_name, RACE) or error from None
            word = rest[0] if rest else ""
            named = comes_with(word) or is_path(word) or is_there(word)
            if word and named and self.get_command(ctx, word) is None:
                more = any(entry.partition("=")[0] == "--dataset" for entry in rest[1:])
                if more or isinstance(values.get("dataset"), str):
                    raise UserError(f"--dataset names data, and so does {word}; give one of them")
                return self.parse_args(ctx, [*args[: len(args) - len(rest)], "--dataset", word, *rest[1:]])
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _told(super().get_help_option(ctx))


def version_option(text: str) -> Callable[[_Anything], _Anything]:
    """The option that prints ``text``, which names the version."""

    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            put(f"{text}\n")
            ctx.exit()

    shown = "Show the version and exit."
    return click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=show, help=shown)


def _told(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.callback = _show_help
    return option


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        put(f"{ctx.get_help()}\n")
        ctx.exit()
