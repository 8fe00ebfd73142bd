"""The data sets that a command offers."""

from __future__ import annotations

from typing import Any

import click

from al_core.data.facts import dataset_names, describe_dataset


class DrawnDataset(click.Choice[str]):
    """Offers, in help, completion and errors, the data sets whose items can be drawn.

    One that cannot be drawn is taken all the same: the command then says what it is good for.
    """

    def __init__(self) -> None:
        super().__init__([name for name in dataset_names() if describe_dataset(name).pictures])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in dataset_names() else super().convert(value, param, ctx)
