"""The commands about sessions that need no screen: list, export, check, merge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from al_core.data.origin import short_name
from al_core.exchange.record import Record
from al_core.exchange.registry import formats, trees
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.go_on import found_again
from al_tui.output import is_terminal, names_stdout, put, put_bytes, put_document, put_json, put_line, say

if TYPE_CHECKING:
    from al_core.sessions.ledger import Ledger
    from al_core.sessions.race_ledger import RaceLedger


def register(cli: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (sessions_command, export_command, import_command, check_command, merge_command):
        cli.add_command(command)


@click.command("sessions", cls=Command, epilog="\b\nExamples:\n  al-tui sessions\n  al-tui sessions --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def sessions_command(as_json: bool) -> None:
    """List sessions, of labelling and of racing: when, data set, labels, rounds, state; the latest first."""
    from al_core.reports.tables import aligned
    from al_core.sessions.directory import list_sessions
    from al_core.sessions.home import sessions_directory

    found = list_sessions()
    if as_json:
        documents = [
            {
                "name": entry.name,
                "file": str(entry.path),
                "kind": entry.kind,
                "dataset": entry.dataset,
                "annotators": entry.annotators,
                "started": entry.started,
                "changed": entry.changed,
                "labels": entry.labels,
                "skipped": entry.skipped,
                "machine": entry.machine,
                "rounds": entry.rounds,
                "state": entry.state,
                "problem": entry.problem,
            }
            for entry in found
        ]
        put_json(documents)
    elif not found:
        say(f"no sessions in {sessions_directory()} yet; begin one with: al-tui label")
    else:
        header = ("session", "kind", "changed (UTC)", "data set", "labels", "skipped", "machine", "rounds", "state")
        rows = [
            (
                safe_text(entry.name, 60),
                entry.kind,
                safe_text(entry.changed[:19]).replace("T", " "),
                safe_text(short_name(entry.dataset), 30),
                *(str(count) for count in (entry.labels, entry.skipped, entry.machine, entry.rounds)),
                entry.state,
            )
            for entry in found
        ]
        put(aligned(header, rows))
        for entry in found:
            if entry.problem:
                say(f"al-tui: {safe_text(entry.name, 60)}: {entry.problem}")


@click.command(
    "export",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui export digits-20260101-120000 --format csv --out labels.csv\n"
    "  al-tui export my.session --format jsonl | head\n"
    "  al-tui export my.session --format links --out sorted    a folder for each class",
)
@click.argument("session")
@click.option("--format", "form", type=click.Choice([*formats(), *trees()]), required=True, help="What to write.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout; of links or copies, a folder."
)
@click.option("--force", is_flag=True, help="Let --out replace a file, or a folder that was exported.")
@click.option("--data", metavar="PATH", help="Where the labelled files are now, for links and copies, if they were moved.")
def export_command(session: str, form: str, out: Path | None, force: bool, data: str | None) -> None:
    """Write the labels of SESSION, the name of a session or a file, to stdout or --out.

    Of labelled pictures --format links and copies make a folder: a folder for each class in it, and labels.jsonl.
    """
    from al_core.exchange.records import export_labels
    from al_core.ground.files import check_new, write_new
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import AnyFile

    if form in trees():
        _export_tree(find_session(session), form, out, force, data)
        return
    if data is not None:
        raise UserError(f"--data is about files that are linked or copied, and {form} is of labels alone; leave it away")
    if out is not None and names_stdout(out):
        out = None
    if out is not None:
        check_new(out, force=force)
    is_text = formats()[form].is_text
    if out is None and not is_text and is_terminal("stdout"):
        raise UserError(f"{form} is no text; give --out FILE, or send stdout to a file")
    path = find_session(session)
    with AnyFile.open(path, read_only=True) as file:
        content = export_labels(file.ledger, form)
    if out is None:
        put_document(content.decode()) if is_text else put_bytes(content)
    else:
        write_new(out, content, force=force)
        say(f"wrote {out}")
        _say_audit(file.ledger, path)


def _say_audit(ledger: Ledger | RaceLedger, path: Path) -> None:
    """How often the last model was right about what was drawn to measure by, if anything was."""
    from al_core.sessions.ledger import Ledger
    from al_tui.shell.farewell import spoken

    last = ledger.rounds[-1] if isinstance(ledger, Ledger) and ledger.rounds else None
    if last is not None and last.audited:
        right = f"{last.audited_right} of {last.audited}"
        meant = f"what that means: al-tui certify {spoken(path)}"
        say(f"the last model is right about {right} items drawn to measure by; {meant}")


def _export_tree(path: Path, form: str, out: Path | None, force: bool, data: str | None) -> None:
    """Make a folder of labelled files, and say what is in it and what is not."""
    from al_core.exchange.record import TREE_LABELS
    from al_core.exchange.tree import grow
    from al_core.sessions.store import AnyFile

    if out is None or names_stdout(out):
        raise UserError(f"{form} are a folder; say which to make: --out FOLDER")
    with AnyFile.open(path, read_only=True) as file:
        ledger = file.ledger
    grown = grow(ledger, form, out, Path(str(found_again(path, ledger.dataset, data, "export"))), force=force)
    say(f"wrote {out} ({form}: {grown.made}, folders: {grown.classes})")
    _say_audit(ledger, path)
    if grown.without:
        say(f"without a label, in {TREE_LABELS} only: {grown.without}")
    if grown.gone:
        say(f"gone or changed, in {TREE_LABELS} only: {len(grown.gone)}, the first is {safe_text(grown.gone[0], 100)}")


@click.command(
    "import",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui import my.session labels-of-ben.csv\n  al-tui import my.session labels.jsonl --json",
)
@click.argument("session")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--annotator", help="Who gave the labels of which the file does not say it; by default you.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def import_command(session: str, file: Path, annotator: str | None, as_json: bool) -> None:
    """Take the labels of FILE, which was exported, into SESSION, in the name of who gave them. What is there stays."""
    from al_core.exchange.records import import_labels, records, take_in
    from al_core.reports.tables import aligned
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile
    from al_tui.requests.race import user_name

    found = import_labels(file)
    with SessionFile.open(find_session(session)) as into:
        done = take_in(into, found, safe_text((annotator or "").strip(), 100) or user_name())
        here = {record.item: record for record in records(into.ledger)}
    if as_json:
        differing = [{"item": each.item, "name": each.name, "file": _said(each)} for each in done.differing]
        rows = [entry | {"session": _said(here[str(entry["item"])])} for entry in differing]
        put_json({"records": len(found), "taken": done.taken, "known": done.known, "differing": rows})
        return
    differ = f"{len(done.differing)} differ and were left out"
    put(f"{done.taken} of {len(found)} taken in; {done.known} known already, {differ}\n")
    if done.differing:
        table = [
            (safe_text(each.name or each.item, 40), safe_text(_said(here[each.item]), 30), safe_text(_said(each), 30))
            for each in done.differing
        ]
        put("\n" + aligned(("item", "the session says", "the file says"), table))


def _said(record: Record) -> str:
    """What a record says of its item, in a word or two."""
    return " · ".join(part for part in (record.label or record.status, record.note) if part)


@click.command("check", cls=Command)
@click.argument("session")
def check_command(session: str) -> int:
    """Check schema, pages, checksum chain and replay of SESSION; says what is wrong, and exits 1 if anything is."""
    from al_core.sessions.checking import check_session
    from al_core.sessions.directory import find_session

    found = check_session(find_session(session))
    counts = f"{found.events} events, {found.labels} labels, {found.skipped} skipped"
    if not found.problems:
        put_line(f"{found.path.name} is good: {counts}")
        return 0
    for problem in found.problems:
        put_line(f"{found.path.name}: {problem}")
    put(f"good up to there: {counts}\n")
    return 1


@click.command(
    "merge",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui merge anna.session ben.session --out both.session\n  al-tui check both.session",
)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="C", help="The session file to make.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def merge_command(first: str, second: str, out: Path, as_json: bool) -> None:
    """Merge sessions A and B of different annotators on the same data; says how far they agree and about what they do not."""
    from al_core.exchange.merging import merge
    from al_core.reports.tables import aligned
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile

    result = merge(find_session(first), find_session(second), out)
    with SessionFile.open(out, read_only=True) as file:
        classes = file.ledger.classes
    say(f"wrote {out}")
    if as_json:
        document = {
            "annotators": result.names,
            "labels": result.labels,
            "shared": result.shared,
            "agreed": result.agreed,
            "kappa": result.kappa,
            "disagreements": [
                {"item": entry.item, "labels": [classes[entry.first], classes[entry.second]]} for entry in result.disagreements
            ],
        }
        put_json(document)
        return
    kappa = "unknown" if result.kappa is None else f"{result.kappa:.3f}"
    put(f"{result.labels} labels; {result.shared} items labelled by both, {result.agreed} alike; Cohen's kappa {kappa}\n")
    if result.disagreements:
        names = [safe_text(name, 30) for name in result.names]
        rows = [
            (safe_text(entry.item, 40), safe_text(classes[entry.first], 30), safe_text(classes[entry.second], 30))
            for entry in result.disagreements
        ]
        put("\n" + aligned(("item", *names), rows))
