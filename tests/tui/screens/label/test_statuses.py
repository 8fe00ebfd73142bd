"""An answer that is no label is called what it means, wherever the screen names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from labelling import LabelDesk

from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Disagreed, Status
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item

KEYS: dict[Status, str] = {"skip": "d", "later": "s", "unsure": "d", "bad": "b"}
SHORT: dict[Status, str] = {"skip": "unsure", "later": "later", "unsure": "unsure", "bad": "bad item"}
WORDS: dict[Status, str] = {"skip": "don't know", "later": "later", "unsure": "don't know", "bad": "bad item"}


@pytest.fixture(autouse=True)
def as_before_there_was_a_choice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has an answer mean what one of format 1 did: no key gives it any more."""
    if "status" in request.fixturenames and request.getfixturevalue("status") == "skip":
        skip = LabelSession.skip
        monkeypatch.setattr(LabelSession, "skip", lambda session, item, seen, status: skip(session, item, seen, "skip"))


MakeDesk = Callable[..., LabelDesk]


@pytest.mark.parametrize("status", WORDS)
async def test_history_batch_and_item_use_its_words(label_desk: MakeDesk, status: Status) -> None:
    at, words = label_desk(batch=4), WORDS[status]
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"0123456789", KEYS[status])
        (item,) = (item for item, given in at.session.ledger.answers.items() if given.label is None)
        assert at.session.ledger.answers[item].status == status
        assert SHORT[status] in at.shown("#batch")
        assert SHORT[status] in at.shown("#answered")
        assert f"last: {words}" in str(at.app.screen.query_one("#answered").border_title)
        await at.press(pilot, "left")
        assert f"you said {words}" in at.shown(Item), "the item that one went back to"
        assert "aside" not in at.shown(Item) + at.shown("#answered") + at.shown("#batch")


@pytest.mark.parametrize("status", WORDS)
async def test_what_is_taken_back_is_called_so(label_desk: MakeDesk, status: Status) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "7", KEYS[status], "u")
        assert at.told == f"Taken back: {WORDS[status]}."
        await at.press(pilot, "u")
        assert at.told == "Taken back: a label."


@pytest.mark.parametrize("status", WORDS)
async def test_the_item_that_stays_while_the_next_is_chosen(label_desk: MakeDesk, status: Status) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"0123456789")
        at.stand.held = []
        await at.press(pilot, KEYS[status])
        assert f"{WORDS[status]}, saved; choosing the next" in at.shown(Item)


@pytest.mark.parametrize("status", WORDS)
async def test_a_review_names_it_too(label_desk: MakeDesk, status: Status) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"012")
        offer = at.session.offer
        assert offer is not None
        at.session.file.append([Disagreed(offer.item, (("ann", 1), ("ben", 2)))], "merge")
        await at.press(pilot, "v", KEYS[status], "left")
        assert at.session.ledger.answers[offer.item].label is None
        assert f"you said {WORDS[status]}" in at.shown(Item)


async def test_what_is_for_later_comes_again_and_is_counted_as_what_is_left(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "s", "d", "b", "1")
        said = [given.status for given in at.session.ledger.answers.values() if given.label is None]
        assert said == ["later", "unsure", "bad"]
        assert "2 put aside · 1 for later" in at.shown(HeaderLine)
        assert at.session.progress().later == 1
        first = next(iter(at.session.ledger.answers))
        await at.press(pilot, "left", "left", "left", "left", "3")
        assert at.session.ledger.person_labels[first] == 3
        assert "for later" not in at.shown(HeaderLine)
