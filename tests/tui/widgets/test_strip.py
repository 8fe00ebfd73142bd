"""Items side by side: which are shown, where a click is, and what of a caption gives way."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from al_core.data.looks import Passage, Picture
from al_tui.widgets.strip import Caption, Entry, Strip


class Page(App[None]):
    def __init__(self, margin: int, width: int, height: int) -> None:
        super().__init__()
        self.chosen: list[int] = []
        self._margin, self._place = margin, (width, height)

    def compose(self) -> ComposeResult:
        yield Strip(margin=self._margin, empty="Nothing yet.")

    def on_mount(self) -> None:
        strip = self.query_one(Strip)
        strip.styles.width, strip.styles.height = self._place

    def on_strip_chosen(self, message: Strip.Chosen) -> None:
        assert message.control is self.query_one(Strip)
        self.chosen.append(message.position)


def entries(count: int) -> tuple[Entry, ...]:
    return tuple(Entry(Picture(8, 8, bytes(64)), Caption(f"n{number}")) for number in range(count))


def shown(app: Page) -> list[str]:
    return app.query_one(Strip).render().plain.split()


@pytest.mark.parametrize(
    ("highlighted", "names"),
    [(-1, ["n17", "n18", "n19"]), (0, ["n0", "n1", "n2"]), (10, ["n9", "n10", "n11"]), (19, ["n17", "n18", "n19"])],
)
async def test_what_is_highlighted_is_shown_and_else_the_last(highlighted: int, names: list[str]) -> None:
    app = Page(0, 29, 5)
    async with app.run_test(size=(60, 20)) as pilot:
        app.query_one(Strip).show(entries(20), highlighted)
        await pilot.pause()
        assert [word for word in shown(app) if word.startswith("n")] == names
        await pilot.click(Strip, offset=(10, 2))
        await pilot.pause()
        assert app.chosen == [int(names[1][1:])]


async def test_items_stay_where_they_are_until_there_is_no_place_left_for_another() -> None:
    app = Page(0, 54, 5)  # six places
    async with app.run_test(size=(60, 20)):
        strip, seen = app.query_one(Strip), []
        for count in range(1, 17):
            strip.show(entries(count)[max(0, count - strip.room) :], -1)  # older ones are not handed over
            seen.append(names_shown(app))
    assert seen[:6] == [list(range(count)) for count in range(1, 7)]
    assert seen[6:11] == [list(range(4, count)) for count in range(7, 11)] + [[8, 9, 10]]
    assert seen[11:] == [list(range(8, count)) for count in (12, 13, 14)] + [[12, 13, 14], [12, 13, 14, 15]]


async def test_who_goes_back_finds_the_items_where_they_were() -> None:
    app = Page(0, 54, 5)
    async with app.run_test(size=(60, 20)):
        strip, there = app.query_one(Strip), entries(30)
        strip.show(there, 29)
        assert names_shown(app) == list(range(24, 30))
        strip.show(there, 24)
        assert names_shown(app) == list(range(24, 30))
        strip.show(there, 23)
        assert names_shown(app) == list(range(20, 26))
        strip.show(there[:-1], -1)  # the last answer was taken back
        assert names_shown(app) == list(range(23, 29))


def names_shown(app: Page) -> list[int]:
    return [int(word[1:]) for word in shown(app) if word.startswith("n")]


async def test_there_are_two_rows_where_they_fit() -> None:
    app = Page(0, 29, 10)
    async with app.run_test(size=(60, 20)) as pilot:
        app.query_one(Strip).show(entries(20), 0)
        await pilot.pause()
        assert [word for word in shown(app) if word.startswith("n")] == [f"n{number}" for number in range(6)]
        await pilot.click(Strip, offset=(10, 7))
        await pilot.pause()
        assert app.chosen == [4]


async def test_a_click_beside_the_items_chooses_none() -> None:
    app = Page(1, 40, 5)
    async with app.run_test(size=(60, 20)) as pilot:
        strip = app.query_one(Strip)
        assert strip.render().plain.strip() == "Nothing yet."
        strip.show(entries(3), -1)
        await pilot.pause()
        for x in (0, 30, 39):
            await pilot.click(Strip, offset=(x, 2))
        assert app.chosen == []
        await pilot.click(Strip, offset=(1, 2))
        await pilot.pause()
        assert app.chosen == [0]


async def test_what_it_has_room_for_is_counted_by_the_narrowest() -> None:
    app = Page(1, 40, 5)
    async with app.run_test(size=(60, 20)) as pilot:
        strip = app.query_one(Strip)
        assert strip.room == 4
        strip.show(tuple(Entry(Passage("word " * 50), Caption("x")) for _ in range(4)), -1)
        await pilot.pause()
        assert all(line.cell_len <= 40 for line in strip.render().split("\n"))


@pytest.mark.parametrize(
    ("caption", "width", "text"),
    [
        (Caption("cat", "= "), 9, "  = cat  "),
        (Caption("a long name", "= ", " ✓"), 9, "= a lo… ✓"),
        (Caption("手写数字手写", "⚑= "), 9, "⚑= 手写… "),
        (Caption("x", after="? .93"), 3, "x? "),
    ],
)
def test_the_name_gives_way_and_not_what_is_said_of_it(caption: Caption, width: int, text: str) -> None:
    fitted = caption.fitted(width)
    assert fitted.cell_len == width
    assert fitted.plain == text


@pytest.mark.parametrize(
    ("count", "highlighted", "title"),
    [(3, -1, "All of them"), (20, -1, "All of them · 18–20"), (20, 0, "All of them · 1–3"), (20, 10, "All of them · 10–12")],
)
async def test_the_title_says_which_are_there_where_not_all_have_room(count: int, highlighted: int, title: str) -> None:
    app = Page(0, 29, 5)
    async with app.run_test(size=(60, 20)) as pilot:
        strip = app.query_one(Strip)
        strip.display = False
        await pilot.pause()
        strip.display = True
        strip.show(entries(count), highlighted)
        strip.entitle("All of them")
        await pilot.pause()
        assert strip.border_title == title
        strip.styles.width = 20 * 9
        strip.entitle("All of them")
        await pilot.pause()
        assert strip.border_title == "All of them"
