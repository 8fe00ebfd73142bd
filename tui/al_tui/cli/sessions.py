"""The commands about sessions that need no screen and nothing else: list, check, merge."""

from __future__ import annotations

from pathlib import Path

import click

from al_core.data.origin import short_name
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.export import export_command
from al_tui.cli.import_labels import import_command
from al_tui.output import put, put_json, put_line, say


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
