"""What is worth a look: labels that look wrong, and classes that have not come for long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tui"))

from desk import CAT, DOG, EEL, IDS, ITEMS, SETTINGS

from al_core.labelling.doubts import ENOUGH, SMALL
from al_core.labelling.messages import Suspect
from al_core.labelling.notable import LONG, worth_a_look
from al_core.labelling.session import LabelSession


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    yield session
    session.close()


def test_a_class_that_has_not_come_for_long_is_said_and_no_more_when_it_comes(session: LabelSession) -> None:
    session.label(IDS[0], EEL)
    for row in range(1, LONG):
        session.label(IDS[row], row % 2)
    assert worth_a_look(session) == ()
    session.skip(IDS[40])  # no label
    assert worth_a_look(session) == ()
    session.label(IDS[LONG], CAT)
    assert worth_a_look(session) == (f"no eel for {LONG} labels",)
    session.label(IDS[LONG + 1], DOG)
    assert worth_a_look(session) == (f"no eel for {LONG + 1} labels",)
    session.label(IDS[LONG + 2], EEL)
    assert worth_a_look(session) == ()


def test_several_are_said_together_and_what_never_came_as_well(session: LabelSession) -> None:
    session.label(IDS[0], DOG)
    for row in range(1, LONG + 1):
        session.label(IDS[row], CAT)
    assert worth_a_look(session) == (f"no eel or dog for {LONG} labels",)


def test_labels_that_look_wrong_are_looked_for_and_counted_until_they_are_seen_or_changed(session: LabelSession) -> None:
    for row in range(ENOUGH - 1):
        session.label(IDS[row], row % 3)
    request = session.describe()
    assert request is not None
    session.doubts.made(request)
    assert session.doubts.unchecked is None
    session.label(IDS[ENOUGH], CAT)
    request = session.describe()
    assert request is not None
    session.doubts.made(request)
    assert session.doubts.unchecked is request
    clear, unsure, right = Suspect(3, CAT, SMALL / 2, DOG), Suspect(4, DOG, SMALL * 2, EEL), Suspect(5, EEL, 0.01, EEL)
    other = Suspect(6, CAT, 0.0, DOG)
    session.doubts.checked(request, [clear, unsure, right, other])
    assert worth_a_look(session) == ("2 labels may be wrong, says a model that did not know: v",)
    session.doubts.made(request)
    assert session.doubts.unchecked is None  # not before there are twice as many
    session.label(IDS[3], DOG)
    assert worth_a_look(session) == ("1 label may be wrong, says a model that did not know: v",)
    session.doubts.seen()
    assert worth_a_look(session) == ()
