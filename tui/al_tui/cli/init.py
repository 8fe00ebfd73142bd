"""The command that begins a project's file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from al_core.data.facts import comes_with
from al_tui.cli.command import Command
from al_tui.cli.datasets import LabelledData
from al_tui.output import put
from al_tui.requests.file_places import PROJECT
from al_tui.requests.own_data import found_data

EPILOG = f"""\b
Examples:
  al-tui init my_pictures/                     writes {PROJECT} here; look at it, and then: al-tui label
  al-tui init pots.csv --out pots.toml         another name: al-tui label --project pots.toml
"""


@click.command("init", cls=Command, epilog=EPILOG)
@click.argument("data", metavar="DATASET|PATH", type=LabelledData())
@click.option("--out", type=click.Path(path_type=Path), default=PROJECT, metavar="FILE", help="To write.", show_default=True)
@click.option("--force", is_flag=True, help="Let --out replace a file.")
def init_command(data: str, out: Path, force: bool) -> None:
    """Look at DATA and write a project's file: every option with what it is for, and the classes that the data names."""
    from al_core.data.survey import survey
    from al_core.ground.files import check_new, write_new
    from al_tui.requests.project import project_file

    check_new(out, force=force)
    place = found_data(data)
    found = survey(place)
    bundled = comes_with(place)
    word = place if bundled else _from(out, place)
    write_new(out, project_file(word, found, bundled=bundled), force=force)
    options = "" if out == Path(PROJECT) else f" --project {out}"
    classes = f"{len(found.classes)} classes" if found.classes else "no classes yet"
    put(f"wrote {out}: {found.items:,} items, {classes}; go on with: al-tui label{options}\n")


def _from(out: Path, place: str) -> str:
    """A path as the file names it: from its own folder where it lies below that, so that both can be moved; else whole."""
    home = out.absolute().parent
    inner = os.path.relpath(place, home)
    return place if inner.startswith("..") else f"./{inner}" if "/" not in inner else inner
