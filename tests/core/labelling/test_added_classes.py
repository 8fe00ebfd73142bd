"""A session that has more classes than its data: it goes on, its model learns them, and exports name them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from al_core.data.kinds import load_dataset
from al_core.data.readers.bundled import load_table
from al_core.exchange.records import export_labels
from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest, Suspect
from al_core.labelling.model import (
    claim_holds,
    confident_labels,
    explain_item,
    find_suspects,
    model_round,
)
from al_core.labelling.opening import open_items
from al_core.labelling.review import suspected
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Where, view
from al_core.learners.registry import learners
from al_core.run.state import Pick
from al_core.sessions.actions import ClassAdded, Settings
from al_core.sessions.store import SessionFile
from al_core.task.spec import TaskSpec

FOX = 3
EVERY = tuple(f"{found.name}(knn,svm)" if found.takes_learners else found.name for found in learners())


@pytest.fixture
def session(path: Path, settings: Settings, items: Items) -> Iterator[LabelSession]:
    """Of cats, dogs and eels, to which foxes were added; opened again."""
    with SessionFile.create(path, settings, "ann") as file:
        file.append([ClassAdded(FOX, "fox")], "ann")
    session = LabelSession.resume(path, items, "ann")
    yield session
    session.close()


def reply(request: ModelRequest, shares: tuple[float, ...]) -> ModelReply:
    pick = Pick(7, 0.1, 1, shares)
    return ModelReply(request.revision, 1, 0.9, 0.1, None, 9, (pick,), ((3,),), (), b"")


def test_it_goes_on_and_its_class_is_a_label_like_any_other(session: LabelSession) -> None:
    offer = session.next()
    assert offer is not None
    session.label(offer.item, FOX)
    request = session.request()
    assert request is not None
    assert (dict(request.labels), request.added) == ({offer.item: FOX}, 1)
    assert session.accept(request, reply(request, (0.5, 0.3, 0.2))) == "the model knows other classes"
    assert session.accept(request, reply(request, (0.1, 0.1, 0.2, 0.6))) is None
    seen = view(session, Where(last=offer.item), {}, None, None)
    assert (seen.classes, seen.added) == (("cat", "dog", "eel", "fox"), 1)
    assert seen.last is not None
    assert seen.last.label == FOX
    (entry,) = suspected(session, [Suspect(offer.row, FOX, 0.1, 0)])
    assert "you said fox" in entry.why
    (line,) = export_labels(session.ledger, "jsonl").splitlines()
    assert json.loads(line)["label"] == "fox"


def test_data_that_has_the_class_by_now_is_the_sessions_too(session: LabelSession, items: Items, path: Path) -> None:
    first = session.next()
    assert first is not None
    session.label(first.item, FOX)
    session.close()
    grown = replace(items, classes=("cat", "dog", "eel", "fox"), fingerprint="e" * 32)
    again = LabelSession.resume(path, grown, "ann")
    offer = again.next()
    assert offer is not None
    again.label(offer.item, FOX)
    request = again.request()
    assert request is not None
    assert request.added == 0
    again.close()


@pytest.mark.parametrize(
    "classes", [("cat", "dog"), ("cat", "dog", "fox"), ("cat", "dog", "eel", "gnu"), ("cat", "dog", "eel", "fox", "gnu")]
)
def test_data_with_other_classes_is_refused(session: LabelSession, items: Items, path: Path, classes: tuple[str, ...]) -> None:
    session.close()
    with pytest.raises(UserError, match="is about the classes cat, dog, eel, fox; the 'pets' that is here has"):
        LabelSession.resume(path, replace(items, classes=classes), "ann")


SPEC = TaskSpec(dataset="iris", batch=3)


def asked(learner: str, foxes: bool) -> ModelRequest:
    """What is known of 40 irises; the long ones of the third class are foxes."""
    items, X = open_items(SPEC), load_table("iris").X
    assert items.truth is not None
    rows = items.pool[:: len(items.pool) // 40]
    kinds = [FOX if foxes and items.truth[row] == 2 and X[row, 2] > 1.0 else items.truth[row] for row in rows]
    labels = tuple((items.ids[row], kind) for row, kind in zip(rows, kinds, strict=True))
    return ModelRequest(replace(SPEC, learner=learner), "margin", labels, (), len(labels), b"", 1)


@pytest.mark.parametrize("learner", EVERY)
def test_every_learner_learns_it_where_it_has_labels(learner: str) -> None:
    request, X = asked(learner, foxes=True), load_dataset("iris").X
    items = open_items(SPEC)
    sure = [row for row in items.pool if X[row, 2] > 1.3]
    shares = [explain_item(request, row).pick.probabilities for row in sure]
    assert {len(share) for share in shares} == {4}
    assert np.mean([np.argmax(share) == FOX for share in shares]) > 0.5
    done = model_round(request)
    assert {len(pick.probabilities) for pick in (*done.picks, *done.reserve)} == {4}
    assert FOX in np.frombuffer(done.predictions, "<i2")
    assert FOX in {label for _, label, _ in confident_labels(request, 0.3)}
    assert FOX in {suspect.label for suspect in find_suspects(request)}
    assert isinstance(claim_holds(request), bool)


@pytest.mark.parametrize("learner", EVERY)
def test_a_learner_knows_only_classes_that_it_has_seen(learner: str) -> None:
    done = model_round(asked(learner, foxes=False))
    assert all(len(pick.probabilities) == 4 and pick.probabilities[FOX] < 0.05 for pick in (*done.picks, *done.reserve))
    assert FOX not in np.frombuffer(done.predictions, "<i2")
