"""What stands around an item: why it is asked for, how the last answer went, how far the curve goes, and where keys stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from labelling import LabelDesk
from textual.widgets import Static

from al_core.labelling.review import Review, ReviewEntry
from al_core.strategies.registry import resolve_strategy
from al_tui.commands.table import LABEL
from al_tui.screens.ask import Ask
from al_tui.screens.label.drawing import Drawing
from al_tui.screens.label.screen import commands_now
from al_tui.widgets.answered import Answered
from al_tui.widgets.item import Item
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.reason import Reason
from al_tui.widgets.so_far import SoFar
from al_tui.widgets.strip import Strip

BIG = (120, 40)
TEN = tuple("0123456789")
MakeDesk = Callable[..., LabelDesk]


def title(at: LabelDesk, which: str) -> str:
    return str(at.screen.query_one(which, Strip).border_title)


@pytest.mark.parametrize("strategy", ["margin", "entropy", "coreset"])
async def test_why_an_item_is_asked_for_is_said_in_the_strategy_s_words(label_desk: MakeDesk, strategy: str) -> None:
    at, info = label_desk(strategy=strategy), resolve_strategy(strategy).info
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, "e")
        said = at.shown(Reason)
        wants = "picks by " if info.wants == "batch" else f"picks the {info.wants} "
        assert said.startswith(f"{strategy} {wants}{info.formula}\nscore 0.29, rank 1 of ")
        await at.press(pilot, "s", "e", "e")
        assert f"{strategy} {wants}{info.formula}\nscore 0.2899, rank 1 of " in at.shown(Reason)


async def test_how_the_last_answer_went_stands_over_the_answers(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        assert title(at, "#answered") == "Nothing answered yet"
        empty = " ".join(at.screen.query_one("#answered", Strip).render().plain.split())
        assert empty == "What you have answered appears here; ← goes back to it."
        await at.press(pilot, *TEN)
        assert title(at, "#answered") == f"Answered · last: 9 · {10 * '·'}"  # no model knew the whole start
        guess = at.screen.offer.pick.guess
        await at.press(pilot, str(guess))
        assert title(at, "#answered") == f"Answered · last: {guess}, as the model thought · {10 * '·'}✓"
        guess = at.screen.offer.pick.guess
        other = (guess + 1) % 10
        await at.press(pilot, str(other))
        assert title(at, "#answered") == (f"Answered · last: {other} surprised the model, which thought {guess} · {10 * '·'}✓!")
        await at.press(pilot, "d")
        assert title(at, "#answered") == f"Answered · last: don't know · {10 * '·'}✓!–"
        await at.press(pilot, "left")
        assert title(at, "#answered").startswith(f"Answered · {10 * '·'}✓!")
        assert at.screen._view.where.back == 1
        await pilot.click("#answered", offset=(1 + len("Answered · "), 0))
        await at.rest(pilot)
        assert at.screen._view.where.back == 13
        assert "you said 0" in at.shown(Item)


async def test_without_room_beside_the_item_a_line_says_how_far_one_is(label_desk: MakeDesk) -> None:
    at = label_desk(budget=40)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN)
        said = at.shown(Line)
        quarter, three_quarters = 4 * "█" + 14 * "░", 13 * "█" + 5 * "░"
        assert " ".join(said.split()) == f"10 of 40 labels {quarter} target 90%, now 68.6% {three_quarters}"
        assert len(said.rstrip()) <= 80
        await pilot.resize_terminal(120, 40)
        await at.rest(pilot)
        assert at.shown(Line).strip() == ""
        assert at.shown(SoFar).split()[:4] == ["10", "of", "40", "labels"]


async def test_f_shows_the_item_alone_and_whatever_is_beside_it_again(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "1")
        small = at.screen.query_one(Item).size
        await at.press(pilot, "f")
        large = at.screen.query_one(Item).size
        assert large.width == 80
        assert large.height > small.height
        assert not at.screen.query_one(Answered).is_on_screen
        await at.press(pilot, "2")
        assert at.labels == [1, 2]
        assert at.screen.query_one(Item).size == large
        await at.press(pilot, "f")
        assert at.screen.query_one(Item).size == small
        assert at.screen.query_one(Answered).is_on_screen
        await at.press(pilot, "f", "e")  # reasons are read beside the item
        assert at.screen.query_one(Item).size == small
        assert at.screen.query_one(Reason).is_on_screen


@pytest.mark.parametrize(("budget", "last"), [(None, "30"), (60, "60"), (500, "500")])
async def test_the_curve_goes_on_to_the_labels_that_are_wanted(label_desk: MakeDesk, budget: int | None, last: str) -> None:
    at = label_desk(budget=budget)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        axis = at.shown(Learning).rstrip().splitlines()[-1]
        assert axis.split()[-1] == last, axis


async def test_the_key_for_those_that_look_alike_is_the_second_where_there_are_such(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        view = at.screen.flow.view()
    alone = [command.action for command in commands_now(LABEL, view)]
    assert "together" not in alone
    alike = [command.action for command in commands_now(LABEL, replace(view, alike=(3, 4)))]
    assert alike == [alone[0], "together", *alone[1:]]


async def test_in_a_review_the_bottom_line_says_what_keys_decide(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        view = at.screen.flow.view()
    looked = replace(view, where=view.where._replace(review=Review((ReviewEntry("0", "annotators do not agree"),))))
    undecided = [command.label for command in commands_now(LABEL, looked)]
    assert undecided[:3] == ["Decide", "Leave open", "Leave the review"]
    decided = [command.label for command in commands_now(LABEL, replace(looked, asked=None))]
    assert decided == ["Change", "Keep", "Leave the review", *undecided[3:]]


async def test_a_dialogue_stays_in_front_of_what_changes_behind_it(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.held = []
        await pilot.press("3")
        await pilot.press("g")
        await pilot.pause()
        dialogue = at.app.screen
        assert isinstance(dialogue, Ask)
        for finish in at.stand.held:
            finish()
        for _ in range(20):
            await pilot.pause()
        assert at.app.screen is dialogue
        assert "note" in str(dialogue.query_one(Static).content)
        await pilot.press("escape")
        await at.rest(pilot)
        assert "= 3" in at.screen.query_one("#answered", Strip).render().plain  # painted when it was seen again


async def test_another_size_draws_what_there_is_at_that_size(label_desk: MakeDesk) -> None:
    at = label_desk(batch=6)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN, "e")
        assert at.screen.query_one(Reason).size.height > 0
        assert not at.screen.query_one("#batch", Strip).display  # no room for both
        await pilot.resize_terminal(*BIG)
        for _ in range(100):
            if at.screen.query_one("#batch", Strip).display:
                break
            await pilot.pause()
        assert at.screen.query_one("#batch", Strip).display


async def test_classes_that_were_added_are_named_where_labels_may_be_of_them(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        view = replace(at.screen.flow.view(), classes=("cat", "dog", "eel"), doubted=(1, 2, 1))
        said = Drawing(at.screen, view, None, lambda name: None)._line().plain
        assert said == "3 labels from before there was dog, eel may be of it: v goes through them."
        said = Drawing(at.screen, replace(view, doubted=(0,)), None, lambda name: None)._line().plain
        assert said == "1 label from before there was cat may be of it: v goes through them."
