"""The data sets that a command offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from al_core.data.facts import dataset_names, describe_dataset
from al_core.ground.errors import UserError
from al_tui.requests.own_data import found_data, found_file


class OwnFile(click.ParamType[str]):
    """A file or folder of the person's own; its path is made whole."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return found_file(str(value))
        except UserError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


class RacedData(click.Choice[str]):
    """A data set that comes with the program, or a file or folder; a path is made whole."""

    def __init__(self, offered: Sequence[str] | None = None) -> None:
        super().__init__(dataset_names() if offered is None else offered)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return found_data(str(value), list(self.choices))
        except UserError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return super().shell_complete(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]


class LabelledData(RacedData):
    """The same; offered, in help, completion and errors, are the data sets whose items can be drawn.

    One that cannot be drawn is taken all the same: the command then says what it is good for.
    """

    def __init__(self) -> None:
        super().__init__([name for name in dataset_names() if describe_dataset(name).pictures])
