"""The commands about sessions that need no screen and nothing else: list and check."""

from __future__ import annotations

import click

from al_core.data.origin import short_name
from al_core.ground.safe_text import safe_text
from al_tui.cli.adjudicate import adjudicate_command
from al_tui.cli.command import Command
from al_tui.cli.export import export_command
from al_tui.cli.import_labels import import_command
from al_tui.cli.merge import merge_command
from al_tui.output import put, put_json, put_line, say


def register(cli: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (sessions_command, export_command, import_command, check_command, merge_command, adjudicate_command):
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
    counts = f"{found.events:,} events, {found.labels:,} labels, {found.skipped} skipped"
    if not found.problems:
        put_line(f"{found.path.name} is good: {counts}")
        return 0
    for problem in found.problems:
        put_line(f"{found.path.name}: {problem}")
    put(f"good up to there: {counts}\n")
    return 1
