"""A session in which what merged annotators do not agree about is decided, and nothing else is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from al_core.exchange.merging import merge
from al_core.labelling.offers import Offers
from al_core.labelling.opening import spoken_of
from al_core.labelling.progress import measured_otherwise
from al_core.labelling.review import disagreements, told
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Choice, Flagged, Labelled, Skipped
from al_core.sessions.store import SessionFile

from ..conftest import IDS, ITEMS, SETTINGS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of eight items that both know four are disputed; one of these was drawn to measure by."""
    paths = tmp_path / "ann.session", tmp_path / "ben.session"
    for path, shift in zip(paths, (0, 1), strict=True):
        with SessionFile.create(path, replace(SETTINGS, audit=0.5, share=f"{shift + 1}/2"), path.stem) as file:
            file.append([Labelled(IDS[row], row % 3) for row in range(4)], path.stem)
            file.append([Labelled(IDS[row], (row + shift) % 3, Choice("audit", 0.1)) for row in range(4, 8)], path.stem)
            file.append([Flagged(IDS[4], "odd"), Flagged(IDS[0], "fine")], path.stem)
            file.append([Skipped(IDS[8], "unsure")], path.stem)
    merge(paths, tmp_path / "out.session", adjudicates=True)
    return tmp_path / "out.session"


def test_only_what_is_disputed_is_asked_each_once_and_again_when_it_is_taken_back(path: Path) -> None:
    with LabelSession.resume(path, ITEMS, "dora").file:
        pass
    session = LabelSession.resume(path, ITEMS, "dora")
    asked = []
    while (offer := session.next()) is not None:
        assert offer.how == "review"
        assert session.upcoming(10)[0] == offer.row
        assert len(session.upcoming(10)) == 4 - len(asked)
        asked.append(offer.item)
        session.label(offer.item, 2)
    assert sorted(asked) == sorted(IDS[4:8])
    session.undo()
    offer = session.next()
    assert offer is not None
    assert offer.item == asked[-1]
    session.skip(offer.item, status="bad")
    session.close()
    with SessionFile.open(path, read_only=True) as file:
        assert file.ledger.open_disagreements == ()
        assert {file.ledger.answers[item].annotator for item in asked} == {"dora"}
        assert file.ledger.disputed == tuple(sorted(asked))


def test_nobody_is_told_who_said_what(path: Path) -> None:
    session = LabelSession.resume(path, ITEMS, "dora")
    entries = disagreements(session)
    assert {entry.why for entry in entries} <= {"they said cat or dog", "they said dog or eel", "they said cat or eel"}
    assert len(entries) == 4
    assert set(session.ledger.flags) == {IDS[0]}, "what people noted on what is open is not told either"
    assert told(session.ledger, IDS[4]) == ("dog", "eel")
    assert session.ledger.settings.audit is None
    assert session.ledger.settings.share is None
    session.close()


def test_a_model_learns_what_they_agree_about_and_asks_for_nothing_else(path: Path) -> None:
    session = LabelSession.resume(path, ITEMS, "dora")
    request = Offers(session.file, session.items).describe()
    assert request is not None
    assert dict(request.labels) == {IDS[row]: row % 3 for row in range(4)}
    assert measured_otherwise(session.ledger, session.items) == "", "and is not said to leave out what it learns"
    assert {*IDS[:10]} - {*request.aside} - {item for item, _ in request.labels} <= {*IDS[4:8]}
    assert set(IDS[4:8]) <= set(spoken_of(session.ledger)), "they are read in any case, of however many"
    session.close()


def test_the_same_order_whoever_is_named_first(tmp_path: Path, path: Path) -> None:
    turned = tmp_path / "turned.session"
    merge([tmp_path / "ben.session", tmp_path / "ann.session"], turned, adjudicates=True)
    offers = []
    for place in (path, turned):
        session = LabelSession.resume(place, ITEMS, "dora")
        offers.append(session.upcoming(10))
        session.close()
    assert offers[0] == offers[1]
