"""An answer that is no label is called what it means, wherever the screen names it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partialmethod

import pytest
from labelling import LabelDesk

from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Disagreed, Status
from al_tui.widgets.item import Item

SHORT: dict[Status, str] = {"skip": "unsure", "later": "later", "unsure": "unsure", "bad": "bad item"}
WORDS: dict[Status, str] = {"skip": "don't know", "later": "later", "unsure": "don't know", "bad": "bad item"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Status], None]:
    """Has the key that answers without a label mean something."""
    skip = LabelSession.skip

    def mean(status: Status) -> None:
        monkeypatch.setattr(LabelSession, "skip", partialmethod(skip, status=status))

    return mean


Mean = Callable[[Status], None]
MakeDesk = Callable[..., LabelDesk]


@pytest.mark.parametrize("status", WORDS)
async def test_history_batch_and_item_use_its_words(label_desk: MakeDesk, answers: Mean, status: Status) -> None:
    at, words = label_desk(batch=4), WORDS[status]
    answers(status)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"0123456789", "s")
        (item,) = (item for item, given in at.session.ledger.answers.items() if given.label is None)
        assert at.session.ledger.answers[item].status == status
        assert SHORT[status] in at.shown("#batch")
        assert SHORT[status] in at.shown("#answered")
        assert f"last: {words}" in str(at.app.screen.query_one("#answered").border_title)
        await at.press(pilot, "left")
        assert f"you said {words}" in at.shown(Item), "the item that one went back to"
        assert "aside" not in at.shown(Item) + at.shown("#answered") + at.shown("#batch")


@pytest.mark.parametrize("status", WORDS)
async def test_what_is_taken_back_is_called_so(label_desk: MakeDesk, answers: Mean, status: Status) -> None:
    at = label_desk()
    answers(status)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "7", "s", "u")
        assert at.told == f"Taken back: {WORDS[status]}."
        await at.press(pilot, "u")
        assert at.told == "Taken back: a label."


@pytest.mark.parametrize("status", WORDS)
async def test_the_item_that_stays_while_the_next_is_chosen(label_desk: MakeDesk, answers: Mean, status: Status) -> None:
    at = label_desk()
    answers(status)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"0123456789")
        at.stand.held = []
        await at.press(pilot, "s")
        assert f"{WORDS[status]}, saved; choosing the next" in at.shown(Item)


@pytest.mark.parametrize("status", WORDS)
async def test_a_review_names_it_too(label_desk: MakeDesk, answers: Mean, status: Status) -> None:
    at = label_desk()
    answers(status)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *"012")
        offer = at.session.offer
        assert offer is not None
        at.session.file.append([Disagreed(offer.item, (("ann", 1), ("ben", 2)))], "merge")
        await at.press(pilot, "v", "s", "left")
        assert at.session.ledger.answers[offer.item].label is None
        assert f"you said {WORDS[status]}" in at.shown(Item)
