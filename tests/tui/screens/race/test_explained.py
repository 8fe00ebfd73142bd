"""``e`` on an item: the formula, the formula with its numbers and the result; not while the model's opinion is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from al_core.run.numbers import open_numbers
from al_core.task.spec import TaskSpec
from al_tui.screens.race.explained import COMING, NONE, Explained

MakeDesk = Callable[..., Any]
SPEC = TaskSpec("plane(separation=0.5)", batch=1, budget=30)


def said(at: Any) -> str:
    return str(at.app.screen.query_one(Static).visual)


async def told(at: Any, pilot: Pilot[None]) -> None:
    """Wait until a worker has said its numbers."""
    while COMING in said(at):
        await pilot.pause()


async def test_e_says_the_formula_with_the_numbers_of_the_item(desk: MakeDesk) -> None:
    at = desk(("max_disagreement", "random"), spec=SPEC)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "n", "e")
        assert isinstance(at.app.screen, Explained)
        await told(at, pilot)
        state = at.state("max_disagreement")
        numbers = open_numbers(SPEC, state, state.query.picks[0].row)
        text = said(at)
        assert "Σ_i KL(P_i ‖ P̄)" in text
        assert f"= {numbers.expression}" in text
        assert f"= {state.query.picks[0].score:.4g}" in text
        assert "decision tree: " in text
        assert "left 1" in text
        assert "{" not in text
        await at.press(pilot, "e")
        assert not isinstance(at.app.screen, Explained)


async def test_a_strategy_without_numbers_says_so(desk: MakeDesk, monkeypatch: Any) -> None:
    """As one of somebody else's may be."""
    at = desk(("margin", "random"), spec=SPEC)

    async def none(self: Any, state: Any, row: int) -> None:
        return None

    monkeypatch.setattr("al_tui.background.pool.Pool.numbers", none)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "e")
        await told(at, pilot)
        assert NONE in said(at)


async def test_one_that_draws_says_how(desk: MakeDesk) -> None:
    at = desk(("random",), spec=SPEC)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "e")
        await told(at, pilot)
        assert "each of 136 candidates was as likely as any other" in said(at)


async def test_numbers_that_cannot_be_had_are_told(desk: MakeDesk, monkeypatch: Any) -> None:
    at = desk(("margin", "random"), spec=SPEC)

    async def fails(self: Any, state: Any, row: int) -> None:
        raise ValueError("the worker died")

    monkeypatch.setattr("al_tui.background.pool.Pool.numbers", fails)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "e")
        await told(at, pilot)
        assert "The numbers cannot be had: the worker died" in said(at)


async def test_who_labels_sees_no_numbers_before_the_answer(desk: MakeDesk) -> None:
    at = desk(("margin", "random"), spec=SPEC)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "h", "e")
        assert not isinstance(at.app.screen, Explained)
        assert "it is hidden until you answer" in at.told
        await at.press(pilot, "p", "e")
        assert isinstance(at.app.screen, Explained)
