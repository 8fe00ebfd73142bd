"""The command that writes the labels of a session, for this program and for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from al_core.data.origin import Places
from al_core.exchange.registry import formats, trees
from al_core.ground.errors import UserError
from al_core.ground.numbers import storage
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.go_on import found_again
from al_tui.cli.labelled import labelled, places_options
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
    "  al-tui export my.session --format cleanlab --out labels.csv    and labels.pred_probs.npy\n"
    "  al-tui export my.session --model my-model    the model, for al-tui predict --model and al_core.load_model",
)
@click.argument("session")
@click.option("--format", "form", type=click.Choice([*formats(), *trees()]), help="What to write.")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write its model to a new folder instead, for al_core.load_model and predict --model.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file instead of stdout; of links or copies, a folder."
)
@click.option("--force", is_flag=True, help="Let --out replace a file, or --out and --model a folder that was exported.")
@places_options
@click.option("--learner", default=None, help="With --model, confirm the learner, when it is module:factory.")
def export_command(
    session: str,
    form: str | None,
    model: Path | None,
    out: Path | None,
    force: bool,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    probabilities: str | None,
    learner: str | None,
) -> None:
    """Write the labels of SESSION, the name of a session or a file, to stdout or --out; or with --model its model.

    Of labelled pictures --format links and copies make a folder: a folder for each class in it, and labels.jsonl.
    """
    if model is not None:
        if form is not None or out is not None:
            raise UserError("--model DIR is a folder of its own; leave --format and --out away")
        _export_model(session, model, force, Places(data, test, embeddings, probabilities), learner)
        return
    if form is None:
        raise UserError(f"say what to write: --format {'|'.join([*formats(), *trees()])}, or --model DIR")
    said = {"--test": test, "--embeddings": embeddings, "--probabilities": probabilities, "--learner": learner}
    if other := next((name for name, value in said.items() if value is not None), None):
        raise UserError(f"{other} is about a model, and {form} is of labels; leave it away, or export --model DIR")
    if form in trees():
        from al_core.sessions.directory import find_session

        _export_tree(find_session(session), form, out, force, data)
    else:
        _export_labels(session, form, out, force, data)


def _export_labels(session: str, form: str, out: Path | None, force: bool, data: str | None) -> None:
    """Write labels in a format of files."""
    from al_core.ground.files import check_new, write_new
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import AnyFile

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


def _export_model(session: str, out: Path, force: bool, places: Places, learner: str | None) -> None:
    """Write the model of a session to a folder, and say what is in it."""
    from al_core.exchange.recipe import write_model
    from al_core.labelling.progress import not_here

    with labelled(session, places, learner, "export") as (file, items):
        written = write_model(file, items, out, force=force)
        gone = not_here(file.ledger, items)
    recipe = written.recipe
    say(f"wrote {out}: {safe_text(recipe.learner, 100)}, labels learnt: {len(recipe.labels)}, {storage(written.size)}")
    if recipe.pool:
        say(
            f"the features of {recipe.pool:,} items without a label go along ({storage(written.pool_size)}), for this"
            " learner looks at them as well"
        )
    if gone:
        say(f"al-tui: {gone}")


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
        right = f"{last.audited_right:,} of {last.audited:,}"
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
    say(f"{names}: {found.items:,} items labelled by two or more, {found.alike:,} alike; {agreement_words(found)}")
    if open_ := len(ledger.open_disagreements):
        say(f"they do not agree about {open_:,} items, which have no label in the file; decide them: al-tui adjudicate")


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
