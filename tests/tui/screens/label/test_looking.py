"""What there is to look at on the labelling screen: history, opinion, reasons, reviews, and when one might stop."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import labelling
import pytest
from labelling import START, LabelDesk, on_disk, the_items

from al_core.labelling.messages import Suspect
from al_core.labelling.session import LabelSession
from al_core.learners.voices import Voice
from al_core.measures.stopping import Hint
from al_core.sessions.actions import Labelled
from al_core.sessions.store import SessionFile
from al_tui.commands.table import LABEL
from al_tui.screens.label.screen import commands_now
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.learning import Learning
from al_tui.widgets.line import Line
from al_tui.widgets.reason import Reason
from al_tui.widgets.strip import Strip

MakeDesk = Callable[..., LabelDesk]
BIG = (120, 40)
TEN = tuple("0123456789")


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
        assert at.screen.query_one("#answered").border_title == f"Answered · last: {guess}, as the model thought · {10 * '·'}✓"
        guess = at.screen.offer.pick.guess
        other = (guess + 1) % 10
        await at.press(pilot, str(other))
        assert (
            at.screen.query_one("#answered").border_title
            == f"Answered · last: {other} surprised the model, which thought {guess} · {10 * '·'}✓!"
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


async def test_of_a_mix_the_head_line_says_who_leads_and_e_says_why(label_desk: MakeDesk) -> None:
    at = label_desk()
    at.stand.voices = (Voice("svm", 0.14, 1.0, 41, 60), Voice("gaussian_field", 0.86, 1.0, 58, 60))
    async with at.app.run_test(size=(200, 40)) as pilot:
        await at.press(pilot, *TEN)
        assert "· gaussian_field: gaussian_field 86%" in at.shown(HeaderLine)
        await at.press(pilot, "e")
        why = " ".join(at.shown(Reason).split())
        assert "gaussian_field 86%, it knew 58 of 60 labels before it learnt them; svm 14%, 41." in why


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


@pytest.mark.parametrize("key", ["escape", "j", "left", "u", "v"])
async def test_any_other_key_leaves_the_review(label_desk: MakeDesk, key: str) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, *TEN)
        at.stand.suspects = suspects(at, 33, 2, 8)
        await at.press(pilot, "v", key)
        assert at.screen.review is None
        assert at.screen.offer.how != "review"


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
        for key in ("5", "s", "d", "b", "u", "y", "g", "a", "x", "c", "v"):
            await at.press(pilot, key)
            assert "reading only" in at.told
        await at.press(pilot, "right", "right", "p", "e", "enter", "escape")
        assert at.screen.offer.row == START[3]
        assert at.labels == [1, 2, 3]


async def test_a_click_in_a_history_that_was_scrolled_goes_back_to_the_item_under_it(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *TEN, *TEN[:5], *["left"] * 13)
        strip = at.screen.query_one("#answered", Strip)
        for position in (0, 3, 6):
            entries, first = at.screen._view.strip(strip.room)
            assert first > 1
            assert len(entries) > 6
            under = entries[len(entries) - 1 - position]  # the oldest is at the left
            await pilot.click("#answered", offset=(position * strip._step + 1, 2))
            await at.rest(pilot)
            assert at.screen.offer.row == under.row
