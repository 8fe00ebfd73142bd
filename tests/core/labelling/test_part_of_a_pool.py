"""A pool that is too large to be asked about as a whole: some of it is asked from, all of it is labelled and measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.core.labelling.labelled_digits import CLASSES, pictures, save, truth

from al_core.data.kinds import load_dataset
from al_core.data.origin import MOST_ASKED
from al_core.labelling import delivery
from al_core.labelling.delivery import deliver
from al_core.labelling.items import Items
from al_core.labelling.opening import open_items, spoken_of
from al_core.labelling.progress import not_here
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Choice, Labelled
from al_core.sessions.settings import Settings
from al_core.sessions.store import SessionFile

ROWS = np.arange(300)


def items_of_some(settings: Settings, most: int, keep: tuple[str, ...] = ()) -> Items:
    return open_items(settings.spec(), replace(settings.origin(), most=most, keep=keep))


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[SessionFile, Items]:
    """300 pictures of which 100 are asked from, 40 of these labelled and 12 more drawn to measure by."""
    settings = Settings(str(save(tmp_path / "a.npz", ROWS)), "", CLASSES, "logistic", own_classes=True, audit=0.2)
    items = items_of_some(settings, 100)
    file = SessionFile.create(tmp_path / "a.session", replace(settings, fingerprint=items.fingerprint), "ann")
    known = dict(zip(items_of_some(settings, 300).ids, truth(ROWS).tolist(), strict=True))
    chosen = [Choice("audit", 0.1) if place >= 40 else Choice("strategy") for place in range(52)]
    file.append([Labelled(items.ids[row], known[items.ids[row]], choice) for row, choice in enumerate(chosen)], "ann")
    return file, items


def test_sessions_are_over_at_most_so_many_items() -> None:
    assert Settings("pool", "", CLASSES).origin().most == MOST_ASKED


def test_what_is_asked_from_is_said(labelled: tuple[SessionFile, Items]) -> None:
    file, items = labelled
    assert items.drawn == "100 items are asked from, drawn at random from 300"
    assert len(items.row_of) == 100
    session = LabelSession(file, items, "ann")
    request = session.describe()
    assert request is not None
    assert request.origin is not None
    assert request.origin.most == 100


def test_all_of_it_is_labelled_and_measured(labelled: tuple[SessionFile, Items], monkeypatch: pytest.MonkeyPatch) -> None:
    file, items = labelled
    monkeypatch.setattr("al_core.labelling.learnt.MOST_ASKED", 64)  # so that the others come in several turns
    found = deliver(file, items)
    everything = items_of_some(file.ledger.settings, 300)
    assert {entry.item for entry in found.items} == set(everything.ids)
    assert len(found.items) == len(set(everything.ids))
    assert found.count("person") == 52
    assert found.count("predicted") == len(found.items) - 52
    assert {entry.name for entry in found.items} == {f"scan {row}" for row in ROWS}
    assert found.population == 300 - 40
    assert found.estimate is not None
    assert found.most_wrong == min(found.count("predicted"), round(260 * (1.0 - found.estimate.lower)))
    right = dict(zip(everything.ids, truth(ROWS).tolist(), strict=True))
    beside = [entry for entry in found.items if entry.item not in items.row_of]
    assert len(beside) == 200
    assert np.mean([CLASSES[right[entry.item]] == entry.label for entry in beside]) > 0.7


def test_items_are_said_the_same_of_whether_they_were_asked_from_or_not(labelled: tuple[SessionFile, Items]) -> None:
    file, items = labelled
    some = {entry.item: entry for entry in deliver(file, items).items}
    keep = tuple(sorted(some))[:150]
    more = {entry.item: entry for entry in deliver(file, items_of_some(file.ledger.settings, 100, keep)).items}
    assert some.keys() == more.keys()
    same = [some[item].label == more[item].label for item in some]
    assert np.mean(same) > 0.95


def test_what_was_answered_stays_however_much_is_added(labelled: tuple[SessionFile, Items], tmp_path: Path) -> None:
    file, _ = labelled
    grown = replace(file.ledger.settings, dataset=str(save(tmp_path / "b.npz", np.arange(1500))))
    lost = items_of_some(grown, 100)
    assert not_here(file.ledger, lost).startswith("4")
    kept = items_of_some(grown, 100, spoken_of(file.ledger))
    assert not_here(file.ledger, kept) == ""
    assert 100 < len(kept.row_of) <= 152


def test_commands_ask_for_what_the_session_speaks_of(labelled: tuple[SessionFile, Items], tmp_path: Path) -> None:
    file, _ = labelled
    keep = spoken_of(file.ledger)
    assert set(keep) == set(file.ledger.answers)
    items = delivery.items_of(file.ledger.settings, keep=keep)
    assert items.origin is not None
    assert items.origin.keep == ()  # all 300 are there anyway


def test_items_that_stand_there_twice_are_told_of_once_and_what_is_measured_by_is_not(tmp_path: Path) -> None:
    pool = save(tmp_path / "pool.npz", np.tile(np.arange(150), 2))
    known = tmp_path / "test.npz"
    np.savez(
        known, images=pictures(np.arange(150, 400)), y=truth(np.arange(150, 400)), ids=[f"kept {row}" for row in range(250)]
    )
    settings = Settings(str(pool), "", CLASSES, "logistic", own_classes=True, audit=0.0, test=str(known))
    items = items_of_some(settings, 60)
    assert (len(items.pool), len(items.tested)) == (60, 60)
    file = SessionFile.create(tmp_path / "a.session", replace(settings, fingerprint=items.fingerprint), "ann")
    file.append([Labelled(items.ids[row], row % 10, Choice("strategy")) for row in items.pool[:20]], "ann")
    found = [entry.item for entry in deliver(file, items).items]
    assert len(found) == len(set(found)) == 150


def test_a_large_folder_with_features_of_the_persons_own_is_labelled_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    for row, levels in enumerate(pictures(np.arange(120))):
        Image.fromarray(255 - levels).save(tmp_path / "scans" / f"{row:03}.png")
    np.save(tmp_path / "mine.npy", load_dataset("digits").X[:120])
    settings = Settings(
        str(tmp_path / "scans"), "", CLASSES, "logistic", own_classes=True, audit=0.0, embeddings=str(tmp_path / "mine.npy")
    )
    items = items_of_some(settings, 50)
    file = SessionFile.create(tmp_path / "a.session", replace(settings, fingerprint=items.fingerprint), "ann")
    labels = {items.ids[row]: int(truth(np.array([int(items.names[row][:3])]))[0]) for row in items.pool[:40]}
    file.append([Labelled(item, label, Choice("strategy")) for item, label in labels.items()], "ann")
    found = {entry.name: entry.label for entry in deliver(file, items).items}
    assert len(found) == 120
    right = [found[f"{row:03}.png"] == str(truth(np.array([row]))[0]) for row in range(120)]
    assert np.mean(right) > 0.8
