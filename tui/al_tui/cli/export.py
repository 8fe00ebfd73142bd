"""The command that writes the labels of a session, for this program and for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from al_core.data.origin import Places
from al_core.exchange.registry import formats, trees
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.go_on import found_again
from al_tui.output import is_terminal, names_stdout, put_bytes, put_document, say

if TYPE_CHECKING:
    from al_core.sessions.ledger import Ledger
    from al_core.sessions.race_ledger import RaceLedger


@click.command(
    "export",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui export digits-20260101-120000 --format csv --out labels.csv\n"
    "  al-tui export my.session --format jsonl | head\n"
    "  al-tui export my.session --format links --out sorted    a folder for each class\n"
    "  al-tui export my.session --format label-studio --out tasks.json    and tasks.xml, its configuration\n"
    "  al-tui export my.session --format huggingface --out my_pictures/metadata.csv\n"
    "  al-tui export my.session --format cleanlab --out labels.csv    and labels.pred_probs.npy",
)
@click.argument("session")
@click.option("--format", "form", type=click.Choice([*formats(), *trees()]), required=True, help="What to write.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout; of links or copies, a folder."
)
@click.option("--force", is_flag=True, help="Let --out replace a file, or a folder that was exported.")
@click.option("--data", metavar="PATH", help="Where the labelled files are now, where they are read, if they were moved.")
def export_command(session: str, form: str, out: Path | None, force: bool, data: str | None) -> None:
    """Write the labels of SESSION, the name of a session or a file, to stdout or --out.

    Of labelled pictures --format links and copies make a folder: a folder for each class in it, and labels.jsonl.
    """
    from al_core.ground.files import check_new, write_new
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import AnyFile

    if form in trees():
        _export_tree(find_session(session), form, out, force, data)
        return
    kind = formats()[form]
    if data is not None and not {"shown", "files", "probabilities"} & set(kind.wants):
        raise UserError(f"--data is about files that are read, linked or copied, and {form} is of labels alone; leave it away")
    if out is not None and names_stdout(out):
        out = None
    if out is not None:
        check_new(out, force=force)
    if out is None and not kind.is_text and is_terminal("stdout"):
        raise UserError(f"{form} is no text; give --out FILE, or send stdout to a file")
    path = find_session(session)
    with AnyFile.open(path, read_only=True) as file:
        ledger = file.ledger
    content = _content(path, ledger, form, data)
    if out is None:
        put_document(content[""].decode()) if kind.is_text else put_bytes(content[""])
        if len(content) > 1:
            say(f"{' and '.join(f'a .{end}' for end in content if end)} belongs beside it; give --out FILE to have both")
        return
    places = {(out.with_name(f"{out.stem}.{end}") if end else out): made for end, made in content.items()}
    if len(places) < len(content):
        raise UserError(
            f"what belongs beside it would have the name {out.name} too; choose another, e.g. {out.stem}.{kind.name}"
        )
    for place in places:
        check_new(place, force=force)
    for place, made in places.items():
        write_new(place, made, force=force)
        say(f"wrote {place}")
    _say_audit(ledger, path)
    _say_agreement(ledger)


def _content(path: Path, ledger: Ledger | RaceLedger, form: str, data: str | None) -> dict[str, bytes]:
    """The file, and those beside it by how their names end."""
    from al_core.exchange.contents import Shown, checked_files, shown_of, unlearnt
    from al_core.exchange.records import exported, voices
    from al_core.sessions.ledger import Ledger

    wants = formats()[form].wants
    if not {"shown", "files", "probabilities"} & set(wants):
        return exported(ledger, form, {}, pictures=False, probabilities={})
    word = str(found_again(path, ledger.dataset, data, "export"))
    shown, shares = Shown({}, pictures=False), {}
    if "files" in wants:
        checked_files(word)
    if "shown" in wants:
        items = {record.item for record in voices(ledger)[0]}
        shown = shown_of(ledger, items, word, Places())
        if gone := len(items) - len(shown.by_item):
            say(f"al-tui: not in the data any more, written without what stands in them: {gone}")
    if "probabilities" in wants:
        if not isinstance(ledger, Ledger):
            raise UserError(f"{form} wants a model that has not learnt a label, of a labelling session, and this is a race")
        shares = unlearnt(ledger, word, Places(), path)
    return exported(ledger, form, shown.by_item, shown.pictures, shares)


def _say_audit(ledger: Ledger | RaceLedger, path: Path) -> None:
    """How often the last model was right about what was drawn to measure by, if anything was."""
    from al_core.sessions.ledger import Ledger
    from al_tui.shell.farewell import spoken

    last = ledger.rounds[-1] if isinstance(ledger, Ledger) and ledger.rounds else None
    if last is not None and last.audited:
        right = f"{last.audited_right} of {last.audited}"
        meant = f"what that means: al-tui certify {spoken(path)}"
        say(f"the last model is right about {right} items drawn to measure by; {meant}")


def _say_agreement(ledger: Ledger | RaceLedger) -> None:
    """How far several people agree, where several have labelled the same items, and what they leave open."""
    from al_core.exchange.merging import agreement_in
    from al_core.sessions.ledger import Ledger
    from al_tui.cli.merge import agreement_words

    if not isinstance(ledger, Ledger) or (found := agreement_in(ledger)) is None:
        return
    names = safe_text(", ".join(found.people), 200)
    say(f"{names}: {found.items} items labelled by two or more, {found.alike} alike; {agreement_words(found)}")
    if open_ := len(ledger.open_disagreements):
        say(f"they do not agree about {open_} items, which have no label in the file; decide them: al-tui adjudicate")


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
    _say_agreement(ledger)
    if grown.without:
        say(f"without a label, in {TREE_LABELS} only: {grown.without}")
    if grown.gone:
        say(f"gone or changed, in {TREE_LABELS} only: {len(grown.gone)}, the first is {safe_text(grown.gone[0], 100)}")
