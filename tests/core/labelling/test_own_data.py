"""Labelling files of one's own: what is asked, what is measured, and what stays when the files change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelRequest
from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items
from al_core.labelling.progress import measured_otherwise, missing, not_here
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Where, view
from al_core.sessions.actions import Settings
from al_core.task.spec import TaskSpec

SPEC = TaskSpec("", "gaussian_field", batch=1, initial="typical")
CLASSES = tuple("0123456789")


def save(path: Path, rows: NDArray[np.int64], *, truth: bool) -> Origin:
    digits = load_dataset("digits")
    assert digits.images is not None
    labels = digits.y[rows] if truth else np.full(len(rows), -1)
    np.savez(path, images=digits.images[rows], y=labels, ids=[f"scan {row}" for row in rows], classes=CLASSES)
    return Origin(str(path))


def test_without_known_labels_everything_is_asked_and_nothing_measured(tmp_path: Path) -> None:
    items = open_items(SPEC, save(tmp_path / "a.npz", np.arange(120), truth=False))
    assert items.truth is None
    assert items.pool == tuple(range(120))
    assert 0 < len(items.start) <= 10
    assert items.name_of(items.ids[7]) == "scan 7"
    labels = tuple((items.ids[row], row % 10) for row in range(20))
    reply = model_round(ModelRequest(SPEC, "margin", labels, (), 20, origin=items.origin))
    assert (reply.accuracy, reply.tested, reply.candidates) == (None, 0, 100)
    assert {pick.row for pick in reply.picks} <= set(range(20, 120))


def test_with_known_labels_some_three_in_ten_are_measured_by_and_never_asked_for(tmp_path: Path) -> None:
    items = open_items(SPEC, save(tmp_path / "a.npz", np.arange(400), truth=True))
    assert items.truth is not None
    assert 90 <= 400 - len(items.pool) <= 150
    labels = tuple((items.ids[row], items.truth[row]) for row in items.pool[:60])
    reply = model_round(ModelRequest(SPEC, "margin", labels, (), 60, origin=items.origin))
    assert reply.tested == 400 - len(items.pool)
    assert reply.accuracy is not None
    assert reply.accuracy > 0.6


def test_what_was_asked_is_never_held_back_however_the_files_change(tmp_path: Path) -> None:
    few = open_items(SPEC, save(tmp_path / "a.npz", np.arange(0, 400, 2), truth=True))
    many = open_items(SPEC, save(tmp_path / "b.npz", np.arange(399, -1, -1), truth=True))
    assert set(few.row_of) < set(many.row_of)
    held = set(few.ids) - set(few.row_of)
    assert held
    assert held.isdisjoint(many.row_of)
    other = open_items(replace(SPEC, seed=1), save(tmp_path / "a.npz", np.arange(0, 400, 2), truth=True))
    assert set(few.row_of) != set(other.row_of)


def test_a_start_by_labels_needs_labels(tmp_path: Path) -> None:
    by_labels = replace(SPEC, initial="random_per_class")
    with pytest.raises(UserError, match="use the start 'typical'"):
        open_items(by_labels, save(tmp_path / "a.npz", np.arange(60), truth=False))
    items = open_items(by_labels, save(tmp_path / "b.npz", np.arange(200), truth=True))
    assert len(items.start) == 20


def begun(path: Path, items: Items) -> LabelSession:
    settings = Settings(items.dataset, items.fingerprint, items.classes)
    return LabelSession.create(path, settings, items, "anna")


def test_a_session_goes_on_over_what_is_left_and_says_what_is_gone(tmp_path: Path) -> None:
    items = open_items(SPEC, save(tmp_path / "a.npz", np.arange(100), truth=False))
    with_rows = [items.ids[row] for row in (3, 40, 90)]
    session = begun(tmp_path / "s.session", items)
    for item in with_rows:
        session.label(item, 1)
    assert (missing(session.ledger, items), not_here(session.ledger, items)) == (0, "")
    session.close()
    left = open_items(SPEC, save(tmp_path / "b.npz", np.arange(50, 150), truth=False))
    again = LabelSession.resume(tmp_path / "s.session", left, "ben")
    try:
        assert missing(again.ledger, left) == 2
        assert not_here(again.ledger, left) == "2 of 3 answered items are not in b.npz now; their labels stay in the session"
        request = again.describe()
        assert request is not None
        assert request.origin == left.origin
        assert model_round(request).candidates == 99
        assert again.ledger.person_labels == dict.fromkeys(with_rows, 1)
    finally:
        again.close()


def test_a_session_over_none_of_its_items_is_refused(tmp_path: Path) -> None:
    items = open_items(SPEC, save(tmp_path / "a.npz", np.arange(100), truth=False))
    session = begun(tmp_path / "s.session", items)
    session.label(items.ids[3], 1)
    session.close()
    others = open_items(SPEC, save(tmp_path / "b.npz", np.arange(100, 150), truth=False))
    with pytest.raises(UserError, match=r"is about another data set than the 'b\.npz' that is here"):
        LabelSession.resume(tmp_path / "s.session", others, "ben")


def test_a_folder_that_may_be_the_class_is_not_told_before_one_has_answered(tmp_path: Path) -> None:
    digits = load_dataset("digits")
    assert digits.images is not None
    names = [f"{digits.y[row]}/scan {row}" for row in range(60)]
    for truth, before in ((digits.y[:60], "scan "), (np.full(60, -1), "/scan ")):
        np.savez(tmp_path / "a.npz", images=digits.images[:60], y=truth, ids=names, classes=CLASSES)
        items = open_items(SPEC, Origin(str(tmp_path / "a.npz")))
        settings = Settings(str(tmp_path / "a.npz"), items.fingerprint, items.classes)
        session = LabelSession.create(tmp_path / f"{len(before)}.session", settings, items, "ann")
        offer = session.next()
        assert offer is not None
        name = items.name_of(offer.item)
        for where, known in ((Where(), ""), (Where(looked_at=offer.item), name)):
            shown = view(session, where, {}, None, None).asked
            assert shown is not None
            assert shown.name == (known or (name if before == "/scan " else name.partition("/")[2]))
            if not known:
                session.label(offer.item, 1)
        session.close()


def test_what_a_session_is_measured_by_is_neither_asked_nor_learnt_wherever_it_lies_later(tmp_path: Path) -> None:
    pool, kept = (
        save(tmp_path / "a.npz", np.arange(100), truth=False),
        save(tmp_path / "kept.npz", np.arange(200, 260), truth=True),
    )
    items = open_items(SPEC, replace(pool, test=kept.word))
    assert (len(items.pool), len(items.tested), items.measured_on) == (100, 60, "60 items of kept.npz")
    settings = Settings(items.dataset, items.fingerprint, items.classes, test=kept.word, tested="".join(items.tested))
    session = LabelSession.create(tmp_path / "s.session", settings, items, "anna")
    for row in (3, 40, 90):
        session.label(items.ids[row], 1)
    assert measured_otherwise(session.ledger, items) == ""
    session.close()

    mixed = save(tmp_path / "mixed.npz", np.r_[0:100, 250:260], truth=False)
    fewer = save(tmp_path / "kept.npz", np.r_[90:92, 200:240], truth=True)
    again = LabelSession.resume(tmp_path / "s.session", open_items(SPEC, replace(mixed, test=fewer.word)), "ben")
    try:
        assert measured_otherwise(again.ledger, again.items) == (
            "gone of 60 items to measure by: 10; to measure by, though among the others now, and not asked all the same: 10;"
            " new to measure by: 2; answered, and to measure by now, so that no model learns it any more: 1"
        )
        assert not_here(again.ledger, again.items) == ""
        request = again.describe()
        assert request is not None
        reply = model_round(request)
        assert again.accept(request, reply) is None
        assert (reply.candidates, reply.tested) == (96, 42)
        asked = set()
        while (offer := again.next()) is not None:
            asked.add(offer.item)
            again.skip(offer.item)
        assert len(asked) == 96
        assert asked.isdisjoint({*items.tested, *again.items.tested})
    finally:
        again.close()


def test_a_session_knows_what_it_is_measured_by_only_where_somebody_has_said_it(tmp_path: Path) -> None:
    items = open_items(SPEC, save(tmp_path / "a.npz", np.arange(200), truth=True))
    assert items.tested == ()
    assert items.measured_on == f"{200 - len(items.pool)} of its own items, drawn from those with a label"
    assert open_items(SPEC, save(tmp_path / "b.npz", np.arange(200), truth=False)).measured_on == ""
    assert open_items(replace(SPEC, dataset="digits")).measured_on == ""
