"""The command that takes labels home: those of persons, and a model's for the rest, or for new items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from al_core.data.origin import Places, short_name
from al_core.ground.errors import UserError
from al_core.ground.numbers import between, fixed
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.cli.labelled import labelled, places_options
from al_tui.output import put, put_json, say
from al_tui.requests.own_data import found_file

if TYPE_CHECKING:
    from al_core.labelling.delivery import Delivery

EPILOG = """\b
Examples:
  al-tui predict my_pictures-20260101-120000 --out labels.csv               the rest of the session's pictures
  al-tui predict my_pictures-20260101-120000 new_pictures/ --out new.jsonl  pictures that nobody was asked about
  al-tui predict my_pictures-20260101-120000 --with-audit --out last.csv    by a model that learns all labels
  al-tui predict --model my-model new_pictures/ --out new.csv               by a model that was exported
"""


@click.command("predict", cls=Command, epilog=EPILOG)
@click.argument("session", required=False)
@click.argument("more", metavar="[PATH]", required=False)
@click.option("--model", metavar="DIR", help="In place of a session, a model that was exported: predict --model DIR PATH.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The .csv or .jsonl file to write.")
@click.option(
    "--with-audit", is_flag=True, help="Learn the labels that were drawn to measure by, too; nothing measures it then."
)
@places_options
@click.option("--learner", default=None, help="Confirm the learner, when it is module:factory: files never name code to run.")
@click.option("--force", is_flag=True, help="Let --out replace a file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def predict_command(
    session: str | None,
    more: str | None,
    model: str | None,
    out: Path,
    with_audit: bool,
    data: str | None,
    test: str | None,
    embeddings: str | None,
    probabilities: str | None,
    learner: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a label for each item of SESSION, or of PATH: a person's where there is one, else the model's, and how probable
    it is. PATH is a file or folder like the one that was labelled. With --model nobody is asked but the model."""
    from al_core.exchange.predictions import form_of, written
    from al_core.ground.files import check_new
    from al_core.labelling.delivery import deliver
    from al_core.labelling.progress import not_here

    form = form_of(out)
    check_new(out, force=force)
    if model is not None:
        said = {"--with-audit": with_audit or None, "--data": data, "--test": test, "--embeddings": embeddings}
        said["--probabilities"] = probabilities
        if session is None or more is not None:
            raise UserError("a model has no items of its own; name one file or folder: al-tui predict --model DIR PATH")
        if other := next((name for name, value in said.items() if value is not None), None):
            raise UserError(f"{other} is about a session, and a model is none; leave it away")
        found, dataset = _by_model(model, session, learner)
        _tell(out, found, dataset, (found.aside,), as_json, written(found, form), force)
        return
    if session is None:
        raise UserError("name the session, or with --model DIR a file or folder of items")
    new = None if more is None else Path(found_file(more))
    with labelled(session, Places(data, test, embeddings, probabilities), learner, "predict") as (file, items):
        found = deliver(file, items, more=new, learn_audited=with_audit)
        gone = not_here(file.ledger, items)
    _tell(out, found, items.dataset, (gone, found.aside), as_json, written(found, form), force)


def _by_model(folder: str, path: str, learner: str | None) -> tuple[Delivery, str]:
    """What an exported model says of new items, and what the data is called that it learnt from."""
    from al_core.exchange.carried import opened_model

    model, changed = opened_model(found_file(folder), learner)
    if changed:
        say(f"al-tui: {changed}")
    return model.deliver(Path(found_file(path))), model.recipe.dataset


def _tell(out: Path, found: Delivery, dataset: str, aside: tuple[str, ...], as_json: bool, content: bytes, force: bool) -> None:
    """Write the file, and say what is in it."""
    from al_core.ground.files import write_new

    write_new(out, content, force=force)
    say(f"wrote {out}")
    for words in filter(None, aside):
        say(f"al-tui: {words}")
    put_json(_document(found)) if as_json else put("".join(f"{line}\n" for line in _lines(found, dataset)))


def _lines(found: Delivery, dataset: str) -> list[str]:
    """What was written, and what is known of it."""
    counts = [(found.count("person"), "labelled by a person"), (found.count("truth"), "by ground truth")]
    counts += [(found.count("predicted"), "predicted"), (found.count(""), "bad")]
    said = ", ".join(f"{count:,} {words}" for count, words in counts if count)
    random, chosen = found.judged_by
    temperature = fixed(found.temperature, 2)
    lines = [
        f"items: {len(found.items):,}: {said}",
        f"model: {found.learner}, labels learnt: {found.labels:,}",
        f"probabilities: temperature {temperature}, by labels not learnt: {random:,} drawn, {chosen:,} in folds",
    ]
    pool = safe_text(short_name(dataset), 60)
    if (estimate := found.estimate) is None:
        return [*lines, "estimate: none, for no item was drawn to measure by"]
    either = f" ({estimate.unknown:,} without a label may be either)" if estimate.unknown else ""
    asked = f"{estimate.right:,} of {estimate.asked:,}{either}"
    share = between(estimate.lower, estimate.upper)
    lines.append(f"estimate, for a random item of {pool} that was not learnt: {asked}, {share}")
    if found.learnt_audited:
        lines.append(
            "that is the model without the items drawn to measure by; the one that labelled here has learnt them: not measured"
        )
    if found.new:
        lines.append(f"it says nothing of items that are unlike those of {pool}")
    if found.most_wrong is not None:
        lines.append(
            f"so at most {found.most_wrong:,} of {found.count('predicted'):,} predicted labels are wrong, with 95% confidence"
        )
    return lines


def _document(found: Delivery) -> dict[str, Any]:
    estimate = found.estimate
    return {
        "items": len(found.items),
        "person": found.count("person"),
        "truth": found.count("truth"),
        "predicted": found.count("predicted"),
        "bad": found.count(""),
        "new": found.new,
        "learner": found.learner,
        "labels": found.labels,
        "with_audit": found.learnt_audited,
        "calibration": {
            "method": "temperature",
            "temperature": found.temperature,
            "drawn": found.judged_by[0],
            "folds": found.judged_by[1],
        },
        "estimate": None
        if estimate is None
        else {
            "right": estimate.right,
            "asked": estimate.asked,
            "unknown": estimate.unknown,
            "lower": estimate.lower,
            "upper": estimate.upper,
            "population": found.population,
            "of": "the model without the audit" if found.learnt_audited else "the model",
        },
        "most_wrong": found.most_wrong,
        "aside": found.aside,
    }
