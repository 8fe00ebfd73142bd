"""The command that says what may be said of a session's labels, and by what."""

from __future__ import annotations

from pathlib import Path

import click

from al_core.data.origin import Places
from al_tui.cli.command import Command
from al_tui.cli.labelled import labelled, places_options
from al_tui.output import names_stdout, put, put_json, say

EPILOG = """\b
Examples:
  al-tui certify my_pictures-20260101-120000
  al-tui certify my_pictures-20260101-120000 --out certificate.md
  al-tui certify my_pictures-20260101-120000 --json --out certificate.json
"""


@click.command("certify", cls=Command, epilog=EPILOG)
@click.argument("session")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file instead of stdout.")
@places_options
@click.option("--learner", default=None, help="Confirm the learner, when it is module:factory: files never name code to run.")
@click.option("--force", is_flag=True, help="Let --out replace a file.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of Markdown.")
def certify_command(
    session: str,
    out: Path | None,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    probabilities: str | None,
    learner: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Say what was labelled in SESSION, by whom, how often its model is right on items that were drawn at random to measure by,
    and what is not known."""
    from al_core.ground.files import check_new, write_new
    from al_core.ground.json_text import json_text
    from al_core.ground.safe_text import visible
    from al_core.labelling.certificate import certify
    from al_core.reports.certificate import as_document, as_markdown

    if out is not None and names_stdout(out):
        out = None
    if out is not None:
        check_new(out, force=force)
    with labelled(session, Places(data, test, embeddings, probabilities), learner, "certify") as (file, items):
        found = certify(file, items)
    if out is None:
        put_json(as_document(found)) if as_json else put(as_markdown(found))
        return
    text = json_text(as_document(found), 2) + "\n" if as_json else visible(as_markdown(found))
    write_new(out, text, force=force)
    say(f"wrote {out}")
