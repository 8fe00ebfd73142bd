"""A strategy in a person's hands: what keys of the dashboard label, take back and show then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from al_core.race.view import own_name
from al_core.run.oracle import Careless
from al_core.run.state import By
from al_tui.widgets.happened import Happened
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.reason import Reason

MakeDesk = Callable[..., Any]
FOCUSED = "least_confidence"
"""The run in front at the start: the first that is not the baseline."""


async def test_a_letter_that_a_project_binds_labels_its_class(desk: MakeDesk) -> None:
    at = desk()
    at.engine.bound = {"7": "w", "3": "W"}
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        assert "w\u00a07" in at.shown(Item)
        await at.press(pilot, "w", "W", "7", "2")
        assert [entry.label for entry in at.state(FOCUSED).answers] == [7, 3, 2]


async def test_a_key_for_a_class_that_is_not_there_ends_the_program(desk: MakeDesk) -> None:
    at = desk()
    at.engine.bound = {"cat": "w"}
    async with at.app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
    assert at.app.return_code == 2
    assert at.app.refusal is not None
    assert "no class 'cat'" in at.app.refusal


async def test_in_a_race_with_noise_the_rest_of_a_batch_is_answered_carelessly(desk: MakeDesk) -> None:
    at = desk()
    at.engine.view = at.engine.view._replace(spec=replace(at.engine.view.spec, noise=0.5))
    async with at.app.run_test(size=(160, 40)) as pilot:
        await at.press(pilot, "n", "h", "a")
        assert "noise 0.5" in at.shown(HeaderLine)
        answers = at.state(FOCUSED).rounds[-1].answers
        spec, truth = at.engine.view.spec, at.contents.truth
        assert list(answers) == [Careless(truth, 10, 0.5, spec.seed).answer(entry.row) for entry in answers]
        assert {entry.by for entry in answers} == {By.CARELESS}
        assert any(entry.label != truth[entry.row] for entry in answers)


async def test_digits_label_in_order_and_the_batch_is_learnt(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        asked = [pick.row for pick in at.state(FOCUSED).query.picks]
        await at.press(pilot, *"0123456789")
        learnt = at.state(FOCUSED).rounds[-1].answers
        assert [(entry.row, entry.label, entry.by) for entry in learnt] == [
            (item, label, By.PERSON) for label, item in enumerate(asked)
        ]
        agreed = sum(at.contents.truth[item] == label for label, item in enumerate(asked))
        assert f"{agreed} of your 10 labels agree with ground truth" in at.shown(Reason)
        assert at.state("margin").labels == 20


async def test_ten_digits_in_one_burst_label_ten_items(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        asked = [pick.row for pick in at.state(FOCUSED).query.picks]
        await pilot.press(*"3333333333")
        await at.rest(pilot)
        assert [(entry.row, entry.label) for entry in at.state(FOCUSED).rounds[-1].answers] == [(item, 3) for item in asked]


async def test_a_digit_labels_what_was_on_the_screen_not_what_has_just_come(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that comes while the model learns labels nothing, nor does one that comes when the new batch has arrived but has
    not been drawn; one that comes after that labels the first item of the new batch."""
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", *"123456789")
        screen = at.app.screen
        drawn: list[Callable[[], None]] = []
        later = screen.call_after_refresh

        def hold(callback: Any, *arguments: Any, **more: Any) -> bool:
            if callback != screen.painting.drawn:
                return bool(later(callback, *arguments, **more))
            drawn.append(partial(callback, *arguments))
            return True

        monkeypatch.setattr(screen, "call_after_refresh", hold)
        at.executor.held = []
        await at.press(pilot, "0", "5")
        assert "This item has its answer" in at.told
        assert len(at.state(FOCUSED).answers) == 10
        before = {entry.row for entry in at.state(FOCUSED).answers}
        (finish,) = at.executor.held
        finish()
        await at.rest(pilot)
        new = [pick.row for pick in at.state(FOCUSED).query.picks]
        assert not before & set(new)
        assert at.state(FOCUSED).waiting == tuple(new)
        await at.press(pilot, "5")
        assert at.state(FOCUSED).answers == ()
        assert "This item has its answer" in at.told
        drawn[-1]()
        await at.press(pilot, "5")
        assert [(entry.row, entry.label, entry.by) for entry in at.state(FOCUSED).answers] == [(new[0], 5, By.PERSON)]


async def test_digits_without_taking_over_say_what_to_do(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "4")
        assert "Press h first" in at.told
        assert at.state(FOCUSED).answers == ()
        await at.press(pilot, "h", "4")
        assert at.told == ""  # an answer clears it


async def test_s_puts_aside_and_u_takes_back_one_by_one(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "s", "8")
        assert [entry.label for entry in at.state(FOCUSED).answers] == [None, 8]
        assert "skipped" in at.shown("#batch")
        await at.press(pilot, "u")
        assert [entry.label for entry in at.state(FOCUSED).answers] == [None]
        assert "2 of 10" in at.shown(Item)
        await at.press(pilot, "backspace")
        assert at.state(FOCUSED).answers == ()
        await at.press(pilot, "u")
        assert "No answer of yours" in at.told


