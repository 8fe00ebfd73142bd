"""``al-tui datasets``: the data sets that come with the program or are made by it, and their parameters."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Any

import click

from al_core.data.facts import dataset_names, describe_dataset
from al_core.data.made import makers
from al_tui.cli.command import Command
from al_tui.output import put, put_json


@click.command("datasets", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def datasets_command(as_json: bool) -> None:
    """What there is to label and to race over, beside your own files; parameters are written name(key=value)."""
    if as_json:
        put_json([_document(name) for name in dataset_names()])
    else:
        put("\n\n".join(_block(name) for name in dataset_names()) + "\n")


def _document(name: str) -> dict[str, Any]:
    info, maker = describe_dataset(name), makers().get(name)
    document = {key: getattr(info, key) for key in ("name", "title", "items", "classes", "citation", "licence")}
    return {**document, "parameters": [] if maker is None else [asdict(entry) for entry in maker.infos]}


def _block(name: str) -> str:
    info, maker = describe_dataset(name), makers().get(name)
    lines = [f"{name}  ({info.items:,} items, {info.classes} classes)", f"  {info.title}"]
    for entry in () if maker is None else maker.infos:
        values = f" ({entry.values})" if entry.values else ""
        lines += [f"  {entry.name}={entry.default}{values}", textwrap.indent(textwrap.fill(entry.help, 90), " " * 6)]
    return "\n".join(lines)
