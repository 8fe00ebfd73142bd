"""Pictures of any size, classes of any number and name: nothing overlaps or leaves its panel, keys label what they say."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual.app import App, ComposeResult

from al_core.data.looks import Card, Look, Passage, Picture
from al_core.run.state import Pick
from al_tui.widgets.item import Item

PANELS = {"80x24": (38, 16), "120x40": (40, 28)}
NAMES = {
    "short": lambda number: f"c{number}",
    "long": lambda number: f"{number} {'a name that goes on ' * 3}"[:60],
    "chinese": lambda number: f"手写数字{number}",
    "arabic": lambda number: f"صنف {number}",
    "emoji": lambda number: f"🐈{number}",
}


class Stage(App[None]):
    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.chosen: list[int] = []
        self._place = width, height

    def compose(self) -> ComposeResult:
        yield Item(keys=True)

    def on_mount(self) -> None:
        question = self.query_one(Item)
        question.styles.width, question.styles.height = self._place

    def on_item_chosen(self, message: Item.Chosen) -> None:
        self.chosen.append(message.label)


def is_picture(line: Text) -> bool:
    return any(" on #" in f" {span.style}" for span in line.spans)


def picture(width: int, height: int) -> Picture:
    return Picture(width, height, (bytes(range(256)) * (width * height // 256 + 1))[: width * height])


STORY = "Once upon a time there was a miller who left no more riches to his three sons than his mill, his ass and his cat. "
LOOKS: dict[str, Look] = {
    "8x8": picture(8, 8),
    "28x28": picture(28, 28),
    "64x64": picture(64, 64),
    "200x150": picture(200, 150),
    "card of 4": Card((("sepal length", "5.1"), ("sepal width", "3.5"), ("petal length", "1.4"), ("名字", "鸢尾花" * 30))),
    "card of 100": Card(tuple((f"column {number}", f"{number / 7:.6f}") for number in range(100))),
    "short passage": Passage("A 🐈 sat."),
    "long passage": Passage(STORY * 40 + "\n\n" + "手写数字" * 200 + "\n" + "صنف " * 100),
}
BEGINS = {
    "card of 4": "sepal l",
    "card of 100": "column 0",
    "short passage": "A 🐈 sat.",
    "long passage": "Once upon a time",
}


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.parametrize("names", list(NAMES))
@pytest.mark.parametrize("count", [2, 10, 36, 200])
@pytest.mark.parametrize("look", list(LOOKS))
async def test_everything_keeps_to_its_place(look: str, count: int, names: str, panel: str) -> None:
    width, height = PANELS[panel]
    classes = tuple(NAMES[names](number) for number in range(count))
    pick = Pick(0, 0.5, 1, tuple([0.5] + [0.5 / (count - 1)] * (count - 1)))
    app = Stage(width, height)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        for seen in (None, pick):
            question.show(LOOKS[look], classes, seen, 1, Text("asked for by margin"), ("The model is hidden.",))
            await pilot.pause()
            room = question.size
            lines = question.render().split("\n")
            assert len(lines) <= room.height
            assert max(line.cell_len for line in lines) <= room.width
            if look in BEGINS:
                assert lines[0].plain.strip().startswith(BEGINS[look])
            else:
                assert sum(is_picture(line) for line in lines) >= 4
            assert question._first_line + max(place.line for place in question._places.values()) < len(lines)
        shown = sorted(question._places)
        assert shown == list(range(len(shown)))
        assert len(shown) == count or f"+{count - len(shown)} more: Tab" in question.render().plain
        for label in {shown[0], shown[len(shown) // 2], shown[-1]}:
            place = question._places[label]
            await pilot.click(Item, offset=(1 + place.begin, 1 + question._first_line + place.line))
        await pilot.pause()
        assert sorted(app.chosen) == sorted({shown[0], shown[len(shown) // 2], shown[-1]})


@pytest.mark.parametrize(("added", "keys"), [(0, "2 cat  3 dog  4 eel  1"), (1, "1 cat  2 dog  3 eel  4 1")])
async def test_the_keys_that_are_drawn_are_those_that_label_when_a_class_was_added(added: int, keys: str) -> None:
    app = Stage(40, 16)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        question.show(LOOKS["8x8"], ("cat", "dog", "eel", "1"), None, None, Text(), ("The model is hidden.",), added)
        await pilot.pause()
        drawn = question.render().plain
        assert keys.split() == drawn.split("\n")[question._first_line].split(), drawn


async def test_every_cell_of_a_key_is_its_class_and_every_cell_beside_the_keys_is_none() -> None:
    """The blank before a key and the one behind its class belong to it."""
    names = ("cat", "dog", "手写", "eel")
    app = Stage(24, 16)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        question.show(LOOKS["8x8"], names, None, None, Text(), ("The model is hidden.",))
        await pilot.pause()
        lines = question.render().split("\n")
        keys = {y: line for y, line in enumerate(lines) if any(name in line.plain for name in names)}
        assert len(keys) == 2
        found: dict[tuple[int, int], int] = {}
        for y in range(min(keys) - 1, len(lines)):
            for x in range(question.size.width):
                await pilot.click(Item, offset=(x, 1 + y))  # the first line is the border
                await pilot.pause()
                if app.chosen:
                    (found[x, y],) = app.chosen
                    app.chosen.clear()
    expected = {}
    for y, line in keys.items():
        for label, name in enumerate(names):
            before, key, _ = line.plain.partition(f" {label + 1} {name} ")
            if key:
                begin = cell_len(before)
                expected |= {(x, y): label for x in range(begin, begin + cell_len(key))}
    assert set(expected.values()) == set(range(len(names)))
    assert found == expected


@pytest.mark.parametrize("panel", ["80x24", "120x40"])
async def test_what_is_longer_than_its_room_is_read_on_and_begins_anew_with_the_next(panel: str) -> None:
    app = Stage(*{"80x24": (52, 16), "120x40": (76, 28)}[panel])
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)

        def top() -> str:
            return question.render().split("\n")[0].plain.strip()

        def show(look: Look) -> None:
            question.show(look, ("cat", "dog"), None, None, Text(), ("The model is hidden.",))

        text = Passage("\n".join(f"line {number}" for number in range(100)))
        show(text)
        await pilot.pause()
        height = question._lines_shown
        screens = -(-100 // height)
        for key, first in (
            ("up", 0), ("down", 1), ("pagedown", 1 + height), ("pageup", 1), ("end", 100 - height), ("pagedown", 100 - height),
            ("home", 0), ("pageup", 0),
        ):  # fmt: skip
            question.scroll(key)
            assert top() == f"line {first}", key
        assert f"1 of {screens} screens" in question.render().plain
        question.scroll("end")
        assert f"{screens} of {screens} screens" in question.render().plain
        show(text)
        assert top() == f"line {100 - height}", "the same item stays where it is"
        show(Passage("other\n" * 100))
        assert top() == "other"
        show(Passage("short"))
        question.scroll("down")
        assert top() == "short"
        assert "screens" not in question.render().plain
        long = Passage("word " * 200)
        show(long)
        broken = question._lines_there
        question.scroll("w")
        question.render()
        assert (question._lines_there, broken > 5) == (1, True)


async def test_a_picture_is_zoomed_and_moved_and_the_next_is_seen_whole_with_the_same_contrast() -> None:
    app = Stage(40, 24)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)

        def show(number: int) -> None:
            look = Picture(32, 32, bytes((x * number + y) % 256 for y in range(32) for x in range(32)))
            question.show(look, ("cat", "dog"), None, None, Text(), ("The model is hidden.",))

        def drawn() -> str:
            return str(question.render().spans)

        show(1)
        await pilot.pause()
        whole = drawn()
        question.zoom()
        middle = drawn()
        assert "2× · ↑↓ Home End move it" in question.render().plain
        assert middle != whole
        question.scroll("up")
        assert drawn() != middle
        question.scroll("down")
        assert drawn() == middle
        for key in ("pageup", "home", "home", "home"):
            question.scroll(key)
        corner = drawn()
        question.scroll("up")
        assert drawn() == corner, "there is nothing beyond an edge"
        question.zoom()
        assert "4×" in question.render().plain
        question.zoom()
        assert drawn() == whole
        question.raise_contrast()
        assert drawn() != whole
        assert "contrast" in question.render().plain
        question.zoom()
        show(2)
        assert "contrast" in question.render().plain
        assert "×" not in question.render().plain
        question.raise_contrast()
        show(1)
        assert drawn() == whole


async def test_a_caption_that_is_too_long_says_that_it_goes_on() -> None:
    app = Stage(30, 20)
    async with app.run_test(size=(60, 24)) as pilot:
        item = app.query_one(Item)
        item.show(picture(8, 8), ("a", "b"), None, None, Text("040.png · asked by expected_error_reduction"), ())
        await pilot.pause()
        (line,) = (line.rstrip() for line in item.render().plain.split("\n") if "040.png" in line)
        assert line.startswith(" 040.png · asked by expec")
        assert line.endswith("…")
        assert cell_len(line) == 30


async def test_under_a_picture_stands_how_large_it_is_in_its_file() -> None:
    app = Stage(40, 24)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        look = Picture(32, 24, bytes(32 * 24), full=(640, 480))
        question.show(look, ("cat", "dog"), None, None, Text("pots/1.png"), ())
        await pilot.pause()
        lines = question.render().plain.splitlines()
        assert lines[lines.index(" pots/1.png") - 1].strip() == "640×480 pixels"
        question.zoom()
        assert "640" not in question.render().plain
        question.show(Picture(32, 24, bytes(32 * 24)), ("cat", "dog"), None, None, Text("an array's"), ())
        assert "pixels" not in question.render().plain


@pytest.mark.parametrize("panel", [(60, 16), (30, 24)])  # beside the item, and under it
async def test_where_the_model_s_opinion_is_seen_it_is_the_list_of_the_keys(panel: tuple[int, int]) -> None:
    names = ("cat", "dog", "eel")
    pick = Pick(0, 0.5, 1, (0.2, 0.7, 0.1))
    app = Stage(*panel)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        for seen, lists in ((None, ["1 cat  2 dog  3 eel"]), (pick, ["1 cat  .20", "2 dog  .70", "3 eel  .10"])):
            question.show(LOOKS["8x8"], names, seen, None, Text(), ("The model is hidden.",))
            await pilot.pause()
            drawn = question.render().plain
            assert [drawn.count(name) for name in names] == [1, 1, 1], drawn
            assert all(words in drawn for words in lists), drawn
        lines = drawn.split("\n")
        (line,) = [y for y, words in enumerate(lines) if "2 dog" in words]
        await pilot.click(Item, offset=(lines[line].index("2 dog"), 1 + line))
        await pilot.click(Item, offset=(panel[0] - 1, 1 + line))  # and behind its bar
        await pilot.pause()
        assert app.chosen == [1, 1]


async def test_of_more_classes_than_lines_the_keys_stand_below_as_before() -> None:
    names = tuple(f"class {number}" for number in range(36))
    app = Stage(60, 16)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        question.show(LOOKS["8x8"], names, Pick(0, 0.5, 1, (0.3,) + (0.02,) * 35), None, Text(), ())
        await pilot.pause()
        drawn = question.render().plain
        assert "more: Tab" in drawn
        assert " more ." in drawn


async def test_the_opinion_does_not_run_into_a_caption_that_is_longer_than_the_picture_is_wide() -> None:
    names = tuple("0123456789")
    app = Stage(36, 10)
    async with app.run_test(size=(130, 45)) as pilot:
        question = app.query_one(Item)
        caption = "asked by expected_error_reduction"
        question.show(LOOKS["8x8"], names, Pick(0, 0.5, 1, (0.1,) * 10), None, Text(caption), ())
        await pilot.pause()
        lines = question.render().plain.split("\n")
        assert [line.rstrip() for line in lines if "asked" in line] == [f" {caption}"]
        assert any("more" in line for line in lines)
