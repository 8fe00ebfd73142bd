"""The marks in the title of what was answered: how many there is room for, which is which, and where a click goes."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from al_tui.widgets.answered import Answered, Marks


class Page(App[None]):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.marked: list[int] = []
        self._width = width

    def compose(self) -> ComposeResult:
        yield Answered()

    def on_mount(self) -> None:
        strip = self.query_one(Answered)
        strip.styles.width, strip.styles.height = self._width, 6
        strip.styles.border_top = ("solid", "white")

    def on_answered_marked(self, message: Answered.Marked) -> None:
        self.marked.append(message.back)


def title(app: Page) -> str:
    """What stands in the first line of the screen."""
    return app.screen._compositor.render_strips()[0].text.strip("─ ")


@pytest.mark.parametrize(
    ("width", "signs", "shown"),
    [
        (60, "✓!–·", "Answered · ·–!✓"),
        (60, "", "Answered"),
        (60, "✓✓!✓", "Answered · ✓!✓✓"),  # four are too few to say how often
        (60, "✓✓!–✓✓", "Answered · ✓✓–!✓✓ 4 of the last 5 as it thought"),
        (44, "✓✓!–✓✓", "Answered · ✓✓–!✓✓"),  # marks before words
        (18, "✓!✓!✓!✓!", "Answered · ✓!✓!✓"),  # the oldest are left off, all are not
        (17, "✓!✓!✓!✓!", "Answered"),
        (90, 25 * "✓" + 25 * "!", f"Answered · {20 * '!'}{25 * '✓'} 20 of the last 20 as it thought"),
        (60, 25 * "✓" + 25 * "!", f"Answered · {22 * '!'}{25 * '✓'}"),
        (110, 25 * "✓" + 25 * "!", f"Answered · {25 * '!'}{25 * '✓'} 20 of the last 20 as it thought"),
        (110, 15 * "✓" + 35 * "!", f"Answered · {35 * '!'}{15 * '✓'} 15 of the last 20 as it thought"),
    ],
)
async def test_as_many_marks_as_have_room_the_newest_at_the_right(width: int, signs: str, shown: str) -> None:
    app = Page(width)
    async with app.run_test(size=(120, 20)) as pilot:
        app.query_one(Answered).tell("Answered", Marks(signs))
        await pilot.pause()
        assert title(app) == shown


async def test_a_click_on_a_mark_is_about_that_answer_and_one_beside_it_about_none() -> None:
    app = Page(60)
    async with app.run_test(size=(120, 20)) as pilot:
        strip = app.query_one(Answered)
        strip.tell("Answered", Marks("✓!✓!✓!"))
        await pilot.pause()
        begin = 1 + len("Answered · ")
        for column in (begin - 1, begin, begin + 2, begin + 5, begin + 6):
            await pilot.click(Answered, offset=(column, 0))
        await pilot.pause()
        assert app.marked == [6, 4, 1]
        strip.tell("Answered", Marks("✓!✓!✓!", 12, 10))  # gone back so far that the newest are not there
        await pilot.click(Answered, offset=(begin, 0))
        await pilot.pause()
        assert app.marked[3:] == [15]
        assert "as it thought" not in title(app)
        strip.tell("Answered", Marks())
        await pilot.click(Answered, offset=(begin, 0))
        await pilot.pause()
        assert len(app.marked) == 4


async def test_the_answer_on_the_screen_is_marked_among_the_others() -> None:
    app = Page(60)
    async with app.run_test(size=(120, 20)) as pilot:
        app.query_one(Answered).tell("Answered", Marks("✓!✓!✓!", 2))
        await pilot.pause()
        line = [segment for segment in app.screen._compositor.render_strips()[0] if segment.style and segment.style.reverse]
        assert [segment.text for segment in line] == ["!"]
