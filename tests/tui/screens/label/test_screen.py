"""Every key of the labelling screen, pressed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import labelling
import pytest
from labelling import START, LabelDesk, the_contents, the_items
from textual import events
from textual.widgets import Input

from al_core.data.contents import open_looks
from al_core.labelling.messages import Suspect
from al_core.labelling.session import LabelSession
from al_core.measures.stopping import Hint
from al_core.sessions.actions import Labelled
from al_core.sessions.store import SessionFile
from al_tui.background.looks import SIZE
from al_tui.commands.table import COMMON, LABEL
from al_tui.screens.ask import Ask
from al_tui.screens.help import Help
from al_tui.screens.label.screen import LabelScreen, commands_now
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.reason import Reason

MakeDesk = Callable[..., LabelDesk]
BIG = (120, 40)
TEN = tuple("0123456789")


def on_disk(at: LabelDesk) -> list[int | None]:
    """What a second reader finds in the file."""
    with SessionFile.open(at.session.file.path, read_only=True) as file:
        return [given.label for given in file.ledger.answers.values()]


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


async def test_a_letter_that_a_project_binds_labels_its_class_and_its_digit_no_more(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.app.labeller.begin = replace(at.app.labeller.begin, keys={"7": "k", "3": "K"})
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        assert " K 3 " in at.shown(Item)
        await at.press(pilot, "k", "K", "7", "3", "2")
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
        await at.press(pilot, "5", "6", "s", "u")
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


async def test_s_puts_aside(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "s", "1")
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


@pytest.mark.parametrize(("back", "forward"), [("left", "right"), ("left_square_bracket", "right_square_bracket")])
async def test_the_history_is_gone_back_to_and_changed(label_desk: MakeDesk, back: str, forward: str) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1", "2", "3")
        present = at.screen.offer.item
        await at.press(pilot, back, back)
        assert at.screen.offer.row == START[1]
        assert "you said 2" in at.shown(Item)
        await at.press(pilot, forward)
        assert at.screen.offer.row == START[2]
        await at.press(pilot, forward)
        assert at.screen.offer.item == present
        await at.press(pilot, back, back, back, back)
        assert "That was the first" in at.told
        await at.press(pilot, "9")
        assert at.labels == on_disk(at) == [9, 2, 3]
        assert at.session.ledger.done[-1].kind == "relabel"
        assert at.screen.offer.item == present
        await at.press(pilot, back, "escape")
        assert at.screen.offer.item == present


async def test_the_opinion_is_hidden_until_answered_or_asked_for_and_that_is_stored(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        assert "until you answer" in at.shown(Item)
        assert "█" not in at.shown(Item)
        await at.press(pilot, "1", "p")
        assert "█" in at.shown(Item)
        await at.press(pilot, "p", "2", "3", "e", "4")
    with sqlite3.connect(at.session.file.path) as file:
        rows = file.execute("SELECT visible FROM event WHERE kind = 'label' ORDER BY sequence").fetchall()
    assert [seen for (seen,) in rows[10:]] == [0, 1, 0, 1]


async def test_the_mark_after_an_answer_says_agreed_or_surprised(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        guess = at.screen.offer.pick.guess
        await at.press(pilot, str(guess))
        assert at.screen.query_one("#answered").border_title == f"Answered · last: {guess}, as the model thought"
        guess = at.screen.offer.pick.guess
        other = (guess + 1) % 10
        await at.press(pilot, str(other))
        assert (
            at.screen.query_one("#answered").border_title
            == f"Answered · last: {other} surprised the model, which thought {guess}"
        )
        assert f"= {other} !" in at.shown("#answered")


async def test_e_explains_with_reason_probabilities_and_neighbours(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, "e")
        assert "expected_error_reduction picks" in at.shown(Reason)
        assert "rank 1 of 1,157" in at.shown(Reason)
        assert [f"= {label}" in at.shown(Reason) for label in range(3)] == [True, True, True]
        assert "█" in at.shown(Item)
        await at.press(pilot, "left")
        assert "explain_item" in at.stand.asked
        assert "You went back to it." in at.shown(Reason)
        await at.press(pilot, "e")
        assert not at.screen.query_one(Reason).display


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


def suspects(at: LabelDesk, *rows: int) -> tuple[Suspect, ...]:
    ledger, ids = at.session.ledger, the_items().ids
    return tuple(Suspect(row, ledger.person_label(ids[row]), 0.01, 5) for row in rows)


async def test_v_goes_through_suspicious_labels_to_keep_or_change_with_one_key(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        present = at.screen.offer.item
        await at.press(pilot, "v")
        assert "looks wrong" in at.told
        at.stand.suspects = suspects(at, 33, 2, 8)
        await at.press(pilot, "v")
        assert "1 of 3: you said 2; a model that did not know it says 5 (chance of 2: 1%)" in at.shown(Line)
        assert at.screen.offer.row == 33
        assert at.screen.offer.how == "review"
        assert "Keep" in [command.label for command in commands_now(LABEL, at.screen.flow.view())]
        await at.press(pilot, "enter")
        assert at.screen.offer.row == 2
        await at.press(pilot, "7")
        assert at.session.ledger.person_label(the_items().ids[2]) == 7
        await at.press(pilot, "7")
        assert at.session.ledger.person_label(the_items().ids[8]) == 7
        assert at.screen.review is None
        assert at.screen.offer.item == present
        assert at.labels == [0, 7, 2, 3, 4, 5, 6, 7, 8, 9]
        assert [step.kind for step in at.session.ledger.done[-2:]] == ["label", "relabel"]


async def test_a_review_does_not_burst_in_on_a_person_who_labels_on(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.suspects = suspects(at, 33, 2, 8)
        submit = at.stand.submit
        late: list[tuple[Future[Any], Any]] = []

        def hold(fn: Any, /, *args: Any) -> Future[Any]:
            if fn.__name__ != "find_suspects":
                return submit(fn, *args)
            late.append((Future(), submit(fn, *args).result()))
            return late[-1][0]

        at.stand.submit = hold
        await at.press(pilot, "v", "1")
        present = at.screen.offer.item
        late[0][0].set_result(late[0][1])
        await at.rest(pilot)
        assert "3 to look at again; press v when you are ready." in at.told
        assert at.screen.offer.item == present
        await at.press(pilot, "2")
        assert at.session.ledger.person_label(present) == 2
        at.stand.submit = submit
        await at.press(pilot, "v")
        assert at.screen.offer.row == 33
        at.screen.flow._present.where = at.screen.flow._present.where._replace(just_came=True)
        await at.press(pilot, "9")
        assert at.session.ledger.person_label(the_items().ids[33]) == 2
        at.screen.flow.on_terminal()
        await at.press(pilot, "9")
        assert at.session.ledger.person_label(the_items().ids[33]) == 9
    with sqlite3.connect(at.session.file.path) as file:
        ((seen,),) = file.execute("SELECT visible FROM event WHERE kind = 'relabel'").fetchall()
    assert seen == 1


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


async def test_answers_to_items_of_another_seed_are_left_out_of_the_history(label_desk: MakeDesk) -> None:
    """As in a merged session: they count as answers, but this session cannot show them as items to label."""
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1", "2")
        present = at.screen.offer.item
        at.session._append(Labelled(the_items().ids[1500], 3))
        await at.press(pilot, "left")
        assert at.screen.offer.row == START[1]
        await at.press(pilot, "left")
        assert at.screen.offer.row == START[0]
        await at.press(pilot, "left")
        assert "That was the first answer." in at.told
        await at.press(pilot, "escape")
        assert at.screen.offer.item == present


@pytest.mark.parametrize("key", ["escape", "w", "left", "u", "v"])
async def test_any_other_key_leaves_the_review(label_desk: MakeDesk, key: str) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.suspects = suspects(at, 33, 2, 8)
        await at.press(pilot, "v", key)
        assert at.screen.review is None
        assert at.screen.offer.how != "review"


async def test_c_changes_strategy_learner_and_batch_in_the_middle(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN, "c")
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
            await at.press(pilot, "c")
            at.app.screen.query_one(Input).value = wrong
            await at.press(pilot, "enter")
        assert (ledger.strategy, ledger.learner, ledger.batch) == ("margin", "logistic", 4)


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


async def test_stopping_is_hinted_with_its_reason_and_nothing_stops(label_desk: MakeDesk) -> None:
    at = label_desk(budget=3)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1", "2", "3")
        assert "You might stop: 3 labels are given; the budget was 3." in at.shown(Line)
        await at.press(pilot, "4")
        assert at.labels == [1, 2, 3, 4]


async def test_that_little_changes_is_not_shown_as_good_news(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk()
    stable = Hint("stable_predictions", "Little changes: they say the same, right or wrong.", good=False)
    few = Hint("small_expected_error", "Few are wrong.")
    async with at.app.run_test(size=BIG) as pilot:
        for hints, words in (((stable,), "Little changes: they say"), ((stable, few), "You might stop: Few are wrong.")):
            monkeypatch.setattr(LabelSession, "hints", lambda _, hints=hints: hints)
            await at.press(pilot, "1")
            assert at.shown(Line).strip().startswith(words)


async def test_the_accuracy_has_its_interval(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    real = labelling.made_up
    monkeypatch.setattr(labelling, "made_up", lambda request: replace(real(request), accuracy=0.98, tested=540))
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1")
        await at.rest(pilot)
        assert str(at.app.screen.query_one(Learning).border_title) == "Test accuracy 98.0% (96.4% to 98.9%)"


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


async def test_read_only_looks_and_changes_nothing(label_desk: MakeDesk) -> None:
    first = label_desk()
    async with first.app.run_test(size=BIG) as pilot:
        await first.press(pilot, "1", "2", "3")
    at = label_desk()
    at.app.labeller.begin = type(at.app.labeller.begin)(
        first.session.ledger.settings,
        "ben",
        first.session.file.path,
        SessionFile.open(first.session.file.path, read_only=True),
    )
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "left", "left")
        assert "you said 2" in at.shown(Item)
        for key in ("5", "s", "u", "y", "g", "a", "x", "c", "v"):
            await at.press(pilot, key)
            assert "reading only" in at.told
        await at.press(pilot, "right", "right", "p", "e", "enter", "escape")
        assert at.screen.offer.row == START[3]
        assert at.labels == [1, 2, 3]


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
