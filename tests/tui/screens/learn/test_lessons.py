"""Lessons on the screen, through the keys of a person; rounds are computed for real, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lessons import LESSON
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from al_core.compute.inline import Inline
from al_core.lessons.bundled import bundled_lessons
from al_core.lessons.lesson import Lesson, LessonRace
from al_core.lessons.reading import read_lesson
from al_core.run.play import play
from al_core.task.split import make_task
from al_tui.background.ahead import Ahead
from al_tui.background.race import Engine
from al_tui.background.workers import Workers
from al_tui.commands.table import COMMON, RACE
from al_tui.commands.table import LESSON as LESSON_COMMANDS
from al_tui.learn_app import LearnApp
from al_tui.screens import slices
from al_tui.screens.learn.list import LessonList
from al_tui.screens.learn.panel import LessonPanel
from al_tui.screens.learn.screen import LessonScreen
from al_tui.screens.race import painting as race_painting
from al_tui.widgets import keybar
from al_tui.widgets.drawn import DrawnInParts
from al_tui.widgets.keybar import KeyBar

MINE = read_lesson(LESSON, "mine.md", "mine.md")
OF_PROGRAM = bundled_lessons()
Make = Callable[..., LearnApp]


@pytest.fixture
def learn(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes the app of some lessons, with the clock of its races stopped and repaints as soon as can be."""
    monkeypatch.setattr(Engine, "seconds", property(lambda self: 7.0))
    monkeypatch.setattr(race_painting, "REPAINT_SECONDS", 0.001)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.001)
    monkeypatch.setattr(keybar, "MESSAGE_SECONDS", 60.0)

    def make(lessons: tuple[Lesson, ...] = (MINE,), first: Lesson | None = None) -> LearnApp:
        def engine_for(race: LessonRace) -> Engine:
            return Engine(race.spec, race.strategies, Inline, None, workers=Workers(2))

        return LearnApp(lessons, first, engine_for, Path("/var/log/al-tui.log"))

    return make


async def rest(pilot: Pilot[None]) -> None:
    """Wait until nothing is computed any more and all is drawn."""
    app = pilot.app
    assert isinstance(app, LearnApp)
    for _ in range(2000):
        await pilot.pause()
        screen, race = app.screen, app.engine.race
        if not isinstance(screen, LessonScreen):
            return
        numbers = any(worker.group == "numbers" and not worker.is_finished for worker in app.workers)
        busy = race is None or any(run.steps for run in race._runs) or not app.engine.view.idle or numbers
        drawing = screen.painting.asked is None or screen.painting.pending
        if not (busy or drawing or any(drawn._making for drawn in screen.query(DrawnInParts))):
            break
        await asyncio.sleep(0.001)
    else:
        raise AssertionError("the lesson has not come to rest")
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    await rest(pilot)
    for key in keys:
        await pilot.press(key)
        await rest(pilot)


def words(app: LearnApp) -> str:
    """What the panel says."""
    shown = app.screen.query_one("#lesson", Static).visual
    return str(shown)


def title(app: LearnApp) -> str:
    return str(app.screen.query_one(LessonPanel).border_title)


def told(app: LearnApp) -> str:
    text = app.screen.query_one(KeyBar).told
    return "" if text is None else text.plain.strip()


async def test_a_lesson_is_chosen_taken_and_finished(learn: Make) -> None:
    app = learn((MINE, OF_PROGRAM[0]))
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, LessonList)
        await press(pilot, "enter")
        assert title(app) == "A lesson · 1/2 · A step"
        assert words(app).split("\n")[:4] == ["Words.", "Look      there", "Press     n 2 times · space", "Expect    something"]
        await press(pilot, "n")
        assert "n 2 times (1) · space" in words(app)
        assert [len(run.state.rounds) for run in app.engine.view.runs] == [1, 1]
        await press(pilot, "n", "enter")
        assert "Question  Who?" in words(app)
        await press(pilot, "enter", "enter")  # the first answer is random
        assert app.engine.view.done
        assert "✗ Not random: margin." in words(app) or "✓ As you expected: random." in words(app)
        assert "so it is" in words(app)
        assert "So on 7 of the seeds 0 to 9. R tries another seed." in words(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, LessonList)
        assert [str(row.prompt)[0] for row in app.screen.query_one(OptionList).options] == ["✓", " "]
        assert app.screen.query_one(OptionList).highlighted == 1


