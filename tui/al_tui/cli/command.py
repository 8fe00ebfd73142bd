"""Commands of click whose help and version leave by our door."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from al_tui.output import put

_Anything = TypeVar("_Anything", bound=Callable[..., object])


class Command(click.Command):
    """A command; every one of ours is made with ``cls=Command``."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _told(super().get_help_option(ctx))


class Group(click.Group):
    """The group of all commands."""

    command_class = Command

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
