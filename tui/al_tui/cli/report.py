"""What `al-tui report` does with its options."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.reports.kinds import report_formats
from al_tui.cli.command import Command, project_option
from al_tui.cli.options import declare, taken
from al_tui.output import is_terminal, names_stdout, put, put_document, say
from al_tui.requests.money import MoneyOptions, price_of
from al_tui.requests.taken import TAKEN

EPILOG = """\b
Examples:
  al-tui report --out report.html            the last bench, as a page for people
  al-tui report --list                       which benches there are
  al-tui report --bench 3 --format md        another one, as Markdown on stdout
  al-tui report --format methods             the protocol as a paragraph for a paper
  al-tui report --format seeds --out s.csv   a row per seed
  al-tui report b.json --out report.html     from a document of al-tui bench --json
  al-tui report race-digits-20260101-120000  a race, as a bench of one seed
  al-tui report --seconds-per-label 12 --cost-per-hour 30 --currency EUR   and what it saves in hours and money
"""


@click.command("report", cls=Command, epilog=EPILOG)
@click.argument("source", metavar="[RESULTS|SESSION]", required=False)
@click.option("--format", "kind", type=click.Choice(report_formats()), help="[default: from the name of --out, otherwise html]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of stdout.")
@click.option("--bench", "number", type=int, help="Which bench of a results store.  [default: the last]")
@click.option("--list", "listing", is_flag=True, help="List the benches of a results store.")
@click.option("--force", is_flag=True, help="Let --out replace a file.")
@declare(*TAKEN["report"])
@project_option
def report_command(
    source: str | None,
    kind: str | None,
    out: Path | None,
    number: int | None,
    listing: bool,
    force: bool,
    **options: Any,
) -> int:
    """What a bench found, as a page, as text or as numbers. RESULTS is a results store, by default the user's own, or a JSON
    document that al-tui bench wrote; SESSION is a race that was kept, its name or its file."""
    from al_core.ground.files import check_new, write_new
    from al_core.reports.findings import load_findings
    from al_core.reports.rendering import render
    from al_tui.requests.where import results_file

    price = price_of(taken(MoneyOptions, options))
    path = results_file() if source is None else _found(source)
    if listing:
        put(_listed(path))
        return 0
    suffix = out.suffix.removeprefix(".").lower() if out is not None else ""
    suffix = {"htm": "html", "markdown": "md"}.get(suffix, suffix)
    kind = kind or (suffix if suffix in report_formats() else "html")
    if out is not None and names_stdout(out):
        out = None
    if out is not None:
        check_new(out, force=force)
    if out is None and kind == "html" and is_terminal("stdout"):
        raise UserError("a page is nothing for a terminal; add --out report.html, or --format md")
    text = render(replace(load_findings(path, number), price=price), kind)
    if out is None:
        put_document(text) if kind == "html" else put(text)
    else:
        write_new(out, text, force=force)
        say(f"wrote {out}")
    return 0


def _found(source: str) -> Path:
    """The file called so, or else the session of that name."""
    from al_core.sessions.directory import find_session

    path = Path(source)
    return path if path.exists() or path.name != source or path.suffix in (".json", ".sqlite3") else find_session(source)


def _listed(path: Path) -> str:
    from al_core.comparison.store import ResultsStore
    from al_core.reports.tables import aligned

    with ResultsStore(path, readonly=True) as store:
        benches = store.benches()
    rows = []
    for number, asked_at, asked in benches:
        places = ", ".join(f"{spec.dataset} with {spec.learner}" for spec in asked.specs)
        words = (asked_at, str(number), str(len(asked.seeds)), ", ".join(asked.strategies), places)
        rows.append([safe_text(word) for word in words])
    return aligned(["asked at (UTC)", "bench", "seeds", "strategies", "on"], rows)
