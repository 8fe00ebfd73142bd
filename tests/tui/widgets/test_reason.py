"""Words about an item: cut with a sign."""

from __future__ import annotations

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from al_tui.widgets.reason import Reason

WORDS = Text("one two three four five six seven eight nine ten")


class Alone(App[None]):
    """A reason of so many rows, 12 columns wide."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        yield Reason()

    def on_mount(self) -> None:
        self.query_one(Reason).styles.height = self._rows
        self.query_one(Reason).styles.width = 12


@pytest.mark.parametrize(("rows", "last"), [(1, "one two …"), (2, "three four …"), (5, "nine ten"), (9, "nine ten")])
async def test_words_that_are_cut_say_so(rows: int, last: str) -> None:
    app = Alone(rows)
    async with app.run_test():
        reason = app.query_one(Reason)
        reason.show(WORDS)
        lines = Text(str(reason.render())).wrap(app.console, 12)
        assert len(lines) <= rows
        assert str(lines[-1]).rstrip() == last
