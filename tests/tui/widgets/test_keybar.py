"""The line of keys: which of them are on it, and which cell of it does what."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.console import RenderableType
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen

from al_tui.commands.command import Command
from al_tui.widgets.keybar import KeyBar, Told

COMMANDS = (
    Command(("1",), "label", "Label", "Label", "Label", shown="0–9"),
    Command(("u",), "undo", "Undo", "Label", "Undo"),
    Command(("x",), "unsaid", "Not on the line", "Label"),
    Command(("question_mark",), "help", "Help", "All", "Help"),
    Command(("left",), "back", "Back", "Look", "Go back"),
    Command(("q",), "quit", "Quit", "All", "Quit"),
)


class Bar(App[None]):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.done: list[str] = []
        self._width = width

    def compose(self) -> ComposeResult:
        yield KeyBar(lambda: COMMANDS)

    def on_mount(self) -> None:
        self.query_one(KeyBar).styles.width = self._width

    async def simulate_command(self, command: Command) -> None:
        self.done.append(command.action)


@pytest.mark.parametrize(
    ("width", "labels", "words"),
    [
        (60, True, {"u Undo": "undo", "← Go back": "back", "q Quit": "quit", "? Help": "help"}),
        (46, True, {"u Undo": "undo", "← Go back": "back", "q Quit": "quit", "? Help": "help"}),
        (45, True, {"u Undo": "undo", "q Quit": "quit", "? Help": "help"}),
        (35, True, {"u Undo": "undo", "q Quit": "quit", "? Help": "help"}),
        (34, True, {"q Quit": "quit", "? Help": "help"}),
        (26, False, {"u Undo": "undo", "q Quit": "quit", "? Help": "help"}),
        (16, False, {"q Quit": "quit", "? Help": "help"}),
        (15, False, {"? Help": "help"}),
        (8, False, {"? Help": "help"}),
    ],
)
async def test_every_cell_of_a_key_and_its_word_does_it_and_no_other_cell_does(
    width: int, labels: bool, words: dict[str, str]
) -> None:
    """The keys that label are shown, and a click on them says no label; help and the way out are always there."""
    app = Bar(width)
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        line = app.query_one(KeyBar).render().plain
        assert line.split() == [*(["0–9", "Label"] if labels else []), *" ".join(words).split()]
        assert cell_len(line.rstrip()) <= width
        found: dict[int, str] = {}
        for x in range(width):
            await pilot.click(KeyBar, offset=(x, 0))
            await pilot.pause()
            if app.done:
                (found[x],) = app.done
                app.done.clear()
    begins = {word: cell_len(line.partition(word)[0]) for word in words}
    assert found == {x: words[word] for word, begin in begins.items() for x in range(begin, begin + cell_len(word))}


async def test_a_message_stands_above_the_keys_as_often_as_something_is_told() -> None:
    """Until the next answer, but for a problem."""
    app = Bar(40)
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        keys, line = app.query_one(KeyBar), app.query_one(Told)
        for words in ("one", "another"):
            keys.tell(words)
            await pilot.pause()
            assert line.display
            assert line.render_line(0).text.strip() == words
            assert "Undo" in keys.render_line(0).text
            keys.untell()
            await pilot.pause()
            assert not line.display
        keys.tell("a problem", problem=True)
        keys.untell()
        await pilot.pause()
        assert line.render_line(0).text.strip() == "a problem"


async def test_the_words_of_a_message_go_although_textual_has_forgotten_where_they_were() -> None:
    """It makes its map of the screen anew whenever something is drawn that is not on it; then no widget seemed to have gone."""
    rows: set[int] = set()

    class Noting(Bar):
        def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
            if isinstance(renderable, ChopsUpdate):
                rows.update(y for y, *_ in renderable.spans)
            super()._display(screen, renderable)

    app = Noting(40)
    async with app.run_test(size=(80, 5)) as pilot:
        bar = app.query_one(KeyBar)
        bar.styles.dock = "bottom"
        bar.tell("ten labels", problem=False)
        await pilot.pause()
        row = bar.query_one(Told).region.y
        await pilot.pause()
        rows.clear()
        bar.untell()
        app.screen._compositor._full_map_invalidated = True
        assert bar.query_one(Told) not in app.screen._compositor.full_map
        await pilot.pause()
        assert row in rows