async def test_y_gives_an_answer_again_that_was_taken_back(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "y")
        assert "press h first" in at.told
        await at.press(pilot, "n", "h", "1", "s", "3")
        answered = at.state(FOCUSED)
        await at.press(pilot, "u", "u", "u")
        assert at.state(FOCUSED).answers == ()
        await at.press(pilot, "y", "y", "y")
        assert at.state(FOCUSED) == answered
        await at.press(pilot, "y")
        assert "Nothing was taken back" in at.told
        await at.press(pilot, "4")
        assert len(at.state(FOCUSED).answers) == 4


async def test_undo_goes_back_into_learnt_batches(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        before = at.state(FOCUSED)
        await at.press(pilot, "a", "a", "7")
        assert len(at.state(FOCUSED).rounds) == 2
        for _ in range(21):
            await at.press(pilot, "u")
        assert at.state(FOCUSED) == before


async def test_a_answers_the_rest_from_truth_and_h_hands_back(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "1", "a")
        answers = at.state(FOCUSED).rounds[-1].answers
        assert [entry.by for entry in answers] == [By.PERSON] + [By.TRUTH] * 9
        assert all(entry.label == at.contents.truth[entry.row] for entry in answers[1:])
        await at.press(pilot, "h")
        assert not any(run.by_hand for run in at.engine.view.runs)


async def test_the_models_opinion_is_hidden_until_answered_or_asked_for(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        assert "hidden until" in at.shown(Item)
        assert "Even its best guess" not in at.shown(Reason)
        await at.press(pilot, "p")
        assert "hidden" not in at.shown(Item)
        await at.press(pilot, "p", "6", "left")
        assert "hidden" not in at.shown(Item)


async def test_answers_are_shared_by_runs_in_hand(desk: MakeDesk) -> None:
    """Two of these ask about the same items. What is answered in one counts in the other, but only in the person's hands, and
    is taken back in both."""
    at = desk(("random", "margin#2", "margin#3", "margin#4"))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        asked = [[pick.row for pick in run.state.query.picks] for run in at.engine.view.runs]
        assert asked[1] == asked[2] == asked[3]
        assert not set(asked[0]) & set(asked[1])
        for index in (1, 2):
            at.app.screen.focus_run(index)
            await at.press(pilot, "h")
        assert [run.by_hand for run in at.engine.view.runs] == [False] * 4 + [True] * 2
        at.app.screen.focus_run(4)
        await at.press(pilot, "7", "s", "3")
        said = [(asked[1][0], 7, By.PERSON), (asked[1][1], None, By.PERSON), (asked[1][2], 3, By.PERSON)]
        for run, expected in zip(at.engine.view.runs, ([], [], [], [], said, said), strict=True):
            assert [(entry.row, entry.label, entry.by) for entry in run.state.answers] == expected
        at.app.screen.focus_run(5)
        await at.press(pilot, "u")
        for run in at.engine.view.runs[4:]:
            assert [entry.row for entry in run.state.answers] == asked[1][:2]
        at.app.screen.focus_run(5)
        assert "3 of 10" in at.shown(Item)
        await at.press(pilot, "9")
        assert [run.state.answers[-1][:2] for run in at.engine.view.runs[4:]] == [(asked[1][2], 9)] * 2


async def test_tab_labels_by_name_while_the_run_is_in_hand_and_is_the_next_strategy_otherwise(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "tab")
        assert at.app.screen.flow.looking.run.name != FOCUSED
        await at.press(pilot, "up", "h", "tab", "3", "enter")
        assert at.app.screen.flow.looking.run.name == own_name(FOCUSED)
        assert [answer.label for answer in at.state(FOCUSED).answers] == [3]


async def test_h_begins_a_run_of_ones_own_and_the_strategy_races_on(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "h")
        runs = at.engine.view.runs
        assert [run.name for run in runs][4:] == [own_name(FOCUSED)]
        assert runs[4].state == runs[1].state
        assert f"{own_name(FOCUSED)} begins, at 30 labels" in at.shown(Happened)
        await at.press(pilot, "5", "n")
        runs = at.engine.view.runs
        assert (runs[1].state.labels, runs[1].person) == (40, None)
        assert (len(runs[4].state.answers), runs[4].by_hand) == (1, True)
        at.app.screen.focus_run(1)
        await at.press(pilot, "h")  # theirs goes on: nobody has two of one strategy
        assert (len(at.engine.view.runs), at.app.screen.flow.looking.focus) == (5, 4)
        await at.press(pilot, "h", "n")
        assert at.engine.view.runs[4].state.labels == 40
        await at.press(pilot, "h")
        assert at.engine.view.runs[4].by_hand
