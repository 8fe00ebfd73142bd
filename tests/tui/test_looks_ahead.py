"""A set too large to be fetched whole: what is asked about is there when it is asked, and no label is about what is not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import labelling
import pytest
from labelling import LabelDesk

from al_core.data.contents import open_looks
from al_core.data.looks import COMING
from al_tui.background import looks
from al_tui.widgets.item import Item

BIG = (120, 40)
TEN = tuple("0123456789")


@pytest.fixture(autouse=True)
def too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "SMALL", 0)


class Held:
    """Keeps looks back while ``on``."""

    def __init__(self, executor: Any) -> None:
        self.on = False
        self.calls: list[Callable[[], None]] = []
        self._submit = executor.submit
        executor.submit = self.submit

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is not open_looks or not self.on:
            return self._submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        self.calls.append(lambda: future.set_result(open_looks(*args)))
        return future

    def release(self) -> None:
        self.on = False
        for call in self.calls:
            call()
        self.calls = []


async def test_labelling_never_meets_an_item_that_is_not_there(
    label_desk: Callable[..., LabelDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = label_desk()
    shown = []
    real = Item.show

    def show(self: Item, look: Any, *rest: Any) -> None:
        shown.append(look)
        real(self, look, *rest)

    monkeypatch.setattr(Item, "show", show)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, *TEN, "left", "left", "escape", *TEN)
        fetched = at.app.labeller.looks
        assert len(at.labels) == 30
        assert not fetched.whole
        assert sum(fetched.has(row) for row in range(1797)) < 200
    assert COMING not in shown


async def test_what_a_model_asks_for_is_fetched_before_it_is_asked(
    label_desk: Callable[..., LabelDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of items that nobody could have known of."""
    real = labelling.made_up

    def surprising(request: Any) -> Any:
        reply = real(request)
        return replace(reply, picks=(reply.picks[0]._replace(row=1200 - len(request.labels)),))

    monkeypatch.setattr(labelling, "made_up", surprising)
    at = label_desk()
    held = Held(at.stand)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *"012345678")
        held.on = True
        await pilot.press("9")
        for _ in range(50):
            await pilot.pause()
            if held.calls:
                break
        assert held.calls
        assert at.screen.offer is None  # the model has chosen, and what it chose is not there yet
        assert not at.app.labeller.has_look(1190)
        held.release()
        await at.rest(pilot)
        at.screen._waited()
        await at.press(pilot, "4", "5")
        rows = [at.session.items.row_of[item] for item in at.session.ledger.answers]
        assert {1190, 1189} & set(rows)
        assert len(at.labels) == 12


async def test_no_key_labels_an_item_of_a_session_that_is_still_being_fetched(label_desk: Callable[..., LabelDesk]) -> None:
    at = label_desk()
    held = Held(at.stand)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1")
        at.app.labeller.looks._here.clear()
        held.on = True
        await at.press(pilot, "2")
        assert "still being fetched" in at.told
        assert at.labels == [1]
        await at.press(pilot, "p")
        assert at.shown(Item).strip().startswith("…")
        held.release()
        await at.rest(pilot)
        assert not at.shown(Item).strip().startswith("…")
        await at.press(pilot, "2")
        assert at.labels == [1, 2]


async def test_no_key_labels_an_item_of_a_race_that_is_still_being_fetched(desk: Callable[..., Any]) -> None:
    at = desk()
    held = Held(at.executor)
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        held.on = True
        await at.press(pilot, "n", "h")
        asking = at.app.screen.flow.view()
        assert COMING in asking.looks
        assert "…" in at.shown("#batch")
        await at.press(pilot, "3")
        assert "still being fetched" in at.told
        assert asking.run.state.answers == at.app.screen.flow.view().answers == ()
        await at.press(pilot, "s")
        held.release()
        await at.rest(pilot)
        assert "…" not in at.shown("#batch")
        await at.press(pilot, "3")
        assert [given.label for given in at.app.screen.flow.view().answers] == [None, 3]
