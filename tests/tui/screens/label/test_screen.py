"""Every key of the labelling screen, pressed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from labelling import START, LabelDesk, on_disk, the_contents
from textual import events
from textual.widgets import Input, OptionList, Static

from al_core.data.contents import open_looks
from al_core.data.how_far import HowFar
from al_core.ground.errors import WorkerDied
from al_tui.background.looks import SIZE
from al_tui.commands.table import COMMON, LABEL
from al_tui.screens.ask import Ask
from al_tui.screens.help import Help
from al_tui.screens.label.flow import Later, Turn
from al_tui.screens.label.screen import LabelScreen
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.strip import Strip

MakeDesk = Callable[..., LabelDesk]
BIG, SMALL = (120, 40), (80, 24)
TEN = tuple("0123456789")


async def test_digits_label_the_start_in_order_and_then_what_the_model_asks_for(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        assert at.labels == on_disk(at) == list(range(10))
        assert [at.session.items.row_of[item] for item in at.session.ledger.answers] == list(START)
        assert at.screen.offer.how == "strategy"
        assert at.screen.offer.row == 100
        assert at.screen.offer.model_age == 0
        assert "10 labels · model knows every answer · 10 a minute · 2.1 h left" in at.shown(HeaderLine)
        assert at.screen.query_one(Learning).border_title == "Test accuracy 68.6%"


async def test_while_a_persons_own_data_is_read_the_screen_says_how_far_it_is(label_desk: MakeDesk) -> None:
    at = label_desk(dataset="/home/ann/pots")
    at.stand.far = [HowFar("reading", "pots"), HowFar("reading", "files", 1200, 1797)]
    async with at.app.run_test(size=BIG) as pilot:
        while not at.stand.unread:
            await pilot.pause()
        await pilot.pause()
        assert "reading 1,200 of 1,797 files …" in at.shown(HeaderLine)
        assert "Reading 1,200 of 1,797 files; the first item comes when that is done." in " ".join(at.shown(Item).split())
        await pilot.press("1")
        assert at.app.labeller.session is None
        at.stand.fail = lambda name: WorkerDied("it was killed") if name == "read_on" else None
        at.stand.unread.pop()()
        while at.app.labeller.problem is None:
            await pilot.pause()
        at.stand.fail = lambda name: None
        at.stand.far = [HowFar("reading", "files", 3, 1797), None]
        while at.app.labeller.session is None:  # it tries again after a while
            await pilot.pause()
        assert at.app.labeller.reading is None
        assert at.stand.asked.index("read_on") < at.stand.asked.index("open_items")
        await at.press(pilot, "1")
        assert at.labels == [1]


async def test_a_letter_that_a_project_binds_labels_its_class_and_its_digit_no_more(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.app.labeller.begin = replace(at.app.labeller.begin, keys={"7": "j", "3": "J"})
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        assert " J 3 " in at.shown(Item)
        await at.press(pilot, "j", "J", "7", "3", "2")
        assert at.labels == on_disk(at) == [7, 3, 2]


async def test_a_key_for_a_class_that_is_not_there_is_refused_before_a_session_is_made(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.app.labeller.begin = replace(at.app.labeller.begin, keys={"cat": "k"})
    async with at.app.run_test(size=BIG) as pilot:
        await pilot.pause()
    assert at.app.return_code == 2
    assert at.app.refusal is not None
    assert "no class 'cat'" in at.app.refusal
    assert "[keys]" in at.app.refusal
    path = at.app.labeller.begin.path
    assert path is not None
    assert not path.exists()


async def test_a_label_is_on_disk_before_the_next_item_is_drawn(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk()
    drawn: list[tuple[int | None, int]] = []
    real = Item.show
    row_of = dict(zip(open_looks("digits", None, SIZE), range(1797), strict=True))

    def show(self: Item, look: Any, *rest: Any) -> None:
        if at.app.labeller.session is not None:
            drawn.append((row_of.get(look), len(on_disk(at))))
        real(self, look, *rest)

    monkeypatch.setattr(Item, "show", show)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *"12345678901")
    firsts = {}
    for row, saved in drawn:
        firsts.setdefault(row, saved)
    assert firsts[2] == 1
    assert firsts[100] == 10
    assert firsts[101] == 11


async def test_a_burst_of_200_digits_labels_200_items_in_order(label_desk: MakeDesk) -> None:
    at = label_desk()
    typed = [(7 * number + number // 9) % 10 for number in range(200)]
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        at.stand.held = []
        for digit in typed:
            at.app.post_message(events.Key(str(digit), str(digit)))
        for _ in range(200):
            await pilot.pause()
            if len(at.labels) == 200:
                break
        assert at.labels == on_disk(at) == typed
        assert len(at.session.ledger.answers) == 200


async def test_a_model_that_is_slow_holds_no_key_up_and_changes_no_question(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.held = []
        asked = at.screen.offer.item
        await pilot.press("7")
        await pilot.pause()
        assert at.screen.waiting
        assert "= 7, saved" in at.shown(Item)
        at.screen._waited()
        await pilot.pause()
        shown = at.screen.offer
        assert shown.how == "last_good"
        assert shown.item != asked
        assert "model 1 answer behind" in at.shown(HeaderLine)
        for finish in at.stand.held:
            finish()
        await at.rest(pilot)
        assert at.screen.offer.item == shown.item
        await at.press(pilot, "3")
        assert at.session.ledger.person_label(shown.item) == 3


async def test_where_the_model_s_item_is_there_nothing_is_waited_for(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        assert at.screen.offer.how == "strategy"
        assert not at.screen.waiting  # else what is around the item is not drawn yet
        assert len(at.screen.query_one("#answered", Strip).render().plain.split("=")) - 1 == 10


async def test_a_worker_that_fails_is_told_quietly_and_labelling_goes_on(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.stand.fail = lambda name: RuntimeError("out of \x1b[2Jluck") if name == "model_round" else None
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        for digit in TEN:
            await pilot.press(digit)
            await pilot.pause()
        for _ in range(50):
            await pilot.pause()
            if at.app.labeller.problem:
                break
        assert "the model could not learn: RuntimeError: out of ␛[2Jluck; labelling goes on" in at.shown(Line)
        assert at.labels == list(range(10))
        await pilot.press("4")
        await pilot.pause()
        assert at.screen.offer.how == "random"
        assert on_disk(at)[-1] == 4


async def test_u_takes_back_without_limit_and_y_does_again(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "5", "6", "d", "u")
        assert at.labels == [5, 6]
        assert "Taken back: don't know." in at.told
        assert at.screen.offer.row == START[2]
        await at.press(pilot, "backspace", "u")
        assert at.labels == on_disk(at) == []
        assert at.screen.offer.row == START[0]
        await at.press(pilot, "u")
        assert "nothing left to take back" in at.told
        await at.press(pilot, "y", "y")
        assert at.labels == on_disk(at) == [5, 6]
        await at.press(pilot, "y", "y")
        assert "nothing to do again" in at.told
        assert at.labels == [5, 6, None]


async def test_d_puts_aside(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "d", "1")
        assert at.labels == [None, 1]
        assert "unsure" in at.shown("#answered")
        assert "1 put aside" in at.shown(HeaderLine)


async def test_g_marks_with_a_note_and_takes_the_mark_away(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "g")
        assert isinstance(at.app.screen, Ask)
        await at.press(pilot, *"blot 7".replace(" ", ""), "enter")
        item = at.screen.offer.item
        assert at.session.ledger.flags == {item: "blot7"}
        assert "⚑ blot7" in at.shown(Item)
        assert at.labels == []
        await at.press(pilot, "g", "escape")
        assert at.session.ledger.flags == {item: "blot7"}
        await at.press(pilot, "g")
        at.app.screen.query_one(Input).value = " "
        await at.press(pilot, "enter")
        assert at.session.ledger.flags == {}


async def test_a_labels_by_truth_or_by_the_model_and_x_takes_it_away(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, "a", "enter")
        machine = at.session.ledger.machine
        assert {at.session.items.row_of[item]: entry.label for item, entry in machine.items()} == {
            row: the_contents().truth[row] for row in range(200, 205)
        }
        assert "5 items labelled by machine" in at.told
        assert "10 labels" in at.shown(HeaderLine)
        assert "5 by machine" in at.shown(HeaderLine)
        await at.press(pilot, "x")
        assert machine == {}
        assert "5 machine labels removed" in at.told
        await at.press(pilot, "x")
        assert "no labels of the machine" in at.told
        await at.press(pilot, "a")
        at.app.screen.query_one(Input).value = "truth"
        await at.press(pilot, "enter")
        assert len(machine) == 1247
        await at.press(pilot, "u")
        assert machine == {}
        await at.press(pilot, "a")
        at.app.screen.query_one(Input).value = "certainly"
        await at.press(pilot, "enter")
        assert "nothing was labelled" in at.told
        assert at.labels == on_disk(at) == list(range(10))


async def test_a_click_while_the_next_item_is_chosen_labels_nothing(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.held = []
        await pilot.press("1")
        assert at.screen.waiting
        labels = at.labels
        at.screen.post_message(Item.Chosen(4))
        await pilot.pause()
        assert at.labels == labels
        assert "being chosen" in at.told


async def test_c_changes_strategy_learner_and_batch_in_the_middle(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, "c", "t")
        at.app.screen.query_one(Input).value = "margin logistic 4"
        await at.press(pilot, "enter")
        ledger = at.session.ledger
        assert (ledger.strategy, ledger.learner, ledger.batch) == ("margin", "logistic", 4)
        await at.press(pilot, "1")
        assert at.screen.query_one("#batch").display
        assert "margin × 4" in at.shown(HeaderLine)
        await at.press(pilot, "2")
        assert "= 2" in at.shown("#batch")
        for wrong in ("margin logistic", "margins logistic 1", "margin logistic 0"):
            await at.press(pilot, "c", "t")
            at.app.screen.query_one(Input).value = wrong
            await at.press(pilot, "enter")
        assert (ledger.strategy, ledger.learner, ledger.batch) == ("margin", "logistic", 4)


async def test_strategy_learner_and_batch_are_chosen_from_lists(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=SMALL) as pilot:
        await at.press(pilot, *TEN)
        before = at.session.ledger
        await at.press(pilot, "c", "enter")
        assert at.app.screen is at.screen
        assert at.session.ledger == before
        await at.press(pilot, "c")
        strategy, learner, _ = at.app.screen.query(OptionList)
        assert str(strategy.get_option_at_index(strategy.highlighted or 0).prompt).strip() == before.strategy
        assert {"margin", "herding"} <= set(names(strategy))
        assert "stack" not in names(learner)
        strategy.highlighted = names(strategy).index("margin")
        await at.press(pilot, "right", "home", "down", "right", "end")
        assert f"{names(learner)[1]}: " in str(at.app.screen.query_one("#about", Static).content)
        await at.press(pilot, "enter")
        ledger = at.session.ledger
        assert (ledger.strategy, ledger.learner, ledger.batch) == ("margin", names(learner)[1], 50)


def names(options: OptionList) -> list[str]:
    return [str(options.get_option_at_index(at).prompt).strip() for at in range(options.option_count)]


async def test_an_item_of_the_batch_is_chosen_with_the_mouse(label_desk: MakeDesk) -> None:
    at = label_desk(batch=4)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        await pilot.click("#batch", offset=(20, 2))
        await at.rest(pilot)
        assert at.screen.offer.row == at.session.reply.picks[2].row


async def test_a_click_on_a_class_labels_and_one_on_the_strip_goes_back(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1")
        question = at.screen.query_one(Item)
        await pilot.click(Item, offset=(question._places[6].begin + 2, question._first_line + 1))
        await at.rest(pilot)
        assert at.labels == [1, 6]
        await pilot.click("#answered", offset=(4, 2))
        await at.rest(pilot)
        assert at.screen.offer.row == START[0]
        await pilot.click(KeyBar, offset=(2, 0))
        await at.rest(pilot)
        assert at.labels == [1, 6]


async def test_what_cannot_be_saved_is_told_and_not_claimed(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1")
        connection = at.session.file.hold._connection
        connection.execute("PRAGMA max_page_count = 1")
        blocked = sqlite3.OperationalError("database or disk is full")

        class Full:
            def __getattr__(self, name: str) -> Any:
                return getattr(connection, name)

            def execute(self, sql: str, *rest: Any) -> Any:
                if sql.startswith("INSERT"):
                    raise blocked
                return connection.execute(sql, *rest)

        shown = at.screen.offer
        monkeypatch.setattr(at.session.file.hold, "_connection", Full())
        await at.press(pilot, "8")
        assert "not saved" in at.told
        assert "not saved" in at.shown(Line)
        assert at.labels == [1]
        assert at.screen.offer == shown
        blocked = None
        monkeypatch.undo()
        await at.press(pilot, "8")
        assert at.labels == on_disk(at) == [1, 8]
        assert "not saved" not in at.shown(Line)


async def test_pasted_text_labels_nothing(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        at.app.post_message(events.Paste("0123456789"))
        await at.rest(pilot)
        assert at.labels == []
        assert "labels nothing" in at.told


async def test_help_lists_every_command_and_t_changes_the_theme(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 50)) as pilot:
        await at.press(pilot, "t")
        assert at.app.theme == "textual-light"
        await at.press(pilot, "question_mark")
        assert isinstance(at.app.screen, Help)
        words = at.app.screen._text().plain
        for command in (*LABEL, *COMMON):
            assert command.title in words
        await at.press(pilot, "5", "escape")
        assert isinstance(at.app.screen, LabelScreen)
        assert at.labels == []
        await pilot.press("q")
    assert at.app.return_code == 0


async def test_a_session_over_other_data_is_refused_in_one_line(label_desk: MakeDesk, tmp_path: Path) -> None:
    at = label_desk(learner="no such learner", strategy="no_such_strategy")
    async with at.app.run_test() as pilot:
        await at.rest(pilot)
    assert at.app.return_code == 2
    assert "no_such_strategy" in at.app.refusal


async def test_time_stopped_is_not_time_on_screen(label_desk: MakeDesk) -> None:
    """Whoever comes back after Ctrl+Z has not looked at the item for an hour."""
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "3")
        screen = at.app.screen
        item, since = screen.flow._present._on_screen
        screen.flow._present._on_screen = (item, since - 3600)
        at.app.slept(3590)
        await at.press(pilot, "4")
        asked = "SELECT seconds FROM event WHERE kind = 'label' ORDER BY sequence"
        _, (second,) = sqlite3.connect(at.session.file.path).execute(asked).fetchall()
        assert 10 <= second < 600


async def test_tab_labels_by_the_beginning_of_a_name(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "tab", "7", "enter")
        assert at.labels == [7]
        await at.press(pilot, "tab", "x", "enter")
        assert at.labels == [7]
        assert "no class 'x'" in at.told
        assert "nothing was labelled" in at.told
        await at.press(pilot, "tab", "escape", "tab", "enter")
        assert at.labels == [7]


async def test_an_item_without_a_path_has_none_to_copy(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "P")
        assert at.told == "This item has no path."
        assert at.app.clipboard == ""


async def test_what_a_worker_is_asked_counts_until_the_same_is_asked_again(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        go_on, done = asyncio.Event(), []

        def wanted(group: str, name: str) -> Later:
            async def work() -> Turn:
                await go_on.wait()
                done.append(name)
                return Turn(at.screen.flow.view(), paint=False)

            return Later(group, work)

        for group, name in (("opinion", "first"), ("alike", "other"), ("opinion", "second")):
            at.screen._do_later(wanted(group, name))
            await pilot.pause()
        go_on.set()
        await at.rest(pilot)
        assert sorted(done) == ["other", "second"]
