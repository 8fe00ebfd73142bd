"""The command that takes labels into a session, those of this program and of others."""

from __future__ import annotations

from pathlib import Path

import click

from al_core.data.origin import Places
from al_core.exchange.record import Record
from al_core.exchange.registry import formats
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.go_on import found_again
from al_tui.output import put, put_json


@click.command(
    "import",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui import my.session labels-of-ben.csv\n  al-tui import my.session labels.jsonl --json\n"
    "  al-tui import my.session project-1-at-2026-11-26.json     an export of Label Studio (JSON)\n"
    "  al-tui import my.session kim.jsonl --annotator kim        of doccano, or of Prodigy",
)
@click.argument("session")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice([*formats()]), help="[default: what the file's name and content say]")
@click.option("--annotator", help="Who gave the labels of which the file does not say it; by default you.")
@click.option("--data", metavar="PATH", help="Where the labelled files are now, if they are looked for and were moved.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def import_command(session: str, file: Path, form: str | None, annotator: str | None, data: str | None, as_json: bool) -> None:
    """Take the labels of FILE into SESSION, in the name of who gave them. What is there stays.

    FILE was exported here, or by Label Studio, Prodigy or doccano, or is a metadata.csv, or a table of cleanlab.
    """
    from al_core.exchange.contents import placed
    from al_core.exchange.reading import counted, read_labels
    from al_core.exchange.records import records, take_in
    from al_core.reports.tables import aligned
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile
    from al_tui.requests.race import user_name

    reading = read_labels(file, form)
    path = find_session(session)
    with SessionFile.open(path) as into:
        if reading.unplaced:
            word = str(found_again(path, into.ledger.dataset, data, "import"))
            reading = placed(reading, into.ledger, word, Places())
        found = reading.records
        done = take_in(into, found, safe_text((annotator or "").strip(), 100) or user_name(), reading.decided)
        here = {record.item: record for record in records(into.ledger)}
    left_out = counted(reading.problems)
    if as_json:
        differing = [{"item": each.item, "name": each.name, "file": _said(each)} for each in done.differing]
        rows = [entry | {"session": _said(here[str(entry["item"])])} for entry in differing]
        document = {"records": len(found), "taken": done.taken, "known": done.known, "differing": rows}
        put_json(document | ({"left_out": left_out} if left_out else {}))
        return
    differ = f"{len(done.differing)} differ and were left out"
    put(f"{done.taken:,} of {len(found):,} taken in; {done.known:,} known already, {differ}\n")
    aside = sum(record.by == "person" and not record.label for record in found)
    put(f"without a label, put aside there: {aside}\n" if aside else "")
    put("".join(f"{line}\n" for line in left_out))
    if done.differing:
        table = [
            (safe_text(each.name or each.item, 40), safe_text(_said(here[each.item]), 30), safe_text(_said(each), 30))
            for each in done.differing
        ]
        put("\n" + aligned(("item", "the session says", "the file says"), table))


def _said(record: Record) -> str:
    """What a record says of its item, in a word or two."""
    return " · ".join(part for part in (record.label or record.status, record.note) if part)
