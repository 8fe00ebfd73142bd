"""What has happened in the race, and what was asked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from al_tui.screens.race.told import Story
from al_tui.widgets.before import Before
from al_tui.widgets.happened import Happened
from al_tui.widgets.leaderboard import Leaderboard

MakeDesk = Callable[..., Any]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_latest_that_has_happened_is_there(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n")
        assert at.shown(Happened) == ""
        await at.press(pilot, *["n"] * 5)
        first, *others = at.shown(Happened).splitlines()
        assert first.startswith(" 00:07 ")  # the clock stands there
        assert "least_confi" in first or "random" in first or "entropy" in first
        assert len(others) == (0 if size == (80, 24) else 1)
        assert "margin is the first to reach 90%, with 50 labels" in [
            each.words for each in at.app.screen.painting.beside.story.told
        ]


async def test_another_seed_is_another_story(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        story = Story()
        story.look(at.engine.view, 0.0)
        await at.press(pilot, *["n"] * 6)
        story.look(at.engine.view, 5.0)
        assert story.told
        at.engine.reset(1)
        story.look(at.engine.view, 0.0)
        assert story.told == ()


async def test_what_was_so_when_one_began_to_look_is_no_news(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *["n"] * 6)
        story = Story()
        story.look(at.engine.view, 3.0)
        assert story.told == ()
        await at.press(pilot, *["n"] * 6)
        story.look(at.engine.view, 5.0)
        assert [each.seconds for each in story.told] == [5.0] * len(story.told)
        assert story.told


async def test_what_was_asked_is_there_with_crosses_where_the_model_was_wrong(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert at.shown(Before) == ""
        await at.press(pilot, "n", "h")
        row = at.state("least_confidence").query.picks[0]
        wrong = next(label for label in range(10) if label != row.guess)
        await at.press(pilot, str(wrong), "s", "a")
        state = at.state("least_confidence")
        asked = [
            (given.label, next(pick.guess for pick in entry.query.picks if pick.row == given.row))
            for entry in state.rounds
            for given in entry.answers
            if given.label is not None
        ]
        mistakes = sum(label != guess for label, guess in asked)
        assert len(asked) == 19  # of twenty one was put aside
        assert mistakes > 0
        line = at.shown(Before)
        assert line.endswith(f"the model had {mistakes} of 19 wrong")
        shown = line.removeprefix("asked before").split("the model")[0].replace("…", "")
        words = shown.split()
        newest = [f"{label}{'×' if label != guess else ''}" for label, guess in reversed(asked)]
        assert words == newest[: len(words)]
        assert len(words) >= 10


async def test_a_list_that_needs_every_line_has_them(desk: MakeDesk) -> None:
    names = ["random", "margin", "entropy", "least_confidence", "bald", "badge", "coreset", "typiclust", "density"]
    at = desk(tuple(names))
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n")
        assert not at.app.screen.query_one(Happened).display
        assert len(at.shown(Leaderboard).splitlines()) == 1 + len(names)
