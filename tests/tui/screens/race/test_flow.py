"""Where one looks in a race, and what commands do there: no terminal, a made-up race."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from al_core.ground.errors import UserError
from al_core.race.view import Agreement
from al_core.run.state import By
from al_tui.commands.class_keys import class_keys
from al_tui.screens.race.flow import LATER, RaceFlow, Turn
from al_tui.screens.race.words import key_words
from al_tui.screens.telling import Told

MakeDesk = Callable[..., Any]


class Person:
    """Somebody at a race who sees what is painted when they say so; seconds pass as they say."""

    def __init__(self, at: Any) -> None:
        self.at = at
        self.now = 100.0
        self.flow = RaceFlow(at.engine, lambda: self.now)
        self.told: list[str] = []
        at.engine.changed = lambda event: self.hear(self.flow.happened(event))

    def hear(self, turn: Turn) -> Turn:
        self.told += [told.words for told in turn.told]
        return turn

    def do(self, turn: Turn) -> str:
        """Do something that is seen at once; returns what was told."""
        self.told = []
        self.hear(turn)
        if turn.paint:
            self.flow.by_hand.painted(turn.view)
            self.flow.by_hand.aim(turn.view)
        return " | ".join(self.told)

    def look(self) -> None:
        """See what is there now."""
        shown = self.flow.view()
        self.flow.by_hand.painted(shown)
        self.flow.by_hand.aim(shown)

    async def rounds(self) -> None:
        """Wait until every run has what it asks for and nothing is learnt."""
        for _ in range(2000):
            await asyncio.sleep(0)
            race, runs = self.at.engine.race, self.at.engine.view.runs
            if race is None or any(run.steps for run in race._runs):
                continue
            if self.at.executor.held is not None or not any(run.learning for run in runs):
                return

    @property
    def answers(self) -> list[tuple[int, int | None]]:
        return [(given.row, given.label) for given in self.flow.looking.run.state.answers]


@asynccontextmanager
async def racing(desk: MakeDesk, **more: Any) -> AsyncIterator[Person]:
    """A race of which one round is played; one looks at least confidence."""
    person = Person(desk(**more))
    running = asyncio.create_task(person.at.engine.run())
    await person.rounds()
    person.do(person.flow.step())
    await person.rounds()
    person.look()
    yield person
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_it_needs_no_terminal() -> None:
    code = "import sys, al_tui.screens.race.flow; print([name for name in ('textual', 'rich', 'numpy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_what_is_wanted_before_the_engine_runs_is_done_when_it_does(desk: MakeDesk) -> None:
    person = Person(desk())
    flow, engine = person.flow, person.at.engine
    flow.look_at(2)
    assert person.do(flow.hand()) == LATER
    flow.look_at(1)
    assert person.do(flow.step()) == LATER
    pace = engine.view.pace
    person.do(flow.slower())
    assert engine.view.pace < pace
    assert person.do(flow.label_by_key("1")) == "The engine is still starting."
    running = asyncio.create_task(engine.run())
    await person.rounds()
    assert [(run.by_hand, run.of) for run in engine.view.runs] == [(False, None)] * 4 + [(True, 2)]
    assert flow.looking.focus == 4
    assert all(run.state.query is not None for run in engine.view.runs)
    assert engine.view.paused
    assert engine.race._pace == engine.view.pace < pace
    assert not person.answers
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_cannot_start_keeps_nothing_for_later(desk: MakeDesk) -> None:
    person = Person(desk())
    person.at.engine.error = "no worker"
    assert person.do(person.flow.step()) == "The engine is still starting."
    assert not person.flow._kept


async def test_before_the_engine_runs_everything_says_so(desk: MakeDesk) -> None:
    person = Person(desk())
    flow = person.flow
    for command in (lambda: flow.label_by_key("1"), flow.skip, flow.undo, flow.auto_label):
        assert person.do(command()) == "The engine is still starting."
    assert not flow.next_item(1).paint
    assert flow.view().target is None


async def test_the_highlight_and_the_focus_go_round(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow, runs = person.flow, len(person.at.engine.view.runs)
        for step, there in ((1, 1), (1, 2), (-3, 9), (1, 0)):
            person.do(flow.next_item(step))
            assert flow.view().cursor == there
        seen = []
        for _ in range(runs):
            seen.append(flow.view().focus)
            person.do(flow.next_run(1))
        assert sorted(seen) == list(range(runs))
        assert flow.view().focus == seen[0]
        person.do(flow.choose(4))
        assert flow.view().pick == flow.view().picks[4]


async def test_a_run_that_is_over_is_gone_through_round_by_round_as_it_was(desk: MakeDesk) -> None:
    async with racing(desk, budget=50) as person:
        flow, engine = person.flow, person.at.engine
        assert "is not over yet" in person.do(flow.round("pageup"))
        before = flow.view()
        person.do(flow.pause())
        for _ in range(2000):
            await asyncio.sleep(0)
            if engine.view.done:
                break
        assert flow.view().past is None
        assert flow.view().pick is None
        person.do(flow.next_item(-1))  # from how it is now to the last item of the last round
        last = flow.view()
        assert (last.past, last.cursor, last.run.state.query.labels) == (2, 9, 40)
        person.do(flow.next_item(1))
        assert flow.view().past is None
        person.do(flow.round("home"))
        while flow.view().past != len(before.run.state.rounds):
            person.do(flow.round("pagedown"))
        then = flow.view()
        assert (then.picks, then.run.state.rounds) == (before.picks, before.run.state.rounds)
        assert [given.row for given in then.answers] == [pick.row for pick in then.picks]
        assert not then.hidden
        person.do(flow.round("home"))
        person.do(flow.round("pagedown"))
        person.do(flow.next_item(-1))
        assert (flow.view().past, flow.view().cursor) == (0, 9)
        person.do(flow.next_run(1))
        assert flow.view().past == 0  # another strategy in the same round
        assert "answer" in person.do(flow.label_by_key("1")) or "Press h first" in " ".join(person.told)
        person.do(flow.round("end"))
        assert flow.view().past is None


async def test_a_key_labels_what_was_drawn_and_not_what_has_just_come(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow = person.flow
        assert "Press h first" in person.do(flow.label_by_key("3"))
        person.do(flow.hand())
        first = [pick.row for pick in flow.view().picks]
        for _ in range(9):
            person.do(flow.label_by_key("3"))
        person.at.executor.held = []
        person.do(flow.label_by_key("4"))
        assert person.answers == [(row, 3) for row in first[:9]] + [(first[9], 4)]
        for _ in range(1000):
            await asyncio.sleep(0)
            if person.at.executor.held:
                break
        (finish,) = person.at.executor.held
        person.at.executor.held = None
        finish()
        await person.rounds()
        new = [pick.row for pick in flow.view().picks]
        assert not set(new) & set(first)
        assert flow.view().cursor == 0
        assert person.do(flow.label_by_key("5")) == "This item has its answer; u takes it back."
        assert person.answers == []
        person.look()
        person.do(flow.label_by_key("5"))
        assert person.answers == [(new[0], 5)]
        truth = person.at.contents.truth
        right = sum(truth[row] == label for row, label in zip(first, [3] * 9 + [4], strict=True))
        assert flow.view().agreed == Agreement(right, 10)
        person.do(flow.undo())
        assert flow.view().agreed is None
        assert flow.view().cursor == 0


async def test_a_name_labels_the_item_that_it_was_begun_on_and_no_other(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow = person.flow
        person.do(flow.hand())
        target = flow.by_hand.target
        assert target is not None
        assert not flow.label_by_name("  ", target).paint
        assert "nothing was labelled" in person.do(flow.label_by_name("x", target))
        person.do(flow.label_by_name("7", target))
        assert person.answers == [(target[1], 7)]
        assert person.do(flow.label_by_name("7", target)) == "Another item has come; nothing was labelled."
        assert person.answers == [(target[1], 7)]


async def test_how_an_item_was_seen_is_kept_with_the_answer(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with racing(desk) as person:
        flow, hands = person.flow, person.at.engine.race.hands
        seen: list[tuple[bool, float]] = []
        real = hands.answer

        def answer(*what: Any, visible: bool, seconds: float) -> Any:
            seen.append((visible, seconds))
            return real(*what, visible=visible, seconds=seconds)

        monkeypatch.setattr(hands, "answer", answer)
        person.do(flow.hand())
        person.do(flow.auto_label())
        await person.rounds()
        person.look()
        assert flow.view().hidden
        person.now += 4
        person.do(flow.skip())
        person.do(flow.peek())
        person.do(flow.peek())
        person.now += 60
        flow.by_hand.slept(50)
        person.do(flow.label_by_key("1"))
        assert seen == [(False, 4.0), (True, 10.0)]


async def test_hand_takes_over_and_hands_back_and_truth_answers_the_rest(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow = person.flow
        person.do(flow.hand())
        assert flow.view().run.by_hand
        person.do(flow.label_by_key("0"))
        person.do(flow.auto_label())
        await person.rounds()
        given = flow.looking.run.state.rounds[-1].answers
        assert [answer.by for answer in given] == [By.PERSON] + [By.TRUTH] * 9
        person.do(flow.hand())
        assert not flow.view().run.by_hand
        assert "press h first" in person.do(flow.undo())


async def test_a_seed_that_is_none_starts_nothing(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow = person.flow
        for wrong in ("", "-1", "one", "99999999999"):
            turn = flow.restart(wrong)
            assert "is no seed to start from" in person.do(turn)
            assert not turn.start
        assert flow.next_seed == 1
        assert flow.restart("7").start
        assert person.at.engine.view.spec.seed == 7
        assert flow.by_hand.target is None


async def test_what_failed_is_tried_again_and_nothing_else(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow, executor = person.flow, person.at.executor
        assert person.do(flow.retry()) == "Nothing failed: there is nothing to try again."
        executor.fail = lambda state: ValueError("broke") if state.strategy == flow.looking.run.name else None
        person.do(flow.step())
        await person.rounds()
        assert flow.view().run.status == "failed"
        executor.fail = lambda state: None
        turn = flow.retry()
        assert person.do(turn) == ""
        assert not turn.start
        await person.rounds()
        assert flow.view().run.status != "failed"
        person.at.engine.error = "the engine did not start"
        assert flow.retry().start


async def test_one_seed_has_no_others_to_show(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        assert "one seed only" in person.do(person.flow.seeds())
        assert person.flow.looking.seeds_command is None


async def test_an_answer_that_cannot_be_taken_back_changes_nothing_and_is_told(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with racing(desk) as person:
        person.do(person.flow.hand())
        person.do(person.flow.label_by_key("4"))
        before = person.answers
        race = person.at.engine.race
        assert race is not None

        def full(events: object) -> None:
            raise UserError("no room")

        monkeypatch.setattr(race.hands, "_keep", full)
        turn = person.flow.undo()
        assert (turn.paint, person.answers) == (False, before)
        assert turn.told == (Told("no room", problem=True),)
        turn = person.flow.label_by_key("4")
        assert (turn.paint, person.answers, turn.told) == (False, before, (Told("no room", problem=True),))


async def test_no_command_starts_the_engine_but_those_that_begin_again(desk: MakeDesk) -> None:
    async with racing(desk) as person:
        flow = person.flow
        looking = (partial(flow.next_run, 1), partial(flow.next_item, 1), partial(flow.choose, 3), partial(flow.look_at, 1))
        race = (flow.pause, flow.pause, flow.step, flow.faster, flow.slower, flow.seeds, flow.peek)
        hands = (flow.hand, partial(flow.label_by_key, "3"), flow.skip, flow.auto_label, flow.undo, flow.hand, flow.retry)
        for command in (*looking, *race, *hands):
            assert not command().start
        assert not flow.happened(None).start
        assert not flow.restart("no seed").start
        assert flow.restart("3").start


async def test_that_there_is_nothing_of_all_seeds_yet_is_told_when_they_are_to_be_shown(desk: MakeDesk) -> None:
    async with racing(desk, seeds=3, cells=0) as person:
        flow = person.flow
        assert (flow.looking.seeds_command, flow.looking.shown_seeds) == ("This seed", None)
        assert person.do(flow.seeds()) == ""
        assert flow.looking.seeds_command == "All seeds"
        assert person.do(flow.seeds()) == "Medians begin when two seeds of a strategy are finished."
        assert flow.looking.seeds_command == "This seed"


def test_who_answers_is_told_which_key_is_which_class() -> None:
    assert key_words(class_keys(tuple("0123456789"))) == ()
    assert key_words(class_keys(("bowl", "jug"))) == ("1\u00a0bowl  2\u00a0jug",)
    assert key_words(class_keys(("bowl", "jug"), {"jug": "f"})) == ("1\u00a0bowl  f\u00a0jug",)
    many = key_words(class_keys(tuple(f"c{number}" for number in range(13))))[0].split("  ")
    assert many == [*(f"{number % 10}\u00a0c{number - 1}" for number in range(1, 11)), "Tab\u00a0c10", "Tab\u00a0c11", "…"]
