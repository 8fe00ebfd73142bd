"""What the program wrote in format 2 is opened, replayed, exported, merged, checked and gone on with.

The files stand in `tests/data/format-2`, where the README says what is in each.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from al_core.exchange.merging import merge
from al_core.exchange.records import export_labels, import_labels, records
from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Choice
from al_core.sessions.checking import check_session
from al_core.sessions.store import AnyFile, SessionFile
from al_core.task.spec import TaskSpec

WRITTEN = Path(__file__).parents[1] / "data" / "format-2"
NAMES = ("dora", "erik", "both")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A directory with a copy of everything that was written then."""
    return Path(shutil.copytree(WRITTEN, tmp_path / "old"))


@pytest.mark.parametrize(("name", "counts"), [("dora", (79, 17, 4)), ("erik", (29, 14, 4)), ("both", (26, 17, 4))])
def test_a_session_is_good(old: Path, name: str, counts: tuple[int, int, int]) -> None:
    path = old / f"{name}.session"
    before = path.read_bytes()
    found = check_session(path)
    assert ((found.events, found.labels, found.skipped), found.problems) == (counts, ())
    assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["jsonl", "csv", "npz"])
def test_an_export_is_what_it_was(old: Path, name: str, form: str) -> None:
    with AnyFile.open(old / f"{name}.session", read_only=True) as file:
        now, found = export_labels(file.ledger, form), records(file.ledger)
    then = WRITTEN / f"{name}.{form}"
    assert import_labels(then) == found
    if form != "npz":
        assert now == then.read_bytes()
        return
    with np.load(io.BytesIO(now), allow_pickle=False) as new, np.load(then, allow_pickle=False) as past:
        assert {field: str(new[field].tolist()) for field in new} == {field: str(past[field].tolist()) for field in past}


def test_it_says_what_a_session_says_since_format_2(old: Path) -> None:
    with SessionFile.open(old / "dora.session", read_only=True) as file:
        ledger = file.ledger
    assert sorted(given.status for given in ledger.answers.values() if given.label is None) == [
        "bad",
        "later",
        "skip",
        "unsure",
    ]
    by = [choice.by for choice in ledger.choices.values()]
    assert {kind: by.count(kind) for kind in set(by)} == {"start": 10, "strategy": 8, "search": 1, "audit": 2}
    assert all(name.startswith("digits/") for name in ledger.names.values())
    assert ledger.answers.keys() <= ledger.names.keys()
    with SessionFile.open(old / "erik.session", read_only=True) as file:
        assert file.ledger.classes[10:] == ("no digit",)
        assert sum(choice == Choice("given") for choice in file.ledger.choices.values()) >= 1


def test_they_are_merged_as_they_were(old: Path, tmp_path: Path) -> None:
    said = json.loads((WRITTEN / "merged.json").read_text())
    result = merge([old / "dora.session", old / "erik.session"], tmp_path / "again.session")
    assert result.labels == said["labels"]
    assert result.shared - result.agreed == said["shared"] - said["agreed"] == len(result.disagreements) == 1
    assert said["shared"] - result.shared == 7, "what erik took from dora's file is her label in both: nobody agrees with that"
    ledgers = []
    for path in (tmp_path / "again.session", old / "both.session"):
        with SessionFile.open(path, read_only=True) as file:
            ledgers.append(file.ledger)
    now, then = ledgers
    assert (now.person_labels, now.names, now.classes) == (then.person_labels, then.names, then.classes)
    more = {item: choice for item, choice in now.choices.items() if item not in then.choices}
    assert (dict(now.choices), list(more.values())) == (then.choices | more, [Choice("given")]), (
        "erik's session says more of one"
    )
    assert {item: given.status for item, given in now.answers.items()} == {
        item: given.status for item, given in then.answers.items()
    }


def test_labelling_goes_on(old: Path) -> None:
    path = old / "dora.session"
    items = open_items(TaskSpec("digits", initial="typical"))
    session = LabelSession.resume(path, items, "carl")
    offer = session.next()
    assert offer is not None
    session.label(offer.item, 7)
    request = session.request() or session.describe()
    assert request is not None
    assert (offer.item, 7) in request.labels
    assert session.accept(request, model_round(request)) is None
    session.close()
    with SessionFile.open(path, read_only=True) as file:
        before = {record.item: record for record in import_labels(WRITTEN / "dora.jsonl")}
        after = {record.item: record for record in records(file.ledger)}
    (new,) = after.keys() - before.keys()
    assert (new, after[new].label, after[new].annotator) == (offer.item, "7", "carl")
    assert {item: after[item] for item in before} == before


def test_labelling_goes_on_where_a_class_was_added(old: Path) -> None:
    items = open_items(TaskSpec("digits", initial="typical"))
    session = LabelSession.resume(old / "erik.session", items, "carl")
    added = len(items.classes)
    assert session.ledger.classes == (*items.classes, "no digit")
    offer = session.next()
    assert offer is not None
    session.label(offer.item, added)
    request = session.describe()
    assert request is not None
    assert list(dict(request.labels).values()).count(added) == 2
    reply = model_round(request)
    assert {len(pick.probabilities) for pick in reply.picks} == {added + 1}
    assert session.accept(request, reply) is None
    session.close()
    with SessionFile.open(old / "erik.session", read_only=True) as file:
        assert {record.item: record.label for record in records(file.ledger)}[offer.item] == "no digit"