async def test_the_answer_is_the_races(learn: Make) -> None:
    """Whatever was expected, what the race measured stands beside it, and another seed may say something else."""
    app = learn(first=MINE)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "enter", "down", "enter")
        question = MINE.steps[1].question
        assert question is not None
        for seed in (0, 1):
            found = question.check.answer(app.engine.view, ())
            assert app.engine.view.spec.seed == seed
            mark = "✓ As you expected" if found.answer == "margin" else "✗ Not margin"
            numbers = ", ".join(f"{name}: {value}" for name, value in found.numbers)
            assert f"{mark}: {found.answer}. {numbers}." in words(app).replace("\n", " ")
            assert ("This seed is not like most" in words(app)) == (found.answer != "margin")
            await press(pilot, "R", "enter")


async def test_nothing_is_answered_before_the_race_is_over(learn: Make) -> None:
    app = learn(first=MINE)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "h", "enter", "enter")
        assert "random · h hands your run back first" in words(app)
        await press(pilot, "enter")
        assert told(app) == "The race is still on; its end answers the question."
        assert app.screen.lesson.at == 1  # type: ignore[attr-defined]


async def test_back_away_and_out(learn: Make) -> None:
    app = learn(first=MINE)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "b")
        assert told(app) == "This is the first step."
        await press(pilot, "enter", "b")
        assert title(app).endswith("1/2 · A step")
        assert not app.screen.query_one("#bottom").display
        await press(pilot, "l")
        assert not app.screen.query_one(LessonPanel).display
        assert app.screen.query_one("#bottom").display
        await press(pilot, "l", "enter", "enter", "escape")
        assert "Enter     and say what you expect" in words(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, LessonList)


async def test_a_step_with_another_race_begins_it(learn: Make) -> None:
    lesson = read_lesson(LESSON + "\n# Moons\ndataset: moons\n\nOthers.\n", "mine.md", "mine.md")
    app = learn(first=lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "n", "enter", "enter", "enter", "enter")
        assert app.engine.view.spec.dataset == "moons"
        assert title(app) == "A lesson · 3/3 · Moons"
        assert [len(run.state.rounds) for run in app.engine.view.runs] == [0, 0]
        assert app.engine.view.paused
        await press(pilot, "b")
        assert app.engine.view.spec.dataset == "plane"
        assert len(app.screen_stack) == 2


async def test_a_parameter_is_turned_as_far_as_it_goes_and_each_value_is_a_race(learn: Make) -> None:
    step = "\n# Turn\nstrategies: random, power_margin(beta={b})\nturn: b 1.0 2.0\n"
    lesson = read_lesson(LESSON.partition("# A question")[0] + step, "mine.md", "mine.md")
    app = learn(first=lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "greater_than_sign")
        assert told(app) == "Nothing can be turned in this step."
        await press(pilot, "enter")
        for key, value, shown in (("", "1.0", "[1.0]  2.0"), (">", "2.0", "1.0  [2.0]"), ("<", "1.0", "[1.0]  2.0")):
            await press(pilot, *({">": ("greater_than_sign",), "<": ("less_than_sign",)}.get(key, ())))
            assert app.engine.strategies == ("random", f"power_margin(beta={value})")
            assert f"Turn      b  {shown}   by < and >" in words(app)
        await press(pilot, "less_than_sign")
        assert told(app) == "There is no further value."
        assert len(app.screen_stack) == 2


async def test_a_race_that_fails_is_said_in_the_words(learn: Make) -> None:
    lesson = read_lesson(LESSON.replace("random, margin", "margin, nobody"), "mine.md", "mine.md")
    app = learn(first=lesson)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for _ in range(1000):
            if app.engine.error is not None:
                break
            await asyncio.sleep(0.001)
        assert "no strategy 'nobody'" in (app.engine.error or "")


async def test_numbers_are_those_of_plain_formulas(learn: Make) -> None:
    """Of the point that each strategy asks for, from scikit-learn's own logistic regression."""
    from sklearn.linear_model import LogisticRegression

    lesson = next(lesson for lesson in OF_PROGRAM if lesson.name.endswith("uncertainty"))
    app = learn(first=lesson)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "n", "n", "enter")
        shown = dict(line.split(": ", 1) for line in words(app).splitlines() if " = " in line and ": " in line)
        task = make_task(lesson.steps[0].race.spec)
        X, y = task.dataset.X, task.dataset.y
        for run in app.engine.view.runs:
            query = run.state.query
            assert query is not None
            known = [*task.initial.tolist(), *(given.row for given in run.state.history)]
            model = LogisticRegression(max_iter=10_000, tol=1e-10).fit(X[known], y[known])
            first, second = sorted(model.predict_proba(X[[query.picks[0].row]])[0], reverse=True)
            wanted = {
                "least_confidence": 1 - first,
                "margin": first - second,
                "entropy": -first * np.log(first) - second * np.log(second),
            }[run.name]
            assert float(shown[run.name].rpartition("= ")[2].replace("−", "-")) == pytest.approx(wanted, abs=2e-4)


