"""A dot for each seed, where its run had held the target."""

from __future__ import annotations

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from al_core.race.marks import marks
from al_tui.widgets.each_seed import EachSeed, Run

NAMES = ("random", "margin")


async def drawn(width: int, height: int, *runs: Run) -> list[str]:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield EachSeed()

    app = Page()
    async with app.run_test(size=(width, height + 1)) as pilot:
        panel = app.query_one(EachSeed)
        panel.styles.height = height + 1
        panel.show(runs, marks(NAMES), 320, "90%")
        await pilot.pause()
        assert "labels to 90%" in str(panel.border_title)
        text = panel.render()
        assert isinstance(text, Text)
        assert all(line.cell_len <= width for line in text.split("\n"))
        return text.plain.split("\n")


def dots(line: str) -> int:
    return sum((ord(sign) - 0x2800).bit_count() for sign in line if "⠀" <= sign <= "⣿")


@pytest.mark.parametrize("height", [3, 5, 7, 30])
async def test_there_is_a_dot_a_seed_and_all_have_the_same_scale(height: int) -> None:
    margin, random = Run("margin", (50, 50, 60, 110)), Run("random", (60, 90, 110, 110, 110))
    scale, *lines = await drawn(60, height, margin, random)
    half = len(lines) // 2
    assert (dots("".join(lines[:half])), dots("".join(lines[half:]))) == (4, 5)
    assert lines[half - 1].startswith(" ◆ margin")
    assert lines[-1].startswith(" ○ random")
    assert [scale.index(word) for word in ("50", "110")] == sorted(scale.index(word) for word in ("50", "110"))
    assert max(len(line.rstrip()) for line in lines[:half]) == max(len(line.rstrip()) for line in lines[half:])
    assert len(lines) <= max(2, height - 1)


async def test_where_a_place_is_full_dots_stand_beside_it() -> None:
    _, line = await drawn(60, 2, Run("margin", (50,) * 29 + (90,)))
    assert dots(line) == 30


async def test_a_budget_that_was_spent_is_the_least_that_it_takes() -> None:
    scale, *_ = await drawn(60, 5, Run("margin", (200, 320)), Run("random", (320, 320)))
    assert scale.split()[-1] == "≥320"


async def test_without_seeds_or_room_nothing_is_drawn() -> None:
    assert await drawn(60, 5, Run("margin", ())) == [""]
    assert await drawn(60, 2, Run("margin", (50,)), Run("random", (60,))) == [""]
    assert await drawn(20, 5, Run("margin", (50,))) == [""]