async def test_nothing_from_a_file_reaches_the_terminal_as_a_code(learn: Make) -> None:
    evil = "\x1b]52;c;aGk=\x07\x9b31m[/nope][bold]"
    text = LESSON
    for old in ("A lesson", "A step", "there", "Words.", "Who?", "so it is"):
        text = text.replace(old, old + evil)
    app = learn((read_lesson(text, "mine.md", "mine.md"),))
    async with app.run_test(size=(80, 24)) as pilot:
        for keys in ((), ("enter",), ("enter",), ("enter",), ("enter",)):
            await press(pilot, *keys)
            drawn = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
            assert not {"\x1b", "\x07", "\x9b"} & set(drawn)
            assert "[/nope]" in drawn


@pytest.mark.parametrize("lesson", OF_PROGRAM, ids=lambda lesson: lesson.name)
def test_keys_that_a_lesson_names_are_keys_of_its_screen(lesson: Lesson) -> None:
    keys = {key for command in (*LESSON_COMMANDS, *RACE, *COMMON) for key in command.keys}
    assert {key for step in lesson.steps for key in step.press} <= keys


def look(name: str, keys: tuple[str, ...] = ()) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        if name:
            pilot.app.theme = name
        await press(pilot, *keys)

    return run


SIZES = [(80, 24), (120, 40), (200, 60)]
THEMES = ["textual-dark", "textual-light", "ansi-dark", ""]


@pytest.mark.parametrize("theme", THEMES, ids=["dark", "light", "ansi", "no-colour"])
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40", "200x60"])
@pytest.mark.parametrize("step", [False, True], ids=["list", "step"])
def test_picture(
    learn: Make, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, step: bool, size: tuple[int, int], theme: str
) -> None:
    """The list of lessons, and a step of one."""
    if not theme:
        monkeypatch.setenv("NO_COLOR", "1")
    app = learn(OF_PROGRAM, OF_PROGRAM[1] if step else None)
    assert snap_compare(app, terminal_size=size, run_before=look(theme, ("n", "n", "enter") if step else ()))


async def test_while_one_thinks_about_a_question_the_race_is_played_and_not_shown(learn: Make) -> None:
    app, asked = learn(first=MINE), []

    class Noting(Inline):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            asked.append(fn)
            return super().submit(fn, *args, **kwargs)

    app._engine_for = lambda race: Engine(race.spec, race.strategies, lambda: Ahead(Noting()), None, workers=Workers(2))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "enter")
        rounds = asked.count(play)
        assert not app.engine.view.done
        assert [len(run.state.rounds) for run in app.engine.view.runs] == [0, 0]
        await press(pilot, "escape", "enter", "down", "enter")
        assert app.engine.view.done
        assert "As you expected" in words(app) or "✗ Not" in words(app)
        assert asked.count(play) == rounds + 2, "what was played while the answers were shown is what the race came to"


async def test_frames_are_sent_when_something_changes_and_only_then(learn: Make) -> None:
    app = learn(first=MINE)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "n")
        frames = app.barrier.frames
        for _ in range(20):
            await rest(pilot)
            app.screen.paint_words()  # type: ignore[attr-defined]
        await rest(pilot)
        assert app.barrier.frames == frames, "nothing happened, and something was sent to the terminal"
        await press(pilot, "n")
        assert app.barrier.frames > frames


def test_an_answer_without_colour(learn: Make, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the race says to a question, told by words and marks alone."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = learn(first=MINE)
    keys = ("enter", "enter", "down", "enter")
    assert snap_compare(app, terminal_size=(80, 24), run_before=look("", keys))


async def test_the_palette_goes_to_a_lesson_by_its_name(learn: Make) -> None:
    app = learn((MINE, OF_PROGRAM[1]))
    async with app.run_test(size=(80, 24)) as pilot:
        for words_typed, wanted in (("lesson 2", OF_PROGRAM[1]), ("lesson 1", MINE)):
            await press(pilot, "colon", *("space" if letter == " " else letter for letter in words_typed))
            for _ in range(200):
                await pilot.pause(0.01)
                if app.screen.query_one(CommandList).option_count == 1:
                    break
            await pilot.press("down", "enter")
            for _ in range(200):
                await pilot.pause(0.01)
                if isinstance(app.screen, LessonScreen) and app.screen.lesson.lesson is wanted:
                    break
            await rest(pilot)
            assert title(app).startswith(f"{wanted.title} · 1/")
        assert sum(isinstance(screen, LessonScreen) for screen in app.screen_stack) == 1
